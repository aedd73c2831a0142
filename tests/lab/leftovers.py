"""What a lab, or anything that works with one, could leave behind: processes, and whatever is outside of its namespaces."""

import contextlib
import os
import signal
import time
from pathlib import Path


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


class Family:
    """A process and all that it starts, and what else there is of it in a folder and in the machine."""

    def __init__(self, scratch: Path) -> None:
        self.scratch = scratch
        self.before = outside(scratch)
        self.pids: set[int] = set()

    def grow(self, pid: int) -> list[str]:
        """Take in whom a process has started since; what each of the family runs."""
        self.pids |= {pid} | descendants(pid)
        return [command(each) for each in self.pids]

    def remains(self) -> list[str]:
        """What there is of it."""
        alive = [f"process {pid}: {command(pid)}" for pid in self.pids if command(pid)]
        return [*alive, *sorted(outside(self.scratch) ^ self.before)]

    def left(self, seconds: float = 20) -> list[str]:
        """What there still is of it after a while."""
        end = time.monotonic() + seconds
        while time.monotonic() < end and self.remains():
            time.sleep(0.05)
        return self.remains()

    def end(self) -> None:
        """Whatever a test did, no process of it goes on."""
        for pid in self.pids:
            if command(pid):
                with contextlib.suppress(ProcessLookupError):
                    os.kill(pid, signal.SIGKILL)


def member(pid: int, who: str) -> int:
    """Of a program's sandbox: the "program" itself, its "keeper", or its "first" process."""
    for _ in range(("program", "keeper", "first").index(who)):
        pid = min(children(pid))
    return pid
