"""Layers into a root file system, trusting nothing that they say.

https://github.com/opencontainers/image-spec/blob/main/layer.md
"""

import os
import shutil
import stat
import tarfile
from pathlib import Path, PurePosixPath
from typing import IO

from pullproof.errors import InputError

WHITEOUT = ".wh."
OPAQUE = ".wh..wh..opq"
#: An image that unpacks to more, or to more files, is refused.
LARGEST = 8 << 30
MOST = 500_000


class Unpacker:
    """Applies layers, from the lowest up, below one folder."""

    def __init__(self, root: Path, *, largest: int = LARGEST, most: int = MOST) -> None:
        self.root = root
        self._left = largest
        self._files = most
        self._owners = os.geteuid() == 0 and _may_chown(root)

    def add(self, layer: IO[bytes], name: str) -> None:
        """One layer, compressed or not; `name` is what messages call it.

        Raises:
            InputError: it is no layer, or it would write outside the root, or without end.
        """
        try:
            with tarfile.open(fileobj=layer, mode="r|*") as tar:
                for member in tar:
                    self._member(tar, member, name)
        except (tarfile.TarError, OSError, EOFError, ValueError) as error:
            raise InputError(f"a layer cannot be unpacked: {error}", place=name) from error

    def _member(self, tar: tarfile.TarFile, member: tarfile.TarInfo, name: str) -> None:
        self._files -= 1
        self._left -= member.size
        if self._files < 0 or self._left < 0:
            raise InputError("the image unpacks to more than a lab takes", place=name)
        path = PurePosixPath(member.name)
        parts = [part for part in path.parts if part not in (".", "/")]
        if path.is_absolute() or ".." in parts:
            raise InputError(f"a layer names a file outside the image: {member.name!r}", place=name)
        if not parts:
            return
        folder = self._folder(parts[:-1], name)
        if parts[-1] == OPAQUE:
            for each in list(folder.iterdir()):
                _remove(each)
        elif parts[-1].startswith(WHITEOUT):
            hidden = parts[-1].removeprefix(WHITEOUT)
            if hidden in ("", ".", ".."):
                raise InputError(f"a layer hides {hidden!r}", place=name)
            _remove(folder / hidden)
        else:
            self._write(tar, member, folder / parts[-1], name)

    def _folder(self, parts: list[str], name: str) -> Path:
        """The folder a member goes to; a link on the way would lead out of the image."""
        folder = self.root
        for part in parts:
            folder = folder / part
            if folder.is_symlink():
                target = self._inside(folder, name)
                folder = target
            if not folder.is_dir():
                _remove(folder)
                folder.mkdir(mode=0o755)
        return folder

    def _inside(self, link: Path, name: str) -> Path:
        """Where a link to a folder leads, as seen from within the image."""
        seen = 0
        place = link
        while place.is_symlink():
            seen += 1
            if seen > 40:
                raise InputError(f"links go in circles at {link.name!r}", place=name)
            target = PurePosixPath(place.readlink())
            base = self.root if target.is_absolute() else place.parent
            place = base.joinpath(*[part for part in target.parts if part != "/"])
            place = Path(os.path.normpath(place))
            if self.root not in (place, *place.parents):
                raise InputError(f"a link leads outside the image: {link.name!r}", place=name)
        for parent in reversed(place.relative_to(self.root).parents):
            if (self.root / parent).is_symlink():
                raise InputError(f"a link leads through another one: {link.name!r}", place=name)
        return place

    def _write(self, tar: tarfile.TarFile, member: tarfile.TarInfo, path: Path, name: str) -> None:
        if member.isdir():
            if path.is_symlink() or not path.is_dir():
                _remove(path)
                path.mkdir()
        else:
            _remove(path)
            if member.issym():
                path.symlink_to(member.linkname)
            elif member.islnk():
                self._link(member, path, name)
            elif member.isfile():
                held = tar.extractfile(member)
                with path.open("xb") as file:
                    shutil.copyfileobj(held or (), file, 1 << 20)  # type: ignore[arg-type]  # a file has content
            else:
                raise InputError(f"a layer holds a device or a pipe: {member.name!r}", place=name)
        if self._owners:
            os.lchown(path, member.uid, member.gid)
        if not member.issym() and not member.islnk():
            path.chmod(stat.S_IMODE(member.mode))

    def _link(self, member: tarfile.TarInfo, path: Path, name: str) -> None:
        target = PurePosixPath(member.linkname)
        parts = [part for part in target.parts if part not in (".", "/")]
        if ".." in parts or not parts:
            raise InputError(f"a layer links to a file outside the image: {member.linkname!r}", place=name)
        held = self._folder(parts[:-1], name) / parts[-1]
        if held.is_symlink():
            path.symlink_to(held.readlink())
        else:
            path.hardlink_to(held)


def _remove(path: Path) -> None:
    if path.is_symlink() or path.is_file():
        path.unlink()
    elif path.is_dir():
        shutil.rmtree(path)
    elif path.exists():
        path.unlink()


def _may_chown(root: Path) -> bool:
    """Whether owners other than this one exist here: a user namespace may have one only."""
    probe = root / ".owner"
    probe.touch()
    try:
        os.chown(probe, 1, 1)
    except OSError:
        return False
    else:
        return True
    finally:
        probe.unlink()
