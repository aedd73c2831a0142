"""DNS messages: an answer to a question, and a question to a server.

https://www.rfc-editor.org/rfc/rfc1035
"""

import contextlib
import select
import socket
import time
from collections.abc import Callable

from pullproof.lab.fabric import DNS
from pullproof.lab.names import NoAnswer

KIND = socket.SOCK_DGRAM | socket.SOCK_CLOEXEC


def host_of(data: bytes) -> str | None:
    """The name that a question is about, in lower case; None where it is no question."""
    from dnslib import DNSError, DNSRecord

    try:
        return str(DNSRecord.parse(data).q.qname).rstrip(".").lower()
    except (DNSError, ValueError, IndexError):
        return None


def answered(data: bytes, find: Callable[[str], tuple[str, ...]]) -> bytes | None:
    """The answer to a question, by what a name means; None to what is none."""
    from dnslib import QTYPE, RCODE, RR, A, DNSRecord

    if (host := host_of(data)) is None:
        return None
    question = DNSRecord.parse(data)
    answer = question.reply()
    try:
        found = find(host)
    except NoAnswer:
        answer.header.rcode = RCODE.NXDOMAIN
        found = ()
    if question.q.qtype == QTYPE.A:
        for address in found:
            answer.add_answer(RR(question.q.qname, QTYPE.A, ttl=0, rdata=A(address)))
    return bytes(answer.pack())


def failed(data: bytes) -> bytes | None:
    """The answer of a server that gets none itself; None to what is no question."""
    from dnslib import RCODE, DNSRecord

    if host_of(data) is None:
        return None
    answer = DNSRecord.parse(data).reply()
    answer.header.rcode = RCODE.SERVFAIL
    return bytes(answer.pack())


def asked(server: str, host: str, seconds: float) -> tuple[str, ...] | None:
    """What a server says that a name is, asked from the namespace of the calling thread; None for silence.

    A server that fails is silent too: clients ask the next one.

    Raises:
        NoAnswer: it says that there is no such name, or no address of it.
    """
    from dnslib import QTYPE, RCODE, DNSError, DNSRecord

    question = DNSRecord.question(host, "A")
    end = time.monotonic() + seconds
    # Nothing may lead there, or nobody listen.
    with socket.socket(socket.AF_INET, KIND) as asking, contextlib.suppress(OSError, DNSError):
        asking.connect((server, DNS))
        asking.send(bytes(question.pack()))
        while (left := end - time.monotonic()) > 0 and select.select([asking], [], [], left)[0]:
            answer = DNSRecord.parse(asking.recv(4096))
            if answer.header.id != question.header.id or answer.header.rcode == RCODE.SERVFAIL:
                continue
            found = tuple(str(each.rdata) for each in answer.rr if each.rtype == QTYPE.A)
            if not found:
                raise NoAnswer("dns-no-record")
            return found
    return None
