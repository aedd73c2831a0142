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
from collections import deque
from collections.abc import Callable
from http.server import BaseHTTPRequestHandler

import msgspec

from pullproof.lab.calls import Asked, asked, refused
from pullproof.lab.fabric import Listener
from pullproof.lab.secure import Secure
from pullproof.lab.strict import PATIENCE, Odd, body, headed

#: Copied at once.
CHUNK = 1 << 20
#: How many calls are remembered.
LATEST = 1000
#: Headers that belong to one connection.
HOPS = frozenset(
    ["connection", "keep-alive", "transfer-encoding", "upgrade", "proxy-connection", "te", "expect"]
)


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
    #: The ARN of whoever made a call; "" for nobody whom the lab knows.
    caller: Callable[[Asked], str] = lambda _: ""


class Front:
    """Takes calls on the listeners that it is given, until it is closed."""

    def __init__(self, context: ssl.SSLContext, backends: Backends, *, patience: float = PATIENCE) -> None:
        self._context = context
        #: Seconds in which a whole call must have come.
        self.patience = patience
        self.backends = backends
        self._select = selectors.DefaultSelector()
        self._held: dict[socket.socket, Listener] = {}
        self._wake, self._woken = socket.socketpair()
        self._select.register(self._woken, selectors.EVENT_READ, None)
        self._lock = threading.Lock()
        self._waiting: list[Listener] | None = None
        self._closed = False
        #: The latest calls: how it came, what was asked, the status.
        self.log: deque[tuple[Way, Asked, int]] = deque(maxlen=LATEST)
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
        for held in (self._select, self._wake, self._woken):
            held.close()

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
        # Whatever a client sends, it is its own connection alone that ends.
        with contextlib.suppress(Exception), call, Secure(call, self._context, self.patience) as secure:
            _Handler(secure, way, self)


class _Handler(BaseHTTPRequestHandler):
    """One connection: each call is judged, and carried on."""

    protocol_version = "HTTP/1.1"
    # Answers in one piece.
    wbufsize = 1 << 16

    def __init__(self, call: Secure, way: Way, front: Front) -> None:
        self._call = call
        self._way = way
        self._front = front
        self._begun = False
        # It keeps the server, and asks the connection for files.
        super().__init__(call, (way.sender, 0), front)  # type: ignore[arg-type]

    def log_message(self, *_: object) -> None:
        """Say nothing: the front keeps a record."""

    def handle_one_request(self) -> None:
        """Take the next call of this connection, all of which must come in time, not only its next byte."""
        self._call.wait()
        self._begun = False
        super().handle_one_request()

    def _carry(self) -> None:
        backends = self._front.backends
        try:
            headers = headed(self.path, self.headers)
            data = body(headers, self.rfile)
            call = asked(self.command, self.path, headers, data, backends.region)
            self._front.log.append((self._way, call, self._answered(call, data)))
        except Odd as odd:
            self._over(odd.status, odd.says)
        except TimeoutError:
            raise
        except (OSError, http.client.HTTPException):
            self._over(502, "no service answers")
        except Exception:  # noqa: BLE001  # nobody knows what else a body can hold
            self._over(400, "it makes no sense")

    def _answered(self, call: Asked, data: bytes) -> int:
        if why := self._front.backends.judge(call, self._way):
            status, headers, says = refused(call, why, self._front.backends.caller(call))
            self._answer(status, headers, says)
            return status
        return self._forward(call, data)

    def _over(self, status: int, says: str) -> None:
        """Refuse, where no answer has begun, and end the connection: what comes next may be no call."""
        if self._begun:
            self.close_connection = True
            return
        held = [("Content-Type", "text/plain"), ("Connection", "close")]
        self._answer(status, held, f"{says}\n".encode())

    def send_response_only(self, code: int, message: str | None = None) -> None:
        """Begin to answer."""
        self._begun = code >= 200
        super().send_response_only(code, message)

    def handle_expect_100(self) -> bool:
        """Say at once that the body may come: what is kept back for one piece would be waited for."""
        going = super().handle_expect_100()
        self.wfile.flush()
        return going

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
