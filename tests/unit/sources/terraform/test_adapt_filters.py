"""Security groups, network ACLs and prefix lists: every way to write a rule."""

from typing import Any

import pytest

from pullproof.model.addresses import EVERYWHERE, of
from pullproof.model.filters import AclEntry, GroupRef, GroupRule
from pullproof.model.packets import ALL_TRAFFIC, TCP, Service, service, tcp
from pullproof.model.value import Listing, Unknown, Why
from pullproof.model.vpc import ListRef
from tests.unit.sources.terraform.making import (
    COMPUTED,
    Block,
    change,
    create,
    delete,
    estate,
    keep,
    looked_up,
    ref,
    vpc,
)

VPC = vpc()
S3 = create(
    "aws_vpc_endpoint.s3",
    vpc_id=ref("aws_vpc.main.id"),
    service_name="com.amazonaws.eu-west-1.s3",
    prefix_list_id=COMPUTED,
    cidr_blocks=COMPUTED,
)
OTHER = create("aws_security_group.o", vpc_id=ref("aws_vpc.main.id"), ingress=COMPUTED, egress=COMPUTED)


def group(**values: Any) -> Block:
    return create(
        "aws_security_group.g",
        vpc_id=ref("aws_vpc.main.id"),
        **({"ingress": COMPUTED, "egress": COMPUTED} | values),
    )


def rule(**values: Any) -> dict[str, Any]:
    return {"from_port": 443, "to_port": 443, "protocol": "tcp", "cidr_blocks": [], "self": False} | values


def egress(
    *blocks: Block | tuple[str, dict[str, Any]], name: str = "aws_security_group.g"
) -> Listing[GroupRule]:
    return estate(VPC, *blocks).groups[name].egress


def test_a_group_without_egress_lets_nothing_out() -> None:
    """Terraform takes AWS's rule away: left out is certainly empty, though the plan calls it unknown."""
    found = egress(group())

    assert () == found.items
    assert found.complete


def test_an_empty_list_lets_nothing_out_either() -> None:
    """`egress = []` is the attribute as a list, and empty."""
    assert Listing() == egress(group(egress=[]))


def test_egress_that_is_written_and_unknown_stays_open() -> None:
    """Rules made from something known after apply."""
    assert not egress(group(egress=ref("var.rules"))).complete


@pytest.mark.parametrize(
    ("written", "expected"),
    [
        ({"cidr_blocks": ["10.0.0.0/16", "10.1.0.0/16"]}, [of("10.0.0.0/15")]),
        ({"cidr_blocks": ["0.0.0.0/0"], "ipv6_cidr_blocks": ["::/0"]}, [EVERYWHERE]),
        ({"self": True}, [GroupRef("aws_security_group.g")]),
        ({"prefix_list_ids": ["pl-0aaaaaaaa"]}, [ListRef("pl-0aaaaaaaa")]),
        ({"security_groups": ["sg-0aaaaaaaa"]}, [GroupRef("sg-0aaaaaaaa")]),
        (
            {"security_groups": [ref("aws_security_group.o.id")], "cidr_blocks": None},
            [GroupRef("aws_security_group.o")],
        ),
        ({}, []),
    ],
)
def test_each_peer_of_an_inline_rule_is_a_rule(written: dict[str, Any], expected: list[Any]) -> None:
    """CIDR blocks together, and each prefix list, group, and the group itself."""
    found = egress(OTHER, group(egress=[rule(**written)]))

    assert expected == [one.peer for one in found.items]
    assert all(one.service == tcp(443) for one in found.items)
    assert all("aws_security_group.g.egress[0]" == str(one.origin) for one in found.items)


@pytest.mark.parametrize(
    ("written", "expected"),
    [
        ({"protocol": "-1", "from_port": 0, "to_port": 0}, ALL_TRAFFIC),
        ({"protocol": "all"}, ALL_TRAFFIC),
        ({"protocol": "TCP", "from_port": 0, "to_port": 65535}, service(TCP, 0, 65535)),
        ({"protocol": "6", "from_port": "443", "to_port": "443"}, tcp(443)),
        ({"protocol": "icmp", "from_port": 8, "to_port": -1}, Service(1, ((0, 65535),))),
    ],
)
def test_protocols_and_ports_are_read(written: dict[str, Any], expected: Service) -> None:
    """Names in any case, numbers, all protocols, and ICMP, which has no ports."""
    assert [expected] == [one.service for one in egress(group(egress=[rule(self=True, **written)])).items]


