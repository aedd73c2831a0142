"""Short builders: a network that works, in one line each, and what to change about it.

Everything is added to an estate by its key. Defaults are AWS's own where AWS has one: an ACL that lets
everything through, no rule in a group. Addresses are text ("10.0.1.0/24").
"""

from pullproof.model import addresses
from pullproof.model.addresses import Addresses, Cidr, cidr
from pullproof.model.endpoints import Endpoint, EndpointType
from pullproof.model.estate import Estate
from pullproof.model.filters import AclEntry, GroupRef, GroupRule, NetworkAcl, Peer, PrefixList, SecurityGroup
from pullproof.model.gateways import InternetGateway, NatGateway
from pullproof.model.iam import Policy
from pullproof.model.names import HostedZone, Record
from pullproof.model.packets import ALL_TRAFFIC, Service, tcp
from pullproof.model.services import endpoint_name
from pullproof.model.stores import FileSystem, MountTarget
from pullproof.model.text import Text
from pullproof.model.value import Listing, Maybe, Origin, Unknown, Why
from pullproof.model.vpc import ListRef, Route, RouteTable, Subnet, Target, TargetKind, Vpc
from pullproof.reach.walk import Source

REGION = "eu-west-1"


def unknown(what: str = "something", why: Why = Why.AFTER_APPLY) -> Unknown:
    """A value that is not known."""
    return Unknown(why, what, what, f"apply {what}")


def at(key: str, path: str = "") -> Origin:
    """Where something was written."""
    return Origin(key, path)


def blocks(*texts: str) -> Addresses:
    """A set of addresses from blocks."""
    return addresses.of(*texts)


def an_estate(region: Maybe[str] = REGION) -> Estate:
    """An estate with nothing in it, in one region."""
    estate = Estate()
    estate.region = region
    return estate


def a_vpc(
    estate: Estate,
    key: str = "vpc",
    *cidrs: str,
    dns_support: Maybe[bool] = True,
    dns_hostnames: Maybe[bool] = True,
    dhcp_options: Maybe[str] = "",
    unseen: Unknown | None = None,
) -> Vpc:
    """A VPC with both DNS attributes on, an open default ACL and a main table with local routes only."""
    an_acl(estate, f"{key}-acl", vpc=key)
    a_table(estate, f"{key}-main", vpc=key)
    estate.vpcs[key] = found = Vpc(
        key=key,
        origin=at(key),
        blocks=blocks(*(cidrs or ("10.0.0.0/16",))),
        dns_support=dns_support,
        dns_hostnames=dns_hostnames,
        main_route_table=f"{key}-main",
        default_acl=f"{key}-acl",
        default_group=f"{key}-default",
        dhcp_options=dhcp_options,
        region=REGION,
        unseen=unseen,
    )
    return found


def a_subnet(
    estate: Estate,
    key: str = "subnet",
    block: str = "10.0.1.0/24",
    *,
    vpc: Maybe[str] = "vpc",
    zone: Maybe[str] = "eu-west-1a",
    table: Maybe[str] = "",
    acl: Maybe[str] = "",
) -> Subnet:
    """A subnet with the VPC's main route table and default ACL, unless told otherwise."""
    estate.subnets[key] = found = Subnet(
        key=key,
        origin=at(key),
        vpc=vpc,
        blocks=blocks(block),
        zone=zone,
        route_table=table if isinstance(table, Unknown) else table or f"{vpc}-main",
        acl=acl if isinstance(acl, Unknown) else acl or f"{vpc}-acl",
    )
    return found


def a_route(
    to: Cidr | ListRef | Unknown | str,
    kind: TargetKind,
    ref: Maybe[str] = "",
    *,
    blackhole: Maybe[bool] = False,
    propagated: bool = False,
) -> Route:
    """A route; `to` as text is a block."""
    destination = cidr(to) if isinstance(to, str) else to
    return Route(
        origin=at("route", str(to)),
        destination=destination,
        target=Target(kind, ref),
        blackhole=blackhole,
        propagated=propagated,
    )


def a_table(
    estate: Estate, key: str, *routes: Route, vpc: Maybe[str] = "vpc", more: tuple[Unknown, ...] = ()
) -> RouteTable:
    """A route table with these routes beside the local ones."""
    estate.route_tables[key] = found = RouteTable(
        key=key, origin=at(key), vpc=vpc, routes=Listing(routes, more)
    )
    return found


