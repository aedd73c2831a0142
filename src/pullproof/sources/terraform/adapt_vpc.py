"""VPCs, subnets, DHCP options, VPC Block Public Access."""

from pullproof.model.addresses import Addresses
from pullproof.model.text import sole_hole
from pullproof.model.value import Listing, Maybe, Unknown, Why
from pullproof.model.vpc import DhcpOptions, PublicAccessBlock, Subnet, Vpc
from pullproof.sources.terraform.attachments import Stray, acls_of, listed_blocks, tables_of
from pullproof.sources.terraform.tree import Resource, Value
from pullproof.sources.terraform.world import World, at, blocks_of, given, is_left_out, plain, said, written

MAIN = "main_route_table"
AMAZON_DNS = "AmazonProvidedDNS"
VPCS = ("aws_vpc", "aws_default_vpc", "data.aws_vpc")
SUBNETS = ("aws_subnet", "aws_default_subnet", "data.aws_subnet")

#: What a VPC makes by itself: the attribute that names it, and the resource that adopts it.
BORN = (
    (("main_route_table_id", "default_route_table_id"), "aws_default_route_table", "default_route_table_id"),
    (("default_network_acl_id",), "aws_default_network_acl", "default_network_acl_id"),
    (("default_security_group_id",), "aws_default_security_group", "vpc_id"),
)


def name_born(world: World) -> None:
    """Give what a VPC makes by itself one key, whoever refers to it, and however."""
    adopters: dict[str, dict[str, list[Resource]]] = {}
    for _, kind, argument in BORN:
        by_vpc = adopters.setdefault(kind, {})
        for resource in world.of(kind):
            by_vpc.setdefault(_adopted(world, resource, argument), []).append(resource)
    for vpc in world.of(*VPCS):
        if world.same(vpc) != vpc.address:
            continue  # the same VPC under another address
        for names, kind, _ in BORN:
            found = adopters[kind].get(vpc.address, [])
            key = found[0].address if found else f"{vpc.address}.{said(vpc, names[0])}"
            for name in names:
                world.aliases[f"{vpc.address}.{name}"] = key
                if literal := plain(vpc.values.get(name)):
                    world.ids.setdefault(literal, key)
            unplaced = adopters[kind].get("", [])
            if len(found) > 1 or unplaced:
                owners = [*found, *unplaced]
                world.disputed[vpc.address, names[0]] = _disputed(vpc, names[0], owners, world.tree.supply)


def _disputed(vpc: Resource, name: str, owners: list[Resource], supply: str) -> Unknown:
    listed = ", ".join(owner.address for owner in owners)
    if len(owners) == 1:
        return Unknown(
            Why.NOT_FOLLOWED,
            f"whether {listed} is the {name} of {vpc.address}",
            vpc.address,
            supply,
        )
    return Unknown(
        Why.CONFLICT,
        f"the {name} of {vpc.address}, which {listed} all manage",
        vpc.address,
        f"keep one of {listed}",
    )


def _adopted(world: World, resource: Resource, argument: str) -> str:
    """The VPC whose own thing a resource adopts."""
    value = resource.values.get(argument)
    if argument == "vpc_id" and (value is None or is_left_out(resource, argument, value)):
        return next((vpc.address for vpc in world.of("aws_default_vpc")), "")
    key = world.key(value, resource, argument)
    if isinstance(key, Unknown):
        return ""
    for name in ("main_route_table_id", "default_route_table_id", "default_network_acl_id"):
        key = key.removesuffix(f".{name}")
    owner = world.tree.resources.get(key)
    if owner is not None and owner.type in ("aws_vpc", "aws_default_vpc"):
        return world.same(owner)
    # A literal id: of the VPC that shows it as its own.
    for vpc in world.of(*VPCS):
        if given(value) and value in (vpc.values.get(name) for names, _, _ in BORN for name in names):
            return vpc.address
    return ""


def adapt_vpcs(world: World) -> None:
    """Fill in VPCs, DHCP options and Block Public Access."""
    blocks = _more_blocks(world)
    options = _option_sets(world)
    main = {
        key: world.key(resource.values.get("route_table_id"), resource, "route_table_id")
        for resource in world.of("aws_main_route_table_association")
        if isinstance(key := world.key(resource.values.get("vpc_id"), resource, "vpc_id"), str)
    }
    for vpc in world.of(*VPCS):
        if world.same(vpc) == vpc.address:
            world.estate.vpcs[vpc.address] = _vpc(world, vpc, blocks, options, main)
    for resource in world.of(
        "aws_vpc_dhcp_options", "aws_default_vpc_dhcp_options", "data.aws_vpc_dhcp_options"
    ):
        world.estate.dhcp_options[resource.address] = _dhcp(world, resource)
    _public_access(world)


