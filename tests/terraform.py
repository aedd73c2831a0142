"""The real Terraform with the AWS provider, for tests that need them; without network where there is a mirror.

A test asks for the fixture `needs_terraform`. On a machine without Terraform it is skipped with the reason,
in CI (`CI=true`) it fails.
"""

import json
import os
import shutil
import subprocess
import time
from collections import deque
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import msgspec

PROVIDER = Path("registry.terraform.io", "hashicorp", "aws")

#: Folders that hold no mirror, are endless, or belong to a single project.
PASS_BY = frozenset(["proc", "sys", "dev", "run", ".terraform", ".git", "node_modules", "__pycache__"])

#: Credentials that are none: a plan of new resources calls nothing.
NOBODY = {
    "AWS_ACCESS_KEY_ID": "none",
    "AWS_SECRET_ACCESS_KEY": "none",
    "AWS_EC2_METADATA_DISABLED": "true",
    "CHECKPOINT_DISABLE": "1",
    "TF_IN_AUTOMATION": "1",
    "TF_INPUT": "0",
}


class Missing(Exception):
    """This machine cannot run Terraform with the AWS provider; the message says why."""


class Terraform(msgspec.Struct, frozen=True, kw_only=True):
    """The program, and the variables (beside those of this process) with which it finds the AWS provider."""

    program: str
    variables: dict[str, str]

    @property
    def env(self) -> dict[str, str]:
        """The whole environment to run it in; nothing that the machine says about Terraform is left."""
        plain = {name: value for name, value in os.environ.items() if not name.startswith("TF_")}
        return plain | self.variables

    def run(self, directory: Path, *arguments: str) -> str:
        """What `terraform ARGUMENTS` prints; an AssertionError with what it complained of when it fails."""
        done = subprocess.run(
            [self.program, *arguments],
            cwd=directory,
            env=self.env,
            check=False,
            capture_output=True,
            text=True,
            timeout=300,
        )
        assert done.returncode == 0, f"terraform {' '.join(arguments)}:\n{done.stdout}{done.stderr}"
        return done.stdout

    def init(self, directory: Path) -> None:
        """Fetch the providers of the configuration."""
        self.run(directory, "init", "-no-color", "-backend=false")

    def plan(self, directory: Path, *arguments: str) -> dict[str, Any]:
        """The plan of a configuration, as the JSON of `terraform show`."""
        self.init(directory)
        self.run(directory, "plan", "-no-color", "-refresh=false", "-out=test.tfplan", *arguments)
        shown: dict[str, Any] = json.loads(self.run(directory, "show", "-json", "test.tfplan"))
        return shown


def find_terraform(scratch: Path, remembered: Path | None = None) -> tuple[Terraform, Path | None]:
    """Terraform, and the mirror it takes the provider from (None: from where it always does).

    `scratch` is a folder to write in; `remembered` is the mirror of an earlier run.

    Raises:
        Missing: there is no terraform, or it cannot get the AWS provider.
    """
    program = shutil.which("terraform")
    if program is None:
        raise Missing("no terraform on PATH")
    config = os.environ.get("TF_CLI_CONFIG_FILE", "")
    if config and Path(config).is_file():
        return Terraform(program=program, variables=NOBODY | {"TF_CLI_CONFIG_FILE": config}), None
    mirror = remembered if remembered and holds_provider(remembered) else find_mirror(Path("/"))
    if mirror is None:
        found = Terraform(program=program, variables=NOBODY)
        _fetch_provider(found, scratch)
        return found, None
    written = write_config(scratch, mirror)
    return Terraform(program=program, variables=NOBODY | {"TF_CLI_CONFIG_FILE": str(written)}), mirror


def find_mirror(top: Path, seconds: float = 30) -> Path | None:
    """The nearest folder below `top` that mirrors the AWS provider; None when there is none in time."""
    end = time.monotonic() + seconds
    waiting = deque([top])
    while waiting and time.monotonic() < end:
        folder = waiting.popleft()
        if holds_provider(folder):
            return folder
        waiting.extend(_folders(folder))
    return None


def holds_provider(folder: Path) -> bool:
    """Whether a folder is laid out as a mirror and has at least one version of the AWS provider."""
    return (folder / PROVIDER).is_dir() and any((folder / PROVIDER).iterdir())


def write_config(scratch: Path, mirror: Path) -> Path:
    """A CLI configuration that takes the AWS provider from the mirror only."""
    source = PROVIDER.parent.as_posix() + "/*"
    written = scratch / "terraform.rc"
    written.write_text(
        f"""provider_installation {{
  filesystem_mirror {{
    path    = {json.dumps(str(mirror))}
    include = [{json.dumps(source)}]
  }}
  direct {{
    exclude = [{json.dumps(source)}]
  }}
}}
""",
        encoding="utf-8",
    )
    return written


def _folders(folder: Path) -> Iterator[Path]:
    """The folders in a folder that are worth a look; none when it may not be read."""
    try:
        with os.scandir(folder) as entries:
            yield from (
                Path(entry.path)
                for entry in entries
                if entry.is_dir(follow_symlinks=False) and entry.name not in PASS_BY
            )
    except OSError:
        return


def _fetch_provider(terraform: Terraform, scratch: Path) -> None:
    """Make sure that the provider can be had at all, before any test depends on it."""
    (scratch / "main.tf").write_text(
        'terraform {\n  required_providers {\n    aws = { source = "hashicorp/aws" }\n  }\n}\n',
        encoding="utf-8",
    )
    once = {"TF_REGISTRY_CLIENT_TIMEOUT": "15", "TF_REGISTRY_DISCOVERY_RETRY": "0"}
    try:
        msgspec.structs.replace(terraform, variables=terraform.variables | once).init(scratch)
    except AssertionError as refused:
        raise Missing(f"no mirror of the AWS provider on this machine, and {refused}") from refused