@pytest.mark.parametrize(
    "written", [{"protocol": "nonsense"}, {"protocol": None}, {"from_port": "x"}, {"to_port": True}]
)
def test_what_is_no_protocol_or_port_is_unknown(written: dict[str, Any]) -> None:
    """What AWS would refuse is not guessed."""
    assert isinstance(egress(group(egress=[rule(self=True, **written)])).items[0].service, Unknown)


@pytest.mark.parametrize("blocks", [["10.0.0.0/33"], [ref("aws_eip.e.public_ip")]])
def test_what_is_no_address_is_an_unknown_peer(blocks: list[Any]) -> None:
    """A block AWS would refuse, or an address known after apply: there is a rule, for somebody."""
    assert [True] == [
        isinstance(one.peer, Unknown) for one in egress(group(egress=[rule(cidr_blocks=blocks)])).items
    ]


def test_a_prefix_list_by_the_gateway_endpoint_is_that_of_its_service() -> None:
    """`aws_vpc_endpoint.s3.prefix_list_id` names the list, and `cidr_blocks` its addresses."""
    by_list = create(
        "aws_security_group_rule.l",
        security_group_id=ref("aws_security_group.g.id"),
        type="egress",
        **rule(prefix_list_ids=[ref("aws_vpc_endpoint.s3.prefix_list_id")]),
    )
    by_blocks = create(
        "aws_security_group_rule.b",
        security_group_id=ref("aws_security_group.g.id"),
        type="egress",
        **rule(cidr_blocks=[ref("aws_vpc_endpoint.s3.cidr_blocks")]),
    )
    found = estate(VPC, S3, group(), by_list, by_blocks)
    peers = [one.peer for one in found.groups["aws_security_group.g"].egress.items]

    assert 2 == peers.count(ListRef("aws_vpc_endpoint.s3.prefix_list_id"))
    assert "com.amazonaws.eu-west-1.s3" == found.prefix_lists["aws_vpc_endpoint.s3.prefix_list_id"].name


def separate(name: str = "r", kind: str = "aws_security_group_rule", **values: Any) -> Block:
    return create(f"{kind}.{name}", **({"security_group_id": ref("aws_security_group.g.id")} | values))


def test_rules_of_their_own_are_added() -> None:
    """`aws_security_group_rule` in both directions, with all its kinds of peer."""
    found = estate(
        VPC,
        OTHER,
        group(),
        separate("a", type="egress", **rule(cidr_blocks=["0.0.0.0/0"])),
        separate("b", type="ingress", **rule(source_security_group_id=ref("aws_security_group.o.id"))),
        separate("c", type="ingress", **rule(self=True)),
    ).groups["aws_security_group.g"]

    assert [of("0.0.0.0/0")] == [one.peer for one in found.egress.items]
    assert [GroupRef("aws_security_group.o"), GroupRef("aws_security_group.g")] == [
        one.peer for one in found.ingress.items
    ]
    assert found.ingress.complete


@pytest.mark.parametrize(
    ("values", "expected"),
    [
        ({"cidr_ipv4": "10.0.0.0/8"}, of("10.0.0.0/8")),
        ({"cidr_ipv6": "::/0"}, of("::/0")),
        ({"prefix_list_id": "pl-0aaaaaaaa"}, ListRef("pl-0aaaaaaaa")),
        ({"referenced_security_group_id": ref("aws_security_group.o.id")}, GroupRef("aws_security_group.o")),
    ],
)
def test_rules_with_one_peer_are_added(values: dict[str, Any], expected: Any) -> None:
    """`aws_vpc_security_group_egress_rule`: one peer each."""
    one = separate(
        kind="aws_vpc_security_group_egress_rule", ip_protocol="tcp", from_port=443, to_port=443, **values
    )
    found = egress(OTHER, group(), one)

    assert [(tcp(443), expected)] == [(each.service, each.peer) for each in found.items]


@pytest.mark.parametrize("values", [{}, {"cidr_ipv4": ref("aws_eip.e.public_ip")}])
def test_a_rule_without_a_known_peer_is_for_somebody(values: dict[str, Any]) -> None:
    """The rule is there; who it is for is not known."""
    one = separate(kind="aws_vpc_security_group_ingress_rule", ip_protocol="-1", **values)
    found = estate(VPC, group(), one).groups["aws_security_group.g"].ingress

    assert [True] == [isinstance(each.peer, Unknown) for each in found.items]


