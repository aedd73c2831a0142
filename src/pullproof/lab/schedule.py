"""What ECS does by itself: services keep the number of tasks that is wanted, and tasks run that were asked for."""

import threading
from typing import Any

from pullproof.errors import PullproofError
from pullproof.lab.deploy import Pauses, Services
from pullproof.lab.ecs import Account, address_of, subnet_of
from pullproof.lab.lab import Given, Lab
from pullproof.lab.task import BY_SERVICE, EXITED, Task
from pullproof.model.ecs import Launch, LaunchKind
from pullproof.model.value import Listing, Origin

#: Seconds between two looks when nothing is heard of.
OFTEN = 0.25
#: How many tasks are started at the same time; the others wait.
AT_ONCE = 8


class Scheduler:
    """Starts what should run and does not. With an account, that is what was asked of the stand-in for AWS."""

    def __init__(self, lab: Lab, *, keeps: bool, account: Account | None = None) -> None:
        self._lab = lab
        self._keeps = keeps
        self._account = account
        self._pauses = Pauses(lab.scale)
        self._services = None if account is None else Services(account, self._pauses, self._stop)
        self._busy: dict[str, int] = {}
        self._turn: dict[str, int] = {}
        self._seen: set[str] = set()
        #: How many changes of the account the network must have followed before a task starts.
        self._due: dict[str, int] = {}
        self._lock = threading.Lock()
        self._slots = threading.Semaphore(AT_ONCE)
        self._wake = threading.Event()
        self._ended = False
        #: What went wrong in the scheduler itself, last.
        self.trouble = ""

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
            self._wake.wait(timeout=OFTEN)
            self._wake.clear()
            try:
                self.once()
            except Exception as error:  # noqa: BLE001  # one service's trouble must not end all others
                self.trouble = f"the scheduler met {error!r}"

    def once(self) -> None:
        """One look at everything."""
        self._after_containers()
        if self._services is not None and self._account is not None:
            if self._keeps:
                self._services.look()
            self._asked_for(self._account)
        elif self._keeps:
            self._wanted()

    def _after_containers(self) -> None:
        """Tasks of which an essential container has ended are stopped."""
        for task in list(self._lab.tasks.values()):
            if task.status == "RUNNING" and task.wanted is None and task.ended():
                self._apart(self._lab.stop, task, "Essential container in task exited", EXITED)

    def _apart(self, do: Any, *given: Any) -> None:
        threading.Thread(target=do, args=given, daemon=True).start()

    # Services of an input -------------------------------------------------------------------------

    def _wanted(self) -> None:
        """Services of the estate, each with as many tasks as it wants."""
        for key, launch in list(self._lab.plan.estate.launches.items()):
            if launch.kind is not LaunchKind.SERVICE or launch.fargate is False or not launch.subnets.items:
                continue
            wanted = launch.desired_count if isinstance(launch.desired_count, int) else 1
            alive = [task for task in list(self._lab.tasks.values()) if task.launch == key and task.alive]
            running = [task for task in alive if task.status == "RUNNING" and task.wanted is None]
            for task in running[: max(0, len(alive) - wanted)]:
                self._apart(self._lab.stop, task, "Scaling activity initiated by deployment", BY_SERVICE)
            missing = wanted - len(alive) - self._busy.get(key, 0)
            if missing > 0 and self._pauses.over(key):
                for _ in range(missing):
                    turn = self._turn[key] = self._turn.get(key, -1) + 1
                    self._begin(launch, launch.subnets.items[turn % len(launch.subnets.items)])

    def _begin(self, launch: Launch, subnet: str, given: Given | None = None) -> None:
        key = launch.key
        with self._lock:
            self._busy[key] = self._busy.get(key, 0) + 1
        self._apart(self._attempt, launch, subnet, given)

    def _attempt(self, launch: Launch, subnet: str, given: Given | None) -> None:
        try:
            with self._slots:
                task = self._lab.start(launch, subnet=subnet, given=given)
            self._learn(launch.key, task)
        except PullproofError as error:
            self.trouble = error.problem
            self._pauses.failed(launch.key)
        finally:
            with self._lock:
                self._busy[launch.key] -= 1
            self.look()

    def _learn(self, key: str, task: Task) -> None:
        if task.status == "RUNNING":
            self._pauses.ran(key)
        elif task.wanted is None:
            self._pauses.failed(key)

    # Tasks of the stand-in for AWS ----------------------------------------------------------------

    def _asked_for(self, account: Account) -> None:
        """Each task that the stand-in for AWS holds runs once; those that are to stop are stopped."""
        for told in account.tasks():
            if told.desired_status == "STOPPED":
                self._no_more(told)
            elif (
                told.task_arn not in self._seen
                and self._due.setdefault(told.task_arn, self._lab.changed) <= self._lab.followed
                and (launch := self._of(told)) is not None
            ):
                self._seen.add(told.task_arn)
                given = Given(
                    id=told.id,
                    launch=_named(told),
                    address=address_of(told),
                    wishes=account.wishes(str(told.task_definition_arn), told.overrides),
                )
                self._begin(launch, launch.subnets.items[0], given)

    def _no_more(self, told: Any) -> None:
        task = self._lab.tasks.get(told.id)
        if task is not None:
            if task.alive and task.wanted is None:
                self._apart(self._lab.stop, task, told.stopped_reason, told.stop_code)
        elif told.task_arn not in self._seen:
            self._seen.add(told.task_arn)
            told.last_status = "STOPPED"

    def _stop(self, key: str, reason: str) -> None:
        if (task := self._lab.tasks.get(key)) is not None:
            self._apart(self._lab.stop, task, reason, BY_SERVICE)

    def _of(self, told: Any) -> Launch | None:
        """A task as something that is launched; None while the lab does not know its surroundings."""
        network = (getattr(told, "network_configuration", None) or {}).get("awsvpcConfiguration", {})
        subnet = subnet_of(told)
        definition = self._definition(str(told.task_definition_arn))
        estate = self._lab.plan.estate
        if subnet not in estate.subnets or not definition:
            return None
        return Launch(
            key=told.task_arn,
            origin=Origin(told.task_arn),
            kind=LaunchKind.STANDALONE,
            task_definition=definition,
            subnets=Listing((subnet,)),
            groups=Listing(tuple(network.get("securityGroups", ())) or self._default(subnet)),
            public_ip=network.get("assignPublicIp") == "ENABLED",
            platform_version=getattr(told, "platform_version", None) or "LATEST",
            region=self._lab.plan.region,
            execution_role_override=str((told.overrides or {}).get("executionRoleArn") or ""),
        )

    def _definition(self, arn: str) -> str:
        held = self._lab.plan.estate.task_definitions
        return next((key for key, each in held.items() if arn in (key, each.arn)), "")

    def _default(self, subnet: str) -> tuple[str, ...]:
        estate = self._lab.plan.estate
        owner = estate.vpcs.get(str(estate.subnets[subnet].vpc))
        return (owner.default_group,) if owner is not None and isinstance(owner.default_group, str) else ()


def _named(told: Any) -> str:
    """What a task is called after: its service as the lab calls it, or its family."""
    kind, _, name = str(told.group).partition(":")
    return f"{told.cluster_name}/{name}" if kind == "service" else str(told.group)
