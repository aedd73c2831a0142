"""What is proposed for each kind of trouble, in estates made for it; traps that must be seen and avoided."""

import pytest
from msgspec.structs import replace

from pullproof.finding import Offer, Proof
from pullproof.model import addresses
from pullproof.model.edits import AddGroupRule, AddTrust
from pullproof.model.estate import Estate
from pullproof.model.filters import AclEntry, GroupRef, GroupRule, NetworkAcl, SecurityGroup
from pullproof.model.packets import ALL_TRAFFIC, tcp
from pullproof.model.value import Listing
from pullproof.model.vpc import Route, RouteTable, Target, TargetKind
from pullproof.repair import filters, order, search, words
from pullproof.repair import offer as offers
from pullproof.repair.compare import costs
from pullproof.repair.cost import of_estate
from pullproof.repair.offer import offer
from pullproof.repair.warnings import warnings
from pullproof.report.fix import render
from pullproof.report.look import PLAIN
from pullproof.sources.base import Loaded
from tests.rules.build import (
    ACCOUNT,
    REGION,
    UNKNOWN,
    at,
    awslogs,
    change,
    container,
    efs,
    estate,
    launch,
    may_not,
    nat,
    secrets,
    without,
)


def offered(made: Estate, via: str = "auto") -> Offer:
    """The offer for an estate; it can always be printed."""
    found = offer(Loaded(kind="terraform-plan", path="plan.json", estate=made), via=via)
    assert render(found, PLAIN, again="pullproof fix plan.json --write")
    return found


def edits(found: Offer) -> list[str]:
    """What is to be changed, in words."""
    return [change.says for fix in found.fixes for change in fix.changes]


def left(found: Offer) -> str:
    """Why something stays."""
    return " ".join(one.why for one in found.left)


def a_group(made: Estate, key: str, *egress: GroupRef | addresses.Addresses) -> None:
    """A group that lets TCP 443 out to some peers, and nothing in."""
    rules = tuple(GroupRule(origin=at(key), service=tcp(443), peer=peer) for peer in egress)
    made.groups[key] = SecurityGroup(
        key=key, origin=at(key), vpc="vpc", ingress=Listing(), egress=Listing(rules)
    )


def two_ways() -> Estate:
    """One service without a way to CloudWatch Logs, and another that has one through NAT."""
    made = nat(without(estate(container(log=awslogs())), "logs"))
    made.route_tables["closed"] = RouteTable(key="closed", origin=at("closed"), vpc="vpc", routes=Listing())
    change(made.subnets, "subnet-b", route_table="closed")
    change(made.endpoints, "s3", route_tables=Listing(("rtb", "closed")))
    change(
        made.groups,
        "sg-endpoints",
        ingress=Listing((GroupRule(origin=at("x"), service=tcp(443), peer=GroupRef("sg-task")),)),
    )
    a_group(made, "sg-other", addresses.EVERY_V4)
    for key in ("ecr.api", "ecr.dkr"):
        change(made.endpoints, key, groups=Listing(("sg-open",)))
    a_group(made, "sg-open")
    everyone = GroupRule(origin=at("x"), service=tcp(443), peer=addresses.of("10.0.0.0/16"))
    change(made.groups, "sg-open", ingress=Listing((everyone,)))
    made.launches["other"] = replace(
        made.launches["service"], key="other", groups=Listing(("sg-other",)), subnets=Listing(("subnet-a",))
    )
    return launch(made, subnets=Listing(("subnet-b",)))


def test_an_endpoint_that_shadows_a_way_lets_everybody_in() -> None:
    """Private DNS takes the name away from the service that uses NAT: the endpoint's group lets both in."""
    made = two_ways()
    # What other things carry too is not the endpoints' own group, and a new one is made.
    change(made.mount_targets, "target-subnet-a", groups=Listing(("sg-open",)))
    (fix,) = offered(made).fixes
    admitted = {
        edit.peer.ref
        for edit in fix.edits
        if isinstance(edit, AddGroupRule) and not edit.egress and isinstance(edit.peer, GroupRef)
    }

    assert ("service",) == fix.proof.starts
    assert () == fix.proof.opens
    assert {"sg-other"} == admitted  # "sg-task" is let in already
    assert any("goes through" in warning for warning in fix.warnings)


