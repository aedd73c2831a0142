"""From one VPC to another: peering, transit gateways, endpoints in a hub, and the way back."""

import pytest
from msgspec.structs import replace

from pullproof.evidence import Reached, Via
from pullproof.model.addresses import cidr
from pullproof.model.estate import Estate
from pullproof.model.gateways import Peering, TransitAttachment, TransitGateway, TransitRoute, TransitTable
from pullproof.model.packets import tcp
from pullproof.model.text import hole
from pullproof.model.value import Listing, Maybe, Unknown
from pullproof.model.vpc import TargetKind
from pullproof.reach.walk import reach_addresses, reach_host
from pullproof.verdict import Verdict
from tests.build import (
    a_gateway_endpoint,
    a_group,
    a_nat,
    a_record,
    a_route,
    a_rule,
    a_source,
    a_subnet,
    a_table,
    a_vpc,
    a_zone,
    an_acl,
    an_endpoint,
    an_entry,
    an_internet_gateway,
    an_open_network,
    at,
    blocks,
    unknown,
)
from tests.told import blockers, doubts, partial

API = "api.ecr.eu-west-1.amazonaws.com"
DOCKER = "registry-1.docker.io"
LAYERS = "prod-eu-west-1-starport-layer-bucket.s3.eu-west-1.amazonaws.com"
HUB = "10.1.0.0/16"
SPOKE = "10.0.0.0/16"


def hub_and_spoke(kind: TargetKind, ref: str) -> Estate:
    """An endpoint in the VPC "hub", a zone that leads to it, and routes there and back by one target."""
    estate = an_open_network()
    a_vpc(estate, "hub", HUB)
    a_table(estate, "own", a_route(HUB, kind, ref))
    a_subnet(estate, table="own")
    a_table(estate, "hub-table", a_route(SPOKE, kind, ref), vpc="hub")
    a_subnet(estate, "hub-subnet", "10.1.1.0/24", vpc="hub", table="hub-table")
    an_endpoint(estate, "ecr.api", "hub-api", vpc="hub", subnets=("hub-subnet",), private_dns=False)
    a_zone(estate, API, a_record(API, alias="hub-api"))
    return estate


def ask(estate: Estate, host: str = API) -> Reached:
    """The task's question."""
    return reach_host(estate, a_source(), host)


# Peering ----------------------------------------------------------------------------------------------


def peered(
    *, requester: Maybe[str] = "vpc", accepter: Maybe[str] = "hub", active: Maybe[bool] = True
) -> Estate:
    """Hub and spoke, joined by peering."""
    estate = hub_and_spoke(TargetKind.PEERING, "pcx")
    estate.peerings["pcx"] = Peering(
        key="pcx", origin=at("pcx"), requester=requester, accepter=accepter, active=active
    )
    return estate


def test_an_endpoint_in_a_peered_vpc_is_reached() -> None:
    """Whoever asked for the connection; the endpoint's policy has a say, so it is named."""
    for estate in (peered(), peered(requester="hub", accepter="vpc")):
        answer = ask(estate)

        assert Verdict.WORKS is answer.verdict
        assert Via.PEERING is answer.via
        assert "hub-api" == answer.endpoint


def test_references_to_groups_hold_over_peering_within_a_region() -> None:
    """Not between regions; and where a region is not known, nobody knows."""
    for region, verdict in (
        ("eu-west-1", Verdict.WORKS),
        ("us-east-1", Verdict.FAILS),
        (unknown(), Verdict.UNKNOWN),
    ):
        estate = peered()
        estate.vpcs["hub"] = replace(estate.vpcs["hub"], region=region)
        a_group(estate, "endpoint-group", ingress=(a_rule("task"),))

        assert verdict is ask(estate).verdict
    same = peered()
    same.vpcs["hub"] = replace(same.vpcs["hub"], region="")
    a_group(same, "endpoint-group", ingress=(a_rule("task"),))
    assert Verdict.WORKS is ask(same).verdict


def test_the_far_side_needs_a_route_back() -> None:
    """Its table is the thing to change: none, a black hole, one that stays in the VPC, or part of it."""
    for route, blocker in (
        (None, ("no-route", "hub-table")),
        (a_route(SPOKE, TargetKind.PEERING, "pcx", blackhole=True), ("blackhole-route", "hub-table")),
        (a_route("10.0.1.0/25", TargetKind.PEERING, "pcx"), ("no-route", "hub-table")),
    ):
        estate = peered()
        a_table(estate, "hub-table", *(() if route is None else (route,)), vpc="hub")

        assert [blocker] == blockers(ask(estate))
    part = peered()
    a_table(part, "hub-table", a_route("10.0.1.0/25", TargetKind.PEERING, "pcx"), vpc="hub")
    assert ["no-route"] == partial(ask(part))
    overlapping = peered()
    a_vpc(overlapping, "hub", HUB, "10.0.1.0/24")
    assert [("no-route", "hub-table")] == blockers(ask(overlapping))


