"""Functions over lists and maps.

https://developer.hashicorp.com/terraform/language/functions#collection-functions
"""

from pullproof.model.text import is_exact
from pullproof.model.value import Unknown
from pullproof.sources.terraform.hcl.functions.base import Context, Function, exact_function, open_function
from pullproof.sources.terraform.hcl.functions.conversions import one_type
from pullproof.sources.terraform.hcl.gaps import cause, not_followed, rest_of
from pullproof.sources.terraform.hcl.traversal import item, may_be_list, pairs
from pullproof.sources.terraform.hcl.values import (
    HclSet,
    Lazy,
    Refused,
    Rest,
    Value,
    as_bool,
    as_items,
    as_mapping,
    as_number,
    as_text,
    exact,
    never_empty,
    open_ended,
    same,
)


def _length(context: Context, of: Value) -> Value:
    if isinstance(of, dict) and (len(of) < 2 or all(map(is_exact, of))):
        return len(of)
    if isinstance(of, HclSet) and not of.ordered and not _all_differ(of):
        return cause([of], "the length")
    if isinstance(of, list) and not open_ended(of):
        return len(of)
    if isinstance(of, str) and is_exact(of):
        return len(of)
    if of is None or isinstance(of, bool | int | float):
        raise Refused(f"{context.name}() needs a collection or a string")
    return cause([of], "the length")


def _all_differ(items: list[Value]) -> bool:
    return all(same(one, other) is False for at, one in enumerate(items) for other in items[:at])


def _concat(context: Context, *lists: Value) -> Value:
    found: list[Value] = []
    unordered = False
    for each in lists:
        if isinstance(each, list):
            unordered = unordered or (isinstance(each, HclSet) and not each.ordered)
            found += each
        elif isinstance(each, Unknown | Lazy) or (isinstance(each, str) and may_be_list(each)):
            found.append(rest_of(cause([each], f"{context.name}()")))
        else:
            raise Refused("concat() needs lists")
    return HclSet(found) if unordered else found


def _flatten(context: Context, of: Value) -> Value:
    if not isinstance(of, list):
        return cause([of], "flatten()") if not exact(of) else as_items(of)
    found: list[Value] = []
    unordered = isinstance(of, HclSet) and not of.ordered
    for each in of:
        if isinstance(each, list):
            inner = _flatten(context, each)
            unordered = unordered or isinstance(inner, HclSet)
            found += inner
        elif isinstance(each, Unknown) or (isinstance(each, str) and may_be_list(each)):
            found.append(rest_of(cause([each], "flatten()")))
        else:
            found.append(each)
    return HclSet(found) if unordered else found


def _merge(context: Context, *maps: Value) -> Value:
    found: dict[str, Value] = {}
    for each in maps:
        if each is None:
            continue
        if not isinstance(each, dict):
            return cause([each], f"{context.name}()") if not exact(each) else as_mapping(each)
        found |= each
    return found


def _lookup(_: Context, of: Value, key: Value, *default: Value) -> Value:
    if not isinstance(of, dict) or not isinstance(key, str) or not is_exact(key):
        if isinstance(of, Lazy) and isinstance(key, str):
            return of.get(key)
        return cause([of, key], "lookup()")
    if key in of or not default or not all(map(is_exact, of)):
        return item(of, key)
    return default[0]


def _keys(_: Context, of: Value) -> Value:
    if not isinstance(of, dict):
        return cause([of], "keys()") if not exact(of) else as_mapping(of)
    found = [key for key, _value in pairs(of)]
    return found if len(of) < 2 or all(map(is_exact, of)) else HclSet(found)


def _values(_: Context, of: Value) -> Value:
    if not isinstance(of, dict):
        return cause([of], "values()") if not exact(of) else as_mapping(of)
    found = [value for _key, value in pairs(of)]
    return found if len(of) < 2 or all(map(is_exact, of)) else HclSet(found)


