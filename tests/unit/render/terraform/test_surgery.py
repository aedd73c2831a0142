"""Changes inside the user's blocks: what is changed, and that nothing else is."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pullproof.errors import InputError
from pullproof.render.base import CannotWrite
from pullproof.render.terraform.document import BOM, Document, Spot
from pullproof.render.terraform.surgery import add_block, add_to_list, rename_argument, set_argument

SPOT = Spot(("resource", "aws_x", "a"))


def document(text: str) -> Document:
    """A file with this text."""
    return Document("main.tf", "main.tf", text.encode())


def resource(inside: str) -> str:
    """A resource with this inside."""
    return f'resource "aws_x" "a" {{\n{inside}}}\n'


def with_argument(inside: str, name: str, value: str) -> str:
    """The inside after an argument was set."""
    found = document(resource(inside))
    set_argument(found, SPOT, name, value)
    return found.now.decode().removeprefix(resource("").partition("\n")[0] + "\n").removesuffix("}\n")


@pytest.mark.parametrize(
    ("inside", "name", "expected"),
    [
        ("  a = 1 # why\n", "a", "  a = new # why\n"),
        ("  name = 1\n", "abc", "  name = 1\n  abc  = new\n"),
        ("  name = 1 # why\n", "abc", "  name = 1 # why\n  abc  = new\n"),
        ("  a = 1\n", "longer", "  a = 1\n\n  longer = new\n"),
        (
            "  name = 1\n\n  sub {\n    b = 2\n  }\n",
            "abc",
            "  name = 1\n  abc  = new\n\n  sub {\n    b = 2\n  }\n",
        ),
        ("  sub {\n    b = 2\n  }\n", "abc", "  abc = new\n\n  sub {\n    b = 2\n  }\n"),
        ("  p = f({\n  })\n", "abc", "  p = f({\n  })\n  abc = new\n"),
        ("  name = 1\n  p = f({\n  })\n", "abc", "  name = 1\n  abc  = new\n  p = f({\n  })\n"),
        ("  # nothing yet\n", "a", "\n  a = new  # nothing yet\n"),
        ("\tname = 1\n", "abc", "\tname = 1\n\tabc  = new\n"),
    ],
)
def test_an_argument_is_set_in_the_manner_of_its_block(inside: str, name: str, expected: str) -> None:
    """A new argument stands with the others, and those stay as they are."""
    if inside.startswith("  #"):
        assert "a = new" in with_argument(inside, name, "new")
        return
    assert expected == with_argument(inside, name, "new")


@pytest.mark.parametrize(
    "text", ['resource "aws_x" "a" {}\n', 'resource "aws_x" "a" { }\n', 'resource "aws_x" "a" { b = 1 }\n']
)
def test_a_block_on_one_line_is_opened_up(text: str) -> None:
    """A block whose braces stand on one line gets lines."""
    found = document(text)
    set_argument(found, SPOT, "b", "2")
    set_argument(found, SPOT, "c", "3")

    assert 'resource "aws_x" "a" {\n  b = 2\n  c = 3\n}\n' == found.now.decode()


LISTS = [
    ("[a]", "[a, new]"),
    ("[a, ]", "[a, new ]"),
    ("[]", "[new]"),
    ("[\n    a,\n    b, # last\n  ]", "[\n    a,\n    b, # last\n    new,\n  ]"),
    ("[\n    a,\n    b # last\n  ]", "[\n    a,\n    b, # last\n    new\n  ]"),
    ("x[*].id", "concat(x[*].id, [new])"),
    ("x.*.id", "concat(x.*.id, [new])"),
    ("var.ids", "concat(tolist(var.ids), [new])"),
    ("concat(a, b)", "concat(a, b, [new])"),
    ("toset(a)", "setunion(toset(a), [new])"),
    ("flatten(a)", "concat(flatten(a), [new])"),
    ("lookup(a, b)", "concat(tolist(lookup(a, b)), [new])"),
    ("[for s in x : s.id]", "concat([for s in x : s.id], [new])"),
]


@pytest.mark.parametrize(("before", "after"), LISTS)
def test_an_item_is_added_to_any_list(before: str, after: str) -> None:
    """A list that is written out gets an item in its own manner; any other expression is wrapped."""
    found = document(resource(f"  ids = {before}\n"))
    value = found.attribute(SPOT, "ids")
    assert value is not None
    add_to_list(found, value, "new")

    assert resource(f"  ids = {after}\n") == found.now.decode()
    assert not Document("x", "x", found.now).broken


def test_a_block_is_added_behind_those_of_its_kind() -> None:
    """A nested block goes behind the last of its kind, dynamic ones included, and else to the end."""
    inside = '  ingress {\n    a = 1\n  }\n  dynamic "ingress" {\n    for_each = x\n    content {\n      a = 2\n    }\n  }\n  tags = {}\n'
    found = document(resource(inside))
    add_block(found, SPOT, "ingress {\n  a = 3\n}", ("ingress",))
    add_block(found, SPOT, "egress {\n  a = 4\n}", ("egress",))

    wanted = (
        inside.replace("  tags", "\n  ingress {\n    a = 3\n  }\n  tags") + "\n  egress {\n    a = 4\n  }\n"
    )
    assert resource(wanted) == found.now.decode()


def test_one_argument_takes_the_place_of_another() -> None:
    """The target of a route changes its name and its value, and its row is aligned again."""
    inside = '  route {\n    cidr_block = "0.0.0.0/0" # out\n    gateway_id = b\n  }\n  route {\n    cidr_block = "1.0.0.0/8"\n    gateway_id = c\n  }\n'
    found = document(resource(inside))
    at = Spot(SPOT.labels, ("route",))
    rename_argument(found, at, ("gateway_id",), ("nat_gateway_id", "n"), ("cidr_block", '"0.0.0.0/0"'))

    wanted = inside.replace('cidr_block = "0', 'cidr_block     = "0').replace(
        "gateway_id = b", "nat_gateway_id = n"
    )
    assert resource(wanted) == found.now.decode()
    with pytest.raises(CannotWrite):
        rename_argument(found, at, ("gateway_id",), ("x", "n"), ("cidr_block", '"9.0.0.0/8"'))


@pytest.mark.parametrize("mark", [b"", BOM])
def test_line_ends_and_byte_order_marks_stay(mark: bytes) -> None:
    """What is added to a file from Windows has the line ends of that file."""
    text = mark + resource("  name = 1\n").replace("\n", "\r\n").encode()
    found = Document("x", "x", text)
    set_argument(found, SPOT, "abc", "[\n  1,\n]")

    assert mark + resource("  name = 1\n  abc = [\n    1,\n  ]\n").replace("\n", "\r\n").encode() == found.now


def test_unreadable_files_name_the_line() -> None:
    """A file that is no configuration is refused with its line, before anything changes."""
    with pytest.raises(InputError) as error:
        document('resource "a" "b" {\n  x = = 1\n}\n')

    assert "main.tf:2" == error.value.place


def test_what_only_the_grammar_stumbles_over_is_not_changed() -> None:
    """A file that is right but cannot be read exactly is left alone."""
    found = document(resource("  a = 1e3\n"))
    assert found.broken

    with pytest.raises(CannotWrite):
        set_argument(found, SPOT, "b", "1")


COMMENTS = st.sampled_from(["", "# why\n", "// why\n", "/* a\n b */\n", "\n", "\n\n"])
ITEMS = st.lists(
    st.sampled_from(
        [
            "name = 1",
            "a   =   [1,\n 2 ] # odd",
            'text = <<-EOT\n    {"a": [1]}\n  EOT',
            'b = "${c}" /* tail */',
            "sub {\n c = { d = [] }\n}",
            'dynamic "ingress" {\n  for_each = x\n content { y = 1 }\n}',
        ]
    ),
    max_size=4,
)


@given(
    st.lists(st.tuples(COMMENTS, ITEMS), min_size=1, max_size=3), st.sampled_from(["\n", "\r\n"]), st.data()
)
def test_nothing_outside_the_change_changes(
    blocks: list[tuple[str, list[str]]], newline: str, data: st.DataObject
) -> None:
    """Whatever the order, the comments and the spacing: taking out what was added gives the file as it was."""
    texts = []
    for number, (comment, items) in enumerate(blocks):
        seen: dict[str, str] = {item.split()[0] + item.split()[1]: item for item in items}
        inside = "".join(f"  {item}\n" for item in seen.values())
        texts.append(f'{comment}resource "aws_x" "r{number}" {{\n{inside}}}\n')
    before = "\n".join(texts).replace("\n", newline).encode()
    found = Document("x", "x", before)
    which = data.draw(st.integers(0, len(blocks) - 1))
    spot = Spot(("resource", "aws_x", f"r{which}"))
    if data.draw(st.booleans()):
        set_argument(found, spot, "added", "true")
    else:
        add_block(found, spot, "ingress {\n  z = 1\n}", ("ingress",))
    found.append('resource "aws_y" "z" {\n}')

    again = Document("x", "x", found.now)
    assert not again.broken
    assert _within(before, found.now)
    assert _spans(again) == _spans(found)


def _spans(found: Document) -> list[tuple[tuple[str, ...], int, int]]:
    """Where the blocks of a file are: the same whether it is parsed anew or after each change."""
    return [(head, node.start_byte, node.end_byte) for head, node in found.every()]


def _within(before: bytes, after: bytes) -> bool:
    """Whether the lines of a file are all in another one, in their order."""
    rest = iter(after.splitlines(keepends=True))
    return all(any(line == other for other in rest) for line in before.splitlines(keepends=True))
