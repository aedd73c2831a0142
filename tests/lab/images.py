"""Images that tests bring."""

import gzip
import io
import json
import os
import tarfile
from pathlib import Path


def large(folder: Path, size: int) -> Path:
    """A docker archive with one layer of that many bytes, which no compression makes smaller."""
    layer = io.BytesIO()
    with tarfile.open(fileobj=layer, mode="w") as tar:
        entry = tarfile.TarInfo("large")
        entry.size = size
        tar.addfile(entry, io.BytesIO(os.urandom(size)))
    held = {
        "config.json": json.dumps({"architecture": "amd64", "os": "linux", "rootfs": {}}).encode(),
        "layer.tar": gzip.compress(layer.getbuffer(), 0),
        "manifest.json": json.dumps([{"Config": "config.json", "Layers": ["layer.tar"]}]).encode(),
    }
    path = folder / "large.tar"
    with tarfile.open(path, "w") as tar:
        for name, data in held.items():
            entry = tarfile.TarInfo(name)
            entry.size = len(data)
            tar.addfile(entry, io.BytesIO(data))
    return path