def test_a_route_back_that_is_not_known_leaves_it_open() -> None:
    """Another way, a destination or target not known, a state not known."""
    for route in (
        a_route(SPOKE, TargetKind.VPN_GATEWAY, "vgw"),
        a_route(unknown(), TargetKind.PEERING, "pcx"),
        a_route(SPOKE, TargetKind.PEERING, unknown()),
        a_route(SPOKE, TargetKind.PEERING, "pcx", blackhole=unknown()),
    ):
        estate = peered()
        a_table(estate, "hub-table", route, vpc="hub")

        assert Verdict.UNKNOWN is ask(estate).verdict


def test_addresses_of_the_task_that_are_not_known_make_part_of_a_route_back_a_doubt() -> None:
    """The task may be in the part that has one."""
    estate = peered()
    a_table(estate, "hub-table", a_route("10.0.1.0/25", TargetKind.PEERING, "pcx"), vpc="hub")
    answer = reach_host(estate, a_source(addresses=unknown("address")), API)

    assert [unknown("address")] == doubts(answer)


def test_the_far_sides_acls_and_groups_are_asked() -> None:
    """As inside one VPC."""
    estate = peered()
    an_acl(estate, "closed", ingress=(), egress=())
    a_subnet(estate, "hub-subnet", "10.1.1.0/24", vpc="hub", table="hub-table", acl="closed")
    a_group(estate, "endpoint-group")

    assert [
        ("nacl-ingress", "closed"),
        ("sg-ingress", "endpoint-group"),
        ("nacl-return", "closed"),
    ] == blockers(ask(estate))


def test_a_connection_that_does_not_join_is_a_black_hole() -> None:
    """Not active, or between other VPCs."""
    for estate in (peered(active=False), peered(requester="other")):
        assert [("blackhole-route", "own")] == blockers(ask(estate))


def test_what_is_not_known_of_a_connection_leaves_it_open() -> None:
    """Its state, its ends, the VPC there, or all of it."""
    missing, no_vpc = peered(), peered(accepter="not shown")
    del missing.peerings["pcx"]
    for estate in (
        peered(active=unknown()),
        peered(accepter=unknown()),
        peered(requester=unknown(), accepter="other"),
        missing,
        no_vpc,
    ):
        assert Verdict.UNKNOWN is ask(estate).verdict


def test_peering_is_not_a_way_to_the_internet() -> None:
    """It carries only what is for the other VPC."""
    estate = peered()
    a_table(estate, "own", a_route("0.0.0.0/0", TargetKind.PEERING, "pcx"))

    assert [("no-route", "own")] == blockers(ask(estate, DOCKER))
    assert [("endpoint-missing", "vpc")] == blockers(ask(estate, "logs.eu-west-1.amazonaws.com"))


def test_peering_does_not_lead_to_a_third_vpc() -> None:
    """The endpoint is elsewhere, though a route says otherwise."""
    estate = peered()
    a_vpc(estate, "third", "10.2.0.0/16")
    a_subnet(estate, "third-subnet", "10.2.1.0/24", vpc="third")
    an_endpoint(estate, "ecr.api", "hub-api", vpc="third", subnets=("third-subnet",), private_dns=False)
    a_table(estate, "own", a_route("10.2.0.0/16", TargetKind.PEERING, "pcx"))

    assert [("no-route", "own")] == blockers(ask(estate))


def test_addresses_of_another_vpc_are_not_here_even_if_the_local_route_has_them() -> None:
    """Overlapping blocks: the endpoint is in the other VPC."""
    estate = peered()
    a_vpc(estate, "hub", SPOKE)
    a_subnet(estate, "hub-subnet", "10.0.9.0/24", vpc="hub", table="hub-table")

    assert [("no-route", "own")] == blockers(ask(estate))


def test_addresses_in_the_other_vpc_are_reached_by_subnet() -> None:
    """Those in no subnet are nowhere; those outside the VPC are not carried."""
    estate = peered()
    inside = reach_addresses(estate, a_source(), blocks("10.1.1.9/32"), 443)
    nowhere = reach_addresses(estate, a_source(), blocks("10.1.9.9/32"), 443)
    a_table(estate, "wide", a_route("10.0.0.0/8", TargetKind.PEERING, "pcx"))
    wide = peered()
    a_table(wide, "own", a_route("10.0.0.0/8", TargetKind.PEERING, "pcx"))
    outside = reach_addresses(wide, a_source(), blocks("10.1.1.0/24", "10.7.0.0/24"), 443)

    assert Via.PEERING is inside.via
    assert [] == blockers(inside)
    assert [("no-route", "own")] == blockers(nowhere)
    assert [("no-route", "own")] == blockers(outside)
    assert outside.intermittent


