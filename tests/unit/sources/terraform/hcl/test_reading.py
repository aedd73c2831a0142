"""Source text into blocks and expressions: positions, errors, and the forms the language allows."""

from pathlib import Path

import pytest

from pullproof.errors import InputError
from pullproof.sources.terraform.hcl import syntax
from pullproof.sources.terraform.hcl.blocks import LARGE, attributes_of, blocks_of, read_blocks
from pullproof.sources.terraform.hcl.expressions import parse, parse_template
from pullproof.sources.terraform.hcl.json_blocks import json_blocks
from pullproof.sources.terraform.hcl.strict import strict_blocks
from pullproof.sources.terraform.hcl.syntax import Block, Literal, Name, Source

FILE = """\
# A comment.
terraform { required_version = ">= 1.7" }

resource "aws_vpc" "main" {
  cidr_block = "10.0.0.0/16" // another
  tags = {
    Name = "x"
    Open = "{"
  }
  dynamic "thing" {
    for_each = [1]
    content { size = thing.value }
  }
  text = <<-EOT
    } not a brace
  EOT
}

locals {
  a = 1, b = 2
}
""".replace("a = 1, b = 2", "a = 1\n  b = (\n    2\n  )")


def source(text: str) -> Source:
    return Source(text=text, file="main.tf", line=10)


def flat(blocks: tuple[Block, ...]) -> list[tuple[str, tuple[str, ...], int, dict[str, tuple[str, int]]]]:
    """Blocks with everything that is read of them, the nested ones after the outer."""
    found = []
    for block in blocks:
        attributes = {name: (one.text, one.line) for name, one in block.attributes.items()}
        found.append((block.type, block.labels, block.line, attributes))
        found += flat(block.blocks)
    return found


def test_blocks_are_read_with_their_lines() -> None:
    """Blocks, labels, arguments and nested blocks are found, each with its line."""
    assert [
        ("terraform", (), 2, {"required_version": ('">= 1.7"', 2)}),
        (
            "resource",
            ("aws_vpc", "main"),
            4,
            {
                "cidr_block": ('"10.0.0.0/16"', 5),
                "tags": ('{\n    Name = "x"\n    Open = "{"\n  }', 6),
                "text": ("<<-EOT\n    } not a brace\n  EOT", 14),
            },
        ),
        ("dynamic", ("thing",), 10, {"for_each": ("[1]", 11)}),
        ("content", (), 12, {"size": ("thing.value", 12)}),
        ("locals", (), 19, {"a": ("1", 20), "b": ("(\n    2\n  )", 21)}),
    ] == flat(blocks_of(FILE.encode(), "main.tf"))


def test_both_readers_of_blocks_agree() -> None:
    """A file large enough for tree-sitter gives the same blocks as the exact reader."""
    large = FILE + "#" * LARGE

    assert strict_blocks(large, "main.tf") == blocks_of(large.encode(), "main.tf")
    assert flat(blocks_of(FILE.encode(), "main.tf")) == flat(blocks_of(large.encode(), "main.tf"))


def test_large_files_that_stumble_are_read_exactly() -> None:
    """What tree-sitter takes for an error is read by the exact reader, in a large file too."""
    text = "#" * LARGE + "\nlocals {\n  a = 1e3\n}\n"

    assert "1e3" == blocks_of(text.encode(), "main.tf")[0].attributes["a"].text


@pytest.mark.parametrize(
    "text", ["locals {\n  a = 1e3\n}\n", "\ufefflocals {\r\n  a = 1\r\n}\r\n", "a = 1", ""]
)
def test_valid_files_are_read(text: str) -> None:
    """What the grammar of tree-sitter does not know is read all the same."""
    assert isinstance(blocks_of(text.encode(), "main.tf"), tuple)


@pytest.mark.parametrize(
    ("text", "place", "problem"),
    [
        ("resource {\n  a = 1\n", "main.tf:1", "the block `resource` has no closing brace"),
        ("a {\n  b = \n}\n", "main.tf:2", "expected a name before the end of the line"),
        ("a {\n  b = 1 2\n}\n", "main.tf:2", "expected a new line before `2`"),
        ("a {\n  b = [1\n}\n", "main.tf:3", "expected `]` before `}`"),
        ("a {\n  = 1\n}\n", "main.tf:2", "expected a name before `= 1`"),
        ("a = 1\n}\n", "main.tf:2", "expected an argument or a block before `}`"),
        ('a "b {\n}\n', "main.tf:1", "a label has no closing quotation mark"),
        ('a {\n  b = "x\n}\n', "main.tf:2", "a string has no closing quotation mark"),
        ("a {\n  b = <<EOT\nx\n}\n", "main.tf:2", "the text that begins with <<EOT has no end"),
        ("a {\n  b = f(1\n}\n", "main.tf:3", "expected `)` before `}`"),
        ("a {\n" * 60, "main.tf:51", "blocks are nested more than 50 levels deep"),
        ("a {\n  b = " + "(" * 150 + "\n}", "main.tf:2", "an expression is nested more than 100 levels deep"),
        ('a {\n  b = "${c"\n}\n', "main.tf:2", 'expected `}` before `"`'),
        ('a {\n  b = "\\q"\n}\n', "main.tf:2", "there is no escape sequence `\\q`"),
    ],
)
def test_errors_name_the_line_and_what_was_expected(text: str, place: str, problem: str) -> None:
    """A syntax error names file and line, says what is wrong there, and what to run."""
    with pytest.raises(InputError) as caught:
        blocks_of(text.encode(), "main.tf")

    assert (place, problem) == (caught.value.place, caught.value.problem)
    assert "terraform validate" in caught.value.remedy


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ("1 +", "expected a name before the end"),
        ("a ? b", "expected `:` before the end"),
        ("[1, 2", "expected `]` before the end"),
        ("{ a = 1 b = 2 }", "expected a comma or a new line before `b = 2 }`"),
        ("{ a }", "expected `:` before `}`"),
        ("[for x of y : x]", "expected `in` before `of y : x]`"),
        ("{ for x in y : x }", "expected `=>` before `}`"),
        ("a.", "expected a name before the end"),
        ("a b", "the expression ends too early before `b`"),
        ('"%{ while x }"', "there is no template directive `while`"),
        ('"%{ if x }a"', "a template directive lacks its `%{ endif }`"),
        ('"%{ for x in y }a"', "a template directive lacks its `%{ endfor }`"),
        ('"%{ endif }"', "`%{ endif }` has nothing to end"),
        ("9" * 400, "a number has more than 300 digits"),
        ("-" * 200 + "1", "an expression is nested more than 100 levels deep"),
    ],
)
def test_malformed_expressions_are_refused(text: str, problem: str) -> None:
    """A malformed expression is an error at its line."""
    with pytest.raises(InputError) as caught:
        parse(source(text))

    assert ("main.tf:10", problem) == (caught.value.place, caught.value.problem)


