"""DNS servers of one's own with real packets: who answers, what they answer, and what a task comes to."""

import socket
import struct
import time
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from pathlib import Path
from threading import Thread

import pytest
from dnslib import RCODE, DNSRecord
from msgspec.structs import replace

from pullproof.cli.lab import story
from pullproof.cli.lab.agreeing import difference, of_reached
from pullproof.cli.lab.up import credentials
from pullproof.lab.ask import Outcome, ask
from pullproof.lab.fabric import Network
from pullproof.lab.furnish import furnish
from pullproof.lab.kernel import inside
from pullproof.lab.lab import Lab
from pullproof.lab.plan import Plan, Start, planned
from pullproof.lab.resolver import Resolver
from pullproof.lab.resolving import RESOLV_CONF
from pullproof.lab.resolving import asking as asking_as
from pullproof.lab.sandbox import HOME
from pullproof.lab.servers import resolv_conf
from pullproof.lab.task import Task
from pullproof.model.estate import Estate
from pullproof.model.gateways import NetworkInterface, Peering
from pullproof.model.packets import TCP, UDP, service
from pullproof.model.value import Listing
from pullproof.model.vpc import DhcpOptions, TargetKind
from pullproof.reach.walk import reach_host
from tests.build import (
    a_group,
    a_record,
    a_route,
    a_rule,
    a_source,
    a_subnet,
    a_table,
    a_vpc,
    a_way_out,
    a_zone,
    an_endpoint,
    an_open_network,
    at,
    blocks,
)
from tests.lab.sandboxed import sandboxed

API = "api.ecr.eu-west-1.amazonaws.com"
BIND, NOBODY, PUBLIC = "10.0.1.53", "10.0.1.99", "8.8.8.8"

pytestmark = [pytest.mark.slow, pytest.mark.usefixtures("needs_lab")]


def asking(estate: Estate, *named: str, vpc: str = "vpc") -> None:
    """Have a VPC's DHCP options name these servers."""
    estate.dhcp_options["own"] = DhcpOptions(
        key="own", origin=at("own"), amazon_dns="AmazonProvidedDNS" in named, servers=Listing(named)
    )
    estate.vpcs[vpc] = replace(estate.vpcs[vpc], dhcp_options="own")


def a_server(estate: Estate, address: str = BIND, subnet: str = "subnet", *, vpc: str = "vpc") -> None:
    """An instance that runs BIND, and its group."""
    rules = (a_rule("10.0.0.0/8", service(UDP, 53, 53)), a_rule("10.0.0.0/8", service(TCP, 53, 53)))
    a_group(estate, f"dns {address}", ingress=rules)
    estate.groups[f"dns {address}"] = replace(estate.groups[f"dns {address}"], vpc=vpc)
    estate.interfaces[address] = NetworkInterface(
        key=address,
        origin=at(address),
        subnet=subnet,
        groups=Listing((f"dns {address}",)),
        addresses=blocks(f"{address}/32"),
        public_ip=False,
    )


def private(*named: str) -> Estate:
    """A subnet with an endpoint for ECR's API, a server of one's own, and whatever the tasks are told to ask."""
    estate = an_open_network()
    a_group(estate, "endpoint-group", ingress=(a_rule("10.0.0.0/16"),))
    an_endpoint(estate, "ecr.api")
    a_server(estate)
    asking(estate, *named)
    return estate


def with_nat(*named: str) -> Estate:
    """The same with a way to the internet."""
    estate = private(*named)
    a_way_out(estate)
    a_subnet(estate, table="private")
    return estate


def outcome(estate: Estate, host: str = API) -> tuple[Outcome, Plan]:
    """What comes of a task's connection."""
    plan = planned(estate, [Start(key="task", subnet="subnet", groups=("task",))])
    with Network(plan) as network:
        return ask(network, plan.of("task")[0], host, 443), plan


def meant(estate: Estate, host: str = API) -> tuple[str, str]:
    """The gate, and whose address the name had."""
    found, plan = sandboxed(lambda: outcome(estate, host))
    whose = {each.address: each.owner for each in plan.interfaces.values()}
    return found.gate, ", ".join(whose.get(each, "public") for each in found.addresses)


def said(network: Network) -> str:
    """The code of what the server of one's own answers to a task, or silence."""
    with inside(network.spaces[network.plan.of("task")[0].name]):
        call = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
    with call:
        call.settimeout(1)
        try:
            call.connect((BIND, 53))
            call.send(DNSRecord.question(API).pack())
            return str(RCODE[DNSRecord.parse(call.recv(4096)).header.rcode])
        except OSError:
            return "silence"


