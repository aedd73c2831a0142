"""Firewall endpoints with real packets: what passes the appliance behind them both ways, and what it stops."""

import socket
from contextlib import closing

import msgspec
import pytest

from pullproof.evidence import Gate
from pullproof.lab.ask import Outcome, ask
from pullproof.lab.fabric import Network
from pullproof.lab.flows import flow_log
from pullproof.lab.kernel import inside
from pullproof.lab.plan import Plan, Role, Start, planned
from pullproof.lab.probe import connect
from pullproof.model.addresses import cidr, dotted
from pullproof.model.endpoints import EndpointType
from pullproof.model.estate import Estate
from pullproof.model.filters import GroupRef
from pullproof.model.gateways import TransitAttachment, TransitGateway, TransitRoute, TransitTable
from pullproof.model.packets import ALL_TRAFFIC, tcp
from pullproof.model.value import Listing
from pullproof.model.vpc import TargetKind
from pullproof.reach.walk import reach_host
from pullproof.verdict import Verdict
from tests.build import (
    a_gateway_endpoint,
    a_group,
    a_nat,
    a_route,
    a_rule,
    a_source,
    a_subnet,
    a_table,
    a_vpc,
    an_endpoint,
    an_estate,
    an_internet_gateway,
    an_open_network,
    at,
)
from tests.lab.sandboxed import sandboxed
from tests.lab.scenarios import rows_of
from tests.scenarios.recipe import every_variant

API = "api.ecr.eu-west-1.amazonaws.com"
S3 = "s3.eu-west-1.amazonaws.com"
AWAY = "registry.example.com"

pytestmark = [pytest.mark.slow, pytest.mark.usefixtures("needs_lab")]


def a_firewall(estate: Estate, *subnets: str, key: str = "wall", vpc: str = "vpc") -> None:
    """A firewall with an endpoint in each of these subnets."""
    an_endpoint(
        estate, "", key, vpc=vpc, subnets=subnets, groups=(), kind=EndpointType.GATEWAY_LOAD_BALANCER,
        service="com.amazonaws.vpce.eu-west-1.vpce-svc-1",
    )  # fmt: skip


def seen(network: Network, key: str = "wall") -> list[list[str]]:
    """Sender, receiver and port of each flow that a firewall let through."""
    lines = [line.split() for line in flow_log(network)]
    return [[part[3], part[4], part[6]] for part in lines if part[2] == key and part[12] == "ACCEPT"]


def stopped(outcome: Outcome, plan: Plan) -> list[tuple[str, str, str, int]]:
    """Of each record of an appliance: who, whom, by whose appliance, and which port."""
    names = {name: each.owner for name, each in plan.interfaces.items()}
    return [
        (names.get(drop.sender, drop.sender), names.get(drop.receiver, drop.receiver), names[drop.by], drop.port)
        for drop in outcome.drops
        if drop.by
    ]  # fmt: skip


# To the internet --------------------------------------------------------------------------------


def a_way_through(*, back: bool = True) -> Estate:
    """A task's subnet, the firewall's, and the NAT gateway's, each routing to the next."""
    estate = an_open_network()
    an_internet_gateway(estate)
    a_table(estate, "private", a_route("0.0.0.0/0", TargetKind.FIREWALL_ENDPOINT, "wall"))
    a_table(estate, "walls", a_route("0.0.0.0/0", TargetKind.NAT_GATEWAY, "nat"))
    returning = (a_route("10.0.1.0/24", TargetKind.FIREWALL_ENDPOINT, "wall"),) if back else ()
    a_table(estate, "outer", a_route("0.0.0.0/0", TargetKind.INTERNET_GATEWAY, "igw"), *returning)
    a_subnet(estate, table="private")
    a_subnet(estate, "walls", "10.0.2.0/28", table="walls")
    a_subnet(estate, "outer", "10.0.3.0/24", table="outer")
    a_nat(estate, "nat", "outer")
    a_firewall(estate, "walls")
    return estate


