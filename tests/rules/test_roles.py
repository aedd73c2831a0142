"""The rules `execution-role` and `task-role`."""

from typing import Any

import pytest

from pullproof.model.ecs import Container
from pullproof.model.value import Listing
from tests.rules.build import (
    ACCOUNT,
    SECRET,
    UNKNOWN,
    awslogs,
    change,
    container,
    estate,
    launch,
    proved,
    said,
    secrets,
    trusting,
)

PUBLIC = "public.ecr.aws/nginx/nginx"


def test_roles_that_trust_ecs_are_assumed() -> None:
    """Both roles of the working estate are assumed, and the task starts."""
    report = proved(estate())

    assert (("works",), ("works",)) == (said(report, "execution-role"), said(report, "task-role"))


@pytest.mark.parametrize(("rule", "role"), [("execution-role", "execution"), ("task-role", "app")])
def test_a_role_that_trusts_someone_else_is_not_assumed(rule: str, role: str) -> None:
    """A role that only EC2 may assume keeps the task from starting."""
    made = estate()
    change(made.roles, role, trust=trusting("ec2.amazonaws.com"))

    assert (f"role-trust {role}",) == said(proved(made), rule)


@pytest.mark.parametrize(("rule", "role"), [("execution-role", "execution_role"), ("task-role", "task_role")])
@pytest.mark.parametrize("given", [UNKNOWN, "arn:aws:iam::1:role/elsewhere"])
def test_a_role_that_is_not_shown_is_not_known(rule: str, role: str, given: Any) -> None:
    """Neither an unknown role nor one that the input does not hold is taken for a good one."""
    assert ("unknown",) == said(proved(estate(**{role: given})), rule)


def test_a_role_is_found_by_its_arn() -> None:
    """A task definition may name a role of the input by its ARN."""
    made = estate(execution_role=f"arn:aws:iam::{ACCOUNT}:role/execution")

    assert ("works",) == said(proved(made), "execution-role")


@pytest.mark.parametrize(
    "needs",
    [
        container(),
        container(PUBLIC, secrets=secrets(SECRET)),
        container(PUBLIC, log=awslogs()),
        container(PUBLIC, repository_credentials=SECRET),
        container(PUBLIC, environment_files=Listing(("arn:aws:s3:::settings/app.env",))),
    ],
    ids=["image", "secret", "logs", "credentials", "environment file"],
)
def test_what_needs_an_execution_role_fails_without_one(needs: Container) -> None:
    """Without an execution role nobody can log in, read or write; it is said once, of the definition."""
    report = proved(estate(needs, execution_role=""))

    assert ("role-missing task",) == said(report, "execution-role")
    assert {"role-missing"} == {
        blocker.code
        for step in report.steps
        for blocker in step.blockers
        if step.rule.step != "image-manifest"
    }


def test_a_public_image_alone_needs_no_execution_role() -> None:
    """A task that reads nothing of the account does not need the role, and has no task role either."""
    report = proved(estate(container(PUBLIC), execution_role="", task_role=""))

    assert ((), ()) == (said(report, "execution-role"), said(report, "task-role"))


def test_a_launch_may_replace_both_roles() -> None:
    """The roles of `RunTask`'s overrides are the ones that are judged."""
    made = launch(estate(), execution_role_override="app", task_role_override=UNKNOWN)
    report = proved(made)

    assert ("unknown",) == said(report, "task-role")
    assert ("iam-missing-action app",) == said(report, "ecr-login")
