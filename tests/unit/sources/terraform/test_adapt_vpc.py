"""VPCs and subnets: defaults, what nobody writes down, and what is kept elsewhere."""

from typing import Any

import pytest

from pullproof.model.addresses import of
from pullproof.model.value import Unknown, Why
from tests.unit.sources.terraform.making import (
    COMPUTED,
    Block,
    Known,
    create,
    estate,
    keep,
    looked_up,
    read,
    ref,
    vpc,
)

VPC = vpc()
SUBNET = create(
    "aws_subnet.a", vpc_id=ref("aws_vpc.main.id"), cidr_block="10.0.0.0/24", availability_zone="eu-west-1a"
)
LITERAL = "vpc-0aaaaaaaa"


def test_a_vpc_has_terraforms_defaults() -> None:
    """DNS support is on, host names are off, and what AWS makes with it has keys below its own."""
    main = estate(VPC).vpcs["aws_vpc.main"]

    assert of("10.0.0.0/16") == main.blocks
    assert main.dns_support is True
    assert main.dns_hostnames is False
    assert "aws_vpc.main.main_route_table_id" == main.main_route_table
    assert "aws_vpc.main.default_network_acl_id" == main.default_acl
    assert "aws_vpc.main.default_security_group_id" == main.default_group
    assert "" == main.dhcp_options
    assert "eu-west-1" == main.region
    assert main.unseen is None


def test_what_a_vpc_makes_by_itself_is_there() -> None:
    """The main table has local routes alone, the default ACL allows all, the default group its members."""
    found = estate(VPC)
    group = found.groups["aws_vpc.main.default_security_group_id"]
    acl = found.acls["aws_vpc.main.default_network_acl_id"]

    assert () == found.route_tables["aws_vpc.main.main_route_table_id"].routes.items
    assert found.route_tables["aws_vpc.main.main_route_table_id"].routes.complete
    assert [100, 101] == [entry.number for entry in acl.egress.items]
    assert "aws_vpc.main.default_security_group_id" == getattr(group.ingress.items[0].peer, "ref", None)
    assert of("0.0.0.0/0", "::/0") == group.egress.items[0].peer


@pytest.mark.parametrize("spelling", ["main_route_table_id", "default_route_table_id"])
def test_the_main_table_has_one_key_by_either_name(spelling: str) -> None:
    """Routes on the main table reach it by both attributes of the VPC."""
    route = create(
        "aws_route.r",
        route_table_id=ref(f"aws_vpc.main.{spelling}"),
        destination_cidr_block="0.0.0.0/0",
        gateway_id="igw-0aaaaaaaa",
    )
    table = estate(VPC, route).route_tables["aws_vpc.main.main_route_table_id"]

    assert ["aws_route.r"] == [r.origin.address for r in table.routes.items]


def test_adopted_things_take_the_place_of_those_nobody_writes() -> None:
    """`aws_default_*` resources are the VPC's own things, and keep what they write: nothing."""
    found = estate(
        VPC,
        create(
            "aws_default_route_table.t", default_route_table_id=ref("aws_vpc.main.default_route_table_id")
        ),
        create(
            "aws_default_network_acl.n", default_network_acl_id=ref("aws_vpc.main.default_network_acl_id")
        ),
        create("aws_default_security_group.g", vpc_id=ref("aws_vpc.main.id")),
        SUBNET,
    )
    main = found.vpcs["aws_vpc.main"]

    assert "aws_default_route_table.t" == main.main_route_table == found.subnets["aws_subnet.a"].route_table
    assert "aws_default_network_acl.n" == main.default_acl == found.subnets["aws_subnet.a"].acl
    assert "aws_default_security_group.g" == main.default_group
    assert () == found.groups["aws_default_security_group.g"].egress.items
    assert () == found.acls["aws_default_network_acl.n"].ingress.items
    assert "aws_vpc.main" == found.acls["aws_default_network_acl.n"].vpc
    assert "aws_vpc.main" == found.route_tables["aws_default_route_table.t"].vpc


