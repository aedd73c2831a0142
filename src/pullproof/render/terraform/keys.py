"""Keys of the estate as Terraform sees them: something with an address, or an id written out.

https://developer.hashicorp.com/terraform/cli/state/resource-addressing
"""

import re
from typing import TypeAlias

import msgspec

from pullproof.render.terraform.hcl import index
from pullproof.sources.terraform.address import key_of, module_calls

#: The calls that lead to a module instance: names and instance keys.
Calls: TypeAlias = tuple[tuple[str, str | int | None], ...]

_KEY = r'(?:\[(\d+|"(?:[^"\\]|\\.)*")\])?'
_CALLS = re.compile(r'(?:module\.[\w-]+(?:\[(?:\d+|"(?:[^"\\]|\\.)*")\])?\.)*')
#: Types of resources have an underscore, which tells them from names of hosts and services.
_THING = re.compile(rf"((?:data\.)?[a-z][a-z0-9]*_\w+\.[\w-]+){_KEY}((?:\.[\w-]+|\[\d+\])*)$")
_LITERAL = re.compile(r"[\w:/.+=@*-]+")


class Pointer(msgspec.Struct, frozen=True):
    """Something with an address. `block` is `TYPE.NAME` or `data.TYPE.NAME`; `rest` an attribute of it."""

    calls: Calls
    block: str
    index: str | int | None = None
    rest: str = ""

    @property
    def type(self) -> str:
        """The type of the resource or data source."""
        return self.block.removeprefix("data.").split(".")[0]

    @property
    def name(self) -> str:
        """Its name."""
        return self.block.rpartition(".")[2]

    @property
    def data(self) -> bool:
        """Whether it is looked up, and made by somebody else."""
        return self.block.startswith("data.")

    @property
    def address(self) -> str:
        """The whole address, as Terraform writes it."""
        calls = "".join(f"module.{name}{index(key)}." for name, key in self.calls)
        return f"{calls}{self.block}{index(self.index)}{self.rest}"

    @property
    def path(self) -> tuple[str, ...]:
        """The names of the calls that lead there."""
        return tuple(name for name, _ in self.calls)


def pointer(key: str) -> Pointer | None:
    """What a key points at; None for an id or a name."""
    calls = _CALLS.match(key)
    at = calls.end() if calls is not None else 0
    found = _THING.match(key, at)
    if found is None:
        return None
    return Pointer(module_calls(key[:at]), found[1], key_of(found[2]), found[3])


#: A logical id of a template, or what another stack exports: no id, and nothing that Terraform could look up.
_LOGICAL = re.compile(r"(?!Z[A-Z0-9]{6,31}$)[A-Z][A-Za-z0-9]*(\.[A-Z][A-Za-z0-9]*)*|import:.*", re.DOTALL)


def is_logical(key: str) -> bool:
    """Whether a key is what a template calls something, which is not what AWS calls it."""
    return _LOGICAL.fullmatch(key) is not None


def is_literal(key: str) -> bool:
    """Whether a key can be an id, an ARN or a name that AWS gave."""
    return _LITERAL.fullmatch(key) is not None
