"""Services of the stand-in for AWS: they keep their desired count, roll over to what changed, and say so.

https://docs.aws.amazon.com/AmazonECS/latest/developerguide/deployment-type-ecs.html
"""

import copy
import json
import secrets
import time
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

from pullproof.lab.ecs import Account

#: Seconds, before they are scaled: the first pause after a task that did not start, and the longest
#: (fifteen minutes); and the pause after one that ran and ended.
FIRST, LONGEST, AGAIN = 10.0, 900.0, 30.0
#: How many events of a service are kept, as in AWS.
EVENTS = 100
UNABLE = (
    "is unable to consistently start tasks successfully. For more information, see the Troubleshooting section"
    " of the Amazon ECS Developer Guide."
)


class Pauses:
    """How long to wait before whatever failed is tried again: ever longer.

    https://docs.aws.amazon.com/AmazonECS/latest/developerguide/service-throttle-logic.html
    """

    def __init__(self, scale: float, clock: Callable[[], float] = time.monotonic) -> None:
        self._scale = scale
        self._clock = clock
        self._held: dict[str, tuple[int, float]] = {}

    def failed(self, key: str) -> int:
        """It failed; how often in a row."""
        count = self._held.get(key, (0, 0.0))[0] + 1
        pause = min(FIRST * 2 ** min(count - 1, 20), LONGEST)
        self._held[key] = (count, self._clock() + pause * self._scale)
        return count

    def ran(self, key: str) -> None:
        """It ran: what failed before is forgotten."""
        self._held.pop(key, None)

    def ended(self, key: str) -> None:
        """It ran, and ended."""
        self._held[key] = (0, self._clock() + AGAIN * self._scale)

    def over(self, key: str) -> bool:
        """Whether it may be tried."""
        return self._clock() >= self._held.get(key, (0, 0.0))[1]


