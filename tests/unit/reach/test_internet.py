"""Ways to the internet: gateways, public addresses, NAT, interfaces that forward, Block Public Access."""

import pytest
from msgspec.structs import replace

from pullproof.evidence import Via
from pullproof.model.estate import Estate
from pullproof.model.gateways import NetworkInterface
from pullproof.model.value import Listing, Maybe
from pullproof.model.vpc import PublicAccessBlock, TargetKind
from pullproof.reach.walk import reach_addresses, reach_host
from pullproof.verdict import Verdict
from tests.build import (
    a_gateway_endpoint,
    a_group,
    a_nat,
    a_route,
    a_rule,
    a_source,
    a_subnet,
    a_table,
    a_vpc,
    an_internet_gateway,
    an_open_network,
    at,
    blocks,
    unknown,
    with_nat,
)
from tests.told import blockers, doubts, partial

DOCKER = "registry-1.docker.io"
LAYERS = "prod-eu-west-1-starport-layer-bucket.s3.eu-west-1.amazonaws.com"
IGW = TargetKind.INTERNET_GATEWAY
NAT = TargetKind.NAT_GATEWAY


def public_subnet(vpc: Maybe[str] = "vpc") -> Estate:
    """A task in a subnet with a default route to an internet gateway."""
    estate = an_open_network()
    an_internet_gateway(estate, vpc=vpc)
    a_table(estate, "own", a_route("0.0.0.0/0", IGW, "igw"))
    a_subnet(estate, table="own")
    return estate


# Internet gateways ------------------------------------------------------------------------------------


def test_a_public_ip_is_what_an_internet_gateway_wants() -> None:
    """Without one the service is the thing to change; not known, it stays open."""
    estate = public_subnet()

    assert Via.INTERNET_GATEWAY is reach_host(estate, a_source(public_ip=True), DOCKER).via
    assert Verdict.WORKS is reach_host(estate, a_source(public_ip=True), DOCKER).verdict
    assert [("no-public-ip", "service")] == blockers(reach_host(estate, a_source(), DOCKER))
    assert [("no-public-ip", "another")] == blockers(reach_host(estate, a_source(key="another"), DOCKER))
    assert [unknown("ip")] == doubts(reach_host(estate, a_source(public_ip=unknown("ip")), DOCKER))


def test_a_public_ip_does_not_matter_behind_nat() -> None:
    """The way out is the route's, not the address's."""
    for public_ip in (True, False):
        assert Via.NAT is reach_host(with_nat(), a_source(public_ip=public_ip), DOCKER).via


def test_an_internet_gateway_must_be_attached_here() -> None:
    """Detached, or of another VPC, it is as good as gone."""
    for vpc in ("", "other"):
        answer = reach_host(public_subnet(vpc), a_source(public_ip=True), DOCKER)

        assert [("blackhole-route", "own")] == blockers(answer)
    assert [unknown("vpc")] == doubts(
        reach_host(public_subnet(unknown("vpc")), a_source(public_ip=True), DOCKER)
    )


def test_an_internet_gateway_that_is_not_shown_leaves_it_open() -> None:
    """Whether it is attached is not known."""
    estate = public_subnet()
    a_table(estate, "own", a_route("0.0.0.0/0", IGW, "igw-0123"))

    assert Verdict.UNKNOWN is reach_host(estate, a_source(public_ip=True), DOCKER).verdict


def test_private_addresses_do_not_get_out() -> None:
    """An internet gateway drops what is not for a public address."""
    estate = public_subnet()
    source = a_source(public_ip=True)

    assert [("no-route", "own")] == blockers(reach_addresses(estate, source, blocks("192.168.0.1/32"), 443))
    mixed = reach_addresses(estate, source, blocks("192.168.0.0/15"), 443)
    assert [("no-route", "own")] == blockers(mixed)
    assert ["no-route"] == partial(mixed)


# NAT gateways -----------------------------------------------------------------------------------------


def test_the_nat_gateways_own_subnet_needs_a_way_out() -> None:
    """Its route table is the thing to change: no route, a route back to the NAT gateway, a gateway gone."""
    for routes, blocker in (
        ((), ("nat-not-public", "public-table")),
        ((a_route("0.0.0.0/0", NAT, "nat"),), ("nat-not-public", "public-table")),
        ((a_route("0.0.0.0/0", IGW, "igw", blackhole=True),), ("blackhole-route", "public-table")),
    ):
        estate = with_nat()
        a_table(estate, "public-table", *routes)

        assert [blocker] == blockers(reach_host(estate, a_source(), DOCKER))


