"""The way through the internet: a NAT gateway, or a public address for the tasks.

https://docs.aws.amazon.com/vpc/latest/userguide/vpc-nat-gateway.html
https://docs.aws.amazon.com/vpc/latest/userguide/VPC_Internet_Gateway.html
"""

from pullproof.model.addresses import Addresses, Cidr, blocks, cidr
from pullproof.model.edits import (
    AddInternetGateway,
    AddNatGateway,
    AddRouteTable,
    AddSubnet,
    AssignPublicIp,
    Edit,
    SetRoute,
    new,
)
from pullproof.model.gateways import NatGateway
from pullproof.model.value import Unknown
from pullproof.model.vpc import RouteTable, Subnet, Target, TargetKind, Vpc
from pullproof.prove.gaps import Gap
from pullproof.repair.scene import Move, Scene, Stands, Ways, held

ANY = cidr("0.0.0.0/0")
#: The smallest subnet that AWS makes. https://docs.aws.amazon.com/vpc/latest/userguide/subnet-sizing.html
SMALLEST = 28


def public_ip(gap: Gap, scene: Scene) -> Ways:
    """A public address for the tasks, where their subnet leads to an internet gateway."""
    table = scene.table(scene.subnet(gap))
    launch = scene.estate.launches.get(gap.launch)
    if table is None or launch is None or not scene.public(table):
        return Stands(
            f"{gap.subnet} has no route to an internet gateway, without which a public address is no help",
            "pullproof fix --via endpoints, or --via nat",
        )
    if launch.public_ip is True:
        return Stands(f"{gap.launch} has a public address already", "see what else is in the way")
    return (Move((AssignPublicIp(launch=gap.launch),)),)


def nat(gap: Gap, scene: Scene) -> Ways:
    """A default route to a NAT gateway: one that the VPC has, else a new one."""
    subnet = scene.subnet(gap)
    table, vpc = scene.table(subnet), scene.vpc(gap)
    if subnet is None or table is None or vpc is None:
        return Stands(
            "the route table of the subnet is not in the input", "add the configuration that holds it"
        )
    if scene.public(table):
        return Stands(
            f"{subnet.key} leads to an internet gateway: its tasks cannot use a NAT gateway from there",
            "pullproof fix --via public-ip, or put the tasks in a private subnet",
        )
    if vpc.unseen is not None:
        return Stands(f"{vpc.key} is not made by this input", "pass the input that makes it")
    existing = _existing(scene, vpc)
    current = _current(scene, table)
    if current is not None and _worth_mending(scene, current):
        return _reach_internet(scene, vpc, current)
    if existing is not None:
        return (Move((_to_nat(table, existing.key),)),)
    return _made(scene, vpc, table, subnet)


def _to_nat(table: RouteTable, key: str) -> SetRoute:
    return SetRoute(table=table.key, destination=ANY, target=Target(TargetKind.NAT_GATEWAY, key))


def _current(scene: Scene, table: RouteTable) -> NatGateway | None:
    """The NAT gateway that a table's default route names."""
    for route in table.routes.items:
        target = route.target
        if route.destination == ANY and isinstance(target, Target) and target.kind is TargetKind.NAT_GATEWAY:
            return scene.estate.nat_gateways.get(held(target.ref))
    return None


def _existing(scene: Scene, vpc: Vpc) -> NatGateway | None:
    """A NAT gateway of the VPC that has a way to the internet."""
    for nat_gateway in sorted(scene.estate.nat_gateways.values(), key=lambda one: one.key):
        subnet = scene.estate.subnets.get(held(nat_gateway.subnet))
        if (
            nat_gateway.public is True
            and nat_gateway.available is not False
            and subnet is not None
            and subnet.vpc == vpc.key
            and scene.public(scene.table(subnet))
        ):
            return nat_gateway
    return None


def _worth_mending(scene: Scene, gateway: NatGateway) -> bool:
    """Whether a NAT gateway would do, were its subnet public: not where tasks run in that subnet."""
    here = held(gateway.subnet)
    tasks_here = any(here in launch.subnets.items for launch in scene.estate.launches.values())
    return gateway.public is True and gateway.available is not False and not tasks_here


