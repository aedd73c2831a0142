"""References of images, as those who pull read them, and of secrets.

https://github.com/distribution/reference/blob/main/reference.go
"""

import re

_DOMAIN = re.compile(r"[A-Za-z0-9](?:[A-Za-z0-9.-]*[A-Za-z0-9])?(?::[0-9]{1,5})?")
_PART = re.compile(r"[a-z0-9]+(?:(?:[._]|__|-+)[a-z0-9]+)*")
_TAG = re.compile(r"[A-Za-z0-9_][A-Za-z0-9_.-]{0,127}")
_DIGEST = re.compile(r"sha256:[0-9a-f]{64}")
#: Of a whole name.
LONGEST = 255


class BadReference(ValueError):
    """The text names no image; the message says why."""


def parts_of(image: str) -> tuple[str, str, str]:
    """The registry, the name and the tag or digest of an image; without a host it is Docker Hub's.

    https://docs.docker.com/reference/cli/docker/image/tag/

    Raises:
        BadReference: it is none.
    """
    host, name, reference = _split(image)
    every = name.split("/")
    if any(part != part.lower() for part in every):
        raise BadReference("repository name must be lowercase")
    if len(name) > LONGEST:
        raise BadReference(f"repository name must not be more than {LONGEST} characters")
    known = _DOMAIN.fullmatch(host) and all(map(_PART.fullmatch, every))
    if not known or not (_TAG.fullmatch(reference) or _DIGEST.fullmatch(reference)):
        raise BadReference("invalid reference format")
    return host, name, reference


def secret_parts(value_from: str) -> tuple[str, str]:
    """A secret and the key of it that is asked for, "" for all of it: ARN:KEY:STAGE:VERSION.

    https://docs.aws.amazon.com/AmazonECS/latest/developerguide/secrets-envvar-secrets-manager.html
    """
    parts = value_from.split(":")
    return ":".join(parts[:7]), (parts[7] if len(parts) > 7 else "")


def _split(image: str) -> tuple[str, str, str]:
    host, slash, rest = image.partition("/")
    if not slash or not ("." in host or ":" in host or host == "localhost"):
        host, rest = "registry-1.docker.io", image if slash else f"library/{image}"
    elif host in ("docker.io", "index.docker.io"):
        host, rest = "registry-1.docker.io", rest if "/" in rest else f"library/{rest}"
    name, at, digest = rest.partition("@")
    if at:
        return host, name.partition(":")[0], digest
    name, colon, tag = rest.rpartition(":")
    return (host, name, tag) if colon and "/" not in tag else (host, rest, "latest")
