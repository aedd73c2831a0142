"""One lab: a network, the services beyond it, and the tasks that run in it. It lives inside a sandbox."""

import os
import queue
import secrets
import socket
import threading
import time
from collections.abc import Callable

import msgspec

from pullproof.lab.agent import Agent, Event, Pulled, Secret, Setting, Stopped, Work
from pullproof.lab.cloud import Cloud
from pullproof.lab.concrete import concrete
from pullproof.lab.container import Asked as Wish
from pullproof.lab.container import Container
from pullproof.lab.fabric import Listener, Network
from pullproof.lab.front import Backends, Front
from pullproof.lab.image import Image
from pullproof.lab.judge import Judge, execution_role
from pullproof.lab.netlink import Netlink
from pullproof.lab.plan import Ledger, Plan, Start, planned
from pullproof.lab.registry import Registry, bucket, seed
from pullproof.lab.resolver import Home, Resolver
from pullproof.lab.sandbox import HOME
from pullproof.lab.tls import Authority
from pullproof.model.ecs import Container as Written
from pullproof.model.estate import Estate
from pullproof.model.value import Unknown

RESOLVER = 0xA9FEA9FD


class Task(msgspec.Struct, kw_only=True):
    """A task, as `lab ps` shows it. `status` is ECS's word; `reason` is set once it stopped."""

    id: str
    launch: str
    subnet: str
    groups: tuple[str, ...]
    public_ip: bool
    platform: str
    status: str = "PROVISIONING"
    reason: str = ""
    step: str = ""
    events: list[Event] = []
    containers: list[Container] = []
    began: float = 0.0
    pulled: float = 0.0

    @property
    def start(self) -> Start:
        """The interface it wants."""
        return Start(key=self.id, subnet=self.subnet, groups=self.groups, public_ip=self.public_ip)


