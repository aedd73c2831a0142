"""What a name means: private zones, forwarding rules, servers of one's own, DNS Firewall."""

import pytest
from msgspec.structs import replace

from pullproof.evidence import Via
from pullproof.model.estate import Estate
from pullproof.model.names import DnsFirewall, Record, ResolverRule
from pullproof.model.packets import UDP, service, tcp
from pullproof.model.text import hole
from pullproof.model.value import Listing, Maybe, Unknown
from pullproof.model.vpc import DhcpOptions
from pullproof.reach.walk import reach_host
from pullproof.verdict import Verdict
from tests.build import (
    a_group,
    a_record,
    a_rule,
    a_source,
    a_subnet,
    a_vpc,
    a_zone,
    an_acl,
    an_endpoint,
    an_open_network,
    at,
    unknown,
    with_nat,
)
from tests.told import blockers, doubts

API = "api.ecr.eu-west-1.amazonaws.com"
DKR = "123456789012.dkr.ecr.eu-west-1.amazonaws.com"
DOCKER = "registry-1.docker.io"


def a_rule_to_forward(
    estate: Estate,
    domain: Maybe[str],
    *,
    key: str = "rule",
    type: Maybe[str] = "FORWARD",  # noqa: A002
    vpcs: tuple[str, ...] = ("vpc",),
    more: tuple[Unknown, ...] = (),
) -> None:
    """A Resolver rule."""
    estate.resolver_rules[key] = ResolverRule(
        key=key, origin=at(key), domain=domain, type=type, vpcs=Listing(vpcs, more)
    )


def options(
    estate: Estate, *servers: str, amazon: Maybe[bool] = False, more: tuple[Unknown, ...] = ()
) -> None:
    """DHCP options of the VPC."""
    a_vpc(estate, dhcp_options="dhcp")
    estate.dhcp_options["dhcp"] = DhcpOptions(
        key="dhcp", origin=at("dhcp"), amazon_dns=amazon, servers=Listing(servers, more)
    )


# The VPC's attributes ---------------------------------------------------------------------------------


def test_without_dns_support_no_name_resolves_and_the_rest_is_judged_as_if_it_did() -> None:
    """One run shows all that has to change."""
    estate = an_open_network()
    a_vpc(estate, dns_support=False)
    an_endpoint(estate, "ecr.api")
    a_group(estate, "endpoint-group")

    assert [("dns-support-off", "vpc"), ("sg-ingress", "endpoint-group")] == blockers(
        reach_host(estate, a_source(), API)
    )


def test_dns_support_not_known_hides_no_failure() -> None:
    """What fails behind it fails either way."""
    estate = an_open_network()
    a_vpc(estate, dns_support=unknown("support"))
    an_endpoint(estate, "ecr.api")

    assert [unknown("support")] == doubts(reach_host(estate, a_source(), API))
    a_group(estate, "endpoint-group")


# Private hosted zones ---------------------------------------------------------------------------------


def test_a_zone_without_the_record_hides_the_name() -> None:
    """AWS does not fall back on public names, so that NAT is no help."""
    estate = with_nat()
    a_zone(estate, "eu-west-1.amazonaws.com")
    answer = reach_host(estate, a_source(), API)

    assert [("dns-no-record", "vpc")] == blockers(answer)
    assert Via.NONE is answer.via


def test_a_zone_that_hides_the_name_is_no_excuse_for_groups_that_let_nothing_out() -> None:
    """One run shows all that has to change."""
    estate = with_nat()
    a_group(estate, "task")
    a_zone(estate, "amazonaws.com")

    assert [("dns-no-record", "vpc"), ("sg-egress", "task")] == blockers(reach_host(estate, a_source(), API))


def test_the_most_specific_zone_answers_be_it_an_endpoints() -> None:
    """An endpoint's hidden zone is more specific than the whole of amazonaws.com."""
    estate = with_nat()
    a_zone(estate, "amazonaws.com")
    an_endpoint(estate, "ecr.api")

    assert "ecr.api" == reach_host(estate, a_source(), API).endpoint


def test_zones_answer_only_in_their_vpcs_and_for_their_names() -> None:
    """Another VPC's zone, and a zone of another domain, hide nothing here."""
    estate = with_nat()
    a_zone(estate, "amazonaws.com", key="elsewhere", vpcs=("other",))
    a_zone(estate, "us-east-1.amazonaws.com", key="other")
    a_zone(estate, f"www.{API}", key="longer")

    assert Verdict.WORKS is reach_host(estate, a_source(), API).verdict


