"""Where tables lead: what wins over what, where a target's link is, and what a transit gateway does."""

from collections.abc import Iterator
from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pullproof.lab.filters import INTERNET, SERVICES
from pullproof.lab.plan import Interface, Plan, Role, planned, single
from pullproof.lab.routes import Exit, Way, Ways, is_specific, transit_ways
from pullproof.model.addresses import Cidr, cidr, dotted
from pullproof.model.addresses import blocks as blocks_of
from pullproof.model.estate import Estate
from pullproof.model.gateways import (
    InternetGateway,
    NetworkInterface,
    TransitAttachment,
    TransitGateway,
    TransitRoute,
    TransitTable,
)
from pullproof.model.value import Listing, Maybe
from pullproof.model.vpc import ListRef, Route, Target, TargetKind
from tests.build import (
    REGION,
    a_gateway_endpoint,
    a_nat,
    a_prefix_list,
    a_route,
    a_subnet,
    a_table,
    a_vpc,
    an_internet_gateway,
    an_open_network,
    at,
    blocks,
    unknown,
)
from tests.oracle.networks import drawn

RANDOM = st.randoms(use_true_random=False)
IGW, NAT, PEERING = TargetKind.INTERNET_GATEWAY, TargetKind.NAT_GATEWAY, TargetKind.PEERING
PEERS = {"pcx1": "pcx", "pcx2": "other-pcx"}
S3 = f"com.amazonaws.{REGION}.s3"


def led(ways: tuple[Way, ...] | tuple[Exit, ...], address: str) -> str | None:
    """The link to an address: the longest block that holds it wins, as in the kernel; None for no way."""
    number = cidr(address).first
    holding = [way for way in ways if way.block.first <= number <= way.block.last]
    return max(holding, key=lambda way: way.block.prefix).link if holding else None


def an_estate_with(*routes: Route, s3: bool = False) -> Estate:
    """A subnet with these routes, a NAT gateway beside it, and perhaps a gateway endpoint for S3."""
    estate = an_open_network()
    an_internet_gateway(estate)
    a_subnet(estate, table="table")
    a_subnet(estate, "public", "10.0.100.0/24")
    a_nat(estate)
    a_table(estate, "table", *routes)
    a_prefix_list(estate, "pl-s3", S3)
    a_prefix_list(estate, "pl-dynamodb", f"com.amazonaws.{REGION}.dynamodb", blocks("8.8.8.0/24"))
    a_prefix_list(estate, "pl-user", "ours", blocks("8.8.0.0/16", "9.9.9.9/32"))
    if s3:
        a_gateway_endpoint(estate, "table")
    return estate


def way_to(estate: Estate, address: str) -> str | None:
    """The link from the subnet to an address, by what it leads to: a NAT gateway's or a box's by its owner."""
    plan = planned(estate, ())
    link = led(Ways(plan, "vpc", PEERS).of("subnet"), address)
    return plan.interfaces[link].owner if link in plan.interfaces else link


def published(estate: Estate) -> str:
    """The smallest block that S3 has in the region, and its first address."""
    block = max(blocks_of(planned(estate, ()).s3), key=lambda each: each.prefix)
    return f"{dotted(block.first)}/{block.prefix}"


EVERYTHING = "0.0.0.0/0"


