"""What a block writes for an argument, or for nested blocks of one type: dynamic ones are unfolded."""

from collections.abc import Callable, Mapping
from typing import TypeAlias

from pullproof.model.value import Unknown
from pullproof.sources.terraform.hcl.gaps import Exhausted, not_followed, rest_of
from pullproof.sources.terraform.hcl.modules import plain_text
from pullproof.sources.terraform.hcl.syntax import Block, Source
from pullproof.sources.terraform.hcl.traversal import item, pairs
from pullproof.sources.terraform.hcl.values import HclSet, Lazy, Rest, Value

#: Evaluates an expression with further names.
Evaluate: TypeAlias = Callable[[Source, Mapping[str, Value]], Value]

#: Arguments and blocks that Terraform itself reads, and no provider.
META = frozenset(
    {"count", "for_each", "provider", "depends_on", "lifecycle", "provisioner", "connection", "dynamic"}
)


class NotWritten:
    """The configuration leaves the argument out."""


NOT_WRITTEN = NotWritten()


def names_in(block: Block) -> frozenset[str]:
    """The names of all arguments and nested blocks that a block writes, dynamic ones included."""
    dynamic = {nested.labels[0] for nested in block.of_type("dynamic") if nested.labels}
    plain = {nested.type for nested in block.blocks}
    return frozenset((plain | dynamic | set(block.attributes)) - META)


def written_in(block: Block, name: str, evaluate: Evaluate, names: Mapping[str, Value]) -> Value:
    """The value of an argument, or a list of the nested blocks of that type.

    Raises:
        Refused: Terraform would refuse to evaluate it.
    """
    if name in block.attributes:
        return evaluate(block.attributes[name], names)
    found: list[Value] = []
    written = False
    for nested in block.blocks:
        if nested.type == name:
            written = True
            found.append(_body(nested, evaluate, names))
        elif nested.type == "dynamic" and nested.labels == (name,):
            written = True
            found += _unfolded(nested, evaluate, names)
    return found if written else NOT_WRITTEN


def _body(block: Block, evaluate: Evaluate, names: Mapping[str, Value]) -> dict[str, Value]:
    """A nested block as an object: its arguments, and lists of the blocks in it."""
    return {name: written_in(block, name, evaluate, names) for name in sorted(names_in(block))}


def _unfolded(block: Block, evaluate: Evaluate, names: Mapping[str, Value]) -> list[Value]:
    """The blocks that a `dynamic` block stands for.

    https://developer.hashicorp.com/terraform/language/expressions/dynamic-blocks
    """
    content = next(iter(block.of_type("content")), None)
    if content is None or "for_each" not in block.attributes:
        return []
    iterator = _iterator(block)
    of = evaluate(block.attributes["for_each"], names)
    if not isinstance(of, list | dict):
        why = of if isinstance(of, Unknown) else not_followed(f"for_each at {block.place}")
        return [rest_of(why)]
    found: list[Value] = []
    for key, value in pairs(of):
        if isinstance(value, Rest):
            found.append(value)
            continue
        each = {"key": value if isinstance(of, HclSet) else key, "value": value}
        found.append(_body(content, evaluate, {**names, iterator: _pair(iterator, each)}))
        if len(found) > 10_000:
            raise Exhausted
    return found


def _pair(name: str, values: dict[str, Value]) -> Lazy:
    return Lazy(name, lambda wanted: item(values, wanted))


def _iterator(block: Block) -> str:
    """The name that stands for the item: that of the block, unless `iterator` says another."""
    source: Source | None = block.attributes.get("iterator")
    if source is None:
        return block.labels[0]
    return plain_text(source) or source.text.strip()
