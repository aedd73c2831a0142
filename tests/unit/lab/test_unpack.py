"""Layers are applied as the image format says, and write nothing outside their root."""

import io
import os
import stat
import tarfile
from pathlib import Path

import pytest

from pullproof.errors import InputError
from pullproof.lab.unpack import Unpacker

Entry = tuple[str, bytes | str, bytes]
FILE, FOLDER, LINK, HARD = tarfile.REGTYPE, tarfile.DIRTYPE, tarfile.SYMTYPE, tarfile.LNKTYPE


def layer(*entries: Entry, mode: str = "w") -> io.BytesIO:
    """A layer of these entries: a name, a content or a target, a type."""
    packed = io.BytesIO()
    with tarfile.open(fileobj=packed, mode=mode) as tar:  # type: ignore[call-overload]  # one of its modes
        for name, held, kind in entries:
            entry = tarfile.TarInfo(name)
            entry.type, entry.mode = kind, 0o755 if kind == FOLDER else 0o644
            entry.uid, entry.gid = os.getuid(), os.getgid()
            if isinstance(held, str):
                entry.linkname = held
                tar.addfile(entry)
            else:
                entry.size = len(held)
                tar.addfile(entry, io.BytesIO(held))
    packed.seek(0)
    return packed


@pytest.fixture
def root(tmp_path: Path) -> Path:
    """An empty root with something beside it that must stay as it is."""
    (tmp_path / "outside").write_text("untouched", encoding="ascii")
    held = tmp_path / "root"
    held.mkdir()
    return held


def applied(root: Path, *layers: io.BytesIO) -> Path:
    """Unpack the layers."""
    unpacker = Unpacker(root)
    for number, each in enumerate(layers):
        unpacker.add(each, f"layer {number}")
    return root


@pytest.mark.parametrize("mode", ["w", "w:gz", "w:bz2"])
def test_files_folders_and_links_are_written(root: Path, mode: str) -> None:
    """Whatever the compression; folders that no entry names are made."""
    applied(
        root,
        layer(
            ("./a/b/file", b"x", FILE),
            ("a/link", "b/file", LINK),
            ("a/hard", "a/b/file", HARD),
            ("a/b/hard-to-link", "a/link", HARD),
            mode=mode,
        ),
    )

    assert b"x" == (root / "a/link").read_bytes() == (root / "a/hard").read_bytes()
    assert (root / "a/b/file").stat().st_ino == (root / "a/hard").stat().st_ino
    assert "b/file" == str((root / "a/b/hard-to-link").readlink())


def test_modes_are_kept(root: Path) -> None:
    """Also those of folders that were there before."""
    first, second = layer(("bin", b"", FOLDER)), layer(("bin", b"", FOLDER), ("bin/x", b"", FILE))
    applied(root, first, second)

    assert 0o755 == stat.S_IMODE((root / "bin").stat().st_mode)
    assert 0o644 == stat.S_IMODE((root / "bin/x").stat().st_mode)


def test_a_whiteout_takes_away_what_lower_layers_had(root: Path) -> None:
    """A file, a folder, a link; and the mark itself is not written."""
    lower = layer(
        ("a/file", b"", FILE), ("a/folder/x", b"", FILE), ("a/link", "file", LINK), ("keep", b"", FILE)
    )
    applied(
        root, lower, layer(*((f"a/.wh.{name}", b"", FILE) for name in ("file", "folder", "link", "none")))
    )

    assert [] == list((root / "a").iterdir())
    assert (root / "keep").exists()


def test_an_opaque_folder_hides_all_that_lower_layers_had_in_it(root: Path) -> None:
    """What the same layer adds after it stays."""
    applied(
        root,
        layer(("a/old", b"", FILE), ("a/older/x", b"", FILE)),
        layer(("a/.wh..wh..opq", b"", FILE), ("a/new", b"", FILE)),
    )

    assert ["new"] == [each.name for each in (root / "a").iterdir()]


