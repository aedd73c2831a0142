"""Transit gateways, what is attached to them, and their route tables."""

from pullproof.model.addresses import Cidr, cidr
from pullproof.model.gateways import TransitAttachment, TransitGateway, TransitRoute, TransitTable
from pullproof.model.value import Listing, Maybe, Unknown
from pullproof.sources.terraform.tree import Resource
from pullproof.sources.terraform.world import World, at, given, plain, written

PREFIX_LISTS = "aws_ec2_transit_gateway_prefix_list_reference"
ATTACHMENTS = ("aws_ec2_transit_gateway_vpc_attachment", "data.aws_ec2_transit_gateway_vpc_attachment")
#: Attachments of something else than a VPC: what comes behind them the input does not show.
OTHERS = (
    "aws_ec2_transit_gateway_peering_attachment",
    "aws_ec2_transit_gateway_connect",
    "aws_vpn_connection",
    "aws_dx_gateway_association",
)
#: The table that a gateway makes by itself, by either of its names.
#: https://docs.aws.amazon.com/vpc/latest/tgw/tgw-route-tables.html
DEFAULT = "association_default_route_table_id"
PROPAGATED = "propagation_default_route_table_id"


def adapt_transit(world: World) -> None:
    """Fill in transit gateways, attachments and tables."""
    for resource in world.of("aws_ec2_transit_gateway", "data.aws_ec2_transit_gateway"):
        key = resource.address
        world.estate.transit_gateways[key] = TransitGateway(key=key, origin=at(resource))
        for name in (DEFAULT, PROPAGATED):
            world.aliases[f"{key}.{name}"] = f"{key}.{DEFAULT}"
            if plain(resource.values.get(name)):
                world.ids.setdefault(plain(resource.values[name]), f"{key}.{DEFAULT}")
    _replaced(world)
    associated = _links(world, "aws_ec2_transit_gateway_route_table_association")
    for resource in world.of(*ATTACHMENTS, *OTHERS):
        _attachment(world, resource, associated)
    _tables(world)


def _replaced(world: World) -> None:
    """Tables of one's own that take the place of the default ones."""
    for switch in ("default_route_table_association", "default_route_table_propagation"):
        for resource in world.of(f"aws_ec2_transit_gateway_{switch}"):
            gateway = _named(world, resource, "transit_gateway_id")
            table = _named(world, resource, "transit_gateway_route_table_id")
            if isinstance(gateway, str) and isinstance(table, str):
                world.aliases[f"{gateway}.{switch}"] = table


#: Attachment to tables, and why more may be linked.
Links = tuple[dict[str, list[str]], list[Unknown]]


def _links(world: World, kind: str) -> Links:
    """Tables by attachment, as resources of their own say."""
    found: dict[str, list[str]] = {}
    strays: list[Unknown] = []
    for resource in world.of(kind):
        one = _named(world, resource, "transit_gateway_attachment_id")
        table = _named(world, resource, "transit_gateway_route_table_id")
        if isinstance(one, Unknown) or isinstance(table, Unknown):
            strays += [value for value in (one, table) if isinstance(value, Unknown)]
        else:
            found.setdefault(one, []).append(table)
    return found, strays


def _named(world: World, resource: Resource, name: str) -> Maybe[str]:
    return world.key(resource.values.get(name), resource, name)


def _attachment(world: World, resource: Resource, associated: Links) -> None:
    key = resource.address
    vpc = resource.type in ATTACHMENTS
    gateway = _named(world, resource, "transit_gateway_id")
    identifier = plain(resource.values.get("transit_gateway_attachment_id"))
    if identifier:
        world.ids.setdefault(identifier, key)
    world.aliases[f"{key}.transit_gateway_attachment_id"] = key
    world.estate.transit_attachments[key] = TransitAttachment(
        key=key,
        origin=at(resource),
        gateway=gateway,
        vpc=_named(world, resource, "vpc_id") if vpc else "",
        subnets=world.keys(written(resource, "subnet_ids"), resource, "subnet_ids"),
        table=_association(world, resource, gateway, associated),
        appliance_mode=_enabled(world, resource, "appliance_mode_support", default="disable"),
        peer=_peer(world, resource),
        behind=plain(resource.values.get("behind")),
    )


def _peer(world: World, resource: Resource) -> Maybe[str]:
    """The attachment at the other end of a peering, where the input tells it."""
    value = resource.values.get("peer")
    return "" if value is None else world.key(value, resource, "peer")


def _association(world: World, resource: Resource, gateway: Maybe[str], associated: Links) -> Maybe[str]:
    """The table in force: written, or the gateway's default one; "" is none."""
    tables, strays = associated
    if resource.address in tables:
        return tables[resource.address][0]
    if strays:
        return strays[0]
    wants = world.flag(resource, "transit_gateway_default_route_table_association", default=True)
    return _default(world, resource, gateway, wants, "default_route_table_association")


