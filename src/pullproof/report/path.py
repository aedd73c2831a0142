"""The answer to `path`: one connection from each place it starts at, hop by hop, there and back."""

from collections.abc import Iterator, Mapping

import msgspec

from pullproof.evidence import Hop, Reached, Trace, Way
from pullproof.finding import Blocker
from pullproof.model.value import Unknown
from pullproof.report.chain import BAR, chain, mark
from pullproof.report.json_v1 import STEP_WORDS, Json, docs_page, hop_json, unknowns_json, written
from pullproof.report.look import Look
from pullproof.report.terminal import entry, joined
from pullproof.report.text import counted, listed, safe, wrapped
from pullproof.verdict import Verdict

SAYS = {Verdict.WORKS: "reaches", Verdict.FAILS: "does not reach", Verdict.UNKNOWN: "may or may not reach"}
KINDS = {
    Verdict.WORKS: ("works", "green"),
    Verdict.FAILS: ("fails", "red"),
    Verdict.UNKNOWN: ("unknown", "yellow"),
}


class Followed(msgspec.Struct, frozen=True, kw_only=True):
    """A connection followed from `start`, in the subnets that answer alike, to `target` ("host, tcp/443")."""

    start: str
    subnets: tuple[str, ...]
    target: str
    reached: Reached

    def is_like(self, other: Reached) -> bool:
        """Whether another subnet's answer differs in nothing but the subnet it starts in."""
        return (self.reached.via, _hops(self.reached)) == (other.via, _hops(other))

    @property
    def blockers(self) -> tuple[Blocker, ...]:
        """What has to change, without repeats."""
        found: dict[tuple[str, str], Blocker] = {}
        for step in self.reached.steps:
            if step.verdict is Verdict.FAILS:
                blocker = Blocker(
                    code=step.code, resource=step.to_change, message=step.says, cites=step.cites
                )
                found.setdefault((step.code, step.to_change), blocker)
        return tuple(found.values())

    @property
    def unknowns(self) -> tuple[Unknown, ...]:
        """What is not settled, without repeats."""
        return tuple(dict.fromkeys(step.unknown for step in self.reached.steps if step.unknown is not None))


def render(every: tuple[Followed, ...], places: Mapping[str, str], look: Look) -> str:
    """Every way as text, and the count as the last line."""
    verdicts = [one.reached.verdict for one in every for _ in one.subnets]
    count = {verdict: verdicts.count(verdict) for verdict in Verdict}
    return joined(
        [
            *(_told(one, places, look) for one in every),
            (
                (
                    f"from {counted(len(verdicts), 'subnet')}: {count[Verdict.WORKS]} reached,"
                    f" {count[Verdict.FAILS]} not reached, {count[Verdict.UNKNOWN]} unknown"
                ),
            ),
        ]
    )


def render_json(
    every: tuple[Followed, ...], places: Mapping[str, str], question: Json, verdict: Verdict
) -> str:
    """The same as one JSON document (docs/json.md)."""
    return written(
        {
            "schema": 1,
            **question,
            "verdict": STEP_WORDS[verdict],
            "ways": [_way(one, places) for one in every],
        }
    )


def _told(one: Followed, places: Mapping[str, str], look: Look) -> Iterator[str]:
    """One way: its verdict, then each path it may take, out and back."""
    reached = one.reached
    kind, paint = KINDS[reached.verdict]
    says = f"{safe(one.start)} {SAYS[reached.verdict]} {safe(one.target)}"
    yield f"{look.painted(f'{kind}[{reached.via.value}]', paint)}: {look.painted(says, 'bold')}"
    yield f"  --> {listed(map(safe, one.subnets))}"
    for path in reached.paths:
        yield BAR
        for trace in path:
            yield from _flow(one, trace, look)
            yield from chain(trace.hops, places, look)
    yield BAR
    if reached.intermittent:
        yield from entry("intermittent", "only some packets or targets meet it", look)
    for blocker in one.blockers:
        yield from entry("mend", f"{safe(blocker.resource)} (pullproof explain {blocker.code})", look)
    for unknown in one.unknowns:
        yield from entry("to settle it", safe(unknown.settle_by), look)


def _hops(reached: Reached) -> list[list[tuple[Way, tuple[Hop, ...]]]]:
    return [[(trace.way, trace.hops) for trace in path] for path in reached.paths]


def _flow(one: Followed, trace: Trace, look: Look) -> Iterator[str]:
    """The lines above a chain: whether it gets through this way, from where, to where."""
    subnets, target = listed(map(safe, one.subnets)), safe(one.target)
    if trace.way is Way.OUT:
        head, text = f"{BAR} {look.signs.flow} ", f"{subnets} to {target}"
    else:
        head, text = f"{BAR} {look.signs.back} ", f"replies of {target} to {subnets}"
    first, *more = wrapped(text, look.width - len(head) - 2)
    yield f"{head}{mark(trace.verdict, look)} {first}"
    yield from (f"{BAR}{' ' * (len(head) - len(BAR) + 2)}{line}" for line in more)


def _way(one: Followed, places: Mapping[str, str]) -> Json:
    reached = one.reached
    return {
        "from": one.start,
        "subnets": list(one.subnets),
        "verdict": STEP_WORDS[reached.verdict],
        "intermittent": reached.intermittent,
        "via": reached.via.value,
        "endpoint": reached.endpoint,
        "blockers": [
            {
                "code": blocker.code,
                "resource": blocker.resource,
                "message": blocker.message,
                "docs": docs_page(blocker.code),
            }
            for blocker in one.blockers
        ],
        "unknowns": unknowns_json(one.unknowns),
        "paths": [
            [
                {
                    "way": trace.way.value,
                    "flow": trace.flow,
                    "verdict": STEP_WORDS[trace.verdict],
                    "hops": [hop_json(hop, "network", places) for hop in trace.hops],
                }
                for trace in path
            ]
            for path in reached.paths
        ],
    }