def test_subnets_of_the_other_vpc_that_are_not_known_leave_it_open() -> None:
    """The addresses may be in one of them."""
    for part in ("vpc", "blocks"):
        estate = peered()
        a_subnet(estate, "hidden", "10.1.7.0/24", vpc="hub")
        estate.subnets["hidden"] = replace(estate.subnets["hidden"], **{part: unknown(part)})

        assert unknown(part) in doubts(reach_addresses(estate, a_source(), blocks("10.1.7.9/32"), 443))
    more = peered()
    more.open["Subnet"] = (unknown("subnets"),)
    assert [unknown("subnets")] == doubts(reach_addresses(more, a_source(), blocks("10.1.7.9/32"), 443))


def test_blocks_of_the_other_vpc_that_are_not_known_matter_for_addresses_alone() -> None:
    """An endpoint is known to be in it."""
    estate = peered()
    estate.vpcs["hub"] = replace(estate.vpcs["hub"], blocks=unknown("blocks"))

    assert [] == blockers(ask(estate))
    assert unknown("blocks") in doubts(reach_addresses(estate, a_source(), blocks("10.1.1.9/32"), 443))


def test_nat_over_peering_is_not_modelled() -> None:
    """What a NAT gateway sends on to another VPC."""
    estate = peered()
    a_nat(estate, subnet="public", public=False)
    a_table(estate, "public-table", a_route("0.0.0.0/0", TargetKind.PEERING, "pcx"))
    a_subnet(estate, "public", "10.0.100.0/24", table="public-table")
    a_table(estate, "own", a_route("0.0.0.0/0", TargetKind.NAT_GATEWAY, "nat"))

    assert Verdict.UNKNOWN is ask(estate, DOCKER).verdict


# Transit gateways -------------------------------------------------------------------------------------


def transit(*routes: TransitRoute, propagations: tuple[str, ...] = ("att-spoke", "att-hub")) -> Estate:
    """Hub and spoke, joined by a transit gateway with one table; attached in subnets of their own."""
    estate = hub_and_spoke(TargetKind.TRANSIT_GATEWAY, "tgw")
    a_subnet(estate, "spoke-att", "10.0.9.0/28")
    a_subnet(estate, "hub-att", "10.1.9.0/28", vpc="hub")
    estate.transit_gateways["tgw"] = TransitGateway(key="tgw", origin=at("tgw"))
    attach(estate, "att-spoke", "vpc", "spoke-att")
    attach(estate, "att-hub", "hub", "hub-att")
    a_transit_table(estate, *routes, propagations=propagations)
    return estate


def attach(
    estate: Estate,
    key: str,
    vpc: Maybe[str],
    *subnets: str,
    table: Maybe[str] = "table",
    gateway: Maybe[str] = "tgw",
    more: tuple[Unknown, ...] = (),
) -> None:
    """An attachment of a VPC."""
    estate.transit_attachments[key] = TransitAttachment(
        key=key, origin=at(key), gateway=gateway, vpc=vpc, subnets=Listing(subnets, more), table=table
    )


def a_transit_table(
    estate: Estate,
    *routes: TransitRoute,
    key: str = "table",
    propagations: tuple[str, ...] = ("att-spoke", "att-hub"),
    more: tuple[Unknown, ...] = (),
) -> None:
    """A transit gateway route table."""
    estate.transit_tables[key] = TransitTable(
        key=key,
        origin=at(key),
        gateway="tgw",
        routes=Listing(routes, more),
        propagations=Listing(propagations),
    )


def static(
    to: str | Unknown, attachment: Maybe[str] = "att-hub", *, blackhole: Maybe[bool] = False
) -> TransitRoute:
    """A static route."""
    destination = cidr(to) if isinstance(to, str) else to
    return TransitRoute(
        origin=at("static", str(to)), destination=destination, attachment=attachment, blackhole=blackhole
    )


def test_an_endpoint_behind_a_transit_gateway_is_reached() -> None:
    """By propagated routes, or static ones."""
    for estate in (transit(), transit(static(HUB), static(SPOKE, "att-spoke"), propagations=())):
        answer = ask(estate)

        assert Verdict.WORKS is answer.verdict
        assert Via.TRANSIT_GATEWAY is answer.via
        assert "hub-api" == answer.endpoint


