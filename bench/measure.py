"""How long a program runs and how much memory it takes at most, from outside it."""

import os
import statistics
import subprocess
import tempfile
import time
from pathlib import Path

import msgspec


class Sample(msgspec.Struct, frozen=True, kw_only=True):
    """Several runs of one command: wall and processor seconds of each, the highest peak, how the last ended."""

    seconds: tuple[float, ...]
    cpu: tuple[float, ...]
    peak_mb: float
    status: int
    said: str = ""

    @property
    def median(self) -> float:
        """The median of the wall times, in seconds."""
        return statistics.median(self.seconds)

    @property
    def median_cpu(self) -> float:
        """The median of the processor times, in seconds; other programs on the machine change it less."""
        return statistics.median(self.cpu)


def measure(commands: list[list[str]], *, rounds: int, cwd: Path) -> list[Sample]:
    """Run the commands in turn, `rounds` times after one round that does not count; with 0, once.

    In turn, so that whatever else the machine does meets all of them alike.
    """
    runs = [[once(command, cwd=cwd) for command in commands] for _ in range(rounds + 1)]
    return [_together(list(found)) for found in zip(*(runs[1:] or runs), strict=True)]


def once(command: list[str], *, cwd: Path) -> Sample:
    """One run, with its output thrown away but for the last line of what it complains of.

    The peak is the kernel's `ru_maxrss` of the child. It counts from before the child became the
    program, so it is never below what this process takes: hence nothing large is loaded here.
    """
    with tempfile.TemporaryFile("w+") as errors:
        start = time.perf_counter()
        child = subprocess.Popen(
            command, cwd=cwd, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=errors
        )
        _, status, usage = os.wait4(child.pid, 0)
        seconds = time.perf_counter() - start
        child.returncode = os.waitstatus_to_exitcode(status)
        errors.seek(0)
        said = errors.read().strip().splitlines()
    return Sample(
        seconds=(seconds,),
        cpu=(usage.ru_utime + usage.ru_stime,),
        peak_mb=usage.ru_maxrss / 1024,
        status=child.returncode,
        said=said[-1] if said else "",
    )


def _together(runs: list[Sample]) -> Sample:
    return Sample(
        seconds=tuple(run.seconds[0] for run in runs),
        cpu=tuple(run.cpu[0] for run in runs),
        peak_mb=max(run.peak_mb for run in runs),
        status=runs[-1].status,
        said=runs[-1].said,
    )
