"""A value of a template worked out: every function carried out, as far as it is certain."""

import re
from collections.abc import Iterator
from typing import Any

from pullproof.errors import InputError
from pullproof.model.text import OPEN, Text, hole
from pullproof.model.value import Unknown, Why
from pullproof.sources.cloudformation.conditions import Facts, Formula
from pullproof.sources.cloudformation.document import Call
from pullproof.sources.cloudformation.formulas import formula, named
from pullproof.sources.cloudformation.functions import FUNCTIONS
from pullproof.sources.cloudformation.interface import ABSENT, Frame
from pullproof.sources.cloudformation.names import LOOP
from pullproof.sources.cloudformation.transforms import included

_DYNAMIC = re.compile(r"\{\{resolve:([^{}]*)\}\}")


class Evaluation:
    """Works out values of one stack for one place in it, while some facts hold."""

    def __init__(self, frame: Frame, facts: Facts, at: str, needs: set[str] | None = None) -> None:
        self.frame = frame
        self.run = frame.run
        self.facts = facts
        self.at = at
        #: The addresses that the values certainly refer to.
        self.needs: set[str] = set() if needs is None else needs

    def under(self, formula: Formula, *, truth: bool) -> "Evaluation":
        """The same place while a condition holds, or does not; what is needed there is not certain."""
        return Evaluation(self.frame, self.facts.suppose(formula, truth=truth), self.at)

    def value(self, said: Any) -> Any:
        """What is meant by what is written: a Value, or ABSENT.

        Raises:
            InputError: something is referred to that is not there, or a function is not called as it must be.
        """
        if isinstance(said, str):
            return self._dynamic(said) if "{{resolve:" in said else said
        if isinstance(said, Call):
            self.run.spend(self.place(said))
            return FUNCTIONS[said.name](self, said)
        if isinstance(said, dict):
            return self._mapping(said)
        if isinstance(said, list):
            self.run.spend(self.frame.document.path)
            found = [self.value(item) for item in said]
            return [item for item in found if item is not ABSENT]
        if said is None:
            return Unknown(
                Why.NOT_FOLLOWED,
                f"a value of {self.at} that is null",
                self.at,
                "write a value: CloudFormation takes no null",
            )
        if isinstance(said, Unknown) and not said.resource:
            return Unknown(said.why, said.what, self.at, said.settle_by)
        return said

    def present(self, said: Any) -> Any:
        """A value where one must be: what AWS::NoValue leaves there is not known."""
        found = self.value(said)
        if found is ABSENT:
            return Unknown(
                Why.NOT_FOLLOWED, f"a value of {self.at}", self.at, "AWS::NoValue is no value here"
            )
        return found

    def text(self, said: Any) -> Text:
        """A value as text, with holes for what is not certain."""
        return self.run.text_of(self.present(said), self.at)

    def formula(self, said: Any, name: str = "") -> Formula:
        """What is written as a condition; `name` is its own, if it is one of the template's."""
        found = formula(self, said)
        return named(name, found) if name else found

    def place(self, call: Call) -> str:
        """Where a function is called."""
        path = self.frame.document.path
        return f"{path}:{call.line}" if call.line else path

    def fault(self, call: Call, problem: str, remedy: str = "") -> InputError:
        """The error for a call that cannot be."""
        where = f" ({self.at})" if self.at else ""
        return InputError(f"{problem}{where}", place=self.place(call), remedy=remedy)

    def arguments(self, call: Call, *counts: int) -> list[Any]:
        """The arguments of a function that takes a list of them.

        Raises:
            InputError: it has another number of them.
        """
        said = call.argument
        if not isinstance(said, list) or len(said) not in counts:
            wanted = " or ".join(map(str, counts))
            raise self.fault(call, f"{call.name} takes a list of {wanted}")
        return said

    def _mapping(self, said: dict[str, Any]) -> Any:
        self.run.spend(self.frame.document.path)
        found = {}
        for key, value in self._entries(said):
            if isinstance(key, Unknown):
                return key
            worked = self.value(value)
            if worked is not ABSENT:
                found[key] = worked
        return found

    def _entries(self, said: dict[str, Any]) -> Iterator[tuple[str | Unknown, Any]]:
        place = self.frame.document.path
        for key, value in said.items():
            if key.startswith(LOOP):
                yield from self.frame.turns(key, value, place)
            elif key == "Fn::Transform":
                yield from included(self.frame, value, place)
            else:
                yield key, value

    def _dynamic(self, text: str) -> Text:
        """Text with the references that CloudFormation looks up when it deploys; their values are never read.

        https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/dynamic-references.html
        """

        def looked_up(found: re.Match[str]) -> Text:
            name = f"resolve:{found[1]}"
            if OPEN in name:
                name = f"?{name}"
                name = name.replace(OPEN, "${").replace("\ue001", "}")
            self.run.settle.setdefault(
                name, "CloudFormation looks it up when it deploys: check the account itself afterwards"
            )
            return hole(name)

        return _DYNAMIC.sub(looked_up, text)
