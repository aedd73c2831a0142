"""What keeps tasks from starting, each failing decision beside the need that it is about.

A report is for people; here is the same for whoever wants to mend it: what was asked, from where, and how
every requirement stands, so that two estates can be compared.
"""

from collections.abc import Container, Iterator
from typing import TypeAlias

import msgspec

from pullproof.evidence import Gate, Step
from pullproof.launch.requirement import Need, Requirement
from pullproof.model.ecs import Launch
from pullproof.model.estate import Estate
from pullproof.model.value import Unknown
from pullproof.prove.tasks import Judged, Place, Prover, unsettled_of
from pullproof.reach.party import Source
from pullproof.verdict import Verdict

#: A requirement of a launch in one subnet: the launch's key, the rule's id, the subject, the subnet's key.
Claim: TypeAlias = tuple[str, str, str, str]


class Gap(msgspec.Struct, frozen=True, kw_only=True):
    """One failing decision: of which launch, for which step and need, from which interface."""

    launch: str
    step: str
    rule: str
    subject: str
    subnet: str
    need: Need
    decision: Step
    source: Source | None

    @property
    def claim(self) -> Claim:
        """The requirement that fails by it."""
        return self.launch, self.rule, self.subject, self.subnet


class Survey(msgspec.Struct, frozen=True, kw_only=True):
    """How every requirement stands, what is in the way, and the verdict on every launch.

    `needs` are what each requirement asks for. `gaps` are those of tasks that must start; `warned` those of
    what only warns. `doubts` are the gates of which it is not known whether they let a requirement pass.
    """

    standing: dict[Claim, Verdict]
    needs: dict[Claim, tuple[Need, ...]]
    verdicts: dict[str, Verdict]
    gaps: tuple[Gap, ...]
    warned: tuple[Gap, ...]
    doubts: frozenset[tuple[Claim, Gate, str]] = frozenset()


def survey(
    estate: Estate, *, only: Container[str] | None = None, platform_version: str | None = None
) -> Survey:
    """Every task that runs on Fargate, or may; arguments as in `prove`."""
    prover = Prover(estate)
    standing: dict[Claim, Verdict] = {}
    needs: dict[Claim, tuple[Need, ...]] = {}
    verdicts: dict[str, Verdict] = {}
    gaps: dict[Gap, None] = {}
    warned: dict[Gap, None] = {}
    doubts: set[tuple[Claim, Gate, str]] = set()
    for launch in estate.launches.values():
        if launch.fargate is False or (only is not None and launch.key not in only):
            continue
        judged = prover.judged(launch, platform_version)
        open_ = [*unsettled_of(launch, judged.places), *judged.needs.unsettled]
        verdict = Verdict.UNKNOWN if open_ else Verdict.WORKS
        for requirement, answers in judged.answers:
            for place, answer in answers:
                claim = (launch.key, requirement.rule.id, requirement.subject, place.subnet)
                needs[claim] = (*needs.get(claim, ()), *requirement.needs)
                standing[claim] = standing.get(claim, Verdict.WORKS) & answer.verdict
                doubts |= {(claim, s.gate, s.at) for s in answer.decisions if s.verdict is Verdict.UNKNOWN}
                if not requirement.only_warns:
                    verdict &= answer.verdict
                if answer.verdict is Verdict.FAILS:
                    held = warned if requirement.only_warns else gaps
                    held.update(dict.fromkeys(_gaps(prover, launch, judged, requirement, place)))
        verdicts[launch.key] = verdict
    return Survey(
        standing=standing,
        needs=needs,
        verdicts=verdicts,
        gaps=tuple(gaps),
        warned=tuple(warned),
        doubts=frozenset(doubts),
    )


def _gaps(
    prover: Prover, launch: Launch, judged: Judged, requirement: Requirement, place: Place
) -> Iterator[Gap]:
    for need, step in prover.judge.parts(requirement, launch.key, judged.home, place.source):
        if step.verdict is Verdict.FAILS:
            yield Gap(
                launch=launch.key,
                step=requirement.rule.step,
                rule=requirement.rule.id,
                subject=requirement.subject,
                subnet=place.subnet,
                need=need,
                decision=step,
                source=None if isinstance(place.source, Unknown) else place.source,
            )
