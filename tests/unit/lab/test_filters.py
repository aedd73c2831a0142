"""Security groups and ACLs as text for nft: what it says, and that nothing of an estate's own text is in it."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from pullproof.lab.filters import STAGES, Fabric, Names, ruleset
from pullproof.lab.plan import Start, planned
from pullproof.model.estate import Estate
from pullproof.model.filters import GroupRef
from pullproof.model.packets import ALL_TRAFFIC, TCP, UDP, service, tcp
from pullproof.model.vpc import ListRef, PublicAccessBlock
from tests.build import (
    a_group,
    a_prefix_list,
    a_rule,
    a_subnet,
    a_vpc,
    an_acl,
    an_endpoint,
    an_entry,
    an_open_network,
    at,
    blocks,
    unknown,
)

HOSTILE = [
    'x"; flush ruleset; table ip y { chain z {',
    "x\n}\nflush ruleset\n",
    "x; drop",
    "x' } $(reboot) `reboot` \\",
    "gruppe-ä-日本-\u202e",
    "x" * 4000,
    "../../etc/passwd",
    "\0",
]
#: Every line of a ruleset is of these characters.
PLAIN = re.compile(r"[a-z0-9_ .,:;/{}@!=\"\-\n]*", re.ASCII | re.IGNORECASE)


def text(estate: Estate, *groups: str, observing: bool = False) -> str:
    """The filters of the network "vpc" with one task in it."""
    start = Start(key="task", subnet=next(iter(estate.subnets)), groups=groups)
    plan = planned(estate, [start])
    marks = {key: number for number, key in enumerate(estate.subnets, 1)}
    vpc = next(iter(estate.vpcs))
    return ruleset(Fabric(plan=plan, vpc=vpc, marks=marks, peers={}), observing=observing)


def chain(of: str, name: str) -> list[str]:
    """The lines of a chain."""
    found = re.search(rf"chain {name} {{\n(.*?)\n }}", of, re.DOTALL)
    assert found is not None, name
    return [line.strip() for line in found[1].splitlines()]


def test_a_group_returns_what_it_permits_and_ends_in_a_record() -> None:
    """The union of the rules of all groups, then the end of the stage."""
    estate = an_open_network()
    a_group(estate, "one", egress=(a_rule("10.0.0.0/8", tcp(443)), a_rule("0.0.0.0/0", ALL_TRAFFIC)))
    a_group(
        estate,
        "two",
        egress=(a_rule("0.0.0.0/0", service(UDP, 0, 65535)), a_rule("one", service(TCP, 80, 81))),
    )
    found = chain(text(estate, "one", "two"), r"sg_out_\d+")

    assert "goto end_sg_out" == found[-1]
    assert ["return"] * 4 == [line.rsplit(" ", 1)[-1] for line in found[:-1]]
    assert found[0].startswith("tcp dport { 443 } ip daddr @blocks_")
    assert found[1].startswith("ip daddr @blocks_")
    assert found[2].startswith("ip protocol udp ip daddr @blocks_")
    assert re.match(r"tcp dport { 80-81 } oifname != @apart ip daddr @members_\d+ return", found[3])


def test_a_rule_that_nothing_is_known_of_permits_nothing() -> None:
    """No service, no peer, a list that is not there, IPv6 alone."""
    estate = an_open_network()
    a_group(
        estate,
        "one",
        egress=(
            a_rule("0.0.0.0/0", unknown()),
            a_rule(unknown(), tcp(443)),
            a_rule(ListRef("nowhere"), tcp(443)),
            a_rule(ListRef(unknown()), tcp(443)),
            a_rule(blocks("::/0"), tcp(443)),
        ),
    )

    assert ["goto end_sg_out"] == chain(text(estate, "one", "none"), r"sg_out_\d+")


def test_a_prefix_list_of_s3_is_what_aws_publishes_and_one_of_another_service_is_nothing() -> None:
    """A list of one's own is its entries."""
    estate = an_open_network()
    a_prefix_list(estate, "s3", "com.amazonaws.eu-west-1.s3")
    a_prefix_list(estate, "other", "com.amazonaws.eu-west-1.dynamodb")
    a_prefix_list(estate, "own", "own", blocks("192.0.2.0/24"))
    for key in ("s3", "other", "own"):
        a_group(estate, key, egress=(a_rule(ListRef(key), tcp(443)),))

    assert "52.218." in text(estate, "s3")
    assert ["goto end_sg_out"] == chain(text(estate, "other"), r"sg_out_\d+")
    assert "192.0.2.0/24" in text(estate, "own")


