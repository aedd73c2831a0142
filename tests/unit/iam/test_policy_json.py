"""Policy documents: as JSON text, as trees, with parts missing."""

from typing import Any

import pytest

from pullproof.model.iam import Condition, Policy, Principals, Statement
from pullproof.model.policy_json import policy_of
from pullproof.model.text import OPEN, hole
from pullproof.model.value import Listing, Origin, Unknown, Why
from tests.unit.iam.build import UNTOLD

AT = Origin("aws_iam_policy.p", "policy")


def read(document: Any) -> Policy:
    """The policy of a document that is one."""
    found = policy_of(document, AT, "p")
    assert isinstance(found, Policy), found
    return found


def first(**elements: Any) -> Statement:
    """The statement with these elements."""
    found = read({"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": "*"} | elements]})
    assert found.statements.complete, found.statements.open
    return found.statements.items[0]


def test_every_element_is_read() -> None:
    """Values and lists, conditions of any operator, and where each statement is written."""
    text = """{"Version": "2012-10-17", "Statement": [
        {"Sid": "One", "Effect": "Allow", "Action": ["s3:Get*", "s3:List*"], "Resource": "*",
         "Principal": {"AWS": ["1", "2"], "Service": "x.amazonaws.com"},
         "Condition": {"Bool": {"aws:SecureTransport": true}, "NumericLessThan": {"k": [1, 2.5]}}}]}"""
    expected = Statement(
        origin=Origin("aws_iam_policy.p", "policy.Statement[0]"),
        allow=True,
        actions=Listing(("s3:Get*", "s3:List*")),
        resources=Listing(("*",)),
        principals=Principals(of=(("AWS", Listing(("1", "2"))), ("Service", Listing(("x.amazonaws.com",))))),
        conditions=Listing(
            (
                Condition(operator="Bool", key="aws:SecureTransport", values=Listing(("true",))),
                Condition(operator="NumericLessThan", key="k", values=Listing(("1", "2.5"))),
            )
        ),
        sid="One",
    )

    assert Policy(origin=AT, statements=Listing((expected,)), name="p") == read(text)


def test_a_statement_need_not_be_in_a_list() -> None:
    """A single statement may stand by itself, and a policy without a place has none."""
    found = policy_of({"Statement": {"Effect": "Deny", "NotAction": "a", "NotResource": "b"}}, Origin("x"))
    assert isinstance(found, Policy)
    (statement,) = found.statements.items

    assert Origin("x", "Statement") == statement.origin
    assert (False, True, True) == (statement.allow, statement.not_actions, statement.not_resources)


@pytest.mark.parametrize(
    ("written", "expected"),
    [
        ("*", Principals(of=(("*", Listing(("*",))),))),
        ("arn:aws:iam::1:root", Principals(of=(("AWS", Listing(("arn:aws:iam::1:root",))),))),
        ({"AWS": [UNTOLD, "1"]}, Principals(of=(("AWS", Listing(("1",), (UNTOLD,))),))),
        (UNTOLD, UNTOLD),
    ],
)
def test_principals_are_read(written: Any, expected: object) -> None:
    """The bare `*`, text, lists, and what is not known."""
    assert expected == first(Principal=written).principals


def test_not_principals_are_read() -> None:
    """`NotPrincipal` is marked as such."""
    found = first(NotPrincipal={"AWS": "1"}).principals

    assert isinstance(found, Principals)
    assert found.excluded


@pytest.mark.parametrize("element", [{"Effect": hole("a.b")}, {"Effect": UNTOLD}])
def test_an_effect_that_is_not_known(element: dict[str, Any]) -> None:
    """Whether the statement allows is then not known."""
    assert isinstance(first(**element).allow, Unknown)


def test_a_principal_known_only_by_name() -> None:
    """It may be `*` or somebody: it is not known."""
    assert isinstance(first(Principal=hole("local.who")).principals, Unknown)


def test_unknown_parts_open_what_they_belong_to() -> None:
    """What is not known in a list leaves the rest of the list known."""
    statement = first(
        Action=["a", UNTOLD],
        Resource=UNTOLD,
        Condition={"Bool": UNTOLD, "StringEquals": {"k": UNTOLD}},
    )

    assert Listing(("a",), (UNTOLD,)) == statement.actions
    assert Listing((), (UNTOLD,)) == statement.resources
    assert (UNTOLD,) == statement.conditions.open
    assert Listing((), (UNTOLD,)) == statement.conditions.items[0].values
    assert Listing((), (UNTOLD,)) == first(Condition=UNTOLD).conditions
    assert Listing((), (UNTOLD,)) == read({"Statement": UNTOLD}).statements
    assert Listing((), (UNTOLD,)) == read({"Statement": [UNTOLD]}).statements


