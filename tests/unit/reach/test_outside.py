"""From the internet to an interface that the input shows, and through transit gateways that are peered."""

import pytest
from msgspec.structs import replace

from pullproof.evidence import Reached, Via
from pullproof.model.addresses import cidr
from pullproof.model.estate import Estate
from pullproof.model.gateways import (
    NetworkInterface,
    TransitAttachment,
    TransitGateway,
    TransitRoute,
    TransitTable,
)
from pullproof.model.value import Listing, Maybe
from pullproof.model.vpc import PublicAccessBlock, TargetKind
from pullproof.reach.walk import reach_addresses, reach_host
from pullproof.verdict import Verdict
from tests.build import (
    a_group,
    a_route,
    a_rule,
    a_source,
    a_subnet,
    a_table,
    a_vpc,
    an_acl,
    an_endpoint,
    an_entry,
    an_internet_gateway,
    an_open_network,
    at,
    blocks,
    unknown,
)
from tests.told import blockers, doubts

PUBLIC = "8.8.4.4"
WEB = "10.1.1.10"
IGW = TargetKind.INTERNET_GATEWAY
TGW = TargetKind.TRANSIT_GATEWAY


# By a public address ----------------------------------------------------------------------------------


def published(*rules: str) -> Estate:
    """A task with a public address, and an interface of another VPC with one, let in by these rules."""
    estate = an_open_network()
    an_internet_gateway(estate)
    a_table(estate, "own", a_route("0.0.0.0/0", IGW, "igw"))
    a_subnet(estate, table="own")
    a_vpc(estate, "far", "10.1.0.0/16")
    an_internet_gateway(estate, "far-igw", "far")
    a_table(estate, "far-table", a_route("0.0.0.0/0", IGW, "far-igw"), vpc="far")
    a_subnet(estate, "far-subnet", "10.1.1.0/24", vpc="far", table="far-table")
    a_group(estate, "web", ingress=tuple(map(a_rule, rules)))
    estate.interfaces["eni-web"] = NetworkInterface(
        key="eni-web",
        origin=at("eni-web"),
        subnet="far-subnet",
        groups=Listing(("web",)),
        addresses=blocks(WEB),
        public_ip=True,
        public=blocks(PUBLIC),
    )
    return estate


def ask(estate: Estate, address: str = PUBLIC) -> Reached:
    """The task's question."""
    return reach_addresses(estate, a_source(public_ip=True), blocks(address), 443)


def test_an_interface_lets_the_internet_in_or_not() -> None:
    """Whoever may be anywhere is let in by a rule for everywhere, kept out where there is none."""
    assert Verdict.WORKS is ask(published("0.0.0.0/0")).verdict
    assert Via.INTERNET_GATEWAY is ask(published("0.0.0.0/0")).via
    assert [("sg-ingress", "web")] == blockers(ask(published("10.0.0.0/8")))
    assert [("sg-ingress", "web")] == blockers(ask(published()))


def test_which_public_address_the_sender_has_is_not_known() -> None:
    """A rule for some of them may be for this one."""
    answer = ask(published("1.2.3.4/32"))

    assert Verdict.UNKNOWN is answer.verdict
    assert ["which public address the sender has"] == [why.what for why in doubts(answer)]


def test_the_far_subnet_answers_by_its_own_gateway() -> None:
    """Its ACL is asked both ways, its table has to lead back, and its VPC needs a gateway."""
    closed, silent, private, lonely = (published("0.0.0.0/0") for _ in range(4))
    an_acl(closed, "far-acl", ingress=(), egress=(an_entry(),), vpc="far")
    an_acl(silent, "far-acl", ingress=(an_entry(),), egress=(), vpc="far")
    a_table(private, "far-table", vpc="far")
    del lonely.internet_gateways["far-igw"]

    assert [("nacl-ingress", "far-acl")] == blockers(ask(closed))
    assert [("nacl-return", "far-acl")] == blockers(ask(silent))
    assert [("no-route", "far-table")] == blockers(ask(private))
    assert [("no-route", "far-table")] == blockers(ask(lonely))


