"""What a plan knows, as the evaluator of the configuration asks for it."""

from collections.abc import Callable, Mapping
from typing import Any

import msgspec

from pullproof.model.text import hole
from pullproof.model.value import Unknown
from pullproof.sources.terraform.address import module_calls
from pullproof.sources.terraform.hcl.bodies import NotWritten
from pullproof.sources.terraform.hcl.gaps import not_in_input
from pullproof.sources.terraform.hcl.scope import Key, shown_key
from pullproof.sources.terraform.hcl.values import Refused, Value
from pullproof.sources.terraform.plan_json import NOTHING, Plan, instances


class PlanFacts:
    """The values of a plan by address, decoded when they are asked for."""

    def __init__(self, plan: Plan) -> None:
        self.variables: Mapping[str, Value] = {
            name: item.value for name, item in plan.variables.items() if item.value is not msgspec.UNSET
        }
        self._raw: dict[str, tuple[msgspec.Raw, msgspec.Raw]] = {}
        self._keys: dict[tuple[str, str], dict[Key, None]] = {}
        self._module_keys: dict[tuple[str, str], dict[Key, None]] = {}
        self._decoded: dict[str, tuple[dict[str, Any], dict[str, Any]]] = {}
        self._modules_seen: set[str] = {""}
        self._take_state(plan)
        self._take_changes(plan)

    def keys(self, module: str, block: str) -> tuple[Key, ...] | Unknown | None:
        """The instance keys of a resource; None when the plan has no instance of it."""
        found = self._keys.get((module, block))
        return tuple(found) if found else None

    def module_keys(self, module: str, call: str) -> tuple[Key, ...] | Unknown | None:
        """The instance keys of a module call; None when the plan has nothing in any."""
        found = self._module_keys.get((module, call))
        return tuple(found) if found else None

    def attribute(self, address: str, name: str, written: Callable[[], Value]) -> Value:
        """The value that the plan knows, else what is written, else the hole of the attribute's own name.

        Raises:
            Refused: the resource has no such attribute.
        """
        values, open_ = self._values(address)
        unknown = open_.get(name)
        if name in values and not is_open(unknown):
            return values[name]
        found = written()
        if not isinstance(found, NotWritten) and found is not None:
            return found
        if name not in values and name not in open_:
            if address in self._raw:
                raise Refused(f"{address} has no attribute {name}")
            return not_in_input(f"{address}.{name}", "plan the whole configuration, without -target")
        return with_holes(values.get(name), unknown, f"{address}.{name}")

    def _values(self, address: str) -> tuple[dict[str, Any], dict[str, Any]]:
        if address not in self._decoded:
            after, unknown = self._raw.get(address, (NOTHING, NOTHING))
            self._decoded[address] = (_table(after), _table(unknown))
        return self._decoded[address]

    def _take_state(self, plan: Plan) -> None:
        if plan.prior_state is None or plan.prior_state.values is None:
            return
        for module, item in instances(plan.prior_state.values.root_module):
            self._add(module, item.mode, f"{item.type}.{item.name}", item.index)
            self._raw[item.address] = (item.values, NOTHING)

    def _take_changes(self, plan: Plan) -> None:
        for item in plan.resource_changes:
            if item.deposed is not None:
                continue
            block = f"{item.type}.{item.name}"
            if item.change.actions in (("delete",), ("forget",)):
                self._remove(item.module_address, item.mode, block, item.index)
                continue
            self._add(item.module_address, item.mode, block, item.index)
            self._raw[item.address] = (item.change.after, item.change.after_unknown)

    def _add(self, module: str, mode: str, block: str, key: Key) -> None:
        self._keys.setdefault((module, _named(mode, block)), {})[key] = None
        if module not in self._modules_seen:
            self._modules_seen.add(module)
            self._add_module(module)

    def _add_module(self, module: str) -> None:
        above = ""
        for name, key in module_calls(module):
            self._module_keys.setdefault((above, name), {})[key] = None
            above = f"{above}.module.{name}".lstrip(".") + shown_key(key)

    def _remove(self, module: str, mode: str, block: str, key: Key) -> None:
        self._keys.get((module, _named(mode, block)), {}).pop(key, None)


def is_open(unknown: Any) -> bool:
    """Whether anything in a part of `after_unknown` is unknown."""
    if isinstance(unknown, dict):
        return any(map(is_open, unknown.values()))
    if isinstance(unknown, list):
        return any(map(is_open, unknown))
    return unknown is True


def with_holes(value: Any, unknown: Any, name: str) -> Value:
    """A value whose unknown parts have become holes: `address.attribute[0].part`."""
    if unknown is True:
        return hole(name)
    if isinstance(unknown, dict) and isinstance(value, dict | None):
        keys = [*(value or {}), *(key for key in unknown if key not in (value or {}))]
        return {key: with_holes((value or {}).get(key), unknown.get(key), f"{name}.{key}") for key in keys}
    if isinstance(unknown, list) and isinstance(value, list | None):
        known = value or []
        return [
            with_holes(
                known[at] if at < len(known) else None,
                unknown[at] if at < len(unknown) else None,
                f"{name}[{at}]",
            )
            for at in range(max(len(known), len(unknown)))
        ]
    return value


def _named(mode: str, block: str) -> str:
    return f"data.{block}" if mode == "data" else block


def _table(raw: msgspec.Raw) -> dict[str, Any]:
    try:
        found = msgspec.json.decode(raw)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        return {}
    return found if isinstance(found, dict) else {}
