"""Data sources that need no account to answer: where a provider points, and what follows from it."""

from collections.abc import Callable, Mapping
from typing import Any

from pullproof.sources.terraform.hcl.values import Value

#: Arguments that do not change what these data sources answer.
_HARMLESS = frozenset(
    {
        *("count", "for_each", "provider", "depends_on", "lifecycle"),
        *("state", "filter", "all_availability_zones", "exclude_names", "exclude_zone_ids"),
    }
)
ANSWERED = frozenset({"aws_region", "aws_partition", "aws_availability_zones"})
#: Answered only where the account is told.
BY_ACCOUNT = "aws_caller_identity"

#: https://docs.aws.amazon.com/whitepapers/latest/aws-fault-isolation-boundaries/partitions.html
_PARTITIONS = {"cn-": ("aws-cn", "amazonaws.com.cn"), "us-gov-": ("aws-us-gov", "amazonaws.com")}

#: Regions whose availability zones are not the first three letters.
_LETTERS = {
    "us-east-1": "abcdef",
    "us-west-1": "ac",
    "us-west-2": "abcd",
    "ap-northeast-1": "acd",
    "ap-northeast-2": "abcd",
    "ca-central-1": "abd",
}


def is_answered(kind: str, arguments: frozenset[str], *, region: bool, account: bool) -> bool:
    """Whether a data source with these arguments is answered, where region and account are known or not."""
    known = (region and kind in ANSWERED) or (region and account and kind == BY_ACCOUNT)
    return known and arguments <= _HARMLESS


def answers(region: str, account: str, unknown: Callable[[str], str]) -> Mapping[str, Mapping[str, Any]]:
    """What data sources tell in a region: type to attributes. `account` may be empty.

    `unknown` gives the text that stands for something only AWS knows.
    """
    partition, suffix = next(
        (row for prefix, row in _PARTITIONS.items() if region.startswith(prefix)), ("aws", "amazonaws.com")
    )
    names = zones(region)
    found: dict[str, Mapping[str, Any]] = {
        "aws_region": {
            "id": region,
            "name": region,
            "region": region,
            "endpoint": f"ec2.{region}.{suffix}",
            "description": unknown(f"the description of {region}"),
        },
        "aws_partition": {
            "id": partition,
            "partition": partition,
            "dns_suffix": suffix,
            "reverse_dns_prefix": ".".join(reversed(suffix.split("."))),
        },
        "aws_availability_zones": {
            "id": region,
            "names": names,
            "zone_ids": [unknown(f"the zone id of {zone}") for zone in names],
            "group_names": [region],
        },
    }
    if account:
        found[BY_ACCOUNT] = {
            "id": account,
            "account_id": account,
            "arn": unknown("the ARN of the caller"),
            "user_id": unknown("the id of the caller"),
        }
    return found


def zones(region: str) -> list[str]:
    """The availability zones that most accounts see. Which ones an account has, only AWS can tell.

    https://docs.aws.amazon.com/global-infrastructure/latest/regions/aws-availability-zones.html
    """
    return [f"{region}{letter}" for letter in _LETTERS.get(region, "abc")]


def computed(kind: str, name: str, region: str, arguments: Mapping[str, Value]) -> Value:
    """What a data source that is put off will tell, where that follows from its arguments; None elsewhere."""
    if kind == "aws_vpc_endpoint_service" and name == "service_name":
        service = arguments.get("service")
        if isinstance(service, str) and service and region and not region.startswith("cn-"):
            return f"com.amazonaws.{region}.{service}"
    return None
