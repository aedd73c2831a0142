"""A path as a chain: one numbered line for each decision, its mark, who decides, and what it says."""

from collections.abc import Iterator, Mapping

import msgspec

from pullproof.evidence import Hop, Step
from pullproof.finding import StepReport
from pullproof.report.look import LEAST_WIDTH, Look
from pullproof.report.text import listed, safe, wrapped
from pullproof.verdict import Verdict

BAR = "   |"
MARK_PAINTS = {Verdict.WORKS: "green", Verdict.FAILS: "red", Verdict.UNKNOWN: "yellow"}
#: A component's name takes this share of the line at most before it pushes what is said to the next one.
NAME_SHARE = 0.4
#: With less room than this beside the name, what is said begins on a line of its own.
LEAST_ROOM = 20


class Columns(msgspec.Struct, frozen=True, kw_only=True):
    """The widths of the columns of a chain."""

    number: int
    gate: int
    name: int


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
    head = f"{BAR} {look.signs.flow} "
    first, *more = wrapped(
        f"{sources} to {safe(step.host)}, tcp/{step.port}", max(LEAST_WIDTH, look.width - len(head))
    )
    yield f"{head}{first}"
    yield from (f"{BAR}{' ' * (len(head) - len(BAR))}{line}" for line in more)


def chain(hops: tuple[Hop, ...], places: Mapping[str, str], look: Look) -> Iterator[str]:
    """The lines of a path: numbered, one for each decision, and where each is written."""
    steps = [step for hop in hops for step in hop.steps]
    names = max(len(safe(step.at)) for step in steps)
    columns = Columns(
        number=len(str(len(steps))) + 1,
        gate=max(len(step.gate.value) for step in steps),
        name=min(names, max(12, int(look.width * NAME_SHARE))),
    )
    for number, step in enumerate(steps, start=1):
        yield from _decision(number, step, columns, places, look)


def _decision(
    number: int, step: Step, columns: Columns, places: Mapping[str, str], look: Look
) -> Iterator[str]:
    """One decision: who, what it says, and where that is written."""
    name, says = safe(step.at), safe(step.says)
    head = (
        f"{BAR}{number:>{columns.number + 1}} {mark(step.verdict, look)} {step.gate.value:{columns.gate}}  "
    )
    indent = f"{BAR}{' ' * (columns.number + columns.gate + 6)}"
    room = look.width - len(indent) - columns.name - 2
    if len(name) <= columns.name and room >= LEAST_ROOM:
        pad = f"{indent}{' ' * (columns.name + 2)}"
        first, *lines = wrapped(says, room)
        yield f"{head}{name:{columns.name}}  {first}"
    else:
        pad = f"{indent}  "
        lines = wrapped(says, max(LEAST_ROOM, look.width - len(pad)))
        yield f"{head}{name}"
    yield from (f"{pad}{line}" for line in lines)
    for place in _written(step, places):
        yield from (f"{pad}{look.painted(line, 'dim')}" for line in wrapped(place, look.width - len(pad)))


def _written(step: Step, places: Mapping[str, str]) -> tuple[str, ...]:
    """Where the rules that decided are written; without any, where the component is."""
    lines: dict[str, None] = {}
    for origin in step.cites:
        if place := places.get(origin.address):
            lines[safe(f"{place} ({origin})")] = None
        elif str(origin) != step.at:
            lines[safe(str(origin))] = None
    if not step.cites and (place := places.get(step.at)):
        lines[safe(place)] = None
    return tuple(lines)
