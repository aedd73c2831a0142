"""EFS: the mount target of the task's own zone, and what keeps the task from it."""

import pytest
from msgspec.structs import replace

from pullproof.evidence import Via
from pullproof.model.estate import Estate
from pullproof.model.packets import tcp
from pullproof.model.text import hole
from pullproof.model.value import Listing, Maybe
from pullproof.reach.walk import reach_host, reach_mount
from pullproof.verdict import Verdict
from tests.build import (
    a_file_system,
    a_group,
    a_mount_target,
    a_record,
    a_rule,
    a_source,
    a_subnet,
    a_vpc,
    a_zone,
    an_acl,
    an_endpoint,
    an_open_network,
    blocks,
    unknown,
)
from tests.told import blockers, doubts, words


def with_target(subnet: Maybe[str] = "subnet") -> Estate:
    """A file system with one mount target; a second subnet in the same zone, and one in another."""
    estate = an_open_network()
    a_subnet(estate, "same", "10.0.2.0/24", zone="eu-west-1a")
    a_subnet(estate, "other", "10.0.3.0/24", zone="eu-west-1b")
    a_file_system(estate)
    a_mount_target(estate, subnet=subnet)
    return estate


@pytest.mark.parametrize("subnet", ["subnet", "same"])
def test_a_mount_target_in_the_tasks_zone_is_reached(subnet: str) -> None:
    """In its subnet or another of the same zone."""
    answer = reach_mount(with_target(subnet), a_source(), "fs-1")

    assert Verdict.WORKS is answer.verdict
    assert Via.LOCAL is answer.via


@pytest.mark.parametrize("name", ["fs-1", "efs", hole("efs.id")])
def test_a_file_system_may_be_named_in_many_ways(name: str) -> None:
    """By its id, its key, or a reference."""
    assert Verdict.WORKS is reach_mount(with_target(), a_source(), name).verdict


def test_a_mount_target_in_another_zone_does_not_answer() -> None:
    """The file system is the thing to change; the message says where it has one."""
    answer = reach_mount(with_target("other"), a_source(), "fs-1")

    assert [("no-mount-target", "efs")] == blockers(answer)
    assert "only mount" in words(answer)[0]


def test_a_file_system_without_mount_targets_has_none_here() -> None:
    """And groups that let nothing out are named with it."""
    estate = with_target()
    estate.mount_targets.clear()
    a_group(estate, "task")

    assert [("no-mount-target", "efs"), ("sg-egress", "task")] == blockers(
        reach_mount(estate, a_source(), "fs-1")
    )


def test_a_mount_target_in_another_vpc_does_not_answer() -> None:
    """Its name resolves in its own VPC only."""
    estate = with_target("far")
    a_vpc(estate, "second", "10.5.0.0/16")
    a_subnet(estate, "far", "10.5.1.0/24", vpc="second")

    assert [("no-mount-target", "efs")] == blockers(reach_mount(estate, a_source(), "fs-1"))


def test_both_attributes_of_the_vpc_must_be_on() -> None:
    """Each has a code of its own; the rest is judged as if they were."""
    for support, hostnames, expected in (
        (False, True, [("dns-support-off", "vpc")]),
        (True, False, [("dns-hostnames-off", "vpc")]),
        (False, False, [("dns-hostnames-off", "vpc"), ("dns-support-off", "vpc")]),
    ):
        estate = with_target()
        a_vpc(estate, dns_support=support, dns_hostnames=hostnames)

        assert expected == blockers(reach_mount(estate, a_source(), "fs-1"))
    unsure = with_target()
    a_vpc(unsure, dns_hostnames=unknown("hostnames"))
    assert [unknown("hostnames")] == doubts(reach_mount(unsure, a_source(), "fs-1"))


def test_nfs_must_be_let_out_and_in() -> None:
    """TCP 2049, by the task's group and the mount target's."""
    out, into = with_target(), with_target()
    a_group(out, "task", egress=(a_rule("0.0.0.0/0", tcp(443)),))
    a_group(into, "efs-group", ingress=(a_rule("task", tcp(443)),))

    assert [("sg-egress", "task")] == blockers(reach_mount(out, a_source(), "fs-1"))
    assert [("sg-ingress", "efs-group")] == blockers(reach_mount(into, a_source(), "fs-1"))


def test_acls_between_subnets_are_asked() -> None:
    """As for any other interface."""
    estate = with_target("same")
    an_acl(estate, "closed", egress=())
    a_subnet(estate, "same", "10.0.2.0/24", acl="closed")

    assert [("nacl-return", "closed")] == blockers(reach_mount(estate, a_source(), "fs-1"))


def test_zones_that_are_not_known_leave_it_open_unless_nothing_would_do() -> None:
    """Two subnets whose zones nobody knows; closed either way, it fails."""
    estate = with_target("same")
    a_subnet(estate, "same", "10.0.2.0/24", zone=unknown("zone"))
    closed = with_target("same")
    a_subnet(closed, "same", "10.0.2.0/24", zone=unknown("zone"))
    a_group(closed, "efs-group")

    assert Verdict.UNKNOWN is reach_mount(estate, a_source(), "fs-1").verdict
    assert Verdict.FAILS is reach_mount(closed, a_source(), "fs-1").verdict


