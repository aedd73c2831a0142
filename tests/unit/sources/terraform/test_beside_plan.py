"""The configuration behind a plan: opened only when it is needed, laid over what the plan knows."""

import shutil
from pathlib import Path
from typing import Any

import pytest

from pullproof.errors import InputError
from pullproof.model.value import Unknown, Why
from pullproof.sources.base import Options
from pullproof.sources.terraform.beside_plan import BesidePlan
from pullproof.sources.terraform.load import load_plan
from pullproof.sources.terraform.overlay import any_open, overlaid
from tests.unit.sources.terraform.making import create, keep, plan, ref

REFERENCES = Path(__file__).parent / "plans" / "references"
UNKNOWN = Unknown(Why.NOT_FOLLOWED, "x", "y", "z")


def copied(folder: Path) -> Path:
    shutil.copytree(REFERENCES, folder / "infra")
    return folder / "infra"


def test_the_configuration_beside_a_plan_is_found(tmp_path: Path) -> None:
    """A plan that lies in its configuration is settled by it, and the note says so."""
    path = copied(tmp_path) / "plan.json"
    found = load_plan(path.read_bytes(), str(path), Options())

    assert any("settled by" in note for note in found.notes)
    assert found.estate.launches['module.svc["a"].aws_ecs_service.s'].subnets.complete


def test_the_configuration_may_be_where_the_command_runs(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A plan that comes through a pipe has no folder; the command has."""
    infra = copied(tmp_path)
    monkeypatch.chdir(infra)
    found = load_plan((infra / "plan.json").read_bytes(), "-", Options())

    assert found.estate.launches['module.svc["a"].aws_ecs_service.s'].subnets.complete


def test_another_configuration_is_not_taken(tmp_path: Path) -> None:
    """Files that do not declare what the plan has would settle it wrongly."""
    infra = copied(tmp_path)
    main = infra / "main.tf"
    main.write_text(main.read_text(encoding="utf-8") + 'resource "aws_eip" "more" {}\n', encoding="utf-8")
    found = load_plan((infra / "plan.json").read_bytes(), str(infra / "plan.json"), Options())

    assert not found.estate.launches['module.svc["a"].aws_ecs_service.s'].subnets.complete
    assert {} == found.places
    assert any("aws_eip.more" in note for note in found.notes)


def test_files_are_not_read_when_that_is_forbidden(tmp_path: Path) -> None:
    """`--no-source` judges the plan alone."""
    path = copied(tmp_path) / "plan.json"
    found = load_plan(path.read_bytes(), str(path), Options(use_source=False))

    assert () == found.notes
    assert not found.estate.launches['module.svc["a"].aws_ecs_service.s'].subnets.complete


def test_a_directory_that_is_named_has_to_be_there() -> None:
    """`--source` with a wrong path is an error."""
    with pytest.raises(InputError, match="no such directory"):
        load_plan(plan(), "plan.json", Options(source="nowhere"))


def test_a_plan_that_knows_all_opens_no_files(monkeypatch: pytest.MonkeyPatch) -> None:
    """After an apply nothing is open, and nothing is looked for."""

    def never(self: BesidePlan) -> None:
        raise AssertionError("the files were opened")

    monkeypatch.setattr(BesidePlan, "_open", never)
    data = plan(keep("aws_vpc.main", id="vpc-0aaaaaaaa", cidr_block="10.0.0.0/16"))

    assert ["aws_vpc.main"] == list(load_plan(data, "plan.json", Options()).estate.vpcs)


def test_a_dynamic_block_that_the_plan_does_not_show_is_found_in_the_files(tmp_path: Path) -> None:
    """A group whose egress comes from an unknown set looks as if it had none; the files tell otherwise."""
    (tmp_path / "main.tf").write_text(
        """
resource "aws_security_group" "g" {
  vpc_id = aws_vpc.main.id

  dynamic "egress" {
    for_each = toset([aws_vpc.main.id])
    content {
      from_port   = 443
      to_port     = 443
      protocol    = "tcp"
      cidr_blocks = ["0.0.0.0/0"]
    }
  }
}

resource "aws_vpc" "main" {
  cidr_block = "10.0.0.0/16"
}
""",
        encoding="utf-8",
    )
    group = create("aws_security_group.g", vpc_id=ref("aws_vpc.main.id"))
    group.change["change"]["after_unknown"]["egress"] = True
    data = plan(create("aws_vpc.main", cidr_block="10.0.0.0/16"), group)
    alone = load_plan(data, "plan.json", Options(use_source=False)).estate.groups["aws_security_group.g"]
    settled = load_plan(data, "plan.json", Options(source=str(tmp_path))).estate.groups[
        "aws_security_group.g"
    ]

    assert () == alone.egress.items
    assert settled.egress.items or not settled.egress.complete


@pytest.mark.parametrize(
    ("known", "open_", "settled", "expected"),
    [
        ([{"a": 1}], [{"b": True}], [{"a": 1, "b": "x"}], [{"a": 1, "b": "x"}]),
        ([{"a": 1}], [{"b": True}], [{"a": UNKNOWN, "b": "x"}], [{"a": 1, "b": "x"}]),
        ([{"a": 1}], [{"b": True}], [{"a": "1", "b": UNKNOWN}], [{"a": 1, "b": UNKNOWN}]),
        ([{"a": 1}, {"a": 2}], [{}, {"b": True}], [{"a": 2, "b": UNKNOWN}, {"a": 1}], None),
        ([{"a": 1}], [{"b": True}], [{"a": UNKNOWN}, {"a": 2}], None),
        ({"a": 1}, {"b": True}, {"a": UNKNOWN, "b": "x"}, {"a": 1, "b": "x"}),
        ([{"a": [1]}], [{"a": [False], "b": True}], [{"a": [1], "b": UNKNOWN}], [{"a": [1], "b": UNKNOWN}]),
        ([{"a": 1}], [{"b": True}], [{"a": None, "b": UNKNOWN}], [{"a": 1, "b": UNKNOWN}]),
    ],
)
def test_what_the_files_write_is_laid_over_what_the_plan_knows(
    known: Any, open_: Any, settled: Any, expected: Any
) -> None:
    """All known: as written. In part: only where the two fit, for sets are in another order in the plan."""
    assert expected == overlaid(known, open_, settled)


@pytest.mark.parametrize(
    ("open_", "expected"),
    [
        (True, True),
        (False, False),
        ([], False),
        ({}, False),
        ([{"a": [False, True]}], True),
        ([{"a": False}], False),
        (None, False),
    ],
)
def test_anything_unknown_is_found_at_any_depth(open_: Any, expected: bool) -> None:
    """`after_unknown` has `true` where something is not known."""
    assert expected is any_open(open_)
