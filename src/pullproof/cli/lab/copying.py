"""The copy of a directory that Terraform works in, with the lab's settings beside the user's files."""

import re
import shutil
from pathlib import Path

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


def copied(directory: Path, scratch: Path) -> Path:
    """A copy of the directory, with the folders beside it that its modules may be in."""
    root = root_of(directory)
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


def root_of(directory: Path) -> Path:
    """The nearest folder that holds every module which the configuration names by a relative path."""
    directory = directory.resolve()
    up = 0
    for path in directory.glob("*.tf"):
        for line in path.read_text(encoding="utf-8", errors="replace").splitlines():
            name, _, value = line.partition("=")
            if name.strip() == "source" and value.strip().startswith('"../'):
                up = max(up, value.count("../"))
    return directory.parents[min(up, len(directory.parents)) - 1] if up else directory
