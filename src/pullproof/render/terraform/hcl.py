"""HCL as text, laid out as `terraform fmt` lays it out.

https://developer.hashicorp.com/terraform/language/style
"""

import re
from collections.abc import Iterable, Sequence
from typing import TypeAlias

import msgspec

INDENT = "  "
#: Items of a list that still fit on the line of their argument.
SHORT = 100

_SHORT_ESCAPES = {"\\": "\\\\", '"': '\\"', "\n": "\\n", "\r": "\\r", "\t": "\\t"}
#: What ends a line for some reader, or is shown as something else than it is, is written by its number.
_UNSAFE = re.compile(
    '[\\\\"\x00-\x1f\x7f-\x9f\u00ad\u200b-\u200f\u2028-\u202e\u2060-\u206f\ud800-\udfff\ufeff]|[$%](?=\\{)'
)
_IDENTIFIER = re.compile(r"[A-Za-z_][A-Za-z0-9_-]*")
_NOT_IN_NAMES = re.compile(r"[^a-z0-9_]+")


class Assign(msgspec.Struct, frozen=True):
    """`name = value`; the value is an expression as it is written, perhaps over several lines."""

    name: str
    value: str


class Nested(msgspec.Struct, frozen=True):
    """`head { items }` inside another block."""

    head: str
    items: tuple["Item", ...]


Item: TypeAlias = Assign | Nested


def quoted(text: str) -> str:
    """A string that means exactly this text: nothing in it is read as a template or ends the string."""
    return f'"{escaped(text)}"'


def escaped(text: str) -> str:
    """The inside of such a string."""
    return _UNSAFE.sub(_escape, text)


def _escape(found: re.Match[str]) -> str:
    character = found[0]
    if character in "$%":
        return character * 2
    if "\ud800" <= character <= "\udfff":
        return "\ufffd"  # half a character, which no file can hold
    return _SHORT_ESCAPES.get(character) or f"\\u{ord(character):04x}"


def template(parts: Iterable[tuple[bool, str]]) -> str:
    """A string of parts: (True, an expression) or (False, plain text)."""
    listed = list(parts)
    if len(listed) == 1 and listed[0][0]:
        return listed[0][1]
    out = []
    for at, (is_expression, text) in enumerate(listed):
        if is_expression:
            out.append(f"${{{text}}}")
            continue
        plain = text.rstrip("$") if at + 1 < len(listed) else text
        dollars = text[len(plain) :]
        # `$` before an interpolation would make it an escaped one.
        out.append(escaped(plain) + (f'${{"{dollars}"}}' if dollars else ""))
    return f'"{"".join(out)}"'


def key(text: str) -> str:
    """A key of an object."""
    return text if _IDENTIFIER.fullmatch(text) else quoted(text)


def index(value: str | int | None) -> str:
    """An instance's index as an expression has it."""
    if value is None:
        return ""
    return f"[{value}]" if isinstance(value, int) else f"[{quoted(value)}]"


def label(text: str) -> str:
    """A name for a block, made of any text."""
    found = _NOT_IN_NAMES.sub("_", text.lower()).strip("_")
    return found if found and not found[0].isdigit() else f"x_{found}".rstrip("_")


def listed(items: Sequence[str]) -> str:
    """A list, on one line while it is short."""
    flat = f"[{', '.join(items)}]"
    if len(flat) <= SHORT and "\n" not in flat:
        return flat
    return "[\n" + "".join(f"{indented(item, INDENT)},\n" for item in items) + "]"


def objects(items: Sequence[str]) -> str:
    """A list of objects, each on lines of its own."""
    return "[\n" + "".join(f"{indented(item, INDENT)},\n" for item in items) + "]"


def object_of(items: Sequence[tuple[str, str]]) -> str:
    """An object over several lines."""
    if not items:
        return "{}"
    return "{\n" + indented(body([Assign(key(name), value) for name, value in items]), INDENT) + "\n}"


def block(head: str, items: Sequence[Item]) -> str:
    """A block, without a line break at its end."""
    inside = body(items)
    return f"{head} {{\n{indented(inside, INDENT)}\n}}" if inside else f"{head} {{\n}}"


def body(items: Sequence[Item]) -> str:
    """The lines of a block: `=` signs of neighbours stand below each other, blocks have space around them."""
    out: list[str] = []
    chain: list[Assign] = []
    for at, item in enumerate(items):
        if isinstance(item, Assign) and "\n" not in item.value:
            chain.append(item)
            continue
        out += _aligned(chain)
        chain = []
        if isinstance(item, Assign):
            out.append(f"{item.name} = {item.value}")
        else:
            if out and at:
                out.append("")
            out.append(block(item.head, item.items))
            if at + 1 < len(items) and not isinstance(items[at + 1], Nested):
                out.append("")
    return "\n".join([*out, *_aligned(chain)])


def _aligned(chain: Sequence[Assign]) -> list[str]:
    width = max((len(item.name) for item in chain), default=0)
    return [f"{item.name.ljust(width)} = {item.value}" for item in chain]


def indented(text: str, by: str) -> str:
    """Every line that has anything on it, moved to the right."""
    return "\n".join(by + line if line else line for line in text.split("\n"))
