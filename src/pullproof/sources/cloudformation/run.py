"""What all stacks of one reading share: what was given, what was learnt of holes, exports, notes."""

from collections.abc import Callable, Mapping
from typing import Any

import msgspec

from pullproof.errors import InputError
from pullproof.model.text import Text, anything, hole, holes, sole_hole
from pullproof.model.value import Unknown, Why
from pullproof.sources.cloudformation.conditions import Formula

#: How many values a reading may work out: aliases and loops can make a small file a very large one.
MOST = 1_000_000
#: Regions' own domains and names of partitions.
#: https://docs.aws.amazon.com/whitepapers/latest/aws-fault-isolation-boundaries/partitions.html
PARTITIONS = (
    ("cn-", "aws-cn", "amazonaws.com.cn"),
    ("us-gov-", "aws-us-gov", "amazonaws.com"),
    ("us-isob-", "aws-iso-b", "sc2s.sgov.gov"),
    ("us-iso-", "aws-iso", "c2s.ic.gov"),
)


class Given(msgspec.Struct, frozen=True, kw_only=True):
    """What comes with the templates: values of parameters and of other stacks' exports, region, account."""

    parameters: Mapping[str, str | list[str]] = {}
    imports: Mapping[str, str] = {}
    region: str = ""
    account: str = ""
    #: The names of parameters that come from a file, which may serve other templates too.
    filed: frozenset[str] = frozenset()
    notes: tuple[str, ...] = ()


class Choice(msgspec.Struct, frozen=True):
    """What stands behind an unknown: a condition that is not settled, and the value either way."""

    condition: Formula
    yes: Any
    no: Any


class Run:
    """One reading of one input."""

    def __init__(self, given: Given) -> None:
        self.given = given
        self.settle: dict[str, str] = {}
        #: Holes of parameters and the only texts they may have.
        self.domains: dict[str, tuple[str, ...]] = {}
        #: Holes that certainly are not empty text, and such that no separator is in.
        self.identifiers: set[str] = {"region", "account"}
        #: Lists that are known only by the name of their parameter.
        self.lists: dict[Unknown, str] = {}
        self.choices: dict[Unknown, Choice] = {}
        self.notes: dict[str, None] = dict.fromkeys(given.notes)
        self.open: dict[Unknown, None] = {}
        #: Holes of names, in which there is no colon.
        self.names: set[str] = set()
        #: What is known of ARNs that AWS will choose: the hole and its text with smaller holes.
        self.shapes: dict[str, Text] = {}
        #: Finds what an import means among the exports of the other stacks; set when all stacks are known.
        self.imported: Callable[[Text, Any, str], Any] = lambda _name, _frame, _at: None
        #: Reads the stack that a resource makes.
        self.open_nested: Callable[[Any, Any], Any] = lambda _frame, _written: None
        self.frames: list[Any] = []
        #: The names of imports that were given and asked for.
        self.used: set[str] = set()
        #: What is being worked out, for what leads back to itself.
        self.working: list[tuple[str, str]] = []
        #: Files of an assembly by the hash that stands in their address.
        self.assets: dict[str, str] = {}
        self.stacks = 0
        self._spent = 0

    def spend(self, place: str) -> None:
        """Count one more value.

        Raises:
            InputError: there are more than any template needs.
        """
        self._spent += 1
        if self._spent > MOST:
            raise InputError("the template multiplies itself beyond all measure", place=place)

    def text_of(self, value: Any, at: str) -> Text:
        """A value inside a text; a hole where it is not known."""
        if isinstance(value, str):
            return value
        if isinstance(value, bool):
            return "true" if value else "false"
        if isinstance(value, int | float):
            return str(value)
        if isinstance(value, Unknown):
            if value in self.lists:
                return hole(self.lists[value])
            name = f"?{value.what}"
            self.settle.setdefault(name, value.settle_by)
            return hole(name)
        return anything(f"a list or a table in a text of {at}")

    def list_of(self, value: Any) -> Any:
        """A list that is known only by name, if that is what a value is."""
        if isinstance(value, str) and (name := sole_hole(value)):
            for unknown, listed in self.lists.items():
                if listed == name:
                    return unknown
        return None

    def reason(self, text: Text, what: str, at: str) -> Unknown:
        """Why a text with holes is not exact."""
        for name in holes(text):
            if name in self.settle:
                told = f"{what} ({name.removeprefix('?')})"
                return Unknown(Why.NOT_IN_INPUT, told, at, self.settle[name])
        return Unknown(Why.AFTER_APPLY, what, at, "AWS chooses this when it makes the stack")

    def undecided(self, formula: Formula, what: str, at: str) -> Unknown:
        """Why a condition is not settled; `what` completes "not known: ..."."""
        first = next(formula.open_atoms(), None)
        settle = first.settle_by if first is not None else "pass the parameters it depends on"
        why = first.why if first is not None else Why.NOT_IN_INPUT
        return Unknown(why, what, at, settle)


def partition_of(region: str | Unknown) -> tuple[str, str]:
    """The partition of a region and its domain; AWS's commercial one where the region is not known."""
    if isinstance(region, str):
        for prefix, partition, suffix in PARTITIONS:
            if region.startswith(prefix):
                return partition, suffix
    return "aws", "amazonaws.com"
