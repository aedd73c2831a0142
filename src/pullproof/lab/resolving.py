"""The DNS servers of a task, for the thread that does its work: a resolv.conf that no other thread sees.

The C library reads that file whenever it has changed, and asks the servers in it as it does everywhere.
"""

import contextlib
import os
from collections.abc import Iterator
from pathlib import Path

from pullproof.lab.kernel import MS_BIND, NEWNS, mount, setns, unshare

#: The part of a process that knows where in the file system it is (unshare(2)).
FS = 0x00000200
RESOLV_CONF = Path("/etc/resolv.conf")


@contextlib.contextmanager
def asking(written: Path | None) -> Iterator[None]:
    """Run a block in which names are asked for as a file says; as before where none is given.

    Mounts, like networks, are those of a thread: this one leaves the others' for as long as it takes.
    """
    if written is None:
        yield
        return
    here = os.open(".", os.O_PATH | os.O_CLOEXEC)
    before = os.open("/proc/thread-self/ns/mnt", os.O_RDONLY | os.O_CLOEXEC)
    try:
        unshare(NEWNS)
        try:
            with contextlib.suppress(FileNotFoundError):
                mount(str(written), str(RESOLV_CONF.resolve(strict=True)), "", MS_BIND)
            yield
        finally:
            # A thread that was started meanwhile shares this one's place in the file system.
            unshare(FS)
            setns(before, NEWNS)
            os.fchdir(here)
    finally:
        os.close(before)
        os.close(here)
