"""The scheduler, over a lab in which tasks run or fail as the test says."""

import threading
from types import SimpleNamespace
from typing import Any

import pytest

from pullproof.lab.lab import Given
from pullproof.lab.schedule import Scheduler
from pullproof.lab.task import Task
from pullproof.model.ecs import Launch, LaunchKind
from pullproof.model.value import Listing
from tests.build import an_estate, at
from tests.lab.running import Running


class FakeLab:
    """Starts tasks at once; `fails` says whether they stop before they run."""

    def __init__(self, *launches: Launch) -> None:
        self.scale = 0.001
        self.fails = False
        self.changed = self.followed = 0
        self.tasks: dict[str, Task] = {}
        estate = an_estate()
        estate.launches |= {launch.key: launch for launch in launches}
        self.plan = SimpleNamespace(estate=estate, region="eu-west-1")
        self.ended: list[tuple[str, str, str]] = []
        self._lock = threading.Lock()

    def start(self, launch: Launch, *, subnet: str = "", given: Given | None = None) -> Task:
        """A task that runs, or has stopped."""
        given = given or Given()
        with self._lock:
            task = Task(
                id=given.id or f"task-{len(self.tasks)}",
                launch=given.launch or launch.key,
                held=launch,
                subnet=subnet,
                groups=(),
                public_ip=False,
                platform="1.4.0",
                status="STOPPED" if self.fails else "RUNNING",
            )
            self.tasks[task.id] = task
        return task

    def stop(self, task: Task, reason: str, code: str) -> None:
        """It stops at once."""
        task.wanted = (reason, code)
        task.becomes("STOPPED")
        self.ended.append((task.id, reason, code))


def _launch(key: str = "orders", count: int = 2, **more: Any) -> Launch:
    plain: dict[str, Any] = {
        "kind": LaunchKind.SERVICE,
        "task_definition": "orders:1",
        "subnets": Listing(("a", "b")),
        "groups": Listing(),
        "public_ip": False,
        "desired_count": count,
    }
    return Launch(key=key, origin=at(key), **(plain | more))


def _until(scheduler: Scheduler, true: Any) -> None:
    def look() -> bool:
        scheduler.once()
        return bool(true())

    Running.until(look, seconds=10)


def test_a_service_of_the_input_keeps_its_count() -> None:
    """As many run as are wanted, in one subnet after the other; one too many is stopped; none on EC2."""
    lab = FakeLab(_launch(), _launch("ec2", fargate=False), _launch("rule", kind=LaunchKind.EVENTBRIDGE))
    scheduler = Scheduler(lab, keeps=True)  # type: ignore[arg-type]  # what it needs of one

    _until(scheduler, lambda: len(lab.tasks) == 2)
    scheduler.once()
    lab.plan.estate.launches["orders"] = _launch(count=1)
    _until(scheduler, lambda: lab.ended)
    scheduler.once()

    assert ["a", "b"] == sorted(task.subnet for task in lab.tasks.values())
    assert {"orders"} == {task.launch for task in lab.tasks.values()}
    assert ["ServiceSchedulerInitiated"] == [code for *_, code in lab.ended]


def test_what_fails_is_tried_again_but_not_at_once() -> None:
    """Failures are followed by pauses, and a lab that keeps nothing starts nothing."""
    lab, idle = FakeLab(_launch(count=1)), FakeLab(_launch())
    lab.fails, lab.scale = True, 0.02
    scheduler = Scheduler(lab, keeps=True)  # type: ignore[arg-type]  # what it needs of one
    quiet = Scheduler(idle, keeps=False)  # type: ignore[arg-type]  # what it needs of one

    _until(scheduler, lambda: len(lab.tasks) == 1)
    for _ in range(5):
        scheduler.once()
        quiet.once()
    few = len(lab.tasks)
    lab.fails = False
    _until(scheduler, lambda: any(task.alive for task in lab.tasks.values()))

    assert 1 == few
    assert {} == idle.tasks


class FakeAccount:
    """An account with the tasks that the test gives it."""

    def __init__(self) -> None:
        self.held: list[Any] = []

    def tasks(self) -> list[Any]:
        """The tasks."""
        return self.held

    def services(self) -> list[Any]:
        """None."""
        return []

    def count(self) -> None:
        """Nobody asks."""

    def wishes(self, *_: Any) -> dict[str, Any]:
        """Nothing in particular."""
        return {}


