"""Terraform at work: in a sandbox with a folder of its own, of which nothing is left, however it ends.

The program's own process waits outside, hands on signals, and ends the work when the lab has ended.
"""

import json
import os
import select
import signal
import socket
import subprocess
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from types import FrameType
from typing import Any

import msgspec

from pullproof.cli.lab.copying import copied, root_of
from pullproof.cli.out import warn
from pullproof.errors import ToolError

STATE = "terraform.tfstate"
#: Folders over which an empty one can be laid without hiding what Terraform, or a configuration, needs.
SCRATCH = ("/dev/shm", "/mnt", "/media", "/srv")  # noqa: S108  # nothing is written to them
#: Seconds that Terraform has to end after it was asked to.
GRACE = 30.0


class Work(msgspec.Struct, frozen=True, kw_only=True):
    """What Terraform is to do: with the files of a directory, from a state ("" for none)."""

    program: str
    directory: Path
    words: tuple[str, ...]
    state: str
    environment: dict[str, str]


class Done(msgspec.Struct, frozen=True, kw_only=True):
    """What it did: the state it left, the verb that failed ("" for none), whether a signal asked it to end."""

    state: str
    failed: str
    interrupted: bool


def worked(work: Work, lab: Any) -> Done:
    """Do it. `lab` is a conversation with the lab: when it ends, so does the work.

    Raises:
        ToolError: the lab ended meanwhile; or there is no place for the copy.
    """
    from pullproof.lab.sandbox import start_inside

    files = [Path(word.removeprefix("-var-file=")) for word in work.words if word.startswith("-var-file=")]
    scratch = scratch_for([root_of(work.directory), Path(work.program), Path.cwd(), Path.home(), *files])
    ours, theirs = socket.socketpair()

    def inside() -> int:
        told = _done(work, scratch)
        with theirs:
            theirs.sendall(json.dumps(told).encode())
        return 0

    with ours:
        process = start_inside(inside, scratch=scratch, without=[ours])
        theirs.close()
        try:
            with _handed_on(process) as asked:
                data = _heard(ours, lab, asked)
        finally:
            os.kill(process, signal.SIGKILL)  # it has said all that it had to say
            os.waitpid(process, 0)
    told = json.loads(data) if data else {"state": "", "failed": work.words[0]}
    return Done(state=told["state"], failed=told["failed"], interrupted=bool(asked))


def scratch_for(needed: Sequence[Path]) -> Path:
    """A folder of this machine in which nothing is that is needed.

    Raises:
        ToolError: there is none.
    """
    for place in map(Path, SCRATCH):
        if place.is_dir() and not any(place in each.resolve().parents for each in needed):
            return place
    raise ToolError("there is no folder over which a copy could be laid", remedy=f"mkdir {SCRATCH[0]}")


def _heard(ours: socket.socket, lab: Any, asked: list[float]) -> bytes:
    """What the sandbox says in the end; nothing when it does not end in time after it was asked to.

    Raises:
        ToolError: the lab has ended.
    """
    data = bytearray()
    while not asked or time.monotonic() < asked[0] + GRACE:
        ready, _, _ = select.select([ours, lab], [], [], 0.5)
        if ours in ready:
            if not (part := ours.recv(1 << 20)):
                break
            data += part
        elif ready:
            raise ToolError("the lab ended while Terraform worked on it", remedy="pullproof lab up")
    return bytes(data)


@contextmanager
def _handed_on(process: int) -> Iterator[list[float]]:
    """SIGINT and SIGTERM go to a process; when that was."""
    asked: list[float] = []

    def hand_on(number: int, _: FrameType | None) -> None:
        asked.append(time.monotonic())
        os.kill(process, number)

    before = {number: signal.signal(number, hand_on) for number in (signal.SIGINT, signal.SIGTERM)}
    try:
        yield asked
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)


# Inside ---------------------------------------------------------------------------------------------


def _done(work: Work, scratch: Path) -> dict[str, str]:
    """Terraform's own work, in the sandbox."""
    try:
        keys = (work.environment["AWS_ACCESS_KEY_ID"], work.environment["AWS_SECRET_ACCESS_KEY"])
        copy = copied(work.directory, scratch, *keys)
        (scratch / "tmp").mkdir()
        if work.state:
            (copy / STATE).write_text(work.state, encoding="utf-8")
    except OSError as error:
        warn(f"the directory cannot be copied: {error}\n")
        return {"failed": "init", "state": ""}
    run = _Runs(copy, work.environment | {"TMPDIR": str(scratch / "tmp")})
    failed = ""
    if run([work.program, "init", "-input=false", "-no-color", "-reconfigure"], aloud=False) != 0:
        failed = "init"
    elif run([work.program, *work.words], aloud=True) != 0:
        failed = work.words[0]
    state = copy / STATE
    return {"failed": failed, "state": state.read_text(encoding="utf-8") if state.is_file() else ""}


class _Runs:
    """Runs programs, one after the other, until a signal asks to end; the one that runs then hears of it."""

    def __init__(self, folder: Path, environment: dict[str, str]) -> None:
        self._folder = folder
        self._environment = environment
        self._now: subprocess.Popen[str] | None = None
        self._asked = False
        for number in (signal.SIGINT, signal.SIGTERM):
            signal.signal(number, self._hand_on)

    def _hand_on(self, number: int, _: FrameType | None) -> None:
        self._asked = True
        if self._now is not None:
            self._now.send_signal(number)

    def __call__(self, words: list[str], *, aloud: bool) -> int:
        """The exit status of a program; what it says is shown as it comes, or only when it fails."""
        if self._asked:
            return 1
        self._now = subprocess.Popen(
            words,
            cwd=self._folder,
            env=self._environment,
            stdout=None if aloud else subprocess.PIPE,
            stderr=None if aloud else subprocess.STDOUT,
            text=True,
        )
        said, _ = self._now.communicate()
        if self._now.returncode != 0 and said:
            warn(said.strip() + "\n")
        return self._now.returncode