def test_a_group_of_another_vpc_is_taken_for_none() -> None:
    """AWS would not take it."""
    estate = an_open_network()
    a_vpc(estate, "other", "10.9.0.0/16")
    a_group(estate, "theirs", egress=(a_rule("0.0.0.0/0", ALL_TRAFFIC),))
    estate.groups["theirs"] = replace(estate.groups["theirs"], vpc="other")

    assert ["goto end_sg_out"] == chain(text(estate, "theirs"), r"sg_out_\d+")


def test_an_acl_is_asked_in_the_order_of_its_numbers() -> None:
    """The first match decides, and the end is a denial."""
    estate = an_open_network()
    an_acl(
        estate,
        "list",
        egress=(
            an_entry(200, "10.0.0.0/8", allow=True),
            an_entry(100, "10.0.0.0/16", tcp(443), allow=False),
            an_entry(unknown(), allow=True),
            an_entry(50, unknown(), allow=True),
            an_entry(60, allow=unknown()),
            an_entry(70, what=unknown()),
            an_entry(300, what=service(1, 0, 0)),
        ),
    )
    a_subnet(estate, acl="list")

    assert [
        "oifname @subnet_",
        "tcp dport { 443 } ip daddr { 10.0.0.0/16 } goto end_nacl_out",
        "ip daddr { 10.0.0.0/8 } return",
        "ip protocol 1 ip daddr { 0.0.0.0/0 } return",
        "goto end_nacl_out",
    ] == [re.sub(r"_\d+ return", "_", line) for line in chain(text(estate, "task"), r"leave_\d+")]


def test_a_subnet_without_a_known_acl_is_not_asked() -> None:
    """What is not known is left out."""
    estate = an_open_network()
    a_subnet(estate, acl=unknown())

    assert 1 == len(chain(text(estate, "task"), r"leave_\d+"))


@pytest.mark.parametrize(("mode", "only", "stops"), [
    ("block-bidirectional", "", True),
    ("block-ingress", "", True),
    ("off", "", False),
    ("allow-egress", "vpc", False),
])  # fmt: skip
def test_public_access_is_blocked_by_the_accounts_switch(mode: str, only: str, stops: bool) -> None:
    """Not by what excludes a network from it."""
    estate = an_open_network()
    estate.public_access_blocks["switch"] = PublicAccessBlock(
        key="switch", origin=at("s"), mode=mode, only=only
    )
    found = chain(text(estate, "task"), "to_internet")

    assert stops is ("iifname != @spared goto end_blocked" in found)


@pytest.mark.parametrize(("only", "stops"), [("vpc", False), ("subnet", True), ("other", True)])
def test_what_is_excluded_from_the_switch_passes(only: str, stops: bool) -> None:
    """The VPC as a whole, or the interfaces of a subnet."""
    estate = an_open_network()
    for key, mode, place in (("switch", "block-bidirectional", ""), ("excluded", "allow-egress", only)):
        estate.public_access_blocks[key] = PublicAccessBlock(key=key, origin=at(key), mode=mode, only=place)
    found = text(estate, "task")

    assert stops is ("iifname != @spared goto end_blocked" in chain(found, "to_internet"))
    assert (only == "subnet") is bool(re.search(r'set spared {[^}]*elements = { "task1" }', found))


def test_observing_records_and_drops_nothing() -> None:
    """Each stage has a record of its own, and an end."""
    estate = an_open_network()
    for observing, end in ((False, "drop"), (True, "return")):
        found = text(estate, "task", observing=observing)
        for stage in STAGES:
            lines = chain(found, f"end_{stage}")
            assert f"add @drop_{stage} {{" in lines[-2]
            assert end == lines[-1]


