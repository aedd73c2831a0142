"""A policy comes to a role by the role's name, which a template may write in many ways."""

from typing import Any

import pytest

from tests.templates.private_service import properties, ref, resource, sub, template
from tests.unit.sources.cloudformation.judging import judged, verdict

PULLS = [{"Effect": "Allow", "Action": ["ecr:*", "logs:*"], "Resource": "*"}]
REFUSES = [{"Effect": "Deny", "Action": "ecr:*", "Resource": "*"}]


def put(role: Any, named: Any, kind: str = "Policy", statements: Any = PULLS) -> dict[str, Any]:
    """The template with all that its role may do in a policy of its own, which names a role."""
    held = template()
    held["Parameters"] = {"Named": {"Type": "String"}, "Env": {"Type": "String"}}
    mine = properties(held, "Role")
    if statements is PULLS:
        del mine["ManagedPolicyArns"]
    if role is not None:
        mine["RoleName"] = role
    on = {"RoleName": named} if kind == "RolePolicy" else {"Roles": [named]}
    name = "ManagedPolicyName" if kind == "ManagedPolicy" else "PolicyName"
    document = {"Version": "2012-10-17", "Statement": statements}
    held["Resources"]["Policy"] = resource(
        f"IAM::{kind}", **{**on, name: "pulls", "PolicyDocument": document}
    )
    return held


KINDS = ("Policy", "ManagedPolicy", "RolePolicy")


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize(
    ("role", "named"),
    [
        (None, ref("Role")),
        ("tasks", "tasks"),
        (sub("${Env}-tasks"), sub("${Env}-tasks")),
        (sub("${Env}-tasks"), {"Fn::Join": ["-", [ref("Env"), "tasks"]]}),
        (sub("${AWS::StackName}-tasks"), sub("${AWS::StackName}-tasks")),
        (sub("${AWS::Region}-tasks"), "eu-west-1-tasks"),
        (ref("Named"), ref("Named")),
        ({"Fn::ImportValue": "tasks"}, {"Fn::ImportValue": "tasks"}),
    ],
)
def test_the_same_name_is_the_same_role(role: Any, named: Any, kind: str) -> None:
    """However it is written, and also where only a part of it is known."""
    assert verdict(put(role, named, kind)) == "can_start"


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize(
    ("role", "named"),
    [
        ("tasks", ref("Named")),
        ("tasks", sub("${Env}s")),
        ("tasks", sub("tas${Env}")),
        ("tasks", "Tasks"),
        ("tasks", {"Fn::ImportValue": "tasks"}),
        ("tasks", "{{resolve:ssm:/tasks}}"),
        (sub("${Env}-tasks"), "prod-tasks"),
        (sub("${Env}-tasks"), ref("Named")),
        (sub("${Env}-tasks"), sub("prod-${Named}")),
        (ref("Env"), ref("Named")),
        (None, ref("Named")),
    ],
)
def test_a_name_that_may_be_the_roles_settles_nothing(role: Any, named: Any, kind: str) -> None:
    """Neither that the role may do what the policy says, nor that it may not."""
    assert verdict(put(role, named, kind)) == "unknown"


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize(
    ("role", "named"),
    [
        ("tasks", "task"),
        ("tasks", sub("${Env}-tasks")),
        ("tasks", sub("t${Env}-s")),
        ("tasks", sub("task${Env}sks")),
        (sub("${Env}-tasks"), "prod-builds"),
        (sub("a-${Env}"), sub("b-${Env}")),
        (None, "builds"),
        (None, {"Fn::ImportValue": "builds"}),
    ],
)
def test_a_name_that_cannot_be_the_roles_is_another_role(role: Any, named: Any, kind: str) -> None:
    """Nobody writes a name that AWS chooses, and what is known of two names may differ."""
    assert verdict(put(role, named, kind)) == "cannot_start"


def test_a_value_for_the_parameter_settles_it() -> None:
    """The role's name, or another one."""
    held = put("tasks", ref("Named"))

    assert verdict(held, Named="tasks") == "can_start"
    assert verdict(held, Named="builds") == "cannot_start"


def test_a_refusal_that_may_be_the_roles_is_no_proof_that_it_can_start() -> None:
    """A policy that allows more keeps a proof; one that denies does not."""
    assert verdict(put("tasks", ref("Named"), statements=REFUSES)) == "unknown"
    assert verdict(put("tasks", "tasks", statements=REFUSES)) == "cannot_start"
    assert verdict(put("tasks", ref("Named"), statements=[*PULLS])) == "can_start"


def test_a_policy_that_a_parameter_names_is_asked_for() -> None:
    """The remedy is the parameter's value, not another configuration."""
    held = template()
    held["Parameters"] = {"Named": {"Type": "String"}}
    properties(held, "Role")["ManagedPolicyArns"] = [ref("Named")]

    (task,) = judged(held)["tasks"]
    supplies = {one["supply"] for step in task["steps"] for one in step["unknowns"]}

    assert {"pass --parameter Named=VALUE"} == supplies
