"""A .tf file into blocks with positions; expressions stay text until they are asked for.

There are two readers, and they agree. tree-sitter is the faster one on large files, but takes longer to
import than a small configuration takes to read; the exact one also has the last word on errors.
"""

import functools
from typing import TYPE_CHECKING

from pullproof.errors import InputError
from pullproof.sources.terraform.hcl import paths
from pullproof.sources.terraform.hcl.strict import strict_blocks
from pullproof.sources.terraform.hcl.syntax import Block, Source

if TYPE_CHECKING:
    from tree_sitter import Node, Parser, Tree

#: Larger files than any person writes are refused unread.
LARGEST = 10_000_000
#: From this size on tree-sitter is worth its import.
LARGE = 100_000
DEEPEST = 50


def read_blocks(path: str, shown: str) -> tuple[Block, ...]:
    """The blocks of a .tf or .tf.json file; `shown` is how messages name it.

    Raises:
        InputError: it cannot be read, or is not Terraform's syntax; the message names the line.
    """
    try:
        content = paths.content(path, LARGEST)
    except OSError as refused:
        raise InputError(f"cannot be read: {refused.strerror}", place=shown) from refused
    if content is None:
        raise InputError("the file is larger than any configuration", place=shown)
    if path.endswith(".json"):
        from pullproof.sources.terraform.hcl.json_blocks import json_blocks

        return json_blocks(content, shown)
    return blocks_of(content, shown)


def blocks_of(content: bytes, shown: str) -> tuple[Block, ...]:
    """The blocks of a text in native syntax.

    Raises:
        InputError: it is not Terraform's syntax; the message names the line.
    """
    content = content.removeprefix(b"\xef\xbb\xbf")
    root = syntax_tree(content) if len(content) > LARGE else None
    if root is None or root.has_error:
        return strict_blocks(content.decode("utf-8", "replace"), shown)
    body = next((child for child in root.children if child.type == "body"), None)
    return _body(body, shown, 0)[1] if body is not None else ()


def attributes_of(content: bytes, shown: str) -> dict[str, Source]:
    """The attributes of a text that has nothing else, as a .tfvars file.

    Raises:
        InputError: it is not Terraform's syntax; the message names the line.
    """
    wrapped = blocks_of(b"all { \n" + content.removeprefix(b"\xef\xbb\xbf") + b"\n}\n", shown)
    return {
        name: Source(text=source.text, file=source.file, line=source.line - 1)
        for name, source in wrapped[0].attributes.items()
    }


def syntax_tree(content: bytes) -> "Node":
    """The tree that tree-sitter makes of a text, errors included."""
    return _parser().parse(content).root_node


def parsed_again(content: bytes, before: "Tree | None") -> "Tree":
    """The tree of a text; quickly where the tree is given that it had before it was edited."""
    return _parser().parse(content, before) if before is not None else _parser().parse(content)


@functools.cache
def _parser() -> "Parser":
    import tree_sitter
    import tree_sitter_hcl

    return tree_sitter.Parser(tree_sitter.Language(tree_sitter_hcl.language()))


def _body(body: "Node", shown: str, depth: int) -> tuple[dict[str, Source], tuple[Block, ...]]:
    if depth > DEEPEST:
        raise InputError(
            f"blocks are nested more than {DEEPEST} levels deep", place=f"{shown}:{body.start_point.row + 1}"
        )
    attributes: dict[str, Source] = {}
    blocks: list[Block] = []
    for child in body.children:
        if child.type == "attribute":
            name, source = _attribute(child, shown)
            attributes[name] = source
        elif child.type == "block":
            blocks.append(_block(child, shown, depth))
    return attributes, tuple(blocks)


def _attribute(node: "Node", shown: str) -> tuple[str, Source]:
    name, expression = node.children[0], node.children[-1]
    text = _text(expression)
    return _text(name), Source(text=text, file=shown, line=expression.start_point.row + 1)


def _block(node: "Node", shown: str, depth: int) -> Block:
    words: list[str] = []
    attributes: dict[str, Source] = {}
    blocks: tuple[Block, ...] = ()
    for child in node.children:
        if child.type == "identifier":
            words.append(_text(child))
        elif child.type == "string_lit":
            words.append("".join(_text(part) for part in child.children if part.type == "template_literal"))
        elif child.type == "body":
            attributes, blocks = _body(child, shown, depth + 1)
    return Block(
        type=words[0],
        labels=tuple(words[1:]),
        attributes=attributes,
        blocks=blocks,
        file=shown,
        line=node.start_point.row + 1,
    )


def _text(node: "Node") -> str:
    return (node.text or b"").decode("utf-8", "replace")
