"""ECS as moto holds it: what was asked of it is read there, and what became of it is written there.

No call of AWS's API can say that a task stopped, so its state is written straight into moto.
"""

import contextlib
from collections import Counter
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime
from ipaddress import IPv4Address
from typing import Any

from pullproof.lab.capacity import provider_of
from pullproof.lab.cloud import ACCOUNT
from pullproof.lab.container import Asked as Wish
from pullproof.lab.container import Mount
from pullproof.lab.plan import Interface
from pullproof.lab.task import Task
from pullproof.model.addresses import dotted

#: Where a time of a task is written, by the status that began then.
#: https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_Task.html
TIMES = {
    "PROVISIONING": "created_at",
    "PENDING": "pull_started_at",
    "RUNNING": "started_at",
    "DEPROVISIONING": "stopping_at",
    "STOPPED": "stopped_at",
}


class Account:
    """The one account of a lab."""

    def __init__(self, region: str) -> None:
        from moto.backends import get_backend

        self._ecs: Any = get_backend("ecs")[ACCOUNT][region]
        self._ec2: Any = get_backend("ec2")[ACCOUNT][region]
        self._efs: Any = get_backend("efs")[ACCOUNT][region]

    def tasks(self) -> Iterator[Any]:
        """Every task, to read and to write."""
        for tasks in list(self._ecs.tasks.values()):
            yield from list(tasks.values())

    def services(self) -> list[Any]:
        """Every service whose tasks run on Fargate, also those that were deleted."""
        return [each for each in list(self._ecs.services.values()) if on_fargate(each)]

    def task(self, key: str) -> Any | None:
        """A task by its id."""
        return next((each for each in self.tasks() if each.id == key), None)

    def definition(self, name: str) -> Any | None:
        """A task definition by its ARN, or its family and revision."""
        with contextlib.suppress(Exception):  # moto's own, for one that is not there
            return self._ecs.describe_task_definition(name)
        return None

    def run(self, service: Any, deployment: str, subnet: str) -> Any:
        """One more task of a service, where its launch type or its capacity providers say."""
        strategy = getattr(service, "capacity_provider_strategy", None)
        mine = Counter(
            str(task.capacity_provider_name)
            for task in self.tasks()
            if task.started_by == deployment and task.desired_status == "RUNNING"
        )
        chosen = [{"capacityProvider": provider_of(strategy, mine)}] if strategy else None
        network = {**service.network_configuration["awsvpcConfiguration"], "subnets": [subnet]}
        made = self._ecs.run_task(
            service.cluster_name,
            service.task_definition,
            1,
            {},
            deployment,
            [],
            None if chosen else "FARGATE",
            {"awsvpcConfiguration": network},
            f"service:{service.name}",
            service.platform_version,
            chosen,
        )
        return made[0]

    def wishes(self, name: str, overrides: Mapping[str, Any] | None = None) -> dict[str, Wish]:
        """How the containers of a task definition run, with what RunTask overrides."""
        definition = self.definition(name)
        changed = {str(each.get("name")): each for each in (overrides or {}).get("containerOverrides") or ()}
        return {
            str(each.get("name")): _wish(each, changed.get(str(each.get("name")), {}), volumes_of(definition))
            for each in (definition.container_definitions if definition is not None else ())
        }

    def count(self) -> None:
        """Have every cluster tell how many tasks it has."""
        held = [task for task in self.tasks() if task.last_status != "STOPPED"]
        for cluster in list(self._ecs.clusters.values()):
            mine = [task for task in held if task.cluster_arn == cluster.arn]
            cluster.running_tasks_count = sum(task.last_status == "RUNNING" for task in mine)
            cluster.pending_tasks_count = len(mine) - cluster.running_tasks_count

    # What became of a task ------------------------------------------------------------------------

    def note(self, task: Task, interface: Interface | None) -> None:
        """Write what is known of a task where DescribeTasks reads it."""
        told = self.task(task.id)
        if told is None:
            return
        told.last_status, told.platform_version = task.status, task.platform
        told.connectivity = "CONNECTED"
        for status, at in task.times.items():
            setattr(told, TIMES[status], datetime.fromtimestamp(at, UTC))
        if "RUNNING" in task.times:
            told.pull_stopped_at = told.started_at
        if not task.alive:
            told.desired_status, told.stop_code, told.stopped_reason = "STOPPED", task.code, task.reason
            told.execution_stopped_at = told.stopped_at
        self._containers(told, task)
        self._attachment(told, task, interface)

    @staticmethod
    def _containers(told: Any, task: Task) -> None:
        exits = task.exits()
        for container in told.containers:
            container.last_status = "PENDING" if task.status == "PROVISIONING" else task.status
            if task.status == "DEPROVISIONING" or container.name in exits:
                container.last_status = "STOPPED"
            if container.name in exits:
                container.exit_code = exits[container.name]
            if task.reason.startswith(("CannotPull", "CannotStart")):
                container.reason = task.reason

    def _attachment(self, told: Any, task: Task, interface: Interface | None) -> None:
        """The interface is attached while the task is there, and then it is gone."""
        for attachment in told.attachments:
            key = _detail(attachment, "networkInterfaceId")
            held = self._ec2.enis.get(key)
            if not task.alive:
                attachment["status"] = "DELETED"
                if held is not None:
                    self._ec2.enis.pop(key, None)
                    with contextlib.suppress(Exception):  # an address that it never took
                        held.subnet.del_subnet_ip(held.private_ip_address)
            elif task.status != "PROVISIONING":
                attachment["status"] = "ATTACHED"
                if held is not None and interface is not None and interface.public:
                    held.public_ip = dotted(interface.public)

    def managed(self) -> frozenset[str]:
        """The interfaces that AWS's services hold: of endpoints, NAT gateways, mount targets and tasks."""
        endpoints = [each for each in list(self._ec2.vpc_end_points.values()) if each.state != "deleted"]
        found = {key for each in endpoints for key in each.network_interface_ids or ()}
        for gateway in list(self._ec2.nat_gateways.values()):
            found.add(gateway._eni.id)  # noqa: SLF001  # moto tells it nowhere else
        for system in list(self._efs.file_systems_by_id.values()):
            found |= {str(each.network_interface_id) for each in system.iter_mount_targets()}
        for task in self.tasks():
            found |= {_detail(each, "networkInterfaceId") for each in task.attachments}
        return frozenset(found)


