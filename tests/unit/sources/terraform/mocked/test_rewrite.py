"""The edits on a copy: what they take out, what they put off, and that lines stay where they were."""

from pathlib import Path

import msgspec
import pytest

from pullproof.sources.terraform.mocked.answers import is_answered
from pullproof.sources.terraform.mocked.rewrite import LATER, LATER_FILE, Rewriter, json_edited
from tests.unit.sources.terraform.hcl.evaluating import written


def answered(kind: str, arguments: frozenset[str]) -> bool:
    return is_answered(kind, arguments, region=True, account=False)


def edited(folder: Path, text: str, *, is_root: bool = True) -> str:
    """A file after the edits."""
    written(folder, main=text)
    Rewriter(answered, is_root=is_root).module(folder)
    return (folder / "main.tf").read_text(encoding="utf-8")


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ('import {\n  to = a.b\n  id = "x"\n}\n', "\n\n\n\n"),
        ('check "x" {\n}\nlocals {\n}\n', "\n\nlocals {\n}\n"),
        (
            'terraform {\n  backend "s3" {\n  }\n  required_version = ">= 1"\n}\n',
            'terraform {\n  \n\n  required_version = ">= 1"\n}\n',
        ),
        ("terraform {\n  cloud {\n  }\n}\n", "terraform {\n  \n\n}\n"),
        (
            'resource "a" "b" {\n  c = 1\n  provisioner "local-exec" {\n    command = "x"\n  }\n  connection {\n  }\n}\n',
            'resource "a" "b" {\n  c = 1\n  \n\n\n  \n\n}\n',
        ),
        (
            'resource "a" "b" {\n  lifecycle {\n    ignore_changes = [c]\n    precondition {\n    }\n  }\n}\n',
            'resource "a" "b" {\n  lifecycle {\n    ignore_changes = [c]\n    \n\n  }\n}\n',
        ),
        ('output "a" {\n  value = 1\n  precondition {\n  }\n}\n', 'output "a" {\n  value = 1\n  \n\n}\n'),
        ('provider "aws" {\n}\n', 'provider "aws" {\n}\n'),
        (
            'ephemeral "a" "b" {\n}\nlocals {\n  c = jsondecode(ephemeral.a.b[0].secret)["x"]\n}\n',
            f'\n\nlocals {{\n  c = jsondecode({LATER}.id)["x"]\n}}\n',
        ),
    ],
)
def test_what_would_need_an_account_goes(tmp_path: Path, text: str, expected: str) -> None:
    """Blocks that cannot be planned without an account are taken out, and every line keeps its number."""
    found = edited(tmp_path, text)

    assert expected == found
    assert text.count("\n") == found.count("\n")


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ('data "aws_vpc" "v" {}', f'data "aws_vpc" "v" {{\ndepends_on = [{LATER}]\n}}'),
        (
            'data "aws_vpc" "v" {\n  depends_on = [a.b]\n}',
            f'data "aws_vpc" "v" {{\n  depends_on = [{LATER}, a.b]\n}}',
        ),
        ('data "aws_region" "r" {}', 'data "aws_region" "r" {}'),
        (
            'data "aws_region" "r" {\n  name = "x"\n}',
            f'data "aws_region" "r" {{\ndepends_on = [{LATER}]\n\n  name = "x"\n}}',
        ),
    ],
)
def test_data_sources_wait(tmp_path: Path, text: str, expected: str) -> None:
    """A data source waits for something that has yet to be created, unless its answer is known."""
    assert expected == edited(tmp_path, text)
    assert 'resource "terraform_data" "pullproof_later" {}\n' == (tmp_path / LATER_FILE).read_text(
        encoding="utf-8"
    )


def test_added_lines_are_remembered(tmp_path: Path) -> None:
    """For messages, it is known after which line of the copy lines were added."""
    written(tmp_path, main='data "a" "b" {\n}\nlocals {\n}\ndata "c" "d" {\n}\n')
    rewriter = Rewriter(answered, is_root=True)
    rewriter.module(tmp_path)

    assert [5, 5, 1, 1] == rewriter.inserted[tmp_path / "main.tf"]


def test_providers_of_a_called_module_go(tmp_path: Path) -> None:
    """Only the root module's providers can be mocked, so those of a module go, and what names them."""
    text = """provider "aws" {
}
provider "aws" {
  alias = "own"
}
resource "a" "b" {
  provider = aws.own
}
resource "a" "c" {
  provider = aws.given
}
module "m" {
  source    = "./m"
  providers = { aws = aws.own }
}
"""
    expected = text.replace("provider = aws.own", "").replace("providers = { aws = aws.own }", "")
    expected = "\n" * 5 + expected.partition("\n}\n")[2].partition("\n}\n")[2]

    assert expected == edited(tmp_path, text, is_root=False)


def test_validation_options_of_certificates_are_written_out(tmp_path: Path) -> None:
    """What a mocked provider cannot count stands there as a list of one."""
    found = edited(tmp_path, "locals {\n  a = aws_acm_certificate.x[0].domain_validation_options\n}\n")

    assert "a = [{domain_name = aws_acm_certificate.x[0].domain_name, resource_record_type" in found


def test_json_files_are_edited_alike() -> None:
    """The same edits in a .tf.json file."""
    found = msgspec.json.decode(
        json_edited(
            b'{"import": [{}], "check": {}, "provider": {"aws": {}}, "terraform": {"backend": {"s3": {}}, "cloud": {}},'
            b' "data": {"aws_vpc": {"v": {"depends_on": ["a.b"]}}, "aws_region": {"r": {}}},'
            b' "resource": [{"a": {"b": {"provisioner": {}, "lifecycle": [{"precondition": {}, "x": 1}]}}}]}',
            answered,
            is_root=False,
        )
    )

    assert {
        "terraform": {},
        "data": {"aws_vpc": {"v": {"depends_on": ["a.b", LATER]}}, "aws_region": {"r": {}}},
        "resource": [{"a": {"b": {"lifecycle": [{"x": 1}]}}}],
    } == found


@pytest.mark.parametrize("content", [b"{", b"[]"])
def test_json_that_is_none_is_left_alone(content: bytes) -> None:
    """Terraform is to complain of a broken file, not the editor."""
    assert content == json_edited(content, answered, is_root=True)
