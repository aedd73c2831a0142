"""VPC endpoints: defaults, groups in force, and everything that separate resources add."""

from typing import Any

import pytest

from pullproof.model.addresses import of
from pullproof.model.endpoints import Endpoint, EndpointType
from pullproof.model.iam import Policy
from pullproof.model.text import hole
from pullproof.model.value import Listing, Unknown, Why
from tests.unit.sources.terraform.making import (
    COMPUTED,
    Block,
    Known,
    create,
    estate,
    keep,
    looked_up,
    read,
    ref,
    vpc,
)

VPC = vpc()
SUBNET = create("aws_subnet.a", vpc_id=ref("aws_vpc.main.id"), cidr_block="10.0.0.0/24")
GROUP = create("aws_security_group.g", vpc_id=ref("aws_vpc.main.id"), ingress=COMPUTED, egress=COMPUTED)
TABLE = create("aws_route_table.t", vpc_id=ref("aws_vpc.main.id"), route=COMPUTED)
#: What a plan says of an endpoint that writes nothing.
OPEN = dict.fromkeys(
    (
        "policy",
        "route_table_ids",
        "subnet_ids",
        "security_group_ids",
        "private_dns_enabled",
        "dns_options",
        "state",
        "service_region",
        "subnet_configuration",
        "dns_entry",
    ),
    COMPUTED,
)
ALLOW = '{"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Principal": "*", "Action": "*", "Resource": "*"}]}'


def endpoint(**values: Any) -> Block:
    default = {
        "vpc_id": ref("aws_vpc.main.id"),
        "service_name": "com.amazonaws.eu-west-1.ecr.api",
        "vpc_endpoint_type": "Interface",
    }
    return create("aws_vpc_endpoint.e", **(OPEN | default | values))


def found(*blocks: Block | tuple[str, dict[str, Any]], name: str = "aws_vpc_endpoint.e") -> Endpoint:
    return estate(VPC, SUBNET, GROUP, TABLE, *blocks).endpoints[name]


def test_an_interface_endpoint_has_awss_defaults() -> None:
    """Private DNS off, full access, and the VPC's own group; nothing of it is unknown."""
    one = found(endpoint(subnet_ids=[ref("aws_subnet.a.id")]))

    assert EndpointType.INTERFACE is one.type
    assert one.private_dns is False
    assert one.policy is None
    assert Listing(("aws_vpc.main.default_security_group_id",)) == one.groups
    assert Listing(("aws_subnet.a",)) == one.subnets
    assert one.available is True
    assert "" == one.service_region
    assert hole("aws_vpc_endpoint.e.id") == one.id


def test_an_endpoint_without_a_type_is_a_gateway() -> None:
    """Terraform's default type, and the tables it is on; a gateway has no groups."""
    one = found(
        endpoint(
            vpc_endpoint_type=COMPUTED,
            service_name="com.amazonaws.eu-west-1.s3",
            route_table_ids=[ref("aws_route_table.t.id")],
        )
    )

    assert EndpointType.GATEWAY is one.type
    assert Listing(("aws_route_table.t",)) == one.route_tables
    assert Listing() == one.groups


@pytest.mark.parametrize(
    ("values", "field"),
    [
        ({"vpc_endpoint_type": ref("local.a")}, "type"),
        ({"vpc_endpoint_type": "Resource"}, "type"),
        ({"service_name": ref("local.a")}, "service"),
        ({"service_name": None}, "service"),
        ({"private_dns_enabled": ref("local.a")}, "private_dns"),
        ({"vpc_id": ref("local.a", "local.b"), "policy": ref("local.p")}, "policy"),
        ({"dns_options": ref("local.a")}, "private_dns_inbound_only"),
    ],
)
def test_what_is_written_and_unknown_stays_unknown(values: dict[str, Any], field: str) -> None:
    """Nothing written is taken for AWS's default."""
    assert isinstance(getattr(found(endpoint(**values)), field), Unknown)


