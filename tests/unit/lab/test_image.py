"""Images that people bring, as an OCI layout or as `docker save` writes them."""

import gzip
import io
import json
import shutil
import subprocess
import tarfile
from pathlib import Path

import pytest

from pullproof.errors import InputError, ToolError
from pullproof.lab import image
from pullproof.lab.image import Image, busybox, made_of, read, remove


def a_layer(name: str = "file") -> bytes:
    """An uncompressed layer with one file."""
    packed = io.BytesIO()
    with tarfile.open(fileobj=packed, mode="w") as tar:
        tar.addfile(tarfile.TarInfo(name))
    return packed.getvalue()


def an_image() -> Image:
    """One of two layers."""
    return made_of([a_layer("low"), a_layer("high")], {"Cmd": ["sh"]})


def as_layout(held: Image, folder: Path, *, index: bool = False) -> Path:
    """Write an image as an OCI layout; with an `index` of several platforms on top."""
    for blob in (*held.blobs, held.manifest):
        path = folder / "blobs" / blob.digest.replace(":", "/")
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(blob.data)
    entries = [{"digest": held.manifest.digest, "mediaType": held.manifest.media_type}]
    if index:
        arm = {"digest": "sha256:none", "platform": {"architecture": "arm64"}}
        listed = image.blob(
            json.dumps({"manifests": [arm, {**entries[0], "platform": {"architecture": "amd64"}}]}).encode(),
            "index",
        )
        (folder / "blobs" / listed.digest.replace(":", "/")).write_bytes(listed.data)
        entries = [{"digest": listed.digest, "mediaType": "index"}]
    (folder / "index.json").write_text(json.dumps({"manifests": entries}), encoding="utf-8")
    (folder / "oci-layout").write_text('{"imageLayoutVersion": "1.0.0"}', encoding="utf-8")
    return folder


def as_archive(held: Image, path: Path) -> Path:
    """Write an image as `docker save` does: layers are not compressed."""
    with tarfile.open(path, "w") as tar:

        def add(name: str, data: bytes) -> None:
            entry = tarfile.TarInfo(name)
            entry.size = len(data)
            tar.addfile(entry, io.BytesIO(data))

        add("config.json", held.config.data)
        names = [f"{number}/layer.tar" for number in range(len(held.layers))]
        for name, layer in zip(names, held.layers, strict=True):
            add(name, gzip.decompress(layer.data))
        add("manifest.json", json.dumps([{"Config": "config.json", "Layers": names}]).encode())
    return path


@pytest.mark.parametrize("index", [False, True])
def test_a_layout_is_read(tmp_path: Path, index: bool) -> None:
    """From a folder, and from a tar of it; of several platforms the one of this machine."""
    folder = as_layout(an_image(), tmp_path / "layout", index=index)
    with tarfile.open(tmp_path / "layout.tar", "w") as tar:
        tar.add(folder, ".")

    for path in (folder, tmp_path / "layout.tar"):
        found = read(path)
        assert an_image().manifest.digest == found.manifest.digest
        assert [each.digest for each in an_image().blobs] == [each.digest for each in found.blobs]


def test_an_archive_is_read(tmp_path: Path) -> None:
    """Its layers are compressed on the way, so that the manifest is one of our own."""
    found = read(as_archive(an_image(), tmp_path / "image.tar"))

    assert an_image().config.digest == found.config.digest
    assert [gzip.decompress(each.data) for each in an_image().layers] == [
        gzip.decompress(each.data) for each in found.layers
    ]


@pytest.mark.parametrize("program", ["skopeo", "umoci"])
def test_images_of_other_peoples_programs_are_read(tmp_path: Path, program: str) -> None:
    """skopeo copies a layout to a docker archive; umoci makes one from nothing."""
    if shutil.which(program) is None:
        pytest.skip(f"{program} is not installed")
    if program == "skopeo":
        folder, path = as_layout(an_image(), tmp_path / "layout"), tmp_path / "image.tar"
        words = ["skopeo", "--insecure-policy", "copy", f"oci:{folder}", f"docker-archive:{path}:x:1"]
        subprocess.run(words, check=True, capture_output=True)

        assert 2 == len(read(path).layers)
        return
    layout = tmp_path / "umoci"
    subprocess.run(["umoci", "init", "--layout", layout], check=True, capture_output=True)
    subprocess.run(["umoci", "new", "--image", f"{layout}:x"], check=True, capture_output=True)

    assert () == read(layout).layers


def broken(folder: Path, how: str) -> Path:
    """An image with something wrong."""
    layout = as_layout(an_image(), folder / "layout")
    blob = layout / "blobs" / an_image().layers[0].digest.replace(":", "/")
    if how == "content":
        blob.write_bytes(b"other")
    elif how == "missing":
        blob.unlink()
    elif how == "index":
        (layout / "index.json").write_text("{}", encoding="utf-8")
    elif how == "json":
        (layout / "index.json").write_text("{", encoding="utf-8")
    elif how == "neither":
        (layout / "index.json").unlink()
    return layout


@pytest.mark.parametrize("how", ["content", "missing", "index", "json", "neither"])
def test_an_image_that_is_not_whole_is_refused(tmp_path: Path, how: str) -> None:
    """A digest that is not its content's, a blob that is not there, an index of nothing."""
    with pytest.raises(InputError):
        read(broken(tmp_path, how))


def test_what_is_no_image_is_refused(tmp_path: Path) -> None:
    """A file that is no tar, a path that is not there."""
    (tmp_path / "file").write_bytes(b"x")

    for name in ("file", "nothing"):
        with pytest.raises(InputError):
            read(tmp_path / name)


def test_the_machines_own_busybox_must_be_static(monkeypatch: pytest.MonkeyPatch) -> None:
    """One that needs libraries would not run in an image that has none."""
    program = Path("/proc/self/exe").read_bytes()
    monkeypatch.setattr(Path, "read_bytes", lambda _: program)
    with pytest.raises(ToolError, match="static busybox"):
        busybox()
    monkeypatch.setattr(Path, "is_file", lambda _: False)
    with pytest.raises(ToolError, match="static busybox"):
        busybox()


def test_what_was_unpacked_can_be_taken_away(tmp_path: Path) -> None:
    """Also a folder that nobody may write to; and twice."""
    folder = tmp_path / "image"
    (folder / "x").mkdir(parents=True)
    for _ in range(2):
        remove(folder)

    assert not folder.exists()
