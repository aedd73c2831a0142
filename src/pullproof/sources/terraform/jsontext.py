"""JSON that has holes: the same values whether an encoder wrote it or a person in a template.

A hole in place of a whole value (`{"cpu": ${var.cpu}}`) may turn out to be of any type: a list, an object,
a number. It is decoded as a string that is that hole and nothing else, as is a string that is one.
"""

import re
from typing import Any

import msgspec

from pullproof.model.text import HOLE, is_exact, json_safe, sole_hole

#: A JSON string, or a hole outside of one.
_STRING_OR_HOLE = re.compile(rf'"(?:[^"\\]|\\.)*"|{HOLE.pattern}', re.DOTALL)


def decode(text: str) -> Any:
    """The value of a JSON text.

    Raises:
        ValueError: it is no JSON, or a hole stands where JSON needs something of its own.
    """
    if not is_exact(text):
        text = _STRING_OR_HOLE.sub(_quoted, json_safe(text))
    try:
        return msgspec.json.decode(text.encode("utf-8", "replace"))
    except (msgspec.DecodeError, RecursionError) as wrong:
        raise ValueError(str(wrong)) from wrong


def is_anything(value: object) -> bool:
    """Whether a decoded value is a hole that may stand for a value of any type."""
    return isinstance(value, str) and sole_hole(value).startswith("?")


def quoted(text: str) -> str:
    """A string as JSON, with the characters escaped that Terraform escapes."""
    encoded = msgspec.json.encode(text).decode()
    for character, escape in _ESCAPES:
        if character in encoded:
            encoded = encoded.replace(character, escape)
    return encoded


def _quoted(found: re.Match[str]) -> str:
    return found[0] if found[1] is None else f'"{found[0]}"'


_ESCAPES = (
    ("<", "\\u003c"),
    (">", "\\u003e"),
    ("&", "\\u0026"),
    ("\u2028", "\\u2028"),
    ("\u2029", "\\u2029"),
)
