"""Writing several files: all of them or none, also when the program is killed in the middle.

Every new content is first written beside its file and forced to disk; then one journal is renamed into
place, which is the moment of decision; then each content is renamed over its file, and the journal goes.
Killed before that moment, no file has changed; killed after it, the next run finds the journal and
finishes. What somebody changed meanwhile is never written over.

A folder may come from anybody. So no scratch file is opened through a link that lies in its place, and a
journal is believed only where each new content lies beside its file, as a run of ours leaves it: what came
with the folder cannot send a file elsewhere.
"""

import contextlib
import difflib
import fcntl
import hashlib
import os
import stat
import subprocess
from collections.abc import Iterator, Sequence
from pathlib import Path

import msgspec

from pullproof.errors import ToolError
from pullproof.render.base import Patch

JOURNAL = ".pullproof-journal"
SCRATCH = ".pullproof-part"
DEVICE = Path("/dev/null")


class Entry(msgspec.Struct, frozen=True, kw_only=True):
    """One file of a journal: its new content, and the fingerprints before and after ("" for no file)."""

    scratch: str
    target: str
    before: str
    after: str


class Journal(msgspec.Struct, frozen=True, kw_only=True):
    """All files of one change; paths are absolute."""

    entries: tuple[Entry, ...]


def diff(patches: Sequence[Patch]) -> str:
    """What the patches change, as a unified diff."""
    return "".join(line for patch in patches for line in _diff(patch))


def _diff(patch: Patch) -> Iterator[str]:
    before = "" if patch.before is None else patch.before.decode("utf-8", "replace")
    after = patch.after.decode("utf-8", "replace")
    name = _near(patch.path)
    old = str(DEVICE) if patch.before is None else f"a/{name}"
    lines = difflib.unified_diff(
        before.splitlines(keepends=True), after.splitlines(keepends=True), old, f"b/{name}"
    )
    for line in lines:
        yield line if line.endswith("\n") else f"{line}\n\\ No newline at end of file\n"


def _near(path: str) -> str:
    """A path as seen from here, if it is below."""
    near = os.path.relpath(path)
    return path.lstrip("/") if near.startswith("..") else near


def write(patches: Sequence[Patch], root: Path, *, force: bool = False) -> None:
    """Write the new content of every file.

    `root` is the folder of the input: the journal lies there while files are written. With `force`,
    changes that git does not have yet are no obstacle.

    Raises:
        ToolError: a file has changed since it was read, may not be written, or is not committed; or the
            disk refuses. Nothing has been written then.
    """
    recover(root)
    targets = [Path(os.path.realpath(patch.path)) for patch in patches]
    problems = [text for patch, path in zip(patches, targets, strict=True) for text in _problems(patch, path)]
    if problems:
        raise ToolError(
            problems[0], place=str(root), remedy="\n".join((*problems[1:], "run the command again"))
        )
    if not force:
        _refuse_dirty(root)
    entries: list[Entry] = []
    try:
        for patch, path in zip(patches, targets, strict=True):
            entries.append(_prepared(patch, path))
        _decide(Journal(entries=tuple(entries)), root)
    except OSError as error:
        for entry in entries:
            Path(entry.scratch).unlink(missing_ok=True)
        raise ToolError(
            f"nothing was written: {error.strerror}", place=str(error.filename or root)
        ) from error
    recover(root)


def recover(root: Path) -> tuple[str, ...]:
    """Finish what a run that was killed had decided to write; the files that were written.

    Raises:
        ToolError: another run is writing, or a file has changed since.
    """
    journal = root / JOURNAL
    try:
        file = journal.open("rb")
    except FileNotFoundError:
        return ()
    with file:
        _lock(file.fileno(), journal)
        entries = _read(file.read(), journal).entries
        strange = [entry for entry in entries if not _is_ours(entry)]
        if strange:
            raise ToolError(
                f"this journal was not written by pullproof: it wants to write {strange[0].target}",
                place=str(journal),
                remedy=f"see where it came from, then remove {journal}",
            )
        changed = [entry for entry in entries if not _may_be_written(entry)]
        if changed:
            raise ToolError(
                f"a run that was interrupted wanted to write {changed[0].target}, which has changed since",
                place=str(journal),
                remedy=f"compare it with {changed[0].scratch}, then remove {journal}",
            )
        for entry in entries:
            if os.path.lexists(entry.scratch):
                Path(entry.scratch).replace(entry.target)
        for folder in {Path(entry.target).parent for entry in entries}:
            _sync(folder)
        journal.unlink()
        _sync(root)
    return tuple(entry.target for entry in entries)


