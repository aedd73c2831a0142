"""A task of a lab, and what its containers need before they start."""

import re
import time
from collections.abc import Mapping

import msgspec

from pullproof.lab.agent import Event, Secret, Work
from pullproof.lab.container import Asked as Wish
from pullproof.lab.container import Container
from pullproof.lab.plan import Interface, Start
from pullproof.model.addresses import dotted
from pullproof.model.ecs import Container as Written
from pullproof.model.ecs import Launch
from pullproof.model.value import Unknown

#: ECS's words for why a task stopped.
#: https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_Task.html
FAILED, EXITED, BY_USER, BY_SERVICE = (
    "TaskFailedToStart",
    "EssentialContainerExited",
    "UserInitiated",
    "ServiceSchedulerInitiated",
)
#: Characters that a container's name may have in the runtime, and in a path.
_ODD = re.compile(r"[^A-Za-z0-9_-]")


class Task(msgspec.Struct, kw_only=True):
    """A task, as `lab ps` shows it. `status` is ECS's word; `reason` and `code` are set once it stopped."""

    id: str
    launch: str
    held: Launch
    subnet: str
    groups: tuple[str, ...]
    public_ip: bool
    platform: str
    status: str = "PROVISIONING"
    reason: str = ""
    code: str = ""
    step: str = ""
    events: list[Event] = []
    containers: list[Container] = []
    #: What the task definition says of each container.
    written: tuple[Written, ...] = ()
    #: What `stop` was told while the task was still starting: the reason, and the code.
    wanted: tuple[str, str] | None = None
    #: Its address, where it was chosen by somebody else; 0 for the next free one.
    address: int = 0
    #: Why lines of its containers did not reach the log group, if they did not.
    log_trouble: str = ""
    #: Seconds since the epoch at which each status began.
    times: dict[str, float] = {}

    @property
    def start(self) -> Start:
        """The interface it wants."""
        return Start(
            key=self.id,
            subnet=self.subnet,
            groups=self.groups,
            public_ip=self.public_ip,
            address=self.address,
        )

    @property
    def alive(self) -> bool:
        """Whether it has not stopped yet."""
        return self.status != "STOPPED"

    def becomes(self, status: str) -> None:
        """Enter a status, now."""
        self.status = status
        self.times[status] = time.time()

    def exits(self) -> dict[str, int]:
        """The exit codes of the containers that ended, by their names in the task definition."""
        return {
            name_of(written): container.exit_code
            for written, container in zip(self.written, self.containers, strict=False)
            if container.exit_code is not None
        }

    def ended(self) -> bool:
        """Whether a container that is essential came to its end."""
        return any(
            container.exit_code is not None and written.essential is not False
            for written, container in zip(self.written, self.containers, strict=False)
        )


def name_of(container: Written) -> str:
    """A container's name; "" where it is not known."""
    return "" if isinstance(container.name, Unknown) else container.name


def work_of(container: Written, region: str, task: str) -> Work:
    """What a container needs before it starts, of a task with that id."""
    image = "" if isinstance(container.image, Unknown) or not container.image else container.image
    held = [each for each in container.secrets.items if isinstance(each.value_from, str)]
    return Work(
        container=name_of(container),
        image=image,
        region=region,
        secrets=tuple(Secret(name=each.name, value_from=str(each.value_from)) for each in held),
        log=_log(container, name_of(container), region, task),
        needs_login=".dkr.ecr." in image,
    )


def _log(container: Written, name: str, region: str, task: str) -> tuple[str, str, str] | None:
    if container.log is None or isinstance(container.log, Unknown) or container.log.driver != "awslogs":
        return None
    options = {key: value for key, value in container.log.options if isinstance(value, str)}
    group, prefix = options.get("awslogs-group", ""), options.get("awslogs-stream-prefix", "ecs")
    return group, f"{prefix}/{name}/{task}", options.get("awslogs-region", region)


def wish_of(
    container: Written, task: Task, interface: Interface, values: Mapping[str, str], written: Wish | None
) -> Wish:
    """How a container runs: what the task definition says of it, with what Fargate adds, and the secrets."""
    region = str(task.held.region or "")
    told = written or Wish(name="", hostname="")
    given = {"AWS_EXECUTION_ENV": "AWS_ECS_FARGATE"}
    if region:
        given |= {"AWS_REGION": region, "AWS_DEFAULT_REGION": region}
    return msgspec.structs.replace(
        told,
        name=f"{task.id[:12]}-{_ODD.sub('-', name_of(container))[:60]}",
        hostname=f"ip-{dotted(interface.address).replace('.', '-')}",
        environment=given | dict(told.environment) | dict(values),
    )