def _told(number: str, subnet: str = "subnet") -> Any:
    details = [{"name": "subnetId", "value": subnet}, {"name": "privateIPv4Address", "value": "10.0.0.9"}]
    return SimpleNamespace(
        id=number,
        task_arn=f"arn:{number}",
        task_definition_arn="arn:orders:1",
        desired_status="RUNNING",
        last_status="PROVISIONING",
        stop_code="UserInitiated",
        stopped_reason="enough",
        overrides={"executionRoleArn": "arn:role"},
        group="family:orders",
        cluster_name="shop",
        platform_version=None,
        attachments=[{"details": details}],
        network_configuration={"awsvpcConfiguration": {"subnets": [subnet], "securityGroups": ["sg"]}},
    )


@pytest.fixture
def asked() -> tuple[FakeLab, FakeAccount, Scheduler]:
    """A lab that knows one subnet and one task definition, and its account."""
    lab, account = FakeLab(), FakeAccount()
    lab.plan.estate.subnets["subnet"] = SimpleNamespace(vpc="vpc")
    lab.plan.estate.task_definitions["orders:1"] = SimpleNamespace(arn="arn:orders:1")
    scheduler = Scheduler(lab, keeps=True, account=account)  # type: ignore[arg-type]  # what it needs of them
    return lab, account, scheduler


def test_a_task_that_was_asked_for_runs_once(asked: tuple[FakeLab, FakeAccount, Scheduler]) -> None:
    """It has the id, the place and the groups that RunTask gave it; what is not known yet waits."""
    lab, account, scheduler = asked
    account.held = [_told("one"), _told("two", subnet="later")]

    _until(scheduler, lambda: "one" in lab.tasks)
    scheduler.once()
    early = list(lab.tasks)
    lab.plan.estate.subnets["later"] = lab.plan.estate.subnets["subnet"]
    _until(scheduler, lambda: "two" in lab.tasks)

    task = lab.tasks["one"]
    assert ["one"] == early
    assert ("family:orders", "subnet", ("sg",)) == (task.launch, task.subnet, task.held.groups.items)
    assert "arn:role" == task.held.execution_role_override
    assert 2 == len(lab.tasks)


def test_a_task_waits_for_the_network_that_it_was_asked_for_in(
    asked: tuple[FakeLab, FakeAccount, Scheduler],
) -> None:
    """What was changed before RunTask is in force when the task starts; what comes later is not waited for."""
    lab, account, scheduler = asked
    account.held = [_told("one")]
    lab.changed, lab.followed = 5, 4
    scheduler.once()
    lab.changed = 9
    scheduler.once()
    early = list(lab.tasks)
    lab.followed = 5
    _until(scheduler, lambda: lab.tasks)

    assert [] == early


def test_a_task_that_is_to_stop_is_stopped_once(asked: tuple[FakeLab, FakeAccount, Scheduler]) -> None:
    """A running one with the reason that was given; one that never began is stopped where it is told."""
    lab, account, scheduler = asked
    running, never = _told("one"), _told("two", subnet="nowhere")
    account.held = [running, never]
    _until(scheduler, lambda: "one" in lab.tasks)
    running.desired_status = never.desired_status = "STOPPED"

    _until(scheduler, lambda: lab.ended)
    scheduler.once()

    assert [("one", "enough", "UserInitiated")] == lab.ended
    assert "STOPPED" == never.last_status


def test_a_task_whose_essential_container_ended_is_stopped() -> None:
    """The scheduler looks after containers, and only the essential ones take their task with them."""
    lab = FakeLab()
    launch = _launch(kind=LaunchKind.STANDALONE)
    both = lab.start(launch), lab.start(launch)
    for task, essential in zip(both, (True, False), strict=True):
        task.written = (SimpleNamespace(name="app", essential=essential),)  # type: ignore[assignment]
        task.containers = [SimpleNamespace(exit_code=7)]  # type: ignore[list-item]
    scheduler = Scheduler(lab, keeps=True)  # type: ignore[arg-type]  # what it needs of one

    _until(scheduler, lambda: lab.ended)

    assert [(both[0].id, "Essential container in task exited", "EssentialContainerExited")] == lab.ended
    assert {"app": 7} == both[1].exits()


def test_trouble_of_the_scheduler_is_kept_and_does_not_end_it() -> None:
    """One look that goes wrong is told, and the next one happens."""
    lab = FakeLab(_launch(count=1))
    scheduler = Scheduler(lab, keeps=True)  # type: ignore[arg-type]  # what it needs of one
    lab.plan.estate.launches["broken"] = None
    scheduler.start()
    Running.until(lambda: scheduler.trouble, seconds=10)
    del lab.plan.estate.launches["broken"]
    Running.until(lambda: lab.tasks, seconds=10)
    scheduler.close()

    assert "the scheduler met AttributeError" in scheduler.trouble
