"""What names mean inside a VPC: the longest zone decides, and without one the internet."""

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st
from msgspec.structs import replace

from pullproof.lab.concrete import endpoint_name
from pullproof.lab.names import PUBLIC_HOST, NoAnswer, addresses, serves
from pullproof.lab.plan import Plan, planned
from pullproof.model.addresses import cidr, dotted, of_cidr
from pullproof.model.endpoints import EndpointType
from pullproof.model.estate import Estate
from pullproof.model.names import Record
from pullproof.model.value import Maybe
from tests.build import (
    REGION,
    a_file_system,
    a_mount_target,
    a_record,
    a_subnet,
    a_vpc,
    a_zone,
    an_endpoint,
    an_open_network,
    unknown,
)

API = f"api.ecr.{REGION}.amazonaws.com"
REGISTRY = f"123456789012.dkr.ecr.{REGION}.amazonaws.com"
FILES = f"fs-1.efs.{REGION}.amazonaws.com"


def meant(estate: Estate, host: str, subnet: str = "subnet") -> list[str] | str:
    """The addresses of a name, as owners where something of the plan has them; or why there are none."""
    plan = planned(estate, ())
    owners = {each.address: each.owner for each in plan.interfaces.values()}
    try:
        found = addresses(plan, subnet, host)
    except NoAnswer as reason:
        return str(reason)
    return [owners.get(each, "public" if each == PUBLIC_HOST else dotted(each)) for each in found]


def test_an_endpoint_with_private_dns_answers_for_its_service() -> None:
    """With all its interfaces; the registry's names are many, and all of them."""
    estate = an_open_network()
    a_subnet(estate, "second", "10.0.2.0/24")
    an_endpoint(estate, "ecr.api", subnets=("subnet", "second"))
    an_endpoint(estate, "ecr.dkr")

    assert ["ecr.api", "ecr.api"] == meant(estate, API)
    assert ["ecr.dkr"] == meant(estate, REGISTRY)
    assert ["public"] == meant(estate, f"logs.{REGION}.amazonaws.com")
    assert ["public"] == meant(estate, "api.ecr.us-east-1.amazonaws.com")


@pytest.mark.parametrize(
    "off",
    [
        {"private_dns": False},
        {"private_dns": unknown()},
        {"inbound_only": True},
        {"available": False},
        {"vpc": "other"},
        {"kind": EndpointType.GATEWAY},
        {"service": f"com.amazonaws.{REGION}.ecr.dkr"},
        {"service": "com.amazonaws.us-east-1.ecr.api"},
    ],
)
def test_an_endpoint_that_does_not_answer_for_names(off: dict[str, object]) -> None:
    """The name means the public host."""
    estate = an_open_network()
    a_vpc(estate, "other")
    an_endpoint(estate, "ecr.api", **off)  # type: ignore[arg-type]

    assert ["public"] == meant(estate, API)


@pytest.mark.parametrize(
    ("support", "hostnames", "expected"),
    [
        (True, True, ["ecr.api"]),
        (True, False, ["public"]),
        (True, unknown(), ["public"]),
        (False, True, "dns-support-off"),
        (unknown(), True, "dns-support-off"),
    ],
)
def test_both_attributes_of_the_vpc_are_needed(
    support: Maybe[bool], hostnames: Maybe[bool], expected: list[str] | str
) -> None:
    """Without support nobody answers; without hostnames private zones do not."""
    estate = an_open_network()
    an_endpoint(estate, "ecr.api")
    a_zone(estate, "internal.example", a_record("db.internal.example", "10.0.1.77"))
    estate.vpcs["vpc"] = replace(estate.vpcs["vpc"], dns_support=support, dns_hostnames=hostnames)

    assert expected == meant(estate, API)
    zone = {"public": ["public"], "ecr.api": ["10.0.1.77"]}.get(expected[0], expected)
    assert zone == meant(estate, "db.internal.example")


def test_the_zone_with_the_longest_name_answers_alone() -> None:
    """Also where it has no record and another zone has; endpoints make zones, too."""
    estate = an_open_network()
    a_zone(
        estate, "example", a_record("db.eu.example", "10.0.0.1"), a_record("x.example", "10.0.0.2"), key="1"
    )
    a_zone(estate, "eu.example", a_record("web.eu.example", "10.0.0.3"), key="2")
    an_endpoint(estate, "ecr.api")
    a_zone(
        estate,
        "amazonaws.com",
        a_record(API, "10.0.0.4"),
        a_record(f"sts.{REGION}.amazonaws.com", "10.0.0.5"),
        key="3",
    )

    assert "dns-no-record" == meant(estate, "db.eu.example")
    assert [["10.0.0.3"], ["10.0.0.2"]] == [meant(estate, "web.eu.example"), meant(estate, "x.example")]
    assert [["ecr.api"], ["10.0.0.5"]] == [meant(estate, API), meant(estate, f"sts.{REGION}.amazonaws.com")]
    assert ["public"] == meant(estate, "notexample")
    a_zone(estate, f"123456789012.dkr.ecr.{REGION}.amazonaws.com", key="4")
    an_endpoint(estate, "ecr.dkr")
    assert "dns-no-record" == meant(estate, REGISTRY), (
        "private DNS of the registry is a zone one label shorter"
    )
    assert ["ecr.dkr"] == meant(estate, f"210987654321.dkr.ecr.{REGION}.amazonaws.com")


