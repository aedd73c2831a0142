"""`fix`: the smallest proven change that lets the tasks start."""

from argparse import Namespace

from pullproof.cli.answer import deliver, look_for
from pullproof.cli.loading import load
from pullproof.cli.tasks import only
from pullproof.errors import NothingToCheck
from pullproof.finding import Offer
from pullproof.repair.offer import offer

MENDED = 0
BLOCKED = 1
UNKNOWN = 3


def fix(options: Namespace) -> int:
    """Offer a fix and print it.

    Raises:
        NothingToCheck: nothing in the input runs a task on Fargate.
    """
    loaded = load(options)
    asked = [name for name in options.task if name != "all"]
    found = offer(loaded, via=options.via, only=only(asked, loaded))
    if not loaded.estate.launches:
        raise NothingToCheck(
            "nothing in the input runs a task on Fargate",
            place=loaded.path,
            remedy="pass the plan or directory that has the service",
        )
    deliver(shown(found, options), options)
    return status(found)


def shown(found: Offer, options: Namespace) -> str:
    """The offer in the format that was asked for."""
    if options.format == "json":
        from pullproof.render.as_json import edit_json
        from pullproof.report.fix_json import render as as_json

        return as_json(found, edit_json)
    from pullproof.report.fix import render

    return render(found, look_for(options))


def status(found: Offer) -> int:
    """Whether a blocker stays; then whether something is unknown."""
    if not found.mended:
        return BLOCKED
    unsettled = any(fix.proof.unsettled for fix in found.fixes)
    return UNKNOWN if found.unknown or unsettled else MENDED
