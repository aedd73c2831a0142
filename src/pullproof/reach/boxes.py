"""Sets of (address, port) pairs as disjoint boxes: what is left when entries have taken their share."""

from collections.abc import Iterable
from typing import TypeAlias

from pullproof.model import ranges
from pullproof.model.ranges import Ranges

#: Every pair of an address of the first and a port of the second.
Box: TypeAlias = tuple[Ranges, Ranges]
Boxes: TypeAlias = tuple[Box, ...]


def box(addresses: Ranges, ports: Ranges) -> Boxes:
    """One box, or nothing when either side is empty."""
    return ((addresses, ports),) if addresses and ports else ()


def minus(a: Boxes, taken: Iterable[Box]) -> Boxes:
    """Pairs in `a` and in none of the others."""
    for addresses, ports in taken:
        if not a:
            break
        a = tuple(piece for one in a for piece in _without(one, addresses, ports))
    return a


def common(a: Boxes, addresses: Ranges, ports: Ranges) -> Boxes:
    """Pairs in `a` and in the box."""
    return tuple(
        piece
        for here, there in a
        for piece in box(ranges.intersection(here, addresses), ranges.intersection(there, ports))
    )


def size(a: Boxes) -> int:
    """How many pairs, if the boxes are disjoint."""
    return sum(ranges.size(addresses) * ranges.size(ports) for addresses, ports in a)


def shadow(a: Boxes) -> Ranges:
    """The addresses that occur."""
    return ranges.normal(span for addresses, _ in a for span in addresses)


def _without(one: Box, addresses: Ranges, ports: Ranges) -> Iterable[Box]:
    here, there = one
    both = ranges.intersection(here, addresses)
    if not both or not ranges.touches(there, ports):
        return (one,)
    return (
        *box(ranges.difference(here, addresses), there),
        *box(both, ranges.difference(there, ports)),
    )
