"""Applying a project by the engine that is made for it. The plan is shown, and somebody is asked, first.

Nothing is kept of what was applied: Terraform's state is Terraform's.
"""

import os
import shutil
import subprocess
import sys
from pathlib import Path

from pullproof.errors import ToolError, UsageError
from pullproof.provision.spec import Spec

#: Longer than any engine takes to make this much.
PATIENCE = 3600


def apply(spec: Spec, folder: Path, form: str, *, endpoint: str, ask: bool) -> None:
    """Plan, ask, apply.

    Raises:
        ToolError: the engine is missing, or failed.
        UsageError: the answer was no.
    """
    if form != "terraform":
        raise UsageError(f"--apply does not know {form} yet", remedy="--format terraform")
    program = _program("terraform", "tofu")
    environment = dict(os.environ)
    if endpoint:
        # An address of a local AWS concerns one run, and has no place in the project.
        environment |= {"AWS_ENDPOINT_URL": endpoint, "AWS_REGION": spec.region}
    _run([program, "init", "-input=false"], folder, environment)
    try:
        _run([program, "plan", "-input=false", "-out=tf.plan"], folder, environment)
        _ask(f"Apply this plan to {endpoint or 'your AWS account'}?", ask=ask)
        _run([program, "apply", "-input=false", "tf.plan"], folder, environment)
    finally:
        (folder / "tf.plan").unlink(missing_ok=True)


def _program(*names: str) -> str:
    for name in names:
        if (found := shutil.which(name)) is not None:
            return found
    raise ToolError(
        f"there is no {' or '.join(names)} on PATH", remedy=f"install {names[0]}, or leave --apply out"
    )


def _run(command: list[str], folder: Path, environment: dict[str, str]) -> None:
    try:
        done = subprocess.run(command, cwd=folder, env=environment, check=False, timeout=PATIENCE)
    except subprocess.TimeoutExpired as late:
        raise ToolError(
            f"{' '.join(command[:2])} took more than an hour", remedy="see what it waits for"
        ) from late
    if done.returncode != 0:
        raise ToolError(f"{Path(command[0]).name} {command[1]} failed", place=str(folder), remedy="see above")


def _ask(question: str, *, ask: bool) -> None:
    if not ask:
        return
    sys.stderr.write(f"{question} [y/N] ")
    sys.stderr.flush()
    if sys.stdin.readline().strip().lower() not in ("y", "yes"):
        raise UsageError("nothing was applied", remedy="the project is written; apply it when you like")
