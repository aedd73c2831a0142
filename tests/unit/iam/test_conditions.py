"""Conditions: operators, keys that are there, absent or not known."""

import pytest

from pullproof.iam.answer import NO, YES, verdict_of
from pullproof.iam.conditions import holds
from pullproof.iam.context import ABSENT, NotOurs, Value
from pullproof.model.iam import Condition
from pullproof.model.text import anything, hole
from pullproof.model.value import Listing, Origin, Unknown, Why
from pullproof.verdict import Verdict
from tests.unit.iam.build import UNTOLD, arn

AT = Origin("aws_iam_policy.p", "policy.Statement[0]")
V_YES, V_NO, MAYBE = Verdict.WORKS, Verdict.FAILS, Verdict.UNKNOWN


def asked(operator: str, value: Value | None, *written: str, more: bool = False) -> Verdict:
    """Whether a condition on one key holds."""
    condition = Condition(operator=operator, key="k:Key", values=Listing(written, (UNTOLD,) if more else ()))
    context = {"k:other": "filled"} if value is None else {"k:key": value, "k:other": "filled"}
    return verdict_of(holds(condition, context, "aws", AT))


@pytest.mark.parametrize(
    ("operator", "value", "written", "expected"),
    [
        ("StringEquals", "a", ("b", "a"), V_YES),
        ("stringequals", "a", ("A",), V_NO),
        ("StringNotEquals", "a", ("b", "c"), V_YES),
        ("StringNotEquals", "a", ("b", "a"), V_NO),
        ("StringEqualsIgnoreCase", "a", ("A",), V_YES),
        ("StringNotEqualsIgnoreCase", "a", ("A",), V_NO),
        ("StringLike", "abc", ("a*",), V_YES),
        ("StringNotLike", "abc", ("a*",), V_NO),
        ("StringEquals", "filled", ("${k:other}",), V_YES),
        ("StringLike", "x*", ("${k:Key}",), V_YES),
        ("StringNotEquals", "filled", ("${k:other}",), V_NO),
        ("StringEqualsIgnoreCase", "FILLED", ("${k:other}",), V_YES),
        ("StringNotEqualsIgnoreCase", "FILLED", ("${k:other}",), V_NO),
        ("StringNotLike", "filled-up", ("${k:other}*",), V_NO),
        ("ArnLike", "arn:aws:s3:::filled", ("arn:aws:s3:::${k:other}",), V_YES),
        ("ArnEquals", "arn:aws:s3:::filled", ("arn:aws:s3:::${k:other}",), V_YES),
        ("ArnNotLike", "arn:aws:s3:::filled", ("arn:aws:s3:::${k:other}",), V_NO),
        ("ArnNotEquals", "arn:aws:s3:::filled", ("arn:aws:s3:::${k:other}",), V_NO),
        ("StringEquals", "x", ("${k:nothing}",), MAYBE),
        ("BinaryEquals", "QQ==", ("QQ==",), V_YES),
        ("ArnLike", "arn:aws:s3:::a", ("arn:aws:s3:::*",), V_YES),
        ("ArnNotEquals", "arn:aws:s3:::a", ("arn:aws:s3:::*",), V_NO),
        ("NumericEquals", "10", ("10.0",), V_YES),
        ("NumericNotEquals", "10", ("9",), V_YES),
        ("NumericLessThan", "10", ("9",), V_NO),
        ("NumericLessThanEquals", "10", ("10",), V_YES),
        ("NumericGreaterThan", "10", ("9",), V_YES),
        ("NumericGreaterThanEquals", "10", ("11",), V_NO),
        ("NumericEquals", "10", ("ten",), MAYBE),
        ("NumericEquals", hole("x.y"), ("10",), MAYBE),
        ("DateEquals", "0", ("1970-01-01T00:00:00Z",), V_YES),
        ("DateNotEquals", "2026-01-01", ("2026-01-01T00:00:00Z",), V_NO),
        ("DateLessThan", "2026-01-01T00:00:00+01:00", ("2026-01-01",), V_YES),
        ("DateLessThanEquals", "2026-01-02", ("2026-01-01",), V_NO),
        ("DateGreaterThan", "-5", ("-10",), V_YES),
        ("DateGreaterThanEquals", "2026", ("2026-01-01",), V_NO),
        ("DateEquals", "2026-01-01", ("soon",), MAYBE),
        ("Bool", "true", ("True",), V_YES),
        ("Bool", "true", ("false",), V_NO),
        ("Bool", hole("x.y"), ("false",), MAYBE),
        ("Bool", "true", (hole("x.y"),), MAYBE),
        ("IpAddress", "10.0.0.1", ("10.0.0.0/24",), V_YES),
        ("IpAddress", "10.0.0.0/16", ("10.0.0.0/24",), MAYBE),
        ("IpAddress", "10.1.0.0/16", ("10.0.0.0/24",), V_NO),
        ("NotIpAddress", "10.0.0.1", ("10.0.0.0/24",), V_NO),
        ("IpAddress", "2001:db8::1", ("2001:db8::/32", "10.0.0.0/8"), V_YES),
        ("IpAddress", "10.0.0.1", (hole("x.y"),), MAYBE),
        ("Null", "a", ("false",), V_YES),
        ("Null", "a", ("true",), V_NO),
        ("Null", ABSENT, ("true",), V_YES),
        ("Null", ABSENT, ("maybe",), MAYBE),
        ("StringWhatever", "a", ("a",), MAYBE),
    ],
)
def test_each_operator_compares_as_aws_says(
    operator: str, value: Value, written: tuple[str, ...], expected: Verdict
) -> None:
    """One value of the request against the written ones; one that fits is enough, or one too many."""
    assert expected is asked(operator, value, *written)


