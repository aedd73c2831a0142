"""Name resolution: zones, records, resolver rules, DNS Firewall."""

from typing import Any

import pytest

from pullproof.model.names import Record
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
OTHER = vpc("other", cidr_block="10.1.0.0/16")
ENDPOINT = create("aws_vpc_endpoint.e", vpc_id=ref("aws_vpc.main.id"), service_name="x", dns_entry=COMPUTED)


def zone(**values: Any) -> Block:
    return create(
        "aws_route53_zone.z",
        **(
            {"name": "Example.COM.", "zone_id": COMPUTED, "vpc": [{"vpc_id": ref("aws_vpc.main.id")}]}
            | values
        ),
    )


def record(**values: Any) -> Block:
    return create(
        "aws_route53_record.r",
        **(
            {"zone_id": ref("aws_route53_zone.z.zone_id"), "name": "www", "type": "A", "fqdn": COMPUTED}
            | values
        ),
    )


def test_a_private_zone_answers_in_its_vpcs() -> None:
    """By its own blocks and by associations; names are without the last dot and in small letters."""
    link = create(
        "aws_route53_zone_association.a",
        zone_id=ref("aws_route53_zone.z.zone_id"),
        vpc_id=ref("aws_vpc.other.id"),
    )
    found = estate(VPC, OTHER, zone(), link).zones["aws_route53_zone.z"]

    assert "example.com" == found.name
    assert Listing(("aws_vpc.main", "aws_vpc.other")) == found.vpcs


def test_a_public_zone_hides_nothing() -> None:
    """A zone without a VPC is public, unless an association makes it private."""
    assert {} == estate(VPC, zone(vpc=COMPUTED)).zones
    link = create(
        "aws_route53_zone_association.a",
        zone_id=ref("aws_route53_zone.z.zone_id"),
        vpc_id=ref("aws_vpc.main.id"),
    )
    assert ["aws_route53_zone.z"] == list(estate(VPC, zone(vpc=[]), link).zones)


def test_a_zone_with_unknown_vpcs_may_be_in_any() -> None:
    """A block that is unknown, or an association of an unknown zone."""
    stray = create("aws_route53_zone_association.a", zone_id=ref("local.z"), vpc_id=ref("aws_vpc.main.id"))

    assert not estate(VPC, zone(vpc=ref("local.v"))).zones["aws_route53_zone.z"].vpcs.complete
    assert not estate(VPC, zone(), stray).zones["aws_route53_zone.z"].vpcs.complete


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("www", "www.example.com"),
        ("www.example.com", "www.example.com"),
        ("", "example.com"),
        ("example.com.", "example.com"),
        ("*", "*.example.com"),
    ],
)
def test_a_record_has_its_full_name(name: str, expected: str) -> None:
    """What is written may be relative to the zone or empty for its top."""
    found = estate(VPC, zone(), record(name=name, records=["10.0.0.1"])).zones["aws_route53_zone.z"].records

    assert [expected] == [one.name for one in found.items]
    assert [Listing(("10.0.0.1",))] == [one.values for one in found.items]


def the_record(*blocks: Block | tuple[str, dict[str, Any]]) -> Record:
    return estate(VPC, ENDPOINT, zone(), *blocks).zones["aws_route53_zone.z"].records.items[0]


def test_an_alias_of_an_endpoint_is_that_endpoint() -> None:
    """`alias` by the endpoint's own DNS entry, which is not known yet."""
    alias = [
        {
            "name": ref("aws_vpc_endpoint.e.dns_entry[0].dns_name"),
            "zone_id": ref("aws_vpc_endpoint.e.dns_entry[0].hosted_zone_id"),
        }
    ]

    assert "aws_vpc_endpoint.e" == the_record(record(alias=alias)).alias


def test_an_alias_of_an_existing_endpoint_is_found_by_name() -> None:
    """After an apply the alias is the endpoint's DNS name."""
    existing = keep(
        "aws_vpc_endpoint.old",
        id="vpce-0a",
        vpc_id="vpc-0a",
        service_name="x",
        dns_entry=[{"dns_name": "vpce-0a.x.vpce.amazonaws.com"}],
    )
    found = the_record(existing, record(alias=[{"name": "vpce-0a.x.vpce.amazonaws.com."}]))

    assert "aws_vpc_endpoint.old" == found.alias


@pytest.mark.parametrize(
    ("alias", "known", "values"),
    [
        ([{"name": "lb.example.net"}], "", ("lb.example.net",)),
        ([{"name": ref("local.a")}], None, ()),
        (ref("local.a"), None, ()),
        ([{"name": None}], None, ()),
    ],
)
def test_another_alias_is_a_name_or_unknown(alias: Any, known: str | None, values: tuple[str, ...]) -> None:
    """A load balancer's name is what the record answers."""
    found = the_record(record(alias=alias))

    assert isinstance(found.alias, Unknown) if known is None else known == found.alias
    assert values == found.values.items


