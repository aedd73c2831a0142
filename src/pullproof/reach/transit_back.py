"""Replies through transit gateways: in the Availability Zone that they come from, which need not be the request's.

A gateway keeps traffic in the zone in which it began, for as long as the attachment has a subnet there.
https://docs.aws.amazon.com/vpc/latest/tgw/how-transit-gateways-work.html
"""

import msgspec

from pullproof.evidence import Gate, Hop
from pullproof.model.gateways import TransitAttachment
from pullproof.model.value import Unknown
from pullproof.model.vpc import Subnet
from pullproof.reach.crossing import across, reply
from pullproof.reach.doubts import not_modelled, not_shown
from pullproof.reach.ground import Ground
from pullproof.reach.party import Side
from pullproof.reach.passages import Passage, doubted, pieces, returned, soft_hop
from pullproof.reach.placement import same_zone
from pullproof.reach.trip import Leg
from pullproof.reach.words import hop_of, step_of
from pullproof.verdict import Verdict


def port_of(ground: Ground, subnet: Subnet, attachment: TransitAttachment) -> Subnet | Unknown | None:
    """The attachment's subnet by which traffic of a subnet gets to the gateway; None when there certainly is none.

    https://docs.aws.amazon.com/vpc/latest/tgw/tgw-vpc-attachments.html
    """
    if subnet.key in attachment.subnets.items:
        return subnet
    maybe: Unknown | None = next(iter(attachment.subnets.open), None)
    for key in attachment.subnets.items:
        held = ground.subnet(key, attachment.key)
        if isinstance(held, Unknown):
            maybe = held
            continue
        same = same_zone(held.zone, subnet.zone)
        if same is Verdict.WORKS:
            return held
        if same is Verdict.UNKNOWN:
            maybe = which_zone(attachment)
    return maybe


def taken_up(ground: Ground, leg: Leg, far: TransitAttachment, entry: Subnet, passage: Passage) -> Hop:
    """The reply reaches the gateway: the ACL of the attachment's subnet in its zone, if it has one there.

    `entry` is the subnet by which the request came.
    """
    answered = reply(leg.trip.flow, Side.IN, leg.trip.ports)
    turned = ground.estate.subnets.get(passage.turns)
    if turned is None:
        hop = across(ground, entry.key, answered, leg.dest)
        alone = len(far.subnets.items) == 1 and not far.subnets.open
        return hop if alone else soft_hop(hop, which_zone(far))
    port = port_of(ground, turned, far)
    if isinstance(port, Subnet):
        return across(ground, port.key, answered, leg.dest)
    zone = f"the zone of {turned.key}"
    if port is None:
        says = f"{far.key} has no subnet in {zone}, so replies are dropped"
        return hop_of(step_of(Gate.TRANSIT_GATEWAY, leg.lane.ref, says, code="no-route", resource=far.key))
    says = f"it is not known whether {far.key} has a subnet in {zone}, which replies need"
    return hop_of(step_of(Gate.TRANSIT_GATEWAY, leg.lane.ref, says, unknown=port))


def handed_out(
    ground: Ground, leg: Leg, near: TransitAttachment, entry: Subnet, passage: Passage
) -> tuple[Passage, ...]:
    """The reply enters the sender's VPC: the ACL of the attachment's subnet by which it comes, unless that is
    the sender's own.

    https://docs.aws.amazon.com/vpc/latest/tgw/tgw-nacls.html
    """
    ports, why, doubts = _ports_back(ground, near, entry, passage)
    found = tuple(_by(ground, leg, port, passage) for port in ports)
    if len({each.quiet for each in found}) > 1 and _lets_replies_in(ground, leg):
        # Whether the sender's own ACL is asked makes no difference.
        found = tuple(msgspec.structs.replace(each, quiet=False) for each in found)
    return doubted(pieces(found, near.key, why), near.key, doubts)


def _by(ground: Ground, leg: Leg, port: Subnet, passage: Passage) -> Passage:
    if port.key == leg.subnet.key:
        return msgspec.structs.replace(passage, quiet=True)
    outside = across(ground, port.key, reply(leg.trip.flow, Side.OUT, leg.trip.ports), leg.trip.client)
    back = returned(passage, (outside,))
    return msgspec.structs.replace(passage.after((), back), quiet=False)


def _lets_replies_in(ground: Ground, leg: Leg) -> bool:
    inside = across(ground, leg.subnet.key, reply(leg.trip.flow, Side.IN, leg.trip.ports), leg.dest)
    return inside.verdict is Verdict.WORKS


def _ports_back(
    ground: Ground, near: TransitAttachment, entry: Subnet, passage: Passage
) -> tuple[list[Subnet], Unknown | None, tuple[Unknown, ...]]:
    """The attachment's subnets by which a reply may come, why it is not known by which, and by which others."""
    if passage.ends:
        return [entry], None, ()
    every = [ground.subnet(key, near.key) for key in near.subnets.items]
    known = [each for each in every if isinstance(each, Subnet)]
    hidden = (*(each for each in every if isinstance(each, Unknown)), *near.subnets.open)
    turned = ground.estate.subnets.get(passage.turns)
    if turned is not None and near.appliance_mode is False:
        # There is one in a zone at most.
        same = [each for each in known if same_zone(each.zone, turned.zone) is Verdict.WORKS]
        if same:
            return same[:1], None, ()
    if len(known) == 1:
        return known, None, hidden
    compared = turned is None or all(same_zone(each.zone, turned.zone) is Verdict.FAILS for each in known)
    return known or [entry], _picked(near) if compared else which_zone(near), hidden


def which_zone(attachment: TransitAttachment) -> Unknown:
    """It is not known in which zones an attachment's subnets are."""
    return not_shown(
        f"which subnet of {attachment.key} traffic takes",
        attachment.key,
        f"write the Availability Zones of the subnets of {attachment.key} so that they can be compared",
    )


def _picked(attachment: TransitAttachment) -> Unknown:
    """Nobody says which of an attachment's subnets the gateway takes: the zone is none of theirs, or not kept."""
    return not_modelled(
        f"which subnet of {attachment.key} replies come by",
        attachment.key,
        f"let the network ACLs of all subnets of {attachment.key} treat replies alike",
    )
