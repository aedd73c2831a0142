"""Into a lab: a program in a task's container, a shell in its network."""

import os
import shutil
from argparse import Namespace
from typing import Any, NoReturn

from pullproof.errors import ToolError, UsageError


def execute(options: Namespace) -> int:
    """Run a program in the first container of a task.

    Raises:
        UsageError: no program is named, or the task has no container.
    """
    words = options.words[1:] if options.words[:1] == ["--"] else options.words
    if not words:
        raise UsageError("no program is named", remedy="pullproof lab exec TASK -- sh")
    told = _asked(options)
    if not told["containers"]:
        raise UsageError(f"the task {options.task} has no container", remedy="pullproof lab ps")
    runc = ["runc", "--root", "/run/pullproof/runc", "exec", *(["--tty"] if os.isatty(0) else [])]
    _enter(told["outer"], [*runc, told["containers"][0], *words])


def shell(options: Namespace) -> int:
    """A shell of this machine, in the network of a task or of the lab."""
    told = _asked(options)
    program = [os.environ.get("SHELL", "/bin/sh")]
    if options.task:
        # The lab's first process holds the task's network open.
        program = ["nsenter", f"--net=/proc/{told['pid']}/fd/{told['network']}", *program]
    _enter(told["outer"], program)


def _asked(options: Namespace) -> dict[str, Any]:
    from pullproof.lab.remote import Remote

    return Remote(options.name).one("inside", task=options.task)


def _enter(process: int, words: list[str]) -> NoReturn:
    """Become a program inside a lab's namespaces.

    Raises:
        ToolError: nsenter is missing.
    """
    program = shutil.which("nsenter")
    if program is None:
        raise ToolError("nsenter is not installed", remedy="apt-get install util-linux")
    user = [] if os.geteuid() == 0 else ["--user", "--preserve-credentials"]
    os.execv(program, [program, "--target", str(process), *user, "--mount", "--net", "--pid", "--", *words])  # noqa: S606  # no shell is wanted