def test_a_way_that_would_be_lost_keeps_the_endpoint_out() -> None:
    """Where the other service could not reach the endpoint whatever is added, nothing is offered."""
    made = two_ways()
    deny = AclEntry(
        origin=at("acl"), number=1, allow=False, service=tcp(443), block=addresses.of("10.0.2.0/24")
    )
    allow = AclEntry(
        origin=at("acl"), number=100, allow=True, service=ALL_TRAFFIC, block=addresses.EVERYWHERE
    )
    made.acls["strict"] = NetworkAcl(
        key="strict", origin=at("strict"), vpc="vpc", ingress=Listing((allow,)), egress=Listing((deny, allow))
    )
    change(made.subnets, "subnet-a", acl="strict")
    for key in ("ecr.api", "ecr.dkr"):
        change(made.endpoints, key, subnets=Listing(("subnet-a",)))
    found = offered(made)

    assert () == found.fixes
    assert "makes something else worse" in left(found)


def test_filters_wait_for_the_way() -> None:
    """Where the route leads nowhere and the group is closed, the rule is for the endpoint, not for anybody."""
    made = without(estate(), "ecr.api")
    gone = Target(TargetKind.NAT_GATEWAY, "gone")
    route = Route(origin=at("rtb"), destination=addresses.cidr("0.0.0.0/0"), target=gone, blackhole=True)
    change(made.route_tables, "rtb", routes=Listing((route,)))
    a_group(made, "sg-closed", GroupRef("sg-endpoints"))
    found = offered(launch(made, groups=Listing(("sg-closed",))))

    assert "0.0.0.0/0" not in " ".join(edits(found))
    assert any("com.amazonaws.eu-west-1.ecr.api" in says for says in edits(found))


def test_a_first_mount_target_has_a_group_of_its_own() -> None:
    """One mount target for each zone, in a new group that lets the task in on 2049."""
    made = estate(volumes=efs())
    made.mount_targets.clear()
    found = offered(made)

    assert [
        "add the security group new.efs to vpc, for mount targets that starting tasks need",
        "let tcp 2049 in from sg-task in new.efs",
        "add a mount target of files in subnet-a, in new.efs",
        "add a mount target of files in subnet-b, in new.efs",
    ] == edits(found)


def test_one_mount_target_serves_a_zone() -> None:
    """Two subnets of one zone get one mount target."""
    made = estate(volumes=efs())
    made.mount_targets.clear()
    change(made.subnets, "subnet-b", zone="eu-west-1a")

    assert 1 == sum("mount target of" in says for says in edits(offered(made)))


def test_windows_has_no_efs() -> None:
    """What the platform cannot do on any version is left, with what to do."""
    found = offered(estate(volumes=efs(), os="WINDOWS_SERVER_2022_CORE"))

    assert "Linux only" in left(found)


def test_a_key_that_is_not_shown_is_not_guessed() -> None:
    """A key known only by an alias is not allowed as every key there is."""
    made = estate(container(secrets=secrets(f"arn:aws:secretsmanager:{REGION}:{ACCOUNT}:secret:db-AbCdEf")))
    change(made.secrets, "secret", kms_key="alias/elsewhere")
    found = offered(may_not(made, "kms:Decrypt"))

    assert "key/*" not in " ".join(edits(found))


def test_no_room_for_a_public_subnet_is_said() -> None:
    """A VPC whose blocks are used up, or a subnet whose block is not known, gets no NAT gateway."""
    for block in (addresses.of("10.0.0.0/16"), UNKNOWN):
        made = without(estate(), "ecr.api")
        change(made.subnets, "subnet-b", blocks=block)
        found = offered(launch(made, subnets=Listing(("subnet-a",))), via="nat")
        assert "no room for one" in left(found)