def an_entry(
    number: Maybe[int] = 100,
    block: Maybe[Addresses] | str = "0.0.0.0/0",
    what: Maybe[Service] = ALL_TRAFFIC,
    *,
    allow: Maybe[bool] = True,
) -> AclEntry:
    """An entry of a network ACL."""
    return AclEntry(
        origin=at("entry", str(number)),
        number=number,
        allow=allow,
        service=what,
        block=blocks(block) if isinstance(block, str) else block,
    )


def an_acl(
    estate: Estate,
    key: str,
    *,
    ingress: tuple[AclEntry, ...] | None = None,
    egress: tuple[AclEntry, ...] | None = None,
    more: tuple[Unknown, ...] = (),
    vpc: Maybe[str] = "vpc",
) -> NetworkAcl:
    """A network ACL, open both ways unless entries are given."""
    estate.acls[key] = found = NetworkAcl(
        key=key,
        origin=at(key),
        vpc=vpc,
        ingress=Listing((an_entry(),) if ingress is None else ingress, more),
        egress=Listing((an_entry(),) if egress is None else egress, more),
    )
    return found


def a_rule(peer: Peer | str, what: Maybe[Service] = tcp(443), path: str = "rule") -> GroupRule:  # noqa: B008
    """A rule of a group; `peer` as text is a block if it has a slash, else a group."""
    if isinstance(peer, str):
        peer = blocks(peer) if "/" in peer else GroupRef(peer)
    return GroupRule(origin=at("group", path), service=what, peer=peer)


def a_group(
    estate: Estate,
    key: str,
    *,
    ingress: tuple[GroupRule, ...] = (),
    egress: tuple[GroupRule, ...] = (),
    more_in: tuple[Unknown, ...] = (),
    more_out: tuple[Unknown, ...] = (),
) -> SecurityGroup:
    """A security group with these rules and no others."""
    estate.groups[key] = found = SecurityGroup(
        key=key,
        origin=at(key),
        vpc="vpc",
        ingress=Listing(ingress, more_in),
        egress=Listing(egress, more_out),
    )
    return found


def an_endpoint(
    estate: Estate,
    suffix: str,
    key: str = "",
    *,
    subnets: tuple[str, ...] | Listing[str] = ("subnet",),
    groups: tuple[str, ...] | Listing[str] = ("endpoint-group",),
    private_dns: Maybe[bool] = True,
    vpc: Maybe[str] = "vpc",
    service: Maybe[Text] = "",
    inbound_only: Maybe[bool] = False,
    available: Maybe[bool] = True,
    kind: Maybe[EndpointType] = EndpointType.INTERFACE,
    addresses: tuple[tuple[str, Addresses], ...] = (),
    service_region: Maybe[str] = "",
    id: Text = "",  # noqa: A002
) -> Endpoint:
    """An interface endpoint with private DNS, for a service by its suffix ("ecr.api")."""
    key = key or suffix
    estate.endpoints[key] = found = Endpoint(
        key=key,
        origin=at(key),
        vpc=vpc,
        service=service or endpoint_name(suffix, REGION) if isinstance(service, str) else service,
        type=kind,
        subnets=Listing(subnets) if isinstance(subnets, tuple) else subnets,
        groups=Listing(groups) if isinstance(groups, tuple) else groups,
        private_dns=private_dns,
        private_dns_inbound_only=inbound_only,
        available=available,
        addresses=addresses,
        service_region=service_region,
        id=id,
    )
    return found


def a_gateway_endpoint(
    estate: Estate,
    *tables: str,
    key: str = "s3",
    suffix: str = "s3",
    vpc: Maybe[str] = "vpc",
    more: tuple[Unknown, ...] = (),
    available: Maybe[bool] = True,
    kind: Maybe[EndpointType] = EndpointType.GATEWAY,
    region: str = REGION,
    policy: Maybe[Policy] | None = None,
) -> Endpoint:
    """A gateway endpoint on these route tables."""
    estate.endpoints[key] = found = Endpoint(
        key=key,
        origin=at(key),
        vpc=vpc,
        service=endpoint_name(suffix, region),
        type=kind,
        route_tables=Listing(tables, more),
        available=available,
        policy=policy,
    )
    return found


def a_prefix_list(
    estate: Estate, key: str, name: Maybe[str] = "", entries: Maybe[Addresses] | None = None
) -> PrefixList:
    """A prefix list, of AWS's own if the name says so."""
    estate.prefix_lists[key] = found = PrefixList(
        key=key,
        origin=at(key),
        name=name,
        entries=unknown(f"entries of {key}") if entries is None else entries,
    )
    return found


