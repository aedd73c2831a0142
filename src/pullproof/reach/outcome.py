"""All of it, none of it, a part, or not known: how a gate answers about a set of packets."""

import enum

import msgspec

from pullproof.model import ranges
from pullproof.model.ranges import Ranges
from pullproof.model.value import Origin, Unknown
from pullproof.reach.boxes import Boxes, box, minus, shadow, size


class Outcome(enum.Enum):
    """How much of a set of packets a gate lets through."""

    ALL = "all"
    PART = "part"
    NONE = "none"
    UNSURE = "unsure"


class Judged(msgspec.Struct, frozen=True):
    """An outcome, the rules that decided, what is not known, and the outcome in words."""

    outcome: Outcome
    says: str
    cites: tuple[Origin, ...] = ()
    unknowns: tuple[Unknown, ...] = ()


def outcome(addresses: Ranges, ports: Ranges, sure: Boxes, possible: Boxes, *, exact: bool) -> Outcome:
    """What follows for all packets of these addresses and ports.

    `sure` is let through whatever the unknown rules are, `possible` by some reading of them. Where the
    addresses are exact, any packet that is dropped for certain is a failure; where the other end has
    just one of the addresses, only a failure of every one of them is certain.
    """
    whole = box(addresses, ports)
    dropped = minus(whole, possible)
    if dropped and (exact or ranges.covers(shadow(dropped), addresses)):
        return Outcome.NONE if size(dropped) == size(whole) else Outcome.PART
    if not dropped and not minus(whole, sure):
        return Outcome.ALL
    return Outcome.UNSURE
