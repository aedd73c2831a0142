"""What a template or an assembly says when every function in it is carried out: resources, with holes.

Values are JSON-like (bool, int, float, str, list, dict), and at any depth `Unknown` (inside a list: any
number of items) or `Some`. Strings are `model.text.Text`. A null, or what `AWS::NoValue` stands for, is not
there. Holes are named

    ADDRESS.Ref         what `Ref` gives of a resource ("Network.Vpc.Ref")
    ADDRESS.ATTRIBUTE   what `Fn::GetAtt` gives of it ("Role.Arn", "Service.ServiceArn")
    NAME                a parameter without a value ("VpcId"; of a nested stack: "Network.VpcId")
    NAME[0]             an item of a parameter that is a list
    region, account     AWS::Region and AWS::AccountId, where nobody tells them
    resolve:ssm:NAME    a dynamic reference, and likewise secretsmanager and ssm-secure
    ?...                anything else that is not known

`Stacks.unknown` makes of such a text the `Unknown` that says how to settle it.
"""

from collections.abc import Callable, Mapping
from typing import Any, TypeAlias

import msgspec

from pullproof.model.text import Text, holes, shown
from pullproof.model.value import Unknown, Why

Value: TypeAlias = Any


class Item(msgspec.Struct, frozen=True, kw_only=True):
    """One resource of one stack.

    `address` is its logical id behind the nested stacks, and in an assembly of several stacks the stack,
    that it is in ("Service", "Network.Vpc"); `name` the logical id alone, `stack` the address of the stack
    ("" or "Network"). `condition` is set where it is not settled whether the resource is there at all, and
    `guard` then names what decides it: two items of one guard exist together. Resources that are certainly
    not there are no items. `hidden` is why no property is known, where something else writes them. `metadata` is the template's own, with `path` and `source` (file:line of the
    program) where the CDK tells them.
    """

    address: str
    type: str
    name: str
    properties: dict[str, Value]
    hidden: Unknown | None = None
    stack: str = ""
    condition: Unknown | None = None
    guard: str = ""
    depends: tuple[str, ...] = ()
    metadata: Mapping[str, Value] = {}
    file: str = ""
    line: int = 0
    column: int = 0


class Stack(msgspec.Struct, frozen=True, kw_only=True):
    """One stack: where it is, by what is told of it; Unknown where nobody tells."""

    address: str
    name: Text
    file: str
    region: str | Unknown
    account: str | Unknown
    partition: str


class Parameter(msgspec.Struct, frozen=True, kw_only=True):
    """A parameter of a stack. `value` is its text or list; a hole or Unknown where it has none."""

    name: str
    type: str
    value: Value
    given: bool = False


class Export(msgspec.Struct, frozen=True, kw_only=True):
    """An output that other stacks may import."""

    name: Text
    value: Value
    stack: str


class Stacks(msgspec.Struct, frozen=True, kw_only=True):
    """Every resource of an input by its address, and what is known around them.

    `open` says what may exist beside the items, of whatever type (a nested stack that is elsewhere, a
    macro). `settle` maps the names of holes to the sentence that says how to settle them. `parameters` are
    by hole name. `locate` gives `file:line` of a resource, or of a property of it as the template nests
    them ("SecurityGroupIngress[2].CidrIp"; "" for the resource); the nearest that is written.
    """

    kind: str
    path: str
    items: dict[str, Item]
    stacks: dict[str, Stack]
    parameters: dict[str, Parameter] = {}
    exports: tuple[Export, ...] = ()
    open: tuple[Unknown, ...] = ()
    notes: tuple[str, ...] = ()
    settle: Mapping[str, str] = {}
    #: AWS's own prefix lists, by what refers to them: the names that the templates' metadata give.
    prefix_lists: Mapping[Text, Text | Unknown] = {}
    locate: Callable[[str, str], str] = lambda _address, _path: ""

    def unknown(self, value: Value, what: str, address: str) -> Unknown:
        """Why a value that is not certain is none, and how to settle it; `what` names it in a few words."""
        if isinstance(value, Unknown):
            return value
        names = holes(value) if isinstance(value, str) else ()
        for name in names:
            if name in self.settle:
                told = f"{what} of {address} ({name.removeprefix('?')})"
                return Unknown(Why.NOT_IN_INPUT, told, address, self.settle[name])
        text = f" ({shown(value)})" if names else ""
        return Unknown(
            Why.AFTER_APPLY,
            f"{what} of {address}{text}",
            address,
            "AWS chooses this when it makes the stack: check the account itself after the deployment",
        )