class Services:
    """Has the tasks of services run and stop; `stop` ends a task by its id, with a reason."""

    def __init__(self, account: Account, pauses: Pauses, stop: Callable[[str, str], None]) -> None:
        self._account = account
        self._pauses = pauses
        self._stop = stop
        self._wished: dict[str, tuple[str, str]] = {}
        self._counted: set[str] = set()
        self._turn: dict[str, int] = {}

    def look(self) -> None:
        """Bring every service nearer to what is wanted of it."""
        for service in self._account.services():
            mine = [
                task
                for task in self._account.tasks()
                if task.group == f"service:{service.name}" and task.cluster_arn == service.cluster_arn
            ]
            if service.status == "ACTIVE" and service.deployments and service.task_definition:
                self._keep(service, mine)
                continue
            for task in mine:
                if task.desired_status == "RUNNING":
                    self._end(task, f"(service {service.name}) was deleted")
        self._account.count()

    def _keep(self, service: Any, mine: list[Any]) -> None:
        self._deployed(service)
        now = service.deployments[0]
        self._learn(service, [task for task in mine if task.desired_status == "STOPPED"])
        alive = [task for task in mine if task.desired_status == "RUNNING"]
        own = [task for task in alive if task.started_by == now["id"]]
        old = [task for task in alive if task.started_by != now["id"]]
        missing = service.desired_count - len(own)
        if missing > 0 and self._pauses.over(now["id"]):
            self._begin(service, now["id"], missing)
        ready = [task for task in own if task.last_status == "RUNNING"]
        self._replace(service, own, old, ready)
        self._count(service, alive, own)

    def _begin(self, service: Any, deployment: str, number: int) -> None:
        """New tasks, in one subnet after the other."""
        subnets = service.network_configuration.get("awsvpcConfiguration", {}).get("subnets", [])
        if not subnets:
            return
        made = []
        for _ in range(number):
            turn = self._turn[service.arn] = self._turn.get(service.arn, -1) + 1
            made.append(self._account.run(service, deployment, subnets[turn % len(subnets)]))
        words = "1 tasks" if number == 1 else f"{number} tasks"
        _says(service, f"has started {words}: {' '.join(f'(task {task.id})' for task in made)}.")

    def _replace(self, service: Any, own: list[Any], old: list[Any], ready: list[Any]) -> None:
        """Old tasks end as new ones run, and what is too much ends."""
        for task in own[service.desired_count :]:
            self._end(task, f"Scaling activity initiated by ({service.deployments[0]['id']})")
        waiting = [task for task in old if task.last_status != "RUNNING"]
        running = [task for task in old if task.last_status == "RUNNING"]
        spare = max(0, len(ready) + len(running) - service.desired_count)
        for task in (*waiting, *running[:spare]):
            self._end(task, f"Scaling activity initiated by ({service.deployments[0]['id']})")

    def _end(self, task: Any, reason: str) -> None:
        task.desired_status, task.stop_code, task.stopped_reason = (
            "STOPPED",
            "ServiceSchedulerInitiated",
            reason,
        )
        self._stop(task.id, reason)

    def _learn(self, service: Any, stopped: list[Any]) -> None:
        """What the tasks that stopped say about when to try again."""
        now = service.deployments[0]
        for task in stopped:
            if task.last_status != "STOPPED" or task.id in self._counted:
                continue
            self._counted.add(task.id)
            if task.started_by != now["id"]:
                continue
            if task.stop_code == "TaskFailedToStart":
                now["failedTasks"] = now.get("failedTasks", 0) + 1
                if self._pauses.failed(now["id"]) == 3:
                    _says(service, UNABLE)
            elif task.stop_code == "EssentialContainerExited":
                self._pauses.ended(now["id"])

    def _deployed(self, service: Any) -> None:
        """A service that was changed has a new deployment; the one before it is drained."""
        definition = self._account.definition(str(service.task_definition))
        if definition is not None:
            service.task_definition = definition.arn
        network = service.network_configuration
        strategy = getattr(service, "capacity_provider_strategy", None)
        wished_for = [service.task_definition, service.platform_version, network, strategy]
        wish = json.dumps(wished_for, sort_keys=True)
        now = service.deployments[0]
        known, wished = self._wished.get(service.arn, (now["id"], wish))
        if wished != wish and known == now["id"]:
            fresh = copy.deepcopy(now)
            fresh |= {"id": f"ecs-svc/{secrets.randbelow(10**19):019}", "createdAt": datetime.now(UTC)}
            fresh |= {"failedTasks": 0, "rolloutState": "IN_PROGRESS"}
            now["status"] = "ACTIVE"
            service.deployments.insert(0, fresh)
            now = fresh
        now["taskDefinition"], now["platformVersion"] = service.task_definition, service.platform_version
        now["networkConfiguration"] = network
        if strategy:
            now["capacityProviderStrategy"] = strategy
            now.pop("launchType", None)
        self._wished[service.arn] = (now["id"], wish)

    def _count(self, service: Any, alive: list[Any], own: list[Any]) -> None:
        """The numbers that DescribeServices tells, and whether the service is steady."""
        running = [task for task in alive if task.last_status == "RUNNING"]
        service.running_count, service.pending_count = len(running), len(alive) - len(running)
        now = service.deployments[0]
        ready = [task for task in own if task.last_status == "RUNNING"]
        if ready:
            self._pauses.ran(now["id"]) if len(ready) >= service.desired_count else None
        now |= {"runningCount": len(ready), "pendingCount": len(own) - len(ready)}
        now |= {"desiredCount": service.desired_count, "updatedAt": datetime.now(UTC)}
        for before in service.deployments[1:]:
            left = [task for task in alive if task.started_by == before["id"]]
            before |= {"desiredCount": 0, "runningCount": len(left), "pendingCount": 0}
        service.deployments[1:] = [each for each in service.deployments[1:] if each["runningCount"]]
        if len(ready) == len(alive) == service.desired_count and now.get("rolloutState") != "COMPLETED":
            now["rolloutState"] = "COMPLETED"
            now["rolloutStateReason"] = f"ECS deployment {now['id']} completed."
            _says(service, "has reached a steady state.")


def _says(service: Any, what: str) -> None:
    """An event of a service, the newest first."""
    event = {
        "id": secrets.token_hex(16),
        "createdAt": datetime.now(UTC),
        "message": f"(service {service.name}) {what}",
    }
    service.events = [event, *service.events][:EVENTS]
