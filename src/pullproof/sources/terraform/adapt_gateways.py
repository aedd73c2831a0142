"""Ways out of a VPC and between VPCs."""

from pullproof.model.addresses import NOWHERE, Addresses, of
from pullproof.model.gateways import InternetGateway, NatGateway, NetworkInterface, Peering
from pullproof.model.text import OPEN
from pullproof.model.value import Listing, Maybe, Unknown
from pullproof.sources.terraform.tree import Resource, Some, Value
from pullproof.sources.terraform.world import (
    World,
    at,
    blocks_of,
    first_block,
    given,
    is_left_out,
    plain,
    written,
)


def adapt_gateways(world: World) -> None:
    """Fill in NAT, internet and egress-only gateways, peerings and network interfaces."""
    for resource in world.of("aws_nat_gateway", "data.aws_nat_gateway"):
        world.estate.nat_gateways[resource.address] = _nat(world, resource)
    _internet(world)
    _peerings(world)
    for resource in world.of("aws_network_interface", "data.aws_network_interface", "aws_instance"):
        world.estate.interfaces[resource.address] = _interface(world, resource)


def _nat(world: World, resource: Resource) -> NatGateway:
    kind = world.word(resource, "connectivity_type", default="public")
    regional = world.word(resource, "availability_mode", default="zonal") == "regional"
    subnet = written(resource, "subnet_id")
    return NatGateway(
        key=resource.address,
        origin=at(resource),
        subnet="" if regional else _subnet(world, resource, subnet),
        public=kind if isinstance(kind, Unknown) else kind == "public",
        vpc=world.key(resource.values.get("vpc_id"), resource, "vpc_id") if regional else "",
        route_table=world.unknown(resource, "route_table_id") if regional else "",
        available=resource.values.get("state", "available") not in ("failed", "deleting", "deleted"),
    )


def _subnet(world: World, resource: Resource, value: Value) -> Maybe[str]:
    """The subnet of a gateway; any of several, where they are attached to the same."""
    if isinstance(value, Some):
        keys = [world.key(item, resource, "subnet_id") for item in value.values]
        held = [world.estate.subnets.get(key) for key in keys if isinstance(key, str)]
        attached = {(one.vpc, one.route_table, one.acl) for one in held if one is not None}
        if None not in held and len(held) == len(keys) and len(attached) == 1:
            return keys[0]
    return world.key(value, resource, "subnet_id")


def _internet(world: World) -> None:
    attached: dict[str, Maybe[str]] = {}
    strays: list[Unknown] = []
    for resource in world.of("aws_internet_gateway_attachment"):
        key = world.key(resource.values.get("internet_gateway_id"), resource, "internet_gateway_id")
        if isinstance(key, Unknown):
            strays.append(key)
        else:
            attached[key] = world.key(resource.values.get("vpc_id"), resource, "vpc_id")
    # An attachment of a gateway that is not known may be that of any.
    alone: Maybe[str] = strays[0] if strays else ""
    for resource in world.of("aws_internet_gateway", "data.aws_internet_gateway"):
        world.estate.internet_gateways[resource.address] = InternetGateway(
            key=resource.address, origin=at(resource), vpc=_attachment(world, resource, attached, alone)
        )
    for resource in world.of("aws_egress_only_internet_gateway"):
        world.estate.internet_gateways[resource.address] = InternetGateway(
            key=resource.address,
            origin=at(resource),
            vpc=world.key(resource.values.get("vpc_id"), resource, "vpc_id"),
            egress_only=True,
        )


def _attachment(
    world: World, resource: Resource, attached: dict[str, Maybe[str]], alone: Maybe[str]
) -> Maybe[str]:
    if resource.data:
        shown = first_block(resource.values.get("attachments"))
        value: Value = shown if isinstance(shown, Unknown) else shown.get("vpc_id")
        return world.key(value, resource, "attachments")
    value = resource.values.get("vpc_id")
    if value is None or value == "" or is_left_out(resource, "vpc_id", value):
        return attached.get(resource.address, alone)
    return world.key(value, resource, "vpc_id")


def _peerings(world: World) -> None:
    accepted = {
        world.key(resource.values.get("vpc_peering_connection_id"), resource, "vpc_peering_connection_id")
        for resource in world.of("aws_vpc_peering_connection_accepter")
        if world.flag(resource, "auto_accept", default=False) is True
    }
    for resource in world.of("aws_vpc_peering_connection", "data.aws_vpc_peering_connection"):
        world.estate.peerings[resource.address] = Peering(
            key=resource.address,
            origin=at(resource),
            requester=world.key(resource.values.get("vpc_id"), resource, "vpc_id"),
            accepter=world.key(resource.values.get("peer_vpc_id"), resource, "peer_vpc_id"),
            active=_active(world, resource, accepted=resource.address in accepted),
        )


