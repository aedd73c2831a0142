"""Where routes to firewall endpoints lead, which interfaces they have, and what the appliance behind them is told."""

from msgspec.structs import replace

from pullproof.lab.inspection import rules
from pullproof.lab.plan import Plan, Role, planned
from pullproof.lab.routes import Way, Ways, transit_ways
from pullproof.model.addresses import cidr
from pullproof.model.endpoints import EndpointType
from pullproof.model.estate import Estate
from pullproof.model.gateways import TransitAttachment, TransitGateway, TransitTable
from pullproof.model.value import Listing
from pullproof.model.vpc import TargetKind
from tests.build import a_route, a_subnet, a_table, a_vpc, an_endpoint, an_estate, at, blocks

AWAY = cidr("0.0.0.0/0")


def walled(*subnets: str, kind: EndpointType = EndpointType.GATEWAY_LOAD_BALANCER) -> Estate:
    """A VPC with a subnet in each of three zones, two for firewalls, and a firewall in some of these."""
    estate = an_estate()
    a_vpc(estate)
    a_table(estate, "private", a_route("0.0.0.0/0", TargetKind.FIREWALL_ENDPOINT, "wall"))
    for number, zone in enumerate("abc", 1):
        a_subnet(estate, zone, f"10.0.{number}.0/24", zone=zone, table="private")
    a_subnet(estate, "wall-a", "10.0.8.0/28", zone="a")
    a_subnet(estate, "wall-b", "10.0.9.0/28", zone="b")
    written = (("wall-b", blocks("10.0.9.7/32")),)
    an_endpoint(estate, "", "wall", subnets=subnets, groups=(), kind=kind, addresses=written)
    return estate


def subnet_of(plan: Plan, way: Way) -> str:
    """The subnet of the interface to which a way leads; "" where it leads nowhere."""
    return plan.interfaces[way.link].subnet if way.link else ""


def test_a_route_to_a_firewall_takes_the_endpoint_of_the_senders_zone() -> None:
    """A zone without one takes the first."""
    plan = planned(walled("wall-a", "wall-b"), ())
    found = [subnet_of(plan, Ways(plan, "vpc", {}).of(zone)[0]) for zone in "abc"]

    assert ["wall-a", "wall-b", "wall-a"] == found


def test_a_part_of_a_firewalls_status_is_one_of_its_endpoints() -> None:
    """As Terraform writes it; what only begins alike is another's."""
    estate = walled("wall-a")
    found = []
    for ref in ("wall.firewall_status[0].sync_states", "wall2.firewall_status[0].sync_states"):
        a_table(estate, "private", a_route("0.0.0.0/0", TargetKind.FIREWALL_ENDPOINT, ref))
        plan = planned(estate, ())
        found.append(subnet_of(plan, Ways(plan, "vpc", {}).of("a")[0]))

    assert ["wall-a", ""] == found


def test_a_route_to_a_firewall_that_is_not_there_leads_nowhere() -> None:
    """One without subnets, one that is not available, one of another VPC, and an endpoint that is none."""
    gone, away = walled("wall-a"), walled("wall-a")
    gone.endpoints["wall"] = replace(gone.endpoints["wall"], available=False)
    a_vpc(away, "other", "10.9.0.0/16")
    a_subnet(away, "wall-a", "10.9.0.0/24", vpc="other", zone="a")
    for estate in (walled(), gone, away, walled("wall-a", kind=EndpointType.INTERFACE)):
        plan = planned(estate, ())

        assert (Way(AWAY, ""),) == Ways(plan, "vpc", {}).of("a")


def test_an_interface_of_a_firewall_takes_what_is_for_others() -> None:
    """No group applies, nothing checks its address, and that is the one that the input tells, or the last free."""
    found = planned(walled("wall-a", "wall-b"), ()).with_role(Role.FIREWALL)

    assert [("10.0.8.14", False, False), ("10.0.9.7", False, False)] == [
        (".".join(str(each.address >> shift & 255) for shift in (24, 16, 8, 0)), each.filtered, each.checked)
        for each in found
    ]


def test_appliance_mode_sends_every_zone_to_one_interface() -> None:
    """Without it, traffic stays in the zone that it came from."""
    estate = walled("wall-a")
    a_vpc(estate, "spoke", "10.1.0.0/16")
    estate.transit_gateways["tgw"] = TransitGateway(key="tgw", origin=at("tgw"))
    for number, zone in enumerate("ab"):
        a_subnet(estate, f"spoke-{zone}", f"10.1.{number}.0/24", vpc="spoke", zone=zone)
    estate.transit_tables["table"] = TransitTable(
        key="table", origin=at("t"), gateway="tgw", routes=Listing(), propagations=Listing(("hub",))
    )

    def entered(*, mode: bool) -> list[str]:
        for key, vpc, subnets in (("hub", "vpc", ("a", "b")), ("far", "spoke", ("spoke-a", "spoke-b"))):
            estate.transit_attachments[key] = TransitAttachment(
                key=key,
                origin=at(key),
                gateway="tgw",
                vpc=vpc,
                subnets=Listing(subnets),
                table="table",
                appliance_mode=mode,
            )
        plan = planned(estate, ())
        ends = [transit_ways(plan, "tgw", each)[0].link for each in plan.of("far")]
        return [plan.interfaces[link].subnet for link in ends]

    assert (["a", "b"], ["a", "a"]) == (entered(mode=False), entered(mode=True))


def test_an_appliance_records_what_it_drops_and_what_it_would_drop() -> None:
    """The record is the same; while observing, the packet passes."""
    for observing, end in ((False, "drop"), (True, "accept")):
        lines = [line.strip() for line in rules(observing=observing).splitlines()]
        start = lines.index("chain unseen {")

        assert lines[start + 1].startswith("tcp flags & (syn | ack) == syn | ack add @drop_unseen {")
        assert lines[start + 1].endswith(f"th sport }} {end}")
        assert "th dport }" in lines[start + 2]
        assert end == lines[start + 3]
        assert "ct state invalid goto unseen" in lines
