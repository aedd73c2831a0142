"""One .tf file under change: where its blocks are, and replacing a few bytes of it at a time.

Positions come from tree-sitter and are positions in bytes, so that whatever is not replaced stays as it is.
"""

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, TypeAlias

import msgspec

from pullproof.render.base import CannotWrite
from pullproof.render.terraform.hcl import INDENT, indented
from pullproof.sources.terraform.hcl.blocks import parsed_again
from pullproof.sources.terraform.hcl.strict import strict_blocks

if TYPE_CHECKING:
    from tree_sitter import Node, Tree

BOM = b"\xef\xbb\xbf"


class Spot(msgspec.Struct, frozen=True):
    """A block: its labels from the top of the file, and the nested blocks on the way down."""

    labels: tuple[str, ...]
    inside: tuple[str, ...] = ()


#: The type and the labels of a block.
Head: TypeAlias = tuple[str, ...]


class Document:
    """A file as it was read, and as it is to be. `before` None is a file that is not there yet.

    Raises:
        InputError: it is no configuration; the message names the line.
    """

    def __init__(self, path: str, shown: str, before: bytes | None) -> None:
        self.path = path
        self.shown = shown
        self.before = before
        self.now = before or b""
        self.newline = "\r\n" if self.now.count(b"\r\n") * 2 > self.now.count(b"\n") else "\n"
        #: Counts the changes.
        self.version = 0
        self._stale = True
        self._tree: Tree | None = None
        self._blocks: dict[tuple[str, ...], Node] = {}
        self._every: list[tuple[tuple[str, ...], Node]] = []
        #: Heads by where their blocks began, from the start and from the end of the file as it was then.
        self._heads: tuple[dict[int, Head], dict[int, Head]] = ({}, {})
        #: How many bytes at the start and at the end are as they were then.
        self._same = (0, 0)
        self.broken = self._parse().has_error
        if self.broken:
            # The exact reader says what is wrong, or that only the grammar stumbles.
            strict_blocks(self.now.removeprefix(BOM).decode("utf-8", "replace"), shown)

    @property
    def changed(self) -> bool:
        """Whether there is anything to write."""
        return self.now != (self.before or b"")

    def blocks(self) -> dict[tuple[str, ...], "Node"]:
        """The blocks at the top of the file by type and labels, in order; one for each head."""
        self.every()
        return self._blocks

    def every(self) -> "list[tuple[tuple[str, ...], Node]]":
        """All blocks at the top of the file with their heads; there may be several of `locals`."""
        if self._stale:
            nodes = [
                node
                for body in self._parse().children
                if body.type == "body"
                for node in body.children
                if node.type == "block"
            ]
            self._every = [(self._known_head(node) or _head(node), node) for node in nodes]
            self._blocks = dict(self._every)
            size = len(self.now)
            starts = {node.start_byte: head for head, node in self._every}
            self._heads = starts, {size - start: head for start, head in starts.items()}
            self._same = size, size
            self._stale = False
        return self._every

    def _known_head(self, node: "Node") -> Head | None:
        """The head of a block that is where it was and as it was: reading all of them anew takes its time."""
        start, size = node.start_byte, len(self.now)
        first, last = self._same
        if node.end_byte < first:
            return self._heads[0].get(start)
        return self._heads[1].get(size - start) if size - start < last else None

    def block(self, spot: Spot) -> "Node":
        """A block, by its labels and those of the nested blocks it is in; a dynamic one by its content.

        Raises:
            CannotWrite: there is none.
        """
        if self.broken:
            raise CannotWrite(
                f"{self.shown} has a form that cannot be changed exactly", "make the change by hand"
            )
        node = self.blocks().get(spot.labels)
        for name in spot.inside:
            node = next(nested_blocks(node, name), None) if node is not None else None
        if node is None:
            raise CannotWrite(f"{self.shown} has no block {' '.join((*spot.labels, *spot.inside))}", BY_HAND)
        return node

    def attribute(self, spot: Spot, name: str) -> "Node | None":
        """The value of an argument; None where it is not written."""
        return attribute_of(self.block(spot), name)

    def text(self, node: "Node") -> str:
        """The text of a node."""
        return (node.text or b"").decode("utf-8", "replace")

    def line(self, node: "Node") -> int:
        """The line that a node begins on."""
        return node.start_point.row + 1

    def replace(self, start: int, end: int, text: str) -> None:
        """Put a text where some bytes were; its line breaks become those of the file."""
        new = text.replace("\r\n", "\n").replace("\n", self.newline).encode()
        before = self.now
        self.now = before[:start] + new + before[end:]
        self.version += 1
        first, last = self._same
        self._same = min(first, start), min(last, len(before) - end)
        if self._tree is not None:
            reach = start + len(new)
            # A copy: nodes that somebody holds keep the positions that they had.
            self._tree = self._tree.copy()
            self._tree.edit(
                start, end, reach, _point(before, start), _point(before, end), _point(self.now, reach)
            )
        self._stale = True

    def indent_of(self, at: int) -> str:
        """The white space that the line of a position begins with."""
        start = self.now.rfind(b"\n", 0, at) + 1
        line = self.now[start:at].removeprefix(BOM)
        return line[: len(line) - len(line.lstrip(b" \t"))].decode()

    def line_end(self, at: int) -> int:
        """Where the line of a position ends, before its line break."""
        end = self.now.find(b"\n", at)
        if end < 0:
            return len(self.now)
        return end - 1 if self.now[end - 1 : end] == b"\r" else end

    def append(self, text: str, after: "Node | None" = None) -> None:
        """A block at the top level, after another one or at the end, with an empty line between."""
        if after is not None:
            end = self.line_end(after.end_byte)
            rest = self.now[end:].strip(b"\r\n")
            self.replace(end, end, f"\n\n{text}")
            if not rest and not self.now.endswith(b"\n"):
                self.replace(len(self.now), len(self.now), "\n")
            return
        tail = self.now.rstrip(b"\r\n \t")
        gap = "" if not tail or tail == BOM else "\n\n"
        # What stands at the end stays; only missing line breaks are added.
        breaks = self.now[len(tail) :].count(b"\n")
        self.replace(len(self.now), len(self.now), f"{gap[breaks:]}{text}\n")

    def _parse(self) -> "Node":
        start = len(BOM) if self.now.startswith(BOM) else 0
        # A byte order mark is white space to the grammar if it is made white space: positions stay.
        self._tree = parsed_again(b" " * start + self.now[start:], self._tree)
        return self._tree.root_node


