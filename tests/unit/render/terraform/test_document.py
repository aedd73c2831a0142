"""The index of a file's blocks is kept while the file changes, and is always that of the file as it is."""

from time import process_time

from hypothesis import given, settings
from hypothesis import strategies as st

from pullproof.render.terraform.document import Document, Spot
from pullproof.render.terraform.surgery import set_argument

PIECES = ("", "x", '"', "{", "}", "\n", "# ", 'resource "a_b" "new" {\n}\n', "/*", "*/", "é")
TEXT = "".join(f'resource "aws_vpc" "v{at}" {{\n  a = {at}\n}}\n\n' for at in range(6))


@settings(max_examples=150, deadline=None)
@given(
    st.lists(
        st.tuples(st.integers(0, 400), st.integers(0, 40), st.sampled_from(PIECES), st.booleans()), max_size=6
    )
)
def test_the_index_is_that_of_a_file_read_anew(edits: list[tuple[int, int, str, bool]]) -> None:
    """After any edits, looked at in between or not, the blocks are those that a new reading finds."""
    document = Document("main.tf", "main.tf", TEXT.encode())
    for at, length, text, look in edits:
        start = min(at, len(document.now))
        document.replace(start, min(start + length, len(document.now)), text)
        if look:
            document.every()

    kept = [(head, node.start_byte, node.end_byte) for head, node in document.every()]
    anew = Document("main.tf", "main.tf", b"")
    anew.replace(0, 0, document.now.decode("utf-8", "replace"))
    assert document.now != anew.now or kept == [
        (head, node.start_byte, node.end_byte) for head, node in anew.every()
    ]


def test_a_file_in_another_encoding_is_read_and_keeps_its_bytes() -> None:
    """Labels and texts that are no UTF-8 are some names; the blocks beside them are found and changed."""
    text = b'resource "aws_vpc" "a" {\n  tags = { "gr\xf6\xdfe" = "\xe9" }\n}\n\nresource "x" "\xe9" {\n}\n'
    document = Document("main.tf", "main.tf", text)
    set_argument(document, Spot(("resource", "aws_vpc", "a")), "cidr_block", '"10.0.0.0/16"')

    assert 2 == len(document.every())
    assert b'"gr\xf6\xdfe" = "\xe9"' in document.now
    assert document.now.endswith(b'resource "x" "\xe9" {\n}\n')


def test_many_changes_of_a_large_file_take_little_time() -> None:
    """A thousand changes in a file of four hundred blocks, each looked up after the one before."""
    text = "".join(f'resource "aws_vpc" "v{at}" {{\n  a = {at}\n}}\n\n' for at in range(400))
    document = Document("main.tf", "main.tf", text.encode())
    begin = process_time()
    for number in range(1000):
        set_argument(document, Spot(("resource", "aws_vpc", f"v{number % 400}")), f"b{number // 400}", "1")
    taken = process_time() - begin

    assert 1000 == document.now.count(b" = 1\n") - text.count(" = 1\n")
    assert taken < 6, f"{taken:.1f} s"
