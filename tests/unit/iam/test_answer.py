"""Answers with reasons."""

import pytest

from pullproof.iam.answer import NO, YES, Answer, all_of, any_of, negated, verdict_of
from pullproof.verdict import Verdict
from tests.unit.iam.build import UNTOLD

OTHER = UNTOLD.__class__(UNTOLD.why, "another text", "", "")


@pytest.mark.parametrize(
    ("answers", "both", "either"),
    [
        ((), YES, NO),
        ((YES, YES), YES, YES),
        ((YES, NO), NO, YES),
        ((UNTOLD, NO), NO, UNTOLD),
        ((UNTOLD, YES), UNTOLD, YES),
        ((UNTOLD, OTHER), UNTOLD, UNTOLD),
    ],
)
def test_answers_combine_as_verdicts_do(answers: tuple[Answer, ...], both: Answer, either: Answer) -> None:
    """A certain answer decides; otherwise the first reason for doubt is kept."""
    assert both is all_of(answers)
    assert either is any_of(answers)


def test_an_answer_turned_round() -> None:
    """Doubt about a claim is doubt about its opposite."""
    assert (NO, YES, UNTOLD) == (negated(YES), negated(NO), negated(UNTOLD))


def test_an_answer_as_a_verdict() -> None:
    """The reason goes, the answer stays."""
    assert [Verdict.WORKS, Verdict.UNKNOWN] == [verdict_of(YES), verdict_of(UNTOLD)]
