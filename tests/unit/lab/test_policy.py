"""The lab's own evaluator of policies, against the program's other one, and what it has no opinion about."""

from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pullproof.iam.evaluate import decide
from pullproof.lab.policy import Call, Layers, NoOpinion, allowed
from pullproof.model.iam import Condition, Policy, Principals, Role, Statement
from pullproof.model.value import Listing, Maybe, Origin
from pullproof.verdict import Verdict
from tests.build import unknown
from tests.oracle.iam_cases import OURS, ROLE, Case, as_request, drawn, read

HERE = Origin("here")
READ = "secretsmanager:GetSecretValue"
SECRET = "arn:aws:secretsmanager:eu-west-1:111122223333:secret:db-AbCdEf"


def asked(case: Case) -> tuple[Call, Layers]:
    """A case as the lab sees it."""
    call = Call(
        caller=ROLE,
        account=OURS,
        action=case.action,
        resource=case.resource,
        context={key.lower(): value for key, value in case.context.items()},
    )
    return call, Layers(
        role=a_role(
            *(read(each, "identity") for each in case.identity),
            boundary=None if case.boundary is None else read(case.boundary, "boundary"),
        ),
        endpoint=None if case.endpoint_policy is None else read(case.endpoint_policy, "endpoint"),
        resource=None if case.resource_policy is None else read(case.resource_policy, "resource"),
        organization=tuple(read(each, "organization") for each in case.organization),
        levels=tuple(Listing(tuple(read(each, "level") for each in level)) for level in case.levels),
        same_account=not case.cross_account,
    )


def a_role(*policies: Policy, boundary: Maybe[Policy] | None = None, more: bool = False) -> Role:
    """A role with these identity policies."""
    open_ = (unknown(),) if more else ()
    return Role(
        key="app",
        origin=HERE,
        arn=ROLE,
        name="app",
        trust=Policy(origin=HERE, statements=Listing()),
        policies=Listing(policies, open_),
        boundary=boundary,
    )


def a_policy(
    *conditions: Condition, principals: Maybe[Principals] | None = None, allow: bool = True
) -> Policy:
    """A policy of one statement about reading secrets."""
    statement = Statement(
        origin=HERE,
        allow=allow,
        actions=Listing((READ,)),
        resources=Listing(("*",)),
        principals=principals,
        conditions=Listing(conditions),
    )
    return Policy(origin=HERE, statements=Listing((statement,)))


def verdict(role: Role, endpoint: Maybe[Policy] | None = None, **context: str) -> str:
    """Which layer refuses to read the secret."""
    held = {key.replace("_", ":"): value for key, value in context.items()}
    call = Call(caller=ROLE, account=OURS, action=READ, resource=SECRET, context=held)
    return allowed(call, Layers(role=role, endpoint=endpoint))


@given(st.integers(0, 2**32 - 1).map(Random))
def test_both_evaluators_agree_where_both_have_an_opinion(random: Random) -> None:
    """They share nothing but the shape of a policy; of keys, grants of KMS know rules of their own."""
    for _ in range(20):
        case = drawn(random)
        if case.kind == "keys" or (case.resource_policy is not None and case.boundary is not None):
            continue  # what a resource's own policy grants past a boundary is left to the other one
        try:
            mine = allowed(*asked(case))
        except NoOpinion:
            continue
        other = decide(*as_request(case)).verdict

        assert (Verdict.FAILS if mine else Verdict.WORKS) is other, case


@pytest.mark.parametrize(
    ("operator", "value", "holds"),
    [
        ("StringEquals", "vpce-1", True),
        ("StringEquals", "VPCE-1", False),
        ("StringEqualsIgnoreCase", "VPCE-1", True),
        ("StringNotEquals", "vpce-2", True),
        ("StringLike", "vpce-?", True),
        ("StringNotLike", "vpce-*", False),
        ("Bool", "VPCE-1", True),
        ("Null", "false", True),
        ("Null", "true", False),
        ("StringEqualsIfExists", "vpce-2", False),
    ],
)
def test_conditions_are_compared(operator: str, value: str, holds: bool) -> None:
    """Each operator as its name says."""
    condition = Condition(operator=operator, key="aws:SourceVpce", values=Listing((value,)))
    said = verdict(a_role(a_policy(condition)), aws_sourcevpce="vpce-1")

    assert ("" if holds else "no statement allows it") == said


@pytest.mark.parametrize(
    ("operator", "holds"),
    [("StringEquals", False), ("StringNotEquals", True), ("StringEqualsIfExists", True), ("Null", True)],
)
def test_a_key_that_is_absent_equals_nothing(operator: str, holds: bool) -> None:
    """It differs from everything, and "if it exists" asks nothing of it."""
    condition = Condition(operator=operator, key="aws:SourceVpce", values=Listing(("true",)))

    assert ("" if holds else "no statement allows it") == verdict(a_role(a_policy(condition)))


