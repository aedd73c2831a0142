"""Functions over numbers.

https://developer.hashicorp.com/terraform/language/functions#numeric-functions
"""

import math

from pullproof.sources.terraform.hcl.functions.base import Function, exact_function
from pullproof.sources.terraform.hcl.values import Refused, Value, as_number, as_text, normal


def _max(*of: Value) -> Value:
    return max(map(as_number, of))


def _min(*of: Value) -> Value:
    return min(map(as_number, of))


def _abs(of: Value) -> Value:
    return abs(as_number(of))


def _ceil(of: Value) -> Value:
    return math.ceil(as_number(of))


def _floor(of: Value) -> Value:
    return math.floor(as_number(of))


def _signum(of: Value) -> Value:
    number = as_number(of)
    return (number > 0) - (number < 0)


def _pow(base: Value, power: Value) -> Value:
    number, exponent = as_number(base), as_number(power)
    if not isinstance(number, int) or not isinstance(exponent, int) or not 0 <= exponent <= 64:
        raise ValueError("only whole, small powers")
    if abs(number) > 1_000_000:
        raise ValueError("only small numbers")
    return normal(number**exponent)


def _parseint(of: Value, base: Value) -> Value:
    radix = as_number(base)
    if not isinstance(radix, int) or not 2 <= radix <= 36:
        raise ValueError("only bases from 2 to 36")
    text = as_text(of)
    if len(text) > 100 or not text.lstrip("-").isalnum():
        raise Refused(f"{text} is no number")
    try:
        return int(text, radix)
    except ValueError as wrong:
        raise Refused(f"{text} is no number in base {radix}") from wrong


FUNCTIONS: dict[str, Function] = {
    "max": exact_function(_max, 1, None),
    "min": exact_function(_min, 1, None),
    "abs": exact_function(_abs, 1),
    "ceil": exact_function(_ceil, 1),
    "floor": exact_function(_floor, 1),
    "signum": exact_function(_signum, 1),
    "pow": exact_function(_pow, 2),
    "parseint": exact_function(_parseint, 2),
}
