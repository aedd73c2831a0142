"""Security groups: whom a rule means, and what several of them together let through."""

import pytest
from msgspec.structs import replace

from pullproof.model.estate import Estate
from pullproof.model.filters import GroupRef, GroupRule, Peer
from pullproof.model.packets import ALL_TRAFFIC, TCP, UDP, service, tcp
from pullproof.model.text import hole
from pullproof.model.value import Listing, Unknown, Why
from pullproof.model.vpc import ListRef
from pullproof.reach.walk import reach_addresses, reach_host
from pullproof.verdict import Verdict
from tests.build import (
    a_gateway_endpoint,
    a_group,
    a_prefix_list,
    a_rule,
    a_source,
    a_subnet,
    a_way_out,
    an_endpoint,
    an_open_network,
    blocks,
    unknown,
)
from tests.told import blockers, doubts, partial, words

API = "api.ecr.eu-west-1.amazonaws.com"
LAYERS = "prod-eu-west-1-starport-layer-bucket.s3.eu-west-1.amazonaws.com"


def with_endpoint(*egress: GroupRule) -> Estate:
    """An endpoint beside the task, whose group has these rules."""
    estate = an_open_network()
    an_endpoint(estate, "ecr.api")
    a_group(estate, "task", egress=egress)
    return estate


def with_gateway(*egress: GroupRule) -> Estate:
    """A gateway endpoint on the task's route table, and a group with these rules."""
    estate = an_open_network()
    a_gateway_endpoint(estate, "vpc-main")
    a_group(estate, "task", egress=egress)
    return estate


@pytest.mark.parametrize(
    "rule",
    [
        a_rule("10.0.1.0/24"),
        a_rule("0.0.0.0/0", ALL_TRAFFIC),
        a_rule("0.0.0.0/0", service(TCP, 0, 65535)),
        a_rule("endpoint-group"),
        a_rule(ListRef("ours")),
    ],
)
def test_one_rule_that_means_the_endpoint_will_do(rule: GroupRule) -> None:
    """By its addresses, its group, or a prefix list that holds them."""
    estate = with_endpoint(rule)
    a_prefix_list(estate, "ours", "ours", blocks("10.0.0.0/16"))

    assert Verdict.WORKS is reach_host(estate, a_source(), API).verdict


@pytest.mark.parametrize(
    "rules",
    [
        (),
        (a_rule("10.0.2.0/24"),),
        (a_rule("0.0.0.0/0", tcp(80)),),
        (a_rule("0.0.0.0/0", service(UDP, 443, 443)),),
        (a_rule("another-group"),),
        (a_rule(ListRef("s3")),),
        (a_rule(ListRef("half")),),
        (a_rule("0.0.0.0/0", tcp(80)), a_rule("::/0")),
    ],
)
def test_no_rule_that_means_the_endpoint_blocks(rules: tuple[GroupRule, ...]) -> None:
    """The task's first group is the thing to change."""
    estate = with_endpoint(*rules)
    a_prefix_list(estate, "s3", "com.amazonaws.eu-west-1.s3")
    a_prefix_list(estate, "half", f"com.amazonaws.eu-west-1.{hole('each.key')}")  # AWS's lists are public
    answer = reach_host(estate, a_source(), API)

    assert [("sg-egress", "task")] == blockers(answer)
    assert not answer.intermittent


def test_several_groups_are_one_list_of_rules() -> None:
    """What one of them lets out is out; the message names them all."""
    estate = with_endpoint()
    a_group(estate, "second", egress=(a_rule("10.0.1.0/25"),))
    a_group(estate, "third", egress=(a_rule("10.0.1.128/25"),))

    assert Verdict.WORKS is reach_host(estate, a_source("subnet", "task", "second", "third"), API).verdict
    failed = reach_host(estate, a_source("subnet", "task", "second"), API)
    assert ["sg-egress"] == partial(failed)
    assert "task and second let" in words(failed)[0]
    assert "for 10.0.1.0/25 only" in words(failed)[0]


