"""What a lab answers on its socket, over a lab that starts nothing."""

import contextlib
import itertools
import json
import os
import queue
import socket
import threading
from collections.abc import Callable, Iterator
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from pullproof.errors import ToolError, UsageError
from pullproof.lab.agent import Event
from pullproof.lab.ask import Outcome
from pullproof.lab.daemon import Daemon
from pullproof.lab.nft import Drop
from pullproof.lab.remote import Remote, address, claimed, running
from pullproof.lab.task import Task
from pullproof.model.ecs import Launch, LaunchKind
from pullproof.model.value import Listing
from tests.build import an_estate, at

NUMBER = itertools.count()


class FakeLab:
    """A lab of one launch, whose tasks run at once."""

    def __init__(self, folder: Path) -> None:
        estate = an_estate()
        estate.launches["shop/orders"] = Launch(
            key="shop/orders",
            origin=at("orders"),
            kind=LaunchKind.SERVICE,
            task_definition="orders:1",
            subnets=Listing(("a",)),
            groups=Listing(),
            public_ip=False,
        )
        self.plan = SimpleNamespace(
            estate=estate, region="eu-west-1", interfaces={}, left_out=(), of=lambda _: ()
        )
        self.network, self.lock = None, threading.RLock()
        self.scale, self.api, self.changed = 0.01, "http://127.77.0.1:1", 0
        self.followed = 0
        self.changes: queue.SimpleQueue[str] = queue.SimpleQueue()
        self.tasks: dict[str, Task] = {}
        self.closed = False
        self.name = f"test-daemon-{os.getpid()}-{next(NUMBER)}"
        self.broken = False
        self._output = folder / "output"
        self._output.write_bytes(b"one\ntwo \xff\n")

    @contextlib.contextmanager
    def standing(self, task: Task) -> Iterator[Any]:
        """Its interface."""
        yield self.plan.of(task.id)[0]

    def start(self, launch: Launch, *, subnet: str, platform: str, tell: Callable[[Event], None]) -> Task:
        """A task that runs."""
        if self.broken:
            raise ToolError("runc is not installed", remedy="apt-get install runc")
        tell(Event(step="ecr-login", ok=True, says=""))
        task = Task(
            id="0123abc",
            launch=launch.key,
            held=launch,
            subnet=subnet,
            groups=(),
            public_ip=False,
            platform=platform or "1.4.0",
            status="RUNNING",
        )
        task.containers = [SimpleNamespace(name="c", output=self._output, exit_code=None)]  # type: ignore[list-item]
        self.tasks[task.id] = task
        return task

    def stop(self, task: Task, reason: str) -> None:
        """It stops."""
        task.reason = reason
        task.becomes("STOPPED")

    def close(self) -> None:
        """It ends."""
        self.closed = True


@pytest.fixture
def lab(tmp_path: Path) -> Iterator[FakeLab]:
    """A daemon in a thread, and the lab that it serves."""
    held = FakeLab(tmp_path)
    control = claimed(held.name)
    daemon = Daemon(held, control, None, keeps=False)  # type: ignore[arg-type]  # what it needs of one
    thread = threading.Thread(target=daemon.serve)
    thread.start()
    yield held
    if not held.closed:
        Remote(held.name).one("down")
    thread.join(timeout=10)


def test_a_task_is_run_shown_read_and_stopped(lab: FakeLab) -> None:
    """Each step is told as it happens, then the task; its output, whatever bytes it has; its end."""
    remote = Remote(lab.name)

    told = list(remote.ask("run", launch="orders", platform="1.3.0"))
    shown = remote.one("ps")
    text = remote.one("logs", task="0123")["text"]
    stopped = remote.one("stop", task="0123abc")

    assert [["event"], ["task"]] == [list(each) for each in told]
    assert ("shop/orders", "RUNNING", "1.3.0") == (shown["launch"], shown["status"], shown["platform"])
    assert "one\ntwo \ufffd\n" == text
    assert ("STOPPED", "Task stopped by user") == (stopped["status"], stopped["reason"])


def test_what_cannot_be_done_is_an_error_with_a_remedy(lab: FakeLab) -> None:
    """Unknown launches, tasks and words, and a machine that lacks something; the conversation goes on."""
    remote = Remote(lab.name)
    with pytest.raises(UsageError, match="nothing called nobody runs tasks") as launch:
        remote.one("run", launch="nobody")
    with pytest.raises(UsageError, match="there is no task 9"):
        remote.one("stop", task="9")
    with pytest.raises(UsageError, match="that cannot be done"):
        remote.one("dance")
    lab.broken = True
    with pytest.raises(UsageError, match="runc is not installed") as broken:
        remote.one("run", launch="orders")

    assert ("there is: shop/orders", "apt-get install runc") == (launch.value.remedy, broken.value.remedy)
    assert "eu-west-1" == remote.one("status")["region"]


def test_a_state_is_kept_by_its_directory(lab: FakeLab) -> None:
    """What Terraform left in one directory is not another's."""
    remote = Remote(lab.name)
    before = remote.one("state", directory="/a")
    remote.one("state", directory="/a", text="mine")

    assert {"text": ""} == before
    assert [{"text": "mine"}, {"text": ""}] == [remote.one("state", directory=each) for each in ("/a", "/b")]


def test_lines_that_are_no_question_are_answered_all_the_same(lab: FakeLab) -> None:
    """Whatever is sent, the lab says that it cannot be done, and goes on."""
    with socket.socket(socket.AF_UNIX) as call, call.makefile("rwb") as lines:
        call.connect(address(lab.name))
        for line in (
            b"nothing\n",
            b"[]\n",
            b'"text"\n',
            b"{}\n",
            b'{"do": []}\n',
            b'{"do": "run"}\n',
            b"\xff\n",
        ):
            lines.write(line)
            lines.flush()
            assert "error" in json.loads(lines.readline())
    assert "eu-west-1" == Remote(lab.name).one("status")["region"]


def test_a_trace_names_the_firewall_that_stopped_it(lab: FakeLab, monkeypatch: pytest.MonkeyPatch) -> None:
    """By what the estate calls it; sender and receiver, too, where they are known."""
    list(Remote(lab.name).ask("run", launch="orders"))
    owners = {"task1": "orders", "fw2": "wall"}
    lab.plan.interfaces = {name: SimpleNamespace(owner=owner) for name, owner in owners.items()}
    lab.plan.of = lambda _: (lab.plan.interfaces["task1"],)
    drop = Drop(
        stage="unseen", vpc="vpc", sender="task1", receiver="9.9.9.9", address="9.9.9.9", protocol="tcp",
        port=443, by="fw2",
    )  # fmt: skip
    outcome = Outcome(addresses=(0x09090909,), gate="asymmetric-route", drops=(drop,))
    monkeypatch.setattr("pullproof.lab.daemon.ask", lambda *_: outcome)
    told = Remote(lab.name).one("trace", task="0123", host="9.9.9.9", port=443)

    gate = told["gates"][0]
    assert ("asymmetric-route", "orders", "9.9.9.9") == (gate["code"], gate["from"], gate["to"])
    assert ["wall"] == gate["by"]


def test_a_lab_ends_when_it_is_told_to(lab: FakeLab) -> None:
    """`down` is answered, and then everything is closed; a question that comes later is told that it ended."""
    late = Remote(lab.name)
    assert lab.name in running()
    assert Remote(lab.name).one("down") == {"ended": True}
    from tests.lab.running import Running

    Running.until(lambda: lab.closed, seconds=10)
    late.close()
