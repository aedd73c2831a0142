"""Where things are written: addresses to `file:line`."""

import os
import re
from collections.abc import Iterator, Mapping

from pullproof.sources.terraform.hcl.modules import Module, Project

_INDEX = re.compile(r'\[(?:[^\]"]|"(?:[^"\\]|\\.)*")*\]')


class Places(Mapping[str, str]):
    """`file:line` of every resource, data source and module call, found by an instance's address too.

    `places['module.a["k"].aws_subnet.b[0]']` is the place of `resource "aws_subnet" "b"` in that module.
    """

    def __init__(self, rows: Mapping[str, str]) -> None:
        self._rows = rows

    def __getitem__(self, address: str) -> str:
        """The place of an address, or of the resource that it is in."""
        return self._rows[address if address in self._rows else without_indexes(address)]

    def __contains__(self, address: object) -> bool:
        """Whether the place of an address is known."""
        return isinstance(address, str) and (address in self._rows or without_indexes(address) in self._rows)

    def __iter__(self) -> Iterator[str]:
        """The addresses, without indexes."""
        return iter(self._rows)

    def __len__(self) -> int:
        """How many there are."""
        return len(self._rows)


def places(root: str | os.PathLike[str]) -> Places:
    """The places of a configuration.

    Raises:
        InputError: a file cannot be read or is not Terraform's syntax; the message names the line.
    """
    return places_of(Project(root))


def places_of(project: Project) -> Places:
    """The places of a configuration that is open already. Modules that are not installed have none."""
    rows: dict[str, str] = {}
    for path in project.paths():
        module = project.module(path)
        if module is not None:
            prefix = "".join(f"module.{name}." for name in path)
            rows.update({prefix + key: place for key, place in _rows(module).items()})
    return Places(rows)


def without_indexes(address: str) -> str:
    """An address without instance keys: `module.a["k"].aws_subnet.b[0]` is `module.a.aws_subnet.b`."""
    return _INDEX.sub("", address) if "[" in address else address


def _rows(module: Module) -> dict[str, str]:
    rows = {key: block.place for key, block in module.resources.items()}
    for name, call in module.calls.items():
        rows[f"module.{name}"] = call.place
    for key, block in module.resources.items():
        for attribute, source in block.attributes.items():
            rows[f"{key}.{attribute}"] = source.place
        for nested in block.blocks:
            kind = nested.labels[0] if nested.type == "dynamic" and nested.labels else nested.type
            rows.setdefault(f"{key}.{kind}", nested.place)
    return rows
