"""Which lane of a route table takes which of a destination's addresses: the longest prefix wins, always.

https://docs.aws.amazon.com/vpc/latest/userguide/route-tables-priority.html
"""

from collections.abc import Iterator

import msgspec

from pullproof.model import ranges
from pullproof.model.addresses import Addresses, blocks, of_cidr
from pullproof.model.ranges import Ranges
from pullproof.model.value import Unknown
from pullproof.model.vpc import TargetKind
from pullproof.reach.doubts import PUBLIC, first_of, not_modelled
from pullproof.reach.ground import Ground, remembered
from pullproof.reach.lists import within
from pullproof.reach.party import Party
from pullproof.reach.tables import IMPLIED, LISTED, Lane, Listed, Table, Way, settled, table

#: The largest block a VPC may have. https://docs.aws.amazon.com/vpc/latest/userguide/vpc-cidr-blocks.html
LARGEST_VPC = 16
#: No block in AWS's own lists is larger; stands for the prefixes of a list whose entries are not known.
LARGEST_LISTED = 12
MOST_SPECIFIC = 32
#: The only targets that a route inside the VPC's own addresses may have, beside "local".
#: https://docs.aws.amazon.com/vpc/latest/userguide/VPC_Route_Tables.html
MIDDLEBOXES = (TargetKind.INTERFACE, TargetKind.NAT_GATEWAY, TargetKind.FIREWALL_ENDPOINT)


class Fork(msgspec.Struct, frozen=True):
    """Addresses that are taken alike: by the only lane, or by one of several, nobody knows which.

    The last lane is the one that takes them if no doubt is justified; `doubts` has one for each other.
    """

    addresses: Ranges
    lanes: tuple[Lane, ...]
    doubts: tuple[Unknown, ...] = ()


@remembered
def forks(ground: Ground, key: str, vpc: str, dest: Party) -> tuple[Fork, ...]:
    """How the route table of a VPC's subnet splits a destination."""
    held = table(ground, key, vpc)
    ways = settled([*_general(ground, held, vpc, dest), *_particular(held, dest)])
    found: dict[tuple[Lane, ...], Fork] = {}
    for fork in _assigned(key, dest.addresses, ways):
        fork = _agreed(fork, held)
        if (known := found.get(fork.lanes)) is not None:
            fork = Fork(ranges.union(known.addresses, fork.addresses), fork.lanes, fork.doubts)
        found[fork.lanes] = fork
    return tuple(found.values())


def _general(ground: Ground, held: Table, vpc: str, dest: Party) -> Iterator[Way]:
    """The lanes that are the same for every destination; local ones even if the blocks are not known."""
    why = ground.estate.vpcs[vpc].blocks
    if not isinstance(why, Unknown):
        yield from held.ways
        return
    lane = Lane(table=held.key, says="local", kind=TargetKind.LOCAL, ref=vpc)
    if dest.home != vpc:
        yield Way(MOST_SPECIFIC, IMPLIED, ranges.difference(dest.addresses, PUBLIC), lane, why)
        yield from held.ways
        return
    yield Way(LARGEST_VPC, IMPLIED, dest.addresses, lane)
    for way in held.ways:
        yield (
            way if way.prefix < LARGEST_VPC else msgspec.structs.replace(way, maybe=first_of(way.maybe, why))
        )


def _particular(held: Table, dest: Party) -> Iterator[Way]:
    """The lanes of AWS's own prefix lists, for those addresses of this destination that are in them."""
    for each in held.listed:
        sure, possible = within(each.of, dest)
        if each.maybe is None:
            unsure = ranges.difference(possible, sure)
        else:
            sure, unsure = (), possible
        if unsure:
            why = first_of(each.maybe, _in_list(each, dest))
            yield Way(MOST_SPECIFIC, LISTED, unsure, each.lane, why)
        if not dest.exact:
            yield Way(LARGEST_LISTED, LISTED, sure, each.lane)
            continue
        for block in blocks(Addresses(v4=sure)):
            yield Way(block.prefix, LISTED, of_cidr(block).v4, each.lane)


def _assigned(key: str, addresses: Ranges, ways: list[Way], start: int = 0) -> Iterator[Fork]:
    """Each way takes what it matches and earlier ones left; one that is not certain shares its part."""
    for place in range(start, len(ways)):
        way = ways[place]
        hit = ranges.intersection(addresses, way.addresses)
        if not hit:
            continue
        if way.maybe is None:
            yield Fork(hit, (way.lane,))
        else:
            for rest in _assigned(key, hit, ways, place + 1):
                yield Fork(rest.addresses, (way.lane, *rest.lanes), (way.maybe, *rest.doubts))
        addresses = ranges.difference(addresses, hit)
    if addresses:
        yield Fork(addresses, (Lane(table=key, says="no route"),))


def _agreed(fork: Fork, held: Table) -> Fork:
    """With the lanes whose destination is not known, and without those that make no difference."""
    last = fork.lanes[-1]
    lanes = (*held.anywhere, *zip(fork.lanes[:-1], fork.doubts, strict=True))
    differ = [(lane, why) for lane, why in lanes if not _no_difference(lane, last)]
    return Fork(fork.addresses, (*(lane for lane, _ in differ), last), tuple(why for _, why in differ))


def _no_difference(lane: Lane, last: Lane) -> bool:
    """Whether it does not matter that this lane may win over the last."""
    if last.kind is TargetKind.LOCAL and lane.unknown is None:
        return lane.kind not in MIDDLEBOXES
    return lane.same(last)


def _in_list(each: Listed, dest: Party) -> Unknown:
    return not_modelled(
        f"whether {dest.label} is in the prefix list of {each.lane.says}",
        each.lane.table,
        "the entries of that list are not published for this name or region",
    )