def test_zones_need_hostnames() -> None:
    """With the attribute off a zone neither hides a name nor answers; the VPC is the thing to change."""
    hidden = with_nat()
    a_vpc(hidden, dns_hostnames=False)
    a_zone(hidden, "amazonaws.com")
    hub = an_open_network()
    a_vpc(hub, dns_hostnames=False)
    an_endpoint(hub, "ecr.api", private_dns=False)
    a_zone(hub, API, a_record(API, alias="ecr.api"))

    assert Verdict.WORKS is reach_host(hidden, a_source(), API).verdict
    assert [("dns-hostnames-off", "vpc")] == blockers(reach_host(hub, a_source(), API))


@pytest.mark.parametrize(
    "record",
    [
        a_record(DKR, alias="dkr"),
        a_record("*.dkr.ecr.eu-west-1.amazonaws.com", alias="dkr"),
        a_record(DKR, hole("dkr.dns_entry[0].dns_name"), type="CNAME"),
        a_record(DKR, "vpce-0123-abc.dkr.ecr.eu-west-1.vpce.amazonaws.com", type="CNAME"),
        a_record(DKR, "vpce-0123.dkr.ecr.eu-west-1.vpce.amazonaws.com."),
        a_record(f"{DKR}.", alias="dkr"),
    ],
)
def test_a_record_may_lead_to_an_endpoint_in_many_ways(record: Record) -> None:
    """An alias, one of the endpoint's own names, or a reference to it; by name or by wildcard."""
    estate = an_open_network()
    an_endpoint(estate, "ecr.dkr", "dkr", private_dns=False, id="vpce-0123")
    a_zone(estate, "dkr.ecr.eu-west-1.amazonaws.com.", record)
    answer = reach_host(estate, a_source(), DKR)

    assert "dkr" == answer.endpoint
    assert Verdict.WORKS is answer.verdict


def test_a_wildcard_answers_only_below_the_closest_name_that_exists() -> None:
    """A record below a name makes that name exist, and hides the wildcard above it."""
    estate = an_open_network()
    an_endpoint(estate, "ecr.dkr", "dkr", private_dns=False)
    a_zone(
        estate,
        "eu-west-1.amazonaws.com",
        a_record("*.eu-west-1.amazonaws.com", alias="dkr"),
        a_record("x.dkr.ecr.eu-west-1.amazonaws.com", alias="dkr"),
    )

    assert [("dns-no-record", "vpc")] == blockers(reach_host(estate, a_source(), DKR))
    assert "dkr" == reach_host(estate, a_source(), API.replace("ecr", "ecs")).endpoint


def test_records_of_other_types_are_no_answer() -> None:
    """A name with a TXT record, or IPv6 addresses, still has no IPv4 address."""
    estate = with_nat()
    a_zone(estate, API, a_record(API, "text", type="TXT"), a_record(API, "fd00::1", type="AAAA"))

    assert [("dns-no-record", "vpc")] == blockers(reach_host(estate, a_source(), API))


def test_a_record_leads_on_to_other_names() -> None:
    """A CNAME is looked up in turn: here to the public name of a registry."""
    estate = with_nat()
    a_zone(estate, "registry.corp", a_record("registry.corp", DOCKER, type="CNAME"))

    assert Via.NAT is reach_host(estate, a_source(), "registry.corp").via


def test_records_in_a_circle_lead_nowhere() -> None:
    """After a few names the walk gives up, and says so."""
    estate = with_nat()
    a_zone(
        estate, "corp", a_record("a.corp", "b.corp", type="CNAME"), a_record("b.corp", "a.corp", type="CNAME")
    )

    assert Verdict.UNKNOWN is reach_host(estate, a_source(), "a.corp").verdict


def test_a_record_may_be_an_address() -> None:
    """An address inside the VPC is walked to; who has it, and its groups, are not known."""
    estate = an_open_network()
    a_zone(estate, "corp", a_record("registry.corp", "10.0.1.7"))
    answer = reach_host(estate, a_source(), "registry.corp")

    assert Via.LOCAL is answer.via
    assert ["the security groups of whatever has 10.0.1.7/32"] == [why.what for why in doubts(answer)]


