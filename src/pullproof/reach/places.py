"""Destinations by address: the interfaces that are known to have them, and the rest by subnet."""

from collections.abc import Iterator

import msgspec

from pullproof.evidence import Gate
from pullproof.model import ranges
from pullproof.model.addresses import Addresses, cidr, of_cidr
from pullproof.model.endpoints import Endpoint
from pullproof.model.gateways import NetworkInterface
from pullproof.model.ranges import Ranges
from pullproof.model.stores import MountTarget
from pullproof.model.text import Text
from pullproof.model.value import Listing, Maybe, Unknown
from pullproof.reach.doubts import PUBLIC, not_shown
from pullproof.reach.ground import Ground, remembered
from pullproof.reach.party import Dest


class Owner(msgspec.Struct, frozen=True, kw_only=True):
    """An interface whose address the input shows."""

    key: str
    gate: Gate
    addresses: Ranges
    groups: Listing[str]
    subnet: str
    vpc: str
    endpoint: str = ""


def parsed(text: Text) -> Addresses | None:
    """An IPv4 address or block, as text."""
    try:
        block = cidr(text)
    except ValueError:
        return None
    return of_cidr(block) if block.family == 4 else None


@remembered
def dests_at(ground: Ground, vpc: str, addresses: Ranges) -> tuple[Dest, ...]:
    """What has these addresses, as seen from a VPC."""
    found: list[Dest] = []
    left = addresses
    for owner in owners(ground):
        here = ranges.intersection(left, owner.addresses)
        if here and (owner.vpc == vpc or _only_home(ground, owner)):
            found.append(_of_owner(owner, here))
            left = ranges.difference(left, here)
    for subnet in ground.subnets_by_vpc.get(vpc, ()):
        here = () if isinstance(subnet.blocks, Unknown) else ranges.intersection(left, subnet.blocks.v4)
        if here:
            found.append(_plain(here, vpc, subnet.key))
            left = ranges.difference(left, here)
    inside = ranges.intersection(left, _blocks(ground, vpc))
    outside = ranges.difference(left, inside)
    for held in translated(ground):
        if here := ranges.intersection(outside, held.public.v4):
            found.append(_behind(held, here))
            outside = ranges.difference(outside, here)
    found += [_plain(part, home) for part, home in ((inside, vpc), (outside, "")) if part]
    return tuple(found)


@remembered
def owners(ground: Ground) -> tuple[Owner, ...]:
    """Every interface whose address the input shows."""
    return tuple(_owners(ground))


def _owners(ground: Ground) -> Iterator[Owner]:
    estate = ground.estate
    for endpoint in estate.endpoints.values():
        for subnet, address in endpoint.addresses:
            yield from _owner(ground, endpoint, Gate.INTERFACE_ENDPOINT, subnet, address)
    for target in estate.mount_targets.values():
        yield from _owner(ground, target, Gate.MOUNT_TARGET, target.subnet, target.addresses)
    for interface in estate.interfaces.values():
        yield from _owner(ground, interface, Gate.NETWORK_INTERFACE, interface.subnet, interface.addresses)


@remembered
def translated(ground: Ground) -> tuple[NetworkInterface, ...]:
    """Every interface whose public addresses the input shows."""
    return tuple(held for held in ground.estate.interfaces.values() if held.public.v4)


def _owner(
    ground: Ground,
    noun: Endpoint | MountTarget | NetworkInterface,
    gate: Gate,
    subnet: Maybe[str],
    addresses: Maybe[Addresses] | None,
) -> Iterator[Owner]:
    held = ground.estate.subnets.get(subnet) if isinstance(subnet, str) else None
    if held is None or isinstance(held.vpc, Unknown) or not isinstance(addresses, Addresses):
        return
    yield Owner(
        key=noun.key,
        gate=gate,
        addresses=addresses.v4,
        groups=noun.groups,
        subnet=held.key,
        vpc=held.vpc,
        endpoint=noun.key if gate is Gate.INTERFACE_ENDPOINT else "",
    )


def _only_home(ground: Ground, owner: Owner) -> bool:
    """Whether no other VPC of the estate could mean another interface by the same address."""
    return not any(
        ranges.touches(_blocks(ground, vpc), owner.addresses)
        for vpc in ground.estate.vpcs
        if vpc != owner.vpc
    )


def _blocks(ground: Ground, vpc: str) -> Ranges:
    blocks = ground.estate.vpcs[vpc].blocks
    return () if isinstance(blocks, Unknown) else blocks.v4


def _of_owner(owner: Owner, addresses: Ranges) -> Dest:
    label = f"{owner.key} ({Addresses(v4=addresses)})"
    return Dest(
        id=f"{owner.key} {addresses}",
        label=label,
        addresses=addresses,
        groups=owner.groups,
        home=owner.vpc,
        at=owner.key,
        gate=owner.gate,
        subnet=owner.subnet,
        endpoint=owner.endpoint,
    )


def _behind(owner: NetworkInterface, addresses: Ranges) -> Dest:
    """An interface by its public address: what is sent there goes out, and comes in by its VPC's gateway."""
    return Dest(
        id=f"{owner.key} by {addresses}",
        label=f"{owner.key} ({Addresses(v4=addresses)})",
        addresses=addresses,
        at=owner.key,
        gate=Gate.NETWORK_INTERFACE,
        far=owner.key,
    )


def _plain(addresses: Ranges, home: str, subnet: str = "") -> Dest:
    label = str(Addresses(v4=addresses))
    public = not home and not ranges.difference(addresses, PUBLIC)
    return Dest(
        id=f"at {home} {subnet} {addresses}",
        label=label,
        addresses=addresses,
        groups=None if public else Listing((), (_whose(label),)),
        home=home,
        at=label,
        gate=Gate.HOST,
        subnet=subnet,
    )


def _whose(label: str) -> Unknown:
    return not_shown(
        f"the security groups of whatever has {label}",
        label,
        f"add the interface that has {label} to the input, or check by hand that it lets this flow in",
    )
