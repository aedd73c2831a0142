"""Network ACLs on the way: which borders are crossed, in which order, and the way back."""

import pytest
from msgspec.structs import replace

from pullproof.model.estate import Estate
from pullproof.model.filters import AclEntry
from pullproof.model.packets import (
    ALL_TRAFFIC,
    EPHEMERAL_WINDOWS,
    TCP,
    UDP,
    Service,
    service,
    tcp,
)
from pullproof.reach.walk import narrow_ephemeral, reach_addresses, reach_host
from pullproof.verdict import Verdict
from tests.build import (
    a_source,
    a_subnet,
    a_way_out,
    an_acl,
    an_endpoint,
    an_entry,
    an_open_network,
    blocks,
    unknown,
)
from tests.told import blockers, doubts, words

API = "api.ecr.eu-west-1.amazonaws.com"
HTTPS = tcp(443)
EPHEMERAL = service(TCP, 1024, 65535)


def two_subnets() -> Estate:
    """A task in one subnet with the ACL "near", an endpoint in another with the ACL "far"; both open."""
    estate = an_open_network()
    an_acl(estate, "near")
    an_acl(estate, "far")
    a_subnet(estate, acl="near")
    a_subnet(estate, "other", "10.0.2.0/24", acl="far")
    an_endpoint(estate, "ecr.api", subnets=("other",))
    return estate


def test_each_border_is_asked_about_its_own_direction() -> None:
    """Four questions, each with a code of its own; the ACL that drops is the thing to change."""
    for key, side, code in (
        ("near", "egress", "nacl-egress"),
        ("far", "ingress", "nacl-ingress"),
        ("far", "egress", "nacl-return"),
        ("near", "ingress", "nacl-return"),
    ):
        estate = two_subnets()
        if side == "egress":
            an_acl(estate, key, egress=())
        else:
            an_acl(estate, key, ingress=())
        answer = reach_host(estate, a_source(), API)

        assert [(code, key)] == blockers(answer)
        assert not answer.intermittent


def test_the_smallest_acls_that_do() -> None:
    """Requests to 443, replies to the ephemeral ports, and nothing else."""
    estate = two_subnets()
    an_acl(
        estate,
        "near",
        egress=(an_entry(100, "10.0.2.0/24", HTTPS),),
        ingress=(an_entry(100, "10.0.2.0/24", EPHEMERAL),),
    )
    an_acl(
        estate,
        "far",
        ingress=(an_entry(100, "10.0.1.0/24", HTTPS),),
        egress=(an_entry(100, "10.0.1.0/24", EPHEMERAL),),
    )

    assert Verdict.WORKS is reach_host(estate, a_source(), API).verdict


def test_within_one_subnet_no_acl_is_asked() -> None:
    """Traffic that stays in the subnet never meets one."""
    estate = an_open_network()
    an_acl(estate, "closed", ingress=(), egress=())
    a_subnet(estate, acl="closed")
    an_endpoint(estate, "ecr.api")

    assert Verdict.WORKS is reach_host(estate, a_source(), API).verdict


def test_the_first_entry_that_matches_decides() -> None:
    """By number, whatever the order they are written in."""
    deny = an_entry(90, "10.0.2.0/24", HTTPS, allow=False)
    for entries, verdict in (((an_entry(100), deny), Verdict.FAILS), ((an_entry(80), deny), Verdict.WORKS)):
        estate = two_subnets()
        an_acl(estate, "near", egress=entries)

        assert verdict is reach_host(estate, a_source(), API).verdict


def test_the_entry_that_denies_is_named() -> None:
    """By its number, or as the implied last one."""
    denied = two_subnets()
    an_acl(denied, "near", egress=(an_entry(90, allow=False), an_entry(100)))
    implied = two_subnets()
    an_acl(implied, "near", egress=())

    assert words(reach_host(denied, a_source(), API))[0].endswith("entry 90 denies it")
    assert words(reach_host(implied, a_source(), API))[0].endswith("no entry allows it")


@pytest.mark.parametrize(
    ("entry", "says"),
    [
        (an_entry(100, "10.0.2.0/25", HTTPS), "for 10.0.2.0/25 only"),
        (an_entry(100, "10.0.2.128/25", ALL_TRAFFIC), "for 10.0.2.128/25 only"),
    ],
)
def test_part_of_the_addresses_fails_some_launches(entry: AclEntry, says: str) -> None:
    """The endpoint got one address of its subnet; which one is not known."""
    estate = two_subnets()
    an_acl(estate, "near", egress=(entry,))
    answer = reach_host(estate, a_source(), API)

    assert [("nacl-egress", "near")] == blockers(answer)
    assert answer.intermittent
    assert says in words(answer)[0]


@pytest.mark.parametrize("ports", [(40000, 65535), (1024, 40000)])
def test_part_of_the_ephemeral_ports_fails_some_connections(ports: tuple[int, int]) -> None:
    """Linux picks from 32768-60999, so all of them must be let back in."""
    estate = two_subnets()
    an_acl(estate, "near", ingress=(an_entry(100, "0.0.0.0/0", service(TCP, *ports)),))
    answer = reach_host(estate, a_source(), API)

    assert [("nacl-return", "near")] == blockers(answer)
    assert answer.intermittent
    assert "on ports" in words(answer)[0]


