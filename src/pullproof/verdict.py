"""The three answers, and how they combine.

Kleene's rules: one certain failure settles a conjunction and one certain success settles a
disjunction, whatever else is unknown.
"""

import enum
from collections.abc import Iterable


class Verdict(enum.Enum):
    """An answer about one claim. `UNKNOWN` is an answer, not an error."""

    # Enum's own hash looks up a name each time, and verdicts are looked up by the hundred thousand.
    __hash__ = object.__hash__

    WORKS = "works"
    FAILS = "fails"
    UNKNOWN = "unknown"

    def __bool__(self) -> bool:
        """Refuse: a three-valued answer has no truth value."""
        raise TypeError("a Verdict has three values; compare with `is`")

    def __and__(self, other: "Verdict") -> "Verdict":
        """Both must work; one certain failure settles it."""
        if self is Verdict.FAILS or other is Verdict.FAILS:
            return Verdict.FAILS
        return self if other is Verdict.WORKS else Verdict.UNKNOWN

    def __or__(self, other: "Verdict") -> "Verdict":
        """One must work; one certain success settles it."""
        if self is Verdict.WORKS or other is Verdict.WORKS:
            return Verdict.WORKS
        return self if other is Verdict.FAILS else Verdict.UNKNOWN

    def __invert__(self) -> "Verdict":
        """The answer about the opposite claim."""
        if self is Verdict.UNKNOWN:
            return self
        return Verdict.FAILS if self is Verdict.WORKS else Verdict.WORKS


def all_of(verdicts: Iterable[Verdict]) -> Verdict:
    """The conjunction; WORKS when there is nothing to ask, so callers must refuse an empty question."""
    answer = Verdict.WORKS
    for verdict in verdicts:
        if verdict is Verdict.FAILS:
            return verdict
        if verdict is Verdict.UNKNOWN:
            answer = verdict
    return answer


def any_of(verdicts: Iterable[Verdict]) -> Verdict:
    """The disjunction; FAILS when there is nothing to ask."""
    answer = Verdict.FAILS
    for verdict in verdicts:
        if verdict is Verdict.WORKS:
            return verdict
        if verdict is Verdict.UNKNOWN:
            answer = verdict
    return answer
