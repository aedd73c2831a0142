"""Stopped reasons, in the words that ECS gives.

https://docs.aws.amazon.com/AmazonECS/latest/developerguide/stopped-task-error-codes.html
"""

import socket
from http import HTTPStatus


def unpulled(says: str) -> str:
    """A secret or a login could not be had."""
    return f"ResourceInitializationError: unable to pull secrets or registry auth: execution resource retrieval failed: {says}"


def login_failed(error: Exception) -> str:
    """The login to ECR failed."""
    if _is_connection(error):
        return (
            f"{_NETWORK}The task cannot pull registry auth from Amazon ECR: There is a connection issue between"
            f" the task and Amazon ECR. Check your task network configuration. {error}"
        )
    return unpulled(f"unable to retrieve ecr registry auth: {_answered(error)}")


def secret_failed(error: Exception) -> str:
    """A secret could not be had from Secrets Manager."""
    if _is_connection(error):
        return (
            f"{_NETWORK}unable to retrieve secret from asm: There is a connection issue between the task and"
            f" AWS Secrets Manager. Check your task network configuration. {error}"
        )
    return unpulled(f"unable to retrieve secret from asm: {_answered(error)}")


def parameter_failed(error: Exception) -> str:
    """A parameter could not be had from Systems Manager."""
    if _is_connection(error):
        return (
            f"{_NETWORK}unable to retrieve secrets from ssm: The task cannot pull secrets from AWS Systems"
            " Manager. There is a connection issue between the task and AWS Systems Manager Parameter Store."
            f" Check your task network configuration. {error}"
        )
    return unpulled(f"unable to retrieve secrets from ssm: {_answered(error)}")


_NETWORK = "ResourceInitializationError: unable to pull secrets or registry auth: "


def _is_connection(error: Exception) -> bool:
    """Whether nobody answered; who answered may have any name in what they say."""
    says = str(error).lower()
    return not hasattr(error, "response") and ("connect" in says or "resolve" in says)


def _answered(error: Exception) -> str:
    """What a service said, which Fargate does not ask a second time."""
    said = getattr(error, "response", {}).get("Error", {})
    what = f"{said.get('Code')}: {said.get('Message')}" if said else str(error)
    return f"service call has been retried 1 time(s): {what}"


def not_pulled(says: str) -> str:
    """The image could not be pulled."""
    return f"CannotPullContainerError: {says}"


def not_resolved(image: str, says: str, times: int = 1) -> str:
    """The image's manifest could not be had."""
    return not_pulled(
        f"pull image manifest has been retried {times} time(s): failed to resolve ref {image}: {says}"
    )


def not_started(says: str) -> str:
    """The container could not be started."""
    return f"CannotStartContainerError: {says}"


def told(error: OSError, host: str) -> str:
    """A connection that failed, as Go's network library says it."""
    if isinstance(error, socket.gaierror):
        if error.errno == socket.EAI_AGAIN:
            return f"dial tcp: lookup {host}: i/o timeout"  # no server said anything
        return f"dial tcp: lookup {host}: no such host"
    if isinstance(error, TimeoutError):
        return f"dial tcp {host}:443: i/o timeout"
    return f"dial tcp {host}:443: {error.strerror or error}"


def not_downloaded(status: int, url: str) -> str:
    """A layer's content was refused; what is secret of its address is left out."""
    phrase = HTTPStatus(status).phrase if status in {each.value for each in HTTPStatus} else ""
    says = f"unexpected status code {url.partition('?')[0]}: {status} {phrase}".strip()
    return f"failed to copy: httpReadSeeker: failed open: {says}"


def unexpected(status: int, data: bytes) -> str:
    """An answer of a registry that is none."""
    return f"unexpected status code {status}: {data[:200].decode('utf-8', 'replace')}"