def asked(
    estate: Estate, host: str = AWAY
) -> tuple[Outcome, list[list[str]], list[tuple[str, str, str, int]]]:
    """What comes of a task's connection, what the firewall let through, and what it stopped."""
    plan = planned(estate, [Start(key="task", subnet="subnet", groups=("task",))])
    with Network(plan) as network:
        outcome = ask(network, plan.of("task")[0], host, 443)
        return outcome, seen(network), stopped(outcome, plan)


def test_a_firewall_before_a_nat_gateway_sees_both_ways_of_a_connection() -> None:
    """It opens, and the appliance has seen the task's own address; the proof does not know."""
    outcome, passed, _ = sandboxed(lambda: asked(a_way_through()))
    proof = reach_host(a_way_through(), a_source(), AWAY)

    assert ("", [["10.0.1.4", dotted(outcome.addresses[0]), "443"]]) == (outcome.gate, passed)
    assert Verdict.UNKNOWN is proof.verdict
    assert any(step.gate is Gate.FIREWALL for step in proof.steps)


def test_a_reply_that_passes_by_the_firewall_leaves_it_with_half_a_connection() -> None:
    """The NAT gateway's subnet routes locally: the appliance stops the task after the reply it did not see."""
    outcome, passed, dropped = sandboxed(lambda: asked(a_way_through(back=False)))
    address = dotted(outcome.addresses[0])

    assert ("asymmetric-route", ("asymmetric-route",), False) == (outcome.gate, outcome.gates, outcome.ends)
    assert [("task", address, "wall", 443)] == dropped
    assert ["10.0.1.4", address, "443"] in passed


def test_what_packets_say_behind_a_firewall_is_no_difference() -> None:
    """Plans of both kinds, whose firewall is in a subnet that only what has a public address leaves."""
    names = ("unknown-load-balancer-endpoint", "unknown-network-firewall")
    variants = [each for each in every_variant() if each[1].name in names]
    rows = sandboxed(lambda: [row for each in variants for row in rows_of(*each)])

    assert {("unknown", "no-public-ip", True)} == {(row.proof, row.packets, row.agrees) for row in rows}
    assert 2 == len(variants)


def test_a_firewall_that_is_not_there_yet_lets_nothing_through() -> None:
    """Its routes lead nowhere."""
    estate = a_way_through()
    estate.endpoints["wall"] = msgspec.structs.replace(estate.endpoints["wall"], available=False)
    outcome, passed, _ = sandboxed(lambda: asked(estate))

    assert ("no-route", (), []) == (outcome.gate, outcome.gates, passed)


def to_the_gateway() -> Estate:
    """The firewall's subnet routes to the internet gateway itself."""
    estate = a_way_through()
    a_table(estate, "walls", a_route("0.0.0.0/0", TargetKind.INTERNET_GATEWAY, "igw"))
    return estate


@pytest.mark.parametrize(("public", "gate"), [(True, "asymmetric-route"), (False, "no-public-ip")])
def test_what_comes_in_by_an_internet_gateway_passes_by_the_firewall(*, public: bool, gate: str) -> None:
    """Gateways have no tables here. Without a public address of the task's own nothing leaves at all."""

    def work() -> tuple[str, list[list[str]]]:
        starts = [Start(key="task", subnet="subnet", groups=("task",), public_ip=public)]
        plan = planned(to_the_gateway(), starts)
        with Network(plan) as network:
            return ask(network, plan.of("task")[0], AWAY, 443).gate, seen(network)

    found, passed = sandboxed(work)

    assert gate == found
    assert passed


def test_behind_a_firewall_an_internet_gateway_knows_whose_packet_it_is() -> None:
    """It leaves with the task's public address, though it passed the VPC before with its private one."""

    def work() -> tuple[str, str]:
        starts = [Start(key="task", subnet="subnet", groups=("task",), public_ip=True)]
        plan = planned(to_the_gateway(), starts)
        with Network(plan) as network:
            network.load(observing=True)
            with inside(network.spaces[plan.of("task")[0].name]):
                sending = socket.create_connection(("8.8.8.8", 443), timeout=5)
            with sending, closing(network.listeners["out:vpc", 443].held.accept()[0]) as taken:
                return str(taken.getpeername()[0]), dotted(plan.of("task")[0].public)

    sender, public = sandboxed(work)

    assert public == sender


