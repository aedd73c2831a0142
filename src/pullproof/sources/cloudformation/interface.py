"""What functions see of the stack that they work in. `frame` and `evaluate` fill it in."""

from collections.abc import Iterator, Mapping
from typing import Any, Protocol

from pullproof.errors import InputError
from pullproof.model.text import Text
from pullproof.model.value import Unknown
from pullproof.sources.cloudformation.conditions import Facts, Formula
from pullproof.sources.cloudformation.document import Call, Document
from pullproof.sources.cloudformation.nodes import Node
from pullproof.sources.cloudformation.run import Run, partition_of
from pullproof.sources.cloudformation.stack import Parameter


class Absent:
    """What `AWS::NoValue` gives: the property, or the item, is not there."""

    def __repr__(self) -> str:
        """For people who debug."""
        return "AWS::NoValue"


ABSENT = Absent()


class Place:
    """Where a stack is going to be, by what is told."""

    def __init__(self, region: str | Unknown, account: str | Unknown, name: Text) -> None:
        self.region = region
        self.account = account
        self.name = name
        self.partition, self.suffix = partition_of(region)


class Written:
    """A resource or an output as it is written, and its node."""

    def __init__(self, name: str, said: dict[str, Any], node: Node) -> None:
        self.name = name
        self.said = said
        self.node = node

    @property
    def type(self) -> str:
        """The resource's type."""
        kind = self.said.get("Type")
        return kind if isinstance(kind, str) else ""

    @property
    def condition(self) -> str:
        """The name of the condition it hangs on."""
        name = self.said.get("Condition")
        return name if isinstance(name, str) else ""


class Frame(Protocol):
    """One stack while it is worked out."""

    run: Run
    document: Document
    address: str
    place: Place
    guard: Formula
    parameters: dict[str, Parameter]
    rewritten: bool

    @property
    def mappings(self) -> Mapping[str, Any]:
        """The maps of the template."""

    @property
    def resources(self) -> Mapping[str, Written]:
        """The resources as they are written, loops carried out."""

    @property
    def outputs(self) -> Mapping[str, Written]:
        """The outputs as they are written, loops carried out."""

    def key(self, name: str) -> str:
        """The address of something in this stack."""

    def facts(self) -> Facts:
        """What holds before anything is supposed but that the stack is there."""

    def evaluator(self, facts: Facts | None = None, at: str = "") -> "Evaluator":
        """What works out values of this stack."""

    def condition(self, name: str, place: str) -> Formula:
        """A condition of the template by its name."""

    def presence(self, written: Written) -> Formula:
        """What a resource or an output hangs on, the stack around it included."""

    def line(self, written: Written) -> str:
        """Where something is written."""

    def turns(self, name: str, said: Any, place: str) -> Iterator[tuple[str | Unknown, Any]]:
        """The keys and values that a loop makes."""

    def child(self, written: Written, place: str) -> "Frame | Unknown":
        """The stack that a resource makes."""


class Evaluator(Protocol):
    """Works out values of one stack for one place in it, while some facts hold."""

    frame: Frame
    run: Run
    facts: Facts
    at: str
    needs: set[str]

    def under(self, formula: Formula, *, truth: bool) -> "Evaluator":
        """The same place while a condition holds, or does not."""

    def value(self, said: Any) -> Any:
        """What is meant by what is written: a Value, or ABSENT."""

    def present(self, said: Any) -> Any:
        """A value where one must be."""

    def text(self, said: Any) -> Text:
        """A value as text, with holes for what is not certain."""

    def formula(self, said: Any, name: str = "") -> Formula:
        """What is written as a condition."""

    def place(self, call: Call) -> str:
        """Where a function is called."""

    def fault(self, call: Call, problem: str, remedy: str = "") -> InputError:
        """The error for a call that cannot be."""

    def arguments(self, call: Call, *counts: int) -> list[Any]:
        """The arguments of a function that takes a list of them."""
