"""Every failure that was asked about, each message judged against the proof of its task."""

from collections.abc import Callable, Iterable, Mapping

import msgspec

from pullproof.finding import Offer, Report, TaskReport
from pullproof.why.conclude import Conclusion, Judgement, conclude, is_old, meanings, unknown_words
from pullproof.why.failure import Failure

#: Gives the proof of tasks as if they ran on a platform version (None: what the input says).
Prove = Callable[[str | None], Mapping[str, TaskReport]]

#: The last version whose messages begin in Docker's words.
BEFORE = "1.3.0"
EXPLAINS = frozenset((Judgement.CERTAIN, Judgement.SEVERAL))


class Told(msgspec.Struct, frozen=True, kw_only=True):
    """One failure, and what follows from each of its messages. `note` says what the proof is of, if not of it."""

    failure: Failure
    conclusions: tuple[Conclusion, ...]
    note: str = ""


class Answer(msgspec.Struct, frozen=True, kw_only=True):
    """The answer to `why`. `fix` is the command that mends a task, with {task} in it; "" where nothing does.

    `offers` is what mends the tasks of which a cause is known, by task; `apply` the command that shows or
    writes it, with {task} in it.
    """

    report: Report
    told: tuple[Told, ...]
    fix: str = ""
    apply: str = ""
    offers: Mapping[str, Offer] = {}


def told_of(failure: Failure, tasks: tuple[str, ...], prove: Prove) -> Told:
    """What follows from a failure; `tasks` are the keys of what it may be a failure of."""
    found: list[Conclusion] = []
    said = _version(failure.platform_version)
    for message in failure.messages:
        known = meanings(message)
        if not known:
            proofs = prove(said) if tasks else {}
            found += [unknown_words(message, proofs[key]) for key in tasks] or [unknown_words(message, None)]
        for meaning in known:
            proofs = prove(BEFORE if said is None and is_old(meaning) else said) if tasks else {}
            every = [conclude(message, meaning, proofs[key], failure.subnet) for key in tasks]
            found += _telling(every) or [conclude(message, meaning, None)]
    return Told(failure=failure, conclusions=tuple(found))


def to_mend(told: Iterable[Told]) -> tuple[str, ...]:
    """The tasks of which a cause is known, in the order in which they are told of."""
    every = (each for one in told for each in one.conclusions)
    return tuple(dict.fromkeys(each.task.id for each in every if each.causes and each.task is not None))


def _telling(every: list[Conclusion]) -> list[Conclusion]:
    """Of several tasks that a message may be about: those that explain it, where any does."""
    return [each for each in every if each.judgement in EXPLAINS] or every


def _version(text: str) -> str | None:
    """A platform version to prove with; "LATEST" and nothing are what the input says."""
    return text if text[:1].isdigit() else None