def _vpc(
    world: World,
    vpc: Resource,
    blocks: dict[str, list[Value]],
    options: dict[str, Maybe[str]],
    main: dict[str, Maybe[str]],
) -> Vpc:
    key = vpc.address
    unseen = world.tree.unseen[key] if key in world.tree.unseen else _unseen(vpc)
    return Vpc(
        key=key,
        origin=at(vpc),
        blocks=world.blocks([*_own_blocks(vpc), *blocks.get(key, ())], vpc, "address blocks"),
        dns_support=world.flag(vpc, "enable_dns_support", default=True),
        # False unless written, except in the VPC that AWS makes for everyone.
        # https://docs.aws.amazon.com/vpc/latest/userguide/AmazonDNS-concepts.html#vpc-dns-support
        dns_hostnames=world.flag(vpc, "enable_dns_hostnames", default=vpc.type == "aws_default_vpc"),
        main_route_table=main.get(key, _born(world, vpc, "main_route_table_id", unseen)),
        default_acl=_born(world, vpc, "default_network_acl_id", unseen),
        default_group=_born(world, vpc, "default_security_group_id", unseen),
        dhcp_options=options.get(key, "" if unseen is None else unseen),
        region=world.where.region(vpc),
        account=world.where.account_of(vpc),
        unseen=unseen,
        id=world.own_text(vpc, "id"),
    )


def _unseen(vpc: Resource) -> Unknown | None:
    """Why a VPC may hold what the input does not show: it was there before, and is kept elsewhere."""
    if not vpc.data and vpc.type == "aws_vpc":
        return None
    which = (
        "the default VPC" if vpc.type == "aws_default_vpc" or vpc.values.get("default") is True else "the VPC"
    )
    return Unknown(
        Why.NOT_IN_INPUT,
        f"what {which} {vpc.address} holds",
        vpc.address,
        vpc.elsewhere
        or f"{vpc.address} is not created here: add the configuration that creates it, or check the live account",
    )


def _born(world: World, vpc: Resource, name: str, unseen: Unknown | None) -> Maybe[str]:
    if (vpc.address, name) in world.disputed:
        return world.disputed[vpc.address, name]
    if isinstance(untold := vpc.values.get(name), Unknown):
        return untold
    key = world.aliases.get(f"{vpc.address}.{name}", f"{vpc.address}.{said(vpc, name)}")
    # What the VPC made by itself may have been changed by whoever keeps the VPC.
    return unseen if unseen is not None and key not in world.tree.resources else key


def _own_blocks(vpc: Resource) -> list[Value]:
    found: list[Value] = [vpc.values.get("cidr_block")]
    v6 = vpc.values.get("ipv6_cidr_block")
    # A block of Amazon's own choice is not known before; IPv4 is judged without it.
    if isinstance(v6, str) and v6 and "\ue000" not in v6:
        found.append(v6)
    more = blocks_of(vpc.values.get("cidr_block_associations"))
    if isinstance(more, Unknown):
        return found if not vpc.data else [*found, more]
    return found + [
        item.get("cidr_block") for item in more if item.get("state", "associated") == "associated"
    ]


def _more_blocks(world: World) -> dict[str, list[Value]]:
    found: dict[str, list[Value]] = {}
    for resource in world.of("aws_vpc_ipv4_cidr_block_association"):
        key = world.key(resource.values.get("vpc_id"), resource, "vpc_id")
        if isinstance(key, str):
            found.setdefault(key, []).append(resource.values.get("cidr_block"))
    return found


def _option_sets(world: World) -> dict[str, Maybe[str]]:
    found: dict[str, Maybe[str]] = {}
    for resource in world.of("aws_vpc_dhcp_options_association"):
        vpc = world.key(resource.values.get("vpc_id"), resource, "vpc_id")
        if isinstance(vpc, str):
            value = resource.values.get("dhcp_options_id")
            found[vpc] = "" if value == "default" else world.key(value, resource, "dhcp_options_id")
    return found


def _dhcp(world: World, resource: Resource) -> DhcpOptions:
    if resource.type == "aws_default_vpc_dhcp_options":
        return DhcpOptions(key=resource.address, origin=at(resource), amazon_dns=True, servers=Listing())
    value = written(resource, "domain_name_servers")
    servers = world.texts(value, resource, "domain_name_servers")
    amazon: Maybe[bool]
    if AMAZON_DNS in servers.items:
        amazon = True
    else:
        # Without the option, instances ask the server of the subnet's own gateway: none of Amazon's.
        amazon = servers.open[0] if servers.open else False
    return DhcpOptions(key=resource.address, origin=at(resource), amazon_dns=amazon, servers=servers)


def _public_access(world: World) -> None:
    for resource in world.of("aws_vpc_block_public_access_options"):
        world.estate.public_access_blocks[resource.address] = PublicAccessBlock(
            key=resource.address,
            origin=at(resource),
            mode=world.word(resource, "internet_gateway_block_mode", default="off"),
            region=world.where.region(resource),
            account=world.where.account_of(resource),
        )
    for resource in world.of("aws_vpc_block_public_access_exclusion"):
        subnet = written(resource, "subnet_id")
        subject = subnet if given(subnet) else written(resource, "vpc_id")
        world.estate.public_access_blocks[resource.address] = PublicAccessBlock(
            key=resource.address,
            origin=at(resource),
            mode=world.word(resource, "internet_gateway_exclusion_mode", default="allow-bidirectional"),
            only=world.key(subject, resource, "vpc_id"),
        )


