"""Where resources and their properties are written."""

import re
from collections.abc import Mapping

from pullproof.sources.cloudformation.document import Document
from pullproof.sources.cloudformation.interface import Written
from pullproof.sources.cloudformation.nodes import Node

_PART = re.compile(r"([^.\[\]]+)|\[(\d+)\]")


class Places:
    """The places of the resources of a reading. `sources` are those of the program that made them."""

    def __init__(self, sources: Mapping[str, str]) -> None:
        self.sources = sources
        self._written: dict[str, tuple[Document, Written]] = {}

    def add(self, address: str, document: Document, written: Written) -> None:
        """Remember where a resource is written."""
        self._written[address] = (document, written)

    def locate(self, address: str, path: str) -> str:
        """`file:line` of a property, or of the nearest thing around it; "" where nothing is known."""
        if address not in self._written:
            return ""
        document, written = self._written[address]
        line = document.start(written.node)[0]
        if path:
            line = _line(written.node, path, line)
        place = f"{document.path}:{line}"
        made_by = self.sources.get(address)
        return f"{made_by} ({place})" if made_by else place


def _line(node: Node, path: str, line: int) -> int:
    """The line of the last part of a path that can be followed from a resource."""
    for key, number in [("Properties", ""), *_PART.findall(path)]:
        if key:
            found = _child(node, key)
        else:
            found = _item(node, int(number))
        if found is None:
            return line
        line, node = found
    return line


def _child(node: Node, key: str) -> tuple[int, Node] | None:
    if node.id != "mapping":
        return None
    for name, value in node.value:
        if name.id == "scalar" and name.value == key:
            return name.start_mark.line + 1, value
    return None


def _item(node: Node, number: int) -> tuple[int, Node] | None:
    """An item of a list, where every item is written as it is: a condition may leave some out."""
    if node.id != "sequence" or number >= len(node.value) or node.tag.startswith("!"):
        return None
    if any(item.tag.startswith("!") or _is_call(item) for item in node.value[: number + 1]):
        return None
    return node.value[number].start_mark.line + 1, node.value[number]


def _is_call(node: Node) -> bool:
    return node.id == "mapping" and any(key.value in ("Fn::If", "Ref") for key, _ in node.value)
