"""What AWS's own managed policies say about the calls of a starting task.

The texts are data (`managed_policies.json`, with its source and date; `tools/managed_policies.py` writes
it), cut down to `ASKED`: a policy from here answers for those actions and for no others.
https://docs.aws.amazon.com/aws-managed-policy/latest/reference/policy-list.html
"""

import re
from functools import cache

import msgspec

from pullproof.model.iam import Policy, Statement
from pullproof.model.policy_json import policy_of
from pullproof.model.text import Text, is_exact, shown
from pullproof.model.value import Listing, Origin, Unknown, Why

#: Every action that a launch may need permission for.
ASKED = frozenset(
    {
        "ecr:BatchCheckLayerAvailability",
        "ecr:BatchGetImage",
        "ecr:BatchImportUpstreamImage",
        "ecr:CreateRepository",
        "ecr:GetAuthorizationToken",
        "ecr:GetDownloadUrlForLayer",
        "ecr-public:GetAuthorizationToken",
        "elasticfilesystem:ClientMount",
        "elasticfilesystem:ClientRootAccess",
        "elasticfilesystem:ClientWrite",
        "kms:Decrypt",
        "kms:DescribeKey",
        "kms:GenerateDataKey",
        "logs:CreateLogGroup",
        "logs:CreateLogStream",
        "logs:DescribeLogGroups",
        "logs:DescribeLogStreams",
        "logs:PutLogEvents",
        "s3:GetBucketLocation",
        "s3:GetEncryptionConfiguration",
        "s3:GetObject",
        "s3:ListBucket",
        "s3:PutObject",
        "secretsmanager:DescribeSecret",
        "secretsmanager:GetSecretValue",
        "ssm:GetParameter",
        "ssm:GetParameters",
        "ssm:GetParametersByPath",
        "ssmmessages:CreateControlChannel",
        "ssmmessages:CreateDataChannel",
        "ssmmessages:OpenControlChannel",
        "ssmmessages:OpenDataChannel",
        "sts:AssumeRole",
        "sts:GetServiceBearerToken",
    }
)

#: `arn:PARTITION:iam::aws:policy/PATH/NAME`
_ARN = r"(?s)arn:([^:]+):iam::aws:policy/(?:.*/)?([^/]+)"


class _Kept(msgspec.Struct, frozen=True):
    """One policy: its version, the day AWS made it, and its statements by their place in the original."""

    version: str
    date: str
    statements: dict[str, dict[str, object]]


class _File(msgspec.Struct, frozen=True):
    """The data. `silent` policies say nothing about `ASKED`; `denying` ones deny something and are not kept."""

    source: str
    as_of: str
    policies: dict[str, msgspec.Raw]
    silent: frozenset[str]
    denying: frozenset[str]


def is_managed(arn: Text) -> bool:
    """Whether an ARN is that of a policy AWS manages."""
    return re.fullmatch(_ARN, arn) is not None


def managed_policy(arn_or_name: Text) -> Policy | None:
    """What an AWS managed policy says about `ASKED`; None for one whose text we do not have.

    The partition of the ARN is that of the ARNs in the text, and may be a hole.
    """
    partition, name = _parts(arn_or_name)
    return _policy(partition, name) if is_exact(name) else None


def managed_text(arn_or_name: Text) -> str | None:
    """The same as the JSON text of a policy document."""
    partition, name = _parts(arn_or_name)
    if not is_exact(name):
        return None
    if name in _file().silent:
        return '{"Version":"2012-10-17","Statement":[]}'
    kept = _kept(partition, name)
    if kept is None:
        return None
    return msgspec.json.encode(
        {"Version": "2012-10-17", "Statement": list(kept.statements.values())}
    ).decode()


def not_shipped(arn: Text, attached_to: str) -> Unknown:
    """The reason for not knowing what an AWS managed policy says that we do not have."""
    return Unknown(
        Why.NOT_MODELLED,
        f"the AWS managed policy {shown(arn)}",
        attached_to,
        f"{attached_to} carries {shown(arn)}, an AWS managed policy whose text is not known here: check it"
        " by hand, or write what the task needs into a policy of your own",
    )


def never_denies(unknown: Unknown) -> bool:
    """Whether what is not known is only the text of an AWS managed policy, of the kind that allows.

    AWS's policies grant. Those few that also deny are listed in the data.
    """
    prefix = "the AWS managed policy "
    if not unknown.what.startswith(prefix):
        return False
    found = re.fullmatch(_ARN, unknown.what.removeprefix(prefix))
    return found is not None and found[2] not in _file().denying


@cache
def _file() -> _File:
    with open(f"{__file__.removesuffix('.py')}.json", "rb") as file:  # noqa: PTH123 - importing pathlib costs more
        return msgspec.json.decode(file.read(), type=_File)


def _parts(arn_or_name: Text) -> tuple[Text, Text]:
    """Partition and name."""
    found = re.fullmatch(_ARN, arn_or_name)
    return (found[1], found[2]) if found else ("aws", arn_or_name)


def _kept(partition: Text, name: str) -> _Kept | None:
    raw = _file().policies.get(name)
    if raw is None:
        return None
    return msgspec.json.decode(bytes(raw).decode().replace('"arn:aws:', f'"arn:{partition}:'), type=_Kept)


@cache
def _policy(partition: Text, name: str) -> Policy | None:
    origin = Origin(f"arn:{partition}:iam::aws:policy/{name}")
    if name in _file().silent:
        return Policy(origin=origin, name=name, statements=Listing())
    kept = _kept(partition, name)
    if kept is None:
        return None
    whole = policy_of({"Version": "2012-10-17", "Statement": list(kept.statements.values())}, origin, name)
    if isinstance(whole, Unknown):
        raise TypeError(whole.settle_by)
    placed = zip(whole.statements.items, kept.statements, strict=True)
    return msgspec.structs.replace(whole, statements=Listing(tuple(_at(s, place) for s, place in placed)))


def _at(statement: Statement, place: str) -> Statement:
    origin = Origin(statement.origin.address, f"Statement[{place}]")
    return msgspec.structs.replace(statement, origin=origin)
