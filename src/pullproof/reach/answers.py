"""The shapes of an answer to "what does this name mean here?"."""

import msgspec

from pullproof.evidence import Step
from pullproof.model.value import Unknown
from pullproof.reach.party import Dest


class Answer(msgspec.Struct, frozen=True, kw_only=True):
    """One thing a name may mean. Without destinations it means nothing, and the step fails.

    `off` are answers that something switched off keeps from being given; their steps fail and say so.
    """

    step: Step
    dests: tuple[Dest, ...] = ()
    off: tuple["Answer", ...] = ()


class Meaning(msgspec.Struct, frozen=True):
    """All that a name may mean.

    With more than one answer, `choice` says why nobody knows which. `doubts` are reasons why it may be
    none of them.
    """

    answers: tuple[Answer, ...] = ()
    choice: tuple[Unknown, ...] = ()
    doubts: tuple[Unknown, ...] = ()


class Candidate(msgspec.Struct, frozen=True):
    """A private zone, or an endpoint's hidden one, that may answer: by how many labels, and with what."""

    size: int
    meaning: Meaning
    maybe: Unknown | None = None
