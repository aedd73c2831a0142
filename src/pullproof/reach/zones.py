"""Private hosted zones: which of them answers for a name, and with which records.

https://docs.aws.amazon.com/Route53/latest/DeveloperGuide/hosted-zone-private-considerations.html
"""

import msgspec

from pullproof.model.names import HostedZone, Record
from pullproof.model.text import Text
from pullproof.model.value import Unknown
from pullproof.reach.domains import below, labels, plain, same
from pullproof.reach.doubts import first_of, not_followed
from pullproof.reach.ground import Ground, remembered
from pullproof.verdict import Verdict

#: Record types that lead to an IPv4 address.
LEADING = ("A", "CNAME")


class ZoneMatch(msgspec.Struct, frozen=True):
    """A zone that answers for a name, how many labels it matches by, and why it may not, if so."""

    zone: HostedZone
    size: int
    maybe: Unknown | None


class Lookup(msgspec.Struct, frozen=True):
    """The records a zone answers with, and why it may answer otherwise."""

    records: tuple[Record, ...]
    doubts: tuple[Unknown, ...]


@remembered
def zones_for(ground: Ground, vpc: str, host: Text) -> tuple[ZoneMatch, ...]:
    """The private hosted zones that answer, or may answer, for a name in a VPC."""
    here = [(zone, None) for zone in ground.estate.by_vpc_zones.get(vpc, ())]
    elsewhere = [(zone, zone.vpcs.open[0]) for zone in ground.open_zones if vpc not in zone.vpcs.items]
    found = []
    for zone, maybe in (*here, *elsewhere):
        if isinstance(zone.name, Unknown):
            found.append(ZoneMatch(zone, len(labels(host)), zone.name))
            continue
        name = plain(zone.name)
        covers = below(host, name)
        if covers is Verdict.UNKNOWN:
            maybe = first_of(maybe, _name_with_holes(zone))
        if covers is not Verdict.FAILS:
            found.append(ZoneMatch(zone, len(labels(name)), maybe))
    return tuple(found)


@remembered
def lookup(ground: Ground, zone_key: str, host: Text) -> Lookup:
    """The records of a zone for a name: its own, else those of the closest wildcard.

    https://docs.aws.amazon.com/Route53/latest/DeveloperGuide/DomainNameFormat.html
    """
    zone = ground.estate.zones[zone_key]
    doubts = [*zone.records.open]
    named: dict[Text, list[Record]] = {}
    for record in zone.records.items:
        if isinstance(record.name, Unknown):
            doubts.append(record.name)
            continue
        name = plain(record.name)
        named.setdefault(name, []).append(record)
        if not name.startswith("*.") and same(name, host) is Verdict.UNKNOWN:
            doubts.append(_perhaps_this(record))
    if host in named:
        return _leading(named[host], ())
    exists = {labels(name)[start:] for name in named for start in range(len(labels(name)))}
    parts = labels(host)
    for start in range(1, len(parts)):
        wildcard = named.get(".".join(("*", *parts[start:])))
        if wildcard is not None:
            return _leading(wildcard, tuple(doubts))
        if parts[start:] in exists:
            break
    return Lookup((), tuple(doubts))


def _leading(records: list[Record], doubts: tuple[Unknown, ...]) -> Lookup:
    """Those records that lead to an address; a type that is not known may be one."""
    unsure = tuple(record.type for record in records if isinstance(record.type, Unknown))
    return Lookup(tuple(r for r in records if r.type in LEADING), (*doubts, *unsure))


def _name_with_holes(zone: HostedZone) -> Unknown:
    return not_followed(f"the name of {zone.key}", zone.key)


def _perhaps_this(record: Record) -> Unknown:
    at = record.origin.address
    return not_followed(f"the name of {at}", at)
