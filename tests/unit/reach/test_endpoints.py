"""Interface endpoints: who answers for a name, and what keeps it from answering."""

import pytest
from msgspec.structs import replace

from pullproof.evidence import Via
from pullproof.model.estate import Estate
from pullproof.model.filters import GroupRule
from pullproof.model.packets import tcp
from pullproof.model.text import hole
from pullproof.model.value import Listing
from pullproof.model.vpc import ListRef
from pullproof.reach.walk import reach_host
from pullproof.verdict import Verdict
from tests.build import (
    a_gateway_endpoint,
    a_group,
    a_prefix_list,
    a_rule,
    a_source,
    a_subnet,
    a_vpc,
    an_acl,
    an_endpoint,
    an_open_network,
    blocks,
    unknown,
    with_nat,
)
from tests.told import blockers, doubts

API = "api.ecr.eu-west-1.amazonaws.com"
DKR = "123456789012.dkr.ecr.eu-west-1.amazonaws.com"
LAYERS = "prod-eu-west-1-starport-layer-bucket.s3.eu-west-1.amazonaws.com"


def test_an_endpoint_with_private_dns_is_reached() -> None:
    """The name resolves to the endpoint, which carries the flow."""
    estate = an_open_network()
    an_endpoint(estate, "ecr.api")
    answer = reach_host(estate, a_source(), API)

    assert Verdict.WORKS is answer.verdict
    assert Via.INTERFACE_ENDPOINT is answer.via
    assert "ecr.api" == answer.endpoint


def test_an_endpoint_in_other_subnets_and_zones_is_reached() -> None:
    """An endpoint serves its whole VPC, not only the subnets and zones it has interfaces in."""
    estate = an_open_network()
    a_subnet(estate, "other", "10.0.2.0/24", zone="eu-west-1b")
    an_endpoint(estate, "ecr.api", subnets=("other",))

    assert Verdict.WORKS is reach_host(estate, a_source(), API).verdict


def test_every_interface_of_an_endpoint_must_do() -> None:
    """The name answers with any of them, so that one behind a closed ACL fails some launches."""
    estate = an_open_network()
    an_acl(estate, "closed", ingress=())
    a_subnet(estate, "other", "10.0.2.0/24", acl="closed")
    an_endpoint(estate, "ecr.api", subnets=("subnet", "other"))
    answer = reach_host(estate, a_source(), API)

    assert [("nacl-ingress", "closed")] == blockers(answer)
    assert answer.intermittent


def somewhere_among(*acls: str) -> Estate:
    """An endpoint in one or more of two subnets with these ACLs ("" for an open one), nobody knows in which."""
    estate = an_open_network()
    an_acl(estate, "closed", ingress=())
    for number, acl in enumerate(acls):
        a_subnet(estate, f"place{number}", f"10.0.{number + 2}.0/24", acl=acl)
    subnets = Listing[str]((), (unknown("which"),), tuple(f"place{number}" for number, _ in enumerate(acls)))
    an_endpoint(estate, "ecr.api", subnets=subnets)
    return estate


def test_an_endpoint_in_some_of_several_good_subnets_is_reached() -> None:
    """It makes no difference in which of them it is."""
    answer = reach_host(somewhere_among("", ""), a_source(), API)

    assert Verdict.WORKS is answer.verdict
    assert (Via.INTERFACE_ENDPOINT, "ecr.api") == (answer.via, answer.endpoint)


def test_an_endpoint_in_some_of_several_bad_subnets_is_not_reached() -> None:
    """Whichever it is in, the ACL is in the way."""
    answer = reach_host(somewhere_among("closed", "closed"), a_source(), API)

    assert [("nacl-ingress", "closed")] == blockers(answer)
    assert not answer.intermittent


def test_an_endpoint_in_some_of_several_subnets_of_which_one_is_bad_is_unsettled() -> None:
    """It may be in the good one only."""
    for acls in (("closed", ""), ("", "closed")):
        answer = reach_host(somewhere_among(*acls), a_source(), API)

        assert Verdict.UNKNOWN is answer.verdict
        assert unknown("which") in doubts(answer)