def _element(_: Context, of: Value, at: Value) -> Value:
    if not isinstance(of, list) or isinstance(at, Unknown) or open_ended(of):
        return cause([of, at], "element()") if not (exact(of) and exact(at)) else as_items(of)
    number = as_number(at)
    if number < 0:
        return not_followed("element() with a negative position")  # versions of Terraform differ
    if not of or isinstance(number, float):
        raise Refused("element() needs a list with items and a whole number")
    return item(of, number % len(of))


def _slice(_: Context, of: Value, begin: Value, end: Value) -> Value:
    if not isinstance(of, list) or not exact([begin, end]):
        return cause([of, begin, end], "slice()")
    first, last = as_number(begin), as_number(end)
    if isinstance(first, float) or isinstance(last, float) or not 0 <= first <= last:
        raise Refused("slice() needs two positions")
    if open_ended(of[:last]) or isinstance(of, HclSet):
        return cause([of], "slice()")
    if last > len(of):
        raise Refused(f"there is no item {last} in a list of {len(of)}")
    return of[first:last]


def _index(_: Context, of: Value, wanted: Value) -> Value:
    for at, each in enumerate(as_items(of) if not isinstance(of, Unknown) else []):
        equal = None if isinstance(each, Rest) else same(each, wanted)
        if equal is None:
            return cause([of, wanted], "index()")
        if equal:
            return at if not isinstance(of, HclSet) else cause([of], "index()")
    if isinstance(of, Unknown):
        return cause([of], "index()")
    raise Refused("index() finds no such item")


def _contains(_: Context, of: Value, wanted: Value) -> Value:
    if not isinstance(of, list):
        return cause([of], "contains()") if not exact(of) else as_items(of)
    found = [None if isinstance(each, Rest) else same(each, wanted) for each in of]
    if True in found:
        return True
    return cause([of, wanted], "contains()") if None in found else False


def _distinct(_: Context, of: Value) -> Value:
    if not isinstance(of, list):
        return cause([of], "distinct()") if not exact(of) else as_items(of)
    found: list[Value] = []
    for each in one_type(of):
        equal = [None if isinstance(each, Rest) else same(each, other) for other in found]
        if isinstance(each, dict | list):
            equal = [True if each == other else one for one, other in zip(equal, found, strict=True)]
        if True in equal:
            continue
        if None in equal and not isinstance(each, Rest):
            return cause([of], "distinct()")
        found.append(each)
    return HclSet(found) if isinstance(of, HclSet) else found


def _compact(_: Context, of: Value) -> Value:
    if not isinstance(of, list):
        return cause([of], "compact()") if not exact(of) else as_items(of)
    found: list[Value] = []
    for each in of:
        if isinstance(each, Unknown):
            found.append(rest_of(each))
        elif isinstance(each, str) and not is_exact(each) and not never_empty(each):
            found.append(rest_of(cause([each], "compact()")))
        elif each is not None and each != "":
            found.append(as_text(each))
    return HclSet(found) if isinstance(of, HclSet) else found


def _coalesce(_: Context, *of: Value) -> Value:
    """The first that is neither null nor an empty string; strings if any of them is one."""
    texts = any(isinstance(each, str) for each in of)
    for each in of:
        if each is None or each == "":
            continue
        if isinstance(each, Unknown) or (
            isinstance(each, str) and not is_exact(each) and not never_empty(each)
        ):
            return cause([each], "coalesce()")
        return as_text(each) if texts and isinstance(each, bool | int | float) else each
    raise Refused("coalesce() finds no value")


def _coalescelist(_: Context, *of: Value) -> Value:
    for each in of:
        if not isinstance(each, list) or (each and all(isinstance(one, Rest) for one in each)):
            return cause([each], "coalescelist()")
        if each:
            return each
    raise Refused("coalescelist() finds no list with items")