@pytest.mark.parametrize(
    ("values", "ingress", "egress_"),
    [
        ({"security_group_id": ref("local.a"), "type": "egress"}, True, False),
        ({"security_group_id": ref("local.a"), "type": ref("local.b")}, False, False),
        ({"type": ref("local.b")}, False, False),
    ],
)
def test_a_rule_of_an_unknown_group_may_be_anybodys(
    values: dict[str, Any], ingress: bool, egress_: bool
) -> None:
    """Every group stays open in the directions the rule may be for, the VPC's own group too."""
    found = estate(VPC, group(), separate(**values, **rule(self=True))).groups

    for name in ("aws_security_group.g", "aws_vpc.main.default_security_group_id"):
        assert ingress == found[name].ingress.complete
        assert egress_ == found[name].egress.complete


def test_inline_and_separate_rules_of_one_direction_exclude_each_other() -> None:
    """Inline egress stays; the separate one comes and goes. Ingress is not concerned."""
    found = estate(
        VPC,
        group(egress=[rule(cidr_blocks=["10.0.0.0/8"])]),
        separate("e", type="egress", **rule(cidr_blocks=["0.0.0.0/0"])),
        separate("i", type="ingress", **rule(self=True)),
    ).groups["aws_security_group.g"]

    assert [of("10.0.0.0/8")] == [one.peer for one in found.egress.items]
    assert [Why.CONFLICT] == [reason.why for reason in found.egress.open]
    assert found.ingress.complete


SHOWN = [
    rule(cidr_blocks=["0.0.0.0/0"]),
    rule(from_port=80, to_port=80, cidr_blocks=["10.0.0.0/8"]),
]


def existing() -> Block:
    """A group of an earlier apply: it shows its separate rules as well."""
    found = keep("aws_security_group.g", id="sg-0aaaaaaaa", vpc_id="vpc-0a", egress=SHOWN, ingress=[])
    del found.written["expressions"]["egress"], found.written["expressions"]["ingress"]
    return found


def test_an_existing_group_shows_its_separate_rules_once() -> None:
    """What the group shows and what a separate rule says are one rule."""
    same = keep(
        "aws_security_group_rule.r",
        security_group_id="sg-0aaaaaaaa",
        type="egress",
        **rule(cidr_blocks=["0.0.0.0/0"]),
    )

    assert ["aws_security_group.g", "aws_security_group_rule.r"] == [
        one.origin.address for one in egress(existing(), same).items
    ]


def test_a_separate_rule_that_is_taken_away_is_gone_from_its_group() -> None:
    """The existing group still shows it, and the plan deletes it."""
    gone = delete(
        "aws_security_group_rule.r",
        security_group_id="sg-0aaaaaaaa",
        type="egress",
        **rule(cidr_blocks=["0.0.0.0/0"]),
    )

    assert [of("10.0.0.0/8")] == [one.peer for one in egress(existing(), gone).items]


def test_a_separate_rule_that_is_changed_is_the_new_one() -> None:
    """The group shows the old peer until the apply."""
    before = {
        "security_group_id": "sg-0aaaaaaaa",
        "ip_protocol": "tcp",
        "from_port": 443,
        "to_port": 443,
        "cidr_ipv4": "0.0.0.0/0",
    }
    changed = change(
        "aws_vpc_security_group_egress_rule.r", before, **(before | {"cidr_ipv4": "10.9.0.0/16"})
    )

    assert [of("10.0.0.0/8"), of("10.9.0.0/16")] == [one.peer for one in egress(existing(), changed).items]


def test_a_looked_up_group_does_not_show_its_rules() -> None:
    """Rules added here are known; the others are kept elsewhere."""
    looked = looked_up("data.aws_security_group.d", id="sg-0bbbbbbbb", vpc_id="vpc-0a")
    added = separate(
        type="egress", **(rule(cidr_blocks=["0.0.0.0/0"]) | {"security_group_id": "sg-0bbbbbbbb"})
    )
    found = egress(looked, added, name="data.aws_security_group.d")

    assert [of("0.0.0.0/0")] == [one.peer for one in found.items]
    assert not found.complete


def test_a_looked_up_group_that_is_made_here_is_one_group() -> None:
    """A data source for a group of the same configuration adds none."""
    found = estate(existing(), looked_up("data.aws_security_group.d", id="sg-0aaaaaaaa"))

    assert ["aws_security_group.g"] == list(found.groups)


