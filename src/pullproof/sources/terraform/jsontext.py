"""JSON whose strings have holes: the same text whether an encoder wrote it or a person in a heredoc.

A hole's name may have quotation marks (`aws_ecr_repository.this["a"].arn`). An encoder escapes them, a
template does not; both are read here. A string that is nothing but an `anything` hole stands for a value
of any type: a list, an object, a number.
"""

from typing import Any

import msgspec

from pullproof.model.text import HOLE, OPEN, is_exact, sole_hole


def decode(text: str) -> Any:
    """The value of a JSON text.

    Raises:
        ValueError: it is no JSON, or a hole stands where JSON needs something of its own.
    """
    if not is_exact(text):
        text = HOLE.sub(lambda match: OPEN + _escaped(match[1]) + match[0][-1], text)
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


def _escaped(name: str) -> str:
    """The name of a hole inside a JSON string, whether or not it was escaped already."""
    plain = name.replace('\\"', '"').replace("\\\\", "\\")
    return quoted(plain)[1:-1]


_ESCAPES = (
    ("<", "\\u003c"),
    (">", "\\u003e"),
    ("&", "\\u0026"),
    ("\u2028", "\\u2028"),
    ("\u2029", "\\u2029"),
)
