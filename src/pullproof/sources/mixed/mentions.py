"""What an input mentions and does not make: what to ask a live account about.

The table of calls begins with services and task definitions. What an input mentions is put in their place, so
that the same calls are made as for tasks of the account.
"""

import re
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from pullproof.model.text import OPEN
from pullproof.sources.mixed.merge import RUNS, texts_of
from pullproof.sources.terraform.tree import Resource, Tree

Seed = tuple[str, Mapping[str, Any]]

ID = re.compile(r"\b(?P<kind>vpc|subnet|sg|fs)-[0-9a-f]{8,17}\b")
ROLE = re.compile(r"arn:[a-z-]+:iam::\d{12}:role/[\w+=,.@/-]+")
POLICY = re.compile(r"arn:[a-z-]+:iam::\d{12}:policy/[\w+=,.@/-]+")
SECRET = re.compile(r"arn:[a-z-]+:secretsmanager:[a-z0-9-]+:\d{12}:secret:[\w+=,.@/!-]+")
PARAMETER = re.compile(r"arn:[a-z-]+:ssm:[a-z0-9-]+:\d{12}:parameter/[\w./-]+")
KEY = re.compile(r"arn:[a-z-]+:kms:[a-z0-9-]+:\d{12}:key/[0-9a-f-]+")
IMAGE = re.compile(r"\d{12}\.dkr[.-]ecr(?:-fips)?\.[a-z0-9-]+\.[a-z.]+/[a-z0-9._/-]+")
BUCKET = re.compile(r"arn:[a-z-]+:s3:::[a-z0-9.-]+")
DEFINITION = re.compile(r"arn:[a-z-]+:ecs:[a-z0-9-]+:\d{12}:task-definition/[\w-]+(?::\d+)?")
VALUE_FROM = re.compile(r'"valueFrom"\s*:\s*"([^"\ue000]+)"')
LOG_GROUP = re.compile(r'"awslogs-group"\s*:\s*"([^"\ue000]+)"')
#: Data sources that look something up by its name: the argument, and what of a task definition it is like.
LOOKED_UP = {
    "aws_iam_role": "name",
    "aws_ecs_cluster": "cluster_name",
    "aws_secretsmanager_secret": "name",
    "aws_ssm_parameter": "name",
    "aws_cloudwatch_log_group": "name",
}


def seeds(tree: Tree, account: str) -> list[Seed]:
    """What stands in for answers, so that everything that the input mentions is asked about.

    `account` is the account that is asked: what others have is not.
    """
    texts = sorted({text for each in tree.resources.values() for text in texts_of(each.values)})
    ids: dict[str, list[str]] = {kind: [] for kind in ("vpc", "subnet", "sg", "fs")}
    for key in _all(ID, texts):
        ids[key.partition("-")[0]].append(key)
    placed = {"subnets": ids["subnet"], "securityGroups": ids["sg"]}
    found: list[Seed] = [
        ("services", {"networkConfiguration": {"awsvpcConfiguration": placed}}),
        ("task-definitions", _definition(tree, texts, ids["fs"], account)),
    ]
    found += [("services", {"taskDefinition": arn}) for arn in _all(DEFINITION, texts)]
    found += [("subnets-named", {"VpcId": vpc}) for vpc in ids["vpc"]]
    found += [("cluster-arns", {"arn": name}) for name in _clusters(tree)]
    found += [("secrets", {"KmsKeyId": arn}) for arn in _all(KEY, texts)]
    policies = [{"PolicyArn": arn} for arn in _all(POLICY, texts)]
    return [*found, ("attached-policies", {"AttachedManagedPolicies": policies})]


def _definition(tree: Tree, texts: list[str], file_systems: Iterable[str], account: str) -> dict[str, Any]:
    """A task definition that names everything that the input does."""
    names = {kind: list(_named(tree, kind)) for kind in LOOKED_UP}
    values = [
        *_all(SECRET, texts),
        *_all(PARAMETER, texts),
        *(hit[1] for text in texts for hit in VALUE_FROM.finditer(text)),
        *names["aws_ssm_parameter"],
    ]
    groups = [
        *(hit[1] for text in texts for hit in LOG_GROUP.finditer(text)),
        *names["aws_cloudwatch_log_group"],
    ]
    containers: list[dict[str, Any]] = [{"image": image} for image in _all(IMAGE, texts)]
    containers += [{"secrets": [{"valueFrom": value} for value in dict.fromkeys(values)]}]
    # A name without an ARN is that of a secret only where the credentials of a registry stand.
    containers += [
        {"repositoryCredentials": {"credentialsParameter": name}}
        for name in names["aws_secretsmanager_secret"]
    ]
    containers += [
        {"logConfiguration": {"logDriver": "awslogs", "options": {"awslogs-group": group}}}
        for group in dict.fromkeys(groups)
    ]
    containers += [{"environmentFiles": [{"value": f"{arn}/"}]} for arn in _all(BUCKET, texts)]
    return {
        "taskDefinitionArn": f"arn:aws:ecs::{account}:task-definition/mentioned:1",
        "containerDefinitions": containers,
        "volumes": [{"efsVolumeConfiguration": {"fileSystemId": key}} for key in file_systems],
        "roles": [*_all(ROLE, texts), *names["aws_iam_role"], *_roles(tree)],
    }


def _all(pattern: re.Pattern[str], texts: Iterable[str]) -> list[str]:
    """Every match, once. What ends in a hole is not whole."""
    found: dict[str, None] = {}
    for text in texts:
        for hit in pattern.finditer(text):
            if text[hit.end() : hit.end() + 1] != OPEN:
                found[hit[0].rstrip(".,")] = None
    return list(found)


def _named(tree: Tree, kind: str) -> Iterator[str]:
    """The names that data sources of a type look up."""
    for resource in tree.resources.values():
        if resource.data and resource.type == kind and (name := _plain(resource, LOOKED_UP[kind])):
            yield name


def _roles(tree: Tree) -> Iterator[str]:
    """Roles to which the input attaches policies."""
    for resource in tree.resources.values():
        if resource.type in ("aws_iam_role_policy", "aws_iam_role_policy_attachment"):
            yield _plain(resource, "role")


def _clusters(tree: Tree) -> list[str]:
    named = [_plain(each, "cluster") for each in tree.resources.values() if each.type in RUNS]
    return [*dict.fromkeys(filter(None, [*named, *_named(tree, "aws_ecs_cluster")]))]


def _plain(resource: Resource, name: str) -> str:
    value = resource.values.get(name)
    return value if isinstance(value, str) and OPEN not in value else ""