@pytest.mark.parametrize(
    ("routes", "expected"),
    [
        ((), None),
        ((a_route("9.0.0.0/8", NAT, "nat"),), None),
        ((a_route(EVERYTHING, NAT, "nat"),), "nat"),
        ((a_route(EVERYTHING, IGW, "igw"),), INTERNET),
        ((a_route(EVERYTHING, NAT, "nat"), a_route("8.8.0.0/16", IGW, "igw")), INTERNET),
        ((a_route("8.8.0.0/16", IGW, "igw"), a_route(EVERYTHING, NAT, "nat")), INTERNET),
        ((a_route("8.8.0.0/16", IGW, "igw"), a_route(ListRef("pl-user"), NAT, "nat")), INTERNET),
        ((a_route(ListRef("pl-user"), NAT, "nat"), a_route("8.8.0.0/16", IGW, "igw")), INTERNET),
        ((a_route(ListRef("pl-user"), NAT, "nat"), a_route(EVERYTHING, IGW, "igw")), "nat"),
        # The same block: written, then prefix lists, then propagated.
        ((a_route("8.8.0.0/16", IGW, "igw", propagated=True), a_route("8.8.0.0/16", NAT, "nat")), "nat"),
        ((a_route("8.8.0.0/16", NAT, "nat"), a_route("8.8.0.0/16", IGW, "igw", propagated=True)), "nat"),
        ((a_route("8.8.0.0/16", IGW, "igw", propagated=True), a_route(ListRef("pl-user"), NAT, "nat")), "nat"),
        ((a_route("8.8.8.0/24", IGW, "igw", propagated=True), a_route("8.8.0.0/16", NAT, "nat")), INTERNET),
        # What leads nowhere wins all the same.
        ((a_route(EVERYTHING, NAT, "nat"), a_route("8.8.0.0/16", IGW, "igw", blackhole=True)), ""),
        ((a_route(EVERYTHING, NAT, "nat", blackhole=True),), ""),
        ((a_route(EVERYTHING, TargetKind.VPN_GATEWAY, "vgw"),), ""),
        ((a_route(EVERYTHING, IGW, "igw-gone"),), ""),
        ((a_route(EVERYTHING, NAT, "nat-gone"),), ""),
        ((a_route(EVERYTHING, PEERING, "pcx"),), "pcx1"),
        ((a_route(EVERYTHING, PEERING, "other-pcx"),), "pcx2"),
        ((a_route(EVERYTHING, PEERING, "pcx-gone"),), ""),
        ((a_route(EVERYTHING, NAT, unknown()),), ""),
        # Routes that say nothing about this address.
        ((a_route("::/0", IGW, "igw"),), None),
        ((a_route(unknown(), IGW, "igw"),), None),
        ((a_route(ListRef("pl-dynamodb"), IGW, "igw"),), None),
        ((a_route(ListRef("pl-gone"), IGW, "igw"),), None),
        ((a_route(ListRef(unknown()), IGW, "igw"),), None),
    ],
)  # fmt: skip
def test_which_route_wins(routes: tuple[Route, ...], expected: str | None) -> None:
    """The most specific one, and of the same block the one that AWS prefers; a dead one is one, too."""
    assert expected == way_to(an_estate_with(*routes), "8.8.8.8")


def test_a_target_that_is_not_known_leads_nowhere() -> None:
    """As a blackhole does; nothing else is tried."""
    route = Route(origin=at("route"), destination=cidr(EVERYTHING), target=unknown())

    assert "" == way_to(an_estate_with(route), "8.8.8.8")


def test_the_endpoint_of_s3_wins_over_what_is_less_specific_only() -> None:
    """Its prefixes count as a prefix list's: what is written for the same block comes first."""
    default = a_route(EVERYTHING, NAT, "nat")
    block = published(an_estate_with())
    inside = block.partition("/")[0]
    for routes, expected in (
        ((default,), SERVICES),
        ((default, a_route(block, IGW, "igw")), INTERNET),
        ((default, a_route(block, IGW, "igw", propagated=True)), SERVICES),
        ((default, a_route(ListRef("pl-s3"), IGW, "igw")), INTERNET),
        ((default, a_route(f"{inside}/32", IGW, "igw")), INTERNET),
    ):
        assert expected == way_to(an_estate_with(*routes, s3=True), inside)
    assert "nat" == way_to(an_estate_with(default), inside)
    assert "nat" == way_to(an_estate_with(default, s3=True), "8.8.8.8")


@pytest.mark.parametrize(("tables", "suffix"), [((), "s3"), (("vpc-main",), "s3"), (("table",), "dynamodb")])
def test_a_gateway_endpoint_that_is_not_on_the_table_or_not_for_s3(
    tables: tuple[str, ...], suffix: str
) -> None:
    """It changes nothing."""
    estate = an_estate_with(a_route(EVERYTHING, NAT, "nat"))
    a_gateway_endpoint(estate, *tables, suffix=suffix)

    assert "nat" == way_to(estate, published(estate).partition("/")[0])


