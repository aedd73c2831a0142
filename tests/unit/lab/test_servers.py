"""Which DNS servers a task asks, who stands at their addresses, and what messages say."""

import socket

import pytest
from dnslib import RCODE, DNSRecord
from msgspec.structs import replace

from pullproof.lab.dns import answered, failed
from pullproof.lab.names import PUBLIC_HOST, NoAnswer, public
from pullproof.lab.plan import Plan, Role, Start, planned
from pullproof.lab.servers import Door, anybody_at, asks_amazon, doors, resolv_conf, servers, standing
from pullproof.lab.words import told
from pullproof.model.estate import Estate
from pullproof.model.gateways import NetworkInterface
from pullproof.model.value import Listing, Maybe
from pullproof.model.vpc import DhcpOptions
from tests.build import a_record, a_vpc, a_zone, an_endpoint, an_open_network, at, blocks, unknown

AMAZON = "AmazonProvidedDNS"
AWS = "169.254.169.253"
API = "api.ecr.eu-west-1.amazonaws.com"


def with_servers(*named: str, amazon: Maybe[bool] = False, vpc: str = "vpc") -> Estate:
    """An open network whose DHCP options name these servers."""
    estate = an_open_network()
    options(estate, *named, amazon=amazon, vpc=vpc)
    return estate


def options(estate: Estate, *named: str, amazon: Maybe[bool] = False, vpc: str = "vpc") -> None:
    """DHCP options of a VPC."""
    estate.dhcp_options[f"of {vpc}"] = DhcpOptions(
        key=f"of {vpc}", origin=at("dhcp"), amazon_dns=amazon, servers=Listing(named)
    )
    estate.vpcs[vpc] = replace(estate.vpcs[vpc], dhcp_options=f"of {vpc}")


def an_instance(estate: Estate, key: str, address: str, subnet: str = "subnet") -> None:
    """An instance at an address."""
    estate.interfaces[key] = NetworkInterface(
        key=key, origin=at(key), subnet=subnet, groups=Listing(), addresses=blocks(address), public_ip=False
    )


def plan_of(estate: Estate) -> Plan:
    """Its plan, without tasks."""
    return planned(estate, ())


@pytest.mark.parametrize(("named", "expected"), [
    ((), (AWS,)),
    ((AMAZON,), (AWS,)),
    (("10.0.1.7", "10.0.2.7"), ("10.0.1.7", "10.0.2.7")),
    (("10.0.1.7", AMAZON, "10.0.1.7"), ("10.0.1.7", AWS)),
    (("fd00::1", "dns.example.com", "10.0.1"), (AWS,)),
    (("10.0.0.2",), ("10.0.0.2",)),
])  # fmt: skip
def test_a_task_asks_what_the_options_name_in_their_order(
    named: tuple[str, ...], expected: tuple[str, ...]
) -> None:
    """AWS's own where they name none by an address of IPv4; its resolv.conf has them so."""
    plan = plan_of(with_servers(*named, amazon=AMAZON in named))

    assert expected == servers(plan, "subnet")
    lines = resolv_conf(plan, "subnet").splitlines()
    assert [f"nameserver {each}" for each in expected] == lines[:-1]
    assert lines[-1].startswith("options timeout:")


def test_options_that_are_not_shown_are_taken_for_awss_own() -> None:
    """And so are those whose servers are not known."""
    estate = with_servers(amazon=unknown())
    hidden = an_open_network()
    hidden.vpcs["vpc"] = replace(hidden.vpcs["vpc"], dhcp_options="elsewhere")

    assert [(AWS,)] * 2 == [servers(plan_of(each), "subnet") for each in (estate, hidden)]


@pytest.mark.parametrize(
    ("named", "expected"),
    [((), True), (("10.0.0.2",), True), ((AWS, "10.0.0.2"), True), (("10.0.0.3",), False),
     (("10.0.0.2", "10.0.1.7"), False), (("10.9.0.2",), False)],
)  # fmt: skip
def test_the_base_of_the_vpc_plus_two_is_awss_own(named: tuple[str, ...], *, expected: bool) -> None:
    """That of another VPC is not."""
    estate = with_servers(*named)
    a_vpc(estate, "other", "10.9.0.0/16")

    assert expected is asks_amazon(plan_of(estate), "subnet")


