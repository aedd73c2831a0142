"""The nodes of a YAML document, as the reader gives them."""

from typing import Any, Protocol


class Mark(Protocol):
    """A place in a text; both count from nought."""

    line: int
    column: int


class Node(Protocol):
    """A node: `id` is "scalar", "sequence" or "mapping"; `value` a text, nodes, or pairs of nodes."""

    id: str
    tag: str
    value: Any
    start_mark: Mark
