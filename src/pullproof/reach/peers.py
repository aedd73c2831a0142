"""Whom a rule's peer means: which addresses of the other end, for certain and possibly."""

import enum

import msgspec

from pullproof.model import ranges
from pullproof.model.addresses import Addresses
from pullproof.model.filters import GroupRef, Peer
from pullproof.model.ranges import Ranges
from pullproof.model.text import Text, is_exact
from pullproof.model.value import Listing, Unknown
from pullproof.reach import lists
from pullproof.reach.doubts import not_modelled, not_shown
from pullproof.reach.ground import Ground
from pullproof.reach.party import Party


class Link(enum.Enum):
    """How two interfaces are joined, as far as references to groups care.

    A reference means the private addresses of the interfaces that carry the group, in the same VPC or
    over a peering connection within a region.
    https://docs.aws.amazon.com/vpc/latest/peering/vpc-peering-security-groups.html
    """

    __hash__ = object.__hash__  # as for Side

    JOINED = "references hold"
    APART = "references do not hold"
    UNSURE = "references may hold"


class Match(msgspec.Struct, frozen=True):
    """The addresses of the other end that a peer means, certainly and possibly, and why "possibly"."""

    sure: Ranges = ()
    possible: Ranges = ()
    why: Unknown | None = None


NOBODY = Match()


def match(ground: Ground, peer: Peer, other: Party, link: Link) -> Match:
    """Whom of the other end a peer means."""
    if isinstance(peer, Unknown):
        return Match((), other.addresses, peer)
    if isinstance(peer, Addresses):
        here = ranges.intersection(peer.v4, other.addresses)
        return Match(here, here)
    if isinstance(peer, GroupRef):
        return match_group(ground, peer, other, link)
    meaning = lists.meaning(ground, peer.ref, other.label)
    if isinstance(meaning, Unknown):
        return Match((), other.addresses, meaning)
    if isinstance(meaning, lists.Managed):
        sure, possible = lists.within(meaning, other)
        return Match(sure, possible, None if sure == possible else _in_list(peer.ref, other))
    here = ranges.intersection(meaning, other.addresses)
    return Match(here, here)


def match_group(ground: Ground, peer: GroupRef, other: Party, link: Link) -> Match:
    """Whether the other end carries the group that a peer refers to."""
    if other.groups is None or link is Link.APART:
        return NOBODY
    if isinstance(peer.ref, Unknown):
        return Match((), other.addresses, peer.ref)
    if peer.ref in other.groups.items:
        if link is Link.JOINED:
            return Match(other.addresses, other.addresses)
        return Match((), other.addresses, _over_link(peer.ref, other))
    if (twin := _twin(ground, peer.ref, other.groups)) is not None:
        return Match((), other.addresses, twin)
    if other.groups.among and peer.ref not in other.groups.among:
        return NOBODY
    if other.groups.open:
        return Match((), other.addresses, other.groups.open[0])
    return NOBODY


def _twin(ground: Ground, ref: str, groups: Listing[str]) -> Unknown | None:
    """Why a group that is kept elsewhere may be one of these, though another name stands for it.

    Two ids that are both known tell two groups apart; a parameter, an import or a look-up does not.
    """
    known = _known_as(ground, ref)
    if not known:
        return None
    for key in (*groups.items, *groups.among):
        other = _known_as(ground, key)
        if key != ref and other and not (is_exact(known) and is_exact(other)):
            return not_shown(
                f"whether {ref} and {key} are one security group",
                ref,
                f"{ref} and {key} are both kept elsewhere, and may be one: tell what their ids are",
            )
    return None


def _known_as(ground: Ground, key: str) -> Text:
    """What a group that is kept elsewhere is known as; "" for one that is made here."""
    held = ground.estate.groups.get(key)
    if held is not None:
        return held.known_as
    return key if key.startswith("sg-") else ""


def _in_list(ref: object, other: Party) -> Unknown:
    return not_modelled(
        f"whether {other.label} is in the prefix list {ref}",
        f"{ref}",
        "the entries of that list are not published for this name or region: use CIDR blocks instead",
    )


def _over_link(ref: str, other: Party) -> Unknown:
    return not_modelled(
        f"whether a reference to {ref} holds on the way to {other.label}",
        ref,
        "references to groups over a transit gateway, or between regions not known, are not modelled:"
        " use CIDR blocks in the rule",
    )
