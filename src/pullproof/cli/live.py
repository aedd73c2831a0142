"""Inputs that are accounts: who asks, what is shown meanwhile."""

import os
import sys
import time
from argparse import Namespace
from typing import Self

from pullproof.errors import UsageError
from pullproof.sources.base import Options
from pullproof.sources.live.boto import Login
from pullproof.sources.live.gather import Gathered, gather
from pullproof.sources.live.target import is_live, target_of

#: Seconds between two pictures of the progress.
OFTEN = 0.1
WIDE = 24


def login_of(options: Namespace) -> Login:
    """Who asks, and where."""
    return Login(
        regions=tuple(
            dict.fromkeys(part.strip() for part in (options.region or "").split(",") if part.strip())
        ),
        profile=options.profile or "",
        role_arn=options.role_arn or "",
        endpoint_url=options.endpoint_url or "",
    )


def asked(text: str, login: Login, options: Options, purpose: str) -> Gathered:
    """The answers of the account that an `aws://` address names.

    Raises:
        UsageError: it is no such address, or names what is not there.
        ToolError: the account cannot be asked.
    """
    if not is_live(text):
        raise UsageError("this is no account", place=text, remedy="aws://CLUSTER, or aws:// for all clusters")
    with Bar() as bar:
        return gather(target_of(text), login, options, purpose=purpose, progress=bar.show)


class Bar:
    """How far the run is, on standard error, where somebody is looking."""

    def __init__(self) -> None:
        stream = sys.stderr
        self._stream = stream if stream is not None and stream.isatty() and not os.environ.get("CI") else None
        self._last = 0.0
        self._shown = False

    def __enter__(self) -> Self:
        """Begin."""
        return self

    def __exit__(self, *_: object) -> None:
        """Leave the line as it was."""
        if self._stream is not None and self._shown:
            self._stream.write("\r\x1b[K")
            self._stream.flush()

    def show(self, done: int, known: int) -> None:
        """Draw it, unless it was drawn a moment ago. How many calls there will be grows with the answers."""
        if self._stream is None or time.monotonic() - self._last < OFTEN:
            return
        self._last, self._shown = time.monotonic(), True
        full = WIDE * done // max(known, 1)
        self._stream.write(f"\rasking AWS [{'=' * full}{' ' * (WIDE - full)}] {done} of {known} calls\x1b[K")
        self._stream.flush()
