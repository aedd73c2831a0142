"""One requirement at one place: the network and the policies asked, and their evidence put together."""

from collections.abc import Iterator

import msgspec

from pullproof.evidence import Gate, Hop, Step, Via, verdict_of
from pullproof.launch.pulls import Home
from pullproof.launch.requirement import Allow, Assume, Connect, Mount, Need, Refused, Requirement, Unsettled
from pullproof.model.estate import Estate
from pullproof.model.value import Unknown
from pullproof.prove.access import NOT_TOLD, Access, Road
from pullproof.prove.flows import WORST_FIRST, Flow, Flows, unsettled
from pullproof.reach.party import Source
from pullproof.verdict import Verdict


class Answer(msgspec.Struct, frozen=True, kw_only=True):
    """One requirement judged at one place.

    `network` are the hops of the path to show, `access` those of roles and policies, `decisions` every
    step of every path, and `verdict` what follows from them. `intermittent`: it fails, and some launches
    from here meet no failure all the same. `endpoint` is the key of the VPC endpoint that carries the flow.
    """

    verdict: Verdict
    decisions: tuple[Step, ...]
    network: tuple[Hop, ...] = ()
    access: tuple[Hop, ...] = ()
    host: str = ""
    port: int = 0
    via: Via = Via.NONE
    endpoint: str = ""
    intermittent: bool = False
    narrow: tuple[str, ...] = ()


class Judge:
    """Answers for one estate; what is asked twice is worked out once."""

    def __init__(self, estate: Estate) -> None:
        self.access = Access(estate)
        self.flows = Flows(estate)

    def answer(self, requirement: Requirement, key: str, home: Home, place: Source | Unknown) -> Answer:
        """Whether a requirement of the launch `key` holds at a place: its interface in one subnet, or the
        reason why no subnet is known.
        """
        needs = requirement.needs
        flows = [self.flows.flow(need, key, place) for need in needs if isinstance(need, Connect | Mount)]
        road = flows[0].road if flows else NOT_TOLD
        access = tuple(hop for need in needs for hop in self._access(need, road, home))
        answer = _put_together(flows, access)
        return answer if requirement.perhaps is None else softened(answer, requirement.perhaps)

    def parts(
        self, requirement: Requirement, key: str, home: Home, place: Source | Unknown
    ) -> Iterator[tuple[Need, Step]]:
        """Every decision of such an answer, with the need that it is about."""
        road = NOT_TOLD
        for need in requirement.needs:
            if isinstance(need, Connect | Mount):
                flow = self.flows.flow(need, key, place)
                road = flow.road if road is NOT_TOLD else road
                yield from ((need, step) for step in flow.steps)
        for need in requirement.needs:
            yield from ((need, step) for hop in self._access(need, road, home) for step in hop.steps)

    def _access(self, need: Need, road: Road, home: Home) -> tuple[Hop, ...]:
        if isinstance(need, Allow):
            return self.access.allowed(need, road, home)
        if isinstance(need, Assume):
            return self.access.assumed(need, home)
        if isinstance(need, Refused):
            gate = Gate.ROLE if need.code == "role-missing" else Gate.FARGATE
            says, code = need.says, need.code
            return (_hop(Step(gate=gate, at=need.resource, verdict=Verdict.FAILS, says=says, code=code)),)
        if isinstance(need, Unsettled):
            return (_hop(unsettled(Gate.FARGATE, need.unknown.resource, need.unknown)),)
        return ()


def _hop(step: Step) -> Hop:
    return Hop(at=step.at, gate=step.gate, steps=(step,))


def _put_together(flows: list[Flow], access: tuple[Hop, ...]) -> Answer:
    """The answer to all needs; the worst flow is the one to show."""
    of_access = tuple(step for hop in access for step in hop.steps)
    granted = verdict_of(of_access)
    if not flows:
        return Answer(verdict=granted, decisions=of_access, access=access)
    flow = flows[0] if len(flows) == 1 else min(flows, key=lambda each: WORST_FIRST[each.verdict])
    verdict = granted & flow.verdict
    steps = flow.steps if len(flows) == 1 else tuple(step for each in flows for step in each.steps)
    return Answer(
        verdict=verdict,
        decisions=steps + of_access,
        network=flow.path,
        access=access,
        host=flow.host,
        port=flow.port,
        via=flow.via,
        endpoint=flow.endpoint,
        intermittent=(
            verdict is Verdict.FAILS
            and granted is not Verdict.FAILS
            and not any(each.always for each in flows)
        ),
        narrow=flow.narrow,
    )


def softened(answer: Answer, perhaps: Unknown) -> Answer:
    """The answer about what may not be needed at all: what fails is not settled."""
    if answer.verdict is not Verdict.FAILS:
        return answer
    return msgspec.structs.replace(
        answer,
        verdict=Verdict.UNKNOWN,
        intermittent=False,
        network=tuple(_soft_hop(hop, perhaps) for hop in answer.network),
        access=tuple(_soft_hop(hop, perhaps) for hop in answer.access),
        decisions=tuple(_soft(step, perhaps) for step in answer.decisions),
    )


def _soft_hop(hop: Hop, perhaps: Unknown) -> Hop:
    return msgspec.structs.replace(hop, steps=tuple(_soft(step, perhaps) for step in hop.steps))


def _soft(step: Step, perhaps: Unknown) -> Step:
    if step.verdict is not Verdict.FAILS:
        return step
    return msgspec.structs.replace(step, verdict=Verdict.UNKNOWN, code="", unknown=perhaps)
