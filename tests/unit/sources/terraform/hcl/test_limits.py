"""Hostile and broken input: an error with a place, or an unknown value; never a traceback, never long."""

import time
from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from pullproof.errors import InputError, PullproofError
from pullproof.model.value import Unknown
from pullproof.sources.terraform.address import module_calls, parsed
from pullproof.sources.terraform.facts import PlanFacts
from pullproof.sources.terraform.hcl.blocks import blocks_of
from pullproof.sources.terraform.hcl.modules import Project
from pullproof.sources.terraform.hcl.places import places
from pullproof.sources.terraform.hcl.values import exact
from pullproof.sources.terraform.plan_json import Plan
from pullproof.sources.terraform.settle import Settler
from tests.unit.sources.terraform.hcl.evaluating import NOBODY_KNOWS, evaluated, written
from tests.unit.sources.terraform.hcl.test_console import EXPRESSIONS

#: Pieces of the language, to make text that is nearly it.
PIECES = [
    *("a", "u", "var.x", "local.x", "aws_vpc.main.id", "each.value", "1", "1.5", "-", "!", "null", "true"),
    *(
        '"',
        '"x"',
        '"${',
        '"%{ if ',
        "%{ endif }",
        "%{ for x in ",
        "}",
        "${",
        "~}",
        "<<EOT\n",
        "<<-EOT\n",
        "EOT\n",
    ),
    *(
        "(",
        ")",
        "[",
        "]",
        "{",
        "for ",
        " in ",
        " if ",
        "=>",
        ":",
        ",",
        "...",
        "[*]",
        ".*",
        ".",
        "?",
        "=",
        "==",
        "&&",
    ),
    *(
        "+",
        "/",
        "%",
        "\n",
        " ",
        "#",
        "/*",
        "*/",
        "\\",
        "upper(",
        "jsonencode(",
        "try(",
        "format(",
        "regex(",
        "é",
        "\0",
    ),
]


def settler_of(tmp_path: Path, text: str) -> Settler:
    """A configuration whose resource is of interest."""
    return Settler(written(tmp_path, main=text), Plan(format_version="1.2"))


def comes_to_nothing(run: Callable[[], object]) -> bool:
    """Whether what is run gives nothing that is known, or an error that names a place."""
    try:
        return not exact(run())
    except PullproofError as error:
        return bool(error.place)


def ends(run: Callable[[], object]) -> bool:
    """Whether what is run gives something, or an error that names a place."""
    try:
        run()
    except PullproofError as error:
        return bool(error.place)
    return True


HOSTILE = {
    "a circle of locals": 'locals {\n  a = local.b\n  b = "${local.a}x"\n}\nresource "x" "y" {\n  v = local.a\n}\n',
    "a resource of itself": 'resource "x" "y" {\n  v = x.y.v\n}\n',
    "doubling text": 'locals {\n  a0 = "xx"\n'
    + "".join(f'  a{n + 1} = "${{local.a{n}}}${{local.a{n}}}"\n' for n in range(60))
    + '}\nresource "x" "y" {\n  v = local.a60\n}\n',
    "doubling lists": "locals {\n  a0 = [1]\n"
    + "".join(f"  a{n + 1} = concat(local.a{n}, local.a{n})\n" for n in range(60))
    + '}\nresource "x" "y" {\n  v = local.a60\n}\n',
    "a long chain": "locals {\n  a0 = 1\n"
    + "".join(f"  a{n + 1} = local.a{n}\n" for n in range(2000))
    + '}\nresource "x" "y" {\n  v = local.a2000\n}\n',
    "loops in loops": 'resource "x" "y" {\n  v = [for a in range(1000) : [for b in range(1000) : [for c in range(1000) : c]]]\n}\n',
    "a wide product": 'resource "x" "y" {\n  v = setproduct(range(1000), range(1000), range(1000))\n}\n',
    "wide text": 'resource "x" "y" {\n  v = format("%1000000000d", 1)\n}\n',
    "precise text": 'resource "x" "y" {\n  v = format("%.1000000000f", 1)\n}\n',
    "a wide indent": 'resource "x" "y" {\n  v = indent(1000000000, "a\\nb")\n}\n',
    "a pattern that takes for ever": f'resource "x" "y" {{\n  v = regex("(a+)+$", "{"a" * 60}!")\n}}\n',
    "patterns that take long": f'resource "x" "y" {{\n  v = regex(".*.*.*.*.*x", "{"a" * 5000}")\n}}\n',
    "a large power": 'resource "x" "y" {\n  v = pow(9, 999999999)\n}\n',
    "large numbers": 'resource "x" "y" {\n  v = 9e200 * 9e200 * 9e200\n}\n',
    "many copies of YAML": 'resource "x" "y" {\n  v = yamldecode("a: &a [x,x,x,x,x,x,x,x,x]\\nb: &b [*a,*a,*a,*a,*a,*a,*a,*a]\\n'
    "c: &c [*b,*b,*b,*b,*b,*b,*b,*b]\\nd: &d [*c,*c,*c,*c,*c,*c,*c,*c]\\ne: &e [*d,*d,*d,*d,*d,*d,*d,*d]\\n"
    'f: [*e,*e,*e,*e,*e,*e,*e,*e]")\n}\n',
    "deep JSON": 'resource "x" "y" {\n  v = jsondecode(join("", [for i in range(1000) : "["]))\n}\n',
    "a module of itself": 'module "m" {\n  source = "./"\n}\nresource "x" "y" {\n  v = module.m.v\n}\noutput "v" {\n  value = module.m.v\n}\n',
    "a file elsewhere": 'resource "x" "y" {\n  v = file("/etc/hostname")\n}\n',
    "a file above": 'resource "x" "y" {\n  v = file("../../../../../../../../etc/hostname")\n}\n',
    "a file with a strange name": 'resource "x" "y" {\n  v = file("a\\u0000b")\n}\n',
    "a home directory": 'resource "x" "y" {\n  v = file("~/.profile")\n}\n',
    "a template of itself": 'resource "x" "y" {\n  v = "${templatefile("main.tf", {})}!"\n}\n',
    "a device": 'resource "x" "y" {\n  v = file("/dev/zero")\n}\n',
    "broken text": 'resource "x" "y" {\n  v = "${"\n}\n',
}


