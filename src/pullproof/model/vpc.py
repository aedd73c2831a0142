"""The network's ground: VPCs, subnets, route tables and what routes point at.

Every noun has a `key`: its address in the input ("aws_subnet.private[0]", a logical id, an AWS id).
Nouns refer to each other by key. A key that the estate does not hold is something the input mentions
and does not show.
"""

import enum

import msgspec

from pullproof.model.addresses import Addresses, Cidr
from pullproof.model.text import Text
from pullproof.model.value import Listing, Maybe, Origin, Unknown


class Vpc(msgspec.Struct, frozen=True, kw_only=True):
    """A VPC. `unseen` is set when the input does not create it, so that it may hold endpoints,
    zones, groups and tables that the input does not show.
    """

    key: str
    origin: Origin
    blocks: Maybe[Addresses]
    dns_support: Maybe[bool]
    dns_hostnames: Maybe[bool]
    main_route_table: Maybe[str]
    default_acl: Maybe[str]
    default_group: Maybe[str]
    #: Key of the DHCP option set; `""` is AWS's own (AmazonProvidedDNS).
    dhcp_options: Maybe[str] = ""
    region: Maybe[str] = ""
    account: Maybe[str] = ""
    unseen: Unknown | None = None
    #: The id AWS gave it, or a hole: what `aws:SourceVpc` will be.
    id: Text = ""


class Subnet(msgspec.Struct, frozen=True, kw_only=True):
    """A subnet. `route_table` and `acl` are the ones in force: explicit, or the VPC's main / default."""

    key: str
    origin: Origin
    vpc: Maybe[str]
    blocks: Maybe[Addresses]
    zone: Maybe[str]
    route_table: Maybe[str]
    acl: Maybe[str]
    ipv6_only: Maybe[bool] = False


class TargetKind(enum.Enum):
    """Everything a route may point at."""

    LOCAL = "local"
    INTERNET_GATEWAY = "internet-gateway"
    EGRESS_ONLY_GATEWAY = "egress-only-internet-gateway"
    NAT_GATEWAY = "nat-gateway"
    INTERFACE = "network-interface"
    PEERING = "peering"
    TRANSIT_GATEWAY = "transit-gateway"
    VPN_GATEWAY = "vpn-gateway"
    GATEWAY_ENDPOINT = "gateway-endpoint"
    FIREWALL_ENDPOINT = "gateway-load-balancer-endpoint"
    CARRIER_GATEWAY = "carrier-gateway"
    LOCAL_GATEWAY = "local-gateway"
    CORE_NETWORK = "core-network"


class Target(msgspec.Struct, frozen=True):
    """What a route points at: its kind and its key."""

    kind: TargetKind
    ref: Maybe[str]


class ListRef(msgspec.Struct, frozen=True):
    """A prefix list by key."""

    ref: Maybe[str]


class Route(msgspec.Struct, frozen=True, kw_only=True):
    """One route. The local routes of the VPC's own blocks are implied and not listed."""

    origin: Origin
    destination: Cidr | ListRef | Unknown
    target: Maybe[Target]
    #: The target is gone: AWS keeps such a route, it still wins, and drops what it catches.
    blackhole: Maybe[bool] = False
    propagated: bool = False


class RouteTable(msgspec.Struct, frozen=True, kw_only=True):
    """A route table. Gateway endpoints are not routes here: they list their route tables."""

    key: str
    origin: Origin
    vpc: Maybe[str]
    routes: Listing[Route]


class DhcpOptions(msgspec.Struct, frozen=True, kw_only=True):
    """A DHCP option set. `amazon_dns` tells whether AmazonProvidedDNS is among the servers."""

    key: str
    origin: Origin
    amazon_dns: Maybe[bool]
    servers: Listing[str]


class PublicAccessBlock(msgspec.Struct, frozen=True, kw_only=True):
    """VPC Block Public Access of the account and region, or an exclusion from it.

    `mode` is "off", "block-bidirectional" or "block-ingress"; for an exclusion `only` is the key of
    the VPC or subnet, and `mode` "allow-bidirectional" or "allow-egress". A switch is that of `region` and
    `account`, as far as they are known.
    """

    key: str
    origin: Origin
    mode: Maybe[str]
    only: Maybe[str] = ""
    region: Maybe[str] = ""
    account: Maybe[str] = ""
