"""A passage: the hops between leaving an interface and arriving, out and back; and how passages combine."""

from collections.abc import Iterable, Sequence

import msgspec

from pullproof.evidence import Gate, Hop, Step, Via
from pullproof.model.value import Unknown
from pullproof.reach.peers import Link
from pullproof.reach.words import hop_of, step_of
from pullproof.verdict import Verdict, all_of


class Passage(msgspec.Struct, frozen=True, kw_only=True):
    """One way to a destination.

    `out` and `back` are hops in the order the packet meets them. `ends` says that the last hop out is a
    dead end, `aimless` that it is one for want of any destination, so that no filter can be asked about
    it. `turns` is the key of the subnet that replies come from on the way shown, "" where that is not
    known: in its Availability Zone a transit gateway takes them up. `endpoint` is the key of the VPC endpoint that carries the flow, else "", `policed` that it has a
    policy of its own. `unsure`: it works, and so does another that may be the one taken. `quiet`: the
    reply enters the sender's subnet without meeting its network ACL.
    """

    out: tuple[Hop, ...] = ()
    back: tuple[Hop, ...] = ()
    via: Via = Via.NONE
    endpoint: str = ""
    policed: bool = False
    unsure: bool = False
    link: Link = Link.UNSURE
    ends: bool = False
    aimless: bool = False
    quiet: bool = False
    turns: str = ""

    @property
    def verdict(self) -> Verdict:
        """Whether it leads there and back."""
        return all_of(hop.verdict for hop in (*self.out, *self.back))

    def after(self, out: Iterable[Hop], back: Iterable[Hop] = (), via: Via | None = None) -> "Passage":
        """This passage, met after these hops; the reply meets `back` last, in that order."""
        return msgspec.structs.replace(
            self, out=(*out, *self.out), back=(*self.back, *back), via=via or self.via
        )


def soft_step(step: Step, why: Unknown) -> Step:
    """The same step where it is not certain that the flow meets it: a failure is only possible."""
    if step.verdict is not Verdict.FAILS:
        return step
    return Step(
        gate=step.gate,
        at=step.at,
        verdict=Verdict.UNKNOWN,
        says=f"perhaps {step.says}",
        unknown=why,
        cites=step.cites,
    )


def soft_hop(hop: Hop, why: Unknown) -> Hop:
    """A hop of such steps."""
    if hop.verdict is not Verdict.FAILS:
        return hop
    steps = tuple(soft_step(step, why) for step in hop.steps)
    return msgspec.structs.replace(hop, steps=steps)


def strayed(passage: Passage) -> Unknown | None:
    """Why replies may come back by another way than the one shown; None when they certainly do not."""
    steps = (step for hop in passage.back for step in hop.steps)
    return next(
        (step.unknown for step in steps if step.gate is Gate.ROUTE_TABLE and step.unknown is not None), None
    )


def returned(passage: Passage, back: tuple[Hop, ...]) -> tuple[Hop, ...]:
    """The hops of a reply after those of a passage: perhaps it never meets them."""
    why = strayed(passage)
    return back if why is None else tuple(soft_hop(hop, why) for hop in back)


def soft(passage: Passage, why: Unknown) -> Passage:
    """A passage that is not certain to be the one taken: never a certain failure, nor without aim."""
    out = tuple(soft_hop(hop, why) for hop in passage.out)
    back = tuple(soft_hop(hop, why) for hop in passage.back)
    return msgspec.structs.replace(passage, out=out, back=back, via=Via.NONE, endpoint="", aimless=False)


def chosen(choices: Sequence[tuple[Passage, ...]], at: str, doubts: Sequence[Unknown]) -> tuple[Passage, ...]:
    """What is certain when any of several choices may be the one taken; the last is shown.

    It makes no difference where all fail, or all work by the same endpoint (whose policy has a say too).
    Where all work, and none through an endpoint that has a policy, only the way is not known.
    """
    last = choices[-1]
    if not doubts or _alike(choices):
        return last
    if _work_anyway(choices):
        return tuple(msgspec.structs.replace(passage, unsure=True, endpoint="") for passage in last)
    quiet = any(passage.quiet for choice in choices for passage in choice)
    return tuple(msgspec.structs.replace(passage, quiet=quiet) for passage in doubted(last, at, doubts))


def doubted(passages: tuple[Passage, ...], at: str, doubts: Sequence[Unknown]) -> tuple[Passage, ...]:
    """Passages that may not be the ones taken, and nobody knows what would be instead."""
    if not doubts:
        return passages
    return tuple(soft(passage, doubts[0]).after((_doubt_hop(at, doubts),)) for passage in passages)


def pieces(passages: tuple[Passage, ...], at: str, why: Unknown | None) -> tuple[Passage, ...]:
    """The passages of the parts of a destination.

    With `why`, the destination is in one of the parts and nobody knows which: only what holds for all
    of them is certain.
    """
    if why is None or _alike([(passage,) for passage in passages]):
        return passages
    says = f"{at} does not treat all of it alike"
    hop = hop_of(step_of(Gate.ROUTE_TABLE, at, says, unknown=why))
    return tuple(soft(passage, why).after((hop,)) for passage in passages)


def _alike(choices: Sequence[tuple[Passage, ...]]) -> bool:
    verdicts = {all_of(passage.verdict for passage in choice) for choice in choices}
    if len(choices) == 1 or verdicts == {Verdict.FAILS}:
        return True
    ways = {(passage.endpoint, passage.quiet) for choice in choices for passage in choice}
    return verdicts == {Verdict.WORKS} and len(ways) == 1


def _work_anyway(choices: Sequence[tuple[Passage, ...]]) -> bool:
    """Whether every choice works, whatever the policies of endpoints say, and is asked the same later on."""
    every = [passage for choice in choices for passage in choice]
    if any(passage.policed or passage.verdict is not Verdict.WORKS for passage in every):
        return False
    return len({(passage.quiet, passage.link) for passage in every}) == 1


def _doubt_hop(at: str, doubts: Sequence[Unknown]) -> Hop:
    says = f"another route of {at} may take it"
    steps = tuple(step_of(Gate.ROUTE_TABLE, at, says, unknown=why) for why in doubts)
    return Hop(at=at, gate=Gate.ROUTE_TABLE, steps=steps)
