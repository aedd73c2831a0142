"""Reading the JSON: what is refused, in which words, and what is let in."""

import json

import pytest

from pullproof.errors import InputError
from pullproof.model.text import is_exact
from pullproof.sources.base import Options
from pullproof.sources.terraform.load import load_plan, load_state
from pullproof.sources.terraform.plan_json import read_plan, without_marks
from tests.unit.sources.terraform.making import create, load, plan

ALONE = Options(use_source=False)


def refused(data: bytes) -> InputError:
    with pytest.raises(InputError) as caught:
        load_plan(data, "plan.json", ALONE)
    return caught.value


def test_a_file_that_was_cut_off_says_so() -> None:
    """A truncated plan names the file and how much of it there is."""
    error = refused(plan(create("aws_vpc.main", cidr_block="10.0.0.0/16"))[:100])

    assert "ends after 100 bytes" in error.problem
    assert error.place.startswith("plan.json")
    assert "terraform show -json" in error.remedy


def test_what_is_not_json_names_the_line() -> None:
    """A syntax error is told with its line."""
    error = refused(b'{"format_version": "1.2",\n "resource_changes": [}')

    assert "plan.json:2" == error.place
    assert "not JSON" in error.problem


def test_json_of_another_shape_is_refused() -> None:
    """JSON with a list where Terraform writes a table is told to be not Terraform's."""
    assert (
        "not written as Terraform does" in refused(b'{"format_version": "1.2", "configuration": []}').problem
    )


@pytest.mark.parametrize("version", ["2.0", "3", "10.1"])
def test_a_format_from_the_future_is_refused(version: str) -> None:
    """Another major format version may mean anything."""
    error = refused(json.dumps({"format_version": version}).encode())

    assert f"format version {version}" in error.problem


@pytest.mark.parametrize("version", ["0.1", "0.2", "1.0", "1.2", "1.99"])
def test_formats_of_all_terraforms_are_read(version: str) -> None:
    """Terraform 0.12 to today write versions 0.1 to 1.x."""
    assert {} == load_plan(json.dumps({"format_version": version}).encode(), "p", ALONE).estate.vpcs


def test_a_plan_that_ended_in_an_error_is_refused() -> None:
    """An errored plan lacks what Terraform did not get to."""
    assert "ended with an error" in refused(plan(errored=True)).problem


def test_text_that_is_not_utf8_is_refused() -> None:
    """Bytes that are no text give an error, not a crash."""
    data = plan(create("aws_vpc.main", cidr_block="XX"))

    assert "plan.json" == refused(data.replace(b'"XX"', b'"\xff\xfe"')).place


def test_values_that_cannot_be_decoded_name_the_resource() -> None:
    """Values are decoded late; a fault in them still names its resource."""
    data = plan(create("aws_vpc.main", cidr_block="XX")).replace(b'"XX"', b'"\xff\xfe"', 1)

    assert "aws_vpc.main" == refused(data).place


def test_nesting_without_end_is_refused() -> None:
    """A file that is nothing but brackets does not exhaust the stack."""
    assert refused(b'{"format_version": "1.2", "variables": {"a": {"value": ' + b"[" * 100_000).problem


@pytest.mark.parametrize(
    "mark",
    ["\ue000", "\ue001", "\\ue000", "\\uE001", "\\\\ue000"],
    ids=["raw", "raw end", "escaped", "escaped in capitals", "escaped twice"],
)
def test_text_from_outside_cannot_make_holes(mark: str) -> None:
    """The two characters that mark holes are replaced wherever they come in."""
    data = json.dumps({"format_version": "1.2", "variables": {"a": {"value": "X"}}}).replace("X", mark)
    value = read_plan(data.encode(), "plan.json").variables["a"].value

    assert is_exact(value)
    assert "\\ue00" not in value


def test_clean_text_is_not_touched() -> None:
    """Without marks, the very same bytes are read on."""
    data = b'{"a": "b"}'

    assert data is without_marks(data)


def test_a_targeted_plan_is_noted() -> None:
    """A plan that leaves things out says that they are judged as they are."""
    assert any("not complete" in note for note in load(complete=False).notes)


def test_a_state_is_read_as_such() -> None:
    """`terraform show -json` of a state: everything is known, and the note says that it is no plan."""
    data = json.dumps(
        {
            "format_version": "1.0",
            "values": {
                "root_module": {
                    "resources": [_vpc("aws_vpc.main", "vpc-0aaaaaaaa")],
                    "child_modules": [
                        {"address": "module.a", "resources": [_vpc("module.a.aws_vpc.main", "vpc-0bbbbbbbb")]}
                    ],
                }
            },
        }
    ).encode()
    found = load_state(data, "state.json", ALONE)

    assert "terraform-state" == found.kind
    assert ["aws_vpc.main", "module.a.aws_vpc.main"] == sorted(found.estate.vpcs)
    assert any("a state, not a plan" in note for note in found.notes)


def test_an_empty_state_is_an_empty_estate() -> None:
    """A state without anything in it has no values at all."""
    assert {} == load_state(b'{"format_version": "1.0"}', "state.json", ALONE).estate.vpcs


def test_terraforms_own_state_file_is_read_too() -> None:
    """`terraform.tfstate` has instances below their resource; deposed ones are left out."""
    data = json.dumps(
        {
            "version": 4,
            "terraform_version": "1.11.4",
            "resources": [
                {
                    "module": "module.a",
                    "mode": "managed",
                    "type": "aws_subnet",
                    "name": "p",
                    "provider": 'provider["registry.terraform.io/hashicorp/aws"].west',
                    "instances": [
                        {
                            "index_key": 0,
                            "attributes": {"id": "subnet-0aaaaaaaa", "cidr_block": "10.0.0.0/24"},
                        },
                        {"index_key": "b", "attributes": {"id": "subnet-0bbbbbbbb"}},
                        {"index_key": 1, "deposed": "12345678", "attributes": {"id": "subnet-0cccccccc"}},
                    ],
                },
                {
                    "mode": "data",
                    "type": "aws_vpc",
                    "name": "v",
                    "provider": "",
                    "instances": [{"attributes": {}}],
                },
                {"mode": "managed", "type": "null_resource", "name": "n", "provider": "", "instances": [{}]},
            ],
        }
    ).encode()
    estate = load_state(data, "terraform.tfstate", ALONE).estate

    assert ["module.a.aws_subnet.p[0]", 'module.a.aws_subnet.p["b"]'] == list(estate.subnets)
    assert ["data.aws_vpc.v"] == list(estate.vpcs)


def test_an_old_state_file_is_refused() -> None:
    """Version 3 of the state file is written otherwise."""
    with pytest.raises(InputError, match="version 3"):
        load_state(b'{"version": 3, "resources": []}', "terraform.tfstate", ALONE)


def test_values_of_a_state_that_cannot_be_decoded_name_the_resource() -> None:
    """A fault in the values of a state names the file and the resource."""
    data = b'{"version": 4, "resources": [{"type": "aws_vpc", "name": "v", "instances": [{"attributes": {"id": "\xff"}}]}]}'

    with pytest.raises(InputError, match=r"aws_vpc\.v"):
        load_state(data, "terraform.tfstate", ALONE)


def _vpc(address: str, identifier: str) -> dict[str, object]:
    return {
        "address": address,
        "mode": "managed",
        "type": "aws_vpc",
        "name": "main",
        "values": {"id": identifier, "cidr_block": "10.0.0.0/16"},
    }