@pytest.mark.parametrize("table", ["table-gone", unknown()])
def test_a_table_that_is_not_known_leads_nowhere(table: Maybe[str]) -> None:
    """There are no ways."""
    estate = an_estate_with(a_route(EVERYTHING, NAT, "nat"))
    a_subnet(estate, table=table)

    assert None is way_to(estate, "8.8.8.8")


@pytest.mark.parametrize("gateway", [{"vpc": "other"}, {"vpc": "vpc", "egress_only": True}])
def test_an_internet_gateway_that_does_not_take_it(gateway: dict[str, object]) -> None:
    """One that is attached elsewhere, and the one for IPv6."""
    estate = an_estate_with(a_route(EVERYTHING, IGW, "igw"))
    estate.internet_gateways["igw"] = InternetGateway(key="igw", origin=at("igw"), **gateway)  # type: ignore[arg-type]

    assert "" == way_to(estate, "8.8.8.8")


@pytest.mark.parametrize(("subnet", "expected"), [("public", "box"), ("away", "")])
def test_a_route_to_an_interface(subnet: str, expected: str) -> None:
    """It leads to the interface, if that is in the VPC."""
    estate = an_estate_with(a_route(EVERYTHING, TargetKind.INTERFACE, "box"))
    a_vpc(estate, "other", "10.9.0.0/16")
    a_subnet(estate, "away", "10.9.0.0/24", vpc="other")
    estate.interfaces["box"] = NetworkInterface(
        key="box", origin=at("box"), subnet=subnet, groups=Listing(), addresses=unknown(), public_ip=False
    )

    assert expected == way_to(estate, "8.8.8.8")


def ordered(
    estate: Estate, plan: Plan, vpc: str, table: str
) -> Iterator[tuple[int, int, Cidr, Route | None]]:
    """Every block that a table leads somewhere, by how little it is preferred; None for a gateway endpoint."""
    s3 = single(plan.s3_in(vpc))
    for route in estate.route_tables[table].routes.items:
        if isinstance(route.destination, Cidr):
            yield -route.destination.prefix, 2 if route.propagated else 0, route.destination, route
        elif isinstance(route.destination, ListRef) and route.destination.ref == "pl-s3":
            yield from ((-block.prefix, 1, block, route) for block in s3)
        elif isinstance(route.destination, ListRef) and route.destination.ref in ("pl-away", "pl-user"):
            held = estate.prefix_lists[str(route.destination.ref)].entries
            yield from ((-block.prefix, 1, block, route) for block in single(held))
    for endpoint in estate.endpoints.values():
        if table in endpoint.route_tables.items:
            yield from ((-block.prefix, 1, block, None) for block in s3)


@given(RANDOM, st.lists(st.integers(0, (1 << 32) - 1), max_size=4))
def test_every_address_is_led_where_the_preferred_route_leads(random: Random, more: list[int]) -> None:
    """In random networks, against all routes in one list, the most preferred first."""
    estate = drawn(random)
    plan = planned(estate, ())
    for key, subnet in estate.subnets.items():
        vpc, table = str(subnet.vpc), str(subnet.route_table)
        ways = Ways(plan, vpc, {"pcx1": "pcx"}).of(key)
        assert len({way.block for way in ways}) == len(ways)
        routes = sorted(ordered(estate, plan, vpc, table), key=lambda each: each[:2])
        for number in (*(block.first for _, _, block, _ in routes[:1] + routes[-6:]), 0x08080808, *more):
            first = next((each for each in routes if each[2].first <= number <= each[2].last), None)
            link = led(ways, dotted(number))
            assert (first is None) is (link is None)
            if first is not None:
                assert leads(plan, key, first[3]) == kind_of(plan, str(link))


