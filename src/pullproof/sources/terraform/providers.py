"""Where a Terraform input is about: regions of its providers, the account, the partition."""

from collections.abc import Iterable
from typing import Any

from pullproof.model.value import Unknown, Why
from pullproof.sources.terraform.follow import Follower, Scope
from pullproof.sources.terraform.plan_json import Configuration
from pullproof.sources.terraform.references import mentioned
from pullproof.sources.terraform.tree import Resource, Value

# Compiling patterns would take longer than reading a small plan: names are taken apart by hand.


def is_region(text: str) -> bool:
    """Whether this is the name of a region: "eu-west-1", "us-gov-west-1"."""
    *words, number = text.split("-")
    return (
        len(words) > 1
        and len(words[0]) == 2
        and len(number) == 1
        and number.isdigit()
        and text.isascii()
        and all(word.isalpha() and word.islower() for word in words)
    )


#: Types, and the attributes that tell the region or account they are in. ARNs of roles and policies tell
#: the account; things that are looked up may be another account's, but for what a VPC is made of.
TELLING = {
    "aws_vpc": ("owner_id", "arn", "region"),
    "aws_default_vpc": ("owner_id", "arn", "region"),
    "aws_subnet": ("availability_zone", "owner_id", "arn"),
    "aws_default_subnet": ("availability_zone", "owner_id", "arn"),
    "aws_security_group": ("owner_id", "arn"),
    "aws_vpc_endpoint": ("service_name",),
    "aws_ecs_cluster": ("arn", "region"),
}
#: As above, but only where the input creates them.
CREATED = {
    "aws_iam_role": ("arn",),
    "aws_ecr_repository": ("arn",),
    "aws_ecs_task_definition": ("arn",),
    "aws_secretsmanager_secret": ("arn",),
    "aws_cloudwatch_log_group": ("arn",),
    "aws_ssm_parameter": ("arn",),
}


def regions_of(configuration: Configuration, follower: Follower) -> dict[str, str | Unknown]:
    """The region of each provider block of AWS that tells one, by the key that resources name it with."""
    found: dict[str, str | Unknown] = {}
    for key, provider in configuration.provider_config.items():
        if (provider.name or key.rpartition(":")[2].partition(".")[0]) != "aws":
            continue
        expression = provider.expressions.get("region")
        if expression is not None:
            found[key] = _region(expression, provider.module_address, follower, key)
    return found


def accounts_of(configuration: Configuration, follower: Follower) -> set[str]:
    """The accounts that provider blocks allow, where they allow one only."""
    found = set()
    for provider in configuration.provider_config.values():
        expression = provider.expressions.get("allowed_account_ids")
        if isinstance(expression, dict):
            allowed = _constants(expression, provider.module_address, follower)
            if len(allowed) == 1:
                found.add(allowed[0])
    return found


def _region(expression: Any, module: str, follower: Follower, key: str) -> str | Unknown:
    names = _constants(expression, module, follower)
    if len(names) == 1 and is_region(names[0]):
        return names[0]
    return Unknown(Why.NOT_FOLLOWED, f"the region of provider {key}", "", "pass the region with --region")


def _constants(expression: Any, module: str, follower: Follower) -> list[str]:
    if not isinstance(expression, dict):
        return []
    if "constant_value" in expression:
        value: Value = expression["constant_value"]
        return [item for item in (value if isinstance(value, list) else [value]) if isinstance(item, str)]
    reached = follower.combined(mentioned(expression), Scope(module), "region")
    return [] if reached.dead else [item for item in reached.values if isinstance(item, str)]


class Told:
    """What resources tell of where they are: regions by provider key, accounts, partitions."""

    def __init__(self, resources: Iterable[Resource]) -> None:
        self.regions: dict[str, set[str]] = {}
        self.accounts: set[str] = set()
        self.partitions: set[str] = set()
        for resource in resources:
            if (names := TELLING.get(resource.type)) is not None:
                self._attributes(resource, names)
            elif resource.data:
                self._looked_up(resource)
            elif (names := CREATED.get(resource.type)) is not None:
                self._attributes(resource, names)

    def _looked_up(self, resource: Resource) -> None:
        values = resource.values
        if resource.type == "aws_caller_identity" and isinstance(values.get("account_id"), str):
            self._account(values["account_id"])
        if resource.type == "aws_region":
            for name in ("region", "name", "id"):
                self._region(resource, values.get(name))
        if resource.type == "aws_partition" and isinstance(values.get("partition"), str):
            self.partitions.add(values["partition"])

    def _attributes(self, resource: Resource, names: tuple[str, ...]) -> None:
        for name in names:
            text = resource.values.get(name)
            if not isinstance(text, str):
                continue
            if name == "owner_id":
                self._account(text)
            elif name == "region":
                self._region(resource, text)
            elif name == "availability_zone":
                self._region(resource, text[:-1])
            elif name == "service_name":
                self._region(resource, text.partition("com.amazonaws.")[2].partition(".")[0])
            else:
                self._arn(resource, text)

    def _arn(self, resource: Resource, text: str) -> None:
        parts = text.split(":", 5)
        if len(parts) == 6 and parts[0] == "arn" and parts[1].startswith("aws"):
            self.partitions.add(parts[1])
            self._region(resource, parts[3])
            self._account(parts[4])

    def _region(self, resource: Resource, text: object) -> None:
        if isinstance(text, str) and is_region(text):
            self.regions.setdefault(resource.provider, set()).add(text)

    def _account(self, text: str | None) -> None:
        if text and len(text) == 12 and text.isdigit():
            self.accounts.add(text)
