"""What a layer says, as steps of evidence."""

from pullproof.evidence import Gate, Hop, Step
from pullproof.iam.answer import NO, YES, Answer
from pullproof.iam.layers import Said
from pullproof.model.value import Unknown
from pullproof.verdict import Verdict


def permission(
    gate: Gate, at: str, said: Said, *, code: str, works: str, fails: str, resource: str = ""
) -> Step:
    """The step that asks whether something is allowed; `code` is the blocker when it is not."""
    if isinstance(said.answer, Unknown):
        return unsettled(gate, at, said.answer)
    if said.answer is NO:
        return Step(
            gate=gate, at=at, verdict=Verdict.FAILS, says=fails, code=code, resource=resource, cites=said.by
        )
    return Step(gate=gate, at=at, verdict=Verdict.WORKS, says=works, cites=said.by)


def denial(gate: Gate, at: str, said: Said, *, code: str, call: str, resource: str = "") -> tuple[Step, ...]:
    """The step that asks whether something is denied; nothing when it certainly is not."""
    if said.answer is NO:
        return ()
    if isinstance(said.answer, Unknown):
        return (unsettled(gate, at, said.answer),)
    says = f"{', '.join(map(str, said.by))} denies {call}"
    return (
        Step(gate=gate, at=at, verdict=Verdict.FAILS, says=says, code=code, resource=resource, cites=said.by),
    )


def unsettled(gate: Gate, at: str, unknown: Unknown) -> Step:
    """A step that waits for something that is not known."""
    return Step(
        gate=gate, at=at, verdict=Verdict.UNKNOWN, says=f"not settled: {unknown.what}", unknown=unknown
    )


def hop(*steps: Step) -> Hop:
    """The hop of one layer, where its steps are; what is not known is said once."""
    first, *rest = steps
    said = (first, *(step for step in rest if step.unknown is None or step.unknown is not first.unknown))
    return Hop(gate=first.gate, at=first.at, steps=said)


def either(*said: Said) -> Said:
    """What several places allow together, with the statements of the first that certainly does."""
    doubt: Answer = NO
    for one in said:
        if one.answer is YES:
            return one
        if doubt is NO:
            doubt = one.answer
    return Said(doubt)
