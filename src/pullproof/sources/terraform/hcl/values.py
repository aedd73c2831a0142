"""What an expression can be, and Terraform's conversions and comparisons over it.

Values are those of `tree.Value`, and three more that live only while expressions are evaluated: a set,
the rest of a list, and something whose attributes are looked up when asked for.
"""

from collections.abc import Callable, Iterable, Mapping
from typing import Any, TypeAlias

from pullproof.model.text import HOLE, is_exact, sole_hole
from pullproof.model.value import Unknown

Value: TypeAlias = Any


class Refused(Exception):
    """Terraform would refuse to evaluate this; the message says why."""


class Rest(Unknown, frozen=True):
    """In a list: none or more further items that are not known."""


class HclSet(list[Any]):
    """A set. In Terraform's order where all members are known, else in no order at all."""

    @property
    def ordered(self) -> bool:
        """Whether the order of the members is known."""
        return len(self) < 2 or all(isinstance(item, str | int | float) and exact(item) for item in self)


class Lazy:
    """A resource, a module or a namespace: its attributes are looked up one by one."""

    def __init__(self, about: str, get: Callable[[str], Value]) -> None:
        self.about = about
        self.get = get


def exact(value: Value) -> bool:
    """Whether every part of a value is known to the last character."""
    if isinstance(value, str):
        return is_exact(value)
    if isinstance(value, list):
        return all(map(exact, value))
    if isinstance(value, dict):
        return all(is_exact(key) and exact(item) for key, item in value.items())
    return not isinstance(value, Unknown | Lazy)


def as_text(value: Value) -> str:
    """A primitive value as the string Terraform converts it to.

    Raises:
        Refused: it is null or no primitive.
    """
    match value:
        case str():
            return value
        case bool():
            return "true" if value else "false"
        case int():
            return str(value)
        case float():
            return number_text(value)
        case None:
            raise Refused("a string is required, not null")
        case _:
            raise Refused("a string is required")


def number_text(value: float) -> str:
    """A fraction in decimal notation; refused when it has no short one, for then digits would be guessed."""
    text = repr(value)
    if "e" in text or len(text) > 17:
        raise Refused(f"{text} has no short decimal form")
    return text.removesuffix(".0")


def as_number(value: Value) -> int | float:
    """A number, or a string that is one.

    Raises:
        Refused: it is neither.
    """
    if isinstance(value, bool):
        raise Refused("a number is required, not a bool")
    if isinstance(value, int | float):
        return value
    if isinstance(value, str) and len(value) < 300:
        try:
            return normal(float(value) if not value.lstrip("-").isdigit() else int(value))
        except (ValueError, OverflowError):
            pass
    raise Refused("a number is required")


def normal(value: float) -> int | float:
    """A number without a fraction as an int.

    Raises:
        Refused: it is no finite number.
    """
    if isinstance(value, int):
        return value
    if value != value or value in (float("inf"), float("-inf")):  # noqa: PLR0124 - only NaN differs from itself
        raise Refused("not a finite number")
    return int(value) if value.is_integer() else value


def as_bool(value: Value) -> bool:
    """A bool, or a string that is one.

    Raises:
        Refused: it is neither.
    """
    if isinstance(value, bool):
        return value
    if isinstance(value, str) and value in ("true", "false"):
        return value == "true"
    raise Refused("a bool is required")


def as_items(value: Value) -> list[Value]:
    """The items of a list, tuple or set.

    Raises:
        Refused: it is none of them.
    """
    if isinstance(value, list):
        return value
    raise Refused("a list is required")


def as_mapping(value: Value) -> dict[str, Value]:
    """The pairs of a map or object.

    Raises:
        Refused: it is neither.
    """
    if isinstance(value, dict):
        return value
    raise Refused("a map is required")


def open_ended(items: Iterable[Value]) -> bool:
    """Whether there may be more items than are listed."""
    return any(isinstance(item, Rest) for item in items)


def make_set(items: Iterable[Value]) -> HclSet:
    """A set of these items: each once, mixed primitives as strings, sorted where that is possible."""
    found = list(items)
    if any(isinstance(item, str) for item in found):
        found = [as_text(item) if isinstance(item, bool | int | float) else item for item in found]
    members: list[Value] = []
    seen: set[object] = set()
    for item in found:
        identity = frozen(item)
        if identity not in seen:
            seen.add(identity)
            members.append(item)
    result = HclSet(members)
    if len(members) > 1 and result.ordered:
        result.sort()
    return result


