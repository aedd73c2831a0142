"""Out of several ways to mend each gap, the smallest choice that mends all of them.

What is forced is taken first: a gap with one way has to go that way. Of two ways for the same gap the one
that opens no more, costs no more and mends no less makes the other superfluous. What is left falls apart
into parts that have nothing to do with each other; each is searched, the best first, and where there would
be too much to search the best way of each gap is taken.
"""

from collections.abc import Callable, Iterable, Sequence
from typing import NamedTuple, TypeAlias

from pullproof.model.edits import Edit
from pullproof.repair.exposure import Exposure, Permission, Score, score
from pullproof.repair.scene import Move

#: How many choices of one part are looked at; those that cannot beat the best are not looked at at all.
MOST_CHOICES = 20_000

Edits: TypeAlias = frozenset[Edit]


class Order(NamedTuple):
    """What makes one set of edits smaller than another, the weightiest first."""

    exposure: Score
    cost: float
    edits: int
    words: tuple[str, ...]


class Measure:
    """The order of edit sets of one estate."""

    def __init__(self, exposure: Exposure, cost: Callable[[Iterable[Edit]], float]) -> None:
        self.exposure = exposure
        self.cost = cost
        self._words: dict[Edit, str] = {}

    def order(self, edits: Iterable[Edit]) -> Order:
        """Where a set of edits stands."""
        every = tuple(edits)
        for edit in every:
            if edit not in self._words:
                self._words[edit] = repr(edit)
        words = tuple(sorted(self._words[edit] for edit in every))
        return Order(score(self.exposure.of(every)), self.cost(every), len(every), words)

    def permissions(self, edits: Iterable[Edit]) -> frozenset[Permission]:
        """What edits permit."""
        return self.exposure.of(edits)


def choose(gaps: Sequence[tuple[Move, ...]], measure: Measure, given: Iterable[Edit] = ()) -> Edits:
    """The edits that mend every gap, each of which any of its moves mends; `given` are there already."""
    start = frozenset(given)
    left = [frozenset(frozenset(move.edits) - start for move in moves) for moves in gaps]
    picked, open_ = _forced(
        [ways for ways in dict.fromkeys(left) if ways and frozenset() not in ways], measure
    )
    for part in _parts(open_):
        picked |= _searched(part, picked, measure)
    return picked


def _forced(gaps: list[frozenset[Edits]], measure: Measure) -> tuple[Edits, list[frozenset[Edits]]]:
    """What has to be in every choice, and the gaps it leaves."""
    picked: Edits = frozenset()
    while True:
        gaps = [_cheaper(ways, gaps, measure) for ways in gaps]
        gaps = [ways for ways in dict.fromkeys(gaps) if not any(way <= picked for way in ways)]
        alone = [way for ways in gaps if len(ways) == 1 for way in ways]
        if not alone:
            return picked, gaps
        picked = picked.union(*alone)
        gaps = [frozenset(way - picked for way in ways) for ways in gaps]
        gaps = [ways for ways in gaps if frozenset() not in ways]


def _cheaper(ways: frozenset[Edits], gaps: list[frozenset[Edits]], measure: Measure) -> frozenset[Edits]:
    """The ways of a gap without those that another one makes superfluous."""
    if len(ways) == 1:
        return ways
    kept = sorted(ways, key=measure.order)
    mends = {way: {place for place, others in enumerate(gaps) if way in others} for way in kept}
    for way in reversed(kept[1:]):
        if any(_beats(other, way, mends, measure) for other in kept if other != way):
            kept.remove(way)
    return frozenset(kept)


def _beats(one: Edits, other: Edits, mends: dict[Edits, set[int]], measure: Measure) -> bool:
    """Whether one way is never worse than another, and first where they are alike."""
    return (
        mends[one] >= mends[other]
        and measure.permissions(one) <= measure.permissions(other)
        and measure.cost(one) <= measure.cost(other)
        and len(one) <= len(other)
        and measure.order(one) < measure.order(other)
    )


def _parts(gaps: list[frozenset[Edits]]) -> list[list[frozenset[Edits]]]:
    """The gaps, apart where no edit of one is an edit of another."""
    parts: list[tuple[set[Edit], list[frozenset[Edits]]]] = []
    for ways in gaps:
        edits = {edit for way in ways for edit in way}
        together = [ways]
        apart = []
        for known, members in parts:
            if known & edits:
                edits |= known
                together = members + together
            else:
                apart.append((known, members))
        parts = [*apart, (edits, together)]
    return [members for _, members in parts]


def _searched(gaps: list[frozenset[Edits]], picked: Edits, measure: Measure) -> Edits:
    """The smallest choice for some gaps, next to what is picked."""
    best = _greedy(gaps, measure)
    least = measure.order(best | picked)
    choices = 0

    def look(chosen: Edits, left: list[frozenset[Edits]]) -> None:
        nonlocal best, least, choices
        left = [ways for ways in left if not any(way <= chosen for way in ways)]
        choices += 1
        if choices > MOST_CHOICES or (order := measure.order(chosen | picked)) >= least:
            return
        if not left:
            best, least = chosen, order
            return
        first = min(left, key=len)
        for way in sorted(first, key=measure.order):
            look(chosen | way, left)

    look(frozenset(), gaps)
    return best


def _greedy(gaps: list[frozenset[Edits]], measure: Measure) -> Edits:
    """For each gap in turn the way that adds least."""
    chosen: Edits = frozenset()
    for ways in gaps:
        if not any(way <= chosen for way in ways):
            chosen |= min(ways, key=lambda way: measure.order(chosen | way))
    return chosen