def test_names_are_the_same_for_the_same_thing() -> None:
    """And differ between kinds."""
    names = Names()

    assert names.of("a", "x") == names.of("a", "x")
    assert 3 == len({names.of("a", "x"), names.of("b", "x"), names.of("a", "y")})


@pytest.mark.parametrize("word", HOSTILE)
def test_nothing_that_an_estate_calls_its_own_reaches_the_filters(word: str) -> None:
    """Names of links, sets and chains are numbers, whatever the keys are."""
    estate = an_open_network()
    a_vpc(estate, word, "10.9.0.0/16")
    del estate.vpcs["vpc"]
    a_subnet(estate, word, "10.9.1.0/24", vpc=word, acl=word, table=word)
    del estate.subnets["subnet"]
    an_acl(estate, word, vpc=word)
    a_prefix_list(estate, word, word, blocks("192.0.2.0/24"))
    a_group(estate, word, egress=(a_rule(GroupRef(word)), a_rule(ListRef(word)), a_rule("10.0.0.0/8")))
    estate.groups[word] = replace(estate.groups[word], vpc=word)
    an_endpoint(estate, "ecr.api", word, vpc=word, subnets=(word,), groups=(word,))
    start = Start(key=word, subnet=word, groups=(word,))
    plan = planned(estate, [start])
    found = ruleset(Fabric(plan=plan, vpc=word, marks={word: 1}, peers={"pcx1": word}))

    assert PLAIN.fullmatch(found)
    assert 2 == len(plan.interfaces)
    assert all(re.fullmatch(r"[a-z]+[0-9a-f]+", name) and len(name) <= 15 for name in plan.interfaces)


def _called(words: list[str]) -> str:
    """The filters of one network, whose things are called like that."""
    vpc, other, subnet, group, peer, acl, listed, endpoint = words
    estate = Estate()
    estate.region = "eu-west-1"
    a_vpc(estate, vpc)
    a_vpc(estate, other, "10.9.0.0/16")
    a_subnet(estate, subnet, vpc=vpc, acl=acl)
    an_acl(estate, acl, ingress=(an_entry(), an_entry(90, "10.3.0.0/16", allow=False)), vpc=vpc)
    a_prefix_list(estate, listed, entries=blocks("192.0.2.0/24"))
    rules = (a_rule(GroupRef(peer)), a_rule(ListRef(listed)), a_rule("10.0.0.0/8"))
    for name in (group, peer):
        a_group(estate, name, ingress=rules, egress=rules)
        estate.groups[name] = replace(estate.groups[name], vpc=vpc)
    an_endpoint(estate, "ecr.api", endpoint, vpc=vpc, subnets=(subnet,), groups=(group, peer))
    plan = planned(estate, [Start(key=endpoint * 2, subnet=subnet, groups=(peer, group))])
    return ruleset(Fabric(plan=plan, vpc=vpc, marks={subnet: 1}, peers={"pcx1": other}))


@given(st.lists(st.text(min_size=1), min_size=8, max_size=8, unique=True))
def test_what_things_are_called_makes_no_difference_to_nft(words: list[str]) -> None:
    """Names are numbers: the same network called otherwise has the same filters, letter by letter."""
    assert _called(list("abcdefgh")) == _called(words)


def test_a_thousand_groups_are_a_thousand_chains_and_no_more() -> None:
    """Interfaces with the same groups share one."""
    estate = an_open_network()
    for number in range(200):
        a_group(estate, f"group{number}", egress=(a_rule("0.0.0.0/0"),))
    starts = [
        Start(key=f"task{number}", subnet="subnet", groups=(f"group{number % 200}",)) for number in range(240)
    ]
    plan = planned(estate, starts)
    found = ruleset(Fabric(plan=plan, vpc="vpc", marks={"subnet": 1}, peers={}))

    assert 200 == len(re.findall(r"chain sg_out_", found))
    assert 240 == len(plan.interfaces)
