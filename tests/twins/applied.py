"""A plan as it would be after the apply: every reference a value, every id one that AWS might have given.

Independent of what reads snapshots. Ids are made from addresses, so they are the same in every run.
"""

import contextlib
import hashlib
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

from pullproof.model.text import HOLE, OPEN
from pullproof.model.value import Unknown
from pullproof.sources.base import Options
from pullproof.sources.terraform.beside_plan import BesidePlan
from pullproof.sources.terraform.plan import tree_of_plan
from pullproof.sources.terraform.plan_json import read_plan
from pullproof.sources.terraform.tree import Resource, Some, Tree, own
from pullproof.sources.terraform.whereabouts import Whereabouts

#: Where a plan does not tell whose account it is for.
SOMEBODY = "123456789012"

#: How the id of a type begins.
PREFIXES = {
    "aws_vpc": "vpc",
    "aws_subnet": "subnet",
    "aws_security_group": "sg",
    "aws_route_table": "rtb",
    "aws_network_acl": "acl",
    "aws_internet_gateway": "igw",
    "aws_egress_only_internet_gateway": "eigw",
    "aws_nat_gateway": "nat",
    "aws_eip": "eipalloc",
    "aws_network_interface": "eni",
    "aws_vpc_endpoint": "vpce",
    "aws_vpc_peering_connection": "pcx",
    "aws_vpc_dhcp_options": "dopt",
    "aws_efs_file_system": "fs",
    "aws_efs_mount_target": "fsmt",
    "aws_efs_access_point": "fsap",
    "aws_ec2_transit_gateway": "tgw",
    "aws_ec2_transit_gateway_vpc_attachment": "tgw-attach",
    "aws_ec2_transit_gateway_route_table": "tgw-rtb",
    "aws_instance": "i",
    "aws_ec2_managed_prefix_list": "pl",
    "aws_vpn_gateway": "vgw",
    "aws_route53_resolver_rule": "rslvr-rr",
}
#: What a VPC makes by itself: the attribute, how the id begins, and the type that adopts it.
BORN = {
    "main_route_table_id": ("rtb", "aws_default_route_table"),
    "default_network_acl_id": ("acl", "aws_default_network_acl"),
    "default_security_group_id": ("sg", "aws_default_security_group"),
}
#: Types whose id is another attribute.
ID_IS = {
    "aws_ecs_cluster": "arn",
    "aws_iam_role": "name",
    "aws_iam_policy": "arn",
    "aws_secretsmanager_secret": "arn",
    "aws_s3_bucket": "bucket",
    "aws_ecr_repository": "name",
    "aws_cloudwatch_log_group": "name",
    "aws_kms_key": "key_id",
    "aws_route53_zone": "zone_id",
    "aws_ecs_task_definition": "family",
    "aws_ssm_parameter": "name",
}
#: Types with an ARN: the service, whether it has a region, the rest with {attribute} in it.
ARNS = {
    "aws_ecs_cluster": ("ecs", True, "cluster/{name}"),
    "aws_ecs_task_definition": ("ecs", True, "task-definition/{family}:1"),
    "aws_iam_role": ("iam", False, "role/{name}"),
    "aws_iam_policy": ("iam", False, "policy/{name}"),
    "aws_ecr_repository": ("ecr", True, "repository/{name}"),
    "aws_cloudwatch_log_group": ("logs", True, "log-group:{name}"),
    "aws_kms_key": ("kms", True, "key/{key_id}"),
    "aws_efs_file_system": ("elasticfilesystem", True, "file-system/{id}"),
    "aws_efs_access_point": ("elasticfilesystem", True, "access-point/{id}"),
}
S3_LIST = "pl-6da54004"
DYNAMODB_LIST = "pl-6fa54006"


def invented(prefix: str, of: str) -> str:
    """An id as AWS gives them, always the same for the same thing."""
    return f"{prefix}-0{hashlib.sha256(of.encode()).hexdigest()[:16]}"


