"""What `make agree` does at the same time: nothing is asked twice or left out, and no death goes unnoticed."""

import os
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.lab.shards import compare_all

#: Which network this process is in.
NETWORK = Path("/proc/self/ns/net")

pytestmark = pytest.mark.usefixtures("needs_lab")


def odd(number: int) -> tuple[int, list[str]]:
    """Two questions about each number; odd ones are wrong."""
    return 2, [f"{number} is odd"] if number % 2 else []


@pytest.mark.parametrize("jobs", [1, 3, 9])
def test_each_thing_is_asked_about_once(jobs: int, capfd: pytest.CaptureFixture[str]) -> None:
    """However many sandboxes there are, also more than things."""
    assert (14, 3) == compare_all(range(7), odd, jobs)
    assert [f"{number} is odd" for number in (1, 3, 5)] == sorted(capfd.readouterr().out.splitlines())


def test_each_shard_has_a_sandbox_of_its_own(capfd: pytest.CaptureFixture[str]) -> None:
    """Its first process, and a network that is not the test's."""
    compare_all(range(2), lambda _: (1, [f"{os.getpid()} {NETWORK.readlink()}"]), 2)
    lines = {*capfd.readouterr().out.splitlines(), f"1 {NETWORK.readlink()}"}

    assert 3 == len(lines)
    assert {"1"} == {line.partition(" ")[0] for line in lines}


def raises(_: int) -> tuple[int, list[str]]:
    """A shard that meets a fault."""
    raise ZeroDivisionError


def exits(_: int) -> tuple[int, list[str]]:
    """A shard that says that all is well, and was not asked."""
    os._exit(0)


@pytest.mark.parametrize("ends", [raises, exits])
def test_a_shard_that_dies_fails_the_run(
    ends: Callable[[int], tuple[int, list[str]]], capfd: pytest.CaptureFixture[str]
) -> None:
    """Whatever ends it, the other shards' answers do not stand for all."""

    def compare(number: int) -> tuple[int, list[str]]:
        return ends(number) if number == 1 else odd(number)

    assert compare_all(range(4), compare, 2) is None
    assert "shard 2 of 2" in capfd.readouterr().err


@pytest.mark.parametrize(("things", "jobs"), [([1], 0), ([1], -1), ([], 4)])
def test_to_compare_nothing_is_no_agreement(things: list[int], jobs: int) -> None:
    """Whoever asks for that many shards hears of it."""
    with pytest.raises(ValueError, match="nothing to compare"):
        compare_all(things, lambda _: (1, []), jobs)
