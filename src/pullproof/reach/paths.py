"""From a source to destinations: its groups, the passage, the groups of the other end, and back."""

from collections.abc import Iterator, Sequence

from pullproof.evidence import Gate, Hop, Reached, Step, Trace, Via, Way
from pullproof.reach.could import could_step
from pullproof.reach.ground import Ground, remembered
from pullproof.reach.groups import group_hop, question, stateful
from pullproof.reach.party import Dest, Side
from pullproof.reach.passages import Passage
from pullproof.reach.settle import either
from pullproof.reach.start import Start
from pullproof.reach.travel import depart
from pullproof.reach.words import hop_of, step_of


def reached(ground: Ground, start: Start, dests: Sequence[Dest], *names: Step) -> Reached:
    """Whether all of some destinations are reached; `names` are the decisions that led to them.

    Of those that are mere candidates each is walked to: where all answer alike, it makes no difference
    which of them there are.
    """
    candidates = [dest for dest in dests if dest.which is not None]
    if not candidates:
        return _all_reached(ground, start, dests, *names)
    sure = [dest for dest in dests if dest.which is None]
    found = [_all_reached(ground, start, (*sure, dest), *names) for dest in candidates]
    whys = dict.fromkeys(dest.which for dest in candidates if dest.which is not None)
    return either(found, tuple(whys), (), "")


def _all_reached(ground: Ground, start: Start, dests: Sequence[Dest], *names: Step) -> Reached:
    trip = start.trip
    found = [(dest, passage) for dest in dests for passage in depart(ground, start.subnet.key, dest, trip)]
    head = tuple(hop_of(step) for step in names)
    return Reached(
        via=Via.NONE if any(passage.unsure for _, passage in found) else _via(*found[0]),
        paths=tuple(tuple(_traces(ground, start, dest, passage, head)) for dest, passage in found),
        endpoint=next((key for dest, passage in found if (key := passage.endpoint or dest.endpoint)), ""),
    )


def _traces(
    ground: Ground, start: Start, dest: Dest, passage: Passage, head: tuple[Hop, ...]
) -> Iterator[Trace]:
    """One path as its way out and its way back; after a dead end only what is certain to be met."""
    groups = start.source.groups
    title = f"{start.subnet.key} to {dest.label}, {start.flow}"
    if passage.aimless:
        egress = hop_of(could_step(ground, start, dest))
    else:
        egress = group_hop(
            ground, question(groups, start.subnet.key, Side.OUT, start.flow, passage.link), dest
        )
    arrival = () if passage.ends else _arrival(ground, start, dest, passage)
    yield Trace(flow=title, way=Way.OUT, hops=(*head, egress, *passage.out, *arrival))
    if passage.back or not passage.ends:
        yield Trace(flow=title, way=Way.BACK, hops=(*passage.back, stateful(groups, start.subnet.key)))


def _arrival(ground: Ground, start: Start, dest: Dest, passage: Passage) -> tuple[Hop, ...]:
    """Through the groups of the other end, if it is an interface, to what is there."""
    if dest.groups is None:
        return (_there(ground, dest),)
    asked = question(dest.groups, dest.at, Side.IN, start.flow, passage.link)
    return group_hop(ground, asked, start.sender), _there(ground, dest)


@remembered
def _there(_: Ground, dest: Dest) -> Hop:
    where = f"answers in {dest.subnet}" if dest.subnet else "answers"
    return hop_of(step_of(dest.gate, dest.at, where))


def _via(dest: Dest, passage: Passage) -> Via:
    """How it leaves the subnet; an endpoint in the same VPC is what takes it."""
    if passage.via is Via.LOCAL and dest.gate is Gate.INTERFACE_ENDPOINT:
        return Via.INTERFACE_ENDPOINT
    return passage.via
