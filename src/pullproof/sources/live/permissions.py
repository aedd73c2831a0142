"""The least that IAM must allow, made from the table of calls."""

import re
from typing import Any

from pullproof.sources.live.calls import calls_for
from pullproof.sources.live.values import Call

#: AWS's partitions, by how their regions begin; "aws" otherwise.
#: https://docs.aws.amazon.com/IAM/latest/UserGuide/reference-arns.html
PARTITIONS = (
    ("cn-", "aws-cn"),
    ("us-gov-", "aws-us-gov"),
    ("us-isob-", "aws-iso-b"),
    ("us-iso-", "aws-iso"),
    ("eusc-", "aws-eusc"),
)


def partition_of(region: str) -> str:
    """The partition that a region is in."""
    return next((partition for begins, partition in PARTITIONS if region.startswith(begins)), "aws")


def policy(purpose: str = "check", *, region: str = "", account: str = "") -> dict[str, Any]:
    """The policy document for a purpose; "*" for a region or account that is not named.

    Resources are as narrow as each action allows before anything is known: where AWS knows no resource for
    an action, only "*" is accepted.
    """
    needed: dict[str, set[str]] = {}
    for call in calls_for(purpose):
        for action in call.actions:
            # A call that needs another's permission as well needs it as broadly as the other does.
            needed.setdefault(action, set()).add(resource(call, action, region, account))
    grouped: dict[tuple[str, ...], list[str]] = {}
    for action, resources in needed.items():
        key = ("*",) if "*" in resources else tuple(sorted(resources))
        grouped.setdefault(key, []).append(action)
    return {
        "Version": "2012-10-17",
        "Statement": [
            {
                "Sid": _sid(resources, actions),
                "Effect": "Allow",
                "Action": sorted(actions),
                "Resource": resources[0] if len(resources) == 1 else list(resources),
            }
            for resources, actions in sorted(grouped.items())
        ],
    }


def resource(call: Call, action: str, region: str, account: str) -> str:
    """What an action is asked on."""
    if action != call.actions[0]:
        return "*"
    return call.resource.format(partition=partition_of(region), region=region or "*", account=account or "*")


def as_terraform(document: dict[str, Any], name: str = "pullproof") -> str:
    """The same as a data source of Terraform."""
    lines = [f'data "aws_iam_policy_document" "{name}" {{']
    for index, statement in enumerate(document["Statement"]):
        if index:
            lines.append("")
        resources = statement["Resource"]
        lines += [
            "  statement {",
            f'    sid       = "{statement["Sid"]}"',
            f"    resources = {_hcl([resources] if isinstance(resources, str) else resources, 4)}",
            "",
            f"    actions = {_hcl(statement['Action'], 4)}",
            "  }",
        ]
    return "\n".join([*lines, "}", ""])


def _hcl(texts: list[str], indent: int) -> str:
    if len(texts) == 1:
        return f'["{texts[0]}"]'
    inner = "".join(f'{" " * (indent + 2)}"{text}",\n' for text in texts)
    return f"[\n{inner}{' ' * indent}]"


def _sid(resources: tuple[str, ...], actions: list[str]) -> str:
    """A name for a statement: "Anything", "EcsCluster"; letters and digits only."""
    if resources == ("*",):
        return "ReadWhatHasNoNarrowerResource"
    service = actions[0].partition(":")[0]
    kind = re.split(r"[:/]", resources[0].split(":", 5)[5])[0].strip("*")
    return "Read" + "".join(part.capitalize() for part in re.split(r"[^a-z0-9]+", f"{service}-{kind}"))
