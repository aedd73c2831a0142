"""From one subnet onward: through its border, by its route table, to whatever the table names."""

from msgspec.structs import replace

from pullproof.evidence import Gate, Hop, Via
from pullproof.model.estate import look_up
from pullproof.model.value import Unknown
from pullproof.model.vpc import Subnet, TargetKind
from pullproof.reach.arrival import arrive, attached
from pullproof.reach.crossing import across, reply, request
from pullproof.reach.delivery import deliver
from pullproof.reach.doubts import not_modelled
from pullproof.reach.ends import blackhole, dead_end, nothing_matches, unknown_end
from pullproof.reach.gateway_endpoint import through_gateway_endpoint
from pullproof.reach.ground import Ground, remembered
from pullproof.reach.instance import through_interface
from pullproof.reach.internet import through_internet_gateway
from pullproof.reach.nat import through_nat
from pullproof.reach.party import Dest, Side
from pullproof.reach.passages import Passage, chosen, pieces, returned, soft_hop
from pullproof.reach.peering import through_peering
from pullproof.reach.peers import Link
from pullproof.reach.routes import forks
from pullproof.reach.transit import through_transit
from pullproof.reach.trip import Leg, Travel, Trip
from pullproof.reach.words import hop_of, step_of


@remembered
def depart(ground: Ground, subnet: str, dest: Dest, trip: Trip) -> tuple[Passage, ...]:
    """All passages from an interface in a subnet to a destination, there and back.

    The estate holds the subnet.
    """
    if dest.subnet == subnet and not trip.box:
        return (Passage(via=Via.LOCAL, link=Link.JOINED),)
    if dest.adrift is not None:
        return (_adrift(subnet, dest, dest.adrift),)
    held = ground.estate.subnets[subnet]
    table = look_up(ground.estate.route_tables, held.route_table, "the route table", subnet)
    if isinstance(table, Unknown):
        found = _no_table(held, table, dest, trip, ground)
    else:
        found = onward(ground, subnet, table.key, dest, trip)
    outside = across(ground, subnet, request(trip.flow, Side.OUT), dest)
    inside = across(ground, subnet, reply(trip.flow, Side.IN, trip.ports), dest)
    if isinstance(held.blocks, Unknown) and not (dest.named or dest.subnet):
        # The addresses may be in this very subnet, whose ACL is then not asked.
        outside, inside = soft_hop(outside, held.blocks), soft_hop(inside, held.blocks)
    return tuple(
        passage
        if passage.aimless
        else replace(passage.after((outside,), _into(ground, subnet, passage, inside)), quiet=False)
        for passage in found
    )


def _into(ground: Ground, subnet: str, passage: Passage, inside: Hop) -> tuple[Hop, ...]:
    """The reply enters the subnet it is for, unless it skips the ACL."""
    if passage.quiet:
        return ()
    # By another way than the request's it may come from an interface of a transit gateway in this subnet.
    return returned(passage, (inside,)) if attached(ground, subnet) else (inside,)


def onward(ground: Ground, subnet: str, table: str, dest: Dest, trip: Trip) -> tuple[Passage, ...]:
    """All passages from inside a subnet, by a route table."""
    held = ground.estate.subnets[subnet]
    vpc = ground.vpc(held)
    if isinstance(vpc, Unknown):
        return _no_table(held, vpc, dest, trip, ground)
    found: list[Passage] = []
    for fork in forks(ground, table, vpc.key, dest):
        part = dest.only(fork.addresses)
        legs = (Leg(subnet=held, vpc=vpc, lane=lane, dest=part, trip=trip) for lane in fork.lanes)
        found += chosen([_take(ground, leg) for leg in legs], table, fork.doubts)
    return pieces(tuple(found), table, dest.why)


