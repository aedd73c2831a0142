"""Modules, their inputs and outputs, and what names mean in them."""

from pathlib import Path

import pytest

from pullproof.errors import InputError
from pullproof.model.text import hole
from pullproof.model.value import Unknown, Why
from pullproof.sources.terraform.hcl.modules import Project
from pullproof.sources.terraform.hcl.places import places
from pullproof.sources.terraform.plan_json import Plan
from pullproof.sources.terraform.settle import Settler
from pullproof.sources.terraform.tree import Value
from tests.unit.sources.terraform.hcl.evaluating import a_plan, created, written

MANIFEST = """{"Modules": [
  {"Key": "", "Source": "", "Dir": "."},
  {"Key": "far", "Source": "registry.terraform.io/x/far/aws", "Dir": ".terraform/modules/far"},
  {"Key": "far.inner", "Source": "./modules/inner", "Dir": ".terraform/modules/far/modules/inner"},
  {"Key": 5, "Dir": "x"}
]}"""

VPCS = [
    "aws_vpc.main",
    "module.one.aws_vpc.main[0]",
    'module.many["a"].aws_vpc.main[0]',
    'module.many["b"].aws_vpc.main[0]',
]


def attribute(folder: Path, address: str, attribute: str = "v", /, **variables: Value) -> Value:
    """An attribute as the files tell it, when the plan knows nothing but the variables and that VPCs are new."""
    plan = a_plan(*map(created, VPCS), **variables)
    return Settler(folder, plan).attribute(address, attribute)


@pytest.fixture
def project(tmp_path: Path) -> Path:
    """A root module, two calls of a local module, and an installed module with one inside it."""
    written(
        tmp_path,
        main="""
variable "name" { type = string }
module "one" {
  source = "./one"
  name   = var.name
}
module "many" {
  source   = "./one"
  for_each = { a = "x", b = "y" }
  name     = "${each.key}-${each.value}"
}
module "counted" {
  source = "./one"
  count  = 2
  name   = "n${count.index}"
}
module "far" {
  source = "x/far/aws"
}
module "missing" {
  source = "x/missing/aws"
}
resource "x" "y" {
  v = [module.one.name, module.many["b"].name, module.counted[*].name, module.far.deep]
  w = module.missing.anything
  u = module.one.nothing
  s = module.none.x
  vpc = module.one.vpc_id
  vpcs = [for key, m in module.many : m.vpc_id]
}
""",
    )
    one = tmp_path / "one"
    one.mkdir()
    written(
        one,
        main="""
variable "name" { default = "?" }
variable "kept" {
  default  = "d"
  nullable = false
}
resource "aws_vpc" "main" {
  count = 1
  tags  = { Name = var.name }
}
resource "x" "inner" {
  v = "${var.name}/${path.module}/${path.root}/${var.kept}"
}
output "name" { value = upper(var.name) }
output "vpc_id" { value = one(aws_vpc.main[*].id) }
""",
    )
    inner = tmp_path / ".terraform" / "modules" / "far" / "modules" / "inner"
    inner.mkdir(parents=True)
    written(
        inner.parent.parent,
        main='module "inner" {\n  source = "./modules/inner"\n}\noutput "deep" {\n  value = module.inner.x\n}\n',
    )
    written(inner, main='output "x" {\n  value = "deep"\n}\nresource "x" "z" {\n}\n')
    (tmp_path / ".terraform" / "modules" / "modules.json").write_text(MANIFEST, encoding="utf-8")
    return tmp_path


def test_outputs_come_through_calls(project: Path) -> None:
    """Outputs of single, counted, mapped and installed modules are followed."""
    assert ["WEB", "B-Y", ["N0", "N1"], "deep"] == attribute(project, "x.y", name="web")


def test_resources_in_modules_have_their_whole_address(project: Path) -> None:
    """What only the apply will choose is named by its full address, module keys included."""
    assert hole("module.one.aws_vpc.main[0].id") == attribute(project, "x.y", "vpc")
    assert [
        hole('module.many["a"].aws_vpc.main[0].id'),
        hole('module.many["b"].aws_vpc.main[0].id'),
    ] == attribute(project, "x.y", "vpcs")


