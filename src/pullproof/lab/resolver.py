"""The resolver of every VPC: UDP port 53 at 169.254.169.253, the subnet of who asks decides the answer."""

import contextlib
import selectors
import socket
import threading
from collections import deque

from pullproof.lab import names
from pullproof.lab.fabric import Network
from pullproof.lab.kernel import inside
from pullproof.lab.sandbox import RESOLVER

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
        self._by_address: dict[tuple[str, int], str] = {}
        self._held: dict[str, tuple[int, socket.socket]] = {}
        self._stop, stopped = socket.socketpair()
        self._select.register(stopped, selectors.EVENT_READ, None)
        self.follow()
        self._thread = threading.Thread(target=self._run, name="resolver", daemon=True)
        self._thread.start()

    def follow(self) -> None:
        """Become the resolver of the network as it is now; whoever asks meanwhile is answered."""
        plan = self._network.plan
        self._by_address = {(each.vpc, each.address): each.subnet for each in plan.interfaces.values()}
        spaces = {vpc: self._network.spaces[f"vpc:{vpc}"] for vpc in plan.estate.vpcs}
        for vpc, (space, held) in list(self._held.items()):
            if spaces.get(vpc) != space:
                self._select.unregister(held)
                held.close()
                del self._held[vpc]
        for vpc in spaces.keys() - self._held.keys():
            with inside(spaces[vpc]):
                made = socket.socket(socket.AF_INET, socket.SOCK_DGRAM | socket.SOCK_CLOEXEC)
                made.bind((RESOLVER, 53))
            made.setblocking(False)
            self._held[vpc] = (spaces[vpc], made)
            self._select.register(made, selectors.EVENT_READ, vpc)

    def close(self) -> None:
        """Stop answering."""
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
                    data, sender = held.recvfrom(4096)
                    if (reply := self._reply(data, key.data, sender[0])) is not None:
                        held.sendto(reply, sender)

    def _reply(self, data: bytes, vpc: str, sender: str) -> bytes | None:
        """The answer to a question, or None for silence."""
        from dnslib import QTYPE, RCODE, RR, A, DNSError, DNSRecord

        place = self._network.plan.estate.vpcs.get(vpc)
        if place is None or place.dns_support is not True:
            return None
        try:
            question = DNSRecord.parse(data)
        except (DNSError, ValueError, IndexError):
            return None
        answer = question.reply()
        host = str(question.q.qname).rstrip(".").lower()
        try:
            found = self.found(vpc, sender, host)
        except names.NoAnswer:
            answer.header.rcode = RCODE.NXDOMAIN
            found = ()
        if question.q.qtype == QTYPE.A:
            for address in found:
                answer.add_answer(RR(question.q.qname, QTYPE.A, ttl=0, rdata=A(address)))
        self.log.append((sender, host, found))
        return bytes(answer.pack())

    def found(self, vpc: str, sender: str, host: str) -> tuple[str, ...]:
        """What a name means to an interface of a VPC.

        Raises:
            NoAnswer: nothing.
        """
        number = int.from_bytes(socket.inet_aton(sender), "big")
        subnet = self._by_address.get((vpc, number))
        if subnet is None:
            raise names.NoAnswer("no such interface")
        return tuple(
            socket.inet_ntoa(each.to_bytes(4, "big"))
            for each in names.addresses(self._network.plan, subnet, host)
        )
