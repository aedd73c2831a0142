"""Routes: which one wins, and where it leads."""

import pytest
from msgspec.structs import replace

from pullproof.evidence import Gate, Via
from pullproof.model.estate import Estate
from pullproof.model.iam import Policy
from pullproof.model.packets import UDP
from pullproof.model.value import Listing, Maybe, Unknown
from pullproof.model.vpc import ListRef, Route, TargetKind
from pullproof.reach.walk import reach_addresses, reach_host
from pullproof.verdict import Verdict
from tests.build import (
    a_gateway_endpoint,
    a_prefix_list,
    a_route,
    a_source,
    a_subnet,
    a_table,
    a_way_out,
    an_endpoint,
    an_internet_gateway,
    an_open_network,
    at,
    blocks,
    unknown,
)
from tests.told import blockers, doubts, partial

API = "api.ecr.eu-west-1.amazonaws.com"
LAYERS = "prod-eu-west-1-starport-layer-bucket.s3.eu-west-1.amazonaws.com"
DOCKER = "registry-1.docker.io"
NAT = TargetKind.NAT_GATEWAY
IGW = TargetKind.INTERNET_GATEWAY


def with_routes(*routes: Route, more: tuple[Unknown, ...] = ()) -> Estate:
    """A working NAT gateway and internet gateway, and a task whose table has these routes."""
    estate = an_open_network()
    a_way_out(estate)
    a_table(estate, "own", *routes, more=more)
    a_subnet(estate, table="own")
    return estate


def test_the_longest_prefix_wins_whatever_it_leads_to() -> None:
    """Even where it leads nowhere."""
    estate = with_routes(
        a_route("0.0.0.0/0", NAT, "nat"),
        a_route("0.0.0.0/1", NAT, "gone", blackhole=True),
        a_route("128.0.0.0/1", NAT, "gone", blackhole=True),
    )

    assert [("blackhole-route", "own")] == blockers(reach_host(estate, a_source(), DOCKER))


def test_a_static_route_beats_a_propagated_one() -> None:
    """Of two for the same block."""
    estate = with_routes(
        a_route("0.0.0.0/0", TargetKind.VPN_GATEWAY, "vgw", propagated=True), a_route("0.0.0.0/0", NAT, "nat")
    )

    assert Via.NAT is reach_host(estate, a_source(), DOCKER).via


def test_two_routes_that_clash_leave_it_open_unless_both_will_do() -> None:
    """Which of them AWS picks is not defined."""
    two = (a_route("0.0.0.0/0", NAT, "nat"), a_route("0.0.0.0/0", IGW, "igw"))

    assert Verdict.UNKNOWN is reach_host(with_routes(*two), a_source(), DOCKER).verdict
    assert Verdict.WORKS is reach_host(with_routes(*two), a_source(public_ip=True), DOCKER).verdict
    assert Verdict.WORKS is reach_host(with_routes(two[0], two[0]), a_source(), DOCKER).verdict


def test_part_of_the_internet_leaves_a_public_host_open() -> None:
    """It is in one of the parts, and nobody knows which."""
    estate = with_routes(a_route("0.0.0.0/1", NAT, "nat"))

    assert Verdict.UNKNOWN is reach_host(estate, a_source(), DOCKER).verdict


def test_parts_that_all_do_are_as_good_as_the_whole() -> None:
    """Two halves of the internet, by two ways."""
    estate = with_routes(a_route("0.0.0.0/1", NAT, "nat"), a_route("128.0.0.0/1", IGW, "igw"))

    assert Verdict.WORKS is reach_host(estate, a_source(public_ip=True), DOCKER).verdict


def test_parts_that_all_fail_are_a_failure() -> None:
    """A black hole for one half, and nothing for the other."""
    estate = with_routes(a_route("0.0.0.0/1", NAT, "nat", blackhole=True))

    assert Verdict.FAILS is reach_host(estate, a_source(), DOCKER).verdict


def test_the_blackhole_is_the_route_table_to_change() -> None:
    """AWS keeps the route of a target that is gone, and it still wins."""
    estate = with_routes(a_route("0.0.0.0/0", NAT, "nat", blackhole=True))
    answer = reach_host(estate, a_source(), API)

    assert [("blackhole-route", "own")] == blockers(answer)
    assert Gate.ROUTE_TABLE in {
        hop.gate for path in answer.paths for trace in path for hop in trace.hops if hop.dead_end
    }


