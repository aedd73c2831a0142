"""Transit gateways: in by the attachment of one VPC, out by that of another, and back.

https://docs.aws.amazon.com/vpc/latest/tgw/how-transit-gateways-work.html
"""

from collections.abc import Iterator

import msgspec

from pullproof.evidence import Gate, Hop, Step, Via
from pullproof.model.estate import look_up
from pullproof.model.gateways import TransitAttachment
from pullproof.model.value import Unknown
from pullproof.model.vpc import Subnet, TargetKind, Vpc
from pullproof.reach.arrival import back_out
from pullproof.reach.crossing import across, request
from pullproof.reach.doubts import not_modelled
from pullproof.reach.ends import dead_end, end, route_hop, unknown_end
from pullproof.reach.ground import Ground
from pullproof.reach.party import Side
from pullproof.reach.passages import Passage, doubted, pieces, returned
from pullproof.reach.peers import Link
from pullproof.reach.placement import same_zone
from pullproof.reach.transit_back import handed_out, port_of, taken_up, which_zone
from pullproof.reach.transit_tables import Exit, exits
from pullproof.reach.trip import Leg, Sender, Travel
from pullproof.reach.words import hop_of, step_of
from pullproof.verdict import Verdict


def through_transit(ground: Ground, leg: Leg, travel: Travel) -> tuple[Passage, ...]:
    """By a transit gateway to wherever its route tables lead."""
    key, trip = leg.lane.ref, leg.trip
    gateway = look_up(ground.estate.transit_gateways, key, "the transit gateway", leg.lane.table)
    if isinstance(gateway, Unknown):
        return (_quiet(_lost(leg, gateway, f"{key} is not shown")),)
    if trip.sender is not Sender.INTERFACE:
        why = not_modelled(
            f"traffic from {trip.box or 'another VPC'} over {key}", leg.lane.table, "check this hop by hand"
        )
        return (_quiet(_lost(leg, why, f"it is not known what {key} does with it")),)
    near = _attachment(ground, leg)
    if isinstance(near, Unknown):
        return (_quiet(_lost(leg, near, f"it is not known how {leg.vpc.key} is attached to {key}")),)
    if near is None:
        return (dead_end(ground, leg, f"{leg.vpc.key} is not attached to {key}"),)
    entry = port_of(ground, leg.subnet, near)
    if isinstance(entry, Unknown):
        return (_quiet(_lost(leg, entry, f"it is not known whether {near.key} has a subnet in this zone")),)
    if entry is None:
        return (dead_end(ground, leg, f"{near.key} has no subnet in the zone of {leg.subnet.key}"),)
    inside = across(ground, entry.key, request(trip.flow, Side.IN), trip.client)
    hops = (route_hop(leg.lane, leg.dest), inside)
    return tuple(
        passage.after(hops, (), Via.TRANSIT_GATEWAY)
        for there in _across(ground, leg, near, travel)
        for passage in handed_out(ground, leg, near, entry, there)
    )


def _across(ground: Ground, leg: Leg, near: TransitAttachment, travel: Travel) -> tuple[Passage, ...]:
    """Through the route table that the near attachment is associated with."""
    if near.table == "":
        return (dead_end(ground, leg, f"{near.key} is associated with no route table", near.key),)
    table = look_up(ground.estate.transit_tables, near.table, "the transit gateway route table", near.key)
    if isinstance(table, Unknown):
        return (_lost(leg, table, f"the route table of {near.key} is not shown"),)
    parts, doubts = exits(ground, table.key, leg.dest)
    found: list[Passage] = []
    for addresses, exit_ in parts:
        here = msgspec.structs.replace(leg, dest=leg.dest.only(addresses))
        found += _out(ground, here, near, exit_, travel)
    return doubted(pieces(tuple(found), table.key, leg.dest.why), table.key, doubts)


def _out(
    ground: Ground, leg: Leg, near: TransitAttachment, exit_: Exit, travel: Travel
) -> tuple[Passage, ...]:
    """Out by another attachment, into its VPC."""
    table = str(near.table)
    if exit_.blackhole is True:
        return (end(leg, "blackhole-route", table, f"{table} drops it: {exit_.says}"),)
    if exit_.attachment == "":
        return (dead_end(ground, leg, exit_.says, table),)
    far = look_up(ground.estate.transit_attachments, exit_.attachment, "the attachment", table)
    if isinstance(far, Unknown):
        return (_lost(leg, far, exit_.says),)
    if far.vpc == "":
        return _beyond(ground, leg, near, far, exit_, travel)
    vpc = look_up(ground.estate.vpcs, far.vpc, "the VPC", far.key)
    if isinstance(vpc, Unknown):
        return (_lost(leg, vpc, f"the VPC of {far.key} is not shown"),)
    hop = Hop(at=leg.lane.ref, gate=Gate.TRANSIT_GATEWAY, steps=(_exit_step(leg, exit_),))
    back = hop_of(_way_back(ground, leg, near, far))
    into = _into(ground, leg, vpc, far, travel)
    return tuple(passage.after((hop,), returned(passage, (back,))) for passage in into)


