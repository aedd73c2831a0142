"""Terraform or OpenTofu: found, asked for its version, and run without anything that could reach an account."""

import os
import shutil
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import msgspec

from pullproof.errors import ToolError

#: Mocked providers came with these. https://developer.hashicorp.com/terraform/language/tests/mocking and
#: https://opentofu.org/docs/cli/commands/test/
OLDEST = {"terraform": (1, 7), "tofu": (1, 8)}
#: Names another program to run; a path, or a name on PATH.
VARIABLE = "PULLPROOF_TERRAFORM"
#: What of the environment is kept from the program: credentials, and what would change how it runs.
_HIDDEN = ("AWS_", "TF_CLI_ARGS", "TF_LOG", "TF_DATA_DIR", "TF_REATTACH_PROVIDERS", "TF_PLAN_")


class Tool(msgspec.Struct, frozen=True):
    """The program, and its version as it tells it ("1.11.4")."""

    program: str
    version: str

    @property
    def name(self) -> str:
        """`terraform` or `tofu`."""
        return "tofu" if "tofu" in Path(self.program).name else "terraform"


class Ran(msgspec.Struct, frozen=True):
    """What a run printed, and its exit status."""

    status: int
    out: bytes
    err: str


def find_tool(wanted: str = "") -> Tool:
    """Terraform, or else OpenTofu; `wanted` (or the variable PULLPROOF_TERRAFORM) names another program.

    Raises:
        ToolError: there is none, or it is too old.
    """
    asked = wanted or os.environ.get(VARIABLE, "")
    program = next(filter(None, map(shutil.which, [asked] if asked else ["terraform", "tofu"])), None)
    if program is None:
        raise ToolError(
            f"there is no program {asked}" if asked else "neither terraform nor tofu is on PATH",
            remedy=(
                "install Terraform 1.7 or later, or OpenTofu 1.8 or later; or make a plan elsewhere:\n"
                "terraform plan -out tf.plan && terraform show -json tf.plan > plan.json"
            ),
        )
    tool = Tool(program, _version(program))
    numbers = tuple(int(part) for part in tool.version.split("-")[0].split(".")[:2] if part.isdigit())
    if numbers < OLDEST[tool.name]:
        oldest = ".".join(map(str, OLDEST[tool.name]))
        raise ToolError(
            f"{tool.name} {tool.version} cannot mock providers",
            place=program,
            remedy=f"install {tool.name} {oldest} or later, or check a plan instead",
        )
    return tool


def run(tool: Tool, directory: Path, arguments: Sequence[str], seconds: float) -> Ran:
    """Run the program in a directory.

    Raises:
        ToolError: it cannot be started, or is not done in time.
    """
    import signal
    import subprocess

    command = [tool.program, *arguments]
    try:
        process = subprocess.Popen(
            command,
            cwd=directory,
            env=environment(os.environ),
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            start_new_session=True,
        )
    except OSError as refused:
        raise ToolError(f"cannot be started: {refused.strerror}", place=tool.program) from refused
    try:
        out, err = process.communicate(timeout=seconds)
    except subprocess.TimeoutExpired as late:
        raise ToolError(
            f"{tool.name} {arguments[0]} is not done after {seconds:.0f} seconds", place=tool.program
        ) from late
    finally:
        if process.poll() is None:
            # The providers are processes of their own, in the same session.
            os.killpg(process.pid, signal.SIGKILL)
            process.communicate()
    return Ran(process.returncode, out, err.decode("utf-8", "replace"))


def environment(given: Mapping[str, str]) -> dict[str, str]:
    """The environment to run in: no credentials, no questions, no look at the instance's metadata."""
    kept = {name: value for name, value in given.items() if not name.startswith(_HIDDEN)}
    return kept | {
        "AWS_EC2_METADATA_DISABLED": "true",
        "AWS_CONFIG_FILE": os.devnull,
        "AWS_SHARED_CREDENTIALS_FILE": os.devnull,
        "CHECKPOINT_DISABLE": "1",
        "TF_IN_AUTOMATION": "1",
        "TF_INPUT": "0",
    }


def _version(program: str) -> str:
    ran = run(Tool(program, ""), Path.cwd(), ["version", "-json"], 60)
    try:
        told: Any = msgspec.json.decode(ran.out)
        return str(told["terraform_version"])
    except (msgspec.DecodeError, KeyError, TypeError) as strange:
        raise ToolError(
            "does not tell its version as Terraform does", place=program, remedy=ran.err.strip()
        ) from strange
