"""VPC peering: from one VPC straight into the other, and never beyond.

https://docs.aws.amazon.com/vpc/latest/peering/vpc-peering-basics.html
"""

import msgspec

from pullproof.evidence import Gate, Step, Via
from pullproof.model import ranges
from pullproof.model.estate import look_up
from pullproof.model.gateways import Peering
from pullproof.model.value import Unknown
from pullproof.model.vpc import TargetKind, Vpc
from pullproof.reach.delivery import deliver
from pullproof.reach.doubts import not_modelled
from pullproof.reach.ends import blackhole, dead_end, unknown_end
from pullproof.reach.ground import Ground
from pullproof.reach.passages import Passage, pieces
from pullproof.reach.peers import Link
from pullproof.reach.trip import Leg, Sender
from pullproof.reach.words import hop_of, step_of


def through_peering(ground: Ground, leg: Leg) -> tuple[Passage, ...]:
    """Over a peering connection into the other VPC."""
    key = leg.lane.ref
    peering = look_up(ground.estate.peerings, key, "the peering connection", leg.lane.table)
    if isinstance(peering, Unknown):
        return (unknown_end(leg, peering, f"{key} is not shown", Gate.PEERING, key),)
    if peering.active is False:
        return (blackhole(leg, f"{key} is not active", (peering.origin,)),)
    far = _far(ground, peering, leg.vpc)
    if isinstance(far, Unknown):
        return (unknown_end(leg, far, f"it is not known where {key} leads", Gate.PEERING, key),)
    if far is None:
        return (blackhole(leg, f"{key} does not join {leg.vpc.key}", (peering.origin,)),)
    if leg.trip.sender is Sender.TRANSIT:
        return (dead_end(ground, leg, f"{key} carries nothing that comes from a third VPC"),)
    if leg.trip.box:
        why = not_modelled(
            f"traffic from {leg.trip.box} over {key}", leg.lane.table, "check this hop by hand"
        )
        return (unknown_end(leg, why, f"{leg.trip.box} sends on to {key}", Gate.PEERING, key),)
    return _into(ground, leg, peering, far)


def _into(ground: Ground, leg: Leg, peering: Peering, far: Vpc) -> tuple[Passage, ...]:
    """Only addresses of the other VPC get over."""
    dest = leg.dest
    if dest.home:
        inside = dest.addresses if dest.home == far.key else ()
    elif isinstance(far.blocks, Unknown):
        says = f"it is not known whether {dest.label} is in {far.key}"
        return (unknown_end(leg, far.blocks, says, Gate.PEERING, peering.key),)
    else:
        inside = ranges.intersection(dest.addresses, far.blocks.v4)
    found: list[Passage] = []
    if inside:
        trip = msgspec.structs.replace(leg.trip, back=(TargetKind.PEERING, peering.key))
        here = msgspec.structs.replace(leg, trip=trip, dest=dest.only(inside))
        link = _link(ground, leg.vpc, far)
        through = (hop_of(_step(peering, far)),)
        found += deliver(ground, here, far, link, via=Via.PEERING, through=through)
    if inside != dest.addresses:
        found.append(dead_end(ground, leg, f"{peering.key} carries only what is for {far.key}"))
    return pieces(tuple(found), leg.lane.table, dest.why)


def _step(peering: Peering, far: Vpc) -> Step:
    says = f"leads to {far.key}"
    if isinstance(peering.active, Unknown):
        return step_of(Gate.PEERING, peering.key, f"perhaps {says}", unknown=peering.active)
    return step_of(Gate.PEERING, peering.key, says, cites=(peering.origin,))


def _far(ground: Ground, peering: Peering, near: Vpc) -> Vpc | Unknown | None:
    """The VPC at the other end; None when the connection does not join this one."""
    ends = (peering.requester, peering.accepter)
    if near.key in ends:
        return look_up(ground.estate.vpcs, ends[1 - ends.index(near.key)], "the VPC", peering.key)
    return next((end for end in ends if isinstance(end, Unknown)), None)


def _link(ground: Ground, near: Vpc, far: Vpc) -> Link:
    """References to groups hold within one region only."""
    regions = {ground.region(near), ground.region(far)}
    if near.region == far.region or (len(regions) == 1 and "" not in regions):
        return Link.JOINED
    return Link.UNSURE if "" in regions else Link.APART
