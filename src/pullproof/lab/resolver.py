"""Who answers names: the resolver of every VPC, the DNS servers of one's own, and those of the internet.

AWS's resolver answers by the subnet of who asks. A server of one's own asks the resolver of the VPC that it
stands in, and so answers by its own place; a server of the internet knows public names only.
https://docs.aws.amazon.com/vpc/latest/userguide/AmazonDNS-concepts.html
"""

import contextlib
import selectors
import socket
import struct
import threading
from collections import deque
from collections.abc import Iterator
from typing import Any

from pullproof.lab import names
from pullproof.lab.dns import answered, failed, host_of
from pullproof.lab.fabric import DNS, IP_TRANSPARENT, Network
from pullproof.lab.kernel import inside
from pullproof.lab.sandbox import RESOLVER
from pullproof.lab.servers import Door, doors
from pullproof.model.addresses import dotted

#: Linux: to which address a message came, and from which its answer goes (ip(7)).
IP_PKTINFO = 8
#: Seconds that a connection may be silent.
PATIENCE = 5.0
KINDS = (socket.SOCK_DGRAM, socket.SOCK_STREAM)

#: How many questions are remembered.
LATEST = 1000


class Home:
    """The resolver outside every VPC, where each service is on the loopback."""

    def __init__(self) -> None:
        self._held = socket.socket(socket.AF_INET, socket.SOCK_DGRAM | socket.SOCK_CLOEXEC)
        self._held.bind((RESOLVER, 53))
        self._thread = threading.Thread(target=self._run, name="names", daemon=True)
        self._thread.start()

    def close(self) -> None:
        """Stop answering."""
        with contextlib.suppress(OSError):
            self._held.shutdown(socket.SHUT_RDWR)
        self._held.close()

    def _run(self) -> None:
        from dnslib import QTYPE, RR, A, DNSRecord

        while True:
            try:
                data, sender = self._held.recvfrom(4096)
            except OSError:
                return
            # Whatever a question holds, the next one is answered.
            with contextlib.suppress(Exception):
                question = DNSRecord.parse(data)
                answer = question.reply()
                if question.q.qtype == QTYPE.A:
                    answer.add_answer(RR(question.q.qname, QTYPE.A, ttl=0, rdata=A("127.0.0.1")))
                self._held.sendto(bytes(answer.pack()), sender)