def test_a_group_without_a_vpc_is_in_the_default_one() -> None:
    """`vpc_id` left out is the default VPC, which may not be in the input."""
    alone = create("aws_security_group.g", vpc_id=COMPUTED, ingress=COMPUTED, egress=COMPUTED)

    assert isinstance(estate(alone).groups["aws_security_group.g"].vpc, Unknown)
    assert (
        "aws_default_vpc.d" == estate(alone, create("aws_default_vpc.d")).groups["aws_security_group.g"].vpc
    )


def test_prefix_lists_have_their_entries() -> None:
    """Inline entries, entries of their own, and lists that are looked up."""
    found = estate(
        create("aws_ec2_managed_prefix_list.l", name="offices", entry=[{"cidr": "192.0.2.0/24"}]),
        create(
            "aws_ec2_managed_prefix_list_entry.e",
            prefix_list_id=ref("aws_ec2_managed_prefix_list.l.id"),
            cidr="198.51.100.0/24",
        ),
        looked_up(
            "data.aws_prefix_list.s3",
            id="pl-0aaaaaaaa",
            name="com.amazonaws.eu-west-1.s3",
            cidr_blocks=["3.5.64.0/21"],
        ),
        looked_up(
            "data.aws_ec2_managed_prefix_list.m",
            id="pl-0bbbbbbbb",
            name="m",
            entries=[{"cidr": "192.0.2.0/24"}],
        ),
        looked_up("data.aws_ec2_managed_prefix_list.n", id="pl-0cccccccc", name="n", entries=None),
        create("aws_ec2_managed_prefix_list.u", name="u", entry=ref("var.entries")),
    ).prefix_lists

    assert of("192.0.2.0/24", "198.51.100.0/24") == found["aws_ec2_managed_prefix_list.l"].entries
    assert of("3.5.64.0/21") == found["data.aws_prefix_list.s3"].entries
    assert of("192.0.2.0/24") == found["data.aws_ec2_managed_prefix_list.m"].entries
    assert isinstance(found["data.aws_ec2_managed_prefix_list.n"].entries, Unknown)
    assert isinstance(found["aws_ec2_managed_prefix_list.u"].entries, Unknown)


def test_an_existing_gateway_endpoint_shows_the_list() -> None:
    """After an apply, the endpoint has the list's id and addresses."""
    found = estate(
        keep(
            "aws_vpc_endpoint.s3",
            id="vpce-0a",
            vpc_id="vpc-0a",
            service_name="com.amazonaws.eu-west-1.s3",
            prefix_list_id="pl-0aaaaaaaa",
            cidr_blocks=["3.5.64.0/21"],
        ),
        create(
            "aws_security_group.g",
            vpc_id="vpc-0a",
            ingress=COMPUTED,
            egress=[rule(prefix_list_ids=["pl-0aaaaaaaa"])],
        ),
    )

    assert of("3.5.64.0/21") == found.prefix_lists["aws_vpc_endpoint.s3.prefix_list_id"].entries
    assert (
        ListRef("aws_vpc_endpoint.s3.prefix_list_id")
        == found.groups["aws_security_group.g"].egress.items[0].peer
    )


def acl(**values: Any) -> Block:
    return create(
        "aws_network_acl.n",
        vpc_id=ref("aws_vpc.main.id"),
        **({"ingress": COMPUTED, "egress": COMPUTED, "subnet_ids": COMPUTED} | values),
    )


def entry(**values: Any) -> dict[str, Any]:
    return {
        "rule_no": 100,
        "action": "allow",
        "protocol": "tcp",
        "from_port": 443,
        "to_port": 443,
        "cidr_block": "0.0.0.0/0",
    } | values


def ingress(*blocks: Block) -> Listing[AclEntry]:
    return estate(VPC, *blocks).acls["aws_network_acl.n"].ingress


def test_an_acl_without_entries_drops_everything() -> None:
    """Only the implied last entry is there, which is not listed."""
    assert Listing() == ingress(acl())


def test_inline_entries_are_read() -> None:
    """Number, action, protocol, ports and block."""
    (found,) = ingress(acl(ingress=[entry(action="DENY", ipv6_cidr_block="")])).items

    assert (100, False, tcp(443), of("0.0.0.0/0")) == (found.number, found.allow, found.service, found.block)


