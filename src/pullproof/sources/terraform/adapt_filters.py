"""Security groups."""

from collections.abc import Iterator

from pullproof.model.addresses import EVERYWHERE, of
from pullproof.model.filters import GroupRef, GroupRule, Peer, SecurityGroup
from pullproof.model.packets import ALL_TRAFFIC, ANY_PROTOCOL, Service, protocol_number, service
from pullproof.model.text import OPEN, Text, hole, sole_hole
from pullproof.model.value import Listing, Maybe, Origin, Unknown, Why
from pullproof.model.vpc import ListRef
from pullproof.sources.terraform.tree import Resource, Some, Value
from pullproof.sources.terraform.world import World, at, blocks_of, is_left_out, written

GROUPS = ("aws_security_group", "aws_default_security_group", "data.aws_security_group")
#: Rules that are resources of their own, and their direction ("" is written in the rule).
SEPARATE = {
    "aws_security_group_rule": "",
    "aws_vpc_security_group_ingress_rule": "ingress",
    "aws_vpc_security_group_egress_rule": "egress",
}
DIRECTIONS = ("ingress", "egress")


class Separate:
    """Rules that are resources of their own, by group and direction.

    `open` are those whose group is not known; `gone` is what rules allowed that the plan takes away or
    changes: an existing group still shows it.
    """

    def __init__(self, world: World) -> None:
        self.rules: dict[tuple[str, str], list[GroupRule]] = {}
        self.open: dict[str, list[Unknown]] = {direction: [] for direction in DIRECTIONS}
        self.gone: dict[tuple[str, str], set[tuple[str, str]]] = {}
        for resource in world.of(*SEPARATE):
            self._add(world, resource)
        for resource in world.deleted(*SEPARATE):
            group = world.key(resource.values.get("security_group_id"), resource, "security_group_id")
            if isinstance(group, str):
                place = (group, SEPARATE[resource.type] or str(resource.values.get("type")))
                meant = {_meaning(rule) for rule in _expanded(world, resource, group)}
                self.gone.setdefault(place, set()).update(meant)

    def _add(self, world: World, resource: Resource) -> None:
        direction = SEPARATE[resource.type] or resource.values.get("type")
        group = world.key(resource.values.get("security_group_id"), resource, "security_group_id")
        if isinstance(group, str) and direction in DIRECTIONS:
            self.rules.setdefault((group, str(direction)), []).extend(_expanded(world, resource, group))
            return
        unknown = group if isinstance(group, Unknown) else world.unknown(resource, "type")
        for one in DIRECTIONS if direction not in DIRECTIONS else (str(direction),):
            self.open[one].append(unknown)


def adapt_groups(world: World) -> None:
    """Fill in security groups, also those that a VPC makes by itself."""
    separate = Separate(world)
    shared = _shared(world)
    for resource in world.of(*GROUPS):
        key = resource.address
        if resource.data and world.same(resource) != key:
            continue
        world.estate.groups[key] = SecurityGroup(
            key=key,
            origin=at(resource),
            known_as=_known_as(resource),
            vpc=shared[key] if key in shared else _vpc(world, resource),
            ingress=_direction(world, resource, "ingress", separate),
            egress=_direction(world, resource, "egress", separate),
        )
    for vpc in world.estate.vpcs.values():
        group = vpc.default_group
        if isinstance(group, str) and group not in world.tree.resources:
            world.estate.groups[group] = _untouched(group, vpc.key, separate)


def _known_as(resource: Resource) -> Text:
    """What a group that is looked up is known as: "" for one that is made here."""
    if not resource.data:
        return ""
    known = resource.values.get("id")
    return known if isinstance(known, str) and known else hole(f"{resource.address}.id")


def _untouched(key: str, vpc: str, separate: Separate) -> SecurityGroup:
    """A VPC's default group as AWS makes it: in from its members, out to anywhere.

    https://docs.aws.amazon.com/vpc/latest/userguide/default-security-group.html
    """
    origin = Origin(vpc, key.removeprefix(f"{vpc}."))
    inside = GroupRule(origin=origin, service=ALL_TRAFFIC, peer=GroupRef(key))
    outside = GroupRule(origin=origin, service=ALL_TRAFFIC, peer=EVERYWHERE)
    return SecurityGroup(
        key=key,
        origin=origin,
        vpc=vpc,
        ingress=Listing((inside, *separate.rules.get((key, "ingress"), ())), tuple(separate.open["ingress"])),
        egress=Listing((outside, *separate.rules.get((key, "egress"), ())), tuple(separate.open["egress"])),
    )