def frozen(value: Value) -> object:
    """Something hashable that is equal where values are the same."""
    if isinstance(value, list):
        return (isinstance(value, HclSet), tuple(map(frozen, value)))
    if isinstance(value, dict):
        return tuple(sorted((key, frozen(item)) for key, item in value.items())) if value else ("{}",)
    if isinstance(value, Unknown | Lazy):
        return ("identity", id(value))
    return (type(value).__name__ if isinstance(value, bool) or value is None else "", value)


def same(left: Value, right: Value) -> bool | None:
    """Whether two values are equal in Terraform's sense; None where that cannot be told."""
    if isinstance(left, Unknown | Lazy) or isinstance(right, Unknown | Lazy):
        return True if left is right else None
    if left is None or right is None:
        return _both_null(left, right)
    if isinstance(left, str) and isinstance(right, str):
        return _same_text(left, right)
    if isinstance(left, dict) and isinstance(right, dict):
        return _same_mapping(left, right)
    if isinstance(left, list) and isinstance(right, list):
        return _same_items(left, right)
    if isinstance(left, bool) is not isinstance(right, bool):
        return False
    numbers = (int, float)
    if isinstance(left, numbers) and isinstance(right, numbers):
        return left == right
    # A lone hole may be of any type.
    return None if _may_be_anything(left) or _may_be_anything(right) else False


def _both_null(left: Value, right: Value) -> bool | None:
    if left is None and right is None:
        return True
    other = right if left is None else left
    return None if isinstance(other, str) and not never_empty(other) and not is_exact(other) else False


def _same_text(left: str, right: str) -> bool | None:
    if left == right:
        return True
    if is_exact(left) and is_exact(right):
        return False
    if "" in (left, right) and never_empty(left or right):
        return False
    return False if _two_resources(left, right) else None


def _same_mapping(left: Mapping[str, Value], right: Mapping[str, Value]) -> bool | None:
    if left.keys() != right.keys():
        # A key with a hole in it may turn out to be another one.
        return False if all(map(is_exact, (*left, *right))) else None
    found = [same(left[key], right[key]) for key in left]
    # Equal so far: but an object and a map are not the same to Terraform, and here they look alike.
    return False if False in found else None


def _same_items(left: list[Value], right: list[Value]) -> bool | None:
    if open_ended((*left, *right)):
        return None
    if isinstance(left, HclSet) or isinstance(right, HclSet):
        return _same_sets(left, right)
    if len(left) != len(right):
        return False
    # Equal so far: but a list and a tuple are not the same to Terraform, and here they look alike.
    return False if any(same(one, other) is False for one, other in zip(left, right, strict=True)) else None


def _same_sets(left: list[Value], right: list[Value]) -> bool | None:
    if isinstance(left, HclSet) is not isinstance(right, HclSet):
        return False
    texts = all(isinstance(item, str) and is_exact(item) for item in (*left, *right))
    return left == right if texts else None


def never_empty(text: str) -> bool:
    """Whether a text certainly has a character: a literal one, or one of a name that the apply will choose."""
    if HOLE.sub("", text):
        return True
    return any(_attribute(name) in _NEVER_EMPTY for name in HOLE.findall(text))


def _may_be_anything(value: Value) -> bool:
    return isinstance(value, str) and bool(sole_hole(value))


def _attribute(name: str) -> str:
    return "" if name.startswith("?") else name.rpartition(".")[2]


def _two_resources(left: str, right: str) -> bool:
    """Whether these are the ids (or ARNs) of two resources of one type, which are never the same."""
    one, other = sole_hole(left), sole_hole(right)
    if _attribute(one) not in ("id", "arn") or _attribute(one) != _attribute(other):
        return False
    return _type(one) == _type(other) and _type(one) in _OBJECTS


def _type(name: str) -> str:
    """The resource type in the name of a hole."""
    parts = [part for part in name.split(".") if part.startswith("aws_")]
    return parts[0] if parts else ""


#: Attributes that AWS (or the provider, from what is written) always fills in.
_NEVER_EMPTY = frozenset(
    {
        *("id", "arn", "name", "json", "bucket", "family", "key_id", "zone_id", "account_id", "owner_id"),
        *("repository_url", "registry_id", "cidr_block", "main_route_table_id"),
        *("default_security_group_id", "default_network_acl_id"),
    }
)

#: Types whose resources are objects of their own, each with an id that no other has.
_OBJECTS = frozenset(
    {
        *("aws_vpc", "aws_subnet", "aws_security_group", "aws_route_table", "aws_network_acl"),
        *("aws_vpc_endpoint", "aws_nat_gateway", "aws_internet_gateway", "aws_eip"),
        *("aws_efs_file_system", "aws_lb", "aws_lb_target_group", "aws_iam_role", "aws_ecs_cluster"),
    }
)
