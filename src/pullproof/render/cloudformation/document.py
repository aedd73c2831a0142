"""A template as nodes that know where they are written: YAML by its parser's marks, JSON by its own.

Both give the same nodes, so that one editor serves both. Offsets count characters of the text.
"""

import re
from collections.abc import Iterator
from typing import Any

import msgspec

from pullproof.errors import InputError
from pullproof.render.cloudformation.values import Fn, Value

#: An implicit type of YAML that is none of text.
_STR = "tag:yaml.org,2002:str"


class Node(msgspec.Struct, kw_only=True):
    """A scalar, a mapping, a list or an alias. `flow`: in brackets. `column` is that of its first mark."""

    kind: str
    start: int
    end: int
    column: int
    tag: str = ""
    text: str = ""
    style: str = ""
    flow: bool = False
    anchor: str = ""
    pairs: list[tuple["Node", "Node"]] = []
    items: list["Node"] = []

    def get(self, name: str) -> "Node | None":
        """The value of a key that is written here itself."""
        return next((value for key, value in self.pairs if key.text == name), None)

    @property
    def empty(self) -> bool:
        """Whether nothing at all is written where a value may be."""
        return self.kind == "scalar" and self.start == self.end


class Document(msgspec.Struct, kw_only=True):
    """A file's text and its nodes. `shared` are the anchors that something refers to.

    `json` says that it is written as JSON is, though perhaps with something that JSON does not have.
    """

    path: str
    text: str
    root: Node
    json: bool
    mark: bytes = b""
    shared: frozenset[str] = frozenset()


def read(data: bytes, path: str) -> Document:
    """The nodes of a template.

    Raises:
        InputError: it is no UTF-8, no YAML or JSON, or not a mapping.
    """
    mark = b"\xef\xbb\xbf" if data.startswith(b"\xef\xbb\xbf") else b""
    try:
        text = data[len(mark) :].decode()
    except UnicodeDecodeError as error:
        raise InputError(f"this is not UTF-8 ({error})", place=path, remedy="save it as UTF-8") from None
    json = text.lstrip().startswith("{") and _is_json(text)
    root, shared = (_json(text), frozenset[str]()) if json else _yaml(text, path)
    if root.kind != "map":
        raise InputError("this is not a template", place=path, remedy="give a template with `Resources:`")
    # NaN, a number out of range, a comma too many: only a reader of YAML takes it, and it is to stay what it is.
    quoted = root.flow and bool(root.pairs) and root.pairs[0][0].style == '"'
    return Document(path=path, text=text, root=root, json=json or quoted, mark=mark, shared=shared)


def _is_json(text: str) -> bool:
    try:
        msgspec.json.decode(text.encode(errors="surrogatepass"))
    except (msgspec.DecodeError, RecursionError):
        return False
    return True


def _yaml(text: str, path: str) -> tuple[Node, frozenset[str]]:
    import yaml  # type: ignore[import-untyped]

    loader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
    shared: set[str] = set()
    try:
        events = yaml.parse(text, Loader=loader)
        root = None
        for event in events:
            if isinstance(event, yaml.NodeEvent):
                root = _node(event, events, shared, yaml)
                break
    except (yaml.YAMLError, RecursionError) as error:
        raise InputError(f"this is not YAML: {' '.join(str(error).split())}", place=path) from None
    if root is None:
        raise InputError("this is empty", place=path, remedy="give a template with `Resources:`")
    return root, frozenset(shared)


def _node(event: Any, events: Iterator[Any], shared: set[str], yaml: Any) -> Node:
    """The node that begins with an event; the rest of it is taken from `events`."""
    at = event.start_mark
    common = {
        "start": at.index,
        "end": event.end_mark.index,
        "column": at.column,
        "anchor": event.anchor or "",
    }
    if isinstance(event, yaml.AliasEvent):
        shared.add(event.anchor)
        return Node(kind="alias", text=event.anchor, **common)
    tag = event.tag or ""
    if isinstance(event, yaml.ScalarEvent):
        if event.implicit[0] and not tag:
            tag = _implicit(event.value, yaml)
        return Node(kind="scalar", tag=tag or _STR, text=event.value, style=event.style or "", **common)
    kind = "map" if isinstance(event, yaml.MappingStartEvent) else "list"
    found = Node(kind=kind, tag=tag, flow=bool(event.flow_style), **common)
    nodes: list[Node] = []
    for one in events:
        if isinstance(one, yaml.CollectionEndEvent):
            found.end = one.end_mark.index
            break
        nodes.append(_node(one, events, shared, yaml))
    if kind == "map":
        found.pairs = list(zip(nodes[::2], nodes[1::2], strict=True))
    else:
        found.items = nodes
    return found


