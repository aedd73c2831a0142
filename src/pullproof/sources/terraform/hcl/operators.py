"""Operators, and the one type that both sides of a condition end up with.

https://developer.hashicorp.com/terraform/language/expressions/operators
"""

import operator
from collections.abc import Callable, Collection
from typing import Any

from pullproof.model.text import is_exact
from pullproof.model.value import Unknown
from pullproof.sources.terraform.hcl.gaps import cause, not_followed
from pullproof.sources.terraform.hcl.values import (
    Refused,
    Value,
    as_bool,
    as_number,
    as_text,
    normal,
    same,
)

_COMPARE: dict[str, Callable[[float, float], bool]] = {
    "<": operator.lt,
    ">": operator.gt,
    "<=": operator.le,
    ">=": operator.ge,
}
_ARITHMETIC: dict[str, Callable[[Any, Any], Any]] = {
    "+": operator.add,
    "-": operator.sub,
    "*": operator.mul,
}


def binary(sign: str, left: Value, right: Callable[[], Value]) -> Value:
    """`left sign right`. A false `&&` and a true `||` are decided whatever the other side is.

    Raises:
        Refused: the operands do not fit the operator.
    """
    if sign in ("&&", "||"):
        return _logic(sign, left, right)
    other = right()
    if sign in ("==", "!="):
        equal = same(left, other)
        if equal is None:
            return cause([left, other], "a comparison")
        return equal is (sign == "==")
    if not (_settled(left) and _settled(other)):
        return cause([left, other], "arithmetic")
    return _numeric(sign, as_number(left), as_number(other))


def unary(sign: str, of: Value) -> Value:
    """`!of` or `-of`.

    Raises:
        Refused: the operand does not fit the operator.
    """
    if not _settled(of):
        return cause([of], "a negation")
    return not as_bool(of) if sign == "!" else -as_number(of)


def unified(taken: Value, other: Callable[[], Value]) -> Value:
    """The side that a condition takes, converted to the type that both sides share.

    `x ? 1 : "a"` is a string, and two objects that differ in their keys become maps, whose values are of
    one type. https://developer.hashicorp.com/terraform/language/expressions/conditionals
    """
    if isinstance(taken, bool | int | float):
        return as_text(taken) if isinstance(_quietly(other), str) else taken
    if isinstance(taken, dict) and _mixed(taken.values()):
        second = _quietly(other)
        if isinstance(second, dict) and second.keys() != taken.keys():
            return {key: _texted(value) for key, value in taken.items()}
    if isinstance(taken, list) and _mixed(taken):
        second = _quietly(other)
        if isinstance(second, list) and len(second) != len(taken):
            return [_texted(value) for value in taken]
    return taken


def _mixed(values: Collection[Value]) -> bool:
    """Whether these are primitives, some of them strings and some not."""
    primitive = all(value is None or isinstance(value, str | bool | int | float) for value in values)
    strings = sum(isinstance(value, str) for value in values)
    return primitive and 0 < strings < len(values)


def _texted(value: Value) -> Value:
    return value if value is None else as_text(value)


def _quietly(side: Callable[[], Value]) -> Value:
    """The side that is not taken: an error in it does not matter."""
    try:
        return side()
    except Refused:
        return None


def _settled(value: Value) -> bool:
    return not isinstance(value, Unknown) and (not isinstance(value, str) or is_exact(value))


def _logic(sign: str, left: Value, right: Callable[[], Value]) -> Value:
    decisive = sign == "||"
    if _settled(left) and as_bool(left) is decisive:
        return decisive
    other = right()
    if _settled(other) and as_bool(other) is decisive:
        return decisive
    if _settled(left) and _settled(other):
        return not decisive
    return cause([left, other], "a condition")


def _numeric(sign: str, left: float, right: float) -> Value:
    if max(abs(left), abs(right)) > 1e300:
        raise Refused("a number is out of range")
    if sign in _COMPARE:
        return _COMPARE[sign](left, right)
    if sign in _ARITHMETIC:
        if isinstance(left, int) and isinstance(right, int):
            return _ARITHMETIC[sign](left, right)
        # Terraform calculates with 512 bits: 0.1 + 0.2 is 0.3.
        from decimal import Decimal

        return normal(float(_ARITHMETIC[sign](Decimal(repr(left)), Decimal(repr(right)))))
    if right == 0:
        return not_followed("a division by zero")  # which is not an error to Terraform, but an infinity
    if sign == "%":
        # The sign of the result is that of the dividend, as in Go.
        rest = abs(left) % abs(right)
        return normal(rest if left >= 0 else -rest)
    if isinstance(left, int) and isinstance(right, int) and left % right == 0:
        return left // right
    return normal(left / right)