def leads(plan: Plan, subnet: str, route: Route | None) -> str:
    """What kind of thing a route leads to, read from the estate; "" for nothing."""
    if route is None:
        return "s3"
    assert isinstance(route.target, Target)
    estate, vpc = plan.estate, str(plan.estate.subnets[subnet].vpc)
    ref = str(route.target.ref)
    match route.target.kind:
        case _ if route.blackhole:
            return ""
        case TargetKind.INTERNET_GATEWAY:
            return "internet" if estate.internet_gateways[ref].vpc == vpc else ""
        case TargetKind.NAT_GATEWAY:
            there = [each for each in plan.of(ref) if each.vpc == vpc]
            return ref if there else ""
        case TargetKind.PEERING:
            return "peering"
        case TargetKind.TRANSIT_GATEWAY:
            mine = estate.transit_attachments[f"att-{vpc}"].subnets.items
            zones = [estate.subnets[each].zone for each in mine]
            return "transit" if estate.subnets[subnet].zone in zones else ""
        case _:
            return ""


def kind_of(plan: Plan, link: str) -> str:
    """What kind of thing a link belongs to; a transit gateway may have no interface in the zone."""
    if link in plan.interfaces:
        held = plan.interfaces[link]
        return "transit" if held.role is Role.TRANSIT else held.owner
    return {INTERNET: "internet", SERVICES: "s3", "pcx1": "peering"}.get(link, "")


@pytest.mark.parametrize(
    ("block", "expected"),
    [
        ("10.0.1.0/24", True),
        ("10.0.1.4/32", True),
        ("192.168.0.0/25", True),
        ("10.0.0.0/16", False),
        ("10.0.0.0/8", False),
        ("0.0.0.0/0", False),
        ("10.1.0.0/24", False),
    ],
)
def test_a_way_to_a_part_of_the_vpc_is_specific(block: str, expected: bool) -> None:
    """Only a true part: the local route wins over the same block, and over a larger one."""
    assert expected is is_specific(Way(cidr(block), "x"), (cidr("10.0.0.0/16"), cidr("192.168.0.0/24")))


@given(st.integers(0, 255), st.integers(0, 8), st.integers(0, 255), st.integers(0, 8))
def test_specific_is_what_is_inside_and_not_all(first: int, size: int, other: int, room: int) -> None:
    """Against the addresses themselves."""
    way, owned = (cidr(f"10.0.0.{number}/{24 + bits}") for number, bits in ((first, size), (other, room)))
    mine, all_of_it = (set(range(block.first, block.last + 1)) for block in (way, owned))

    assert (mine < all_of_it) is is_specific(Way(way, ""), (owned,))


def a_transit(
    table: Maybe[str] = "table", *routes: TransitRoute, propagations: tuple[str, ...] = ()
) -> Estate:
    """Two VPCs on a transit gateway: "a" in the zones 1 and 2, "b" in the zones 2 and 3."""
    estate = an_open_network()
    estate.transit_gateways["tgw"] = TransitGateway(key="tgw", origin=at("tgw"))
    for number, (vpc, zones) in enumerate((("a", "12"), ("b", "23"))):
        a_vpc(estate, vpc, f"10.{number}.0.0/16")
        for zone in zones:
            a_subnet(estate, vpc + zone, f"10.{number}.{zone}.0/24", vpc=vpc, zone=f"zone-{zone}")
        estate.transit_attachments[f"att-{vpc}"] = TransitAttachment(
            key=f"att-{vpc}",
            origin=at(vpc),
            gateway="tgw",
            vpc=vpc,
            subnets=Listing(tuple(vpc + zone for zone in zones)),
            table=table,
        )
    estate.transit_tables["table"] = TransitTable(
        key="table",
        origin=at("table"),
        gateway="tgw",
        routes=Listing(routes),
        propagations=Listing(propagations),
    )
    return estate


def static(block: Maybe[str], attachment: Maybe[str], *, blackhole: bool = False) -> TransitRoute:
    """A route of a transit gateway's table."""
    to = cidr(block) if isinstance(block, str) else block
    return TransitRoute(origin=at("route"), destination=to, attachment=attachment, blackhole=blackhole)