def _default(
    world: World, resource: Resource, gateway: Maybe[str], wants: Maybe[bool], switch: str
) -> Maybe[str]:
    """The gateway's default table, if both sides want it."""
    if wants is False:
        return ""
    if isinstance(gateway, Unknown):
        return gateway
    owner = world.tree.resources.get(gateway)
    if owner is None:
        return world.unknown(resource, switch)
    gives = _enabled(world, owner, switch, default="enable")
    if gives is False:
        return ""
    if isinstance(wants, Unknown):
        return wants
    if isinstance(gives, Unknown):
        return gives
    return world.aliases.get(f"{gateway}.{switch}", f"{gateway}.{DEFAULT}")


def _enabled(world: World, resource: Resource, name: str, *, default: str) -> Maybe[bool]:
    word = world.word(resource, name, default=default)
    return word if isinstance(word, Unknown) else word == "enable"


def _tables(world: World) -> None:
    routes, strays = _routes(world)
    propagated, loose = _links(world, "aws_ec2_transit_gateway_route_table_propagation")
    into: dict[str, list[str]] = {}
    for attachment, tables in propagated.items():
        for table in tables:
            into.setdefault(table, []).append(attachment)
    for resource in world.of(*ATTACHMENTS):
        owner = _named(world, resource, "transit_gateway_id")
        wants = world.flag(resource, "transit_gateway_default_route_table_propagation", default=True)
        target = _default(world, resource, owner, wants, "default_route_table_propagation")
        if isinstance(target, Unknown):
            loose.append(target)
        elif target:
            into.setdefault(target, []).append(resource.address)
    for resource in world.of(
        "aws_ec2_transit_gateway_route_table", "data.aws_ec2_transit_gateway_route_table"
    ):
        gateway = _named(world, resource, "transit_gateway_id")
        _add_table(world, resource, resource.address, gateway, routes, into, (*strays, *loose))
    for key in list(world.estate.transit_gateways):
        source = world.tree.resources[key]
        _add_table(world, source, f"{key}.{DEFAULT}", key, routes, into, (*strays, *loose))


def _add_table(  # noqa: PLR0917 - one table, and everything known of all of them
    world: World,
    resource: Resource,
    key: str,
    gateway: Maybe[str],
    routes: dict[str, list[TransitRoute]],
    into: dict[str, list[str]],
    opened: tuple[Unknown, ...],
) -> None:
    shown = (world.unknown(resource, "the routes of another configuration"),) if resource.data else ()
    world.estate.transit_tables[key] = TransitTable(
        key=key,
        origin=at(resource),
        gateway=gateway,
        routes=Listing(tuple(routes.get(key, ())), (*opened, *shown)),
        propagations=Listing(tuple(dict.fromkeys(into.get(key, ()))), (*opened, *shown)),
    )


def _routes(world: World) -> tuple[dict[str, list[TransitRoute]], list[Unknown]]:
    found: dict[str, list[TransitRoute]] = {}
    strays: list[Unknown] = []
    for resource in world.of("aws_ec2_transit_gateway_route", PREFIX_LISTS):
        table = _named(world, resource, "transit_gateway_route_table_id")
        if isinstance(table, Unknown):
            strays.append(table)
            continue
        drops = world.flag(resource, "blackhole", default=False)
        value = written(resource, "transit_gateway_attachment_id")
        attachment = world.key(value, resource, "the attachment") if given(value) else ""
        listed = resource.type == PREFIX_LISTS
        destinations = _listed(world, resource) if listed else [_destination(world, resource)]
        found.setdefault(table, []).extend(
            TransitRoute(origin=at(resource), destination=one, attachment=attachment, blackhole=drops)
            for one in destinations
        )
    return found, strays


def _listed(world: World, resource: Resource) -> list[Maybe[Cidr]]:
    """The blocks of the prefix list that a reference stands for.

    https://docs.aws.amazon.com/vpc/latest/tgw/tgw-prefix-lists.html
    """
    key = _named(world, resource, "prefix_list_id")
    blocks = world.lists.get(key) if isinstance(key, str) else None
    if blocks is None:
        return [key if isinstance(key, Unknown) else world.unknown(resource, "prefix_list_id")]
    try:
        return [cidr(block) for block in blocks]
    except ValueError:
        return [world.unreadable(resource, "prefix_list_id", ", ".join(blocks))]


def _destination(world: World, resource: Resource) -> Maybe[Cidr]:
    value = resource.values.get("destination_cidr_block")
    text = plain(value)
    if not text:
        return value if isinstance(value, Unknown) else world.unknown(resource, "destination_cidr_block")
    try:
        return cidr(text)
    except ValueError:
        return world.unreadable(resource, "destination_cidr_block", text)
