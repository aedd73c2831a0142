"""What an input is, told from its content; and what it is called when we cannot read it."""

import json

import pytest

from pullproof.errors import InputError
from pullproof.sources.detect import FORMS, as_utf8, detect

PLAN = '{"format_version":"1.2","terraform_version":"1.11.4","planned_values":{"root_module":{}},"resource_changes":[]}'
STATE = '{"format_version":"1.0","terraform_version":"1.11.4","values":{"root_module":{}}}'
STATE_FILE = (
    '{"version":4,"terraform_version":"1.11.4","serial":1,"lineage":"ab","outputs":{},"resources":[]}'
)


def sorted_keys(text: str) -> str:
    """The same JSON, with its keys in alphabetical order and indented, as jq may leave it."""
    return json.dumps(json.loads(text), sort_keys=True, indent=2)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (PLAN, "terraform-plan"),
        (sorted_keys(PLAN), "terraform-plan"),
        ('{"format_version":"1.2","resource_changes":[]}', "terraform-plan"),
        (STATE, "terraform-state"),
        (sorted_keys(STATE), "terraform-state"),
        ('{"format_version":"1.0"}', "terraform-state"),
        (STATE_FILE, "terraform-state-file"),
        (sorted_keys(STATE_FILE), "terraform-state-file"),
        (f"\n  {PLAN}", "terraform-plan"),
        ('{"AWSTemplateFormatVersion":"2010-09-09"}', "cloudformation-template"),
        ('{"Resources":{"A":{"Type":"AWS::ECS::Service"}}}', "cloudformation-template"),
        ("AWSTemplateFormatVersion: '2010-09-09'\nResources:\n  A: 1\n", "cloudformation-template"),
        ("# stack\n" * 1000 + "Resources:\n  A: 1\n", "cloudformation-template"),
        ('"Resources" :\n  A: 1\n', "cloudformation-template"),
        ('{"Resources":{"A":{"Type":"AWS::ECS::Service",}', "cloudformation-template"),
        ('{"version":"36.0.0","artifacts":{}}', "cdk-assembly"),
    ],
)
def test_what_we_read_is_recognised(text: str, expected: str) -> None:
    """Plans, states and templates are told apart whatever the order of their keys, broken ones too."""
    assert expected == detect(text.encode(), "x.json")


@pytest.mark.parametrize(
    ("data", "says"),
    [
        (b"", "the file is empty"),
        (b" \n", "the file is empty"),
        (b"PK\x03\x04tfplan", "this is a binary plan (or another zip archive)"),
        (b"\x1f\x8b\x08", "this is compressed"),
        (
            b'{"@level":"info","@message":"Terraform 1.11.4"}\n{"@level":"info"}\n',
            "this is the log of `terraform plan -json`",
        ),
        (b'resource "aws_vpc" "main" {\n}\n', "this is a Terraform configuration file"),
        (b"terraform {\n}\n", "this is a Terraform configuration file"),
        (
            b"Terraform will perform the following actions:\n",
            "this is a plan as Terraform prints it for people",
        ),
        (b'{"tasks":[]}', "this is JSON, but neither a plan nor a state of Terraform"),
        (b"[1]", "this is JSON, but neither a plan nor a state of Terraform"),
        (b"{}", "this is JSON, but neither a plan nor a state of Terraform"),
        (b"null", "this is JSON, but neither a plan nor a state of Terraform"),
        (b"hello", "this is not JSON: "),
        (b'{"planned_values":', "the file ends after 18 bytes, in the middle of the JSON"),
        (b"[" * 200_000, "this is JSON nested too deeply to be a plan"),
        (b'{"a":' * 200_000, "this is JSON nested too deeply to be a plan"),
    ],
)
def test_what_we_cannot_read_is_called_by_its_name(data: bytes, says: str) -> None:
    """The message says what the file is and what to do instead, never only that it is wrong."""
    with pytest.raises(InputError) as raised:
        detect(data, "in/x.json")

    assert raised.value.problem.startswith(says)
    assert "in/x.json" == raised.value.place
    assert raised.value.remedy


@pytest.mark.parametrize("encoding", ["utf-8-sig", "utf-16", "utf-16-le", "utf-16-be"])
def test_what_powershell_writes_is_read(encoding: str) -> None:
    """PowerShell redirects as UTF-16 with a mark; both forms and UTF-8 with a mark are the same text."""
    mark = {"utf-16-le": b"\xff\xfe", "utf-16-be": b"\xfe\xff"}.get(encoding, b"")

    assert PLAN.encode() == as_utf8(mark + PLAN.encode(encoding))


def test_other_bytes_are_left_alone() -> None:
    """Without a mark nothing is decoded."""
    assert b"\xff{" == as_utf8(b"\xff{")


def test_forms_have_names_of_their_own() -> None:
    """Every form is listed once, and says either how it is read or what to do."""
    assert len(FORMS) == len({form.name for form in FORMS})
    assert [] == [form.name for form in FORMS if bool(form.kind) is bool(form.is_a and form.remedy)]
