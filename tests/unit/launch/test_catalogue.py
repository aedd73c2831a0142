"""The catalogue: rows are checked, in launch order, documented, and tested."""

import datetime as dt

import msgspec
import pytest

from pullproof.launch.catalogue import CATALOGUE, checked, in_launch_order
from pullproof.launch.document import rules_markdown
from pullproof.launch.requirement import Requirement, Rule
from pullproof.model.codes import STEPS
from tools.docs import PARTS
from tools.repository import ROOT

FIRST, SECOND = CATALOGUE[0], CATALOGUE[1]
IDS = [rule.id for rule in CATALOGUE]


@pytest.mark.parametrize("rule", CATALOGUE, ids=IDS)
def test_every_row_answers_the_same_questions(rule: Rule) -> None:
    """What, why, what one would see, who says so, and when somebody looked."""
    assert all((rule.title, rule.because, rule.symptom))
    assert rule.step in STEPS
    assert rule.doc.startswith("https://")
    assert dt.date.fromisoformat(rule.checked_on) <= dt.date.today()  # noqa: DTZ011
    assert not rule.title.endswith(".")
    assert not rule.because.endswith(".")


@pytest.mark.parametrize("rule", CATALOGUE, ids=IDS)
def test_every_row_has_its_tests(rule: Rule) -> None:
    """Each rule is named by a test that judges it."""
    texts = [path.read_text(encoding="utf-8") for path in (ROOT / "tests" / "rules").glob("test_*.py")]

    assert any(f'"{rule.id}"' in text for text in texts)


def test_rows_are_in_launch_order() -> None:
    """Steps follow each other as Fargate does them, and every step has a row."""
    steps = [rule.step for rule in CATALOGUE]

    assert sorted(steps, key=STEPS.index) == steps
    assert set(STEPS) == set(steps)


def test_a_repeated_id_is_refused() -> None:
    """Two rows of one name would be one row in every report."""
    with pytest.raises(ValueError, match="two rules are called execution-role"):
        checked([FIRST, SECOND, FIRST])


@pytest.mark.parametrize("after", ["nothing", "task-role"])
def test_a_row_comes_after_rows_that_are_listed_before_it(after: str) -> None:
    """A name that is not there, or only later, could make a circle."""
    dangling = msgspec.structs.replace(FIRST, after=(after,))

    with pytest.raises(ValueError, match="execution-role comes after"):
        checked([dangling, SECOND])


def test_requirements_are_put_in_the_order_of_their_rows() -> None:
    """What belongs to one row stays in the order given."""
    requirements = [
        Requirement(rule=rule, subject=subject, needs=())
        for rule, subject in ((SECOND, "b"), (FIRST, "z"), (SECOND, "a"), (FIRST, "y"))
    ]

    assert ["z", "y", "b", "a"] == [requirement.subject for requirement in in_launch_order(requirements)]


def test_the_page_of_the_rules_has_every_row() -> None:
    """The page is generated from the catalogue, by `make docs`."""
    text = rules_markdown()

    assert IDS == [line.removeprefix("## ") for line in text.splitlines() if line.startswith("## ")]
    assert rules_markdown is PARTS["rules"]
    assert text in (ROOT / "docs" / "rules.md").read_text(encoding="utf-8")
