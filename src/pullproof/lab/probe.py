"""A connection tried for real, and what stopped it."""

import errno
import fcntl
import select
import socket
import struct
import termios
import time
from collections.abc import Iterable

import msgspec

from pullproof.lab.fabric import Network
from pullproof.lab.kernel import inside
from pullproof.lab.plan import Role
from pullproof.model.addresses import dotted

#: A fabric answers in less than a millisecond, but a machine with other work is late at times.
SILENCE = 1.0


class Tried(msgspec.Struct, frozen=True, kw_only=True):
    """What became of a connection to each of several addresses: those that opened, and those refused."""

    asked: tuple[int, ...]
    opened: tuple[int, ...]
    refused: tuple[int, ...] = ()

    @property
    def all_open(self) -> bool:
        """Whether every address answered."""
        return self.asked == self.opened


def connect(
    network: Network, start: str, targets: Iterable[int], port: int, *, seconds: float = SILENCE
) -> Tried:
    """Open TCP connections from an interface (by link name) to several addresses at once.

    Where there are firewalls, one is open when it has taken a byte: one of them may have seen only half of
    its beginning, of which the sender knows nothing.
    """
    inspected = bool(network.plan.with_role(Role.FIREWALL))
    asked = tuple(targets)
    held: dict[int, tuple[int, socket.socket]] = {}
    opened: set[int] = set()
    refused: set[int] = set()
    with inside(network.spaces[start]):
        for address in asked:
            one = socket.socket(
                socket.AF_INET, socket.SOCK_STREAM | socket.SOCK_CLOEXEC | socket.SOCK_NONBLOCK
            )
            code = one.connect_ex((dotted(address), port))
            held[one.fileno()] = (address, one)
            if code not in (0, errno.EINPROGRESS):
                refused.add(address)
    try:
        end = time.monotonic() + seconds
        waiting = {fd for fd, (address, _) in held.items() if address not in refused}
        poll = select.poll()
        for fd in waiting:
            poll.register(fd, select.POLLOUT)
        while waiting and (left := end - time.monotonic()) > 0:
            for fd, _ in poll.poll(left * 1000):
                address, one = held[fd]
                failed = one.getsockopt(socket.SOL_SOCKET, socket.SO_ERROR)
                (refused if failed else opened).add(address)
                poll.unregister(fd)
                waiting.discard(fd)
        if inspected:
            opened &= _taken([each for each in held.values() if each[0] in opened], end)
    finally:
        for _, one in held.values():
            one.close()
    return Tried(
        asked=asked,
        opened=tuple(address for address in asked if address in opened),
        refused=tuple(address for address in asked if address in refused),
    )


def _taken(open_: list[tuple[int, socket.socket]], end: float) -> set[int]:
    """The addresses at which a byte arrived in time: the kernel at the other end has acknowledged it."""
    for _, one in open_:
        one.send(b"\0")
        # It ends with a reset: a farewell would be sent again, and recorded against the next question.
        one.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    while (left := [one for _, one in open_ if _unacknowledged(one)]) and time.monotonic() < end:
        time.sleep(0.001)
    return {address for address, one in open_ if one not in left}


def _unacknowledged(one: socket.socket) -> int:
    """How many bytes of a connection the other end has not acknowledged (tcp(7): SIOCOUTQ)."""
    return int(struct.unpack("i", fcntl.ioctl(one, termios.TIOCOUTQ, bytes(4)))[0])
