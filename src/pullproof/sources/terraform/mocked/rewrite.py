"""The edits that make a copy of a configuration safe to plan with mocked providers.

- Data sources are put off until after the apply (they depend on something that has yet to be created), so
  that nothing invented stands in for what only AWS knows.
- Backends, imports, checks, conditions and provisioners go: they would need an account, or fail for reasons
  that are not ours, or run programs. (A plan runs no provisioner. Nothing here may ever do so.)
- Provider blocks of called modules go: only those of the root module can be mocked.
- Ephemeral resources go: they cannot be mocked.
- The validation options of certificates are written out, so that they can be counted.
"""

import re
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

import msgspec

from pullproof.sources.terraform.hcl.blocks import syntax_tree

if TYPE_CHECKING:
    from tree_sitter import Node

#: What data sources wait for. The resource is added to every module.
LATER = "terraform_data.pullproof_later"
LATER_FILE = "pullproof_later.tf"
LATER_BLOCK = 'resource "terraform_data" "pullproof_later" {}\n'

_REMOVED = frozenset({"import", "check", "ephemeral"})
_REMOVED_INSIDE = {
    "terraform": frozenset({"backend", "cloud"}),
    "resource": frozenset({"provisioner", "connection"}),
    "lifecycle": frozenset({"precondition", "postcondition"}),
    "output": frozenset({"precondition"}),
}
_EPHEMERAL = re.compile(rb"\bephemeral\.[\w-]+\.[\w-]+(?:\[[^\]\n]*\])*(?:\.[\w-]+)*")
#: The provider knows how many of these there are before the certificate exists, a mock does not. Records made
#: of them prove that a domain is one's own (`_x1.example.com`); no program ever asks for their names.
#: https://registry.terraform.io/providers/hashicorp/aws/latest/docs/resources/acm_certificate
_VALIDATION = re.compile(rb"(\baws_acm_certificate\.[\w-]+(?:\[[^\]\n]*\])?)\.domain_validation_options\b")
_VALIDATED = (
    b'[{domain_name = \\1.domain_name, resource_record_type = "CNAME",'
    b" resource_record_name = %(later)b.id, resource_record_value = %(later)b.id}]"
) % {b"later": LATER.encode()}

#: Whether a data source (type, names of its arguments) is answered, and so not put off.
Answered = Callable[[str, frozenset[str]], bool]
_Edit = tuple[int, int, bytes]


class Rewriter:
    """Edits the files of one module. `inserted` lists, by file, the lines that were added after a line."""

    def __init__(self, answered: Answered, *, is_root: bool) -> None:
        self._answered = answered
        self._is_root = is_root
        self._aliases: set[str] = set()
        self.inserted: dict[Path, list[int]] = {}

    def module(self, directory: Path) -> None:
        """Edit every .tf and .tf.json file of a module's copy, and add what data sources wait for."""
        files = sorted(path for path in directory.iterdir() if path.name.endswith((".tf", ".tf.json")))
        native = {path: path.read_bytes() for path in files if path.name.endswith(".tf")}
        trees = {path: syntax_tree(content) for path, content in native.items()}
        for path, root in trees.items():
            self._find_aliases(root, native[path])
        for path, root in trees.items():
            path.write_bytes(self._edited(path, root, native[path]))
        for path in files:
            if path.name.endswith(".tf.json"):
                path.write_bytes(json_edited(path.read_bytes(), self._answered, is_root=self._is_root))
        (directory / LATER_FILE).write_text(LATER_BLOCK, encoding="utf-8")

    def _find_aliases(self, root: "Node", content: bytes) -> None:
        """The aliases of provider blocks that go."""
        if self._is_root:
            return
        for block in _blocks(root):
            if _kind(block, content) == b"provider":
                alias = _attribute(block, b"alias", content)
                if alias is not None:
                    name = _labels(block, content)[0] + b"." + _expression(alias, content).strip(b'"')
                    self._aliases.add(name.decode("utf-8", "replace"))

    def _edited(self, path: Path, root: "Node", content: bytes) -> bytes:
        edits = [edit for block in _blocks(root) for edit in self._edits(block, content)]
        for start, end, text in sorted(edits, reverse=True):
            if start == end:
                line = content.count(b"\n", 0, start) + 1
                self.inserted.setdefault(path, []).extend([line] * text.count(b"\n"))
            content = content[:start] + text + content[end:]
        if b"ephemeral." in content:
            content = _EPHEMERAL.sub(LATER.encode() + b".id", content)
        return _VALIDATION.sub(_VALIDATED, content) if b"domain_validation" in content else content

    def _edits(self, block: "Node", content: bytes) -> Iterator[_Edit]:
        kind = _kind(block, content)
        if kind.decode() in _REMOVED or (kind == b"provider" and not self._is_root):
            yield _gone(block, content)
            return
        if kind == b"data":
            yield from self._put_off(block, content)
        yield from self._without_aliases(block, content)
        yield from _inside(block, content)

    def _put_off(self, block: "Node", content: bytes) -> Iterator[_Edit]:
        names = frozenset(
            _text(child.children[0], content).decode("utf-8", "replace")
            for child in _body(block)
            if child.type == "attribute"
        )
        kind = _labels(block, content)[0].decode("utf-8", "replace")
        if self._answered(kind, names):
            return
        existing = _attribute(block, b"depends_on", content)
        if existing is not None:
            at = content.index(b"[", existing.start_byte) + 1
            yield at, at, LATER.encode() + b", "
            return
        start = next(child for child in block.children if child.type == "block_start").end_byte
        yield start, start, f"\ndepends_on = [{LATER}]\n".encode()

    def _without_aliases(self, block: "Node", content: bytes) -> Iterator[_Edit]:
        for name in (b"provider", b"providers"):
            found = _attribute(block, name, content) if self._aliases else None
            if found is not None:
                text = _expression(found, content).decode("utf-8", "replace")
                if any(re.search(rf"{re.escape(alias)}\b", text) for alias in self._aliases):
                    yield _gone(found, content)


