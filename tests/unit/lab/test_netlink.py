"""Messages to the kernel: what is in them, how they are sent, and what its answers mean."""

import errno
import socket
import struct

import pytest

from pullproof.errors import ToolError
from pullproof.lab import netlink
from pullproof.lab.netlink import DELROUTE, MANY, NEWLINK, NEWROUTE, NEWRULE, Netlink, Route, Rule


class Kernel:
    """Takes messages, and answers each with a code."""

    def __init__(self, *codes: int) -> None:
        self.sent: list[bytes] = []
        self._codes = list(codes)
        self._answers: list[bytes] = []

    def send(self, data: bytes) -> None:
        """Cut what came into messages."""
        while data:
            (size,) = struct.unpack_from("=I", data)
            (sequence,) = struct.unpack_from("=I", data, 8)
            self.sent.append(data[:size])
            code = self._codes.pop(0) if self._codes else 0
            self._answers.append(struct.pack("=IHHIIi", 20, 2, 0, sequence, 0, -code))
            data = data[(size + 3) & ~3 :]

    def recv(self, _: int) -> bytes:
        """Every answer that waits."""
        found, self._answers = b"".join(self._answers), []
        return found

    def close(self) -> None:
        """Nothing is open."""


def told(kernel: Kernel) -> Netlink:
    """A conversation with it."""
    held = Netlink()
    held._socket.close()
    held._socket = kernel  # type: ignore[assignment]  # it sends and receives
    return held


def kinds(kernel: Kernel) -> list[int]:
    """What was asked."""
    return [struct.unpack_from("=H", each, 4)[0] for each in kernel.sent]


def test_every_request_says_its_kind() -> None:
    """Links, routes, rules; and what takes them away."""
    kernel = Kernel()
    with told(kernel) as held:
        held.pair("eth0", 2, "eth1", 3, 4)
        held.up(2)
        held.address(2, 0x0A000001, 24)
        held.route(Route(first=0x0A000000, prefix=8, link=2))
        held.route(Route(first=0, prefix=0, table=10_000))
        held.rule(Rule(priority=1, table=10_000, mark=7, link="eth0", first=0x0A000000, prefix=8))
        held.drop_route(Route(first=0, prefix=0, table=10_000))
        held.drop_rule(Rule(priority=1, table=254))
        held.drop_link(2)

    assert [NEWLINK, NEWLINK, 20, NEWROUTE, NEWROUTE, NEWRULE, DELROUTE, 33, 17] == kinds(kernel)
    assert all(len(each) == struct.unpack_from("=I", each)[0] for each in kernel.sent)
    assert b"eth1\0" in kernel.sent[0]


def test_both_ends_of_a_pair_are_alike() -> None:
    """One hardware address, one queue each way, and AWS's largest packet."""
    kernel = Kernel()
    with told(kernel) as held:
        held.pair("eth0", 2, "eth1", 3, 4)

    assert 2 == kernel.sent[0].count(netlink.END)


def test_a_route_without_a_link_leads_into_silence() -> None:
    """One with `here` is the space's own."""
    kernel = Kernel()
    with told(kernel) as held:
        for route in (Route(first=0, prefix=0), Route(first=0, prefix=0, link=1, here=True)):
            held.route(route)

    assert [netlink.BLACKHOLE, netlink.LOCAL] == [each[16 + 7] for each in kernel.sent]


def test_what_is_there_already_is_no_error_and_anything_else_is() -> None:
    """The message names what was refused."""
    with told(Kernel(errno.EEXIST)) as held:
        held.up(1)
    with pytest.raises(ToolError, match="refused route a000000/8"), told(Kernel(errno.EPERM)) as held:
        held.route(Route(first=0x0A000000, prefix=8, link=2))


def test_nothing_is_sent_of_a_block_that_failed() -> None:
    """Nor of one that asked for nothing."""
    kernel = Kernel()
    held = told(kernel)
    held.up(1)
    held.__exit__(KeyError, KeyError(), None)
    with told(kernel):
        pass

    assert [] == kernel.sent


def test_no_more_is_sent_at_once_than_answers_are_kept_for() -> None:
    """Many small messages have as many answers, each larger than its question."""
    kernel = Kernel()
    with told(kernel) as held:
        for _ in range(MANY * 3):
            held.up(1)
        assert MANY * 3 == len(kernel.sent)


def test_the_kernel_itself_is_asked_in_its_own_words() -> None:
    """A socket of rtnetlink."""
    with Netlink() as held:
        assert socket.AF_NETLINK == held._socket.family
