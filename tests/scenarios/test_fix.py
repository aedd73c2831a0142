"""Every broken variant of every root cause, mended: what is offered, that it holds, and that it is enough."""

import contextlib
import os
import shutil
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pytest

from pullproof.cli.loading import load
from pullproof.cli.parser import parse
from pullproof.finding import Offer, TaskReport
from pullproof.prove import prove
from pullproof.render.as_json import edit_json
from pullproof.repair.apply import edited
from pullproof.repair.compare import costs
from pullproof.repair.offer import offer
from pullproof.report import fix_json
from pullproof.report.costs import render_json
from pullproof.sources.base import Loaded
from pullproof.verdict import Verdict
from tests.scenarios.judge import plan_of
from tests.scenarios.recipe import Case, Variant, every_variant, name, write
from tests.schemas import wrong

BROKEN = [(case, variant) for case, variant in every_variant() if variant.verdict == "cannot_start"]
NAMES = [name(case, variant) for case, variant in BROKEN]
#: Where ways out differ, every strategy is tried.
WAYS = [
    (case, variant, via)
    for case, variant in BROKEN
    if case.id in ("E01", "E02", "E03", "E26", "W02", "W03", "W07", "W44", "W46", "W48")
    for via in ("nat", "public-ip", "cheapest")
]
WAY_NAMES = [f"{name(case, variant)} --via {via}" for case, variant, via in WAYS]
GOLDEN = Path(__file__).parent / "fixes.txt"
WRITE = os.environ.get("PULLPROOF_GOLDEN") == "write"


@pytest.fixture
def loaded(case: Case, variant: Variant, tmp_path: Path) -> Iterator[Loaded]:
    """The input of a variant, read from inside its folder."""
    write(variant, tmp_path)
    shutil.copy(plan_of(case, variant), tmp_path / "plan.json")
    with contextlib.chdir(tmp_path):
        yield load(parse(["check", "plan.json", *variant.options]))


@pytest.mark.parametrize(("case", "variant"), BROKEN, ids=NAMES)
def test_what_is_offered(case: Case, variant: Variant, loaded: Loaded) -> None:
    """
    The edits are those that were read and approved, a fix holds when everything is judged again, and after
    it there is nothing more to mend.
    """
    found = offer(loaded)

    assert approved(name(case, variant), told(found)) == told(found)
    assert [] == wrong("fix", fix_json.render(found, edit_json))
    assert [] == wrong("cost", render_json(costs(loaded, gigabytes=10)))
    holds(found, loaded)


@pytest.mark.parametrize(("case", "variant", "via"), WAYS, ids=WAY_NAMES)
def test_what_other_ways_offer(case: Case, variant: Variant, via: str, loaded: Loaded) -> None:
    """
    By NAT, by public addresses, and by whatever is cheapest: approved, proven and enough, too.
    """
    found = offer(loaded, via=via, gigabytes=100)

    assert [] == wrong("fix", fix_json.render(found, edit_json))
    assert approved(f"{name(case, variant)} --via {via}", told(found)) == told(found)
    holds(found, loaded)


def holds(found: Offer, loaded: Loaded) -> None:
    """Judge everything again, without the help of what made the offer."""
    before = prove(loaded.estate)
    for fix in found.fixes:
        after = edited(loaded.estate, fix.edits)
        assert [] == worse(before, prove(after))
        if fix.whole:
            verdicts = {task.id: task.verdict for task in prove(after)}
            assert [Verdict.WORKS] * len(fix.proof.starts) == [verdicts[key] for key in fix.proof.starts]
            assert Verdict.FAILS not in {verdicts[key] for key in fix.proof.unsettled}
            again = offer(Loaded(kind=loaded.kind, path=loaded.path, estate=after))
            mended = {*fix.proof.starts, *fix.proof.unsettled}
            assert [] == [one for one in again.fixes if mended.intersection(one.proof.starts)]
            assert mended.isdisjoint(again.blocked)


def worse(before: tuple[TaskReport, ...], after: tuple[TaskReport, ...]) -> list[str]:
    """What worked in a subnet before and does not any more, told from the reports alone."""
    works = _standing(before)
    return [claim for claim, verdict in _standing(after).items() if works.get(claim, verdict) is not verdict
            and works[claim] is Verdict.WORKS]  # fmt: skip


def _standing(tasks: tuple[TaskReport, ...]) -> dict[str, Verdict]:
    found: dict[str, Verdict] = {}
    for task in tasks:
        for step in task.steps:
            for subnet in step.subnets or ("",):
                claim = f"{task.id} {step.rule.id} {step.subject} {subnet}"
                found[claim] = found.get(claim, Verdict.WORKS) & step.verdict
    return found


def told(found: Offer) -> str:
    """An offer in a few lines."""
    lines = []
    for fix in found.fixes:
        cost = fix.monthly if isinstance(fix.monthly, float) else "?"
        lines.append(f"{'fix' if fix.whole else 'part'} ${cost}")
        lines += [f"  + {change.says}" for change in fix.changes]
    lines += [f"left [{one.code}] {one.why}" for one in found.left]
    return "\n".join(lines)


@cache
def _all() -> dict[str, str]:
    if not GOLDEN.exists():
        return {}
    parts = GOLDEN.read_text(encoding="utf-8").strip().split("\n\n")
    return {part.partition("\n")[0]: part.partition("\n")[2] for part in parts}


def approved(title: str, now: str) -> str:
    """What the golden file says of a variant; PULLPROOF_GOLDEN=write renews it."""
    if WRITE:
        _all()[title] = now
        text = "\n\n".join(f"{key}\n{value}" for key, value in sorted(_all().items()))
        GOLDEN.write_text(text + "\n", encoding="utf-8")
    return _all()[title]
