"""`Fn::ForEach`, and the entries of a section with every loop carried out.

https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/intrinsic-function-reference-foreach.html
"""

import re
from collections.abc import Iterator
from typing import Any

from pullproof.errors import InputError
from pullproof.model.text import OPEN
from pullproof.model.value import Unknown, Why
from pullproof.sources.cloudformation.document import Call
from pullproof.sources.cloudformation.interface import Frame
from pullproof.sources.cloudformation.names import LOOP
from pullproof.sources.cloudformation.nodes import Node
from pullproof.sources.cloudformation.transforms import included


class Loops:
    """The loops of one stack."""

    def __init__(self, frame: Frame) -> None:
        self.frame = frame

    def conditions(self, pairs: list[tuple[str, Node]]) -> dict[str, Any]:
        """The conditions as they are written."""
        document = self.frame.document
        found: dict[str, Any] = {}
        for name, node in pairs:
            if name.startswith(LOOP):
                turns = self.turns(name, document.value(node), document.place(node))
                found |= {key: said for key, said in turns if not isinstance(key, Unknown)}
            else:
                found[name] = document.value(node)
        return found

    def entries(self, node: Node | None, section: str) -> Iterator[tuple[str, dict[str, Any], Node]]:
        """The names of a section, what is written under each, and where.

        Raises:
            InputError: one of them is no resource (no output).
        """
        if node is None:
            return
        document = self.frame.document
        seen: set[str] = set()
        for name, each in document.pairs(node):
            said = document.value(each)
            place = document.place(each)
            if name == "Fn::Transform":
                turns = included(self.frame, said, place)
            elif name.startswith(LOOP):
                turns = self.turns(name, said, place)
            else:
                turns = iter([(name, said)])
            for key, entry in turns:
                if isinstance(key, Unknown):
                    self.frame.run.open[key] = None
                    continue
                if key in seen:
                    raise InputError(f"{key} is made twice", place=place)
                seen.add(key)
                yield key, self._entry(key, entry, section, place), each

    def turns(self, name: str, said: Any, place: str) -> Iterator[tuple[str | Unknown, Any]]:
        """The keys and values that a loop makes; an Unknown for a key where others may be made.

        Raises:
            InputError: it is not written as a loop.
        """
        if not (
            isinstance(said, list)
            and len(said) == 3
            and isinstance(said[0], str)
            and isinstance(said[2], dict)
        ):
            raise InputError(f"{name} takes an identifier, a list and a mapping", place=place)
        identifier, collection, body = said
        items = self.frame.evaluator().value(collection)
        for item in items if isinstance(items, list) else [items]:
            if not isinstance(item, str | int | float) or (isinstance(item, str) and OPEN in item):
                yield self._unsettled(name, item, place), None
                continue
            text = self.frame.run.text_of(item, name)
            for key, value in body.items():
                self.frame.run.spend(place)
                filled = _filled(key, identifier, text)
                inside = self._replaced(value, identifier, text, place)
                if filled.startswith(LOOP):
                    yield from self.turns(filled, inside, place)
                else:
                    yield filled, inside

    def _unsettled(self, name: str, item: Any, place: str) -> Unknown:
        run = self.frame.run
        what = f"what {name} makes ({place})"
        if isinstance(item, Unknown):
            return Unknown(item.why, what, self.frame.address, item.settle_by)
        if isinstance(item, str):
            return run.reason(item, what, self.frame.address)
        return Unknown(
            Why.NOT_FOLLOWED,
            what,
            self.frame.address,
            "give it a list of texts: CloudFormation does not take another",
        )

    def _replaced(self, said: Any, identifier: str, text: str, place: str) -> Any:
        """What is written, with the identifier filled in."""
        self.frame.run.spend(place)
        if isinstance(said, str):
            return _filled(said, identifier, text)
        if isinstance(said, list):
            return [self._replaced(item, identifier, text, place) for item in said]
        if isinstance(said, dict):
            return {
                _filled(key, identifier, text): self._replaced(value, identifier, text, place)
                for key, value in said.items()
            }
        if isinstance(said, Call):
            if said.name == "Ref" and said.argument == identifier:
                return text
            inside = self._replaced(said.argument, identifier, text, place)
            return Call(said.name, inside, said.line, said.column)
        return said

    def _entry(self, name: str, said: Any, section: str, place: str) -> dict[str, Any]:
        if not isinstance(said, dict):
            raise InputError(f"{name} in {section} is no mapping", place=place)
        if section == "Resources" and not isinstance(said.get("Type"), str):
            raise InputError(
                f"the resource {name} has no Type", place=place, remedy="for example Type: AWS::ECS::Service"
            )
        return said


def _filled(text: str, identifier: str, value: str) -> str:
    """A text with `${Identifier}` filled in, and `&{Identifier}` by its letters and digits alone."""
    if identifier not in text:
        return text
    plain = re.sub(r"[^A-Za-z0-9]", "", value)
    return text.replace(f"${{{identifier}}}", value).replace(f"&{{{identifier}}}", plain)