def letters(of: str, count: int) -> str:
    """Letters of AWS's choice, always the same."""
    return "".join(chr(ord("a") + byte % 26) for byte in hashlib.sha256(of.encode()).digest()[:count])


class Applied:
    """Every resource of a plan, with values."""

    def __init__(self, tree: Tree, region: str, account: str) -> None:
        self.tree = tree
        self.region = region
        self.account = account

    def of(self, *types: str) -> Iterator[Resource]:
        """The resources of some types."""
        for resource in self.tree.resources.values():
            if resource.type in types and not resource.data and not resource.deleted:
                yield resource

    def get(self, resource: Resource, name: str, default: Any = None) -> Any:
        """An attribute; the default where it is null or left to AWS."""
        value = resource.values.get(name)
        if value is None or value == own(resource.address, name):
            return default
        return self.settled(value)

    def settled(self, value: Any) -> Any:
        """A value without holes."""
        if isinstance(value, Unknown | Some):
            raise TypeError(f"not settled: {value}")
        if isinstance(value, list):
            return [self.settled(item) for item in value]
        if isinstance(value, dict):
            return {name: self.settled(item) for name, item in value.items()}
        if isinstance(value, str) and OPEN in value:
            return HOLE.sub(lambda found: str(self.named(found[1])), value)
        return value

    def named(self, name: str) -> Any:
        """What a hole's name means: the attribute of a resource."""
        address = name
        while "." in address:
            address = address.rpartition(".")[0]
            if address in self.tree.resources:
                return self.attribute(self.tree.resources[address], name[len(address) + 1 :])
        raise KeyError(name)

    def attribute(self, resource: Resource, name: str) -> Any:
        """An attribute, also one that AWS chooses."""
        value = self.get(resource, name)
        return self._chosen(resource, name) if value is None else value

    def id(self, resource: Resource) -> str:
        """The id."""
        return str(self.attribute(resource, "id"))

    def arn(self, resource: Resource) -> str:
        """The ARN."""
        return str(self.attribute(resource, "arn"))

    def born(self, vpc: Resource, name: str) -> str:
        """The id of what a VPC makes by itself."""
        return str(self.get(vpc, name) or invented(BORN[name][0], f"{vpc.address}.{name}"))

    def _chosen(self, resource: Resource, name: str) -> Any:
        kind = resource.type
        if name == "default_route_table_id":
            name = "main_route_table_id"
        if kind in ("aws_vpc", "aws_default_vpc") and name in BORN:
            return self.born(resource, name)
        if name in ("id", "allocation_id"):
            return self._id(resource)
        if name == "arn" and kind in ARNS:
            service, regional, rest = ARNS[kind]
            filled = rest.format_map(_Ask(self, resource))
            return f"arn:aws:{service}:{self.region if regional else ''}:{self.account}:{filled}"
        return self._other(resource, name)

    def _id(self, resource: Resource) -> str:
        kind = resource.type
        if kind in ID_IS:
            return str(self.attribute(resource, ID_IS[kind]))
        for name, (_, adopter) in BORN.items():
            if kind == adopter:
                argument = {"main_route_table_id": "default_route_table_id"}.get(name, name)
                if adopter == "aws_default_security_group":
                    vpc = self.get(resource, "vpc_id")
                    owner = next(each for each in self.of("aws_vpc") if self.id(each) == vpc)
                    return self.born(owner, name)
                return str(self.get(resource, argument))
        return invented(PREFIXES[kind], resource.address)

    def _other(self, resource: Resource, name: str) -> Any:
        found: dict[tuple[str, str], Callable[[], Any]] = {
            ("aws_ecr_repository", "repository_url"): lambda: (
                f"{self.account}.dkr.ecr.{self.region}.amazonaws.com/{self.get(resource, 'name')}"
            ),
            ("aws_kms_key", "key_id"): lambda: (
                f"0a1b2c3d-0000-4000-8000-{invented('k', resource.address)[-12:]}"
            ),
            ("aws_route53_zone", "zone_id"): lambda: f"Z0{letters(resource.address, 12).upper()}",
            ("aws_s3_bucket", "arn"): lambda: f"arn:aws:s3:::{self.get(resource, 'bucket')}",
            ("aws_secretsmanager_secret", "arn"): lambda: (
                f"arn:aws:secretsmanager:{self.region}:{self.account}:secret:"
                f"{self.get(resource, 'name')}-{letters(resource.address, 6)}"
            ),
            ("aws_ssm_parameter", "arn"): lambda: (
                f"arn:aws:ssm:{self.region}:{self.account}:parameter/{str(self.get(resource, 'name')).lstrip('/')}"
            ),
            ("aws_ecs_service", "arn"): lambda: (
                f"arn:aws:ecs:{self.region}:{self.account}:service/"
                f"{str(self.get(resource, 'cluster', 'default')).rpartition('/')[2]}/{self.get(resource, 'name')}"
            ),
            ("aws_vpc_endpoint", "prefix_list_id"): lambda: list_of(str(self.get(resource, "service_name"))),
            ("aws_vpc_endpoint", "dns_entry[0].dns_name"): lambda: self.names(resource)[0]["DnsName"],
            ("aws_vpc_endpoint", "dns_entry[0].hosted_zone_id"): lambda: "Z38GZ743OKFT7T",
        }
        return found[resource.type, name]()

    def names(self, endpoint: Resource) -> list[dict[str, str]]:
        """The names that AWS gives to an interface endpoint."""
        service = str(self.get(endpoint, "service_name")).split(".", 3)[3]
        own_name = (
            f"{self.id(endpoint)}-{letters(endpoint.address, 8)}.{service}.{self.region}.vpce.amazonaws.com"
        )
        found = [{"DnsName": own_name, "HostedZoneId": "Z38GZ743OKFT7T"}]
        if self.get(endpoint, "private_dns_enabled", default=False):
            name = {"ecr.dkr": "*.dkr.ecr", "ecr.api": "api.ecr"}.get(service, service)
            found.append({"DnsName": f"{name}.{self.region}.amazonaws.com", "HostedZoneId": "Z0PRIVATE"})
        return found