def test_a_private_nat_gateway_does_not_reach_the_internet() -> None:
    """It has no public address: the gateway itself is the thing to change."""
    estate = with_nat()
    a_nat(estate, public=False)
    alone = with_nat()
    a_nat(alone, public=False)
    a_table(alone, "public-table")

    assert [("nat-not-public", "nat")] == blockers(reach_host(estate, a_source(), DOCKER))
    assert [("nat-not-public", "nat")] == blockers(reach_host(alone, a_source(), DOCKER))


def test_what_is_not_known_of_a_nat_gateway_leaves_it_open() -> None:
    """Whether it is public, whether it is there, where it is."""
    for part in ("public", "available", "subnet"):
        estate = with_nat()
        estate.nat_gateways["nat"] = replace(a_nat(estate), **{part: unknown(part)})

        assert [unknown(part)] == doubts(reach_host(estate, a_source(), DOCKER))


def test_a_nat_gateway_that_failed_is_a_black_hole() -> None:
    """The route of the task's subnet points at it."""
    estate = with_nat()
    a_nat(estate, available=False)

    assert [("blackhole-route", "private")] == blockers(reach_host(estate, a_source(), DOCKER))


def test_a_route_cannot_lead_to_another_vpcs_boxes() -> None:
    """AWS refuses it: a NAT gateway or interface serves the route tables of its own VPC."""
    nat, box = with_nat(), with_instance(subnet="far")
    a_nat(nat, subnet="far")
    for estate in (nat, box):
        a_vpc(estate, "second", "10.5.0.0/16")
        a_subnet(estate, "far", "10.5.1.0/24", vpc="second")

        assert [("blackhole-route", "private")] == blockers(reach_host(estate, a_source(), DOCKER))


def test_nat_after_nat_is_not_modelled() -> None:
    """What becomes of it is not known."""
    estate = with_nat()
    a_nat(estate, "second", "other-public")
    a_subnet(estate, "other-public", "10.0.101.0/24", table="public-table")
    a_table(estate, "to-second", a_route("0.0.0.0/0", NAT, "second"))
    a_subnet(estate, "public", "10.0.100.0/24", table="to-second")

    assert Verdict.UNKNOWN is reach_host(estate, a_source(), DOCKER).verdict


@pytest.mark.parametrize("kind", [TargetKind.TRANSIT_GATEWAY, TargetKind.PEERING, TargetKind.INTERFACE])
def test_what_a_nat_gateway_sends_elsewhere_is_not_known(kind: TargetKind) -> None:
    """Other targets than an internet gateway are not shown here, or not modelled."""
    estate = with_nat()
    a_table(estate, "public-table", a_route("0.0.0.0/0", kind, "x"))

    assert Verdict.UNKNOWN is reach_host(estate, a_source(), DOCKER).verdict


def test_a_nat_gateway_in_the_tasks_own_subnet_sends_to_itself() -> None:
    """Its subnet has the task's route table, which leads back to it."""
    estate = with_nat()
    a_nat(estate, subnet="subnet")

    assert [("nat-not-public", "private")] == blockers(reach_host(estate, a_source(), DOCKER))


def test_behind_nat_the_public_subnets_gateway_endpoint_carries_s3() -> None:
    """The endpoint's policy has a say then, so it is named."""
    estate = with_nat()
    a_gateway_endpoint(estate, "public-table")
    answer = reach_host(estate, a_source(), LAYERS)

    assert Via.NAT is answer.via
    assert "s3" == answer.endpoint


def test_traffic_inside_the_vpc_by_nat_is_not_modelled() -> None:
    """A more specific route may send it there; group references would no longer hold."""
    estate = with_nat()
    a_table(estate, "own", a_route("10.0.2.0/24", NAT, "nat"))
    a_subnet(estate, table="own")
    a_subnet(estate, "other", "10.0.2.0/24")

    assert Verdict.UNKNOWN is reach_addresses(estate, a_source(), blocks("10.0.2.5/32"), 443).verdict


def test_a_nat_gateway_whose_subnet_has_no_known_vpc_leaves_it_open() -> None:
    """How its subnet routes cannot be told."""
    estate = with_nat()
    a_subnet(estate, "public", "10.0.100.0/24", vpc=unknown("vpc"), table="public-table", acl="vpc-acl")

    assert Verdict.UNKNOWN is reach_host(estate, a_source(), DOCKER).verdict


# Regional NAT gateways --------------------------------------------------------------------------------


