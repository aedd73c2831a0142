"""`cdk synth`, when asked: the app's own program writes an assembly into a folder of ours.

https://docs.aws.amazon.com/cdk/v2/guide/ref-cli-cmd-synth.html
"""

import os
import shutil
import subprocess

from pullproof.errors import ToolError

#: Seconds after which a synthesis hangs.
LIMIT = 900
INSTALL = "npm install aws-cdk, or leave --synth out and pass the folder cdk.out"


def synthesise(folder: str, out: str) -> None:
    """Write the assembly of the app in `folder` to `out`.

    Raises:
        ToolError: there is no `cdk`, or it fails.
    """
    program = _program(folder)
    command = [program, "synth", "--quiet", "--output", out]
    try:
        done = subprocess.run(  # the app's own tool, which the user asked for
            command,
            cwd=folder,
            capture_output=True,
            text=True,
            errors="replace",
            timeout=LIMIT,
            check=False,
            stdin=subprocess.DEVNULL,
        )
    except subprocess.TimeoutExpired:
        raise ToolError(f"cdk synth took more than {LIMIT} seconds", place=folder) from None
    except OSError as error:
        raise ToolError(f"cdk cannot be run: {error.strerror}", place=program, remedy=INSTALL) from None
    if done.returncode != 0:
        raise ToolError(
            f"cdk synth failed: {_last(done.stderr or done.stdout)}",
            place=folder,
            remedy=f"cd {folder} && cdk synth",
        )


def _program(folder: str) -> str:
    """The `cdk` of the app, of a folder above it, or of the machine."""
    here = os.path.abspath(folder)  # noqa: PTH100
    while True:
        program = os.path.join(here, "node_modules", ".bin", "cdk")  # noqa: PTH118
        if os.access(program, os.X_OK):
            return program
        above = os.path.dirname(here)  # noqa: PTH120
        if above == here:
            break
        here = above
    found = shutil.which("cdk")
    if found is None:
        raise ToolError("there is no cdk to run", place=folder, remedy=INSTALL)
    return found


def _last(text: str) -> str:
    """The lines at the end that say what is wrong, in one."""
    lines = [line.strip() for line in text.splitlines() if line.strip()]
    errors = [line for line in lines if "rror" in line]
    return (errors or lines or ["it says nothing"])[-1][:300]