def _beyond(  # noqa: PLR0917 - both attachments, and the way between them
    ground: Ground,
    leg: Leg,
    near: TransitAttachment,
    far: TransitAttachment,
    exit_: Exit,
    travel: Travel,
) -> tuple[Passage, ...]:
    """Out by an attachment of something else than a VPC: on through another transit gateway, or away.

    https://docs.aws.amazon.com/vpc/latest/tgw/tgw-peering.html
    """
    if far.peer == "":
        behind = f"{far.behind}, by {far.key}" if far.behind else far.key
        why = not_modelled(
            f"what lies behind {behind}",
            far.key,
            f"check by hand that {leg.dest.label} is reached through it",
        )
        return (_lost(leg, why, exit_.says),)
    peer = look_up(ground.estate.transit_attachments, far.peer, "the other end", far.key)
    if isinstance(peer, Unknown):
        return (_lost(leg, peer, exit_.says),)
    key = peer.gateway
    if isinstance(key, Unknown):
        return (_lost(leg, key, exit_.says),)
    if key in (leg.lane.ref, *leg.passed):
        return (dead_end(ground, leg, f"{far.key} leads back to {key}, in a circle", far.key),)
    zone = not_modelled(f"which zone {key} delivers in", peer.key, "give its attachments one subnet each")
    there = msgspec.structs.replace(
        leg,
        lane=msgspec.structs.replace(leg.lane, ref=key),
        trip=msgspec.structs.replace(leg.trip, zone=zone),
        passed=(*leg.passed, leg.lane.ref),
    )
    hop = Hop(at=leg.lane.ref, gate=Gate.TRANSIT_GATEWAY, steps=(_exit_step(leg, exit_),))
    back = hop_of(_way_back(ground, leg, near, far))
    # In which zone a peered gateway hands replies on, nobody says.
    beyond = (msgspec.structs.replace(each, turns="") for each in _across(ground, there, peer, travel))
    return tuple(passage.after((hop,), returned(passage, (back,))) for passage in beyond)


def _exit_step(leg: Leg, exit_: Exit) -> Step:
    why = exit_.blackhole if isinstance(exit_.blackhole, Unknown) else None
    return step_of(Gate.TRANSIT_GATEWAY, leg.lane.ref, exit_.says, unknown=why, cites=exit_.cites)


def _way_back(ground: Ground, leg: Leg, near: TransitAttachment, far: TransitAttachment) -> Step:
    """The reply, through the route table that the far attachment is associated with."""
    at, client = leg.lane.ref, leg.trip.client
    if far.table == "":
        says = f"{far.key} is associated with no route table, so replies are dropped"
        return step_of(Gate.TRANSIT_GATEWAY, at, says, code="no-route", resource=far.key)
    table = look_up(ground.estate.transit_tables, far.table, "the transit gateway route table", far.key)
    if isinstance(table, Unknown):
        return step_of(Gate.TRANSIT_GATEWAY, at, "it is not known how replies go back", unknown=table)
    parts, doubts = exits(ground, table.key, client)
    wrong = [exit_ for _, exit_ in parts if exit_.attachment != near.key or exit_.blackhole is not False]
    if not wrong and not doubts:
        return step_of(
            Gate.TRANSIT_GATEWAY, at, f"replies go back: {parts[0][1].says}", cites=parts[0][1].cites
        )
    dropped = [exit_ for exit_ in wrong if exit_.attachment == "" or exit_.blackhole is True]
    if dropped and not doubts and (client.exact or len(dropped) == len(parts)):
        code = "blackhole-route" if dropped[0].blackhole is True else "no-route"
        says = f"{table.key} does not send replies back to {client.label}: {dropped[0].says}"
        partial = len(dropped) < len(parts)
        return step_of(
            Gate.TRANSIT_GATEWAY,
            at,
            says,
            code=code,
            resource=table.key,
            partial=partial,
            cites=dropped[0].cites,
        )
    elsewhere = not_modelled(
        f"whether {table.key} leads replies back", table.key, f"send them back to {near.key}"
    )
    reasons = (*doubts, *_unknowns(wrong), *(() if client.why is None else (client.why,)), elsewhere)
    says = "it is not known how replies go back"
    return step_of(Gate.TRANSIT_GATEWAY, at, says, unknown=reasons[0])


