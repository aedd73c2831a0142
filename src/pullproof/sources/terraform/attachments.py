"""Which route table and which network ACL a subnet has, as far as something is attached to it."""

from typing import Any

from pullproof.model.value import Maybe, Unknown, Why
from pullproof.sources.terraform.tree import Value
from pullproof.sources.terraform.world import World, blocks_of, given, plain, written

#: An attachment whose subnet is not known: the VPC it is in, where that is known, and why.
Stray = tuple[Maybe[str], Unknown]


def tables_of(world: World) -> tuple[dict[str, Maybe[str]], list[Stray]]:
    """Route tables by subnet, and attachments to subnets that are not known."""
    found: dict[str, Maybe[str]] = {}
    shown: dict[str, Maybe[str]] = {}
    strays: list[Stray] = []
    for resource in world.of("data.aws_route_table"):
        table = world.key(resource.values.get("id"), resource, "id")
        subnet = resource.values.get("subnet_id")
        for item in [{"subnet_id": subnet}, *listed_blocks(resource.values.get("associations"))]:
            if name := plain(item.get("subnet_id")):
                shown[world.ids.get(name, name)] = table
    for resource in world.of("aws_route_table_association"):
        if given(written(resource, "gateway_id")):
            continue
        table = world.key(resource.values.get("route_table_id"), resource, "route_table_id")
        subnet_key = world.key(resource.values.get("subnet_id"), resource, "subnet_id")
        if isinstance(subnet_key, str):
            _attach(found, subnet_key, table, "route table")
        else:
            strays.append((_vpc_holding(world, table), subnet_key))
    return shown | found, strays


def acls_of(world: World) -> tuple[dict[str, Maybe[str]], list[Stray]]:
    """Network ACLs by subnet, and attachments to subnets that are not known."""
    found: dict[str, Maybe[str]] = {}
    shown: dict[str, Maybe[str]] = {}
    strays: list[Stray] = []
    for resource in world.of("aws_default_network_acl", "aws_network_acl"):
        listed = world.keys(written(resource, "subnet_ids"), resource, "subnet_ids")
        for subnet in listed.items:
            # What an existing ACL shows without writing it is how it was before.
            if resource.leaves_out("subnet_ids"):
                shown[subnet] = resource.address
            else:
                _attach(found, subnet, resource.address, "network ACL")
        strays += [(_vpc_holding(world, resource.address), reason) for reason in listed.open]
    for resource in world.of("aws_network_acl_association"):
        acl = world.key(resource.values.get("network_acl_id"), resource, "network_acl_id")
        linked = world.key(resource.values.get("subnet_id"), resource, "subnet_id")
        if isinstance(linked, str):
            _attach(found, linked, acl, "network ACL")
        else:
            strays.append((_vpc_holding(world, acl), linked))
    return shown | found, strays


def _attach(found: dict[str, Maybe[str]], subnet: str, owner: Maybe[str], what: str) -> None:
    """Attach a table or an ACL to a subnet.

    A subnet has one of each: the second attachment wins or fails, and which is the second is not told.
    """
    before = found.get(subnet, owner)
    if before != owner:
        owner = Unknown(
            Why.CONFLICT,
            f"the {what} of {subnet}, which has more than one",
            subnet,
            f"attach one {what} to {subnet}",
        )
    found[subnet] = owner


def _vpc_holding(world: World, key: Maybe[str]) -> Maybe[str]:
    """The VPC of a table or an ACL."""
    if isinstance(key, Unknown):
        return key
    resource = world.tree.resources.get(key)
    if resource is None or "vpc_id" not in resource.values:
        return Unknown(Why.NOT_IN_INPUT, f"the VPC of {key}", key, f"{key} is not in the input")
    return world.key(resource.values["vpc_id"], resource, "vpc_id")


def listed_blocks(value: Value) -> list[dict[str, Any]]:
    """Blocks that are known; none where they are not."""
    found = blocks_of(value)
    return [] if isinstance(found, Unknown) else found
