"""A folder of answers: which files are answers, of which account and region; or whether it is one at all."""

import os
from collections.abc import Iterator
from itertools import islice
from pathlib import Path
from typing import Any

import msgspec

from pullproof.errors import InputError
from pullproof.sources.detect import as_utf8
from pullproof.sources.snapshot.answers import Folder, Manifest
from pullproof.sources.snapshot.kind import Kind
from pullproof.sources.snapshot.layout import BY_KEY, BY_NAME, GLOBAL, MANIFEST, MORE, UNFINISHED
from pullproof.sources.terraform.providers import is_region

#: How many folders deep answers are looked for, and among how many files.
DEEP = 6
MOST_FILES = 20_000
#: Among how many the first answer is looked for that shows that it is a snapshot.
ENOUGH = 2_000
#: Folders that hold thousands of files and no answer.
PASSED = ("node_modules", "site-packages")
#: Names that people give to the folder of what has no region.
NOWHERE = (GLOBAL, "aws-global")
#: Top-level keys of single answers, and the kind that each is one of.
SINGLE = {"taskDefinition": "TaskDefinitions", "KeyMetadata": "Keys", "HostedZone": "HostedZones"}
#: Other calls that tell of the same things.
ALSO = {"Roles": "Roles"}

Document = dict[str, Any]


def is_snapshot(path: str) -> bool:
    """Whether a folder holds a snapshot, whole or not, ours or made by hand."""
    root = Path(path)
    if (root / MANIFEST).is_file() or (root / UNFINISHED).exists():
        return True
    return any(_answers(_decoded(file, strict=False), file) for file in islice(_files(root), ENOUGH))


def read_folder(path: str) -> tuple[list[Folder], Manifest | None, tuple[str, ...]]:
    """The answers in a folder, its manifest, and the files that hold something else.

    Raises:
        InputError: it is half a snapshot, or a file of it cannot be read.
    """
    root = Path(path)
    if (root / UNFINISHED).exists():
        raise InputError(
            "this is half a snapshot: the run that should have written it did not end",
            place=path,
            remedy=f"take it again, or delete {UNFINISHED} to have what is there judged as it is",
        )
    manifest = _manifest(root)
    found: dict[tuple[str, str], dict[str, Document]] = {}
    places: dict[tuple[str, str], str] = {}
    others = []
    for file in _files(root):
        if file.name == MANIFEST:
            continue
        answers = _answers(_decoded(file, strict=True), file)
        if not answers:
            others.append(os.fspath(file.relative_to(root)))
        where = _where(root, file)
        places.setdefault(where, os.fspath(file.parent.relative_to(root)))
        for kind, document in answers:
            _join(found.setdefault(where, {}), kind, document)
    folders = [_folder(where, documents, places[where], manifest) for where, documents in found.items()]
    return [*folders, *_denied(folders, manifest)], manifest, tuple(others)


def _folder(
    where: tuple[str, str], documents: dict[str, Document], place: str, manifest: Manifest | None
) -> Folder:
    denied = manifest.denied.get("/".join(where), {}) if manifest is not None else {}
    account, region = where
    shown = "" if place == "." else place
    return Folder(account=account, region=region, documents=documents, denied=_known(denied), place=shown)


def _denied(folders: list[Folder], manifest: Manifest | None) -> Iterator[Folder]:
    """Accounts and regions in which every call was denied: there is nothing of them but this."""
    there = {f"{folder.account}/{folder.region}" for folder in folders}
    for name, denied in manifest.denied.items() if manifest is not None else ():
        if name not in there:
            account, _, region = name.partition("/")
            yield Folder(account=account, region=region, documents={}, denied=_known(denied), place=name)


def _known(denied: dict[str, str]) -> dict[str, str]:
    return {name: why for name, why in denied.items() if name in BY_NAME}


def _manifest(root: Path) -> Manifest | None:
    file = root / MANIFEST
    if not file.is_file():
        return None
    try:
        found = msgspec.json.decode(_bytes(file), type=Manifest)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
        raise InputError(
            f"this is no manifest: {error}", place=os.fspath(file), remedy="take the snapshot again"
        ) from None
    if found.schema != 1:
        raise InputError(
            f"this snapshot is of form {found.schema}, and form 1 is known",
            place=os.fspath(file),
            remedy="read it with the version of pullproof that took it",
        )
    return found


