"""One run: arguments in, exit status out. Nothing that goes wrong leaves as a traceback."""

import os
import sys
from argparse import Namespace

from pullproof.cli.out import look_of, warn
from pullproof.cli.parser import parse
from pullproof.cli.screens import bug, fatal
from pullproof.errors import InputError, PullproofError

INTERRUPTED = 130
OUR_FAULT = 70


def run(words: list[str]) -> int:
    """Parse the arguments, do what they say, and show what went wrong."""
    try:
        return dispatch(parse(words))
    except PullproofError as error:
        warn(fatal(error, look_of(sys.stderr)))
        return error.exit_status
    except KeyboardInterrupt:
        return INTERRUPTED
    except RecursionError as error:
        _trace(error)
        warn(fatal(InputError("the input is nested too deeply"), look_of(sys.stderr)))
        return InputError.exit_status
    except Exception as error:  # noqa: BLE001  # whatever it is, it is a fault of ours
        _trace(error)
        warn(bug(error, words, look_of(sys.stderr)))
        return OUR_FAULT


def dispatch(options: Namespace) -> int:
    """Hand over to the command; each is imported when it is asked for."""
    match options.command:
        case "check":
            from pullproof.cli.check import check as command
        case "upgrade":
            from pullproof.cli.upgrade import upgrade as command
        case "explain":
            from pullproof.cli.explain import explain as command
        case "rules":
            from pullproof.cli.rules import rules as command
        case "path":
            from pullproof.cli.path import path as command
        case "schema":
            from pullproof.cli.schema import schema as command
        case _:
            from pullproof.cli.completion import completion as command
    return command(options)


def _trace(error: BaseException) -> None:
    """The traceback, for those who ask for it."""
    if os.environ.get("PULLPROOF_DEBUG"):
        import traceback

        warn("".join(traceback.format_exception(error)))
