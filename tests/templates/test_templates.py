"""Templates as people write them, and the whole of what they are shown."""

import os
from pathlib import Path

import pytest

from tests.scenarios.judge import run

HERE = Path(__file__).parent
#: Name of the golden output -> arguments, and the exit status.
CASES = {
    "short-forms": (["short-forms.yaml"], 1),
    "conditions": (["conditions.yaml"], 3),
    "conditions-prod": (["conditions.yaml", "--parameter", "Stage=prod"], 0),
    "conditions-dev": (["conditions.yaml", "--parameter", "Stage=dev"], 1),
    "conditions-public": (["conditions.yaml", "--parameter", "Stage=dev", "--parameter", "Public=yes"], 0),
    "existing-network": (["existing-network.yaml"], 1),
    "rules-apart": (["rules-apart.yaml"], 3),
    "scheduled": (["scheduled.yaml"], 1),
    "nested": (["nested/parent.yaml"], 1),
    "exports": (["exports/network.yaml", "exports/service.yaml"], 1),
    "exports-alone": (["exports/service.yaml"], 3),
    "sam": (["sam/template.yaml"], 1),
    "files": (["files.json"], 1),
}


@pytest.mark.parametrize("name", CASES)
def test_what_a_person_sees(name: str) -> None:
    """The whole terminal output is the one that was read and approved (PULLPROOF_GOLDEN=write renews it)."""
    arguments, expected = CASES[name]
    status, out, err = run(HERE, "check", *arguments, "--region", "eu-west-1")
    golden = HERE / "golden" / f"{name}.txt"
    if os.environ.get("PULLPROOF_GOLDEN") == "write":
        golden.parent.mkdir(exist_ok=True)
        golden.write_text(out, encoding="utf-8")

    assert (expected, "") == (status, err)
    assert golden.read_text(encoding="utf-8") == out


def test_the_words_are_those_of_templates() -> None:
    """No report on a template speaks of Terraform."""
    for golden in (HERE / "golden").glob("*.txt"):
        text = golden.read_text(encoding="utf-8").lower()
        assert [] == [word for word in ("terraform", "apply", "aws_", "--source") if word in text], golden
