"""What hostile clients get from the lab's front, and what of it comes through to the services behind."""

import http.client
import socket
import ssl
import threading
import time
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path

import pytest

from pullproof.lab.fabric import Listener
from pullproof.lab.front import Backends, Front
from pullproof.lab.tls import Authority

HOST = "secretsmanager.eu-west-1.amazonaws.com"
SIGNED = (
    f"Authorization: AWS4-HMAC-SHA256 Credential=AKIA1/20260101/eu-west-1/{{}}/aws4_request, "
    f"SignedHeaders=host, Signature={'0' * 64}\r\n"
)
TARGET = "X-Amz-Target: secretsmanager.GetSecretValue\r\n"
SMUGGLED = "POST /smuggled HTTP/1.1\r\nHost: x\r\nContent-Length: 0\r\n\r\n"


class Behind(HTTPServer):
    """A service behind the front; it remembers what it was asked."""

    def __init__(self) -> None:
        self.asked: list[tuple[str, str, bytes]] = []
        super().__init__(("127.0.0.1", 0), _Answers)


class _Answers(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def log_message(self, *_: object) -> None:
        """Say nothing."""

    def do_POST(self) -> None:
        """Remember, and answer."""
        assert isinstance(self.server, Behind)
        body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
        self.server.asked.append((self.command, self.path, body))
        self.send_response(200)
        self.send_header("Content-Length", "2")
        self.end_headers()
        self.wfile.write(b"ok")

    do_GET = do_PUT = do_POST  # noqa: N815


class Fronted:
    """The front, what is behind it, and a hostile client."""

    def __init__(self, folder: Path) -> None:
        self.behind = Behind()
        threading.Thread(target=self.behind.serve_forever, daemon=True).start()
        authority = Authority(folder)
        self._trust = ssl.create_default_context(cafile=str(authority.bundle))
        port = self.behind.server_address[1]
        backends = Backends(
            cloud=port,
            registry=port,
            judge=lambda _, __: "",
            token=lambda _, answer: answer,
            region="eu-west-1",
        )
        self.front = Front(authority.server(), backends, patience=1.0)
        self._listening = socket.create_server(("127.0.0.1", 0))
        self.front.listen([Listener(held=self._listening, vpc="", port=443)])

    def close(self) -> None:
        """End it all."""
        self.front.close()
        self._listening.close()
        self.behind.shutdown()
        self.behind.server_close()

    def connected(self) -> ssl.SSLSocket:
        """A connection to the front."""
        plain = socket.create_connection(self._listening.getsockname(), timeout=10)
        return self._trust.wrap_socket(plain, server_hostname=HOST)

    def sends(self, *parts: bytes) -> list[int]:
        """The statuses that a client gets which sends this, until the connection ends."""
        with self.connected() as call:
            try:
                for part in parts:
                    call.sendall(part)
                data = b"".join(iter(lambda: call.recv(65536), b""))
            except (ConnectionError, ssl.SSLError):
                return []
        found = []
        while data.startswith(b"HTTP/1.1 "):
            head, _, rest = data.partition(b"\r\n\r\n")
            found.append(int(head[9:12]))
            length = next(
                (
                    int(line[15:])
                    for line in head.split(b"\r\n")
                    if line.lower().startswith(b"content-length")
                ),
                0,
            )
            data = rest[length:]
        assert data == b"" or found, data
        return found


@pytest.fixture(scope="module")
def held(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Fronted]:
    """One for all."""
    made = Fronted(tmp_path_factory.mktemp("front"))
    yield made
    made.close()


@pytest.fixture
def fronted(held: Fronted) -> Fronted:
    """The same, of which nobody has asked anything yet."""
    held.behind.asked.clear()
    return held


def call(*headers: str, path: str = "/", host: str = HOST, method: str = "POST", body: str = "") -> bytes:
    """A call as text."""
    lines = "".join(headers)
    return f"{method} {path} HTTP/1.1\r\nHost: {host}\r\n{lines}\r\n{body}".encode("latin-1")


def test_calls_of_one_connection_come_through_one_by_one(fronted: Fronted) -> None:
    """With a length, in chunks, and without a body."""
    chunked = "3;x=y\r\nabc\r\n2\r\nde\r\n0\r\nTrailer: x\r\n\r\n"
    statuses = fronted.sends(
        call("Content-Length: 5\r\n", body="first"),
        call("Transfer-Encoding: chunked\r\n", body=chunked),
        call("Connection: close\r\n", method="GET"),
    )

    assert [200, 200, 200] == statuses
    assert [b"first", b"abcde", b""] == [body for _, _, body in fronted.behind.asked]


@pytest.mark.parametrize(
    ("headers", "body", "status"),
    [
        ("Content-Length: -1\r\n", "", 400),
        ("Content-Length: +5\r\n", "abcde", 400),
        ("Content-Length: 0x5\r\n", "abcde", 400),
        ("Content-Length: 5 5\r\n", "abcde", 400),
        ("Content-Length: 1e3\r\n", "", 400),
        ("Content-Length: ٣\r\n".encode().decode("latin-1"), "abc", 400),
        (f"Content-Length: {'9' * 30}\r\n", "", 400),
        ("Content-Length: 10737418240\r\n", "", 413),
        ("Content-Length: 5\r\nContent-Length: 5\r\n", "abcde", 400),
        ("Content-Length: 0\r\ncontent-length: 5\r\n", "abcde", 400),
        ("Content-Length: 5, 5\r\n", "abcde", 400),
        ("Content-Length : 5\r\n", "abcde", 400),
        ("Content-Length: 5\r\n\t6\r\n", "abcde", 400),
        ("Transfer-Encoding: chunked\r\nContent-Length: 5\r\n", "0\r\n\r\n", 400),
        ("Transfer-Encoding: chunked\r\nTransfer-Encoding: x\r\n", "0\r\n\r\n", 400),
        ("Transfer-Encoding: gzip, chunked\r\n", "0\r\n\r\n", 501),
        ("Transfer-Encoding: \x0bchunked\r\n", "0\r\n\r\n", 400),
        ("Transfer-Encoding: chunked\r\n", "-1\r\n\r\n", 400),
        ("Transfer-Encoding: chunked\r\n", "g\r\n\r\n", 400),
        ("Transfer-Encoding: chunked\r\n", "3\r\nabcd\r\n0\r\n\r\n", 400),
        ("Transfer-Encoding: chunked\r\n", "3\nabc\r\n0\r\n\r\n", 400),
        ("Transfer-Encoding: chunked\r\n", "fffffffff\r\n", 413),
        ("Transfer-Encoding: chunked\r\n", "0\r\n" + "X: y\r\n" * 101 + "\r\n", 400),
        ("no colon\r\nContent-Length: 5\r\n", "abcde", 400),
        ("X(y): z\r\n", "", 400),
        ("X: a\x00b\r\n", "", 400),
        ("X: a\x1bb\r\n", "", 400),
        ("Host: other.example.com\r\n", "", 400),
        ("X-Amz-Target: a.B\r\nX-Amz-Target: a.C\r\n", "", 400),
        ("X: y\r\n" * 10_000, "", 431),
        ("X: " + "y" * 70_000 + "\r\n", "", 431),
    ],
)
def test_what_could_be_read_in_two_ways_is_refused_and_ends_the_connection(
    fronted: Fronted, headers: str, body: str, status: int
) -> None:
    """No service sees it, and what follows it is not taken for another call."""
    statuses = fronted.sends(call(headers, body=body + SMUGGLED))

    assert [status] == statuses or (status == 431 and statuses == [])  # what is too long may lose its answer
    assert [] == fronted.behind.asked


@pytest.mark.parametrize(
    ("path", "status"),
    [
        ("http://s3.eu-west-1.amazonaws.com/bucket/key", 400),
        ("*", 400),
        ("host:443", 400),
        ("/a\x01b", 400),
        ("/a\x7fb", 400),
        ("/ä", 400),
        ("/" + "x" * 70_000, 414),
        ("//other.example.com/x", 200),
    ],
)
def test_a_target_is_a_path(fronted: Fronted, path: str, status: int) -> None:
    """Neither another host's, nor with characters that none has."""
    statuses = fronted.sends(call("Connection: close\r\n", path=path))

    assert [status] == statuses or (status == 414 and statuses == [])
    assert (["/other.example.com/x"] if status == 200 else []) == [asked[1] for asked in fronted.behind.asked]


@pytest.mark.parametrize(
    ("host", "path", "headers", "status"),
    [
        ("", "/", "", 400),
        ("a b", "/", "", 400),
        ("example.com", "/", "", 404),
        ("169.254.169.254", "/latest/meta-data", "", 404),
        ("x/y", "/v2/", "", 400),
        ("logs.eu-west-1.amazonaws.com", "/", TARGET, 400),
        ("s3.eu-west-1.amazonaws.com", "/b/k", TARGET + SIGNED.format("secretsmanager"), 403),
        (HOST, "/", SIGNED.format("secretsmanager") + "X-Amz-Target: Logs_20140328.GetSecretValue\r\n", 400),
        (HOST, "/", "Authorization: X a/b/c/s3/e, Credential=AKIA1/1/2/secretsmanager/aws4_request\r\n", 400),
        (
            HOST,
            "/?X-Amz-Credential=a/20260101/r/secretsmanager/aws4_request",
            SIGNED.format("secretsmanager"),
            400,
        ),
        (HOST, "/?X-Amz-Credential=a", "", 400),
        ("123456789012.dkr.ecr.eu-west-1.amazonaws.com", "/v2/_catalog", "", 404),
        ("123456789012.dkr.ecr.eu-west-1.amazonaws.com", "/v2/a/../b/manifests/x", "", 400),
        ("123456789012.dkr.ecr.eu-west-1.amazonaws.com", "/v2/a/%2e%2e/b/manifests/x", "", 404),
        ("123456789012.dkr.ecr.eu-west-1.amazonaws.com", "/v2/a//b/manifests/x", "", 400),
        ("docker.io", "/v2/../../x/manifests/y", "", 404),
        ("docker.io", "/v2/a/../../x/manifests/y", "", 400),
        (HOST, "/", TARGET + SIGNED.format("secretsmanager"), 200),
        ("docker.io", "/v2/library/busybox/manifests/latest", "", 200),
    ],
)
def test_a_call_is_to_one_service_whoever_reads_it(
    fronted: Fronted, host: str, path: str, headers: str, status: int
) -> None:
    """What the policies are asked about is what the service is asked for."""
    assert [status] == fronted.sends(call(headers, "Connection: close\r\n", host=host, path=path))
    assert (status == 200) is bool(fronted.behind.asked)


@pytest.mark.parametrize("body", ["[" * 100_000, '{"SecretId": ', "\x00" * 10, "[1, 2]"])
def test_a_body_that_makes_no_sense_harms_nobody(fronted: Fronted, body: str) -> None:
    """However deep it is, and whatever it holds; the next call is answered."""
    statuses = fronted.sends(
        call(TARGET, f"Content-Length: {len(body)}\r\n", "Connection: close\r\n", body=body)
    )

    assert statuses in ([200], [400])
    assert [200] == fronted.sends(call("Connection: close\r\n"))


@pytest.mark.parametrize(
    "parts",
    [
        [b""],
        [b"POST / HT"],
        [call("Content-Length: 5\r\n", body="abc")],
        [call("Transfer-Encoding: chunked\r\n", body="5\r\nab")],
        [b"POST / HTTP/1.1\r\n", *[b"X: y\r\n"] * 3],
    ],
)
def test_what_never_comes_is_not_waited_for(fronted: Fronted, parts: list[bytes]) -> None:
    """Nothing, half a line, half a body: after a while the connection is over."""
    begin = time.monotonic()

    assert [] == fronted.sends(*parts)
    assert time.monotonic() - begin < 5
    assert [] == fronted.behind.asked


def test_a_body_that_comes_byte_by_byte_has_no_longer(fronted: Fronted) -> None:
    """Each byte is in time, but all of them are not."""
    begin = time.monotonic()
    with fronted.connected() as connection:
        connection.sendall(call("Content-Length: 100\r\n"))
        try:
            while time.monotonic() < begin + 8:
                connection.sendall(b"x")
                time.sleep(0.1)
        except OSError:
            pass

    assert time.monotonic() - begin < 5
    assert [] == fronted.behind.asked


def test_whoever_waits_to_be_told_may_send_its_body(fronted: Fronted) -> None:
    """`Expect: 100-continue` is answered before the body comes."""
    with fronted.connected() as connection:
        connection.sendall(call("Content-Length: 2\r\n", "Expect: 100-continue\r\n", "Connection: close\r\n"))
        first = connection.recv(1024)
        connection.sendall(b"ok")
        answer = http.client.HTTPResponse(connection)
        answer.begin()

        assert b"HTTP/1.1 100 Continue\r\n\r\n" == first
        assert 200 == answer.status
        answer.close()


def test_noise_and_silence_end_no_thread(fronted: Fronted) -> None:
    """What is no TLS, and who hangs up at once, is passed by."""
    for noise in (b"", b"GET / HTTP/1.1\r\n\r\n", bytes(range(256)) * 8):
        with socket.create_connection(fronted._listening.getsockname(), timeout=10) as plain:
            plain.sendall(noise)

    assert [200] == fronted.sends(call("Connection: close\r\n"))
