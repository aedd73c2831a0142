"""NAT gateways: what leaves them has an address of theirs, and goes on from their own subnet.

https://docs.aws.amazon.com/vpc/latest/userguide/vpc-nat-gateway.html
"""

import msgspec

from pullproof.evidence import Gate, Hop, Via
from pullproof.model.estate import look_up
from pullproof.model.gateways import NatGateway
from pullproof.model.packets import EPHEMERAL_WIDE
from pullproof.model.ranges import Ranges
from pullproof.model.value import Maybe, Unknown
from pullproof.model.vpc import TargetKind
from pullproof.reach.arrival import back_out
from pullproof.reach.crossing import across, request
from pullproof.reach.doubts import not_modelled
from pullproof.reach.ends import blackhole, dead_end, route_hop, unknown_end
from pullproof.reach.ground import Ground
from pullproof.reach.internet import through_internet_gateway
from pullproof.reach.party import Party, Side
from pullproof.reach.passages import Passage
from pullproof.reach.tables import Lane
from pullproof.reach.trip import Leg, Sender, Travel, Trip
from pullproof.reach.words import hop_of, step_of


def through_nat(ground: Ground, leg: Leg, travel: Travel) -> tuple[Passage, ...]:
    """On by a NAT gateway."""
    key = leg.lane.ref
    nat = look_up(ground.estate.nat_gateways, key, "the NAT gateway", leg.lane.table)
    if isinstance(nat, Unknown):
        return (unknown_end(leg, nat, f"{key} is not shown", Gate.NAT_GATEWAY, key),)
    if nat.available is False:
        return (blackhole(leg, f"{key} is not available", (nat.origin,)),)
    if leg.trip.box:
        return (_again(ground, leg),)
    route = route_hop(leg.lane, leg.dest)
    if nat.subnet == "":
        found = _regional(ground, leg, nat, travel)
        return tuple(passage.after((route, _hop(nat)), (), Via.NAT) for passage in found)
    subnet = ground.subnet(nat.subnet, key)
    if isinstance(subnet, Unknown):
        return (unknown_end(leg, subnet, f"it is not known where {key} is", Gate.NAT_GATEWAY, key),)
    if elsewhere := of_another_vpc(leg, key, subnet.vpc):
        return (blackhole(leg, elsewhere, (nat.origin,)),)
    into, back = border(ground, leg, subnet.key)
    trip = _translated(leg.trip, nat, *ground.extent(subnet))
    found = travel.depart(ground, subnet.key, leg.dest, trip)
    return tuple(
        msgspec.structs.replace(passage.after((route, *into, _hop(nat)), back, Via.NAT), turns=subnet.key)
        for passage in found
    )


def of_another_vpc(leg: Leg, key: str, vpc: Maybe[str]) -> str:
    """That a target is not in the VPC of the route to it, which AWS refuses; else ""."""
    if isinstance(vpc, Unknown) or vpc == leg.vpc.key:
        return ""
    return f"{key} is in {vpc}, and a route of {leg.vpc.key} cannot lead there"


def border(ground: Ground, leg: Leg, subnet: str) -> tuple[tuple[Hop, ...], tuple[Hop, ...]]:
    """Into the subnet of a box that forwards, and its replies out of it; nothing within one subnet."""
    if subnet == leg.subnet.key:
        return (), ()
    inside = across(ground, subnet, request(leg.trip.flow, Side.IN), leg.trip.client)
    return (inside,), back_out(ground, subnet, leg.trip)


def _hop(nat: NatGateway) -> Hop:
    says = f"{nat.key} sends it on with an address of its own"
    if isinstance(nat.available, Unknown):
        return hop_of(step_of(Gate.NAT_GATEWAY, nat.key, f"perhaps {says}", unknown=nat.available))
    if isinstance(nat.public, Unknown):
        says = f"it is not known whether {nat.key} has a public address"
        return hop_of(step_of(Gate.NAT_GATEWAY, nat.key, says, unknown=nat.public))
    return hop_of(step_of(Gate.NAT_GATEWAY, nat.key, says, cites=(nat.origin,)))


def _translated(trip: Trip, nat: NatGateway, addresses: Ranges, why: Unknown | None) -> Trip:
    """The same flow, sent by the gateway: its ports are 1024-65535."""
    return msgspec.structs.replace(
        trip,
        client=Party(id=nat.key, label=nat.key, addresses=addresses, exact=why is None, why=why),
        ports=EPHEMERAL_WIDE,
        sender=Sender.PRIVATE_NAT if nat.public is False else Sender.NAT,
        box=nat.key,
    )


def _regional(ground: Ground, leg: Leg, nat: NatGateway, travel: Travel) -> tuple[Passage, ...]:
    """A regional NAT gateway has no subnet, and a route table of its own that leads to the internet.

    https://docs.aws.amazon.com/vpc/latest/userguide/nat-gateways-regional.html
    """
    trip = _translated(leg.trip, nat, (), None)
    if isinstance(nat.route_table, str) and nat.route_table:
        return travel.onward(ground, leg.subnet.key, nat.route_table, leg.dest, trip)
    lane = Lane(table=nat.key, says="its own route table", kind=TargetKind.INTERNET_GATEWAY)
    here = msgspec.structs.replace(leg, trip=trip, lane=lane)
    if isinstance(nat.route_table, Unknown):
        return (unknown_end(here, nat.route_table, f"the route table of {nat.key} is not known"),)
    gateways = [g for g in ground.estate.internet_gateways.values() if not g.egress_only]
    attached = [g for g in gateways if g.vpc == leg.vpc.key] or [
        g for g in gateways if isinstance(g.vpc, Unknown)
    ]
    if attached:
        lane = msgspec.structs.replace(lane, ref=attached[0].key)
        return through_internet_gateway(ground, msgspec.structs.replace(here, lane=lane))
    for why in (leg.vpc.unseen, *ground.open("InternetGateway")):
        if why is not None:
            return (unknown_end(here, why, f"{leg.vpc.key} may have an internet gateway"),)
    return (dead_end(ground, here, f"{leg.vpc.key} has no internet gateway"),)


def _again(ground: Ground, leg: Leg) -> Passage:
    """A route of the NAT gateway's own subnet leads to a NAT gateway."""
    if leg.lane.ref == leg.trip.box:
        return dead_end(ground, leg, f"{leg.lane.table} sends it back to {leg.lane.ref}")
    why = not_modelled(
        f"what becomes of traffic from {leg.trip.box} to {leg.lane.ref}",
        leg.lane.table,
        "give the first NAT gateway's subnet a route to an internet gateway",
    )
    return unknown_end(leg, why, f"{leg.trip.box} sends on to {leg.lane.ref}", Gate.NAT_GATEWAY, leg.lane.ref)