def test_a_blackhole_not_known_is_a_doubt_on_the_way() -> None:
    """The way on is judged all the same."""
    estate = with_routes(a_route("0.0.0.0/0", NAT, "nat", blackhole=unknown("state")))

    assert [unknown("state")] == doubts(reach_host(estate, a_source(), API))


@pytest.mark.parametrize(
    "kind",
    [
        TargetKind.VPN_GATEWAY,
        TargetKind.FIREWALL_ENDPOINT,
        TargetKind.CARRIER_GATEWAY,
        TargetKind.LOCAL_GATEWAY,
        TargetKind.CORE_NETWORK,
    ],
)
def test_targets_that_are_not_modelled_leave_it_open(kind: TargetKind) -> None:
    """They may well lead to the internet."""
    answer = reach_host(with_routes(a_route("0.0.0.0/0", kind, "target")), a_source(), API)

    assert [f"where target ({kind.value}) leads"] == [why.what for why in doubts(answer)]


def test_an_egress_only_gateway_carries_no_ipv4() -> None:
    """By its kind of route, or as what an internet gateway's route turns out to be."""
    by_kind = with_routes(a_route("0.0.0.0/0", TargetKind.EGRESS_ONLY_GATEWAY, "eigw"))
    by_noun = with_routes(a_route("0.0.0.0/0", IGW, "eigw"))
    by_noun.internet_gateways["eigw"] = replace(an_internet_gateway(by_noun, "eigw"), egress_only=True)

    for estate in (by_kind, by_noun):
        assert [("no-route", "own")] == blockers(reach_host(estate, a_source(), DOCKER))


def test_ipv6_routes_are_not_for_ipv4() -> None:
    """The two families are independent."""
    estate = with_routes(a_route("::/0", IGW, "igw"))

    assert [("no-route", "own")] == blockers(reach_host(estate, a_source(public_ip=True), DOCKER))


@pytest.mark.parametrize("target", [unknown("target"), "ref"])
def test_a_target_not_known_leaves_it_open(target: Maybe[str]) -> None:
    """All of the target, or which of its kind."""
    route = a_route("0.0.0.0/0", NAT, unknown("target"))
    if isinstance(target, Unknown):
        route = replace(route, target=target)

    assert [unknown("target")] == doubts(reach_host(with_routes(route), a_source(), API))


@pytest.mark.parametrize(
    "to", [unknown("to"), ListRef(unknown("to")), ListRef("not shown"), ListRef("no entries")]
)
def test_a_destination_not_known_matters_where_it_may_win(to: ListRef | Unknown) -> None:
    """A detour may take the flow; the same way as before makes no difference."""
    default = a_route("0.0.0.0/0", NAT, "nat")
    detour = with_routes(default, a_route(to, TargetKind.VPN_GATEWAY, "vgw"))
    same = with_routes(default, a_route(to, NAT, "nat"))
    alone = with_routes(a_route(to, NAT, "nat"))
    for estate in (detour, same, alone):
        a_prefix_list(estate, "no entries")

    assert Verdict.UNKNOWN is reach_host(detour, a_source(), API).verdict
    assert Verdict.WORKS is reach_host(same, a_source(), API).verdict
    assert Verdict.UNKNOWN is reach_host(alone, a_source(), API).verdict


def test_a_destination_not_known_matters_inside_the_vpc_only_for_middleboxes() -> None:
    """No other target may have a route inside the VPC's own addresses."""
    for kind, verdict in ((NAT, Verdict.UNKNOWN), (TargetKind.TRANSIT_GATEWAY, Verdict.WORKS)):
        estate = with_routes(a_route(unknown(), kind, "x"))
        a_subnet(estate, "other", "10.0.2.0/24")
        an_endpoint(estate, "ecr.api", subnets=("other",))

        assert verdict is reach_host(estate, a_source(), API).verdict


def test_routes_that_may_exist_leave_it_open() -> None:
    """More routes than the input shows, or a table it does not show."""
    more = with_routes(a_route("0.0.0.0/0", NAT, "nat"), more=(unknown("routes"),))
    assert [unknown("routes")] == doubts(reach_host(more, a_source(), API))
    for table in (unknown("table"), "not shown"):
        estate = with_routes()
        a_subnet(estate, table=table)

        assert Verdict.UNKNOWN is reach_host(estate, a_source(), API).verdict


