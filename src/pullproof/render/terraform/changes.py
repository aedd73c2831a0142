"""Changes to blocks of the user's, as values: the same one is wanted for several instances, and made once."""

from functools import partial
from typing import TYPE_CHECKING, TypeAlias

import msgspec

from pullproof.render.base import CannotWrite
from pullproof.render.terraform import hcl
from pullproof.render.terraform.document import Document, Spot, calls_to, inner
from pullproof.render.terraform.hcl import Assign, Nested
from pullproof.render.terraform.json_text import add_to_json
from pullproof.render.terraform.keys import Pointer
from pullproof.render.terraform.policies import Written, as_block, as_json, as_object, document
from pullproof.render.terraform.surgery import (
    add_block,
    add_to_list,
    add_to_tuple,
    rename_argument,
    set_argument,
)
from pullproof.render.terraform.workspace import Found

if TYPE_CHECKING:
    from tree_sitter import Node


class SetArgument(msgspec.Struct, frozen=True):
    """An argument with another value."""

    inside: tuple[str, ...]
    name: str
    value: str

    def make(self, found: Found) -> None:
        """Change the block."""
        set_argument(found.document, _spot(found, self.inside), self.name, self.value)


class SwapArgument(msgspec.Struct, frozen=True):
    """One of several arguments that exclude each other, replaced by another of them.

    `where` is an argument and its value that a nested block must have, for the one that is meant.
    """

    inside: tuple[str, ...]
    old: tuple[str, ...]
    name: str
    value: str
    where: tuple[str, str] = ("", "")

    def make(self, found: Found) -> None:
        """Change the block."""
        rename_argument(
            found.document, _spot(found, self.inside), self.old, (self.name, self.value), self.where
        )


class AddBlock(msgspec.Struct, frozen=True):
    """A nested block more; `kinds` are the types it stands among."""

    inside: tuple[str, ...]
    text: str
    kinds: tuple[str, ...]

    def make(self, found: Found) -> None:
        """Change the block."""
        add_block(found.document, _spot(found, self.inside), self.text, self.kinds)


class AddItem(msgspec.Struct, frozen=True):
    """An item more in a list; the argument is added where it is not written."""

    inside: tuple[str, ...]
    name: str
    item: str
    certain_list: bool = False

    def make(self, found: Found) -> None:
        """Change the block."""
        spot = _spot(found, self.inside)
        written = found.document.attribute(spot, self.name)
        if written is None or found.document.text(written).strip() == "null":
            set_argument(found.document, spot, self.name, f"[{self.item}]")
            return
        add_to_list(found.document, written, self.item, certain_list=self.certain_list)


class AddStatements(msgspec.Struct, frozen=True):
    """Statements more in a policy, in the style that it is written in."""

    inside: tuple[str, ...]
    name: str
    statements: tuple[Written, ...]

    def make(self, found: Found) -> None:
        """Change the block.

        Raises:
            CannotWrite: the policy is in no style that takes one.
        """
        if not self.fits(found, make=True):
            raise CannotWrite("the policy is not written out here", "add the statement where it is made")

    def fits(self, found: Found, *, make: bool = False) -> bool:
        """Whether the policy is written where it is used, so that a statement can be added to it."""
        document_, spot = found.document, _spot(found, self.inside)
        value = document_.attribute(spot, self.name)
        if value is None:
            if make:
                set_argument(document_, spot, self.name, document(list(self.statements)))
            return True
        encoded = calls_to(value, "jsonencode")
        if encoded is not None:
            return self._encoded(document_, spot, encoded, make=make)
        if inner(value).type == "heredoc_template":
            return self._heredoc(document_, value, make=make)
        return False

    def _encoded(self, document_: Document, spot: Spot, encoded: "Node", *, make: bool) -> bool:
        listed = _statements(encoded)
        if listed is None:
            return False
        if not make:
            return True
        for statement in self.statements:
            value = document_.attribute(spot, self.name)
            arguments = calls_to(value, "jsonencode") if value is not None else None
            listed = _statements(arguments) if arguments is not None else None
            if listed is not None:
                _add_object(document_, listed, statement)
        return True

    def _heredoc(self, document_: Document, value: "Node", *, make: bool) -> bool:
        text = document_.text(value)
        for statement in self.statements:
            changed = add_to_json(text, partial(as_json, statement))
            if changed is None:
                return False
            text = changed
        if make:
            document_.replace(value.start_byte, value.end_byte, text)
        return True


