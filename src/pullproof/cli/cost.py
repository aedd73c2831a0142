"""`cost`: what the estate pays for its ways to AWS, and what the others would cost."""

from argparse import Namespace

from pullproof.cli.answer import deliver, look_for
from pullproof.cli.loading import load
from pullproof.cli.tasks import nothing_runs
from pullproof.errors import UsageError
from pullproof.model.estate import Estate
from pullproof.repair.compare import costs
from pullproof.repair.cost import PriceList


def cost(options: Namespace) -> int:
    """Print the comparison.

    Raises:
        NothingToCheck: nothing in the input runs a task on Fargate.
    """
    loaded = load(options)
    if not loaded.estate.launches:
        raise nothing_runs(loaded.kind, loaded.path)
    answer = costs(loaded, gigabytes=options.gb, prices=prices_for(loaded.estate, options))
    if options.format == "json":
        from pullproof.report.costs import render_json

        deliver(render_json(answer), options)
    else:
        from pullproof.report.costs import render

        deliver(render(answer, look_for(options)), options)
    return 0


def prices_for(estate: Estate, options: Namespace) -> PriceList | None:
    """Today's prices of the estate's region, if they are asked for.

    Raises:
        UsageError: the region is not known.
        ToolError: they cannot be had.
    """
    if not options.prices:
        return None
    region = estate.region if isinstance(estate.region, str) else ""
    if not region:
        raise UsageError("the prices of which region is not known", remedy="pass --region")
    from pullproof.repair.price_list import fetched

    return fetched(region)
