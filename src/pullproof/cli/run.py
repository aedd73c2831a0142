"""One run: arguments in, exit status out. Nothing that goes wrong leaves as a traceback."""

import gc
import importlib
import os
import sys
from argparse import Namespace

from pullproof import __version__
from pullproof.cli.out import emit, look_of, warn
from pullproof.cli.parser import parse
from pullproof.cli.screens import bug, fatal
from pullproof.errors import InputError, PullproofError

INTERRUPTED = 130
OUR_FAULT = 70


def run(words: list[str]) -> int:
    """Parse the arguments, do what they say, and show what went wrong."""
    # A run lives for seconds and makes no garbage worth the search: half a large plan's time went there.
    collects = gc.isenabled()
    gc.disable()
    try:
        return dispatch(parse(words))
    except PullproofError as error:
        warn(fatal(error, words, look_of(sys.stderr)))
        return error.exit_status
    except KeyboardInterrupt:
        return INTERRUPTED
    except RecursionError as error:
        _trace(error)
        warn(fatal(InputError("the input is nested too deeply"), words, look_of(sys.stderr)))
        return InputError.exit_status
    except Exception as error:  # noqa: BLE001  # whatever it is, it is a fault of ours
        _trace(error)
        warn(bug(error, words, look_of(sys.stderr)))
        return OUR_FAULT
    finally:
        if collects:
            gc.enable()


def dispatch(options: Namespace) -> int:
    """Hand over to the command; each is imported when it is asked for.

    The command NAME is the function NAME of `cli/NAME.py`.
    """
    name: str = options.command
    if name == "version":
        emit(f"pullproof {__version__}\n")
        return 0
    module = importlib.import_module(f"pullproof.cli.{name}")
    status: int = getattr(module, name)(options)
    return status


def _trace(error: BaseException) -> None:
    """The traceback, for those who ask for it."""
    if os.environ.get("PULLPROOF_DEBUG"):
        import traceback

        warn("".join(traceback.format_exception(error)))
