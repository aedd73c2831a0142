"""The table of calls, asked round by round: each answer may feed further calls, until there are none."""

from collections.abc import Callable, Iterable, Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import msgspec

from pullproof.errors import ToolError
from pullproof.sources.live.collected import Collected
from pullproof.sources.live.values import Answer, Asker, Call, Got, Kind, Missing, Trouble, Wanted

#: Calls at the same time: what AWS's own tools do, and far below its limits.
WORKERS = 10
#: The table leads no further than this; more rounds would be a circle in it.
ROUNDS = 30


class Job(msgspec.Struct, frozen=True, kw_only=True):
    """One request to be made."""

    call: Call
    region: str
    asked: Mapping[str, Any]
    of: tuple[str, ...]


class Done(msgspec.Struct, frozen=True, kw_only=True):
    """What a request gave: its pages, or why there are none."""

    job: Job
    pages: list[Answer] | Trouble
    requests: int


class Start(msgspec.Struct, frozen=True, kw_only=True):
    """What is asked about: a cluster ("" for all), a service or task of it ("" for all), where.

    `seeds` stand in for answers of rows that are not asked: the name of the row, and an item.
    """

    regions: tuple[str, ...]
    cluster: str = ""
    service: str = ""
    task: str = ""
    subnets: tuple[str, ...] = ()
    groups: tuple[str, ...] = ()
    seeds: tuple[tuple[str, Mapping[str, Any]], ...] = ()

    def items(self) -> Iterator[Got]:
        """The first values, in each region."""
        for region in self.regions:
            item = {
                "cluster": self.cluster,
                "service": self.service,
                "task": self.task,
                "subnets": self.subnets,
                "groups": self.groups,
            }
            yield Got(region=region, item=item)


Progress = Callable[[int, int], None]


def silent(_done: int, _known: int) -> None:
    """Show nothing."""


class Collector:
    """A run through the table."""

    def __init__(
        self, asker: Asker, calls: Iterable[Call], start: Start, progress: Progress = silent
    ) -> None:
        self.asker = asker
        self.calls = [call for call in calls if not (call.whole and (start.service or start.task))]
        self.start = start
        self.progress = progress
        self._asked: dict[str, set[tuple[str, Wanted]]] = {}
        #: Services that did not answer at all; asking again would only take time.
        self._dead: dict[tuple[str, str], Trouble] = {}

    def run(self) -> Collected:
        """Ask everything.

        Raises:
            ToolError: the credentials do not work (any more).
        """
        found = Collected(self.start.items())
        for row, item in self.start.seeds:
            found.seed(row, [Got(region=region, item=item) for region in self.start.regions])
        finished = known = 0
        pool = ThreadPoolExecutor(WORKERS, thread_name_prefix="ask")
        try:
            for _ in range(ROUNDS):
                jobs = [job for call in self.calls for job in self._jobs(call, found)]
                if not jobs:
                    return found
                known += len(jobs)
                # In the order of the table, whichever answer comes first: the same answers, the same snapshot.
                for done in pool.map(self._ask, jobs):
                    for one in done:
                        self._keep(one, found)
                    finished += 1
                    self.progress(finished, known)
        finally:
            pool.shutdown(wait=False, cancel_futures=True)
        raise AssertionError("the table of calls leads in a circle")

    def _jobs(self, call: Call, found: Collected) -> Iterator[Job]:
        """The requests of one row for values that have come in."""
        asked = self._asked.setdefault(call.row, set())
        fresh: dict[tuple[str, tuple[tuple[str, str], ...]], dict[str, None]] = {}
        for feed in call.feeds:
            for got in found.of(feed.row):
                for wanted in feed.take(got, found):
                    region = self.start.regions[0] if call.everywhere else wanted.region or got.region
                    key = (region, Wanted(wanted.text, "", wanted.beside))
                    if key not in asked:
                        asked.add(key)
                        fresh.setdefault((region, wanted.beside), {})[wanted.text] = None
        for (region, beside), texts in fresh.items():
            ordered = sorted(texts)
            for index in range(0, len(ordered), call.most):
                yield _job(call, region, tuple(ordered[index : index + call.most]), beside)

    def _ask(self, job: Job) -> list[Done]:
        """Make a request; where one of several things is not there, ask about each."""
        call = job.call
        if (dead := self._dead.get((call.service, job.region))) is not None:
            return [Done(job=job, pages=dead, requests=0)]
        answer = self.asker.ask(call.service, call.operation, job.region, job.asked, pages=call.pages)
        if isinstance(answer, Trouble):
            absent = answer.code in call.absent
            if absent and len(job.of) > 1:
                beside = tuple((name, str(job.asked[name])) for name in _beside(job))
                return [
                    done for text in job.of for done in self._ask(_job(call, job.region, (text,), beside))
                ]
            if answer.kind is Kind.UNREACHABLE:
                self._dead[call.service, job.region] = answer
            kind = Kind.ABSENT if absent else answer.kind
            return [Done(job=job, pages=msgspec.structs.replace(answer, kind=kind), requests=1)]
        return [Done(job=job, pages=answer, requests=len(answer))]

    def _keep(self, done: Done, found: Collected) -> None:
        job, call = done.job, done.job.call
        found.count(call, done.requests)
        if isinstance(done.pages, list):
            kept = [item for page in done.pages for item in call.keep(job.asked, page)]
            for item in kept:
                for path in call.leaves:
                    prune(item, path)
            found.add(call, job.region, job.asked, kept)
            return
        trouble = done.pages
        if trouble.kind is Kind.CREDENTIALS:
            raise ToolError(
                f"AWS does not accept the credentials: {trouble.message or trouble.code}",
                place=f"{call.name} in {job.region}",
                remedy=trouble.remedy,
            )
        if trouble.kind is Kind.ABSENT:
            found.add(call, job.region, job.asked, (call.none(job.asked),) if call.none else ())
            return
        found.add(call, job.region, job.asked, ())
        lost = Missing(call=call, file=call.file or call.leads, region=job.region, of=job.of, trouble=trouble)
        found.miss(call, job.region, lost)


def _job(call: Call, region: str, texts: tuple[str, ...], beside: tuple[tuple[str, str], ...]) -> Job:
    asked = dict(call.fixed) | dict(beside) | placed(call.into, texts)
    return Job(call=call, region=region, asked=asked, of=texts)


def _beside(job: Job) -> list[str]:
    """The parameters that came beside the values."""
    own = {*job.call.fixed, *placed(job.call.into, job.of)}
    return [name for name in job.asked if name not in own]


def placed(into: str, texts: tuple[str, ...]) -> dict[str, Any]:
    """The parameter that holds the values."""
    if not into:
        return {}
    form, _, name = into.rpartition(":")
    if form in ("Filters", "Filter"):
        return {form: [{"Name": name, "Values": list(texts)}]}
    if form == "ParameterFilters":
        return {form: [{"Key": name, "Option": "Equals", "Values": list(texts)}]}
    return {name[:-2]: list(texts)} if name.endswith("[]") else {name: texts[0]}


def prune(item: Any, path: str) -> None:
    """Take out what stands at a path: "a[].b" of every item of the list `a`."""
    name, _, rest = path.partition(".")
    if not isinstance(item, dict):
        return
    if not rest:
        item.pop(name, None)
        return
    inner = item.get(name.removesuffix("[]"))
    for one in (inner or ()) if name.endswith("[]") else (inner,):
        prune(one, rest)
