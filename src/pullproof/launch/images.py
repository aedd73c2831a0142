"""Image references: which registry, which repository.

Grammar of a reference: https://pkg.go.dev/github.com/distribution/reference
Names of ECR registries: https://docs.aws.amazon.com/AmazonECR/latest/userguide/ecr-requests.html
"""

import enum
import re

import msgspec

from pullproof.launch.parts import cut, is_port, masked
from pullproof.model.text import OPEN, Text, anything, shown, sole_hole
from pullproof.model.value import Maybe, Unknown, Why


class Registry(enum.Enum):
    """The kinds of registry that differ in what a pull needs."""

    ECR = "Amazon ECR"
    ECR_PUBLIC = "Amazon ECR Public"
    DOCKER_HUB = "Docker Hub"
    OTHER = "another registry"


class Image(msgspec.Struct, frozen=True, kw_only=True):
    """An image reference, read.

    `text` is what was written, `name` the repository without tag and digest, `host` and `port` the
    registry's. For ECR: whose and where it is ("" for `partition` when the name does not tell).
    """

    text: Text
    registry: Registry
    host: Text
    name: Text
    port: int = 443
    account: Text = ""
    region: Text = ""
    partition: str = ""
    dual_stack: bool = False

    @property
    def title(self) -> str:
        """As a report names it."""
        return f"image {shown(self.text)}"


#: Docker's own names for Docker Hub; images are served by the last.
DOCKER_HUB = frozenset({"docker.io", "index.docker.io", "registry.hub.docker.com", "registry-1.docker.io"})
DOCKER_HUB_HOST = "registry-1.docker.io"
DOCKER_HUB_LOGIN = "auth.docker.io"
ECR_PUBLIC = frozenset({"public.ecr.aws", "ecr-public.aws.com"})

_HOLE = "\ue000[^\ue001]*\ue001"
_LABEL = f"(?:[a-z0-9-]|{_HOLE})+"
_ECR = re.compile(
    rf"(?P<account>{_LABEL})\.dkr(?:\.ecr|(?P<dual>-ecr))(?:-fips)?\.(?P<region>{_LABEL})\."
    rf"(?P<ending>amazonaws\.com\.cn|amazonaws\.com|amazonaws\.eu|on\.aws|on\.amazonwebservices\.com\.cn"
    rf"|c2s\.ic\.gov|sc2s\.sgov\.gov|{_HOLE})",
)
_PARTITION = {
    "amazonaws.com.cn": "aws-cn",
    "on.amazonwebservices.com.cn": "aws-cn",
    "amazonaws.eu": "aws-eusc",
    "c2s.ic.gov": "aws-iso",
    "sc2s.sgov.gov": "aws-iso-b",
}
#: A repository's path; OPEN stands for any letter of a hole.
_NAME = re.compile(
    rf"[a-z0-9{OPEN}]+(?:(?:\.|__?|-+)[a-z0-9{OPEN}]+)*(?:/[a-z0-9{OPEN}]+(?:(?:\.|__?|-+)[a-z0-9{OPEN}]+)*)*"
)
#: The only thing a reference of this kind can be.
_REPOSITORY_URL = re.compile(r"(?:^|\.)aws_ecr_repository\..*\.repository_url$")
_PUBLIC_REPOSITORY_URL = re.compile(r"(?:^|\.)aws_ecrpublic_repository\..*\.repository_uri$")


def without_tag(text: Text) -> Text:
    """The reference without its tag and digest."""
    text = text[: masked(text).find("@")] if "@" in masked(text) else text
    mask = masked(text)
    colon = mask.rfind(":")
    return text[:colon] if colon > mask.rfind("/") else text


def read_image(text: Text, at: str) -> Maybe[Image]:
    """What a reference names, or why that cannot be told; `at` is the address that holds it."""
    text = text.strip()
    base = without_tag(text)
    if whole := sole_hole(base):
        return _by_reference(whole, text, at)
    first, path = cut(base, "/")
    if OPEN in first:
        image = _ecr(text, first, path)
        return _unclear(text, at) if image is None else _named(image, at)
    if not path:
        return _named(_hub(text, f"library/{base}"), at)
    # Docker's rule: a first part with a dot or a colon, or "localhost", is a host.
    if not ("." in first or ":" in first or first == "localhost"):
        return _named(_hub(text, base), at)
    if (image := _ecr(text, first, path)) is not None:
        return _named(image, at)
    host, _, port = first.partition(":")
    if host in DOCKER_HUB:
        return _named(_hub(text, path if "/" in masked(path) else f"library/{path}"), at)
    if host in ECR_PUBLIC:
        return _named(Image(text=text, registry=Registry.ECR_PUBLIC, host=host, name=path), at)
    if host in ("", "localhost") or not is_port(port or "443"):
        return _invalid(text, at)
    return _named(Image(text=text, registry=Registry.OTHER, host=host, port=int(port or 443), name=path), at)


def _hub(text: Text, name: Text) -> Image:
    return Image(text=text, registry=Registry.DOCKER_HUB, host=DOCKER_HUB_HOST, name=name)


def _ecr(text: Text, host: Text, name: Text) -> Image | None:
    found = _ECR.fullmatch(host)
    if found is None or not name:
        return None
    region = found["region"]
    return Image(
        text=text,
        registry=Registry.ECR,
        host=host,
        name=name,
        account=found["account"],
        region=region,
        partition=_PARTITION.get(found["ending"]) or _by_region(region, china=OPEN in found["ending"]),
        dual_stack=found["dual"] is not None,
    )


def _by_region(region: Text, *, china: bool) -> str:
    """The partition, where the host does not end as in one of its own; `china`: it may end as in China."""
    if OPEN in region:
        return ""
    if china and region.startswith("cn-"):
        return "aws-cn"
    return "aws-us-gov" if region.startswith("us-gov-") else "aws"


def _by_reference(whole: str, text: Text, at: str) -> Maybe[Image]:
    """An image of which only the name of a reference is known."""
    if _REPOSITORY_URL.search(whole):
        account, region = anything(f"account of {whole}"), anything(f"region of {whole}")
        host = f"{account}.dkr.ecr.{region}.amazonaws.com"
        name = anything(f"name of {whole}")
        return Image(text=text, registry=Registry.ECR, host=host, name=name, account=account, region=region)
    if _PUBLIC_REPOSITORY_URL.search(whole):
        return Image(
            text=text, registry=Registry.ECR_PUBLIC, host="public.ecr.aws", name=anything(f"name of {whole}")
        )
    return _unclear(text, at)


def _named(image: Image, at: str) -> Maybe[Image]:
    """The image, if its name can be one."""
    fits = _NAME.fullmatch(masked(image.name)) is not None and not _of_two_partitions(image)
    return image if fits else _invalid(image.text, at)


def _of_two_partitions(image: Image) -> bool:
    """Whether the host ends as it does in China, and the region is elsewhere, or the other way round."""
    if image.registry is not Registry.ECR or OPEN in image.region or not image.partition:
        return False
    return image.region.startswith("cn-") is not (image.partition == "aws-cn")


def _unclear(text: Text, at: str) -> Unknown:
    return Unknown(
        Why.NOT_FOLLOWED,
        f"the registry of image {shown(text)}",
        at,
        f"write the image of {at} so that its registry can be read, or give the variable a value",
    )


def _invalid(text: Text, at: str) -> Unknown:
    return Unknown(
        Why.NOT_FOLLOWED,
        f"the image {shown(text)!r}",
        at,
        f"{shown(text)!r} in {at} is not a reference to an image in a registry: write HOST/NAME:TAG",
    )