def _files(root: Path) -> Iterator[Path]:
    """The JSON files below a folder, in order."""
    count = 0
    for folder, inner, names in os.walk(root):
        depth = len(Path(folder).relative_to(root).parts)
        held = sorted(name for name in inner if not name.startswith(".") and name not in PASSED)
        inner[:] = held if depth < DEEP else []
        for name in sorted(names):
            count += 1
            if count > MOST_FILES:
                return
            if name.endswith(".json"):
                yield Path(folder) / name


def _bytes(file: Path) -> bytes:
    try:
        if not file.is_file():
            # A pipe or a device may never end.
            raise InputError(
                "this is no regular file", place=os.fspath(file), remedy="take it out of the folder"
            )
        return as_utf8(file.read_bytes())
    except OSError as error:
        raise InputError(f"this cannot be read: {error.strerror}", place=os.fspath(file)) from error


def _decoded(file: Path, *, strict: bool) -> dict[str, msgspec.Raw]:
    """The top-level members of a file; none where it is no object."""
    try:
        data = _bytes(file)
    except InputError:
        if strict:
            raise
        return {}
    try:
        return msgspec.json.decode(data, type=dict[str, msgspec.Raw])
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
        if strict and file.stem in BY_NAME:
            raise _unreadable(file, str(error)) from None
        return {}


def _unreadable(file: Path, why: str) -> InputError:
    kind = BY_NAME.get(file.stem)
    remedy = f"{kind.cli} --output json > {kind.file}" if kind is not None else "write the answer again"
    return InputError(f"this is no answer of AWS: {why}", place=os.fspath(file), remedy=remedy)


def _answers(members: dict[str, msgspec.Raw], file: Path) -> list[tuple[Kind, Document]]:
    """The answers in a file: told by their keys, whatever the file is called."""
    found: list[tuple[Kind, Document]] = []
    more = {name: _value(members[name], file) for name in (*MORE, "IsTruncated") if name in members}
    for key, raw in members.items():
        kind = BY_KEY.get(key) or BY_NAME.get(SINGLE.get(key, ALSO.get(key, "")))
        if kind is None:
            continue
        value = _value(raw, file)
        if key == "HostedZone":
            value = {name: _value(item, file) for name, item in members.items()}
        listed = [value] if key in SINGLE and isinstance(value, dict) else value
        if _is_of(kind, listed) or (file.name == kind.file and key == kind.key):
            found.append((kind, {**more, kind.key: listed}))
    return found


def _value(raw: msgspec.Raw, file: Path) -> Any:
    try:
        return msgspec.json.decode(raw)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
        raise _unreadable(file, str(error)) from None


def _is_of(kind: Kind, value: Any) -> bool:
    """Whether a value is what AWS answers for a kind: other services use some of the keys as well."""
    if isinstance(value, dict):
        return all(_has(value, name) for name in kind.identity)
    if not isinstance(value, list):
        return False
    return not value or any(
        isinstance(item, dict) and all(_has(item, name) for name in kind.identity) for item in value
    )


def _has(item: Document, name: str) -> bool:
    return any(item.get(one) is not None for one in name.split("|"))


def _join(documents: dict[str, Document], kind: Kind, document: Document) -> None:
    """Pages in files of their own belong together."""
    before = documents.get(kind.name)
    if before is None:
        documents[kind.name] = document
    elif isinstance(before[kind.key], list) and isinstance(document[kind.key], list):
        documents[kind.name] = {**before, **document, kind.key: [*before[kind.key], *document[kind.key]]}


def _where(root: Path, file: Path) -> tuple[str, str]:
    """The account and the region that the folders above a file name."""
    above = [*root.resolve().parts[-2:], *file.relative_to(root).parts[:-1]]
    account = region = ""
    for before, name in zip(["", *above], above, strict=False):
        if (len(name) == 12 and name.isdigit()) or before == "accounts":
            account = name
        elif is_region(name):
            region = name
        elif name in NOWHERE:
            region = GLOBAL
    return account, region