BY_HAND = "make the change by hand"


def _point(content: bytes, at: int) -> tuple[int, int]:
    """A position as row and column."""
    return content.count(b"\n", 0, at), at - content.rfind(b"\n", 0, at) - 1


def _head(node: "Node") -> tuple[str, ...]:
    words: list[str] = []
    for child in node.children:
        if child.type == "identifier":
            words.append((child.text or b"").decode("utf-8", "replace"))
        elif child.type == "string_lit":
            words.append((child.text or b"").decode("utf-8", "replace").strip('"'))
    return tuple(words)


def body_of(node: "Node") -> "Node | None":
    """The body of a block; None when it is empty."""
    return next((child for child in node.children if child.type == "body"), None)


def items_of(node: "Node") -> list["Node"]:
    """The arguments and nested blocks of a block, in order."""
    body = body_of(node)
    return [child for child in body.children if child.type in ("attribute", "block")] if body else []


def nested_blocks(node: "Node", name: str) -> Iterator["Node"]:
    """The nested blocks of one type; of dynamic ones, what is between the braces of their content."""
    for child in items_of(node):
        if child.type != "block":
            continue
        head = _head(child)
        if head == (name,):
            yield child
        elif head == ("dynamic", name):
            yield from (
                inner for inner in items_of(child) if inner.type == "block" and _head(inner) == ("content",)
            )


def has_nested(node: "Node", name: str) -> bool:
    """Whether a block has nested blocks of a type, dynamic ones included."""
    return next(nested_blocks(node, name), None) is not None


def attribute_of(node: "Node", name: str) -> "Node | None":
    """The expression of an argument; None where it is not written."""
    for child in items_of(node):
        if child.type == "attribute" and (child.children[0].text or b"").decode("utf-8", "replace") == name:
            return child.children[-1]
    return None


def inner(node: "Node") -> "Node":
    """What an expression is, without the nodes that only wrap it."""
    while node.type in ("expression", "collection_value", "template_expr", "literal_value"):
        named = [child for child in node.children if child.type != "comment"]
        if len(named) != 1:
            return node
        node = named[0]
    return node


def calls_to(node: "Node", name: str) -> "Node | None":
    """The arguments of a call, if an expression is a call of that function."""
    found = inner(node)
    if found.type != "function_call" or (found.children[0].text or b"").decode("utf-8", "replace") != name:
        return None
    return next((child for child in found.children if child.type == "function_arguments"), None)


def mentioned(node: "Node") -> set[str]:
    """What the expressions below a node refer to: `aws_vpc.main`, `data.x_y.z`, `local.a`, `module.b`."""
    found: set[str] = set()
    waiting = [node]
    while waiting:
        at = waiting.pop()
        steps = at.children
        for place, child in enumerate(steps):
            if child.type == "variable_expr":
                names = [(child.text or b"").decode("utf-8", "replace"), *_attributes(steps[place + 1 :])]
                found.add(".".join(names[: 3 if names[0] == "data" else 2]))
            waiting.append(child)
    return found


def _attributes(nodes: Sequence["Node"]) -> Iterator[str]:
    for node in nodes:
        if node.type != "get_attr":
            return
        yield (node.children[-1].text or b"").decode("utf-8", "replace")


def at_indent(text: str, by: str) -> str:
    """A text whose further lines are moved to the right; the first stands where it is put."""
    first, _, rest = text.partition("\n")
    return f"{first}\n{indented(rest, by)}" if rest else first


def deeper(indent: str) -> str:
    """One level further to the right, in the manner of the file."""
    return indent + ("\t" if indent.startswith("\t") else INDENT)
