"""What people see of a lab that runs: every answer as text and for programs, and its exit status."""

import json
from collections.abc import Iterator
from typing import Any, ClassVar

import pytest

from pullproof.cli.lab import asking
from pullproof.cli.lab.inside import execute, shell
from pullproof.cli.parser import parse
from pullproof.errors import ToolError, UsageError

TASK = {
    "id": "0123456789abcdef",
    "launch": "orders",
    "status": "RUNNING",
    "platform": "1.4.0",
    "address": "10.0.1.4",
    "reason": "",
}
STOPPED = TASK | {"status": "STOPPED", "reason": "CannotPullContainerError: \x1b[31mno"}
STEP = {"step": "ecr-login", "ok": True, "seconds": 0.0126, "says": ""}


class FakeRemote:
    """Labs that answer what the test says, by name and by what is asked; an exception is raised."""

    labs: ClassVar[dict[str, dict[str, Any]]] = {}
    heard: ClassVar[list[tuple[str, dict[str, Any]]]] = []

    def __init__(self, name: str) -> None:
        if name not in self.labs:
            raise UsageError(f"no lab called {name} runs")
        self.name = name

    def ask(self, what: str, **given: Any) -> Iterator[dict[str, Any]]:
        """The answers."""
        self.heard.append((what, given))
        answers = self.labs[self.name][what]
        if isinstance(answers, Exception):
            raise answers
        yield from answers

    def one(self, what: str, **given: Any) -> dict[str, Any]:
        """The first of them."""
        return next(self.ask(what, **given), {})


@pytest.fixture
def labs(monkeypatch: pytest.MonkeyPatch) -> dict[str, dict[str, Any]]:
    """The labs that there are; the one called default knows nothing yet."""
    held: dict[str, dict[str, Any]] = {"default": {}}
    monkeypatch.setattr("pullproof.lab.remote.Remote", FakeRemote)
    monkeypatch.setattr("pullproof.lab.remote.running", lambda: tuple(held))
    monkeypatch.setattr(FakeRemote, "labs", held)
    monkeypatch.setattr(FakeRemote, "heard", [])
    return held


def printed(capsys: pytest.CaptureFixture[str], do: Any, *words: str) -> tuple[int, str]:
    """The exit status and what is printed."""
    status = do(parse(["lab", *words]))
    return status, capsys.readouterr().out


def test_tasks_are_listed_with_why_they_stopped(
    labs: dict[str, dict[str, Any]], capsys: pytest.CaptureFixture[str]
) -> None:
    """A line each; what comes from a task cannot paint the terminal."""
    labs["default"]["ps"] = [TASK, STOPPED]
    status, text = printed(capsys, asking.ps, "ps")

    assert 0 == status
    assert "✓ 0123456789ab  orders  RUNNING  1.4.0  10.0.1.4" == text.splitlines()[0]
    assert "CannotPullContainerError" in text.splitlines()[2]
    assert "\x1b" not in text
    _, text = printed(capsys, asking.ps, "ps", "--format", "json")
    assert {"schema": 1, "tasks": [TASK, STOPPED]} == json.loads(text)
    labs["default"]["ps"] = []
    assert (0, "no task was started\n") == printed(capsys, asking.ps, "ps")


@pytest.mark.parametrize(("task", "expected"), [(TASK, 0), (STOPPED, 1)])
def test_a_task_is_run_step_by_step(
    task: dict[str, Any], expected: int, labs: dict[str, dict[str, Any]], capsys: pytest.CaptureFixture[str]
) -> None:
    """The status says whether it runs."""
    labs["default"]["run"] = [
        {"event": STEP},
        {"event": STEP | {"ok": False, "says": "timeout"}},
        {"task": task},
    ]
    status, text = printed(capsys, asking.run_task, "run-task", "orders", "--platform-version", "1.3.0")

    assert expected == status
    assert ["  ✓ ecr-login           13 ms", "  ✗ ecr-login           13 ms  timeout"] == text.splitlines()[
        :2
    ]
    assert task["status"] in text.splitlines()[2]
    assert [("run", {"launch": "orders", "subnet": "", "platform": "1.3.0"})] == FakeRemote.heard
    status, text = printed(capsys, asking.run_task, "run-task", "orders", "--format", "json")
    assert (expected, {"schema": 1, "task": task}) == (status, json.loads(text))


