"""What a command does inside a sandbox: its errors are shown there, for the program outside never meets them."""

import sys
from collections.abc import Callable

from pullproof.cli.out import look_of, warn
from pullproof.cli.screens import fatal
from pullproof.errors import PullproofError
from pullproof.lab.sandbox import run_inside


def within(action: str, work: Callable[[], int]) -> int:
    """Do the work of an action of the lab as the first process of a new sandbox; its exit status, or that of the error that it met.

    Raises:
        ToolError: this host allows no namespaces.
    """

    def shown() -> int:
        try:
            return work()
        except PullproofError as error:
            warn(fatal(error, ["lab", action], look_of(sys.stderr)))
            return error.exit_status

    return run_inside(shown)