def test_one_subnet_is_one_zone_whatever_it_is_called() -> None:
    """The zone of the task's own subnet need not be known."""
    estate = with_target()
    a_subnet(estate, zone=unknown())

    assert Verdict.WORKS is reach_mount(estate, a_source(), "fs-1").verdict


@pytest.mark.parametrize("subnet", [unknown("subnet"), "not shown", "no vpc"])
def test_a_mount_target_in_a_subnet_not_known_leaves_it_open(subnet: Maybe[str]) -> None:
    """It may be in this zone."""
    estate = with_target(subnet)
    a_subnet(estate, "no vpc", "10.0.4.0/24", vpc=unknown(), table="vpc-main", acl="vpc-acl")

    assert Verdict.UNKNOWN is reach_mount(estate, a_source(), "fs-1").verdict


def test_mount_targets_that_may_exist_leave_it_open() -> None:
    """Of a file system not known, not shown, or more than the input shows; none of them here."""
    unplaced, missing, more = with_target("other"), with_target("other"), with_target("other")
    a_mount_target(unplaced, "unplaced", "same", file_system=unknown())
    a_mount_target(missing, file_system="fs-9", subnet="other")
    more.open["MountTarget"] = (unknown(),)

    assert Verdict.UNKNOWN is reach_mount(unplaced, a_source(), "fs-1").verdict
    assert Verdict.UNKNOWN is reach_mount(missing, a_source(), "fs-9").verdict
    assert Verdict.UNKNOWN is reach_mount(more, a_source(), "fs-1").verdict


def test_a_mount_target_of_a_file_system_not_shown_is_found_by_its_id() -> None:
    """The zone has one mount target, so there is no other."""
    estate = with_target()
    a_mount_target(estate, "other mount", file_system="fs-9")

    assert Verdict.WORKS is reach_mount(estate, a_source(), "fs-9").verdict


def test_a_file_system_not_known_leaves_it_open() -> None:
    """Which mount target is meant cannot be told, nor in which region the name is."""
    assert [unknown("file system")] == doubts(reach_mount(with_target(), a_source(), unknown("file system")))
    regionless = with_target()
    regionless.region = unknown("region")
    regionless.vpcs["vpc"] = replace(regionless.vpcs["vpc"], region="")
    assert Verdict.WORKS is reach_mount(regionless, a_source(), "fs-1").verdict


def test_an_address_that_is_written_is_the_only_one() -> None:
    """A rule for it will do."""
    estate = with_target()
    a_mount_target(estate, addresses=blocks("10.0.1.20/32"))
    a_group(estate, "task", egress=(a_rule("10.0.1.20/32", tcp(2049)),))

    assert Verdict.WORKS is reach_mount(estate, a_source(), "fs-1").verdict


def test_a_mount_target_without_ipv4_is_not_modelled() -> None:
    """Its subnet, in the same zone, has IPv6 addresses only."""
    estate = with_target("six")
    a_subnet(estate, "six", "fd00::/64")

    assert Verdict.UNKNOWN is reach_mount(estate, a_source(), "fs-1").verdict


def test_a_private_zone_may_hide_the_name_or_answer_for_it() -> None:
    """Like any other name."""
    name = "fs-1.efs.eu-west-1.amazonaws.com"
    hidden, answered = with_target(), with_target()
    a_zone(hidden, "amazonaws.com")
    a_zone(answered, name, a_record(name, "10.0.1.20"))

    assert [("dns-no-record", "vpc")] == blockers(reach_mount(hidden, a_source(), "fs-1"))
    assert Verdict.UNKNOWN is reach_mount(answered, a_source(), "fs-1").verdict


def test_the_name_of_a_mount_is_a_host_too() -> None:
    """It means the same by either door; an endpoint of the EFS API does not answer for it."""
    estate = with_target()
    an_endpoint(estate, "elasticfilesystem", groups=("not shown",))
    an_endpoint(estate, "x", "any", service=f"com.amazonaws.eu-west-1.{hole('each.key')}")
    answer = reach_host(estate, a_source(), "fs-1.efs.eu-west-1.amazonaws.com", 2049)

    assert Via.LOCAL is answer.via
    assert Verdict.WORKS is answer.verdict


def test_the_groups_of_a_mount_target_may_be_open() -> None:
    """Further groups may let the task in."""
    estate = with_target()
    a_mount_target(estate, groups=Listing((), (unknown("groups"),)))

    assert [unknown("groups")] == doubts(reach_mount(estate, a_source(), "fs-1"))


@pytest.mark.parametrize("subnet", ["not shown", "no vpc"])
def test_a_source_that_cannot_be_placed_leaves_it_open(subnet: str) -> None:
    """Where it sends from is not known."""
    estate = with_target()
    a_subnet(estate, "no vpc", "10.0.4.0/24", vpc=unknown(), table="vpc-main", acl="vpc-acl")

    assert Verdict.UNKNOWN is reach_mount(estate, a_source(subnet), "fs-1").verdict
