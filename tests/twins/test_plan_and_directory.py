"""A configuration and its plan: Terraform's own evaluator and our reading of the plan must agree."""

import json
from pathlib import Path

import msgspec
import pytest

from tests.scenarios.judge import answer, check_json, expected, plan_of
from tests.scenarios.recipe import Case, Variant, cases, name, write
from tests.scenarios.regenerate import IRRELEVANT, plan
from tests.terraform import Terraform

#: The first configuration of every third case; a run of Terraform takes seconds.
ONE_EACH = [(case, case.variant[0]) for case in cases()[::3]]
#: Replanned in every run; a change of the recipes or of Terraform shows here first.
REPLANNED = [(case, case.variant[0]) for case in cases() if case.id in ("E05", "E12", "E30", "E36")]
IDS = [name(case, variant) for case, variant in ONE_EACH]


@pytest.mark.parametrize(("case", "variant"), ONE_EACH, ids=IDS)
def test_the_directory_says_what_the_plan_says(
    case: Case, variant: Variant, tmp_path: Path, terraform_env: Terraform
) -> None:
    """
    Read through Terraform's evaluator with mocked providers, a configuration gets the case's answer.
    """
    write(variant, tmp_path)

    given = [f"--var={key}={value}" for key, value in variant.variables.items()]
    asked = msgspec.structs.replace(variant, options=[*variant.options, *given])

    document = check_json(tmp_path, ".", asked)

    assert "terraform-directory" == document["source"]["kind"]
    assert expected(variant) == answer(document, variant.task)


@pytest.mark.parametrize(("case", "variant"), REPLANNED, ids=lambda each: getattr(each, "id", ""))
def test_the_committed_plans_are_what_terraform_plans(
    case: Case, variant: Variant, tmp_path: Path, terraform_env: Terraform
) -> None:
    """
    Planned again, a case gives the plan that is committed, but for versions and the day.
    """
    committed = json.loads(plan_of(case, variant).read_text(encoding="utf-8"))
    fresh = plan(variant, tmp_path)

    for document in (committed, fresh):
        document.pop("terraform_version", None)
    assert committed == {key: value for key, value in fresh.items() if key not in IRRELEVANT}
