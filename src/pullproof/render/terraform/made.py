"""What every new resource is made with: references from its module, and a name that is free there."""

from collections.abc import Sequence

from pullproof.model.edits import new
from pullproof.model.value import Unknown
from pullproof.render.base import CannotWrite
from pullproof.render.terraform import hcl
from pullproof.render.terraform.hcl import Item
from pullproof.render.terraform.keys import Calls, Pointer
from pullproof.render.terraform.writer import Fresh, Writer


class Made:
    """Writes resources for one edit in one module instance."""

    def __init__(self, writer: Writer, scope: Calls) -> None:
        self.writer = writer
        self.scope = scope
        self.out: list[Fresh] = []

    def ref(self, key: str, attribute: str = "id") -> str:
        """A reference from here."""
        return self.writer.refs.of(key, attribute, self.scope)

    def refs(self, keys: Sequence[str], attribute: str = "id") -> str:
        """A list of references; all instances of one resource become a splat."""
        return every(self.writer, self.scope, keys, attribute)

    def add(self, kind: str, wanted: str, *items: Item, beside: str = "") -> Fresh:
        """A resource by a name that is free."""
        name = self.writer.names.free(self.scope, kind, wanted)
        found = Fresh(self.scope, kind, name, items, beside=beside)
        self.out.append(found)
        return found

    def define(self, name: str, kind: str, *items: Item) -> Fresh:
        """A resource that other edits refer to by the name of its edit."""
        found = self.add(kind, name, *items)
        self.writer.make(new(name), Pointer(self.scope, found.address))
        return found


def every(writer: Writer, scope: Calls, keys: Sequence[str], attribute: str) -> str:
    """A list of references; where they are all instances of one resource, a splat of it."""
    places = [writer.refs.where(key) for key in keys]
    first = places[0] if places else None
    if (
        len(places) > 1
        and first is not None
        and first.index is not None
        and first.calls == scope
        and all(at is not None and at.block == first.block and at.calls == scope for at in places)
        and writer.instances(first) == frozenset(keys)
    ):
        if isinstance(first.index, int):
            return f"{first.block}[*].{attribute}"
        return f"values({first.block})[*].{attribute}"
    return hcl.listed([writer.refs.of(key, attribute, scope) for key in keys])


def known(ref: str | Unknown) -> str:
    """A key that an edit holds; edits are made of what is known."""
    if isinstance(ref, Unknown):
        raise CannotWrite("what the edit refers to is not known", ref.settle_by)
    return ref


def short(made: Made, key: str) -> str:
    """A word for something, for the names of what is added to it."""
    at = made.writer.refs.where(key)
    if at is None:
        return hcl.label(key)
    index = "" if at.index is None else f"_{at.index}"
    return hcl.label(
        f"{at.name}{index}" if at.name != "this" or not at.calls else f"{at.calls[-1][0]}{index}"
    )