def _one(_: Context, of: Value) -> Value:
    if of is None:
        raise Refused("one() needs a list")
    if not isinstance(of, list) or open_ended(of):
        return cause([of], "one()")
    if len(of) > 1:
        raise Refused("one() finds more than one item")
    return of[0] if of else None


def _reverse(_: Context, of: Value) -> Value:
    if not isinstance(of, list):
        return cause([of], "reverse()") if not exact(of) else as_items(of)
    return HclSet(of) if isinstance(of, HclSet) and not of.ordered else list(reversed(of))


def _sort(_: Context, of: Value) -> Value:
    if not isinstance(of, list):
        return cause([of], "sort()") if not exact(of) else as_items(of)
    if not exact(of):
        return HclSet(of) if len(of) > 1 or open_ended(of) else of
    return sorted(map(as_text, of))


def _zipmap(_: Context, keys: Value, values: Value) -> Value:
    for each in (keys, values):
        if not isinstance(each, list) or open_ended(each) or isinstance(each, HclSet):
            return cause([each], "zipmap()")
    if any(isinstance(key, Unknown) for key in keys):
        return cause(keys, "zipmap()")
    if len(keys) != len(values):
        raise Refused("zipmap() needs as many keys as values")
    return dict(zip(map(as_text, keys), values, strict=True))


def _chunklist(_: Context, of: Value, size: Value) -> Value:
    if not isinstance(of, list) or open_ended(of) or isinstance(of, HclSet) or not exact(size):
        return cause([of, size], "chunklist()")
    step = as_number(size)
    if isinstance(step, float) or step < 0:
        raise Refused("chunklist() needs a size")
    if step == 0:
        return [of] if of else []
    return [of[at : at + step] for at in range(0, len(of), step)]


def _matchkeys(values: Value, keys: Value, wanted: Value) -> Value:
    chosen = as_items(wanted)
    if len(as_items(values)) != len(as_items(keys)):
        raise Refused("matchkeys() needs as many keys as values")
    return [value for value, key in zip(values, keys, strict=True) if key in chosen]


def _transpose(of: Value) -> Value:
    found: dict[str, list[str]] = {}
    for key in sorted(as_mapping(of)):
        for each in as_items(of[key]):
            found.setdefault(as_text(each), []).append(key)
    return {key: sorted(found[key]) for key in sorted(found)}


def _all_true(context: Context, of: Value) -> Value:
    """`alltrue` and `anytrue`: one item may decide, whatever the others are. Null counts as false."""
    decisive = context.name == "anytrue"
    if not isinstance(of, list):
        return cause([of], f"{context.name}()") if not exact(of) else as_items(of)
    known = [each is not None and as_bool(each) for each in of if exact(each)]
    if decisive in known:
        return decisive
    return not decisive if exact(of) else cause(of, f"{context.name}()")


FUNCTIONS: dict[str, Function] = {
    "length": open_function(_length, 1),
    "concat": open_function(_concat, 0, None),
    "flatten": open_function(_flatten, 1),
    "merge": open_function(_merge, 0, None),
    "lookup": open_function(_lookup, 2, 3),
    "keys": open_function(_keys, 1),
    "values": open_function(_values, 1),
    "element": open_function(_element, 2),
    "slice": open_function(_slice, 3),
    "index": open_function(_index, 2),
    "contains": open_function(_contains, 2),
    "distinct": open_function(_distinct, 1),
    "compact": open_function(_compact, 1),
    "coalesce": open_function(_coalesce, 1, None),
    "coalescelist": open_function(_coalescelist, 1, None),
    "one": open_function(_one, 1),
    "reverse": open_function(_reverse, 1),
    "sort": open_function(_sort, 1),
    "zipmap": open_function(_zipmap, 2),
    "chunklist": open_function(_chunklist, 2),
    "matchkeys": exact_function(_matchkeys, 3),
    "transpose": exact_function(_transpose, 1),
    "alltrue": open_function(_all_true, 1),
    "anytrue": open_function(_all_true, 1),
}