def test_a_zone_answers_in_its_vpcs_only() -> None:
    """Elsewhere the name is public."""
    estate = an_open_network()
    a_vpc(estate, "other")
    a_zone(estate, "example", a_record("db.example", "10.0.0.1"), vpcs=("other",))
    a_zone(estate, unknown(), a_record("db.example", "10.0.0.1"), key="nameless")

    assert ["public"] == meant(estate, "db.example")


@pytest.mark.parametrize(
    ("host", "expected"),
    [
        ("db.example", ["10.0.0.1"]),
        ("web.example", ["10.0.0.9"]),
        ("a.b.example", ["10.0.0.9"]),
        # The name itself is not below its wildcard; and what is below a name that there is, is below its own.
        ("example", "dns-no-record"),
        ("x.db.example", "dns-no-record"),
        ("x.deep.example", "dns-no-record"),
        ("y.x.deep.example", ["10.0.0.8"]),
        ("mail.example", "dns-no-record"),
        ("two.example", ["10.0.0.2", "10.0.0.3"]),
        ("odd.example", "dns-no-record"),
    ],
)  # fmt: skip
def test_a_records_own_name_comes_before_a_wildcard(host: str, expected: list[str] | str) -> None:
    """A wildcard answers for what there is nothing else for, at any depth."""
    estate = an_open_network()
    a_zone(
        estate,
        "example",
        a_record("*.example", "10.0.0.9"),
        a_record("db.example", "10.0.0.1"),
        a_record("*.x.deep.example", "10.0.0.8"),
        a_record("mail.example", "10 mx", type="MX"),
        a_record("two.example", "10.0.0.2", "10.0.0.3"),
        a_record("odd.example", "10.0.0", "10.0.0.256", "::1", "a.b.c.d", "10.0.0.²"),
        a_record(unknown(), "10.0.0.7"),
    )

    assert expected == meant(estate, host)


LABELS = st.sampled_from(["a", "b", "*"])
NAMES = st.lists(LABELS.filter("*".__ne__), min_size=1, max_size=3).map(".".join)


@given(st.sets(st.tuples(st.booleans(), NAMES), max_size=6), NAMES)
def test_wildcards_against_what_the_standard_says(written: set[tuple[bool, str]], host: str) -> None:
    """RFC 4592: the closest name that there is, which may be implied by those below it, and the star below that."""
    names = sorted({f"*.{name}.z" if star else f"{name}.z" for star, name in written} | {"*.z"})
    estate = an_open_network()
    a_zone(estate, "z", *(a_record(name, dotted(number)) for number, name in enumerate(names, 1)))

    parts = [name.split(".") for name in names]
    there = {".".join(each[start:]) for each in parts for start in range(len(each))}
    closest = asked = f"{host}.z"
    # Whether a name that is only implied hides a wildcard above it, Route 53 does not say.
    assume(asked in names or asked not in there)
    while closest not in there:
        closest = closest.partition(".")[2]
    answering = asked if closest == asked else f"*.{closest}"

    expected = [dotted(names.index(answering) + 1)] if answering in names else "dns-no-record"
    assert expected == meant(estate, asked)


def test_names_are_the_same_in_capital_letters() -> None:
    """What a resolver is asked comes in small ones."""
    estate = an_open_network()
    a_zone(estate, "Example", a_record("DB.Example", "10.0.0.1"))

    assert ["10.0.0.1"] == meant(estate, "db.example")


@pytest.mark.parametrize(
    ("record", "expected"),
    [
        (a_record("to.example", API, type="CNAME"), ["ecr.api"]),
        (a_record("to.example", f"{API}.", type="CNAME"), ["ecr.api"]),
        (a_record("to.example", "db.example", type="CNAME"), ["10.0.0.1"]),
        (a_record("to.example", "elsewhere.com", type="CNAME"), ["public"]),
        (a_record("to.example", "none.example", type="CNAME"), "dns-no-record"),
        (a_record("to.example", "to.example", type="CNAME"), "dns-no-record"),
        (a_record("to.example", endpoint_name(0), type="CNAME"), ["ecr.api"]),
        (a_record("to.example", alias="ecr.api"), ["ecr.api"]),
        (a_record("to.example", alias="gone"), "dns-no-record"),
        (a_record("to.example", "10.0.0.7", alias=unknown()), "dns-no-record"),
        (a_record("to.example", type="A"), "dns-no-record"),
        (a_record("to.example", "10.0.0.7", type="AAAA"), "dns-no-record"),
    ],
)
def test_where_a_record_leads(record: Record, expected: list[str] | str) -> None:
    """To an address, to an endpoint, or to another name, which is looked up in turn."""
    estate = an_open_network()
    an_endpoint(estate, "ecr.api")
    a_zone(estate, "example", record, a_record("db.example", "10.0.0.1"))

    assert expected == meant(estate, "to.example")


