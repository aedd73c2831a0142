"""A template's text as values with positions: YAML or JSON, every function in its long form.

What comes out is plain (dict, list, str, int, float, bool, None), with `Call` where the template calls a
function, and `Unknown` where the text says two things at once. The nodes are kept, for the places.
"""

import re
from collections.abc import Mapping
from typing import Any

import msgspec

from pullproof.errors import InputError
from pullproof.model.text import Text, clean
from pullproof.model.value import Unknown, Why
from pullproof.sources.cloudformation.names import CONDITIONAL, FUNCTIONS, LOOP, RULES, near
from pullproof.sources.cloudformation.nodes import Node
from pullproof.sources.cloudformation.scalars import scalar

#: How deep a template may nest: far deeper than people write, far less than the reader's own stack.
DEPTH = 100

_SURROGATES = re.compile(rb"\\u[dD][89abAB][0-9a-fA-F]{2}\\u[dD][c-fC-F][0-9a-fA-F]{2}")
_DEEP_BLOCK = re.compile(rb"^[ \t?:-]{250,}", re.MULTILINE)
_MANY = 500
_TAG = "tag:yaml.org,2002:"


class Call:
    """A function that the template calls; `argument` is as it is written. The line and column count from one."""

    __slots__ = ("argument", "column", "line", "name")

    def __init__(self, name: str, argument: Any, line: int = 0, column: int = 0) -> None:
        self.name = name
        self.argument = argument
        self.line = line
        self.column = column


class Document:
    """A template read. `sections` are its top-level keys, unread; `value` reads a part."""

    def __init__(
        self,
        data: bytes,
        path: str,
        *,
        stand_ins: Mapping[str, Text] | None = None,
        is_template: bool = True,
    ) -> None:
        self.path = path
        #: Texts that stand for what nobody has looked up yet, and the holes that they are.
        self.stand_ins = stand_ins or {}
        self._keys: dict[int, tuple[int, int]] = {}
        self.root = _composed(data, path)
        if self.root.id != "mapping" and is_template:
            raise InputError("a template is a mapping, and this is none", place=f"{path}:{_line(self.root)}")
        self._memo: dict[int, Any] = {}
        self._open: set[int] = set()
        self.sections: dict[str, Node] = dict(self.pairs(self.root)) if is_template else {}

    def place(self, node: Node) -> str:
        """Where something is written."""
        return f"{self.path}:{self.start(node)[0]}"

    def pairs(self, node: Node) -> list[tuple[str, Node]]:
        """The keys of a mapping of names (sections, parameters, resources), each only once.

        Raises:
            InputError: it is no mapping, or a name stands twice.
        """
        if node.id == "scalar" and scalar(node) is None:
            return []
        if node.id != "mapping":
            raise InputError("here a mapping of names is wanted", place=self.place(node))
        found: dict[str, tuple[int, Node]] = {}
        for key, value in _merged(node, self):
            name = clean(key.value) if key.id == "scalar" else ""
            if not name:
                raise InputError("a name is a text", place=self.place(key))
            if name in found:
                raise InputError(
                    f"{name} is written twice, in line {found[name][0]} too",
                    place=self.place(key),
                    remedy="rename or remove one of them",
                )
            found[name] = (_line(key), value)
            self._keys.setdefault(id(value), (_line(key), int(key.start_mark.column) + 1))
        return [(name, value) for name, (_, value) in found.items()]

    def start(self, node: Node) -> tuple[int, int]:
        """Line and column of the name that something is written under."""
        return self._keys.get(id(node), (_line(node), int(node.start_mark.column) + 1))

    def value(self, node: Node, depth: int = 0) -> Any:
        """What a node says.

        Raises:
            InputError: it calls a function that there is none of, nests too deeply or refers to itself.
        """
        if node.id == "scalar":
            return self._scalar(node)
        key = id(node)
        if key in self._memo:
            return self._memo[key]
        if depth > DEPTH:
            raise InputError(f"this nests deeper than {DEPTH} levels", place=self.place(node))
        if key in self._open:
            raise InputError("an anchor holds an alias of itself", place=self.place(node))
        self._open.add(key)
        found = self._sequence(node, depth) if node.id == "sequence" else self._mapping(node, depth)
        self._open.discard(key)
        self._memo[key] = found
        return found

    def _scalar(self, node: Node) -> Any:
        if node.tag.startswith("!"):
            return self._tagged(node, clean(node.value))
        found = scalar(node)
        if isinstance(found, Unknown):
            return Unknown(found.why, f"{found.what} ({self.place(node)})", "", found.settle_by)
        if isinstance(found, str):
            return self.stand_ins.get(found) or clean(found)
        return found

    def _sequence(self, node: Node, depth: int) -> Any:
        found = [self.value(item, depth + 1) for item in node.value]
        return self._tagged(node, found) if node.tag.startswith("!") else found

    def _mapping(self, node: Node, depth: int) -> Any:
        found: dict[str, Any] = {}
        lines: dict[str, int] = {}
        for key, value in _merged(node, self):
            if key.id != "scalar":
                raise InputError("a key is a text", place=self.place(key))
            name = clean(key.value)
            said = self.value(value, depth + 1)
            if name in lines and not _same(found[name], said):
                said = _twice(name, lines[name], _line(key))
            found[name] = said
            lines[name] = _line(key)
        if node.tag.startswith("!"):
            return self._tagged(node, self._called(node, found))
        return self._called(node, found)

    def _called(self, node: Node, found: dict[str, Any]) -> Any:
        """A mapping, or the call that its only key makes of it."""
        for name, argument in found.items():
            if name == "Ref" and len(found) == 1:
                return self._call(node, name, argument)
            if not name.startswith("Fn::") or name.startswith(LOOP) or name == "Fn::Transform":
                continue
            if name not in FUNCTIONS:
                raise self._no_function(node, name)
            if len(found) > 1:
                raise InputError(f"{name} is not the only key of this mapping", place=self.place(node))
            return self._call(node, name, argument)
        return found

    def _tagged(self, node: Node, argument: Any) -> Any:
        """The call that a short form stands for."""
        short = node.tag[1:]
        name = short if short in ("Ref", "Condition") else f"Fn::{short}"
        if name not in FUNCTIONS and name not in CONDITIONAL:
            raise self._no_function(node, f"!{short}")
        return self._call(node, name, argument)

    def _call(self, node: Node, name: str, argument: Any) -> Call:
        mark = node.start_mark
        return Call(name, argument, mark.line + 1, mark.column + 1)

    def _no_function(self, node: Node, name: str) -> InputError:
        if name.removeprefix("Fn::").removeprefix("!") in RULES:
            return InputError(f"{name} can be used in Rules only", place=self.place(node))
        if name.removeprefix("Fn::").removeprefix("!").startswith("Rain::"):
            remedy = f"{name} is a directive of rain: rain pkg FILE > packaged.yaml, and pass that"
            return InputError(f"CloudFormation has no function {name}", place=self.place(node), remedy=remedy)
        short = name.startswith("!")
        known = [known.replace("Fn::", "!") if short else known for known in FUNCTIONS]
        return InputError(
            f"CloudFormation has no function {name}",
            place=self.place(node),
            remedy=near(name, ["!Ref" if one == "Ref" and short else one for one in known]),
        )


