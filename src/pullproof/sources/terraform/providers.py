"""Where a Terraform input is about: regions of its providers, the account, the partition."""

import re
from collections.abc import Iterable
from typing import Any

from pullproof.model.value import Unknown, Why
from pullproof.sources.terraform.follow import Follower, Scope
from pullproof.sources.terraform.plan_json import Configuration
from pullproof.sources.terraform.references import mentioned
from pullproof.sources.terraform.tree import Resource, Value

REGION = re.compile(r"[a-z]{2}(?:-[a-z]+)+-\d")
_ZONE = re.compile(rf"({REGION.pattern})[a-z]")
_SERVICE = re.compile(rf"(?:com\.amazonaws|cn\.com\.amazonaws)\.({REGION.pattern})\.")
_ARN = re.compile(rf"arn:(aws[\w-]*):[\w-]+:({REGION.pattern})?:(\d{{12}})?:")

#: Attributes in which the region or account that a resource lives in can be read.
_TELLING = ("region", "availability_zone", "arn", "service_name", "owner_id", "url", "repository_url")


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
    if len(names) == 1 and REGION.fullmatch(names[0]):
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


def told_by(resources: Iterable[Resource]) -> tuple[dict[str, set[str]], set[str], set[str]]:
    """What resources tell of where they are: regions by provider key, accounts, partitions."""
    regions: dict[str, set[str]] = {}
    accounts: set[str] = set()
    partitions: set[str] = set()
    for resource in resources:
        values = resource.values
        if resource.type == "aws_caller_identity" and isinstance(values.get("account_id"), str):
            accounts.add(values["account_id"])
        if resource.type == "aws_region":
            for name in ("region", "name", "id"):
                text = values.get(name)
                if isinstance(text, str) and REGION.fullmatch(text):
                    regions.setdefault(resource.provider, set()).add(text)
        if resource.type == "aws_partition" and isinstance(values.get("partition"), str):
            partitions.add(values["partition"])
        if resource.data and resource.type not in ("aws_subnet", "aws_vpc", "aws_security_group"):
            continue
        for name in _TELLING:
            text = values.get(name)
            if isinstance(text, str):
                _read(text, name, resource, regions, accounts, partitions)
    return regions, accounts, partitions


def _read(
    text: str,
    name: str,
    resource: Resource,
    regions: dict[str, set[str]],
    accounts: set[str],
    partitions: set[str],
) -> None:
    if name == "owner_id":
        if len(text) == 12 and text.isdigit():
            accounts.add(text)
        return
    if name == "region":
        if REGION.fullmatch(text):
            regions.setdefault(resource.provider, set()).add(text)
        return
    if (zone := _ZONE.fullmatch(text)) or (zone := _SERVICE.match(text)):
        regions.setdefault(resource.provider, set()).add(zone[1])
    elif arn := _ARN.match(text):
        partitions.add(arn[1])
        if arn[2]:
            regions.setdefault(resource.provider, set()).add(arn[2])
        if arn[3]:
            accounts.add(arn[3])
