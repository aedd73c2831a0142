"""Ways out of a VPC and between VPCs."""

import msgspec

from pullproof.model.addresses import NOWHERE, Addresses, Cidr
from pullproof.model.value import Listing, Maybe, Origin


class NatGateway(msgspec.Struct, frozen=True, kw_only=True):
    """A NAT gateway. A regional one has no subnet (`""`) and lives in `vpc` with a table of its own."""

    key: str
    origin: Origin
    subnet: Maybe[str]
    public: Maybe[bool]
    vpc: Maybe[str] = ""
    route_table: Maybe[str] = ""
    available: Maybe[bool] = True


class InternetGateway(msgspec.Struct, frozen=True, kw_only=True):
    """An internet gateway (or, with `egress_only`, the IPv6 kind); `vpc` is `""` when detached."""

    key: str
    origin: Origin
    vpc: Maybe[str]
    egress_only: bool = False


class Peering(msgspec.Struct, frozen=True, kw_only=True):
    """A VPC peering connection between two VPCs."""

    key: str
    origin: Origin
    requester: Maybe[str]
    accepter: Maybe[str]
    active: Maybe[bool] = True


class TransitGateway(msgspec.Struct, frozen=True, kw_only=True):
    """A transit gateway."""

    key: str
    origin: Origin


class TransitAttachment(msgspec.Struct, frozen=True, kw_only=True):
    """A VPC's attachment to a transit gateway. `table` is the associated route table (`""`: none).

    `vpc` is `""` for attachments of another kind: `peer` is the key of the attachment at the other gateway
    of a peering (`""` for none), `behind` says what else is attached ("the VPN connection vpn-1").
    """

    key: str
    origin: Origin
    gateway: Maybe[str]
    vpc: Maybe[str]
    subnets: Listing[str]
    table: Maybe[str]
    appliance_mode: Maybe[bool] = False
    peer: Maybe[str] = ""
    behind: str = ""


class TransitRoute(msgspec.Struct, frozen=True, kw_only=True):
    """A static route of a transit gateway route table."""

    origin: Origin
    destination: Maybe[Cidr]
    attachment: Maybe[str]
    blackhole: Maybe[bool] = False


class TransitTable(msgspec.Struct, frozen=True, kw_only=True):
    """A transit gateway route table: static routes, and the attachments that propagate into it."""

    key: str
    origin: Origin
    gateway: Maybe[str]
    routes: Listing[TransitRoute]
    propagations: Listing[str]


class NetworkInterface(msgspec.Struct, frozen=True, kw_only=True):
    """An elastic network interface that the input shows (NAT instance, appliance, instance).

    `public` are the public addresses that an internet gateway translates to it, where they are known.
    """

    key: str
    origin: Origin
    subnet: Maybe[str]
    groups: Listing[str]
    addresses: Maybe[Addresses]
    public_ip: Maybe[bool]
    source_dest_check: Maybe[bool] = True
    public: Addresses = NOWHERE
