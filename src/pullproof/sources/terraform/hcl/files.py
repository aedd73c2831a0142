"""The only files that an expression may read: those beneath the repository that the configuration is in."""

from pathlib import Path

import msgspec

LARGEST = 4_000_000
#: How far above the root module the repository is looked for.
HIGHEST = 6


class Outside(Exception):
    """The file is not beneath the repository, or not in this copy of it. Nothing is known about it."""


class Files(msgspec.Struct, frozen=True, kw_only=True):
    """`root` is the directory of the root module, from which paths are taken.

    `fence` is the directory beneath which files may be read.
    """

    root: Path
    fence: Path

    def read(self, path: str) -> str:
        """The text of a file.

        Raises:
            Outside: there is none in this copy of the repository, it is too large, or lies elsewhere.
            ValueError: it is not text.
        """
        return self.content(path).decode("utf-8")

    def content(self, path: str) -> bytes:
        """The bytes of a file.

        Raises:
            Outside: there is none in this copy of the repository, it is too large, or lies elsewhere.
        """
        found = self._inside(path)
        try:
            if found.is_file() and found.stat().st_size <= LARGEST:
                return found.read_bytes()
        except OSError as refused:
            raise Outside(path) from refused
        raise Outside(path)

    def exists(self, path: str) -> bool:
        """Whether there is such a file; one that is not here may have been there when the plan was made.

        Raises:
            Outside: it is not here.
        """
        if not self._inside(path).is_file():
            raise Outside(path)
        return True

    def _inside(self, path: str) -> Path:
        if "\0" in path or len(path) > 2000 or path.startswith("~"):
            raise Outside(path[:100])
        try:
            found = (self.root / path).resolve()
        except (OSError, RuntimeError) as refused:
            raise Outside(path) from refused
        if not found.is_relative_to(self.fence):
            raise Outside(path)
        return found


def fence_around(root: Path) -> Path:
    """The top of the repository that a root module is in, or else the directory above it."""
    root = root.resolve()
    above = [root, *root.parents][:HIGHEST]
    return next((folder for folder in above if (folder / ".git").exists()), root.parent)
