"""What follows from the arguments of an object before anybody asks AWS."""

import json

import pytest

from pullproof.model.text import hole
from pullproof.sources.terraform.mocked.answers import computed

EXECUTION = "arn:aws:iam::aws:policy/service-role/AmazonECSTaskExecutionRolePolicy"


@pytest.mark.parametrize(
    "arguments",
    [
        {"arn": EXECUTION},
        {"arn": hole("data.aws_iam_policy.p.arn"), "name": "AmazonECSTaskExecutionRolePolicy"},
    ],
)
def test_the_text_of_aws_s_own_policies_is_known(arguments: dict[str, str]) -> None:
    """By ARN or by name; it is the same in every account."""
    text = computed("aws_iam_policy", "policy", "data.aws_iam_policy.p", "eu-west-1", arguments.get)
    assert isinstance(text, str)
    (statement,) = json.loads(text)["Statement"]

    assert "ecr:GetAuthorizationToken" in statement["Action"]


@pytest.mark.parametrize(
    "arguments",
    [
        {},
        {"name": "ours"},
        {"arn": "arn:aws:iam::123456789012:policy/AmazonECSTaskExecutionRolePolicy"},
        {"arn": "arn:aws:iam::aws:policy/NoSuchPolicy"},
    ],
)
def test_the_text_of_other_policies_is_not(arguments: dict[str, str]) -> None:
    """Somebody's own, and those of AWS's that are not shipped."""
    assert computed("aws_iam_policy", "policy", "data.aws_iam_policy.p", "eu-west-1", arguments.get) is None