# Within a VPC -----------------------------------------------------------------------------------


def between(*, there: bool = True, back: bool = True) -> Estate:
    """A task's subnet and that of an interface endpoint, with a firewall between them."""
    estate = an_open_network()
    for name, wanted, block in (("private", there, "10.0.9.0/24"), ("services", back, "10.0.1.0/24")):
        ways = (a_route(block, TargetKind.FIREWALL_ENDPOINT, "wall"),) if wanted else ()
        a_table(estate, name, *ways)
    a_subnet(estate, table="private")
    a_subnet(estate, "walls", "10.0.2.0/28")
    a_subnet(estate, "services", "10.0.9.0/24", table="services")
    a_firewall(estate, "walls")
    an_endpoint(estate, "ecr.api", subnets=("services",))
    return estate


def test_a_firewall_between_two_subnets_sees_both_ways() -> None:
    """Routes more specific than the local one lead there and back."""
    outcome, passed, _ = sandboxed(lambda: asked(between(), API))

    assert ("", [["10.0.1.4", "10.0.9.4", "443"]]) == (outcome.gate, passed)


def test_only_one_way_through_a_firewall_is_none() -> None:
    """It stops what follows a reply that it did not see, and a reply to what it did not see."""
    there, _, stopped_there = sandboxed(lambda: asked(between(back=False), API))
    back, passed, stopped_back = sandboxed(lambda: asked(between(there=False), API))

    assert ("asymmetric-route", "asymmetric-route") == (there.gate, back.gate)
    assert [("task", "ecr.api", "wall", 443)] == stopped_there
    assert ("ecr.api", "task", "wall", 443) in stopped_back
    assert [] == passed


def test_what_a_firewall_drops_is_a_rejected_flow_of_its_own() -> None:
    """With the sender's address, beside the half that it let through."""

    def work() -> list[list[str]]:
        plan = planned(between(back=False), [Start(key="task", subnet="subnet", groups=("task",))])
        with Network(plan) as network:
            connect(network, plan.of("task")[0].name, [plan.of("ecr.api")[0].address], 443)
            found = [line.split() for line in flow_log(network)]
            return [[*line[2:5], line[6], line[12]] for line in found if line[2] == "wall"]

    flow = ["wall", "10.0.1.4", "10.0.9.4", "443"]

    assert [[*flow, "ACCEPT"], [*flow, "REJECT"]] == sandboxed(work)


def test_a_group_does_not_know_its_members_behind_a_firewall() -> None:
    """A rule for the task's group lets in what comes straight, and a rule for its block what comes through."""

    def work(peer: GroupRef | str, straight: bool) -> tuple[str, ...]:
        estate = between(there=not straight, back=not straight)
        a_group(estate, "endpoint-group", ingress=(a_rule(peer, tcp(443)),))
        return asked(estate, API)[0].gates

    found = sandboxed(
        lambda: [work(GroupRef("task"), True), work(GroupRef("task"), False), work("10.0.1.0/24", False)]
    )

    assert [(), ("sg-ingress",), ()] == found


def test_what_stays_in_a_subnet_is_not_routed_to_a_firewall() -> None:
    """Also where the table has a route for the subnet's own block."""
    estate = between()
    estate.subnets["services"] = msgspec.structs.replace(estate.subnets["services"], route_table="private")

    def work() -> tuple[str, list[list[str]]]:
        plan = planned(estate, [Start(key="task", subnet="services", groups=("task",))])
        with Network(plan) as network:
            return ask(network, plan.of("task")[0], API, 443).gate, seen(network)

    assert ("", []) == sandboxed(work)


