"""The input variables of a root module, from everywhere Terraform takes them.

https://developer.hashicorp.com/terraform/language/values/variables#variable-definition-precedence
"""

from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path

import msgspec

from pullproof.errors import InputError, UsageError
from pullproof.model.text import clean
from pullproof.sources.terraform.hcl.blocks import attributes_of
from pullproof.sources.terraform.hcl.expressions import parse
from pullproof.sources.terraform.hcl.json_blocks import json_source
from pullproof.sources.terraform.hcl.modules import Module
from pullproof.sources.terraform.hcl.paths import shown_path
from pullproof.sources.terraform.hcl.syntax import Block, Expr, Literal, Name, Source

_PREFIX = "TF_VAR_"


def given_inputs(
    root: Path, module: Module, variables: Sequence[str], files: Sequence[str], env: Mapping[str, str]
) -> dict[str, Source | str]:
    """Every value that is given for a variable: an expression, or text where the variable is a string.

    `variables` are `NAME=VALUE`, `files` are named from the current directory.

    Raises:
        UsageError: a variable is not written as `NAME=VALUE`.
        InputError: a file cannot be read, or a required variable has no value; all of them are named.
    """
    found: dict[str, Source | str] = {
        name.removeprefix(_PREFIX): value for name, value in env.items() if name.startswith(_PREFIX)
    }
    for path in (*_automatic(root), *map(Path, files)):
        found.update(_file(path))
    for text in variables:
        name, equals, value = text.partition("=")
        if not equals or not name.strip():
            raise UsageError(f"--var takes NAME=VALUE, not {text}", remedy=f"--var {name or 'NAME'}=VALUE")
        found[name.strip()] = value
    _complain_of_missing(module, found)
    return {
        name: _read(value, module.variables[name])
        for name, value in found.items()
        if name in module.variables
    }


def _automatic(root: Path) -> list[Path]:
    """The files that Terraform reads by itself, in its order."""
    named = [root / "terraform.tfvars", root / "terraform.tfvars.json"]
    automatic = [
        entry for entry in root.iterdir() if entry.name.endswith((".auto.tfvars", ".auto.tfvars.json"))
    ]
    return [path for path in (*named, *sorted(automatic)) if path.is_file()]


def _file(path: Path) -> dict[str, Source]:
    shown = shown_path(path)
    try:
        content = path.read_bytes()
    except OSError as refused:
        raise InputError(f"cannot be read: {refused.strerror}", place=shown) from refused
    if not path.name.endswith(".json"):
        return attributes_of(content, shown)
    try:
        values = msgspec.json.decode(content, type=dict[str, msgspec.Raw])
    except msgspec.DecodeError as broken:
        raise InputError(f"not a JSON object: {broken}", place=shown) from broken
    return {name: json_source(msgspec.json.decode(value), shown) for name, value in values.items()}


def _complain_of_missing(module: Module, given: Iterable[str]) -> None:
    missing = [
        name
        for name, block in sorted(module.variables.items())
        if "default" not in block.attributes and name not in given
    ]
    if missing:
        raise InputError(
            f"{len(missing)} required variables have no value: {', '.join(missing)}"
            if len(missing) > 1
            else f"the required variable {missing[0]} has no value",
            place=module.variables[missing[0]].place,
            remedy="\n".join(
                [*(f"--var {name}=..." for name in missing[:10]), "or --var-file FILE, or a terraform.tfvars"]
            ),
        )


def _read(value: Source | str, block: Block) -> Source | str:
    """Text from a command line is an expression where the variable is more than a string."""
    if isinstance(value, Source) or _is_text(block):
        return value if isinstance(value, Source) else clean(value)
    return Source(text=value, file=f"--var {block.labels[0]}", line=1)


def _is_text(block: Block) -> bool:
    """Whether a variable takes plain text: of type string, number, bool or any, or of none."""
    source = block.attributes.get("type")
    kind: Expr | None = parse(source) if source is not None and not source.json else None
    return kind is None or isinstance(kind, Name | Literal)
