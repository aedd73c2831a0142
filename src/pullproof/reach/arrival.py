"""Arriving at an interface in a subnet, and the way replies find back out of it."""

from pullproof.evidence import Gate, Hop, Step, Via
from pullproof.model.estate import look_up
from pullproof.model.value import Unknown
from pullproof.model.vpc import TargetKind
from pullproof.reach.crossing import across, reply, request
from pullproof.reach.doubts import not_modelled
from pullproof.reach.ground import Ground, remembered
from pullproof.reach.party import Party, Side
from pullproof.reach.passages import Passage, soft_hop
from pullproof.reach.peers import Link
from pullproof.reach.routes import Fork, forks
from pullproof.reach.trip import Back, Trip
from pullproof.reach.words import hop_of, step_of
from pullproof.verdict import Verdict

#: Targets that never hand a reply back to a private address in another VPC; any other detour may.
LOSING = frozenset(
    {
        TargetKind.LOCAL,
        TargetKind.INTERNET_GATEWAY,
        TargetKind.EGRESS_ONLY_GATEWAY,
        TargetKind.NAT_GATEWAY,
    }
)


def arrive(ground: Ground, subnet: str, trip: Trip, link: Link, via: Via) -> Passage:
    """Into a subnet through its border, and the reply out of it again."""
    inside = across(ground, subnet, request(trip.flow, Side.IN), trip.client)
    return Passage(out=(inside,), back=back_out(ground, subnet, trip), via=via, link=link, turns=subnet)


def back_out(ground: Ground, subnet: str, trip: Trip) -> tuple[Hop, ...]:
    """The reply leaves a subnet: its route table, then its ACL."""
    route = _route_back(ground, subnet, trip.client, trip.back)
    outside = across(ground, subnet, reply(trip.flow, Side.OUT, trip.ports), trip.client)
    if route.unknown is not None and attached(ground, subnet):
        # Perhaps to the transit gateway's interface in this very subnet.
        outside = soft_hop(outside, route.unknown)
    return hop_of(route), outside


def attached(ground: Ground, subnet: str) -> bool:
    """Whether a transit gateway may have an interface in a subnet: what it hands on there meets no ACL.

    https://docs.aws.amazon.com/vpc/latest/tgw/tgw-nacls.html
    """
    if ground.open("TransitAttachment"):
        return True
    every = ground.estate.transit_attachments.values()
    return any(subnet in each.subnets.items or bool(each.subnets.open) for each in every)


@remembered
def _route_back(ground: Ground, subnet: str, client: Party, back: Back) -> Step:
    """Whether the route table of a subnet sends replies back the way the request came."""
    held = ground.estate.subnets[subnet]
    table = look_up(ground.estate.route_tables, held.route_table, "the route table", subnet)
    vpc = ground.vpc(held)
    if isinstance(table, Unknown):
        return _lost(subnet, table)
    if isinstance(vpc, Unknown):
        return _lost(subnet, vpc)
    answers = [(fork, _leads(fork, back)) for fork in forks(ground, table.key, vpc.key, client)]
    verdicts = {verdict for _, verdict in answers}
    if verdicts == {Verdict.WORKS}:
        lane = answers[0][0].lanes[-1]
        return step_of(Gate.ROUTE_TABLE, table.key, f"replies go back: {lane.says}", cites=lane.cites)
    if verdicts == {Verdict.FAILS} or (Verdict.FAILS in verdicts and client.exact):
        lane = next(fork.lanes[-1] for fork, verdict in answers if verdict is Verdict.FAILS)
        code = "blackhole-route" if lane.blackhole is True else "no-route"
        says = f"{table.key} does not send replies back to {client.label} through {back[1]}: {lane.says}"
        partial = len(verdicts) > 1
        return step_of(Gate.ROUTE_TABLE, table.key, says, code=code, partial=partial, cites=lane.cites)
    return _lost(
        table.key, next((_reason(fork, back) for fork, v in answers if v is Verdict.UNKNOWN), client.why)
    )


def _lost(at: str, why: Unknown | None) -> Step:
    says = "it is not known how replies go back"
    return step_of(Gate.ROUTE_TABLE, at, says, unknown=why)


def _leads(fork: Fork, back: Back) -> Verdict:
    """Whether these addresses of the client are sent back the way they came."""
    lane = fork.lanes[-1]
    if fork.doubts or lane.unknown is not None or isinstance(lane.blackhole, Unknown):
        return Verdict.UNKNOWN
    if lane.kind is None or lane.blackhole:
        return Verdict.FAILS
    if lane.kind is back[0] and (lane.ref == back[1] or lane.kind is TargetKind.LOCAL):
        return Verdict.WORKS
    return Verdict.FAILS if lane.kind in LOSING else Verdict.UNKNOWN


def _reason(fork: Fork, back: Back) -> Unknown:
    lane = fork.lanes[-1]
    for why in (*fork.doubts, lane.unknown, lane.blackhole):
        if isinstance(why, Unknown):
            return why
    return not_modelled(
        f"whether replies sent by {lane.says} come back",
        lane.table,
        f"route them through {back[1]}, the way the request came",
    )