@pytest.mark.parametrize(
    ("pattern", "holds"),
    [("arn:aws:iam::*:role/*", True), ("arn:*", False), ("arn:aws:iam::*:role/other", False)],
)
def test_arns_are_compared_part_by_part(pattern: str, holds: bool) -> None:
    """A wildcard stands for no colon."""
    condition = Condition(operator="ArnLike", key="aws:PrincipalArn", values=Listing((pattern,)))
    said = verdict(a_role(a_policy(condition)), aws_principalarn=ROLE)

    assert ("" if holds else "no statement allows it") == said


def test_each_layer_says_that_it_was_the_one() -> None:
    """A denial, the endpoint, the boundary, the organization."""
    other = Policy(origin=HERE, statements=Listing())
    role = a_role(a_policy())
    elsewhere = a_policy(Condition(operator="StringEquals", key="aws:SourceVpc", values=Listing(("x",))))
    call = Call(caller=ROLE, account=OURS, action=READ, resource=SECRET)

    assert "denied" == verdict(a_role(a_policy(), a_policy(allow=False)))
    assert "endpoint policy" == verdict(role, other)
    assert "permissions boundary" == verdict(a_role(a_policy(), boundary=other))
    assert "organization policy" == allowed(call, Layers(role=role, levels=(Listing((elsewhere,)),)))
    assert "" == allowed(call, Layers(role=role, organization=(other,)))
    assert "" == allowed(call, Layers(role=None))


def test_a_list_without_levels_takes_away_only_what_it_denies() -> None:
    """FullAWSAccess is attached everywhere; whether it still is beside a list of what is allowed, nobody tells."""
    role = a_role(a_policy())
    elsewhere = a_policy(Condition(operator="StringEquals", key="aws:SourceVpc", values=Listing(("x",))))
    denies = a_policy(*elsewhere.statements.items[0].conditions.items, allow=False)
    call = Call(caller=ROLE, account=OURS, action=READ, resource=SECRET)
    said = [
        allowed(call, Layers(role=role, organization=policies))
        for policies in ((denies,), (denies, denies), (a_policy(),), (a_policy(), denies))
    ]

    assert [""] * 4 == said
    assert "denied" == allowed(call, Layers(role=role, organization=(elsewhere, a_policy(allow=False))))
    assert "no statement allows it" == allowed(call, Layers(role=a_role(), organization=(elsewhere,)))
    for policies in ((elsewhere,), (elsewhere, a_policy()), (elsewhere, denies)):
        with pytest.raises(NoOpinion, match="FullAWSAccess"):
            allowed(call, Layers(role=role, organization=policies))


def test_a_statement_may_name_what_it_is_not_about() -> None:
    """Other actions, other resources, other principals."""
    base = a_policy().statements.items[0]
    not_read = Statement(
        origin=HERE, allow=True, actions=Listing(("ecr:*",)), not_actions=True, resources=Listing(("*",))
    )
    not_this = Statement(
        origin=HERE,
        allow=True,
        actions=base.actions,
        resources=Listing((SECRET,)),
        not_resources=True,
    )
    nobody_else = Principals(of=(("AWS", Listing((ROLE,))),), excluded=True)

    assert "" == verdict(a_role(Policy(origin=HERE, statements=Listing((not_read,)))))
    assert "" != verdict(a_role(Policy(origin=HERE, statements=Listing((not_this,)))))
    assert "endpoint policy" == verdict(a_role(a_policy()), a_policy(principals=nobody_else))


@pytest.mark.parametrize(
    "role",
    [
        a_role(more=True),
        a_role(boundary=unknown()),
        a_role(Policy(origin=HERE, statements=Listing((), (unknown(),)))),
        a_role(a_policy(principals=unknown())),
        a_role(a_policy(Condition(operator="NumericLessThan", key="aws:sourcevpce", values=Listing(("1",))))),
        a_role(
            a_policy(Condition(operator="StringLike", key="aws:sourcevpce", values=Listing((), (unknown(),))))
        ),
        a_role(
            Policy(
                origin=HERE,
                statements=Listing(
                    (
                        Statement(
                            origin=HERE,
                            allow=True,
                            actions=Listing((READ,)),
                            conditions=Listing((), (unknown(),)),
                        ),
                    )
                ),
            )
        ),
    ],
)
def test_what_is_not_known_or_not_emulated_is_no_opinion(role: Role) -> None:
    """It is never taken for a permission, nor for a refusal."""
    with pytest.raises(NoOpinion):
        verdict(role, aws_sourcevpce="1")


@pytest.mark.parametrize("operator", ["StringEquals", "StringNotEquals", "Null"])
def test_a_condition_key_of_which_nothing_is_told_is_no_opinion(operator: str) -> None:
    """One that the request is known not to have is absent."""
    written = Condition(operator=operator, key="aws:PrincipalOrgID", values=Listing(("true",)))
    role = a_role(a_policy(written))
    call = Call(caller=ROLE, account=OURS, action=READ, resource=SECRET, absent=frozenset())
    without = Call(
        caller=ROLE, account=OURS, action=READ, resource=SECRET, absent=frozenset(["aws:principalorgid"])
    )

    with pytest.raises(NoOpinion, match="aws:PrincipalOrgID"):
        allowed(call, Layers(role=role))
    assert ("" == allowed(without, Layers(role=role))) is (operator != "StringEquals")
