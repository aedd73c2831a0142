"""Applying a project by the engine that is made for it. The plan is shown, and somebody is asked, first.

Nothing is kept of what was applied: a state is Terraform's, a stack CloudFormation's.
"""

import os
import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import TypeAlias

from pullproof.errors import ToolError, UsageError
from pullproof.provision.build import Built
from pullproof.provision.resources import asks_for
from pullproof.provision.spec import Spec

#: Longer than any engine takes to make this much.
PATIENCE = 3600
#: An engine: the project, its folder, the address of a local AWS or "", and who asks before anything is made.
Way: TypeAlias = Callable[[Built, Path, str, Callable[[str], None]], None]


def apply(built: Built, folder: Path, form: str, *, endpoint: str, ask: bool) -> None:
    """Plan, ask, apply.

    Raises:
        ToolError: the engine is missing, or failed.
        UsageError: the answer was no.
    """
    ways: dict[str, Way] = {"terraform": _terraform, "cloudformation": _cloudformation, "cdk": _cdk}
    ways[form](built, folder, endpoint, lambda question: _ask(question, ask=ask))


def _terraform(built: Built, folder: Path, endpoint: str, ask: Callable[[str], None]) -> None:
    program = _program("terraform", "tofu")
    environment = _environment(built.spec, endpoint)
    _run([program, "init", "-input=false"], folder, environment)
    try:
        _run([program, "plan", "-input=false", "-out=tf.plan"], folder, environment)
        ask(f"Apply this plan to {endpoint or 'your AWS account'}?")
        _run([program, "apply", "-input=false", "tf.plan"], folder, environment)
    finally:
        # A plan holds every value of the project, also those that nobody is to see.
        (folder / "tf.plan").unlink(missing_ok=True)


def _cloudformation(built: Built, folder: Path, endpoint: str, ask: Callable[[str], None]) -> None:
    from pullproof.provision.stack import Deployment

    new = Deployment(built.spec, folder, asks_for(built), endpoint).run(ask)
    _image_next(built.spec, new=new)


def _cdk(built: Built, folder: Path, endpoint: str, ask: Callable[[str], None]) -> None:
    """The CDK shows the difference; a stack of that name that is there keeps the number of its tasks."""
    from pullproof.provision.stack import client, is_new, parameters, there

    program = _program("cdk")
    environment = _environment(built.spec, endpoint)
    # `cdk deploy` keeps what a stack was given before and is not given now.
    new = is_new(there(client(built.spec, "cloudformation", endpoint), built.spec))
    values = parameters(built.spec, asks_for(built), endpoint, new=new)
    _run([program, "diff"], folder, environment)
    ask(f"Deploy this to {endpoint or 'your AWS account'}?")
    given = [word for name, value in values.items() for word in ("--parameters", f"{name}={value}")]
    _run([program, "deploy", "--require-approval", "never", *given], folder, environment)
    _image_next(built.spec, new=new)


def _image_next(spec: Spec, *, new: bool) -> None:
    if spec.repository and new:
        sys.stdout.write("No task runs yet: push the image, and set DesiredCount to 1.\n")


def _environment(spec: Spec, endpoint: str) -> dict[str, str]:
    """What the engine is told: an address of a local AWS concerns one run, and has no place in the project."""
    more = {"AWS_ENDPOINT_URL": endpoint, "AWS_REGION": spec.region} if endpoint else {}
    return os.environ | more


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
