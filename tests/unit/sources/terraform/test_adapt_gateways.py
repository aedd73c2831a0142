"""Ways out of a VPC and between VPCs; transit gateways."""

from typing import Any

import pytest

from pullproof.model.addresses import of
from pullproof.model.value import Listing, Unknown
from tests.unit.sources.terraform.making import (
    COMPUTED,
    Block,
    create,
    estate,
    keep,
    looked_up,
    ref,
    vpc,
)

VPC = vpc()
SUBNET = create("aws_subnet.a", vpc_id=ref("aws_vpc.main.id"), cidr_block="10.0.0.0/24")


@pytest.mark.parametrize(
    ("values", "public"),
    [({}, True), ({"connectivity_type": "public"}, True), ({"connectivity_type": "private"}, False)],
)
def test_a_nat_gateway_is_public_unless_it_says_private(values: dict[str, Any], public: bool) -> None:
    """AWS's default is public."""
    found = estate(
        VPC, SUBNET, create("aws_nat_gateway.n", subnet_id=ref("aws_subnet.a.id"), **values)
    ).nat_gateways["aws_nat_gateway.n"]

    assert public is found.public
    assert "aws_subnet.a" == found.subnet
    assert found.available is True


@pytest.mark.parametrize("alike", [True, False])
def test_nat_gateways_by_index_are_in_any_of_subnets_that_are_alike(alike: bool) -> None:
    """`public[count.index].id` may be shifted; where all are on one table, it does not matter."""
    public = [
        create(f"aws_subnet.p[{i}]", vpc_id=ref("aws_vpc.main.id"), cidr_block=f"10.0.{i}.0/24")
        for i in (0, 1)
    ]
    nats = [create(f"aws_nat_gateway.n[{i}]", subnet_id=ref("aws_subnet.p", "count.index")) for i in (0, 1)]
    table = create("aws_route_table.t", vpc_id=ref("aws_vpc.main.id"), route=COMPUTED)
    odd = create(
        "aws_route_table_association.a",
        subnet_id=ref("aws_subnet.p[1].id"),
        route_table_id=ref("aws_route_table.t.id"),
    )
    found = (
        estate(VPC, *public, *nats, table, *([] if alike else [odd]))
        .nat_gateways["aws_nat_gateway.n[1]"]
        .subnet
    )

    assert "aws_subnet.p[1]" == found if alike else isinstance(found, Unknown)


def test_a_regional_nat_gateway_has_no_subnet() -> None:
    """It is in the VPC, with a table of its own that the plan does not show."""
    nat = create("aws_nat_gateway.n", availability_mode="regional", vpc_id=ref("aws_vpc.main.id"))
    found = estate(VPC, nat).nat_gateways["aws_nat_gateway.n"]

    assert ("", "aws_vpc.main") == (found.subnet, found.vpc)
    assert isinstance(found.route_table, Unknown)


def test_a_failed_nat_gateway_is_not_available() -> None:
    """The state of one that is looked up counts."""
    found = estate(looked_up("data.aws_nat_gateway.n", id="nat-0a", subnet_id="subnet-0a", state="failed"))

    assert found.nat_gateways["data.aws_nat_gateway.n"].available is False


@pytest.mark.parametrize(
    ("blocks", "expected"),
    [
        ([create("aws_internet_gateway.i", vpc_id=ref("aws_vpc.main.id"))], "aws_vpc.main"),
        ([create("aws_internet_gateway.i", vpc_id=COMPUTED)], ""),
        ([create("aws_internet_gateway.i")], ""),
        (
            [
                create("aws_internet_gateway.i", vpc_id=COMPUTED),
                create(
                    "aws_internet_gateway_attachment.a",
                    internet_gateway_id=ref("aws_internet_gateway.i.id"),
                    vpc_id=ref("aws_vpc.main.id"),
                ),
            ],
            "aws_vpc.main",
        ),
    ],
    ids=["written", "left out", "nothing", "attached separately"],
)
def test_an_internet_gateway_is_where_it_is_attached(blocks: list[Block], expected: str) -> None:
    """By its own argument or by an attachment; without either it is detached."""
    assert expected == estate(VPC, *blocks).internet_gateways["aws_internet_gateway.i"].vpc


@pytest.mark.parametrize(("attachments", "known"), [([{"vpc_id": "vpc-0aaaaaaaa"}], True), ([], False)])
def test_a_looked_up_gateway_shows_its_attachment(attachments: list[Any], known: bool) -> None:
    """`data.aws_internet_gateway` lists its VPC."""
    found = estate(looked_up("data.aws_internet_gateway.i", id="igw-0a", attachments=attachments))
    owner = found.internet_gateways["data.aws_internet_gateway.i"].vpc

    assert "vpc-0aaaaaaaa" == owner if known else isinstance(owner, Unknown)


