"""Sets of whole numbers as sorted, disjoint, closed ranges: the algebra under addresses and ports.

A `Ranges` is a tuple of `(low, high)` pairs, sorted, with a gap of at least one number between
neighbours, so that equal sets are equal tuples. Every function takes and gives that normal form.
"""

from collections.abc import Iterable
from typing import TypeAlias

Ranges: TypeAlias = tuple[tuple[int, int], ...]

EMPTY: Ranges = ()


def normal(pairs: Iterable[tuple[int, int]]) -> Ranges:
    """The normal form of any pairs; pairs with low > high are empty and vanish."""
    merged: list[tuple[int, int]] = []
    for low, high in sorted(pairs):
        if low > high:
            continue
        if merged and low <= merged[-1][1] + 1:
            if high > merged[-1][1]:
                merged[-1] = (merged[-1][0], high)
        else:
            merged.append((low, high))
    return tuple(merged)


def union(a: Ranges, b: Ranges) -> Ranges:
    """Numbers in either."""
    if not a or a == b:
        return b
    return normal((*a, *b)) if b else a


def intersection(a: Ranges, b: Ranges) -> Ranges:
    """Numbers in both."""
    if a == b:
        return a
    found: list[tuple[int, int]] = []
    i = j = 0
    while i < len(a) and j < len(b):
        low, high = max(a[i][0], b[j][0]), min(a[i][1], b[j][1])
        if low <= high:
            found.append((low, high))
        if a[i][1] < b[j][1]:
            i += 1
        else:
            j += 1
    return tuple(found)


def difference(a: Ranges, b: Ranges) -> Ranges:
    """Numbers in `a` and not in `b`."""
    if not b or not a:
        return a
    if a == b:
        return EMPTY
    left: list[tuple[int, int]] = []
    j = 0
    for low, high in a:
        while j < len(b) and b[j][1] < low:
            j += 1
        k = j
        while k < len(b) and b[k][0] <= high:
            if low < b[k][0]:
                left.append((low, b[k][0] - 1))
            low = b[k][1] + 1
            k += 1
        if low <= high:
            left.append((low, high))
    return tuple(left)


def covers(a: Ranges, b: Ranges) -> bool:
    """Whether every number of `b` is in `a`."""
    if a == b:
        return True
    spans = iter(a)
    span = next(spans, None)
    for low, high in b:
        while span is not None and span[1] < low:
            span = next(spans, None)
        # Neighbours have a gap between them, so no two of them cover a range together.
        if span is None or low < span[0] or span[1] < high:
            return False
    return True


def touches(a: Ranges, b: Ranges) -> bool:
    """Whether the two share a number."""
    return bool(intersection(a, b))


def size(a: Ranges) -> int:
    """How many numbers."""
    return sum(high - low + 1 for low, high in a)
