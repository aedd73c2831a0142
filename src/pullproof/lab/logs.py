"""What a task's containers write, sent to its log groups from its own interface, as the awslogs driver does.

https://docs.aws.amazon.com/AmazonECS/latest/developerguide/using_awslogs.html
"""

import os
import threading
import time
from collections.abc import Sequence
from typing import Protocol

from pullproof.lab.agent import Work

#: Seconds between two looks at the output, and how much of it is sent at once.
OFTEN, MOST = 0.2, 256 << 10


class Sender(Protocol):
    """Whoever can send lines to a log stream."""

    def log(self, work: Work, lines: list[tuple[int, str]]) -> str:
        """Send lines, each with its time in milliseconds; why it did not go, or ""."""
        ...


class Shipper:
    """Follows files until it is closed; then it sends what is left."""

    def __init__(self, sender: Sender, outputs: Sequence[tuple[Work, os.PathLike[str]]]) -> None:
        self._sender = sender
        self._outputs = [(work, os.open(path, os.O_RDONLY | os.O_CLOEXEC)) for work, path in outputs]
        self._read = [0] * len(self._outputs)
        self._rest = [b""] * len(self._outputs)
        self._end = threading.Event()
        #: Why lines were lost, if they were.
        self.trouble = ""
        self._thread = threading.Thread(target=self._run, name="logs", daemon=True)
        self._thread.start()

    def close(self, seconds: float = 3) -> None:
        """Send the rest, and stop."""
        self._end.set()
        self._thread.join(timeout=seconds)

    def _run(self) -> None:
        while not self._end.wait(OFTEN):
            self._look(last=False)
        self._look(last=True)
        for _, file in self._outputs:
            os.close(file)

    def _look(self, *, last: bool) -> None:
        for number, (work, file) in enumerate(self._outputs):
            while data := os.pread(file, MOST, self._read[number]):
                self._read[number] += len(data)
                *whole, self._rest[number] = (self._rest[number] + data).split(b"\n")
                self._send(work, whole)
            if last and self._rest[number]:
                self._send(work, [self._rest[number]])

    def _send(self, work: Work, lines: list[bytes]) -> None:
        now = int(time.time() * 1000)
        told = [(now, line.decode("utf-8", "replace")[:65536]) for line in lines if line]
        for first in range(0, len(told), 1000):
            try:
                trouble = self._sender.log(work, told[first : first + 1000])
            except Exception as error:  # noqa: BLE001  # lines that are lost must not lose those after them
                trouble = f"{error!r}"
            self.trouble = trouble or self.trouble
