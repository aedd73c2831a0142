"""Route tables: inline routes, separate ones, and the tables that nobody writes."""

from collections.abc import Sequence

from pullproof.model.addresses import Cidr, cidr
from pullproof.model.text import OPEN, sole_hole
from pullproof.model.value import Listing, Maybe, Origin, Unknown, Why
from pullproof.model.vpc import ListRef, Route, RouteTable, Target, TargetKind
from pullproof.sources.terraform.tree import Resource, Some, Value
from pullproof.sources.terraform.world import World, at, blocks_of, given, written

TABLES = ("aws_route_table", "aws_default_route_table", "data.aws_route_table")

#: Arguments of a route that name its target, and the kind they ask for. The provider takes some ids in
#: `gateway_id` that belong elsewhere, so the kind of what is named decides where that is known.
TARGETS = {
    "gateway_id": TargetKind.INTERNET_GATEWAY,
    "nat_gateway_id": TargetKind.NAT_GATEWAY,
    "egress_only_gateway_id": TargetKind.EGRESS_ONLY_GATEWAY,
    "network_interface_id": TargetKind.INTERFACE,
    "instance_id": TargetKind.INTERFACE,
    "vpc_peering_connection_id": TargetKind.PEERING,
    "transit_gateway_id": TargetKind.TRANSIT_GATEWAY,
    "vpc_endpoint_id": TargetKind.FIREWALL_ENDPOINT,
    "carrier_gateway_id": TargetKind.CARRIER_GATEWAY,
    "local_gateway_id": TargetKind.LOCAL_GATEWAY,
    "core_network_arn": TargetKind.CORE_NETWORK,
}

BY_TYPE = {
    "aws_internet_gateway": TargetKind.INTERNET_GATEWAY,
    "aws_nat_gateway": TargetKind.NAT_GATEWAY,
    "aws_egress_only_internet_gateway": TargetKind.EGRESS_ONLY_GATEWAY,
    "aws_vpn_gateway": TargetKind.VPN_GATEWAY,
    "aws_network_interface": TargetKind.INTERFACE,
    "aws_instance": TargetKind.INTERFACE,
    "aws_vpc_peering_connection": TargetKind.PEERING,
    "aws_vpc_peering_connection_accepter": TargetKind.PEERING,
    "aws_ec2_transit_gateway": TargetKind.TRANSIT_GATEWAY,
    "aws_vpc_endpoint": TargetKind.FIREWALL_ENDPOINT,
    "aws_networkfirewall_firewall": TargetKind.FIREWALL_ENDPOINT,
}

BY_PREFIX = {
    "igw": TargetKind.INTERNET_GATEWAY,
    "nat": TargetKind.NAT_GATEWAY,
    "eigw": TargetKind.EGRESS_ONLY_GATEWAY,
    "vgw": TargetKind.VPN_GATEWAY,
    "eni": TargetKind.INTERFACE,
    "i": TargetKind.INTERFACE,
    "pcx": TargetKind.PEERING,
    "tgw": TargetKind.TRANSIT_GATEWAY,
    "vpce": TargetKind.FIREWALL_ENDPOINT,
    "cagw": TargetKind.CARRIER_GATEWAY,
    "lgw": TargetKind.LOCAL_GATEWAY,
}

DESTINATIONS = ("cidr_block", "destination_cidr_block", "ipv6_cidr_block", "destination_ipv6_cidr_block")
LISTS = ("destination_prefix_list_id",)


def adapt_routes(world: World) -> None:
    """Fill in every route table of the input."""
    separate, strays = _separate(world)
    gone = _gone(world)
    for resource in world.of(*TABLES):
        if resource.data and world.same(resource) != resource.address:
            continue
        key = resource.address
        world.estate.route_tables[key] = RouteTable(
            key=key,
            origin=at(resource),
            vpc=_vpc(world, resource),
            routes=_routes(world, resource, separate.pop(key, ()), strays, gone),
        )
    for vpc in world.estate.vpcs.values():
        table = vpc.main_route_table
        if isinstance(table, str) and table not in world.tree.resources:
            world.estate.route_tables[table] = RouteTable(
                key=table,
                origin=Origin(vpc.key, table.removeprefix(f"{vpc.key}.")),
                vpc=vpc.key,
                routes=Listing(tuple(separate.pop(table, ())), tuple(strays)),
            )


def _separate(world: World) -> tuple[dict[str, list[Route]], list[Unknown]]:
    """The `aws_route` resources by table, and those whose table is not known."""
    found: dict[str, list[Route]] = {}
    strays: list[Unknown] = []
    for resource in world.of("aws_route"):
        table = world.key(resource.values.get("route_table_id"), resource, "route_table_id")
        if isinstance(table, Unknown):
            strays.append(table)
        else:
            found.setdefault(table, []).append(route(world, resource, resource.values, at(resource)))
    for resource in world.of("aws_vpn_gateway_route_propagation"):
        table = world.key(resource.values.get("route_table_id"), resource, "route_table_id")
        if isinstance(table, Unknown):
            strays.append(table)
        else:
            found.setdefault(table, []).append(_learned(resource))
    return found, strays


