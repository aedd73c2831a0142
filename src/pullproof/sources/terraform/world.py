"""What all adapters share: the tree by type, references as keys, text in one spelling, defaults."""

import re
from collections.abc import Iterable, Iterator
from typing import Any

from pullproof.model.addresses import Addresses, of
from pullproof.model.estate import Estate
from pullproof.model.text import CLOSE, HOLE, KIND, OPEN, Text, hole, is_exact, sole_hole, typed
from pullproof.model.value import Listing, Maybe, Origin, Unknown, Why
from pullproof.sources.base import Options
from pullproof.sources.terraform.identifiers import is_identifier
from pullproof.sources.terraform.spelling import spelt
from pullproof.sources.terraform.tree import Resource, Some, Tree, Value, own
from pullproof.sources.terraform.whereabouts import Whereabouts

#: Attributes that are the resource itself, in some spelling.
_PLURAL = tuple(f"{mark}{name}{CLOSE}" for mark in "._" for name in ("ids", "arns"))
SELF = frozenset(
    ("id", "arn", "name", "key_id", "zone_id", "allocation_id", "arn_without_revision", "family")
)


class World:
    """A tree being turned into an estate."""

    def __init__(self, tree: Tree, options: Options) -> None:
        self.tree = tree
        self.options = options
        self.estate = Estate()
        self.by_type: dict[str, list[Resource]] = {}
        self.ids: dict[str, str] = {}
        #: DNS names of endpoints that AWS has chosen, and the endpoints.
        self.endpoint_names: dict[str, str] = {}
        #: Names of roles, and their keys.
        self.role_keys: dict[str, str] = {}
        #: (type, name) -> key, for what is called by its name.
        self.names: dict[tuple[str, str], str] = {}
        self.gone: dict[str, str] = {}
        self._deleted: list[Resource] = []
        #: Keys of things that nobody writes, and of what stands in for them ("aws_vpc.a.main_route_table_id").
        self.aliases: dict[str, str] = {}
        #: The blocks of prefix lists, as they are written, where all are known.
        self.lists: dict[str, tuple[str, ...]] = {}
        #: What of a VPC's own it is not certain who keeps.
        self.disputed: dict[tuple[str, str], Unknown] = {}
        self._texts: dict[str, Text] = {}
        for resource in tree.resources.values():
            self._index(resource)
        self.estate.open.update(tree.open)
        self.where = Whereabouts(tree, options)

    def of(self, *types: str) -> Iterator[Resource]:
        """The resources of some types that are there after the apply; "data.TYPE" for data sources."""
        for name in types:
            yield from self.by_type.get(name, ())

    def open(self, kind: str, reason: Unknown) -> None:
        """Nouns of a kind may exist beside those of the input."""
        self.estate.open[kind] = (*self.estate.open.get(kind, ()), reason)

    def deleted(self, *types: str) -> Iterator[Resource]:
        """What the plan takes away, and what it changes as it was before."""
        for resource in self._deleted:
            if resource.type in types:
                yield resource

    def key(self, value: Value, at: Resource, what: str) -> Maybe[str]:
        """The key of what a value identifies; `what` names the argument."""
        if isinstance(value, Unknown):
            return value
        if isinstance(value, Some):
            return value.reason
        if not isinstance(value, str) or not value:
            return self.unknown(at, what)
        if OPEN not in value:
            return self.ids.get(value, value)
        name = sole_hole(value)
        if not name or name.startswith("?"):
            return self.untold(value, at, what)
        return self.alias(name)

    def same(self, resource: Resource) -> str:
        """The key of what a resource is: a data source may look up something that is also made here."""
        value = resource.values.get("id")
        if not isinstance(value, str) or not value:
            return resource.address
        if OPEN not in value:
            return self.ids.get(value, resource.address)
        name = sole_hole(value)
        return self.alias(name) if name and name != f"{resource.address}.id" else resource.address

    def alias(self, name: str) -> str:
        """The key behind a reference like "aws_vpc.main.default_security_group_id"."""
        if name in self.aliases:
            return self.aliases[name]
        resource, attribute = self.owner(name)
        if resource is None:
            return name
        value = resource.values.get(attribute)
        if attribute not in SELF and isinstance(value, str) and value and value != hole(name):
            found = self.ids.get(value, value) if OPEN not in value else self.alias(sole_hole(value) or name)
        elif attribute in SELF or attribute == "primary_network_interface_id":
            found = self.same(resource) if resource.data else resource.address
        else:
            found = name
        self.aliases[name] = found
        return found

    def owner(self, name: str) -> tuple[Resource | None, str]:
        """The resource that a hole's name begins with, and the rest of the name."""
        address = name
        while "." in address:
            address, _, _ = address.rpartition(".")
            found = self.tree.resources.get(address)
            if found is not None:
                return found, name[len(address) + 1 :]
        return None, ""

    def keys(self, value: Value, at: Resource, what: str) -> Listing[str]:
        """The keys that a list identifies. None is an empty list."""
        if value is None:
            return Listing()
        if isinstance(value, Some):
            each = self.keys(list(value.values), at, what)
            return Listing((), (value.reason, *each.open), () if each.open else each.items)
        if not isinstance(value, list):
            one = self.key(value, at, what)
            return Listing((), (one,)) if isinstance(one, Unknown) else self._listed(one, at, what)
        known: dict[str, None] = {}
        opened: list[Unknown] = []
        for item in value:
            if isinstance(item, str) and item.endswith(_PLURAL):
                opened += self._listed(sole_hole(item), at, what).open
                continue
            one = self.key(item, at, what)
            if isinstance(one, Unknown):
                opened.append(one)
            else:
                known[one] = None
        return Listing(tuple(known), tuple(opened))

    def _listed(self, name: str, at: Resource, what: str) -> Listing[str]:
        """A list that is known only by the name of another one ("data.aws_subnets.private.ids")."""
        settle = f"{name} is looked up during the apply: check the plan or the state after it"
        unknown = Unknown(Why.AFTER_APPLY, f"{what} of {at.address} ({name})", at.address, settle)
        return Listing((), (unknown,))

    def text(self, value: Value, at: Resource, what: str) -> Maybe[Text]:
        """A text in the one spelling that all of the estate uses."""
        if isinstance(value, Unknown):
            return value
        if isinstance(value, str):
            return self.spelt(value)
        if isinstance(value, bool):
            return "true" if value else "false"
        if isinstance(value, int | float):
            return str(value)
        return self.unknown(at, what)

    def texts(self, value: Value, at: Resource, what: str) -> Listing[Text]:
        """A list of texts. None is an empty list."""
        if value is None:
            return Listing()
        if isinstance(value, Some):
            return Listing((), (value.reason,))
        found = [self.text(item, at, what) for item in (value if isinstance(value, list) else [value])]
        return Listing(
            tuple(item for item in found if not isinstance(item, Unknown)),
            tuple(item for item in found if isinstance(item, Unknown)),
        )

    def spelt(self, text: Text) -> Text:
        """The same text with every hole in its one spelling."""
        return HOLE.sub(lambda found: self._spelling(found[1]), text) if OPEN in text else text

    def document(self, value: Value) -> Value:
        """A policy document or container definitions: text and trees, every hole in its one spelling."""
        if isinstance(value, str):
            return self.spelt(value)
        if isinstance(value, list):
            return [self.document(item) for item in value]
        if isinstance(value, dict):
            return {name: self.document(item) for name, item in value.items()}
        return value.reason if isinstance(value, Some) else value

    def _spelling(self, name: str) -> Text:
        if name not in self._texts:
            self._texts[name] = hole(name)  # what leads back to itself stays as it is
            resource, attribute = self.owner(name) if KIND not in name else (None, "")
            if resource is not None:
                self._texts[name] = self._settled(resource, attribute, name)
            elif name == "region" and self.tree.typed:
                # A template's own region: a zone that is written out may tell it.
                told = self.where.provider_region("aws")
                self._texts[name] = hole(name) if isinstance(told, Unknown) else told
        return self._texts[name]

    def _settled(self, resource: Resource, attribute: str, name: str) -> Text:
        text = spelt(resource, attribute, self.where, self.own_text)
        if text == hole(name):
            return typed(name, resource.type) if self.tree.typed else text
        return self.spelt(text)

    def own_text(self, resource: Resource, attribute: str) -> Text:
        """A resource's own name, ARN, id or URL."""
        value = resource.values.get(attribute)
        if isinstance(value, str) and value and OPEN not in value:
            return value
        return self._spelling(f"{resource.address}.{attribute}")

    def flag(self, resource: Resource, name: str, *, default: bool) -> Maybe[bool]:
        """A boolean argument and what AWS or Terraform takes when it is left out."""
        value = resource.values.get(name)
        if isinstance(value, bool):
            return value
        if value is None or is_left_out(resource, name, value):
            return default
        if value in ("true", "false"):
            return bool(value == "true")
        return value if isinstance(value, Unknown) else self.unknown(resource, name)

    def word(self, resource: Resource, name: str, *, default: str) -> Maybe[str]:
        """An exact text argument and what is taken when it is left out."""
        value = resource.values.get(name)
        if value is None or value == "" or is_left_out(resource, name, value):
            return default
        if isinstance(value, str):
            value = self.spelt(value)
            return value if is_exact(value) else self.untold(value, resource, name)
        return value if isinstance(value, Unknown) else self.unknown(resource, name)

    def blocks(self, values: Iterable[Value], at: Resource, what: str) -> Maybe[Addresses]:
        """The addresses of CIDR blocks; one that is unknown makes all unknown. None and "" are no block."""
        texts = []
        for value in values:
            if isinstance(value, Unknown):
                return value
            if value is None or value == "":
                continue
            if not isinstance(value, str) or OPEN in value:
                return self.unknown(at, what)
            texts.append(value)
        try:
            return of(*texts)
        except ValueError:
            return self.unreadable(at, what, ", ".join(texts))

    def unknown(self, at: Resource, what: str) -> Unknown:
        """An attribute that is known only after apply."""
        return Unknown(self.tree.later, f"{said(at, what)} of {at.address}", at.address, self.tree.supply)

    def untold(self, value: Value, at: Resource, what: str) -> Unknown:
        """Why a value is not known, and how to settle it where its name says so."""
        if isinstance(value, Unknown):
            return value
        name = sole_hole(value) if isinstance(value, str) else ""
        if name not in self.tree.settle:
            return self.unknown(at, what)
        told = f"{said(at, what)} of {at.address} ({name.removeprefix('?')})"
        return Unknown(Why.NOT_IN_INPUT, told, at.address, self.tree.settle[name])

    def unreadable(self, at: Resource, what: str, text: str) -> Unknown:
        """An attribute that is written as AWS would not accept it."""
        told = said(at, what)
        return Unknown(
            Why.NOT_FOLLOWED, f"{told} of {at.address}", at.address, f"{text[:60]!r} is no {told}: mend it"
        )

    def _index(self, resource: Resource) -> None:
        if resource.deleted:
            self._deleted.append(resource)
            for name in ("id", "arn"):
                value = resource.values.get(name)
                if isinstance(value, str) and value:
                    self.gone[value] = resource.address
            return
        kind = f"data.{resource.type}" if resource.data else resource.type
        self.by_type.setdefault(kind, []).append(resource)
        for name in ("id", "arn"):
            value = resource.values.get(name)
            if not isinstance(value, str) or OPEN in value or not is_identifier(value):
                continue
            if value not in self.ids or self._owns(resource, self.ids[value]):
                self.ids[value] = resource.address

    def _owns(self, resource: Resource, other: str) -> bool:
        """Whether an identifier that two resources have is this one's, and not `other`'s.

        What is made beats what is looked up, and a thing beats what is attached to it, whose type has
        the longer name: the policy of a secret has the secret's ARN for its id.
        """
        held = self.tree.resources[other]
        return not resource.data and (held.data or len(resource.type) <= len(held.type))


