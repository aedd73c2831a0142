"""Route tables: every way to write a route, every kind of target, and what is gone."""

from typing import Any

import pytest

from pullproof.model.estate import Estate
from pullproof.model.value import Unknown, Why
from pullproof.model.vpc import ListRef, Route, Target, TargetKind
from tests.unit.sources.terraform.making import (
    COMPUTED,
    Block,
    change,
    create,
    delete,
    estate,
    keep,
    looked_up,
    ref,
    vpc,
)

VPC = vpc()
NAT = create("aws_nat_gateway.n", subnet_id="subnet-0aaaaaaaa")


def table(route: Any = COMPUTED, **more: Any) -> Block:
    return create("aws_route_table.t", vpc_id=ref("aws_vpc.main.id"), route=route, **more)


def separate(name: str = "r", **values: Any) -> Block:
    values = {"destination_cidr_block": "0.0.0.0/0"} | values
    return create(f"aws_route.{name}", route_table_id=ref("aws_route_table.t.id"), **values)


def routes(found: Estate, name: str = "aws_route_table.t") -> tuple[Route, ...]:
    return found.route_tables[name].routes.items


def target(*blocks: Block, **values: Any) -> Target | Unknown:
    return routes(estate(VPC, table(), separate(**values), *blocks))[0].target


@pytest.mark.parametrize(
    ("argument", "address", "attribute", "kind"),
    [
        ("gateway_id", "aws_internet_gateway.x", "id", TargetKind.INTERNET_GATEWAY),
        ("gateway_id", "aws_vpn_gateway.x", "id", TargetKind.VPN_GATEWAY),
        ("gateway_id", "aws_nat_gateway.x", "id", TargetKind.NAT_GATEWAY),
        ("nat_gateway_id", "aws_nat_gateway.x", "id", TargetKind.NAT_GATEWAY),
        (
            "egress_only_gateway_id",
            "aws_egress_only_internet_gateway.x",
            "id",
            TargetKind.EGRESS_ONLY_GATEWAY,
        ),
        ("network_interface_id", "aws_network_interface.x", "id", TargetKind.INTERFACE),
        ("network_interface_id", "aws_instance.x", "primary_network_interface_id", TargetKind.INTERFACE),
        ("vpc_peering_connection_id", "aws_vpc_peering_connection.x", "id", TargetKind.PEERING),
        ("transit_gateway_id", "aws_ec2_transit_gateway.x", "id", TargetKind.TRANSIT_GATEWAY),
        ("vpc_endpoint_id", "aws_vpc_endpoint.x", "id", TargetKind.FIREWALL_ENDPOINT),
    ],
)
def test_a_route_points_at_what_it_names(
    argument: str, address: str, attribute: str, kind: TargetKind
) -> None:
    """The kind is that of the thing, whichever argument names it."""
    found = target(create(address, **{attribute: COMPUTED}), **{argument: ref(f"{address}.{attribute}")})

    assert Target(kind, address) == found


@pytest.mark.parametrize(
    ("argument", "value", "kind"),
    [
        ("gateway_id", "igw-0aaaaaaaa", TargetKind.INTERNET_GATEWAY),
        ("gateway_id", "vgw-0aaaaaaaa", TargetKind.VPN_GATEWAY),
        ("gateway_id", "nat-0aaaaaaaa", TargetKind.NAT_GATEWAY),
        ("network_interface_id", "eni-0aaaaaaaa", TargetKind.INTERFACE),
        ("vpc_endpoint_id", "vpce-0aaaaaaaa", TargetKind.FIREWALL_ENDPOINT),
        ("carrier_gateway_id", "cagw-0aaaaaaaa", TargetKind.CARRIER_GATEWAY),
        ("local_gateway_id", "lgw-0aaaaaaaa", TargetKind.LOCAL_GATEWAY),
        ("core_network_arn", "arn:aws:networkmanager::1:core-network/x", TargetKind.CORE_NETWORK),
    ],
)
def test_a_literal_id_tells_its_kind(argument: str, value: str, kind: TargetKind) -> None:
    """What an id begins with says what it is of."""
    assert Target(kind, value) == target(**{argument: value})


def test_the_local_target_is_known_by_its_word() -> None:
    """`gateway_id = "local"` is the VPC itself."""
    assert Target(TargetKind.LOCAL, "") == target(gateway_id="local")