@pytest.mark.parametrize(
    "host",
    [
        "vpce-0123.api.ecr.eu-west-1.vpce.amazonaws.com",
        "vpce-0123-abcd.api.ecr.eu-west-1.vpce.amazonaws.com",
        "vpce-0123-abcd-eu-west-1a.api.ecr.eu-west-1.vpce.amazonaws.com",
        endpoint_name(1),
        endpoint_name(1) + ".",
    ],
)
def test_an_endpoint_answers_to_its_own_names(host: str) -> None:
    """Also without private DNS and without hostnames, and also from another VPC."""
    estate = an_open_network()
    a_vpc(estate, "other", dns_hostnames=False)
    a_subnet(estate, "away", "10.9.0.0/24", vpc="other")
    an_endpoint(estate, "logs", id="vpce-01234")
    an_endpoint(estate, "ecr.api", id="vpce-0123", private_dns=False)
    a_zone(estate, "amazonaws.com")

    assert [["ecr.api"], ["ecr.api"]] == [meant(estate, host), meant(estate, host, "away")]


def test_public_names_of_s3_lead_to_its_own_addresses() -> None:
    """Of the region of the name, so that routes and rules by prefix list meet them."""
    plan = planned(an_open_network(), ())
    for region in (REGION, "us-east-1"):
        found = addresses(plan, "subnet", f"prod-{region}-starport-layer-bucket.s3.{region}.amazonaws.com")
        here = planned(an_open_network_in(region), ()).s3
        assert all(here.covers(of_cidr(cidr(dotted(each)))) for each in found)
        assert 1 == len(found)


def an_open_network_in(region: str) -> Estate:
    """An open network in another region."""
    estate = an_open_network()
    estate.region = region
    return estate


def file_system(*places: tuple[str, str, str]) -> Estate:
    """A file system with mount targets in subnets: key, VPC, zone."""
    estate = an_open_network()
    a_vpc(estate, "other")
    a_file_system(estate)
    for number, (key, vpc, zone) in enumerate(places, 2):
        a_subnet(estate, key, f"10.0.{number}.0/24", vpc=vpc, zone=zone)
        a_mount_target(estate, f"mount-{key}", key)
    return estate


@pytest.mark.parametrize(
    ("places", "expected"),
    [
        ([("b", "vpc", "eu-west-1b"), ("a", "vpc", "eu-west-1a")], ["mount-a"]),
        ([("b", "vpc", "eu-west-1b")], "no-mount-target"),
        ([("a", "other", "eu-west-1a")], "no-mount-target"),
        ([], "no-mount-target"),
    ],
)
def test_a_file_systems_name_is_its_mount_target_in_the_senders_zone(
    places: list[tuple[str, str, str]], expected: list[str] | str
) -> None:
    """Of the same VPC, and no other one's."""
    estate = file_system(*places)

    assert expected == meant(estate, FILES)
    assert "no-mount-target" == meant(estate, FILES.replace("fs-1", "fs-2"))
    assert expected == meant(estate, FILES.replace("fs-1", "efs")), "by the input's key, while it has no id"


def test_a_file_systems_name_needs_hostnames() -> None:
    """It is AWS's own private name."""
    estate = file_system(("a", "vpc", "eu-west-1a"))
    estate.vpcs["vpc"] = replace(estate.vpcs["vpc"], dns_hostnames=False)

    assert "dns-hostnames-off" == meant(estate, FILES)


@pytest.mark.parametrize(
    ("suffix", "host", "expected"),
    [
        ("ecr.api", API, True),
        ("ecr.dkr", API, False),
        ("ecr.dkr", REGISTRY, True),
        ("ecr.api", f"ecr.{REGION}.api.aws", True),
        ("ecr.api", "api.ecr.us-east-1.amazonaws.com", False),
        ("ecr.api", "db.example", True),
    ],
)
def test_which_service_is_behind_an_endpoint(suffix: str, host: str, expected: bool) -> None:
    """A name of another service does not get there; of a name that is no service's nothing is known."""
    estate = an_open_network()
    plan: Plan = planned(estate, ())

    assert expected is serves(plan, an_endpoint(estate, suffix), host)
    assert serves(plan, an_endpoint(estate, suffix, service=unknown()), host)