def test_a_certain_interface_beside_candidates_still_decides() -> None:
    """The name answers with the interfaces of both endpoints."""
    estate = somewhere_among("", "")
    a_subnet(estate, "bad", "10.0.9.0/24", acl="closed")
    an_endpoint(estate, "ecr.api", key="second", subnets=("bad",))

    assert [("nacl-ingress", "closed")] == blockers(reach_host(estate, a_source(), API))


def test_an_address_outside_of_its_subnet_is_no_interface_s() -> None:
    """AWS gives an interface an address of its subnet; input that says otherwise is not believed."""
    estate = an_open_network()
    an_endpoint(estate, "ecr.api", addresses=(("subnet", blocks("172.31.0.9/32")),))

    assert Verdict.WORKS is reach_host(estate, a_source(), API).verdict


def test_without_an_endpoint_or_another_way_the_endpoint_is_missing() -> None:
    """The thing to change is the VPC, and open groups are no part of it."""
    answer = reach_host(an_open_network(), a_source(), API)

    assert [("endpoint-missing", "vpc")] == blockers(answer)
    assert Via.NONE is answer.via
    assert not answer.intermittent


@pytest.mark.parametrize(
    "rules",
    [
        (),
        (a_rule("192.168.0.0/16"),),
        (a_rule("10.0.0.0/16", tcp(80)),),
        (a_rule(ListRef("list")),),
        (a_rule(ListRef("s3")),),
    ],
)
def test_groups_that_would_let_nothing_out_are_named_with_the_missing_endpoint(
    rules: tuple[GroupRule, ...],
) -> None:
    """One run shows all that has to change: an endpoint alone would not help this task."""
    estate = an_open_network()
    a_prefix_list(estate, "list", "ours", blocks("192.168.0.0/16"))
    a_prefix_list(estate, "s3", "com.amazonaws.eu-west-1.s3")
    a_group(estate, "task", egress=rules)

    assert [("sg-egress", "task"), ("endpoint-missing", "vpc")] == blockers(
        reach_host(estate, a_source(), API)
    )


@pytest.mark.parametrize(
    "rule",
    [
        a_rule("10.0.0.0/16"),
        a_rule("0.0.0.0/0"),
        a_rule("endpoint-group"),
        a_rule(unknown()),
        a_rule(ListRef("list")),
        a_rule(ListRef("not shown")),
        a_rule(ListRef("half known")),
    ],
)
def test_groups_that_would_let_an_endpoint_be_reached_are_no_blocker(rule: GroupRule) -> None:
    """Addresses of the VPC, a group, or a list that may hold the endpoint will do."""
    estate = an_open_network()
    a_prefix_list(estate, "list", "ours", blocks("10.0.0.0/8"))
    a_prefix_list(estate, "half known", f"com.amazonaws.eu-west-1.{hole('each.key')}")
    a_group(estate, "task", egress=(rule,))

    assert [("endpoint-missing", "vpc")] == blockers(reach_host(estate, a_source(), API))


def test_groups_that_are_not_known_are_no_blocker_of_a_missing_endpoint() -> None:
    """Who knows what the other groups let out."""
    estate = an_open_network()
    a_group(estate, "task")

    for source in (a_source(more_groups=(unknown(),)), a_source("subnet", "not shown")):
        assert [("endpoint-missing", "vpc")] == blockers(reach_host(estate, source, API))


def test_any_block_will_do_where_the_blocks_of_the_vpc_are_not_known() -> None:
    """The endpoint may get an address in it."""
    estate = an_open_network()
    estate.vpcs["vpc"] = replace(estate.vpcs["vpc"], blocks=unknown("block"))
    a_group(estate, "task", egress=(a_rule("192.168.0.0/16"),))

    assert [("endpoint-missing", "vpc")] == blockers(reach_host(estate, a_source(), API))


def test_an_endpoint_whose_groups_do_not_let_the_task_in_breaks_a_working_nat_path() -> None:
    """With private DNS the name no longer resolves to the public address that NAT would reach."""
    estate = with_nat()
    an_endpoint(estate, "ecr.api")
    a_group(estate, "endpoint-group", ingress=(a_rule("10.9.0.0/16"),))

    assert [("sg-ingress", "endpoint-group")] == blockers(reach_host(estate, a_source(), API))


