"""A .tf.json file into the same blocks that native syntax gives.

Expressions in it are JSON: strings are templates. JSON has no positions here, so every place is line 1 on.
https://developer.hashicorp.com/terraform/language/syntax/json
"""

from typing import Any

import msgspec

from pullproof.errors import InputError
from pullproof.sources.terraform.hcl.syntax import Block, Source

#: How many labels a top-level block has. In JSON they are levels of keys.
_LABELS = {"resource": 2, "data": 2, "ephemeral": 2, "module": 1, "variable": 1, "output": 1, "provider": 1}


def json_blocks(content: bytes, shown: str) -> tuple[Block, ...]:
    """The blocks of a JSON text.

    Raises:
        InputError: it is no JSON object.
    """
    try:
        found = msgspec.json.decode(content)
    except (msgspec.DecodeError, RecursionError) as broken:
        raise InputError(f"not JSON: {broken}", place=shown) from broken
    if not isinstance(found, dict):
        raise InputError("not a JSON object, as a .tf.json file has to be", place=shown)
    return tuple(
        block
        for kind, value in found.items()
        if kind != "//"
        for block in _blocks(kind, value, _LABELS.get(kind, 0), (), shown)
    )


def json_source(value: Any, shown: str) -> Source:
    """A JSON value as an expression."""
    return Source(text=msgspec.json.encode(value).decode(), file=shown, line=1, json=True)


def _blocks(kind: str, value: Any, levels: int, labels: tuple[str, ...], shown: str) -> list[Block]:
    if isinstance(value, list):
        return [block for item in value for block in _blocks(kind, item, levels, labels, shown)]
    if not isinstance(value, dict):
        return []
    if levels:
        return [
            block
            for label, inner in value.items()
            if label != "//"
            for block in _blocks(kind, inner, levels - 1, (*labels, label), shown)
        ]
    return [_block(kind, labels, value, shown)]


def _block(kind: str, labels: tuple[str, ...], value: dict[str, Any], shown: str) -> Block:
    """A block; whatever looks like nested blocks is given both ways, for only a schema could tell."""
    attributes = {name: json_source(inner, shown) for name, inner in value.items() if name != "//"}
    nested: list[Block] = []
    for name, inner in value.items():
        if name == "dynamic":
            nested += _blocks(name, inner, 1, (), shown)
        elif name in {"content", "lifecycle", "backend", "cloud", "required_providers"}:
            nested += _blocks(name, inner, 0, (), shown)
    return Block(type=kind, labels=labels, attributes=attributes, blocks=tuple(nested), file=shown, line=1)
