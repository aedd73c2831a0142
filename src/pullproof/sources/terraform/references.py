"""References as the configuration part of a plan lists them: which names an expression mentions.

For `aws_vpc.main.id` Terraform lists `["aws_vpc.main.id", "aws_vpc.main"]`: each name and what it is a
part of. Functions, operators and literals around the names are not in the JSON.
"""

import re
from functools import cache
from typing import Any

import msgspec

#: A step of a name, and of a module instance; only names with brackets need them.
_PART = r'\.?([A-Za-z_][\w-]*)|\[(\d+)\]|\["((?:[^"\\]|\\.)*)"\]'
_MODULE = r'(?:^|\.)module\.([\w-]+)(?:\[(?:(\d+)|"((?:[^"\\]|\\.)*)")\])?'

Step = str | int


class Reference(msgspec.Struct, frozen=True):
    """One name that an expression mentions.

    `kind` is "resource", "data", "module", "var", "local", "each", "count" or "other". `name` is
    "TYPE.NAME" for the first two, else the second part of the name; `type` the resource's type. `path` is
    what follows: indices and attributes.
    """

    kind: str
    name: str
    path: tuple[Step, ...] = ()
    type: str = ""
    text: str = ""


def mentioned(expression: Any) -> tuple[Reference, ...]:
    """The references of an expression, at any depth of nested blocks; parts of a longer name left out."""
    if isinstance(expression, list):
        return tuple(found for item in expression for found in mentioned(item))
    if not isinstance(expression, dict):
        return ()
    listed = expression.get("references")
    if isinstance(listed, list) and all(isinstance(item, str) for item in listed):
        return _whole(tuple(listed))
    if "constant_value" in expression:
        return ()
    return tuple(found for item in expression.values() for found in mentioned(item))


@cache
def _whole(listed: tuple[str, ...]) -> tuple[Reference, ...]:
    found: list[str] = []
    last = ""
    for text in listed:
        if not (last.startswith(text) and last[len(text) : len(text) + 1] in (".", "[")):
            found.append(text)
        last = text
    return tuple(dict.fromkeys(read_reference(text) for text in found))


@cache
def read_reference(text: str) -> Reference:
    """Read `module.net["a"].subnet_ids[0]` and the like."""
    parts = _parts(text)
    if len(parts) < 2:
        return Reference("other", text, (), "", text)
    first, second = parts[0], str(parts[1])
    if first == "data" and len(parts) > 2:
        return Reference("data", f"data.{second}.{parts[2]}", parts[3:], second, text)
    if first in ("module", "var", "local", "each", "count"):
        return Reference(str(first), second, parts[2:], "", text)
    if first in ("path", "terraform", "self", "resource", "ephemeral"):
        return Reference("other", text, (), "", text)
    return Reference("resource", f"{first}.{second}", parts[2:], str(first), text)


def _parts(text: str) -> tuple[Step, ...]:
    if "[" not in text:
        return tuple(text.split("."))
    found: list[Step] = []
    for word, number, key in re.findall(_PART, text):
        found.append(int(number) if number else word or _unescaped(key))
    return tuple(found)


def _unescaped(key: str) -> str:
    return key.replace('\\"', '"').replace("\\\\", "\\") if "\\" in key else key


@cache
def module_steps(address: str) -> tuple[tuple[str, Step | None], ...]:
    """`module.a[0].module.b["x"]` as `(("a", 0), ("b", "x"))`."""
    return tuple(
        (name, int(number) if number else _unescaped(key) if key else None)
        for name, number, key in re.findall(_MODULE, address)
    )


def suffix(index: Step | None) -> str:
    """An instance's index as Terraform writes it in an address: `""`, `[0]` or `["key"]`."""
    if index is None:
        return ""
    if isinstance(index, int):
        return f"[{index}]"
    escaped = index.replace("\\", "\\\\").replace('"', '\\"')
    return f'["{escaped}"]'


def joined(module: str, name: str) -> str:
    """The address of something in a module instance."""
    return f"{module}.{name}" if module else name
