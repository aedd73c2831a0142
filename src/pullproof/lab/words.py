"""Stopped reasons, in the words that ECS gives.

https://docs.aws.amazon.com/AmazonECS/latest/developerguide/stopped-task-error-codes.html
"""

import socket


def unpulled(says: str) -> str:
    """A secret or a login could not be had."""
    return f"ResourceInitializationError: unable to pull secrets or registry auth: execution resource retrieval failed: {says}"


def login_failed(error: Exception) -> str:
    """The login to ECR failed."""
    return (
        "ResourceInitializationError: unable to pull secrets or registry auth: The task cannot pull registry auth"
        " from Amazon ECR: There is a connection issue between the task and Amazon ECR. Check your task network"
        f" configuration. {error}"
        if "connect" in str(error).lower() or "resolve" in str(error).lower()
        else unpulled(f"unable to retrieve ecr registry auth: {error}")
    )


def not_pulled(says: str) -> str:
    """The image could not be pulled."""
    return f"CannotPullContainerError: {says}"


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


def unexpected(status: int, data: bytes) -> str:
    """An answer of a registry that is none."""
    return f"unexpected status code {status}: {data[:200].decode('utf-8', 'replace')}"
