"""The door: who asks, from where, by address; and what is remembered."""

import pytest
from msgspec.structs import replace

from pullproof.evidence import Gate, Via, Way
from pullproof.model.estate import Estate
from pullproof.model.gateways import NetworkInterface
from pullproof.model.packets import ICMP, tcp
from pullproof.model.value import Listing, Maybe
from pullproof.model.vpc import TargetKind
from pullproof.reach.ground import ground_of
from pullproof.reach.walk import reach_addresses, reach_host
from pullproof.verdict import Verdict
from tests.build import (
    a_gateway_endpoint,
    a_group,
    a_mount_target,
    a_route,
    a_rule,
    a_source,
    a_subnet,
    a_table,
    a_vpc,
    a_way_out,
    an_acl,
    an_endpoint,
    an_entry,
    an_open_network,
    at,
    blocks,
    unknown,
)
from tests.told import blockers, doubts

API = "api.ecr.eu-west-1.amazonaws.com"


# The source -------------------------------------------------------------------------------------------


@pytest.mark.parametrize("subnet", ["not shown", "lost"])
def test_a_source_that_cannot_be_placed_is_certain_only_of_its_groups(subnet: str) -> None:
    """Nothing else is known of its way, by name or by address."""
    estate = an_open_network()
    a_subnet(estate, "lost", "10.0.4.0/24", vpc="elsewhere", table="vpc-main", acl="vpc-acl")
    closed = an_open_network()
    a_subnet(closed, "lost", "10.0.4.0/24", vpc="elsewhere", table="vpc-main", acl="vpc-acl")
    a_group(closed, "task")

    assert Verdict.UNKNOWN is reach_host(estate, a_source(subnet), API).verdict
    assert Verdict.UNKNOWN is reach_addresses(estate, a_source(subnet), blocks("10.0.1.1/32"), 443).verdict
    assert [("sg-egress", "task")] == blockers(reach_host(closed, a_source(subnet), API))


@pytest.mark.parametrize("only", [True, unknown("family")])
def test_a_subnet_with_ipv6_only_is_not_modelled(only: Maybe[bool]) -> None:
    """Neither a way out nor the lack of one is certain there."""
    estate = an_open_network()
    estate.subnets["subnet"] = replace(estate.subnets["subnet"], ipv6_only=only)

    assert Verdict.UNKNOWN is reach_host(estate, a_source(), API).verdict
    assert Verdict.UNKNOWN is reach_addresses(estate, a_source(), blocks("8.8.8.8/32"), 443).verdict


def test_a_subnet_without_ipv4_addresses_is_not_modelled() -> None:
    """Its blocks are IPv6."""
    estate = an_open_network()
    a_subnet(estate, block="fd00::/64")

    assert Verdict.UNKNOWN is reach_host(estate, a_source(), API).verdict


def test_a_subnet_of_unknown_block_is_somewhere_in_its_vpc() -> None:
    """Rules for the whole VPC are enough; for a part of it they may be."""
    for block, verdict in (
        ("10.0.0.0/16", Verdict.WORKS),
        ("10.0.1.0/24", Verdict.UNKNOWN),
        ("10.9.0.0/16", Verdict.FAILS),
    ):
        estate = an_open_network()
        estate.subnets["subnet"] = replace(estate.subnets["subnet"], blocks=unknown("block"))
        an_endpoint(estate, "ecr.api")
        a_group(estate, "endpoint-group", ingress=(a_rule(block),))

        assert verdict is reach_host(estate, a_source(), API).verdict
    nothing = an_open_network()
    nothing.subnets["subnet"] = replace(nothing.subnets["subnet"], blocks=unknown("block"))
    nothing.vpcs["vpc"] = replace(nothing.vpcs["vpc"], blocks=unknown("blocks"))
    an_endpoint(nothing, "ecr.api")
    assert [unknown("block")] == doubts(reach_host(nothing, a_source(), API))


def test_two_services_alike_get_one_answer_each_in_its_own_name() -> None:
    """What was worked out for one is used for the other, but for the name of what has to change."""
    estate = an_open_network()
    a_way_out(estate)
    a_table(estate, "own", a_route("0.0.0.0/0", TargetKind.INTERNET_GATEWAY, "igw"))
    a_subnet(estate, table="own")

    assert [("no-public-ip", "one")] == blockers(reach_host(estate, a_source(key="one"), API))
    assert [("no-public-ip", "two")] == blockers(reach_host(estate, a_source(key="two"), API))
    assert reach_host(estate, a_source(key="one"), "8.8.8.8") == reach_host(
        estate, a_source(key="one"), "8.8.8.8"
    )