def _direction(world: World, resource: Resource, name: str, separate: Separate) -> Listing[GroupRule]:
    """The rules of one direction. Terraform takes AWS's allow-all egress away: none unless written.

    https://registry.terraform.io/providers/hashicorp/aws/latest/docs/resources/security_group
    """
    place = (resource.address, name)
    others = separate.rules.get(place, [])
    if resource.data:
        return Listing(tuple(others), (_not_shown(resource, name),))
    value = resource.values.get(name)
    opened = list(separate.open[name])
    blocks = [] if is_left_out(resource, name, value) else blocks_of(value)
    if isinstance(blocks, Unknown):
        opened.append(blocks)
        blocks = []
    rules = [
        rule
        for index, block in enumerate(blocks)
        for rule in _inline(world, resource, block, f"{name}[{index}]")
    ]
    if others and blocks and resource.written is not None and name in resource.written:
        opened += [_conflict(resource, name, address) for address in _addresses(others)]
        return Listing(tuple(rules), tuple(opened))
    # What an existing group shows is how it was before: its separate rules are known better.
    stale = separate.gone.get(place, set()) | {_meaning(rule) for rule in others}
    rules = [rule for rule in rules if _meaning(rule) not in stale]
    return Listing((*rules, *others), tuple(opened))


def _inline(world: World, resource: Resource, block: dict[str, Value], path: str) -> Iterator[GroupRule]:
    origin, traffic = at(resource, path), _service(world, resource, block, "protocol")
    for peer in _peers(world, resource, block, resource.address):
        yield GroupRule(origin=origin, service=traffic, peer=peer)


def _expanded(world: World, resource: Resource, group: str) -> list[GroupRule]:
    """The rules that one rule resource stands for."""
    origin = at(resource)
    if resource.type == "aws_security_group_rule":
        traffic = _service(world, resource, resource.values, "protocol")
        peers = list(_peers(world, resource, resource.values, group))
    else:
        traffic = _service(world, resource, resource.values, "ip_protocol")
        peers = list(_single_peer(world, resource))
    # A rule whose peer the plan does not tell is still a rule.
    peers = peers or [world.unknown(resource, "the peer")]
    return [GroupRule(origin=origin, service=traffic, peer=peer) for peer in peers]


def _service(world: World, resource: Resource, values: dict[str, Value], name: str) -> Maybe[Service]:
    protocol, low, high = values.get(name), values.get("from_port"), values.get("to_port")
    for value in (protocol, low, high):
        if isinstance(value, Unknown):
            return value
    try:
        number = protocol_number(str(protocol))
    except ValueError:
        return world.unreadable(resource, name, str(protocol))
    if number == ANY_PROTOCOL:
        return ALL_TRAFFIC
    first, last = _port(low), _port(high)
    if first is None or last is None:
        return world.unknown(resource, "the ports")
    # In a rule for ICMP these are a type and a code; -1 stands for all.
    return service(number, first, last if last >= 0 else 65535)


def _port(value: Value) -> int | None:
    if isinstance(value, bool):
        return None
    if isinstance(value, int | float):
        return int(value)
    if isinstance(value, str) and value.lstrip("-").isdecimal():
        return int(value)
    return -1 if value is None else None


def _peers(world: World, resource: Resource, values: dict[str, Value], group: str) -> Iterator[Peer]:
    """The peers of an inline rule or an `aws_security_group_rule`."""
    known: list[str] = []
    for name in ("cidr_blocks", "ipv6_cidr_blocks"):
        for item in _items(resource, values, name):
            if isinstance(item, str) and OPEN not in item:
                known.append(item)
            elif isinstance(item, Unknown):
                yield item
            else:
                yield _addresses_of(world, item) or world.unknown(resource, name)
    if known:
        yield from _block_peers(world, resource, known)
    for item in _items(resource, values, "prefix_list_ids"):
        yield ListRef(world.key(item, resource, "prefix_list_ids"))
    groups = [
        *_items(resource, values, "security_groups"),
        *_items(resource, values, "source_security_group_id"),
    ]
    for item in groups:
        yield GroupRef(world.key(item, resource, "security_groups"))
    self_ = values.get("self")
    if isinstance(self_, Unknown):
        yield self_
    elif self_ is True:
        yield GroupRef(group)


