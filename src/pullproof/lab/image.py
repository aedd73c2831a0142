"""Container images: one made from what the machine has, and those that people bring (OCI layout, docker archive)."""

import gzip
import hashlib
import io
import json
import shutil
import struct
import tarfile
import zlib
from pathlib import Path, PurePosixPath
from typing import Any

import msgspec

from pullproof.errors import InputError, ToolError
from pullproof.lab.unpack import LARGEST

MANIFEST = "application/vnd.oci.image.manifest.v1+json"
CONFIG = "application/vnd.oci.image.config.v1+json"
LAYER = "application/vnd.oci.image.layer.v1.tar+gzip"
#: What busybox answers to; enough to look around in a container.
APPLETS = (
    "sh", "ls", "cat", "echo", "env", "sleep", "ps", "ip", "nslookup", "nc", "httpd", "id", "hostname", "date",
    "mkdir", "cp", "mv", "rm", "grep", "sed", "head", "tail", "wc", "touch", "df", "mount", "true", "false", "tr",
)  # fmt: skip


class Blob(msgspec.Struct, frozen=True, kw_only=True):
    """Content by its digest ("sha256:..."), with its media type."""

    digest: str
    media_type: str
    data: bytes


class Image(msgspec.Struct, frozen=True, kw_only=True):
    """An image: its manifest, its configuration, and its layers from the lowest up."""

    manifest: Blob
    config: Blob
    layers: tuple[Blob, ...]

    @property
    def blobs(self) -> tuple[Blob, ...]:
        """All that a registry keeps beside the manifest."""
        return (self.config, *self.layers)


def blob(data: bytes, media_type: str) -> Blob:
    """Content with its digest."""
    return Blob(digest=f"sha256:{hashlib.sha256(data).hexdigest()}", media_type=media_type, data=data)


def made_of(layers: list[bytes], config: dict[str, Any]) -> Image:
    """An image of uncompressed layers; `config` is what a container runs with (`Cmd`, `Env`, ...)."""
    packed = tuple(blob(gzip.compress(data, 1, mtime=0), LAYER) for data in layers)
    ids = [f"sha256:{hashlib.sha256(data).hexdigest()}" for data in layers]
    whole = {
        "architecture": "amd64",
        "os": "linux",
        "config": config,
        "rootfs": {"type": "layers", "diff_ids": ids},
    }
    written = blob(_json(whole), CONFIG)
    return Image(manifest=_manifest(written, packed), config=written, layers=packed)


def busybox(command: tuple[str, ...] = ("sleep", "86400")) -> Image:
    """A small image of this machine's own static busybox.

    Raises:
        ToolError: there is none.
    """
    places = (Path("/bin/busybox"), Path("/usr/bin/busybox"))
    data = next((path.read_bytes() for path in places if path.is_file()), b"")
    if not _is_static(data):
        raise ToolError(
            "there is no static busybox to make an image of", remedy="apt-get install busybox-static"
        )
    packed = io.BytesIO()
    with tarfile.open(fileobj=packed, mode="w", format=tarfile.PAX_FORMAT) as tar:
        for folder in ("bin", "dev", "etc", "proc", "sys", "tmp", "var"):
            tar.addfile(_entry(folder, tarfile.DIRTYPE, 0o1777 if folder == "tmp" else 0o755))
        program = _entry("bin/busybox", tarfile.REGTYPE, 0o755)
        program.size = len(data)
        tar.addfile(program, io.BytesIO(data))
        for name in APPLETS:
            link = _entry(f"bin/{name}", tarfile.SYMTYPE, 0o777)
            link.linkname = "busybox"
            tar.addfile(link)
    return made_of([packed.getvalue()], {"Cmd": list(command), "Env": ["PATH=/bin"]})


def _is_static(program: bytes) -> bool:
    """Whether a 64-bit ELF program asks for no interpreter (a PT_INTERP header)."""
    if program[:5] != b"\x7fELF\x02":
        return False
    table, size, count = *struct.unpack_from("<Q", program, 32), *struct.unpack_from("<HH", program, 54)
    return all(struct.unpack_from("<I", program, table + at * size)[0] != 3 for at in range(count))