@pytest.mark.parametrize("values", [{}, {"gateway_id": ref("local.a", "local.b")}])
def test_a_target_that_is_not_told_is_unknown(values: dict[str, Any]) -> None:
    """No target, or one that cannot be followed."""
    assert isinstance(target(**values), Unknown)


@pytest.mark.parametrize(
    ("values", "expected"),
    [
        ({"destination_cidr_block": "10.1.0.0/16"}, "10.1.0.0/16"),
        ({"destination_cidr_block": "", "destination_ipv6_cidr_block": "::/0"}, "::/0"),
    ],
)
def test_destinations_of_both_families_are_read(values: dict[str, Any], expected: str) -> None:
    """IPv4 and IPv6 have an argument each; the unused one is empty."""
    found = routes(estate(VPC, table(), separate(gateway_id="igw-0aaaaaaaa", **values)))[0]

    assert expected == str(found.destination)


@pytest.mark.parametrize("block", ["nonsense", ref("aws_eip.e.public_ip"), COMPUTED])
def test_a_destination_that_cannot_be_read_is_unknown(block: Any) -> None:
    """A block that AWS would refuse, or one known after apply."""
    found = routes(estate(VPC, table(), separate(gateway_id="igw-0aaaaaaaa", destination_cidr_block=block)))[
        0
    ]

    assert isinstance(found.destination, Unknown)


def test_a_destination_may_be_a_prefix_list() -> None:
    """A managed prefix list as destination."""
    offices = create("aws_ec2_managed_prefix_list.l", name="offices", entry=[])
    route = separate(
        destination_cidr_block=None,
        destination_prefix_list_id=ref("aws_ec2_managed_prefix_list.l.id"),
        gateway_id="igw-0aaaaaaaa",
    )

    assert (
        ListRef("aws_ec2_managed_prefix_list.l")
        == routes(estate(VPC, table(), offices, route))[0].destination
    )


def test_inline_routes_are_read_and_the_local_one_is_implied() -> None:
    """Inline blocks with their place; a `local` route is the VPC's own."""
    inline = [
        {"cidr_block": "10.0.0.0/16", "gateway_id": "local"},
        {"cidr_block": "0.0.0.0/0", "nat_gateway_id": ref("aws_nat_gateway.n.id")},
    ]
    found = estate(VPC, NAT, table(inline)).route_tables["aws_route_table.t"]

    assert ["aws_route_table.t.route[1]"] == [str(route.origin) for route in found.routes.items]
    assert Target(TargetKind.NAT_GATEWAY, "aws_nat_gateway.n") == found.routes.items[0].target
    assert found.routes.complete


def test_a_table_without_routes_has_the_local_ones_alone() -> None:
    """`route` left out is unknown in the plan, and still certainly empty."""
    found = estate(VPC, table()).route_tables["aws_route_table.t"]

    assert () == found.routes.items
    assert found.routes.complete


def test_written_routes_that_are_unknown_leave_the_table_open() -> None:
    """Routes written and known only after apply."""
    found = estate(VPC, table(ref("var.routes"))).route_tables["aws_route_table.t"]

    assert not found.routes.complete


def test_inline_and_separate_routes_exclude_each_other() -> None:
    """Terraform takes separate routes away from a table that has inline ones, and puts them back."""
    inline = [{"cidr_block": "10.9.0.0/16", "gateway_id": "igw-0aaaaaaaa"}]
    found = (
        estate(VPC, NAT, table(inline), separate(nat_gateway_id=ref("aws_nat_gateway.n.id")))
        .route_tables["aws_route_table.t"]
        .routes
    )

    assert ["10.9.0.0/16"] == [str(route.destination) for route in found.items]
    assert [Why.CONFLICT] == [reason.why for reason in found.open]


EXISTING = {"id": "rtb-0aaaaaaaa", "vpc_id": "vpc-0aaaaaaaa"}
SHOWN = [
    {"cidr_block": "0.0.0.0/0", "nat_gateway_id": "nat-0aaaaaaaa"},
    {"cidr_block": "10.9.0.0/16", "gateway_id": "igw-0aaaaaaaa"},
]


def existing() -> Block:
    """A table of an earlier apply: it shows every route it has, also the separate ones."""
    found = keep("aws_route_table.t", **EXISTING, route=SHOWN)
    del found.written["expressions"]["route"]
    return found