def test_references_to_groups_do_not_hold_behind_a_transit_gateway() -> None:
    """Not for endpoints, whatever the gateway supports; the endpoint's group is the thing to change."""
    estate = transit()
    a_group(estate, "endpoint-group", ingress=(a_rule("task"),))

    assert [("sg-ingress", "endpoint-group")] == blockers(ask(estate))


def test_each_vpc_must_be_attached() -> None:
    """No attachment of one's own, or none of the other."""
    for key, blocker in (("att-spoke", ("no-route", "own")), ("att-hub", ("no-route", "table"))):
        estate = transit()
        del estate.transit_attachments[key]
        a_transit_table(estate, propagations=tuple(estate.transit_attachments))

        assert [blocker] == blockers(ask(estate))


def test_attachments_that_may_exist_leave_it_open() -> None:
    """One whose VPC or gateway is not known, or more than the input shows."""
    no_vpc, no_gateway, more = transit(), transit(), transit()
    attach(no_vpc, "att-spoke", unknown(), "spoke-att")
    attach(no_gateway, "att-spoke", "vpc", "spoke-att", gateway=unknown())
    del more.transit_attachments["att-spoke"]
    a_transit_table(more, propagations=("att-hub",))
    more.open["TransitAttachment"] = (unknown(),)
    for estate in (no_vpc, no_gateway, more):
        assert Verdict.UNKNOWN is ask(estate).verdict


def test_an_attachment_serves_only_the_zones_it_has_subnets_in() -> None:
    """The task's zone is not among them; or nobody knows."""
    elsewhere, unsure, hidden = transit(), transit(), transit()
    a_subnet(elsewhere, "spoke-att", "10.0.9.0/28", zone="eu-west-1b")
    a_subnet(unsure, "spoke-att", "10.0.9.0/28", zone=unknown())
    attach(hidden, "att-spoke", "vpc", "not shown")

    assert [("no-route", "own")] == blockers(ask(elsewhere))
    assert Verdict.UNKNOWN is ask(unsure).verdict
    assert Verdict.UNKNOWN is ask(hidden).verdict


def test_zones_taken_from_awss_own_list_are_told_apart_by_their_place_in_it() -> None:
    """The first entry and the second are different zones, whatever they are called."""
    names = "data.aws_availability_zones.all.names"
    cases = (
        (f"{names}[0]", f"{names}[0]", Verdict.WORKS),
        (f"{names}[0]", f"{names}[1]", Verdict.FAILS),
        (f"{names}[0]", "data.aws_availability_zones.others.names[1]", Verdict.UNKNOWN),
        (f"{names}[0]", "var.zone", Verdict.UNKNOWN),
        ("var.zones[0]", "var.zones[1]", Verdict.UNKNOWN),
        (f"{names}[0]", f"{names}[each.key]", Verdict.UNKNOWN),
    )
    for mine, theirs, verdict in cases:
        estate = transit()
        a_subnet(estate, table="own", zone=hole(mine))
        a_subnet(estate, "spoke-att", "10.0.9.0/28", zone=hole(theirs))

        assert verdict is ask(estate).verdict


def test_a_gateway_that_is_not_shown_leaves_it_open() -> None:
    """It is often another account's."""
    estate = transit()
    del estate.transit_gateways["tgw"]

    assert ["the transit gateway tgw"] == [why.what for why in doubts(ask(estate))]


def test_the_table_an_attachment_is_associated_with_decides() -> None:
    """None, one not shown, one that leads elsewhere or nowhere."""
    none, missing = transit(), transit()
    attach(none, "att-spoke", "vpc", "spoke-att", table="")
    attach(missing, "att-spoke", "vpc", "spoke-att", table="not shown")
    hole_ = transit(static(HUB, blackhole=True))
    empty = transit(propagations=("att-spoke",))
    onward = transit(static("10.1.1.0/24", "not shown"))
    vpn = transit(static("10.1.1.0/24", "att-vpn"))
    attach(vpn, "att-vpn", "")
    lost = transit(static("10.1.1.0/24", "att-lost"))
    attach(lost, "att-lost", "not shown")

    assert [("no-route", "att-spoke")] == blockers(ask(none))
    assert Verdict.UNKNOWN is ask(missing).verdict
    assert [("blackhole-route", "table")] == blockers(ask(hole_))
    assert [("no-route", "table")] == blockers(ask(empty))
    for estate in (onward, vpn, lost):
        assert Verdict.UNKNOWN is ask(estate).verdict


