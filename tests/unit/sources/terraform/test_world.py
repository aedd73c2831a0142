"""What adapters share: keys, texts, defaults, with any value that a tree may hold."""

from typing import Any

import pytest

from pullproof.model.text import hole
from pullproof.model.value import Listing, Unknown, Why
from pullproof.sources.base import Options
from pullproof.sources.terraform.tree import Resource, Some, Tree, own
from pullproof.sources.terraform.world import World, blocks_of, first_block, given, plain, written

REASON = Unknown(Why.NOT_FOLLOWED, "x", "y", "z")
SUBNET = Resource(
    address="aws_subnet.a",
    type="aws_subnet",
    name="a",
    values={"id": own("aws_subnet.a", "id"), "vpc_id": own("aws_vpc.v", "id"), "cidr_block": "10.0.0.0/24"},
)
NOTHING_AND_SOMETHING: list[Any] = [None, "", [], "x", REASON]
SERVICE = Resource(address="aws_ecs_service.s", type="aws_ecs_service", name="s", values={})


@pytest.fixture
def world() -> World:
    return World(Tree(resources={one.address: one for one in (SUBNET, SERVICE)}), Options())


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        (hole("aws_subnet.a.id"), "aws_subnet.a"),
        (hole("aws_subnet.a.arn"), "aws_subnet.a"),
        (hole("aws_subnet.a.vpc_id"), "aws_vpc.v.id"),
        (
            hole("data.terraform_remote_state.net.outputs.subnet"),
            "data.terraform_remote_state.net.outputs.subnet",
        ),
        ("subnet-0aaaaaaaa", "subnet-0aaaaaaaa"),
    ],
)
def test_keys_are_found_behind_references(world: World, value: str, expected: str) -> None:
    """A resource by any of its own names, what it refers to, a name of something else, a literal id."""
    assert expected == world.key(value, SERVICE, "subnets")


@pytest.mark.parametrize(
    "value", [None, "", 7, {}, REASON, Some(("a",), REASON), hole("?x"), f"a{hole('b.c.d')}"]
)
def test_what_is_no_reference_has_no_key(world: World, value: Any) -> None:
    """Nothing, nonsense, unknown values, and text that is put together."""
    assert isinstance(world.key(value, SERVICE, "subnets"), Unknown)


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        (None, Listing()),
        ([], Listing()),
        ([hole("aws_subnet.a.id"), hole("aws_subnet.a.id")], Listing(("aws_subnet.a",))),
        ([hole("aws_subnet.a.id"), REASON], Listing(("aws_subnet.a",), (REASON,))),
        (REASON, Listing((), (REASON,))),
        (
            Some((hole("aws_subnet.a.id"), "subnet-0b"), REASON),
            Listing((), (REASON,), ("aws_subnet.a", "subnet-0b")),
        ),
        (Some((REASON,), REASON), Listing((), (REASON, REASON))),
    ],
)
def test_lists_have_keys_and_reasons(world: World, value: Any, expected: Listing[str]) -> None:
    """Known members once, unknown ones as reasons, and one of several."""
    assert expected == world.keys(value, SERVICE, "subnets")


@pytest.mark.parametrize(
    "value", [hole("data.aws_subnets.x.ids"), [hole("data.aws_subnets.x.ids")], hole("local.x")]
)
def test_a_list_known_by_name_is_open(world: World, value: Any) -> None:
    """The members of a list that is looked up during the apply are not known."""
    found = world.keys(value, SERVICE, "subnets")

    assert () == found.items
    assert [Why.AFTER_APPLY] == [reason.why for reason in found.open]


@pytest.mark.parametrize(
    ("value", "expected"), [("x", "x"), (True, "true"), (False, "false"), (7, "7"), (1.5, "1.5")]
)
def test_texts_are_as_terraform_converts_them(world: World, value: Any, expected: str) -> None:
    """Numbers and booleans become text."""
    assert expected == world.text(value, SERVICE, "x")


@pytest.mark.parametrize("value", [None, [], {}, REASON])
def test_what_is_no_text_is_unknown(world: World, value: Any) -> None:
    """Lists, tables, nothing."""
    assert isinstance(world.text(value, SERVICE, "x"), Unknown)


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        (None, Listing()),
        ("a", Listing(("a",))),
        (["a", 1, REASON], Listing(("a", "1"), (REASON,))),
        (Some(("a",), REASON), Listing((), (REASON,))),
    ],
)
def test_lists_of_texts_are_read(world: World, value: Any, expected: Listing[str]) -> None:
    """One text is a list of one."""
    assert expected == world.texts(value, SERVICE, "x")


@pytest.mark.parametrize(
    ("value", "expected"), [("true", True), ("false", False), (None, True), (True, True), (False, False)]
)
def test_switches_are_read(world: World, value: Any, expected: bool) -> None:
    """Booleans, as text too; left out is the default."""
    resource = Resource(address="aws_x.y", type="aws_x", name="y", values={"on": value})

    assert expected is world.flag(resource, "on", default=True)


@pytest.mark.parametrize("value", ["yes", 7, [], REASON, hole("a.b.c")])
def test_what_is_no_switch_is_unknown(world: World, value: Any) -> None:
    """Anything else is not taken for on or off."""
    resource = Resource(address="aws_x.y", type="aws_x", name="y", values={"on": value})

    assert isinstance(world.flag(resource, "on", default=True), Unknown)
    if not isinstance(value, str) or value.startswith("\ue000"):
        assert isinstance(world.word(resource, "on", default="d"), Unknown)


def test_documents_are_spelt_at_any_depth(world: World) -> None:
    """Lists and tables keep their form; some of several is unknown."""
    tree = {"a": [hole("aws_subnet.a.cidr_block")], "b": 7, "c": Some(("x",), REASON)}

    assert {"a": ["10.0.0.0/24"], "b": 7, "c": REASON} == world.document(tree)


def test_a_name_that_leads_to_itself_stays_a_name() -> None:
    """Two attributes that name each other end."""
    first = Resource(
        address="aws_iam_role.a",
        type="aws_iam_role",
        name="a",
        values={"name": own("aws_iam_role.b", "name")},
    )
    second = Resource(
        address="aws_iam_role.b",
        type="aws_iam_role",
        name="b",
        values={"name": own("aws_iam_role.a", "name")},
    )
    world = World(Tree(resources={one.address: one for one in (first, second)}), Options())

    assert world.own_text(first, "name").startswith("\ue000aws_iam_role.")


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        (None, []),
        ("x", []),
        ({"a": 1}, [{"a": 1}]),
        ([{"a": 1}, 7], [{"a": 1}]),
        (REASON, REASON),
        ([REASON], REASON),
        (Some((), REASON), REASON),
    ],
)
def test_blocks_are_tables(value: Any, expected: Any) -> None:
    """One table, a list of them, or why they are not known."""
    assert expected == blocks_of(value)
    assert first_block(value) == (expected if isinstance(expected, Unknown) else (expected or [{}])[0])


def test_small_helpers_tell_nothing_from_something() -> None:
    """What is empty, exact, or left to AWS."""
    resource = Resource(
        address="aws_x.y", type="aws_x", name="y", values={"a": own("aws_x.y", "a"), "b": "x"}
    )

    assert [False, False, False, True, True] == [given(value) for value in NOTHING_AND_SOMETHING]
    assert ["x", "", ""] == [plain(value) for value in ("x", hole("a"), 7)]
    assert [None, "x", None] == [written(resource, name) for name in "abc"]
