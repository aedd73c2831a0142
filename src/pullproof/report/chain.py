"""A path as a chain: one numbered line for each decision, its mark, who decides, and what it says."""

from collections.abc import Iterator, Mapping

from pullproof.evidence import Hop, Step
from pullproof.finding import StepReport
from pullproof.model.value import Origin
from pullproof.report.look import LEAST_WIDTH, Look
from pullproof.report.text import listed, safe, wrapped
from pullproof.verdict import Verdict

BAR = "   |"
MARK_PAINTS = {Verdict.WORKS: "green", Verdict.FAILS: "red", Verdict.UNKNOWN: "yellow"}
#: With less room than this beside the names, what is said stands below them.
LEAST_ROOM = 44


def mark(verdict: Verdict, look: Look) -> str:
    """The sign of a verdict, in its colour."""
    signs = {
        Verdict.WORKS: look.signs.works,
        Verdict.FAILS: look.signs.fails,
        Verdict.UNKNOWN: look.signs.unknown,
    }
    return look.painted(signs[verdict], MARK_PAINTS[verdict])


def flow(step: StepReport, subnets: tuple[str, ...], look: Look) -> Iterator[str]:
    """From where to where: the lines above a chain."""
    sources = listed(map(safe, subnets)) or "the task"
    target = safe(step.host) or "its target"
    head = f"{BAR} {look.signs.flow} "
    first, *more = wrapped(
        f"{sources} to {target}, tcp/{step.port}", max(LEAST_WIDTH, look.width - len(head))
    )
    yield f"{head}{first}"
    yield from (f"{BAR}{' ' * (len(head) - len(BAR))}{line}" for line in more)


def chain(hops: tuple[Hop, ...], places: Mapping[str, str], look: Look) -> Iterator[str]:
    """The lines of a path: numbered, one for each decision, and where each is written.

    What is said stands in a column beside the names, or below them where they leave it no room.
    """
    steps = [step for hop in hops for step in hop.steps]
    number = len(str(len(steps))) + 1
    gate = max(len(step.gate.value) for step in steps)
    name = max(len(safe(step.at)) for step in steps)
    beside = len(BAR) + number + gate + name + 8
    for place, step in enumerate(steps, start=1):
        head = f"{BAR}{place:>{number + 1}} {mark(step.verdict, look)} {step.gate.value:{gate}}  "
        if look.width - beside >= LEAST_ROOM:
            yield from _lines(f"{head}{safe(step.at):{name}}  ", beside, safe(step.says), look)
            indent = beside
        else:
            indent = len(BAR) + number + 4
            yield f"{head}{safe(step.at)}"
            yield from _lines(f"{BAR}{' ' * (indent - len(BAR))}", indent, safe(step.says), look)
        for written in _written(step, places):
            yield from _lines(f"{BAR}{' ' * (indent - len(BAR))}", indent, written, look, "dim")


def _lines(head: str, indent: int, text: str, look: Look, paint: str = "") -> Iterator[str]:
    """`text` behind `head`, wrapped, each line as far in as the first."""
    for line in wrapped(text, max(LEAST_ROOM, look.width - indent)):
        yield f"{head}{look.painted(line, paint) if paint else line}"
        head = f"{BAR}{' ' * (indent - len(BAR))}"


def _written(step: Step, places: Mapping[str, str]) -> tuple[str, ...]:
    """Where the rules that decided are written; without any, where the component is."""
    lines: dict[str, None] = {}
    for origin in step.cites or (Origin(step.at),):
        place = places.get(origin.address, "")
        if str(origin) == step.at:
            lines |= {safe(place): None} if place else {}
        else:
            lines[safe(f"{place} ({origin})" if place else str(origin))] = None
    return tuple(lines)