def test_paths_and_inputs_belong_to_an_instance(project: Path) -> None:
    """The same module has other inputs in each instance, and says where it lies."""
    assert "b-y/one/./d" == attribute(project, 'module.many["b"].x.inner')
    assert "n1/one/./d" == attribute(project, "module.counted[1].x.inner")


@pytest.mark.parametrize(
    ("name", "why", "what"),
    [
        ("w", Why.NOT_IN_INPUT, "output anything of module.missing, whose source is not here"),
        ("u", Why.NOT_FOLLOWED, "an expression that fails here: there is no output nothing"),
        ("s", Why.NOT_FOLLOWED, "an expression that fails here: there is no module none"),
    ],
)
def test_what_is_not_there_is_unknown(project: Path, name: str, why: Why, what: str) -> None:
    """A module that is not installed, and an output that does not exist, are reasons for not knowing."""
    found = attribute(project, "x.y", name, name="web")

    assert isinstance(found, Unknown)
    assert (why, f"{name} of x.y, which needs {what}", "x.y") == (found.why, found.what, found.resource)


@pytest.mark.parametrize(
    "address", ["x.none", "module.none.x.y", "nonsense", "module.missing.x.y", "data.x.y"]
)
def test_addresses_that_are_not_written_have_no_value(project: Path, address: str) -> None:
    """An address that the configuration does not have gives nothing."""
    assert attribute(project, address) is None


@pytest.mark.parametrize(
    ("declared", "given", "expected"),
    [
        ("type = list(string)", [1, True], ["1", "true"]),
        ("type = set(number)", ["2", "1"], [1, 2]),
        ("type = map(bool)", {"a": "true"}, {"a": True}),
        ("type = tuple([string, number])", [1, "2"], ["1", 2]),
        (
            'type = object({ a = optional(string, "d"), b = optional(number) })',
            {"c": 1},
            {"a": "d", "b": None},
        ),
        ("type = any", {"a": [1, "x"]}, {"a": [1, "x"]}),
        ('type = "string"', 5, "5"),
        ("type = list", ["a", 1], ["a", "1"]),
        ("default = 7\n  nullable = false", None, 7),
        ("default = 7", None, hole("x.y.v")),
        ("type = list(object({ p = number }))", [{"p": "80"}], [{"p": 80}]),
    ],
)
def test_variables_are_converted_to_their_type(
    tmp_path: Path, declared: str, given: Value, expected: Value
) -> None:
    """The value of a variable is what its type makes of it."""
    written(tmp_path, main=f'variable "i" {{\n  {declared}\n}}\nresource "x" "y" {{\n  v = var.i\n}}\n')

    assert expected == attribute(tmp_path, "x.y", i=given)


@pytest.mark.parametrize("given", ["x", {"a": 1}, [[]]])
def test_variables_that_do_not_fit_are_unknown(tmp_path: Path, given: Value) -> None:
    """A value that its type refuses is not used."""
    written(tmp_path, main='variable "i" {\n  type = list(number)\n}\nresource "x" "y" {\n  v = var.i\n}\n')

    assert isinstance(attribute(tmp_path, "x.y", i=given), Unknown)


def test_nested_blocks_are_unfolded(tmp_path: Path) -> None:
    """Written and dynamic blocks become one list; what a dynamic block cannot count stays open."""
    written(
        tmp_path,
        main="""
resource "x" "y" {
  for_each = toset(["k"])
  rule {
    port = 1
    deep { a = each.key }
  }
  dynamic "rule" {
    for_each = { p = 2, q = 3 }
    iterator = it
    content {
      port = it.value
      name = it.key
      dynamic "deep" {
        for_each = toset(["s"])
        content { a = "${it.key}${deep.value}" }
      }
    }
  }
  dynamic "open" {
    for_each = terraform.workspace
    content {}
  }
  dynamic "none" {
    for_each = []
    content {}
  }
  lifecycle { prevent_destroy = true }
}
""",
    )
    settler = Settler(tmp_path, Plan(format_version="1.2"))
    address = 'x.y["k"]'

    assert [
        {"port": 1, "deep": [{"a": "k"}]},
        {"port": 2, "name": "p", "deep": [{"a": "ps"}]},
        {"port": 3, "name": "q", "deep": [{"a": "qs"}]},
    ] == settler.attribute(address, "rule")
    (only,) = settler.attribute(address, "open") or []
    assert isinstance(only, Unknown)
    assert [] == settler.attribute(address, "none")
    assert settler.attribute(address, "other") is None
    assert frozenset({"rule", "open"}) == settler.written(address)
    assert settler.written("x.z") is None