def test_an_instance_at_a_servers_address_is_a_server() -> None:
    """No other instance, and nothing else that has such an address."""
    estate = with_servers("10.0.1.7", "10.0.1.8")
    an_instance(estate, "bind", "10.0.1.7/32")
    an_instance(estate, "web", "10.0.1.9/32")
    an_endpoint(estate, "ecr.api", addresses=(("subnet", blocks("10.0.1.8/32")),))
    plan = plan_of(estate)
    name = plan.of("bind")[0].name

    assert ["bind"] == [each.owner for each in standing(plan, "10.0.1.7")]
    assert () == standing(plan, "10.0.1.8")
    assert {
        Door(space="vpc:vpc", vpc="vpc", address=AWS),
        Door(space="vpc:vpc", vpc="vpc", address="10.0.0.2"),
        Door(space="out:vpc", vpc="vpc", public=True),
        Door(space=name, vpc="vpc", interface=name),
    } == set(doors(plan))
    assert 1 == len(plan.with_role(Role.BOX)) - 1


@pytest.mark.parametrize(
    ("server", "expected"),
    [
        ("10.0.1.7", True),
        ("10.0.1.4", True),
        ("10.0.1.8", False),
        ("8.8.8.8", True),
        ("192.168.1.1", False),
        ("10.0.0.2", True),
    ],
)
def test_who_is_not_shown_is_not_waited_for(server: str, *, expected: bool) -> None:
    """Instances, tasks, AWS's own servers and the internet may answer."""
    estate = with_servers(server)
    an_instance(estate, "bind", "10.0.1.7/32")
    plan = planned(estate, [Start(key="task", subnet="subnet", groups=())])

    assert expected is anybody_at(plan, server)


@pytest.mark.parametrize("host", ["db.corp", "fs-1.efs.eu-west-1.amazonaws.com"])
def test_the_internet_knows_no_private_names(host: str) -> None:
    """Neither those of a zone, nor those of file systems."""
    estate = with_servers("8.8.8.8")
    a_zone(estate, "corp", a_record("db.corp", "10.0.1.9"))

    with pytest.raises(NoAnswer, match="dns-no-record"):
        public(plan_of(estate), host)


def test_the_internet_knows_no_private_dns_but_the_own_names_of_an_endpoint() -> None:
    """These are public, and lead to private addresses."""
    estate = with_servers("8.8.8.8")
    an_endpoint(estate, "ecr.api", id="vpce-1")
    a_zone(estate, "amazonaws.com", a_record(API, "10.0.1.9"))
    plan = plan_of(estate)

    assert (PUBLIC_HOST,) == public(plan, API)
    assert (plan.of("ecr.api")[0].address,) == public(plan, "vpce-1-abc.api.ecr.eu-west-1.vpce.amazonaws.com")
    assert (PUBLIC_HOST,) == public(plan, "registry.example.com")


@pytest.mark.parametrize(
    ("number", "says"), [(socket.EAI_NONAME, "no such host"), (socket.EAI_AGAIN, "i/o timeout")]
)
def test_a_name_that_nobody_answers_for_is_not_one_that_is_none(number: int, says: str) -> None:
    """As Go's network library says it."""
    assert f"dial tcp: lookup {API}: {says}" == told(socket.gaierror(number, "it failed"), API)


def test_a_message_is_answered_refused_or_none() -> None:
    """By what the name means; other kinds of records are empty, and what is no question has no answer."""

    def find(host: str) -> tuple[str, ...]:
        if host != "a.example.com":
            raise NoAnswer("dns-no-record")
        return ("10.0.0.1", "10.0.0.2")

    def says(name: str, kind: str = "A") -> tuple[int, list[str]]:
        found = DNSRecord.parse(answered(DNSRecord.question(name, kind).pack(), find) or b"")
        return found.header.rcode, [str(each.rdata) for each in found.rr]

    assert (RCODE.NOERROR, ["10.0.0.1", "10.0.0.2"]) == says("A.Example.com")
    assert (RCODE.NOERROR, []) == says("a.example.com", "AAAA")
    assert (RCODE.NXDOMAIN, []) == says("b.example.com")
    assert RCODE.SERVFAIL == DNSRecord.parse(failed(DNSRecord.question("a").pack()) or b"").header.rcode
    assert (None, None) == (answered(b"?", find), failed(b"?"))
