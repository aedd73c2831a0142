"""The system calls that Python 3.11 lacks: unshare, setns, mount; and sysctls of a network namespace."""

import contextlib
import ctypes
import os
from collections.abc import Iterator
from typing import Self

NEWNS = 0x00020000
NEWUSER = 0x10000000
NEWPID = 0x20000000
NEWNET = 0x40000000

PR_SET_PDEATHSIG = 1
MS_BIND = 0x1000
MS_REC = 0x4000
MS_PRIVATE = 1 << 18

_LIBC = ctypes.CDLL(None, use_errno=True)
#: The namespace of the calling thread, not of the process: setns works by thread.
_OWN = "/proc/thread-self/ns/net"


def unshare(flags: int) -> None:
    """Move the calling thread into new namespaces. Raises OSError where the host forbids it."""
    _checked(_LIBC.unshare(ctypes.c_int(flags)), "unshare")


def setns(fd: int, kind: int = NEWNET) -> None:
    """Move the calling thread into a namespace that is held open. Raises OSError."""
    _checked(_LIBC.setns(ctypes.c_int(fd), ctypes.c_int(kind)), "setns")


def mount(source: str, target: str, kind: str, flags: int = 0, data: str = "") -> None:
    """Attach a file system at a place. Raises OSError."""
    words = [text.encode() for text in (source, target, kind)]
    _checked(_LIBC.mount(*words, ctypes.c_ulong(flags), data.encode()), f"mount {target}")


def die_with_parent(signal: int) -> None:
    """Have the kernel send this process a signal when the thread that made it ends. Raises OSError."""
    _checked(_LIBC.prctl(PR_SET_PDEATHSIG, ctypes.c_ulong(signal), 0, 0, 0), "prctl")


class Journey:
    """Moves the calling thread between network namespaces, and home at the end of a `with` block."""

    def __enter__(self) -> Self:
        """Remember where home is."""
        self._home = os.open(_OWN, os.O_RDONLY | os.O_CLOEXEC)
        return self

    def __exit__(self, *_: object) -> None:
        """Go home."""
        try:
            setns(self._home)
        finally:
            os.close(self._home)

    def found(self) -> int:
        """Move into a new namespace, which is there for as long as the file descriptor is that is returned.

        Raises OSError where the host forbids it.
        """
        unshare(NEWNET)
        return os.open(_OWN, os.O_RDONLY | os.O_CLOEXEC)

    def to(self, fd: int) -> None:
        """Move into a namespace that is held open. Raises OSError."""
        setns(fd)


@contextlib.contextmanager
def inside(fd: int) -> Iterator[None]:
    """Run a block in a network namespace: sockets and processes made there belong to it."""
    before = os.open(_OWN, os.O_RDONLY | os.O_CLOEXEC)
    try:
        setns(fd)
        try:
            yield
        finally:
            setns(before)
    finally:
        os.close(before)


def sysctl(name: str, value: str) -> None:
    """Set a sysctl of the namespace that the calling thread is in ("net/ipv4/ip_forward"). Raises OSError."""
    fd = os.open(f"/proc/sys/{name}", os.O_WRONLY)
    try:
        os.write(fd, value.encode())
    finally:
        os.close(fd)


def _checked(result: int, call: str) -> None:
    if result != 0:
        number = ctypes.get_errno()
        raise OSError(number, f"{call}: {os.strerror(number)}")
