"""One thing in an answer, read with its types checked: what AWS would not say is an error with its place."""

from collections.abc import Iterator
from typing import Any

from pullproof.errors import InputError
from pullproof.model.text import clean

#: Deeper than this no answer of AWS's is nested.
DEEP = 60
#: No whole number in an answer is larger.
LARGEST = 1 << 53


class Item:
    """An object of an answer; `place` is where it stands, for messages, `account` whose answer it is in."""

    __slots__ = ("account", "place", "raw", "scope")

    def __init__(self, raw: dict[str, Any], place: str, scope: str, account: str) -> None:
        self.raw = raw
        self.place = place
        self.scope = scope
        self.account = account

    def __contains__(self, name: str) -> bool:
        """Whether the answer says anything under this name."""
        return self.raw.get(name) is not None

    def text(self, name: str) -> str:
        """A text, "" where there is none."""
        value = self.raw.get(name)
        if value is None:
            return ""
        if not isinstance(value, str):
            raise self._wrong(name, value, "text")
        return clean(value)

    def number(self, name: str) -> int | None:
        """A whole number, None where there is none."""
        value = self.raw.get(name)
        if value is None:
            return None
        if isinstance(value, bool) or not isinstance(value, int) or abs(value) > LARGEST:
            raise self._wrong(name, value, "a whole number")
        return value

    def flag(self, name: str) -> bool | None:
        """A switch, None where there is none; also as `describe-vpc-attribute` writes it, {"Value": true}."""
        value = self.raw.get(name)
        if isinstance(value, dict):
            value = value.get("Value", value)
        if value is not None and not isinstance(value, bool):
            raise self._wrong(name, value, "true or false")
        return value

    def texts(self, name: str) -> list[str]:
        """A list of texts."""
        found = []
        for value in self._list(name):
            if not isinstance(value, str):
                raise self._wrong(name, value, "text")
            found.append(clean(value))
        return found

    def items(self, name: str) -> Iterator["Item"]:
        """A list of objects."""
        for index, value in enumerate(self._list(name)):
            if not isinstance(value, dict):
                raise self._wrong(name, value, "an object")
            yield Item(value, f"{self.place}.{name}[{index}]", self.scope, self.account)

    def inner(self, name: str) -> "Item":
        """An object; an empty one where there is none."""
        value = self.raw.get(name)
        if value is None:
            value = {}
        if not isinstance(value, dict):
            raise self._wrong(name, value, "an object")
        return Item(value, f"{self.place}.{name}", self.scope, self.account)

    def tree(self, name: str) -> Any:
        """A document, as text or as a tree; None where there is none."""
        return tidy(self.raw.get(name), self.place)

    def _list(self, name: str) -> list[Any]:
        value = self.raw.get(name)
        if value is None:
            return []
        if not isinstance(value, list):
            raise self._wrong(name, value, "a list")
        return value

    def _wrong(self, name: str, value: object, expected: str) -> InputError:
        return InputError(
            f"{name} is {_shown(value)}, and {expected} is expected",
            place=self.place,
            remedy="write the answer of `aws ... --output json` to the file again",
        )


def tidy(tree: Any, place: str, depth: int = 0) -> Any:
    """A tree without the marks of holes, which text from outside must not have.

    Raises:
        InputError: it is nested deeper than any answer.
    """
    if depth > DEEP:
        raise InputError("this is nested too deeply to be an answer of AWS", place=place)
    if isinstance(tree, str):
        return clean(tree)
    if isinstance(tree, list):
        return [tidy(value, place, depth + 1) for value in tree]
    if isinstance(tree, dict):
        return {clean(str(name)): tidy(value, place, depth + 1) for name, value in tree.items()}
    return tree


def _shown(value: object) -> str:
    if isinstance(value, dict):
        return "an object"
    return "a list" if isinstance(value, list) else repr(value)[:40]
