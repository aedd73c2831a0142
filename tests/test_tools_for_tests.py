"""The tests' own tools: finding Terraform and its provider, and what happens where they are missing."""

import os
from pathlib import Path

import pytest

from tests.conftest import do_without
from tests.terraform import PROVIDER, Missing, Terraform, find_mirror, find_terraform, holds_provider


def _mirror(top: Path) -> Path:
    (top / PROVIDER / "5.0.0").mkdir(parents=True)
    return top


def test_a_mirror_is_found_below(tmp_path: Path) -> None:
    """The folder that holds the registry's name is the mirror, however deep it lies."""
    mirror = _mirror(tmp_path / "opt" / "providers")

    assert mirror == find_mirror(tmp_path)


def test_the_nearest_mirror_is_taken(tmp_path: Path) -> None:
    """Of two mirrors the one nearer to the top is taken."""
    _mirror(tmp_path / "a" / "b" / "c")
    near = _mirror(tmp_path / "z")

    assert near == find_mirror(tmp_path)


def test_a_working_copy_is_no_mirror(tmp_path: Path) -> None:
    """The providers of some other project are not touched."""
    _mirror(tmp_path / "project" / ".terraform" / "providers")

    assert find_mirror(tmp_path) is None


def test_an_empty_mirror_is_none(tmp_path: Path) -> None:
    """A folder of the right name without any version in it does not count."""
    (tmp_path / PROVIDER).mkdir(parents=True)

    assert not holds_provider(tmp_path)


def test_the_search_ends_in_time(tmp_path: Path) -> None:
    """A search without any time left finds nothing, and ends."""
    _mirror(tmp_path)

    assert find_mirror(tmp_path, seconds=0) is None


def test_without_terraform_the_reason_is_said(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A machine without the program gets the reason."""
    monkeypatch.setenv("PATH", str(tmp_path))

    with pytest.raises(Missing, match="no terraform on PATH"):
        find_terraform(tmp_path)


def test_a_missing_tool_fails_in_ci(monkeypatch: pytest.MonkeyPatch) -> None:
    """With CI=true a test that cannot run is a failure."""
    monkeypatch.setenv("CI", "true")

    with pytest.raises(pytest.fail.Exception, match="no such thing"):
        do_without("no such thing")


def test_a_missing_tool_skips_elsewhere(monkeypatch: pytest.MonkeyPatch) -> None:
    """On a developer's machine it is skipped, with the reason."""
    monkeypatch.delenv("CI", raising=False)

    with pytest.raises(pytest.skip.Exception, match="no such thing"):
        do_without("no such thing")


@pytest.mark.terraform
def test_terraform_plans_with_the_aws_provider(needs_terraform: Terraform, tmp_path: Path) -> None:
    """A new VPC is planned without credentials and without a call to AWS."""
    (tmp_path / "main.tf").write_text(
        """
        terraform {
          required_providers {
            aws = { source = "hashicorp/aws" }
          }
        }
        provider "aws" {
          region                      = "eu-west-1"
          skip_credentials_validation = true
          skip_requesting_account_id  = true
        }
        resource "aws_vpc" "this" { cidr_block = "10.0.0.0/16" }
        """,
        encoding="utf-8",
    )

    plan = needs_terraform.plan(tmp_path)

    assert ["aws_vpc.this"] == [change["address"] for change in plan["resource_changes"]]


@pytest.mark.terraform
def test_programs_started_by_a_test_find_the_provider(terraform_env: Terraform) -> None:
    """The fixture leaves its environment in this process."""
    expected = terraform_env.variables

    assert expected == {name: os.environ[name] for name in expected}
