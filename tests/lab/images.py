"""Images that tests bring."""

import gzip
import io
import json
import os
import tarfile
from pathlib import Path
from typing import Any

from pullproof.lab.image import busybox


def layer(files: dict[str, str]) -> bytes:
    """A layer of text files; one that is called ".wh.NAME" hides another."""
    held = io.BytesIO()
    with tarfile.open(fileobj=held, mode="w") as tar:
        for name, text in files.items():
            entry = tarfile.TarInfo(name)
            entry.size, entry.mode = len(text.encode()), 0o755
            tar.addfile(entry, io.BytesIO(text.encode()))
    return held.getvalue()


def layered(folder: Path, config: dict[str, Any], *layers: bytes) -> Path:
    """A docker archive: busybox, with layers above it."""
    held = {
        "config.json": json.dumps({"architecture": "amd64", "os": "linux", "config": config}).encode(),
        "0.tar": gzip.decompress(busybox().layers[0].data),
        **{f"{number}.tar": data for number, data in enumerate(layers, 1)},
    }
    names = [name for name in held if name.endswith(".tar")]
    held["manifest.json"] = json.dumps([{"Config": "config.json", "Layers": names}]).encode()
    return _archived(folder / "layered.tar", held)


def large(folder: Path, size: int) -> Path:
    """A docker archive with one layer of that many bytes, which no compression makes smaller."""
    content = io.BytesIO()
    with tarfile.open(fileobj=content, mode="w") as tar:
        entry = tarfile.TarInfo("large")
        entry.size = size
        tar.addfile(entry, io.BytesIO(os.urandom(size)))
    held = {
        "config.json": json.dumps({"architecture": "amd64", "os": "linux", "rootfs": {}}).encode(),
        "layer.tar": gzip.compress(content.getbuffer(), 0),
        "manifest.json": json.dumps([{"Config": "config.json", "Layers": ["layer.tar"]}]).encode(),
    }
    return _archived(folder / "large.tar", held)


def _archived(path: Path, held: dict[str, bytes]) -> Path:
    with tarfile.open(path, "w") as tar:
        for name, data in held.items():
            entry = tarfile.TarInfo(name)
            entry.size = len(data)
            tar.addfile(entry, io.BytesIO(data))
    return path
