"""Finding the configuration that a plan was made from, and refusing one that it was not made from."""

from pathlib import Path

import pytest

from pullproof.sources.terraform.beside import difference, find_configuration
from pullproof.sources.terraform.plan_json import (
    ConfigCall,
    ConfigModule,
    ConfigResource,
    Configuration,
    ConfigVariable,
)
from tests.unit.sources.terraform.hcl.evaluating import written

MAIN = """
variable "name" {}
data "aws_region" "here" {
}
resource "aws_vpc" "main" {
  cidr_block = "10.0.0.0/16"
  tenancy    = 5
  name       = var.name
}
module "net" {
  source = "./net"
}
module "far" {
  source = "x/far/aws"
}
"""
INNER = ConfigModule(resources=[ConfigResource(type="aws_subnet", name="a")])
#: What a plan of `MAIN` has.
CONFIGURATION = Configuration(
    root_module=ConfigModule(
        resources=[
            ConfigResource(type="aws_region", name="here", mode="data"),
            ConfigResource(
                type="aws_vpc",
                name="main",
                expressions={
                    "cidr_block": {"constant_value": "10.0.0.0/16"},
                    "tenancy": {"constant_value": "5"},
                    "name": {"references": ["var.name"]},
                },
            ),
        ],
        module_calls={
            "net": ConfigCall(module=INNER),
            "far": ConfigCall(module=ConfigModule(resources=[ConfigResource(type="aws_eip", name="a")])),
        },
        variables={"name": ConfigVariable()},
    )
)


@pytest.fixture
def root(tmp_path: Path) -> Path:
    """A repository, and in it the configuration that the plan was made from."""
    (tmp_path / ".git").mkdir()
    folder = tmp_path / "infra"
    (folder / "net").mkdir(parents=True)
    written(folder / "net", main='resource "aws_subnet" "a" {\n}\n')
    return written(folder, main=MAIN)


def test_the_same_configuration_is_the_same(root: Path) -> None:
    """A directory that declares what the plan has does not differ; what is not installed is not compared."""
    assert "" == difference(str(root), CONFIGURATION)


@pytest.mark.parametrize(
    ("old", "new", "expected"),
    [
        ('"aws_vpc" "main"', '"aws_vpc" "other"', "it has no aws_vpc.main"),
        ('data "aws_region" "here" {\n}', "", "it has no data.aws_region.here"),
        (
            'variable "name" {}',
            'variable "name" {}\nresource "aws_eip" "x" {\n}',
            "it has aws_eip.x, which the plan has not",
        ),
        ('module "far"', 'module "near"', "it has no module.far"),
        ("10.0.0.0/16", "10.1.0.0/16", "cidr_block at {root}/main.tf:6 differs"),
        ("tenancy    = 5", "tenancy    = 6", "tenancy at {root}/main.tf:7 differs"),
        ('variable "name" {}', 'variable "title" {}', "var.name is declared in one of them only"),
        ("var.name", "(((", "{root}/main.tf:9: expected a name before `}`"),
    ],
)
def test_another_configuration_is_told(root: Path, old: str, new: str, expected: str) -> None:
    """The first difference is told: a block more or less, or a constant."""
    written(root, main=MAIN.replace(old, new))

    assert expected.replace("{root}", str(root)) in difference(str(root), CONFIGURATION)


def test_a_difference_in_a_called_module_counts(root: Path) -> None:
    """Called modules are compared as well."""
    written(root / "net", main='resource "aws_subnet" "b" {\n}\n')

    assert "module net has no aws_subnet.a" == difference(str(root), CONFIGURATION)


def test_a_module_that_is_missing_says_nothing(root: Path) -> None:
    """A module that is not there cannot differ: what it writes stays open."""
    written(root, main=MAIN.replace('"./net"', '"./gone"'))

    assert "" == difference(str(root), CONFIGURATION)


@pytest.mark.parametrize("plan", ["plan.json", "out/plan.json", "out/deep/deeper/plan.json"])
def test_the_plan_lies_in_the_configuration_or_below(root: Path, tmp_path: Path, plan: str) -> None:
    """The directory of the plan and those above it are looked at."""
    (root / plan).parent.mkdir(parents=True, exist_ok=True)
    found = find_configuration(str(root / plan), str(tmp_path), CONFIGURATION)

    assert str(root) == found.directory
    assert f"what the plan leaves open is settled by {root}" == found.note


@pytest.mark.parametrize("plan", ["/nowhere/plan.json", None])
def test_the_command_runs_in_the_configuration(root: Path, plan: str | None) -> None:
    """The current directory is looked at, also for a plan that comes through a pipe."""
    assert str(root) == find_configuration(plan, str(root), CONFIGURATION).directory


def test_a_stale_configuration_is_not_taken(root: Path) -> None:
    """Files that are not those of the plan are left alone, and the note says why."""
    written(root, main=MAIN.replace("10.0.0.0/16", "10.1.0.0/16"))
    found = find_configuration(str(root / "plan.json"), str(root), CONFIGURATION)

    assert found.directory is None
    assert f"{root} is not what the plan was made from: cidr_block at {root}/main.tf:6 differs" == found.note


def test_directories_outside_of_the_repository_are_not_looked_at(root: Path, tmp_path: Path) -> None:
    """The search upwards ends at the top of the repository."""
    inside = root / "repository"
    (inside / ".git").mkdir(parents=True)

    assert (None, "") == (
        find_configuration(str(inside / "plan.json"), str(tmp_path), CONFIGURATION).directory,
        find_configuration(str(inside / "plan.json"), str(tmp_path), CONFIGURATION).note,
    )
