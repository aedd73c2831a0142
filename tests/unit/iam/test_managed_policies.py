"""AWS's own policies."""

import re

import pytest

from pullproof.model.iam import Policy
from pullproof.model.managed_policies import (
    ASKED,
    is_managed,
    managed_policy,
    managed_text,
    never_denies,
    not_shipped,
)
from pullproof.model.policy_json import policy_of
from pullproof.model.text import hole
from pullproof.model.value import Origin
from tests.unit.iam.build import UNTOLD
from tools.repository import SOURCE

EXECUTION = "arn:aws:iam::aws:policy/service-role/AmazonECSTaskExecutionRolePolicy"
#: What a page, a plan or a habit attaches to the roles of tasks.
COMMON = [
    "AdministratorAccess",
    "PowerUserAccess",
    "ReadOnlyAccess",
    "AmazonEC2ContainerRegistryFullAccess",
    "AmazonEC2ContainerRegistryPowerUser",
    "AmazonEC2ContainerRegistryPullOnly",
    "AmazonEC2ContainerRegistryReadOnly",
    "AmazonECS_FullAccess",
    "AmazonElasticFileSystemClientFullAccess",
    "AmazonElasticFileSystemClientReadOnlyAccess",
    "AmazonElasticFileSystemClientReadWriteAccess",
    "AmazonS3FullAccess",
    "AmazonS3ReadOnlyAccess",
    "AmazonSSMFullAccess",
    "AmazonSSMManagedInstanceCore",
    "AmazonSSMReadOnlyAccess",
    "AWSKeyManagementServicePowerUser",
    "CloudWatchAgentServerPolicy",
    "CloudWatchFullAccess",
    "CloudWatchLogsFullAccess",
    "SecretsManagerReadWrite",
]


def test_the_policy_for_execution_roles() -> None:
    """Login, layers, manifest and log streams, on everything, and no secret."""
    found = managed_policy(EXECUTION)
    assert found is not None
    (statement,) = found.statements.items

    expected = {
        "ecr:GetAuthorizationToken",
        "ecr:BatchCheckLayerAvailability",
        "ecr:GetDownloadUrlForLayer",
        "ecr:BatchGetImage",
        "logs:CreateLogStream",
        "logs:PutLogEvents",
    }
    assert expected == set(statement.actions.items)
    assert (
        Origin("arn:aws:iam::aws:policy/AmazonECSTaskExecutionRolePolicy", "Statement[0]") == statement.origin
    )


def test_the_text_of_a_policy_says_the_same() -> None:
    """As a document, for whoever includes it in one of their own; that of silent ones says nothing."""
    for arn in (EXECUTION, EXECUTION.replace(":aws:iam", ":aws-cn:iam"), "AWSSupportAccess"):
        policy, text = managed_policy(arn), managed_text(arn)
        assert policy is not None
        assert text is not None
        read = policy_of(text, Origin("here"))

        assert isinstance(read, Policy)
        assert [each.actions for each in policy.statements.items] == [
            each.actions for each in read.statements.items
        ]
    assert managed_text("NoSuchPolicy") is None
    assert managed_text(hole("name")) is None


@pytest.mark.parametrize("name", COMMON)
def test_the_common_policies_are_there(name: str) -> None:
    """Each has a text that can be read whole."""
    found = managed_policy(f"arn:aws:iam::aws:policy/{name}")

    assert found is not None
    assert found.statements.items
    assert found.statements.complete


def test_statements_are_cited_by_their_place_in_the_original() -> None:
    """What is left out does not move the others."""
    found = managed_policy("AmazonSSMManagedInstanceCore")
    assert found is not None

    assert ["Statement[0]", "Statement[1]"] == [statement.origin.path for statement in found.statements.items]


def test_a_policy_about_other_things_says_nothing() -> None:
    """It is known, and has no statement about what a launch needs."""
    found = managed_policy("arn:aws:iam::aws:policy/AWSXRayDaemonWriteAccess")

    assert found is not None
    assert () == found.statements.items
    assert found.statements.complete


@pytest.mark.parametrize(
    "arn", ["arn:aws:iam::aws:policy/NobodyKnows", hole("local.arn"), f"x{hole('local.name')}"]
)
def test_a_policy_that_is_not_there(arn: str) -> None:
    """Then the caller has to say that it is not known."""
    assert managed_policy(arn) is None


@pytest.mark.parametrize("partition", ["aws-cn", hole("data.aws_partition.p.partition")])
def test_other_partitions_have_other_arns(partition: str) -> None:
    """The ARNs in the text are those of the partition that the policy is named in."""
    found = managed_policy(f"arn:{partition}:iam::aws:policy/AmazonECS_FullAccess")
    assert found is not None
    resources = [
        text for s in found.statements.items if s.resources for text in s.resources.items if text != "*"
    ]

    assert resources
    assert {f"arn:{partition}"} == {
        text.rpartition(":iam")[0] or text[: len(partition) + 4] for text in resources
    }


@pytest.mark.parametrize(
    ("arn", "expected"),
    [(EXECUTION, True), ("arn:aws:iam::123456789012:policy/x", False), (hole("aws_iam_policy.p.arn"), False)],
)
def test_aws_s_policies_are_told_by_their_arn(arn: str, expected: bool) -> None:
    """The account of a policy that AWS manages is `aws`."""
    assert expected is is_managed(arn)


def test_who_never_denies() -> None:
    """AWS's policies only allow, but for a few; of others nothing is known."""
    allowing = not_shipped("arn:aws:iam::aws:policy/NobodyKnows", "aws_iam_role.r")
    denying = not_shipped("arn:aws:iam::aws:policy/IAMAuditRootUserCredentials", "aws_iam_role.r")
    customer = not_shipped("arn:aws:iam::123456789012:policy/x", "aws_iam_role.r")

    assert [True, False, False, False] == [
        never_denies(each) for each in (allowing, denying, customer, UNTOLD)
    ]
    assert "aws_iam_role.r carries arn:aws:iam::aws:policy/NobodyKnows" in allowing.settle_by


def test_the_catalogue_asks_for_nothing_else() -> None:
    """Every action that the launch catalogue names is one that the texts were cut down to."""
    written = "".join(path.read_text(encoding="utf-8") for path in (SOURCE / "launch").rglob("*.py"))
    services = "|".join(sorted({action.partition(":")[0] for action in ASKED}))
    asked = set(re.findall(rf'"((?:{services}):[A-Z]\w+)"', written)) - {
        # Condition keys.
        "elasticfilesystem:AccessedViaMountTarget",
        "elasticfilesystem:AccessPointArn",
    }

    assert set() == asked - ASKED
    assert {"ecr:GetAuthorizationToken", "secretsmanager:GetSecretValue"} <= asked
