"""Small parts: boxes of addresses and ports, entries about them, names with holes."""

import pytest

from pullproof.model import ranges
from pullproof.model.services import service_of
from pullproof.model.text import hole
from pullproof.reach import boxes
from pullproof.reach.acls import Entry, Tally
from pullproof.reach.domains import below, labels, plain, same, zone_of
from pullproof.verdict import Verdict
from tests.build import at, unknown

REGION = hole("data.aws_region.now.name")
TEN = ((1, 10),)


def test_taking_from_boxes_stops_when_nothing_is_left() -> None:
    """And a box that does not meet another stays whole."""
    whole = boxes.box(TEN, TEN)

    assert () == boxes.minus(whole, [(TEN, TEN), (TEN, TEN)])
    assert whole == boxes.minus(whole, [(((20, 30),), TEN)])
    assert whole == boxes.minus(whole, [(TEN, ((20, 30),))])
    assert () == boxes.box((), TEN)


def test_pairs_without_numbers_vanish() -> None:
    """A range that ends before it begins; one inside another."""
    assert ((1, 9),) == ranges.normal([(5, 3), (1, 9), (2, 3)])


def test_an_entry_that_may_allow_takes_nothing_away() -> None:
    """What it may let through is possible; a later entry decides what is certain."""
    tally = Tally(boxes.box(TEN, TEN))
    tally.take(Entry(None, True, TEN, TEN, at("floating"), unknown()))
    tally.take(Entry(10, False, TEN, TEN, at("certain"), None))

    assert boxes.box(TEN, TEN) == tally.possible
    assert () == tally.sure
    assert () == tally.left


@pytest.mark.parametrize(
    ("name", "parts"),
    [
        ("", ()),
        ("a.b", ("a", "b")),
        (f"api.{REGION}.aws", ("api", REGION, "aws")),
        (f"x{hole('a.b')}y.z", (f"x{hole('a.b')}y", "z")),
    ],
)
def test_dots_inside_a_hole_part_nothing(name: str, parts: tuple[str, ...]) -> None:
    """They belong to the name of the hole."""
    assert parts == labels(name)


@pytest.mark.parametrize(
    ("name", "domain", "verdict"),
    [
        ("a.b.c", "b.c", Verdict.WORKS),
        ("b.c", "b.c", Verdict.WORKS),
        ("c", "b.c", Verdict.FAILS),
        ("a.b.c", "x.c", Verdict.FAILS),
        ("anything", "", Verdict.WORKS),
        (f"api.{REGION}.aws", f"{REGION}.aws", Verdict.WORKS),
        (f"api.{REGION}.aws", "eu-west-1.aws", Verdict.UNKNOWN),
        (f"api.{REGION}.aws", "eu-west-1.com", Verdict.FAILS),
    ],
)
def test_whether_a_name_is_below_a_domain_may_not_be_known(name: str, domain: str, verdict: Verdict) -> None:
    """Labels are compared from the end, until one is only known by name."""
    assert verdict is below(name, domain)


def test_names_are_compared_without_case_and_root() -> None:
    """Where all of them is known."""
    assert "a.b" == plain("A.b.")
    assert f"A.{REGION}" == plain(f"A.{REGION}.")
    assert Verdict.WORKS is same("a.b", "a.b")
    assert Verdict.FAILS is same("a.b", "b")


@pytest.mark.parametrize(
    ("host", "size"),
    [
        ("api.ecr.eu-west-1.amazonaws.com", 5),
        ("1.dkr.ecr.eu-west-1.amazonaws.com", 5),
        ("a.b.s3.eu-west-1.amazonaws.com", 4),
        ("s3.eu-west-1.amazonaws.com", 4),
        ("1.dkr-ecr.eu-west-1.on.aws", 4),
        ("b.s3.amazonaws.com", 4),
    ],
)
def test_an_endpoints_zone_is_the_name_after_the_star(host: str, size: int) -> None:
    """Of a service without a star, it is the name itself."""
    found = service_of(host)

    assert found is not None
    assert size == zone_of(found[0], host)
