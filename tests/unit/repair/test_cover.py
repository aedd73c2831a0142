"""The choice of moves: forced ones, superfluous ones, and the smallest of the rest, against all there are."""

from itertools import product

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pullproof.model.edits import AddGroupRule, Edit
from pullproof.model.filters import GroupRef
from pullproof.model.packets import tcp
from pullproof.repair import cover
from pullproof.repair.cover import Measure, choose
from pullproof.repair.exposure import Exposure
from pullproof.repair.scene import Move
from tests.rules.build import change, estate

RULES: tuple[Edit, ...] = tuple(
    AddGroupRule(group=group, egress=egress, service=tcp(443), peer=GroupRef(peer))
    for group in ("sg-task", "sg-endpoints", "sg-files")
    for egress in (True, False)
    for peer in ("a", "b")
)
moves = st.lists(st.sets(st.sampled_from(RULES), min_size=1, max_size=2), min_size=1, max_size=3)


def measured() -> Measure:
    """Groups carried by different numbers of interfaces, and rules to "a" that cost something."""
    return Measure(Exposure(estate()), lambda edits: float(sum("'a'" in repr(edit) for edit in edits)))


@given(st.lists(moves, min_size=1, max_size=5))
@settings(max_examples=60, deadline=None)
def test_the_choice_is_the_smallest(gaps: list[list[set[Edit]]]) -> None:
    """Of all combinations of one move for each gap none is smaller than the one that is chosen."""
    measure = measured()
    options = [tuple(Move(tuple(sorted(way, key=repr))) for way in ways) for ways in gaps]

    chosen = choose(options, measure)

    every = [
        frozenset().union(*some) for some in product(*[[frozenset(way) for way in ways] for ways in gaps])
    ]
    least = min(measure.order(some)[:3] for some in every)
    assert all(any(way <= chosen for way in ways) for ways in gaps)
    assert least == measure.order(chosen)[:3]


def test_what_is_given_is_not_chosen_again() -> None:
    """A gap that the given edits mend needs nothing, and a move that is half there costs its other half."""
    measure = measured()
    first, second = RULES[:2]

    assert frozenset() == choose([(Move((first,)),)], measure, [first])
    assert frozenset({second}) == choose([(Move((first, second)),)], measure, [first])


def test_too_much_to_search_is_chosen_from_one_by_one(monkeypatch: pytest.MonkeyPatch) -> None:
    """Beyond the number of choices that are looked at, every gap still gets a move."""
    monkeypatch.setattr(cover, "MOST_CHOICES", 1)
    gaps = [(Move((RULES[0],)), Move((RULES[1],))), (Move((RULES[1],)), Move((RULES[2],)))]

    chosen = choose(gaps, measured())

    assert all(any(set(move.edits) <= chosen for move in ways) for ways in gaps)


def test_a_group_that_fewer_carry_is_smaller() -> None:
    """Of two groups of a task the one that others do not carry gets the rule."""
    made = estate()
    change(made.mount_targets, "target-subnet-a", groups=made.launches["service"].groups)
    rules = [
        AddGroupRule(group=group, egress=True, service=tcp(443), peer=GroupRef("x"))
        for group in ("sg-task", "sg-own")
    ]
    measure = Measure(Exposure(made), lambda _: 0.0)

    assert frozenset({rules[1]}) == choose([tuple(Move((rule,)) for rule in rules)], measure)
