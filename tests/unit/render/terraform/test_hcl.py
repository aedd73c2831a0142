"""HCL as text: what is quoted reads back as it was, and lines stand as `terraform fmt` puts them."""

import re

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from pullproof.render.terraform.hcl import (
    Assign,
    Item,
    Nested,
    block,
    body,
    index,
    key,
    label,
    listed,
    quoted,
    template,
)
from pullproof.sources.terraform.hcl.expressions import parse
from pullproof.sources.terraform.hcl.syntax import Literal, Name, Source, Template

NASTY = st.lists(
    st.sampled_from(
        [
            "${",
            "%{",
            "$",
            "%",
            "{",
            "}",
            '"',
            "\\",
            "\n",
            "\r",
            "\t",
            "EOT",
            "<<EOT",
            "a",
            "é",
            "\u2028",
            "\u202e",
            "\0",
            "#",
        ]
    )
).map("".join)


def read(text: str) -> object:
    """What the text of a string is, by our own reader of expressions."""
    return parse(Source(text=text, file="x.tf", line=1))


#: Two characters of the private use area are marks of our own, which no text from outside may have.
TEXT = st.text(st.characters(exclude_characters="\ue000\ue001"))


#: Halves of characters, which no file can hold.
HALVES = re.compile("[\ud800-\udfff]")


@given(st.one_of(NASTY, TEXT))
@example("\ud800")
def test_what_is_quoted_reads_back(text: str) -> None:
    """No name leaves its quotation marks, whatever is in it."""
    written = quoted(text)

    assert "\n" not in written
    assert Literal(HALVES.sub("\ufffd", text)) == read(written)


@given(NASTY, NASTY)
@example("$$", "$${")
def test_text_around_a_reference_reads_back(before: str, after: str) -> None:
    """Text before and after an interpolation stays text, also where it ends with a dollar sign."""
    found = read(template([(False, before), (True, "x"), (False, after)]))

    parts = found.parts if isinstance(found, Template) else (found,)
    flat = [part.value if isinstance(part, Literal) else part for part in parts]
    texts = "".join(str(part) for part in flat if not isinstance(part, Name))
    assert 1 == sum(part == Name("x") for part in flat)
    assert before + after == texts


def test_a_lone_reference_needs_no_string() -> None:
    """A text that is one reference is written as the reference."""
    assert "aws_vpc.main.id" == template([(True, "aws_vpc.main.id")])


def test_rows_are_aligned_and_values_over_lines_are_not() -> None:
    """The `=` signs of neighbours stand below each other; a value over several lines begins a row of its own."""
    items: list[Item] = [
        Assign("a", "1"),
        Assign("long", "2"),
        Assign("policy", "jsonencode({\n  a = 1\n})"),
        Assign("b", "3"),
        Nested("alias", (Assign("name", '"x"'),)),
        Assign("after", "4"),
    ]

    assert (
        'a    = 1\nlong = 2\npolicy = jsonencode({\n  a = 1\n})\nb = 3\n\nalias {\n  name = "x"\n}\n\nafter = 4'
        == body(items)
    )


def test_an_empty_block_and_a_long_list() -> None:
    """A block without items is written, and a list that is too long for a line stands on several."""
    assert 'x "y" {\n}' == block('x "y"', [])
    assert listed(["a" * 60, "b" * 60]).startswith("[\n  aaa")


@pytest.mark.parametrize(
    ("text", "expected"),
    [("Weird Name!", "weird_name"), ("10.0.0.0/16", "x_10_0_0_0_16"), ("", "x"), ('a"${b}', "a_b")],
)
def test_labels_are_made_of_any_text(text: str, expected: str) -> None:
    """What becomes the name of a block has letters, digits and underscores."""
    assert expected == label(text)


@pytest.mark.parametrize(
    ("value", "expected"), [(None, ""), (3, "[3]"), ("a", '["a"]'), ('x"${y}', '["x\\"$${y}"]')]
)
def test_indexes(value: str | int | None, expected: str) -> None:
    """An instance's index is quoted as any other text."""
    assert expected == index(value)


def test_keys_of_objects() -> None:
    """A key that is no name is quoted."""
    assert ["AWS", '"aws:SourceVpc"'] == [key("AWS"), key("aws:SourceVpc")]
