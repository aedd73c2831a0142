"""The program, run as a user would, in an environment in which nothing is set that could change the output."""

import contextlib
import io
import os
import subprocess
import sys
from pathlib import Path

import msgspec

from pullproof.cli.main import main

#: What a child needs of the environment: where programs and modules are, and what measures coverage.
KEPT = (
    "PATH",
    "HOME",
    "PYTHONPATH",
    "VIRTUAL_ENV",
    "SYSTEMROOT",
    "TF_CLI_CONFIG_FILE",
    "TF_PLUGIN_CACHE_DIR",
)


class Done(msgspec.Struct, frozen=True, kw_only=True):
    """How a run ended."""

    status: int
    out: str
    err: str


def run_here(*words: str) -> tuple[int, str, str]:
    """Run the program in this process, where the test is: its status, output and errors."""
    out, err = io.StringIO(), io.StringIO()
    with contextlib.redirect_stdout(out), contextlib.redirect_stderr(err):
        status = main(list(words))
    return status, out.getvalue(), err.getvalue()


def run(*words: str, cwd: Path, stdin: bytes | None = b"", **more: str) -> Done:
    """Run the program in `cwd`; `more` is set in its environment."""
    env = {name: value for name, value in os.environ.items() if name in KEPT or name.startswith("COVERAGE")}
    env |= {"COLUMNS": "100", "PYTHONIOENCODING": "utf-8", "PYTHONWARNINGS": "error"} | more
    done = subprocess.run(
        [sys.executable, "-m", "pullproof", *words],
        cwd=cwd,
        env=env,
        input=stdin,
        capture_output=True,
        check=False,
    )
    return Done(status=done.returncode, out=done.stdout.decode("utf-8"), err=done.stderr.decode("utf-8"))