def test_the_gateway_for_ipv6_is_told_apart() -> None:
    """Egress-only gateways let IPv6 out."""
    found = estate(VPC, create("aws_egress_only_internet_gateway.e", vpc_id=ref("aws_vpc.main.id")))

    assert found.internet_gateways["aws_egress_only_internet_gateway.e"].egress_only


def peering(**values: Any) -> Block:
    return create(
        "aws_vpc_peering_connection.p",
        vpc_id=ref("aws_vpc.main.id"),
        peer_vpc_id="vpc-0bbbbbbbb",
        accept_status=COMPUTED,
        **values,
    )


ACCEPTER = create(
    "aws_vpc_peering_connection_accepter.a",
    vpc_peering_connection_id=ref("aws_vpc_peering_connection.p.id"),
    auto_accept=True,
)


@pytest.mark.parametrize(
    ("blocks", "expected"),
    [
        ([peering(auto_accept=True)], True),
        ([peering(), ACCEPTER], True),
        ([peering(auto_accept=False)], None),
        (
            [
                keep(
                    "aws_vpc_peering_connection.p",
                    vpc_id="vpc-0a",
                    peer_vpc_id="vpc-0b",
                    accept_status="active",
                )
            ],
            True,
        ),
        (
            [
                keep(
                    "aws_vpc_peering_connection.p",
                    vpc_id="vpc-0a",
                    peer_vpc_id="vpc-0b",
                    accept_status="rejected",
                )
            ],
            False,
        ),
        ([peering(auto_accept=ref("local.a"))], None),
    ],
    ids=["accepts itself", "accepted", "nobody accepts", "active", "rejected", "unknown"],
)
def test_a_peering_is_active_when_both_sides_agree(blocks: list[Block], expected: bool | None) -> None:
    """Who accepts may be outside of the input: then it is not known."""
    active = estate(VPC, *blocks).peerings["aws_vpc_peering_connection.p"].active

    assert isinstance(active, Unknown) if expected is None else expected is active


def interface(name: str = "aws_network_interface.n", **values: Any) -> Block:
    return create(name, **({"subnet_id": ref("aws_subnet.a.id"), "private_ip": COMPUTED} | values))


def test_an_instance_is_an_interface() -> None:
    """A NAT instance: its groups, its address where known, and whether it forwards."""
    instance = interface(
        "aws_instance.i",
        associate_public_ip_address=True,
        source_dest_check=False,
        vpc_security_group_ids=["sg-0aaaaaaaa"],
        private_ip="10.0.0.9",
    )
    found = estate(VPC, SUBNET, instance).interfaces["aws_instance.i"]

    assert ("aws_subnet.a", ("sg-0aaaaaaaa",), True, False) == (
        found.subnet,
        found.groups.items,
        found.public_ip,
        found.source_dest_check,
    )
    assert of("10.0.0.9") == found.addresses


def test_an_interface_without_groups_has_the_vpcs_own() -> None:
    """AWS takes the default group where none is written."""
    found = estate(VPC, SUBNET, interface(private_ips=["10.0.0.7", "10.0.0.8"])).interfaces[
        "aws_network_interface.n"
    ]

    assert Listing(("aws_vpc.main.default_security_group_id",)) == found.groups
    assert of("10.0.0.7", "10.0.0.8") == found.addresses
    assert found.public_ip is False
    assert found.source_dest_check is True


@pytest.mark.parametrize(
    ("eip", "expected"),
    [
        (create("aws_eip.e", network_interface=ref("aws_network_interface.n.id")), True),
        (create("aws_eip_association.e", network_interface_id=ref("aws_network_interface.n.id")), True),
        (create("aws_eip.e", network_interface=ref("aws_network_interface.other.id")), False),
        (create("aws_eip.e", network_interface=ref("local.a")), None),
        (create("aws_eip.e"), False),
    ],
)
def test_an_elastic_address_makes_an_interface_public(eip: Block, expected: bool | None) -> None:
    """Attached by the address or by an association; one attached to an unknown interface may be here."""
    other = interface("aws_network_interface.other")
    public = estate(VPC, SUBNET, interface(), other, eip).interfaces["aws_network_interface.n"].public_ip

    assert isinstance(public, Unknown) if expected is None else expected is public


def test_an_existing_public_address_counts() -> None:
    """An instance shows the public address it has."""
    found = estate(
        keep(
            "aws_instance.i",
            subnet_id="subnet-0a",
            public_ip="198.51.100.1",
            vpc_security_group_ids=["sg-0a"],
        )
    )

    assert found.interfaces["aws_instance.i"].public_ip is True


HUB = create(
    "aws_ec2_transit_gateway.hub",
    association_default_route_table_id=COMPUTED,
    propagation_default_route_table_id=COMPUTED,
)
DEFAULT = "aws_ec2_transit_gateway.hub.association_default_route_table_id"


