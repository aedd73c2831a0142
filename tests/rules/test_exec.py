"""The rules `exec-channel` and `exec-session-key`: warnings, whatever they find."""

from typing import Any

import pytest

from pullproof.launch.rules.exec import ACTIONS
from pullproof.model.estate import Estate
from pullproof.model.text import hole
from pullproof.verdict import Verdict
from tests.rules.build import KEY, UNKNOWN, change, estate, launch, may, proved, said, warned, without

UNREACHABLE = {("exec-unreachable", "service")}


def exec_on(made: Estate | None = None) -> Estate:
    """An estate whose service has ECS Exec on."""
    return launch(made or estate(), exec_enabled=True)


@pytest.mark.parametrize("enabled", [False, UNKNOWN])
def test_nothing_is_asked_unless_it_is_on(enabled: Any) -> None:
    """Only a service that certainly has ECS Exec on is asked about it."""
    assert () == said(proved(launch(estate(), exec_enabled=enabled)), "exec-channel")


def test_a_channel_that_opens_is_worth_no_warning() -> None:
    """Endpoint and permissions are there."""
    report = proved(exec_on())

    assert (("works",), set()) == (said(report, "exec-channel"), warned(report))


def test_a_channel_that_does_not_open_is_a_warning_and_no_blocker() -> None:
    """Without the endpoint the step fails, and the task can start all the same."""
    report = proved(without(exec_on(), "ssmmessages"))

    assert (Verdict.WORKS, False) == (report.verdict, report.intermittent)
    assert (("endpoint-missing vpc",), UNREACHABLE) == (said(report, "exec-channel"), warned(report))


@pytest.mark.parametrize("action", ACTIONS)
def test_each_of_four_permissions_is_needed(action: str) -> None:
    """The task role, not the execution role, must have them."""
    report = proved(may(exec_on(), "app", [other for other in ACTIONS if other != action]))

    assert (("iam-missing-action app",), UNREACHABLE) == (said(report, "exec-channel"), warned(report))


def test_an_unknown_answer_is_worth_no_warning() -> None:
    """While the groups of the endpoint are not known, nothing is certain."""
    made = exec_on()
    change(made.endpoints, "ssmmessages", private_dns=UNKNOWN)
    report = proved(made)

    assert (("unknown",), set()) == (said(report, "exec-channel"), warned(report))


def test_what_cannot_be_is_said() -> None:
    """Before 1.4.0 there is no ECS Exec, and without a task role nothing to do it with."""
    old, bare = proved(exec_on(), "1.3.0"), proved(exec_on(estate(task_role="")))

    assert ("platform-unsupported service",) == said(old, "exec-channel")
    assert ("role-missing task",) == said(bare, "exec-channel")
    assert UNREACHABLE <= warned(old)
    assert UNREACHABLE == warned(bare)


@pytest.mark.parametrize("key", ["", "alias/aws/ecs", UNKNOWN])
def test_sessions_without_a_key_of_one_s_own_need_no_kms(key: Any) -> None:
    """KMS is asked by the agent itself, and only for a key of the cluster's."""
    made = exec_on()
    change(made.clusters, "cluster", exec_kms_key=key)

    assert () == said(proved(made), "exec-session-key")


@pytest.mark.parametrize("cluster", ["elsewhere", UNKNOWN])
def test_a_cluster_that_is_not_shown_has_no_key_that_is_known(cluster: Any) -> None:
    """Nothing is asked of a cluster that the input does not hold."""
    assert () == said(proved(launch(exec_on(), cluster=cluster)), "exec-session-key")


@pytest.mark.parametrize(("key", "expected"), [(KEY, "works"), (hole("aws_kms_key.other.arn"), "unknown")])
def test_sessions_under_a_key_need_kms_itself(key: str, expected: str) -> None:
    """The endpoint of KMS and the task role's permission; the policy of a key kept elsewhere is not known."""
    reachable, isolated = exec_on(), without(exec_on(), "kms")
    for made in (reachable, isolated):
        change(made.clusters, "cluster", exec_kms_key=key)
    report = proved(isolated)

    assert (expected,) == said(proved(reachable), "exec-session-key")
    assert (("endpoint-missing vpc",), UNREACHABLE) == (said(report, "exec-session-key"), warned(report))


def test_sessions_under_a_key_need_the_way_even_without_a_role() -> None:
    """That the task role is missing is said of the channel; KMS is out of reach all the same."""
    made = without(exec_on(estate(task_role="")), "kms")
    change(made.clusters, "cluster", exec_kms_key=KEY)

    assert ("endpoint-missing vpc",) == said(proved(made), "exec-session-key")
