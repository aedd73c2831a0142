"""What all tables share: a row for each type of resource, and how a row's properties become arguments.

A row says which type of `sources.terraform.tree` a CloudFormation type is, how its properties are called
there, and what `Ref` and `Fn::GetAtt` give. Only where the shape differs does a function say more.
"""

from collections.abc import Callable, Mapping

import msgspec

from pullproof.model.text import hole
from pullproof.model.value import Unknown
from pullproof.sources.cloudformation.stack import Item
from pullproof.sources.terraform.tree import Some, Value

#: Properties of a resource, with every reference in the words of the tree.
Properties = dict[str, Value]
Values = dict[str, Value]


class Part(msgspec.Struct, frozen=True, kw_only=True):
    """A resource of the tree that is one property of a resource of the template ("Policy.Roles[0]")."""

    path: str
    type: str
    values: Values


class Row(msgspec.Struct, frozen=True, kw_only=True):
    """One type of resource.

    `to` is the type in the tree ("" for what only has attributes that others use). `names` maps properties
    to arguments that hold the same. `build` gives the arguments whose shape differs, `parts` the further
    resources that a property stands for. `ref` is what `Ref` gives and `gives` what `Fn::GetAtt` does, as
    an attribute ("arn"), as text around one ("{arn}:*"), or as what a property holds ("=VpcId").
    `doubt` are the arguments that say what the resource does by itself: not known where it may not exist.
    What acts only where something refers to it has none, since nothing can refer to what does not exist.
    """

    type: str
    to: str = ""
    names: Mapping[str, str] = {}
    build: Callable[[Item, Properties], Values] | None = None
    parts: Callable[[Item, Properties], list[Part]] | None = None
    ref: str = "id"
    gives: Mapping[str, str] = {}
    doubt: tuple[str, ...] = ()
    words: Mapping[str, str] = {}
    launches: bool = False

    def values(self, item: Item, properties: Properties) -> Values:
        """The arguments of one resource."""
        found = {name: properties[key] for key, name in self.names.items() if key in properties}
        if self.build is not None:
            found |= self.build(item, properties)
        return {name: value for name, value in found.items() if value is not None}

    def all_unknown(self, reason: Unknown) -> Properties:
        """Every property that is read here, where none of them is known."""
        named = [*self.names, *(word.partition(".")[0] for word in self.words.values())]
        return dict.fromkeys(named, reason)

    def spellings(self) -> dict[str, str]:
        """How the template spells the arguments."""
        return {name: key for key, name in self.names.items()} | dict(self.words)


def own(item: Item, attribute: str) -> str:
    """What is known of an attribute that AWS will choose: its name."""
    return hole(f"{item.address}.{attribute}")


def members(value: Value) -> dict[str, Value] | Unknown:
    """The members of an object; none where there is none."""
    if isinstance(value, Unknown):
        return value
    if isinstance(value, Some):
        return value.reason
    return value if isinstance(value, dict) else {}


def items(value: Value) -> list[Value]:
    """The items of a list, each known or not."""
    if isinstance(value, Some):
        return [value.reason]
    if isinstance(value, list):
        return [item.reason if isinstance(item, Some) else item for item in value]
    return [] if value is None else [value]


def renamed(value: Value, names: Mapping[str, str]) -> Value:
    """An object with its members under other names; what is not listed is left out."""
    found = members(value)
    if isinstance(found, Unknown):
        return found
    return {name: found[key] for key, name in names.items() if key in found}


def each(value: Value, names: Mapping[str, str]) -> Value:
    """A list of objects with their members under other names; None for no list."""
    return None if value is None else [renamed(item, names) for item in items(value)]