class Resolver:
    """Answers until it is closed. A VPC without DNS support gets silence, as in AWS."""

    def __init__(self, network: Network) -> None:
        self._network = network
        self._select = selectors.DefaultSelector()
        #: The latest questions and answers, in order: who asked, for what, what was told.
        self.log: deque[tuple[str, str, tuple[str, ...]]] = deque(maxlen=LATEST)
        self._by_address: dict[tuple[str, str], str] = {}
        #: By where it is, and its kind: the namespace at that time, and the socket.
        self._held: dict[tuple[Door, int], tuple[int, socket.socket]] = {}
        self._stop, stopped = socket.socketpair()
        self._select.register(stopped, selectors.EVENT_READ, None)
        network.resolved = True
        self.follow()
        self._thread = threading.Thread(target=self._run, name="resolver", daemon=True)
        self._thread.start()

    def follow(self) -> None:
        """Answer in the network as it is now; whoever asks meanwhile is answered."""
        plan = self._network.plan
        self._by_address = {
            (each.vpc, dotted(each.address)): each.subnet for each in plan.interfaces.values()
        }
        spaces = {door: self._network.spaces[door.space] for door in doors(plan)}
        for (door, kind), (space, held) in list(self._held.items()):
            if spaces.get(door) != space:
                self._select.unregister(held)
                held.close()
                del self._held[door, kind]
        for door, space in spaces.items():
            for kind in KINDS:
                if (door, kind) not in self._held:
                    self._open(door, space, kind)

    def _open(self, door: Door, space: int, kind: int) -> None:
        try:
            made = _opened(door, space, kind)
        except OSError:
            if kind == socket.SOCK_STREAM:
                return  # somebody else takes connections there
            raise
        self._held[door, kind] = (space, made)
        self._select.register(made, selectors.EVENT_READ, door)

    def close(self) -> None:
        """Stop answering."""
        self._network.resolved = False
        self._stop.close()
        self._thread.join(timeout=5)
        for _, held in self._held.values():
            held.close()
        self._select.close()

    def _run(self) -> None:
        while True:
            for key, _ in self._select.select():
                if key.data is None:
                    return
                held = key.fileobj
                if not isinstance(held, socket.socket):
                    continue
                # A network that changes at this moment leaves a question without an answer, and so does
                # whatever a question may hold that makes no sense: the next one is answered.
                with contextlib.suppress(Exception):
                    if held.type == socket.SOCK_STREAM:
                        call, sender = held.accept()
                        given = (call, key.data, sender[0])
                        threading.Thread(target=self._converse, args=given, daemon=True).start()
                    else:
                        self._answer(held, key.data)

    def _answer(self, held: socket.socket, door: Door) -> None:
        """One question, answered from the address that it was sent to."""
        data, extra, _, sender = held.recvmsg(4096, 256)
        if (reply := self._reply(data, door, sender[0])) is not None:
            held.sendmsg([reply], list(_from_there(extra)), 0, sender)

    def _converse(self, call: socket.socket, door: Door, sender: str) -> None:
        """The questions of one connection, each after its length."""
        call.settimeout(PATIENCE)
        with contextlib.suppress(Exception), call, call.makefile("rb") as lines:
            while length := lines.read(2):
                size = struct.unpack("!H", length)[0]
                data = lines.read(size)
                # What ends before it is whole is no question.
                if len(data) < size or (reply := self._reply(data, door, sender)) is None:
                    return
                call.sendall(struct.pack("!H", len(reply)) + reply)

    def _reply(self, data: bytes, door: Door, sender: str) -> bytes | None:
        """The answer to a question, or None for silence."""
        plan = self._network.plan
        if door.public:
            return answered(data, lambda host: tuple(map(dotted, names.public(plan, host))))
        if door.interface:
            # Nothing filters what it asks: questions to AWS's resolver meet neither groups nor ACLs.
            asking = dotted(plan.interfaces[door.interface].address)
            return self._resolved(data, door.vpc, asking) or failed(data)
        return self._resolved(data, door.vpc, sender)

    def _resolved(self, data: bytes, vpc: str, sender: str) -> bytes | None:
        """What the resolver of a VPC answers; None for silence, also to whoever is not in the VPC."""
        place = self._network.plan.estate.vpcs.get(vpc)
        if place is None or place.dns_support is not True or (vpc, sender) not in self._by_address:
            return None
        found: tuple[str, ...] = ()

        def find(host: str) -> tuple[str, ...]:
            nonlocal found
            found = self.found(vpc, sender, host)
            return found

        if (reply := answered(data, find)) is not None:
            self.log.append((sender, host_of(data) or "", found))
        return reply

    def found(self, vpc: str, sender: str, host: str) -> tuple[str, ...]:
        """What a name means to an interface of a VPC.

        Raises:
            NoAnswer: nothing.
        """
        subnet = self._by_address[vpc, sender]
        return tuple(map(dotted, names.addresses(self._network.plan, subnet, host)))


def _opened(door: Door, space: int, kind: int) -> socket.socket:
    """A socket that takes questions at a place."""
    with inside(space):
        made = socket.socket(socket.AF_INET, kind | socket.SOCK_CLOEXEC)
    try:
        made.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        if door.public:
            made.setsockopt(socket.IPPROTO_IP, IP_TRANSPARENT, 1)
        made.bind((door.address, DNS))
        if kind == socket.SOCK_STREAM:
            made.listen(64)
        else:
            made.setsockopt(socket.IPPROTO_IP, IP_PKTINFO, 1)
        made.setblocking(False)
    except OSError:
        made.close()
        raise
    return made


def _from_there(extra: list[tuple[int, int, bytes]]) -> Iterator[tuple[int, int, Any]]:
    """What has an answer go out from the address that the question came to."""
    for level, kind, data in extra:
        if (level, kind) == (socket.IPPROTO_IP, IP_PKTINFO):
            address = data[8:12]
            yield level, kind, struct.pack("=i4s4s", 0, address, address)
