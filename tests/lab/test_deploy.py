"""Services as ECS keeps them, against an account that is made of plain objects."""

from types import SimpleNamespace
from typing import Any

from pullproof.lab.deploy import AGAIN, FIRST, LONGEST, Pauses, Services

NETWORK = {"awsvpcConfiguration": {"subnets": ["subnet-a", "subnet-b"]}}


class Clock:
    """A clock that goes when it is told to."""

    def __init__(self) -> None:
        self.now = 0.0

    def __call__(self) -> float:
        """The time."""
        return self.now


class FakeAccount:
    """One service, and its tasks; a task that runs is one of which the test says so."""

    def __init__(self, desired: int = 2) -> None:
        self.service = SimpleNamespace(
            name="orders",
            arn="arn:service",
            cluster_arn="arn:cluster",
            status="ACTIVE",
            task_definition="orders:1",
            platform_version="1.4.0",
            network_configuration=NETWORK,
            desired_count=desired,
            running_count=0,
            pending_count=0,
            events=[],
            deployments=[{"id": "ecs-svc/1", "status": "PRIMARY", "rolloutState": "IN_PROGRESS"}],
        )
        self.held: list[Any] = []

    def services(self) -> list[Any]:
        """The one service."""
        return [self.service]

    def tasks(self) -> list[Any]:
        """Its tasks."""
        return list(self.held)

    def count(self) -> None:
        """Nobody asks."""

    def definition(self, name: str) -> Any:
        """A task definition of that name."""
        return SimpleNamespace(arn=name)

    def run(self, service: Any, deployment: str, subnet: str) -> Any:
        """One more task."""
        task = SimpleNamespace(
            id=f"task-{len(self.held)}",
            group=f"service:{service.name}",
            cluster_arn=service.cluster_arn,
            desired_status="RUNNING",
            last_status="PROVISIONING",
            started_by=deployment,
            stop_code="",
            stopped_reason="",
            subnet=subnet,
        )
        self.held.append(task)
        return task


def _services(account: FakeAccount) -> tuple[Services, Pauses, Clock, list[str]]:
    clock, ended = Clock(), list[str]()
    pauses = Pauses(1.0, clock)

    def stop(key: str, _reason: str) -> None:
        ended.append(key)

    return Services(account, pauses, stop), pauses, clock, ended  # type: ignore[arg-type]  # what it needs


def _become(account: FakeAccount, status: str, code: str = "") -> None:
    for task in account.held:
        if task.last_status != "STOPPED":
            task.last_status, task.stop_code = status, code
            if status == "STOPPED":
                task.desired_status = "STOPPED"


def test_pauses_grow_and_end() -> None:
    """Each failure doubles the pause up to the longest; a success forgets them; an end waits once."""
    clock = Clock()
    pauses = Pauses(0.5, clock)
    begun = [pauses.over("a")]
    waited = []
    for _ in range(12):
        pauses.failed("a")
        clock.now = 0.0
        found = next(n for n in range(2000) if _over(pauses, clock, n / 2))
        waited.append(found)
        clock.now = 0.0
    pauses.ran("a")

    assert [True] == begun
    assert [FIRST * 2**n for n in range(7)] == waited[:7]
    assert LONGEST == waited[-1]
    assert pauses.over("a")
    pauses.ended("a")
    assert not pauses.over("a")
    clock.now = AGAIN / 2
    assert pauses.over("a")


def _over(pauses: Pauses, clock: Clock, now: float) -> bool:
    clock.now = now
    return pauses.over("a")


def test_a_service_starts_its_tasks_in_one_subnet_after_the_other_and_becomes_steady() -> None:
    """Two wanted are two started, in two subnets; once they run the counts and an event say so."""
    account = FakeAccount()
    services, *_ = _services(account)

    services.look()
    services.look()
    pending = (account.service.running_count, account.service.pending_count)
    _become(account, "RUNNING")
    services.look()

    assert ["subnet-a", "subnet-b"] == [task.subnet for task in account.held]
    assert (0, 2) == pending
    assert (2, 0) == (account.service.running_count, account.service.pending_count)
    assert "COMPLETED" == account.service.deployments[0]["rolloutState"]
    assert [
        "(service orders) has reached a steady state.",
        "(service orders) has started 2 tasks: (task task-0) (task task-1).",
    ] == [event["message"] for event in account.service.events]


def test_tasks_that_do_not_start_are_tried_again_ever_later() -> None:
    """After a failure nothing starts before the pause is over; after three the service says that it cannot."""
    account = FakeAccount(desired=1)
    services, _, clock, _ = _services(account)
    numbers = []
    for _ in range(3):
        services.look()
        _become(account, "STOPPED", "TaskFailedToStart")
        services.look()
        services.look()
        numbers.append(len(account.held))
        clock.now += LONGEST

    assert [1, 2, 3] == numbers
    assert 3 == account.service.deployments[0]["failedTasks"]
    assert any(
        "is unable to consistently start tasks" in event["message"] for event in account.service.events
    )


def test_a_changed_service_rolls_over_without_falling_below_its_count() -> None:
    """Old tasks go on until new ones run, and then they end; the old deployment goes with them."""
    account = FakeAccount()
    services, _, _, ended = _services(account)
    services.look()
    _become(account, "RUNNING")
    services.look()
    account.service.task_definition = "orders:2"

    services.look()
    during = (len(account.held), list(ended), [each["status"] for each in account.service.deployments])
    _become(account, "RUNNING")
    services.look()
    services.look()

    assert (4, [], ["PRIMARY", "ACTIVE"]) == during
    assert ["task-0", "task-1"] == ended
    assert ["orders:2"] == [each["taskDefinition"] for each in account.service.deployments]


def test_a_service_without_a_wish_for_tasks_ends_those_it_has() -> None:
    """A desired count of none, or a service that was deleted, ends every task once."""
    fewer, gone = FakeAccount(), FakeAccount()
    ended = []
    for account in (fewer, gone):
        services, _, _, told = _services(account)
        services.look()
        _become(account, "RUNNING")
        if account is fewer:
            account.service.desired_count = 0
        else:
            account.service.status = "INACTIVE"
        services.look()
        services.look()
        ended.append(told)

    assert [["task-0", "task-1"], ["task-0", "task-1"]] == ended
    assert {"ServiceSchedulerInitiated"} == {task.stop_code for task in fewer.held + gone.held}
