"""The algebra of numbers, addresses and boxes, against sets that list every element."""

from ipaddress import IPv4Network, collapse_addresses
from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from pullproof.model import addresses, ranges
from pullproof.model.addresses import EVERY_V4, Addresses
from pullproof.model.ranges import Ranges
from pullproof.reach import boxes
from pullproof.reach.boxes import Boxes

PAIRS = st.lists(st.tuples(st.integers(0, 40), st.integers(0, 40)), max_size=6)
NUMBERS = PAIRS.map(ranges.normal)
NETWORKS = st.lists(
    st.tuples(st.integers(0, 255), st.integers(24, 32)).map(
        lambda pair: IPv4Network((0x0A000000 + pair[0], pair[1]), strict=False)
    ),
    max_size=5,
)
BOXES = st.lists(st.tuples(NUMBERS, NUMBERS), max_size=3).map(lambda found: disjoint(tuple(found)))


def listed(a: Ranges) -> set[int]:
    """Every number of a set."""
    return {number for low, high in a for number in range(low, high + 1)}


def disjoint(some: Boxes) -> Boxes:
    """The same pairs in boxes that do not overlap."""
    found: Boxes = ()
    for one, other in some:
        found += boxes.minus(boxes.box(one, other), found)
    return found


def pairs(a: Boxes) -> set[tuple[int, int]]:
    """Every pair of a set of boxes."""
    return {(x, y) for one, other in a for x in listed(one) for y in listed(other)}


def set_of(networks: list[IPv4Network]) -> Addresses:
    """Blocks as the program holds them."""
    return addresses.of(*(str(network) for network in networks))


def every(networks: list[IPv4Network]) -> set[int]:
    """Every address of some blocks."""
    return {int(address) for network in networks for address in network}


@given(PAIRS)
def test_the_normal_form_keeps_the_numbers(some: list[tuple[int, int]]) -> None:
    """Sorted, apart from each other, and the same numbers."""
    found = ranges.normal(some)

    assert {n for low, high in some for n in range(low, high + 1)} == listed(found)
    assert all(a[1] + 1 < b[0] for a, b in pairwise(found))


@given(NUMBERS, NUMBERS)
def test_number_sets_agree_with_sets_of_numbers(a: Ranges, b: Ranges) -> None:
    """Each operation gives the numbers that Python's own sets give, in normal form."""
    expected = {
        ranges.union: listed(a) | listed(b),
        ranges.intersection: listed(a) & listed(b),
        ranges.difference: listed(a) - listed(b),
    }
    for operation, numbers in expected.items():
        found = operation(a, b)

        assert numbers == listed(found)
        assert found == ranges.normal(found)
    assert (listed(b) <= listed(a)) is ranges.covers(a, b)
    assert bool(listed(a) & listed(b)) is ranges.touches(a, b)
    assert len(listed(a)) == ranges.size(a)


@given(NETWORKS, NETWORKS)
def test_addresses_agree_with_the_standard_library(a: list[IPv4Network], b: list[IPv4Network]) -> None:
    """Sets of addresses hold what lists of networks hold."""
    ours, theirs = set_of(a), set_of(b)

    assert every(a) | every(b) == listed((ours | theirs).v4)
    assert every(a) & every(b) == listed((ours & theirs).v4)
    assert every(a) - every(b) == listed((ours - theirs).v4)
    assert (every(b) <= every(a)) is ours.covers(theirs)
    assert bool(every(a)) is bool(ours)


@given(NETWORKS)
def test_blocks_are_the_fewest_that_make_the_set(networks: list[IPv4Network]) -> None:
    """The blocks of a set are those that the standard library collapses the networks to."""
    expected = [str(network) for network in collapse_addresses(networks)]

    assert expected == [str(block) for block in addresses.blocks(set_of(networks))]


@given(NETWORKS)
def test_what_is_outside_is_never_inside(networks: list[IPv4Network]) -> None:
    """A set and the rest of the address space share nothing and leave nothing out."""
    inside = set_of(networks)
    outside = EVERY_V4 - inside

    assert not inside & outside
    assert EVERY_V4 == inside | outside


@given(BOXES, BOXES, NUMBERS, NUMBERS)
def test_boxes_agree_with_sets_of_pairs(a: Boxes, b: Boxes, one: Ranges, other: Ranges) -> None:
    """What is left, what is common, how much, and whose addresses: as with every pair listed."""
    assert pairs(a) - pairs(b) == pairs(boxes.minus(a, b))
    assert pairs(a) & pairs(boxes.box(one, other)) == pairs(boxes.common(a, one, other))
    assert len(pairs(a)) == boxes.size(a)
    assert {x for x, _ in pairs(a)} == listed(boxes.shadow(a))
