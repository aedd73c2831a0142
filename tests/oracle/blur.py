"""The same estate with something in it no longer known: what a poorer input would have told."""

from random import Random
from types import UnionType
from typing import Any, get_args, get_origin, get_type_hints

import msgspec

from pullproof.model.estate import Estate
from pullproof.model.value import Listing, Unknown
from tests.build import unknown

#: Nouns that are found by a reference: without them the reference leads to something not shown.
REFERRED = (
    "groups", "acls", "route_tables", "nat_gateways", "internet_gateways", "peerings", "prefix_lists",
    "transit_gateways", "transit_tables", "vpcs",
)  # fmt: skip
#: Nouns that are looked for: without them, an `open` entry must say that there may be more.
LOOKED_FOR = {
    "endpoints": "Endpoint",
    "zones": "HostedZone",
    "mount_targets": "MountTarget",
    "transit_attachments": "TransitAttachment",
}
SHOWN = (*REFERRED, *LOOKED_FOR, "subnets", "public_access_blocks")


def blurred(random: Random, estate: Estate) -> Estate:
    """A copy of which one thing is less known."""
    other = estate.copy()
    kind = random.random()
    if kind < 0.15:
        _forget(random, other, random.choice(REFERRED))
    elif kind < 0.25:
        name = random.choice(tuple(LOOKED_FOR))
        _forget(random, other, name)
        other.open[LOOKED_FOR[name]] = (unknown(f"more {name}"),)
    else:
        held: dict[str, Any] = getattr(other, random.choice(SHOWN))
        if held:
            key = random.choice(tuple(held))
            held[key] = less_known(random, held[key])
    return other


def _forget(random: Random, estate: Estate, name: str) -> None:
    held = getattr(estate, name)
    if held:
        del held[random.choice(tuple(held))]


def less_known(random: Random, noun: Any) -> Any:
    """The same noun with one of its values, or one inside them, unknown."""
    hints = get_type_hints(type(noun))
    fields = [name for name in noun.__struct_fields__ if name not in ("key", "origin")]
    random.shuffle(fields)
    for name in fields:
        value = getattr(noun, name)
        if isinstance(value, Listing):
            return msgspec.structs.replace(noun, **{name: _shorter(random, value)})
        if _may_be_unknown(hints[name]) and not isinstance(value, Unknown):
            inside = isinstance(value, msgspec.Struct) and type(value).__name__ in (
                "Target",
                "GroupRef",
                "ListRef",
            )
            if inside and random.random() < 0.5:
                return msgspec.structs.replace(noun, **{name: less_known(random, value)})
            return msgspec.structs.replace(noun, **{name: unknown(name)})
    return noun


def _shorter(random: Random, listing: Listing[Any]) -> Listing[Any]:
    """A listing that is open, and perhaps lacks an item or knows less of one."""
    items = list(listing.items)
    if items and listing.complete and random.random() < 0.2:
        return Listing((), (unknown("which"),), tuple(items))
    if items:
        place = random.randrange(len(items))
        if isinstance(items[place], msgspec.Struct) and random.random() < 0.6:
            items[place] = less_known(random, items[place])
            return Listing(tuple(items), listing.open)
        if random.random() < 0.5:
            del items[place]
    return Listing(tuple(items), (*listing.open, unknown("more")), listing.among if items else ())


def _may_be_unknown(hint: object) -> bool:
    return Unknown in get_args(hint) if isinstance(hint, UnionType) or get_origin(hint) else False
