"""What the folders of a snapshot tell, by kind: every thing once, and what is not told."""

from collections.abc import Iterable
from typing import Any

from pullproof.errors import InputError
from pullproof.model.value import Unknown, Why
from pullproof.sources.snapshot.answers import Folder
from pullproof.sources.snapshot.item import Item
from pullproof.sources.snapshot.kind import Kind
from pullproof.sources.snapshot.layout import BY_NAME, GLOBAL, MORE

#: What says whose a thing is, for things that several accounts are shown.
OWNERS = ("OwnerId", "TransitGatewayOwnerId", "VpcOwnerId")


class Told:
    """The answers of all folders."""

    def __init__(self, folders: Iterable[Folder]) -> None:
        self.folders = list(folders)
        self._items: dict[str, list[Item]] = {}
        #: Identifiers of things by the name of their kind, in each folder.
        self._whole: dict[tuple[str, str], bool] = {}
        for folder in self.folders:
            for name, document in folder.documents.items():
                self._add(folder, BY_NAME[name], document)

    def of(self, name: str) -> list[Item]:
        """All things of a kind, each once: as its owner sees it, where the owner is among the accounts."""
        return self._items.get(name, [])

    def has(self, name: str, scope: str) -> bool:
        """Whether the folder has the whole list of a kind."""
        return self._whole.get((name, scope), False)

    def missing(self, name: str, scope: str, what: str, at: str) -> Unknown | None:
        """Why a folder does not tell all of a kind; None when it does."""
        return None if self.has(name, scope) else self.untold(name, scope, what, at)

    def untold(self, name: str, scope: str, what: str, at: str) -> Unknown:
        """Why a kind, or one thing of it, is not told."""
        kind = BY_NAME[name]
        account = scope.partition("/")[0]
        for folder in self.folders:
            if name in folder.denied and (
                scope_of(folder) == scope or (kind.everywhere and folder.account == account)
            ):
                return Unknown(Why.NOT_ALLOWED, what, at, folder.denied[name])
        there = any((name, place) in self._whole for place in (scope, f"{account}/{GLOBAL}"))
        says = "does not tell all" if there else "is not in the snapshot"
        return Unknown(Why.NOT_ASKED, what, at, f"{kind.file} {says}: {kind.cli}")

    def _add(self, folder: Folder, kind: Kind, document: dict[str, Any]) -> None:
        scope = scope_of(folder)
        place = f"{folder.place}: {kind.key}" if folder.place else f"{kind.file}: {kind.key}"
        listed = document.get(kind.key)
        if isinstance(listed, dict) and kind.name in ALONE:
            listed = [listed]
        if not isinstance(listed, list):
            raise InputError(f"{kind.key} is no list", place=place, remedy=f"{kind.cli} > {kind.file}")
        more = any(document.get(name) for name in MORE) or document.get("IsTruncated") is True
        before = self._whole.get((kind.name, scope), True)
        self._whole[kind.name, scope] = before and not more
        held = self._items.setdefault(kind.name, [])
        seen = {_identity(kind, item): index for index, item in enumerate(held)}
        for index, raw in enumerate(listed):
            at = f"{place}[{index}]"
            if not isinstance(raw, dict):
                raise InputError("an object is expected here", place=at, remedy=f"{kind.cli} > {kind.file}")
            item = Item(raw, at, scope, folder.account)
            mark = _identity(kind, item)
            if mark not in seen:
                seen[mark] = len(held)
                held.append(item)
            elif _owns(item):
                held[seen[mark]] = item


#: Kinds whose answer is one object, not a list.
ALONE = ("VpcBlockPublicAccessOptions", "Organization")


def scope_of(folder: Folder) -> str:
    """The name of a folder: "123456789012/eu-west-1"."""
    return f"{folder.account}/{folder.region}"


def _owns(item: Item) -> bool:
    return any(item.raw.get(name) == item.account != "" for name in OWNERS)


def _identity(kind: Kind, item: Item) -> tuple[str, ...]:
    """What a thing is called. Names are unique in one account and region only.

    Raises:
        InputError: it has no identifier.
    """
    alternatives = kind.identity[0].split("|")
    found = next((name for name in alternatives if item.raw.get(name)), "")
    if not found:
        raise InputError(
            f"there is no {alternatives[0]}", place=item.place, remedy=f"{kind.cli} > {kind.file}"
        )
    value = item.raw[found]
    text = value if isinstance(value, str) else repr(value)
    return (text,) if kind.worldwide else (text, item.scope, *_more(item))


def _more(item: Item) -> tuple[str, ...]:
    """What tells apart things of one name: targets of the same rule on different buses."""
    values = (item.raw.get(name) for name in ("EventBusName", "GroupName", "VpcId", "TransitGatewayId"))
    return tuple(value for value in values if isinstance(value, str))