def json_edited(content: bytes, answered: Answered, *, is_root: bool) -> bytes:
    """The same edits for a .tf.json file. One that is not JSON is left to Terraform to complain of."""
    try:
        found: Any = msgspec.json.decode(content)
    except (msgspec.DecodeError, RecursionError):
        return content
    if not isinstance(found, dict):
        return content
    for kind in (*_REMOVED, *(() if is_root else ("provider",))):
        found.pop(kind, None)
    for block in _dicts(found.get("terraform")):
        block.pop("backend", None)
        block.pop("cloud", None)
    for kind in ("data", "resource"):
        for name, block in _labelled(found.get(kind)):
            for gone in ("provisioner", "connection"):
                block.pop(gone, None)
            for lifecycle in _dicts(block.get("lifecycle")):
                lifecycle.pop("precondition", None)
                lifecycle.pop("postcondition", None)
            if kind == "data" and not answered(name, frozenset(block)):
                waits = block.get("depends_on")
                block["depends_on"] = [*(waits if isinstance(waits, list) else []), LATER]
    return msgspec.json.encode(found)


def _inside(block: "Node", content: bytes) -> Iterator[_Edit]:
    """What goes inside a block, at any depth."""
    waiting = [block]
    while waiting:
        outer = waiting.pop()
        gone = _REMOVED_INSIDE.get(_kind(outer, content).decode("utf-8", "replace"), frozenset())
        for child in _body(outer):
            if child.type != "block":
                continue
            if _kind(child, content).decode("utf-8", "replace") in gone:
                yield _gone(child, content)
            elif _kind(child, content) == b"lifecycle":
                waiting.append(child)


def _gone(node: "Node", content: bytes) -> _Edit:
    """Nothing, over as many lines."""
    lines = content.count(b"\n", node.start_byte, node.end_byte)
    return node.start_byte, node.end_byte, b"\n" * lines


def _blocks(root: "Node") -> Iterator["Node"]:
    for child in root.children:
        if child.type == "body":
            yield from (block for block in child.children if block.type == "block")


def _body(block: "Node") -> list["Node"]:
    return next((child.children for child in block.children if child.type == "body"), [])


def _kind(block: "Node", content: bytes) -> bytes:
    return _text(block.children[0], content)


def _labels(block: "Node", content: bytes) -> list[bytes]:
    found = [child for child in block.children[1:] if child.type in ("string_lit", "identifier")]
    return [_text(child, content).strip(b'"') for child in found] or [b""]


def _attribute(block: "Node", name: bytes, content: bytes) -> "Node | None":
    return next(
        (
            child
            for child in _body(block)
            if child.type == "attribute" and _text(child.children[0], content) == name
        ),
        None,
    )


def _expression(attribute: "Node", content: bytes) -> bytes:
    return _text(attribute.children[-1], content)


def _text(node: "Node", content: bytes) -> bytes:
    return content[node.start_byte : node.end_byte]


def _dicts(value: Any) -> list[dict[str, Any]]:
    """A block of JSON, which may be one object or a list of them."""
    return [item for item in (value if isinstance(value, list) else [value]) if isinstance(item, dict)]


def _labelled(value: Any) -> Iterator[tuple[str, dict[str, Any]]]:
    for types in _dicts(value):
        for kind, names in types.items():
            for blocks in _dicts(names):
                for block in blocks.values():
                    yield from ((kind, one) for one in _dicts(block))
