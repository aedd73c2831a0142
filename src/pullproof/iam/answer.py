"""An answer and its reason in one value: yes, no, or the `Unknown` that stands in the way."""

from collections.abc import Iterable
from typing import Literal, TypeAlias

from pullproof.model.value import Unknown
from pullproof.verdict import Verdict

Yes: TypeAlias = Literal[Verdict.WORKS]
No: TypeAlias = Literal[Verdict.FAILS]
Answer: TypeAlias = Yes | No | Unknown

YES: Yes = Verdict.WORKS
NO: No = Verdict.FAILS


def all_of(answers: Iterable[Answer]) -> Answer:
    """The conjunction, as `verdict.all_of`; the first reason for doubt is kept."""
    doubt: Unknown | None = None
    for answer in answers:
        if answer is NO:
            return NO
        if doubt is None and isinstance(answer, Unknown):
            doubt = answer
    return YES if doubt is None else doubt


def any_of(answers: Iterable[Answer]) -> Answer:
    """The disjunction, as `verdict.any_of`; the first reason for doubt is kept."""
    doubt: Unknown | None = None
    for answer in answers:
        if answer is YES:
            return YES
        if doubt is None and isinstance(answer, Unknown):
            doubt = answer
    return NO if doubt is None else doubt


def negated(answer: Answer) -> Answer:
    """The answer about the opposite claim."""
    if isinstance(answer, Unknown):
        return answer
    return NO if answer is YES else YES


def verdict_of(answer: Answer) -> Verdict:
    """The answer without its reason."""
    return Verdict.UNKNOWN if isinstance(answer, Unknown) else answer
