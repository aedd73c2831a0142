"""`lab apply`: a directory's own Terraform, against the lab instead of AWS. The directory is not written to."""

import os
import re
import shutil
import subprocess
import sys
import tempfile
import time
from argparse import Namespace
from pathlib import Path
from typing import Any

from pullproof.cli.out import emit, warn
from pullproof.errors import InputError, PullproofError, ToolError

STATE = "terraform.tfstate"
#: Seconds in which a lab has followed what was applied.
PATIENCE = 60
#: The state stays in the copy, whatever backend is written.
BACKEND = 'terraform {\n  backend "local" {}\n}\n'
#: Settings of the provider that no environment variable carries.
PROVIDER = """\
provider "aws" {
  skip_credentials_validation = true
  skip_metadata_api_check     = true
  skip_requesting_account_id  = false
  s3_use_path_style           = true
}
"""
_PROVIDER = re.compile(r'^\s*provider\s+"aws"\s*\{', re.MULTILINE)
_ALIAS = re.compile(r"^\s*alias\s*=", re.MULTILINE)


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
    status = remote.one("status")
    place = str(Path(options.state_of or directory).resolve())
    with tempfile.TemporaryDirectory(prefix="pullproof-lab-") as scratch:
        copy = copied(directory, Path(scratch))
        if text := remote.one("state", directory=place)["text"]:
            (copy / STATE).write_text(text, encoding="utf-8")
        environment = environment_of(str(status["api"]), str(status["region"]))
        try:
            _quiet([program, "init", "-input=false", "-no-color", "-reconfigure"], copy, environment)
            _aloud([program, *_words(options)], copy, environment)
        finally:
            _keep(remote, copy / STATE, place)
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


def _keep(remote: Any, state: Path, place: str) -> None:
    """Give the state to the lab. When the lab has ended, nothing is left that it could be the state of."""
    if not state.is_file():
        return
    try:
        remote.one("state", directory=place, text=state.read_text(encoding="utf-8"))
    except PullproofError as error:
        warn(f"the state is not kept: {error.problem}\n")


def copied(directory: Path, scratch: Path) -> Path:
    """A copy of the directory, with the folders beside it that its modules may be in."""
    root = _root(directory.resolve())
    target = scratch / "copy"
    ignored = shutil.ignore_patterns(".git", ".terraform", "*.tfstate*", "*.tfplan", "node_modules", ".venv")
    shutil.copytree(root, target, ignore=ignored, symlinks=True)
    copy = target / directory.resolve().relative_to(root)
    own = any(_configures(path.read_text(encoding="utf-8", errors="replace")) for path in copy.glob("*.tf"))
    (copy / "pullproof_lab_override.tf").write_text(BACKEND + (PROVIDER if own else ""), encoding="utf-8")
    if not own:
        (copy / "pullproof_lab.tf").write_text(PROVIDER, encoding="utf-8")
    return copy


def _configures(text: str) -> bool:
    """Whether a file configures the provider as it is without an alias; only that can be overridden."""
    for found in _PROVIDER.finditer(text):
        depth, at = 1, found.end()
        while depth and at < len(text):
            depth += {"{": 1, "}": -1}.get(text[at], 0)
            at += 1
        if _ALIAS.search(text[found.end() : at]) is None:
            return True
    return False


def _root(directory: Path) -> Path:
    """The nearest folder that holds every module which the configuration names by a relative path."""
    up = 0
    for path in directory.glob("*.tf"):
        for line in path.read_text(encoding="utf-8", errors="replace").splitlines():
            name, _, value = line.partition("=")
            if name.strip() == "source" and value.strip().startswith('"../'):
                up = max(up, value.count("../"))
    return directory.parents[min(up, len(directory.parents)) - 1] if up else directory


def environment_of(api: str, region: str) -> dict[str, str]:
    """This process' environment, with the lab as the only AWS there is."""
    held = {name: value for name, value in os.environ.items() if not name.startswith("AWS_")}
    return held | {
        "AWS_ENDPOINT_URL": api,
        "AWS_REGION": region,
        "AWS_ACCESS_KEY_ID": "lab",
        "AWS_SECRET_ACCESS_KEY": "lab",
        "AWS_CONFIG_FILE": os.devnull,
        "AWS_SHARED_CREDENTIALS_FILE": os.devnull,
        "AWS_EC2_METADATA_DISABLED": "true",
        "TF_IN_AUTOMATION": "1",
    }


def _quiet(words: list[str], folder: Path, environment: dict[str, str]) -> None:
    """Run a program; what it says is shown when it fails."""
    done = subprocess.run(
        words,
        cwd=folder,
        env=environment,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        check=False,
    )
    if done.returncode != 0:
        warn(done.stdout.strip() + "\n")
        raise _failed(words)


def _aloud(words: list[str], folder: Path, environment: dict[str, str]) -> None:
    """Run a program that speaks for itself. It hears Ctrl-C as well, and ends in its own way."""
    process = subprocess.Popen(words, cwd=folder, env=environment)
    while process.returncode is None:
        try:
            process.wait()
        except KeyboardInterrupt:
            continue
    if process.returncode != 0:
        raise _failed(words)
    emit("")


def _failed(words: list[str]) -> ToolError:
    return ToolError(f"{Path(words[0]).name} {words[1]} failed", remedy="what it says is above")