def test_rules_are_named_up_to_a_point() -> None:
    """Enough to recognise the group, and a count of the rest."""
    estate = with_endpoint(*(a_rule(f"10.{n}.0.0/16") for n in range(1, 8)))

    assert "tcp 443 for 10.4.0.0/16 and 3 more" in words(reach_host(estate, a_source(), API))[0]


@pytest.mark.parametrize(
    ("rule", "text"),
    [
        (a_rule("0.0.0.0/0", tcp(80)), "tcp 80 for 0.0.0.0/0"),
        (a_rule("group"), "tcp 443 for group"),
        (a_rule(ListRef("s3")), "tcp 443 for s3"),
        (a_rule(blocks(*(f"10.{n}.0.0/24" for n in range(9)))), "tcp 443 for 10.0.0.0/24, 10.1.0.0/24"),
    ],
)
def test_rules_are_named_as_people_write_them(rule: GroupRule, text: str) -> None:
    """Protocol, port, and for whom."""
    estate = with_endpoint(rule)
    a_prefix_list(estate, "s3", "com.amazonaws.eu-west-1.s3")

    assert text in words(reach_host(estate, a_source(), API))[0]


def test_rules_that_are_not_known_are_named_too() -> None:
    """The message says that something is there that nobody knows."""
    # A failing group has none that could be about this flow, but its other direction may.
    estate = an_open_network()
    a_group(
        estate,
        "task",
        egress=(
            a_rule(unknown(), tcp(80)),
            a_rule(GroupRef(unknown()), tcp(80)),
            a_rule(ListRef(unknown()), tcp(80)),
        ),
    )
    an_endpoint(estate, "ecr.api")

    said = words(reach_host(estate, a_source(), API))[0]

    assert "somebody not known; tcp 80 for a group not known; tcp 80 for a prefix list not known" in said


@pytest.mark.parametrize(
    "rule",
    [
        a_rule(unknown()),
        a_rule(GroupRef(unknown())),
        a_rule(ListRef(unknown())),
        a_rule(ListRef("not shown")),
        a_rule(ListRef("no entries")),
        a_rule("0.0.0.0/0", unknown()),
        a_rule("endpoint-group", unknown()),
    ],
)
def test_a_rule_that_may_mean_the_endpoint_leaves_it_open(rule: GroupRule) -> None:
    """An unknown peer or service may be the right one."""
    estate = with_endpoint(rule)
    a_prefix_list(estate, "no entries")

    assert Verdict.UNKNOWN is reach_host(estate, a_source(), API).verdict


@pytest.mark.parametrize("peer", [blocks("10.9.0.0/16"), GroupRef("another-group")])
def test_a_rule_of_unknown_service_for_somebody_else_changes_nothing(peer: Peer) -> None:
    """Whatever it is about, it is not about this endpoint."""
    estate = with_endpoint(a_rule(peer, unknown()))

    assert [("sg-egress", "task")] == blockers(reach_host(estate, a_source(), API))


def test_groups_whose_listing_was_denied_name_the_permission() -> None:
    """The finding says itself what to allow, not only that the group is not there."""
    estate = with_endpoint()
    denied = Unknown(Why.NOT_ALLOWED, "SecurityGroups", "", "allow ec2:DescribeSecurityGroups to the caller")
    estate.groups.lacks = denied
    (found,) = doubts(reach_host(estate, a_source("subnet", "not shown"), API))

    assert (Why.NOT_ALLOWED, "the rules of not shown", denied.settle_by) == (
        found.why,
        found.what,
        found.settle_by,
    )