def attachment(**values: Any) -> Block:
    return create(
        "aws_ec2_transit_gateway_vpc_attachment.a",
        **(
            {
                "transit_gateway_id": ref("aws_ec2_transit_gateway.hub.id"),
                "vpc_id": ref("aws_vpc.main.id"),
                "subnet_ids": [ref("aws_subnet.a.id")],
            }
            | values
        ),
    )


def test_an_attachment_uses_the_default_table() -> None:
    """Association and propagation are on unless either side says no."""
    found = estate(VPC, SUBNET, HUB, attachment())

    assert DEFAULT == found.transit_attachments["aws_ec2_transit_gateway_vpc_attachment.a"].table
    assert ("aws_ec2_transit_gateway_vpc_attachment.a",) == found.transit_tables[DEFAULT].propagations.items
    assert found.transit_tables[DEFAULT].routes.complete


@pytest.mark.parametrize(
    ("hub", "values"),
    [
        (
            HUB,
            {
                "transit_gateway_default_route_table_association": False,
                "transit_gateway_default_route_table_propagation": False,
            },
        ),
        (
            create(
                "aws_ec2_transit_gateway.hub",
                default_route_table_association="disable",
                default_route_table_propagation="disable",
            ),
            {},
        ),
    ],
)
def test_an_attachment_may_have_no_table(hub: Block, values: dict[str, Any]) -> None:
    """Switched off by the attachment or by the gateway."""
    found = estate(VPC, SUBNET, hub, attachment(**values))

    assert "" == found.transit_attachments["aws_ec2_transit_gateway_vpc_attachment.a"].table
    assert () == found.transit_tables[DEFAULT].propagations.items


@pytest.mark.parametrize(
    ("hub", "values"),
    [
        (
            HUB,
            {
                "transit_gateway_default_route_table_association": ref("local.a"),
                "transit_gateway_default_route_table_propagation": ref("local.a"),
            },
        ),
        (
            create(
                "aws_ec2_transit_gateway.hub",
                default_route_table_association=ref("local.a"),
                default_route_table_propagation=ref("local.a"),
            ),
            {},
        ),
        (HUB, {"transit_gateway_id": "tgw-0aaaaaaaa"}),
        (HUB, {"transit_gateway_id": ref("local.a")}),
    ],
)
def test_a_table_that_depends_on_something_unknown_is_unknown(hub: Block, values: dict[str, Any]) -> None:
    """The switches, or the gateway itself, are not known."""
    found = estate(VPC, SUBNET, hub, attachment(**values))

    assert isinstance(found.transit_attachments["aws_ec2_transit_gateway_vpc_attachment.a"].table, Unknown)
    assert not found.transit_tables[DEFAULT].propagations.complete


def test_links_of_their_own_are_read() -> None:
    """Associations, propagations and routes as resources; unknown ones leave every table open."""
    table = create(
        "aws_ec2_transit_gateway_route_table.t", transit_gateway_id=ref("aws_ec2_transit_gateway.hub.id")
    )
    both = {
        "transit_gateway_attachment_id": ref("aws_ec2_transit_gateway_vpc_attachment.a.id"),
        "transit_gateway_route_table_id": ref("aws_ec2_transit_gateway_route_table.t.id"),
    }
    route = create("aws_ec2_transit_gateway_route.r", destination_cidr_block="0.0.0.0/0", **both)
    hole = create(
        "aws_ec2_transit_gateway_route.h",
        destination_cidr_block="10.0.0.0/8",
        blackhole=True,
        transit_gateway_route_table_id=both["transit_gateway_route_table_id"],
    )
    blocks = [VPC, SUBNET, HUB, attachment(), table, route, hole]
    linked = [
        create("aws_ec2_transit_gateway_route_table_association.a", **both),
        create("aws_ec2_transit_gateway_route_table_propagation.p", **both),
    ]
    stray = create(
        "aws_ec2_transit_gateway_route_table_association.s",
        **(both | {"transit_gateway_route_table_id": ref("local.t")}),
    )
    found = estate(*blocks, *linked)
    unlinked = estate(*blocks, stray)

    routes = found.transit_tables["aws_ec2_transit_gateway_route_table.t"].routes.items
    assert (
        "aws_ec2_transit_gateway_route_table.t"
        == found.transit_attachments["aws_ec2_transit_gateway_vpc_attachment.a"].table
    )
    assert [("0.0.0.0/0", "aws_ec2_transit_gateway_vpc_attachment.a", False), ("10.0.0.0/8", "", True)] == [
        (str(one.destination), one.attachment, one.blackhole) for one in routes
    ]
    assert ("aws_ec2_transit_gateway_vpc_attachment.a",) == found.transit_tables[
        "aws_ec2_transit_gateway_route_table.t"
    ].propagations.items
    assert isinstance(unlinked.transit_attachments["aws_ec2_transit_gateway_vpc_attachment.a"].table, Unknown)