def test_where_the_far_interface_is_may_not_be_known() -> None:
    """Then only its groups are asked."""
    nowhere, homeless = published(), published("0.0.0.0/0")
    nowhere.interfaces["eni-web"] = replace(nowhere.interfaces["eni-web"], subnet=unknown())
    del homeless.vpcs["far"]

    assert [("sg-ingress", "web")] == blockers(ask(nowhere))
    assert Verdict.UNKNOWN is ask(homeless).verdict


def test_public_addresses_beside_it_are_the_internet() -> None:
    """Of a block only the interface's own address leads to it."""
    answer = ask(published(), "8.8.4.0/24")

    assert [("sg-ingress", "web")] == blockers(answer)
    assert answer.intermittent


@pytest.mark.parametrize(
    ("region", "account", "verdict"),
    [
        ("", "", Verdict.FAILS),
        ("eu-west-1", "1", Verdict.FAILS),
        (unknown(), unknown(), Verdict.FAILS),
        ("us-east-1", "", Verdict.WORKS),
        ("", "2", Verdict.WORKS),
    ],
)
def test_block_public_access_is_the_switch_of_one_account_and_region(
    region: Maybe[str], account: Maybe[str], verdict: Verdict
) -> None:
    """A switch elsewhere stops nothing here."""
    estate = published("0.0.0.0/0")
    estate.vpcs["vpc"] = replace(estate.vpcs["vpc"], account="1")
    estate.vpcs["far"] = replace(estate.vpcs["far"], account="3", region="eu-central-1")
    estate.public_access_blocks["bpa"] = PublicAccessBlock(
        key="bpa", origin=at("bpa"), mode="block-bidirectional", region=region, account=account
    )

    assert verdict is ask(estate, "9.9.9.9").verdict


def test_block_public_access_may_stop_what_comes_in() -> None:
    """Whether the far interface is excluded from it is not followed."""
    estate = published("0.0.0.0/0")
    estate.vpcs["far"] = replace(estate.vpcs["far"], region="eu-central-1")
    estate.public_access_blocks["bpa"] = PublicAccessBlock(
        key="bpa", origin=at("bpa"), mode="block-ingress", region="eu-central-1"
    )

    assert ["whether eni-web is excluded from bpa"] == [why.what for why in doubts(ask(estate))]


# Through two transit gateways -------------------------------------------------------------------------


def chained(*, back: Maybe[str] = "10.0.0.0/16", association: Maybe[str] = "far-tt") -> Estate:
    """Two VPCs, each on a transit gateway of its own, and a peering between the gateways."""
    estate = an_open_network()
    a_table(estate, "own", a_route("10.1.0.0/16", TGW, "tgw"))
    a_subnet(estate, table="own")
    a_vpc(estate, "far", "10.1.0.0/16")
    a_table(estate, "far-table", a_route("10.0.0.0/16", TGW, "tgw-far"), vpc="far")
    a_subnet(estate, "far-subnet", "10.1.1.0/24", vpc="far", table="far-table", zone="us-east-1a")
    a_group(estate, "web", ingress=(a_rule("10.0.0.0/8"),))
    estate.interfaces["eni-web"] = NetworkInterface(
        key="eni-web",
        origin=at("eni-web"),
        subnet="far-subnet",
        groups=Listing(("web",)),
        addresses=blocks(WEB),
        public_ip=False,
    )
    for key in ("tgw", "tgw-far"):
        estate.transit_gateways[key] = TransitGateway(key=key, origin=at(key))
    an_attachment(estate, "att", "tgw", table="tt", vpc="vpc", subnets=("subnet",))
    an_attachment(estate, "att-far", "tgw-far", table="far-tt", vpc="far", subnets=("far-subnet",))
    an_attachment(estate, "peer", "tgw", table="tt", peer="peer-far")
    an_attachment(estate, "peer-far", "tgw-far", table=association, peer="peer")
    a_transit_table(estate, "tt", "tgw", ("10.1.0.0/16", "peer"), propagations=("att",))
    there = () if back == "" else ((back, "peer-far"),)
    a_transit_table(estate, "far-tt", "tgw-far", *there, propagations=("att-far",))
    return estate