@pytest.mark.parametrize(
    ("operator", "expected"),
    [
        ("StringEquals", V_NO),
        ("StringNotEquals", V_YES),
        ("StringEqualsIfExists", V_YES),
        ("StringNotEqualsIfExists", V_YES),
        ("ForAllValues:StringEquals", V_YES),
        ("ForAnyValue:StringEquals", V_NO),
        ("ForAnyValue:StringNotEquals", V_NO),
        ("ForAnyValue:StringEqualsIfExists", MAYBE),
    ],
)
def test_a_key_that_is_absent(operator: str, expected: Verdict) -> None:
    """Without the key a comparison fails, unless it is negated or asks only if the key exists."""
    assert expected is asked(operator, ABSENT, "a")


@pytest.mark.parametrize(
    ("operator", "values", "expected"),
    [
        ("ForAllValues:StringEquals", ("a", "b"), V_YES),
        ("ForAllValues:StringEquals", ("a", "c"), V_NO),
        ("ForAnyValue:StringEquals", ("a", "c"), V_YES),
        ("ForAnyValue:StringEquals", ("c", "d"), V_NO),
        ("ForAllValues:StringNotEquals", ("c", "d"), V_YES),
        ("ForAllValues:StringNotEquals", ("a", "d"), V_NO),
        ("ForAnyValue:StringNotEquals", ("a", "d"), V_YES),
        ("StringEquals", ("a", "c"), V_YES),
        ("ForAllValues:StringEquals", (), V_YES),
        ("ForAnyValue:StringEquals", (), V_NO),
    ],
)
def test_a_key_with_several_values(operator: str, values: tuple[str, ...], expected: Verdict) -> None:
    """`ForAllValues` asks it of every value of the request, `ForAnyValue` of one."""
    assert expected is asked(operator, values, "a", "b")


@pytest.mark.parametrize("value", [None, UNTOLD])
@pytest.mark.parametrize("operator", ["StringEquals", "StringNotEqualsIfExists", "Null"])
def test_a_key_that_is_not_known(operator: str, value: Value | None) -> None:
    """A key of which nothing is known leaves every operator open."""
    assert MAYBE is asked(operator, value, "true")


