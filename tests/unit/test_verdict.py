"""The lattice of verdicts, over all pairs and triples."""

import itertools
from collections.abc import Callable

import pytest

from pullproof.verdict import Verdict, all_of, any_of

WORKS, FAILS, UNKNOWN = Verdict.WORKS, Verdict.FAILS, Verdict.UNKNOWN
TRIPLES = list(itertools.product(Verdict, repeat=3))
Combine = Callable[[Verdict, Verdict], Verdict]


def both(a: Verdict, b: Verdict) -> Verdict:
    """The conjunction."""
    return a & b


def either(a: Verdict, b: Verdict) -> Verdict:
    """The disjunction."""
    return a | b


EACH = pytest.mark.parametrize("combine", [both, either])


@pytest.mark.parametrize("verdict", Verdict)
def test_a_verdict_has_no_truth_value(verdict: Verdict) -> None:
    """Asking whether a verdict is true is an error, so that nobody forgets the third answer."""
    with pytest.raises(TypeError, match="three values"):
        bool(verdict)


@pytest.mark.parametrize(
    ("a", "b", "expected"),
    [
        (WORKS, WORKS, WORKS),
        (WORKS, UNKNOWN, UNKNOWN),
        (UNKNOWN, UNKNOWN, UNKNOWN),
        (FAILS, WORKS, FAILS),
        (FAILS, UNKNOWN, FAILS),
        (FAILS, FAILS, FAILS),
    ],
)
def test_one_failure_settles_a_conjunction(a: Verdict, b: Verdict, expected: Verdict) -> None:
    """Kleene's table: a certain failure decides, whatever else is unknown."""
    assert (expected, expected) == (a & b, b & a)


@EACH
def test_the_order_of_questions_does_not_matter(combine: Combine) -> None:
    """Both combinations are commutative, associative and idempotent."""
    for a, b, c in TRIPLES:
        assert combine(a, b) is combine(b, a)
        assert combine(combine(a, b), c) is combine(a, combine(b, c))
        assert combine(a, a) is a


def test_each_combination_distributes_over_the_other() -> None:
    """And absorbs it."""
    for a, b, c in TRIPLES:
        assert a & (b | c) is (a & b) | (a & c)
        assert a | (b & c) is (a | b) & (a | c)
        assert a & (a | b) is a | (a & b)


def test_the_opposite_claim_has_the_opposite_answer() -> None:
    """De Morgan's laws, and what is unknown stays so."""
    for a, b, _ in TRIPLES:
        assert ~(a & b) is ~a | ~b
        assert ~~a is a
    assert ~UNKNOWN is UNKNOWN


@EACH
def test_knowing_more_never_turns_an_answer_round(combine: Combine) -> None:
    """Where one part is unknown and the whole is not, no value of that part changes the whole."""
    for a, b, _ in TRIPLES:
        if combine(a, UNKNOWN) is not UNKNOWN:
            assert combine(a, b) is combine(a, UNKNOWN)


def test_many_are_combined_as_two_are() -> None:
    """`all_of` and `any_of` are the two combinations, for any number of verdicts."""
    assert (WORKS, FAILS) == (all_of([]), any_of([]))
    for a, b, c in TRIPLES:
        assert all_of([a, b, c]) is a & b & c
        assert any_of([a, b, c]) is a | b | c
