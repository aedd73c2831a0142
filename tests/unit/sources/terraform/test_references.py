"""What names an expression mentions, read from the lists that Terraform prints."""

from typing import Any

import pytest

from pullproof.sources.terraform.references import (
    Reference,
    joined,
    mentioned,
    module_steps,
    read_reference,
    suffix,
)


@pytest.mark.parametrize(
    ("listed", "expected"),
    [
        (["aws_vpc.main.id", "aws_vpc.main"], ["aws_vpc.main.id"]),
        (["aws_subnet.p[0].id", "aws_subnet.p[0]", "aws_subnet.p"], ["aws_subnet.p[0].id"]),
        (["aws_subnet.p", "count.index"], ["aws_subnet.p", "count.index"]),
        (
            ["aws_subnet.p[0].id", "aws_subnet.p[0]", "aws_subnet.p", "aws_subnet.p"],
            ["aws_subnet.p[0].id", "aws_subnet.p"],
        ),
        (["module.net.ids", "module.net", "var.x"], ["module.net.ids", "var.x"]),
        (["aws_vpc.ma.id", "aws_vpc.ma", "aws_vpc.m"], ["aws_vpc.ma.id", "aws_vpc.m"]),
        (["var.a", "var.a"], ["var.a"]),
    ],
)
def test_parts_of_a_longer_name_are_left_out(listed: list[str], expected: list[str]) -> None:
    """Each name once, without what it is a part of."""
    assert expected == [reference.text for reference in mentioned({"references": listed})]


@pytest.mark.parametrize(
    ("expression", "expected"),
    [
        ({"constant_value": [1, {"references": ["a.b"]}]}, []),
        ({}, []),
        (None, []),
        ("text", []),
        ({"references": [1]}, []),
        (
            [{"subnets": {"references": ["aws_subnet.a.id", "aws_subnet.a"]}}, {"x": {"constant_value": 1}}],
            ["aws_subnet.a.id"],
        ),
    ],
)
def test_only_references_are_mentioned(expression: Any, expected: list[str]) -> None:
    """Constants and nonsense mention nothing; nested blocks mention what is in them."""
    assert expected == [reference.text for reference in mentioned(expression)]


@pytest.mark.parametrize(
    ("text", "kind", "name", "path", "type_"),
    [
        ("aws_vpc.main.id", "resource", "aws_vpc.main", ("id",), "aws_vpc"),
        ("aws_subnet.p[0].id", "resource", "aws_subnet.p", (0, "id"), "aws_subnet"),
        ('aws_subnet.p["a.b"].id', "resource", "aws_subnet.p", ("a.b", "id"), "aws_subnet"),
        ('aws_subnet.p["say \\"a\\""]', "resource", "aws_subnet.p", ('say "a"',), "aws_subnet"),
        ("data.aws_vpc.d.id", "data", "data.aws_vpc.d", ("id",), "aws_vpc"),
        ('module.net["x"].ids[1]', "module", "net", ("x", "ids", 1), ""),
        ("var.cfg.sg", "var", "cfg", ("sg",), ""),
        ("local.x", "local", "x", (), ""),
        ("each.value.id", "each", "value", ("id",), ""),
        ("count.index", "count", "index", (), ""),
        ("path.module", "other", "path.module", (), ""),
        ("terraform.workspace", "other", "terraform.workspace", (), ""),
        ("alone", "other", "alone", (), ""),
        ("", "other", "", (), ""),
    ],
)
def test_a_name_is_taken_apart(
    text: str, kind: str, name: str, path: tuple[str | int, ...], type_: str
) -> None:
    """Kind, name, and the path of indices and attributes that follows."""
    assert Reference(kind, name, path, type_, text) == read_reference(text)


@pytest.mark.parametrize(
    ("address", "expected"),
    [
        ("", ()),
        ("module.a", (("a", None),)),
        ('module.a[0].module.b["x.y"]', (("a", 0), ("b", "x.y"))),
    ],
)
def test_module_instances_are_taken_apart(
    address: str, expected: tuple[tuple[str, str | int | None], ...]
) -> None:
    """Names of calls with their keys."""
    assert expected == module_steps(address)


@pytest.mark.parametrize(
    ("index", "expected"), [(None, ""), (0, "[0]"), ("a", '["a"]'), ('a"b\\', '["a\\"b\\\\"]')]
)
def test_an_index_is_written_as_terraform_does(index: str | int | None, expected: str) -> None:
    """None, numbers and quoted keys."""
    assert expected == suffix(index)


def test_names_are_joined_with_their_module() -> None:
    """The root module has no name."""
    assert "a.b" == joined("", "a.b")
    assert "module.m.a.b" == joined("module.m", "a.b")