def test_an_existing_table_shows_its_separate_routes_once() -> None:
    """What the table shows and what a separate route says are one route."""
    same = keep(
        "aws_route.r",
        route_table_id="rtb-0aaaaaaaa",
        destination_cidr_block="0.0.0.0/0",
        nat_gateway_id="nat-0aaaaaaaa",
    )
    found = routes(estate(existing(), same))

    assert ["10.9.0.0/16", "0.0.0.0/0"] == [str(route.destination) for route in found]
    assert ["aws_route_table.t", "aws_route.r"] == [route.origin.address for route in found]


def test_a_separate_route_that_is_taken_away_is_gone_from_its_table() -> None:
    """The existing table still shows it, and the plan deletes it."""
    gone = delete(
        "aws_route.r",
        route_table_id="rtb-0aaaaaaaa",
        destination_cidr_block="0.0.0.0/0",
        nat_gateway_id="nat-0aaaaaaaa",
    )

    assert ["10.9.0.0/16"] == [str(route.destination) for route in routes(estate(existing(), gone))]


def test_a_separate_route_that_is_changed_is_the_new_one() -> None:
    """The table shows the old destination until the apply."""
    before = {
        "route_table_id": "rtb-0aaaaaaaa",
        "destination_cidr_block": "10.9.0.0/16",
        "gateway_id": "igw-0aaaaaaaa",
    }
    changed = change(
        "aws_route.r",
        before,
        route_table_id="rtb-0aaaaaaaa",
        destination_cidr_block="10.8.0.0/16",
        gateway_id="igw-0aaaaaaaa",
    )

    assert ["0.0.0.0/0", "10.8.0.0/16"] == sorted(
        str(route.destination) for route in routes(estate(existing(), changed))
    )


def test_a_route_to_what_the_plan_deletes_is_a_black_hole() -> None:
    """A literal id of a NAT gateway that goes away."""
    gone = delete("aws_nat_gateway.old", id="nat-0bbbbbbbb")
    found = routes(estate(VPC, table(), separate(nat_gateway_id="nat-0bbbbbbbb"), gone))[0]

    assert found.blackhole is True
    assert Target(TargetKind.NAT_GATEWAY, "aws_nat_gateway.old") == found.target


def test_a_route_that_aws_calls_a_black_hole_is_one() -> None:
    """An existing route whose target is gone already."""
    found = routes(
        estate(
            existing(),
            keep(
                "aws_route.r",
                route_table_id="rtb-0aaaaaaaa",
                destination_cidr_block="10.7.0.0/16",
                gateway_id="igw-0a",
                state="blackhole",
            ),
        )
    )

    assert [True] == [route.blackhole for route in found if str(route.destination) == "10.7.0.0/16"]


def test_a_route_in_an_unknown_table_may_be_in_any() -> None:
    """No table is complete while a route has no table."""
    stray = create(
        "aws_route.s",
        route_table_id=ref("local.table"),
        destination_cidr_block="0.0.0.0/0",
        gateway_id="igw-0a",
    )
    found = estate(VPC, table(), stray)

    assert not found.route_tables["aws_route_table.t"].routes.complete
    assert not found.route_tables["aws_vpc.main.main_route_table_id"].routes.complete


@pytest.mark.parametrize("stray", [False, True])
def test_learned_routes_are_not_known(stray: bool) -> None:
    """A VPN gateway propagates routes that only the other side knows."""
    name = ref("local.table") if stray else ref("aws_route_table.t.id")
    learned = create("aws_vpn_gateway_route_propagation.p", vpn_gateway_id="vgw-0a", route_table_id=name)
    by_table = table(propagating_vgws=["vgw-0aaaaaaaa"])
    found = estate(VPC, table(), learned).route_tables["aws_route_table.t"].routes

    assert not found.complete if stray else found.items[0].propagated
    assert routes(estate(VPC, by_table))[0].propagated


def test_a_looked_up_table_shows_its_routes() -> None:
    """Routes of `data.aws_route_table`; the same table made here is not listed twice."""
    shown = looked_up("data.aws_route_table.d", id="rtb-0aaaaaaaa", vpc_id="vpc-0aaaaaaaa", routes=SHOWN)

    assert 2 == len(routes(estate(shown), "data.aws_route_table.d"))
    assert ["aws_route_table.t"] == list(estate(existing(), shown).route_tables)


def test_a_default_table_of_an_unknown_vpc_has_an_unknown_vpc() -> None:
    """`aws_default_route_table` names the table and not the VPC."""
    found = estate(create("aws_default_route_table.d", default_route_table_id="rtb-0cccccccc"))

    assert isinstance(found.route_tables["aws_default_route_table.d"].vpc, Unknown)
