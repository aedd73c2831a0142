"""Where resources and their properties are written."""

import re
from collections.abc import Mapping

from pullproof.sources.cloudformation.document import Document
from pullproof.sources.cloudformation.interface import Written
from pullproof.sources.cloudformation.nodes import Node

_PART = re.compile(r"([^.\[\]]+)|\[(\d+)\]")


class Places:
    """The places of the resources of a reading.

    `paths` maps addresses to constructs, where their own metadata do not tell; `traces` maps constructs to
    the lines of the program that made them.
    """

    def __init__(self, paths: Mapping[str, str], traces: Mapping[str, str]) -> None:
        self._paths = paths
        self._traces = traces
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
        construct, made = self.made(address)
        place = made or f"{document.path}:{line}"
        return f"{place} ({construct})" if construct else place

    def made(self, address: str) -> tuple[str, str]:
        """The construct that a resource is of, and the line of the program that made it, if they are told."""
        _, written = self._written[address]
        metadata = written.said.get("Metadata")
        told = metadata.get("aws:cdk:path") if isinstance(metadata, dict) else None
        construct = told if isinstance(told, str) else self._construct(address)
        inner = construct
        while inner and inner not in self._traces:
            inner = inner.rpartition("/")[0]
        return construct, self._traces.get(inner, "")

    def _construct(self, address: str) -> str:
        """The construct of a resource by its logical id; nested stacks' are among those of their stack."""
        first, _, _ = address.partition(".")
        _, _, last = address.rpartition(".")
        keys = (address, f"{first}.{last}", last)
        return next((self._paths[key] for key in keys if key in self._paths), "")


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
