"""The search goes in rounds and chooses without looking ahead: whether that ever costs anything."""

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from pullproof.prove.gaps import survey
from pullproof.repair.order import ordered
from pullproof.repair.search import Search
from pullproof.repair.words import says
from pullproof.verdict import Verdict
from tests.oracle.fixes import broken, order_of, smaller

#: Judgements for one estate; most need fewer than a hundred.
BUDGET = 150


@given(st.integers(0, 1 << 32), st.sampled_from(("auto", "nat")))
@settings(max_examples=8, deadline=None, suppress_health_check=[HealthCheck.too_slow])
def test_nothing_smaller_is_found_by_branching(seed: int, via: str) -> None:
    """No set of edits of any kind that opens less, or as much for less money, lets the same tasks start."""
    smallest(seed, via)


def smallest(seed: int, via: str) -> None:
    """Compare what the search finds for an estate with what branching finds."""
    made = broken(seed)
    before = survey(made)
    blocked = frozenset(key for key, verdict in before.verdicts.items() if verdict is Verdict.FAILS)
    found = Search(made, before, via).mend(blocked)
    if not found.edits or found.left or found.worse:
        return
    least = order_of(made, frozenset(found.edits))
    other = smaller(made, via, found.after, least, BUDGET)

    assert None is other, [says(edit) for edit in ordered(other or ())]