def test_nat_does_without_endpoints() -> None:
    """No endpoint is missing where the public address is reached."""
    answer = reach_host(with_nat(), a_source(), API)

    assert Verdict.WORKS is answer.verdict
    assert Via.NAT is answer.via
    assert "" == answer.endpoint


def test_private_dns_off_is_the_blocker_where_public_addresses_are_out_of_reach() -> None:
    """The endpoint is there and is the thing to change; its own groups are asked as well."""
    estate = an_open_network()
    an_endpoint(estate, "ecr.api", private_dns=False)
    a_group(estate, "endpoint-group")
    answer = reach_host(estate, a_source(), API)

    assert [("private-dns-off", "ecr.api"), ("sg-ingress", "endpoint-group")] == blockers(answer)
    assert "ecr.api" == answer.endpoint


def test_private_dns_off_does_not_matter_where_public_addresses_are_reached() -> None:
    """NAT carries the flow past the endpoint."""
    estate = with_nat()
    an_endpoint(estate, "ecr.api", private_dns=False)

    assert Via.NAT is reach_host(estate, a_source(), API).via
    assert [] == blockers(reach_host(estate, a_source(), API))


def test_private_dns_off_is_the_smaller_change_where_groups_let_only_the_endpoint_be_reached() -> None:
    """The way out by NAT exists, but the task may only talk to the VPC."""
    estate = with_nat()
    an_endpoint(estate, "ecr.api", private_dns=False)
    a_group(estate, "task", egress=(a_rule("10.0.0.0/16"),))

    assert [("private-dns-off", "ecr.api")] == blockers(reach_host(estate, a_source(), API))


def test_opening_the_group_is_the_smaller_change_where_it_is_needed_either_way() -> None:
    """With a way out by NAT and a group that lets nothing out, private DNS is nobody's fault."""
    estate = with_nat()
    an_endpoint(estate, "ecr.api", private_dns=False)
    a_group(estate, "task")

    assert [("sg-egress", "task")] == blockers(reach_host(estate, a_source(), API))


def test_hostnames_off_keeps_private_dns_from_answering() -> None:
    """The VPC is the thing to change; the endpoint's groups are asked as well."""
    estate = an_open_network()
    a_vpc(estate, dns_hostnames=False)
    an_endpoint(estate, "ecr.api")
    a_group(estate, "endpoint-group")

    assert [("dns-hostnames-off", "vpc"), ("sg-ingress", "endpoint-group")] == blockers(
        reach_host(estate, a_source(), API)
    )


def test_hostnames_off_does_not_matter_without_private_names() -> None:
    """Public names resolve all the same."""
    estate = with_nat()
    a_vpc(estate, dns_hostnames=False)

    assert Verdict.WORKS is reach_host(estate, a_source(), API).verdict


def test_hostnames_not_known_leave_an_answer_open_only_where_it_matters() -> None:
    """With NAT and a closed endpoint it decides; with neither way out it does not."""
    estate = with_nat()
    a_vpc(estate, dns_hostnames=unknown("hostnames"))
    an_endpoint(estate, "ecr.api")
    a_group(estate, "endpoint-group")
    isolated = an_open_network()
    a_vpc(isolated, dns_hostnames=unknown("hostnames"))
    an_endpoint(isolated, "ecr.api")
    a_group(isolated, "endpoint-group")

    assert Verdict.UNKNOWN is reach_host(estate, a_source(), API).verdict
    assert unknown("hostnames") in doubts(reach_host(estate, a_source(), API))
    assert [("sg-ingress", "endpoint-group")] == blockers(reach_host(isolated, a_source(), API))


def test_private_dns_not_known_is_settled_by_what_holds_either_way() -> None:
    """Open both ways but by different roads, whose policies differ: not known. Closed both ways: fails."""
    for estate, verdict in ((with_nat(), Verdict.UNKNOWN), (an_open_network(), Verdict.UNKNOWN)):
        an_endpoint(estate, "ecr.api", private_dns=unknown())
        answer = reach_host(estate, a_source(), API)

        assert verdict is answer.verdict
        assert "" == answer.endpoint
        assert Via.NONE is answer.via
    closed = an_open_network()
    an_endpoint(closed, "ecr.api", private_dns=unknown())
    a_group(closed, "endpoint-group")

    assert Verdict.FAILS is reach_host(closed, a_source(), API).verdict


