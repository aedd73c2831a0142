"""The live account beside an input: asked about what the input mentions, and nothing more."""

from collections.abc import Callable, Mapping
from typing import Any

from pullproof.model.estate import Estate
from pullproof.sources.base import Options
from pullproof.sources.live import feeds, keeps
from pullproof.sources.live.boto import Caller
from pullproof.sources.live.calls import calls_for
from pullproof.sources.live.collect import Collector, Progress, Start, silent
from pullproof.sources.live.values import Call, Feed
from pullproof.sources.mixed.account import Account
from pullproof.sources.mixed.answers import FILTERS, answered, asks_of, query_of
from pullproof.sources.mixed.mentions import Seed, seeds
from pullproof.sources.snapshot.answers import Folder
from pullproof.sources.snapshot.load import translated, tree_of
from pullproof.sources.terraform.tree import Tree

#: What lists things by a filter, by the file that it fills.
LISTS = {
    "Vpcs": "DescribeVpcs",
    "Subnets": "DescribeSubnets",
    "SecurityGroups": "DescribeSecurityGroups",
    "RouteTables": "DescribeRouteTables",
    "VpcEndpoints": "DescribeVpcEndpoints",
}
#: The names of filters, by where an answer has what they are about.
BY_PLACE = {where: name for name, where in reversed(FILTERS.items())}
#: Rows that go through all there is of a cluster.
EVERYTHING = ("cluster-arns", "service-arns", "services")


class LiveAccount:
    """An account that is asked when the input is known."""

    def __init__(self, log_in: Callable[[Tree], Caller]) -> None:
        self._log_in = log_in
        self.progress: Progress = silent
        self._account: Account | None = None
        #: How many requests were made, by call.
        self.requests: dict[str, int] = {}

    def settled(self, tree: Tree, options: Options) -> Tree:
        """The input's tree with what the account adds.

        Raises:
            ToolError: the account cannot be asked.
            InputError: the input is for another account.
        """
        caller = self._log_in(tree)
        looked_up = self._ask(caller, _lookups(tree), [])
        known = answered(tree, looked_up, tree_of(translated(looked_up)))
        calls = tuple(call for call in calls_for("check") if not call.whole and call.row not in EVERYTHING)
        folders = self._ask(caller, calls, seeds(known, caller.account), options)
        self._account = Account([*folders, *looked_up])
        return self._account.settled(known, options)

    def finish(self, estate: Estate) -> None:
        """Add what no resource of the input's kind says."""
        if self._account is not None:
            self._account.finish(estate)

    def _ask(
        self, caller: Caller, calls: tuple[Call, ...], given: list[Seed], options: Options | None = None
    ) -> list[Folder]:
        if not calls:
            return []
        start = Start(
            regions=caller.regions,
            subnets=options.subnets if options else (),
            groups=options.groups if options else (),
            seeds=tuple(given),
        )
        found = Collector(caller.asker, calls, start, self.progress).run()
        for name, count in found.requests.items():
            self.requests[name] = self.requests.get(name, 0) + count
        return found.folders(caller.account, "the account")


def _lookups(tree: Tree) -> tuple[Call, ...]:
    """The calls for data sources that look something up by filters or tags."""
    calls: dict[str, Call] = {}
    for resource in tree.resources.values():
        query = query_of(resource)
        asks = asks_of(resource, query) if query is not None and query.file in LISTS else None
        filters = _filters(asks) if asks is not None else None
        if query is not None and filters is not None:
            call = _lookup(query.file, filters, len(calls))
            calls.setdefault(repr((query.file, filters)), call)
    return tuple(calls.values())


def _filters(asks: Mapping[str, list[str]]) -> list[dict[str, Any]] | None:
    """What is asked as EC2's filters; None where a part has none."""
    found = []
    for where, values in asks.items():
        name = where if where.startswith("tag:") else BY_PLACE.get(where)
        if name is None:
            return None
        found.append({"Name": name, "Values": values})
    return found


def _lookup(file: str, filters: list[dict[str, Any]], number: int) -> Call:
    operation = LISTS[file]
    return Call(
        row=f"looked-up-{number}",
        service="ec2",
        operation=operation,
        file=file,
        keep=keeps.items(file),
        feeds=(Feed("start", feeds.once),),
        actions=(f"ec2:{operation}",),
        fixed={"Filters": filters},
    )


def regions_of(tree: Tree, given: tuple[str, ...]) -> tuple[str, ...]:
    """The regions to ask in: those given, else those of the input; () for that of the profile."""
    told = dict.fromkeys(region for region in tree.regions.values() if isinstance(region, str))
    return given or tuple(told)
