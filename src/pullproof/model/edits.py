"""The closed list of changes that may be made to an estate.

An edit names what exists by its key in the estate, and what it makes by `new(name)`: a key that no
source can produce, so that one edit of a set can refer to what another makes. Repair finds edits and
judges the edited estate, renderers write them; both match on this union and know nothing else.
"""

from typing import TypeAlias

import msgspec

from pullproof.model.addresses import Addresses, Cidr
from pullproof.model.endpoints import EndpointType
from pullproof.model.filters import GroupRef
from pullproof.model.iam import Statement
from pullproof.model.packets import Service
from pullproof.model.text import Text
from pullproof.model.vpc import ListRef, Target

NEW = "new."
MANAGED = "managed."


def new(name: str) -> str:
    """The key of something that an edit makes; `name` is snake_case and unique among the edits."""
    return f"{NEW}{name}"


def managed_list(service: Text) -> str:
    """The key of the prefix list that AWS itself keeps of a service ("com.amazonaws.eu-west-1.s3"), where
    the input shows no such list: a rule or route may refer to it, and nobody has to make it.
    """
    return f"{MANAGED}{service}"


class AddEndpoint(msgspec.Struct, frozen=True, kw_only=True):
    """A VPC endpoint; `service` is the full name ("com.amazonaws.eu-west-1.ecr.api")."""

    name: str
    vpc: str
    service: Text
    type: EndpointType
    subnets: tuple[str, ...] = ()
    groups: tuple[str, ...] = ()
    route_tables: tuple[str, ...] = ()
    private_dns: bool = False
    #: The statements of its policy; none is AWS's default, which allows everything.
    policy: tuple[Statement, ...] = ()


class AssociateRouteTable(msgspec.Struct, frozen=True, kw_only=True):
    """An existing gateway endpoint on one more route table."""

    endpoint: str
    table: str


class AddEndpointSubnet(msgspec.Struct, frozen=True, kw_only=True):
    """An existing interface endpoint in one more subnet."""

    endpoint: str
    subnet: str


class SetPrivateDns(msgspec.Struct, frozen=True, kw_only=True):
    """Private DNS of an existing interface endpoint switched on."""

    endpoint: str


class SetVpcAttribute(msgspec.Struct, frozen=True, kw_only=True):
    """`enableDnsSupport` or `enableDnsHostnames` of a VPC switched on, by the name in AWS's API."""

    vpc: str
    attribute: str


class AddSecurityGroup(msgspec.Struct, frozen=True, kw_only=True):
    """A security group without any rule."""

    name: str
    vpc: str
    description: str


class AddGroupRule(msgspec.Struct, frozen=True, kw_only=True):
    """One allow rule. `egress` False is ingress. The peer is a group, a prefix list, or blocks."""

    group: str
    egress: bool
    service: Service
    peer: GroupRef | ListRef | Addresses
    description: str = ""


class AddAclEntry(msgspec.Struct, frozen=True, kw_only=True):
    """One allow entry of a network ACL, at a number that is free and comes before what denies."""

    acl: str
    egress: bool
    number: int
    service: Service
    block: Addresses


class AddRouteTable(msgspec.Struct, frozen=True, kw_only=True):
    """A route table, and the subnets that it is associated with."""

    name: str
    vpc: str
    subnets: tuple[str, ...] = ()


class SetRoute(msgspec.Struct, frozen=True, kw_only=True):
    """What a route table does with a destination; takes the place of a route for the same one."""

    table: str
    destination: Cidr | ListRef
    target: Target


class AddInternetGateway(msgspec.Struct, frozen=True, kw_only=True):
    """An internet gateway attached to a VPC."""

    name: str
    vpc: str


class AddNatGateway(msgspec.Struct, frozen=True, kw_only=True):
    """A public NAT gateway in a subnet, with an Elastic IP of its own."""

    name: str
    subnet: str


class AddRecord(msgspec.Struct, frozen=True, kw_only=True):
    """An alias record of a private hosted zone that leads to a VPC endpoint."""

    zone: str
    record: Text
    endpoint: str


class AssignPublicIp(msgspec.Struct, frozen=True, kw_only=True):
    """A public IP address for the tasks of a service, or of whatever else runs them."""

    launch: str


class SetPlatformVersion(msgspec.Struct, frozen=True, kw_only=True):
    """Another platform version for what runs a task."""

    launch: str
    version: str


class AddMountTarget(msgspec.Struct, frozen=True, kw_only=True):
    """A mount target of an existing file system in one more subnet."""

    name: str
    file_system: str
    subnet: str
    groups: tuple[str, ...]


class AddStatement(msgspec.Struct, frozen=True, kw_only=True):
    """One more allow statement in the policy of `holder`.

    `kind` is the estate's attribute that holds it: "roles" (an inline identity policy), "endpoints",
    "repositories", "secrets", "keys", "buckets", "file_systems".
    """

    kind: str
    holder: str
    statement: Statement


class AddTrust(msgspec.Struct, frozen=True, kw_only=True):
    """A role that `ecs-tasks.amazonaws.com` may assume beside whoever else may."""

    role: str


class AddRole(msgspec.Struct, frozen=True, kw_only=True):
    """A role for ECS tasks: AWS managed policies by name, and statements of its own."""

    name: str
    managed: tuple[str, ...] = ()
    statements: tuple[Statement, ...] = ()


class SetExecutionRole(msgspec.Struct, frozen=True, kw_only=True):
    """The task execution role of a task definition."""

    task_definition: str
    role: str


class AddVpc(msgspec.Struct, frozen=True, kw_only=True):
    """A VPC with both DNS attributes on."""

    name: str
    block: Cidr


class AddSubnet(msgspec.Struct, frozen=True, kw_only=True):
    """A subnet; `zone` is the full name of its Availability Zone ("eu-west-1a")."""

    name: str
    vpc: str
    block: Cidr
    zone: str


Edit: TypeAlias = (
    AddEndpoint
    | AssociateRouteTable
    | AddEndpointSubnet
    | SetPrivateDns
    | SetVpcAttribute
    | AddSecurityGroup
    | AddGroupRule
    | AddAclEntry
    | AddRouteTable
    | SetRoute
    | AddInternetGateway
    | AddNatGateway
    | AddRecord
    | AssignPublicIp
    | SetPlatformVersion
    | AddMountTarget
    | AddStatement
    | AddTrust
    | AddRole
    | SetExecutionRole
    | AddVpc
    | AddSubnet
)