def test_an_endpoint_without_subnets_has_no_address() -> None:
    """The name resolves to nothing: the endpoint is as good as missing."""
    estate = with_nat()
    an_endpoint(estate, "ecr.api", subnets=())

    assert [("endpoint-missing", "vpc")] == blockers(reach_host(estate, a_source(), API))


def test_an_endpoint_without_subnets_and_without_private_dns_is_no_help() -> None:
    """Turning private DNS on would not bring an address."""
    estate = an_open_network()
    an_endpoint(estate, "ecr.api", subnets=(), private_dns=False)

    assert [("endpoint-missing", "vpc")] == blockers(reach_host(estate, a_source(), API))


def test_hostnames_off_is_no_blocker_for_an_endpoint_without_subnets() -> None:
    """Turning hostnames on would not bring an address."""
    estate = an_open_network()
    a_vpc(estate, dns_hostnames=False)
    an_endpoint(estate, "ecr.api", subnets=())

    assert [("endpoint-missing", "vpc")] == blockers(reach_host(estate, a_source(), API))


def test_an_interface_in_a_subnet_not_known_is_asked_what_can_be_asked() -> None:
    """Its groups let the task in or not, wherever it is; ACLs and routes stay open."""
    open_ = an_open_network()
    an_endpoint(open_, "ecr.api", subnets=Listing((), (unknown("subnets"),)))
    closed = an_open_network()
    an_endpoint(closed, "ecr.api", subnets=Listing((), (unknown("subnets"),)))
    a_group(closed, "endpoint-group")

    assert [unknown("subnets")] == doubts(reach_host(open_, a_source(), API))
    assert [("sg-ingress", "endpoint-group")] == blockers(reach_host(closed, a_source(), API))


def test_an_interface_in_a_subnet_not_shown_is_somewhere_in_its_vpc() -> None:
    """So it is where nothing of its VPC is known either."""
    for vpc in ("vpc", unknown("vpc")):
        estate = an_open_network()
        an_endpoint(estate, "ecr.api", subnets=("subnet", "not shown"), vpc=vpc)

        assert Verdict.UNKNOWN is reach_host(estate, a_source(), API).verdict


def test_an_address_that_is_written_is_the_only_one() -> None:
    """A rule for just this address will do, and a rule for others will not."""
    estate = an_open_network()
    an_endpoint(estate, "ecr.api", addresses=(("subnet", blocks("10.0.1.7/32")),))
    a_group(estate, "task", egress=(a_rule("10.0.1.7/32"),))
    other = an_open_network()
    an_endpoint(other, "ecr.api", addresses=(("subnet", blocks("10.0.1.8/32")),))
    a_group(other, "task", egress=(a_rule("10.0.1.7/32"),))

    assert Verdict.WORKS is reach_host(estate, a_source(), API).verdict
    assert [("sg-egress", "task")] == blockers(reach_host(other, a_source(), API))


def test_an_endpoint_that_is_not_available_is_not_there() -> None:
    """The name goes on resolving to public addresses."""
    estate = with_nat()
    an_endpoint(estate, "ecr.api", available=False, subnets=())

    assert Via.NAT is reach_host(estate, a_source(), API).via


@pytest.mark.parametrize("part", ["available", "type", "service", "service_region", "vpc"])
def test_what_is_not_known_of_an_endpoint_leaves_open_whether_it_answers(part: str) -> None:
    """With NAT as the other possibility, and a closed endpoint, nothing is certain."""
    estate = with_nat()
    held = an_endpoint(estate, "ecr.api", subnets=("not shown",) if part == "vpc" else ("subnet",))
    estate.endpoints["ecr.api"] = replace(held, **{part: unknown(part)})
    a_group(estate, "endpoint-group")
    answer = reach_host(estate, a_source(), API)

    assert Verdict.UNKNOWN is answer.verdict
    assert [] == blockers(answer)


