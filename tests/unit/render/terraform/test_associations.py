"""A subnet has one association with a route table: it is moved, and never joined by a second one."""

from pathlib import Path

import pytest

from pullproof.model import edits as e
from pullproof.model.estate import Estate
from pullproof.render.base import Rendered
from pullproof.render.terraform.render import in_place, standalone
from tests import build

VPC, SUBNET, TABLE = "aws_vpc.main", "aws_subnet.public", "aws_route_table.old"
EDIT = e.AddRouteTable(name="public", vpc=VPC, subnets=(SUBNET,))
NETWORK = """resource "aws_vpc" "main" {
}

resource "aws_subnet" "public" {
  vpc_id = aws_vpc.main.id
}

resource "aws_route_table" "old" {
  vpc_id = aws_vpc.main.id
}
"""
ASSOCIATION = """
resource "aws_route_table_association" "public" {
  subnet_id      = aws_subnet.public.id # the one
  route_table_id = aws_route_table.old.id
}
"""


def estate(table: str = TABLE) -> Estate:
    """A subnet on a table."""
    found = build.an_estate()
    build.a_vpc(found, VPC)
    build.a_table(found, TABLE, vpc=VPC)
    build.a_subnet(found, SUBNET, vpc=VPC, table=table)
    return found


def written(folder: Path, text: str, known: Estate) -> Rendered:
    """What becomes of a configuration."""
    (folder / "main.tf").write_text(text, encoding="utf-8")
    return in_place([EDIT], known, str(folder))


def test_the_association_that_is_there_is_moved(tmp_path: Path) -> None:
    """It gets the new table, and everything else about it stays."""
    found = written(tmp_path, NETWORK + ASSOCIATION, estate())
    text = found.patches[0].after.decode()

    assert () == found.refusals
    assert 1 == text.count('"aws_route_table_association"')
    assert ASSOCIATION.replace("aws_route_table.old", "aws_route_table.public") in text


def test_a_subnet_on_the_main_table_is_associated(tmp_path: Path) -> None:
    """Where there is no association of its own, one is made."""
    found = written(tmp_path, NETWORK, estate(f"{VPC}-main"))
    text = found.patches[0].after.decode()

    assert () == found.refusals
    assert 1 == text.count('"aws_route_table_association"')


@pytest.mark.parametrize(
    ("text", "says"),
    [
        (NETWORK, "not by its name"),
        (NETWORK + ASSOCIATION.replace("{\n", "{\n  count = 1\n", 1), "may be about other subnets too"),
        (NETWORK + ASSOCIATION.replace("public.id #", "public[0].id #"), "may be about other subnets too"),
        (NETWORK + ASSOCIATION + ASSOCIATION.replace('n" "public"', 'n" "again"'), "not by its name"),
    ],
)
def test_what_cannot_be_moved_for_it_alone_is_refused(text: str, says: str, tmp_path: Path) -> None:
    """A second association would be refused by AWS, so none is written."""
    found = written(tmp_path, text, estate())

    assert [True] == [says in refusal.why for refusal in found.refusals]
    assert () == found.patches


def test_another_file_cannot_move_it(tmp_path: Path) -> None:
    """Beside the configuration the change is told, and nothing is written."""
    (tmp_path / "main.tf").write_text(NETWORK + ASSOCIATION, encoding="utf-8")
    found = standalone([EDIT], estate(), str(tmp_path), str(tmp_path / "fix.tf"))

    assert ["set route_table_id of aws_route_table_association.public, or let --write do it"] == [
        refusal.remedy for refusal in found.refusals
    ]
    assert () == found.patches
