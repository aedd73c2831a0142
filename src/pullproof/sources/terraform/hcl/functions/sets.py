"""Functions over sets, and the ones that build collections from nothing but numbers.

https://developer.hashicorp.com/terraform/language/functions/setproduct
"""

import itertools

from pullproof.sources.terraform.hcl.functions.base import Context, Function, exact_function, open_function
from pullproof.sources.terraform.hcl.gaps import MOST, Exhausted, cause
from pullproof.sources.terraform.hcl.operators import binary
from pullproof.sources.terraform.hcl.values import (
    HclSet,
    Refused,
    Value,
    as_items,
    as_number,
    make_set,
    normal,
    open_ended,
    same,
)


def _union(_: Context, *sets: Value) -> Value:
    for each in sets:
        if not isinstance(each, list):
            return cause([each], "setunion()")
    return make_set(itertools.chain(*sets))


def _intersection(_: Context, *sets: Value) -> Value:
    return _chosen("setintersection()", sets, keep=True)


def _subtract(_: Context, *sets: Value) -> Value:
    return _chosen("setsubtract()", sets, keep=False)


def _chosen(name: str, sets: tuple[Value, ...], *, keep: bool) -> Value:
    """The members of the first set that are (or are not) in each of the others."""
    for each in sets:
        if not isinstance(each, list) or open_ended(each):
            return cause([each], name)
    found = make_set(sets[0])
    for other in map(make_set, sets[1:]):
        kept: list[Value] = []
        for member in found:
            is_in = [same(member, each) for each in other]
            if True not in is_in and None in is_in:
                return cause([member, other], name)
            if (True in is_in) is keep:
                kept.append(member)
        found = HclSet(kept)
    return found


def _product(_: Context, *sets: Value) -> Value:
    size = 1
    for each in sets:
        if not isinstance(each, list) or open_ended(each):
            return cause([each], "setproduct()")
        size *= len(each)
    if size > MOST:
        raise Exhausted
    found = [list(combination) for combination in itertools.product(*sets)]
    unordered = any(isinstance(each, HclSet) for each in sets)
    return HclSet(found) if unordered and all(isinstance(each, HclSet) for each in sets) else found


def _range(*limits: Value) -> Value:
    """Numbers from a first to a limit; no more than 1024, as in Terraform."""
    numbers = [as_number(limit) for limit in limits]
    begin, end = (0, numbers[0]) if len(numbers) == 1 else (numbers[0], numbers[1])
    step = numbers[2] if len(numbers) > 2 else (1 if begin <= end else -1)
    if step == 0 or (step > 0) is not (begin <= end):
        raise Refused("range() would never end")
    found: list[Value] = []
    while (begin < end) if step > 0 else (begin > end):
        found.append(normal(begin))
        begin += step
        if len(found) > 1024:
            raise Refused("range() would have more than 1024 items")
    return found


def _sum(of: Value) -> Value:
    if not as_items(of):
        raise Refused("sum() needs items")
    total: Value = 0
    for each in of:
        total = binary("+", total, lambda each=each: each)  # type: ignore[misc]
    return total


FUNCTIONS: dict[str, Function] = {
    "setunion": open_function(_union, 1, None),
    "setintersection": open_function(_intersection, 1, None),
    "setsubtract": open_function(_subtract, 2),
    "setproduct": open_function(_product, 1, None),
    "range": exact_function(_range, 1, 3),
    "sum": exact_function(_sum, 1),
}
