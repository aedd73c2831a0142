"""Every root cause met in the field: what must be said, what must not, and the whole output."""

import os
import shutil
from pathlib import Path

import pytest

from tests.scenarios.judge import answer, check_json, expected, golden_of, plan_of, run
from tests.scenarios.recipe import Case, Variant, cases, every_variant, name, write

VARIANTS = every_variant()
NAMES = [name(case, variant) for case, variant in VARIANTS]
FIELD_CAUSES = {f"E{number:02d}" for number in range(1, 39)}


@pytest.fixture
def configuration(variant: Variant, case: Case, tmp_path: Path) -> Path:
    """The case's configuration, written out, with its plan beside it."""
    write(variant, tmp_path)
    shutil.copy(plan_of(case, variant), tmp_path / "plan.json")
    return tmp_path


@pytest.mark.parametrize(("case", "variant"), VARIANTS, ids=NAMES)
def test_what_is_said_of_the_plan(case: Case, variant: Variant, configuration: Path) -> None:
    """
    A plan beside its configuration gives exactly the verdict, blockers and warnings of the case.
    """
    document = check_json(configuration, "plan.json", variant)

    assert expected(variant) == answer(document, variant.task)


@pytest.mark.parametrize(("case", "variant"), VARIANTS, ids=NAMES)
def test_a_plan_alone_never_contradicts(case: Case, variant: Variant, configuration: Path) -> None:
    """
    Without the configuration less may be known, but no verdict turns into its opposite.
    """
    options = [*variant.options, "--no-source"]
    _, out, _ = run(configuration, "check", "plan.json", "--format", "json", *options)
    import json

    alone = answer(json.loads(out), variant.task)
    opposite = {"can_start": "cannot_start", "cannot_start": "can_start"}.get(variant.verdict, "")

    assert alone["verdict"] != opposite
    if alone["verdict"] == "cannot_start":
        assert {tuple(b) for b in alone["blockers"]} <= {tuple(b) for b in variant.blockers}


@pytest.mark.parametrize(("case", "variant"), VARIANTS, ids=NAMES)
def test_what_a_person_sees(case: Case, variant: Variant, configuration: Path) -> None:
    """
    The whole terminal output is the one that was read and approved (PULLPROOF_GOLDEN=write renews it).
    """
    _, out, err = run(configuration, "check", "plan.json", *variant.options)
    golden = golden_of(case, variant)
    if os.environ.get("PULLPROOF_GOLDEN") == "write":
        golden.parent.mkdir(parents=True, exist_ok=True)
        golden.write_text(out, encoding="utf-8")

    assert golden.read_text(encoding="utf-8") == out
    assert variant.verdict in ("not_launched", "not_judged") or err == ""


def test_every_field_cause_has_a_case() -> None:
    """
    All 38 root causes are here, each with a variant that must not be reported as blocked.
    """
    found = cases()

    assert FIELD_CAUSES <= {case.id for case in found}
    for case in found:
        assert any(v.verdict != "cannot_start" for v in case.variant), case.id