def test_groups_that_are_not_shown_leave_it_open() -> None:
    """Not part of the input, open lists of groups and of rules; a rule that does settles it."""
    missing = with_endpoint()
    more_rules = with_endpoint()
    a_group(more_rules, "task", more_out=(unknown("rules"),))
    settled = with_endpoint(a_rule("0.0.0.0/0"))

    assert Verdict.UNKNOWN is reach_host(missing, a_source("subnet", "not shown"), API).verdict
    assert Verdict.UNKNOWN is reach_host(missing, a_source(more_groups=(unknown(),)), API).verdict
    assert [unknown("rules")] == doubts(reach_host(more_rules, a_source(), API))
    assert Verdict.WORKS is reach_host(settled, a_source(more_groups=(unknown(),)), API).verdict


def test_an_endpoint_whose_groups_are_open_may_carry_any_group() -> None:
    """A rule for a group it may have leaves it open."""
    estate = with_endpoint(a_rule("another-group"))
    an_endpoint(estate, "ecr.api", groups=Listing(("endpoint-group",), (unknown("groups"),)))
    a_group(estate, "endpoint-group", ingress=(a_rule("0.0.0.0/0"),))

    assert [unknown("groups")] == doubts(reach_host(estate, a_source(), API))


def test_the_endpoints_groups_are_asked_about_the_task() -> None:
    """By the task's group, by its subnet, or not at all."""
    for rule, verdict in (
        (a_rule("task"), Verdict.WORKS),
        (a_rule("10.0.1.0/24"), Verdict.WORKS),
        (a_rule("x"), Verdict.FAILS),
    ):
        estate = with_endpoint(a_rule("0.0.0.0/0"))
        a_group(estate, "endpoint-group", ingress=(rule,))

        assert verdict is reach_host(estate, a_source(), API).verdict


def test_a_rule_for_part_of_the_tasks_subnet_fails_some_launches() -> None:
    """The task gets any address of its subnet."""
    estate = with_endpoint(a_rule("0.0.0.0/0"))
    a_group(estate, "endpoint-group", ingress=(a_rule("10.0.1.0/26"),))
    answer = reach_host(estate, a_source(), API)

    assert [("sg-ingress", "endpoint-group")] == blockers(answer)
    assert answer.intermittent


def test_addresses_of_the_source_may_be_given() -> None:
    """Then only they count; not known, a rule for part of the subnet leaves it open."""
    estate = with_endpoint(a_rule("0.0.0.0/0"))
    a_group(estate, "endpoint-group", ingress=(a_rule("10.0.1.0/26"),))

    inside = a_source(addresses=blocks("10.0.1.9/32"))
    outside = a_source(addresses=blocks("10.0.1.99/32"))
    somewhere = a_source(addresses=unknown("address"))
    assert Verdict.WORKS is reach_host(estate, inside, API).verdict
    assert Verdict.FAILS is reach_host(estate, outside, API).verdict
    assert [unknown("address")] == doubts(reach_host(estate, somewhere, API))


def test_the_prefix_list_of_s3_means_s3_of_its_region_and_nothing_else() -> None:
    """By name, whatever its entries are."""
    for name, verdict in (
        ("com.amazonaws.eu-west-1.s3", Verdict.WORKS),
        ("com.amazonaws.us-east-1.s3", Verdict.FAILS),
        ("com.amazonaws.eu-west-1.dynamodb", Verdict.FAILS),
        (f"com.amazonaws.{hole('data.aws_region.now.name')}.s3", Verdict.WORKS),
        (f"com.amazonaws.{hole('?region')}.s3", Verdict.UNKNOWN),
        (f"com.amazonaws.eu-west-1.{hole('each.key')}", Verdict.UNKNOWN),
    ):
        estate = with_gateway(a_rule(ListRef("list")))
        a_prefix_list(estate, "list", name)

        assert verdict is reach_host(estate, a_source(), LAYERS).verdict


def test_part_of_s3_is_said_in_prefixes() -> None:
    """Blocks that cover some of the published prefixes let some connections through."""
    estate = with_gateway(a_rule("52.218.0.0/17"), a_rule("52.92.0.0/17"))
    answer = reach_host(estate, a_source(), LAYERS)

    assert [("sg-egress", "task")] == blockers(answer)
    assert answer.intermittent
    assert "for 2 of 10 S3 prefixes only" in words(answer)[0]


