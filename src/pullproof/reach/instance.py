"""Interfaces that forward: NAT instances and appliances that a route points at.

The source/destination check must be off, and the interface's own groups let the traffic in and out
again. That what runs behind it forwards and translates is taken for granted.
https://docs.aws.amazon.com/vpc/latest/userguide/work-with-nat-instances.html
"""

import msgspec

from pullproof.evidence import Gate, Hop, Via
from pullproof.model.estate import look_up
from pullproof.model.gateways import NetworkInterface
from pullproof.model.value import Unknown
from pullproof.reach.doubts import not_modelled
from pullproof.reach.ends import blackhole, dead_end, route_hop, unknown_end
from pullproof.reach.ground import Ground
from pullproof.reach.groups import group_hop, question
from pullproof.reach.nat import border, of_another_vpc
from pullproof.reach.party import Party, Side
from pullproof.reach.passages import Passage
from pullproof.reach.peers import Link
from pullproof.reach.trip import Leg, Sender, Travel
from pullproof.reach.words import hop_of, step_of


def through_interface(ground: Ground, leg: Leg, travel: Travel) -> tuple[Passage, ...]:
    """On by an interface that forwards."""
    key = leg.lane.ref
    box = look_up(ground.estate.interfaces, key, "the network interface", leg.lane.table)
    if isinstance(box, Unknown):
        return (unknown_end(leg, box, f"{key} is not shown", Gate.NETWORK_INTERFACE, key),)
    if box.source_dest_check is True:
        says = f"{key} drops what is not addressed to it (source/destination check)"
        return (blackhole(leg, says, (box.origin,)),)
    subnet = ground.subnet(box.subnet, key)
    if isinstance(subnet, Unknown):
        return (unknown_end(leg, subnet, f"it is not known where {key} is", Gate.NETWORK_INTERFACE, key),)
    if elsewhere := of_another_vpc(leg, key, subnet.vpc):
        return (blackhole(leg, elsewhere, (box.origin,)),)
    if leg.trip.box == key:
        return (dead_end(ground, leg, f"{key} sends it back to itself"),)
    if leg.trip.box or leg.dest.home:
        why = _unmodelled(leg)
        return (unknown_end(leg, why, f"{key} takes it", Gate.NETWORK_INTERFACE, key),)
    addresses, bound = ground.extent(subnet)
    client = Party(id=key, label=key, addresses=addresses, exact=bound is None, why=bound, groups=box.groups)
    trip = msgspec.structs.replace(
        leg.trip, client=client, sender=Sender.INSTANCE, box=key, public_ip=box.public_ip, groups=box.groups
    )
    onward = travel.depart(ground, subnet.key, leg.dest, trip)
    into, back = border(ground, leg, subnet.key)
    hops = (route_hop(leg.lane, leg.dest), *into, *_own_groups(ground, leg, box))
    return tuple(
        msgspec.structs.replace(passage.after(hops, back, Via.NAT), turns=subnet.key) for passage in onward
    )


def _own_groups(ground: Ground, leg: Leg, box: NetworkInterface) -> tuple[Hop, ...]:
    """In through the interface's own groups, its check, and out through its groups again."""
    key, trip = box.key, leg.trip
    sender = msgspec.structs.replace(trip.client, id=f"{trip.client.id} {trip.groups}", groups=trip.groups)
    inside = question(box.groups, key, Side.IN, trip.flow, Link.JOINED)
    outside = question(box.groups, key, Side.OUT, trip.flow, Link.APART)
    if isinstance(box.source_dest_check, Unknown):
        says = f"it is not known whether {key} forwards what is not addressed to it"
        checked = step_of(Gate.NETWORK_INTERFACE, key, says, unknown=box.source_dest_check)
    else:
        says = f"{key} is taken to forward and translate: its source/destination check is off"
        checked = step_of(Gate.NETWORK_INTERFACE, key, says, cites=(box.origin,))
    return group_hop(ground, inside, sender), hop_of(checked), group_hop(ground, outside, leg.dest)


def _unmodelled(leg: Leg) -> Unknown:
    return not_modelled(
        f"what {leg.lane.ref} does with traffic to {leg.dest.label}",
        leg.lane.table,
        "appliances between private networks are not modelled: check this hop by hand",
    )