def test_each_zone_uses_the_firewall_endpoint_of_its_own() -> None:
    """A Network Firewall has one in each; a zone without one takes the first."""
    estate = a_way_through()
    a_subnet(estate, zone="a", table="private")
    a_subnet(estate, "second", "10.0.4.0/24", zone="b", table="private")
    a_subnet(estate, "third", "10.0.5.0/24", zone="c", table="private")
    a_subnet(estate, "walls", "10.0.2.0/28", zone="a", table="walls")
    a_subnet(estate, "walls-b", "10.0.2.16/28", zone="b", table="walls")
    a_firewall(estate, "walls", "walls-b")
    for block in ("10.0.4.0/24", "10.0.5.0/24"):
        back = a_route(block, TargetKind.FIREWALL_ENDPOINT, "wall")
        table = estate.route_tables["outer"]
        estate.route_tables["outer"] = msgspec.structs.replace(
            table, routes=Listing((*table.routes.items, back))
        )
    a_subnet(estate, "outer", "10.0.3.0/24", zone="a", table="outer")

    def work() -> list[tuple[str, list[str]]]:
        starts = [Start(key=key, subnet=key, groups=("task",)) for key in ("subnet", "second", "third")]
        plan = planned(estate, starts)
        with Network(plan) as network:
            found = []
            for start in starts:
                outcome = ask(network, plan.of(start.key)[0], AWAY, 443)
                found.append((outcome.gate, [plan.interfaces[drop.by].subnet for drop in outcome.drops]))
            return found

    # The NAT gateway's subnet sends replies by the endpoint of its zone: the second zone's does not see them.
    answers = sandboxed(work)
    assert [("", []), ("", [])] == [answers[0], answers[2]]
    assert "asymmetric-route" == answers[1][0]
    assert {"walls", "walls-b"} == set(answers[1][1])


# Behind a transit gateway -----------------------------------------------------------------------


def centralised(*, appliance_mode: bool = True, zones: tuple[str, str] = ("a", "a")) -> Estate:
    """Two VPCs of tasks, and one in which a firewall inspects what they send, to each other and away."""
    estate = an_estate()
    a_group(estate, "task", egress=(a_rule("0.0.0.0/0", ALL_TRAFFIC),))
    a_vpc(estate, "hub", "10.0.0.0/16")
    an_internet_gateway(estate, "igw", "hub")
    spokes = (("one", "10.1.0.0/16", zones[0]), ("two", "10.2.0.0/16", zones[1]))
    through = [a_route("10.0.0.0/8", TargetKind.FIREWALL_ENDPOINT, "wall")]
    a_table(estate, "in", a_route("0.0.0.0/0", TargetKind.FIREWALL_ENDPOINT, "wall"), vpc="hub")
    home = [a_route(block, TargetKind.TRANSIT_GATEWAY, "tgw") for _, block, _ in spokes]
    a_table(estate, "walls", a_route("0.0.0.0/0", TargetKind.NAT_GATEWAY, "nat"), *home, vpc="hub")
    a_table(estate, "outer", a_route("0.0.0.0/0", TargetKind.INTERNET_GATEWAY, "igw"), *through, vpc="hub")
    for number, zone in enumerate(("a", "b")):
        a_subnet(estate, f"in-{zone}", f"10.0.{number}.0/28", vpc="hub", zone=zone, table="in")
        a_subnet(estate, f"walls-{zone}", f"10.0.{number}.16/28", vpc="hub", zone=zone, table="walls")
    a_subnet(estate, "outer", "10.0.9.0/24", vpc="hub", zone="a", table="outer")
    a_nat(estate, "nat", "outer", vpc="hub")
    a_firewall(estate, "walls-a", "walls-b", vpc="hub")
    estate.transit_gateways["tgw"] = TransitGateway(key="tgw", origin=at("tgw"))
    _attached(estate, "hub", ("in-a", "in-b"), table="from-hub", appliance_mode=appliance_mode)
    for key, block, zone in spokes:
        a_vpc(estate, key, block)
        a_table(estate, f"{key}-table", a_route("0.0.0.0/0", TargetKind.TRANSIT_GATEWAY, "tgw"), vpc=key)
        a_subnet(estate, key, block.replace("16", "24"), vpc=key, zone=zone, table=f"{key}-table")
        _attached(estate, key, (key,), table="from-spokes")
    estate.groups["task"] = msgspec.structs.replace(estate.groups["task"], vpc="one")
    a_group(estate, "endpoint-group", ingress=(a_rule("10.0.0.0/8"),))
    estate.groups["endpoint-group"] = msgspec.structs.replace(estate.groups["endpoint-group"], vpc="two")
    an_endpoint(estate, "ecr.api", "theirs", vpc="two", subnets=("two",))
    away = TransitRoute(origin=at("away"), destination=cidr("0.0.0.0/0"), attachment="to hub")
    for key, routes, known in (("from-spokes", (away,), ()), ("from-hub", (), ("to one", "to two"))):
        estate.transit_tables[key] = TransitTable(
            key=key, origin=at(key), gateway="tgw", routes=Listing(routes), propagations=Listing(known)
        )
    return estate