def test_the_entries_of_the_list_itself_count_where_the_input_shows_them() -> None:
    """Then the published superset is not needed."""
    estate = with_gateway(a_rule("52.218.0.0/17"))
    a_prefix_list(estate, "s3", "com.amazonaws.eu-west-1.s3", blocks("52.218.0.0/17"))

    assert Verdict.WORKS is reach_host(estate, a_source(), LAYERS).verdict


def test_part_of_the_public_addresses_leaves_a_public_host_open() -> None:
    """Nobody publishes where these hosts are; none of them is certain to be blocked."""
    estate = an_open_network()
    a_way_out(estate)
    a_subnet(estate, table="private")
    a_group(estate, "task", egress=(a_rule("0.0.0.0/1"),))
    answer = reach_host(estate, a_source(), API)

    assert ["the public addresses of api.ecr.eu-west-1.amazonaws.com"] == [why.what for why in doubts(answer)]


def test_a_rule_for_a_group_means_no_public_address() -> None:
    """References mean private addresses of interfaces."""
    estate = with_gateway(a_rule("task", ALL_TRAFFIC))

    assert [("sg-egress", "task")] == blockers(reach_host(estate, a_source(), LAYERS))


def test_addresses_that_are_in_s3_are_in_its_list() -> None:
    """As far as the published list tells; other regions' and services' lists are not published."""
    place = blocks("52.218.0.0/24")
    for name, verdict in (
        ("com.amazonaws.eu-west-1.s3", Verdict.WORKS),
        ("com.amazonaws.us-east-1.s3", Verdict.FAILS),
        ("com.amazonaws.eu-west-1.dynamodb", Verdict.UNKNOWN),
        ("com.amazonaws.xx-new-1.s3", Verdict.UNKNOWN),
    ):
        estate = an_open_network()
        a_gateway_endpoint(estate, "vpc-main")
        a_prefix_list(estate, "list", name)
        a_group(estate, "task", egress=(a_rule(ListRef("list")),))

        assert verdict is reach_addresses(estate, a_source(), place, 443).verdict


@pytest.mark.parametrize(
    ("first", "second", "verdict"),
    [
        ("open", "open too", Verdict.WORKS),
        ("open", "closed", Verdict.UNKNOWN),
        ("closed", "closed", Verdict.FAILS),
    ],
)
def test_one_of_several_groups_is_certain_of_what_they_all_say(
    first: str, second: str, verdict: Verdict
) -> None:
    """Nobody knows which of them the task, or the endpoint, carries."""
    estate = with_endpoint()
    for key in ("open", "open too"):
        a_group(estate, key, egress=(a_rule("0.0.0.0/0"),), ingress=(a_rule("0.0.0.0/0"),))
    a_group(estate, "closed")
    among: Listing[str] = Listing((), (unknown("which"),), (first, second))
    source = replace(a_source(), groups=among)
    assert verdict is reach_host(estate, source, API).verdict

    target = with_endpoint(a_rule("0.0.0.0/0"))
    target.groups |= {key: estate.groups[key] for key in ("open", "open too", "closed")}
    an_endpoint(target, "ecr.api", groups=among)
    assert verdict is reach_host(target, a_source(), API).verdict


def test_a_rule_for_one_of_several_groups_may_mean_the_endpoint() -> None:
    """A rule for a group that is not among them does not."""
    for ref, verdict in (("one", Verdict.UNKNOWN), ("another", Verdict.FAILS)):
        estate = with_endpoint(a_rule(ref))
        for key in ("one", "two"):
            a_group(estate, key, ingress=(a_rule("0.0.0.0/0"),))
        an_endpoint(estate, "ecr.api", groups=Listing((), (unknown("which"),), ("one", "two")))

        assert verdict is reach_host(estate, a_source(), API).verdict