def test_a_later_layer_may_make_a_folder_of_a_file_and_back(root: Path) -> None:
    """The last one decides."""
    applied(
        root,
        layer(("a", b"", FILE), ("b/x", b"", FILE), ("c", "b", LINK)),
        layer(("a/x", b"1", FILE), ("b", b"2", FILE), ("c", b"", FOLDER)),
    )

    assert b"1" == (root / "a/x").read_bytes()
    assert b"2" == (root / "b").read_bytes()
    assert (root / "c").is_dir()
    assert not (root / "c").is_symlink()


def test_links_on_the_way_lead_where_the_image_sees_them_lead(root: Path) -> None:
    """An absolute target is one of the image's own; a link that is replaced by a file is only replaced."""
    applied(
        root,
        layer(
            ("usr/lib/x", b"1", FILE),
            ("lib", "usr/lib", LINK),
            ("lib64", "/usr/lib", LINK),
            ("lib/y", b"2", FILE),
            ("lib64/z", b"3", FILE),
            ("out", "../../../outside", LINK),
            ("out", b"4", FILE),
        ),
    )

    assert {"x", "y", "z"} == {each.name for each in (root / "usr/lib").iterdir()}
    assert not (root / "out").is_symlink()
    assert "untouched" == (root.parent / "outside").read_text(encoding="ascii")


@pytest.mark.parametrize(
    "entries",
    [
        [("../outside", b"x", FILE)],
        [("a/../../outside", b"x", FILE)],
        [("/etc/passwd", b"x", FILE)],
        [("a", "..", LINK), ("a/outside", b"x", FILE)],
        [("a", "../..", LINK), ("a/b/c", b"x", FILE)],
        [("a", "a", LINK), ("a/x", b"x", FILE)],
        [("x", "..", LINK), ("a", "x/root", LINK), ("a/outside", b"x", FILE)],
        [("hard", "../outside", HARD)],
        [("hard", ".", HARD)],
        [("a", "..", LINK), ("hard", "a/outside", HARD)],
        [("hard", "not-there", HARD)],
        [("a/.wh..", b"", FILE)],
        [("a/.wh...", b"", FILE)],
        [("a/.wh.", b"", FILE)],
        [("dev/null", b"", tarfile.CHRTYPE)],
        [("dev/sda", b"", tarfile.BLKTYPE)],
        [("pipe", b"", tarfile.FIFOTYPE)],
    ],
    ids=str,
)
def test_what_would_lead_out_of_the_root_or_is_no_file_is_refused(root: Path, entries: list[Entry]) -> None:
    """And nothing outside it was touched."""
    with pytest.raises(InputError):
        applied(root, layer(*entries))

    assert "untouched" == (root.parent / "outside").read_text(encoding="ascii")
    assert {"outside", "root"} == {each.name for each in root.parent.iterdir()}


def test_a_bomb_is_refused_before_it_is_written(root: Path) -> None:
    """Too many bytes, in one layer or in all; too many files."""
    with pytest.raises(InputError, match="more than a lab takes"):
        Unpacker(root, largest=10).add(layer(("a", b"x" * 11, FILE)), "layer")
    unpacker = Unpacker(root, largest=10)
    unpacker.add(layer(("b", b"x" * 6, FILE)), "layer")
    with pytest.raises(InputError, match="more than a lab takes"):
        unpacker.add(layer(("c", b"x" * 6, FILE)), "layer")
    with pytest.raises(InputError, match="more than a lab takes"):
        Unpacker(root, most=3).add(layer(*((str(n), b"", FILE) for n in range(4))), "layer")

    assert {"b", "0", "1", "2"} == {each.name for each in root.iterdir()}


@pytest.mark.parametrize("data", [b"", b"no tar at all", b"\x1f\x8b broken"])
def test_what_is_no_layer_is_refused(root: Path, data: bytes) -> None:
    """With the place, and no traceback."""
    with pytest.raises(InputError, match="cannot be unpacked"):
        Unpacker(root).add(io.BytesIO(data), "layer")


def test_owners_are_left_where_only_one_exists(root: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """In a user namespace with one user, files belong to that one."""

    def refused(*_: object) -> None:
        raise PermissionError

    monkeypatch.setattr(os, "chown", refused)
    applied(root, layer(("a", b"", FILE)))

    assert os.getuid() == (root / "a").stat().st_uid