def leaves(estate: Estate, entry: str, address: str, gateway: str = "tgw") -> str | None:
    """The subnet by which traffic that came in by an attachment's subnet leaves."""
    plan = planned(estate, ())
    [came] = [each for each in plan.interfaces.values() if each.subnet == entry and each.role is Role.TRANSIT]
    link = led(transit_ways(plan, gateway, came), address)
    return plan.interfaces[link].subnet if link else link


@pytest.mark.parametrize(
    ("routes", "propagations", "expected"),
    [
        ((), (), None),
        ((), ("att-a",), None),
        ((), ("att-b",), "b2"),
        ((), ("att-gone", "att-a", "att-b"), "b2"),
        ((static("10.1.0.0/16", "att-b"),), (), "b2"),
        ((static("0.0.0.0/0", "att-a"),), ("att-b",), "b2"),
        ((static("10.1.0.0/16", "att-a"),), ("att-b",), "a2"),
        ((static("10.1.0.0/16", "att-b", blackhole=True),), ("att-b",), ""),
        ((static("10.1.2.0/24", "att-b", blackhole=True),), ("att-b",), ""),
        ((static("10.1.0.0/16", unknown()),), ("att-b",), ""),
        ((static("10.1.0.0/16", "att-gone"),), ("att-b",), ""),
        ((static(unknown(), "att-a"), static("::/0", "att-a")), ("att-b",), "b2"),
    ],
)
def test_which_attachment_a_transit_gateway_sends_to(
    routes: tuple[TransitRoute, ...], propagations: tuple[str, ...], expected: str | None
) -> None:
    """The most specific route; of the same block a static one before a propagated one."""
    assert expected == leaves(a_transit("table", *routes, propagations=propagations), "a2", "10.1.2.9")


@pytest.mark.parametrize(("entry", "expected"), [("a2", "b2"), ("a1", "b2")])
def test_traffic_leaves_in_the_zone_that_it_came_from(entry: str, expected: str) -> None:
    """Where the other attachment has none there, by its first interface."""
    assert expected == leaves(a_transit(propagations=("att-b",)), entry, "10.1.2.9")
    assert "b2" == leaves(a_transit(propagations=("att-b",)), entry, "10.1.3.9")
    assert "a2" == leaves(a_transit(propagations=("att-a",)), "b2", "10.0.1.9")
    assert "a1" == leaves(a_transit(propagations=("att-a",)), "b3", "10.0.1.9")


@pytest.mark.parametrize("table", ["", "table-gone", unknown()])
def test_an_attachment_without_a_table_leads_nowhere(table: Maybe[str]) -> None:
    """What comes in by it is dropped."""
    assert None is leaves(a_transit(table, propagations=("att-b",)), "a2", "10.1.2.9")


def test_a_table_of_another_gateway_is_not_asked() -> None:
    """Whatever is in it."""
    assert None is leaves(a_transit(propagations=("att-b",)), "a2", "10.1.2.9", gateway="tgw-other")


def to_transit(estate: Estate, subnet: str) -> Interface | None:
    """The interface by which a subnet of "a" gets to the transit gateway."""
    plan = planned(estate, ())
    a_table(estate, "a-main", a_route("10.1.0.0/16", TargetKind.TRANSIT_GATEWAY, "tgw"), vpc="a")
    return plan.interfaces.get(led(Ways(plan, "a", {}).of(subnet), "10.1.2.9") or "")


def test_a_subnet_gets_to_a_transit_gateway_in_its_own_zone() -> None:
    """By the attachment's interface in the subnet itself, else in another subnet of the zone, else not at all."""
    estate = a_transit()
    a_subnet(estate, "a-2", "10.0.20.0/24", vpc="a", zone="zone-2")
    a_subnet(estate, "a-3", "10.0.30.0/24", vpc="a", zone="zone-3")
    found = {key: to_transit(estate, key) for key in ("a1", "a2", "a-2", "a-3")}

    assert {"a1": "a1", "a2": "a2", "a-2": "a2", "a-3": ""} == {
        key: each.subnet if each is not None else "" for key, each in found.items()
    }