def test_everything_that_is_written_is_read() -> None:
    """Groups, private DNS, its limit to inbound resolvers, policy, region, addresses."""
    one = found(
        endpoint(
            security_group_ids=[ref("aws_security_group.g.id")],
            private_dns_enabled=True,
            dns_options=[{"private_dns_only_for_inbound_resolver_endpoint": True}],
            policy=ALLOW,
            service_region="eu-central-1",
            subnet_configuration=[
                {"subnet_id": ref("aws_subnet.a.id"), "ipv4": "10.0.0.5"},
                {"subnet_id": ref("aws_subnet.a.id"), "ipv4": None},
            ],
        )
    )

    assert Listing(("aws_security_group.g",)) == one.groups
    assert one.private_dns is True
    assert one.private_dns_inbound_only is True
    assert isinstance(one.policy, Policy)
    assert "eu-central-1" == one.service_region
    assert (("aws_subnet.a", of("10.0.0.5")),) == one.addresses


def part(kind: str, endpoint_: Any = None, **values: Any) -> Block:
    return create(
        f"aws_vpc_endpoint_{kind}.x",
        vpc_endpoint_id=ref("aws_vpc_endpoint.e.id") if endpoint_ is None else endpoint_,
        **values,
    )


def test_parts_of_their_own_are_added() -> None:
    """Subnets, tables, groups, private DNS and policy as resources."""
    one = found(
        endpoint(),
        part("subnet_association", subnet_id=ref("aws_subnet.a.id")),
        part("route_table_association", route_table_id=ref("aws_route_table.t.id")),
        part("security_group_association", security_group_id=ref("aws_security_group.g.id")),
        part("private_dns", private_dns_enabled=True),
        part("policy", policy=ALLOW),
    )

    assert ("aws_subnet.a",) == one.subnets.items
    assert ("aws_route_table.t",) == one.route_tables.items
    assert ("aws_vpc.main.default_security_group_id", "aws_security_group.g") == one.groups.items
    assert one.private_dns is True
    assert isinstance(one.policy, Policy)


def test_a_group_may_replace_the_default_one() -> None:
    """`replace_default_association` takes the VPC's own group away."""
    one = found(
        endpoint(),
        part(
            "security_group_association",
            security_group_id=ref("aws_security_group.g.id"),
            replace_default_association=True,
        ),
    )

    assert Listing(("aws_security_group.g",)) == one.groups


@pytest.mark.parametrize(
    ("kind", "values", "field"),
    [
        ("subnet_association", {"subnet_id": ref("aws_subnet.a.id")}, "subnets"),
        ("route_table_association", {"route_table_id": ref("aws_route_table.t.id")}, "route_tables"),
        ("security_group_association", {"security_group_id": ref("aws_security_group.g.id")}, "groups"),
        ("policy", {"policy": ALLOW}, "policy"),
        ("private_dns", {"private_dns_enabled": True}, "private_dns"),
    ],
)
def test_a_part_of_an_unknown_endpoint_may_be_anybodys(kind: str, values: dict[str, Any], field: str) -> None:
    """What it adds may be added to every endpoint."""
    value = getattr(found(endpoint(), part(kind, ref("local.e"), **values)), field)

    assert not value.complete if isinstance(value, Listing) else isinstance(value, Unknown)


def test_a_part_that_is_unknown_leaves_its_endpoint_open() -> None:
    """Some table is associated, and which is not known."""
    assert not found(
        endpoint(), part("route_table_association", route_table_id=ref("local.t"))
    ).route_tables.complete


@pytest.mark.parametrize(
    ("state", "expected"),
    [
        ("available", True),
        ("Available", True),
        ("pending", True),
        ("pendingAcceptance", False),
        ("failed", False),
    ],
)
def test_an_existing_endpoint_is_as_its_state_says(state: str, expected: bool) -> None:
    """One that waits for somebody's consent carries nothing."""
    one = keep(
        "aws_vpc_endpoint.e",
        id="vpce-0aaaaaaaa",
        vpc_id="vpc-0a",
        service_name="x",
        vpc_endpoint_type="Interface",
        state=state,
        security_group_ids=["sg-0a"],
    )

    assert expected is found(one).available


def test_an_endpoint_in_an_unknown_vpc_has_an_unknown_default_group() -> None:
    """Neither the VPC nor a subnet of it tells the group."""
    assert not found(endpoint(vpc_id="vpc-0cccccccc")).groups.complete


