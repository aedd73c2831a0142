"""Route tables as the kernel's: which links a VPC's fabric has, and where each table leads.

The fabric looks up in this order: routes more specific than the VPC's own blocks, then the VPC's own
interfaces, then the rest of the subnet's table. What no route covers goes into silence, as in AWS.
"""

from collections.abc import Iterator

import msgspec

from pullproof.lab.filters import INTERNET, SERVICES
from pullproof.lab.plan import Interface, Plan, Role, single
from pullproof.model.addresses import Cidr, of_cidr
from pullproof.model.endpoints import EndpointType
from pullproof.model.value import Unknown
from pullproof.model.vpc import ListRef, Route, Target, TargetKind

#: Numbers of the kernel's tables: those of specific routes, and the others, by subnet.
SPECIFIC, GENERAL = 10_000, 20_000
#: Who wins among routes for the same block: written, then prefix lists, then propagated.
#: https://docs.aws.amazon.com/vpc/latest/userguide/route-tables-priority.html
WRITTEN, LISTED, PROPAGATED = 0, 1, 2


class Way(msgspec.Struct, frozen=True):
    """A block and the link it leads to; "" is into silence."""

    block: Cidr
    link: str


class Ways:
    """Finds the ways out of one VPC's subnets."""

    def __init__(self, plan: Plan, vpc: str, peers: dict[str, str]) -> None:
        self.plan, self.vpc = plan, vpc
        self.estate = plan.estate
        self._link_of_peering = {peering: link for link, peering in peers.items()}
        self._s3 = single(plan.s3_in(vpc))

    def of(self, subnet: str) -> tuple[Way, ...]:
        """The ways of a subnet's table, one for a block."""
        key = self.estate.subnets[subnet].route_table
        table = None if isinstance(key, Unknown) else self.estate.route_tables.get(key)
        if table is None:
            return ()
        found: dict[Cidr, tuple[int, str]] = {}
        for rank, block, link in self._all(table.key, table.routes.items, subnet):
            if block not in found or rank < found[block][0]:
                found[block] = (rank, link)
        return tuple(Way(block, link) for block, (_, link) in found.items())

    def _all(self, table: str, routes: tuple[Route, ...], subnet: str) -> Iterator[tuple[int, Cidr, str]]:
        for route in routes:
            link = self._link(route, subnet)
            for rank, block in self._blocks(route):
                yield rank, block, link
        for endpoint in self.estate.endpoints.values():
            here = endpoint.type is EndpointType.GATEWAY and table in endpoint.route_tables.items
            if here and endpoint.service == self.plan.service(self.vpc, "s3"):
                yield from ((LISTED, block, SERVICES) for block in self._s3)

    def _blocks(self, route: Route) -> Iterator[tuple[int, Cidr]]:
        if isinstance(route.destination, Cidr):
            if route.destination.family == 4:
                yield PROPAGATED if route.propagated else WRITTEN, route.destination
        elif isinstance(route.destination, ListRef) and not isinstance(route.destination.ref, Unknown):
            held = self.estate.prefix_lists.get(route.destination.ref)
            if held is None:
                return
            if isinstance(held.name, str) and ".amazonaws." in f".{held.name}":
                if held.name == self.plan.service(self.vpc, "s3"):
                    yield from ((LISTED, block) for block in self._s3)
                return
            yield from ((LISTED, block) for block in single(held.entries))

    def _link(self, route: Route, subnet: str) -> str:
        """The link behind a route's target; "" where it leads nowhere."""
        target = route.target
        if route.blackhole is True or isinstance(target, Unknown) or isinstance(target.ref, Unknown):
            return ""
        find = _LINKS.get(target.kind)
        return "" if find is None else find(self, target, subnet)

    def _internet(self, target: Target, _: str) -> str:
        gateway = self.estate.internet_gateways.get(str(target.ref))
        return INTERNET if gateway is not None and gateway.vpc == self.vpc and not gateway.egress_only else ""

    def _owned(self, target: Target, _: str) -> str:
        """The interface of a NAT gateway or a box in this VPC."""
        return next((each.name for each in self.plan.of(str(target.ref)) if each.vpc == self.vpc), "")

    def _firewall(self, target: Target, subnet: str) -> str:
        """A firewall endpoint's interface in the sender's zone, else its first.

        That of a Gateway Load Balancer has one subnet; a Network Firewall has an endpoint in each of its
        zones, and tables are written so that each zone uses its own.
        https://docs.aws.amazon.com/network-firewall/latest/developerguide/arch-two-zone-igw.html
        """
        ref = str(target.ref)
        mine = tuple(
            each
            for each in self.plan.with_role(Role.FIREWALL)
            # An endpoint of a firewall is written as a part of the firewall's own status.
            if each.vpc == self.vpc and (ref == each.owner or ref.startswith(f"{each.owner}."))
        )
        near = _in_zone(self.plan, mine, self.estate.subnets[subnet].zone)
        return next((each.name for each in [*near, *mine]), "")

    def _peering(self, target: Target, _: str) -> str:
        return self._link_of_peering.get(str(target.ref), "")

    def _transit(self, target: Target, subnet: str) -> str:
        """The attachment's interface in the sender's Availability Zone.

        https://docs.aws.amazon.com/vpc/latest/tgw/tgw-vpc-attachments.html
        """
        zone = self.estate.subnets[subnet].zone
        for attachment in self.estate.transit_attachments.values():
            if attachment.gateway == target.ref and attachment.vpc == self.vpc:
                mine = self.plan.of(attachment.key)
                near = [each for each in mine if each.subnet == subnet]
                return next((each.name for each in [*near, *_in_zone(self.plan, mine, zone)]), "")
        return ""


