"""Name resolution: private hosted zones and resolver rules."""

import msgspec

from pullproof.model.text import Text
from pullproof.model.value import Listing, Maybe, Origin


class Record(msgspec.Struct, frozen=True, kw_only=True):
    """A record of a hosted zone: full name without the last dot, type, and what it answers.

    `alias` is the key of a VPC endpoint (or "" when the record is no alias); a target that the input
    shows only as a name is in `values`.
    """

    origin: Origin
    name: Maybe[Text]
    type: Maybe[str]
    values: Listing[Text] = Listing()
    alias: Maybe[str] = ""


class HostedZone(msgspec.Struct, frozen=True, kw_only=True):
    """A private hosted zone, without the last dot, and the VPCs it answers in."""

    key: str
    origin: Origin
    name: Maybe[Text]
    vpcs: Listing[str]
    records: Listing[Record]


class ResolverRule(msgspec.Struct, frozen=True, kw_only=True):
    """A Route 53 Resolver rule: names below `domain` are forwarded elsewhere ("FORWARD")."""

    key: str
    origin: Origin
    domain: Maybe[Text]
    type: Maybe[str]
    vpcs: Listing[str]


class DnsFirewall(msgspec.Struct, frozen=True, kw_only=True):
    """A DNS Firewall rule group associated with a VPC; which names it blocks is not modelled."""

    key: str
    origin: Origin
    vpc: Maybe[str]
