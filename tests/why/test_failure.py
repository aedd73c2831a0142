"""Stopped tasks and events of services, as the CLI prints them."""

from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from pullproof.why.failure import Failure, Message, of_service, of_task
from tests.unit.explain.messages import MESSAGES, SIGNED

CLUSTER = "arn:aws:ecs:eu-west-1:111122223333:cluster/prod"
SERVICE = {
    "serviceName": "api",
    "serviceArn": "arn:aws:ecs:eu-west-1:111122223333:service/prod/api",
    "clusterArn": CLUSTER,
    "taskDefinition": "arn:aws:ecs:eu-west-1:111122223333:task-definition/api:7",
}
LOGIN, LOGS = MESSAGES["ecr-auth-retried"][0], MESSAGES["log-connection"][0]


def stopped(number: int, reason: str, **more: Any) -> dict[str, Any]:
    """A task of the service that stopped."""
    return {
        "taskArn": f"arn:aws:ecs:eu-west-1:111122223333:task/prod/{number:032x}",
        "clusterArn": CLUSTER,
        "group": "service:api",
        "lastStatus": "STOPPED",
        "stopCode": "TaskFailedToStart",
        "stoppedReason": reason,
        "stoppedAt": f"2026-11-20T10:00:{number:02d}+00:00",
        "platformVersion": "1.4.0",
        "attachments": [
            {
                "type": "ElasticNetworkInterface",
                "details": [
                    {"name": "subnetId", "value": "subnet-0a"},
                    {"name": "networkInterfaceId", "value": "eni-0a"},
                ],
            }
        ],
        **more,
    }


def test_a_stopped_task_tells_when_where_and_why() -> None:
    """Everything that narrows the cause down is read: reason, stop code, version, subnet, time."""
    assert Failure(
        kind="task",
        messages=(Message(text=LOGIN, where="stoppedReason"),),
        id=f"arn:aws:ecs:eu-west-1:111122223333:task/prod/{1:032x}",
        cluster=CLUSTER,
        group="service:api",
        platform_version="1.4.0",
        stop_code="TaskFailedToStart",
        stopped_at="2026-11-20T10:00:01+00:00",
        subnet="subnet-0a",
    ) == of_task(stopped(1, LOGIN))


def test_a_container_may_know_more_than_its_task() -> None:
    """The reason of a container stands beside the task's, unless it says the same."""
    reason = MESSAGES["log-driver-docker"][0]
    containers = [{"name": "app", "reason": reason}, {"name": "proxy", "reason": reason}, {"name": "idle"}]

    failure = of_task(stopped(1, "Task failed to start", containers=containers))

    assert failure is not None
    assert [
        Message(text="Task failed to start", where="stoppedReason"),
        Message(text=reason, where="reason of the container app"),
    ] == list(failure.messages)


def test_a_task_that_runs_or_was_stopped_on_purpose_has_not_failed() -> None:
    """A running task, one that somebody stopped and one that was scaled away tell of no failure."""
    assert of_task({"taskArn": "t", "lastStatus": "RUNNING"}) is None
    assert of_task(stopped(1, "Task stopped by user", stopCode="UserInitiated")) is None
    assert of_task(stopped(1, "Scaling activity", stopCode="ServiceSchedulerInitiated")) is None


def test_tasks_that_failed_alike_are_told_once_and_counted() -> None:
    """The newest of each kind stands for all, whatever addresses and times differ."""
    tasks = [
        stopped(1, LOGIN),
        stopped(3, LOGIN.replace("10.0.1.25", "10.0.2.25")),
        stopped(2, LOGS),
        stopped(4, LOGS, group="service:other"),
        stopped(5, LOGS, clusterArn="arn:aws:ecs:eu-west-1:111122223333:cluster/test"),
    ]

    found = of_service(SERVICE, tasks)

    assert [(3, 2), (2, 1)] == [(int(each.stopped_at[17:19]), each.times) for each in found]


def test_events_of_a_service_add_what_no_task_told() -> None:
    """An event with a meaning of its own is told; steady state, and what a task said already, are not."""
    full = MESSAGES["subnet-full"][0]
    events = [
        {"message": "(service api) has reached a steady state.", "createdAt": "2026-11-20T11:00:00+00:00"},
        {"message": full, "createdAt": "2026-11-20T10:59:00+00:00"},
        {"message": full, "createdAt": "2026-11-20T10:58:00+00:00"},
        {"message": LOGIN, "createdAt": 1763636400},
    ]

    tasks, service = of_service(SERVICE | {"events": events}, [stopped(1, LOGIN)])

    assert ("task", "service") == (tasks.kind, service.kind)
    assert (Message(text=full, where="event of 2026-11-20T10:59:00+00:00"),) == service.messages


def test_a_service_without_a_failure_has_none() -> None:
    """Nothing stopped and no event of that kind: nothing to explain."""
    assert () == of_service(
        SERVICE | {"events": [{"message": "(service api) has reached a steady state."}]}, []
    )


def test_no_credential_leaves_a_task() -> None:
    """The pre-signed link of a layer is made harmless before anything looks at it."""
    failure = of_task(stopped(1, f"CannotPullContainerError: {SIGNED}: i/o timeout"))

    assert failure is not None
    assert "SECRET" not in repr(failure)


ANYTHING = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=8),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(
            st.sampled_from(
                [
                    *("stoppedReason", "lastStatus", "stopCode", "stoppedAt", "containers", "attachments"),
                    *("details", "name", "value", "reason", "events", "message", "createdAt", "group"),
                    *("deployments", "rolloutStateReason", "serviceName"),
                ]
            ),
            inner,
            max_size=5,
        )
    ),
    max_leaves=12,
)


@settings(max_examples=150)
@given(
    st.dictionaries(
        st.sampled_from(
            [
                "stoppedReason",
                "lastStatus",
                "containers",
                "attachments",
                "events",
                "deployments",
                "stoppedAt",
                "group",
            ]
        ),
        ANYTHING,
    ),
    ANYTHING,
)
def test_whatever_stands_in_an_answer_nothing_breaks(item: dict[str, Any], other: Any) -> None:
    """Answers of any shape are read as far as they make sense."""
    found = of_service(item, [item, *([other] if isinstance(other, dict) else [])])

    assert all(isinstance(each, Failure) for each in (*found, of_task(item)) if each is not None)
