"""Into values and through them: attributes, items, and all items in order.

What only the apply will tell has attributes and items of its own, whose names go on from its name.
https://developer.hashicorp.com/terraform/language/expressions/references
"""

from collections.abc import Iterator

from pullproof.model.text import hole, is_exact, sole_hole
from pullproof.model.value import Unknown
from pullproof.sources.terraform.hcl.gaps import MOST, Exhausted, depends_on, not_followed
from pullproof.sources.terraform.hcl.values import (
    HclSet,
    Lazy,
    Refused,
    Rest,
    Value,
    as_number,
    as_text,
    open_ended,
)


def attribute(of: Value, name: str) -> Value:
    """`of.name`.

    Raises:
        Refused: there is no such attribute.
    """
    if isinstance(of, Lazy):
        return of.get(name)
    if isinstance(of, Unknown):
        return depends_on(of)
    if isinstance(of, dict):
        return item(of, name)
    if isinstance(of, str) and (whole := sole_hole(of)):
        return _deeper(whole, f".{name}")
    raise Refused(f"a value without attributes has no attribute {name}")


def item(of: Value, key: Value) -> Value:
    """`of[key]`.

    Raises:
        Refused: there is no such item.
    """
    for part in (of, key):
        if isinstance(part, Unknown):
            return depends_on(part)
    if isinstance(of, Lazy):
        return of.get(as_text(key))
    if isinstance(of, dict):
        return _of_map(of, as_text(key))
    if isinstance(of, list):
        return _of_list(of, key)
    if isinstance(of, str) and (whole := sole_hole(of)) and isinstance(key, str | int) and is_exact(str(key)):
        return _deeper(whole, f"[{key}]" if isinstance(key, int) else f'["{key}"]')
    raise Refused("a value without items has no item")


def pairs(of: Value) -> Iterator[tuple[Value, Value]]:
    """Keys and values in the order in which Terraform goes through them.

    Raises:
        Refused: nothing can go through it.
        Exhausted: it has more items than any real one.
    """
    if isinstance(of, dict):
        found: Iterator[tuple[Value, Value]] = ((key, of[key]) for key in sorted(of))
    elif isinstance(of, HclSet):
        found = ((value, value) for value in of)
    elif isinstance(of, list):
        known = next((at for at, value in enumerate(of) if isinstance(value, Rest)), len(of))
        found = ((at if at <= known else of[known], value) for at, value in enumerate(of))
    else:
        raise Refused("neither a list nor a map")
    if len(of) > MOST:
        raise Exhausted
    return found


def may_be_list(text: str) -> bool:
    """Whether a text is one hole for an attribute that, by its name, may be a list or a map.

    Text from AWS's provider has names like `dns_name`; lists have plurals, and nested blocks these.
    """
    name = sole_hole(text).rpartition(".")[2].rstrip(']0123456789["')
    return name.endswith(_PLURALS) or name in _BLOCKS


_PLURALS = (
    "s",
    "_entry",
    "_map",
    "_config",
    "_configuration",
    "_mapping",
    "_rule",
    "_device",
    "_association",
)
_BLOCKS = frozenset(
    {
        *("route", "certificate_authority", "identity", "logging", "versioning", "website", "attachment"),
        *("association", "network_interface", "replica", "grant", "protection", "configuration"),
    }
)


def _of_map(of: dict[str, Value], key: str) -> Value:
    if key in of:
        return of[key]
    if is_exact(key) and all(map(is_exact, of)):
        raise Refused(f"there is no key {key}")
    return not_followed("an item whose key is known only after apply")


def _of_list(of: list[Value], key: Value) -> Value:
    if isinstance(key, str) and not is_exact(key):
        return not_followed("an item whose position is known only after apply")
    at = as_number(key)
    if is_unordered(of):
        return not_followed("one item of a set whose order is known only after apply")
    if isinstance(at, float) or at < 0:
        raise Refused(f"there is no item {at}")
    before = of[: at + 1]
    if open_ended(before):
        return depends_on(next(one for one in before if isinstance(one, Rest)))
    if at >= len(of):
        raise Refused(f"there is no item {at} in a list of {len(of)}")
    return of[at]


def _deeper(name: str, step: str) -> Value:
    """What is inside an attribute that only the apply will tell."""
    if name.startswith("?") or len(name) > 1000:
        return not_followed(name.removeprefix("?"))
    return hole(name + step)


def is_unordered(of: Value) -> bool:
    """Whether nobody knows in which order its items come; also true of what has no items."""
    if isinstance(of, HclSet):
        return not of.ordered
    if isinstance(of, dict):
        return len(of) > 1 and not all(map(is_exact, of))
    return not isinstance(of, list)
