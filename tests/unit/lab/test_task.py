"""What a task's containers need and how they run, from what the task definition says."""

from types import SimpleNamespace
from typing import Any

import pytest
from msgspec.structs import replace

from pullproof.cli.lab import story
from pullproof.lab.agent import Secret
from pullproof.lab.container import Asked
from pullproof.lab.plan import Interface, Role, Start
from pullproof.lab.task import Task, name_of, wish_of, work_of
from pullproof.model.ecs import Container, LogConfiguration, SecretRef
from pullproof.model.value import Listing, Maybe
from tests.build import at, unknown

IMAGE = story.IMAGE


def a_container(**more: Any) -> Container:
    """A container of the story's image."""
    return Container(origin=at("task"), **({"name": "orders", "image": IMAGE} | more))


def a_task(*codes: int | None, written: tuple[Container, ...] = ()) -> Task:
    """A task of which the containers ended with these codes."""
    return Task(
        id="0123456789abcdef",
        launch="orders",
        held=story.before().launches[story.SERVICE],
        subnet="private-a",
        groups=("service",),
        public_ip=True,
        platform="1.4.0",
        address=7,
        containers=[SimpleNamespace(exit_code=code) for code in codes],  # type: ignore[misc]  # as far as asked
        written=written,
    )


def logging(driver: Maybe[str] = "awslogs", **options: Maybe[str]) -> LogConfiguration:
    """A log configuration with these options."""
    named = tuple((f"awslogs-{name.replace('_', '-')}", value) for name, value in options.items())
    return LogConfiguration(origin=at("task"), driver=driver, options=named)


@pytest.mark.parametrize(
    ("log", "expected"),
    [
        (None, None),
        (unknown(), None),
        (logging("splunk", group="/x"), None),
        (logging(unknown(), group="/x"), None),
        (logging(group="/x"), ("/x", "ecs/orders/t1", "eu-west-1")),
        (logging(group="/x", stream_prefix="web", region="us-east-1"), ("/x", "web/orders/t1", "us-east-1")),
        (logging(group=unknown(), region=unknown()), ("", "ecs/orders/t1", "eu-west-1")),
    ],
)
def test_where_a_container_s_lines_go(
    log: Maybe[LogConfiguration] | None, expected: tuple[str, str, str] | None
) -> None:
    """Group, stream and region of awslogs; other drivers send elsewhere."""
    assert expected == work_of(a_container(log=log), "eu-west-1", "t1").log


@pytest.mark.parametrize(
    ("image", "expected", "login"),
    [(IMAGE, IMAGE, True), ("nginx:1", "nginx:1", False), (unknown(), "", False), ("", "", False)],
)
def test_what_is_pulled_for_a_container(image: Maybe[str], expected: str, login: bool) -> None:
    """Only ECR wants a login."""
    found = work_of(a_container(image=image), "eu-west-1", "t1")

    assert (expected, login, "eu-west-1", "orders") == (
        found.image,
        found.needs_login,
        found.region,
        found.container,
    )


def test_which_secrets_a_container_gets() -> None:
    """Those of which it is known where they are."""
    refs = [
        SecretRef(origin=at("task"), name="A", value_from="arn"),
        SecretRef(origin=at("task"), name="B", value_from=unknown()),
    ]
    found = work_of(a_container(secrets=Listing(tuple(refs))), "eu-west-1", "t1")

    assert (Secret(name="A", value_from="arn"),) == found.secrets
    assert "" == name_of(a_container(name=unknown()))


def wish(
    container: Container,
    values: dict[str, str],
    written: Asked | None = None,
    region: Maybe[str] = story.REGION,
) -> Asked:
    """How a container of a task runs."""
    task = a_task()
    task.held = replace(task.held, region=region)
    interface = Interface(
        name="task1", owner=task.id, role=Role.TASK, vpc="vpc", subnet="private-a", address=0x0A000109
    )
    return wish_of(container, task, interface, values, written)


def test_a_container_runs_with_what_fargate_adds() -> None:
    """The region and a host name by its address; what is written wins over that, and secrets over both."""
    written = Asked(
        name="", hostname="", command=("sh",), environment={"A": "1", "B": "1", "AWS_REGION": "here"}
    )
    found = wish(a_container(), {"B": "2"}, written)

    assert {
        "AWS_EXECUTION_ENV": "AWS_ECS_FARGATE",
        "AWS_REGION": "here",
        "AWS_DEFAULT_REGION": "eu-west-1",
        "A": "1",
        "B": "2",
    } == found.environment
    assert ("ip-10-0-1-9", ("sh",)) == (found.hostname, found.command)
    assert {"AWS_EXECUTION_ENV": "AWS_ECS_FARGATE"} == wish(a_container(), {}, region="").environment


@pytest.mark.parametrize("name", ["../../x", "a b;c", "ä", "x" * 200, "a/b\0c"])
def test_a_container_s_name_is_plain_where_it_is_a_path(name: str) -> None:
    """Letters, digits, dashes: nothing that leads elsewhere, and not too long for a folder."""
    found = wish(a_container(name=name), {}).name

    assert found.startswith("0123456789ab-")
    assert len(found) < 100
    assert {True} == {c.isascii() and (c.isalnum() or c in "-_") for c in found}


def test_the_interface_that_a_task_wants() -> None:
    """By its id, with what it was asked for with."""
    assert (
        Start(key="0123456789abcdef", subnet="private-a", groups=("service",), public_ip=True, address=7)
        == a_task().start
    )


def test_a_task_ends_with_an_essential_container() -> None:
    """Unknown counts as essential, as it is in AWS where nothing is said; others may end."""
    web, helper, odd = (
        a_container(name="web"),
        a_container(name="helper", essential=False),
        a_container(essential=unknown()),
    )

    assert not a_task(None, 0, written=(web, helper)).ended()
    assert a_task(0, None, written=(web, helper)).ended()
    assert a_task(None, 1, written=(web, odd)).ended()
    assert {"web": 3, "helper": 0} == a_task(3, 0, written=(web, helper)).exits()
    assert {"web": 3} == a_task(3, None, written=(web, helper)).exits()


def test_a_task_lives_until_it_has_stopped() -> None:
    """Each status begins at a time."""
    task = a_task()
    for status in ("PENDING", "RUNNING", "DEPROVISIONING"):
        task.becomes(status)
        assert task.alive
    task.becomes("STOPPED")

    assert not task.alive
    assert ["PENDING", "RUNNING", "DEPROVISIONING", "STOPPED"] == sorted(
        task.times, key=lambda each: task.times[each]
    )
    assert {} == a_task().times, "no task's times are another's"
