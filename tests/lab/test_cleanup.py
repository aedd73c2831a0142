"""Nothing of a lab is left, however and whenever it is killed; and nothing of it is ever outside its namespaces."""

import os
import select
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from uuid import uuid4

import pytest

from pullproof.lab.remote import Remote
from tests.cli.program import KEPT
from tests.conftest import PROFILE
from tests.lab.images import large
from tests.lab.leftovers import Family, children, member, outside
from tools.repository import ROOT

MENDED = ROOT / "examples" / "blog-post" / "mended" / "plan.json"
pytestmark = [pytest.mark.slow, pytest.mark.usefixtures("needs_lab")]
#: Of a layer: more than is there at once, and little enough for every machine.
LARGE = 200 << 20


class Killed:
    """A lab that is started to be killed."""

    def __init__(self, scratch: Path, *words: str) -> None:
        self.name = f"test-{uuid4().hex[:12]}"
        self.family = Family(scratch)
        environment = {
            name: value for name, value in os.environ.items() if name in KEPT or name.startswith("COVERAGE")
        }
        self.program = subprocess.Popen(
            [sys.executable, "-m", "pullproof", "lab", "up", str(MENDED), "--name", self.name, *words],
            env=environment | {"TMPDIR": str(scratch)},
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
        )
        assert self.program.stdout is not None
        self.says = self.program.stdout

    def until(self, stage: str, seconds: float = 120) -> None:
        """Wait for a stage of the lab's life."""
        end = time.monotonic() + seconds
        while time.monotonic() < end:
            names = self.family.grow(self.program.pid)
            if stage == "sandbox" and any(map(children, children(self.program.pid))):
                return
            if stage == "registry" and any("docker-registry" in name for name in names):
                return
            if stage == "running" and any(name.startswith("sleep") for name in names):
                return
            if stage == "up" and select.select([self.says], [], [], 0)[0]:
                return
            if self.program.poll() is not None:
                break
            time.sleep(0.05)
        pytest.fail(f"the lab never came to the stage {stage}")

    def pulls(self, image: Path, seconds: float = 60) -> None:
        """Push a large image, run the task, and wait until a part of its layer is there."""
        remote = Remote(self.name)
        remote.one("push", path=str(image), repository="orders:latest")
        asked = Remote(self.name).ask("run", launch="orders")
        pulled = Path(f"/proc/{member(self.program.pid, 'first')}/root/run/pullproof/pulls")
        assert "ecr-login" == next(asked)["event"]["step"]
        end = time.monotonic() + seconds
        while time.monotonic() < end:
            sizes = [each.stat().st_size for each in pulled.glob("*/*")]
            if any(LARGE // 100 < size < LARGE for size in sizes):
                self.family.grow(self.program.pid)
                return
            assert not any(size >= LARGE for size in sizes), "the layer was there at once"
        pytest.fail("the task never pulled its layer")

    def kill(self, who: str, how: signal.Signals = signal.SIGKILL) -> None:
        """A signal for the program itself, the keeper of the namespaces, or their first process."""
        os.kill(member(self.program.pid, who), how)

    def left(self, seconds: float = 20) -> list[str]:
        """What there still is of it after a while."""
        end = time.monotonic() + seconds
        while time.monotonic() < end and self._remains():
            self.program.poll()
            time.sleep(0.05)
        return self._remains()

    def _remains(self) -> list[str]:
        sockets = Path("/proc/net/unix").read_text(encoding="utf-8", errors="replace")
        return [*self.family.remains(), *(["an abstract socket"] if self.name in sockets else [])]


@contextmanager
def started(scratch: Path, *words: str) -> Iterator[Killed]:
    """A lab; whatever the test does, no process of it goes on."""
    lab = Killed(scratch, *words)
    try:
        yield lab
    finally:
        lab.family.grow(lab.program.pid)
        lab.family.end()
        lab.program.wait(timeout=20)
        lab.says.close()


@pytest.fixture
def lab(tmp_path: Path) -> Iterator[Killed]:
    """One that stays with the program that started it."""
    with started(tmp_path, "--foreground") as held:
        yield held


WHO = ("program", "keeper", "first")
EVERY = [(stage, who) for stage in ("sandbox", "registry", "running") for who in WHO]
SOME = EVERY if PROFILE == "ci" else EVERY[::4]


@pytest.mark.parametrize(("stage", "who"), SOME)
def test_nothing_is_left_of_a_lab_that_is_killed(lab: Killed, stage: str, who: str) -> None:
    """No process, no link, no mount, no file, no socket: whichever process is killed, and whenever."""
    lab.until(stage)
    lab.kill(who)

    assert [] == lab.left()


@pytest.mark.parametrize("who", WHO)
@pytest.mark.parametrize("how", [signal.SIGINT, signal.SIGTERM])
def test_nothing_is_left_of_a_lab_that_is_asked_to_end(lab: Killed, who: str, how: signal.Signals) -> None:
    """Ctrl-C, and what a machine sends that shuts down, end a lab as well, whichever process gets it."""
    lab.until("registry")
    lab.kill(who, how)

    assert [] == lab.left()


@pytest.mark.parametrize("who", WHO if PROFILE == "ci" else WHO[:1])
def test_nothing_is_left_of_a_lab_that_is_killed_while_a_task_pulls(tmp_path: Path, who: str) -> None:
    """Half a layer goes with the rest."""
    image = large(tmp_path, LARGE)
    (tmp_path / "lab").mkdir()
    with started(tmp_path / "lab", "--foreground", "--no-tasks") as lab:
        lab.until("up")
        lab.pulls(image)
        lab.kill(who)

        assert [] == lab.left()


@pytest.mark.parametrize("how", [signal.SIGINT, signal.SIGTERM, signal.SIGKILL])
def test_a_lab_does_not_come_up_when_whoever_waits_for_it_has_gone(
    tmp_path: Path, how: signal.Signals
) -> None:
    """A `lab up` that is interrupted leaves no lab in the background."""
    with started(tmp_path) as lab:
        lab.until("registry")
        lab.kill("program", how)

        assert [] == lab.left()


def test_a_lab_that_runs_is_seen_in_none_of_the_machines_own_namespaces(lab: Killed) -> None:
    """No link, no mount, no file; and its own network has no way out of the machine."""
    lab.until("running")
    before = lab.program.pid
    first = min(children(min(children(before))))
    routes = Path(f"/proc/{first}/net/route").read_text(encoding="ascii").splitlines()[1:]
    links = Path(f"/proc/{first}/net/dev").read_text(encoding="ascii").splitlines()[2:]

    assert set() == outside(lab.family.scratch) - lab.family.before
    assert [] == routes
    assert ["lo"] == [line.split(":")[0].strip() for line in links]
    assert os.readlink("/proc/self/ns/net") != os.readlink(f"/proc/{first}/ns/net")  # noqa: PTH115
