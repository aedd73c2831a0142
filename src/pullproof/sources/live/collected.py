"""What has been answered, by row while it is collected and by file afterwards."""

from collections.abc import Iterable, Mapping
from typing import Any

import msgspec

from pullproof.sources.live.values import Call, Got, Kind, Missing, Seen
from pullproof.sources.snapshot.answers import Folder
from pullproof.sources.snapshot.layout import BY_NAME, GLOBAL
from pullproof.sources.snapshot.told import ALONE

#: What identifies an item while its parts come in from several calls, where the layout says otherwise.
PARTS = {"Roles": "RoleName"}
#: What tells apart things of the same name.
BESIDE = ("EventBusName", "GroupName", "registryId", "VPCRegion")
#: Stands beside a list that is not whole, as it would in an answer that goes on.
GOES_ON = {"NextToken": "one of the calls had no answer"}


class Collected(Seen):
    """The answers of a run."""

    def __init__(self, start: Iterable[Got]) -> None:
        self._rows: dict[str, list[Got]] = {"start": list(start)}
        #: (folder's region, file) -> the items, and the calls that were made for it.
        self._files: dict[tuple[str, str], list[Any]] = {}
        self.missing: list[Missing] = []
        #: How many requests were made, pages counted one by one, by call.
        self.requests: dict[str, int] = {}

    def of(self, row: str) -> Iterable[Got]:
        """The items that a row has given."""
        return self._rows.get(row, ())

    def add(self, call: Call, region: str, asked: Mapping[str, Any], items: Iterable[Any]) -> None:
        """Keep what a call has answered."""
        held = list(items)
        self._rows.setdefault(call.row, []).extend(
            Got(region=region, item=item, asked=asked) for item in held
        )
        if call.file:
            self._files.setdefault((_folder(call, region), call.file), []).extend(held)

    def seed(self, row: str, items: Iterable[Got]) -> None:
        """Keep what stands in for answers of a row, and goes into no file."""
        self._rows.setdefault(row, []).extend(items)

    def count(self, call: Call, pages: int) -> None:
        """Count what was sent."""
        self.requests[call.name] = self.requests.get(call.name, 0) + pages

    def miss(self, call: Call, region: str, lost: Missing) -> None:
        """Keep that a call had no answer."""
        self.missing.append(
            Missing(
                call=call,
                file=lost.file,
                region=_folder(call, region),
                of=lost.of,
                trouble=lost.trouble,
            )
        )

    def folders(self, account: str, place: str) -> list[Folder]:
        """The answers as the folders of a snapshot, each list sorted."""
        denied = self.denied()
        regions = sorted({region for region, _ in self._files} | set(denied))
        return [
            Folder(
                account=account,
                region=region,
                documents=self._documents(region),
                denied=denied.get(region, {}),
                place=place,
            )
            for region in regions
        ]

    def denied(self) -> dict[str, dict[str, str]]:
        """By region and file, the sentence that settles what is lacking."""
        found: dict[str, dict[str, dict[str, None]]] = {}
        for lost in self.missing:
            found.setdefault(lost.region, {}).setdefault(lost.file, {})[settled_by(lost)] = None
        return {
            region: {file: "; ".join(sorted(says)) for file, says in sorted(files.items())}
            for region, files in found.items()
        }

    def _documents(self, region: str) -> dict[str, dict[str, Any]]:
        lacking = {lost.file for lost in self.missing if lost.region == region}
        found: dict[str, dict[str, Any]] = {}
        for (where, file), items in sorted(self._files.items()):
            if where != region or (not items and file in lacking):
                continue
            kind = BY_NAME[file]
            listed = merged(file, items)
            more = GOES_ON if file in lacking and not kind.each else {}
            if file in ALONE and listed:
                found[file] = {kind.key: listed[0]}
            else:
                found[file] = {kind.key: listed} | more
        return found


def _folder(call: Call, region: str) -> str:
    return GLOBAL if call.everywhere else region


def settled_by(lost: Missing) -> str:
    """What to do so that the call has an answer the next time."""
    call, trouble = lost.call, lost.trouble
    of = f" on {', '.join(lost.of[:3])}" if call.most == 1 and lost.of and lost.of[0] else ""
    if trouble.kind is Kind.DENIED and call.service == "organizations":
        return (
            f"allow {call.actions[0]}, which only the organization's management account and delegated"
            " administrators have; until then they are taken to deny nothing"
        )
    if trouble.kind is Kind.DENIED:
        return f"allow {' and '.join(call.actions)}{of} to the caller"
    if trouble.kind is Kind.THROTTLED:
        return f"AWS asked to slow down at {call.name}: try again later"
    if trouble.kind is Kind.UNREACHABLE:
        return (
            f"{call.name} had no answer ({trouble.code}): try again from where {call.service} can be reached"
        )
    return f"{call.name}{of} failed ({trouble.code or 'no code'}): {_short(trouble.message) or 'try again'}"


def _short(message: str) -> str:
    """A message on one line; a page of HTML, which a proxy may answer with, says nothing."""
    text = " ".join(message.partition("<")[0].split())
    return text if len(text) <= 200 else f"{text[:199]}…"


def merged(file: str, items: Iterable[Any]) -> list[Any]:
    """Each thing once, its parts together, in a stable order."""
    found: dict[str, Any] = {}
    for item in items:
        key = _identity(file, item)
        found[key] = _joined(found[key], item) if key in found else item
    return [found[key] for key in sorted(found)]


def _identity(file: str, item: Any) -> str:
    names = (PARTS.get(file) or BY_NAME[file].identity[0]).split("|")
    values = [item.get(name) for name in (*names, *BESIDE)] if isinstance(item, dict) else [item]
    return msgspec.json.encode(values).decode()


def _joined(one: Any, other: Any) -> Any:
    """Two parts of the same thing: fields of both, lists one after the other."""
    if isinstance(one, dict) and isinstance(other, dict):
        return one | {
            name: _joined(one[name], value) if name in one else value for name, value in other.items()
        }
    if isinstance(one, list) and isinstance(other, list):
        held: dict[str, Any] = {}
        for item in (*one, *other):
            key = _part(item)
            held[key] = _joined(held[key], item) if key in held and isinstance(item, dict) else item
        return list(held.values())
    return other


def _part(item: Any) -> str:
    """What two parts of an item in a list have in common."""
    if isinstance(item, dict) and item.get("PolicyName"):
        return str(item["PolicyName"])
    return msgspec.json.encode(item, order="sorted").decode()