def test_what_is_saved_is_what_is_shown(
    labs: dict[str, dict[str, Any]], capsys: pytest.CaptureFixture[str], tmp_path: Any
) -> None:
    """Into a file, all of it at the end."""
    labs["default"]["run"] = [{"event": STEP}, {"task": TASK}]
    _, shown = printed(capsys, asking.run_task, "run-task", "orders")
    file = tmp_path / "out.txt"
    _, text = printed(capsys, asking.run_task, "run-task", "orders", "--output", str(file))

    assert (shown, "") == (file.read_text(encoding="utf-8"), text)


def test_lines_of_containers_and_of_the_network_are_plain(
    labs: dict[str, dict[str, Any]], capsys: pytest.CaptureFixture[str]
) -> None:
    """What a container writes stays text."""
    labs["default"] |= {
        "logs": [{"text": "one\n\x1b[2Jtwo"}, {"text": ""}],
        "flows": [{"line": "2 - \x07task"}],
    }
    logs, flows = printed(capsys, asking.logs, "logs", "t")[1], printed(capsys, asking.flows, "flows")[1]

    assert "one\n" == logs[:4]
    assert ["logs", "flows"] == [what for what, _ in FakeRemote.heard]
    assert not {"\x1b", "\x07"} & set(logs + flows)
    assert "two" in logs


OPEN = {"addresses": ["10.0.1.5", "10.0.2.5"], "opened": ["10.0.1.5"], "gate": "", "gates": [], "ends": False}
GATE = {
    "code": "sg-egress", "from": "task1", "to": "vpce1", "address": "10.0.1.5", "port": 443, "by": ["orders"],
}  # fmt: skip


@pytest.mark.parametrize(
    ("answer", "expected", "lines"),
    [
        (OPEN, 0, ["h is 10.0.1.5, 10.0.2.5", "✓ tcp/8080 opens"]),
        (
            OPEN | {"gate": "sg-egress", "gates": [GATE, GATE | {"code": "nacl-egress", "by": []}]},
            1,
            [
                "h is 10.0.1.5, 10.0.2.5",
                "✗ tcp/8080 does not open: sg-egress",
                "  sg-egress: dropped between task1 and vpce1 (10.0.1.5, port 443), by orders",
                "  nacl-egress: dropped between task1 and vpce1 (10.0.1.5, port 443)",
            ],
        ),
        (
            OPEN | {"addresses": [], "gate": "no-route", "ends": True},
            1,
            [
                "h is no address",
                "✗ tcp/8080 does not open: no-route",
                "  no filter dropped it: nothing leads there, or nothing leads back",
            ],
        ),
    ],
)
def test_a_connection_that_is_tried(
    answer: dict[str, Any],
    expected: int,
    lines: list[str],
    labs: dict[str, dict[str, Any]],
    capsys: pytest.CaptureFixture[str],
) -> None:
    """Whether it opens, and what dropped it."""
    labs["default"]["trace"] = [answer]
    status, text = printed(capsys, asking.trace, "trace", "t", "--to", "h:8080")

    assert (expected, lines) == (status, text.splitlines())
    status, text = printed(capsys, asking.trace, "trace", "t", "--to", "h", "--format", "json")
    assert (expected, {"schema": 1} | answer) == (status, json.loads(text))
    assert [8080, 443] == [given["port"] for _, given in FakeRemote.heard]


