"""Nothing of a lab is left, however and whenever it is killed; and nothing of it is ever outside its namespaces."""

import contextlib
import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from uuid import uuid4

import pytest

from tests.cli.program import KEPT
from tests.conftest import PROFILE
from tools.repository import ROOT

MENDED = ROOT / "examples" / "blog-post" / "mended" / "plan.json"
pytestmark = [pytest.mark.slow, pytest.mark.usefixtures("needs_lab")]


class Killed:
    """A lab that is started to be killed."""

    def __init__(self, scratch: Path) -> None:
        self.name = f"test-{uuid4().hex[:12]}"
        self.scratch = scratch
        self._before = outside(scratch)
        environment = {
            name: value for name, value in os.environ.items() if name in KEPT or name.startswith("COVERAGE")
        }
        self.program = subprocess.Popen(
            [
                sys.executable,
                "-m",
                "pullproof",
                "lab",
                "up",
                str(MENDED),
                "--name",
                self.name,
                "--foreground",
            ],
            env=environment | {"TMPDIR": str(scratch)},
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            text=True,
        )
        self.family: set[int] = {self.program.pid}

    def until(self, stage: str, seconds: float = 120) -> None:
        """Wait for a stage of the lab's life."""
        end = time.monotonic() + seconds
        while time.monotonic() < end:
            self.family |= descendants(self.program.pid)
            names = [command(pid) for pid in self.family]
            if stage == "sandbox" and any(map(children, children(self.program.pid))):
                return
            if stage == "registry" and any("docker-registry" in name for name in names):
                return
            if stage == "running" and any(name.startswith("sleep") for name in names):
                return
            if self.program.poll() is not None:
                break
            time.sleep(0.05)
        pytest.fail(f"the lab never came to the stage {stage}")

    def kill(self, who: str) -> None:
        """SIGKILL for the program itself, the keeper of the namespaces, or their first process."""
        first = self.program.pid
        for _ in range(("program", "keeper", "first").index(who)):
            first = min(children(first))
        os.kill(first, signal.SIGKILL)

    def left(self, seconds: float = 20) -> list[str]:
        """What there still is of it after a while."""
        end = time.monotonic() + seconds
        while time.monotonic() < end and self._remains():
            self.program.poll()
            time.sleep(0.05)
        return self._remains()

    def _remains(self) -> list[str]:
        alive = [f"process {pid}: {command(pid)}" for pid in self.family if command(pid)]
        sockets = Path("/proc/net/unix").read_text(encoding="utf-8", errors="replace")
        named = ["an abstract socket"] if self.name in sockets else []
        return [*alive, *named, *sorted(outside(self.scratch) ^ self._before)]


def outside(scratch: Path) -> set[str]:
    """What a lab could leave in the machine: links, mounts, files."""
    links = {f"link {each.name}" for each in Path("/sys/class/net").iterdir()}
    mounts = {f"mount {line.split()[1]}" for line in Path("/proc/self/mounts").read_text().splitlines()}
    files = {f"file {each}" for each in scratch.rglob("*")}
    home = {"file of the lab's own"} if Path("/run/pullproof").exists() else set()
    spaces = {f"namespace {each}" for each in Path("/run/netns").glob("*")}
    return links | mounts | files | home | spaces


def children(pid: int) -> list[int]:
    """The processes that a process started, by whichever of its threads."""
    found: list[int] = []
    for thread in Path(f"/proc/{pid}/task").glob("*"):
        with contextlib.suppress(OSError):
            found += map(int, (thread / "children").read_text(encoding="ascii").split())
    return found


def descendants(pid: int) -> set[int]:
    """Those, and theirs."""
    found = set(children(pid))
    for each in list(found):
        found |= descendants(each)
    return found


def command(pid: int) -> str:
    """What a process runs; empty text when it is gone, or waits to be asked how it ended."""
    try:
        return Path(f"/proc/{pid}/cmdline").read_bytes().replace(b"\0", b" ").decode()
    except OSError:
        return ""


@pytest.fixture
def lab(tmp_path: Path) -> Iterator[Killed]:
    """A lab; whatever the test does, no process of it goes on."""
    started = Killed(tmp_path)
    yield started
    for pid in started.family | descendants(started.program.pid):
        if command(pid).find(started.name) >= 0:
            os.kill(pid, signal.SIGKILL)
    started.program.wait(timeout=20)
    assert started.program.stdout is not None
    started.program.stdout.close()


EVERY = [
    (stage, who) for stage in ("sandbox", "registry", "running") for who in ("program", "keeper", "first")
]
SOME = EVERY if PROFILE == "ci" else EVERY[::4]


@pytest.mark.parametrize(("stage", "who"), SOME)
def test_nothing_is_left_of_a_lab_that_is_killed(lab: Killed, stage: str, who: str) -> None:
    """No process, no link, no mount, no file, no socket: whichever process is killed, and whenever."""
    lab.until(stage)
    lab.kill(who)

    assert [] == lab.left()


def test_a_lab_that_runs_is_seen_in_none_of_the_machines_own_namespaces(lab: Killed) -> None:
    """No link, no mount, no file; and its own network has no way out of the machine."""
    lab.until("running")
    before = lab.program.pid
    first = min(children(min(children(before))))
    routes = Path(f"/proc/{first}/net/route").read_text(encoding="ascii").splitlines()[1:]
    links = Path(f"/proc/{first}/net/dev").read_text(encoding="ascii").splitlines()[2:]

    assert set() == outside(lab.scratch) - lab._before
    assert [] == routes
    assert ["lo"] == [line.split(":")[0].strip() for line in links]
    assert os.readlink("/proc/self/ns/net") != os.readlink(f"/proc/{first}/ns/net")  # noqa: PTH115