def test_override_files_have_the_last_word(tmp_path: Path) -> None:
    """Arguments and nested blocks of an override file replace those of the same block."""
    written(
        tmp_path,
        main='resource "x" "y" {\n  v = 1\n  w = 1\n  b { c = 1 }\n}\nlocals {\n  l = 1\n}\n',
        x_override='resource "x" "y" {\n  v = 2\n  b { c = 2 }\n}\nlocals {\n  l = 2\n}\n',
        override='resource "x" "z" {\n  v = local.l\n}\n',
    )

    assert 2 == attribute(tmp_path, "x.y")
    assert 1 == attribute(tmp_path, "x.y", "w")
    assert [{"c": 2}] == attribute(tmp_path, "x.y", "b")
    assert 2 == attribute(tmp_path, "x.z")


def test_json_configurations_are_evaluated(tmp_path: Path) -> None:
    """Strings in .tf.json files are templates, everything else is literal."""
    (tmp_path / "main.tf.json").write_text(
        '{"variable": {"n": {"type": "string"}}, "locals": {"l": ["${var.n}", "x-${var.n}", 5, {"k": null}]},'
        ' "resource": {"x": {"y": {"v": "${local.l}", "rule": [{"port": "${1 + 1}"}]}}}}',
        encoding="utf-8",
    )

    assert ["web", "x-web", 5, {"k": None}] == attribute(tmp_path, "x.y", n="web")
    assert [{"port": 2}] == attribute(tmp_path, "x.y", "rule")


def test_template_files_of_older_code_are_rendered(tmp_path: Path) -> None:
    """The data source that came before `templatefile` has its text."""
    written(
        tmp_path,
        main="""
data "template_file" "t" {
  template = file("t.tpl")
  vars = { id = aws_vpc.main.id }
}
resource "aws_vpc" "main" {
}
resource "x" "y" {
  v = data.template_file.t.rendered
}
""",
    )
    (tmp_path / "t.tpl").write_text("<${id}>", encoding="utf-8")

    assert f"<{hole('aws_vpc.main.id')}>" == attribute(tmp_path, "x.y")


def test_places_are_found_by_instance(project: Path) -> None:
    """Every resource, argument and call has its file and line, also when asked for one instance."""
    found = places(project)

    assert f"{project}/main.tf:23" == found["x.y"]
    assert f"{project}/main.tf:24" == found["x.y.v"]
    assert f"{project}/one/main.tf:7" == found['module.many["a"].aws_vpc.main[0]']
    assert f"{project}/main.tf:7" == found['module.many["a"]']
    assert f"{project}/.terraform/modules/far/modules/inner/main.tf:4" == found["module.far.module.inner.x.z"]
    assert "module.one.aws_vpc.main" in found
    assert "x.none" not in found
    assert 5 not in found  # type: ignore[comparison-overlap]
    assert len(found) == len(list(found))


def test_a_file_that_is_no_configuration_is_named(project: Path) -> None:
    """A syntax error in a called module names that module's file and line."""
    (project / "one" / "broken.tf").write_text("resource {\n  a = \n", encoding="utf-8")

    with pytest.raises(InputError) as caught:
        places(project)

    assert f"{project}/one/broken.tf:2" == caught.value.place


def test_a_directory_that_is_none_is_named(tmp_path: Path) -> None:
    """A directory that cannot be read is an error that names it."""
    with pytest.raises(InputError, match="cannot be read: No such file"):
        Project(tmp_path / "none").module(())
