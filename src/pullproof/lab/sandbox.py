"""A process with namespaces of its own, that ends with its parent and leaves nothing behind.

    parent ── keeper (unshares) ── pid 1 of the sandbox (does the work)

Links, rules, mounts, daemons and files all belong to the sandbox's namespaces; when its first process
dies, however it dies, the kernel takes them away. No file is written outside it.

With `scratch` it is a workbench: it keeps the machine's network and files, and over that folder lies an
empty one of its own, which goes with it.
"""

import contextlib
import os
import signal
import socket
import sys
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import NoReturn

from pullproof.errors import ToolError
from pullproof.lab import kernel
from pullproof.lab.netlink import Netlink

#: AmazonProvidedDNS, in every VPC.
#: https://docs.aws.amazon.com/vpc/latest/userguide/AmazonDNS-concepts.html
RESOLVER = "169.254.169.253"
#: What is mounted for the lab alone, and where it may write.
HOME = Path("/run/pullproof")
OPTIONS = "options timeout:1 attempts:1\n"
RESOLV_CONF = f"nameserver {RESOLVER}\n{OPTIONS}"


#: What the machine outside calls the sandbox's first process.
_OUTER: list[int] = []


def outer() -> int:
    """The process id of the sandbox's first process, as the machine outside knows it; 0 outside of any."""
    return _OUTER[0] if _OUTER else 0


def run_inside(work: Callable[[], int]) -> int:
    """Do the work as the first process of a new sandbox; its exit status.

    Raises:
        ToolError: this host allows no namespaces.
    """
    keeper = start_inside(work)
    _, status = os.waitpid(keeper, 0)
    return os.waitstatus_to_exitcode(status)


def start_inside(
    work: Callable[[], int],
    *,
    stays: bool = False,
    scratch: Path | None = None,
    without: Iterable[socket.socket] = (),
) -> int:
    """Begin the work in a new sandbox; the process to wait for.

    It ends when this process does, unless it `stays`: then it has a session of its own, and no terminal.
    The sockets it does `without` are this process' alone: whoever is at their other ends hears when it ends.

    Raises:
        ToolError: this host allows no namespaces.
    """
    allowed()
    parent = os.getpid()
    sys.stdout.flush()
    sys.stderr.flush()
    if (keeper := os.fork()) == 0:
        for held in without:
            held.close()
        if stays:
            _leave_terminal()
        else:
            _ended_by(parent)
        if scratch is not None:
            # A terminal's Ctrl-C reaches the program alone, which hands it on once; what is printed is shown.
            os.setpgid(0, 0)
            signal.signal(signal.SIGTTOU, signal.SIG_IGN)
        _finish(lambda: _keep(work, scratch))
    return keeper


def _finish(work: Callable[[], int]) -> NoReturn:
    """Do the work and end this process, whatever comes of it: it is a copy of the program that forked it."""
    status = 70
    try:
        status = work()
    except KeyboardInterrupt:
        status = 130
    except BaseException as error:  # noqa: BLE001  # nobody is left to catch it
        sys.stderr.write(f"pullproof: a sandbox ended: {error!r}\n")
    finally:
        sys.stdout.flush()
        sys.stderr.flush()
        os._exit(status)


def _leave_terminal() -> None:
    """A session of its own, and nothing to read or to write."""
    os.setsid()
    nothing = os.open(os.devnull, os.O_RDWR)
    for number in (0, 1, 2):
        os.dup2(nothing, number)
    os.close(nothing)


def allowed() -> None:
    """Try whether a sandbox can be made at all.

    Raises:
        ToolError: it cannot, and why.
    """
    if (child := os.fork()) == 0:
        try:
            kernel.unshare(_flags(alone=True))
        except OSError:
            os._exit(1)
        os._exit(0)
    if os.waitpid(child, 0)[1] != 0:
        raise ToolError(
            "this host does not let a process have network namespaces of its own",
            remedy="run it as root, or allow user namespaces (sysctl kernel.unprivileged_userns_clone,"
            " kernel.apparmor_restrict_unprivileged_userns)",
        )


def _flags(*, alone: bool) -> int:
    private = kernel.NEWNS | kernel.NEWPID | (kernel.NEWNET if alone else 0)
    return private if os.geteuid() == 0 else private | kernel.NEWUSER


def _keep(work: Callable[[], int], scratch: Path | None) -> int:
    """Unshare, and wait for the sandbox's first process."""
    user, group = os.geteuid(), os.getegid()
    kernel.unshare(_flags(alone=scratch is None))
    if user != 0:
        Path("/proc/self/setgroups").write_text("deny", encoding="ascii")
        Path("/proc/self/uid_map").write_text(f"0 {user} 1", encoding="ascii")
        Path("/proc/self/gid_map").write_text(f"0 {group} 1", encoding="ascii")
    told, tell = os.pipe()
    ready, say = os.pipe()
    if (first := os.fork()) == 0:
        os.close(tell)
        os.close(ready)
        _finish(lambda: _first(work, scratch, told, say))
    os.close(told)
    os.close(say)
    # It says when it would hear of this process' end; only then is it told to go on.
    os.read(ready, 1)
    os.write(tell, str(first).encode())
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, lambda got, _: os.kill(first, got))
    while True:
        try:
            _, status = os.waitpid(first, 0)
        except InterruptedError:
            continue
        return abs(os.waitstatus_to_exitcode(status))


def _first(work: Callable[[], int], scratch: Path | None, told: int, say: int) -> int:
    """What the sandbox's first process does, unless its keeper has ended already.

    Inside a new pid namespace a parent cannot be seen: that it still answers shows that it is there.
    """
    kernel.die_with_parent(signal.SIGKILL)
    # Without a handler, the first process of a pid namespace does not hear of it.
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    os.write(say, b"!")
    if (number := os.read(told, 20)) == b"":
        return 1
    _OUTER.append(int(number))
    kernel.mount("none", "/", "", kernel.MS_REC | kernel.MS_PRIVATE)
    kernel.mount("proc", "/proc", "proc")
    if scratch is None:
        _furnish()
    else:
        kernel.mount("scratch", str(scratch), "tmpfs", 0, "mode=700")
    return work()


def _ended_by(parent: int) -> None:
    """End with the parent, also when it has ended already."""
    kernel.die_with_parent(signal.SIGKILL)
    if os.getppid() != parent:
        os._exit(1)


def _furnish() -> None:
    """A private /run and resolv.conf, and a loopback link that is up."""
    kernel.mount("lab", "/run", "tmpfs", 0, "mode=755")
    HOME.mkdir()
    written = HOME / "resolv.conf"
    written.write_text(RESOLV_CONF, encoding="ascii")
    with contextlib.suppress(FileNotFoundError):
        kernel.mount(str(written), str(Path("/etc/resolv.conf").resolve(strict=True)), "", kernel.MS_BIND)
    with Netlink() as link:
        link.up(1, noarp=False)