def _in_zone(plan: Plan, found: tuple[Interface, ...], zone: object) -> list[Interface]:
    return [each for each in found if plan.estate.subnets[each.subnet].zone == zone]


_LINKS = {
    TargetKind.INTERNET_GATEWAY: Ways._internet,  # noqa: SLF001  # a table of its own methods
    TargetKind.NAT_GATEWAY: Ways._owned,  # noqa: SLF001
    TargetKind.INTERFACE: Ways._owned,  # noqa: SLF001
    TargetKind.FIREWALL_ENDPOINT: Ways._firewall,  # noqa: SLF001
    TargetKind.PEERING: Ways._peering,  # noqa: SLF001
    TargetKind.TRANSIT_GATEWAY: Ways._transit,  # noqa: SLF001
}


class Exit(msgspec.Struct, frozen=True):
    """Where a transit gateway sends a block that came in by a link: the attachment interface, or ""."""

    block: Cidr
    link: str


def transit_ways(plan: Plan, gateway: str, entry: Interface) -> tuple[Exit, ...]:
    """What a transit gateway does with what comes in by one of its interfaces."""
    estate = plan.estate
    came = estate.transit_attachments[entry.owner]
    table = None if isinstance(came.table, Unknown) else estate.transit_tables.get(came.table)
    if table is None or table.gateway != gateway:
        return ()
    zone = estate.subnets[entry.subnet].zone
    found: dict[Cidr, str] = {}
    for key in table.propagations.items:
        attachment = estate.transit_attachments.get(key)
        if attachment is not None and isinstance(attachment.vpc, str) and attachment.vpc in estate.vpcs:
            for block in single(estate.vpcs[attachment.vpc].blocks):
                found[block] = _leaving(plan, key, zone)
    for route in table.routes.items:
        if isinstance(route.destination, Cidr) and route.destination.family == 4:
            gone = route.blackhole is True or isinstance(route.attachment, Unknown)
            found[route.destination] = "" if gone else _leaving(plan, str(route.attachment), zone)
    return tuple(Exit(block, link) for block, link in found.items())


def _leaving(plan: Plan, attachment: str, zone: object) -> str:
    """The interface by which traffic leaves: in the zone it came from, else any.

    In appliance mode it is one for both ways of a flow, whatever zone it came from: here always the first.
    https://docs.aws.amazon.com/vpc/latest/tgw/transit-gateway-appliance-scenario.html
    """
    held = plan.estate.transit_attachments.get(attachment)
    every = [each for each in plan.of(attachment) if each.role is Role.TRANSIT]
    one = held is not None and held.appliance_mode is True
    near = [] if one else _in_zone(plan, tuple(every), zone)
    return next((each.name for each in [*near, *every]), "")


def is_specific(way: Way, owned: tuple[Cidr, ...]) -> bool:
    """Whether a way leads to a part of the VPC's own addresses: it wins over the local route."""
    return any(
        way.block.prefix > block.prefix and of_cidr(block).covers(of_cidr(way.block)) for block in owned
    )