def _take(ground: Ground, leg: Leg) -> tuple[Passage, ...]:
    """Whatever the lane leads to."""
    lane = leg.lane
    if lane.unknown is not None:
        found = unknown_end(leg, lane.unknown, f"{lane.says}: where it leads is not known")
        return (replace(found, quiet=True),)  # perhaps to a transit gateway in this subnet
    if lane.kind is None:
        return (nothing_matches(ground, leg),)
    if lane.blackhole is True:
        return (blackhole(leg, f"{lane.ref or lane.kind.value} is gone"),)
    match lane.kind:
        case TargetKind.LOCAL:
            return _local(ground, leg)
        case TargetKind.INTERNET_GATEWAY:
            return through_internet_gateway(ground, leg)
        case TargetKind.NAT_GATEWAY:
            return through_nat(ground, leg, TRAVEL)
        case TargetKind.GATEWAY_ENDPOINT:
            return through_gateway_endpoint(ground, leg)
        case TargetKind.INTERFACE:
            return through_interface(ground, leg, TRAVEL)
        case TargetKind.PEERING:
            return through_peering(ground, leg)
        case TargetKind.TRANSIT_GATEWAY:
            return through_transit(ground, leg, TRAVEL)
        case TargetKind.EGRESS_ONLY_GATEWAY:
            return (dead_end(ground, leg, f"{lane.ref} carries IPv6 only"),)
        case _:
            return (_not_modelled(leg, lane.kind),)


def _local(ground: Ground, leg: Leg) -> tuple[Passage, ...]:
    """The local route, which leads to this VPC's own interfaces and no others."""
    dest = leg.dest
    if leg.trip.box:
        why = not_modelled(
            f"traffic from {leg.trip.box} to {dest.label}", leg.lane.table, "check this hop by hand"
        )
        return (unknown_end(leg, why, f"{leg.trip.box} sends it on inside {leg.vpc.key}"),)
    if dest.home not in ("", leg.vpc.key):
        return (
            dead_end(ground, leg, f"{leg.lane.says} keeps it in {leg.vpc.key}, and it is for {dest.home}"),
        )
    return deliver(ground, leg, leg.vpc, Link.JOINED, via=Via.LOCAL)


def _no_table(subnet: Subnet, why: Unknown, dest: Dest, trip: Trip, ground: Ground) -> tuple[Passage, ...]:
    """The route table, or the VPC, is not shown. Within the VPC there is a local route all the same."""
    says = f"it is not known how {subnet.key} routes"
    step = step_of(Gate.ROUTE_TABLE, subnet.key, says, unknown=why)
    if dest.subnet and dest.home == subnet.vpc and not trip.box:
        return (arrive(ground, dest.subnet, trip, Link.JOINED, Via.LOCAL).after((hop_of(step),)),)
    return (Passage(out=(hop_of(step, dead_end=True),), ends=True, quiet=True),)


def _adrift(subnet: str, dest: Dest, why: Unknown) -> Passage:
    says = f"it is not known in which subnet {dest.at} is"
    step = step_of(Gate.ROUTE_TABLE, subnet, says, unknown=why)
    return Passage(out=(hop_of(step),), via=Via.LOCAL, link=Link.UNSURE)


def _not_modelled(leg: Leg, kind: TargetKind) -> Passage:
    lane = leg.lane
    why = not_modelled(
        f"where {lane.ref} ({kind.value}) leads",
        lane.table,
        f"what lies behind a {kind.value} is not modelled: check by hand that {leg.dest.label} is reached through it",
    )
    gate = GATES.get(kind, Gate.ROUTE_TABLE)
    leaves = "it leaves AWS, and " if kind is TargetKind.VPN_GATEWAY else ""
    return unknown_end(leg, why, f"{lane.says}: {leaves}what lies behind it is not modelled", gate, lane.ref)


GATES = {TargetKind.VPN_GATEWAY: Gate.VPN_GATEWAY, TargetKind.FIREWALL_ENDPOINT: Gate.FIREWALL}
TRAVEL = Travel(depart, onward)