def test_routes_that_are_not_known_leave_it_open() -> None:
    """Destinations, attachments, black holes, propagations."""
    estates = [
        transit(static(unknown())),
        transit(static("10.1.1.0/24", unknown())),
        transit(static("10.1.1.0/24", blackhole=unknown())),
        transit(propagations=("att-spoke", "att-hub", "not shown")),
    ]
    vpn, no_vpc, no_blocks, more = transit(), transit(), transit(), transit()
    a_transit_table(vpn, propagations=("att-spoke", "att-hub", "att-vpn"))
    attach(vpn, "att-vpn", "")
    a_transit_table(no_vpc, propagations=("att-spoke", "att-hub", "att-x"))
    attach(no_vpc, "att-x", "not shown")
    a_vpc(no_blocks, "third")
    no_blocks.vpcs["third"] = replace(no_blocks.vpcs["third"], blocks=unknown())
    a_transit_table(no_blocks, propagations=("att-spoke", "att-hub", "att-third"))
    attach(no_blocks, "att-third", "third")
    a_transit_table(more, more=(unknown(),))
    for estate in (*estates, vpn, no_vpc, no_blocks, more):
        assert Verdict.UNKNOWN is ask(estate).verdict


def test_static_routes_for_ipv6_are_not_for_ipv4() -> None:
    """The two families are independent."""
    assert Verdict.WORKS is ask(transit(static("::/0", "att-spoke"))).verdict


def test_the_way_back_has_a_table_of_its_own() -> None:
    """That of the far attachment: none, none shown, no route, a black hole, another way."""
    for table, verdict, found in (
        ("", Verdict.FAILS, [("no-route", "att-hub")]),
        ("not shown", Verdict.UNKNOWN, []),
        ("empty", Verdict.FAILS, [("no-route", "empty")]),
        ("hole", Verdict.FAILS, [("blackhole-route", "hole")]),
        ("part", Verdict.FAILS, [("no-route", "part")]),
        ("detour", Verdict.UNKNOWN, []),
        ("unsure", Verdict.UNKNOWN, []),
        ("target", Verdict.UNKNOWN, []),
    ):
        estate = transit()
        attach(estate, "att-hub", "hub", "hub-att", table=table)
        a_transit_table(estate, key="empty", propagations=())
        a_transit_table(estate, static(SPOKE, blackhole=True), key="hole", propagations=())
        a_transit_table(estate, static("10.0.1.0/25", "att-spoke"), key="part", propagations=())
        a_transit_table(estate, static(SPOKE, "att-other"), key="detour", propagations=())
        a_transit_table(estate, static(unknown()), key="unsure")
        a_transit_table(estate, static(SPOKE, unknown()), key="target")
        answer = ask(estate)

        assert verdict is answer.verdict
        assert found == blockers(answer)


def test_part_of_a_way_back_is_a_doubt_for_a_task_whose_address_is_not_known() -> None:
    """It may be in the part that has one."""
    estate = transit()
    attach(estate, "att-hub", "hub", "hub-att", table="part")
    a_transit_table(estate, static("10.0.1.0/25", "att-spoke"), key="part", propagations=())
    answer = reach_host(estate, a_source(addresses=unknown("address")), API)

    assert [unknown("address")] == doubts(answer)


def test_the_attachments_subnets_have_acls() -> None:
    """What enters the gateway's subnet comes in, what leaves it for the VPC goes out."""
    for acl, code, key in (
        ("near", "nacl-ingress", "spoke-att"),
        ("far", "nacl-egress", "hub-att"),
        ("near-back", "nacl-return", "spoke-att"),
        ("far-back", "nacl-return", "hub-att"),
    ):
        estate = transit()
        an_acl(estate, "near", ingress=())
        an_acl(estate, "far", egress=())
        an_acl(estate, "near-back", egress=())
        an_acl(estate, "far-back", ingress=())
        subnet = estate.subnets[key]
        estate.subnets[key] = replace(subnet, acl=acl)

        assert [(code, acl)] == blockers(ask(estate))


def test_a_gateway_in_the_tasks_own_subnet_asks_its_acl_both_ways_out_and_never_back() -> None:
    """As AWS's page on network ACLs for transit gateways has it."""
    https = an_entry(100, "0.0.0.0/0", tcp(443))
    for ingress, egress, verdict in (
        ((), (https,), Verdict.FAILS),
        ((https,), (), Verdict.FAILS),
        ((https,), (https,), Verdict.WORKS),
    ):
        estate = transit()
        attach(estate, "att-spoke", "vpc", "subnet")
        an_acl(estate, "own-acl", ingress=ingress, egress=egress)
        a_subnet(estate, table="own", acl="own-acl")

        assert verdict is ask(estate).verdict