def test_labs_are_listed_without_those_that_end_meanwhile(
    labs: dict[str, dict[str, Any]], capsys: pytest.CaptureFixture[str]
) -> None:
    """One that ended between two looks is none."""
    status = {"region": "eu-west-1", "api": "http://127.77.0.1:1", "interfaces": 3}
    labs |= {"default": {"status": [status]}, "ended": {"status": ToolError("the lab ended")}}
    _, text = printed(capsys, asking.every, "list")
    assert "default  eu-west-1  http://127.77.0.1:1  3 interfaces\n" == text
    _, text = printed(capsys, asking.every, "list", "--format", "json")
    assert {"schema": 1, "labs": [{"name": "default"} | status]} == json.loads(text)
    labs.clear()
    assert (0, "no lab runs\n") == printed(capsys, asking.every, "list")


@pytest.mark.parametrize("image", ["busybox", "images/app.tar"])
def test_an_image_is_pushed(
    image: str, labs: dict[str, dict[str, Any]], capsys: pytest.CaptureFixture[str]
) -> None:
    """A file by its whole path: the lab has another folder."""
    labs["default"]["push"] = [{"repository": "orders", "tag": "v1", "digest": "sha256:1"}]
    _, text = printed(capsys, asking.push, "push", image, "orders:v1")
    [(_, given)] = FakeRemote.heard

    assert "orders:v1 is sha256:1\n" == text
    assert given["path"].startswith("/") is (image != "busybox")


def test_a_lab_is_ended(
    labs: dict[str, dict[str, Any]], capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """It is over when the command is."""
    labs["default"]["down"] = []
    seen = iter([("default",), ("default", "other"), ("other",)])
    monkeypatch.setattr("pullproof.lab.remote.running", lambda: next(seen))

    assert (0, "the lab default has ended\n") == printed(capsys, asking.down, "down")
    assert [] == list(seen)


class Became(Exception):
    """This process is another program now."""


@pytest.fixture
def entered(monkeypatch: pytest.MonkeyPatch) -> list[list[str]]:
    """Programs that this process would have become."""
    found: list[list[str]] = []

    def become(_: str, words: list[str]) -> None:
        found.append(words)
        raise Became

    monkeypatch.setattr("os.execv", become)
    monkeypatch.setattr("shutil.which", lambda name: f"/bin/{name}")
    monkeypatch.setattr("os.geteuid", lambda: 0)
    return found


INSIDE = {"outer": 77, "containers": ["0123-orders", "0123-helper"], "pid": 5, "network": 9}


def test_a_program_is_run_in_the_first_container(
    labs: dict[str, dict[str, Any]], entered: list[list[str]]
) -> None:
    """As it was typed, in the namespaces of the lab."""
    labs["default"]["inside"] = [INSIDE]
    with pytest.raises(Became):
        execute(parse(["lab", "exec", "t", "--", "sh", "-c", "a b"]))

    assert ["--target", "77"] == entered[0][1:3]
    assert ["0123-orders", "sh", "-c", "a b"] == entered[0][-4:]
    labs["default"]["inside"] = [INSIDE | {"containers": []}]
    with pytest.raises(UsageError, match="has no container"):
        execute(parse(["lab", "exec", "t", "--", "sh"]))


@pytest.mark.parametrize(("words", "network"), [(["t"], True), ([], False)])
def test_a_shell_is_this_machine_s(
    words: list[str],
    network: bool,
    labs: dict[str, dict[str, Any]],
    entered: list[list[str]],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """In a task's network, which the lab's first process holds, or in the lab's own."""
    labs["default"]["inside"] = [INSIDE]
    monkeypatch.setenv("SHELL", "/bin/fish")
    with pytest.raises(Became):
        shell(parse(["lab", "shell", *words]))

    assert "/bin/fish" == entered[0][-1]
    assert network is ("--net=/proc/5/fd/9" in entered[0])


def test_without_nsenter_nothing_is_entered(
    labs: dict[str, dict[str, Any]], monkeypatch: pytest.MonkeyPatch
) -> None:
    """It is said what to install."""
    labs["default"]["inside"] = [INSIDE]
    monkeypatch.setattr("shutil.which", lambda _: None)
    with pytest.raises(ToolError) as refused:
        shell(parse(["lab", "shell"]))

    assert "util-linux" in refused.value.remedy
