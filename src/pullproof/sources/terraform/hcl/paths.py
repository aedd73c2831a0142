"""Paths as text. A check of a plan may read the configuration, and pathlib takes longer to import than that."""

# ruff: noqa: PTH100, PTH109, PTH110, PTH112, PTH113, PTH118, PTH119, PTH120, PTH123

import os


def joined(folder: str, *names: str) -> str:
    """A path below a folder; an absolute name stands for itself."""
    return os.path.join(folder, *names)


def normal(path: str) -> str:
    """A path without detours (`a/../b` is `b`); links are not looked at."""
    return os.path.normpath(path)


def real(path: str) -> str:
    """The absolute path behind all links."""
    return os.path.realpath(path)


def relative(path: str, folder: str) -> str:
    """How to get from a folder to a path."""
    return os.path.relpath(path, folder)


def name_of(path: str) -> str:
    """The last part of a path."""
    return os.path.basename(path)


def is_below(path: str, folder: str) -> bool:
    """Whether a path is a folder or below it; both without detours."""
    return path == folder or path.startswith(folder.rstrip("/") + "/")


def upwards(folder: str) -> list[str]:
    """A folder and all those above it, the nearest first."""
    found = [os.path.abspath(folder)]
    while (above := os.path.dirname(found[-1])) != found[-1]:
        found.append(above)
    return found


def is_file(path: str) -> bool:
    """Whether there is a file, or a link to one."""
    return os.path.isfile(path)


def is_directory(path: str) -> bool:
    """Whether there is a directory, or a link to one."""
    return os.path.isdir(path)


def exists(path: str) -> bool:
    """Whether there is anything."""
    return os.path.exists(path)


def files_in(folder: str) -> list[str]:
    """The names of the files in a folder, sorted.

    Raises:
        OSError: it cannot be read.
    """
    return sorted(entry.name for entry in os.scandir(folder) if entry.is_file())


def content(path: str, most: int) -> bytes | None:
    """The bytes of a file; None if there are more than `most`.

    Raises:
        OSError: it cannot be read.
    """
    with open(path, "rb") as file:
        if os.fstat(file.fileno()).st_size > most:
            return None
        return file.read(most)


def shown_path(path: str | os.PathLike[str]) -> str:
    """A path as messages name it: from the current directory on where it lies below, else as it is."""
    text = os.fspath(path)
    try:
        whole, here = os.path.abspath(text), os.getcwd()
    except OSError:
        return text
    return os.path.relpath(whole, here) if is_below(whole, here) else text
