"""Talking to a lab: names, one lab of a name, and every way a conversation can end."""

import json
import os
import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest

from pullproof.errors import ToolError, UsageError
from pullproof.lab.remote import Remote, address, claimed, running

NAME = f"test-remote-{os.getpid()}"


@contextmanager
def answering(*lines: object) -> Iterator[list[dict[str, Any]]]:
    """A lab that answers a question with these lines, of which text is sent as it is, and hangs up."""
    heard: list[dict[str, Any]] = []
    with claimed(NAME) as held:

        def answer() -> None:
            call, _ = held.accept()
            with call, call.makefile("rwb") as file:
                heard.append(json.loads(file.readline()))
                for line in lines:
                    file.write((line if isinstance(line, str) else json.dumps(line)).encode() + b"\n")

        thread = threading.Thread(target=answer)
        thread.start()
        try:
            yield heard
        finally:
            thread.join(timeout=10)


@pytest.mark.parametrize("name", ["default", "a", "0", "Team-1.prod_x", "x" * 40])
def test_names_of_labs(name: str) -> None:
    """A socket without a file, of this user."""
    assert address(name).startswith("\0")
    assert f"/{os.geteuid()}/{name}" in address(name)


@pytest.mark.parametrize("name", ["", "-x", ".x", "a/b", "../x", "a b", "x" * 41, "ä", "a\n", "a\0b"])
def test_what_is_no_name(name: str) -> None:
    """Nothing that could be the name of another user's lab, or of a file."""
    with pytest.raises(UsageError, match="no name for a lab") as refused:
        address(name)

    assert len(refused.value.problem) < 300
    assert refused.value.remedy


def test_a_name_is_one_lab_s() -> None:
    """As long as it runs, it is listed, and nobody else gets the name; then it is free again."""
    with claimed(NAME):
        assert NAME in running()
        with pytest.raises(UsageError, match="runs already") as refused:
            claimed(NAME)
        assert f"--name {NAME}" in refused.value.remedy
    assert NAME not in running()
    claimed(NAME).close()


def test_a_lab_that_does_not_run() -> None:
    """Whoever asks for it hears which ones do."""
    with pytest.raises(UsageError, match=f"no lab called {NAME} runs"):
        Remote(NAME)
    with claimed(f"{NAME}-other"):
        with pytest.raises(UsageError) as refused:
            Remote(NAME)
        assert f"{NAME}-other" in refused.value.remedy


def test_answers_come_one_by_one_until_the_last() -> None:
    """What is asked is one line of JSON; what comes after the end belongs to nobody."""
    with answering({"task": 1}, {"task": 2}, {"done": True}, {"task": 3}) as heard:
        remote = Remote(NAME)
        assert [{"task": 1}, {"task": 2}] == list(remote.ask("ps", all=True))
        remote.close()

    assert [{"do": "ps", "all": True}] == heard


@pytest.mark.parametrize(("lines", "expected"), [([{"a": 1}], {"a": 1}), ([], {})])
def test_one_answer(lines: list[dict[str, int]], expected: dict[str, int]) -> None:
    """Or none."""
    with answering(*lines, {"done": True}):
        assert expected == Remote(NAME).one("status")


def test_what_cannot_be_done_is_said_with_its_remedy() -> None:
    """As the lab says it."""
    lines = ({"step": 1}, {"error": "no such task", "remedy": "pullproof lab ps"})
    with answering(*lines), pytest.raises(UsageError) as refused:
        list(Remote(NAME).ask("logs"))

    assert ("no such task", "pullproof lab ps") == (refused.value.problem, refused.value.remedy)


@pytest.mark.parametrize("lines", [[], [{"task": 1}]])
def test_a_lab_that_ends_meanwhile(lines: list[dict[str, int]]) -> None:
    """An answer without an end is none."""
    with answering(*lines), pytest.raises(ToolError, match="ended before"):
        list(Remote(NAME).ask("ps"))


def told_by_the_kernel(monkeypatch: pytest.MonkeyPatch, user: int) -> None:
    """Let it seem that a user has the other end of every socket."""
    monkeypatch.setattr("pullproof.lab.remote.struct.unpack", lambda *_: (1, user, 1))


@pytest.mark.parametrize("user", [os.geteuid(), 0])
def test_a_lab_of_one_s_own_or_of_root_is_spoken_to(user: int, monkeypatch: pytest.MonkeyPatch) -> None:
    """Root may have started it for this user."""
    told_by_the_kernel(monkeypatch, user)
    with answering({"a": 1}, {"done": True}):
        assert {"a": 1} == Remote(NAME).one("status")


def test_a_lab_that_another_user_runs_is_not_spoken_to(monkeypatch: pytest.MonkeyPatch) -> None:
    """Anybody may take the name of a socket: the kernel says who did."""
    told_by_the_kernel(monkeypatch, os.geteuid() + 4711)
    with claimed(NAME), pytest.raises(ToolError, match="another user"):
        Remote(NAME)


def test_a_broken_conversation_is_a_lab_that_ended(monkeypatch: pytest.MonkeyPatch) -> None:
    """Whatever the socket says."""
    with claimed(NAME) as held:
        remote = Remote(NAME)
        call, _ = held.accept()
        call.shutdown(socket.SHUT_RD)
        call.close()
        with pytest.raises(ToolError, match="ended before"):
            list(remote.ask("ps"))
