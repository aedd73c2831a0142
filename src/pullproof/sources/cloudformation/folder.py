"""Folders that hold CDK apps or templates."""

import os
import re

from pullproof.errors import InputError
from pullproof.sources.cloudformation.files import read_file
from pullproof.sources.cloudformation.manifest import is_assembly
from pullproof.sources.detect import TEMPLATE, detect

#: How templates' names end; what is in such a file decides.
ENDINGS = (".yaml", ".yml", ".json", ".template")
#: The folder that `cdk synth` writes, if cdk.json names no other.
OUT = "cdk.out"


def is_app(folder: str) -> bool:
    """Whether a folder is a CDK assembly, or the app that one is made of."""
    return os.path.isfile(_in(folder, "cdk.json")) or is_assembly(folder)  # noqa: PTH113


def output_of(folder: str) -> str:
    """The folder that an app writes its assembly to, as cdk.json says."""
    import msgspec

    try:
        said = msgspec.json.decode(read_file(_in(folder, "cdk.json")))
    except (InputError, msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        return OUT
    named = said.get("output") if isinstance(said, dict) else None
    return named if isinstance(named, str) and named else OUT


def templates_in(folder: str) -> list[tuple[bytes, str]]:
    """The templates of a folder, without those that others nest: each of them is a stack."""
    found = []
    for name in sorted(os.listdir(folder)):  # noqa: PTH208  # pathlib is slow to import
        path = _in(folder, name)
        if name.endswith(ENDINGS) and os.path.isfile(path):  # noqa: PTH113
            try:
                data = read_file(path)
                if detect(data, path) == TEMPLATE:
                    found.append((data, path))
            except InputError:
                continue
    return [(data, path) for data, path in found if not any(_nests(other, path) for other, _ in found)]


def _nests(data: bytes, path: str) -> bool:
    """Whether a template nests another, told from its name where one is named."""
    name = re.escape(os.path.basename(path).encode())  # noqa: PTH119
    pattern = rb"(?:TemplateURL|Location)[\"']?\s*:\s*[\"']?(?:file://)?[^\s\"']*(?<![\w.-])" + name
    return re.search(pattern, data) is not None


def _in(folder: str, name: str) -> str:
    return os.path.join(folder, name)  # noqa: PTH118
