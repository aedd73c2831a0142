"""Functions on lists and maps: Select, Length, Cidr, GetAZs, FindInMap."""

from typing import Any

from pullproof.model.text import CLOSE, OPEN, hole, is_exact, shown, sole_hole
from pullproof.model.value import Unknown, Why
from pullproof.sources.cloudformation.document import Call
from pullproof.sources.cloudformation.interface import ABSENT, Evaluator
from pullproof.sources.cloudformation.names import REGION, near
from pullproof.sources.terraform.tree import Some


def fn_select(ev: Evaluator, call: Call) -> Any:
    """One item of a list by its number."""
    index, said = ev.arguments(call, 2)
    number = ev.present(index)
    items = ev.present(said)
    if isinstance(number, str) and number.isascii() and number.isdigit() and len(number) < 9:
        number = int(number)
    if isinstance(items, dict):
        raise ev.fault(call, "Fn::Select takes a number and a list")
    if not isinstance(number, int) or isinstance(number, bool):
        return _unknown_item(ev, number, items)
    if isinstance(items, Unknown) and items in ev.run.lists:
        return _named_item(ev, f"{ev.run.lists[items]}[{number}]", items)
    if isinstance(items, str):
        whole = sole_hole(items)
        return hole(f"{whole}[{number}]") if whole else _unknown_item(ev, number, items)
    if not isinstance(items, list):
        return _unknown_item(ev, number, items)
    return _picked(ev, call, number, items)


def _picked(ev: Evaluator, call: Call, number: int, items: list[Any]) -> Any:
    for position, item in enumerate(items):
        if isinstance(item, Unknown):
            return Unknown(item.why, f"item {number} of a list ({item.what})", ev.at, item.settle_by)
        if position == number:
            return item
    if number < 0:
        raise ev.fault(call, "Fn::Select counts from 0")
    what = f"item {number} of a list of {len(items)} in {ev.at}"
    return Unknown(Why.NOT_FOLLOWED, what, ev.at, "CloudFormation refuses a number beyond the list: mend it")


def _named_item(ev: Evaluator, name: str, items: Unknown) -> str:
    """An item of a parameter without a value: the same item is the same text."""
    ev.run.settle.setdefault(name, items.settle_by)
    ev.run.identifiers.add(name)
    return hole(name)


def _unknown_item(ev: Evaluator, number: Any, items: Any) -> Unknown:
    for value in (number, items):
        reason = value.reason if isinstance(value, Some) else value
        if isinstance(reason, Unknown):
            return Unknown(reason.why, f"an item of a list ({reason.what})", ev.at, reason.settle_by)
        if isinstance(value, str) and not is_exact(value):
            return ev.run.reason(value, f"an item of a list of {ev.at}", ev.at)
    return Unknown(
        Why.NOT_FOLLOWED, f"an item of a list of {ev.at}", ev.at, "select by a number, from a list"
    )


def fn_length(ev: Evaluator, call: Call) -> Any:
    """How many items a list has."""
    items = ev.present(call.argument)
    if isinstance(items, list):
        for item in items:
            if isinstance(item, Unknown):
                return Unknown(item.why, f"how many there are of {item.what}", ev.at, item.settle_by)
        return len(items)
    if isinstance(items, dict):
        return len(items)
    return _unknown_item(ev, 0, items)


def fn_cidr(ev: Evaluator, call: Call) -> Any:
    """Blocks cut from a block: https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/intrinsic-function-reference-cidr.html."""
    arguments = [ev.present(said) for said in ev.arguments(call, 2, 3)]
    block, count = arguments[0], _whole_number(arguments[1])
    bits = _whole_number(arguments[2]) if len(arguments) == 3 else -1
    for value in arguments:
        if isinstance(value, Unknown):
            return value
    if count is None or not 1 <= count <= 256 or bits is None or not isinstance(block, str):
        raise ev.fault(
            call, "Fn::Cidr takes a block, a number from 1 to 256 and how many bits are left to each"
        )
    if not is_exact(block):
        name = shown(block).replace(OPEN, "").replace(CLOSE, "")
        return [hole(f"?block {number} of {count} of {name}") for number in range(count)]
    import ipaddress

    try:
        network = ipaddress.ip_network(block, strict=False)
        prefix = network.max_prefixlen - (bits if bits >= 0 else (64 if network.version == 6 else 8))
        if prefix < network.prefixlen or 2 ** (prefix - network.prefixlen) < count:
            raise ValueError  # noqa: TRY301
        step = 2 ** (network.max_prefixlen - prefix)
        first = int(network.network_address)
        kind = type(network.network_address)
        return [f"{kind(first + number * step)}/{prefix}" for number in range(count)]
    except ValueError:
        what = f"the blocks that Fn::Cidr cuts from {block}"
        return Unknown(Why.NOT_FOLLOWED, what, ev.at, "CloudFormation refuses it: there is no room for them")