def is_left_out(resource: Resource, name: str, value: Value) -> bool:
    """Whether AWS's default holds: nothing is written, or null; an unknown argument is no name of its own."""
    return value is None or (isinstance(value, str) and value == own(resource.address, name))


def written(resource: Resource, name: str) -> Value:
    """An argument's value; None when it is left out."""
    value = resource.values.get(name)
    return None if is_left_out(resource, name, value) else value


def given(value: Value) -> bool:
    """Whether an argument holds anything, known or not; empty text and lists are how nothing is written."""
    return value is not None and value not in ("", [], {})


def plain(value: Value) -> str:
    """A text that is known to the last character, else ""."""
    return value if isinstance(value, str) and OPEN not in value else ""


def blocks_of(value: Value) -> list[dict[str, Any]] | Unknown:
    """Nested blocks as a list of tables, whatever the provider's schema makes of them."""
    if isinstance(value, Unknown):
        return value
    if isinstance(value, Some):
        return value.reason
    if isinstance(value, dict):
        return [value]
    if isinstance(value, list):
        for item in value:
            if isinstance(item, Unknown):
                return item
        return [item for item in value if isinstance(item, dict)]
    return []


def first_block(value: Value) -> dict[str, Any] | Unknown:
    """The only block of its kind; an empty table when there is none."""
    found = blocks_of(value)
    return found if isinstance(found, Unknown) else (found[0] if found else {})


def at(resource: Resource, path: str = "") -> Origin:
    """Where something in a resource is written."""
    return Origin(resource.address, said(resource, path))


def said(resource: Resource, path: str) -> str:
    """An argument, or a path that begins with one ("ingress[0]"), as the input spells it."""
    if not resource.words or not path:
        return path
    head = re.match(r"\w+", path)
    return path if head is None else resource.words.get(head[0], head[0]) + path[head.end() :]
