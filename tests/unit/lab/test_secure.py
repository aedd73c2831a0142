"""A server's end of TLS that sends in large pieces, against Python's own client."""

import contextlib
import socket
import ssl
import threading
from collections.abc import Callable
from pathlib import Path

import pytest

from pullproof.lab.secure import Secure
from pullproof.lab.tls import Authority

HOST = "api.ecr.eu-west-1.amazonaws.com"


@pytest.fixture(scope="module")
def authority(tmp_path_factory: pytest.TempPathFactory) -> Authority:
    """A CA that both trust."""
    return Authority(tmp_path_factory.mktemp("ca"))


def served(authority: Authority, serve: Callable[[Secure], None]) -> tuple[socket.socket, threading.Thread]:
    """A client's socket, whose other end is served in a thread."""
    near, far = socket.socketpair()

    def run() -> None:
        with far, contextlib.suppress(OSError), Secure(far, authority.server()) as secure:
            serve(secure)

    thread = threading.Thread(target=run, daemon=True)
    thread.start()
    near.settimeout(20)
    return near, thread


def client(authority: Authority, near: socket.socket) -> ssl.SSLSocket:
    """Speak TLS on it."""
    return ssl.create_default_context(cafile=authority.bundle).wrap_socket(near, server_hostname=HOST)


def _said(secure: Secure, data: bytes) -> None:
    assert len(data) == secure.write(memoryview(data))


def echo(secure: Secure) -> None:
    """Say every line again, until there is no more."""
    with secure.makefile("rb", -1) as come, secure.makefile("wb", 1 << 16) as go:
        for line in come:
            go.write(line)
            go.flush()


@pytest.mark.parametrize("size", [0, 1, 16_384, 16_385, 1 << 20, 3_000_001])
def test_what_goes_in_comes_out(authority: Authority, size: int) -> None:
    """Whatever its size; one thread uses the connection, as OpenSSL wants it."""
    near, thread = served(authority, echo)
    data = bytes(number % 251 for number in range(256)).replace(b"\n", b"") * (size // 200 + 1)
    data = data[:size] + b"\n"
    with client(authority, near) as call:
        call.sendall(data)
        come = b""
        while len(come) < len(data) and (more := call.recv(1 << 20)):
            come += more
    thread.join(20)

    assert data == come
    assert not thread.is_alive()


def test_much_is_sent_in_few_pieces(authority: Authority) -> None:
    """A megabyte is one piece, not one for each record of 16 KiB."""
    sent: list[int] = []

    class Counted:
        """A socket that counts."""

        def __init__(self, held: socket.socket) -> None:
            self._held = held
            self.settimeout = held.settimeout

        def recv(self, size: int) -> bytes:
            """What came."""
            return self._held.recv(size)

        def sendall(self, data: bytes) -> None:
            """Send, and remember how much."""
            sent.append(len(data))
            self._held.sendall(data)

    near, far = socket.socketpair()

    def run() -> None:
        with far, Secure(Counted(far), authority.server()) as secure:  # type: ignore[arg-type]  # it sends and receives
            secure.write(memoryview(bytes(1 << 20)))

    thread = threading.Thread(target=run, daemon=True)
    thread.start()
    with client(authority, near) as call:
        come = 0
        while come < 1 << 20:
            come += len(call.recv(1 << 20))
    thread.join(20)

    assert 1 == sum(size >= 1 << 20 for size in sent)


def test_the_end_is_told(authority: Authority) -> None:
    """The client hears that no more comes: what was cut off would be an error."""
    near, _ = served(authority, lambda secure: _said(secure, b"all"))
    with client(authority, near) as call:
        assert b"all" == call.recv(10)
        assert b"" == call.recv(10)


@pytest.mark.parametrize(
    "said", [b"", b"GET / HTTP/1.1\r\n\r\n", bytes(100), b"\x16\x03\x01\xff\xff" + bytes(300)]
)
def test_who_speaks_no_tls_is_not_served(authority: Authority, said: bytes) -> None:
    """Nor is anybody who goes away in the middle."""
    reached: list[bool] = []
    near, thread = served(authority, lambda _: reached.append(True))
    with near:
        near.sendall(said)
        near.shutdown(socket.SHUT_WR)
        thread.join(20)

    assert not thread.is_alive()
    assert [] == reached


def test_an_authority_that_is_not_trusted_is_refused_by_the_client(
    authority: Authority, tmp_path: Path
) -> None:
    """The server's end sees it as a failed handshake."""
    reached: list[bool] = []
    near, thread = served(authority, lambda _: reached.append(True))
    with near, pytest.raises(ssl.SSLCertVerificationError):
        client(Authority(tmp_path), near)
    thread.join(20)

    assert not thread.is_alive()
