"""Questions to an NFS server, answered by a socket of the test's own."""

import socket
import struct
import threading
from collections.abc import Callable
from pathlib import Path

import pytest

from pullproof.lab.agent import Stopped
from pullproof.lab.files import answers, within


@pytest.mark.parametrize(
    ("reply", "expected"),
    [
        (lambda number: struct.pack(">6I", number, 1, 0, 0, 0, 0), True),
        (lambda number: struct.pack(">6I", number + 1, 1, 0, 0, 0, 0), False),
        (lambda number: struct.pack(">6I", number, 1, 1, 0, 0, 0), False),
        (lambda number: struct.pack(">6I", number, 1, 0, 0, 0, 2), False),
        (lambda _: b"HTTP/1.1 400 Bad Request\r\n\r\n", False),
        (lambda _: b"", False),
    ],
    ids=["accepted", "another-call", "denied", "wrong-version", "no-nfs", "nothing"],
)
def test_only_an_nfs_server_answers_the_call_that_does_nothing(
    reply: Callable[[int], bytes], expected: bool
) -> None:
    """The reply must be an accepted one to this very call."""
    ours, theirs = socket.socketpair()
    with ours, theirs:
        ours.settimeout(2)

        def serve() -> None:
            number = struct.unpack(">I", theirs.recv(4096)[4:8])[0]
            data = reply(number)
            theirs.sendall(struct.pack(">I", 0x80000000 | len(data)) + data)
            theirs.shutdown(socket.SHUT_WR)

        server = threading.Thread(target=serve)
        server.start()
        found = answers(ours)
        server.join()

    assert expected is found


def test_a_folder_of_a_file_system_is_never_outside_of_it(tmp_path: Path) -> None:
    """Dots and links that lead out are as good as a folder that is not there."""
    root = tmp_path / "files"
    (root / "data" / "deep").mkdir(parents=True)
    (root / "out").symlink_to(tmp_path)

    assert root / "data" / "deep" == within(root, "/data/deep")
    assert root == within(root, "/")
    for outside in ("../", "/data/../../", "/out", "/nothing"):
        with pytest.raises(Stopped, match="No such file or directory"):
            within(root, outside)
