"""Links, addresses, routes and rules by raw rtnetlink: a thousand interfaces in less than a second.

Messages are collected and sent in batches; the kernel answers each with a code. Every interface of a lab
has the same hardware address and no ARP: a frame that leaves one end of a pair is for the other end, so
that nobody ever has to ask for an address.
"""

import errno
import os
import socket
import struct
from typing import Self

import msgspec

from pullproof.errors import ToolError

NLMSG_ERROR = 2
REQUEST, ACK, EXCL, CREATE, REPLACE = 1, 4, 0x200, 0x400, 0x100
NEWLINK, NEWADDR, NEWROUTE, NEWRULE = 16, 20, 24, 32
DELLINK, DELROUTE, DELRULE = 17, 25, 33
UP, NOARP = 1, 0x80
UNIVERSE, LINK_SCOPE, HOST_SCOPE = 0, 253, 254
UNICAST, LOCAL, BLACKHOLE = 1, 2, 6
MAIN = 254
#: IN6_ADDR_GEN_MODE_NONE
ADDRESS_NONE = 1
#: The one hardware address, locally administered.
HARDWARE = bytes((2, 0, 0, 0, 0, 1))
#: Sent at once: well below the default receive buffer of a socket.
BATCH = 16 * 1024
#: Messages at once: their answers, too, have to fit into that buffer.
MANY = 64


class Route(msgspec.Struct, frozen=True, kw_only=True):
    """An IPv4 route: a block to a link (by index), to here ("local"), or nowhere (`link` 0)."""

    first: int
    prefix: int
    link: int = 0
    table: int = MAIN
    here: bool = False


class Rule(msgspec.Struct, frozen=True, kw_only=True):
    """A policy rule: which packets look up which table. `mark` 0 and `link` "" ask for nothing."""

    priority: int
    table: int
    mark: int = 0
    link: str = ""
    first: int = 0
    prefix: int = 0


class Netlink:
    """A conversation with the kernel about the namespace in which it was opened."""

    def __init__(self) -> None:
        self._socket = socket.socket(socket.AF_NETLINK, socket.SOCK_RAW | socket.SOCK_CLOEXEC, 0)
        # Answers without the request that caused them.
        self._socket.setsockopt(270, 10, 1)
        self._socket.bind((0, 0))
        self._socket.settimeout(10)
        self._waiting: list[bytes] = []
        self._told: list[str] = []
        self._size = 0

    def close(self) -> None:
        """End the conversation."""
        self._socket.close()

    def __enter__(self) -> Self:
        """Itself; what is left is sent at the end of the block."""
        return self

    def __exit__(self, kind: object, value: object, trace: object) -> None:
        """Send what is left, unless something went wrong already."""
        try:
            if kind is None:
                self.flush()
        finally:
            self.close()

    def pair(self, name: str, index: int, peer: str, peer_index: int, peer_namespace: int) -> None:
        """A veth pair: one end here, the other in the namespace of a file descriptor."""
        far = _header(peer_index) + _text(3, peer) + END + _number(28, peer_namespace)
        data = _text(1, "veth") + _attribute(2, _attribute(1, far))
        body = _header(index) + _text(3, name) + END
        self._add(NEWLINK, CREATE | EXCL, body + _attribute(18, data), f"link {name}")

    def no_ipv6(self, index: int) -> None:
        """Let a link choose no IPv6 address of its own, and so send nothing by itself (ip-link(8))."""
        family = _attribute(socket.AF_INET6, _attribute(8, bytes([ADDRESS_NONE])))
        self._add(NEWLINK, 0, _header(index) + _attribute(26, family), f"link {index}")

    def up(self, index: int, *, noarp: bool = True) -> None:
        """Switch a link on."""
        flags = UP | (NOARP if noarp else 0)
        self._add(NEWLINK, 0, _header(index, flags), f"link {index}")

    def address(self, index: int, address: int, prefix: int, *, host: bool = False) -> None:
        """Give a link an address."""
        body = struct.pack("=BBBBi", socket.AF_INET, prefix, 0, HOST_SCOPE if host else UNIVERSE, index)
        word = struct.pack("!I", address)
        self._add(
            NEWADDR,
            CREATE | REPLACE,
            body + _attribute(2, word) + _attribute(1, word),
            f"address {address:x}",
        )

    def route(self, route: Route) -> None:
        """Add a route, or put it in the place of the one for the same block."""
        self._add(NEWROUTE, CREATE | REPLACE, _route(route), f"route {route.first:x}/{route.prefix}")

    def drop_route(self, route: Route) -> None:
        """Take a route away."""
        self._add(DELROUTE, 0, _route(route), f"no route {route.first:x}/{route.prefix}")

    def rule(self, rule: Rule) -> None:
        """Add a policy rule."""
        self._add(NEWRULE, CREATE, _rule(rule), f"rule {rule.priority}")

    def drop_rule(self, rule: Rule) -> None:
        """Take a policy rule away."""
        self._add(DELRULE, 0, _rule(rule), f"no rule {rule.priority}")

    def drop_link(self, index: int) -> None:
        """Take a link away, and with it its other end."""
        self._add(DELLINK, 0, _header(index), f"no link {index}")

    def flush(self) -> None:
        """Send what was collected, and read the answer to each.

        Raises:
            ToolError: the kernel refused one.
        """
        if not self._waiting:
            return
        told, self._told = self._told, []
        self._socket.send(b"".join(self._waiting))
        self._waiting, self._size = [], 0
        for number in self._answers(len(told)):
            code, what = number[1], told[number[0] % len(told)]
            if code and code != errno.EEXIST:
                raise ToolError(
                    f"the kernel refused {what}: {os.strerror(code)}",
                    remedy="the lab needs veth, nf_tables and network namespaces in the kernel",
                )

    def _answers(self, expected: int) -> list[tuple[int, int]]:
        """Sequence numbers and error codes."""
        found: list[tuple[int, int]] = []
        while len(found) < expected:
            data = self._socket.recv(1 << 16)
            at = 0
            while at + 16 <= len(data):
                size, kind, _, sequence, _ = struct.unpack_from("=IHHII", data, at)
                if kind == NLMSG_ERROR:
                    found.append((sequence, -struct.unpack_from("=i", data, at + 16)[0]))
                at += (size + 3) & ~3
        return found

    def _add(self, kind: int, flags: int, body: bytes, what: str) -> None:
        message = (
            struct.pack("=IHHII", 16 + len(body), kind, REQUEST | ACK | flags, len(self._told), 0) + body
        )
        message += bytes(-len(message) % 4)
        self._waiting.append(message)
        self._told.append(what)
        self._size += len(message)
        if self._size >= BATCH or len(self._waiting) >= MANY:
            self.flush()


