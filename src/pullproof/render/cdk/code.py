"""Values as Python source: readable, and safe whatever a name contains."""

import keyword
import re

import msgspec

from pullproof.render.cloudformation.values import Value
from pullproof.render.cloudformation.write import quoted

WIDTH = 88


class Code(msgspec.Struct, frozen=True):
    """An expression of Python."""

    text: str


class Call(msgspec.Struct, frozen=True):
    """A call with keyword arguments, after those that have no name."""

    name: str
    named: tuple[tuple[str, Value], ...]
    first: tuple[Value, ...] = ()


class Joined(msgspec.Struct, frozen=True):
    """A text of which some parts are expressions."""

    parts: tuple[str | Code, ...]


def snake(name: str) -> str:
    """`VpcId` as `vpc_id`, `CidrIpv6` as `cidr_ipv6`, `DNSName` as `dns_name`."""
    apart = re.sub(r"(?<=[a-z0-9])(?=[A-Z])|(?<=[A-Z])(?=[A-Z][a-z])", "_", name)
    found = re.sub(r"[^a-zA-Z0-9]+", "_", apart).strip("_").lower()
    found = f"a_{found}" if not found or found[0].isdigit() else found
    return f"{found}_" if keyword.iskeyword(found) else found


def source(value: Value, indent: int = 0, room: int = WIDTH) -> str:
    """A value as an expression; over several lines where it is too long for one."""
    line = _line(value)
    if len(line) <= room - indent or not isinstance(value, dict | list | Call):
        return line
    inner, outer = " " * (indent + 4), " " * indent
    if isinstance(value, Call):
        rows = [source(item, indent + 4) for item in value.first]
        rows += [f"{name}={source(item, indent + 4, room - len(name) - 1)}" for name, item in value.named]
        opening, closing = f"{value.name}(", ")"
    elif isinstance(value, dict):
        rows = [
            f"{quoted(name)}: {source(item, indent + 4, room - len(name) - 4)}"
            for name, item in value.items()
        ]
        opening, closing = "{", "}"
    else:
        rows = [source(item, indent + 4) for item in value]
        opening, closing = "[", "]"
    return "\n".join([opening, *(f"{inner}{row}," for row in rows), f"{outer}{closing}"])


def _line(value: Value) -> str:
    if isinstance(value, Code):
        return value.text
    if isinstance(value, Joined):
        return _joined(value)
    if isinstance(value, Call):
        named = [f"{name}={_line(item)}" for name, item in value.named]
        return f"{value.name}({', '.join([*map(_line, value.first), *named])})"
    if isinstance(value, dict):
        return "{" + ", ".join(f"{quoted(name)}: {_line(item)}" for name, item in value.items()) + "}"
    if isinstance(value, list):
        return "[" + ", ".join(map(_line, value)) + "]"
    return quoted(value) if isinstance(value, str) else str(value)


def _joined(text: Joined) -> str:
    """An f-string; what is no expression has its braces doubled."""
    parts = [
        f"{{{part.text}}}"
        if isinstance(part, Code)
        else quoted(part)[1:-1].replace("{", "{{").replace("}", "}}")
        for part in text.parts
    ]
    return f'f"{"".join(parts)}"'
