"""One lab: a network, the services beyond it, and the tasks that run in it. It lives inside a sandbox."""

import collections
import contextlib
import os
import queue
import secrets
import shutil
import socket
import threading
import time
from collections.abc import Callable, Iterator, Mapping

import msgspec

from pullproof.errors import InputError, PullproofError, ToolError
from pullproof.lab.agent import Agent, Event, Setting, Stopped
from pullproof.lab.cloud import Cloud
from pullproof.lab.concrete import concrete
from pullproof.lab.container import Asked as Wish
from pullproof.lab.container import Container
from pullproof.lab.fabric import Listener, Network
from pullproof.lab.files import PORT as NFS
from pullproof.lab.files import Servers, folder, installed, mounted, within
from pullproof.lab.flows import rejected
from pullproof.lab.front import Backends, Front
from pullproof.lab.guard import made
from pullproof.lab.image import Image
from pullproof.lab.judge import Judge, execution_role
from pullproof.lab.logs import Shipper
from pullproof.lab.names import mount_host
from pullproof.lab.netlink import Netlink
from pullproof.lab.plan import Interface, Ledger, Plan, Start, planned
from pullproof.lab.registry import Registry, bucket, seed
from pullproof.lab.resolver import Home, Resolver
from pullproof.lab.resolving import asking
from pullproof.lab.sandbox import HOME
from pullproof.lab.servers import asks_amazon, resolv_conf
from pullproof.lab.task import BY_USER, FAILED, Task, name_of, wish_of, work_of
from pullproof.lab.tls import Authority
from pullproof.lab.words import not_pulled, not_started
from pullproof.model.ecs import Launch, TaskDefinition
from pullproof.model.estate import Estate

RESOLVER = 0xA9FEA9FD
#: Seconds that containers have for SIGTERM, before they are scaled; how many stopped tasks are remembered.
STOP, REMEMBERED = 30.0, 200
#: How many records of what was dropped are remembered.
RECORDS = 10_000


class Given(msgspec.Struct, frozen=True, kw_only=True):
    """What a task was given by whoever asked for it: its id and address, and how its containers run.

    `launch` is what it is called after. What is empty is chosen here.
    """

    id: str = ""
    launch: str = ""
    address: int = 0
    wishes: Mapping[str, Wish] = {}


