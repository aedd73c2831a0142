"""Prefix lists: those written, those looked up, and those of gateway endpoints."""

from pullproof.model.addresses import Addresses
from pullproof.model.filters import PrefixList
from pullproof.model.text import OPEN
from pullproof.model.value import Maybe, Unknown
from pullproof.sources.terraform.tree import Resource, Value
from pullproof.sources.terraform.world import World, at, blocks_of, plain, written

LISTS = ("aws_ec2_managed_prefix_list", "data.aws_ec2_managed_prefix_list", "data.aws_prefix_list")


def adapt_prefix_lists(world: World) -> None:
    """Fill in prefix lists."""
    for resource in world.of("aws_vpc_endpoint", "data.aws_vpc_endpoint"):
        if written(resource, "vpc_endpoint_type") in (None, "Gateway"):
            _of_endpoint(world, resource)
    entries: dict[str, list[Value]] = {}
    for resource in world.of("aws_ec2_managed_prefix_list_entry"):
        key = world.key(resource.values.get("prefix_list_id"), resource, "prefix_list_id")
        if isinstance(key, str):
            entries.setdefault(key, []).append(resource.values.get("cidr"))
    for resource in world.of(*LISTS):
        same = _looked_up(world, resource)
        if same:
            world.aliases[f"{resource.address}.id"] = same
            continue
        world.estate.prefix_lists[resource.address] = PrefixList(
            key=resource.address,
            origin=at(resource),
            name=world.text(resource.values.get("name"), resource, "name"),
            entries=_entries(world, resource, entries.get(resource.address, [])),
        )


def _of_endpoint(world: World, resource: Resource) -> None:
    """The list of a gateway endpoint's service, under the name that the endpoint gives it."""
    key = f"{resource.address}.prefix_list_id"
    if literal := plain(resource.values.get("prefix_list_id")):
        world.ids.setdefault(literal, key)
        key = world.ids[literal]
    world.aliases[f"{resource.address}.prefix_list_id"] = key
    blocks = resource.values.get("cidr_blocks")
    shown = blocks if isinstance(blocks, list) and blocks else None
    found = PrefixList(
        key=key,
        origin=at(resource, "prefix_list_id"),
        name=world.text(resource.values.get("service_name"), resource, "service_name"),
        entries=world.blocks(shown, resource, "cidr_blocks")
        if shown
        else world.unknown(resource, "cidr_blocks"),
    )
    world.estate.prefix_lists.setdefault(key, found)


def _looked_up(world: World, resource: Resource) -> str:
    """The list that a data source looks up by a reference to it; "" for any other."""
    value = resource.values.get("prefix_list_id") if resource.data else None
    if not isinstance(value, str) or OPEN not in value:
        return ""
    key = world.key(value, resource, "prefix_list_id")
    return key if isinstance(key, str) and key in world.estate.prefix_lists else ""


def _entries(world: World, resource: Resource, more: list[Value]) -> Maybe[Addresses]:
    if resource.type == "aws_prefix_list":
        shown = resource.values.get("cidr_blocks")
    else:
        blocks = blocks_of(written(resource, "entry" if not resource.data else "entries"))
        shown = blocks if isinstance(blocks, Unknown) else [block.get("cidr") for block in blocks]
    if isinstance(shown, Unknown):
        return shown
    # A list of AWS's own is never empty: nothing was looked up.
    if not isinstance(shown, list) or (resource.data and not shown):
        return world.unknown(resource, "entries")
    texts = tuple(plain(text) for text in (*shown, *more))
    if all(texts):
        world.lists[resource.address] = texts
    return world.blocks([*shown, *more], resource, "entries")