def _active(world: World, resource: Resource, *, accepted: bool) -> Maybe[bool]:
    """Whether both sides agreed: the input accepts, or AWS says so, or it is not known."""
    status = written(resource, "status" if resource.data else "accept_status")
    if status == "active" or accepted:
        return True
    accept = world.flag(resource, "auto_accept", default=False)
    if accept is True:
        return True
    if isinstance(status, str) and status and OPEN not in status:
        return False
    return accept if isinstance(accept, Unknown) else world.unknown(resource, "accept_status")


def _interface(world: World, resource: Resource) -> NetworkInterface:
    instance = resource.type == "aws_instance"
    groups = written(resource, "vpc_security_group_ids" if instance else "security_groups")
    public = _launched_public(world, resource) if instance else False
    shown = resource.values.get("public_ip")
    if isinstance(shown, str) and shown and OPEN not in shown:
        public = True
    private = [resource.values.get("private_ip"), *_texts(resource.values.get("private_ips"))]
    exact = [value for value in private if isinstance(value, str) and value and OPEN not in value]
    return NetworkInterface(
        key=resource.address,
        origin=at(resource),
        subnet=world.key(resource.values.get("subnet_id"), resource, "subnet_id"),
        groups=world.keys(groups, resource, "security groups")
        if given(groups)
        else _default_group(world, resource),
        addresses=world.blocks(exact, resource, "private_ip")
        if exact
        else world.unknown(resource, "private_ip"),
        public_ip=_elastic(world, resource, public),
        source_dest_check=world.flag(resource, "source_dest_check", default=True),
        public=_public(resource),
    )


def _public(resource: Resource) -> Addresses:
    """The public addresses that are shown of an interface."""
    shown = [plain(resource.values.get("public_ip")), *map(plain, _texts(resource.values.get("public_ips")))]
    try:
        return of(*(text for text in shown if text))
    except ValueError:
        return NOWHERE


def _launched_public(world: World, resource: Resource) -> Maybe[bool]:
    """Whether an instance starts with a public address: as it says, else as its subnet does.

    https://docs.aws.amazon.com/vpc/latest/userguide/subnet-public-ip.html
    """
    value = written(resource, "associate_public_ip_address")
    if given(value):
        return world.flag(resource, "associate_public_ip_address", default=False)
    key = world.key(resource.values.get("subnet_id"), resource, "subnet_id")
    subnet = world.tree.resources.get(key) if isinstance(key, str) else None
    if subnet is None:
        return key if isinstance(key, Unknown) else world.unknown(resource, "associate_public_ip_address")
    default = subnet.type == "aws_default_subnet"
    if subnet.data and "map_public_ip_on_launch" not in subnet.values:
        return world.unknown(subnet, "map_public_ip_on_launch")
    return world.flag(subnet, "map_public_ip_on_launch", default=default)


def _elastic(world: World, resource: Resource, public: Maybe[bool]) -> Maybe[bool]:
    """Whether an interface has a public address: an elastic one may be attached to it."""
    if public is True:
        return True
    for other in world.of("aws_eip", "aws_eip_association"):
        for name in ("instance", "instance_id", "network_interface", "network_interface_id"):
            value = written(other, name)
            if not given(value):
                continue
            key = world.key(value, other, name)
            if key == resource.address:
                return True
            if isinstance(key, Unknown):
                public = key
    return public


def _default_group(world: World, resource: Resource) -> Listing[str]:
    subnet = world.key(resource.values.get("subnet_id"), resource, "subnet_id")
    return default_groups(world, (subnet,), resource)


def default_groups(world: World, subnets: tuple[Maybe[str], ...], resource: Resource) -> Listing[str]:
    """The default group of the VPC that the subnets are in: what AWS takes when no group is given."""
    for key in subnets:
        subnet = world.estate.subnets.get(key) if isinstance(key, str) else None
        vpc = world.estate.vpcs.get(subnet.vpc) if subnet and isinstance(subnet.vpc, str) else None
        if vpc is not None:
            group = vpc.default_group
            return Listing((), (group,)) if isinstance(group, Unknown) else Listing((group,))
    return Listing((), (world.unknown(resource, "the VPC's default security group"),))


def _texts(value: Value) -> list[Value]:
    found = blocks_of(value)
    return list(value) if isinstance(value, list) and not found else []