@pytest.mark.parametrize("text", HOSTILE.values(), ids=HOSTILE)
def test_hostile_configurations_come_to_nothing(text: str, tmp_path: Path) -> None:
    """A configuration made to do harm gives an unknown value or an error, and soon."""
    begin = time.monotonic()

    assert comes_to_nothing(lambda: settler_of(tmp_path, text).attribute("x.y", "v"))
    assert time.monotonic() - begin < 30


def test_a_link_does_not_lead_out(tmp_path: Path) -> None:
    """A symbolic link to a file outside of the repository is not followed."""
    secret = tmp_path / "secret.txt"
    secret.write_text("secret", encoding="utf-8")
    root = tmp_path / "repository" / "infra"
    root.mkdir(parents=True)
    (root.parent / ".git").mkdir()
    (root / "link").symlink_to(secret)
    (root.parent / "inside.txt").write_text("inside", encoding="utf-8")
    text = 'resource "x" "y" {\n  v = file("link")\n  w = file("${path.module}/../inside.txt")\n}\n'
    settler = settler_of(root, text)

    assert isinstance(settler.attribute("x.y", "v"), Unknown)
    assert "inside" == settler.attribute("x.y", "w")


def test_modules_elsewhere_are_not_read(tmp_path: Path) -> None:
    """A module source that leads far up or to an absolute path is not followed."""
    text = 'module "a" {\n  source = "/etc"\n}\nmodule "b" {\n  source = "../../../../../../../../../../etc"\n}\n'
    project = Project(written(tmp_path, main=text))

    assert project.module(("a",)) is None
    assert project.module(("b",)) is None


def test_too_many_files_are_refused(tmp_path: Path) -> None:
    """A directory with more files than any module is an error, not an hour of reading."""
    for number in range(2001):
        (tmp_path / f"{number}.tf").touch()

    with pytest.raises(InputError, match="more than 2000"):
        places(tmp_path)


@given(st.lists(st.sampled_from(PIECES), max_size=30).map("".join))
@example("a[for x in u : x]...")
@example("\0")
def test_any_text_is_a_value_or_an_error(text: str) -> None:
    """Whatever stands for an expression: a value, an unknown one, or an error with a place."""
    assert ends(lambda: evaluated(text, u=NOBODY_KNOWS, a=[1, {"b": "c"}]))


@given(st.data())
def test_damaged_expressions_are_values_or_errors(data: st.DataObject) -> None:
    """A real expression with a piece cut out or put in: a value, an unknown one, or an error with a place."""
    text = data.draw(st.sampled_from(EXPRESSIONS))
    at = data.draw(st.integers(0, len(text)))
    cut = data.draw(st.integers(0, 5))
    piece = data.draw(st.sampled_from(["", *PIECES]))
    assert ends(lambda: evaluated(text[:at] + piece + text[at + cut :], u=NOBODY_KNOWS, a=[1]))


@given(st.lists(st.sampled_from([*PIECES, "resource ", "{\n", "\n}\n", "x = "]), max_size=40).map("".join))
def test_any_file_is_blocks_or_an_error(text: str) -> None:
    """Whatever a file holds: blocks, or an error that names a line."""
    assert ends(lambda: blocks_of(text.encode(), "main.tf"))


@given(st.text(alphabet='module.abc_data[]"0\\', max_size=40))
def test_any_address_is_taken_apart_or_is_none(text: str) -> None:
    """Whatever stands for an address, taking it apart gives parts or nothing."""
    found = parsed(text)

    assert found is None or found.block
    assert isinstance(module_calls(text), tuple)


def test_facts_of_strange_plans_are_none() -> None:
    """A plan without anything has no facts, and that is no error."""
    facts = PlanFacts(Plan(format_version="1.2"))

    assert facts.keys("", "aws_vpc.a") is None
    assert facts.module_keys("", "a") is None
