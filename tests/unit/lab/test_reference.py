"""Which texts are images, and which registry, name and tag they mean."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pullproof.lab.reference import BadReference, parts_of

DIGEST = f"sha256:{'0a' * 32}"


@pytest.mark.parametrize(
    ("image", "expected"),
    [
        ("busybox", ("registry-1.docker.io", "library/busybox", "latest")),
        ("busybox:1.36", ("registry-1.docker.io", "library/busybox", "1.36")),
        ("docker.io/busybox", ("registry-1.docker.io", "library/busybox", "latest")),
        ("index.docker.io/a/b:c", ("registry-1.docker.io", "a/b", "c")),
        ("a/b", ("registry-1.docker.io", "a/b", "latest")),
        ("localhost/a", ("localhost", "a", "latest")),
        ("registry:5000/a/b", ("registry:5000", "a/b", "latest")),
        ("public.ecr.aws/x/y-z__1.2:V_1", ("public.ecr.aws", "x/y-z__1.2", "V_1")),
        (f"ghcr.io/a:b@{DIGEST}", ("ghcr.io", "a", DIGEST)),
    ],
)
def test_an_image_has_a_registry_a_name_and_a_tag_or_digest(
    image: str, expected: tuple[str, str, str]
) -> None:
    """What is left out is Docker Hub's, and the latest."""
    assert expected == parts_of(image)


@pytest.mark.parametrize(
    ("image", "says"),
    [
        ("", "invalid reference format"),
        ("a b", "invalid reference format"),
        ("a\n", "invalid reference format"),
        ("example.com/a\0:v1", "invalid reference format"),
        ("example.com/../b:v1", "invalid reference format"),
        ("example.com//b:v1", "invalid reference format"),
        ("example.com/b?x=y", "invalid reference format"),
        ("example.com/b:", "invalid reference format"),
        (f"example.com/b:{'x' * 129}", "invalid reference format"),
        ("example.com/b@sha256:12", "invalid reference format"),
        ("-example.com/b", "invalid reference format"),
        ("example.com:port/b", "invalid reference format"),
        ("example.com/B", "repository name must be lowercase"),
        (f"example.com/{'b' * 256}", "repository name must not be more than 255 characters"),
    ],
)
def test_what_is_no_image_says_why(image: str, says: str) -> None:
    """In the words of those who pull."""
    with pytest.raises(BadReference, match=says):
        parts_of(image)


@given(st.text())
def test_whatever_is_an_image_is_plain(image: str) -> None:
    """No part of it ends a path, a header or a host."""
    try:
        found = parts_of(image)
    except BadReference:
        return
    assert all(part.isascii() and part.isprintable() and " " not in part for part in found)
    assert ".." not in found[1].split("/")