class Lab:
    """Everything of one lab. `scale` shortens every time that AWS takes."""

    def __init__(self, estate: Estate, *, api: socket.socket | None = None, scale: float = 0.02) -> None:
        self.scale = scale
        self.tasks: dict[str, Task] = {}
        self._shippers: dict[str, Shipper] = {}
        #: Who hears of every change of a task, makes what it needs, and knows how its containers run.
        self.tell: Callable[[Task], None] = lambda _: None
        self.prepare: Callable[[Task], None] = lambda _: None
        self.wishes: Callable[[TaskDefinition], Mapping[str, Wish]] = lambda _: {}
        #: Repositories of the registry that somebody pushed to.
        self.pushed: set[str] = set()
        self._ledger = Ledger()
        #: Interfaces that stand for a while, without a task.
        self._guests: list[Start] = []
        #: Records of what was dropped before the filters changed, in the format of flow logs.
        self.rejected: collections.deque[str] = collections.deque(maxlen=RECORDS)
        self.lock = threading.RLock()
        self.authority = Authority(HOME)
        with Netlink() as kernel:
            kernel.address(1, RESOLVER, 32, host=True)
        self._home = os.open("/proc/self/ns/net", os.O_RDONLY | os.O_CLOEXEC)
        self._names = Home()
        #: What was asked of the stand-in for AWS and may have changed something.
        self.changes: queue.SimpleQueue[str] = queue.SimpleQueue()
        #: How many of them there were, and how many of those the network has followed.
        self.changed = self.followed = 0
        own = _bound("127.0.0.1", 5000)
        sockets = (own,) if api is None else (own, api)
        #: What the API asks for.
        self.keys = made()
        self.cloud = Cloud(*sockets, keys=self.keys, changed=self._changed)
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
                caller=self.judge.caller,
            ),
        )
        self._here = Listener(held=_bound("127.0.0.1", 443), vpc="", port=443)
        self._files = Servers() if installed() else None
        self.network = Network(self.plan, left=frozenset() if self._files is None else frozenset([NFS]))
        self._resolver = Resolver(self.network)
        self._listen()
        if self._files is not None:
            self._files.follow(self.network)
        self.store = self.cloud.client("s3", self.plan.region)
        self.store.create_bucket(**_bucket(bucket(self.plan.region), self.plan.region))
        self._registry = Registry(self.plan.region, self.authority.bundle)
        self._registry.wait()

    def close(self) -> None:
        """End everything."""
        for task in list(self.tasks.values()):
            for container in task.containers:
                container.stop(0.2)
        for shipper in self._shippers.values():
            shipper.close(0.5)
        if self._files is not None:
            self._files.close()
        self._front.close()
        self._resolver.close()
        self._registry.close()
        self._names.close()
        self.cloud.close()
        self.network.close()
        os.close(self._home)

    def _changed(self, name: str) -> None:
        self.changed += 1
        self.changes.put(name)

    @property
    def api(self) -> str:
        """Where the stand-in for AWS answers, as the machine sees it."""
        return f"http://{self.cloud.address}"

    # The end of tasks -----------------------------------------------------------------------------

    def stop(self, task: Task, reason: str, code: str = BY_USER) -> None:
        """Stop a task: at once when it runs, else as soon as its launch has come to a point where it can."""
        with self.lock:
            if task.wanted is not None or not task.alive:
                return
            task.wanted = (reason, code)
            if task.status != "RUNNING":
                return
        self._end(task, reason, code)

    def _end(self, task: Task, reason: str, code: str, step: str = "") -> None:
        """Take a task down, and give its interface back."""
        task.becomes("DEPROVISIONING")
        self.tell(task)
        for container in task.containers:
            container.stop(STOP * self.scale)
        if (shipper := self._shippers.pop(task.id, None)) is not None:
            shipper.close()
            task.log_trouble = shipper.trouble
        for container in task.containers:
            container.clear()
        shutil.rmtree(HOME / "pulls" / task.id, ignore_errors=True)
        (HOME / "resolv" / task.id).unlink(missing_ok=True)
        task.reason, task.code, task.step = reason, code, step
        task.becomes("STOPPED")
        self.apply()
        self.tell(task)
        self._forget()

    def _forget(self) -> None:
        """Of the tasks that stopped, only the latest are remembered."""
        with self.lock:
            gone = [key for key, task in self.tasks.items() if not task.alive]
            for key in gone[:-REMEMBERED]:
                del self.tasks[key]

    # The network ----------------------------------------------------------------------------------

    def _planned(self, estate: Estate) -> Plan:
        running = [task.start for task in self.tasks.values() if task.alive]
        return planned(concrete(estate), [*running, *self._guests], self._ledger)

    def apply(self, estate: Estate | None = None) -> None:
        """Let another estate, or other tasks, take the place of what is there."""
        with self.lock:
            # With the filters go their records.
            self.rejected.extend(rejected(self.network))
            self.plan = self._planned(self.plan.estate if estate is None else estate)
            self.judge.plan = self.plan
            self.network.apply(self.plan)
            self._resolver.follow()
            self._listen()
            if self._files is not None:
                self._files.follow(self.network)

    @contextlib.contextmanager
    def standing(self, task: Task) -> Iterator[Interface]:
        """The interface of a task; of one that stopped, one like it for as long as the block lasts.

        Raises:
            ToolError: its subnet has no address left.
        """
        with self.lock:
            if not self.plan.of(task.id):
                self._guests.append(task.start)
            try:
                # Also where nothing changes: what was dropped before is no answer to what is asked now.
                self.apply()
                if not (found := self.plan.of(task.id)):
                    raise ToolError(f"the subnet of task {task.id} has no address left")
                yield found[0]
            finally:
                self._guests.clear()
                self.apply()

    def _listen(self) -> None:
        calls = [each for each in self.network.listeners.values() if each.port == 443]
        self._front.listen([self._here, *calls])

    # Images ---------------------------------------------------------------------------------------

    def push(
        self, image: Image, repository: str, tag: str = "latest", *, account: str = "", region: str = ""
    ) -> None:
        """Put an image into a repository of the lab's registry."""
        name = f"{account or self.judge.account}/{region or self.plan.region}/{repository}"
        self.pushed.add(name)
        seed(self.store, self.plan.region, name, tag, image)

    # Tasks ----------------------------------------------------------------------------------------

    def start(
        self,
        launch: Launch,
        *,
        subnet: str = "",
        platform: str = "",
        given: Given | None = None,
        tell: Callable[[Event], None] = lambda _: None,
    ) -> Task:
        """Run a task of a launch, until it runs or is stopped."""
        given = given or Given()
        version = launch.platform_version if isinstance(launch.platform_version, str) else "LATEST"
        task = Task(
            id=given.id or secrets.token_hex(16),
            launch=given.launch or launch.key,
            held=launch,
            subnet=subnet or launch.subnets.items[0],
            groups=launch.groups.items,
            public_ip=launch.public_ip is True,
            platform=platform or ("1.4.0" if version == "LATEST" else version),
            address=given.address,
        )
        task.becomes("PROVISIONING")
        with self.lock:
            self.tasks[task.id] = task
            self.apply()
        try:
            self._launch(task, given, tell)
        except Stopped as stopped:
            reason, code = task.wanted or (stopped.reason, FAILED)
            self._end(task, reason, code, stopped.step)
        except InputError as error:
            self._end(task, not_pulled(error.problem), FAILED, "image-layers")
        except PullproofError as error:
            self._end(task, not_started(error.problem), FAILED, "run")
        except Exception as error:  # noqa: BLE001  # a task that nobody brings to its end would wait for ever
            self._end(task, not_started(f"{error!r}"), FAILED, "run")
        return task

    def _launch(self, task: Task, given: Given, tell: Callable[[Event], None]) -> None:
        interface = next(iter(self.plan.of(task.id)), None)
        definition = self.plan.estate.task_definitions.get(str(task.held.task_definition))
        if interface is None or definition is None:
            what = (
                "its task definition is not known" if definition is None else "its subnet has no address left"
            )
            raise Stopped("provision", f"ResourceInitializationError: {what}")
        resolv = HOME / "resolv" / task.id
        resolv.parent.mkdir(exist_ok=True)
        resolv.write_text(resolv_conf(self.plan, task.subnet), encoding="ascii")
        own = not asks_amazon(self.plan, task.subnet)
        setting = Setting(
            resolv=resolv if own else None,
            task=self.network.spaces[interface.name],
            own=self._home,
            platform=task.platform,
            key=self.judge.credentials(execution_role(self.plan, task.held), task.id),
            authority=str(self.authority.bundle),
            scale=self.scale,
        )
        folder = HOME / "pulls" / task.id
        folder.mkdir(parents=True)

        def told(event: Event) -> None:
            task.events.append(event)
            tell(event)
            if task.wanted is not None:
                raise Stopped(event.step, task.wanted[0])

        agent = Agent(setting, folder, told)
        task.becomes("PENDING")
        self.tell(task)
        task.written = definition.containers.items
        self.prepare(task)
        self._mount(definition, setting, told)
        wishes = given.wishes or self.wishes(definition)
        pulled = [agent.launch(work_of(each, self.plan.region, task.id)) for each in task.written]
        for written, held in zip(task.written, pulled, strict=True):
            wish = wish_of(written, task, interface, held.values, wishes.get(name_of(written)))
            task.containers.append(
                Container(self._bound(wish), held.config, held.layers, setting.task, resolv.read_text())
            )
        shutil.rmtree(folder, ignore_errors=True)
        self._ship(task, agent)
        with self.lock:
            if task.wanted is not None:
                raise Stopped("run", task.wanted[0])
            task.becomes("RUNNING")
        self.tell(task)

    def _mount(self, definition: TaskDefinition, setting: Setting, told: Callable[[Event], None]) -> None:
        """Reach the file systems of a task, as a mount does."""
        for volume in definition.volumes.items:
            if not isinstance(volume.file_system, str):
                continue
            host = mount_host(self.plan, volume.file_system)
            begin = time.monotonic()
            try:
                with asking(setting.resolv):
                    mounted(setting.task, host, self.scale, speaks=self._files is not None)
            except Stopped as stopped:
                told(Event(step="efs", ok=False, says=stopped.reason, seconds=time.monotonic() - begin))
                raise
            told(Event(step="efs", ok=True, says="", seconds=time.monotonic() - begin))

    def _bound(self, wish: Wish) -> Wish:
        """The same, with folders of this machine for those of file systems."""
        found = [
            msgspec.structs.replace(mount, source=str(within(folder(mount.source), mount.below)))
            for mount in wish.mounts
        ]
        return msgspec.structs.replace(wish, mounts=tuple(found))

    def _ship(self, task: Task, agent: Agent) -> None:
        """Have what the containers write sent to their log groups."""
        works = [work_of(each, self.plan.region, task.id) for each in task.written]
        outputs = [
            (work, container.output)
            for work, container in zip(works, task.containers, strict=True)
            if work.log is not None
        ]
        if outputs:
            self._shippers[task.id] = Shipper(agent, outputs)


def _bound(host: str, port: int) -> socket.socket:
    held = socket.socket(socket.AF_INET, socket.SOCK_STREAM | socket.SOCK_CLOEXEC)
    held.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    held.bind((host, port))
    held.listen(1024)
    return held


def _bucket(name: str, region: str) -> dict[str, object]:
    where = {} if region == "us-east-1" else {"CreateBucketConfiguration": {"LocationConstraint": region}}
    return {"Bucket": name, **where}
