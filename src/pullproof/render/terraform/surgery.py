"""Changes inside a block of the user's: an argument set, a nested block added, an item added to a list."""

from typing import TYPE_CHECKING

from pullproof.render.base import CannotWrite
from pullproof.render.terraform.document import (
    Document,
    Spot,
    at_indent,
    attribute_of,
    body_of,
    deeper,
    inner,
    items_of,
    nested_blocks,
)
from pullproof.render.terraform.hcl import indented

if TYPE_CHECKING:
    from tree_sitter import Node

#: Functions and forms whose value is certainly a list or a tuple, which `concat` takes.
LISTS = frozenset({"concat", "flatten", "distinct", "compact", "slice", "values", "keys", "sort", "tolist"})
SETS = frozenset({"toset", "setunion", "setsubtract", "setintersection"})


def set_argument(document: Document, spot: Spot, name: str, value: str) -> None:
    """Give an argument a value; one that is not written is added after the block's other arguments."""
    block = document.block(spot)
    written = attribute_of(block, name)
    if written is not None:
        indent = document.indent_of(written.start_byte)
        document.replace(written.start_byte, written.end_byte, at_indent(value, indent))
        return
    _open_up(document, block)
    block = document.block(spot)
    items = items_of(block)
    last = _last_argument(document, items, name if "\n" not in value else "")
    indent = (
        document.indent_of(items[0].start_byte) if items else deeper(document.indent_of(block.start_byte))
    )
    if last is None:
        line = f"\n{indent}{name} = {at_indent(value, indent)}"
        document.replace(start := _opening(block), start, line + ("\n" if items else ""))
        return
    column = _column(document, last)
    joins = column is not None and "\n" not in value and len(name) <= column
    # A longer name would move the `=` of its neighbours: it begins lines of its own.
    gap = "" if joins or column is None or "\n" in value else "\n"
    pad = name.ljust(column) if joins and column is not None else name
    document.replace(at := _after(last), at, f"\n{gap}{indent}{pad} = {at_indent(value, indent)}")


def add_block(document: Document, spot: Spot, text: str, kinds: tuple[str, ...]) -> None:
    """Add a nested block: after the last one of these types, else after everything else."""
    _open_up(document, document.block(spot))
    block = document.block(spot)
    items = items_of(block)
    alike = [item for item in items if item.type == "block" and _type(item) in kinds]
    after = alike[-1] if alike else (items[-1] if items else None)
    if after is None:
        indent = deeper(document.indent_of(block.start_byte))
        document.replace(start := _opening(block), start, f"\n{indented(text, indent)}")
        return
    indent = document.indent_of(after.start_byte)
    end = _after(after)
    document.replace(end, end, f"\n\n{indented(text, indent)}")


def add_to_list(document: Document, value: "Node", item: str, *, certain_list: bool = False) -> None:
    """Add an item to a list; an expression that is no literal list is wrapped."""
    literal = inner(value)
    if literal.type == "tuple":
        add_to_tuple(document, literal, item)
        return
    text = document.text(value)
    added = at_indent(f"[{item}]", "")
    if literal.type == "function_call":
        name = document.text(literal.children[0])
        if name in ("concat", "setunion"):
            close = literal.children[-1].start_byte
            document.replace(close, close, f", {added}")
            return
        wrapped = "setunion" if name in SETS else "concat"
        inside = text if name in LISTS | SETS else f"tolist({text})"
        document.replace(value.start_byte, value.end_byte, f"{wrapped}({inside}, {added})")
        return
    plain = certain_list or literal.type == "for_expr" or any(c.type == "splat" for c in _below(value))
    inside = text if plain else f"tolist({text})"
    document.replace(value.start_byte, value.end_byte, f"concat({inside}, {added})")


def _below(node: "Node") -> list["Node"]:
    return [*node.children, *(inside for child in node.children for inside in child.children)]


def add_to_tuple(document: Document, literal: "Node", item: str) -> None:
    """Add an item to a list that is written out, in the manner of its other items."""
    items = [child for child in literal.children if child.type == "expression"]
    close = literal.children[-1]
    if not items:
        if _multiline(item):
            indent = document.indent_of(literal.start_byte)
            text = f"[\n{indented(item, deeper(indent))},\n{indent}]"
        else:
            text = f"[{item}]"
        document.replace(literal.start_byte, literal.end_byte, text)
        return
    last = items[-1]
    comma = next((c for c in literal.children if c.type == "," and c.start_byte >= last.end_byte), None)
    same_line = close.start_point.row == last.end_point.row
    if same_line:
        end = comma.end_byte if comma is not None else last.end_byte
        lead = " " if comma is not None else ", "
        document.replace(end, end, lead + at_indent(item, document.indent_of(last.start_byte)))
        return
    indent = document.indent_of(last.start_byte)
    tail = "," if comma is not None else ""
    behind = last.end_byte
    end = _end_of_line(document, literal, comma.end_byte if comma is not None else last.end_byte)
    document.replace(end, end, f"\n{indented(item, indent)}{tail}")
    if comma is None:
        document.replace(behind, behind, ",")