@pytest.mark.parametrize("block", ["x", ref("local.a")])
def test_a_transit_route_that_cannot_be_read_is_unknown(block: Any) -> None:
    """A block AWS would refuse, or one known after apply; a route of an unknown table is anybody's."""
    route = create(
        "aws_ec2_transit_gateway_route.r",
        destination_cidr_block=block,
        transit_gateway_route_table_id=ref("aws_ec2_transit_gateway.hub.association_default_route_table_id"),
    )
    stray = create(
        "aws_ec2_transit_gateway_route.s",
        destination_cidr_block="10.0.0.0/8",
        transit_gateway_route_table_id=ref("local.a"),
    )
    table = estate(HUB, route, stray).transit_tables[DEFAULT]

    assert isinstance(table.routes.items[0].destination, Unknown)
    assert not table.routes.complete


def test_existing_and_looked_up_gateways_are_found_by_id() -> None:
    """After an apply everything is known by id; a looked-up table does not show its routes."""
    hub = looked_up(
        "data.aws_ec2_transit_gateway.h",
        id="tgw-0aaaaaaaa",
        association_default_route_table_id="tgw-rtb-0aaaaaaaa",
        default_route_table_association="enable",
    )
    table = looked_up(
        "data.aws_ec2_transit_gateway_route_table.t",
        id="tgw-rtb-0bbbbbbbb",
        transit_gateway_id="tgw-0aaaaaaaa",
    )
    vpn = keep(
        "aws_vpn_connection.v",
        id="vpn-0aaaaaaaa",
        transit_gateway_id="tgw-0aaaaaaaa",
        transit_gateway_attachment_id="tgw-attach-0aaaaaaaa",
    )
    route = keep(
        "aws_ec2_transit_gateway_route.r",
        destination_cidr_block="0.0.0.0/0",
        transit_gateway_attachment_id="tgw-attach-0aaaaaaaa",
        transit_gateway_route_table_id="tgw-rtb-0aaaaaaaa",
    )
    found = estate(hub, table, vpn, route)
    default = found.transit_tables["data.aws_ec2_transit_gateway.h.association_default_route_table_id"]

    assert ["aws_vpn_connection.v"] == [one.attachment for one in default.routes.items]
    assert "" == found.transit_attachments["aws_vpn_connection.v"].vpc
    assert not found.transit_tables["data.aws_ec2_transit_gateway_route_table.t"].routes.complete


def test_a_route_for_a_prefix_list_is_one_for_each_block() -> None:
    """References to a managed list; one that is not known leaves its destination open."""
    offices = create(
        "aws_ec2_managed_prefix_list.l", name="l", entry=[{"cidr": "0.0.0.0/1"}, {"cidr": "128.0.0.0/1"}]
    )
    values = {
        "transit_gateway_route_table_id": ref(
            "aws_ec2_transit_gateway.hub.association_default_route_table_id"
        ),
        "transit_gateway_attachment_id": ref("aws_ec2_transit_gateway_vpc_attachment.a.id"),
    }
    kind = "aws_ec2_transit_gateway_prefix_list_reference"
    known = create(f"{kind}.k", prefix_list_id=ref("aws_ec2_managed_prefix_list.l.id"), **values)
    other = create(f"{kind}.o", prefix_list_id="pl-0aaaaaaaa", **values)
    routes = (
        estate(VPC, SUBNET, HUB, attachment(), offices, known, other).transit_tables[DEFAULT].routes.items
    )

    assert ["0.0.0.0/1", "128.0.0.0/1"] == [str(one.destination) for one in routes[:2]]
    assert isinstance(routes[2].destination, Unknown)


def test_a_table_of_ones_own_may_be_the_default() -> None:
    """Made so by a resource, for associations and propagations."""
    own = create(
        "aws_ec2_transit_gateway_route_table.t", transit_gateway_id=ref("aws_ec2_transit_gateway.hub.id")
    )
    both = {
        "transit_gateway_id": ref("aws_ec2_transit_gateway.hub.id"),
        "transit_gateway_route_table_id": ref("aws_ec2_transit_gateway_route_table.t.id"),
    }
    found = estate(
        VPC,
        SUBNET,
        HUB,
        attachment(),
        own,
        create("aws_ec2_transit_gateway_default_route_table_association.a", **both),
        create("aws_ec2_transit_gateway_default_route_table_propagation.p", **both),
    )
    table = "aws_ec2_transit_gateway_route_table.t"

    assert table == found.transit_attachments["aws_ec2_transit_gateway_vpc_attachment.a"].table
    assert ("aws_ec2_transit_gateway_vpc_attachment.a",) == found.transit_tables[table].propagations.items
