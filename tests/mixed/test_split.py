"""Wherever an estate is cut into what a plan makes and what was there before: together they give the whole answer."""

from collections.abc import Iterable
from pathlib import Path

import pytest

from pullproof.finding import TaskReport
from pullproof.prove import prove
from pullproof.sources.base import Options
from pullproof.sources.terraform.adapt import adapt
from pullproof.verdict import Verdict
from tests.mixed.split import cut, least, some, together
from tests.scenarios.judge import plan_of
from tests.scenarios.recipe import Case, Variant, every_variant, name, write
from tests.twins.applied import applied, keys

FIELD = [(case, variant) for case, variant in every_variant() if case.id.startswith("E")]


@pytest.mark.parametrize("way", ["least", "some"])
@pytest.mark.parametrize(("case", "variant"), FIELD, ids=[name(*each) for each in FIELD])
def test_a_plan_and_its_account_say_what_is_true_of_both(
    case: Case, variant: Variant, way: str, tmp_path: Path
) -> None:
    """A plan that only mentions what exists, with the account that has it, gets the verdict of the whole; and
    what the plan alone was certain of stays.
    """
    write(variant, tmp_path)
    options = Options(account=variant.options[1] if variant.options else "")
    found = applied(plan_of(case, variant), tmp_path, options.account)
    made = least(found.tree) if way == "least" else some(found.tree, name(case, variant))
    tree, account = cut(found, made, tmp_path / "account")
    called = keys(found)

    (whole,) = (each for each in prove(adapt(found.tree, options)) if each.id == variant.task)
    (both,) = (each for each in prove(together(tree, account, options)) if each.id == variant.task)
    (alone,) = (each for each in prove(adapt(tree, options)) if each.id == variant.task)

    assert _told(whole, called) == _told(both, called)
    assert alone.verdict in (both.verdict, Verdict.UNKNOWN)


def _told(task: TaskReport, called: dict[str, str]) -> dict[str, object]:
    """Verdict, steps, codes and resources, by what AWS calls them."""
    return {
        "verdict": task.verdict,
        "intermittent": task.intermittent,
        "blockers": _sorted(
            (step.step, one.code, called.get(one.resource, one.resource))
            for step in task.steps
            for one in step.blockers
        ),
        "unknown": _sorted((step.step,) for step in task.steps if step.verdict is Verdict.UNKNOWN),
    }


def _sorted(told: Iterable[tuple[str, ...]]) -> list[tuple[str, ...]]:
    return sorted(set(told))