def test_an_endpoint_of_a_looked_up_vpc_has_a_group_that_is_not_shown() -> None:
    """The default group of a VPC that is kept elsewhere may have been changed."""
    looked = looked_up("data.aws_vpc.v", id="vpc-0cccccccc", cidr_block="10.0.0.0/16")

    assert not found(looked, endpoint(vpc_id="vpc-0cccccccc")).groups.complete


def test_a_service_by_its_data_source_has_its_full_name() -> None:
    """`data.aws_vpc_endpoint_service` gives the full name of a short one."""
    service = read("data.aws_vpc_endpoint_service.s", service="ecr.api", service_name=COMPUTED)

    assert (
        "com.amazonaws.eu-west-1.ecr.api"
        == found(service, endpoint(service_name=ref("data.aws_vpc_endpoint_service.s.service_name"))).service
    )


def test_a_service_name_with_a_known_region_is_text() -> None:
    """`"com.amazonaws.${var.region}.logs"` is known in the plan."""
    one = endpoint(service_name=Known("com.amazonaws.eu-west-1.logs", ("var.region",)))

    assert "com.amazonaws.eu-west-1.logs" == found(one).service


def test_a_looked_up_endpoint_counts_unless_it_is_made_here() -> None:
    """`data.aws_vpc_endpoint` for one of the same configuration adds none."""
    existing = keep("aws_vpc_endpoint.e", id="vpce-0aaaaaaaa", vpc_id="vpc-0a", service_name="x")
    same = looked_up("data.aws_vpc_endpoint.d", id="vpce-0aaaaaaaa", vpc_id="vpc-0a", service_name="x")
    other = looked_up("data.aws_vpc_endpoint.o", id="vpce-0bbbbbbbb", vpc_id="vpc-0a", service_name="x")

    assert {"aws_vpc_endpoint.e", "data.aws_vpc_endpoint.o"} == set(estate(existing, same, other).endpoints)


def test_a_network_firewall_is_a_next_hop_whose_rules_are_not_modelled() -> None:
    """Its endpoints are in the mapped subnets; what it lets through is not known."""
    wall = create(
        "aws_networkfirewall_firewall.w",
        vpc_id=ref("aws_vpc.main.id"),
        subnet_mapping=[{"subnet_id": ref("aws_subnet.a.id")}],
    )
    one = found(wall, name="aws_networkfirewall_firewall.w")

    assert EndpointType.GATEWAY_LOAD_BALANCER is one.type
    assert ("aws_subnet.a",) == one.subnets.items
    assert isinstance(one.service, Unknown)
    assert Why.NOT_MODELLED is one.service.why
    assert not found(
        create(
            "aws_networkfirewall_firewall.w", vpc_id=ref("aws_vpc.main.id"), subnet_mapping=ref("local.a")
        ),
        name="aws_networkfirewall_firewall.w",
    ).subnets.complete


SEVERAL = tuple(
    create(f"aws_subnet.s[{n}]", vpc_id=ref("aws_vpc.main.id"), cidr_block=f"10.0.{n + 1}.0/24")
    for n in range(2)
)


def test_some_of_several_subnets_are_candidates() -> None:
    """`aws_subnet.s[*].id`, or a part of it: the JSON does not tell which."""
    one = found(*SEVERAL, endpoint(subnet_ids=ref("aws_subnet.s")))

    assert ("aws_subnet.s[0]", "aws_subnet.s[1]") == one.subnets.among
    assert () == one.subnets.items
    assert 1 == len(one.subnets.open)


def test_subnets_beside_candidates_leave_it_open() -> None:
    """What is attached separately is certain, and candidates are mere candidates no more."""
    more = create(
        "aws_vpc_endpoint_subnet_association.m",
        vpc_endpoint_id=ref("aws_vpc_endpoint.e.id"),
        subnet_id=ref("aws_subnet.a.id"),
    )
    one = found(*SEVERAL, endpoint(subnet_ids=ref("aws_subnet.s")), more)

    assert (("aws_subnet.a",), ()) == (one.subnets.items, one.subnets.among)
    assert not one.subnets.complete
