"""A policy as JSON with interpolations, as heredocs hold it: a statement added in its own style."""

from collections.abc import Callable

_OPEN = {"[": "]", "{": "}"}


def add_to_json(text: str, write: Callable[[str], str]) -> str | None:
    """The text with one statement more; None where it has no list of statements that can be followed.

    `write` gives the statement, which is to be indented by what it is given.
    """
    start = _list_of_statements(text)
    if start is None:
        return None
    if text[start] == "{":
        end = _closing(text, start)
        if end is None:
            return None
        indent = _indent(text, start)
        return f"{text[:start]}[{text[start : end + 1]}, {write(indent)}]{text[end + 1 :]}"
    close = _closing(text, start)
    if close is None:
        return None
    inside = text[start + 1 : close]
    if not inside.strip():
        indent = _indent(text, start)
        return f"{text[: start + 1]}\n{indent}  {write(indent + '  ')}\n{indent}{text[close:]}"
    last = start + 1 + len(inside.rstrip())
    begin = _last_begin(text, start, last)
    indent = _indent(text, begin)
    if "\n" in text[last:close]:
        return f"{text[:last]},\n{indent}{write(indent)}{text[last:]}"
    return f"{text[:last]}, {write(indent)}{text[last:]}"


def _list_of_statements(text: str) -> int | None:
    at = 0
    while at < len(text):
        if text[at] == '"':
            end = _string_end(text, at)
            if end is None:
                return None
            rest = text[end:]
            after = rest.lstrip()
            if text[at:end] == '"Statement"' and after.startswith(":"):
                value = after[1:].lstrip()
                found = len(text) - len(value)
                return found if value[:1] in ("[", "{") else None
            at = end
        else:
            at += 1
    return None


def _string_end(text: str, at: int) -> int | None:
    """Behind a string that begins at a quotation mark; interpolations may hold strings of their own."""
    at += 1
    while at < len(text):
        if text[at] == "\\":
            at += 2
        elif text.startswith(("$${", "%%{"), at):
            at += 3
        elif text.startswith(("${", "%{"), at):
            end = _closing(text, at + 1)
            if end is None:
                return None
            at = end + 1
        elif text[at] == '"':
            return at + 1
        elif text[at] == "\n":
            return None
        else:
            at += 1
    return None


def _closing(text: str, at: int) -> int | None:
    """Where the bracket closes that opens at a position."""
    stack = [_OPEN[text[at]]]
    at += 1
    while at < len(text):
        character = text[at]
        if character == '"':
            end = _string_end(text, at)
            if end is None:
                return None
            at = end
            continue
        if character in _OPEN:
            stack.append(_OPEN[character])
        elif character in "]}":
            if character != stack.pop():
                return None
            if not stack:
                return at
        at += 1
    return None


def _last_begin(text: str, start: int, last: int) -> int:
    """Where the last item of a list begins."""
    begin = at = start + 1
    while at < last:
        if text[at] == '"':
            at = _string_end(text, at) or last
        elif text[at] in _OPEN:
            begin = at
            at = (_closing(text, at) or last) + 1
        else:
            at += 1
    return begin


def _indent(text: str, at: int) -> str:
    line = text[text.rfind("\n", 0, at) + 1 : at]
    return line[: len(line) - len(line.lstrip())]