def test_a_gateway_in_the_endpoints_own_subnet_asks_its_acl_about_replies_alone() -> None:
    """Both its lists, on the way back."""
    anything = (an_entry(),)
    for ingress, egress in (((), anything), (anything, ())):
        estate = transit()
        attach(estate, "att-hub", "hub", "hub-subnet")
        an_acl(estate, "hub-own", ingress=ingress, egress=egress)
        a_subnet(estate, "hub-subnet", "10.1.1.0/24", vpc="hub", table="hub-table", acl="hub-own")

        assert [("nacl-return", "hub-own")] == blockers(ask(estate))


def test_elsewhere_than_in_the_tasks_zone_the_gateway_picks() -> None:
    """Two subnets in other zones: both must do, or nobody knows."""
    same, differ, hidden, none = transit(), transit(), transit(), transit()
    for estate in (same, differ, hidden, none):
        a_subnet(estate, "hub-subnet", "10.1.1.0/24", vpc="hub", table="hub-table", zone="eu-west-1b")
        a_subnet(estate, "hub-att", "10.1.9.0/28", vpc="hub", zone="eu-west-1b")
        a_subnet(estate, "hub-att-2", "10.1.9.16/28", vpc="hub", zone="eu-west-1c")
        attach(estate, "att-hub", "hub", "hub-att", "hub-att-2")
    an_acl(differ, "closed", egress=())
    a_subnet(differ, "hub-att-2", "10.1.9.16/28", vpc="hub", zone="eu-west-1c", acl="closed")
    attach(hidden, "att-hub", "hub", "hub-att", "not shown")
    attach(none, "att-hub", "hub")

    assert Verdict.WORKS is ask(same).verdict
    assert Verdict.UNKNOWN is ask(differ).verdict
    assert Verdict.UNKNOWN is ask(hidden).verdict
    assert [("no-route", "att-hub")] == blockers(ask(none))
    attach(none, "att-hub", "hub", more=(unknown("subnets"),))


def test_in_the_tasks_own_zone_the_gateway_stays() -> None:
    """A closed subnet in another zone does not matter then."""
    estate = transit()
    an_acl(estate, "closed", egress=())
    a_subnet(estate, "hub-att-2", "10.1.9.16/28", vpc="hub", zone="eu-west-1c", acl="closed")
    attach(estate, "att-hub", "hub", "hub-att", "hub-att-2")

    assert Verdict.WORKS is ask(estate).verdict


def across_zones(**zones: Maybe[str]) -> Estate:
    """Attachments in two zones at both ends, and the endpoint in the second: its replies start there."""
    estate = transit()
    for key, block, vpc, table in (
        ("spoke-b", "10.0.9.0/28", "vpc", ""),
        ("hub-b", "10.1.9.16/28", "hub", ""),
        ("hub-subnet", "10.1.1.0/24", "hub", "hub-table"),
    ):
        a_subnet(estate, key, block, vpc=vpc, table=table, zone=zones.get(key, "eu-west-1b"))
    attach(estate, "att-spoke", "vpc", "subnet", "spoke-b")
    attach(estate, "att-hub", "hub", "hub-att", "hub-b")
    return estate


def test_replies_stay_in_the_zone_that_they_come_from() -> None:
    """The ACLs of the attachments' subnets there are asked about them, and no others."""
    for key, block, vpc, verdict in (
        ("spoke-b", "10.0.9.0/28", "vpc", Verdict.FAILS),
        ("hub-b", "10.1.9.16/28", "hub", Verdict.FAILS),
        ("hub-att", "10.1.9.0/28", "hub", Verdict.WORKS),
    ):
        estate = across_zones()
        forward = (an_entry(10, block="0.0.0.0/0", what=tcp(443)),)
        an_acl(estate, "forward", ingress=forward, egress=forward)
        zone = "eu-west-1a" if key == "hub-att" else "eu-west-1b"
        a_subnet(estate, key, block, vpc=vpc, zone=zone, acl="forward")
        answer = ask(estate)

        assert verdict is answer.verdict, key
        assert [] == blockers(answer) if verdict is Verdict.WORKS else [("nacl-return", "forward")]
    assert Verdict.WORKS is ask(across_zones()).verdict


def test_replies_reach_the_gateway_only_where_its_attachment_is_in_their_zone() -> None:
    """The endpoint's zone has none, or nobody knows which zone it is."""
    certain, open_ = across_zones(), across_zones(**{"hub-subnet": unknown("the zone")})
    attach(certain, "att-hub", "hub", "hub-att")

    assert [("no-route", "att-hub")] == blockers(ask(certain))
    assert Verdict.UNKNOWN is ask(open_).verdict


