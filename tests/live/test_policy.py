"""The policy is made from the table, and is the least that IAM accepts."""

import json
import re

import pytest

from pullproof.cli.main import main
from pullproof.sources.live.calls import CALLS, calls_for
from pullproof.sources.live.permissions import as_terraform, partition_of, policy


def _actions(document: dict[str, object]) -> list[str]:
    statements = document["Statement"]
    assert isinstance(statements, list)
    return [action for statement in statements for action in statement["Action"]]


@pytest.mark.parametrize("purpose", ["check", "snapshot", "why"])
def test_the_policy_allows_what_the_table_asks_and_no_more(purpose: str) -> None:
    """Each action of the table stands in the policy exactly once, and nothing else does."""
    expected = {action for call in calls_for(purpose) for action in call.actions}

    assert sorted(expected) == sorted(_actions(policy(purpose)))


def test_only_the_question_why_reads_tasks() -> None:
    """A check does not need to see running tasks."""
    more = set(_actions(policy("why"))) - set(_actions(policy("check")))

    assert {"ecs:ListTasks", "ecs:DescribeTasks"} == more


def test_a_policy_has_a_form_that_iam_accepts() -> None:
    """Statements have ids of letters and digits, each once; no action has a wildcard."""
    document = policy()
    names = [statement["Sid"] for statement in document["Statement"]]

    assert "2012-10-17" == document["Version"]
    assert len(names) == len(set(names))
    assert [] == [name for name in names if not re.fullmatch("[A-Za-z0-9]+", name)]
    assert [] == [
        action for action in _actions(document) if not re.fullmatch("[a-z0-9]+:[A-Za-z0-9]+", action)
    ]
    # https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_iam-quotas.html
    assert len(re.sub(r"\s", "", json.dumps(document))) < 6144


@pytest.mark.parametrize(
    ("region", "expected"),
    [
        ("", "aws"),
        ("eu-west-1", "aws"),
        ("cn-north-1", "aws-cn"),
        ("us-gov-west-1", "aws-us-gov"),
        ("us-iso-east-1", "aws-iso"),
        ("us-isob-east-1", "aws-iso-b"),
        ("eusc-de-east-1", "aws-eusc"),
    ],
)
def test_resources_are_of_the_partition_of_the_region(region: str, expected: str) -> None:
    """ARNs begin as those of the region's partition do."""
    assert expected == partition_of(region)
    named = [
        one
        for statement in policy(region=region)["Statement"]
        for one in [statement["Resource"]]
        if one != "*"
    ]

    assert {expected} == {arn.split(":")[1] for arn in named}


def test_a_region_and_an_account_narrow_it() -> None:
    """What belongs to a region and an account is allowed there only."""
    found = policy(region="eu-west-1", account="123456789012")
    resources = [statement["Resource"] for statement in found["Statement"]]

    assert "arn:aws:ecs:eu-west-1:123456789012:service/*" in resources
    assert "arn:aws:iam::123456789012:role/*" in resources


def test_the_same_in_terraform() -> None:
    """Each statement is a block, formatted as `terraform fmt` would."""
    text = as_terraform(policy())

    assert text.startswith('data "aws_iam_policy_document" "pullproof" {\n')
    assert len(policy()["Statement"]) == text.count("  statement {")
    assert '    resources = ["arn:aws:iam::*:role/*"]\n' in text
    assert '      "iam:GetRole",\n' in text


def test_the_command_prints_it(capsys: pytest.CaptureFixture[str]) -> None:
    """`pullproof policy` prints the document, for `why` with two more actions."""
    assert 0 == main(["policy"])
    assert policy() == json.loads(capsys.readouterr().out)
    assert 0 == main(["policy", "--for", "why", "--region", "cn-north-1", "--account", "123456789012"])
    expected = policy("why", region="cn-north-1", account="123456789012")
    assert expected == json.loads(capsys.readouterr().out)
    assert 0 == main(["policy", "--format", "terraform"])
    assert as_terraform(policy()) == capsys.readouterr().out


@pytest.mark.parametrize("words", [["--account", "12"], ["--region", 'x"y'], ["--for", "all"]])
def test_what_would_not_be_a_policy_is_refused(words: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    """Nothing that could break out of the document gets into it."""
    assert 2 == main(["policy", *words])
    assert "help" in capsys.readouterr().err


def test_every_row_names_what_it_needs() -> None:
    """No row is without an action, and its own comes first."""
    prefixes = {"efs": "elasticfilesystem"}
    own = [(call, f"{prefixes.get(call.service, call.service)}:{call.operation}") for call in CALLS]

    assert [] == [call.row for call, action in own if call.actions[0] != action]