def test_all_the_answers_of_a_name_must_do() -> None:
    """Two addresses, in one record or in two, are two targets."""
    for records in (
        (a_record("r.corp", "10.0.1.7", "8.8.8.8"),),
        (a_record("r.corp", "10.0.1.7"), a_record("r.corp", "8.8.8.8")),
    ):
        estate = an_open_network()
        a_zone(estate, "corp", *records)
        answer = reach_host(estate, a_source(), "r.corp")

        assert 2 == len(answer.paths)
        assert [("no-route", "vpc-main")] == blockers(answer)


@pytest.mark.parametrize("service", ["ecr.dkr", "s3"])
def test_a_record_that_leads_to_another_service_is_no_record_for_this_one(service: str) -> None:
    """The packets get through, and whoever answers has another name."""
    estate = an_open_network()
    an_endpoint(estate, service, private_dns=False)
    a_zone(estate, API, a_record(API, alias=service))

    assert [("dns-no-record", "vpc")] == blockers(reach_host(estate, a_source(), API))


def test_an_alias_to_an_endpoint_without_subnets_has_no_address() -> None:
    """The record is there, and what it leads to has no interface."""
    estate = with_nat()
    an_endpoint(estate, "ecr.api", subnets=(), private_dns=False)
    a_zone(estate, API, a_record(API, alias="ecr.api"))

    assert [("endpoint-missing", "vpc")] == blockers(reach_host(estate, a_source(), API))


@pytest.mark.parametrize(
    "record",
    [
        a_record(API, alias="not shown"),
        a_record(API, alias=unknown()),
        a_record(API, type=unknown()),
        a_record(API, hole("aws_lb.hub.dns_name")),
        a_record(API, more=(unknown(),)),
        a_record(API),
        a_record(unknown(), alias="ecr.api"),
        a_record(hole("var.name"), alias="ecr.api"),
        a_record(API, "vpce-9999.ecr.eu-west-1.vpce.amazonaws.com", hole("x")),
    ],
)
def test_a_record_that_is_not_known_leaves_the_answer_open(record: Record) -> None:
    """What the name means may be anything."""
    estate = with_nat()
    an_endpoint(estate, "ecr.api", private_dns=False, id="vpce-0123")
    a_zone(estate, API, record)
    answer = reach_host(estate, a_source(), API)

    assert Verdict.UNKNOWN is answer.verdict
    assert [] == blockers(answer)


def test_a_zone_that_may_have_more_records_leaves_the_answer_open() -> None:
    """The record may be one of those not shown; a wildcard may be overruled by one."""
    for records in ((), (a_record("*.ecr.eu-west-1.amazonaws.com", alias="ecr.api"),)):
        estate = with_nat()
        an_endpoint(estate, "ecr.api", private_dns=False)
        a_zone(estate, "ecr.eu-west-1.amazonaws.com", *records, more=(unknown("records"),))

        assert unknown("records") in doubts(reach_host(estate, a_source(), API))


@pytest.mark.parametrize(
    ("name", "vpcs", "more"),
    [
        (unknown("zone"), ("vpc",), ()),
        (f"ecr.{hole('var.region')}.amazonaws.com", ("vpc",), ()),
        ("amazonaws.com", (), (unknown("zone"),)),
    ],
)
def test_a_zone_that_may_answer_leaves_the_answer_open(
    name: Maybe[str], vpcs: tuple[str, ...], more: tuple[Unknown, ...]
) -> None:
    """It may hide the name, or have nothing to do with it."""
    estate = with_nat()
    a_zone(estate, name, vpcs=vpcs, more_vpcs=more)
    answer = reach_host(estate, a_source(), API)

    assert Verdict.UNKNOWN is answer.verdict
    assert [] == blockers(answer)


def test_hostnames_off_is_no_blocker_for_zones_that_are_not_certain() -> None:
    """Switching them on would not bring a certain answer."""
    estate = an_open_network()
    a_vpc(estate, dns_hostnames=False)
    a_zone(estate, unknown("zone"))

    assert [("endpoint-missing", "vpc")] == blockers(reach_host(estate, a_source(), API))


def test_more_zones_may_exist_than_the_input_shows() -> None:
    """The estate says so for all VPCs."""
    estate = with_nat()
    estate.open["HostedZone"] = (unknown("zones"),)

    assert [unknown("zones")] == doubts(reach_host(estate, a_source(), DOCKER))


# Forwarding rules -------------------------------------------------------------------------------------