def test_a_reply_may_come_by_any_subnet_where_there_is_none_in_its_zone() -> None:
    """It makes no difference where all let it in; else nobody knows."""
    alike = across_zones(**{"spoke-b": "eu-west-1c"})
    differ = across_zones(**{"spoke-b": "eu-west-1c"})
    hidden, nowhere = across_zones(**{"spoke-b": "eu-west-1c"}), across_zones(**{"spoke-b": unknown("zone")})
    for estate in (differ, nowhere):
        an_acl(estate, "closed", egress=())
        zone = estate.subnets["spoke-b"].zone
        a_subnet(estate, "spoke-b", "10.0.9.0/28", zone=zone, acl="closed")
    attach(hidden, "att-spoke", "vpc", "subnet", "spoke-b", "not shown")

    assert Verdict.WORKS is ask(alike).verdict
    assert Verdict.UNKNOWN is ask(differ).verdict
    assert Verdict.UNKNOWN is ask(nowhere).verdict
    assert Verdict.WORKS is not ask(hidden).verdict


def test_in_appliance_mode_the_zone_is_not_kept() -> None:
    """Neither on the way in nor, at the sender's end, on the way back."""
    for end, key, block, vpc in (
        ("att-spoke", "spoke-b", "10.0.9.0/28", "vpc"),
        ("att-hub", "hub-b", "10.1.9.16/28", "hub"),
    ):
        for mode, verdict in (
            (False, Verdict.WORKS),
            (True, Verdict.UNKNOWN),
            (unknown("the mode"), Verdict.UNKNOWN),
        ):
            estate = across_zones(**{"hub-subnet": "eu-west-1a"})
            an_acl(estate, "closed", egress=())
            a_subnet(estate, key, block, vpc=vpc, zone="eu-west-1b", acl="closed")
            held = estate.transit_attachments[end]
            estate.transit_attachments[end] = replace(held, appliance_mode=mode)
            assert verdict is ask(estate).verdict


def test_an_attachment_whose_subnets_are_not_known_leaves_it_open() -> None:
    """Where traffic leaves it cannot be told; nor how the subnet routes."""
    nowhere, no_table = transit(), transit()
    attach(nowhere, "att-hub", "hub", more=(unknown("subnets"),))
    a_subnet(no_table, "hub-att", "10.1.9.0/28", vpc="hub", table=unknown("table"))

    assert unknown("subnets") in doubts(ask(nowhere))
    assert [unknown("table")] == doubts(ask(no_table))


# An egress VPC ----------------------------------------------------------------------------------------


def egress_vpc() -> Estate:
    """The spoke's way out is the hub's NAT gateway."""
    estate = transit(static("0.0.0.0/0"))
    a_table(estate, "own", a_route("0.0.0.0/0", TargetKind.TRANSIT_GATEWAY, "tgw"))
    an_internet_gateway(estate, vpc="hub")
    a_table(
        estate,
        "public-table",
        a_route("0.0.0.0/0", TargetKind.INTERNET_GATEWAY, "igw"),
        a_route(SPOKE, TargetKind.TRANSIT_GATEWAY, "tgw"),
        vpc="hub",
    )
    a_subnet(estate, "public", "10.1.100.0/24", vpc="hub", table="public-table")
    a_nat(estate, vpc="hub")
    a_table(estate, "att-table", a_route("0.0.0.0/0", TargetKind.NAT_GATEWAY, "nat"), vpc="hub")
    a_subnet(estate, "hub-att", "10.1.9.0/28", vpc="hub", table="att-table")
    return estate


def test_an_egress_vpc_is_a_way_out() -> None:
    """In by the gateway, out by NAT, and replies back by the gateway."""
    answer = ask(egress_vpc(), DOCKER)

    assert Verdict.WORKS is answer.verdict
    assert Via.TRANSIT_GATEWAY is answer.via


def test_the_nat_gateways_subnet_needs_a_route_back_to_the_spoke() -> None:
    """The most forgotten route of all."""
    estate = egress_vpc()
    a_table(estate, "public-table", a_route("0.0.0.0/0", TargetKind.INTERNET_GATEWAY, "igw"), vpc="hub")

    assert [("no-route", "public-table")] == blockers(ask(estate, DOCKER))


def test_an_internet_gateway_does_nothing_for_another_vpc() -> None:
    """Without NAT there is no public address to translate to; nor do its endpoints serve others."""
    estate = egress_vpc()
    a_table(estate, "att-table", a_route("0.0.0.0/0", TargetKind.INTERNET_GATEWAY, "igw"), vpc="hub")
    gateway = egress_vpc()
    a_gateway_endpoint(gateway, "att-table", vpc="hub")
    onward = egress_vpc()
    a_table(onward, "att-table", a_route("0.0.0.0/0", TargetKind.PEERING, "pcx"), vpc="hub")
    onward.peerings["pcx"] = Peering(key="pcx", origin=at("pcx"), requester="hub", accepter="third")
    a_vpc(onward, "third", "10.3.0.0/16")
    again = egress_vpc()
    a_table(again, "att-table", a_route("0.0.0.0/0", TargetKind.TRANSIT_GATEWAY, "tgw"), vpc="hub")

    assert [("no-route", "att-table")] == blockers(ask(estate, DOCKER))
    assert [("endpoint-missing", "vpc")] == blockers(ask(gateway, LAYERS))
    assert [("no-route", "att-table")] == blockers(ask(onward, DOCKER))
    assert Verdict.UNKNOWN is ask(again, DOCKER).verdict


