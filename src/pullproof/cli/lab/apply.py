"""`lab apply`: a directory's own Terraform, against the lab instead of AWS. The directory is not written to."""

import os
import shutil
import sys
import time
from argparse import Namespace
from pathlib import Path
from typing import Any

from pullproof.cli.lab.keys import variables
from pullproof.cli.lab.terraform import Work, worked
from pullproof.cli.out import warn
from pullproof.errors import InputError, PullproofError, ToolError

#: Seconds in which a lab has followed what was applied.
PATIENCE = 60


def apply(options: Namespace) -> int:
    """Run `terraform apply` (or `destroy`) in a copy; its state lives as long as the lab.

    Raises:
        InputError: there is no such directory.
        ToolError: there is no terraform; it failed.
    """
    from pullproof.lab.remote import Remote

    directory = Path(options.directory)
    if not any(directory.glob("*.tf")):
        raise InputError(
            "there is no Terraform configuration in it", place=options.directory, remedy="pass its folder"
        )
    program = os.environ.get("PULLPROOF_TERRAFORM") or shutil.which("terraform") or shutil.which("tofu")
    if program is None or not (shutil.which(program) or Path(program).is_file()):
        raise ToolError(
            "there is no terraform on PATH", remedy="install terraform, or set PULLPROOF_TERRAFORM"
        )
    remote = Remote(options.name)
    place = str(Path(options.state_of or directory).resolve())
    work = Work(
        program=program,
        directory=directory.resolve(),
        words=tuple(_words(options)),
        state=str(remote.one("state", directory=place)["text"]),
        environment=environment_of(variables(remote.one("keys"))),
    )
    done = worked(work, remote)
    if done.state:
        _keep(remote, done.state, place)
    if done.interrupted:
        raise KeyboardInterrupt
    if done.failed:
        raise ToolError(f"{Path(program).name} {done.failed} failed", remedy="what it says is above")
    _followed(remote, wanted=not options.destroy)
    return 0


def _followed(remote: Any, *, wanted: bool) -> None:
    """Wait until the lab's network is what was applied; say so when that is nothing that is `wanted`."""
    end = time.monotonic() + PATIENCE
    while (status := remote.one("status"))["followed"] < status["changes"] and time.monotonic() < end:
        time.sleep(0.05)
    if trouble := status["trouble"]:
        warn(f"{trouble}\n")
    elif wanted and not status["launches"]:
        warn(f"no service is in {status['region']}; for another region: pullproof lab up --region REGION\n")


def _words(options: Namespace) -> list[str]:
    """What Terraform is asked to do."""
    files = [f"-var-file={Path(each).resolve()}" for each in options.var_file]
    plain = [] if sys.stdout.isatty() else ["-no-color"]
    verb = "destroy" if options.destroy else "apply"
    return [verb, "-auto-approve", "-input=false", *plain, *files, *(f"-var={each}" for each in options.var)]


def _keep(remote: Any, state: str, place: str) -> None:
    """Give the state to the lab. When the lab has ended, nothing is left that it could be the state of."""
    try:
        remote.one("state", directory=place, text=state)
    except PullproofError as error:
        warn(f"the state is not kept: {error.problem}\n")


def environment_of(lab: dict[str, str]) -> dict[str, str]:
    """This process' environment, with the lab as the only AWS there is."""
    held = {name: value for name, value in os.environ.items() if not name.startswith("AWS_")}
    held.pop("TF_DATA_DIR", None)  # what Terraform downloads stays in the copy
    return {
        **held,
        **lab,
        "AWS_CONFIG_FILE": os.devnull,
        "AWS_SHARED_CREDENTIALS_FILE": os.devnull,
        "AWS_EC2_METADATA_DISABLED": "true",
        "TF_IN_AUTOMATION": "1",
    }