class AddToDocument(msgspec.Struct, frozen=True):
    """Statements more in a data source that policies come from."""

    statements: tuple[Written, ...]

    def make(self, found: Found) -> None:
        """Change the data source."""
        for statement in self.statements:
            nested = as_block(statement)
            add_block(found.document, found.spot, hcl.block(nested.head, nested.items), ("statement",))


class WrapPolicy(msgspec.Struct, frozen=True):
    """A policy that comes from elsewhere, with statements more: a data source joins the two."""

    inside: tuple[str, ...]
    name: str
    document: str
    statements: tuple[Written, ...]

    def make(self, found: Found) -> None:
        """Change the block, and add the data source behind it.

        Raises:
            CannotWrite: there is no policy.
        """
        spot = _spot(found, self.inside)
        value = found.document.attribute(spot, self.name)
        if value is None:
            raise CannotWrite("the policy is not written there", "add the statement where the policy is made")
        whole = Nested(
            f'data "aws_iam_policy_document" "{self.document}"',
            (
                Assign("source_policy_documents", f"[{found.document.text(value)}]"),
                *(as_block(statement) for statement in self.statements),
            ),
        )
        set_argument(found.document, spot, self.name, f"data.aws_iam_policy_document.{self.document}.json")
        found.document.append(hcl.block(whole.head, whole.items), found.document.block(found.spot))


Change: TypeAlias = (
    SetArgument | SwapArgument | AddBlock | AddItem | AddStatements | AddToDocument | WrapPolicy
)
#: A change, and the block it is made in.
Placed: TypeAlias = tuple[Pointer, Change]


def _spot(found: Found, inside: tuple[str, ...]) -> Spot:
    return Spot(found.spot.labels, inside)


def _statements(encoded: "Node") -> "Node | None":
    """The list or the one object of statements of an object that is written out."""
    first = next((child for child in encoded.children if child.type == "expression"), None)
    whole = inner(first) if first is not None else None
    if whole is None or whole.type != "object":
        return None
    for element in whole.children:
        if element.type != "object_elem":
            continue
        name = (element.children[0].text or b"").decode("utf-8", "replace").strip('"')
        if name == "Statement":
            found = inner(element.children[-1])
            return found if found.type in ("tuple", "object") else None
    return None


def _add_object(document_: Document, listed: "Node", statement: Written) -> None:
    one_line = listed.start_point.row == listed.end_point.row
    text = as_object(statement)
    if one_line:
        text = " ".join(line.strip() if at else line for at, line in enumerate(_flat(text)))
    if listed.type == "tuple":
        add_to_tuple(document_, listed, text)
        return
    old = document_.text(listed)
    if one_line:
        document_.replace(listed.start_byte, listed.end_byte, f"[{old}, {text}]")
        return
    indent = document_.indent_of(listed.start_byte)
    moved = text.replace("\n", f"\n{indent}")
    document_.replace(listed.start_byte, listed.end_byte, f"[{old}, {moved}]")


def _flat(text: str) -> list[str]:
    """The lines of an object as they stand on one line: with commas between its items, and single spaces."""
    out: list[str] = []
    for raw in text.split("\n"):
        line = raw.strip()
        name, equals, value = line.partition(" = ")
        line = f"{name.rstrip()}{equals}{value}" if equals and not name.startswith('"') else line
        ends = line.endswith(("{", "[", ","))
        closing = line.startswith(("}", "]"))
        if out and closing:
            out[-1] = out[-1].removesuffix(",")
        out.append(line if ends else f"{line},")
    out[-1] = out[-1].removesuffix(",")
    return out