@pytest.mark.parametrize("host", [LAYERS, "logs.eu-west-1.amazonaws.com"])
def test_without_a_way_out_there_either_the_endpoint_is_missing_here(host: str) -> None:
    """The task's own VPC is the thing to change."""
    estate = egress_vpc()
    a_table(estate, "att-table", vpc="hub")

    assert [("endpoint-missing", "vpc")] == blockers(ask(estate, host))


def test_an_interface_of_another_kind_behind_a_transit_gateway_may_take_references() -> None:
    """The gateway may support them: that is not modelled."""
    estate = transit()
    estate.endpoints.clear()
    a_group(estate, "task", egress=(a_rule("far-group"),))
    answer = reach_addresses(estate, a_source(), blocks("10.1.1.9/32"), 443)

    assert Verdict.UNKNOWN is answer.verdict


# Replies by another way -------------------------------------------------------------------------------

ONLY_REQUESTS = (an_entry(1, what=tcp(443)),)


def there_by_peering(*subnets: str) -> Estate:
    """The request goes by peering, the reply by a transit gateway with interfaces in these subnets."""
    estate = peered()
    estate.transit_gateways["tgw"] = TransitGateway(key="tgw", origin=at("tgw"))
    attach(estate, "att-spoke", "vpc", *(key for key in subnets if not key.startswith("hub")))
    attach(estate, "att-hub", "hub", *(key for key in subnets if key.startswith("hub")))
    a_transit_table(estate)
    a_subnet(estate, "other", "10.0.9.0/28")
    a_table(estate, "hub-table", a_route(SPOKE, TargetKind.TRANSIT_GATEWAY, "tgw"), vpc="hub")
    return estate


def test_a_reply_that_may_come_from_within_the_subnet_may_meet_no_acl() -> None:
    """A transit gateway's interface in the sender's own subnet hands it over without asking the list."""
    here, elsewhere, unseen = there_by_peering("subnet"), there_by_peering("other"), there_by_peering("other")
    unseen.open["TransitAttachment"] = (unknown(),)
    for estate in (here, elsewhere, unseen):
        an_acl(estate, "vpc-acl", ingress=ONLY_REQUESTS)

    assert Verdict.UNKNOWN is ask(here).verdict
    assert [("nacl-return", "vpc-acl")] == blockers(ask(elsewhere))
    assert Verdict.UNKNOWN is ask(unseen).verdict


def test_a_reply_that_may_stay_within_the_endpoints_subnet_may_meet_no_acl() -> None:
    """A transit gateway's interface beside the endpoint takes it there."""
    here, elsewhere = there_by_peering("hub-subnet"), there_by_peering("other")
    for estate in (here, elsewhere):
        an_acl(estate, "hub-acl", egress=ONLY_REQUESTS, vpc="hub")

    assert Verdict.UNKNOWN is ask(here).verdict
    assert [("nacl-return", "hub-acl")] == blockers(ask(elsewhere))


@pytest.mark.parametrize(
    ("acl", "table", "blocker"),
    [("att-acl", "table", ("nacl-return", "att-acl")), ("hub-acl", "", ("no-route", "att-hub"))],
)
def test_a_reply_that_may_go_by_peering_may_pass_by_what_the_request_went_through(
    acl: str, table: str, blocker: tuple[str, str]
) -> None:
    """The ACL of the attachment's subnet, and the gateway's tables, are asked about it only perhaps."""
    same, other = transit(), transit()
    for estate in (same, other):
        an_acl(estate, "att-acl", ingress=ONLY_REQUESTS, vpc="hub")
        a_subnet(estate, "hub-att", "10.1.9.0/28", vpc="hub", acl=acl)
        attach(estate, "att-hub", "hub", "hub-att", table=table)
    other.peerings["pcx"] = Peering(key="pcx", origin=at("pcx"), requester="vpc", accepter="hub")
    a_table(other, "hub-table", a_route(SPOKE, TargetKind.PEERING, "pcx"), vpc="hub")

    assert [blocker] == blockers(ask(same))
    assert Verdict.UNKNOWN is ask(other).verdict
