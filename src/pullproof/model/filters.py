"""What lets packets through or drops them: security groups, network ACLs, prefix lists."""

from typing import TypeAlias

import msgspec

from pullproof.model.addresses import Addresses
from pullproof.model.packets import Service
from pullproof.model.text import Text
from pullproof.model.value import Listing, Maybe, Origin, Unknown
from pullproof.model.vpc import ListRef


class GroupRef(msgspec.Struct, frozen=True):
    """A security group by key: the private addresses of the interfaces that carry it."""

    ref: Maybe[str]


#: Who a security group rule is about.
Peer: TypeAlias = Addresses | GroupRef | ListRef | Unknown


class GroupRule(msgspec.Struct, frozen=True, kw_only=True):
    """One allow rule for one peer (a written rule with three peers is three of these)."""

    origin: Origin
    service: Maybe[Service]
    peer: Peer


class SecurityGroup(msgspec.Struct, frozen=True, kw_only=True):
    """A security group: stateful, allow only, the union of its rules.

    `known_as` is set for one that the input uses and does not make: its id, or the name that stands for it.
    """

    key: str
    origin: Origin
    known_as: Text = ""
    vpc: Maybe[str]
    ingress: Listing[GroupRule]
    egress: Listing[GroupRule]


class AclEntry(msgspec.Struct, frozen=True, kw_only=True):
    """One numbered entry of a network ACL."""

    origin: Origin
    number: Maybe[int]
    allow: Maybe[bool]
    service: Maybe[Service]
    block: Maybe[Addresses]


class NetworkAcl(msgspec.Struct, frozen=True, kw_only=True):
    """A network ACL: stateless, first match by number wins, and an implied last entry denies.

    Sources list entries in any order; the engine sorts.
    """

    key: str
    origin: Origin
    vpc: Maybe[str]
    ingress: Listing[AclEntry]
    egress: Listing[AclEntry]


class PrefixList(msgspec.Struct, frozen=True, kw_only=True):
    """A managed prefix list; AWS's own are named `com.amazonaws.REGION.s3` and so on."""

    key: str
    origin: Origin
    name: Maybe[str]
    entries: Maybe[Addresses]
