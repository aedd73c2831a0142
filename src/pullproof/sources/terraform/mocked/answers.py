"""Data sources that need no account to answer: where a provider points, and what follows from it."""

from collections.abc import Callable, Mapping
from typing import Any, TypeAlias

from pullproof.model.managed_policies import is_managed, managed_policy, managed_text
from pullproof.model.text import hole
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

#: Gives an argument of the object by name, or None.
Argument: TypeAlias = Callable[[str], Value]

#: AWS's policies that lie below a path.
_IN_SERVICE_ROLE = frozenset(
    {
        *("AmazonECSTaskExecutionRolePolicy", "AmazonEC2ContainerServiceEventsRole"),
        *("AmazonEC2ContainerServiceforEC2Role", "AWSBatchServiceRole"),
        *("AWSLambdaBasicExecutionRole", "AWSLambdaVPCAccessExecutionRole"),
    }
)

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


def computed(kind: str, name: str, address: str, region: str, argument: Argument) -> Value:
    """What follows from an object's arguments before anybody asks AWS; None for everything else."""
    match kind, name:
        case "aws_vpc_endpoint_service", "service_name":
            service = argument("service")
            if isinstance(service, str) and service and region and not region.startswith("cn-"):
                return f"com.amazonaws.{region}.{service}"
        case "aws_iam_policy", "arn":
            return _managed_arn(argument("name"), region)
        case "aws_iam_policy", "policy":
            # By an ARN or a name of AWS's own; nobody can make a policy with that ARN.
            named = (argument("arn"), _managed_arn(argument("name"), region))
            return next(
                (managed_text(arn) for arn in named if isinstance(arn, str) and is_managed(arn)), None
            )
        case "aws_acm_certificate", "domain_validation_options":
            place = f"{address}.{name}[0]"
            parts = ("name", "type", "value")
            return [
                {
                    "domain_name": argument("domain_name"),
                    **{f"resource_record_{part}": hole(f"{place}.resource_record_{part}") for part in parts},
                }
            ]
        case _:
            pass
    return None


def _managed_arn(name: Value, region: str) -> str | None:
    """The ARN of a policy that is looked up by the name of one of AWS's own; only that can be meant."""
    if not isinstance(name, str) or managed_policy(name) is None:
        return None
    partition = answers(region or "us-east-1", "", hole)["aws_partition"]["partition"]
    path = "service-role/" if name in _IN_SERVICE_ROLE else ""
    return f"arn:{partition}:iam::aws:policy/{path}{name}"