def test_a_server_of_ones_own_forwards_to_the_resolver_of_its_vpc() -> None:
    """It knows the endpoint's private name; none of its groups lets it out, and to that resolver none has to."""
    assert ("", "ecr.api") == meant(private(BIND))


def test_a_server_of_the_internet_knows_public_addresses_only() -> None:
    """The endpoint is not used, and without a way out the server itself is out of reach."""
    assert ("", "public") == meant(with_nat(PUBLIC))
    assert ("dns-no-answer", "") == meant(private(PUBLIC))


def test_a_name_of_a_private_zone_is_none_on_the_internet() -> None:
    """The server of one's own has it."""
    for server, expected in ((PUBLIC, ("dns-no-record", "")), (BIND, ("", "ecr.api"))):
        estate = with_nat(server)
        a_zone(estate, "corp", a_record("ecr.corp", alias="ecr.api"))

        assert expected == meant(estate, "ecr.corp")


def test_the_next_server_is_asked_where_one_is_silent() -> None:
    """Also AWS's own, by each of its addresses."""
    for last in (BIND, "AmazonProvidedDNS", "10.0.0.2"):
        assert ("", "ecr.api") == meant(private(NOBODY, last))


def test_a_closed_group_of_the_only_server_is_what_stops_it() -> None:
    """The record names it; the proof agrees."""
    estate = private(BIND)
    a_group(estate, f"dns {BIND}", ingress=(a_rule("10.0.0.0/8", service(TCP, 53, 53)),))
    found, plan = sandboxed(lambda: outcome(estate))

    assert ("sg-ingress", True) == (found.gate, found.emulated)
    assert {("task", BIND, 53)} == {
        (plan.interfaces[drop.sender].owner, plan.interfaces[drop.receiver].owner, drop.port)
        for drop in found.drops
    }
    assert "" == difference(of_reached(reach_host(estate, a_source(), API)), found)


@pytest.mark.parametrize(
    "named", [(BIND,), (PUBLIC,), (NOBODY,), (NOBODY, BIND), (BIND, "AmazonProvidedDNS")]
)
def test_what_servers_of_ones_own_answer_is_no_difference(named: tuple[str, ...]) -> None:
    """The proof does not know it."""
    for estate in (private(*named), with_nat(*named)):
        found, _ = sandboxed(lambda one=estate: outcome(one))  # type: ignore[misc]  # bound at once

        assert "" == difference(of_reached(reach_host(estate, a_source(), API)), found)


def test_a_vpc_without_dns_support_has_no_resolver_to_forward_to() -> None:
    """The server fails, which is no answer."""
    estate = private(BIND)
    estate.vpcs["vpc"] = replace(estate.vpcs["vpc"], dns_support=False)

    def work() -> str:
        plan = planned(estate, [Start(key="task", subnet="subnet", groups=("task",))])
        with Network(plan) as network, closing(Resolver(network)):
            return said(network)

    assert ("dns-no-answer", "") == meant(estate)
    assert "SERVFAIL" == sandboxed(work)


def test_a_thread_asks_the_servers_of_its_task() -> None:
    """The C library asks the next one where one is silent; another thread asks AWS's own meanwhile."""

    def work() -> tuple[str, list[str], str]:
        plan = planned(private(NOBODY, BIND), [Start(key="task", subnet="subnet", groups=("task",))])
        with Network(plan) as network, closing(Resolver(network)) as resolver:
            written, here = HOME / "resolv", Path.cwd()
            written.write_text(resolv_conf(plan, "subnet"), encoding="ascii")
            with inside(network.spaces[plan.of("task")[0].name]), ThreadPoolExecutor(1) as another:
                another.submit(int).result()
                with asking_as(written):
                    Thread(target=time.sleep, args=(3,), daemon=True).start()
                    found = socket.gethostbyname(API)
                    elsewhere = another.submit(RESOLV_CONF.read_text, "ascii").result()
                after = RESOLV_CONF.read_text("ascii")
            assert here == Path.cwd()
            return found, [sender for sender, _, _ in resolver.log], elsewhere if elsewhere == after else ""

    found, senders, elsewhere = sandboxed(work)

    assert found.startswith("10.0.1.")
    assert {BIND} == set(senders)
    assert elsewhere.startswith("nameserver 169.254.169.253")