def adapt_subnets(world: World) -> None:
    """Fill in subnets with the table and ACL in force."""
    tables, stray_tables = tables_of(world)
    acls, stray_acls = acls_of(world)
    for resource in world.of(*SUBNETS):
        key = resource.address
        if world.same(resource) != key:
            continue
        vpc = _vpc_of(world, resource)
        world.estate.subnets[key] = Subnet(
            key=key,
            origin=at(resource),
            vpc=vpc,
            blocks=_subnet_blocks(world, resource),
            zone=_zone(world, resource),
            route_table=tables[key]
            if key in tables
            else _inherited(world, resource, vpc, stray_tables, MAIN),
            acl=acls[key] if key in acls else _inherited(world, resource, vpc, stray_acls, "default_acl"),
            ipv6_only=world.flag(resource, "ipv6_native", default=False),
        )


def adapt_looked_up(world: World) -> None:
    """Fill in subnets of which only the ids are looked up: nothing is known of them but the VPC."""
    for resource in world.of("data.aws_subnets", "data.aws_subnet_ids"):
        ids = resource.values.get("ids")
        for literal in ids if isinstance(ids, list) else ():
            key = plain(literal)
            if not key or key in world.ids:
                continue
            unknown = Unknown(
                Why.NOT_IN_INPUT,
                f"the subnet {key}",
                resource.address,
                f"{key} is looked up by {resource.address} and kept elsewhere: add the configuration"
                " that creates it, or check the live account",
            )
            world.estate.subnets[key] = Subnet(
                key=key,
                origin=at(resource, "ids"),
                vpc=_vpc_looked_in(world, resource, unknown),
                blocks=unknown,
                zone=unknown,
                route_table=unknown,
                acl=unknown,
            )


def _vpc_looked_in(world: World, resource: Resource, unknown: Unknown) -> Maybe[str]:
    vpc = written(resource, "vpc_id")
    if given(vpc):
        return world.key(vpc, resource, "vpc_id")
    for block in listed_blocks(written(resource, "filter")):
        values = block.get("values")
        if block.get("name") == "vpc-id" and isinstance(values, list) and len(values) == 1:
            return world.key(values[0], resource, "filter")
    return unknown


def _vpc_of(world: World, resource: Resource) -> Maybe[str]:
    if resource.type == "aws_default_subnet" and is_left_out(
        resource, "vpc_id", resource.values.get("vpc_id")
    ):
        default = next((vpc.address for vpc in world.of("aws_default_vpc")), "")
        return default or _default_vpc(resource)
    return world.key(resource.values.get("vpc_id"), resource, "vpc_id")


def _default_vpc(resource: Resource) -> Unknown:
    return Unknown(
        Why.NOT_IN_INPUT,
        f"the default VPC that {resource.address} is in",
        resource.address,
        "the default VPC is not created here: check the live account",
    )


def _subnet_blocks(world: World, resource: Resource) -> Maybe[Addresses]:
    v6 = resource.values.get("ipv6_cidr_block")
    known_v6 = v6 if isinstance(v6, str) and "\ue000" not in v6 else None
    v4 = resource.values.get("cidr_block")
    if not given(v4) and not known_v6:
        return world.unknown(resource, "cidr_block")
    return world.blocks([v4, known_v6], resource, "cidr_block")


def _zone(world: World, resource: Resource) -> Maybe[str]:
    """The zone, by its name or, until it is known, by what names it ("names[0]" of a list)."""
    value = written(resource, "availability_zone")
    if isinstance(value, str) and value and not sole_hole(value).startswith("?"):
        return world.spelt(value)
    return value if isinstance(value, Unknown) else world.unknown(resource, "availability_zone")


def _inherited(world: World, subnet: Resource, vpc: Maybe[str], strays: list[Stray], name: str) -> Maybe[str]:
    """What the VPC gives to a subnet that nothing is attached to."""
    for place, reason in strays:
        if isinstance(place, Unknown) or isinstance(vpc, Unknown) or place == vpc:
            return reason
    if isinstance(vpc, Unknown):
        return vpc
    owner = world.estate.vpcs.get(vpc)
    if owner is None or subnet.data or (owner.unseen is not None and subnet.type == "aws_default_subnet"):
        what = "the route table" if name == MAIN else "the network ACL"
        return Unknown(
            Why.NOT_IN_INPUT,
            f"{what} of {subnet.address}",
            subnet.address,
            subnet.elsewhere
            or f"what {subnet.address} is attached to is not in the input: add the configuration that"
            " creates it, or check the live account",
        )
    found: Maybe[str] = getattr(owner, name)
    return found
