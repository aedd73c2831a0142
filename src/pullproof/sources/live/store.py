"""A snapshot on disk: whole, or marked as unfinished.

Everything is collected before anything is written. The mark comes first and goes last, so that a run that
is killed leaves a folder which is refused, and which the next run cleans up.
"""

import os
import shutil
from collections.abc import Iterable
from pathlib import Path

import msgspec

from pullproof.errors import ToolError, UsageError
from pullproof.sources.snapshot.answers import Folder, Manifest
from pullproof.sources.snapshot.layout import BY_NAME, MANIFEST, UNFINISHED


def check_room(path: str) -> None:
    """See, before anybody is asked, that a snapshot may be written to a folder: new, empty, or one already.

    Raises:
        UsageError: it holds something else, or is a file.
    """
    root = Path(path)
    try:
        if not root.exists():
            return
        if not root.is_dir():
            raise UsageError(
                "this is a file, and a folder is needed", place=path, remedy="name another --out"
            )
        ours = any((root / name).exists() for name in (MANIFEST, UNFINISHED))
        if not ours and any(root.iterdir()):
            raise UsageError(
                "this folder holds something else than a snapshot",
                place=path,
                remedy="name a new or empty folder with --out",
            )
    except OSError as error:
        raise ToolError(f"this cannot be read: {error.strerror}", place=path) from error


def save_snapshot(folders: Iterable[Folder], manifest: Manifest, path: str) -> None:
    """Write a snapshot; what the folder holds of other accounts stays.

    Raises:
        ToolError: it cannot be written. What is there then is marked as unfinished.
    """
    root = Path(path)
    held = list(folders)
    try:
        root.mkdir(parents=True, exist_ok=True)
        mark = root / UNFINISHED
        _write(mark, b"A snapshot is being written here. If no run is under way, take it again.\n")
        before = _manifest(root)
        (root / MANIFEST).unlink(missing_ok=True)
        accounts = {folder.account for folder in held} | {name.split("/")[0] for name in manifest.denied}
        for account in accounts:
            _clear(root / account)
        for folder in held:
            _write_folder(root / folder.account / folder.region, folder)
        others = {
            name: denied for name, denied in before.denied.items() if name.split("/")[0] not in accounts
        }
        whole = msgspec.structs.replace(manifest, denied=dict(sorted((others | manifest.denied).items())))
        _write(root / MANIFEST, pretty(msgspec.to_builtins(whole)))
        mark.unlink()
    except OSError as error:
        raise ToolError(
            f"the snapshot cannot be written: {error.strerror}",
            place=os.fspath(error.filename or path),
            remedy="make room, or name another folder with --out",
        ) from error


def pretty(document: object) -> bytes:
    """JSON that compares well: sorted, indented, ending with a line break."""
    return msgspec.json.format(msgspec.json.encode(document, order="sorted"), indent=2) + b"\n"


def _write_folder(place: Path, folder: Folder) -> None:
    place.mkdir(parents=True, exist_ok=True)
    for name, document in sorted(folder.documents.items()):
        _write(place / BY_NAME[name].file, pretty(document))


def _write(file: Path, data: bytes) -> None:
    """Write a file as a whole, and see that it is on the disk before the next one is begun."""
    scratch = file.with_name(f"{file.name}.part")
    scratch.unlink(missing_ok=True)
    with scratch.open("xb") as stream:  # which follows no link
        stream.write(data)
        stream.flush()
        os.fsync(stream.fileno())
    scratch.replace(file)


def _clear(place: Path) -> None:
    """Take away the answers of an account that were there before; of a link the link, not what it leads to."""
    if place.is_symlink():
        place.unlink()
    elif place.is_dir():
        shutil.rmtree(place)


def _manifest(root: Path) -> Manifest:
    """What was said of other accounts before; nothing, where that cannot be read."""
    try:
        return msgspec.json.decode((root / MANIFEST).read_bytes(), type=Manifest)
    except (OSError, msgspec.DecodeError, UnicodeDecodeError):
        return Manifest()