def _whole_number(value: Any) -> int | None:
    if isinstance(value, str) and value.isascii() and value.isdigit() and len(value) < 9:
        return int(value)
    return value if isinstance(value, int) and not isinstance(value, bool) else None


def fn_get_azs(ev: Evaluator, call: Call) -> Any:
    """The availability zones of a region; those that most accounts see."""
    region = ev.present(call.argument) if call.argument not in ("", None) else ""
    if region == "":
        region = ev.frame.place.region
    if isinstance(region, str) and is_exact(region):
        from pullproof.sources.terraform.mocked.answers import zones

        names = zones(region)
        ev.run.notes[f"the availability zones of {region} are taken to be {', '.join(names)}"] = None
        return names
    settle = region.settle_by if isinstance(region, Unknown) else "pass --region"
    unknown = Unknown(Why.NOT_IN_INPUT, "the availability zones of the region", ev.at, settle)
    ev.run.lists[unknown] = "zones"
    ev.run.settle.setdefault("zones", settle)
    return unknown


def fn_find_in_map(ev: Evaluator, call: Call) -> Any:
    """What a map of the template says under two keys; what all say alike where a key is not known."""
    arguments = ev.arguments(call, 3, 4)
    default = (
        arguments[3].get("DefaultValue") if len(arguments) == 4 and isinstance(arguments[3], dict) else None
    )
    keys = [ev.present(said) for said in arguments[:3]]
    table: Any = ev.frame.mappings
    if isinstance(keys[0], str) and is_exact(keys[0]) and keys[0] not in table and default is None:
        raise ev.fault(call, f"there is no map {keys[0]}", near(keys[0], table))
    found = _under(table, [_key(ev, key) for key in keys])
    if default is not None and (not found or any(_key(ev, key) is None for key in keys)):
        found.append(ev.value(default))
    values = [value if value is ABSENT else ev.value(value) for value in found]
    if values and all(value == values[0] and type(value) is type(values[0]) for value in values):
        return values[0]
    return _not_found(ev, keys, values)


def _key(ev: Evaluator, key: Any) -> str | None:
    text = ev.run.text_of(key, ev.at)
    return text if is_exact(text) else None


def _under(table: Any, keys: list[str | None]) -> list[Any]:
    """Every value under some keys, of which None is any."""
    if not keys:
        return [table]
    if not isinstance(table, dict):
        return []
    first, *rest = keys
    if first is not None:
        return _under(table[first], rest) if first in table else []
    return [value for entry in table.values() for value in _under(entry, rest)]


def _not_found(ev: Evaluator, keys: list[Any], values: list[Any]) -> Unknown:
    names = " / ".join(shown(ev.run.text_of(key, ev.at)) for key in keys)
    if not values:
        what = f"the entry {names} of a map, which is not there"
        return Unknown(Why.NOT_FOLLOWED, what, ev.at, "CloudFormation refuses this: add the key to the map")
    for key in keys:
        if isinstance(key, Unknown):
            return Unknown(key.why, f"the entry {names} of a map", ev.at, key.settle_by)
        if isinstance(key, str) and not is_exact(key):
            return ev.run.reason(key, f"the entry {names} of a map", ev.at)
    return Unknown(Why.NOT_IN_INPUT, f"the entry {names} of a map", ev.at, f"pass --region for {REGION}")