def regional(route_table: Maybe[str] = "") -> Estate:
    """The NAT gateway has no subnet."""
    estate = with_nat()
    a_nat(estate, subnet="", route_table=route_table)
    return estate


def test_a_regional_nat_gateway_has_a_table_of_its_own() -> None:
    """By AWS's own table, or one that is written."""
    assert Verdict.WORKS is reach_host(regional(), a_source(), DOCKER).verdict
    assert Verdict.WORKS is reach_host(regional("public-table"), a_source(), DOCKER).verdict
    assert [unknown("table")] == doubts(reach_host(regional(unknown("table")), a_source(), DOCKER))


def test_a_regional_nat_gateways_table_may_lead_nowhere() -> None:
    """Then that table is the thing to change."""
    assert [("nat-not-public", "vpc-main")] == blockers(reach_host(regional("vpc-main"), a_source(), DOCKER))


def test_a_regional_nat_gateway_needs_an_internet_gateway() -> None:
    """Attached to its VPC; one that may be attached leaves it open, and so may a hidden one."""
    none = regional()
    del none.internet_gateways["igw"]
    maybe = regional()
    an_internet_gateway(maybe, vpc=unknown("attachment"))
    hidden = regional()
    del hidden.internet_gateways["igw"]
    hidden.open["InternetGateway"] = (unknown("gateways"),)
    unseen = regional()
    del unseen.internet_gateways["igw"]
    a_vpc(unseen, unseen=unknown("vpc"))

    assert [("nat-not-public", "nat")] == blockers(reach_host(none, a_source(), DOCKER))
    assert [unknown("attachment")] == doubts(reach_host(maybe, a_source(), DOCKER))
    assert [unknown("gateways")] == doubts(reach_host(hidden, a_source(), DOCKER))
    assert [] == blockers(reach_host(unseen, a_source(), DOCKER))


# Interfaces that forward ------------------------------------------------------------------------------


def with_instance(
    *,
    check: Maybe[bool] = False,
    public_ip: Maybe[bool] = True,
    subnet: Maybe[str] = "public",
) -> Estate:
    """A task whose default route leads to a NAT instance."""
    estate = with_nat()
    a_table(estate, "private", a_route("0.0.0.0/0", TargetKind.INTERFACE, "box"))
    a_group(estate, "box-group", ingress=(a_rule("task"),), egress=(a_rule("0.0.0.0/0"),))
    estate.interfaces["box"] = NetworkInterface(
        key="box",
        origin=at("box"),
        subnet=subnet,
        groups=Listing(("box-group",)),
        addresses=unknown(),
        public_ip=public_ip,
        source_dest_check=check,
    )
    return estate


def test_a_nat_instance_carries_what_its_own_groups_admit() -> None:
    """In from the task's group, out to the internet; its check off and a public address on."""
    answer = reach_host(with_instance(), a_source(), DOCKER)

    assert Verdict.WORKS is answer.verdict
    assert Via.NAT is answer.via


def test_what_keeps_a_nat_instance_from_forwarding() -> None:
    """Its check, its public address, its groups, its own way out."""
    checked = with_instance(check=True)
    private = with_instance(public_ip=False)
    closed = with_instance()
    a_group(closed, "box-group")
    lost = with_instance()
    a_table(lost, "public-table")
    looped = with_instance()
    a_table(looped, "public-table", a_route("0.0.0.0/0", TargetKind.INTERFACE, "box"))

    assert [("blackhole-route", "private")] == blockers(reach_host(checked, a_source(), DOCKER))
    assert [("nat-not-public", "box")] == blockers(reach_host(private, a_source(), DOCKER))
    assert [("sg-ingress", "box-group"), ("sg-egress", "box-group")] == blockers(
        reach_host(closed, a_source(), DOCKER)
    )
    assert [("nat-not-public", "public-table")] == blockers(reach_host(lost, a_source(), DOCKER))
    assert [("nat-not-public", "public-table")] == blockers(reach_host(looped, a_source(), DOCKER))


def test_what_is_not_known_of_a_nat_instance_leaves_it_open() -> None:
    """Its check, its address, its subnet, or all of it."""
    missing = with_instance()
    del missing.interfaces["box"]
    for estate in (
        with_instance(check=unknown()),
        with_instance(public_ip=unknown()),
        with_instance(subnet=unknown()),
        with_instance(subnet="not shown"),
        missing,
    ):
        assert Verdict.UNKNOWN is reach_host(estate, a_source(), DOCKER).verdict


