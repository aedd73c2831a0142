"""Where calls of the lab's clients arrive: TLS, policies, and on to moto or the registry.

A call comes in at an interface endpoint, or beyond the VPC. By which way it came, and whose credentials it
carries, decides which policies are asked; the answer is AWS's own for the service that is called.
"""

import contextlib
import http.client
import selectors
import socket
import ssl
import threading
from collections.abc import Callable
from http.server import BaseHTTPRequestHandler
from typing import Any

import msgspec

from pullproof.lab.calls import Asked, asked, refused
from pullproof.lab.fabric import Listener
from pullproof.lab.secure import Secure

#: Copied at once.
CHUNK = 1 << 20
#: Headers that belong to one connection.
HOPS = frozenset(["connection", "keep-alive", "transfer-encoding", "upgrade", "proxy-connection", "te"])


class Way(msgspec.Struct, frozen=True, kw_only=True):
    """How a call came: to whose listener, in which VPC, from which address."""

    vpc: str
    interface: str
    sender: str


class Backends(msgspec.Struct, frozen=True, kw_only=True):
    """Ports on the loopback where the services really are, and who judges a call ("" allows it)."""

    cloud: int
    registry: int
    judge: Callable[[Asked, Way], str]
    token: Callable[[Asked, bytes], bytes]
    region: str


class Front:
    """Takes calls on the listeners that it is given, until it is closed."""

    def __init__(self, context: ssl.SSLContext, backends: Backends) -> None:
        self._context = context
        self.backends = backends
        self._select = selectors.DefaultSelector()
        self._held: dict[socket.socket, Listener] = {}
        self._wake, woken = socket.socketpair()
        self._select.register(woken, selectors.EVENT_READ, None)
        self._lock = threading.Lock()
        self._waiting: list[Listener] | None = None
        self._closed = False
        #: Every call: how it came, what was asked, the status.
        self.log: list[tuple[Way, Asked, int]] = []
        self._thread = threading.Thread(target=self._run, name="front", daemon=True)
        self._thread.start()

    def listen(self, listeners: list[Listener]) -> None:
        """Take calls on these, and on no others."""
        with self._lock:
            self._waiting = listeners
        self._wake.send(b"!")

    def close(self) -> None:
        """Take no more calls."""
        self._closed = True
        self._wake.send(b"!")
        self._thread.join(timeout=5)

    def _run(self) -> None:
        while not self._closed:
            for key, _ in self._select.select():
                held = key.fileobj
                if not isinstance(held, socket.socket):
                    continue
                if key.data is None:
                    held.recv(64)
                    self._change()
                    continue
                with contextlib.suppress(OSError):
                    call, sender = held.accept()
                    listener: Listener = key.data
                    way = Way(vpc=listener.vpc, interface=listener.interface, sender=sender[0])
                    threading.Thread(target=self._take, args=(call, way), daemon=True).start()

    def _change(self) -> None:
        with self._lock:
            waiting, self._waiting = self._waiting, None
        if waiting is None:
            return
        for held in self._held:
            with contextlib.suppress(KeyError, ValueError, OSError):
                self._select.unregister(held)
        self._held = {each.held: each for each in waiting if each.held.fileno() >= 0}
        for held, listener in self._held.items():
            self._select.register(held, selectors.EVENT_READ, listener)

    def _take(self, call: socket.socket, way: Way) -> None:
        call.settimeout(60)
        with (
            contextlib.suppress(OSError, ssl.SSLError, ValueError),
            call,
            Secure(call, self._context) as secure,
        ):
            _Handler(secure, way, self)


class _Handler(BaseHTTPRequestHandler):
    """One connection: each call is judged, and carried on."""

    protocol_version = "HTTP/1.1"
    # Answers in one piece.
    wbufsize = 1 << 16

    def __init__(self, call: Any, way: Way, front: Front) -> None:
        self._way = way
        self._front = front
        super().__init__(call, (way.sender, 0), front)  # type: ignore[arg-type]  # it only keeps the server

    def log_message(self, *_: object) -> None:
        """Say nothing: the front keeps a record."""

    def _carry(self) -> None:
        backends = self._front.backends
        length = int(self.headers.get("Content-Length") or 0)
        body = self.rfile.read(length)
        call = asked(self.command, self.path, dict(self.headers.items()), body, backends.region)
        if why := backends.judge(call, self._way):
            status, headers, data = refused(call, why)
            self._front.log.append((self._way, call, status))
            self._answer(status, headers, data)
            return
        self._front.log.append((self._way, call, self._forward(call, body)))

    def _forward(self, call: Asked, body: bytes) -> int:
        """Ask the service behind, and hand its answer on as it comes."""
        backends = self._front.backends
        port = backends.registry if call.service == "registry" else backends.cloud
        behind = http.client.HTTPConnection("127.0.0.1", port, timeout=60)
        headers = {name: value for name, value in self.headers.items() if name.lower() not in HOPS}
        if call.service == "registry":
            headers.pop("Authorization", None)
            headers.pop("authorization", None)
        with contextlib.closing(behind):
            behind.request(self.command, call.path, body=body or None, headers=headers)
            answer = behind.getresponse()
            kept = [(name, value) for name, value in answer.getheaders() if name.lower() not in HOPS]
            if call.action == "ecr:GetAuthorizationToken":
                data = backends.token(call, answer.read())
                self._answer(answer.status, [h for h in kept if h[0].lower() != "content-length"], data)
                return answer.status
            size = answer.getheader("Content-Length")
            if size is None:
                self._answer(answer.status, kept, answer.read())
                return answer.status
            self.send_response_only(answer.status)
            for name, value in kept:
                self.send_header(name, value)
            self.end_headers()
            if self.command != "HEAD":
                while data := answer.read(CHUNK):
                    self.wfile.write(data)
            self.wfile.flush()
            return answer.status

    def _answer(self, status: int, headers: list[tuple[str, str]], data: bytes) -> None:
        self.send_response_only(status)
        for name, value in headers:
            self.send_header(name, value)
        self.send_header("Content-Length", str(len(data)))
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(data)
        self.wfile.flush()

    do_GET = do_HEAD = do_POST = do_PUT = do_DELETE = do_PATCH = _carry  # noqa: N815  # the base class's names
