"""The benchmarks measure plans that Terraform could have written. How fast anything is, no test asks."""

import json
from pathlib import Path
from typing import Any

import pytest

from bench.scale import BASE, PARTS, scaled
from pullproof.cli.loading import load
from pullproof.cli.parser import parse
from pullproof.prove.gaps import survey
from pullproof.repair.offer import offer
from tests.terraform import Terraform

#: What differs between two plans of the same configuration: the clock, and how a value was handed over.
PASSING = ("timestamp", "variables", "terraform_version")


def _base() -> dict[str, Any]:
    base: dict[str, Any] = json.loads(BASE.read_text(encoding="utf-8"))
    return base


def _lasting(plan: dict[str, Any]) -> dict[str, Any]:
    """A plan without what differs each time; Terraform does not sort the relevant attributes."""
    attributes = sorted(plan["relevant_attributes"], key=json.dumps)
    return {key: value for key, value in plan.items() if key not in PASSING} | {
        "relevant_attributes": attributes
    }


def test_a_plan_of_one_is_the_plan_itself() -> None:
    """Growing by one changes nothing."""
    assert _base() == scaled(_base())


def test_the_addresses_of_a_large_plan_are_all_different() -> None:
    """Each repeated resource has an address of its own."""
    plan = scaled(_base(), networks=3, services=5, rules=300)
    addresses = [change["address"] for change in plan["resource_changes"]]

    assert 3 * (22 + 5 + 300) == len(addresses)
    assert len(addresses) == len(set(addresses))


def test_each_part_that_is_lacking_is_a_blocker(tmp_path: Path) -> None:
    """Every network without the five parts has five blockers of its own, and a fix for each of its services."""
    file = tmp_path / "plan.json"
    file.write_text(json.dumps(scaled(_base(), networks=2, lacking=PARTS)), encoding="utf-8")
    loaded = load(parse(["fix", str(file), "--no-source"]))
    gaps = survey(loaded.estate).gaps
    blockers = {(gap.launch, gap.decision.code, gap.decision.to_change) for gap in gaps}
    (fix,) = offer(loaded).fixes

    assert ["module.net[0].aws_ecs_service.this[0]", "module.net[1].aws_ecs_service.this[0]"] == sorted(
        {launch for launch, *_ in blockers}
    )
    assert {"sg-egress", "endpoint-missing", "iam-missing-action"} <= {code for _, code, _ in blockers}
    assert 2 * len(PARTS) <= len(fix.changes)
    assert 2 == len(fix.proof.starts) + len(fix.proof.unsettled)


def test_nothing_lacking_is_the_whole_plan() -> None:
    """Without a part less the plan is what it was."""
    assert scaled(_base(), networks=2) == scaled(_base(), networks=2, lacking=())


@pytest.mark.terraform
@pytest.mark.slow
def test_terraform_writes_the_same_plan(needs_terraform: Terraform, tmp_path: Path) -> None:
    """The plan of two networks with two services and two rules each is the one that Terraform writes."""
    for name in ("main.tf", "service/main.tf"):
        copy = tmp_path / name
        copy.parent.mkdir(exist_ok=True)
        copy.write_text((BASE.parent / name).read_text(encoding="utf-8"), encoding="utf-8")

    real = needs_terraform.plan(tmp_path, "-var=networks=2", "-var=services=2", "-var=rules=2")

    assert _lasting(real) == _lasting(scaled(_base(), networks=2, services=2, rules=2))
