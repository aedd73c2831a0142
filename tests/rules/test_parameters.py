"""The rule `parameter`."""

from typing import Any

import pytest

from pullproof.model.ecs import Container
from pullproof.model.text import hole
from pullproof.model.value import Listing
from tests.rules.build import (
    ACCOUNT,
    EXECUTION,
    KEY,
    PARAMETER,
    REGION,
    UNKNOWN,
    allow,
    change,
    container,
    estate,
    may_not,
    proved,
    said,
    secrets,
    warned,
    without,
)


def reading(value: Any = PARAMETER) -> Container:
    """A container that reads a parameter."""
    return container(secrets=secrets(value))


@pytest.mark.parametrize("value", [PARAMETER, "/app/mode"])
def test_a_parameter_is_read_by_its_endpoint_with_its_permission(value: str) -> None:
    """By ARN or by name; without endpoint or permission, that is what is missing."""
    assert ("works",) == said(proved(estate(reading(value))), "parameter")
    assert ("endpoint-missing vpc",) == said(proved(without(estate(reading(value)), "ssm")), "parameter")
    lacking = proved(may_not(estate(reading(value)), "ssm:GetParameters"))
    assert ("iam-missing-action execution",) == said(lacking, "parameter")


@pytest.mark.parametrize(
    ("secure", "key", "expected"),
    [
        (True, KEY, ("iam-missing-action execution",)),
        (True, "alias/app", ("iam-missing-action execution",)),
        (True, "", ("works",)),
        (True, "alias/aws/ssm", ("works",)),
        (False, KEY, ("works",)),
        (UNKNOWN, "", ("works",)),
        (UNKNOWN, KEY, ("works", "unknown")),
        (True, UNKNOWN, ("works", "unknown")),
    ],
)
def test_a_secure_string_under_a_key_of_one_s_own_needs_kms_decrypt(
    secure: Any, key: Any, expected: tuple[str, ...]
) -> None:
    """A String, and AWS's own key, need no permission on a key."""
    made = may_not(estate(reading()), "kms:Decrypt")
    change(made.parameters, "parameter", secure=secure, kms_key=key)

    assert expected == said(proved(made), "parameter")


@pytest.mark.parametrize("value", [hole("aws_ssm_parameter.mode.arn"), hole("module.settings.mode")])
def test_a_parameter_is_found_by_a_hole(value: str) -> None:
    """The noun whose ARN it is says which store it is in."""
    made = may_not(estate(reading(value)), "kms:Decrypt")
    change(made.parameters, "parameter", arn=value, secure=True, kms_key=KEY)

    assert ("iam-missing-action execution",) == said(proved(made), "parameter")


@pytest.mark.parametrize(
    ("value", "arn"),
    [
        ("mode", f"arn:aws:ssm:{REGION}:{ACCOUNT}:parameter/mode"),
        ("/a/mode", f"arn:aws:ssm:{REGION}:{ACCOUNT}:parameter/a/mode"),
        (f"arn:aws:ssm:{REGION}:{ACCOUNT}:parameter/b", f"arn:aws:ssm:{REGION}:{ACCOUNT}:parameter/b"),
        (hole("data.aws_ssm_parameter.mode.arn"), hole("data.aws_ssm_parameter.mode.arn")),
    ],
)
def test_a_parameter_that_is_not_shown_is_asked_for_by_its_arn(value: str, arn: str) -> None:
    """The permission is asked on the ARN that the name has; that it must exist is a warning."""
    made = estate(reading(value))
    change(
        made.roles, "execution", policies=Listing((allow(EXECUTION[:6]), allow(["ssm:GetParameters"], arn)))
    )
    report = proved(made)

    assert ("works",) == said(report, "parameter")
    assert {("missing-resource", "task")} == warned(report)


def test_a_parameter_may_be_a_secret_in_disguise() -> None:
    """Below AWS's path for secrets, the permission on the secret is needed too, and no endpoint for it."""
    disguised = reading("/aws/reference/secretsmanager/db")
    lacking = may_not(estate(disguised), "secretsmanager:GetSecretValue")

    assert ("works",) == said(proved(without(estate(disguised), "secretsmanager")), "parameter")
    assert ("iam-missing-action execution",) == said(proved(lacking), "parameter")


@pytest.mark.parametrize(
    ("version", "expected"), [("1.2.0", "platform-unsupported service"), ("1.3.0", "works")]
)
def test_old_platforms_read_parameters_outside_of_the_vpc(version: str, expected: str) -> None:
    """Parameters came with 1.3.0, where no endpoint is needed for them."""
    assert (expected,) == said(proved(without(estate(reading()), "ssm"), version), "parameter")
