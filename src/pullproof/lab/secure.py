"""A TLS connection that sends what it is given in one piece.

OpenSSL on a socket sends each record of 16 KiB by itself, and so as a packet of its own; records that are
collected first leave four at a time, which is most of what a large layer costs on its way.
"""

import contextlib
import io
import socket
import ssl
import time
from typing import Any, Self

#: Asked of the socket at once.
CHUNK = 1 << 18


class Secure:
    """The server's end of a connection, as a handler of `http.server` wants it.

    What is waited for (the handshake first) must have come within `patience` seconds, however slowly it comes.

    Raises:
        ssl.SSLError: the client speaks no TLS, or does not trust the certificate.
        TimeoutError: it does not come.
    """

    def __init__(self, call: socket.socket, context: ssl.SSLContext, patience: float = 60.0) -> None:
        self._call = call
        self._patience = patience
        self.wait()
        self._came, self._goes = ssl.MemoryBIO(), ssl.MemoryBIO()
        self._tls = context.wrap_bio(self._came, self._goes, server_side=True)
        self._shake()

    def __enter__(self) -> Self:
        """Itself."""
        return self

    def __exit__(self, *_: object) -> None:
        """Say that nothing more comes, where the other end still hears it."""
        with contextlib.suppress(ssl.SSLWantReadError):
            self._tls.unwrap()
        with contextlib.suppress(OSError):
            self._send()

    def makefile(self, mode: str, size: int) -> io.BufferedIOBase:
        """What comes, or what goes, as a file."""
        raw = _Raw(self)
        return io.BufferedReader(raw, CHUNK) if "r" in mode else io.BufferedWriter(raw, max(size, 1))

    def wait(self) -> None:
        """Be patient again, from now on."""
        self._until = time.monotonic() + self._patience

    def read(self, into: memoryview) -> int:
        """Some of what came; 0 at the end."""
        while True:
            try:
                return self._tls.read(len(into), into)  # type: ignore[return-value]  # a count, with a buffer
            except ssl.SSLWantReadError:
                self._send()
                if not self._hear():
                    return 0
            except ssl.SSLZeroReturnError:
                return 0

    def write(self, data: memoryview) -> int:
        """Send all of it."""
        size = self._tls.write(data)
        self._send()
        return size

    def _shake(self) -> None:
        while True:
            try:
                self._tls.do_handshake()
            except ssl.SSLWantReadError:
                self._send()
                if not self._hear():
                    raise ssl.SSLEOFError(ssl.SSL_ERROR_EOF, "the other end went away") from None
            else:
                self._send()
                return

    def _hear(self) -> bool:
        left = self._until - time.monotonic()
        if left <= 0:
            raise TimeoutError("it did not come in time")
        self._call.settimeout(left)
        data = self._call.recv(CHUNK)
        self._came.write(data)
        return bool(data)

    def _send(self) -> None:
        if self._goes.pending:
            self._call.settimeout(self._patience)
            self._call.sendall(self._goes.read())


class _Raw(io.RawIOBase):
    """A connection as a file of bytes."""

    def __init__(self, secure: Secure) -> None:
        super().__init__()
        self._secure = secure

    def readable(self) -> bool:
        return True

    def writable(self) -> bool:
        return True

    def readinto(self, into: Any) -> int:
        return self._secure.read(into)

    def write(self, data: Any) -> int:
        return self._secure.write(data)