def test_lines_are_counted_within_an_expression() -> None:
    """An error deep in an expression names its own line."""
    with pytest.raises(InputError) as caught:
        parse(source("[\n  1,\n  2\n  3\n]"))

    assert "main.tf:13" == caught.value.place


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("a # comment", Name("a")),
        ("/* x */ a // y", Name("a")),
        ("true", Literal(True)),
        ("null", Literal(None)),
        ('"a\\u00e9\\U0001F600\\ud800"', Literal("aé😀\ufffd")),
        (
            "{ true = 1, null : 2 }",
            syntax.Object(((Literal("true"), Literal(1)), (Literal("null"), Literal(2)))),
        ),
        ("f(a...)", syntax.Call("f", (Name("a"),), spread=True)),
        ("f(a, )", syntax.Call("f", (Name("a"),))),
        ("a::b(1)", syntax.Call("a::b", (Literal(1),))),
        ("a [ 0 ] . b", syntax.Attr(syntax.Index(Name("a"), Literal(0)), "b")),
        ("-a.b", syntax.Unary("-", syntax.Attr(Name("a"), "b"))),
        ("1.50", Literal(1.5)),
    ],
)
def test_expressions_have_their_shape(text: str, expected: object) -> None:
    """Comments, escapes, keys, calls and traversals are read as the language has them."""
    assert expected == parse(source(text))


def test_a_template_is_a_whole_text() -> None:
    """Quotation marks and backslashes mean nothing in a template file."""
    assert Literal('a "b" \\n') == parse_template(source('a "b" \\n'))


def test_arguments_of_a_tfvars_file_have_their_lines() -> None:
    """A file of arguments only is read with the right lines."""
    found = attributes_of(b"a = 1\nb = {\n  c = 2\n}\n", "x.tfvars")

    assert {"a": 1, "b": 2} == {name: one.line for name, one in found.items()}


def test_json_blocks_are_those_of_native_syntax() -> None:
    """Labels are levels of keys, blocks may be lists, comments are dropped."""
    content = b"""{"//": "x", "resource": {"aws_vpc": {"a": {"cidr_block": "10.0.0.0/16", "//": "y"}, "b": [{}, {}]}},
        "locals": {"x": [1, "${var.y}"]}, "terraform": [{"backend": {"s3": {}}}], "module": {"m": {"source": "./m"}}}"""
    found = json_blocks(content, "main.tf.json")

    assert [
        ("resource", ("aws_vpc", "a")),
        ("resource", ("aws_vpc", "b")),
        ("resource", ("aws_vpc", "b")),
    ] == [(block.type, block.labels) for block in found if block.type == "resource"]
    assert '[1,"${var.y}"]' == next(block for block in found if block.type == "locals").attributes["x"].text
    assert ["cidr_block"] == list(found[0].attributes)


@pytest.mark.parametrize(
    ("text", "problem"), [("{", "not JSON"), ("[]", "not a JSON object"), ("[" * 9999, "not JSON")]
)
def test_json_that_is_none_is_refused(text: str, problem: str) -> None:
    """A .tf.json file that is no JSON object is an error that names the file."""
    with pytest.raises(InputError, match=problem) as caught:
        json_blocks(text.encode(), "main.tf.json")

    assert "main.tf.json" == caught.value.place


def test_files_that_cannot_be_read_are_named(tmp_path: Path) -> None:
    """A file that is missing, or larger than any configuration, is an error that names it."""
    large = tmp_path / "large.tf"
    with large.open("wb") as file:
        file.truncate(10_000_001)

    with pytest.raises(InputError, match="cannot be read: No such file"):
        read_blocks(str(tmp_path / "none.tf"), "none.tf")
    with pytest.raises(InputError, match="larger than any configuration"):
        read_blocks(str(large), "large.tf")
