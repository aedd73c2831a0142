"""From a launch to everything it needs before its containers run."""

from collections.abc import Iterable, Iterator

from pullproof.launch.catalogue import NEEDED, in_launch_order
from pullproof.launch.requirement import Needs, Notice, Requirement
from pullproof.launch.stores import Stores
from pullproof.launch.task import Task, task_of
from pullproof.model.ecs import Launch
from pullproof.model.estate import Estate
from pullproof.model.value import Unknown, Why

#: Regions for which AWS's page asks for the endpoints ecs, ecs-agent and ecs-telemetry: those opened since
#: 23 December 2023. The same page says that tasks on Fargate do not need them.
#: https://docs.aws.amazon.com/AmazonECS/latest/developerguide/vpc-endpoints.html
NEW_REGIONS = frozenset(
    {"ca-west-1", "ap-southeast-5", "ap-southeast-6", "ap-southeast-7", "ap-east-2", "mx-central-1"}
)


def needs_of(
    estate: Estate, launch: Launch, *, platform_version: str | None = None, stores: Stores | None = None
) -> Needs:
    """What one launch needs, in launch order.

    `platform_version` judges Linux tasks as if they ran on it ("1.3.0", "1.4.0", "LATEST"). `stores` are
    the look-ups of the estate; give the same ones for every launch of one.
    """
    task = task_of(stores or Stores(estate), launch, platform_version)
    if isinstance(task, Unknown):
        return Needs(requirements=(), unsettled=(task,))
    found = [item for needed in NEEDED for item in needed(task)]
    return Needs(
        requirements=tuple(in_launch_order(_merged(r for r in found if isinstance(r, Requirement)))),
        notices=tuple(
            dict.fromkeys([*_notices(task), *(notice for notice in found if isinstance(notice, Notice))])
        ),
        platform_version=task.platform.version,
        unsettled=tuple(dict.fromkeys(_unsettled(task))),
    )


def _merged(requirements: Iterable[Requirement]) -> Iterable[Requirement]:
    """Once each: two containers with one image need it once."""
    found: dict[object, Requirement] = {}
    for requirement in requirements:
        key = (requirement.rule.id, requirement.needs, requirement.perhaps)
        found.setdefault(key, requirement)
    return found.values()


def _unsettled(task: Task) -> Iterator[Unknown]:
    """Why there may be more that the task needs."""
    definition = task.definition
    yield from definition.containers.open
    if definition.containers.complete and not definition.containers.items:
        yield Unknown(
            Why.NOT_FOLLOWED,
            f"the containers of {definition.key}",
            definition.key,
            f"no container definition of {definition.key} could be read: write at least one",
        )
    if task.platform.unknown is not None:
        yield task.platform.unknown


def _notices(task: Task) -> Iterator[Notice]:
    """Warnings about the launch as a whole."""
    launch = task.launch
    if task.platform.retired:
        yield Notice(
            code="platform-retired",
            resource=launch.key,
            message=f"{task.platform.name} is retired: AWS starts no new tasks on it since June 2026 at the latest",
        )
    if launch.desired_count == 0:
        yield Notice(
            code="no-desired-tasks",
            resource=launch.key,
            message=f"the desired count of {launch.key} is 0: nothing is started until it is raised",
        )
    if task.home.region in NEW_REGIONS:
        yield Notice(
            code="new-region-endpoints",
            resource=launch.key,
            message=f"for {task.home.region} AWS asks for the endpoints ecs, ecs-agent and ecs-telemetry, and says"
            " on the same page that tasks on Fargate need none of them: pullproof does not count them as needed",
        )
