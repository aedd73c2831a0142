"""The only files that an expression may read: those beneath the repository that the configuration is in."""

import msgspec

from pullproof.sources.terraform.hcl import paths

LARGEST = 4_000_000
#: How far above the root module the repository is looked for.
HIGHEST = 6


class Outside(Exception):
    """The file is not beneath the repository, or not in this copy of it. Nothing is known about it."""


class Files(msgspec.Struct, frozen=True, kw_only=True):
    """`root` is the directory of the root module, from which paths are taken.

    `fence` is the directory beneath which files may be read.
    """

    root: str
    fence: str

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
        try:
            found = paths.content(self._inside(path), LARGEST)
        except OSError as refused:
            raise Outside(path) from refused
        if found is None:
            raise Outside(path)
        return found

    def exists(self, path: str) -> bool:
        """Whether there is such a file; one that is not here may have been there when the plan was made.

        Raises:
            Outside: it is not here.
        """
        self._inside(path)
        return True

    def _inside(self, path: str) -> str:
        if "\0" in path or len(path) > 2000 or path.startswith("~"):
            raise Outside(path[:100])
        found = paths.real(paths.joined(self.root, path))
        if not paths.is_below(found, self.fence) or not paths.is_file(found):
            raise Outside(path)
        return found


def fence_around(root: str) -> str:
    """The top of the repository that a root module is in, or else the directory above it."""
    above = paths.upwards(paths.real(root))
    tops = (folder for folder in above[:HIGHEST] if paths.exists(paths.joined(folder, ".git")))
    return next(tops, above[min(1, len(above) - 1)])
