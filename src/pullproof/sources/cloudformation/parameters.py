"""Parameters of a template: their types, defaults, what is given for them, and what may be given."""

from collections.abc import Mapping
from typing import Any

from pullproof.errors import InputError, UsageError
from pullproof.model.text import Text, clean, hole, is_exact
from pullproof.model.value import Unknown, Why
from pullproof.sources.cloudformation.document import Call, Document
from pullproof.sources.cloudformation.run import Run
from pullproof.sources.cloudformation.scalars import canonical
from pullproof.sources.cloudformation.stack import Parameter

#: What a parameter holds when the template gives a value that is never shown.
_HIDDEN = "the template hides its value (NoEcho)"


def declared(
    run: Run, document: Document, address: str, given: Mapping[str, Any], *, by_stack: bool
) -> dict[str, Parameter]:
    """The parameters of one stack with their values; `by_stack` says that the stack around it gives them.

    Raises:
        InputError: a declaration cannot be read.
        UsageError: a value is given that the template does not allow.
    """
    node = document.sections.get("Parameters")
    if node is None:
        return {}
    found = {}
    for name, declaration in document.pairs(node):
        said = document.value(declaration)
        if not isinstance(said, dict):
            raise InputError(f"the parameter {name} is no mapping", place=document.place(declaration))
        key = f"{address}.{name}" if address else name
        reader = _Reader(run, key, said, document.place(declaration))
        found[name] = reader.read(given.get(name), given=name in given, by_stack=by_stack)
    return found


class _Reader:
    """One declaration being read."""

    def __init__(self, run: Run, key: str, said: dict[str, Any], place: str) -> None:
        self.run = run
        self.name = key.rpartition(".")[2]
        self.hole = key
        kind = said.get("Type", "String")
        self.type: str = kind if isinstance(kind, str) else "String"
        self.place = place
        self.said = said

    def read(self, value: Any, *, given: bool, by_stack: bool) -> Parameter:
        allowed = self.allowed()
        stored = self.type.startswith("AWS::SSM::Parameter::Value<")
        self._register(allowed if not stored else None)
        default = self.said.get("Default")
        if given and value is not None:
            found = self._given(value, allowed, by_stack=by_stack)
        elif default is not None:
            found = self._default(default, allowed)
        else:
            found = None
        if found is None or stored or (self._hidden() and found != ""):
            return Parameter(
                name=self.name, type=self.type, value=self._without(found, by_stack), given=given
            )
        return Parameter(name=self.name, type=self.type, value=self.typed(found), given=given)

    def allowed(self) -> tuple[str, ...] | None:
        """The texts it may have, if they are listed."""
        values = self.said.get("AllowedValues")
        if not isinstance(values, list) or any(isinstance(one, dict | list | Call) for one in values):
            return None
        return tuple(self.run.text_of(one, self.name) for one in values)

    def is_list(self) -> bool:
        """Whether its value is a list: https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/cloudformation-supplied-parameter-types.html."""
        return "List<" in self.type or "CommaDelimitedList" in self.type

    def typed(self, value: Any) -> Any:
        """A value as its type has it."""
        if isinstance(value, Unknown):
            return value
        if self.is_list():
            return self._listed(value)
        if isinstance(value, list):
            return self.run.text_of(value, self.name)
        text = self.run.text_of(value, self.name)
        if self.type == "Number" and is_exact(text):
            return number(text)
        return text

    def _listed(self, value: Any) -> Any:
        if isinstance(value, list):
            return [one if isinstance(one, Unknown) else self.run.text_of(one, self.name) for one in value]
        by_name = self.run.list_of(value)
        if by_name is not None:
            return by_name
        from pullproof.sources.cloudformation.pieces import pieces

        text = self.run.text_of(value, self.name)
        parts = pieces(self.run, text, ",", self.hole)
        return [part.strip() if isinstance(part, str) else part for part in parts] if text else []

    def _given(self, value: Any, allowed: tuple[str, ...] | None, *, by_stack: bool) -> Any:
        """What is given, after a look at what may be."""
        if not isinstance(value, str) or not is_exact(value) or allowed is None:
            return value
        texts = [part.strip() for part in value.split(",")] if self.is_list() else [value]
        if all(text in allowed for text in texts):
            return value
        if canonical(value) in allowed:
            return canonical(value)
        problem = f"{value!r} is not allowed for the parameter {self.name}"
        remedy = f"one of {', '.join(allowed[:12])}"
        if by_stack:
            raise InputError(problem, place=self.place, remedy=remedy)
        raise UsageError(problem, place=self.place, remedy=remedy)

    def _default(self, default: Any, allowed: tuple[str, ...] | None) -> Any:
        if isinstance(default, Call | dict):
            raise InputError(f"the default of the parameter {self.name} is no text", place=self.place)
        if isinstance(default, list) or allowed is None or isinstance(default, Unknown):
            return default
        text = self.run.text_of(default, self.name)
        texts = [part.strip() for part in text.split(",")] if self.is_list() else [text]
        if all(one in allowed for one in texts):
            return default
        raise InputError(
            f"the default {text!r} of the parameter {self.name} is not among its allowed values",
            place=self.place,
            remedy=f"one of {', '.join(allowed[:12])}",
        )

    def _register(self, allowed: tuple[str, ...] | None) -> None:
        if allowed is not None and not self.is_list():
            self.run.domains[self.hole] = allowed
        if "AWS::" in self.type:
            self.run.identifiers.add(self.hole)

    def _hidden(self) -> bool:
        return self.said.get("NoEcho") in (True, "true", "True")

    def _without(self, found: Any, by_stack: bool) -> Any:  # noqa: FBT001
        """What stands for a value that there is none of, or that is not to be seen."""
        settle = self._settle(found, by_stack=by_stack)
        self.run.settle.setdefault(self.hole, settle)
        if not self.is_list():
            return hole(self.hole)
        unknown = Unknown(Why.NOT_IN_INPUT, f"the parameter {self.hole}", "", settle)
        self.run.lists[unknown] = self.hole
        return unknown

    def _settle(self, found: Any, *, by_stack: bool) -> str:
        if self.type.startswith("AWS::SSM::Parameter::Value<"):
            name = f" {found}" if isinstance(found, str) and is_exact(found) else ""
            return (
                f"Parameter Store has it{name}, and that is not read:"
                f" give {self.name} a type without AWS::SSM::Parameter::Value and pass --parameter {self.name}=VALUE"
            )
        if found is not None and self._hidden():
            return _HIDDEN
        if by_stack:
            return f"the stack around it gives no value: add {self.name} to its Parameters"
        allowed = self.allowed()
        among = f", one of {', '.join(allowed[:6])}" if allowed else ""
        return f"pass --parameter {self.name}=VALUE{among}"


def number(text: Text) -> int | float | Text:
    """A parameter of type Number: CloudFormation checks that it is one and hands on the text."""
    plain = text.removeprefix("-")
    if plain.isascii() and plain.isdigit() and len(plain) < 20 and (plain == "0" or plain[0] != "0"):
        return int(text)
    return clean(text)
