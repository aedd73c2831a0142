"""Talking to a lab that runs: one line of JSON asks, lines of JSON answer, the last has `done` or `error`.

A lab listens on a Unix socket without a file (Linux's abstract names), so that nothing stays when it ends.
"""

import json
import os
import re
import socket
import struct
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from pullproof.errors import ToolError, UsageError

PREFIX = "pullproof-lab"
NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,39}")


def address(name: str) -> str:
    """The socket of a lab. Labs of different users are apart.

    Raises:
        UsageError: that is no name for a lab.
    """
    if NAME.fullmatch(name) is None:
        raise UsageError(f"{name[:60]!r} is no name for a lab", remedy="letters, digits, dots and dashes")
    return f"\0{PREFIX}/{os.geteuid()}/{name}"


def running() -> tuple[str, ...]:
    """The labs of this user that run."""
    mark = f"@{PREFIX}/{os.geteuid()}/"
    lines = Path("/proc/net/unix").read_text(encoding="utf-8", errors="replace").splitlines()
    return tuple(sorted({line.rpartition(mark)[2] for line in lines if mark in line}))


def claimed(name: str) -> socket.socket:
    """The listening socket of a new lab.

    Raises:
        UsageError: a lab of that name runs already.
    """
    held = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM | socket.SOCK_CLOEXEC)
    try:
        held.bind(address(name))
    except OSError as error:
        held.close()
        raise UsageError(
            f"a lab called {name} runs already", remedy=f"pullproof lab down --name {name}, or another --name"
        ) from error
    held.listen(64)
    return held


class Remote:
    """A conversation with one lab."""

    def __init__(self, name: str) -> None:
        self._held = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM | socket.SOCK_CLOEXEC)
        try:
            self._held.connect(address(name))
        except OSError as error:
            self._held.close()
            others = running()
            there = f"there is: {', '.join(others)}" if others else "pullproof lab up"
            raise UsageError(f"no lab called {name} runs", remedy=there) from error
        # Whoever is not the same user, or root, could have taken the name.
        _, user, _ = struct.unpack("3i", self._held.getsockopt(socket.SOL_SOCKET, socket.SO_PEERCRED, 12))
        if user not in (os.geteuid(), 0):
            self._held.close()
            raise ToolError(f"the lab called {name} is another user's")

    def ask(self, what: str, **given: object) -> Iterator[dict[str, Any]]:
        """The answers, one by one.

        Raises:
            UsageError: the lab says that it cannot be done.
            ToolError: the lab ended meanwhile.
        """
        try:
            self._held.sendall(json.dumps({"do": what, **given}).encode() + b"\n")
            with self._held.makefile("rb") as lines:
                for line in lines:
                    answer = json.loads(line)
                    if "error" in answer:
                        raise UsageError(str(answer["error"]), remedy=str(answer.get("remedy", "")))
                    if answer.get("done"):
                        return
                    yield answer
        except OSError as error:
            raise _ended() from error
        raise _ended()

    def fileno(self) -> int:
        """What to wait for: while nothing is asked, it has something to say only when the lab has ended."""
        return self._held.fileno()

    def close(self) -> None:
        """End the conversation."""
        self._held.close()

    def __del__(self) -> None:
        """Nobody holds the conversation any more."""
        self._held.close()

    def one(self, what: str, **given: object) -> dict[str, Any]:
        """The one answer. Raises as `ask`."""
        return next(iter(list(self.ask(what, **given))), {})


def _ended() -> ToolError:
    return ToolError("the lab ended before it had answered", remedy="pullproof lab up")