def an_internet_gateway(estate: Estate, key: str = "igw", vpc: Maybe[str] = "vpc") -> InternetGateway:
    """An attached internet gateway."""
    estate.internet_gateways[key] = found = InternetGateway(key=key, origin=at(key), vpc=vpc)
    return found


def a_nat(
    estate: Estate,
    key: str = "nat",
    subnet: Maybe[str] = "public",
    *,
    public: Maybe[bool] = True,
    available: Maybe[bool] = True,
    vpc: Maybe[str] = "vpc",
    route_table: Maybe[str] = "",
) -> NatGateway:
    """A NAT gateway."""
    estate.nat_gateways[key] = found = NatGateway(
        key=key,
        origin=at(key),
        subnet=subnet,
        public=public,
        available=available,
        vpc=vpc,
        route_table=route_table,
    )
    return found


def a_way_out(estate: Estate) -> None:
    """A NAT gateway in a public subnet, and a table "private" that leads to it."""
    an_internet_gateway(estate)
    a_table(estate, "public-table", a_route("0.0.0.0/0", TargetKind.INTERNET_GATEWAY, "igw"))
    a_subnet(estate, "public", "10.0.100.0/24", table="public-table")
    a_nat(estate)
    a_table(estate, "private", a_route("0.0.0.0/0", TargetKind.NAT_GATEWAY, "nat"))


def with_nat() -> Estate:
    """An open network whose subnet has a default route to a NAT gateway."""
    estate = an_open_network()
    a_way_out(estate)
    a_subnet(estate, table="private")
    return estate


def a_zone(
    estate: Estate,
    name: Maybe[Text],
    *records: Record,
    key: str = "zone",
    vpcs: tuple[str, ...] = ("vpc",),
    more_vpcs: tuple[Unknown, ...] = (),
    more: tuple[Unknown, ...] = (),
) -> HostedZone:
    """A private hosted zone."""
    estate.zones[key] = found = HostedZone(
        key=key,
        origin=at(key),
        name=name,
        vpcs=Listing(vpcs, more_vpcs),
        records=Listing(records, more),
    )
    return found


def a_record(
    name: Maybe[Text],
    *values: Text,
    type: Maybe[str] = "A",  # noqa: A002
    alias: Maybe[str] = "",
    more: tuple[Unknown, ...] = (),
) -> Record:
    """A record."""
    return Record(
        origin=at(f"record {name}"), name=name, type=type, values=Listing(values, more), alias=alias
    )


def a_file_system(estate: Estate, key: str = "efs", id: str = "fs-1") -> FileSystem:  # noqa: A002
    """A file system."""
    estate.file_systems[key] = found = FileSystem(key=key, origin=at(key), id=id, arn=f"arn {id}")
    return found


def a_mount_target(
    estate: Estate,
    key: str = "mount",
    subnet: Maybe[str] = "subnet",
    *,
    groups: tuple[str, ...] | Listing[str] = ("efs-group",),
    file_system: Maybe[str] = "efs",
    addresses: Maybe[Addresses] | None = None,
) -> MountTarget:
    """A mount target of the file system "efs"."""
    estate.mount_targets[key] = found = MountTarget(
        key=key,
        origin=at(key),
        file_system=file_system,
        subnet=subnet,
        groups=Listing(groups) if isinstance(groups, tuple) else groups,
        addresses=addresses,
    )
    return found


def a_source(
    subnet: str = "subnet",
    *groups: str,
    public_ip: Maybe[bool] = False,
    key: str = "service",
    more_groups: tuple[Unknown, ...] = (),
    addresses: Maybe[Addresses] | None = None,
) -> Source:
    """A task's interface, in the group "task" unless told otherwise."""
    return Source(
        key=key,
        subnet=subnet,
        groups=Listing(groups or ("task",), more_groups),
        public_ip=public_ip,
        addresses=addresses,
    )


def an_open_network() -> Estate:
    """A VPC with one subnet, and a group "task" that lets everything out."""
    estate = an_estate()
    a_vpc(estate)
    a_subnet(estate)
    a_group(estate, "task", egress=(a_rule("0.0.0.0/0", ALL_TRAFFIC),))
    a_group(estate, "endpoint-group", ingress=(a_rule("10.0.0.0/16"),))
    a_group(estate, "efs-group", ingress=(a_rule("task", tcp(2049)),))
    return estate