def test_a_table_that_is_not_shown_does_not_hide_what_fails_inside_the_vpc() -> None:
    """There is a local route in every table; the endpoint's ACL is met whatever else is in it."""
    estate = with_routes()
    a_subnet(estate, table=unknown("table"))
    a_subnet(estate, "other", "10.0.2.0/24")
    an_endpoint(estate, "ecr.api", subnets=("other",), groups=("not shown",))
    answer = reach_host(estate, a_source(), API)

    assert unknown("table") in doubts(answer)
    assert "ecr.api" == answer.endpoint


def test_a_more_specific_route_inside_the_vpc_takes_traffic_off_the_local_one() -> None:
    """To a middlebox, of which nobody knows what it does."""
    estate = with_routes(a_route("10.0.2.0/24", NAT, "nat"))
    a_subnet(estate, "other", "10.0.2.0/24")
    an_endpoint(estate, "ecr.api", subnets=("other",))

    assert Verdict.UNKNOWN is reach_host(estate, a_source(), API).verdict


def test_replies_that_take_another_way_inside_the_vpc_leave_it_open() -> None:
    """A middlebox that sees only the replies may pass them on; a NAT gateway certainly does not."""
    for kind, verdict in ((TargetKind.INTERFACE, Verdict.UNKNOWN), (NAT, Verdict.FAILS)):
        estate = with_routes()
        a_table(estate, "detour", a_route("10.0.1.0/24", kind, "nat"))
        a_subnet(estate, "other", "10.0.2.0/24", table="detour")
        an_endpoint(estate, "ecr.api", subnets=("other",))

        assert verdict is reach_host(estate, a_source(), API).verdict


@pytest.mark.parametrize("table", [unknown("table"), "not shown"])
def test_replies_by_a_table_that_is_not_shown_leave_it_open(table: Maybe[str]) -> None:
    """How they leave the endpoint's subnet is not known."""
    estate = with_routes()
    a_subnet(estate, "other", "10.0.2.0/24", table=table)
    an_endpoint(estate, "ecr.api", subnets=("other",))

    assert Verdict.UNKNOWN is reach_host(estate, a_source(), API).verdict


def test_replies_from_a_subnet_of_a_vpc_not_known_leave_it_open() -> None:
    """The subnet is shown, and its VPC is not."""
    estate = with_routes()
    a_subnet(estate, "other", "10.0.2.0/24", vpc="not shown", table="own", acl="vpc-acl")
    an_endpoint(estate, "ecr.api", subnets=("other",))

    assert Verdict.UNKNOWN is reach_host(estate, a_source(), API).verdict


def test_blocks_of_the_vpc_that_are_not_known_leave_the_local_route_where_it_is() -> None:
    """The endpoint is in the VPC, so that the local route leads to it, unless one more specific may."""
    plain = with_routes()
    detour = with_routes(a_route("10.0.0.0/20", TargetKind.VPN_GATEWAY, "vgw"))
    wide = with_routes(a_route("10.0.0.0/8", TargetKind.VPN_GATEWAY, "vgw"))
    for estate in (plain, detour, wide):
        estate.vpcs["vpc"] = replace(estate.vpcs["vpc"], blocks=unknown("blocks"))
        a_subnet(estate, "other", "10.0.2.0/24")
        an_endpoint(estate, "ecr.api", subnets=("other",))

    assert Verdict.WORKS is reach_host(plain, a_source(), API).verdict
    assert Verdict.WORKS is reach_host(detour, a_source(), API).verdict
    assert Verdict.WORKS is reach_host(wide, a_source(), API).verdict


def test_a_middlebox_may_be_more_specific_than_blocks_not_known() -> None:
    """A /20 is, where the VPC is a /16."""
    estate = with_routes(a_route("10.0.0.0/20", NAT, "nat"))
    estate.vpcs["vpc"] = replace(estate.vpcs["vpc"], blocks=unknown("blocks"))
    a_subnet(estate, "other", "10.0.2.0/24")
    an_endpoint(estate, "ecr.api", subnets=("other",))

    assert unknown("blocks") in doubts(reach_host(estate, a_source(), API))


def test_private_addresses_may_be_local_where_the_blocks_are_not_known() -> None:
    """10.0.7.0 may be in a subnet whose block is not known either; in none of those known it is nowhere."""
    estate = with_routes()
    estate.vpcs["vpc"] = replace(estate.vpcs["vpc"], blocks=unknown("blocks"))
    hidden = with_routes()
    hidden.vpcs["vpc"] = replace(hidden.vpcs["vpc"], blocks=unknown("blocks"))
    hidden.subnets["hidden"] = replace(a_subnet(hidden, "hidden"), blocks=unknown("block"))

    assert Verdict.FAILS is reach_addresses(estate, a_source(), blocks("10.0.7.0/24"), 443).verdict
    assert Verdict.UNKNOWN is reach_addresses(hidden, a_source(), blocks("10.0.7.0/24"), 443).verdict