class _Ask(dict[str, str]):
    """Attributes of a resource, for a template."""

    def __init__(self, applied: Applied, resource: Resource) -> None:
        super().__init__()
        self._applied = applied
        self._resource = resource

    def __missing__(self, name: str) -> str:
        return str(self._applied.attribute(self._resource, name))


def list_of(service: str) -> str:
    """The prefix list of a gateway endpoint's service."""
    return DYNAMODB_LIST if service.endswith(".dynamodb") else S3_LIST


def applied(plan: Path, directory: Path, account: str = "", region: str = "eu-west-1") -> Applied:
    """A committed plan after its apply; `directory` has the configuration it was made from."""
    read = read_plan(plan.read_bytes(), str(plan))
    tree = tree_of_plan(read, BesidePlan(read, str(plan), Options(source=str(directory))))
    told = Whereabouts(tree, Options(account=account)).account
    return Applied(tree, region, SOMEBODY if isinstance(told, Unknown) else told)


def keys(found: Applied) -> dict[str, str]:
    """The id of everything, by each of its names: addresses of the plan, ids, ARNs, the ends of ARNs."""
    named: dict[str, str] = {}
    for resource in found.tree.resources.values():
        if resource.type == "aws_ecr_pull_through_cache_rule":
            named[f"pull-through {found.get(resource, 'ecr_repository_prefix')}"] = resource.address
            continue
        if resource.data or resource.deleted:
            continue
        texts = []
        for name in ("arn", "id"):
            with contextlib.suppress(KeyError):
                texts.append(str(found.attribute(resource, name)))
        ends = [text.split(":", 5)[-1].partition("/")[2] for text in texts]
        named |= dict.fromkeys((resource.address, *texts, *filter(None, ends)), texts[0] if texts else "")
        if resource.type in ("aws_vpc", "aws_default_vpc"):
            for born in (*BORN, "default_route_table_id"):
                named[f"{resource.address}.{born}"] = str(found.attribute(resource, born))
    return named