def _implicit(text: str, yaml: Any) -> str:
    """What YAML 1.1 takes plain text for."""
    resolvers = yaml.SafeLoader.yaml_implicit_resolvers
    for tag, pattern in resolvers.get(text[:1], []):
        if pattern.match(text):
            return str(tag)
    return _STR


_SPACE = re.compile(r"[ \t\r\n]*")
_STRING = re.compile(r'"(?:[^"\\]|\\.)*"', re.DOTALL)
_OTHER = re.compile(r"[^\s,\]}]+")


def _json(text: str) -> Node:
    """The nodes of JSON that is known to be JSON."""
    place = _SPACE.match(text, 0).end()  # type: ignore[union-attr]
    return _json_node(text, place)


def _json_node(text: str, at: int) -> Node:
    column = at - (text.rfind("\n", 0, at) + 1)
    if text[at] == '"':
        end = _STRING.match(text, at).end()  # type: ignore[union-attr]
        value = msgspec.json.decode(text[at:end].encode(), type=str)
        return Node(kind="scalar", start=at, end=end, column=column, tag=_STR, text=value, style='"')
    if text[at] not in "{[":
        end = _OTHER.match(text, at).end()  # type: ignore[union-attr]
        word = text[at:end]
        kind = {"true": "bool", "false": "bool", "null": "null"}.get(word, "int")
        return Node(
            kind="scalar", start=at, end=end, column=column, tag=f"tag:yaml.org,2002:{kind}", text=word
        )
    found = Node(kind="map" if text[at] == "{" else "list", start=at, end=at, column=column, flow=True)
    nodes: list[Node] = []
    at = _skip(text, at + 1)
    while text[at] not in "}]":
        nodes.append(_json_node(text, at))
        at = _skip(text, nodes[-1].end)
        if text[at] in ",:":
            at = _skip(text, at + 1)
    found.end = at + 1
    if found.kind == "map":
        found.pairs = list(zip(nodes[::2], nodes[1::2], strict=True))
    else:
        found.items = nodes
    return found


def _skip(text: str, at: int) -> int:
    return _SPACE.match(text, at).end()  # type: ignore[union-attr]


def function(node: Node) -> Fn | None:
    """The function that a node is, in its short or its long form, with its argument as plain values."""
    if node.tag.startswith("!"):
        bare = Node(
            kind=node.kind, start=node.start, end=node.end, column=node.column, text=node.text, tag=_STR,
            pairs=node.pairs, items=node.items,
        )  # fmt: skip
        return Fn(node.tag[1:], _argument(node.tag[1:], plain(bare)))
    if node.kind == "map" and len(node.pairs) == 1:
        name = node.pairs[0][0].text
        if name in ("Ref", "Condition") or name.startswith("Fn::"):
            short = name.removeprefix("Fn::")
            return Fn(short, _argument(short, plain(node.pairs[0][1])))
    return None


def _argument(name: str, value: Value) -> Value:
    """`!GetAtt A.B` is the same as `Fn::GetAtt: [A, B]`."""
    if name == "GetAtt" and isinstance(value, str) and "." in value:
        return list(value.split(".", 1))
    return value


def plain(node: Node) -> Value:
    """What is written, as values that can be compared: text, numbers, lists, mappings and functions."""
    if (found := function(node)) is not None:
        return found
    if node.kind == "map":
        return {key.text: plain(value) for key, value in node.pairs}
    if node.kind == "list":
        return [plain(item) for item in node.items]
    if node.kind == "alias":
        return ("alias", node.text)
    if node.tag.endswith(":bool"):
        return node.text.lower() in ("true", "yes", "on")
    if node.tag.endswith(":int") and re.fullmatch(r"-?(?:0|[1-9][0-9]*)", node.text):
        return int(node.text)
    return node.text if node.tag == _STR else (node.tag, node.text)
