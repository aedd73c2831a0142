"""Terraform's resources as plain values: what every Terraform input is turned into first.

The plan, the state and the directory way all end in a `Tree`; the adapters read only that.

Values are JSON-like: None (certainly null or unset), bool, int, float, str, list, dict, and at any
depth `Unknown` (inside a list: any number of items) or `Some`. Strings are `model.text.Text`: an attribute that only AWS or the apply will choose is
the hole `TYPE.NAME[INDEX].ATTRIBUTE` with its full address, so that a reference to it is equal to it
("aws_subnet.a" has id hole "aws_subnet.a.id", and a service in it lists that same hole).
"""

from collections.abc import Mapping
from typing import Any, TypeAlias

import msgspec

from pullproof.model.text import hole
from pullproof.model.value import Unknown, Why

Value: TypeAlias = Any

#: What a person can do about a value that a Terraform input does not tell.
SUPPLY = "check the configuration's directory, or pass it with --source"


class Some(msgspec.Struct, frozen=True):
    """A list that holds one or more of these values and nothing else; which of them is not certain."""

    values: tuple[Value, ...]
    reason: Unknown


class Resource(msgspec.Struct, frozen=True, kw_only=True):
    """One resource instance or data source.

    `address` is Terraform's ("module.a.aws_subnet.b[0]", "data.aws_vpc.c"); `values` its attributes;
    `written` the names of arguments and blocks that the configuration writes, so that "left out" and
    "known after apply" can be told apart (None where the input has no configuration: a bare state).
    `exists` says that it is in the state already; `deleted` that the plan removes it (kept, because
    routes may still point at it). `mentions` lists, for an attribute whose value is unknown, the
    attributes of other resources that its expression leads to, as holes name them. `words` says how the
    input spells arguments that it does not spell as Terraform does. `elsewhere` says how to show what a
    thing holds that the input only uses ("" for the usual sentence).
    """

    address: str
    type: str
    name: str
    values: dict[str, Value]
    data: bool = False
    index: str | int | None = None
    module: str = ""
    provider: str = ""
    written: frozenset[str] | None = None
    exists: bool = False
    deleted: bool = False
    mentions: Mapping[str, tuple[str, ...]] = {}
    words: Mapping[str, str] = {}
    elsewhere: str = ""

    def leaves_out(self, attribute: str) -> bool:
        """Whether the configuration certainly does not write this argument."""
        return self.written is not None and attribute not in self.written


class Tree(msgspec.Struct, frozen=True, kw_only=True):
    """All resources by address, and what is known of the providers.

    `regions` maps a provider key ("aws", "aws.west", "module.x:aws") to its region. `typed` says that
    addresses do not tell types ("Service"), so that holes must. `supply` is what a person can do about a
    value that this kind of input does not tell, `later` why it does not, `settle` the same for holes by name.
    `accounts` maps provider keys to accounts, where there is more than one. `open` says by noun ("Subnet")
    why there may be others than these resources tell of, `unseen` the same of what a VPC holds, by address.
    """

    resources: dict[str, Resource]
    regions: dict[str, str | Unknown] = {}
    account: str | Unknown | None = None
    notes: tuple[str, ...] = ()
    typed: bool = False
    supply: str = SUPPLY
    later: Why = Why.AFTER_APPLY
    settle: Mapping[str, str] = {}
    accounts: Mapping[str, str] = {}
    open: Mapping[str, tuple[Unknown, ...]] = {}
    unseen: Mapping[str, Unknown] = {}


def own(address: str, attribute: str) -> str:
    """The text that stands for an attribute which only the apply will choose."""
    return hole(f"{address}.{attribute}")
