"""Network ACLs: inline entries, separate ones, and the default ACL that nobody writes."""

from collections.abc import Iterator

from pullproof.model.addresses import EVERY_V4, EVERY_V6
from pullproof.model.filters import AclEntry, NetworkAcl
from pullproof.model.packets import ALL_TRAFFIC, ANY_PROTOCOL, Service, protocol_number, service
from pullproof.model.value import Listing, Maybe, Origin, Unknown, Why
from pullproof.sources.terraform.tree import Resource, Value
from pullproof.sources.terraform.world import World, at, blocks_of, is_left_out, written

ACLS = ("aws_network_acl", "aws_default_network_acl")
DIRECTIONS = ("ingress", "egress")


class Separate:
    """Entries that are resources of their own, by ACL and direction.

    `open` are those whose ACL or direction is not known; `gone` the numbers that the plan takes away or
    changes: an existing ACL still shows them.
    """

    def __init__(self, world: World) -> None:
        self.entries: dict[tuple[str, str], list[AclEntry]] = {}
        self.open: list[Unknown] = []
        self.gone: dict[tuple[str, str], set[Maybe[int]]] = {}
        for resource in world.of("aws_network_acl_rule"):
            self._add(world, resource)
        for resource in world.deleted("aws_network_acl_rule"):
            acl = world.key(resource.values.get("network_acl_id"), resource, "network_acl_id")
            direction = "egress" if resource.values.get("egress") is True else "ingress"
            if isinstance(acl, str):
                number = _number(world, resource, resource.values, "rule_number")
                self.gone.setdefault((acl, direction), set()).add(number)

    def _add(self, world: World, resource: Resource) -> None:
        acl = world.key(resource.values.get("network_acl_id"), resource, "network_acl_id")
        # https://registry.terraform.io/providers/hashicorp/aws/latest/docs/resources/network_acl_rule
        egress = world.flag(resource, "egress", default=False)
        if isinstance(acl, Unknown) or isinstance(egress, Unknown):
            self.open.append(acl if isinstance(acl, Unknown) else world.unknown(resource, "egress"))
        else:
            place = (acl, "egress" if egress else "ingress")
            self.entries.setdefault(place, []).append(_rule(world, resource))


def adapt_acls(world: World) -> None:
    """Fill in network ACLs, also those that a VPC makes by itself."""
    separate = Separate(world)
    for resource in world.of(*ACLS):
        world.estate.acls[resource.address] = NetworkAcl(
            key=resource.address,
            origin=at(resource),
            vpc=_vpc(world, resource),
            ingress=_direction(world, resource, "ingress", separate),
            egress=_direction(world, resource, "egress", separate),
        )
    for vpc in world.estate.vpcs.values():
        acl = vpc.default_acl
        if isinstance(acl, str) and acl not in world.tree.resources:
            world.estate.acls[acl] = _untouched(acl, vpc.key, separate)


def _untouched(key: str, vpc: str, separate: Separate) -> NetworkAcl:
    """A VPC's default ACL as AWS makes it: everything is allowed, both ways.

    https://docs.aws.amazon.com/vpc/latest/userguide/default-network-acl.html
    """
    origin = Origin(vpc, key.removeprefix(f"{vpc}."))
    every = [
        AclEntry(origin=origin, number=number, allow=True, service=ALL_TRAFFIC, block=block)
        for number, block in ((100, EVERY_V4), (101, EVERY_V6))
    ]
    opened = tuple(separate.open)
    return NetworkAcl(
        key=key,
        origin=origin,
        vpc=vpc,
        ingress=Listing((*every, *separate.entries.get((key, "ingress"), ())), opened),
        egress=Listing((*every, *separate.entries.get((key, "egress"), ())), opened),
    )


def _direction(world: World, resource: Resource, name: str, separate: Separate) -> Listing[AclEntry]:
    """The entries of one direction; the implied last one, which denies, is not listed."""
    place = (resource.address, name)
    others = separate.entries.get(place, [])
    value = resource.values.get(name)
    blocks = [] if is_left_out(resource, name, value) else blocks_of(value)
    opened = list(separate.open)
    if isinstance(blocks, Unknown):
        opened.append(blocks)
        blocks = []
    entries = [
        entry
        for index, block in enumerate(blocks)
        for entry in _inline(world, resource, block, f"{name}[{index}]")
    ]
    if others and entries and resource.written is not None and name in resource.written:
        opened += [_conflict(resource, name, other.origin.address) for other in others]
        return Listing(tuple(entries), tuple(opened))
    # What an existing ACL shows is how it was before: its separate entries are known better.
    stale = separate.gone.get(place, set()) | {other.number for other in others}
    entries = [entry for entry in entries if entry.number not in stale]
    return Listing((*entries, *others), tuple(opened))


def _inline(world: World, resource: Resource, block: dict[str, Value], path: str) -> Iterator[AclEntry]:
    yield AclEntry(
        origin=at(resource, path),
        number=_number(world, resource, block, "rule_no"),
        allow=_allow(world, resource, block.get("action")),
        service=_service(world, resource, block),
        block=world.blocks([block.get("cidr_block"), block.get("ipv6_cidr_block")], resource, path),
    )


def _rule(world: World, resource: Resource) -> AclEntry:
    values = {name: written(resource, name) for name in resource.values}
    return AclEntry(
        origin=at(resource),
        number=_number(world, resource, values, "rule_number"),
        allow=_allow(world, resource, values.get("rule_action")),
        service=_service(world, resource, values),
        block=world.blocks([values.get("cidr_block"), values.get("ipv6_cidr_block")], resource, "cidr_block"),
    )


def _number(world: World, resource: Resource, values: dict[str, Value], name: str) -> Maybe[int]:
    value = values.get(name)
    if isinstance(value, int | float) and not isinstance(value, bool):
        return int(value)
    if isinstance(value, str) and value.isdecimal():
        return int(value)
    return value if isinstance(value, Unknown) else world.unknown(resource, name)


def _allow(world: World, resource: Resource, value: Value) -> Maybe[bool]:
    if isinstance(value, str) and value.lower() in ("allow", "deny"):
        return value.lower() == "allow"
    return value if isinstance(value, Unknown) else world.unknown(resource, "the action")


def _service(world: World, resource: Resource, values: dict[str, Value]) -> Maybe[Service]:
    protocol, low, high = values.get("protocol"), values.get("from_port"), values.get("to_port")
    for value in (protocol, low, high):
        if isinstance(value, Unknown):
            return value
    try:
        number = protocol_number(str(protocol))
    except ValueError:
        return world.unreadable(resource, "protocol", str(protocol))
    if number == ANY_PROTOCOL:
        return ALL_TRAFFIC
    first = _number(world, resource, values, "from_port") if low is not None else 0
    last = _number(world, resource, values, "to_port") if high is not None else 65535
    if isinstance(first, Unknown):
        return first
    return last if isinstance(last, Unknown) else service(number, first, last)


def _vpc(world: World, resource: Resource) -> Maybe[str]:
    value = written(resource, "vpc_id")
    if value is None and resource.type == "aws_default_network_acl":
        for vpc in world.estate.vpcs.values():
            if vpc.default_acl == resource.address:
                return vpc.key
    return world.key(value, resource, "vpc_id")


def _conflict(resource: Resource, name: str, other: str) -> Unknown:
    return Unknown(
        Why.CONFLICT,
        f"the {name} entries of {resource.address}, which are written inline and by {other}",
        resource.address,
        f"write the {name} entries of {resource.address} either inline or as resources, not both",
    )
