"""From the internet to an interface by its public address, and the reply out again.

The gateway of its VPC translates the address; then the ACL of its subnet and its groups are asked about
a sender of which only this is known: it has a public address.
https://docs.aws.amazon.com/vpc/latest/userguide/VPC_Internet_Gateway.html
"""

import msgspec

from pullproof.evidence import Gate, Hop
from pullproof.model.value import Unknown
from pullproof.model.vpc import PublicAccessBlock, TargetKind
from pullproof.reach.arrival import back_out
from pullproof.reach.crossing import across, request
from pullproof.reach.doubts import PUBLIC, not_modelled
from pullproof.reach.ground import Ground
from pullproof.reach.groups import group_hop, question
from pullproof.reach.party import Party, Side
from pullproof.reach.peers import Link
from pullproof.reach.public_access import switches
from pullproof.reach.trip import Trip
from pullproof.reach.words import hop_of, step_of

SOMEBODY = Party(
    id="a public address",
    label="the sender's public address",
    addresses=PUBLIC,
    exact=False,
    why=not_modelled(
        "which public address the sender has",
        "the sender",
        "compare the public address that the flow comes from with what the other end lets in",
    ),
    named=True,
)


def from_outside(ground: Ground, trip: Trip, key: str) -> tuple[tuple[Hop, ...], tuple[Hop, ...]]:
    """The hops into an interface from the internet, and those of the reply."""
    held = ground.estate.interfaces[key]
    asked = question(held.groups, key, Side.IN, trip.flow, Link.APART)
    groups = group_hop(ground, asked, SOMEBODY)
    subnet = ground.subnet(held.subnet, key)
    if isinstance(subnet, Unknown):
        return (_nowhere(key, subnet), groups), ()
    vpc = ground.vpc(subnet)
    if isinstance(vpc, Unknown):
        return (_nowhere(key, vpc), groups), ()
    gateways = [one for one in ground.estate.internet_gateways.values() if not one.egress_only]
    gateway = next((one.key for one in gateways if one.vpc == vpc.key), "an internet gateway")
    entry = step_of(Gate.INTERNET_GATEWAY, gateway, f"translates it to {key} in {vpc.key}")
    inside = across(ground, subnet.key, request(trip.flow, Side.IN), SOMEBODY)
    trip = msgspec.structs.replace(trip, client=SOMEBODY, back=(TargetKind.INTERNET_GATEWAY, gateway))
    hops = (hop_of(entry), *(_blocked(key, one) for one in switches(ground, vpc)), inside, groups)
    return hops, back_out(ground, subnet.key, trip)


def _nowhere(key: str, why: Unknown) -> Hop:
    return hop_of(step_of(Gate.INTERNET_GATEWAY, key, f"it is not known where {key} is", unknown=why))


def _blocked(key: str, switch: PublicAccessBlock) -> Hop:
    """Both modes stop what comes from the internet, but for what is excluded."""
    why = not_modelled(
        f"whether {key} is excluded from {switch.key}",
        switch.key,
        f"check by hand whether {switch.key} stops what comes from the internet to {key}",
    )
    says = f"may stop what comes from the internet to {key}"
    return hop_of(step_of(Gate.PUBLIC_ACCESS, switch.key, says, unknown=why))
