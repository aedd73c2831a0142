"""Local routes: on to the interface's subnet, or to whichever subnets hold the addresses."""

from pullproof.evidence import Hop, Via
from pullproof.model import ranges
from pullproof.model.ranges import Ranges
from pullproof.model.value import Unknown
from pullproof.model.vpc import Vpc
from pullproof.reach.arrival import arrive
from pullproof.reach.ends import dead_end, route_hop, unknown_end
from pullproof.reach.ground import Ground
from pullproof.reach.passages import Passage, pieces
from pullproof.reach.peers import Link
from pullproof.reach.trip import Leg


def deliver(
    ground: Ground, leg: Leg, vpc: Vpc, link: Link, *, via: Via, through: tuple[Hop, ...] = ()
) -> tuple[Passage, ...]:
    """From a route table, and `through` what joins two VPCs, to the destination's subnets in a VPC."""
    hops = (route_hop(leg.lane, leg.dest), *through)
    if leg.dest.subnet:
        return (arrive(ground, leg.dest.subnet, leg.trip, link, via).after(hops),)
    found: list[Passage] = []
    left = leg.dest.addresses
    for subnet in ground.subnets_by_vpc.get(vpc.key, ()):
        if not isinstance(subnet.blocks, Unknown) and ranges.touches(left, subnet.blocks.v4):
            found.append(arrive(ground, subnet.key, leg.trip, link, via).after(hops))
            left = ranges.difference(left, subnet.blocks.v4)
    if left:
        found.append(_no_subnet(ground, leg, vpc, left))
    return pieces(tuple(found), leg.lane.table, leg.dest.why)


def _no_subnet(ground: Ground, leg: Leg, vpc: Vpc, left: Ranges) -> Passage:
    """No subnet that the input shows holds these addresses of the VPC."""
    mine = (subnet.blocks for subnet in ground.subnets_by_vpc.get(vpc.key, ()))
    others = (subnet.vpc for subnet in ground.subnets_by_vpc.get("", ()))
    for why in (*mine, *others, vpc.unseen, *ground.open("Subnet")):
        if isinstance(why, Unknown):
            return unknown_end(leg, why, f"it is not known which subnet of {vpc.key} has {leg.dest.label}")
    return dead_end(ground, leg, f"no subnet of {vpc.key} has {leg.dest.only(left).label}")
