"""Route tables, sorted for questions: the lanes that lead out of a table, and which addresses take them.

https://docs.aws.amazon.com/vpc/latest/userguide/route-tables-priority.html
"""

from collections.abc import Iterable

import msgspec

from pullproof.model.addresses import Addresses, Cidr, blocks, of_cidr
from pullproof.model.endpoints import EndpointType
from pullproof.model.ranges import Ranges
from pullproof.model.text import shown
from pullproof.model.value import Maybe, Origin, Unknown, Why
from pullproof.model.vpc import Route, TargetKind
from pullproof.reach.ground import Ground, remembered
from pullproof.reach.lists import Managed, meaning
from pullproof.reach.views import View, views

#: Among equal prefixes the lower number wins. A static route for a whole block of the VPC replaces
#: the implied local one.
STATIC, IMPLIED, LISTED, PROPAGATED = range(4)
#: How many routes a message names before it only counts.
NAMED = 6


class Lane(msgspec.Struct, frozen=True, kw_only=True):
    """One way on from a route table: what the packet is handed to.

    `kind` None is no way on: nothing matches, or, with `unknown`, nobody knows what.
    """

    table: str
    says: str
    kind: TargetKind | None = None
    ref: str = ""
    unknown: Unknown | None = None
    blackhole: Maybe[bool] = False
    cites: tuple[Origin, ...] = ()

    def same(self, other: "Lane") -> bool:
        """Whether both certainly lead to the same place."""
        return (
            self.unknown is None
            and other.unknown is None
            and (self.kind, self.ref, self.blackhole) == (other.kind, other.ref, other.blackhole)
        )


class Way(msgspec.Struct, frozen=True):
    """A lane for one block of addresses; with `maybe`, it may not be there at all."""

    prefix: int
    priority: int
    addresses: Ranges
    lane: Lane
    maybe: Unknown | None = None


class Listed(msgspec.Struct, frozen=True):
    """A lane for the addresses in one of AWS's own prefix lists."""

    of: Managed
    lane: Lane
    maybe: Unknown | None = None


class Table(msgspec.Struct, frozen=True):
    """A route table. `anywhere` are lanes whose destination is not known."""

    key: str
    ways: tuple[Way, ...]
    listed: tuple[Listed, ...]
    anywhere: tuple[tuple[Lane, Unknown], ...]
    says: str


@remembered
def table(ground: Ground, key: str, vpc: str) -> Table:
    """The route table of a VPC's subnet, with the local routes and those of gateway endpoints."""
    held = ground.estate.route_tables[key]
    ways: list[Way] = list(_local(ground, key, vpc))
    listed = [
        _associated(view, key)
        for view in views(ground, vpc, EndpointType.GATEWAY)
        if key in view.endpoint.route_tables.items or view.endpoint.route_tables.open
    ]
    anywhere = [(_nowhere(key, why, "a route not known"), why) for why in held.routes.open]
    for route in held.routes.items:
        lane = _lane(key, route)
        if isinstance(route.destination, Cidr):
            if route.destination.family == 4:
                ways.append(_way(route.destination, route, lane))
            continue
        if isinstance(route.destination, Unknown):
            anywhere.append((lane, route.destination))
            continue
        match meaning(ground, route.destination.ref, key):
            case Unknown() as why:
                anywhere.append((lane, why))
            case Managed() as managed:
                listed.append(Listed(managed, lane))
            case entries:
                ways += (_way(block, route, lane, LISTED) for block in blocks(Addresses(v4=entries)))
    lanes = (*(way.lane for way in ways), *(each.lane for each in listed), *(lane for lane, _ in anywhere))
    return Table(key, tuple(ways), tuple(listed), tuple(anywhere), _says(lanes))


def _way(block: Cidr, route: Route, lane: Lane, priority: int = STATIC) -> Way:
    return Way(block.prefix, PROPAGATED if route.propagated else priority, of_cidr(block).v4, lane)


def _local(ground: Ground, key: str, vpc: str) -> list[Way]:
    """The implied routes between the subnets of a VPC."""
    held = ground.estate.vpcs[vpc]
    if isinstance(held.blocks, Unknown):
        return []
    return [
        Way(
            block.prefix,
            IMPLIED,
            of_cidr(block).v4,
            Lane(table=key, says=f"{block} local", kind=TargetKind.LOCAL, ref=vpc, cites=(held.origin,)),
        )
        for block in blocks(Addresses(v4=held.blocks.v4))
    ]


def _lane(key: str, route: Route) -> Lane:
    to = _to(route)
    target = route.target
    if isinstance(target, Unknown):
        return _nowhere(key, target, f"{to} to something not known", route.origin)
    if isinstance(target.ref, Unknown):
        return _nowhere(key, target.ref, f"{to} to a {target.kind.value} not known", route.origin)
    says = f"{to} to {target.ref or target.kind.value}"
    return Lane(
        table=key,
        says=says,
        kind=target.kind,
        ref=target.ref,
        blackhole=route.blackhole,
        cites=(route.origin,),
    )


def _nowhere(key: str, why: Unknown, says: str, *cites: Origin) -> Lane:
    return Lane(table=key, says=says, unknown=why, cites=cites)


def _associated(view: View, key: str) -> Listed:
    endpoint = view.endpoint
    certain = key in endpoint.route_tables.items
    maybe = view.maybe if certain or view.maybe is not None else endpoint.route_tables.open[0]
    lane = Lane(
        table=key,
        says=f"{shown(view.suffix)} prefix list to {endpoint.key}",
        kind=TargetKind.GATEWAY_ENDPOINT,
        ref=endpoint.key,
        cites=(endpoint.origin,),
    )
    return Listed(Managed(view.suffix, view.region), lane, maybe)


def settled(ways: list[Way]) -> list[Way]:
    """In the order in which they win. Of two for the same block the first only may win.

    https://docs.aws.amazon.com/vpc/latest/userguide/route-tables-priority.html
    """
    found: list[Way] = []
    for way in sorted(ways, key=lambda way: (-way.prefix, way.addresses, way.priority)):
        last = found[-1] if found else None
        if last is not None and _same_block(last, way) and not last.lane.same(way.lane):
            found[-1] = msgspec.structs.replace(last, maybe=_conflict(last.lane, way.lane))
        found.append(way)
    return found


def _same_block(a: Way, b: Way) -> bool:
    return (a.prefix, a.addresses, a.priority) == (b.prefix, b.addresses, b.priority)


def _conflict(a: Lane, b: Lane) -> Unknown:
    return Unknown(
        Why.CONFLICT,
        f"which of two routes of {a.table} wins: {a.says}, or {b.says}",
        a.table,
        f"remove one of the two routes from {a.table}",
    )


def _to(route: Route) -> str:
    if isinstance(route.destination, Cidr):
        return str(route.destination)
    if isinstance(route.destination, Unknown) or isinstance(route.destination.ref, Unknown):
        return "a destination not known"
    return route.destination.ref


def _says(routes: Iterable[Lane]) -> str:
    """All the routes in words, for the message that none of them helps."""
    words = [lane.says for lane in routes]
    more = f" and {len(words) - NAMED} more" if len(words) > NAMED else ""
    return ", ".join(words[:NAMED]) + more if words else "the local one"
