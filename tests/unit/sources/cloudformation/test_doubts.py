"""A resource that may not exist proves nothing: neither that a task can start nor that it cannot."""

import copy
from pathlib import Path
from typing import Any

import pytest

from pullproof.errors import InputError
from pullproof.sources.cloudformation.tables import rows
from tests.scenarios.judge import plan_of
from tests.scenarios.recipe import every_variant, name, write
from tests.twins.as_template import Writer, tree_of
from tests.unit.sources.cloudformation.judging import judged, verdict

#: Estates in which something of each kind decides.
ESTATES = (
    "E01-no-path/near-miss",
    "E03-default-route/near-miss",
    "E04-ecr-api-missing/near-miss",
    "E09-network-acl/near-miss",
    "E10-names/broken-zone",
    "E10-names/near-miss-zone",
    "E11-endpoint-breaks-nat/broken",
    "E17-secrets-denied/near-miss",
    "E30-efs/near-miss",
)
UNSURE = {
    "Parameters": {"Maybe": {"Type": "String"}},
    "Conditions": {"Unsure": {"Fn::Equals": [{"Ref": "Maybe"}, "yes"]}},
}


def template_of(wanted: str, folder: Path) -> dict[str, Any]:
    """The template of a variant."""
    case, variant = next((c, v) for c, v in every_variant() if name(c, v) == wanted)
    write(variant, folder)
    template = Writer(tree_of(plan_of(case, variant).read_bytes(), folder)).template()
    return {**template, **UNSURE}


def unsure(template: dict[str, Any], *keys: str) -> dict[str, Any]:
    """The same with a condition on some resources that nothing settles."""
    changed = copy.deepcopy(template)
    for key in keys:
        changed["Resources"][key]["Condition"] = "Unsure"
    return changed


@pytest.mark.parametrize("wanted", ESTATES)
def test_what_may_not_exist_proves_nothing(wanted: str, tmp_path: Path) -> None:
    """Where a resource decides the verdict, its condition leaves the verdict open; else it changes nothing."""
    template = template_of(wanted, tmp_path)
    there = verdict(template)
    decided = 0
    for key, resource in template["Resources"].items():
        if not rows()[resource["Type"]].doubt:
            continue
        without = copy.deepcopy(template)
        del without["Resources"][key]
        try:
            gone = verdict(without)
        except InputError:
            continue  # something refers to it, so it exists
        said = verdict(unsure(template, key))
        decided += there != gone

        assert said == "unknown" if there != gone else said in (there, "unknown"), (key, there, gone, said)
    assert decided


@pytest.mark.parametrize("wanted", ["E01-no-path/near-miss", "E30-efs/near-miss"])
def test_what_exists_with_the_task_counts(wanted: str, tmp_path: Path) -> None:
    """Where everything hangs on one condition, the task is judged as if it held, and a note says so."""
    template = template_of(wanted, tmp_path)
    every = unsure(template, *template["Resources"])
    document = judged(every)

    assert ["can_start"] == [task["verdict"] for task in document["tasks"]]
    assert ["EcsServiceApp: judged as if the condition of each held"] == document["notes"]


def test_a_condition_that_is_settled_is_no_doubt(tmp_path: Path) -> None:
    """With the parameter's value the verdict is what it is with the resource, or without it."""
    template = template_of("E01-no-path/near-miss", tmp_path)
    key = next(k for k, one in template["Resources"].items() if "NatGatewayId" in one["Properties"])
    maybe = unsure(template, key)

    assert ("can_start", "cannot_start") == (verdict(maybe, Maybe="yes"), verdict(maybe, Maybe="no"))