class Lab:
    """Everything of one lab. `scale` shortens every time that AWS takes."""

    def __init__(self, estate: Estate, *, api: socket.socket | None = None, scale: float = 0.02) -> None:
        self.scale = scale
        self.tasks: dict[str, Task] = {}
        self._ledger = Ledger()
        self._lock = threading.RLock()
        self.authority = Authority(HOME)
        with Netlink() as kernel:
            kernel.address(1, RESOLVER, 32, host=True)
        self._home = os.open("/proc/self/ns/net", os.O_RDONLY | os.O_CLOEXEC)
        self._names = Home()
        self.changes: queue.SimpleQueue[float] = queue.SimpleQueue()
        own = _bound("127.0.0.1", 5000)
        sockets = (own,) if api is None else (own, api)
        self.cloud = Cloud(*sockets, changed=lambda: self.changes.put(time.monotonic()))
        self.plan = self._planned(estate)
        self.judge = Judge(self.plan)
        self._front = Front(
            self.authority.server(),
            Backends(
                cloud=self.cloud.port,
                registry=5001,
                judge=self.judge.why_not,
                token=self.judge.token,
                region=self.plan.region,
            ),
        )
        self._here = Listener(held=_bound("127.0.0.1", 443), vpc="", port=443)
        self.network = Network(self.plan)
        self._resolver = Resolver(self.network)
        self._listen()
        self.store = self.cloud.client("s3", self.plan.region)
        self.store.create_bucket(**_bucket(bucket(self.plan.region), self.plan.region))
        self._registry = Registry(self.plan.region, self.authority.bundle)
        self._registry.wait()

    def close(self) -> None:
        """End everything."""
        for task in self.tasks.values():
            for container in task.containers:
                container.stop(0.2)
        self._front.close()
        self._resolver.close()
        self._registry.close()
        self._names.close()
        self.cloud.close()
        self.network.close()
        os.close(self._home)

    @property
    def api(self) -> str:
        """Where the stand-in for AWS answers, as the machine sees it."""
        return f"http://{self.cloud.address}"

    def stop(self, task: Task, reason: str) -> None:
        """Stop a task that runs."""
        for container in task.containers:
            container.stop()
        task.status, task.reason = "STOPPED", reason
        self.apply()

    # The network ----------------------------------------------------------------------------------

    def _planned(self, estate: Estate) -> Plan:
        running = [task.start for task in self.tasks.values() if task.status != "STOPPED"]
        return planned(concrete(estate), running, self._ledger)

    def apply(self, estate: Estate | None = None) -> None:
        """Let another estate, or other tasks, take the place of what is there."""
        with self._lock:
            self.plan = self._planned(self.plan.estate if estate is None else estate)
            self.judge.plan = self.plan
            self.network.apply(self.plan)
            self._resolver.close()
            self._resolver = Resolver(self.network)
            self._listen()

    def _listen(self) -> None:
        calls = [each for each in self.network.listeners.values() if each.port == 443]
        self._front.listen([self._here, *calls])

    # Images ---------------------------------------------------------------------------------------

    def push(
        self, image: Image, repository: str, tag: str = "latest", *, account: str = "", region: str = ""
    ) -> None:
        """Put an image into a repository of the lab's registry."""
        name = f"{account or self.judge.account}/{region or self.plan.region}/{repository}"
        seed(self.store, self.plan.region, name, tag, image)

    # Tasks ----------------------------------------------------------------------------------------

    def start(
        self,
        launch: str,
        *,
        subnet: str = "",
        platform: str = "",
        tell: Callable[[Event], None] = lambda _: None,
    ) -> Task:
        """Run a task of a launch, to its end or until it runs.

        Raises:
            KeyError: there is no such launch.
        """
        held = self.plan.estate.launches[launch]
        version = held.platform_version if isinstance(held.platform_version, str) else "LATEST"
        task = Task(
            id=secrets.token_hex(16),
            launch=launch,
            subnet=subnet or held.subnets.items[0],
            groups=held.groups.items,
            public_ip=held.public_ip is True,
            platform=platform or ("1.4.0" if version == "LATEST" else version),
            began=time.monotonic(),
        )
        self.tasks[task.id] = task
        self.apply()
        try:
            self._launch(task, tell)
        except Stopped as stopped:
            task.status, task.reason, task.step = "STOPPED", stopped.reason, stopped.step
            self.apply()
        return task

    def _launch(self, task: Task, tell: Callable[[Event], None]) -> None:
        interface = self.plan.of(task.id)[0]
        setting = Setting(
            task=self.network.spaces[interface.name],
            own=self._home,
            platform=task.platform,
            key=self.judge.credentials(execution_role(self.plan, task.launch)),
            authority=str(self.authority.bundle),
            scale=self.scale,
        )
        folder = HOME / "pulls" / task.id
        folder.mkdir(parents=True)

        def told(event: Event) -> None:
            task.events.append(event)
            tell(event)

        agent = Agent(setting, folder, told)
        task.status = "PENDING"
        definition = self.plan.estate.task_definitions[
            str(self.plan.estate.launches[task.launch].task_definition)
        ]
        every = definition.containers.items
        pulled = [agent.launch(work_of(container, self.plan.region, task.id)) for container in every]
        task.pulled = time.monotonic()
        for container, held in zip(every, pulled, strict=True):
            task.containers.append(self._run(container, held, task, setting.task))
        task.status = "RUNNING"

    def _run(self, container: Written, pulled: Pulled, task: Task, network: int) -> Container:
        wish = Wish(
            name=f"{task.id[:12]}-{container.name}",
            hostname=f"ip-{task.id[:8]}",
            environment=dict(pulled.values),
        )
        return Container(wish, pulled.config, pulled.layers, network)


def work_of(container: Written, region: str, task: str) -> Work:
    """What a container needs before it starts, of a task with that id."""
    image = "" if isinstance(container.image, Unknown) or not container.image else container.image
    name = "" if isinstance(container.name, Unknown) else container.name
    held = [each for each in container.secrets.items if isinstance(each.value_from, str)]
    return Work(
        container=name,
        image=image,
        region=region,
        secrets=tuple(Secret(name=each.name, value_from=str(each.value_from)) for each in held),
        log=_log(container, name, region, task),
        needs_login=".dkr.ecr." in image,
    )


def _log(container: Written, name: str, region: str, task: str) -> tuple[str, str, str] | None:
    if container.log is None or isinstance(container.log, Unknown) or container.log.driver != "awslogs":
        return None
    options = {key: value for key, value in container.log.options if isinstance(value, str)}
    group, prefix = options.get("awslogs-group", ""), options.get("awslogs-stream-prefix", "ecs")
    return group, f"{prefix}/{name}/{task}", options.get("awslogs-region", region)


def _bound(host: str, port: int) -> socket.socket:
    held = socket.socket(socket.AF_INET, socket.SOCK_STREAM | socket.SOCK_CLOEXEC)
    held.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    held.bind((host, port))
    held.listen(1024)
    return held


def _bucket(name: str, region: str) -> dict[str, object]:
    where = {} if region == "us-east-1" else {"CreateBucketConfiguration": {"LocationConstraint": region}}
    return {"Bucket": name, **where}
