"""The registry: Debian's docker-registry on S3, which sends whoever asks for a layer on to S3, as ECR does."""

import json
import socket
import subprocess
import time
from pathlib import Path
from typing import Any

from pullproof.errors import ToolError
from pullproof.lab.image import Image
from pullproof.lab.sandbox import HOME

ROOT = "docker/registry/v2"


def bucket(region: str) -> str:
    """Where ECR keeps layers.

    https://docs.aws.amazon.com/AmazonECR/latest/userguide/vpc-endpoints.html#ecr-minimum-s3-perms
    """
    return f"prod-{region}-starport-layer-bucket"


class Registry:
    """The program, on a port of the loopback."""

    def __init__(self, region: str, authority: Path, port: int = 5001) -> None:
        self.port = port
        config = {
            "version": "0.1",
            "log": {"level": "error", "accesslog": {"disabled": True}},
            "storage": {
                "s3": {"region": region, "bucket": bucket(region), "accesskey": "lab", "secretkey": "lab"},
                "redirect": {"disable": False},
                "cache": {"blobdescriptor": "inmemory"},
            },
            "http": {"addr": f"127.0.0.1:{port}", "secret": "lab"},
        }
        written = HOME / "registry.yml"
        written.write_text(json.dumps(config), encoding="utf-8")  # JSON is YAML
        # The bundle in AWS_CA_BUNDLE makes this version of the program fall over.
        environment = {
            "PATH": "/usr/sbin:/usr/bin:/sbin:/bin",
            "SSL_CERT_FILE": str(authority),
            "SSL_CERT_DIR": "/nonexistent",
        }
        try:
            self._process = subprocess.Popen(
                ["docker-registry", "serve", str(written)],
                env=environment,
                stdin=subprocess.DEVNULL,
                stdout=subprocess.DEVNULL,
                stderr=(HOME / "registry.log").open("wb"),
            )
        except FileNotFoundError as error:
            raise ToolError(
                "docker-registry is not installed", remedy="apt-get install docker-registry"
            ) from error

    def wait(self, seconds: float = 10) -> None:
        """Until it answers.

        Raises:
            ToolError: it does not.
        """
        end = time.monotonic() + seconds
        while time.monotonic() < end and self._process.poll() is None:
            with socket.socket() as probe:
                if probe.connect_ex(("127.0.0.1", self.port)) == 0:
                    return
            time.sleep(0.01)
        said = (HOME / "registry.log").read_text(encoding="utf-8", errors="replace")
        raise ToolError(f"docker-registry does not answer: {said.strip()[-300:]}")

    def close(self) -> None:
        """End it."""
        self._process.terminate()
        self._process.wait(timeout=10)


def has(store: Any, name: str, repository: str, tag: str) -> bool:
    """Whether a bucket holds a tag, or a digest, of a repository."""
    kind = (
        f"revisions/sha256/{tag.removeprefix('sha256:')}"
        if tag.startswith("sha256:")
        else f"tags/{tag}/current"
    )
    found = store.list_objects_v2(
        Bucket=name, Prefix=f"{ROOT}/repositories/{repository}/_manifests/{kind}/link"
    )
    return bool(found.get("KeyCount"))


def seed(store: Any, region: str, repository: str, tag: str, image: Image) -> None:
    """Put an image into the registry's bucket as the registry itself would; `store` is an S3 client.

    `repository` is what the registry calls it: "ACCOUNT/REGION/NAME".
    """
    name = bucket(region)
    for blob in (*image.blobs, image.manifest):
        digest = blob.digest.removeprefix("sha256:")
        store.put_object(Bucket=name, Key=f"{ROOT}/blobs/sha256/{digest[:2]}/{digest}/data", Body=blob.data)
    home = f"{ROOT}/repositories/{repository}"
    for blob in image.blobs:
        digest = blob.digest.removeprefix("sha256:")
        store.put_object(Bucket=name, Key=f"{home}/_layers/sha256/{digest}/link", Body=blob.digest.encode())
    digest = image.manifest.digest.removeprefix("sha256:")
    for place in (
        f"_manifests/revisions/sha256/{digest}",
        f"_manifests/tags/{tag}/current",
        f"_manifests/tags/{tag}/index/sha256/{digest}",
    ):
        store.put_object(Bucket=name, Key=f"{home}/{place}/link", Body=image.manifest.digest.encode())
