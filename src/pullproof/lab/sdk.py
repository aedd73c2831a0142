"""The AWS SDK as Fargate's agent uses it: its attempts and its patience, scaled."""

import contextlib
import threading
from collections.abc import Callable
from typing import Any, Protocol

#: How often Fargate tries.
ATTEMPTS = 3


class Reach(Protocol):
    """With which credentials and authority, and how long, a client tries."""

    @property
    def key(self) -> str:
        """The access key id."""
        ...

    @property
    def authority(self) -> str:
        """The file of certificates to trust."""
        ...

    @property
    def patience(self) -> float:
        """Seconds for a connection."""
        ...


#: Sessions of the AWS SDK are not for two threads at once.
_MAKING = threading.Lock()


def tried(call: Callable[..., Any], **given: Any) -> Any:
    """A call, tried as often as Fargate does while no connection opens. Raises as the call does."""
    from botocore.exceptions import ConnectionError as NoConnection
    from botocore.exceptions import HTTPClientError

    for _ in range(ATTEMPTS - 1):
        with contextlib.suppress(NoConnection, HTTPClientError):
            return call(**given)
    return call(**given)


def made(service: str, region: str, setting: Reach) -> Any:
    """A client that has these credentials and this patience."""
    import boto3.session
    from botocore.config import Config

    with _MAKING:
        return boto3.session.Session().client(
            service,
            region_name=region,
            aws_access_key_id=setting.key,
            aws_secret_access_key="lab",  # noqa: S106  # a signature that nobody checks
            verify=setting.authority,
            config=Config(
                connect_timeout=setting.patience,
                read_timeout=60,
                # The pauses of the SDK between two attempts are not scaled; `tried` makes none.
                retries={"mode": "standard", "total_max_attempts": 1},
            ),
        )
