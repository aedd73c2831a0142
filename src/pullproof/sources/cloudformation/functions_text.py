"""Functions that make text: Sub, Join, Split, Base64, ToJsonString."""

import re
from typing import Any

from pullproof.model.text import is_exact
from pullproof.model.value import Unknown
from pullproof.sources.cloudformation.document import Call
from pullproof.sources.cloudformation.interface import ABSENT, Evaluator
from pullproof.sources.cloudformation.pieces import pieces
from pullproof.sources.terraform.tree import Some

_VARIABLE = re.compile(r"\$\{([^{}]*)\}")


def fn_sub(ev: Evaluator, call: Call) -> Any:
    """`${Name}`, `${Resource.Attribute}`, `${!Literal}`, and the names of the mapping that may follow."""
    from pullproof.sources.cloudformation.references import attribute, reference

    said = call.argument
    names: dict[str, Any] = {}
    if isinstance(said, list) and len(said) == 2 and isinstance(said[1], dict):
        said, names = said
    if not isinstance(said, str):
        said = ev.present(said)
        if isinstance(said, Unknown):
            return said
        if not isinstance(said, str):
            raise ev.fault(call, "Fn::Sub takes a text, or a list of a text and a mapping")
    worked: dict[str, str] = {}

    def filled(found: re.Match[str]) -> str:
        name = found[1].strip()
        if name.startswith("!"):
            return f"${{{name[1:]}}}"
        if name not in worked:
            if name in names:
                value = ev.present(names[name])
            elif "." in name:
                value = attribute(ev, call, name)
            else:
                value = reference(ev, call, name)
            worked[name] = ev.run.text_of(_whole(value), ev.at)
        return worked[name]

    text = _VARIABLE.sub(filled, said)
    return ev.value(text) if "{{resolve:" in text else text


def _whole(value: Any) -> Any:
    if value is ABSENT:
        return ""
    return value.reason if isinstance(value, Some) else value


def fn_join(ev: Evaluator, call: Call) -> Any:
    """The items with a separator between them."""
    separator, said = ev.arguments(call, 2)
    between = ev.present(separator)
    items = ev.present(said)
    if not isinstance(between, str) or isinstance(items, dict | int | float | bool):
        raise ev.fault(call, "Fn::Join takes a separator and a list")
    if isinstance(items, Some):
        return ev.run.text_of(items.reason, ev.at)
    if isinstance(items, Unknown):
        if items in ev.run.lists and between != ",":
            return ev.run.text_of(
                Unknown(items.why, f"{items.what} joined with {between!r}", ev.at, items.settle_by), ev.at
            )
        return ev.run.text_of(items, ev.at)
    if not isinstance(items, list):
        return items  # a list that AWS makes, known only by its name
    return between.join(ev.run.text_of(item, ev.at) for item in items)


def fn_split(ev: Evaluator, call: Call) -> Any:
    """The pieces of a text."""
    separator, said = ev.arguments(call, 2)
    between = ev.present(separator)
    value = ev.present(said)
    if not isinstance(between, str) or isinstance(value, list | dict):
        raise ev.fault(call, "Fn::Split takes a separator and a text")
    if between == ",":
        by_name = ev.run.list_of(value)
        if by_name is not None:
            return by_name
    if isinstance(value, Unknown):
        return [value]
    return pieces(ev.run, ev.run.text_of(value, ev.at), between, ev.at)


def fn_base64(ev: Evaluator, call: Call) -> Any:
    """The text in base64."""
    text = ev.text(call.argument)
    if not is_exact(text):
        return ev.run.text_of(ev.run.reason(text, f"a base64 text of {ev.at}", ev.at), ev.at)
    import binascii

    return binascii.b2a_base64(text.encode("utf-8", "surrogatepass"), newline=False).decode("ascii")


def fn_to_json(ev: Evaluator, call: Call) -> Any:
    """A table or a list as JSON; what is unknown in it is a hole in the text."""
    value = ev.present(call.argument)
    return _json(ev, value)


def _json(ev: Evaluator, value: Any) -> str:
    if isinstance(value, dict):
        return f"{{{','.join(f'{_quoted(key)}:{_json(ev, item)}' for key, item in value.items())}}}"
    if isinstance(value, list):
        return f"[{','.join(_json(ev, item) for item in value)}]"
    if isinstance(value, str):
        return _quoted(value)
    return ev.run.text_of(value.reason if isinstance(value, Some) else value, ev.at)


def _quoted(text: str) -> str:
    import msgspec

    return msgspec.json.encode(text).decode()