def test_an_unknown_zone_is_not_guessed() -> None:
    """A NAT gateway's new subnet is in the zone of a task; endpoints get one subnet where zones are unknown."""
    made = without(estate(), "ecr.api")
    change(made.subnets, "subnet-a", zone=UNKNOWN)
    change(made.subnets, "subnet-b", zone=UNKNOWN)

    assert "zone of subnet-a is not known" in left(offered(made, via="nat"))
    assert ["subnet-a"] == [
        subnet for fix in offered(made).fixes for edit in fix.edits for subnet in getattr(edit, "subnets", ())
    ]


def test_an_acl_without_a_free_number_is_left() -> None:
    """Nothing comes before entry 1."""
    made = estate()
    deny = AclEntry(origin=at("acl"), number=1, allow=False, service=ALL_TRAFFIC, block=addresses.EVERYWHERE)
    change(made.acls, "acl", egress=Listing((deny,)))
    found = offered(made)

    assert () == found.fixes
    assert "no free number" in left(found)


def test_an_entry_comes_between_close_numbers() -> None:
    """Where ten before the denying entry is taken, the next free number below it is used."""
    made = estate()
    entries = [
        AclEntry(origin=at("acl"), number=number, allow=allow, service=ALL_TRAFFIC, block=block)
        for number, allow, block in (
            (3, False, addresses.of("0.0.0.0/0")),
            (1, True, addresses.of("192.168.0.0/16")),
        )
    ]
    change(made.acls, "acl", egress=Listing(tuple(entries)))
    found = offered(made)

    assert any("as entry 2" in says for says in edits(found)) or "no free number" in left(found)


def test_the_bill_of_what_is_there() -> None:
    """NAT gateways, endpoint interfaces and public addresses are counted; unknown counts of tasks are one."""
    made = launch(nat(estate()), public_ip=True, desired_count=UNKNOWN)
    bill = of_estate(made)

    assert (14, 1, 2) == (bill.endpoint_zones, bill.nat_gateways, bill.addresses)
    found = costs(Loaded(kind="k", path="p", estate=made), gigabytes=10)
    assert isinstance(found.now.monthly(10), float)


def test_a_host_that_is_not_of_aws_is_told() -> None:
    """Endpoints do not lead to a public registry; a region without prices prices nothing."""
    made = estate(container(), container("nginx"))
    made.region = "eu-north-1"
    found = costs(Loaded(kind="k", path="p", estate=made))
    ways = {way.name: way for way in found.ways}

    assert "registry-1.docker.io" in ways["endpoints"].lacks
    assert not isinstance(ways["endpoints"].fixed, float)


def test_what_stays_unknown_is_named() -> None:
    """A task of which something is unknown is promised nothing."""
    found = offered(launch(estate(), subnets=Listing((), (UNKNOWN,))))

    assert ("service",) == found.unknown
    assert () == found.fixes


def strict() -> Estate:
    """As `two_ways`, and the other service could not reach an endpoint whatever is added."""
    made = two_ways()
    entries = [(1, False, "10.0.2.0/24"), (100, True, "0.0.0.0/0")]
    made.acls["strict"] = NetworkAcl(
        key="strict",
        origin=at("strict"),
        vpc="vpc",
        ingress=made.acls["acl"].ingress,
        egress=Listing(
            tuple(
                AclEntry(
                    origin=at("strict"),
                    number=number,
                    allow=allow,
                    service=ALL_TRAFFIC,
                    block=addresses.of(block),
                )
                for number, allow, block in entries
            )
        ),
    )
    change(made.subnets, "subnet-a", acl="strict")
    for key in ("ecr.api", "ecr.dkr"):
        change(made.endpoints, key, subnets=Listing(("subnet-a",)))
    return made


def test_what_makes_something_worse_is_never_offered(monkeypatch: pytest.MonkeyPatch) -> None:
    """Even a search that may not try again offers nothing that breaks a way, and says what would break."""
    monkeypatch.setattr(search, "MOST_RETRIES", 0)
    found = offered(strict())

    assert () == found.fixes
    assert "every way that was found makes something else worse" in left(found)
    assert not found.mended