def test_the_ports_of_linux_will_do_and_are_remarked_on() -> None:
    """AWS advises to open 1024-65535; less is worth a warning."""
    estate = two_subnets()
    an_acl(estate, "near", ingress=(an_entry(100, "0.0.0.0/0", service(TCP, 32768, 60999)),))
    narrow = reach_host(estate, a_source(), API)

    assert Verdict.WORKS is narrow.verdict
    assert ("near",) == narrow_ephemeral(narrow)
    assert () == narrow_ephemeral(reach_host(two_subnets(), a_source(), API))


def test_windows_starts_connections_from_other_ports() -> None:
    """Its range need not hold Linux's."""
    estate = two_subnets()
    an_acl(estate, "near", ingress=(an_entry(100, "0.0.0.0/0", service(TCP, 49152, 65535)),))
    windows = replace(a_source(), ephemeral=EPHEMERAL_WINDOWS)

    assert Verdict.WORKS is reach_host(estate, windows, API).verdict
    assert Verdict.FAILS is reach_host(estate, a_source(), API).verdict


def test_a_nat_gateways_subnet_has_borders_too() -> None:
    """In from the task, out to the internet, replies in to the gateway's ports, and out to the task."""
    for side, entries, code in (
        ("ingress", (an_entry(100, "0.0.0.0/0", EPHEMERAL),), "nacl-ingress"),
        ("egress", (an_entry(100, "10.0.0.0/16"),), "nacl-egress"),
        ("ingress", (an_entry(100, "0.0.0.0/0", HTTPS),), "nacl-return"),
        ("egress", (an_entry(100, "0.0.0.0/0", HTTPS),), "nacl-return"),
    ):
        estate = an_open_network()
        a_way_out(estate)
        a_subnet(estate, table="private")
        an_acl(estate, "nat-acl", **{side: entries})  # type: ignore[arg-type]
        a_subnet(estate, "public", "10.0.100.0/24", table="public-table", acl="nat-acl")

        assert (code, "nat-acl") in blockers(reach_host(estate, a_source(), API))


def test_a_nat_gateway_needs_all_of_its_ports() -> None:
    """It starts connections from 1024-65535; fewer fail some of them."""
    estate = an_open_network()
    a_way_out(estate)
    a_subnet(estate, table="private")
    an_acl(
        estate,
        "nat-acl",
        ingress=(an_entry(1, "10.0.0.0/16"), an_entry(2, "0.0.0.0/0", service(TCP, 32768, 60999))),
    )
    a_subnet(estate, "public", "10.0.100.0/24", table="public-table", acl="nat-acl")
    answer = reach_host(estate, a_source(), API)

    assert [("nacl-return", "nat-acl")] == blockers(answer)
    assert answer.intermittent


@pytest.mark.parametrize("name", ["number", "allow", "service", "block"])
def test_an_entry_half_known_leaves_it_open(name: str) -> None:
    """It may be the first that matches, or may not."""
    estate = two_subnets()
    deny = replace(an_entry(90, "10.0.2.0/24", HTTPS, allow=False), **{name: unknown(name)})
    an_acl(estate, "near", egress=(deny, an_entry(100)))

    assert [unknown(name)] == doubts(reach_host(estate, a_source(), API))


def test_an_acl_that_is_not_known_leaves_it_open() -> None:
    """Not known, not shown, or with entries that are not."""
    for acl in (unknown("acl"), "not shown"):
        estate = two_subnets()
        a_subnet(estate, acl=acl)

        assert Verdict.UNKNOWN is reach_host(estate, a_source(), API).verdict
    estate = two_subnets()
    an_acl(estate, "near", more=(unknown("entries"),))
    assert [unknown("entries")] == doubts(reach_host(estate, a_source(), API))


def test_an_acl_that_passes_part_of_the_public_addresses_leaves_a_public_host_open() -> None:
    """The host may be in the part that passes."""
    estate = an_open_network()
    a_way_out(estate)
    an_acl(estate, "near", egress=(an_entry(100, "0.0.0.0/1"),))
    a_subnet(estate, table="private", acl="near")

    assert Verdict.UNKNOWN is reach_host(estate, a_source(), API).verdict


@pytest.mark.parametrize(
    ("protocol", "what", "verdict"),
    [
        (UDP, service(UDP, 53, 53), Verdict.WORKS),
        (UDP, tcp(53), Verdict.FAILS),
        (1, ALL_TRAFFIC, Verdict.WORKS),
    ],
)
def test_other_protocols_are_filtered_alike(protocol: int, what: Service, verdict: Verdict) -> None:
    """An entry for another protocol says nothing; protocols without ports have every port."""
    estate = two_subnets()
    an_acl(estate, "near", egress=(an_entry(100, "0.0.0.0/0", what),))
    a_subnet(estate, "other", "10.0.2.0/24", acl="far")
    answer = reach_addresses(estate, a_source(), blocks("10.0.2.9/32"), 53, protocol)

    assert (verdict is Verdict.FAILS) == (("nacl-egress", "near") in blockers(answer))
