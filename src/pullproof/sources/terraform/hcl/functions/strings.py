"""Functions over strings that may have holes.

https://developer.hashicorp.com/terraform/language/functions#string-functions
"""

import re

from pullproof.model.text import CLOSE, HOLE, OPEN, is_exact
from pullproof.model.value import Unknown
from pullproof.sources.terraform.hcl.functions import encoding
from pullproof.sources.terraform.hcl.functions.base import Context, Function, open_function
from pullproof.sources.terraform.hcl.gaps import LONGEST, MOST, Exhausted, cause
from pullproof.sources.terraform.hcl.traversal import may_be_list
from pullproof.sources.terraform.hcl.values import (
    HclSet,
    Lazy,
    Refused,
    Rest,
    Value,
    as_number,
    as_text,
)

_VERB = re.compile(r"%(?:\[(\d+)\])?([-+ 0#]*)(\d*)(?:\.(\d+))?([a-zA-Z%])")
#: Characters that no id and no ARN of AWS has, so that a hole for one cannot hide them.
_NEVER_IN_IDS = frozenset(",; \n\t|\"'{}[]()<>")


def _join(context: Context, separator: Value, *lists: Value) -> Value:
    items: list[Value] = []
    for each in lists:
        if not isinstance(each, list) or (isinstance(each, HclSet) and not each.ordered):
            return cause([each], "join()")
        items += each
    if isinstance(separator, Unknown):
        return cause([separator], "join()")
    if any(isinstance(item, list | dict) for item in items):
        raise Refused("join() needs strings")
    text = as_text(separator).join(context.evaluator.text(item) for item in items)
    if len(text) > LONGEST:
        raise Exhausted
    return text


def _split(_: Context, separator: Value, text: Value) -> Value:
    if not isinstance(text, str) or not isinstance(separator, str) or not is_exact(separator):
        return cause([separator, text], "split()")
    ids = all(name.rpartition(".")[2] in ("id", "arn") for name in HOLE.findall(text))
    if not is_exact(text) and not (ids and separator and set(separator) <= _NEVER_IN_IDS):
        return cause([text], "split()")
    if not separator:
        return list(text)
    # A hole's name may have the separator in it, so only the text around holes is searched.
    pieces = [""]
    for at, part in enumerate(re.split(f"({HOLE.pattern.replace('(', '(?:')})", text)):
        first, *others = [part] if at % 2 else part.split(separator)
        pieces[-1] += first
        pieces += others
    if len(pieces) > MOST:
        raise Exhausted
    return pieces


def _trimprefix(_: Context, text: Value, prefix: Value) -> Value:
    begins = _startswith(_, text, prefix)
    return text if begins is False else (text[len(prefix) :] if begins is True else begins)


def _trimsuffix(_: Context, text: Value, suffix: Value) -> Value:
    ends = _endswith(_, text, suffix)
    return text if ends is False else (text[: len(text) - len(suffix)] if ends is True else ends)


def _startswith(_: Context, text: Value, prefix: Value) -> Value:
    if not isinstance(text, str) or not isinstance(prefix, str) or not is_exact(prefix):
        return cause([text, prefix], "startswith()")
    known = text.partition(OPEN)[0]
    if known.startswith(prefix) or not (is_exact(text) or prefix.startswith(known)):
        return known.startswith(prefix)
    return False if is_exact(text) else cause([text], "startswith()")


def _endswith(_: Context, text: Value, suffix: Value) -> Value:
    if not isinstance(text, str) or not isinstance(suffix, str) or not is_exact(suffix):
        return cause([text, suffix], "endswith()")
    known = text.rpartition(CLOSE)[2]
    if known.endswith(suffix) or not (is_exact(text) or suffix.endswith(known)):
        return known.endswith(suffix)
    return False if is_exact(text) else cause([text], "endswith()")