def _reach_internet(scene: Scene, vpc: Vpc, gateway: NatGateway) -> Ways:
    """The NAT gateway's own subnet on a table that leads to an internet gateway."""
    subnet = scene.estate.subnets.get(held(gateway.subnet))
    if subnet is None:
        return Stands(
            f"it is not known where {gateway.key} is", "add the configuration that holds its subnet"
        )
    internet, made = _internet_gateway(scene, vpc)
    others = [one for one in scene.in_table(held(subnet.route_table)) if one.key != subnet.key]
    table = scene.table(subnet)
    if table is not None and not others and table.key != vpc.main_route_table:
        return (Move((*made, _to_internet(table.key, internet))),)
    name = scene.names.name("public", vpc.key)
    edits = (AddRouteTable(name=name, vpc=vpc.key, subnets=(subnet.key,)), _to_internet(new(name), internet))
    return (Move((*made, *edits)),)


def _to_internet(table: str, gateway: str) -> SetRoute:
    return SetRoute(table=table, destination=ANY, target=Target(TargetKind.INTERNET_GATEWAY, gateway))


def _internet_gateway(scene: Scene, vpc: Vpc) -> tuple[str, tuple[Edit, ...]]:
    """The VPC's internet gateway, made where there is none."""
    for gateway in sorted(scene.estate.internet_gateways.values(), key=lambda one: one.key):
        if gateway.vpc == vpc.key and not gateway.egress_only:
            return gateway.key, ()
    name = scene.names.name("internet", vpc.key)
    return new(name), (AddInternetGateway(name=name, vpc=vpc.key),)


def _made(scene: Scene, vpc: Vpc, table: RouteTable, subnet: Subnet) -> Ways:
    """A new NAT gateway, in a public subnet of the VPC; that is made too where there is none.

    One serves all tasks of the VPC: a second one is for resilience, and a matter of taste and money.
    """
    name = scene.names.name("nat", vpc.key)
    subnet = _first_asking(scene, vpc, subnet)
    public = _public_subnet(scene, vpc, subnet)
    if public is not None:
        return (Move((AddNatGateway(name=name, subnet=public.key), _to_nat(table, new(name)))),)
    block = free_block(scene, vpc)
    if block is None:
        return Stands(
            f"{vpc.key} has no public subnet for a NAT gateway, and no room for one",
            f"add a block to {vpc.key}, or make room in it",
        )
    internet, made = _internet_gateway(scene, vpc)
    place = scene.names.name("public", vpc.key)
    zone = held(subnet.zone)
    if not zone:
        return Stands(f"the zone of {subnet.key} is not known", "write the zone of the subnet")
    edits = (
        *made,
        AddSubnet(name=place, vpc=vpc.key, block=block, zone=zone),
        AddRouteTable(name=f"{place}_routes", vpc=vpc.key, subnets=(new(place),)),
        _to_internet(new(f"{place}_routes"), internet),
        AddNatGateway(name=name, subnet=new(place)),
        _to_nat(table, new(name)),
    )
    return (Move(edits),)


def _first_asking(scene: Scene, vpc: Vpc, subnet: Subnet) -> Subnet:
    """Of the subnets of a VPC that lack something, the first, so that all of them get the same gateway."""
    asking = [one for gap in scene.gaps if (one := scene.subnet(gap)) is not None and one.vpc == vpc.key]
    return min((subnet, *asking), key=lambda one: one.key)


def _public_subnet(scene: Scene, vpc: Vpc, near: Subnet) -> Subnet | None:
    """A subnet that leads to an internet gateway: of the same zone rather than of another."""
    found = [
        one
        for one in scene.estate.subnets.values()
        if one.vpc == vpc.key and scene.public(scene.table(one)) and one.ipv6_only is False
    ]
    found.sort(key=lambda one: (one.zone != near.zone, one.key))
    return found[0] if found else None


def free_block(scene: Scene, vpc: Vpc) -> Cidr | None:
    """The last block of the smallest size that no subnet of the VPC uses; None where none is certain."""
    if isinstance(vpc.blocks, Unknown):
        return None
    used = Addresses()
    for subnet in scene.estate.subnets.values():
        if subnet.vpc == vpc.key or isinstance(subnet.vpc, Unknown):
            if isinstance(subnet.blocks, Unknown):
                return None
            used |= subnet.blocks
    for block in reversed(blocks(Addresses(v4=(vpc.blocks - used).v4))):
        if block.prefix <= SMALLEST:
            size = 1 << (block.bits - SMALLEST)
            return Cidr(4, block.last + 1 - size, SMALLEST)
    return None