def an_attachment(
    estate: Estate,
    key: str,
    gateway: Maybe[str],
    *,
    table: Maybe[str],
    vpc: str = "",
    subnets: tuple[str, ...] = (),
    peer: Maybe[str] = "",
    behind: str = "",
) -> None:
    """An attachment to a transit gateway."""
    estate.transit_attachments[key] = TransitAttachment(
        key=key,
        origin=at(key),
        gateway=gateway,
        vpc=vpc,
        subnets=Listing(subnets),
        table=table,
        peer=peer,
        behind=behind,
    )


def a_transit_table(
    estate: Estate,
    key: str,
    gateway: str,
    *routes: tuple[Maybe[str], str],
    propagations: tuple[str, ...] = (),
) -> None:
    """A route table of a transit gateway."""
    static = tuple(
        TransitRoute(
            origin=at(key), destination=cidr(to) if isinstance(to, str) else to, attachment=attachment
        )
        for to, attachment in routes
    )
    estate.transit_tables[key] = TransitTable(
        key=key, origin=at(key), gateway=gateway, routes=Listing(static), propagations=Listing(propagations)
    )


def over(estate: Estate) -> Reached:
    """The task's question to the far interface."""
    return reach_addresses(estate, a_source(), blocks(WEB), 443)


def test_peered_transit_gateways_lead_there_and_back() -> None:
    """Each gateway's table decides on its own side; replies come by the same peering."""
    answer = over(chained())

    assert Verdict.WORKS is answer.verdict
    assert Via.TRANSIT_GATEWAY is answer.via


def test_every_table_between_has_to_lead_on() -> None:
    """There, back, and at the far end: the table that does not is the thing to change."""
    lost, circle = chained(association=""), chained()
    a_transit_table(circle, "far-tt", "tgw-far", ("10.1.0.0/16", "peer-far"))
    no_way_home = chained()
    a_transit_table(no_way_home, "tt", "tgw", ("10.1.0.0/16", "peer"))

    assert [("no-route", "far-tt")] == blockers(over(chained(back="")))
    assert [("no-route", "peer-far")] == blockers(over(lost))
    assert [("no-route", "peer-far")] == blockers(over(circle))
    assert [("no-route", "tt")] == blockers(over(no_way_home))


def test_a_far_end_may_not_be_shown() -> None:
    """The other attachment, or its gateway: then nobody knows what comes behind."""
    hidden, unsure, strange = chained(), chained(), chained()
    del hidden.transit_attachments["peer-far"]
    an_attachment(unsure, "peer-far", unknown(), table="far-tt", peer="peer")
    an_attachment(strange, "peer", "tgw", table="tt", peer=unknown())

    for estate in (hidden, unsure, strange):
        assert Verdict.UNKNOWN is over(estate).verdict


def test_what_is_no_gateway_is_said_by_its_name() -> None:
    """Behind a VPN or Direct Connect attachment is another network."""
    estate = chained()
    an_attachment(estate, "peer", "tgw", table="tt", behind="the VPN connection vpn-1")

    assert ["what lies behind the VPN connection vpn-1, by peer"] == [
        why.what for why in doubts(over(estate))
    ]


def test_several_zones_of_the_far_end_are_all_asked() -> None:
    """Which of them the far gateway delivers in does not depend on the sender's zone."""
    alike, closed = chained(), chained()
    for estate in (alike, closed):
        a_subnet(estate, "far-other", "10.1.2.0/24", vpc="far", table="far-table", zone="eu-west-1a")
        an_attachment(
            estate, "att-far", "tgw-far", table="far-tt", vpc="far", subnets=("far-subnet", "far-other")
        )
    an_acl(closed, "closed", ingress=(), egress=(), vpc="far")
    closed.subnets["far-other"] = replace(closed.subnets["far-other"], acl="closed")

    assert Verdict.WORKS is over(alike).verdict
    assert Verdict.UNKNOWN is over(closed).verdict


def test_endpoints_that_are_not_told_leave_names_open() -> None:
    """Interface endpoints may answer for AWS's names; addresses are what they are."""
    estate = published("0.0.0.0/0")
    an_endpoint(estate, "logs")
    estate.open["InterfaceEndpoint"] = (unknown("the endpoints"),)
    answer = reach_host(estate, a_source(public_ip=True), "api.ecr.eu-west-1.amazonaws.com")

    assert ["the endpoints"] == [why.what for why in doubts(answer)]
    assert Verdict.WORKS is ask(estate).verdict