@pytest.mark.parametrize("domain", ["amazonaws.com", ".", API])
def test_a_forwarded_name_may_mean_anything(domain: str) -> None:
    """What the other servers answer is not known; between equals the rule beats the zone."""
    estate = with_nat()
    a_rule_to_forward(estate, domain)
    a_zone(estate, API) if domain == API else None
    answer = reach_host(estate, a_source(), API)

    assert Verdict.UNKNOWN is answer.verdict
    assert "rule" == doubts(answer)[0].resource
    assert Via.NONE is answer.via


def test_a_private_zone_beats_a_less_specific_rule() -> None:
    """Zones, those of endpoints too, go on answering where a rule forwards everything."""
    estate = an_open_network()
    a_rule_to_forward(estate, ".")
    an_endpoint(estate, "ecr.api")

    assert Verdict.WORKS is reach_host(estate, a_source(), API).verdict


def test_a_system_rule_keeps_what_a_less_specific_rule_would_forward() -> None:
    """AWS advises to write one for amazonaws.com beside a rule for everything."""
    estate = with_nat()
    a_rule_to_forward(estate, ".")
    a_rule_to_forward(estate, "amazonaws.com", key="system", type="SYSTEM")

    assert Verdict.WORKS is reach_host(estate, a_source(), API).verdict
    assert Verdict.UNKNOWN is reach_host(estate, a_source(), DOCKER).verdict


def test_rules_for_other_names_and_vpcs_do_not_matter() -> None:
    """Only rules of this VPC, for this name."""
    estate = with_nat()
    a_rule_to_forward(estate, "corp.example")
    a_rule_to_forward(estate, ".", key="other", vpcs=("other",))

    assert Verdict.WORKS is reach_host(estate, a_source(), API).verdict


@pytest.mark.parametrize("part", ["domain", "type", "vpcs"])
def test_a_rule_that_is_not_known_may_forward(part: str) -> None:
    """A hidden domain, type or association; or rules that the input does not show."""
    estate = with_nat()
    a_rule_to_forward(estate, ".")
    held = estate.resolver_rules["rule"]
    estate.resolver_rules["rule"] = replace(
        held, **{part: Listing((), (unknown(),)) if part == "vpcs" else unknown()}
    )

    assert Verdict.UNKNOWN is reach_host(estate, a_source(), API).verdict


def test_a_rule_for_a_domain_partly_known_may_forward() -> None:
    """The region in it is known by name only."""
    estate = with_nat()
    a_rule_to_forward(estate, f"ecr.{hole('var.region')}.amazonaws.com")

    assert Verdict.UNKNOWN is reach_host(estate, a_source(), API).verdict


# DHCP options -----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("servers", "amazon"),
    [
        ((), True),
        (("AmazonProvidedDNS",), True),
        (("10.0.0.2",), False),
        (("169.254.169.253",), False),
    ],
)
def test_amazons_own_server_by_any_name_is_amazons_own(servers: tuple[str, ...], amazon: bool) -> None:
    """By word, by its link-local address, or as the base of the VPC's block plus two."""
    estate = with_nat()
    options(estate, *servers, amazon=amazon)

    assert Verdict.WORKS is reach_host(estate, a_source(), API).verdict


@pytest.mark.parametrize(
    ("servers", "amazon", "more"),
    [
        (("9.9.9.9",), False, ()),
        (("9.9.9.9",), True, ()),
        ((), False, ()),
        ((), True, (unknown(),)),
        ((), unknown(), ()),
    ],
)
def test_servers_of_ones_own_may_answer_anything(
    servers: tuple[str, ...], amazon: Maybe[bool], more: tuple[Unknown, ...]
) -> None:
    """They must forward AWS's names to the VPC's own resolver, and nobody can see whether they do."""
    estate = with_nat()
    options(estate, *servers, amazon=amazon, more=more)

    assert Verdict.UNKNOWN is reach_host(estate, a_source(), API).verdict


def test_dhcp_options_that_are_not_known_leave_the_answer_open() -> None:
    """Not known at all, or not part of the input."""
    for which in (unknown("options"), "not shown"):
        estate = with_nat()
        a_vpc(estate, dhcp_options=which)

        assert Verdict.UNKNOWN is reach_host(estate, a_source(), API).verdict


def test_the_base_plus_two_is_not_known_where_the_block_is_not() -> None:
    """10.0.0.2 may be the VPC's own resolver."""
    estate = with_nat()
    options(estate, "10.0.0.2")
    estate.vpcs["vpc"] = replace(estate.vpcs["vpc"], blocks=unknown())

    assert Verdict.UNKNOWN is reach_host(estate, a_source(), API).verdict


