"""Printing and saving: in the encoding and width of the place, whole or not at all."""

import os
import shutil
import sys
from typing import TextIO

from pullproof.errors import ToolError
from pullproof.report.look import ASCII, LEAST_WIDTH, UNICODE, Look

SIGNS = "✓✗──▶◀…"


def look_of(stream: TextIO | None) -> Look:
    """What a stream can show, from itself and the environment.

    `NO_COLOR` decides before `FORCE_COLOR` and `CLICOLOR_FORCE`, these before `CLICOLOR`; without any,
    there is colour in a terminal and nowhere else.
    """
    terminal = stream is not None and stream.isatty() and os.environ.get("TERM") != "dumb"
    return Look(
        width=max(LEAST_WIDTH, shutil.get_terminal_size((100, 24)).columns),
        colour=_colour(terminal=terminal),
        links=terminal and _colour(terminal=terminal),
        signs=UNICODE if stream is not None and _can_show(SIGNS, stream.encoding) else ASCII,
    )


def emit(text: str) -> None:
    """Print on standard output. A reader that has gone away is no error.

    Raises:
        ToolError: it cannot be written (a full disk).
    """
    _print(text, sys.stdout)


def warn(text: str) -> None:
    """Print on standard error, as far as that is possible."""
    try:
        _print(text, sys.stderr)
    except ToolError:
        return


def save(text: str, path: str) -> None:
    """Write a file as a whole: whoever reads it sees the old content or the new.

    Where the file is a link, what it leads to is replaced; a pipe or device is written to.

    Raises:
        ToolError: it cannot be written.
    """
    target = os.path.realpath(path)
    special = os.path.exists(target) and not os.path.isfile(target)  # noqa: PTH110, PTH113
    scratch = target if special else f"{target}.{os.getpid()}.part"
    try:
        if not special and os.path.lexists(scratch):
            os.unlink(scratch)  # noqa: PTH108
        # "x" follows no link that somebody laid there; pathlib is slow to import
        with open(scratch, "w" if special else "x", encoding="utf-8", newline="") as file:  # noqa: PTH123
            file.write(text)
        if not special:
            os.replace(scratch, target)  # noqa: PTH105
    except OSError as error:
        if not special and os.path.exists(scratch):  # noqa: PTH110
            os.unlink(scratch)  # noqa: PTH108
        raise ToolError(f"the report cannot be written: {error.strerror}", place=path) from error


def _print(text: str, stream: TextIO | None) -> None:
    if stream is None:
        return
    try:
        encoding = stream.encoding or "utf-8"
        stream.write(text.encode(encoding, "backslashreplace").decode(encoding))
        stream.flush()
    except BrokenPipeError:
        # What Python would still flush at its exit goes nowhere, instead of failing once more.
        os.dup2(os.open(os.devnull, os.O_WRONLY), stream.fileno())
    except OSError as error:
        os.dup2(os.open(os.devnull, os.O_WRONLY), stream.fileno())
        raise ToolError(f"the report cannot be written: {error.strerror}") from error


def _colour(*, terminal: bool) -> bool:
    said = os.environ.get
    if said("NO_COLOR"):
        return False
    if any(said(name, "0") not in ("", "0") for name in ("FORCE_COLOR", "CLICOLOR_FORCE")):
        return True
    return terminal and said("CLICOLOR") != "0"


def _can_show(signs: str, encoding: str | None) -> bool:
    try:
        signs.encode(encoding or "utf-8")  # text in memory has none
    except (UnicodeEncodeError, LookupError):
        return False
    return True