@pytest.mark.parametrize(
    ("operator", "value", "written", "expected"),
    [
        ("StringEquals", "a", ("a",), V_YES),
        ("StringEquals", "a", ("b",), MAYBE),
        ("StringNotEquals", "a", ("a",), V_NO),
        ("StringNotEquals", "a", ("b",), MAYBE),
        ("Null", ABSENT, ("true",), V_YES),
        ("Null", ABSENT, (), MAYBE),
    ],
)
def test_written_values_that_are_not_all_known(
    operator: str, value: Value, written: tuple[str, ...], expected: Verdict
) -> None:
    """What may be written besides can add a fit, and never take one away."""
    assert expected is asked(operator, value, *written, more=True)


def test_doubt_names_the_key() -> None:
    """The reason says which key it is about, what is asked of it, and where."""
    condition = Condition(operator="StringEquals", key="aws:PrincipalOrgID", values=Listing(("o-1",)))
    found = holds(condition, {}, "aws", AT)

    assert isinstance(found, Unknown)
    assert Why.NOT_IN_INPUT is found.why
    assert "whether aws:PrincipalOrgID is such that StringEquals o-1 holds" == found.what
    assert "aws_iam_policy.p" == found.resource
    assert "aws_iam_policy.p.policy.Statement[0] has a condition on aws:PrincipalOrgID" in found.settle_by


def test_doubt_keeps_the_reason_of_the_context() -> None:
    """Where the context says why a value is not known, so does the answer."""
    condition = Condition(operator="StringEquals", key="k", values=Listing(("a",)))
    found = holds(condition, {"k": UNTOLD}, "aws", AT)

    assert isinstance(found, Unknown)
    assert (UNTOLD.why, UNTOLD.settle_by) == (found.why, found.settle_by)


def test_a_key_known_only_by_name() -> None:
    """A condition whose key is not known may be about anything."""
    condition = Condition(operator="StringEquals", key=f"{anything('x')}:sub", values=Listing(("a",)))

    assert isinstance(holds(condition, {condition.key.lower(): "a"}, "aws", AT), Unknown)


@pytest.mark.parametrize(
    ("kind", "operator", "written", "expected"),
    [
        ("account", "StringEquals", "123456789012", NO),
        ("account", "StringNotEquals", "123456789012", YES),
        ("account", "StringEquals", "210987654321", None),
        ("account", "StringEquals", hole("data.aws_caller_identity.c.account_id"), NO),
        ("account", "StringEquals", anything("var.accounts"), None),
        ("account", "StringEquals", "${aws:PrincipalAccount}", None),
        ("arn", "ArnLike", "arn:aws:iam::123456789012:role/*", NO),
        ("arn", "ArnLike", "arn:aws:iam::*:role/*", None),
        ("arn", "ArnEquals", arn("aws_iam_role.app"), NO),
        ("arn", "StringLike", "*", None),
        ("organization", "StringEquals", "o-1", NO),
        ("organization", "StringNotEqualsIfExists", "o-1", YES),
        ("organization", "StringLike", "o-*", None),
        ("organization", "StringLike", "o-?", None),
        ("organization", "StringEquals", anything("o"), None),
        ("organization", "Null", "false", YES),
        ("organization", "NumericEquals", "1", NO),
    ],
)
def test_what_is_not_ours(kind: str, operator: str, written: str, expected: object) -> None:
    """An account of AWS's own is no account, role or organisation that a person writes."""
    condition = Condition(operator=operator, key="k", values=Listing((written,)))
    found = holds(condition, {"k": NotOurs(kind=kind, ours="123456789012")}, "aws", AT)

    assert expected is (None if isinstance(found, Unknown) else found)


def test_what_is_not_ours_while_our_account_is_not_known() -> None:
    """A written account number may then be anyone's."""
    assert MAYBE is asked("StringEquals", NotOurs(kind="account", ours=UNTOLD), "123456789012")
