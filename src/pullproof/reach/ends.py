"""Where a walk ends before it arrives: no route, a route to something gone, or nobody knows what."""

from pullproof.evidence import Gate, Hop
from pullproof.model.endpoints import EndpointType
from pullproof.model.services import endpoint_name
from pullproof.model.text import shown
from pullproof.model.value import Origin, Unknown
from pullproof.reach.ground import Ground
from pullproof.reach.lists import same_region
from pullproof.reach.party import Dest
from pullproof.reach.passages import Passage
from pullproof.reach.tables import Lane, table
from pullproof.reach.trip import Leg, Sender
from pullproof.reach.views import views
from pullproof.reach.words import hop_of, step_of
from pullproof.verdict import Verdict


def route_hop(lane: Lane, dest: Dest) -> Hop:
    """The hop at a route table whose lane is taken."""
    says = f"{lane.says} takes {dest.label}"
    if isinstance(lane.blackhole, Unknown):
        step = step_of(Gate.ROUTE_TABLE, lane.table, says, unknown=lane.blackhole, cites=lane.cites)
    else:
        step = step_of(Gate.ROUTE_TABLE, lane.table, says, cites=lane.cites)
    return hop_of(step)


def unknown_end(leg: Leg, why: Unknown, says: str, gate: Gate = Gate.ROUTE_TABLE, at: str = "") -> Passage:
    """Nobody knows where the packet goes from here."""
    step = step_of(gate, at or leg.lane.table, says, unknown=why, cites=leg.lane.cites)
    hop = hop_of(step, dead_end=True)
    return Passage(
        out=(hop,) if gate is Gate.ROUTE_TABLE else (route_hop(leg.lane, leg.dest), hop), ends=True
    )


def blackhole(leg: Leg, says: str, cites: tuple[Origin, ...] = ()) -> Passage:
    """The route that wins points at something that is gone, or drops what it gets."""
    step = step_of(
        Gate.ROUTE_TABLE,
        leg.lane.table,
        f"{leg.lane.says} takes {leg.dest.label}: {says}",
        code="blackhole-route",
        cites=(*leg.lane.cites, *cites),
    )
    return Passage(out=(hop_of(step, dead_end=True),), ends=True)


def dead_end(ground: Ground, leg: Leg, says: str, resource: str = "") -> Passage:
    """There is no way on. `says` tells why, `resource` is the thing to change if not the route table."""
    trip, table_key = leg.trip, leg.lane.table
    resource = resource or table_key
    if trip.sender in (Sender.NAT, Sender.PRIVATE_NAT, Sender.INSTANCE):
        if trip.sender is Sender.PRIVATE_NAT:
            resource = trip.box
        return end(leg, "nat-not-public", resource, f"{trip.box} has no way to the internet: {says}")
    service = leg.dest.service
    if service is None or not service.endpoint:
        return end(leg, "no-route", resource, says)
    gateway = _gateway(ground, leg)
    if gateway:
        says = f"{gateway} is not associated with {table_key}, and {says}"
        return end(leg, "gateway-not-associated", table_key, says)
    name = endpoint_name(service.suffix.rstrip("+!"), leg.dest.region, ground.estate.partition)
    says = f"{trip.home} has no endpoint that answers for {shown(name)}, and {says}"
    return end(leg, "endpoint-missing", trip.home, says, aimless=True)


def nothing_matches(ground: Ground, leg: Leg) -> Passage:
    """No route of the table matches."""
    routes = table(ground, leg.lane.table, leg.vpc.key).says
    return dead_end(ground, leg, f"no route of {leg.lane.table} leads to {leg.dest.label}; it has {routes}")


def end(leg: Leg, code: str, resource: str, says: str, *, aimless: bool = False) -> Passage:
    """The walk ends here, for the reason that the code names."""
    step = step_of(Gate.ROUTE_TABLE, leg.lane.table, says, code=code, resource=resource, cites=leg.lane.cites)
    return Passage(out=(hop_of(step, dead_end=True),), ends=True, aimless=aimless)


def _gateway(ground: Ground, leg: Leg) -> str:
    """The key of a gateway endpoint that could carry this, were it on the table of the subnet."""
    service = leg.dest.service
    if service is None or not service.gateway or leg.vpc.key != leg.trip.home:
        return ""
    for view in views(ground, leg.vpc.key, EndpointType.GATEWAY):
        same = same_region(view.region, leg.dest.region)
        if view.maybe is None and view.suffix == service.gateway and same is Verdict.WORKS:
            return view.endpoint.key
    return ""
