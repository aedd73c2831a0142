"""Prefix lists: whose addresses are in them, by name where AWS manages the list, by entries otherwise.

AWS's own lists are known by name ("com.amazonaws.eu-west-1.s3"): such a list holds the addresses of its
service in its region and nobody else's.
https://docs.aws.amazon.com/vpc/latest/userguide/working-with-aws-managed-prefix-lists.html
"""

import msgspec

from pullproof.model import ranges, s3_ranges
from pullproof.model.estate import look_up
from pullproof.model.ranges import Ranges
from pullproof.model.services import endpoint_suffix
from pullproof.model.text import CLOSE, OPEN, Text, is_exact
from pullproof.model.value import Maybe, Unknown
from pullproof.reach.doubts import PUBLIC
from pullproof.reach.ground import Ground, remembered
from pullproof.reach.party import Party
from pullproof.verdict import Verdict


class Managed(msgspec.Struct, frozen=True):
    """AWS's list of one service in one region; the region may have holes."""

    suffix: Text
    region: Text


@remembered
def meaning(ground: Ground, ref: Maybe[str], at: str) -> Managed | Ranges | Unknown:
    """What a reference to a prefix list means: AWS's list of a service, or plain addresses."""
    held = look_up(ground.estate.prefix_lists, ref, "the prefix list", at)
    if isinstance(held, Unknown):
        return held
    if isinstance(held.name, str) and (name := endpoint_suffix(held.name)) is not None:
        return Managed(*name)
    if isinstance(held.entries, Unknown):
        return held.entries
    return held.entries.v4


def within(listed: Managed, party: Party) -> tuple[Ranges, Ranges]:
    """Those addresses of a party that are certainly, and those that are possibly, in AWS's list."""
    mine = party.addresses
    if party.managed == listed.suffix:
        same = same_region(party.region, listed.region)
        return (mine if same is Verdict.WORKS else ()), (() if same is Verdict.FAILS else mine)
    if party.named and not (party.managed or party.perhaps):
        return (), ()
    if listed.suffix in party.perhaps or not is_exact(listed.suffix):
        return (), ranges.intersection(mine, PUBLIC)  # AWS's own lists have public addresses only
    if party.named:
        return (), ()
    if listed.suffix == "s3" and (published := s3_ranges.prefixes(listed.region)) is not None:
        here = ranges.intersection(mine, published.v4)
        return here, here
    return (), ranges.intersection(mine, PUBLIC)


def same_region(a: Text, b: Text) -> Verdict:
    """Whether two regions are one.

    A region known only by name ("whatever the provider says") is taken for the same as any other:
    everything in one VPC names the VPC's own region, unless somebody wrote another one out.
    """
    if a == b:
        return Verdict.WORKS
    if is_exact(a) and is_exact(b):
        return Verdict.FAILS
    return Verdict.UNKNOWN if _anything(a) or _anything(b) else Verdict.WORKS


def _anything(region: Text) -> bool:
    return f"{OPEN}?" in region and CLOSE in region