def _gone(world: World) -> dict[str, set[str]]:
    """Destinations of separate routes that the plan takes away or changes, by table."""
    found: dict[str, set[str]] = {}
    for resource in world.deleted("aws_route"):
        table = world.key(resource.values.get("route_table_id"), resource, "route_table_id")
        if isinstance(table, str):
            destination = _destination(world, resource, resource.values)
            found.setdefault(table, set()).add(str(destination))
    return found


def _routes(
    world: World,
    resource: Resource,
    separate: Sequence[Route],
    strays: list[Unknown],
    gone: dict[str, set[str]],
) -> Listing[Route]:
    inline = written(resource, "routes" if resource.data else "route")
    blocks = blocks_of(inline)
    known: list[Route] = []
    opened = list(strays)
    if isinstance(blocks, Unknown):
        opened.append(blocks)
    else:
        known = [
            route(world, resource, block, at(resource, f"route[{index}]"))
            for index, block in enumerate(blocks)
            if block.get("gateway_id") != "local"
        ]
    if separate and known and resource.written is not None and "route" in resource.written:
        # Inline routes are the whole table: Terraform takes separate ones away and puts them back.
        # https://registry.terraform.io/providers/hashicorp/aws/latest/docs/resources/route_table
        opened += [_conflict(resource, other.origin.address) for other in separate]
    elif not resource.data:
        # What an existing table shows is how it was before: its separate routes are known better.
        replaced = {*gone.get(resource.address, ()), *(str(one.destination) for one in separate)}
        known = [one for one in known if str(one.destination) not in replaced] + list(separate)
    if given(written(resource, "propagating_vgws")):
        known.append(_learned(resource))
    return Listing(tuple(known), tuple(opened))


def _learned(resource: Resource) -> Route:
    """Routes that a virtual private gateway adds; which, only the other side knows."""
    gateway = Unknown(
        Why.NOT_IN_INPUT,
        f"the routes that a VPN gateway propagates by {resource.address}",
        resource.address,
        "propagated routes come from the other side of the VPN: check the live account",
    )
    return Route(
        origin=at(resource),
        destination=gateway,
        target=Target(TargetKind.VPN_GATEWAY, gateway),
        propagated=True,
    )


def route(world: World, resource: Resource, values: dict[str, Value], origin: Origin) -> Route:
    """One route, inline or of its own."""
    target, gone = _target(world, resource, values)
    return Route(
        origin=origin,
        destination=_destination(world, resource, values),
        target=target,
        blackhole=gone or values.get("state") == "blackhole",
        propagated=values.get("propagated") is True,
    )


def _destination(world: World, resource: Resource, values: dict[str, Value]) -> Cidr | ListRef | Unknown:
    for name in DESTINATIONS:
        value = values.get(name)
        if isinstance(value, Unknown):
            return value
        if isinstance(value, str) and value:
            if OPEN in value:
                if value == f"\ue000{resource.address}.{name}\ue001":
                    continue
                return world.unknown(resource, name)
            try:
                return cidr(value)
            except ValueError:
                return world.unreadable(resource, name, value)
    value = values.get(LISTS[0])
    return (
        ListRef(world.key(value, resource, LISTS[0]))
        if given(value)
        else world.unknown(resource, "destination")
    )


def _target(world: World, resource: Resource, values: dict[str, Value]) -> tuple[Maybe[Target], bool]:
    """The target, and whether this plan takes it away."""
    for name, kind in TARGETS.items():
        value = values.get(name)
        if isinstance(value, Unknown | Some):
            return value if isinstance(value, Unknown) else value.reason, False
        if not isinstance(value, str) or not value or sole_hole(value) == f"{resource.address}.{name}":
            continue
        if value == "local":
            return Target(TargetKind.LOCAL, ""), False
        gone = value in world.gone
        key = world.gone[value] if gone else world.key(value, resource, name)
        return Target(_kind(world, key, value, kind), key), gone
    return world.unknown(resource, "target"), False


def _kind(world: World, key: Maybe[str], value: str, asked: TargetKind) -> TargetKind:
    found = world.tree.resources.get(key) if isinstance(key, str) else None
    if found is None and OPEN in value:
        found = world.owner(sole_hole(value))[0]
    if found is not None:
        return BY_TYPE.get(found.type, asked)
    return BY_PREFIX.get(value.partition("-")[0], asked)


def _vpc(world: World, resource: Resource) -> Maybe[str]:
    value = written(resource, "vpc_id")
    if value is None and resource.type == "aws_default_route_table":
        for vpc in world.estate.vpcs.values():
            if vpc.main_route_table == resource.address:
                return vpc.key
        return world.unknown(resource, "vpc_id")
    return world.key(value, resource, "vpc_id")


def _conflict(resource: Resource, other: str) -> Unknown:
    return Unknown(
        Why.CONFLICT,
        f"the routes of {resource.address}, which has routes inline and by {other}",
        resource.address,
        f"write the routes of {resource.address} either inline or as resources, not both",
    )