def on_fargate(service: Any) -> bool:
    """Whether a service's tasks run on Fargate: by its launch type, or by its capacity providers."""
    if service.launch_type == "FARGATE":
        return True
    strategy = getattr(service, "capacity_provider_strategy", None) or ()
    return any(str(each.get("capacityProvider", "")).startswith("FARGATE") for each in strategy)


def subnet_of(told: Any) -> str:
    """The subnet of a task's interface; "" for none."""
    return next((found for each in told.attachments if (found := _detail(each, "subnetId"))), "")


def address_of(told: Any) -> int:
    """The address of a task's interface; 0 for none."""
    found = next((_detail(each, "privateIPv4Address") for each in told.attachments), "")
    return int(IPv4Address(found)) if found else 0


def _detail(attachment: Mapping[str, Any], name: str) -> str:
    return next((str(each["value"]) for each in attachment["details"] if each["name"] == name), "")


def volumes_of(definition: Any) -> dict[str, tuple[str, str]]:
    """The EFS volumes of a task definition: the file system, and the folder in it."""
    found = {}
    for volume in getattr(definition, "volumes", None) or ():
        if efs := volume.get("efsVolumeConfiguration"):
            root = str(efs.get("rootDirectory") or "/")
            found[str(volume.get("name"))] = (str(efs.get("fileSystemId")), root)
    return found


def _wish(
    written: Mapping[str, Any], changed: Mapping[str, Any], volumes: Mapping[str, tuple[str, str]]
) -> Wish:
    mounts = [
        Mount(
            source=volumes[name][0],
            below=volumes[name][1],
            target=str(each.get("containerPath") or ""),
            read_only=each.get("readOnly") is True,
        )
        for each in written.get("mountPoints") or ()
        if (name := str(each.get("sourceVolume"))) in volumes
    ]
    environment = [*(written.get("environment") or ()), *(changed.get("environment") or ())]
    return Wish(
        name="",
        hostname="",
        command=tuple(map(str, changed.get("command") or written.get("command") or ())),
        entry_point=tuple(map(str, written.get("entryPoint") or ())),
        environment={str(each.get("name", "")): str(each.get("value", "")) for each in environment},
        directory=str(written.get("workingDirectory") or ""),
        user=str(written.get("user") or ""),
        mounts=tuple(mounts),
    )