def _problems(patch: Patch, path: Path) -> Iterator[str]:
    """Why a file cannot be written as planned."""
    try:
        now = path.read_bytes()
    except FileNotFoundError:
        if patch.before is not None:
            yield f"{patch.path} is gone since it was read"
        elif not path.parent.is_dir():
            yield f"there is no folder {path.parent} to write {patch.path} in"
        return
    except OSError as error:
        yield f"{patch.path} cannot be read: {error.strerror}"
        return
    if patch.before is None:
        yield f"{patch.path} exists already, and would be written over"
    elif now != patch.before:
        yield f"{patch.path} has changed since it was read"
    elif not path.stat().st_mode & stat.S_IWUSR or not os.access(path, os.W_OK):
        yield f"{patch.path} is read-only: make it writable first"


def _refuse_dirty(root: Path) -> None:
    """Refuse while git holds changes that are not committed: they could not be told from ours afterwards."""
    command = ["git", "-C", str(root), "status", "--porcelain", "--untracked-files=no"]
    with contextlib.suppress(FileNotFoundError):  # no git, nothing to protect
        asked = subprocess.run(command, capture_output=True, text=True, check=False)
        if asked.returncode == 0 and asked.stdout.strip():
            raise ToolError(
                "git has changes here that are not committed",
                place=str(root),
                remedy="commit or stash them first, or pass --force\n" + asked.stdout.rstrip(),
            )


def _prepared(patch: Patch, path: Path) -> Entry:
    """The new content on disk, beside its file, with the file's own permissions."""
    scratch = _scratch_of(path)
    scratch.unlink(missing_ok=True)
    with scratch.open("xb") as file:  # which follows no link
        file.write(patch.after)
        file.flush()
        if patch.before is not None:
            os.fchmod(file.fileno(), stat.S_IMODE(path.stat().st_mode))
        os.fsync(file.fileno())
    before = "" if patch.before is None else _print_of(patch.before)
    return Entry(scratch=str(scratch), target=str(path), before=before, after=_print_of(patch.after))


def _scratch_of(path: Path) -> Path:
    """Where the new content of a file lies until it is put in place."""
    return path.with_name(f".{path.name}{SCRATCH}")


def _decide(journal: Journal, root: Path) -> None:
    """The moment from which on everything will be written."""
    scratch = root / f"{JOURNAL}{SCRATCH}"
    scratch.unlink(missing_ok=True)
    with scratch.open("xb") as file:
        file.write(msgspec.json.encode(journal))
        file.flush()
        os.fsync(file.fileno())
    for folder in {Path(entry.target).parent for entry in journal.entries}:
        _sync(folder)
    scratch.replace(root / JOURNAL)
    _sync(root)


def _is_ours(entry: Entry) -> bool:
    """Whether an entry is as a run leaves it: whole paths, and a plain file beside the one it is for."""
    target, scratch = Path(entry.target), Path(entry.scratch)
    return target.is_absolute() and scratch == _scratch_of(target) and not scratch.is_symlink()


def _may_be_written(entry: Entry) -> bool:
    """Whether a file is as it was, or as it should be, so that nobody's work is lost."""
    target = Path(entry.target)
    now = _print_of(target.read_bytes()) if target.exists() else ""
    return now == entry.after or (now == entry.before and os.path.lexists(entry.scratch))


def _read(data: bytes, place: Path) -> Journal:
    try:
        return msgspec.json.decode(data, type=Journal)
    except msgspec.MsgspecError as error:
        raise ToolError(
            "the journal of an interrupted run cannot be read", place=str(place), remedy=f"remove {place}"
        ) from error


def _lock(descriptor: int, place: Path) -> None:
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError as error:
        raise ToolError(
            "another run is writing here", place=str(place), remedy="wait for it to end"
        ) from error


def _print_of(data: bytes) -> str:
    return hashlib.sha256(data).hexdigest()


def _sync(folder: Path) -> None:
    """Force the names in a folder to disk."""
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