def _multiline(item: str) -> bool:
    return "\n" in item


def _end_of_line(document: Document, node: "Node", at: int) -> int:
    """Where the line ends that something stands on, with a comment behind it; `at` if more follows on it."""
    end = at
    row = document.now.count(b"\n", 0, at)
    for child in node.children:
        if child.type == "comment" and child.start_byte >= at and child.start_point.row == row:
            end = _comment_end(child)
    return end


def _comment_end(comment: "Node") -> int:
    """Where a comment ends; to the grammar the carriage return of a line from Windows is part of it."""
    return comment.end_byte - (comment.text or b"").endswith(b"\r")


def _after(item: "Node") -> int:
    """Behind an argument or a block, and behind the comment on its line."""
    end = item.end_byte
    follows = item.next_sibling
    parent = item.parent
    if follows is None and parent is not None:
        follows = parent.next_sibling
    while follows is not None and follows.type == "comment" and follows.start_point.row == item.end_point.row:
        end = _comment_end(follows)
        follows = follows.next_sibling
    return end


def _opening(block: "Node") -> int:
    """Behind the opening brace."""
    return next(child.end_byte for child in block.children if child.type == "block_start")


def _type(item: "Node") -> str:
    words = [(child.text or b"").decode("utf-8", "replace").strip('"') for child in item.children]
    return words[1] if words[0] == "dynamic" else words[0]


def _last_argument(document: Document, items: list["Node"], name: str) -> "Node | None":
    """The argument to write a new one behind: before the nested blocks, where the name fits in a row."""
    before: list[Node] = []
    for item in items:
        if item.type == "block" and before:
            break
        if item.type == "attribute":
            before.append(item)
    fitting = [item for item in before if name and (_column(document, item) or -1) >= len(name)]
    return fitting[-1] if fitting else (before[-1] if before else None)


def _column(document: Document, last: "Node") -> int | None:
    """How wide the names are in the row of lines that `last` ends; None where it has no row."""
    if last.start_point.row != last.end_point.row:
        return None
    width = last.children[1].start_byte - last.children[0].start_byte - 1
    text = document.now[last.children[0].end_byte : last.children[1].start_byte]
    return width if set(text) <= {32} else None


def _open_up(document: Document, block: "Node") -> None:
    """Put the braces of a block that stands on one line on lines of their own."""
    if block.start_point.row != block.end_point.row:
        return
    indent = document.indent_of(block.start_byte)
    close = block.children[-1].start_byte
    body = body_of(block)
    if body is None:
        document.replace(_opening(block), close, f"\n{indent}")
        return
    inside = document.text(body)
    document.replace(_opening(block), close, f"\n{deeper(indent)}{inside}\n{indent}")


def rename_argument(
    document: Document, spot: Spot, old: tuple[str, ...], new: tuple[str, str], where: tuple[str, str]
) -> None:
    """Put an argument in the place of those that exclude it, in the one block that `where` points out.

    Raises:
        CannotWrite: there is no such block.
    """
    block = _meant(document, spot, where)
    name, value = new
    items = [item for item in items_of(block) if item.type == "attribute"]
    out = [item for item in items if document.text(item.children[0]) in old]
    row = _row(items, out[0]) if out else []
    if not out:
        raise CannotWrite("the argument to change is not written there", "make the change by hand")
    names = {id(item): document.text(item.children[0]) for item in row}
    names[id(out[0])] = name
    width = max(len(text) for text in names.values())
    pieces: list[tuple[int, int, str]] = []
    for item in row:
        written, equals = item.children[0], item.children[1]
        pieces.append((written.start_byte, equals.start_byte, f"{names[id(item)].ljust(width)} "))
    expression = out[0].children[-1]
    pieces.append((expression.start_byte, expression.end_byte, value))
    for start, end, text in sorted(pieces, reverse=True):
        document.replace(start, end, text)


def _row(items: list["Node"], of: "Node") -> list["Node"]:
    """The arguments on the lines around one, each on a line of its own."""
    at = items.index(of)
    first = last = at
    while (
        first
        and items[first - 1].end_point.row == items[first].start_point.row - 1
        and _flat(items[first - 1])
    ):
        first -= 1
    while (
        last + 1 < len(items)
        and items[last].end_point.row + 1 == items[last + 1].start_point.row
        and _flat(items[last + 1])
    ):
        last += 1
    return items[first : last + 1]


def _flat(item: "Node") -> bool:
    return item.start_point.row == item.end_point.row


def _meant(document: Document, spot: Spot, where: tuple[str, str]) -> "Node":
    name, value = where
    if not name:
        return document.block(spot)
    outer = document.block(Spot(spot.labels, spot.inside[:-1]))
    for block in nested_blocks(outer, spot.inside[-1]):
        written = attribute_of(block, name)
        if written is not None and document.text(written).strip() == value:
            return block
    raise CannotWrite(f"no block has {name} = {value}", "make the change by hand")
