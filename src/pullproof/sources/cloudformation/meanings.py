"""What `Ref` and `Fn::GetAtt` give, in the words of the tree."""

from pullproof.model.text import HOLE, OPEN, Text, anything, hole, sole_hole, typed
from pullproof.model.value import Unknown, Why
from pullproof.sources.cloudformation.rows import Row
from pullproof.sources.cloudformation.stack import Item, Stacks
from pullproof.sources.cloudformation.tables import NAMED, REF_IS_ARN, rows
from pullproof.sources.terraform.tree import Some, Value

#: Properties that give what other properties hold lead to each other no further than this.
DEEP = 8


def is_custom(kind: str) -> bool:
    """Whether a type is a resource that a program of the user's makes."""
    return kind.startswith("Custom::") or kind == "AWS::CloudFormation::CustomResource"


class References:
    """Puts references of one input into the words of the tree."""

    def __init__(self, stacks: Stacks) -> None:
        self._items = stacks.items
        self._rows = rows()
        self._texts: dict[str, Value] = {}

    def value(self, value: Value, depth: int = 0) -> Value:
        """A value with every reference in it put into other words."""
        if isinstance(value, str):
            return self._text(value, depth) if OPEN in value else value
        if isinstance(value, list):
            return [self.value(item, depth) for item in value]
        if isinstance(value, dict):
            return {key: self.value(item, depth) for key, item in value.items()}
        if isinstance(value, Some):
            return Some(tuple(self.value(item, depth) for item in value.values), value.reason)
        return value

    def owner(self, name: str) -> tuple[Item | None, str]:
        """The resource that a hole's name begins with, and what is asked of it."""
        address = name
        while "." in address:
            address, _, _ = address.rpartition(".")
            found = self._items.get(address)
            if found is not None:
                return found, name[len(address) + 1 :]
        return None, ""

    def _text(self, text: Text, depth: int) -> Value:
        if name := sole_hole(text):
            return self._meant(name, depth)
        return HOLE.sub(lambda found: _as_text(self._meant(found[1], depth), found[1]), text)

    def _meant(self, name: str, depth: int) -> Value:
        if name not in self._texts:
            self._texts[name] = self._find(name, depth)
        return self._texts[name]

    def _find(self, name: str, depth: int) -> Value:
        item, asked = self.owner(name)
        if item is None or depth > DEEP:
            return hole(name)
        row = self._rows.get(item.type)
        if row is not None:
            return self._of_row(item, row, asked, depth)
        if is_custom(item.type):
            return _made_by_program(item, asked)
        return _of_other(item, asked)

    def _of_row(self, item: Item, row: Row, asked: str, depth: int) -> Value:
        attribute, bracket, index = asked.partition("[")
        gives = row.ref if attribute == "Ref" else row.gives.get(attribute, "")
        if gives.startswith("="):
            if gives[1:] in item.properties:
                return self.value(item.properties[gives[1:]], depth + 1)
            return hole(f"{item.address}.{_snake(gives[1:])}")
        if "{" in gives:
            before, _, rest = gives.partition("{")
            inner, _, after = rest.partition("}")
            return f"{before}{hole(f'{item.address}.{inner}')}{after}"
        return hole(f"{item.address}.{gives or attribute}{bracket}{index}")


def _snake(name: str) -> str:
    """`AvailabilityZone` as `availability_zone`."""
    return "".join(f"_{letter.lower()}" if letter.isupper() else letter for letter in name).lstrip("_")


def _as_text(value: Value, name: str) -> Text:
    """A value inside a longer text: a number as its digits, what is not known as anything."""
    if isinstance(value, str):
        return value
    if isinstance(value, bool):
        return "true" if value else "false"
    return str(value) if isinstance(value, int | float) else anything(name)


def _made_by_program(item: Item, asked: str) -> Unknown:
    return Unknown(
        Why.AFTER_APPLY,
        f"{asked} of {item.address} ({item.type})",
        item.address,
        f"the program behind the custom resource {item.address} decides that when it is deployed: check the"
        " account itself afterwards",
    )


def _of_other(item: Item, asked: str) -> Text:
    """An attribute of something that matters only by its name or ARN."""
    if asked.endswith("Arn") or (asked == "Ref" and item.type in REF_IS_ARN):
        return typed(f"{item.address}.arn", NAMED.get(item.type, "aws_other"))
    return hole(f"{item.address}.{asked}")
