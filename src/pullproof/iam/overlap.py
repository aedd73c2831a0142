"""Whether there is a text that two patterns of letters and runs both match."""

from pullproof.iam.tokens import EXCLUDES, ONE, RUN, Tokens


def overlap(one: Tokens, other: Tokens) -> bool:
    """Whether a text exists that both match. Time and space grow with the product of their lengths.

    Tokens are single characters, `?` (ONE) and runs.
    """
    if one == (RUN,) or other == (RUN,):
        return True
    seen = {(0, 0)}
    to_see = [(0, 0)]
    while to_see:
        i, j = to_see.pop()
        if i == len(one) and j == len(other):
            return True
        for state in _next(one, i, other, j):
            if state not in seen:
                seen.add(state)
                to_see.append(state)
    return False


def _next(one: Tokens, i: int, other: Tokens, j: int) -> list[tuple[int, int]]:
    """Where both patterns can be after nothing, or one character that both take."""
    a = one[i] if i < len(one) else ""
    b = other[j] if j < len(other) else ""
    states = []
    if a in EXCLUDES:
        states.append((i + 1, j))
    if b in EXCLUDES:
        states.append((i, j + 1))
    if a and b and _share(a, b):
        # A run stays where it is; when both are runs, nothing new comes of it.
        states.append((i if a in EXCLUDES else i + 1, j if b in EXCLUDES else j + 1))
    return states


def _share(a: str, b: str) -> bool:
    """Whether some character is taken by both tokens. A run takes part in everything but what it excludes."""
    if a in EXCLUDES:
        return b not in EXCLUDES[a]
    if b in EXCLUDES:
        return a not in EXCLUDES[b]
    return ONE in (a, b) or a == b
