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
    """Whether a block has `count` or `for_each`."""
    return block.count_expression is not None or block.for_each_expression is not None
