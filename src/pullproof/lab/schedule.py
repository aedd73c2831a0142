"""What ECS does by itself: services keep the number of tasks that is wanted, and tasks run that were asked for.

A service whose tasks do not start is tried again ever more slowly.
https://docs.aws.amazon.com/AmazonECS/latest/developerguide/service-throttle-logic.html
"""

import contextlib
import threading
import time
from typing import Any

from pullproof.lab.cloud import tasks_of
from pullproof.lab.lab import Lab, Task
from pullproof.model.ecs import Launch, LaunchKind
from pullproof.model.value import Listing, Origin

#: Seconds, before they are scaled: the first pause, and the longest (fifteen minutes).
FIRST, LONGEST = 10.0, 900.0


class Scheduler:
    """Starts what should run and does not."""

    def __init__(self, lab: Lab, *, keeps: bool) -> None:
        self._lab = lab
        self._keeps = keeps
        self._failed: dict[str, tuple[int, float]] = {}
        self._busy: dict[str, int] = {}
        self._seen: set[str] = set()
        self._lock = threading.Lock()
        self._wake = threading.Event()
        self._ended = False

    def start(self) -> None:
        """Begin."""
        threading.Thread(target=self._run, name="scheduler", daemon=True).start()
        self.look()

    def look(self) -> None:
        """Something changed."""
        self._wake.set()

    def close(self) -> None:
        """Start nothing any more."""
        self._ended = True
        self._wake.set()

    def _run(self) -> None:
        while not self._ended:
            self._wake.wait(timeout=0.25)
            self._wake.clear()
            with contextlib.suppress(KeyError, RuntimeError):
                self._asked_for()
                if self._keeps:
                    self._wanted()

    # Services -------------------------------------------------------------------------------------

    def _wanted(self) -> None:
        """Services of the estate, each with as many tasks as it wants."""
        for key, launch in list(self._lab.plan.estate.launches.items()):
            if launch.kind is not LaunchKind.SERVICE or launch.fargate is False or not launch.subnets.items:
                continue
            wanted = launch.desired_count if isinstance(launch.desired_count, int) else 1
            alive = [t for t in self._lab.tasks.values() if t.launch == key and t.status != "STOPPED"]
            self._surplus(alive, wanted)
            missing = wanted - len(alive) - self._busy.get(key, 0)
            count, again = self._failed.get(key, (0, 0.0))
            if missing > 0 and time.monotonic() >= again:
                for number in range(missing):
                    subnet = launch.subnets.items[(len(alive) + number + count) % len(launch.subnets.items)]
                    self._begin(key, subnet)

    def _surplus(self, alive: list[Task], wanted: int) -> None:
        running = [task for task in alive if task.status == "RUNNING"]
        for task in running[: max(0, len(alive) - wanted)]:
            self._lab.stop(task, "Scaling activity initiated by deployment")

    def _begin(self, key: str, subnet: str, told: Any = None) -> None:
        with self._lock:
            self._busy[key] = self._busy.get(key, 0) + 1
        threading.Thread(target=self._attempt, args=(key, subnet, told), daemon=True).start()

    def _attempt(self, key: str, subnet: str, told: Any) -> None:
        try:
            task = self._lab.start(key, subnet=subnet)
            self._outcome(key, task)
            if told is not None:
                _write(told, task)
        except KeyError:
            return
        finally:
            with self._lock:
                self._busy[key] -= 1
            self.look()

    def _outcome(self, name: str, task: Task) -> None:
        if task.status == "RUNNING":
            self._failed.pop(name, None)
            return
        count = self._failed.get(name, (0, 0.0))[0] + 1
        pause = min(FIRST * 2 ** (count - 1), LONGEST) * self._lab.scale
        self._failed[name] = (count, time.monotonic() + pause)

    # Tasks of the stand-in for AWS ----------------------------------------------------------------

    def _asked_for(self) -> None:
        """Tasks that RunTask made: each runs once, and what becomes of it is written back."""
        for told in tasks_of(self._lab.plan.region):
            if told.task_arn in self._seen:
                continue
            launch = self._of(told)
            if launch is None:
                continue
            self._seen.add(told.task_arn)
            told.last_status = "PROVISIONING"
            self._lab.plan.estate.launches[launch.key] = launch
            self._begin(launch.key, launch.subnets.items[0], told)

    def _of(self, told: Any) -> Launch | None:
        """A task as something that is launched."""
        network = (getattr(told, "network_configuration", None) or {}).get("awsvpcConfiguration", {})
        subnets = tuple(network.get("subnets", ()))
        definition = self._definition(str(told.task_definition_arn))
        if not subnets or not definition or any(key not in self._lab.plan.estate.subnets for key in subnets):
            return None
        groups = tuple(network.get("securityGroups", ())) or self._default(subnets[0])
        return Launch(
            key=told.task_arn,
            origin=Origin(told.task_arn),
            kind=LaunchKind.STANDALONE,
            task_definition=definition,
            subnets=Listing(subnets),
            groups=Listing(groups),
            public_ip=network.get("assignPublicIp") == "ENABLED",
            platform_version=getattr(told, "platform_version", None) or "LATEST",
        )

    def _definition(self, arn: str) -> str:
        held = self._lab.plan.estate.task_definitions
        return next((key for key, each in held.items() if arn in (key, each.arn)), "")

    def _default(self, subnet: str) -> tuple[str, ...]:
        estate = self._lab.plan.estate
        owner = estate.vpcs.get(str(estate.subnets[subnet].vpc))
        return (owner.default_group,) if owner is not None and isinstance(owner.default_group, str) else ()


def _write(told: Any, task: Task) -> None:
    """What became of a task, where DescribeTasks reads it."""
    told.last_status = task.status
    told.platform_version = task.platform
    if task.status == "STOPPED":
        told.desired_status = "STOPPED"
        told.stopped_reason = task.reason
        told.stop_code = "TaskFailedToStart"
    for event in task.events:
        if not event.ok:
            told.stopped_reason = event.says
    for container in getattr(told, "containers", None) or []:
        _set(container, "last_status", task.status)
        if task.status == "STOPPED" and task.reason.startswith("CannotPull"):
            _set(container, "reason", task.reason)


def _set(thing: Any, name: str, value: object) -> None:
    if isinstance(thing, dict):
        first, *rest = name.split("_")
        thing[first + "".join(part.title() for part in rest)] = value
    else:
        setattr(thing, name, value)