def test_a_literal_id_of_an_existing_vpc_adopts_too() -> None:
    """After an apply the adopted table is known by its id."""
    found = estate(
        keep(
            "aws_vpc.main",
            id=LITERAL,
            cidr_block="10.0.0.0/16",
            main_route_table_id="rtb-0aaaaaaaa",
            default_route_table_id="rtb-0aaaaaaaa",
        ),
        keep(
            "aws_default_route_table.t",
            id="rtb-0aaaaaaaa",
            default_route_table_id="rtb-0aaaaaaaa",
            vpc_id=LITERAL,
        ),
    )

    assert "aws_default_route_table.t" == found.vpcs["aws_vpc.main"].main_route_table
    assert "aws_vpc.main" == found.route_tables["aws_default_route_table.t"].vpc


def test_two_who_adopt_the_same_thing_are_a_conflict() -> None:
    """Two resources for one default group undo each other."""
    found = estate(
        VPC,
        create("aws_default_security_group.a", vpc_id=ref("aws_vpc.main.id")),
        create("aws_default_security_group.b", vpc_id=ref("aws_vpc.main.id")),
    )
    group = found.vpcs["aws_vpc.main"].default_group

    assert isinstance(group, Unknown)
    assert Why.CONFLICT is group.why
    assert "aws_default_security_group.b" in group.settle_by


def test_an_adopter_of_an_unknown_vpc_may_be_anybodys() -> None:
    """If it is not known whose default group a resource manages, no VPC's is known."""
    stray = create("aws_default_security_group.a", vpc_id=ref("local.a", "local.b"))
    found = estate(VPC, create("aws_vpc.other", cidr_block="10.1.0.0/16"), stray)

    assert isinstance(found.vpcs["aws_vpc.main"].default_group, Unknown)


def test_a_main_route_table_association_replaces_the_main_table() -> None:
    """The table made the main one is what unattached subnets have."""
    table = create("aws_route_table.t", vpc_id=ref("aws_vpc.main.id"))
    main = create(
        "aws_main_route_table_association.m",
        vpc_id=ref("aws_vpc.main.id"),
        route_table_id=ref("aws_route_table.t.id"),
    )

    assert "aws_route_table.t" == estate(VPC, SUBNET, table, main).subnets["aws_subnet.a"].route_table


def test_more_blocks_belong_to_the_vpc() -> None:
    """A second CIDR block is an association of its own; a known IPv6 block counts too."""
    more = create(
        "aws_vpc_ipv4_cidr_block_association.m", vpc_id=ref("aws_vpc.main.id"), cidr_block="10.1.0.0/16"
    )
    six = keep("aws_vpc.six", id="vpc-0bbbbbbbb", cidr_block="10.3.0.0/16", ipv6_cidr_block="2001:db8::/56")
    found = estate(VPC, more, six)

    assert of("10.0.0.0/15") == found.vpcs["aws_vpc.main"].blocks
    assert of("10.3.0.0/16", "2001:db8::/56") == found.vpcs["aws_vpc.six"].blocks


@pytest.mark.parametrize("block", [COMPUTED, "10.0.0.0/33"])
def test_a_block_that_cannot_be_read_is_unknown(block: Any) -> None:
    """A CIDR of an address pool, or one that AWS would refuse."""
    assert isinstance(estate(create("aws_vpc.main", cidr_block=block)).vpcs["aws_vpc.main"].blocks, Unknown)


def test_dhcp_options_are_found() -> None:
    """Own servers, Amazon's among them, the default set, and AWS's own by name."""
    found = estate(
        VPC,
        create("aws_vpc.b", cidr_block="10.1.0.0/16"),
        create("aws_vpc_dhcp_options.own", domain_name_servers=["10.0.0.53"]),
        create("aws_vpc_dhcp_options.both", domain_name_servers=["AmazonProvidedDNS", "10.0.0.53"]),
        create("aws_vpc_dhcp_options.open", domain_name_servers=[ref("aws_instance.dns.private_ip")]),
        create("aws_default_vpc_dhcp_options.d"),
        create(
            "aws_vpc_dhcp_options_association.a",
            vpc_id=ref("aws_vpc.main.id"),
            dhcp_options_id=ref("aws_vpc_dhcp_options.own.id"),
        ),
        create("aws_vpc_dhcp_options_association.b", vpc_id=ref("aws_vpc.b.id"), dhcp_options_id="default"),
    )

    assert "aws_vpc_dhcp_options.own" == found.vpcs["aws_vpc.main"].dhcp_options
    assert "" == found.vpcs["aws_vpc.b"].dhcp_options
    assert found.dhcp_options["aws_vpc_dhcp_options.own"].amazon_dns is False
    assert found.dhcp_options["aws_vpc_dhcp_options.both"].amazon_dns is True
    assert isinstance(found.dhcp_options["aws_vpc_dhcp_options.open"].amazon_dns, Unknown)
    assert found.dhcp_options["aws_default_vpc_dhcp_options.d"].amazon_dns is True