def _addresses_of(world: World, item: Value) -> ListRef | None:
    """The prefix list whose addresses are meant: a gateway endpoint shows those of its service."""
    owner, attribute = world.owner(sole_hole(item)) if isinstance(item, str) else (None, "")
    if owner is None or attribute != "cidr_blocks":
        return None
    if owner.type == "aws_vpc_endpoint":
        return ListRef(world.alias(f"{owner.address}.prefix_list_id"))
    return ListRef(world.alias(f"{owner.address}.id")) if owner.type == "aws_prefix_list" else None


def _block_peers(world: World, resource: Resource, texts: list[str]) -> Iterator[Peer]:
    try:
        yield of(*texts)
    except ValueError:
        yield world.unreadable(resource, "cidr_blocks", ", ".join(texts))


def _single_peer(world: World, resource: Resource) -> Iterator[Peer]:
    """The one peer of an `aws_vpc_security_group_*_rule`."""
    values = resource.values
    for name in ("cidr_ipv4", "cidr_ipv6"):
        for item in _items(resource, values, name):
            if isinstance(item, str) and OPEN not in item:
                yield from _block_peers(world, resource, [item])
            else:
                yield item if isinstance(item, Unknown) else world.unknown(resource, name)
    for item in _items(resource, values, "prefix_list_id"):
        yield ListRef(world.key(item, resource, "prefix_list_id"))
    for item in _items(resource, values, "referenced_security_group_id"):
        yield GroupRef(world.key(item, resource, "referenced_security_group_id"))


def _items(resource: Resource, values: dict[str, Value], name: str) -> list[Value]:
    value = values.get(name)
    if value is None or value == "" or is_left_out(resource, name, value):
        return []
    if isinstance(value, Some):
        return [value.reason]
    return value if isinstance(value, list) else [value]


def _vpc(world: World, resource: Resource) -> Maybe[str]:
    """The VPC of a group: the default one when none is written."""
    value = written(resource, "vpc_id")
    if value is None:
        for vpc in world.estate.vpcs.values():
            if vpc.default_group == resource.address or vpc.key.startswith("aws_default_vpc."):
                return vpc.key
        return world.unknown(resource, "vpc_id")
    return world.key(value, resource, "vpc_id")


def _shared(world: World) -> dict[str, Unknown]:
    """Groups that may be used in more VPCs than their own: why none is the VPC of such a group.

    https://docs.aws.amazon.com/vpc/latest/userguide/security-group-assoc.html
    """
    found: dict[str, Unknown] = {}
    for resource in world.of("aws_vpc_security_group_vpc_association"):
        key = world.key(resource.values.get("security_group_id"), resource, "security_group_id")
        for group in [key] if isinstance(key, str) else [each.address for each in world.of(*GROUPS)]:
            found[group] = Unknown(
                Why.NOT_MODELLED,
                f"which of several VPCs {group} is used in",
                group,
                f"{resource.address} associates it with more than one",
            )
    return found


def _meaning(rule: GroupRule) -> tuple[str, str]:
    return str(rule.service), str(rule.peer)


def _addresses(rules: list[GroupRule]) -> list[str]:
    return list(dict.fromkeys(rule.origin.address for rule in rules))


def _not_shown(resource: Resource, name: str) -> Unknown:
    return Unknown(
        Why.NOT_IN_INPUT,
        f"the {name} rules of {resource.address}",
        resource.address,
        resource.elsewhere
        or f"the rules of {resource.address} are kept elsewhere: add the configuration that creates it,"
        " or check the live account",
    )


def _conflict(resource: Resource, name: str, other: str) -> Unknown:
    return Unknown(
        Why.CONFLICT,
        f"the {name} rules of {resource.address}, which are written inline and by {other}",
        resource.address,
        f"write the {name} rules of {resource.address} either inline or as resources, not both",
    )
