"""What goes into a template: plain values, CloudFormation's functions, and references not yet spelt.

A plan is made of `Link`s and `Words`, which name things by their key in the estate; whoever knows the
template turns them into `Fn`s, which the writers spell in YAML or in JSON.
"""

from typing import Any, TypeAlias

import msgspec

#: str, int, bool, list, dict, and `Fn`, `Link` or `Words` anywhere.
Value: TypeAlias = Any


class Fn(msgspec.Struct, frozen=True):
    """One of CloudFormation's functions by its short name: "Ref", "GetAtt", "Sub", "Select", "Split"."""

    name: str
    argument: Value

    @property
    def long(self) -> str:
        """The key of its long form."""
        return self.name if self.name == "Ref" else f"Fn::{self.name}"


class Link(msgspec.Struct, frozen=True):
    """Something of the estate, or something that an edit makes, by its key.

    `kind` says what is wanted ("vpc", "group", "role", ...; "attribute" for any attribute of any
    resource), `attribute` which of its names: "id", "arn", "name", ... as Terraform spells them.
    """

    key: str
    kind: str
    attribute: str = "id"


class Words(msgspec.Struct, frozen=True):
    """A text of which some parts are references."""

    parts: tuple[str | Link, ...]


class Make(msgspec.Struct, frozen=True, kw_only=True):
    """One resource to make. `key` is what other parts of the plan call it, `name` what it may be called."""

    key: str
    type: str
    properties: dict[str, Value]
    says: str = ""
    name: str = ""
    needs: tuple[str, ...] = ()
    edit: str = ""


class Put(msgspec.Struct, frozen=True, kw_only=True):
    """A value at a path below `key`'s properties, in place of whatever is there; None takes it away."""

    key: str
    path: tuple[str | int, ...]
    value: Value
    #: Whether it may take the place of a function, too.
    over: bool = False
    edit: str = ""


class Append(msgspec.Struct, frozen=True, kw_only=True):
    """One more item of the list at a path below `key`'s properties."""

    key: str
    path: tuple[str | int, ...]
    value: Value
    edit: str = ""


Change: TypeAlias = Make | Put | Append
