"""Stopped reasons as ECS gives them: the program's own reading of such words finds the step again."""

import socket

import pytest

from pullproof.explain.understand import understand
from pullproof.lab.words import login_failed, not_pulled, told, unexpected, unpulled

HOST = "api.ecr.eu-west-1.amazonaws.com"
CONNECT = TimeoutError("connect timeout on endpoint URL")
REFUSED = PermissionError("AccessDeniedException: not authorized")


@pytest.mark.parametrize(
    ("says", "step"),
    [
        (login_failed(CONNECT), "ecr-login"),
        (login_failed(OSError(f"could not resolve {HOST}")), "ecr-login"),
        (login_failed(REFUSED), "ecr-login"),
        (unpulled("unable to retrieve secret from asm: service call has been retried 3 time(s)"), "secrets"),
        (not_pulled(f"failed to resolve ref x: {told(CONNECT, HOST)}"), "image-manifest"),
        (not_pulled(f"failed to copy: httpReadSeeker: failed open: {told(CONNECT, HOST)}"), "image-layers"),
    ],
)
def test_the_words_are_those_that_explain_understands(says: str, step: str) -> None:
    """Whoever takes them from `lab ps` to `pullproof explain` is led to the step that failed."""
    assert step in {meaning.row.step for meaning in understand(says)}


@pytest.mark.parametrize(("error", "connection"), [(CONNECT, True), (REFUSED, False)])
def test_a_login_that_found_no_way_is_told_from_one_that_was_refused(
    error: Exception, connection: bool
) -> None:
    """Only the first has to do with the network; the error itself is in both."""
    says = login_failed(error)

    assert connection is ("Check your task network configuration" in says)
    assert str(error) in says


@pytest.mark.parametrize(
    ("error", "expected"),
    [
        (socket.gaierror(-2, "Name or service not known"), f"dial tcp: lookup {HOST}: no such host"),
        (TimeoutError("timed out"), f"dial tcp {HOST}:443: i/o timeout"),
        (ConnectionRefusedError(111, "Connection refused"), f"dial tcp {HOST}:443: Connection refused"),
        (OSError("odd"), f"dial tcp {HOST}:443: odd"),
    ],
)
def test_a_connection_that_failed_is_told_as_go_tells_it(error: OSError, expected: str) -> None:
    """A name that has no address, silence, and whatever else the kernel says."""
    assert expected == told(error, HOST)


def test_an_odd_answer_is_shown_in_part() -> None:
    """Bytes that are no text, and pages of it, do no harm."""
    says = unexpected(500, b"\xff" + b"x" * 5000)

    assert says.startswith("unexpected status code 500: \ufffdxx")
    assert len(says) < 300
