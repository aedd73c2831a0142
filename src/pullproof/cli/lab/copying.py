"""The copy of a directory that Terraform works in, with the lab's settings beside the user's files."""

import re
import shutil
from collections.abc import Iterator
from pathlib import Path

#: The state stays in the copy, whatever backend is written.
BACKEND = 'terraform {\n  backend "local" {}\n}\n'
#: Settings of the provider, and the lab's keys in place of what is written there.
PROVIDER = """\
provider "aws" {{
{alias}  access_key                  = "{key}"
  secret_key                  = "{secret}"
  skip_credentials_validation = true
  skip_metadata_api_check     = true
  skip_requesting_account_id  = false
  s3_use_path_style           = true
}}
"""
_PROVIDER = re.compile(r'^\s*provider\s+"aws"\s*\{', re.MULTILINE)
_ALIAS = re.compile(r'^\s*alias\s*=\s*"([^"]*)"', re.MULTILINE)


def copied(directory: Path, scratch: Path, key: str = "", secret: str = "") -> Path:
    """A copy of the directory, with the folders beside it that its modules may be in."""
    root = root_of(directory)
    target = scratch / "copy"
    ignored = shutil.ignore_patterns(".git", ".terraform", "*.tfstate*", "*.tfplan", "node_modules", ".venv")
    shutil.copytree(root, target, ignore=ignored, symlinks=True)
    copy = target / directory.resolve().relative_to(root)
    texts = [path.read_text(encoding="utf-8", errors="replace") for path in copy.glob("*.tf")]
    written = {alias for text in texts for alias in _configured(text)}
    blocks = [_provider(alias, key, secret) for alias in sorted(written)]
    (copy / "pullproof_lab_override.tf").write_text(BACKEND + "".join(blocks), encoding="utf-8")
    if "" not in written:
        (copy / "pullproof_lab.tf").write_text(_provider("", key, secret), encoding="utf-8")
    return copy


def _provider(alias: str, key: str, secret: str) -> str:
    line = f'  alias                       = "{alias}"\n' if alias else ""
    return PROVIDER.format(alias=line, key=key, secret=secret)


def _configured(text: str) -> Iterator[str]:
    """The aliases under which a file configures the provider, "" for none; only what is there can be overridden."""
    for found in _PROVIDER.finditer(text):
        depth, at = 1, found.end()
        while depth and at < len(text):
            depth += {"{": 1, "}": -1}.get(text[at], 0)
            at += 1
        alias = _ALIAS.search(text[found.end() : at])
        yield "" if alias is None else alias[1]


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
