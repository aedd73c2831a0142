"""What nobody can count: left out of the copy, and everything that depends on it marked unknown."""

from pathlib import Path

import msgspec
import pytest

from pullproof.errors import InputError
from pullproof.sources.terraform.hcl.expressions import parse
from pullproof.sources.terraform.hcl.modules import Project
from pullproof.sources.terraform.hcl.syntax import Source
from pullproof.sources.terraform.mocked.dependence import Dependence, references
from pullproof.sources.terraform.mocked.uncounted import completed, is_uncounted, marked, without_instances
from tests.unit.sources.terraform.hcl.evaluating import a_plan, created, written

ROOT = """
data "aws_subnets" "all" {
  for_each = var.nobody_knows
}
locals {
  ids   = [for s in data.aws_subnets.all : s.id]
  other = ["x"]
  round = local.round
}
module "net" {
  source  = "./net"
  subnets = local.ids
  plain   = local.other
}
resource "aws_ecs_service" "app" {
  name = local.other[0]
  network_configuration {
    subnets = module.net.subnets
    plain   = module.net.plain
  }
  dynamic "extra" {
    for_each = local.ids
    content {}
  }
  round = local.round
}
resource "aws_route" "r" {
  count          = length(module.net.subnets)
  route_table_id = "rtb-1"
}
resource "aws_eip" "other" {
  tags = { a = aws_ecs_service.app.network_configuration }
}
variable "nobody_knows" {}
"""
NET = """
variable "subnets" {}
variable "plain" {}
output "subnets" { value = var.subnets }
output "plain" { value = var.plain }
resource "aws_subnet" "a" {
  tags = { ids = join(",", var.subnets) }
  x    = var.plain
}
"""


@pytest.fixture
def project(tmp_path: Path) -> Project:
    """A configuration in which one data source cannot be counted."""
    (tmp_path / "net").mkdir()
    written(tmp_path / "net", main=NET)
    return Project(written(tmp_path, main=ROOT))


@pytest.mark.parametrize(
    ("path", "block", "name", "expected"),
    [
        ((), "aws_ecs_service.app", "network_configuration", True),
        ((), "aws_ecs_service.app", "extra", True),
        ((), "aws_ecs_service.app", "name", False),
        ((), "aws_ecs_service.app", "round", False),
        ((), "aws_eip.other", "tags", True),
        ((), "aws_none.x", "y", False),
        (("net",), "aws_subnet.a", "tags", True),
        (("net",), "aws_subnet.a", "x", False),
        (("none",), "aws_subnet.a", "x", False),
    ],
)
def test_dependence_is_followed(
    project: Project, path: tuple[str, ...], block: str, name: str, expected: bool
) -> None:
    """Through locals, inputs, outputs and other resources, and no further."""
    dependence = Dependence(project, frozenset({((), "data.aws_subnets.all")}))

    assert expected == dependence.attribute(path, block, name)


def test_what_is_counted_by_it_cannot_be_counted(project: Project) -> None:
    """A resource whose number depends on what cannot be counted cannot be counted either."""
    dependence = completed(project, frozenset({((), "data.aws_subnets.all")}))

    assert {((), "data.aws_subnets.all"), ((), "aws_route.r")} == dependence.uncounted
    assert completed(project, frozenset()).uncounted == frozenset()


def test_a_plan_is_marked(project: Project) -> None:
    """What depends on it is unknown in the plan, and one instance stands for those there may be."""
    plan = a_plan(
        created("aws_ecs_service.app", name="app", network_configuration=[{"subnets": []}], extra=[]),
        created("aws_route.r[0]", route_table_id="rtb-1"),
        created("module.net.aws_subnet.a", tags={"ids": ""}, x="x"),
        created("aws_other.o", tags={}),
    )
    dependence = completed(project, frozenset({((), "data.aws_subnets.all")}))
    found = {change.address: change.change for change in marked(plan, project, dependence).resource_changes}

    assert {"aws_ecs_service.app", "aws_route.r", "module.net.aws_subnet.a", "aws_other.o"} == set(found)
    assert {"name": "app"} == msgspec.json.decode(found["aws_ecs_service.app"].after)
    assert {"network_configuration", "extra", "id", "arn"} == set(
        msgspec.json.decode(found["aws_ecs_service.app"].after_unknown)
    )
    assert {"x": "x"} == msgspec.json.decode(found["module.net.aws_subnet.a"].after)
    assert {"route_table_id": True} == msgspec.json.decode(found["aws_route.r"].after_unknown)
    assert plan is marked(plan, project, completed(project, frozenset()))
    assert is_uncounted("aws_route.r", dependence.uncounted)
    assert not is_uncounted("aws_ecs_service.app", dependence.uncounted)


def test_modules_that_matter_must_be_counted(tmp_path: Path) -> None:
    """A called module with resources that matter cannot be left out: that is an error with its place."""
    (tmp_path / "net").mkdir()
    written(tmp_path / "net", main='resource "aws_subnet" "a" {\n}\n')
    project = Project(written(tmp_path, main='module "net" {\n  source = "./net"\n  count = 1\n}\n'))

    with pytest.raises(InputError, match=r"how many module\.net there are") as caught:
        completed(project, frozenset({((), "module.net")}))

    assert f"{tmp_path}/main.tf:1" == caught.value.place
    written(tmp_path / "net", main='resource "aws_other" "a" {\n}\n')
    assert completed(Project(tmp_path), frozenset({((), "module.net")})).uncounted


@pytest.mark.parametrize(
    ("line", "spot", "left"),
    [
        (3, "aws_route.r", "  count = 0\n\n  x = 1\n"),
        (8, "data.aws_vpc.v", "  for_each = {}\n"),
        (12, "module.m", "  count  = 0\n"),
    ],
)
def test_blocks_are_left_out_of_the_copy(tmp_path: Path, line: int, spot: str, left: str) -> None:
    """The block around a line gets no instances, and keeps its lines."""
    text = """resource "aws_route" "r" {
  count = length(
    data.x.y)
  x = 1
}

data "aws_vpc" "v" {
  for_each = toset(data.x.y)
}
module "m" {
  source = "./m"
  count  = data.x.y
}
locals {
}
"""
    project = Project(written(tmp_path, main=text))

    assert {((), spot)} == without_instances(tmp_path / "main.tf", line, project)
    found = (tmp_path / "main.tf").read_text(encoding="utf-8")
    assert left in found
    assert text.count("\n") == found.count("\n")
    assert frozenset() == without_instances(tmp_path / "main.tf", 15, project)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("a.b.c", {("a", "b", "c")}),
        ('module.net["k"].subnets[0].id', {("module", "net", "k", "subnets", "id")}),
        ("a.b[*].c[d.e].f", {("a", "b", "c", "f"), ("d", "e")}),
        ("a.b.*.c", {("a", "b", "c")}),
        ("f(a.b, [c.d])[e.f].g", {("", "g"), ("a", "b"), ("c", "d"), ("e", "f")}),
        ('"${a.b}%{ if c.d }${e.f}%{ endif }"', {("a", "b"), ("c", "d"), ("e", "f")}),
        ("{ for k, v in a.b : k => v.x if c.d }", {("a", "b"), ("k",), ("v", "x"), ("c", "d")}),
    ],
)
def test_references_are_found_in_any_expression(text: str, expected: set[tuple[str, ...]]) -> None:
    """Every name that an expression mentions is found, with the attributes behind it."""
    assert expected == set(references(parse(Source(text=text, file="main.tf", line=1))))
