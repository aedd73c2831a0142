"""Conversions between types.

https://developer.hashicorp.com/terraform/language/functions#type-conversion-functions
"""

from collections.abc import Callable

from pullproof.model.text import is_exact
from pullproof.model.value import Unknown
from pullproof.sources.terraform.hcl.functions.base import Context, Function, open_function
from pullproof.sources.terraform.hcl.gaps import cause
from pullproof.sources.terraform.hcl.traversal import may_be_list
from pullproof.sources.terraform.hcl.values import (
    HclSet,
    Lazy,
    Refused,
    Value,
    as_bool,
    as_mapping,
    as_number,
    as_text,
    make_set,
)


def one_type(values: list[Value]) -> list[Value]:
    """Primitives of mixed types as strings, as the items of a list or a map have to be of one type."""
    if any(isinstance(value, str) for value in values):
        return [as_text(value) if isinstance(value, bool | int | float) else value for value in values]
    return values


def to_list(value: Value) -> Value:
    """A list of one type; a set whose order is not known stays one.

    Raises:
        Refused: it is no collection.
    """
    if isinstance(value, HclSet) and not value.ordered:
        return value
    if isinstance(value, list):
        return one_type(list(value))
    return _other(value)


def to_set(value: Value) -> Value:
    """A set.

    Raises:
        Refused: it is no collection.
    """
    return make_set(value) if isinstance(value, list) else _other(value)


def to_map(value: Value) -> Value:
    """A map of one type.

    Raises:
        Refused: it is neither map nor object.
    """
    if isinstance(value, dict):
        return dict(zip(value, one_type(list(value.values())), strict=True))
    return as_mapping(value) if not isinstance(value, Unknown | Lazy | str) else _other(value)


def _other(value: Value) -> Value:
    """What stands for a collection that is not known: null, or an attribute that may be one."""
    if value is None or isinstance(value, Unknown | Lazy):
        return value
    if isinstance(value, str) and may_be_list(value):
        return cause([value], "the items")
    raise Refused("a collection is required")


def _primitive(convert: Callable[[Value], Value]) -> Callable[[Context, Value], Value]:
    def run(context: Context, value: Value) -> Value:
        if value is None:
            return None
        if isinstance(value, Unknown) or (isinstance(value, str) and not is_exact(value)):
            return value if context.name == "tostring" else cause([value], f"{context.name}()")
        return convert(value)

    return run


def _collection(convert: Callable[[Value], Value]) -> Callable[[Context, Value], Value]:
    def run(_: Context, value: Value) -> Value:
        return convert(value)

    return run


def _same(_: Context, value: Value) -> Value:
    return value


FUNCTIONS: dict[str, Function] = {
    "tostring": open_function(_primitive(as_text), 1),
    "tonumber": open_function(_primitive(as_number), 1),
    "tobool": open_function(_primitive(as_bool), 1),
    "tolist": open_function(_collection(to_list), 1),
    "toset": open_function(_collection(to_set), 1),
    "tomap": open_function(_collection(to_map), 1),
    # What is sensitive is not printed by Terraform, but it is the same value.
    "sensitive": open_function(_same, 1),
    "nonsensitive": open_function(_same, 1),
}
