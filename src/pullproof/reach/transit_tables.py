"""Transit gateway route tables: to which attachment addresses go.

The longest prefix wins; among equals a static route beats a propagated one.
https://docs.aws.amazon.com/vpc/latest/tgw/how-transit-gateways-work.html#tgw-route-evaluation-overview
"""

import msgspec

from pullproof.model import ranges
from pullproof.model.addresses import Addresses, blocks, of_cidr
from pullproof.model.estate import look_up
from pullproof.model.gateways import TransitRoute
from pullproof.model.ranges import Ranges
from pullproof.model.value import Maybe, Origin, Unknown
from pullproof.reach.doubts import not_modelled
from pullproof.reach.ground import Ground, remembered
from pullproof.reach.party import Party


class Exit(msgspec.Struct, frozen=True):
    """Where a table sends addresses: an attachment, nowhere (`""`), or into a black hole."""

    says: str
    attachment: Maybe[str] = ""
    blackhole: Maybe[bool] = False
    cites: tuple[Origin, ...] = ()


class Ways(msgspec.Struct, frozen=True):
    """The routes of a table by prefix, and why there may be others."""

    routes: tuple[tuple[int, int, Ranges, Exit], ...]
    doubts: tuple[Unknown, ...]


@remembered
def exits(
    ground: Ground, table: str, dest: Party
) -> tuple[tuple[tuple[Ranges, Exit], ...], tuple[Unknown, ...]]:
    """How a table splits a destination, and why it may do so differently."""
    ways = _ways(ground, table)
    left = dest.addresses
    found: dict[Exit, Ranges] = {}
    for _, _, addresses, exit_ in ways.routes:
        if hit := ranges.intersection(left, addresses):
            found[exit_] = ranges.union(found.get(exit_, ()), hit)
            left = ranges.difference(left, hit)
    if left:
        found[Exit(f"no route of {table} matches")] = left
    return tuple((addresses, exit_) for exit_, addresses in found.items()), ways.doubts


@remembered
def _ways(ground: Ground, table: str) -> Ways:
    held = ground.estate.transit_tables[table]
    doubts = [*held.routes.open, *held.propagations.open]
    routes = []
    for route in held.routes.items:
        if isinstance(route.destination, Unknown):
            doubts.append(route.destination)
        elif route.destination.family == 4:
            routes.append((-route.destination.prefix, 0, of_cidr(route.destination).v4, _static(route)))
    for key in held.propagations.items:
        found = _propagated(ground, key)
        if isinstance(found, Unknown):
            doubts.append(found)
        else:
            routes += found
    routes.sort(key=lambda way: way[:2])
    return Ways(tuple(routes), tuple(doubts))


def _static(route: TransitRoute) -> Exit:
    to = route.attachment if isinstance(route.attachment, str) else "an attachment not known"
    says = f"{route.destination} to {to}" if to else f"{route.destination} to nowhere"
    return Exit(says, route.attachment, route.blackhole, (route.origin,))


def _propagated(ground: Ground, key: str) -> list[tuple[int, int, Ranges, Exit]] | Unknown:
    """The blocks of a VPC whose attachment propagates, or why they are not known."""
    attachment = look_up(ground.estate.transit_attachments, key, "the attachment", key)
    if isinstance(attachment, Unknown):
        return attachment
    if attachment.vpc == "":
        return not_modelled(f"the routes that {key} propagates", key, "write its routes as static ones")
    vpc = look_up(ground.estate.vpcs, attachment.vpc, "the VPC", key)
    if isinstance(vpc, Unknown):
        return vpc
    if isinstance(vpc.blocks, Unknown):
        return vpc.blocks
    return [
        (
            -block.prefix,
            1,
            of_cidr(block).v4,
            Exit(f"{block} to {key} (propagated)", key, cites=(attachment.origin,)),
        )
        for block in blocks(Addresses(v4=vpc.blocks.v4))
    ]
