"""The gate of network ACLs: stateless, numbered entries, the first match decides, the last denies.

https://docs.aws.amazon.com/vpc/latest/userguide/vpc-network-acls.html
"""

import msgspec

from pullproof.model import ranges
from pullproof.model.filters import AclEntry
from pullproof.model.packets import EVERY_PORT, ports_text
from pullproof.model.ranges import Ranges
from pullproof.model.value import Listing, Origin, Unknown
from pullproof.reach.boxes import Boxes, box, common, minus, shadow
from pullproof.reach.ground import Ground, remembered
from pullproof.reach.outcome import Judged, Outcome, outcome
from pullproof.reach.party import Party, Side
from pullproof.reach.words import share


class Entry(msgspec.Struct, frozen=True):
    """One entry about one protocol; what is not known is None, and `why` says so."""

    number: int | None
    allow: bool | None
    addresses: Ranges | None
    ports: Ranges | None
    origin: Origin
    why: Unknown | None


class Packets(msgspec.Struct, frozen=True, cache_hash=True):
    """Packets of one protocol to some destination ports, as an ACL sees them."""

    protocol: int
    ports: Ranges


@remembered
def entries(ground: Ground, acl: str, side: Side, protocol: int) -> Listing[Entry]:
    """The entries of one direction that are about a protocol: those of no known number, then by number."""
    held = ground.estate.acls[acl]
    listing = held.ingress if side is Side.IN else held.egress
    found = [_entry(entry, protocol) for entry in listing.items]
    about = [entry for entry in found if entry.ports is None or entry.ports]
    about.sort(key=lambda entry: -1 if entry.number is None else entry.number)
    return Listing(tuple(about), listing.open)


@remembered
def passes(ground: Ground, acl: str, side: Side, packets: Packets, remote: Party) -> Judged:
    """Whether an ACL lets packets through to (OUT) or from (IN) the remote party."""
    listing = entries(ground, acl, side, packets.protocol)
    if listing.complete and (first := _first(listing.items, remote.addresses, packets.ports)) is not None:
        kind = Outcome.ALL if first.allow else Outcome.NONE
        return Judged(kind, f"entry {first.number}", (first.origin,))
    tally = Tally(box(remote.addresses, packets.ports))
    for entry in listing.items:
        tally.take(entry)
    if listing.open:  # an entry that is not known may come first
        tally.sure, tally.possible = (), tally.whole
    answer = outcome(remote.addresses, packets.ports, tally.sure, tally.possible, exact=remote.exact)
    why = () if remote.why is None else (remote.why,)
    return Judged(
        answer, _words(tally, remote, packets), tuple(tally.cites), (*tally.whys, *listing.open, *why)
    )


class Tally:
    """What has been let through so far, for certain and possibly, entry by entry.

    `left` is not yet decided for certain. `shaky` may have been denied by an entry that is not known
    well enough, so that a later entry cannot let it through for certain.
    """

    def __init__(self, whole: Boxes) -> None:
        self.whole = self.left = whole
        self.sure: Boxes = ()
        self.possible: Boxes = ()
        self.shaky: Boxes = ()
        self.cites: list[Origin] = []
        self.whys: list[Unknown] = []

    def take(self, entry: Entry) -> None:
        """Let the next entry have its say."""
        met = self.left
        if entry.addresses is not None:
            met = common(met, entry.addresses, EVERY_PORT)
        if entry.ports is not None:
            met = tuple(
                (addresses, both)
                for addresses, ports in met
                if (both := ranges.intersection(ports, entry.ports))
            )
        if not met:
            return
        self.cites.append(entry.origin)
        if entry.why is not None:
            self.whys.append(entry.why)
        if entry.allow is not False:
            self.possible += met
        if entry.number is None or entry.addresses is None or entry.ports is None:
            if entry.allow is not True:
                self.shaky += met
            return
        self.left = minus(self.left, met)
        if entry.allow:
            self.sure += minus(met, self.shaky)


def _entry(entry: AclEntry, protocol: int) -> Entry:
    parts = (entry.number, entry.allow, entry.service, entry.block)
    number, allow, service, block = parts
    return Entry(
        None if isinstance(number, Unknown) else number,
        None if isinstance(allow, Unknown) else allow,
        None if isinstance(block, Unknown) else block.v4,
        None if isinstance(service, Unknown) else service.meets(protocol, EVERY_PORT),
        entry.origin,
        next((part for part in parts if isinstance(part, Unknown)), None),
    )


def _first(items: tuple[Entry, ...], addresses: Ranges, ports: Ranges) -> Entry | None:
    """The entry that decides about all of these packets at once, if there is one."""
    for entry in items:
        if entry.why is not None or entry.addresses is None or entry.ports is None:
            return None
        if ranges.covers(entry.ports, ports) and ranges.covers(entry.addresses, addresses):
            return entry
        if ranges.touches(entry.ports, ports) and ranges.touches(entry.addresses, addresses):
            return None
    return None


def _words(tally: Tally, remote: Party, packets: Packets) -> str:
    """Which of the packets pass for certain, or which entry or "" denies all of them."""
    if not tally.possible:
        return ""
    whose = share(remote, shadow(tally.sure))
    ports = ranges.normal(span for _, spans in tally.sure for span in spans)
    return whose if ports == packets.ports else f"{whose} on ports {ports_text(ports)}"
