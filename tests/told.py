"""What an answer of the network engine says, in the few words that a test compares."""

from pullproof.evidence import Reached
from pullproof.model.value import Unknown
from pullproof.verdict import Verdict


def blockers(answer: Reached) -> list[tuple[str, str]]:
    """The code and the thing to change of every failure, in the order met, without repeats."""
    return list(dict.fromkeys((step.code, step.to_change) for step in answer.steps if step.code))


def partial(answer: Reached) -> list[str]:
    """The codes that only some packets meet."""
    return list(dict.fromkeys(step.code for step in answer.steps if step.partial and step.code))


def doubts(answer: Reached) -> list[Unknown]:
    """What is not known, in the order met, without repeats."""
    return list(dict.fromkeys(step.unknown for step in answer.steps if step.unknown is not None))


def words(answer: Reached) -> list[str]:
    """What every step that does not pass says."""
    return [step.says for step in answer.steps if step.verdict is not Verdict.WORKS]