def test_block_public_access_and_what_is_excluded() -> None:
    """The switch of the account, and an exclusion for one VPC or subnet."""
    found = estate(
        VPC,
        SUBNET,
        create("aws_vpc_block_public_access_options.o", internet_gateway_block_mode="block-bidirectional"),
        create(
            "aws_vpc_block_public_access_exclusion.v",
            vpc_id=ref("aws_vpc.main.id"),
            internet_gateway_exclusion_mode="allow-egress",
        ),
        create(
            "aws_vpc_block_public_access_exclusion.s",
            subnet_id=ref("aws_subnet.a.id"),
            internet_gateway_exclusion_mode="allow-bidirectional",
        ),
    ).public_access_blocks

    assert "block-bidirectional" == found["aws_vpc_block_public_access_options.o"].mode
    assert "aws_vpc.main" == found["aws_vpc_block_public_access_exclusion.v"].only
    assert "aws_subnet.a" == found["aws_vpc_block_public_access_exclusion.s"].only


@pytest.mark.parametrize(
    "looked",
    [
        looked_up("data.aws_vpc.v", id=LITERAL, cidr_block="10.0.0.0/16", default=False),
        looked_up("data.aws_vpc.v", id=LITERAL, cidr_block="10.0.0.0/16", default=True),
    ],
)
def test_a_vpc_that_is_looked_up_may_hold_anything(looked: tuple[str, dict[str, Any]]) -> None:
    """Its blocks are known; its endpoints, tables and groups are kept elsewhere."""
    found = estate(looked, create("aws_subnet.a", vpc_id=LITERAL, cidr_block="10.0.0.0/24"))
    held = found.vpcs["data.aws_vpc.v"]

    assert held.unseen is not None
    assert of("10.0.0.0/16") == held.blocks
    assert isinstance(held.main_route_table, Unknown)
    assert isinstance(held.default_group, Unknown)
    assert "data.aws_vpc.v" == found.subnets["aws_subnet.a"].vpc
    assert isinstance(found.subnets["aws_subnet.a"].route_table, Unknown)


def test_a_looked_up_vpc_that_is_made_here_is_one_vpc() -> None:
    """A data source for the VPC of the same configuration adds no second VPC."""
    found = estate(
        VPC,
        read("data.aws_vpc.again", id=ref("aws_vpc.main.id")),
        create("aws_security_group.g", vpc_id=ref("data.aws_vpc.again.id")),
    )

    assert ["aws_vpc.main"] == list(found.vpcs)
    assert "aws_vpc.main" == found.groups["aws_security_group.g"].vpc


def test_the_blocks_of_a_looked_up_vpc_are_those_associated() -> None:
    """Blocks that are being taken away do not count."""
    associations = [
        {"cidr_block": "10.0.0.0/16", "state": "associated"},
        {"cidr_block": "10.1.0.0/16", "state": "disassociated"},
    ]
    looked = looked_up(
        "data.aws_vpc.v", id=LITERAL, cidr_block="10.0.0.0/16", cidr_block_associations=associations
    )

    assert of("10.0.0.0/16") == estate(looked).vpcs["data.aws_vpc.v"].blocks


def test_the_default_vpc_is_adopted_as_it_is() -> None:
    """`aws_default_vpc` is there already; host names are on in it, and its tables are not shown."""
    found = estate(
        create("aws_default_vpc.d", cidr_block=COMPUTED),
        create("aws_default_subnet.a", availability_zone="eu-west-1a", vpc_id=COMPUTED, cidr_block=COMPUTED),
    )
    default, subnet = found.vpcs["aws_default_vpc.d"], found.subnets["aws_default_subnet.a"]

    assert default.unseen is not None
    assert default.dns_hostnames is True
    assert "aws_default_vpc.d" == subnet.vpc
    assert isinstance(subnet.route_table, Unknown)
    assert isinstance(subnet.blocks, Unknown)