# Prefix lists and gateway endpoints -------------------------------------------------------------------


def test_a_gateway_endpoint_beats_the_default_route() -> None:
    """S3 goes by the endpoint, everything else by NAT."""
    estate = with_routes(a_route("0.0.0.0/0", NAT, "nat"))
    a_gateway_endpoint(estate, "own")

    assert Via.GATEWAY_ENDPOINT is reach_host(estate, a_source(), LAYERS).via
    assert "s3" == reach_host(estate, a_source(), LAYERS).endpoint
    assert Via.NAT is reach_host(estate, a_source(), API).via
    assert Via.NAT is reach_host(estate, a_source(), DOCKER).via


def test_a_gateway_endpoint_on_another_table_is_the_route_table_to_change() -> None:
    """There is no other way; groups and ACLs are asked about S3 all the same."""
    estate = with_routes()
    a_gateway_endpoint(estate, "other-table")

    assert [("gateway-not-associated", "own")] == blockers(reach_host(estate, a_source(), LAYERS))


def test_a_broken_default_route_is_what_is_wrong_even_with_an_unassociated_gateway() -> None:
    """The table has a way; it points at something gone."""
    estate = with_routes(a_route("0.0.0.0/0", NAT, "nat", blackhole=True))
    a_gateway_endpoint(estate, "other-table")

    assert [("blackhole-route", "own")] == blockers(reach_host(estate, a_source(), LAYERS))


def test_without_any_endpoint_for_s3_the_endpoint_is_missing() -> None:
    """As for every other service; also with a gateway for another service, or another region."""
    for suffix, region in (("dynamodb", "eu-west-1"), ("s3", "us-east-1")):
        estate = with_routes()
        a_gateway_endpoint(estate, "other", suffix=suffix, region=region)

        assert [("endpoint-missing", "vpc")] == blockers(reach_host(estate, a_source(), LAYERS))


def test_s3_of_another_region_is_not_carried() -> None:
    """The list is of one region only; its layers fall through to the default route, if there is one."""
    other = LAYERS.replace("eu-west-1", "us-east-1")
    isolated = with_routes()
    a_gateway_endpoint(isolated, "own")
    out = with_routes(a_route("0.0.0.0/0", NAT, "nat"))
    a_gateway_endpoint(out, "own")

    assert [("endpoint-missing", "vpc")] == blockers(reach_host(isolated, a_source(), other))
    assert Via.NAT is reach_host(out, a_source(), other).via


def test_a_more_specific_route_takes_part_of_s3_off_the_endpoint() -> None:
    """That part fails where it leads nowhere."""
    estate = with_routes(a_route("52.218.0.0/18", NAT, "nat", blackhole=True))
    a_gateway_endpoint(estate, "own")
    answer = reach_host(estate, a_source(), LAYERS)

    assert [("blackhole-route", "own")] == blockers(answer)
    assert answer.intermittent


def test_a_gateway_that_may_be_associated_leaves_it_open_where_it_matters() -> None:
    """With NAT, by NAT or by the endpoint, whose policy has a say; alone, perhaps not at all."""
    policy = Policy(origin=at("s3"), statements=Listing())
    for routes, said in (((), None), ((a_route("0.0.0.0/0", NAT, "nat"),), policy)):
        estate = with_routes(*routes)
        a_gateway_endpoint(estate, more=(unknown("tables"),), policy=said)

        assert unknown("tables") in doubts(reach_host(estate, a_source(), LAYERS))
        assert "" == reach_host(estate, a_source(), LAYERS).endpoint


def test_a_gateway_that_may_be_associated_makes_no_difference_beside_nat() -> None:
    """Without a policy of its own the endpoint lets everything through: only the way is not known."""
    estate = with_routes(a_route("0.0.0.0/0", NAT, "nat"))
    a_gateway_endpoint(estate, more=(unknown("tables"),))
    answer = reach_host(estate, a_source(), LAYERS)

    assert Verdict.WORKS is answer.verdict
    assert (Via.NONE, "") == (answer.via, answer.endpoint)


def test_a_gateway_that_is_not_certain_is_not_the_thing_to_associate() -> None:
    """The endpoint may be another's, or of another kind."""
    estate = with_routes()
    a_gateway_endpoint(estate, "other", available=unknown())

    assert [("endpoint-missing", "vpc")] == blockers(reach_host(estate, a_source(), LAYERS))