def test_holes_in_text_stay_where_they_are() -> None:
    """Text with holes is JSON like any other; a hole in the place of a whole value is not known."""
    arn, more = hole("aws_s3_bucket.b.arn"), hole("local.more")
    text = f'{{"Statement": {{"Effect": "Allow", "Action": ["a", {more}], "Resource": "{arn}/*\\\\"}}}}'
    (statement,) = read(text).statements.items

    assert Listing((f"{arn}/*\\",)) == statement.resources
    assert ("a",) == statement.actions.items
    assert "part of the policy at aws_iam_policy.p.policy (local.more)" == statement.actions.open[0].what


@pytest.mark.parametrize(
    "text", [hole("data.aws_iam_policy_document.d.json"), f" {hole('?x')}\n", f"{{{hole('x')}}}"]
)
def test_a_document_that_is_not_known_yet(text: str) -> None:
    """A hole for the whole, or in a place that JSON does not allow, leaves the policy unknown."""
    found = policy_of(text, AT)

    assert isinstance(found, Unknown)
    assert (Why.AFTER_APPLY, "aws_iam_policy.p") == (found.why, found.resource)


def test_an_unknown_document_stays_what_it_is() -> None:
    """The reason of the input is the reason."""
    assert UNTOLD == policy_of(UNTOLD, AT)


@pytest.mark.parametrize(
    ("document", "problem"),
    [
        ("", "is not valid JSON"),
        ("{", "is not valid JSON"),
        ("[" * 100_000, "is not valid JSON"),
        ("[]", "is not a JSON object"),
        ("{}", "has no Statement"),
        (None, "is not a JSON object"),
        (7, "is not a JSON object"),
    ],
)
def test_what_is_no_policy(document: Any, problem: str) -> None:
    """It is not known, with the place and what is wrong with it; nothing is raised."""
    found = policy_of(document, AT)

    assert isinstance(found, Unknown)
    assert f"the policy at aws_iam_policy.p.policy {problem}" in found.settle_by


@pytest.mark.parametrize(
    ("statement", "problem"),
    [
        (3, "a statement that is not an object"),
        ({"Effect": "allow", "Action": "*"}, "Effect is neither Allow nor Deny"),
        ({"Action": "*"}, "Effect is neither Allow nor Deny"),
        ({"Effect": "Allow"}, "without Action"),
        ({"Effect": "Allow", "Action": "*", "NotAction": "*"}, "both Action and NotAction"),
        ({"Effect": "Allow", "Action": "*", "Principal": "*", "NotPrincipal": "*"}, "both Principal and"),
        ({"Effect": "Allow", "Action": "*", "Principal": 3}, "Principal is neither text nor an object"),
        ({"Effect": "Allow", "Action": {"a": 1}}, "Action is not text"),
        ({"Effect": "Allow", "Action": [None]}, "Action is not text"),
        ({"Effect": "Allow", "Action": "*", "Condition": "x"}, "Condition is not an object"),
        ({"Effect": "Allow", "Action": "*", "Condition": {"Bool": "x"}}, "Bool is not an object"),
    ],
)
def test_a_statement_that_cannot_be_read(statement: Any, problem: str) -> None:
    """The others are known, and that one says what is wrong with it and where."""
    found = read({"Statement": [{"Effect": "Deny", "Action": "a"}, statement]})

    assert 1 == len(found.statements.items)
    assert problem in found.statements.open[0].settle_by
    assert "aws_iam_policy.p.policy.Statement[1]" in found.statements.open[0].settle_by


@pytest.mark.parametrize(
    ("version", "expected"),
    [
        ({"Version": "2012-10-17"}, "${aws:username}"),
        ({"Version": "2008-10-17"}, "${$}{aws:username}"),
        ({}, "${$}{aws:username}"),
        ({"Version": UNTOLD}, "${aws:username}"),
    ],
)
def test_only_the_newer_language_has_variables(version: dict[str, Any], expected: str) -> None:
    """In a document of 2008, `${` is two characters, everywhere."""
    text = "${aws:username}"
    statement = {
        "Effect": "Allow",
        "Action": [text],
        "Resource": text,
        "Condition": {"Bool": {"k": [True, text]}},
    }
    (found,) = read({"Statement": [statement]} | version).statements.items

    assert (expected,) == found.actions.items
    assert found.resources is not None
    assert (expected,) == found.resources.items
    assert ("true", expected) == found.conditions.items[0].values.items


def test_outside_text_makes_no_holes() -> None:
    """The marks of a hole, spelt as escapes, are replaced."""
    (statement,) = read(r'{"Statement": {"Effect": "Allow", "Action": "\uE000x\ue001"}}').statements.items

    assert OPEN not in statement.actions.items[0]


def test_a_sid_that_is_no_text_is_nothing() -> None:
    """The name of a statement decides nothing, so that what is not known of it does not matter."""
    assert "" == first(Sid=UNTOLD).sid
