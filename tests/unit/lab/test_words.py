"""Stopped reasons as ECS gives them: the program's own reading of such words finds the step again."""

import socket
from collections.abc import Callable

import pytest
from botocore.exceptions import ClientError

from pullproof.explain.understand import understand
from pullproof.lab.words import (
    login_failed,
    not_downloaded,
    not_pulled,
    not_resolved,
    parameter_failed,
    secret_failed,
    told,
    unexpected,
    unpulled,
)

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
        (secret_failed(CONNECT), "secrets"),
        (secret_failed(REFUSED), "secrets"),
        (parameter_failed(CONNECT), "parameters"),
        (parameter_failed(REFUSED), "parameters"),
        (not_resolved("x", told(CONNECT, HOST), 3), "image-manifest"),
        (not_resolved("x", "x: not found"), "image-manifest"),
        (not_pulled(not_downloaded(403, f"https://{HOST}/layer?X-Amz-Signature=secret")), "image-layers"),
        (not_pulled(f"failed to copy: httpReadSeeker: failed open: {told(CONNECT, HOST)}"), "image-layers"),
    ],
)
def test_the_words_are_those_that_explain_understands(says: str, step: str) -> None:
    """Whoever takes them from `lab ps` to `pullproof explain` is led to the step that failed."""
    assert step in {meaning.row.step for meaning in understand(says)}


@pytest.mark.parametrize(("error", "connection"), [(CONNECT, True), (REFUSED, False)])
@pytest.mark.parametrize("failed", [login_failed, secret_failed, parameter_failed])
def test_a_call_that_found_no_way_is_told_from_one_that_was_refused(
    failed: Callable[[Exception], str], error: Exception, connection: bool
) -> None:
    """Only the first has to do with the network; the error itself is in both."""
    says = failed(error)

    assert connection is ("Check your task network configuration" in says)
    assert connection is ("service call has been retried" not in says)
    assert str(error) in says


def test_who_answered_may_be_called_anything() -> None:
    """A role whose name sounds like a connection was refused all the same."""
    said = {"Error": {"Code": "AccessDeniedException", "Message": "User: role/connector could not resolve"}}
    refused = ClientError(said, "GetParameters")

    for failed in (login_failed, secret_failed, parameter_failed):
        assert failed(refused).endswith(
            "service call has been retried 1 time(s): AccessDeniedException: User: role/connector could not resolve"
        )


def test_what_is_secret_of_an_address_is_not_shown() -> None:
    """A layer's address holds a signature; a status without a name has none."""
    expected = f"failed to copy: httpReadSeeker: failed open: unexpected status code https://{HOST}/a: "

    assert f"{expected}403 Forbidden" == not_downloaded(403, f"https://{HOST}/a?X-Amz-Signature=x")
    assert f"{expected}799" == not_downloaded(799, f"https://{HOST}/a")


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