def test_two_services_behind_a_nat_instance_are_told_apart_by_their_groups() -> None:
    """What was worked out for one does not hold for the other."""
    estate = with_instance()
    a_group(estate, "stranger", egress=(a_rule("0.0.0.0/0"),))

    assert Verdict.WORKS is reach_host(estate, a_source(), DOCKER).verdict
    assert [("sg-ingress", "box-group")] == blockers(
        reach_host(estate, a_source("subnet", "stranger"), DOCKER)
    )


def test_appliances_between_private_networks_are_not_modelled() -> None:
    """Nor is an interface that sends on to another."""
    inside = with_instance()
    a_table(inside, "own", a_route("10.0.2.0/24", TargetKind.INTERFACE, "box"))
    a_subnet(inside, table="own")
    a_subnet(inside, "other", "10.0.2.0/24")
    chain = with_nat()
    chain.interfaces = with_instance().interfaces
    a_table(chain, "public-table", a_route("0.0.0.0/0", TargetKind.INTERFACE, "box"))
    onward = with_instance()
    a_table(onward, "public-table", a_route("0.0.0.0/0", NAT, "nat"))

    assert Verdict.UNKNOWN is reach_addresses(inside, a_source(), blocks("10.0.2.5/32"), 443).verdict
    assert Verdict.UNKNOWN is reach_host(chain, a_source(), DOCKER).verdict
    assert Verdict.UNKNOWN is reach_host(onward, a_source(), DOCKER).verdict


# VPC Block Public Access ------------------------------------------------------------------------------


def block(estate: Estate, mode: Maybe[str], key: str = "bpa", only: Maybe[str] = "") -> None:
    """The account's switch, or an exclusion."""
    estate.public_access_blocks[key] = PublicAccessBlock(key=key, origin=at(key), mode=mode, only=only)


@pytest.mark.parametrize(
    ("mode", "direct", "nat"),
    [
        ("off", Verdict.WORKS, Verdict.WORKS),
        ("block-bidirectional", Verdict.FAILS, Verdict.FAILS),
        ("block-ingress", Verdict.FAILS, Verdict.WORKS),
        (unknown("mode"), Verdict.UNKNOWN, Verdict.UNKNOWN),
    ],
)
def test_block_public_access_stops_what_its_mode_says(
    mode: Maybe[str], direct: Verdict, nat: Verdict
) -> None:
    """Everything, or everything but NAT gateways."""
    open_, hidden = public_subnet(), with_nat()
    block(open_, mode)
    block(hidden, mode)

    assert direct is reach_host(open_, a_source(public_ip=True), DOCKER).verdict
    assert nat is reach_host(hidden, a_source(), DOCKER).verdict


def test_block_public_access_is_the_thing_to_change() -> None:
    """The switch of the account."""
    estate = public_subnet()
    block(estate, "block-bidirectional")

    assert [("public-access-blocked", "bpa")] == blockers(
        reach_host(estate, a_source(public_ip=True), DOCKER)
    )


def test_exclusions_let_their_vpc_or_both_subnets_out() -> None:
    """AWS does not say what an exclusion of one of two subnets is worth."""
    cases: tuple[tuple[tuple[Maybe[str], ...], Verdict], ...] = (
        (("vpc",), Verdict.WORKS),
        (("subnet", "public"), Verdict.WORKS),
        (("public",), Verdict.UNKNOWN),
        (("subnet",), Verdict.UNKNOWN),
        (("elsewhere",), Verdict.FAILS),
        ((unknown(),), Verdict.UNKNOWN),
    )
    for places, verdict in cases:
        estate = with_nat()
        block(estate, "block-bidirectional")
        for number, place in enumerate(places):
            block(estate, "allow-egress", f"exclusion {number}", place)

        assert verdict is reach_host(estate, a_source(), DOCKER).verdict


def test_one_subnet_is_enough_where_there_is_only_one() -> None:
    """A task with a public IP leaves from its own subnet."""
    estate = public_subnet()
    block(estate, "block-ingress")
    block(estate, "allow-bidirectional", "exclusion", "subnet")

    assert Verdict.WORKS is reach_host(estate, a_source(public_ip=True), DOCKER).verdict


def test_what_may_be_the_switch_or_an_exclusion_leaves_it_open() -> None:
    """Neither what it does nor what it is for is known."""
    estate = public_subnet()
    block(estate, unknown("mode"), only=unknown("only"))
    switch = public_subnet()
    block(switch, "block-bidirectional", only=unknown("only"))

    assert Verdict.UNKNOWN is reach_host(estate, a_source(public_ip=True), DOCKER).verdict
    assert Verdict.FAILS is reach_host(switch, a_source(public_ip=True), DOCKER).verdict
