"""From INPUT to an estate: read it, see what it is, hand it to the source that knows how."""

import os
import sys
from argparse import Namespace

from pullproof.errors import InputError, UsageError

STDIN = "-"


def read(path: str) -> bytes:
    """The bytes of a file, or of standard input.

    Raises:
        InputError: it is not there, or may not be read.
    """
    try:
        if path == STDIN:
            return sys.stdin.buffer.read()
        with open(path, "rb") as file:  # noqa: PTH123  # pathlib is slow to import
            return file.read()
    except OSError as error:
        raise InputError(_reason(error), place=path, remedy=_similar(path)) from error


def _reason(error: OSError) -> str:
    if isinstance(error, FileNotFoundError):
        return "there is no such file or directory"
    if isinstance(error, PermissionError):
        return "this may not be read"
    return f"this cannot be read: {error.strerror}"


def _similar(path: str) -> str:
    """Files of nearly that name."""
    import difflib

    folder, name = os.path.split(path)
    try:
        names = os.listdir(folder or ".")  # noqa: PTH208
    except OSError:
        return "pullproof check plan.json"
    close = difflib.get_close_matches(name, names, n=1, cutoff=0.6)
    return f"did you mean: {os.path.join(folder, close[0])}" if close else "pullproof check plan.json"  # noqa: PTH118


def refuse(options: Namespace, flags: dict[str, object], what: str) -> None:
    """Refuse options that do not go with the input.

    Raises:
        UsageError: one of them is given.
    """
    for flag, given in flags.items():
        if given:
            raise UsageError(
                f"{flag} goes with {what}, which {options.input} is not", remedy=f"leave {flag} out"
            )