def _attached(
    estate: Estate, vpc: str, subnets: tuple[str, ...], *, table: str, appliance_mode: bool = False
) -> None:
    estate.transit_attachments[f"to {vpc}"] = TransitAttachment(
        key=f"to {vpc}",
        origin=at(vpc),
        gateway="tgw",
        vpc=vpc,
        subnets=Listing(subnets),
        table=table,
        appliance_mode=appliance_mode,
    )


def from_one(estate: Estate) -> tuple[list[str], list[list[str]], list[str]]:
    """What a task of the first VPC reaches: the internet, and the second VPC's endpoint; what was seen."""
    plan = planned(estate, [Start(key="task", subnet="one", groups=("task",))])
    with Network(plan) as network:
        task, theirs = plan.of("task")[0], dotted(plan.of("theirs")[0].address)
        outcomes = [ask(network, task, AWAY, 443), ask(network, task, theirs, 443)]
        dropped = [plan.interfaces[drop.by].subnet for each in outcomes for drop in each.drops if drop.by]
        return [each.gate for each in outcomes], seen(network), dropped


def test_one_firewall_inspects_what_two_vpcs_send_by_a_transit_gateway() -> None:
    """To the internet by the NAT gateway behind it, and to each other."""
    gates, passed, _ = sandboxed(lambda: from_one(centralised()))

    assert ["", ""] == gates
    assert {("10.1.0.4", "443")} == {(sender, port) for sender, _, port in passed}
    assert "10.2.0.4" in {receiver for _, receiver, _ in passed}


def test_without_appliance_mode_each_zone_sees_half_of_what_crosses_zones() -> None:
    """A reply from another zone reaches the appliance of that zone; in appliance mode both take one."""
    apart, _, dropped = sandboxed(lambda: from_one(centralised(appliance_mode=False, zones=("a", "b"))))
    together, _, _ = sandboxed(lambda: from_one(centralised(zones=("a", "b"))))

    assert (["", "asymmetric-route"], ["", ""]) == (apart, together)
    assert "walls-b" in dropped


def test_a_gateway_endpoint_behind_a_firewall_serves_its_own_vpc_only() -> None:
    """A guest's packets keep their address, and stop there."""
    estate = centralised()
    a_gateway_endpoint(estate, "walls", vpc="hub")

    def work() -> str:
        plan = planned(estate, [Start(key="task", subnet="one", groups=("task",))])
        with Network(plan) as network:
            return ask(network, plan.of("task")[0], S3, 443).gates[0]

    assert "no-route" == sandboxed(work)


def test_firewalls_are_no_ends_of_groups() -> None:
    """No group applies to one, and nothing checks whose address passes it."""
    plan = planned(a_way_through(), ())
    walls = plan.with_role(Role.FIREWALL)

    assert [("wall", False, False)] == [(each.owner, each.filtered, each.checked) for each in walls]
