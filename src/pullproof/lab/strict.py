"""One call of HTTP, read as the standard says and no other way: what could be read in two ways is refused.

Whoever judges a call and whoever answers it must see the same call; what one of them takes for the body must
never be another call to the other.
https://www.rfc-editor.org/rfc/rfc9112
"""

import re
from collections.abc import Mapping
from email.message import Message
from io import BufferedIOBase

#: A larger body is refused: parts of an upload to S3 are 8 MiB with AWS's own tools, all other calls smaller.
LARGEST = 64 << 20
#: Seconds in which a whole call must have come.
PATIENCE = 60.0
#: Read at once.
CHUNK = 1 << 20
_PATH = re.compile(r"/[!-~]*")
_HOST = re.compile(r"[A-Za-z0-9._-]{1,253}(?::[0-9]{1,5})?")
_NAME = re.compile(r"[!#$%&'*+.^_`|~0-9A-Za-z-]+")
_VALUE = re.compile(r"[\t -~\x80-\xff]*")
_LENGTH = re.compile(r"[0-9]{1,18}")
_SIZE = re.compile(rb"([0-9A-Fa-f]{1,15})[ \t]*(?:;[\t -~]*)?\r\n")
#: Lines of trailers that are read, and thrown away.
TRAILERS = 100


class Odd(Exception):
    """A call that is refused before anybody is asked about it: the status, and why."""

    def __init__(self, status: int, says: str) -> None:
        super().__init__(says)
        self.status = status
        self.says = says


def headed(path: str, headers: Message) -> Mapping[str, str]:
    """The headers of a call, of which each is there once.

    Raises:
        Odd: the path or a header is not what the standard allows.
    """
    if _PATH.fullmatch(path) is None:
        raise Odd(400, "the target is no path")
    if headers.defects or headers.get_payload():
        raise Odd(400, "a line among the headers is none")
    found: dict[str, str] = {}
    for name, value in headers.items():
        if _NAME.fullmatch(name) is None or _VALUE.fullmatch(str(value)) is None:
            raise Odd(400, "a header has characters that none may have")
        plain = name.lower()
        if plain in found and plain in _ONCE:
            raise Odd(400, f"{plain} is there twice")
        found[plain] = f"{found[plain]}, {value}" if plain in found else value
    if _HOST.fullmatch(found.get("host", "")) is None:
        raise Odd(400, "Host names no host")
    return found


#: Headers by which a call is read or judged.
_ONCE = frozenset(
    ["authorization", "content-length", "content-type", "host", "transfer-encoding", "x-amz-target"]
)


def body(headers: Mapping[str, str], file: BufferedIOBase) -> bytes:
    """The body of a call.

    Raises:
        Odd: where it ends is not certain, or it is larger than a lab takes.
    """
    length, coding = headers.get("content-length"), headers.get("transfer-encoding")
    if coding is not None:
        if length is not None:
            raise Odd(400, "Transfer-Encoding and Content-Length")
        if coding.strip().lower() != "chunked":
            raise Odd(501, "another transfer coding than chunked")
        return _chunked(file)
    if length is None:
        return b""
    if _LENGTH.fullmatch(length) is None:
        raise Odd(400, "Content-Length is no number")
    if int(length) > LARGEST:
        raise Odd(413, "the body is larger than a lab takes")
    return _exactly(file, int(length))


def _exactly(file: BufferedIOBase, size: int) -> bytes:
    data = bytearray()
    while len(data) < size:
        if not (part := file.read(min(CHUNK, size - len(data)))):
            raise Odd(400, "the body ends too early")
        data += part
    return bytes(data)


def _chunked(file: BufferedIOBase) -> bytes:
    data = bytearray()
    while True:
        found = _SIZE.fullmatch(file.readline(1024))
        if found is None:
            raise Odd(400, "a chunk has no size")
        if (size := int(found[1], 16)) == 0:
            break
        if len(data) + size > LARGEST:
            raise Odd(413, "the body is larger than a lab takes")
        data += _exactly(file, size)
        if file.read(2) != b"\r\n":
            raise Odd(400, "a chunk does not end where it says")
    for _ in range(TRAILERS):
        if (line := file.readline(65536)) == b"\r\n":
            return bytes(data)
        if not line.endswith(b"\n"):
            break
    raise Odd(400, "the trailers do not end")
