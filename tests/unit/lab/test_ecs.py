"""ECS as the stand-in for AWS holds it: what a container is to run, what was asked of a task, what is told of it."""

from datetime import UTC, datetime
from types import SimpleNamespace
from typing import Any

import pytest

from pullproof.cli.lab import story
from pullproof.lab.container import Mount
from pullproof.lab.ecs import Account, address_of, on_fargate, subnet_of, volumes_of
from pullproof.lab.plan import Interface, Role
from pullproof.lab.task import BY_USER, FAILED, Task
from pullproof.model.ecs import Container
from tests.build import at

ARN = "arn:aws:ecs:eu-west-1:123456789012:task-definition/orders:1"


def an_account(**definition: Any) -> Account:
    """An account that holds one task definition, and the tasks of one cluster, without moto."""
    account = Account.__new__(Account)
    held = SimpleNamespace(container_definitions=[], volumes=[], **definition)

    def describe(name: str) -> Any:
        if name != ARN:
            raise LookupError(name)
        return held

    account._ecs = SimpleNamespace(  # what moto gives otherwise
        tasks={"shop": {}}, services={}, clusters={}, describe_task_definition=describe
    )
    account._ec2 = SimpleNamespace(enis={})
    return account


def told(key: str = "t1", **more: Any) -> Any:
    """A task as moto holds it."""
    details = [{"name": "subnetId", "value": "subnet-1"}, {"name": "networkInterfaceId", "value": "eni-1"}]
    plain: dict[str, Any] = {
        "id": key,
        "last_status": "PROVISIONING",
        "cluster_arn": "arn:shop",
        "containers": [SimpleNamespace(name="web"), SimpleNamespace(name="helper")],
        "attachments": [{"status": "PRECREATED", "details": details}],
    }
    return SimpleNamespace(**plain | more)


def test_a_container_runs_what_is_written_unless_it_is_overridden() -> None:
    """Environment and command of RunTask come after those of the task definition."""
    account = an_account()
    definition: Any = account.definition(ARN)
    definition.container_definitions = [
        {
            "name": "web",
            "command": ["a"],
            "entryPoint": ["sh", "-c"],
            "environment": [{"name": "A", "value": "1"}, {"name": "B", "value": "1"}],
            "workingDirectory": "/srv",
            "user": "7:8",
            "mountPoints": [
                {"sourceVolume": "files", "containerPath": "/data", "readOnly": True},
                {"sourceVolume": "none", "containerPath": "/x"},
            ],
        },
        {"name": "helper"},
    ]
    definition.volumes = [
        {"name": "files", "efsVolumeConfiguration": {"fileSystemId": "fs-1", "rootDirectory": "/a"}}
    ]
    override = {
        "name": "web",
        "command": ["b", 1],
        "environment": [{"name": "B", "value": "2"}, {"name": "C"}],
    }

    plain, changed = account.wishes(ARN), account.wishes(ARN, {"containerOverrides": [override]})

    assert (("a",), {"A": "1", "B": "1"}) == (plain["web"].command, plain["web"].environment)
    assert (("b", "1"), {"A": "1", "B": "2", "C": ""}) == (changed["web"].command, changed["web"].environment)
    assert (("sh", "-c"), "/srv", "7:8") == (
        plain["web"].entry_point,
        plain["web"].directory,
        plain["web"].user,
    )
    assert (Mount(source="fs-1", below="/a", target="/data", read_only=True),) == plain["web"].mounts
    assert ((), {}, ()) == (plain["helper"].command, plain["helper"].environment, plain["helper"].mounts)
    assert {} == account.wishes("another")


def test_which_volumes_are_file_systems() -> None:
    """Those of the host are folders of the container; without a root it is all of the file system."""
    volumes = [{"name": "scratch"}, {"name": "files", "efsVolumeConfiguration": {"fileSystemId": "fs-1"}}]

    assert {"files": ("fs-1", "/")} == volumes_of(SimpleNamespace(volumes=volumes))
    assert {} == volumes_of(None)


@pytest.mark.parametrize(
    ("launch_type", "providers", "expected"),
    [
        ("FARGATE", [], True),
        ("EC2", [], False),
        ("", ["FARGATE_SPOT"], True),
        ("", ["mine", "FARGATE"], True),
        ("", ["mine"], False),
        ("", None, False),
    ],
)
def test_what_runs_on_fargate(launch_type: str, providers: list[str] | None, expected: bool) -> None:
    """By the launch type, or by a capacity provider of Fargate's."""
    strategy = None if providers is None else [{"capacityProvider": each} for each in providers]

    assert expected is on_fargate(
        SimpleNamespace(launch_type=launch_type, capacity_provider_strategy=strategy)
    )