def test_an_endpoint_of_a_vpc_not_known_is_placed_by_its_subnets() -> None:
    """Its subnets say where it is: here, or in another VPC, where it does not matter."""
    here = an_open_network()
    an_endpoint(here, "ecr.api", vpc=unknown("vpc"))
    there = with_nat()
    a_vpc(there, "far", "10.9.0.0/16")
    a_subnet(there, "far-subnet", "10.9.1.0/24", vpc="far")
    an_endpoint(there, "ecr.api", vpc=unknown("vpc"), subnets=("far-subnet",))

    assert "ecr.api" == reach_host(here, a_source(), API).endpoint
    assert Via.NAT is reach_host(there, a_source(), API).via


@pytest.mark.parametrize("service", [hole("var.service"), f"com.amazonaws.eu-west-1.{hole('each.key')}"])
def test_a_service_known_only_by_name_may_be_this_one(service: str) -> None:
    """An endpoint for each of a set nobody knows may answer for anything."""
    estate = with_nat()
    an_endpoint(estate, "x", "some", service=service)
    a_group(estate, "endpoint-group")

    assert Verdict.UNKNOWN is reach_host(estate, a_source(), API).verdict


@pytest.mark.parametrize(
    "service",
    [
        "com.amazonaws.vpce.eu-west-1.vpce-svc-1",
        "com.amazonaws.eu-west-1.ecr.dkr",
        "com.example.api",
        "com.amazonaws.",
    ],
)
def test_endpoints_for_other_services_do_not_answer(service: str) -> None:
    """Only the service's own endpoint answers for its names."""
    estate = with_nat()
    an_endpoint(estate, "x", "some", service=service)

    assert Via.NAT is reach_host(estate, a_source(), API).via


def test_a_region_known_only_by_name_is_the_vpcs_own() -> None:
    """Whatever the provider's region is, an endpoint made with it serves it."""
    for region in ("eu-west-1", unknown("region")):
        estate = an_open_network()
        estate.region = region
        vpc = a_vpc(estate)
        estate.vpcs["vpc"] = replace(vpc, region="")
        an_endpoint(estate, "x", "ecr", service=f"com.amazonaws.{hole('data.aws_region.now.name')}.ecr.api")

        assert "ecr" == reach_host(estate, a_source(), API).endpoint


def test_an_endpoint_for_another_region_answers_for_that_region_only() -> None:
    """Cross-region endpoints name the region they serve."""
    estate = with_nat()
    an_endpoint(estate, "ecr.api", service_region="us-east-1", service="com.amazonaws.us-east-1.ecr.api")

    assert Via.NAT is reach_host(estate, a_source(), API).via
    assert "ecr.api" == reach_host(estate, a_source(), "api.ecr.us-east-1.amazonaws.com").endpoint


def test_fips_and_dual_stack_names_may_be_answered_by_the_plain_endpoint() -> None:
    """AWS's pages do not say so for certain."""
    estate = with_nat()
    an_endpoint(estate, "ecr.api")
    an_endpoint(estate, "kms")

    for host in ("ecr.eu-west-1.api.aws", "kms-fips.eu-west-1.amazonaws.com"):
        assert Verdict.UNKNOWN is reach_host(estate, a_source(), host).verdict
    for host in ("ecr.eu-west-1.api.aws", "kms-fips.eu-west-1.amazonaws.com"):
        assert Via.NAT is reach_host(with_nat(), a_source(), host).via


def test_any_account_id_is_answered_by_the_registrys_endpoint() -> None:
    """The endpoint's zone answers for every name below it, also one that is only partly known."""
    estate = an_open_network()
    an_endpoint(estate, "ecr.dkr")

    for host in (DKR, f"{hole('data.aws_caller_identity.now.account_id')}.dkr.ecr.eu-west-1.amazonaws.com"):
        assert "ecr.dkr" == reach_host(estate, a_source(), host).endpoint