def read(path: Path) -> Image:
    """An image that somebody brings: a folder or a tar, as OCI layout or as `docker save` writes it.

    Raises:
        InputError: it is neither, or not whole.
    """
    try:
        held = _files(path)
        if "index.json" in held:
            return _of_layout(held)
        if "manifest.json" in held:
            return _of_archive(held)
    except (OSError, tarfile.TarError, KeyError, ValueError, TypeError, IndexError, zlib.error) as error:
        raise InputError(f"this is no image that can be read: {error}", place=str(path)) from error
    raise InputError(
        "this is neither an OCI layout nor a docker archive",
        place=str(path),
        remedy="docker save IMAGE > image.tar, or skopeo copy ... oci:DIR",
    )


def _of_layout(held: dict[str, bytes]) -> Image:
    entry = json.loads(held["index.json"])["manifests"][0]
    while True:
        data = _content(held, entry["digest"])
        document = json.loads(data)
        if "manifests" not in document:
            break
        entry = next(
            (m for m in document["manifests"] if m.get("platform", {}).get("architecture") == "amd64"),
            document["manifests"][0],
        )
    return Image(
        manifest=Blob(digest=entry["digest"], media_type=document.get("mediaType", MANIFEST), data=data),
        config=_described(held, document["config"]),
        layers=tuple(_described(held, layer) for layer in document["layers"]),
    )


def _described(held: dict[str, bytes], entry: dict[str, Any]) -> Blob:
    return Blob(digest=entry["digest"], media_type=entry["mediaType"], data=_content(held, entry["digest"]))


def _content(held: dict[str, bytes], digest: str) -> bytes:
    kind, _, name = digest.partition(":")
    data = held[f"blobs/{kind}/{name}"]
    if hashlib.sha256(data).hexdigest() != name:
        raise ValueError(f"the content of {digest} has another digest")
    return data


def _of_archive(held: dict[str, bytes]) -> Image:
    entry = json.loads(held["manifest.json"])[0]
    config = blob(held[entry["Config"]], CONFIG)
    layers = tuple(blob(_packed(held[name]), LAYER) for name in entry["Layers"])
    return Image(manifest=_manifest(config, layers), config=config, layers=layers)


def _packed(data: bytes) -> bytes:
    return data if data[:2] == b"\x1f\x8b" else gzip.compress(data, 1, mtime=0)


def _files(path: Path) -> dict[str, bytes]:
    """Every file of a folder or tar, by its path."""
    if path.is_dir():
        every = [each for each in sorted(path.rglob("*")) if each.is_file() and not each.is_symlink()]
        return {each.relative_to(path).as_posix(): each.read_bytes() for each in every}
    found: dict[str, bytes] = {}
    left = LARGEST
    with tarfile.open(path) as tar:
        for member in tar:
            left -= member.size
            if left < 0:
                raise ValueError("it is larger than a lab takes")
            held = tar.extractfile(member) if member.isfile() else None
            if held is not None:
                found[str(PurePosixPath(member.name))] = held.read()
    return found


def _manifest(config: Blob, layers: tuple[Blob, ...]) -> Blob:
    document = {
        "schemaVersion": 2,
        "mediaType": MANIFEST,
        "config": _describe(config),
        "layers": [_describe(layer) for layer in layers],
    }
    return blob(_json(document), MANIFEST)


def _describe(held: Blob) -> dict[str, object]:
    return {"mediaType": held.media_type, "digest": held.digest, "size": len(held.data)}


def _json(document: object) -> bytes:
    return json.dumps(document, sort_keys=True, separators=(",", ":")).encode()


def _entry(name: str, kind: bytes, mode: int) -> tarfile.TarInfo:
    entry = tarfile.TarInfo(name)
    entry.type, entry.mode = kind, mode
    return entry


def remove(folder: Path) -> None:
    """Take an unpacked image away, whatever its permissions."""
    shutil.rmtree(folder, ignore_errors=True)
