"""Every broken variant as a template: what is offered, written into the template, lets the tasks start."""

import json
from pathlib import Path
from typing import Any

import pytest
import yaml  # type: ignore[import-untyped]

from pullproof.prove import prove
from pullproof.render.cloudformation.in_place import render_in_place
from pullproof.repair.offer import offer
from pullproof.verdict import Verdict
from tests.scenarios.judge import plan_of
from tests.scenarios.recipe import Case, Variant, every_variant, name, write
from tests.twins.as_template import CannotSay, Writer, tree_of
from tests.twins.loaded import loaded

BROKEN = [
    (case, variant)
    for case, variant in every_variant()
    if case.id.startswith("E") and variant.verdict == "cannot_start"
]
NAMES = [name(case, variant) for case, variant in BROKEN]
#: No change of the estate mends these: the blockers' own pages say what does.
NOTHING_HELPS = frozenset(
    {
        "E15-logs-unreachable/broken-region",
        "E17-secrets-denied/broken-denied",
        "E22-cross-account/broken-repository-policy",
        "E26-public-registry/broken-docker-hub",
        "E26-public-registry/broken-ecr-public",
        "E26-public-registry/broken-side-car",
        "E29-private-registry/broken-unreachable",
        "E30-efs/broken-iam",
        "E31-dual-stack/broken",
        "E34-endpoint-kind/broken",
        "E36-shared-endpoints/broken-hub-return",
    }
)
#: What cannot be written into this template, and why.
REFUSED = {
    "E03-default-route/broken-one-of-two": "CloudFormation has no way to refer to the main route table of VpcMain"
}


@pytest.mark.parametrize(("case", "variant"), BROKEN, ids=NAMES)
def test_a_mended_template_lets_its_tasks_start(case: Case, variant: Variant, tmp_path: Path) -> None:
    """
    Read back by itself, the edited template has the verdict that the fix promised; only what a new parameter
    will be is not known before it is given.
    """
    write(variant, tmp_path)
    try:
        template = Writer(tree_of(plan_of(case, variant).read_bytes(), tmp_path)).template()
    except CannotSay as reason:
        pytest.skip(f"a template cannot say this: {reason}")
    data = yaml.safe_dump(json.loads(json.dumps(template)), sort_keys=False).encode()
    before = loaded(data, variant)
    fixes = [fix for fix in offer(before).fixes if fix.whole]

    assert (name(case, variant) in NOTHING_HELPS) == (not fixes)
    for fix in fixes:
        found = render_in_place(fix.edits, before.estate, path="template.yaml", files={"template.yaml": data})
        if name(case, variant) in REFUSED:
            assert [REFUSED[name(case, variant)]] == [one.why for one in found.refusals]
            continue
        assert () == found.refusals
        assert [] == lost(data, found.patches[0].after)
        tasks = {task.id: task for task in prove(loaded(found.patches[0].after, variant).estate)}
        asked = _asked(found.notes)
        for key in fix.proof.starts:
            unknown = {one.what for step in tasks[key].steps for one in step.unknowns}
            assert asked or tasks[key].verdict is Verdict.WORKS
            assert tasks[key].verdict is not Verdict.FAILS
            assert [] == [what for what in unknown if not any(one in what for one in asked)]
        assert Verdict.FAILS not in {tasks[key].verdict for key in fix.proof.unsettled}


def _asked(notes: tuple[str, ...]) -> list[str]:
    """The parameters that a note asks for, but for those of which the template's metadata say what they are."""
    asked = [word for note in notes for word in note.partition(": ")[2].split(", ") if word]
    return [word for word in asked if not word.endswith("PrefixListId")]


def lost(before: bytes, after: bytes) -> list[Any]:
    """The lines that are gone, beside those whose value was replaced."""
    left = after.decode().splitlines()
    gone = [line for line in before.decode().splitlines() if line not in left]
    keys = {line.split(":")[0] for line in left}
    return [line for line in gone if line.split(":")[0] not in keys]