def _into(ground: Ground, leg: Leg, vpc: Vpc, far: TransitAttachment, travel: Travel) -> tuple[Passage, ...]:
    """From the far attachment's subnets on to the destination.

    The gateway stays in the sender's zone where the attachment has a subnet in it; elsewhere, and in appliance
    mode, it picks.
    """
    subnets = [ground.subnet(key, far.key) for key in far.subnets.items]
    known = [subnet for subnet in subnets if isinstance(subnet, Subnet)]
    answers = [(subnet, same_zone(subnet.zone, leg.trip.zone)) for subnet in known]
    stays = [subnet for subnet, same in answers if same is Verdict.WORKS and far.appliance_mode is False]
    inside = stays or known
    trip = msgspec.structs.replace(
        leg.trip, sender=Sender.TRANSIT, back=(TargetKind.TRANSIT_GATEWAY, leg.lane.ref)
    )
    here = msgspec.structs.replace(leg, vpc=vpc, trip=trip)
    found = [passage for subnet in inside for passage in _from(ground, here, far, subnet, travel)]
    if len(inside) == len(known):
        doubts = [subnet for subnet in subnets if isinstance(subnet, Unknown)]
        doubts += far.subnets.open
        if not found:
            says = f"{far.key} has no subnet"
            found = [_lost(here, doubts[0], says) if doubts else dead_end(ground, here, says, far.key)]
        why = which_zone(far) if len(inside) > 1 else None
        return doubted(pieces(tuple(found), far.key, why), far.key, doubts)
    return tuple(found)


def _from(
    ground: Ground, leg: Leg, far: TransitAttachment, subnet: Subnet, travel: Travel
) -> tuple[Passage, ...]:
    """From one subnet of the far attachment."""
    trip, dest = leg.trip, leg.dest
    link = Link.APART if dest.gate is Gate.INTERFACE_ENDPOINT else Link.UNSURE
    if dest.subnet == subnet.key:
        # Within one subnet only what the interface sends to the gateway meets the ACL, both its lists.
        back = back_out(ground, subnet.key, trip)
        here = Passage(back=back, via=Via.TRANSIT_GATEWAY, link=link, turns=subnet.key)
        return (here.after((), (taken_up(ground, leg, far, subnet, here),)),)
    table = look_up(ground.estate.route_tables, subnet.route_table, "the route table", subnet.key)
    if isinstance(table, Unknown):
        return (_lost(leg, table, f"the route table of {subnet.key} is not shown"),)
    outside = across(ground, subnet.key, request(trip.flow, Side.OUT), dest)
    return tuple(
        msgspec.structs.replace(
            passage.after((outside,), returned(passage, (taken_up(ground, leg, far, subnet, passage),))),
            link=link,
        )
        for passage in travel.onward(ground, subnet.key, table.key, dest, trip)
    )


def _attachment(ground: Ground, leg: Leg) -> TransitAttachment | Unknown | None:
    """The attachment of this VPC to the gateway; None when it certainly has none."""
    maybe: Unknown | None = next(iter(ground.open("TransitAttachment")), None)
    for attachment in ground.estate.transit_attachments.values():
        parts = (attachment.gateway, attachment.vpc)
        if parts == (leg.lane.ref, leg.vpc.key):
            return attachment
        mine = (
            isinstance(part, Unknown) or part == own
            for part, own in zip(parts, (leg.lane.ref, leg.vpc.key), strict=True)
        )
        if all(mine):
            maybe = next(part for part in parts if isinstance(part, Unknown))
    return maybe


def _quiet(passage: Passage) -> Passage:
    """The gateway may be attached in the sender's own subnet, so that its ACL is not asked about replies."""
    return msgspec.structs.replace(passage, quiet=True)


def _lost(leg: Leg, why: Unknown, says: str) -> Passage:
    return unknown_end(leg, why, says, Gate.TRANSIT_GATEWAY, leg.lane.ref)


def _unknowns(wrong: list[Exit]) -> Iterator[Unknown]:
    for exit_ in wrong:
        yield from (why for why in (exit_.attachment, exit_.blackhole) if isinstance(why, Unknown))