def test_a_default_subnet_without_the_vpc_is_in_an_unknown_one() -> None:
    """The default VPC may not be part of the input at all."""
    subnet = estate(create("aws_default_subnet.a", availability_zone="eu-west-1a", vpc_id=COMPUTED)).subnets[
        "aws_default_subnet.a"
    ]

    assert isinstance(subnet.vpc, Unknown)


def association(table: Any, subnet: Any, name: str = "x", **more: Any) -> Block:
    return create(f"aws_route_table_association.{name}", route_table_id=table, subnet_id=subnet, **more)


def test_an_association_decides_the_table() -> None:
    """An explicit association beats the main table."""
    table = create("aws_route_table.t", vpc_id=ref("aws_vpc.main.id"))
    link = association(ref("aws_route_table.t.id"), ref("aws_subnet.a.id"))

    assert "aws_route_table.t" == estate(VPC, SUBNET, table, link).subnets["aws_subnet.a"].route_table


def test_a_gateways_association_is_none_of_a_subnet() -> None:
    """Edge tables are associated with a gateway."""
    table = create("aws_route_table.t", vpc_id=ref("aws_vpc.main.id"))
    link = create(
        "aws_route_table_association.g",
        route_table_id=ref("aws_route_table.t.id"),
        gateway_id=ref("aws_internet_gateway.i.id"),
        subnet_id=ref("local.a"),
    )
    gateway = create("aws_internet_gateway.i", vpc_id=ref("aws_vpc.main.id"))

    assert (
        "aws_vpc.main.main_route_table_id"
        == estate(VPC, SUBNET, table, link, gateway).subnets["aws_subnet.a"].route_table
    )


def test_an_association_of_an_unknown_subnet_leaves_its_vpcs_subnets_open() -> None:
    """It may be for any subnet of the table's VPC that has no other, and for none of another VPC."""
    other = create("aws_vpc.other", cidr_block="10.1.0.0/16")
    far = create("aws_subnet.far", vpc_id=ref("aws_vpc.other.id"), cidr_block="10.1.0.0/24")
    table = create("aws_route_table.t", vpc_id=ref("aws_vpc.main.id"))
    found = estate(VPC, other, far, SUBNET, table, association(ref("aws_route_table.t.id"), ref("local.ids")))

    assert isinstance(found.subnets["aws_subnet.a"].route_table, Unknown)
    assert "aws_vpc.other.main_route_table_id" == found.subnets["aws_subnet.far"].route_table


def test_network_acls_find_their_subnets() -> None:
    """By the list of the ACL, or by an association; a list that is open leaves the others open."""
    listed = create("aws_network_acl.l", vpc_id=ref("aws_vpc.main.id"), subnet_ids=[ref("aws_subnet.a.id")])
    linked = create("aws_network_acl.k", vpc_id=ref("aws_vpc.main.id"))
    second = create("aws_subnet.b", vpc_id=ref("aws_vpc.main.id"), cidr_block="10.0.1.0/24")
    third = create("aws_subnet.c", vpc_id=ref("aws_vpc.main.id"), cidr_block="10.0.2.0/24")
    link = create(
        "aws_network_acl_association.b",
        network_acl_id=ref("aws_network_acl.k.id"),
        subnet_id=ref("aws_subnet.b.id"),
    )
    stray = create(
        "aws_network_acl_association.s", network_acl_id=ref("local.acl"), subnet_id=ref("local.subnet")
    )

    found = estate(VPC, SUBNET, second, third, listed, linked, link).subnets
    open_ = estate(VPC, SUBNET, second, third, listed, linked, link, stray).subnets

    assert ["aws_network_acl.l", "aws_network_acl.k", "aws_vpc.main.default_network_acl_id"] == [
        found[f"aws_subnet.{name}"].acl for name in "abc"
    ]
    assert isinstance(open_["aws_subnet.c"].acl, Unknown)


def test_a_looked_up_subnet_is_attached_to_what_is_not_shown() -> None:
    """Its blocks and zone are known, its table and ACL are kept elsewhere."""
    subnet = looked_up(
        "data.aws_subnet.s",
        id="subnet-0aaaaaaaa",
        vpc_id=LITERAL,
        cidr_block="10.0.0.0/24",
        availability_zone="eu-west-1b",
    )
    found = estate(subnet).subnets["data.aws_subnet.s"]

    assert of("10.0.0.0/24") == found.blocks
    assert "eu-west-1b" == found.zone
    assert LITERAL == found.vpc
    assert isinstance(found.route_table, Unknown)
    assert isinstance(found.acl, Unknown)