def test_a_record_in_an_unknown_zone_may_be_in_any() -> None:
    """No zone is complete while a record has no zone."""
    assert (
        not estate(VPC, zone(), record(zone_id=ref("local.z"))).zones["aws_route53_zone.z"].records.complete
    )


@pytest.mark.parametrize("values", [{"name": ref("local.n")}, {"type": ref("local.t")}])
def test_a_record_of_which_something_is_unknown_says_so(values: dict[str, Any]) -> None:
    """Name or type may be unknown on their own."""
    found = the_record(record(**values))

    assert isinstance(found.name, Unknown) or isinstance(found.type, Unknown)


def test_an_existing_record_shows_its_full_name() -> None:
    """After an apply the full name is known as such."""
    existing = keep(
        "aws_route53_record.r",
        zone_id="Z0AAAAAAAAAAAAAAAAAA",
        name="www",
        fqdn="www.example.com",
        type="CNAME",
        records=["a.example.net"],
    )
    old = keep(
        "aws_route53_zone.z",
        id="Z0AAAAAAAAAAAAAAAAAA",
        zone_id="Z0AAAAAAAAAAAAAAAAAA",
        name="example.com",
        vpc=[{"vpc_id": "vpc-0a"}],
    )

    assert ["www.example.com"] == [
        one.name for one in estate(existing, old).zones["aws_route53_zone.z"].records.items
    ]


def test_a_looked_up_zone_holds_more_than_is_shown() -> None:
    """A private zone of another configuration: records added here are known, others may exist."""
    looked = looked_up(
        "data.aws_route53_zone.d",
        id="Z0AAAAAAAAAAAAAAAAAA",
        zone_id="Z0AAAAAAAAAAAAAAAAAA",
        name="example.com",
        private_zone=True,
        vpc_id="vpc-0a",
    )
    added = create(
        "aws_route53_record.r", zone_id="Z0AAAAAAAAAAAAAAAAAA", name="www", type="A", records=["10.0.0.1"]
    )
    found = estate(looked, added).zones["data.aws_route53_zone.d"]

    assert ["www.example.com"] == [one.name for one in found.records.items]
    assert not found.records.complete
    assert ("vpc-0a",) == found.vpcs.items
    assert not found.vpcs.complete
    assert {} == estate(looked_up("data.aws_route53_zone.p", name="example.org", private_zone=False)).zones


def test_a_namespace_of_service_discovery_is_a_zone() -> None:
    """Its records come and go with what registers itself."""
    found = estate(
        VPC,
        create("aws_service_discovery_private_dns_namespace.n", name="app.local", vpc=ref("aws_vpc.main.id")),
    ).zones["aws_service_discovery_private_dns_namespace.n"]

    assert ("app.local", ("aws_vpc.main",)) == (found.name, found.vpcs.items)
    assert not found.records.complete


def rule(**values: Any) -> Block:
    return create(
        "aws_route53_resolver_rule.r", **({"domain_name": "corp.example.", "rule_type": "FORWARD"} | values)
    )


def link(name: str = "a", **values: Any) -> Block:
    return create(
        f"aws_route53_resolver_rule_association.{name}",
        **(
            {"resolver_rule_id": ref("aws_route53_resolver_rule.r.id"), "vpc_id": ref("aws_vpc.main.id")}
            | values
        ),
    )


def test_resolver_rules_have_their_vpcs() -> None:
    """A rule forwards in the VPCs it is associated with."""
    found = estate(VPC, rule(), link()).resolver_rules["aws_route53_resolver_rule.r"]

    assert ("corp.example", "FORWARD", Listing(("aws_vpc.main",))) == (found.domain, found.type, found.vpcs)


def test_a_rule_that_is_shared_forwards_unknown_names() -> None:
    """A rule by literal id, kept by another account."""
    found = estate(VPC, link(resolver_rule_id="rslvr-rr-0123456789abcdef0")).resolver_rules[
        "rslvr-rr-0123456789abcdef0"
    ]

    assert isinstance(found.domain, Unknown)
    assert ("aws_vpc.main",) == found.vpcs.items


def test_an_association_that_is_unknown_leaves_rules_open() -> None:
    """It may be of any rule."""
    assert (
        not estate(VPC, rule(), link(resolver_rule_id=ref("local.r")))
        .resolver_rules["aws_route53_resolver_rule.r"]
        .vpcs.complete
    )


def test_firewalls_and_profiles_are_told() -> None:
    """DNS Firewall by VPC; a profile may bring zones and rules that are kept elsewhere."""
    wall = create("aws_route53_resolver_firewall_rule_group_association.w", vpc_id=ref("aws_vpc.main.id"))
    found = estate(VPC, wall, create("aws_route53profiles_association.p", resource_id=ref("aws_vpc.main.id")))

    assert "aws_vpc.main" == found.dns_firewalls["aws_route53_resolver_firewall_rule_group_association.w"].vpc
    assert {"HostedZone", "ResolverRule"} == set(found.open)
