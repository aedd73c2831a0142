"""What is on its way: the flow, who sends it by now, and how replies must come back."""

import enum
from collections.abc import Callable
from typing import TypeAlias

import msgspec

from pullproof.model.ranges import Ranges
from pullproof.model.value import Listing, Maybe
from pullproof.model.vpc import Subnet, TargetKind, Vpc
from pullproof.reach.ground import Ground
from pullproof.reach.party import Dest, Flow, Party
from pullproof.reach.passages import Passage
from pullproof.reach.tables import Lane

#: The route by which replies reach the client's VPC: its kind and key.
Back: TypeAlias = tuple[TargetKind, str]


class Sender(enum.Enum):
    """Who sends the packet on this leg: that decides what an internet gateway makes of it."""

    __hash__ = object.__hash__  # as for Side

    INTERFACE = "the interface itself"
    TRANSIT = "the interface, through a transit gateway"
    NAT = "a public NAT gateway"
    PRIVATE_NAT = "a private NAT gateway"
    INSTANCE = "an interface that forwards"


class Trip(msgspec.Struct, frozen=True, kw_only=True, cache_hash=True):
    """A flow under way from the subnet `start`.

    `client` and `ports` are the addresses and ports replies go to. `box` is the key of the NAT gateway
    or interface that sends it, "" while the source itself does. `home` is the key of the source's VPC,
    `zone` its Availability Zone. Replies reach the client's VPC by `back`.
    """

    flow: Flow
    client: Party
    ports: Ranges
    start: str
    home: str
    zone: Maybe[str]
    public_ip: Maybe[bool]
    groups: Listing[str]
    back: Back
    sender: Sender = Sender.INTERFACE
    box: str = ""


class Leg(msgspec.Struct, frozen=True, kw_only=True):
    """One step of a trip: from a subnet, by a lane of its route table.

    `passed` are the transit gateways that handed it on to the one that the lane names.
    """

    subnet: Subnet
    vpc: Vpc
    lane: Lane
    dest: Dest
    trip: Trip
    passed: tuple[str, ...] = ()


class Travel(msgspec.Struct, frozen=True):
    """How a handler goes on: from a subnet through its border, or by a route table (a key) of a subnet."""

    depart: Callable[[Ground, str, Dest, Trip], tuple[Passage, ...]]
    onward: Callable[[Ground, str, str, Dest, Trip], tuple[Passage, ...]]