def _header(index: int, flags: int = 0) -> bytes:
    """What a message about a link begins with."""
    return struct.pack("=BBHiII", 0, 0, 0, index, flags, flags)


def _route(route: Route) -> bytes:
    kind = LOCAL if route.here else UNICAST if route.link else BLACKHOLE
    scope = HOST_SCOPE if route.here else LINK_SCOPE if route.link else UNIVERSE
    table = min(route.table, 252) if route.table != MAIN else MAIN
    body = struct.pack("=BBBBBBBBI", socket.AF_INET, route.prefix, 0, 0, table, 3, scope, kind, 0)
    body += _number(15, route.table)
    if route.prefix:
        body += _attribute(1, struct.pack("!I", route.first))
    return body + _number(4, route.link) if route.link else body


def _rule(rule: Rule) -> bytes:
    table = min(rule.table, 252) if rule.table != MAIN else MAIN
    body = struct.pack("=BBBBBBBBI", socket.AF_INET, rule.prefix, 0, 0, table, 0, 0, 1, 0)
    body += _number(15, rule.table) + _number(6, rule.priority)
    if rule.prefix:
        body += _attribute(1, struct.pack("!I", rule.first))
    if rule.mark:
        body += _number(10, rule.mark)
    return body + _text(3, rule.link) if rule.link else body


def _attribute(kind: int, data: bytes) -> bytes:
    return struct.pack("=HH", 4 + len(data), kind) + data + bytes(-len(data) % 4)


def _text(kind: int, text: str) -> bytes:
    return _attribute(kind, text.encode() + b"\0")


def _number(kind: int, number: int) -> bytes:
    return _attribute(kind, struct.pack("=I", number))


#: What both ends of a pair are. One queue each way: the kernel would make one for each processor, and a folder in
#: sysfs for each of these, which takes as long as the link itself. 9001 is what AWS lets through inside a VPC:
#: https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/network_mtu.html
END = _attribute(1, HARDWARE) + _number(4, 9001) + _number(31, 1) + _number(32, 1)
