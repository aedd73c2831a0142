"""Image references: which registry, which repository."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pullproof.launch.images import Image, Registry, read_image, without_tag
from pullproof.model.text import anything, clean, hole
from pullproof.model.value import Unknown, Why

ACCOUNT, REGION = hole("account"), hole("region")
URL = hole("aws_ecr_repository.app.repository_url")


def read(text: str) -> Image:
    """An image that can be read."""
    image = read_image(text, "task")
    assert isinstance(image, Image), image
    return image


@pytest.mark.parametrize(
    ("text", "registry", "host", "port", "name"),
    [
        ("nginx", Registry.DOCKER_HUB, "registry-1.docker.io", 443, "library/nginx"),
        ("nginx:1.27", Registry.DOCKER_HUB, "registry-1.docker.io", 443, "library/nginx"),
        (" nginx ", Registry.DOCKER_HUB, "registry-1.docker.io", 443, "library/nginx"),
        ("localhost:5000", Registry.DOCKER_HUB, "registry-1.docker.io", 443, "library/localhost"),
        ("org/app:tag", Registry.DOCKER_HUB, "registry-1.docker.io", 443, "org/app"),
        ("docker.io/nginx", Registry.DOCKER_HUB, "registry-1.docker.io", 443, "library/nginx"),
        ("docker.io/org/app", Registry.DOCKER_HUB, "registry-1.docker.io", 443, "org/app"),
        ("public.ecr.aws/nginx/nginx:1", Registry.ECR_PUBLIC, "public.ecr.aws", 443, "nginx/nginx"),
        ("quay.io/org/app@sha256:" + "0" * 64, Registry.OTHER, "quay.io", 443, "org/app"),
        ("registry.corp:5000/a/b/c:1", Registry.OTHER, "registry.corp", 5000, "a/b/c"),
        ("10.0.0.5:5000/app", Registry.OTHER, "10.0.0.5", 5000, "app"),
        (f"ghcr.io/org/{anything('x')}:1", Registry.OTHER, "ghcr.io", 443, f"org/{anything('x')}"),
        (f"nginx:{anything('tag')}", Registry.DOCKER_HUB, "registry-1.docker.io", 443, "library/nginx"),
    ],
)
def test_registries_are_told_by_docker_s_rules(
    text: str, registry: Registry, host: str, port: int, name: str
) -> None:
    """Short names are Docker Hub's, a first part with a dot or a colon is a host."""
    image = read(text)

    assert (registry, host, port, name) == (image.registry, image.host, image.port, image.name)


@pytest.mark.parametrize(
    ("host", "account", "region", "partition", "dual_stack"),
    [
        ("1.dkr.ecr.eu-west-1.amazonaws.com", "1", "eu-west-1", "aws", False),
        ("1.dkr.ecr-fips.us-east-1.amazonaws.com", "1", "us-east-1", "aws", False),
        ("1.dkr.ecr.us-gov-west-1.amazonaws.com", "1", "us-gov-west-1", "aws-us-gov", False),
        ("1.dkr.ecr.cn-north-1.amazonaws.com.cn", "1", "cn-north-1", "aws-cn", False),
        ("1.dkr-ecr.eu-west-1.on.aws", "1", "eu-west-1", "aws", True),
        ("1.dkr-ecr-fips.us-gov-west-1.on.aws", "1", "us-gov-west-1", "aws-us-gov", True),
        (f"{ACCOUNT}.dkr.ecr.{REGION}.amazonaws.com", ACCOUNT, REGION, "", False),
        (f"1.dkr.ecr.eu-west-1.{hole('suffix')}", "1", "eu-west-1", "aws", False),
        (f"1.dkr.ecr.cn-north-1.{hole('suffix')}", "1", "cn-north-1", "aws-cn", False),
    ],
)
def test_every_name_of_a_private_registry_is_known(
    host: str, account: str, region: str, partition: str, dual_stack: bool
) -> None:
    """Standard, FIPS, dual-stack, GovCloud and China names say whose registry it is and where."""
    image = read(f"{host}/team/app:1@sha256:0")

    assert Registry.ECR is image.registry
    assert (host, "team/app") == (image.host, image.name)
    assert (account, region, partition, dual_stack) == (
        image.account,
        image.region,
        image.partition,
        image.dual_stack,
    )


def test_the_url_of_a_repository_can_only_be_an_image_in_ecr() -> None:
    """A reference that is a repository's URL says which kind of registry it is, and no more."""
    image = read(f"{URL}:1")

    assert Registry.ECR is image.registry
    assert image.region.startswith(hole("?")[:-1])


def test_the_uri_of_a_public_repository_is_an_image_in_ecr_public() -> None:
    """ECR Public has an attribute of its own."""
    image = read(f"{hole('aws_ecrpublic_repository.app.repository_uri')}:1")

    assert Registry.ECR_PUBLIC is image.registry


@pytest.mark.parametrize(
    "text",
    [
        anything("var.image"),
        f"{anything('var.image')}:1",
        f"{anything('var.registry')}/app",
        f"nginx{anything('var.suffix')}",
        f"org{anything('x')}/app",
        hole("module.image.url"),
    ],
)
def test_an_unknown_registry_is_not_guessed(text: str) -> None:
    """Where a part of the host is not known, the answer is that it is not known, and where to settle it."""
    image = read_image(text, "task")

    assert isinstance(image, Unknown)
    assert (Why.NOT_FOLLOWED, "task") == (image.why, image.resource)


@pytest.mark.parametrize(
    "text",
    [
        "1.dkr.ecr.cn-north-1.amazonaws.com/app",
        f"{ACCOUNT}.dkr.ecr.eu-west-1.amazonaws.com.cn/app",
        "",
        ":1",
        "/app",
        "ghcr.io/",
        "ghcr.io:https/app",
        "ghcr.io:0/app",
        "localhost/app",
        "ghcr.io/Org/App",
        "${image}",
        "1.dkr.ecr.eu-west-1.amazonaws.com/",
        "docker.io/A",
        "public.ecr.aws/-",
    ],
)
def test_what_is_no_reference_is_not_known(text: str) -> None:
    """Docker refuses these; what happens to the task is not for us to say."""
    assert isinstance(read_image(text, "task"), Unknown)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("a:1", "a"),
        ("a:1@sha256:2", "a"),
        ("h:5000/a", "h:5000/a"),
        ("h:5000/a:1", "h:5000/a"),
        (f"{URL}:1", URL),
        (hole('x["a:b"].c'), hole('x["a:b"].c')),
        (f"{hole('x@y')}@sha256:1", hole("x@y")),
    ],
)
def test_tags_and_digests_are_cut_off(text: str, expected: str) -> None:
    """The port of a host is no tag, and a colon in a reference is none either."""
    assert expected == without_tag(text)


@given(st.text(max_size=60))
def test_no_text_raises(text: str) -> None:
    """Whatever is written as an image, it is read or it is not known."""
    assert isinstance(read_image(clean(text), "task"), Image | Unknown)


@given(
    st.lists(
        st.sampled_from(
            [*"a1-_.:/@", ".dkr.ecr.", "amazonaws.com", URL, ACCOUNT, anything("x"), "docker.io", "sha256:"]
        ),
        max_size=10,
    ).map("".join)
)
def test_an_image_that_is_read_has_a_host_and_a_name(text: str) -> None:
    """What is made of parts of references is never half read."""
    image = read_image(text, "task")

    assert isinstance(image, Unknown) or (image.host and image.name and 0 < image.port < 65536)
    assert not isinstance(image, Image) or image.title.startswith("image ")
