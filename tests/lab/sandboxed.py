"""Work done inside a sandbox of the lab, and what it gave, brought back to the test."""

import os
import pickle
import select
import signal
import traceback
from collections.abc import Callable
from typing import Any, TypeVar

from pullproof.lab.sandbox import start_inside

T = TypeVar("T")


def sandboxed(work: Callable[[], T], seconds: float = 120) -> T:
    """What the work gives; an AssertionError with its traceback when it fails, or takes too long."""
    told, tell = os.pipe()

    def send() -> int:
        os.close(told)
        try:
            answer: tuple[bool, Any] = (True, work())
        except BaseException:  # noqa: BLE001  # shown in the test
            answer = (False, traceback.format_exc())
        with os.fdopen(tell, "wb") as pipe:
            pickle.dump(answer, pipe)
        return 0

    keeper = start_inside(send)
    os.close(tell)
    with os.fdopen(told, "rb") as pipe:
        ready, _, _ = select.select([pipe], [], [], seconds)
        data = pipe.read() if ready else b""
    if not data:
        os.kill(keeper, signal.SIGKILL)
    os.waitpid(keeper, 0)
    assert data, f"a sandbox said nothing in {seconds} s"
    well, value = pickle.loads(data)
    assert well, value
    return value  # type: ignore[no-any-return]  # what `work` gave
