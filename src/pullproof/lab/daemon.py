"""A lab that goes on: it takes questions on its socket, and follows what the stand-in for AWS is told."""

import contextlib
import json
import os
import queue
import socket
import struct
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import msgspec

from pullproof.errors import PullproofError
from pullproof.lab import image, sandbox
from pullproof.lab.ask import CODES, Outcome, ask
from pullproof.lab.ecs import Account
from pullproof.lab.flows import flow_log
from pullproof.lab.furnish import images
from pullproof.lab.lab import Lab
from pullproof.lab.schedule import Scheduler
from pullproof.lab.task import Task
from pullproof.model.addresses import dotted
from pullproof.model.ecs import Launch
from pullproof.model.estate import Estate

#: Calls after which the network, the roles and the task definitions are what they were.
ONLY_TASKS = frozenset(["RunTask", "StopTask"])
#: How often the account is read while it goes on changing, before it has to be still.
PATIENT = 3
#: Changes that come together are taken together: seconds between two of them, and altogether.
TOGETHER, LONGEST = 0.2, 2.0


class Daemon:
    """Serves one lab until it is told to end."""

    def __init__(
        self, lab: Lab, control: socket.socket, read: Callable[[str, str], Estate] | None, *, keeps: bool
    ) -> None:
        self.lab = lab
        self._control = control
        self._read = read
        self._ended = threading.Event()
        account = None if read is None else Account(lab.plan.region)
        self._account = account
        self.scheduler = Scheduler(lab, keeps=keeps, account=account)
        if account is not None:
            lab.prepare = lambda task: images(lab, task)
            lab.tell = lambda task: account.note(task, next(iter(lab.plan.of(task.id)), None))
            lab.wishes = lambda definition: account.wishes(str(definition.arn))
        self._does: dict[str, Callable[[dict[str, Any]], Iterator[dict[str, Any]]]] = {
            "status": self._status,
            "keys": self._keys,
            "ps": self._ps,
            "run": self._run,
            "stop": self._stop,
            "logs": self._logs,
            "push": self._push,
            "trace": self._trace,
            "flows": self._flows,
            "inside": self._inside,
            "state": self._state,
            "down": self._down,
        }
        self._kept: dict[str, str] = {}

    def serve(self) -> int:
        """Until `down`; 0."""
        threading.Thread(target=self._accept, name="control", daemon=True).start()
        if self._read is not None:
            threading.Thread(target=self._follow, name="changes", daemon=True).start()
        self.scheduler.start()
        self._ended.wait()
        with contextlib.suppress(OSError):
            self._control.shutdown(socket.SHUT_RDWR)
        self._control.close()
        self.scheduler.close()
        self.lab.close()
        return 0

    def _accept(self) -> None:
        while not self._ended.is_set():
            try:
                call, _ = self._control.accept()
            except OSError:
                return
            if _user_of(call) != os.geteuid():
                call.close()  # an abstract name has no permissions: anybody of this machine can connect
                continue
            threading.Thread(target=self._take, args=(call,), daemon=True).start()

    def _take(self, call: socket.socket) -> None:
        with call, call.makefile("rwb") as lines:
            for line in lines:
                try:
                    given = json.loads(line)
                    for answer in self._does[given["do"]](given):
                        lines.write(json.dumps(answer).encode() + b"\n")
                        lines.flush()
                    lines.write(b'{"done": true}\n')
                except PullproofError as error:
                    lines.write(json.dumps({"error": error.problem, "remedy": error.remedy}).encode() + b"\n")
                except (LookupError, ValueError, TypeError, AttributeError, RuntimeError) as error:
                    lines.write(json.dumps({"error": f"that cannot be done: {error!r}"}).encode() + b"\n")
                except (OSError, BrokenPipeError):
                    return
                try:
                    lines.flush()
                except OSError:
                    return

    def _follow(self) -> None:
        """Whenever something is changed through the API, look at the estate again."""
        while not self._ended.is_set():
            names = self._heard()
            if names <= ONLY_TASKS:
                self.lab.followed = max(self.lab.followed, self.lab.changed - self.lab.changes.qsize())
            else:
                self.refresh()
            self.scheduler.look()

    def _heard(self) -> set[str]:
        """What changed, once nothing has changed for a moment, or too long."""
        names = {self.lab.changes.get()}
        end = time.monotonic() + LONGEST
        with contextlib.suppress(queue.Empty):
            while names <= ONLY_TASKS or time.monotonic() < end:
                names.add(self.lab.changes.get(timeout=0.01 if names <= ONLY_TASKS else TOGETHER))
        return names

    def refresh(self) -> None:
        """Read the estate from the stand-in for AWS, and become it."""
        if self._read is None or self._account is None:
            return
        try:
            count, estate = self._seen(self._read)
            for managed in self._account.managed():
                estate.interfaces.pop(managed, None)
            self.lab.apply(estate)
            self._kept.pop("trouble", None)
        except PullproofError as error:
            self._kept["trouble"] = error.problem
            count = self.lab.changed
        except Exception as error:  # noqa: BLE001  # half of an apply may be there; the next look sees all
            self._kept["trouble"] = f"the account could not be followed: {error!r}"
            count = self.lab.changed
        self.lab.followed = count

    def _seen(self, read: Callable[[str, str], Estate]) -> tuple[int, Estate]:
        """An estate as it was at one moment, and how many changes had made it.

        Reading takes a while. What was read while something changed may never have been so: it is read again,
        and in the end changes have to wait.
        """
        where = (f"http://127.0.0.1:{self.lab.cloud.port}", self.lab.plan.region)
        for _ in range(PATIENT):
            count = self.lab.changed
            estate = read(*where)
            if count == self.lab.changed:
                return count, estate
        with self.lab.cloud.still:
            return self.lab.changed, read(*where)

    # What may be asked ----------------------------------------------------------------------------

    def _status(self, _: dict[str, Any]) -> Iterator[dict[str, Any]]:
        plan = self.lab.plan
        yield {
            "region": plan.region,
            "api": self.lab.api,
            "vpcs": len(plan.estate.vpcs),
            "interfaces": len(plan.interfaces),
            "changes": self.lab.changed,
            "followed": self.lab.followed,
            "launches": list(plan.estate.launches),
            "left_out": [each.what for each in plan.left_out],
            "trouble": self._kept.get("trouble", "") or self.scheduler.trouble,
        }

    def _keys(self, _: dict[str, Any]) -> Iterator[dict[str, Any]]:
        """What the API asks for; this socket answers only to the user whose lab it is."""
        plan, keys = self.lab.plan, self.lab.keys
        yield {"api": self.lab.api, "region": plan.region, "id": keys.id, "secret": keys.secret}

    def _ps(self, _: dict[str, Any]) -> Iterator[dict[str, Any]]:
        for task in list(self.lab.tasks.values()):
            yield self._shown(task)

    def _shown(self, task: Task) -> dict[str, Any]:
        interface = next(iter(self.lab.plan.of(task.id)), None)
        return {
            "id": task.id,
            "launch": task.launch,
            "status": task.status,
            "platform": task.platform,
            "subnet": task.subnet,
            "address": "" if interface is None else dotted(interface.address),
            "step": task.step,
            "reason": task.reason,
            "code": task.code,
            "exit_codes": task.exits(),
            "log_trouble": task.log_trouble,
            "events": [msgspec.to_builtins(event) for event in task.events],
        }

    def _run(self, given: dict[str, Any]) -> Iterator[dict[str, Any]]:
        launch = self._launch(str(given["launch"]))
        told: queue.SimpleQueue[dict[str, Any] | None] = queue.SimpleQueue()
        held: list[Task | PullproofError] = []

        def work() -> None:
            try:
                held.append(
                    self.lab.start(
                        launch,
                        subnet=str(given.get("subnet", "")),
                        platform=str(given.get("platform", "")),
                        tell=lambda event: told.put({"event": msgspec.to_builtins(event)}),
                    )
                )
            except PullproofError as error:
                held.append(error)
            finally:
                told.put(None)

        threading.Thread(target=work, daemon=True).start()
        while (answer := told.get()) is not None:
            yield answer
        for outcome in held:
            if isinstance(outcome, PullproofError):
                raise outcome
            yield {"task": self._shown(outcome)}

    def _launch(self, name: str) -> Launch:
        every = self.lab.plan.estate.launches
        found = [each for key, each in every.items() if key == name or key.endswith((f"/{name}", f".{name}"))]
        if len(found) == 1:
            return found[0]
        from pullproof.errors import UsageError

        raise UsageError(
            f"nothing called {name} runs tasks in this lab", remedy=f"there is: {', '.join(every)}"
        )

    def _task(self, name: str) -> Task:
        found = [task for task in self.lab.tasks.values() if task.id.startswith(name)]
        if len(found) == 1:
            return found[0]
        from pullproof.errors import UsageError

        raise UsageError(f"there is no task {name} in this lab", remedy="pullproof lab ps")

    def _stop(self, given: dict[str, Any]) -> Iterator[dict[str, Any]]:
        task = self._task(str(given["task"]))
        self.lab.stop(task, "Task stopped by user")
        yield self._shown(task)

    def _logs(self, given: dict[str, Any]) -> Iterator[dict[str, Any]]:
        for container in self._task(str(given["task"])).containers:
            text = container.output.read_bytes().decode("utf-8", "replace")
            yield {"container": container.name, "text": text}

    def _push(self, given: dict[str, Any]) -> Iterator[dict[str, Any]]:
        path = str(given.get("path", ""))
        held = image.read(Path(path)) if path else image.busybox()
        repository, _, tag = str(given["repository"]).partition(":")
        self.lab.push(held, repository, tag or "latest")
        yield {"digest": held.manifest.digest, "repository": repository, "tag": tag or "latest"}

    def _trace(self, given: dict[str, Any]) -> Iterator[dict[str, Any]]:
        task = self._task(str(given["task"]))
        with self.lab.standing(task) as interface:
            outcome = ask(self.lab.network, interface, str(given["host"]), int(given["port"]))
            told = self._told(outcome)
        yield told

    def _told(self, outcome: Outcome) -> dict[str, Any]:
        return {
            "addresses": [dotted(each) for each in outcome.addresses],
            "opened": [dotted(each) for each in outcome.opened],
            "gate": outcome.gate,
            "gates": [
                {
                    "code": CODES[drop.stage],
                    "stage": drop.stage,
                    "from": self._named(drop.sender),
                    "to": self._named(drop.receiver),
                    "by": [self._named(drop.by)]
                    if drop.by
                    else self._deciding(drop.stage, drop.sender, drop.receiver),
                    "address": drop.address,
                    "port": drop.port,
                }
                for drop in outcome.drops
            ],
            "ends": outcome.ends,
        }

    def _named(self, link: str) -> str:
        held = self.lab.plan.interfaces.get(link)
        return link if held is None else held.owner

    def _deciding(self, stage: str, sender: str, receiver: str) -> list[str]:
        """The groups or the ACL of the end that dropped it."""
        plan = self.lab.plan
        held = plan.interfaces.get(sender if stage.endswith("out") else receiver)
        if held is None:
            return []
        if stage.startswith("sg"):
            return list(held.groups)
        return [str(plan.estate.subnets[held.subnet].acl)] if stage.startswith("nacl") else []

    def _flows(self, _: dict[str, Any]) -> Iterator[dict[str, Any]]:
        for line in (*self.lab.rejected, *flow_log(self.lab.network)):
            yield {"line": line}

    def _inside(self, given: dict[str, Any]) -> Iterator[dict[str, Any]]:
        """What a program needs to enter a task: the descriptor of its network, its containers."""
        task = self._task(str(given["task"])) if given.get("task") else None
        links = [] if task is None else [each.name for each in self.lab.plan.of(task.id)]
        yield {
            "pid": os.getpid(),
            "outer": sandbox.outer(),
            "network": self.lab.network.spaces[links[0]] if links else -1,
            "containers": [] if task is None else [container.name for container in task.containers],
        }

    def _state(self, given: dict[str, Any]) -> Iterator[dict[str, Any]]:
        """Terraform's state of a directory lives as long as the lab."""
        key = f"state {given['directory']}"
        if "text" in given:
            self._kept[key] = str(given["text"])
        yield {"text": self._kept.get(key, "")}

    def _down(self, _: dict[str, Any]) -> Iterator[dict[str, Any]]:
        yield {"ended": True}
        threading.Timer(0.05, self._ended.set).start()


def _user_of(call: socket.socket) -> int:
    """Who is at the other end of a connection, as this process names users."""
    _, user, _ = struct.unpack("3i", call.getsockopt(socket.SOL_SOCKET, socket.SO_PEERCRED, 12))
    return int(user)
