"""Every exception this program raises on purpose.

    PullproofError
    ├── UsageError            the command line asks for something that cannot be      exit 2
    ├── InputError            a file cannot be read as what it should be              exit 2
    ├── ToolError             a program we need is missing, or failed                 exit 2
    └── NothingToCheck        the input is fine and runs no task on Fargate           exit 4

Anything else that escapes is a bug of ours (exit 70).
"""


class PullproofError(Exception):
    """A message for a person: what is wrong, where, and what to do about it.

    `problem` is one sentence without a full stop, `place` a file, `file:line` or address (may be
    empty), `remedy` what to type or change (may be several lines).
    """

    exit_status = 2

    def __init__(self, problem: str, *, place: str = "", remedy: str = "") -> None:
        super().__init__(f"{place}: {problem}" if place else problem)
        self.problem = problem
        self.place = place
        self.remedy = remedy


class UsageError(PullproofError):
    """The command line asks for something that cannot be."""


class InputError(PullproofError):
    """A file cannot be read as what it should be."""


class ToolError(PullproofError):
    """A program that we need is missing, or failed."""


class NothingToCheck(PullproofError):
    """The input is well formed and nothing in it runs a task on Fargate."""

    exit_status = 4