def test_a_proof_that_fails_is_no_fix(monkeypatch: pytest.MonkeyPatch) -> None:
    """What the last judgement finds worse is not offered."""
    made = without(estate(), "ecr.api")
    proof = Proof(starts=("service",), unsettled=(), settles=1, judged=1, opens=("something",))
    monkeypatch.setattr(offers, "_proof", lambda *_: proof)

    assert () == offered(made).fixes


def test_a_search_has_an_end(monkeypatch: pytest.MonkeyPatch) -> None:
    """With one round less is found, and nothing that is not proven is called whole."""
    monkeypatch.setattr(search, "MOST_ROUNDS", 1)

    assert all(not fix.whole for fix in offered(estate(execution_role="")).fixes)


@pytest.mark.parametrize("most", [0, 2])
def test_with_many_edits_only_the_doubtful_are_tried(monkeypatch: pytest.MonkeyPatch, most: int) -> None:
    """Beyond a number of edits the fix holds all the same."""
    monkeypatch.setattr(search, "MOST_DOUBTED", most)
    made = without(estate(), "ecr.api")
    a_group(made, "sg-closed")

    assert ("service",) == offered(launch(made, groups=Listing(("sg-closed",)))).fixes[0].proof.starts


def test_edits_without_words_are_a_fault() -> None:
    """Words and order know every edit; what is none is refused."""
    rule = AddGroupRule(group="g", egress=True, service=tcp(443), peer=GroupRef("h"))

    assert rule == order._joined(rule, rule)
    assert () == warnings([AddTrust(role="none")], estate(), estate())
    with pytest.raises(TypeError):
        words._ground(rule)


def many(services: int, *, subnets: int = 2) -> Estate:
    """Services with a group each, in turn in so many subnets, and endpoints whose group lets nobody in."""
    made = estate()
    change(made.groups, "sg-endpoints", ingress=Listing())
    for number in range(subnets):
        block = addresses.of(f"10.0.{100 + number}.0/24")
        made.subnets[f"s{number}"] = replace(made.subnets["subnet-a"], key=f"s{number}", blocks=block)
    base = made.launches.pop("service")
    for number in range(services):
        a_group(made, f"sg-{number}", addresses.EVERY_V4)
        where = Listing((f"s{number % subnets}",))
        made.launches[f"{number}"] = replace(
            base, key=f"{number}", groups=Listing((f"sg-{number}",)), subnets=where
        )
    return made


def let_in(found: Offer) -> set[object]:
    """Whom groups let in by the edits of an offer."""
    rules = [edit for fix in found.fixes for edit in fix.edits if isinstance(edit, AddGroupRule)]
    return {edit.peer.ref if isinstance(edit.peer, GroupRef) else str(edit.peer) for edit in rules}


def test_as_many_groups_as_fit_are_named() -> None:
    """Up to the quota of a group each of the tasks' groups is let in by its name."""
    found = offered(many(filters.MOST_RULES))

    assert {f"sg-{number}" for number in range(filters.MOST_RULES)} == let_in(found)


def test_where_groups_do_not_fit_subnets_are_let_in() -> None:
    """One service more than the quota has rules: the blocks of the tasks' subnets are let in, and it is said why."""
    found = offered(many(filters.MOST_RULES + 1))
    (fix,) = found.fixes

    assert {"10.0.100.0/24", "10.0.101.0/24"} == let_in(found)
    assert filters.MOST_RULES + 1 == len(fix.proof.starts)
    assert any("more than the 60 that AWS admits" in warning for warning in fix.warnings)


def test_a_group_that_many_carry_is_named_once(monkeypatch: pytest.MonkeyPatch) -> None:
    """Services that share a group need one rule, however many they are."""
    monkeypatch.setattr(filters, "MOST_RULES", 2)
    made = many(6)
    for number in range(6):
        change(made.launches, f"{number}", groups=Listing((f"sg-{number}", f"sg-{number % 2}")))

    assert {"sg-0", "sg-1"} == let_in(offered(made))


