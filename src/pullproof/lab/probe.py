"""A connection tried for real, and what stopped it."""

import errno
import select
import socket
import time
from collections.abc import Iterable

import msgspec

from pullproof.lab.fabric import Network
from pullproof.lab.kernel import inside
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
    """Open TCP connections from an interface (by link name) to several addresses at once."""
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
    finally:
        for _, one in held.values():
            one.close()
    return Tried(
        asked=asked,
        opened=tuple(address for address in asked if address in opened),
        refused=tuple(address for address in asked if address in refused),
    )