def _format(context: Context, spec: Value, *values: Value) -> Value:
    if not isinstance(spec, str) or not is_exact(spec):
        return cause([spec], "format()")
    waiting = list(values)
    used = 0
    pieces: list[str] = []
    end = 0
    for verb in _VERB.finditer(spec):
        pieces.append(spec[end : verb.start()])
        end = verb.end()
        if verb[5] == "%":
            pieces.append("%")
            continue
        used = int(verb[1]) if verb[1] else used + 1
        if not 1 <= used <= len(waiting):
            raise Refused("format() lacks a value")
        piece = _formatted(context, verb, waiting[used - 1])
        if piece is None or isinstance(piece, Unknown):
            return piece  # with a null in it, the whole is null
        pieces.append(piece)
    text = "".join([*pieces, spec[end:]])
    if "%" in _VERB.sub("", spec):
        raise Refused("format() has a verb that it does not know")
    return text


def _formatted(context: Context, verb: re.Match[str], value: Value) -> Value:
    """One value in the way of its verb; only plain text keeps holes."""
    flags, width, digits, kind = verb[2], verb[3], verb[4], verb[5]
    if value is None:
        return None
    if len(width) > 4 or len(digits or "") > 4:
        raise Exhausted
    if kind in "sv" and not flags and not width and digits is None:
        if isinstance(value, Unknown | Lazy):
            return context.evaluator.text(value)
        return _plain(context, value, kind)
    if isinstance(value, Unknown) or (isinstance(value, str) and not is_exact(value)):
        return cause([value], "format()")
    if "#" in flags or (digits is not None and kind != "f"):
        raise ValueError("a verb with flags that are not evaluated here")
    text = _verb(context, kind, value, digits)
    number = isinstance(value, int | float) and not isinstance(value, bool) and text[:1].isdigit()
    text = ("+" if "+" in flags and number else " " if " " in flags and number else "") + text
    size = int(width or 0)
    if "-" in flags:
        return text.ljust(size)
    if "0" not in flags:
        return text.rjust(size)
    return text.zfill(size) if kind in "dfxXob" else text.rjust(size, "0")


def _plain(context: Context, value: Value, kind: str) -> Value:
    if isinstance(value, list | dict):
        if kind == "s":
            raise Refused("format() cannot write a collection as a string")
        return encoding.FUNCTIONS["jsonencode"].run(context, value)
    return as_text(value)


def _verb(context: Context, kind: str, value: Value, digits: str | None) -> str:
    match kind:
        case "s" | "v":
            return as_text(_plain(context, value, kind))
        case "q":
            return as_text(encoding.FUNCTIONS["jsonencode"].run(context, as_text(value)))
        case "t":
            return as_text(value)
        case "f":
            return f"{as_number(value):.{6 if digits is None else int(digits)}f}"
        case "d" | "x" | "X" | "o" | "b":
            number = as_number(value)
            if isinstance(number, float):
                raise Refused("format() needs a whole number")
            return format(number, kind)
        case _:
            raise ValueError(f"the verb %{kind} is not evaluated here")


def _formatlist(context: Context, spec: Value, *values: Value) -> Value:
    """`format` for each item of the lists; what is no list is the same each time."""
    lists = [each for each in values if isinstance(each, list)]
    for each in values:
        if isinstance(each, Unknown | Lazy) or (isinstance(each, str) and may_be_list(each)):
            return cause([each], "formatlist()")
    for each in lists:
        if isinstance(each, HclSet) and not each.ordered and len(lists) > 1:
            return cause([each], "formatlist()")
    sizes = {len(each) for each in lists}
    if len(sizes) > 1:
        raise Refused("formatlist() needs lists of one length")
    found: list[Value] = []
    for at in range(sizes.pop() if sizes else 1):
        row = [each[at] if isinstance(each, list) else each for each in values]
        rest = next((each for each in row if isinstance(each, Rest)), None)
        found.append(rest if rest is not None else _format(context, spec, *row))
    return HclSet(found) if any(isinstance(each, HclSet) and not each.ordered for each in lists) else found


FUNCTIONS: dict[str, Function] = {
    "join": open_function(_join, 1, None),
    "split": open_function(_split, 2),
    "trimprefix": open_function(_trimprefix, 2),
    "trimsuffix": open_function(_trimsuffix, 2),
    "startswith": open_function(_startswith, 2),
    "endswith": open_function(_endswith, 2),
    "format": open_function(_format, 1, None),
    "formatlist": open_function(_formatlist, 1, None),
}