def test_where_subnets_do_not_fit_the_vpc_is_let_in(monkeypatch: pytest.MonkeyPatch) -> None:
    """More subnets than the quota has rules: the block of the VPC, unless it is not known."""
    monkeypatch.setattr(filters, "MOST_RULES", 2)
    made, lost = many(3, subnets=3), many(3, subnets=3)
    change(lost.vpcs, "vpc", blocks=UNKNOWN)

    assert {"10.0.0.0/16"} == let_in(offered(made))
    assert {f"10.0.{number}.0/24" for number in (100, 101, 102)} == let_in(offered(lost))


def closed_behind_nat() -> Estate:
    """A task whose group is closed, in a subnet with a NAT gateway and no endpoint for the registry."""
    made = nat(without(estate(), "ecr.api"))
    a_group(made, "sg-closed")
    return launch(made, groups=Listing(("sg-closed",)))


def test_who_asks_for_endpoints_gets_no_rule_for_the_internet() -> None:
    """With --via endpoints a way to the internet that a group closes stays closed: an endpoint takes its place."""
    opened, narrow = offered(closed_behind_nat()), offered(closed_behind_nat(), "endpoints")

    assert any("any address" in says for says in edits(opened))
    assert not any("any address" in says for says in edits(narrow))
    assert any("com.amazonaws.eu-west-1.ecr.api" in says for says in edits(narrow))
    assert ("service",) == narrow.fixes[0].proof.starts


def test_a_way_to_the_internet_is_opened_where_no_endpoint_can_be() -> None:
    """Where an endpoint would not do, the rule is what is left, with --via endpoints too."""
    made = closed_behind_nat()
    change(made.task_definitions, "task", containers=Listing((container("docker.io/library/nginx:1"),)))

    assert any("any address" in says for says in edits(offered(made, "endpoints")))


def test_an_endpoint_that_is_there_is_better_than_the_internet() -> None:
    """A closed group behind NAT is opened for the endpoint whose private DNS is off, and not for everybody."""
    made = nat(estate())
    change(made.endpoints, "ecr.dkr", private_dns=False)
    change(made.endpoints, "s3", route_tables=Listing(("rtb",)))
    a_group(made, "sg-closed")
    found = offered(launch(made, groups=Listing(("sg-closed",))))

    assert not any("any address" in says for says in edits(found))
    assert "switch private DNS on for ecr.dkr" in edits(found)
    assert ("service",) == found.fixes[0].proof.starts


def test_attributes_that_are_off_keep_an_endpoint_from_being_one() -> None:
    """Where the VPC's attributes keep the names from the endpoints, they are switched on, and no group is opened."""
    made = nat(estate())
    change(made.vpcs, "vpc", dns_hostnames=False)
    change(made.endpoints, "s3", route_tables=Listing(("rtb",)))
    a_group(made, "sg-closed")
    found = offered(launch(made, groups=Listing(("sg-closed",))))

    assert not any("any address" in says for says in edits(found))
    assert "switch enableDnsHostnames on for vpc" in edits(found)


def test_what_stood_on_a_way_that_is_taken_back_goes_too() -> None:
    """By NAT the registry is reached without its endpoint: neither private DNS nor the ACL's entry is needed."""
    made = nat(without(without(estate(), "ecr.api"), "s3"))
    change(made.route_tables, "rtb", routes=Listing())
    change(made.endpoints, "ecr.dkr", private_dns=False, subnets=Listing(("subnet-a",)))
    everything = made.acls["acl"].ingress
    deny = AclEntry(origin=at("acl"), number=50, allow=False, service=tcp(443), block=addresses.EVERYWHERE)
    made.acls["strict"] = NetworkAcl(
        key="strict",
        origin=at("strict"),
        vpc="vpc",
        ingress=Listing((deny, *everything.items)),
        egress=everything,
    )
    change(made.subnets, "subnet-a", acl="strict")

    assert ["route 0.0.0.0/0 to nat in rtb"] == edits(
        offered(launch(made, subnets=Listing(("subnet-b",))), "nat")
    )
