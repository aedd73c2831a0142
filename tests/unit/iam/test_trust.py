"""Trust policies."""

from typing import Any

import pytest

from pullproof.iam.circumstances import of_service
from pullproof.iam.trust import trusts
from pullproof.model.estate import Estate
from pullproof.model.text import anything, hole
from pullproof.model.value import Maybe
from pullproof.verdict import Verdict
from tests.unit.iam.build import ACCOUNT, UNTOLD, policy, role

YES, NO, MAYBE = Verdict.WORKS, Verdict.FAILS, Verdict.UNKNOWN
TASKS = "ecs-tasks.amazonaws.com"
TO_TASKS = {"Service": TASKS}
SOURCE = f"arn:aws:ecs:eu-west-1:{ACCOUNT}:task/{anything('task')}"


def trusted(statement: Any, account: Maybe[str] = ACCOUNT) -> Verdict:
    """Whether a role with this trust policy is ECS's to assume."""
    read = policy(*(statement if isinstance(statement, list) else [statement]))
    return trusts(Estate(), role(trust=read), TASKS, of_service(account, SOURCE)).verdict


def lets_in(principal: Any = TO_TASKS, **more: Any) -> dict[str, Any]:
    """A statement of a trust policy."""
    return {
        "Effect": "Allow",
        "Action": "sts:AssumeRole",
        "Principal": principal,
    } | more


@pytest.mark.parametrize(
    ("statement", "expected"),
    [
        (lets_in(), YES),
        (lets_in({"Service": ["ec2.amazonaws.com", TASKS]}), YES),
        (lets_in({"Service": "ecs.amazonaws.com"}), NO),
        (lets_in({"Service": f"ecs-tasks.{hole('data.aws_partition.p.dns_suffix')}"}), MAYBE),
        (lets_in({"Service": [UNTOLD]}), MAYBE),
        (lets_in({"AWS": ACCOUNT}), NO),
        (lets_in("*"), MAYBE),
        (lets_in(UNTOLD), MAYBE),
        ({"Effect": "Allow", "Action": "sts:AssumeRole"}, MAYBE),
        ({"Effect": "Allow", "Action": "sts:AssumeRole", "NotPrincipal": {"Service": TASKS}}, NO),
        (lets_in(Action="sts:*"), YES),
        (lets_in(Action=["sts:TagSession", "sts:AssumeRoleWithWebIdentity"]), NO),
        ([lets_in(), lets_in(Effect="Deny")], NO),
        ([lets_in(), lets_in({"Service": "ec2.amazonaws.com"}, Effect="Deny")], YES),
        ([], NO),
    ],
)
def test_the_service_has_to_be_named(statement: Any, expected: Verdict) -> None:
    """A role is assumed by a service that its trust policy names, for `sts:AssumeRole`."""
    assert expected is trusted(statement)


@pytest.mark.parametrize(
    ("condition", "account", "expected"),
    [
        ({"StringEquals": {"aws:SourceAccount": ACCOUNT}}, ACCOUNT, YES),
        ({"StringEquals": {"aws:SourceAccount": ACCOUNT}}, UNTOLD, MAYBE),
        ({"StringEquals": {"aws:SourceAccount": "999999999999"}}, ACCOUNT, NO),
        ({"ArnLike": {"aws:SourceArn": f"arn:aws:ecs:eu-west-1:{ACCOUNT}:*"}}, ACCOUNT, YES),
        ({"ArnLike": {"aws:SourceArn": f"arn:aws:ecs:us-east-1:{ACCOUNT}:*"}}, ACCOUNT, NO),
        ({"ArnLike": {"aws:SourceArn": f"arn:aws:ecs:eu-west-1:{ACCOUNT}:task/blue/*"}}, ACCOUNT, MAYBE),
        ({"StringEquals": {"sts:ExternalId": "x"}}, ACCOUNT, NO),
    ],
)
def test_the_service_has_to_meet_the_conditions(
    condition: dict[str, Any], account: Maybe[str], expected: Verdict
) -> None:
    """The account and the ARN for which ECS acts have to be those that the policy wants."""
    assert expected is trusted(lets_in(Condition=condition), account)


def test_a_role_that_does_not_trust_is_named() -> None:
    """The step names the role and the service."""
    (step,) = trusts(Estate(), role(trust=policy(lets_in({"Service": "ec2.amazonaws.com"}))), TASKS, {}).steps

    assert ("role-trust", "aws_iam_role.app") == (step.code, step.to_change)
    assert f"the trust policy of aws_iam_role.app does not let {TASKS} assume it" == step.says


@pytest.mark.parametrize("unknown_role", [True, False])
def test_a_role_or_trust_policy_that_is_not_known(unknown_role: bool) -> None:
    """Whoever is not shown may trust anybody."""
    (step,) = trusts(Estate(), UNTOLD if unknown_role else role(trust=UNTOLD), TASKS, {}).steps

    assert UNTOLD == step.unknown