def test_entries_of_their_own_are_added_in_their_direction() -> None:
    """`aws_network_acl_rule` is ingress unless it says egress."""
    values = {
        "rule_action": "allow",
        "protocol": "-1",
        "from_port": 0,
        "to_port": 0,
        "cidr_block": "0.0.0.0/0",
    }
    found = estate(
        VPC,
        acl(),
        create(
            "aws_network_acl_rule.i", network_acl_id=ref("aws_network_acl.n.id"), rule_number=90, **values
        ),
        create(
            "aws_network_acl_rule.e",
            network_acl_id=ref("aws_network_acl.n.id"),
            rule_number=80,
            egress=True,
            **values,
        ),
    ).acls["aws_network_acl.n"]

    assert [(90, ALL_TRAFFIC)] == [(one.number, one.service) for one in found.ingress.items]
    assert [80] == [one.number for one in found.egress.items]


@pytest.mark.parametrize("values", [{"network_acl_id": ref("local.a")}, {"egress": ref("local.a")}])
def test_an_entry_of_an_unknown_acl_may_be_anybodys(values: dict[str, Any]) -> None:
    """Every ACL stays open, the default one too."""
    stray = create(
        "aws_network_acl_rule.s",
        **(
            {
                "network_acl_id": ref("aws_network_acl.n.id"),
                "rule_number": 1,
                "rule_action": "deny",
                "protocol": "-1",
            }
            | values
        ),
    )
    found = estate(VPC, acl(), stray).acls

    assert not found["aws_network_acl.n"].ingress.complete
    assert not found["aws_vpc.main.default_network_acl_id"].egress.complete


def test_inline_and_separate_entries_exclude_each_other() -> None:
    """Inline entries stay; the separate one comes and goes."""
    rule_ = create(
        "aws_network_acl_rule.i",
        network_acl_id=ref("aws_network_acl.n.id"),
        rule_number=90,
        rule_action="allow",
        protocol="-1",
    )
    found = ingress(acl(ingress=[entry()]), rule_)

    assert [100] == [one.number for one in found.items]
    assert [Why.CONFLICT] == [reason.why for reason in found.open]


def test_an_existing_acl_shows_its_separate_entries_once() -> None:
    """Kept entries once; those taken away not at all."""
    shown = keep(
        "aws_network_acl.n",
        id="acl-0aaaaaaaa",
        vpc_id="vpc-0a",
        ingress=[entry(), entry(rule_no=90), entry(rule_no=80)],
        egress=[],
        subnet_ids=[],
    )
    del shown.written["expressions"]["ingress"]
    values = {
        "network_acl_id": "acl-0aaaaaaaa",
        "egress": False,
        "rule_action": "allow",
        "protocol": "6",
        "from_port": 1,
        "to_port": 2,
        "cidr_block": "0.0.0.0/0",
    }
    found = ingress(
        shown,
        keep("aws_network_acl_rule.a", rule_number=90, **values),
        delete("aws_network_acl_rule.b", rule_number=80, **values),
    )

    assert [100, 90] == [one.number for one in found.items]
    assert "aws_network_acl_rule.a" == found.items[1].origin.address


@pytest.mark.parametrize(
    ("written", "field"),
    [
        ({"rule_no": "x"}, "number"),
        ({"action": "maybe"}, "allow"),
        ({"protocol": "x"}, "service"),
        ({"from_port": "x"}, "service"),
        ({"to_port": "x"}, "service"),
        ({"cidr_block": "x"}, "block"),
    ],
)
def test_what_is_no_entry_is_unknown(written: dict[str, Any], field: str) -> None:
    """What AWS would refuse is not guessed."""
    assert isinstance(getattr(ingress(acl(ingress=[entry(**written)])).items[0], field), Unknown)


def test_ports_left_out_are_all_ports() -> None:
    """An entry for TCP without ports is for all of them."""
    found = ingress(acl(ingress=[entry(rule_no="7", from_port=None, to_port=None)])).items[0]

    assert (7, service(TCP, 0, 65535)) == (found.number, found.service)


def test_entries_that_are_written_and_unknown_leave_the_acl_open() -> None:
    """Entries known only after apply."""
    assert not ingress(acl(ingress=ref("var.entries"))).complete


def test_a_default_acl_of_an_unknown_vpc_has_an_unknown_vpc() -> None:
    """`aws_default_network_acl` names the ACL and not the VPC."""
    found = estate(
        create("aws_default_network_acl.d", default_network_acl_id="acl-0cccccccc", vpc_id=COMPUTED)
    )

    assert isinstance(found.acls["aws_default_network_acl.d"].vpc, Unknown)