def test_a_looked_up_table_tells_its_subnets() -> None:
    """`data.aws_route_table` shows whose table it is."""
    subnet = looked_up("data.aws_subnet.s", id="subnet-0aaaaaaaa", vpc_id=LITERAL, cidr_block="10.0.0.0/24")
    table = looked_up(
        "data.aws_route_table.t",
        id="rtb-0aaaaaaaa",
        vpc_id=LITERAL,
        subnet_id="subnet-0aaaaaaaa",
        routes=[{"cidr_block": "0.0.0.0/0", "gateway_id": "igw-0aaaaaaaa"}],
    )
    found = estate(subnet, table)

    assert "data.aws_route_table.t" == found.subnets["data.aws_subnet.s"].route_table
    assert ["0.0.0.0/0"] == [
        str(route.destination) for route in found.route_tables["data.aws_route_table.t"].routes.items
    ]


@pytest.mark.parametrize(
    ("source", "owner"),
    [
        ({"filter": [{"name": "vpc-id", "values": [LITERAL]}]}, LITERAL),
        ({"vpc_id": LITERAL}, LITERAL),
        ({"filter": [{"name": "tag:Name", "values": ["x"]}]}, None),
    ],
)
def test_subnets_of_which_only_the_id_is_looked_up(source: dict[str, Any], owner: str | None) -> None:
    """Their VPC may be told by the filter; nothing else is known."""
    found = estate(looked_up("data.aws_subnets.s", ids=["subnet-0aaaaaaaa"], **source)).subnets[
        "subnet-0aaaaaaaa"
    ]

    assert isinstance(found.blocks, Unknown)
    assert isinstance(found.route_table, Unknown)
    assert owner == found.vpc if owner else isinstance(found.vpc, Unknown)


def test_a_subnet_for_ipv6_alone_is_told() -> None:
    """`ipv6_native` subnets have no IPv4 block."""
    subnet = create(
        "aws_subnet.a",
        vpc_id=ref("aws_vpc.main.id"),
        ipv6_native=True,
        ipv6_cidr_block=Known("2001:db8::/64", ("aws_vpc.main.ipv6_cidr_block",)),
    )
    found = estate(VPC, subnet).subnets["aws_subnet.a"]

    assert found.ipv6_only is True
    assert of("2001:db8::/64") == found.blocks


def test_two_attachments_of_one_subnet_are_a_conflict() -> None:
    """Two route tables, or two ACLs, for one subnet: which comes last is not told."""
    tables = [create(f"aws_route_table.{name}", vpc_id=ref("aws_vpc.main.id")) for name in "tu"]
    links = [association(ref(f"aws_route_table.{name}.id"), ref("aws_subnet.a.id"), name) for name in "tu"]
    acls = [
        create(f"aws_network_acl.{name}", vpc_id=ref("aws_vpc.main.id"), subnet_ids=[ref("aws_subnet.a.id")])
        for name in "nm"
    ]
    found = estate(VPC, SUBNET, *tables, *links, *acls).subnets["aws_subnet.a"]

    for attached in (found.route_table, found.acl):
        assert isinstance(attached, Unknown)
        assert Why.CONFLICT is attached.why


def test_what_an_existing_acl_shows_is_how_it_was_before() -> None:
    """The default ACL still lists the subnets that a new one takes over."""
    subnet = keep("aws_subnet.a", id="subnet-0aaaaaaaa", vpc_id=LITERAL, cidr_block="10.0.0.0/24")
    default = keep(
        "aws_default_network_acl.d",
        id="acl-0aaaaaaaa",
        default_network_acl_id="acl-0aaaaaaaa",
        subnet_ids=["subnet-0aaaaaaaa"],
    )
    del default.written["expressions"]["subnet_ids"]
    new = create("aws_network_acl.n", vpc_id=LITERAL, subnet_ids=["subnet-0aaaaaaaa"])

    assert "aws_default_network_acl.d" == estate(subnet, default).subnets["aws_subnet.a"].acl
    assert "aws_network_acl.n" == estate(subnet, default, new).subnets["aws_subnet.a"].acl