def _composed(data: bytes, path: str) -> Node:
    """The nodes of a document, by the C reader: its speed is why it is taken, its recursion why depth is counted first."""
    import yaml  # type: ignore[import-untyped]

    kind = "JSON" if data.lstrip()[:1] == b"{" else "YAML"
    data = _SURROGATES.sub(rb"\\ufffd\\ufffd", data) if data[:1] == b"{" else data
    try:
        loader = yaml.CSafeLoader
        if data.count(b"[") + data.count(b"{") - data.count(b"${") > _MANY or _DEEP_BLOCK.search(data):
            _count_depth(yaml.parse(data, Loader=loader), path)
        node: Node | None = yaml.compose(data, Loader=loader)
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        place = f"{path}:{mark.line + 1}:{mark.column + 1}" if mark else path
        raise InputError(
            f"this is not {kind}: {error.problem or error.context}",
            place=place,
            remedy=_hint(data, mark, path),
        ) from None
    except (yaml.YAMLError, UnicodeDecodeError, ValueError) as error:
        told = str(error).splitlines()[0]
        raise InputError(f"this is not {kind}: {told}", place=path, remedy="save it as UTF-8") from None
    if node is None:
        raise InputError("there is nothing in this file but comments", place=path)
    return node


def _count_depth(events: Any, path: str) -> None:
    depth = 0
    for event in events:
        kind = type(event).__name__
        if kind in ("MappingStartEvent", "SequenceStartEvent"):
            depth += 1
            if depth > DEPTH + 1:
                place = f"{path}:{event.start_mark.line + 1}"
                raise InputError(f"this nests deeper than {DEPTH} levels", place=place)
        elif kind in ("MappingEndEvent", "SequenceEndEvent"):
            depth -= 1


def _hint(data: bytes, mark: Any, path: str) -> str:
    """What is likely meant, where the fault is one that people make."""
    lines = data.splitlines()
    if mark is not None and mark.line < len(lines) and data[:1] != b"{" and b"\t" in lines[mark.line]:
        return "YAML is indented with spaces: this line has a tab"
    return f"aws cloudformation validate-template --template-body file://{path}"


def _merged(node: Node, document: Document) -> list[tuple[Node, Node]]:
    """The pairs of a mapping with those of `<<` behind its own: a key that is there already stays."""
    pairs = node.value
    if all(key.tag != f"{_TAG}merge" for key, _ in pairs):
        return list(pairs)
    own = [pair for pair in pairs if pair[0].tag != f"{_TAG}merge"]
    held = {key.value for key, _ in own if key.id == "scalar"}
    added: list[Any] = []
    for key, value in pairs:
        if key.tag != f"{_TAG}merge":
            continue
        sources = value.value if value.id == "sequence" else [value]
        for source in sources:
            if source.id != "mapping" or source is node:
                raise InputError("<< takes a mapping, or a list of them", place=document.place(key))
            fresh = [pair for pair in source.value if pair[0].id == "scalar" and pair[0].value not in held]
            held |= {name.value for name, _ in fresh}
            added += fresh
    return own + added


def _same(one: Any, other: Any) -> bool:
    return type(one) is type(other) and not isinstance(one, Call) and bool(one == other)


def _twice(name: str, first: int, second: int) -> Unknown:
    return Unknown(
        Why.CONFLICT,
        f"{name}, which lines {first} and {second} write differently",
        "",
        f"remove one of the two: lines {first} and {second}",
    )


def _line(node: Node) -> int:
    return int(node.start_mark.line) + 1


def decoded(data: bytes, path: str) -> Any:
    """Plain data out of a JSON or YAML file that is no template: a file of parameters.

    Raises:
        InputError: it is neither.
    """
    if data.lstrip()[:1] in (b"{", b"["):
        try:
            return msgspec.json.decode(data)
        except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
            raise InputError(f"this is not JSON: {error}", place=path) from None
    document = Document(data, path, is_template=False)
    return document.value(document.root)
