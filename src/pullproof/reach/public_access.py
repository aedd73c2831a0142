"""VPC Block Public Access: the account's switch before every internet gateway, and its exclusions.

Where the input shows no such switch, it is taken to be off, which is how AWS delivers accounts.
https://docs.aws.amazon.com/vpc/latest/userguide/security-vpc-bpa-basics.html
"""

from pullproof.evidence import Gate, Hop, Step
from pullproof.model.value import Unknown
from pullproof.model.vpc import PublicAccessBlock, Vpc
from pullproof.reach.doubts import not_modelled
from pullproof.reach.ground import Ground
from pullproof.reach.trip import Leg, Sender
from pullproof.reach.words import hop_of, step_of


def public_access(ground: Ground, leg: Leg) -> tuple[Hop, ...]:
    """The hops of the switches that are not off."""
    return tuple(hop_of(_step(ground, switch, leg)) for switch in switches(ground, leg.vpc))


def switches(ground: Ground, vpc: Vpc) -> tuple[PublicAccessBlock, ...]:
    """The switches that are not off, and may be those of a VPC's account and region."""
    blocks = ground.estate.public_access_blocks.values()
    return tuple(
        block for block in blocks if _is_switch(block) and block.mode != "off" and _is_for(block, vpc)
    )


def _is_switch(block: PublicAccessBlock) -> bool:
    """Whether it is the account's switch, or may be: exclusions allow, and name what they are for."""
    if isinstance(block.only, Unknown):
        return isinstance(block.mode, Unknown) or not block.mode.startswith("allow-")
    return block.only == ""


def _is_for(switch: PublicAccessBlock, vpc: Vpc) -> bool:
    """Whether the switch may be that of the VPC's region and account."""
    pairs = ((switch.region, vpc.region), (switch.account, vpc.account))
    return all(
        isinstance(here, Unknown) or isinstance(there, Unknown) or here in ("", there) or there == ""
        for here, there in pairs
    )


def _step(ground: Ground, switch: PublicAccessBlock, leg: Leg) -> Step:
    excluded = _excluded(ground, leg)
    if isinstance(excluded, PublicAccessBlock):
        says = f"{excluded.key} excludes this from {switch.key}"
        return step_of(Gate.PUBLIC_ACCESS, switch.key, says, cites=(excluded.origin,))
    if isinstance(switch.mode, Unknown):
        says = f"it is not known what {switch.key} blocks"
        return step_of(Gate.PUBLIC_ACCESS, switch.key, says, unknown=switch.mode)
    if switch.mode == "block-ingress" and leg.trip.sender is Sender.NAT:
        return step_of(Gate.PUBLIC_ACCESS, switch.key, "lets NAT gateways out", cites=(switch.origin,))
    if isinstance(excluded, Unknown):
        says = f"it is not known whether this is excluded from {switch.key}"
        return step_of(Gate.PUBLIC_ACCESS, switch.key, says, unknown=excluded)
    says = f"{switch.key} ({switch.mode}) stops traffic through internet gateways"
    return step_of(Gate.PUBLIC_ACCESS, switch.key, says, code="public-access-blocked", cites=(switch.origin,))


def _excluded(ground: Ground, leg: Leg) -> PublicAccessBlock | Unknown | None:
    """The exclusion that applies, the reason why one may, or None.

    Both kinds of exclusion let connections out. One of the VPC counts, and so do those of both the
    source's subnet and the one that leads out; AWS does not say what one of these two alone is worth.
    """
    exclusions = [block for block in ground.estate.public_access_blocks.values() if not _is_switch(block)]
    by_place = {block.only: block for block in exclusions if isinstance(block.only, str)}
    if (whole := by_place.get(leg.vpc.key)) is not None:
        return whole
    ends = [by_place.get(place) for place in dict.fromkeys((leg.trip.start, leg.subnet.key))]
    found = [end for end in ends if end is not None]
    if found and len(found) == len(ends):
        return found[-1]
    unsure = next((block.only for block in exclusions if isinstance(block.only, Unknown)), None)
    if not found:
        return unsure
    return not_modelled(
        f"whether {found[0].key} is enough for traffic between {leg.trip.start} and {leg.subnet.key}",
        found[0].key,
        "exclude the VPC, or both the subnet of the sender and that of the NAT gateway",
    )