def test_the_memory_of_an_estate_is_no_part_of_it() -> None:
    """An estate that was asked still equals one that was not."""
    asked, fresh = an_open_network(), an_open_network()
    reach_host(asked, a_source(), API)

    assert fresh == asked
    assert ground_of(asked) is ground_of(asked)


# Addresses --------------------------------------------------------------------------------------------


def test_an_address_in_the_own_subnet_meets_no_acl() -> None:
    """Whatever has it, traffic stays in the subnet."""
    estate = an_open_network()
    an_acl(estate, "closed", ingress=(), egress=())
    a_subnet(estate, acl="closed")

    assert [] == blockers(reach_addresses(estate, a_source(), blocks("10.0.1.77/32"), 443))


def test_an_address_that_may_be_in_the_own_subnet_may_meet_no_acl() -> None:
    """The block of the subnet is not known."""
    estate = an_open_network()
    an_acl(estate, "closed", ingress=(), egress=())
    a_subnet(estate, acl="closed")
    estate.subnets["subnet"] = replace(estate.subnets["subnet"], blocks=unknown("block"))

    assert [] == blockers(reach_addresses(estate, a_source(), blocks("10.0.1.77/32"), 443))


def test_an_address_in_no_subnet_is_nowhere() -> None:
    """Nothing in the VPC has it; hidden subnets may."""
    estate = an_open_network()
    hidden = an_open_network()
    a_vpc(hidden, unseen=unknown("vpc"))

    assert [("no-route", "vpc-main")] == blockers(
        reach_addresses(estate, a_source(), blocks("10.0.9.1/32"), 443)
    )
    assert unknown("vpc") in doubts(reach_addresses(hidden, a_source(), blocks("10.0.9.1/32"), 443))


@pytest.mark.parametrize("place", ["endpoint", "mount", "box"])
def test_an_address_that_is_written_somewhere_has_an_owner(place: str) -> None:
    """Then its groups are known."""
    estate = an_open_network()
    a_group(estate, "closed")
    address = blocks("10.0.1.9/32")
    if place == "endpoint":
        an_endpoint(estate, "ecr.api", groups=("closed",), addresses=(("subnet", address),))
    elif place == "mount":
        a_mount_target(estate, groups=("closed",), addresses=address)
    else:
        estate.interfaces["box"] = NetworkInterface(
            key="box",
            origin=at("box"),
            subnet="subnet",
            groups=Listing(("closed",)),
            addresses=address,
            public_ip=False,
        )
    answer = reach_addresses(estate, a_source(), blocks("10.0.1.9/32"), 443)

    assert [("sg-ingress", "closed")] == blockers(answer)
    assert ("ecr.api" if place == "endpoint" else "") == answer.endpoint


def test_owners_that_cannot_be_placed_are_nobody() -> None:
    """In a subnet not known or not shown, or at an address that is not."""
    estate = an_open_network()
    a_mount_target(estate, "one", subnet=unknown(), addresses=blocks("10.0.1.9/32"))
    a_mount_target(estate, "two", subnet="not shown", addresses=blocks("10.0.1.9/32"))
    a_mount_target(estate, "three", addresses=unknown())

    assert Verdict.UNKNOWN is reach_addresses(estate, a_source(), blocks("10.0.1.9/32"), 443).verdict


def test_the_same_address_in_two_vpcs_is_two_interfaces() -> None:
    """Only the own VPC's is certain to be meant."""
    estate = an_open_network()
    a_vpc(estate, "second", "10.0.0.0/16")
    a_subnet(estate, "far", "10.0.7.0/24", vpc="second")
    a_group(estate, "closed")
    a_mount_target(estate, subnet="far", groups=("closed",), addresses=blocks("10.0.7.9/32"))

    assert [("no-route", "vpc-main")] == blockers(
        reach_addresses(estate, a_source(), blocks("10.0.7.9/32"), 443)
    )


def test_an_owner_in_another_vpc_is_found_where_no_other_could_be_meant() -> None:
    """Its VPC is the only one with that address."""
    estate = an_open_network()
    a_vpc(estate, "second", "10.7.0.0/16")
    a_subnet(estate, "far", "10.7.7.0/24", vpc="second")
    a_mount_target(estate, subnet="far", addresses=blocks("10.7.7.9/32"))
    a_vpc(estate, "third", "10.8.0.0/16")
    estate.vpcs["third"] = replace(estate.vpcs["third"], blocks=unknown())
    answer = reach_addresses(estate, a_source(), blocks("10.7.7.9/32"), 443)

    assert [("no-route", "vpc-main")] == blockers(answer)
    assert "mount" in answer.paths[0][0].flow


def test_several_addresses_must_all_be_reached() -> None:
    """Each part by its own way."""
    estate = an_open_network()
    a_way_out(estate)
    a_subnet(estate, table="private")
    a_subnet(estate, "other", "10.0.2.0/24")
    answer = reach_addresses(estate, a_source(), blocks("10.0.1.1/32", "10.0.2.1/32", "8.8.8.8/32"), 443)

    assert 3 == len(answer.paths)
    assert [] == blockers(answer)


