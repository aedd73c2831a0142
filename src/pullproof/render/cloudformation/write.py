"""Values as YAML and as JSON text: stable, readable, and safe whatever a name contains."""

import json
import re

import msgspec

from pullproof.render.cloudformation.values import Fn, Value

#: Text that YAML 1.1 reads as itself without quotes: a letter first, and no mark anywhere.
_PLAIN = re.compile(r"[A-Za-z_](?:[A-Za-z0-9_./@-]|:(?=[A-Za-z0-9_:./@-]))*(?: [A-Za-z0-9_./@(),;-]+)*")
#: Words that YAML 1.1 takes for something else than text.
_WORDS = frozenset({"y", "yes", "n", "no", "true", "false", "on", "off", "null", "none"})
_ESCAPES = {"\\": "\\\\", '"': '\\"', "\n": "\\n", "\r": "\\r", "\t": "\\t"}


class Style(msgspec.Struct, frozen=True, kw_only=True):
    """How a file is written: spaces of a level, whether lists stand deeper than their key, and after "-"."""

    step: int = 2
    deeper: bool = True
    dash: int = 1
    end: str = "\n"


def quoted(text: str) -> str:
    """A double-quoted text that YAML reads as exactly this; also JSON, as long as it is ASCII."""
    return '"' + "".join(_escaped(character) for character in text) + '"'


def _escaped(character: str) -> str:
    if character in _ESCAPES:
        return _ESCAPES[character]
    if character.isprintable():
        return character
    number = ord(character)
    if 0xD800 <= number <= 0xDFFF:
        return "\\ufffd"  # half a character is none
    if number > 0xFFFF:
        return f"\\U{number:08x}"
    return f"\\u{number:04x}"


def scalar(value: Value) -> str:
    """A text, number or truth value in YAML; text stands in quotes wherever it could be taken for more."""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, int):
        return str(value)
    plain = _PLAIN.fullmatch(value) and value.lower() not in _WORDS
    return str(value) if plain else quoted(value)


def flow(value: Value) -> str:
    """A value in one line of YAML."""
    if isinstance(value, Fn):
        return _short(value)
    if isinstance(value, list):
        return "[" + ", ".join(flow(item) for item in value) + "]"
    if isinstance(value, dict):
        return "{" + ", ".join(f"{_in_flow(name)}: {flow(item)}" for name, item in value.items()) + "}"
    return _in_flow(value)


def _in_flow(value: Value) -> str:
    """A scalar where a comma or a bracket would end it."""
    text = scalar(value)
    return quoted(value) if isinstance(value, str) and any(mark in text for mark in ",:") else text


def _short(value: Fn) -> str:
    """`!Ref Vpc`, `!GetAtt Group.GroupId`, `!Sub "..."`."""
    if value.name == "GetAtt":
        return f"!GetAtt {'.'.join(value.argument)}"
    return f"!{value.name} {flow(value.argument)}"


def block(value: Value, style: Style, indent: int) -> list[str]:
    """A mapping or list as lines of YAML, each from the first column on."""
    if isinstance(value, dict):
        return [line for name, item in value.items() for line in pair(name, item, style, indent)]
    return [line for item in value for line in dashed(item, style, indent)]


def pair(name: str, value: Value, style: Style, indent: int) -> list[str]:
    """One key of a mapping and its value, as lines."""
    head = " " * indent + scalar(name) + ":"
    if not _is_nested(value):
        return [f"{head} {flow(value) if isinstance(value, Fn | list | dict) else scalar(value)}"]
    deeper = style.step if isinstance(value, dict) or style.deeper else 0
    return [head, *block(value, style, indent + deeper)]


def dashed(value: Value, style: Style, indent: int) -> list[str]:
    """One item of a list, as lines."""
    head = " " * indent + "-" + " " * style.dash
    if not _is_nested(value):
        return [head + (flow(value) if isinstance(value, Fn | list | dict) else scalar(value))]
    lines = block(value, style, len(head))
    return [head + lines[0][len(head) :], *lines[1:]]


def _is_nested(value: Value) -> bool:
    return isinstance(value, dict | list) and bool(value)


def plain_json(value: Value) -> Value:
    """The value with functions in their long form, as JSON has them."""
    if isinstance(value, Fn):
        return {value.long: plain_json(value.argument)}
    if isinstance(value, list):
        return [plain_json(item) for item in value]
    if isinstance(value, dict):
        return {name: plain_json(item) for name, item in value.items()}
    return value


def json_text(value: Value, *, indent: str = "", before: str = "", tight: bool = False) -> str:
    """JSON; over several lines where `indent` is given, each after the first behind `before`."""
    separators = (",", ":") if tight else None
    text = json.dumps(plain_json(value), ensure_ascii=True, indent=indent or None, separators=separators)
    return text.replace("\n", "\n" + before)


def comment(text: str) -> str:
    """Text that stays inside one comment of one line."""
    return "".join(character if character.isprintable() else " " for character in text)
