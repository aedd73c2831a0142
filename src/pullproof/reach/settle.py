"""What is certain when it is not known which of several things a name means."""

from collections.abc import Sequence

import msgspec

from pullproof.evidence import Hop, Reached, Step, Trace, Via
from pullproof.model.value import Unknown
from pullproof.reach.passages import soft_step
from pullproof.reach.words import step_of
from pullproof.verdict import Verdict

NOT_CERTAIN = "it is not certain that the name means this here"


def either(
    found: Sequence[Reached], choice: Sequence[Unknown], doubts: Sequence[Unknown], kept: str
) -> Reached:
    """One of several answers holds and nobody knows which; with `doubts`, it may be none of them.

    Where all of them work by the same endpoint, or all fail, it makes no difference. Otherwise the first
    is shown, its failures as mere possibilities. `kept` is the group whose steps are met whatever the
    answer is, "" for none.
    """
    if len(found) == 1 and not doubts:
        return found[0]
    verdicts = {one.verdict for one in found}
    alike = verdicts == {Verdict.FAILS} or (verdicts == {Verdict.WORKS} and _same_way(found))
    if not doubts and alike:
        return found[0]
    whys = (*choice, *doubts)
    paths = tuple(tuple(_soft(trace, whys[0], kept) for trace in path) for path in found[0].paths)
    return headed(Reached(via=Via.NONE, paths=paths), unsure_steps(found[0].paths[0][0].hops[0], whys))


def headed(reached: Reached, steps: Sequence[Step]) -> Reached:
    """The same answer, with these decisions before those of its first hop."""
    if not steps:
        return reached
    paths = tuple((_headed(path[0], steps), *path[1:]) for path in reached.paths)
    return msgspec.structs.replace(reached, paths=paths)


def unsure_steps(hop: Hop, whys: Sequence[Unknown]) -> tuple[Step, ...]:
    """That the answer at a hop is not certain, for each reason."""
    return tuple(step_of(hop.gate, hop.at, NOT_CERTAIN, unknown=why) for why in dict.fromkeys(whys))


def renamed(reached: Reached, stand_in: str, key: str) -> Reached:
    """The same answer, with a key in place of a stand-in as the thing to change."""
    paths = tuple(tuple(_renamed(trace, stand_in, key) for trace in path) for path in reached.paths)
    return msgspec.structs.replace(reached, paths=paths)


def _same_way(found: Sequence[Reached]) -> bool:
    return len({(one.via, one.endpoint) for one in found}) == 1


def _soft(trace: Trace, why: Unknown, kept: str) -> Trace:
    hops = tuple(
        msgspec.structs.replace(
            hop, steps=tuple(step if kept and step.at == kept else soft_step(step, why) for step in hop.steps)
        )
        for hop in trace.hops
    )
    return msgspec.structs.replace(trace, hops=hops)


def _headed(trace: Trace, steps: Sequence[Step]) -> Trace:
    first = trace.hops[0]
    head = msgspec.structs.replace(first, steps=(*steps, *first.steps))
    return msgspec.structs.replace(trace, hops=(head, *trace.hops[1:]))


def _renamed(trace: Trace, stand_in: str, key: str) -> Trace:
    hops = tuple(
        msgspec.structs.replace(
            hop,
            steps=tuple(
                msgspec.structs.replace(step, resource=key) if step.resource == stand_in else step
                for step in hop.steps
            ),
        )
        for hop in trace.hops
    )
    return msgspec.structs.replace(trace, hops=hops)