@pytest.mark.parametrize("place", [("fd00::1/128",), ()])
def test_ipv6_addresses_are_not_modelled(place: tuple[str, ...]) -> None:
    """Nor is no address at all."""
    assert Verdict.UNKNOWN is reach_addresses(an_open_network(), a_source(), blocks(*place), 443).verdict


def test_public_addresses_in_a_vpc_not_shown_may_be_taken_by_a_gateway_endpoint() -> None:
    """Private ones are not."""
    estate = an_open_network()
    a_vpc(estate, unseen=unknown("vpc"))

    assert unknown("vpc") in doubts(reach_addresses(estate, a_source(), blocks("8.8.8.8/32"), 443))
    assert unknown("vpc") not in doubts(reach_addresses(estate, a_source(), blocks("10.0.1.1/32"), 443))


def test_icmp_has_no_ports() -> None:
    """A gateway endpoint answers it, and groups are asked about all of it."""
    estate = an_open_network()
    a_gateway_endpoint(estate, "vpc-main")
    answer = reach_addresses(estate, a_source(), blocks("52.218.0.0/24"), 0, ICMP)

    assert Via.GATEWAY_ENDPOINT is answer.via
    assert answer.paths[0][0].flow.endswith(", icmp")


# Evidence ---------------------------------------------------------------------------------------------


def hops(estate: Estate, host: str, way: Way) -> list[Gate]:
    """The gates of the first path, one way."""
    answer = reach_host(estate, a_source(), host)
    return [hop.gate for trace in answer.paths[0] if trace.way is way for hop in trace.hops]


def test_evidence_names_every_gate_in_the_order_it_is_met() -> None:
    """Out by NAT, and back."""
    estate = an_open_network()
    a_way_out(estate)
    a_subnet(estate, table="private")

    assert [
        Gate.NAMES,
        Gate.SECURITY_GROUP,
        Gate.NETWORK_ACL,
        Gate.ROUTE_TABLE,
        Gate.NETWORK_ACL,
        Gate.NAT_GATEWAY,
        Gate.NETWORK_ACL,
        Gate.ROUTE_TABLE,
        Gate.INTERNET_GATEWAY,
        Gate.HOST,
    ] == hops(estate, API, Way.OUT)
    assert [
        Gate.NETWORK_ACL,
        Gate.ROUTE_TABLE,
        Gate.NETWORK_ACL,
        Gate.NETWORK_ACL,
        Gate.SECURITY_GROUP,
    ] == hops(estate, API, Way.BACK)


def test_evidence_of_an_endpoint_ends_at_the_endpoint() -> None:
    """Through both subnets and both groups."""
    estate = an_open_network()
    a_subnet(estate, "other", "10.0.2.0/24")
    an_endpoint(estate, "ecr.api", subnets=("other",))

    assert [
        Gate.NAMES,
        Gate.SECURITY_GROUP,
        Gate.NETWORK_ACL,
        Gate.ROUTE_TABLE,
        Gate.NETWORK_ACL,
        Gate.SECURITY_GROUP,
        Gate.INTERFACE_ENDPOINT,
    ] == hops(estate, API, Way.OUT)


def test_every_deciding_step_cites_what_was_written() -> None:
    """The rule, the entry, the route, the gateway."""
    estate = an_open_network()
    a_way_out(estate)
    a_subnet(estate, table="private")
    a_group(estate, "task", egress=(a_rule("0.0.0.0/0", tcp(443), path="egress[0]"),))
    an_acl(estate, "vpc-acl", egress=(an_entry(7),))
    cited = {str(origin) for step in reach_host(estate, a_source(), API).steps for origin in step.cites}

    assert {"group.egress[0]", "entry.7", "route.0.0.0.0/0", "nat"} <= cited


def test_filters_do_not_end_the_walk() -> None:
    """Everything that has to change, in one run."""
    estate = an_open_network()
    a_group(estate, "task")
    a_group(estate, "endpoint-group")
    an_acl(estate, "near", egress=(), ingress=())
    an_acl(estate, "far", egress=(), ingress=())
    a_subnet(estate, acl="near")
    a_subnet(estate, "other", "10.0.2.0/24", acl="far")
    an_endpoint(estate, "ecr.api", subnets=("other",))

    assert [
        ("sg-egress", "task"),
        ("nacl-egress", "near"),
        ("nacl-ingress", "far"),
        ("sg-ingress", "endpoint-group"),
        ("nacl-return", "far"),
        ("nacl-return", "near"),
    ] == blockers(reach_host(estate, a_source(), API))
