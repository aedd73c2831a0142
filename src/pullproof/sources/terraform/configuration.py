"""The configuration part of a plan: which module, block and call stands behind an address."""

import msgspec

from pullproof.sources.terraform.plan_json import ConfigCall, ConfigModule, ConfigResource
from pullproof.sources.terraform.references import Step, joined, module_steps, suffix


class Place(msgspec.Struct, frozen=True):
    """A module instance: what is written in it, who calls it, and under which key."""

    module: ConfigModule
    parent: str = ""
    call: ConfigCall | None = None
    key: Step | None = None


class Modules:
    """The modules of a configuration, by the address of an instance."""

    def __init__(self, root: ConfigModule) -> None:
        self._places: dict[str, Place | None] = {"": Place(root)}
        self._blocks: dict[int, dict[str, ConfigResource]] = {}
        self._keyed: set[tuple[str, str]] = set()
        self._seen: set[str] = {""}

    def place(self, address: str) -> Place | None:
        """What stands behind a module instance; None if the configuration does not have it."""
        if address not in self._places:
            self._places[address] = self._find(address)
        return self._places[address]

    def block(self, module: str, name: str) -> ConfigResource | None:
        """The block of a resource ("TYPE.NAME", data sources with "data." before it)."""
        place = self.place(module)
        if place is None:
            return None
        blocks = self._blocks.get(id(place.module))
        if blocks is None:
            blocks = {
                f"{'data.' if block.mode == 'data' else ''}{block.type}.{block.name}": block
                for block in place.module.resources
            }
            self._blocks[id(place.module)] = blocks
        return blocks.get(name)

    def see(self, address: str) -> None:
        """Take note of a module instance, so that calls with keys are known as such."""
        if address in self._seen:
            return
        self._seen.add(address)
        parent = ""
        for name, key in module_steps(address):
            if key is not None:
                self._keyed.add((parent, name))
            parent = joined(parent, f"module.{name}{suffix(key)}")

    def has_keys(self, parent: str, name: str) -> bool:
        """Whether a module is called with `count` or `for_each` in a module instance."""
        place = self.place(parent)
        call = place.module.module_calls.get(name) if place else None
        return (parent, name) in self._keyed or (call is not None and several(call))

    def _find(self, address: str) -> Place | None:
        steps = module_steps(address)
        if not steps:
            return None
        parent = ""
        for name, key in steps[:-1]:
            parent = joined(parent, f"module.{name}{suffix(key)}")
        name, key = steps[-1]
        outer = self.place(parent)
        call = outer.module.module_calls.get(name) if outer else None
        return Place(call.module, parent, call, key) if call else None


def several(block: ConfigResource | ConfigCall) -> bool:
    """Whether a block is seen to have `count` or `for_each`; one that mentions nothing is left out."""
    return block.count_expression is not None or block.for_each_expression is not None