def test_an_s3_endpoint_for_inbound_resolvers_leaves_the_gateway_endpoint_its_traffic() -> None:
    """Such private DNS does not answer inside the VPC."""
    estate = an_open_network()
    an_endpoint(estate, "s3", "s3-interface", inbound_only=True)
    a_gateway_endpoint(estate, "vpc-main")

    assert Via.GATEWAY_ENDPOINT is reach_host(estate, a_source(), LAYERS).via


def test_an_s3_endpoint_answers_for_buckets() -> None:
    """With private DNS for everybody the interface carries the layers."""
    estate = an_open_network()
    an_endpoint(estate, "s3", "s3-interface")
    a_gateway_endpoint(estate, "vpc-main")
    answer = reach_host(estate, a_source(), LAYERS)

    assert Via.INTERFACE_ENDPOINT is answer.via
    assert "s3-interface" == answer.endpoint


def test_an_s3_endpoint_for_inbound_resolvers_alone_has_its_private_dns_off_for_tasks() -> None:
    """Where no gateway endpoint helps, that is what has to change; not known, it stays open."""
    estate = an_open_network()
    an_endpoint(estate, "s3", inbound_only=True)
    unsure = an_open_network()
    an_endpoint(unsure, "s3", inbound_only=unknown())

    assert [("private-dns-off", "s3")] == blockers(reach_host(estate, a_source(), LAYERS))
    assert Verdict.UNKNOWN is reach_host(unsure, a_source(), LAYERS).verdict


def test_an_unassociated_gateway_endpoint_is_the_smaller_change_than_private_dns() -> None:
    """S3 has both kinds of endpoint here; one of them only lacks a route."""
    estate = an_open_network()
    an_endpoint(estate, "s3", "s3-interface", private_dns=False)
    a_gateway_endpoint(estate, "elsewhere")

    assert [("gateway-not-associated", "vpc-main")] == blockers(reach_host(estate, a_source(), LAYERS))


def test_two_endpoints_that_answer_must_both_be_reached() -> None:
    """Nobody knows whose interface a launch will meet."""
    estate = an_open_network()
    an_endpoint(estate, "ecr.api", "one")
    an_endpoint(estate, "ecr.api", "two", groups=("closed",))
    a_group(estate, "closed")
    answer = reach_host(estate, a_source(), API)

    assert [("sg-ingress", "closed")] == blockers(answer)
    assert answer.intermittent


def test_an_endpoint_without_ipv4_is_not_modelled() -> None:
    """Its subnet has IPv6 addresses only."""
    estate = an_open_network()
    a_subnet(estate, "six", "fd00::/64")
    an_endpoint(estate, "ecr.api", subnets=("six",))

    assert Verdict.UNKNOWN is reach_host(estate, a_source(), API).verdict


def test_a_vpc_that_the_input_does_not_create_may_hold_anything() -> None:
    """Not even a working way by NAT is certain, as a hidden endpoint may have taken its name."""
    estate = with_nat()
    a_vpc(estate, unseen=unknown("the VPC"))
    answer = reach_host(estate, a_source(), API)

    assert [unknown("the VPC")] == doubts(answer)
    assert Verdict.UNKNOWN is answer.verdict


def test_groups_that_let_nothing_out_are_certain_whatever_else_is_hidden() -> None:
    """The only thing that every possible way has in common is where it starts."""
    estate = an_open_network()
    a_vpc(estate, unseen=unknown("the VPC"))
    a_group(estate, "task")

    assert [("sg-egress", "task")] == blockers(reach_host(estate, a_source(), API))


def test_more_endpoints_may_exist_than_the_input_shows() -> None:
    """The estate says so for all VPCs; it does not matter to names that no endpoint answers for."""
    estate = with_nat()
    estate.open["Endpoint"] = (unknown("endpoints"),)

    assert [unknown("endpoints")] == doubts(reach_host(estate, a_source(), API))
    assert Verdict.WORKS is reach_host(estate, a_source(), "registry-1.docker.io").verdict


def test_an_endpoints_groups_that_are_not_known_leave_it_open() -> None:
    """Every interface has a group: a list without any is a list that is not shown."""
    estate = an_open_network()
    an_endpoint(estate, "ecr.api", groups=())

    assert Verdict.UNKNOWN is reach_host(estate, a_source(), API).verdict