def test_servers_of_ones_own_must_be_let_out_to() -> None:
    """Groups and ACLs do not filter AWS's own resolver; these servers they do."""
    only_https = an_open_network()
    options(only_https, "10.0.9.9", "10.0.9.8")
    a_subnet(only_https, "servers", "10.0.9.0/24")
    an_endpoint(only_https, "ecr.api")
    a_group(only_https, "task", egress=(a_rule("0.0.0.0/0", tcp(443)),))
    one_of_two = an_open_network()
    options(one_of_two, "10.0.9.9", "10.0.9.8")
    a_subnet(one_of_two, "servers", "10.0.9.0/24")
    an_endpoint(one_of_two, "ecr.api")
    a_group(
        one_of_two,
        "task",
        egress=(a_rule("0.0.0.0/0", tcp(443)), a_rule("10.0.9.8/32", service(UDP, 53, 53))),
    )

    assert [("sg-egress", "task")] == blockers(reach_host(only_https, a_source(), API))
    assert [] == blockers(reach_host(one_of_two, a_source(), API))


def test_servers_known_only_by_name_cannot_be_asked_about() -> None:
    """Which address they have is not known, so nothing is said about the way to them."""
    estate = an_open_network()
    options(estate, hole("aws_instance.dns.private_ip"))
    a_group(estate, "task", egress=(a_rule("0.0.0.0/0", tcp(443)),))

    assert [] == blockers(reach_host(estate, a_source(), API))


def test_amazons_resolver_is_never_filtered() -> None:
    """No group and no ACL has to let questions out to it."""
    estate = an_open_network()
    an_endpoint(estate, "ecr.api")
    a_group(estate, "task", egress=(a_rule("10.0.1.0/24", tcp(443)),))
    an_acl(estate, "closed", ingress=(), egress=())
    a_subnet(estate, acl="closed")

    assert Verdict.WORKS is reach_host(estate, a_source(), API).verdict


# DNS Firewall -----------------------------------------------------------------------------------------


def test_a_dns_firewall_may_refuse_any_name() -> None:
    """Its rules are not modelled; one of another VPC does not matter."""
    for vpc, verdict in (("vpc", Verdict.UNKNOWN), (unknown(), Verdict.UNKNOWN), ("other", Verdict.WORKS)):
        estate = with_nat()
        estate.dns_firewalls["wall"] = DnsFirewall(key="wall", origin=at("wall"), vpc=vpc)

        assert verdict is reach_host(estate, a_source(), API).verdict


# Hosts ------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("host", [hole("var.registry"), f"{hole('var.prefix')}.amazonaws.com"])
def test_a_host_that_is_not_known_may_be_anywhere(host: str) -> None:
    """A name of which the end is missing may be private, public or AWS's."""
    assert Verdict.UNKNOWN is reach_host(with_nat(), a_source(), host).verdict


def test_a_host_partly_known_is_public_where_its_end_is() -> None:
    """Whatever the organisation is called, it is a host of the public registry."""
    assert Verdict.WORKS is reach_host(with_nat(), a_source(), f"{hole('var.org')}.docker.io").verdict


def test_a_host_may_be_an_address() -> None:
    """Then there is no name to resolve."""
    assert Via.NAT is reach_host(with_nat(), a_source(), "8.8.8.8").via


def test_a_service_without_a_row_is_one_of_awss_all_the_same() -> None:
    """Its endpoint has the name that its host has."""
    estate = an_open_network()
    an_endpoint(estate, "sqs")

    assert "sqs" == reach_host(estate, a_source(), "sqs.eu-west-1.amazonaws.com").endpoint
    assert [("endpoint-missing", "vpc")] == blockers(
        reach_host(an_open_network(), a_source(), "sqs.eu-west-1.amazonaws.com")
    )


def test_a_public_host_without_a_way_is_no_route() -> None:
    """No endpoint would help; the route table is the thing to change, and the group if it is closed."""
    closed = an_open_network()
    a_group(closed, "task", egress=(a_rule("10.0.0.0/16"),))

    assert [("no-route", "vpc-main")] == blockers(reach_host(an_open_network(), a_source(), DOCKER))
    assert [("sg-egress", "task"), ("no-route", "vpc-main")] == blockers(
        reach_host(closed, a_source(), DOCKER)
    )
