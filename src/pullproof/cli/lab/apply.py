"""`lab apply`: a directory's own Terraform, against the lab instead of AWS. The directory is not written to."""

import os
import shutil
import subprocess
import tempfile
from argparse import Namespace
from pathlib import Path

from pullproof.cli.out import emit
from pullproof.errors import InputError, ToolError

STATE = "terraform.tfstate"
#: Settings of the provider that no environment variable carries.
OVERRIDE = """\
provider "aws" {
  skip_credentials_validation = true
  skip_metadata_api_check     = true
  skip_requesting_account_id  = false
  s3_use_path_style           = true
}
"""


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
    if program is None:
        raise ToolError(
            "there is no terraform on PATH", remedy="install terraform, or set PULLPROOF_TERRAFORM"
        )
    remote = Remote(options.name)
    status = remote.one("status")
    place = str(directory.resolve())
    with tempfile.TemporaryDirectory(prefix="pullproof-lab-") as scratch:
        copy = _copied(directory, Path(scratch))
        if text := remote.one("state", directory=place)["text"]:
            (copy / STATE).write_text(text, encoding="utf-8")
        environment = _environment(str(status["api"]), str(status["region"]))
        try:
            _run([program, "init", "-input=false", "-no-color"], copy, environment, quiet=True)
            verb = "destroy" if options.destroy else "apply"
            words = [
                program,
                verb,
                "-auto-approve",
                "-input=false",
                *(f"-var={each}" for each in options.var),
            ]
            _run(words, copy, environment, quiet=False)
        finally:
            if (copy / STATE).is_file():
                kept = (copy / STATE).read_text(encoding="utf-8")
                remote.one("state", directory=place, text=kept)
    return 0


def _copied(directory: Path, scratch: Path) -> Path:
    """The directory, with the folders beside it that its modules may be in."""
    root = _root(directory.resolve())
    target = scratch / "copy"
    ignored = shutil.ignore_patterns(".git", ".terraform", "*.tfstate*", "*.tfplan", "node_modules", ".venv")
    shutil.copytree(root, target, ignore=ignored, symlinks=True)
    copy = target / directory.resolve().relative_to(root)
    (copy / "pullproof_lab_override.tf").write_text(OVERRIDE, encoding="utf-8")
    return copy


def _root(directory: Path) -> Path:
    """The nearest folder that holds every module which the configuration names by a relative path."""
    up = 0
    for path in directory.glob("*.tf"):
        for line in path.read_text(encoding="utf-8", errors="replace").splitlines():
            name, _, value = line.partition("=")
            if name.strip() == "source" and value.strip().startswith('"../'):
                up = max(up, value.count("../"))
    return directory.parents[up - 1] if up else directory


def _environment(api: str, region: str) -> dict[str, str]:
    held = {name: value for name, value in os.environ.items() if not name.startswith(("AWS_", "TF_VAR_"))}
    held |= {name: value for name, value in os.environ.items() if name.startswith("TF_VAR_")}
    return held | {
        "AWS_ENDPOINT_URL": api,
        "AWS_REGION": region,
        "AWS_ACCESS_KEY_ID": "lab",
        "AWS_SECRET_ACCESS_KEY": "lab",
        "AWS_EC2_METADATA_DISABLED": "true",
        "TF_IN_AUTOMATION": "1",
    }


def _run(words: list[str], folder: Path, environment: dict[str, str], *, quiet: bool) -> None:
    done = subprocess.run(words, cwd=folder, env=environment, capture_output=quiet, text=True, check=False)
    if done.returncode != 0:
        said = (done.stderr or "").strip()[-600:]
        raise ToolError(f"{Path(words[0]).name} {words[1]} failed {said}".strip())
    if not quiet:
        emit("")
