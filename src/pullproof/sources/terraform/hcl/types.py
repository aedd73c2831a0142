"""Type constraints of variables, and values converted to them.

https://developer.hashicorp.com/terraform/language/expressions/type-constraints
"""

from collections.abc import Callable

from pullproof.model.text import is_exact
from pullproof.model.value import Unknown
from pullproof.sources.terraform.hcl import syntax
from pullproof.sources.terraform.hcl.functions.conversions import to_list, to_map, to_set
from pullproof.sources.terraform.hcl.gaps import cause
from pullproof.sources.terraform.hcl.syntax import Expr
from pullproof.sources.terraform.hcl.values import (
    HclSet,
    Lazy,
    Refused,
    Value,
    as_bool,
    as_number,
    as_text,
    make_set,
)

#: Evaluates the default of an `optional(...)` attribute, which mentions nothing.
Constant = Callable[[Expr], Value]


def converted(value: Value, constraint: Expr, constant: Constant) -> Value:
    """A value as a variable of this type holds it.

    Raises:
        Refused: it does not fit.
    """
    if isinstance(constraint, syntax.Literal) and isinstance(constraint.value, str):
        return _simple(value, constraint.value)  # "string", "list" and "map", as Terraform 0.11 had them
    return _fit(value, constraint, constant)


def _fit(value: Value, kind: Expr, constant: Constant) -> Value:
    if value is None or isinstance(value, Unknown | Lazy):
        return value
    match kind:
        case syntax.Name(name):
            return _simple(value, name)
        case syntax.Call("list", (inner,)):
            return to_list(_each(value, inner, constant))
        case syntax.Call("set", (inner,)):
            return to_set(_each(value, inner, constant))
        case syntax.Call("map", (inner,)):
            return to_map(_each(value, inner, constant))
        case syntax.Call("tuple", (syntax.Tuple(kinds),)) if isinstance(value, list):
            return [_fit(item, each, constant) for item, each in zip(value, kinds, strict=False)]
        case syntax.Call("object", (syntax.Object(items),)) if isinstance(value, dict):
            return _object(value, items, constant)
    return value


def _simple(value: Value, name: str) -> Value:
    if value is None or isinstance(value, Unknown | Lazy):
        return value
    if isinstance(value, str) and not is_exact(value):
        return value if name in ("string", "any") else cause([value], name)
    match name:
        case "string":
            return as_text(value)
        case "number":
            return as_number(value)
        case "bool":
            return as_bool(value)
        case "list":
            return to_list(value)
        case "set":
            return to_set(value)
        case "map":
            return to_map(value)
        case _:
            return value


def _each(value: Value, kind: Expr, constant: Constant) -> Value:
    """Every item fitted; a hole in place of a collection is left to the conversion of the whole."""
    if isinstance(value, HclSet):
        return make_set(_fit(item, kind, constant) for item in value)
    if isinstance(value, list):
        return [_fit(item, kind, constant) for item in value]
    if isinstance(value, dict):
        return {key: _fit(item, kind, constant) for key, item in value.items()}
    return value


def _object(value: dict[str, Value], items: tuple[tuple[Expr, Expr], ...], constant: Constant) -> Value:
    """The attributes of the type, no others; `optional(...)` ones may be left out."""
    found: dict[str, Value] = {}
    for key, kind in items:
        if not isinstance(key, syntax.Literal):
            raise Refused("a type constraint names its attributes literally")
        name = as_text(key.value)
        optional = isinstance(kind, syntax.Call) and kind.name == "optional"
        inner = kind.arguments[0] if isinstance(kind, syntax.Call) and optional else kind
        default = kind.arguments[1] if isinstance(kind, syntax.Call) and len(kind.arguments) > 1 else None
        given = value.get(name)
        if name not in value and not optional:
            raise Refused(f"the attribute {name} is required")
        if given is None and optional and default is not None:
            given = constant(default)
        found[name] = _fit(given, inner, constant)
    return found