def test_where_a_task_is_to_be() -> None:
    """The subnet and the address of its interface; nothing of one that has none."""
    details = [{"name": "privateIPv4Address", "value": "10.0.1.9"}, {"name": "subnetId", "value": "subnet-1"}]
    task = SimpleNamespace(attachments=[{"details": details}])

    assert ("subnet-1", 0x0A000109) == (subnet_of(task), address_of(task))
    assert ("", 0) == (
        subnet_of(SimpleNamespace(attachments=[])),
        address_of(SimpleNamespace(attachments=[])),
    )


def noted(
    *statuses: str, codes: tuple[int | None, ...] = (), reason: str = "", code: str = "", public: int = 0
) -> tuple[Account, Any]:
    """What DescribeTasks tells of a task that went through these statuses."""
    account = an_account()
    held = told()
    account._ecs.tasks["shop"]["t1"] = held
    account._ec2.enis["eni-1"] = SimpleNamespace(public_ip=None, private_ip_address="10.0.1.9")
    task = Task(
        id="t1",
        launch="orders",
        held=story.before().launches[story.SERVICE],
        subnet="private-a",
        groups=(),
        public_ip=False,
        platform="1.4.0",
        reason=reason,
        code=code,
        written=tuple(Container(origin=at(name), name=name, image="x") for name in ("web", "helper")),
        containers=[SimpleNamespace(exit_code=each) for each in codes],  # type: ignore[misc]  # as far as asked
    )
    for number, status in enumerate(statuses):
        task.becomes(status)
        task.times[status] = float(number)
    interface = Interface(
        name="task1", owner="t1", role=Role.TASK, vpc="v", subnet="s", address=1, public=public
    )
    account.note(task, interface)
    return account, held


def test_a_task_that_runs_is_told_with_its_times_and_its_interface() -> None:
    """Its containers run, and its public address is the lab's."""
    _, held = noted("PROVISIONING", "PENDING", "RUNNING", public=0xC6120001)

    assert ("RUNNING", "1.4.0", "CONNECTED") == (held.last_status, held.platform_version, held.connectivity)
    times = (held.created_at, held.pull_started_at, held.started_at, held.pull_stopped_at)
    assert tuple(datetime.fromtimestamp(number, UTC) for number in (0, 1, 2, 2)) == times
    assert {"RUNNING"} == {each.last_status for each in held.containers}
    assert "ATTACHED" == held.attachments[0]["status"]


def test_a_task_that_waits_has_no_interface_yet() -> None:
    """Nothing is attached."""
    account, held = noted("PROVISIONING")

    assert "PRECREATED" == held.attachments[0]["status"]
    assert {"PENDING"} == {each.last_status for each in held.containers}
    assert None is account._ec2.enis["eni-1"].public_ip


def test_a_task_that_stopped_tells_why_and_gives_its_interface_back() -> None:
    """With ECS's own words, and the exit codes of those that ran."""
    account, held = noted("PENDING", "RUNNING", "STOPPED", codes=(3, None), reason="over", code=BY_USER)

    assert ("STOPPED", BY_USER, "over") == (held.desired_status, held.stop_code, held.stopped_reason)
    assert ("STOPPED", 3) == (held.containers[0].last_status, held.containers[0].exit_code)
    assert not hasattr(held.containers[1], "exit_code")
    assert held.stopped_at == held.execution_stopped_at
    assert ("DELETED", {}) == (held.attachments[0]["status"], account._ec2.enis)


def test_an_image_that_was_not_pulled_is_told_of_the_container() -> None:
    """As ECS shows it in both places."""
    _, held = noted("PENDING", "STOPPED", reason="CannotPullContainerError: no", code=FAILED)

    assert {"CannotPullContainerError: no"} == {each.reason for each in held.containers}
    _, other = noted("PENDING", "STOPPED", reason="ResourceInitializationError: no", code=FAILED)
    assert not any(hasattr(each, "reason") for each in other.containers)


def test_one_container_that_ended_while_its_task_runs() -> None:
    """It alone is told to have stopped."""
    _, held = noted("RUNNING", codes=(None, 0))

    assert ["RUNNING", "STOPPED"] == [each.last_status for each in held.containers]


def test_a_task_that_nobody_holds_is_noted_nowhere() -> None:
    """It was forgotten meanwhile, or is of an input."""
    account = an_account()
    task: Any = SimpleNamespace(id="gone")

    account.note(task, None)

    assert None is account.task("gone")


def test_clusters_tell_how_many_tasks_they_have() -> None:
    """Those that run and those that do not yet; each its own."""
    account = an_account()
    shop, other = SimpleNamespace(arn="arn:shop"), SimpleNamespace(arn="arn:other")
    account._ecs.clusters = {"shop": shop, "other": other}
    account._ecs.tasks["shop"] = {
        str(number): told(str(number), last_status=status)
        for number, status in enumerate(("RUNNING", "RUNNING", "PENDING", "STOPPED"))
    }
    account.count()

    assert (2, 1) == (shop.running_tasks_count, shop.pending_tasks_count)
    assert (0, 0) == (other.running_tasks_count, other.pending_tasks_count)
