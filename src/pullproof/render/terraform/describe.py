"""Edits in a few words, for what is said of those that cannot be written."""

from pullproof.model import edits
from pullproof.model.edits import Edit
from pullproof.model.text import shown
from pullproof.model.value import Origin

_WORDS: dict[type, tuple[str, str]] = {
    edits.AddEndpoint: ("a VPC endpoint", "service"),
    edits.AssociateRouteTable: ("a route table more for", "endpoint"),
    edits.AddEndpointSubnet: ("a subnet more for", "endpoint"),
    edits.SetPrivateDns: ("private DNS of", "endpoint"),
    edits.SetVpcAttribute: ("a DNS attribute of", "vpc"),
    edits.AddSecurityGroup: ("a security group in", "vpc"),
    edits.AddGroupRule: ("a rule of", "group"),
    edits.AddAclEntry: ("an entry of", "acl"),
    edits.AddRouteTable: ("a route table in", "vpc"),
    edits.SetRoute: ("a route of", "table"),
    edits.AddInternetGateway: ("an internet gateway for", "vpc"),
    edits.AddNatGateway: ("a NAT gateway in", "subnet"),
    edits.AddRecord: ("a record of", "zone"),
    edits.AssignPublicIp: ("a public IP address for", "launch"),
    edits.SetPlatformVersion: ("the platform version of", "launch"),
    edits.AddMountTarget: ("a mount target of", "file_system"),
    edits.AddStatement: ("a statement in the policy of", "holder"),
    edits.AddTrust: ("the trust policy of", "role"),
    edits.AddRole: ("a role", "name"),
    edits.SetExecutionRole: ("the execution role of", "task_definition"),
    edits.AddVpc: ("a VPC", "name"),
    edits.AddSubnet: ("a subnet of", "vpc"),
}


def described(edit: Edit) -> str:
    """An edit in a few words, with the address that it is about."""
    words, field = _WORDS[type(edit)]
    return f"{words} {shown(getattr(edit, field))}"


def subject(edit: Edit) -> str:
    """The key of what an edit changes or adds to."""
    found: str = getattr(edit, _WORDS[type(edit)][1])
    return found


def needs(edit: Edit) -> frozenset[str]:
    """The keys that an edit refers to."""
    return frozenset(_keys(edit))


def _keys(value: object) -> list[str]:
    if isinstance(value, str):
        return [value]
    if isinstance(value, Origin):
        return []  # says where something is written, and needs nothing
    if isinstance(value, tuple):
        return [key for item in value for key in _keys(item)]
    fields = getattr(type(value), "__struct_fields__", ())
    return [key for field in fields for key in _keys(getattr(value, field))]