def test_a_gateway_written_as_a_route_is_one() -> None:
    """Live route tables show it as a route to the prefix list."""
    estate = with_routes(a_route(ListRef("s3-list"), TargetKind.GATEWAY_ENDPOINT, "s3"))
    a_prefix_list(estate, "s3-list", "com.amazonaws.eu-west-1.s3")
    a_gateway_endpoint(estate, "own")
    alone = with_routes(a_route(ListRef("s3-list"), TargetKind.GATEWAY_ENDPOINT, "not shown"))
    a_prefix_list(alone, "s3-list", "com.amazonaws.eu-west-1.s3")

    assert Via.GATEWAY_ENDPOINT is reach_host(estate, a_source(), LAYERS).via
    assert Verdict.UNKNOWN is reach_host(alone, a_source(), LAYERS).verdict


def test_s3_of_a_region_not_published_is_known_by_name() -> None:
    """A region too new for the published list; the endpoint's list is its own."""
    host = "layers.s3.xx-new-1.amazonaws.com"
    estate = with_routes()
    a_gateway_endpoint(estate, "own", region="xx-new-1")
    detour = with_routes(a_route("52.0.0.0/16", NAT, "nat"))
    a_gateway_endpoint(detour, "own", region="xx-new-1")

    assert "s3" == reach_host(estate, a_source(), host).endpoint
    assert Verdict.UNKNOWN is reach_host(detour, a_source(), host).verdict


def test_names_that_another_services_endpoint_may_carry_leave_it_open() -> None:
    """By which way S3's FIPS and legacy names go is open, and so is whether they get there, unless each way works."""
    policy = Policy(origin=at("s3"), statements=Listing())
    nat = a_route("0.0.0.0/0", NAT, "nat")
    for host in ("b.s3-fips.eu-west-1.amazonaws.com", "b.s3.amazonaws.com"):
        for routes, said, expected in (
            ((nat,), policy, Verdict.UNKNOWN),
            ((), None, Verdict.UNKNOWN),
            ((nat,), None, Verdict.WORKS),
        ):
            estate = with_routes(*routes)
            a_gateway_endpoint(estate, "own", policy=said)
            answer = reach_host(estate, a_source(), host)

            assert (expected, "") == (answer.verdict, answer.endpoint)


def test_a_gateway_endpoint_carries_tcp_only() -> None:
    """Anything else that its route catches is dropped."""
    estate = with_routes()
    a_gateway_endpoint(estate, "own")
    answer = reach_addresses(estate, a_source(), blocks("52.218.0.0/24"), 443, UDP)

    assert [("no-route", "own")] == blockers(answer)


def test_a_prefix_list_of_ones_own_is_a_route_for_each_entry() -> None:
    """Longest prefix first, like any other."""
    estate = with_routes(a_route(ListRef("ours"), NAT, "nat"))
    a_prefix_list(estate, "ours", "ours", blocks("8.8.8.0/24", "9.9.9.0/24"))

    assert Via.NAT is reach_addresses(estate, a_source(), blocks("8.8.8.8/32"), 443).via
    assert [("no-route", "own")] == blockers(reach_addresses(estate, a_source(), blocks("8.8.9.9/32"), 443))


def test_part_of_some_addresses_is_a_failure_for_some_of_them() -> None:
    """Addresses that are asked for one and all."""
    estate = with_routes(a_route("8.8.8.0/25", NAT, "nat"))
    answer = reach_addresses(estate, a_source(), blocks("8.8.8.0/24"), 443)

    assert [("no-route", "own")] == blockers(answer)
    assert [] == partial(answer)
    assert answer.intermittent


def test_a_message_names_the_routes_there_are() -> None:
    """Up to a point."""
    estate = with_routes(
        *(a_route(f"9.{n}.0.0/16", NAT, "nat") for n in range(8)), a_route("9.9.9.9", TargetKind.LOCAL)
    )
    said = [step.says for step in reach_host(estate, a_source(), "8.8.8.8").steps if step.code]

    assert "9.0.0.0/16 to nat" in said[0]
    assert "and 4 more" in said[0]


def test_a_nat_gateway_named_for_the_input_it_is_in() -> None:
    """One that the input does not show may be anything."""
    estate = with_routes(a_route("0.0.0.0/0", NAT, "nat-0123"))

    assert ["the NAT gateway nat-0123"] == [why.what for why in doubts(reach_host(estate, a_source(), API))]
