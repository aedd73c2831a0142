"""Cutting text with holes, and ARNs."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pullproof.launch.parts import Arn, cut, is_port, masked, read_arn, split
from pullproof.model.text import hole

HOLE = hole('aws_x.y["a:b/c@d"].arn')
PIECES = st.lists(st.sampled_from(["a", ":", "/", HOLE, "", hole(":")]), max_size=8).map("".join)


def test_a_separator_inside_a_hole_is_not_seen() -> None:
    """A reference that holds a colon is one part."""
    assert ["x", HOLE, "y"] == split(f"x:{HOLE}:y", ":")


@given(PIECES)
def test_what_is_split_can_be_joined(text: str) -> None:
    """Splitting loses nothing, and masking keeps every place."""
    assert text == ":".join(split(text, ":"))
    assert len(text) == len(masked(text))


@pytest.mark.parametrize(
    ("text", "expected"), [("a:b:c", ("a", "b:c")), ("a", ("a", "")), (f"{HOLE}:k", (HOLE, "k"))]
)
def test_text_is_cut_once(text: str, expected: tuple[str, str]) -> None:
    """Cutting gives what is before the first separator and what is after it."""
    assert expected == cut(text, ":")


@pytest.mark.parametrize(
    ("text", "expected"),
    [("443", True), ("65535", True), ("0", False), ("65536", False), ("", False), ("²", False)],
)
def test_ports_are_told_from_other_text(text: str, expected: bool) -> None:
    """A port is a number from 1 to 65535."""
    assert expected == is_port(text)


def test_an_arn_keeps_its_parts_and_its_text() -> None:
    """Reading an ARN and writing it gives the same text, with holes as without."""
    text = f"arn:aws:secretsmanager:{hole('region')}:1:secret:a:b"

    assert Arn(
        partition="aws", service="secretsmanager", region=hole("region"), account="1", resource="secret:a:b"
    ) == read_arn(text)
    assert text == str(read_arn(text))


@pytest.mark.parametrize("text", ["", "arn:aws:s3", HOLE, f"{HOLE}:key:::", "urn:aws:s3:::b"])
def test_other_text_is_no_arn(text: str) -> None:
    """Text that does not show the six parts of an ARN is none."""
    assert read_arn(text) is None
