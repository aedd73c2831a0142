"""One question asked about many things, in several sandboxes at the same time: most of it is waiting."""

import json
import os
import sys
from collections.abc import Callable, Sequence
from typing import TypeVar

from pullproof.lab.sandbox import start_inside

T = TypeVar("T")
#: How many questions were asked about a thing, and a line for each answer that is wrong.
Compare = Callable[[T], tuple[int, list[str]]]
JOBS = 4


def compare_all(things: Sequence[T], compare: Compare[T], jobs: int = JOBS) -> tuple[int, int] | None:
    """How many questions were asked about all things, and how many answers are wrong; None when a shard died.

    Each shard has a sandbox of its own and every so-many-th thing; wrong answers are printed as they come.

    Raises:
        ValueError: nothing would be compared, which is no agreement.
    """
    if jobs < 1 or not things:
        raise ValueError(f"nothing to compare: {len(things)} things in {jobs} shards")
    shards = [things[number::jobs] for number in range(min(jobs, len(things)))]
    begun = [_begin(shard, compare) for shard in shards]
    told = [_told(pipe, keeper) for pipe, keeper in begun]
    for number, (status, text) in enumerate(told, 1):
        if status or not text:
            sys.stderr.write(
                f"shard {number} of {len(shards)} ended with status {status} before it had compared all\n"
            )
    if any(status or not text for status, text in told):
        return None
    totals = [json.loads(text) for _, text in told]
    return sum(asked for asked, _ in totals), sum(wrong for _, wrong in totals)


def _begin(things: Sequence[T], compare: Compare[T]) -> tuple[int, int]:
    """A shard at work: where it tells its totals, and the process to wait for."""
    told, tell = os.pipe()

    def work() -> int:
        asked = wrong = 0
        for thing in things:
            questions, lines = compare(thing)
            asked, wrong = asked + questions, wrong + len(lines)
            for line in lines:
                print(line, flush=True)
        os.write(tell, json.dumps([asked, wrong]).encode())
        return 0

    keeper = start_inside(work)
    os.close(tell)
    return told, keeper


def _told(pipe: int, keeper: int) -> tuple[int, str]:
    """How a shard ended, and its totals."""
    with os.fdopen(pipe, "rb") as file:
        text = file.read().decode()
    return os.waitstatus_to_exitcode(os.waitpid(keeper, 0)[1]), text