def test_a_server_in_a_peered_vpc_answers_as_it_is_there() -> None:
    """With the private names of its own VPC, not of the one that asks; that VPC's resolver answers to nobody else."""

    def far(*named: str) -> Estate:
        estate = an_open_network()
        a_table(estate, "there", a_route("10.9.0.0/16", TargetKind.PEERING, "pcx"))
        a_subnet(estate, table="there")
        a_vpc(estate, "hub", "10.9.0.0/16")
        a_table(estate, "back", a_route("10.0.0.0/16", TargetKind.PEERING, "pcx"), vpc="hub")
        a_subnet(estate, "hub-subnet", "10.9.1.0/24", vpc="hub", table="back")
        estate.peerings["pcx"] = Peering(key="pcx", origin=at("pcx"), requester="vpc", accepter="hub")
        a_group(estate, "hub-group", ingress=(a_rule("10.0.0.0/8"),))
        estate.groups["hub-group"] = replace(estate.groups["hub-group"], vpc="hub")
        an_endpoint(estate, "ecr.api", "theirs", vpc="hub", subnets=("hub-subnet",), groups=("hub-group",))
        an_endpoint(estate, "ecr.api", "ours")
        a_server(estate, "10.9.1.53", "hub-subnet", vpc="hub")
        asking(estate, *named)
        return estate

    assert ("", "theirs") == meant(far("10.9.1.53"))
    assert ("dns-no-answer", "") == meant(far("10.9.0.2"))


def test_servers_answer_connections_too() -> None:
    """Several questions on one, from the address that was asked."""

    def told(network: Network, server: str) -> list[list[str]]:
        space = network.spaces[network.plan.of("task")[0].name]
        with inside(space), socket.create_connection((server, 53), timeout=5) as call:
            found = []
            for host in (API, "nothing.example.com", API):
                data = DNSRecord.question(host).pack()
                call.sendall(struct.pack("!H", len(data)) + data)
                with call.makefile("rb", buffering=0) as lines:
                    size = struct.unpack("!H", lines.read(2))[0]
                    found.append([str(each.rdata) for each in DNSRecord.parse(lines.read(size)).rr])
            return found

    def work() -> list[list[list[str]]]:
        plan = planned(with_nat(BIND), [Start(key="task", subnet="subnet", groups=("task",))])
        with Network(plan) as network, closing(Resolver(network)):
            return [told(network, each) for each in (BIND, PUBLIC, "10.0.0.2", "169.254.169.253")]

    bind, public, *amazon = sandboxed(work)

    assert [bind, bind] == amazon
    assert bind[0] == bind[2] != public[0]
    assert bind[1] == public[1]
    assert bind[0][0].startswith("10.0.1.")


def test_servers_follow_the_network() -> None:
    """One that is named later answers; one that is no longer named does not."""

    def work() -> list[str]:
        starts = [Start(key="task", subnet="subnet", groups=("task",))]
        before, after = planned(private(PUBLIC), starts), planned(private(BIND), starts)
        with Network(before) as network:
            resolver, found = Resolver(network), [said(network)]
            for plan in (after, before):
                network.apply(plan)
                resolver.follow()
                found.append(said(network))
            resolver.close()
            return found

    assert ["silence", "NOERROR", "silence"] == sandboxed(work)


# Tasks ------------------------------------------------------------------------------------------


def launched(*named: str) -> tuple[Task, list[tuple[str, str, tuple[str, ...]]], str]:
    """A task of the demo's service, who asked the resolver for what, and the container's resolv.conf."""

    def work() -> tuple[Task, list[tuple[str, str, tuple[str, ...]]], str]:
        credentials()
        estate = story.on(story.before(), "1.4.0")
        estate.endpoints["ecr.api"] = story.interface("ecr.api", "vpce")
        rules = (*estate.groups["service"].egress.items, a_rule("10.0.1.53/32", service(UDP, 53, 53)))
        estate.groups["service"] = replace(estate.groups["service"], egress=Listing(rules))
        a_server(estate, subnet="private-a")
        asking(estate, *named)
        lab = Lab(estate, scale=0.02)
        furnish(lab)
        try:
            task = lab.start(estate.launches[story.SERVICE], subnet="private-a")
            container = task.containers[0] if task.containers else None
            text = (container.output.parent / "resolv.conf").read_text() if container else ""
            return replace(task, containers=[]), list(lab._resolver.log), text
        finally:
            lab.close()

    return sandboxed(work)


def test_a_task_finds_everything_by_a_server_of_ones_own() -> None:
    """Its questions reach AWS's resolver by that server alone, and its container asks it too."""
    task, log, text = launched(BIND, NOBODY)

    assert ("RUNNING", "") == (task.status, task.reason)
    assert {BIND} == {sender for sender, _, _ in log}
    assert {API} <= {host for _, host, _ in log}
    assert [f"nameserver {BIND}", f"nameserver {NOBODY}"] == text.splitlines()[:2]


def test_a_task_whose_servers_are_silent_says_so() -> None:
    """The login finds no address; nobody asks AWS's resolver in their place."""
    task, log, _ = launched(NOBODY)

    assert ("STOPPED", "ecr-login", []) == (task.status, task.step, log)
    assert "There is a connection issue between the task and Amazon ECR" in task.reason
