"""One requirement in one subnet: the network and the policies asked, and their evidence put together."""

from collections.abc import Iterable

import msgspec

from pullproof.evidence import Gate, Hop, Reached, Step, Via
from pullproof.launch.pulls import Home
from pullproof.launch.requirement import (
    Allow,
    Assume,
    Connect,
    Mount,
    Need,
    Refused,
    Requirement,
    Unsettled,
)
from pullproof.model.ecs import Launch
from pullproof.model.estate import Estate
from pullproof.model.text import shown
from pullproof.model.value import Unknown
from pullproof.prove.access import NOT_TOLD, Access, Road
from pullproof.reach.party import Source
from pullproof.reach.walk import narrow_ephemeral, reach_host, reach_mount
from pullproof.verdict import Verdict, all_of

#: Ways by which a call certainly goes through no VPC endpoint.
PAST_ENDPOINTS = frozenset({Via.NAT, Via.INTERNET_GATEWAY, Via.FARGATE_ENI})

NFS = 2049


class Answer(msgspec.Struct, frozen=True, kw_only=True):
    """One requirement judged in one subnet.

    `network` are the hops of the path to show, `access` those of roles and policies, `decisions` every
    step of every path. `endpoint` is the key of the VPC endpoint that carries the flow; `patchy` says that
    the network fails for some packets or targets only; `narrow` are network ACLs that admit replies to no
    more than the ports the task's system uses.
    """

    host: str = ""
    port: int = 0
    via: Via = Via.NONE
    endpoint: str = ""
    network: tuple[Hop, ...] = ()
    access: tuple[Hop, ...] = ()
    decisions: tuple[Step, ...] = ()
    patchy: bool = False
    narrow: tuple[str, ...] = ()

    @property
    def verdict(self) -> Verdict:
        """Whether the requirement holds here."""
        return all_of(step.verdict for step in self.decisions)

    @property
    def intermittent(self) -> bool:
        """Whether it fails, and some launches from here meet no failure all the same."""
        if self.verdict is not Verdict.FAILS:
            return False
        return self.patchy and all(hop.verdict is not Verdict.FAILS for hop in self.access)


class Judge:
    """Answers for one estate; what is asked twice is worked out once."""

    def __init__(self, estate: Estate) -> None:
        self.estate = estate
        self.access = Access(estate)

    def answer(self, requirement: Requirement, launch: Launch, home: Home, place: Source | Unknown) -> Answer:
        """Whether a requirement holds for a launch at a place: its interface in one subnet, or the reason
        why no subnet is known.
        """
        needs = requirement.needs
        flows = [
            (need, self._flow(need, launch, place)) for need in needs if isinstance(need, Connect | Mount)
        ]
        road = _road(flows[0][1]) if flows else NOT_TOLD
        access = tuple(hop for need in needs for hop in self._access(need, road, home))
        answer = _put_together(flows, access)
        return answer if requirement.perhaps is None else _softened(answer, requirement.perhaps)

    def _flow(self, need: Connect | Mount, launch: Launch, place: Source | Unknown) -> Reached | Hop:
        """The answer of the network; a single hop where there is nothing to ask it."""
        if isinstance(need, Connect) and need.fargate_interface:
            says = "this leaves by Fargate's own interface, outside of the VPC"
            step = Step(gate=Gate.FARGATE, at=launch.key, verdict=Verdict.WORKS, says=says)
            return Hop(at=launch.key, gate=Gate.FARGATE, steps=(step,))
        if isinstance(place, Unknown):
            return _unsettled(Gate.NETWORK_INTERFACE, launch.key, place)
        if isinstance(need, Mount):
            if isinstance(need.file_system, Unknown):
                return _unsettled(Gate.MOUNT_TARGET, launch.key, need.file_system)
            return reach_mount(self.estate, place, need.file_system)
        reached = reach_host(self.estate, place, need.host, need.port)
        return _public(reached) if need.public_registry else reached

    def _access(self, need: Need, road: Road, home: Home) -> tuple[Hop, ...]:
        if isinstance(need, Allow):
            return self.access.allowed(need, road, home)
        if isinstance(need, Assume):
            return self.access.assumed(need, home)
        if isinstance(need, Refused):
            gate = Gate.ROLE if need.code == "role-missing" else Gate.FARGATE
            step = Step(gate=gate, at=need.resource, verdict=Verdict.FAILS, says=need.says, code=need.code)
            return (Hop(at=need.resource, gate=gate, steps=(step,)),)
        if isinstance(need, Unsettled):
            return (_unsettled(Gate.FARGATE, need.unknown.resource, need.unknown),)
        return ()


Flow = tuple[Connect | Mount, Reached | Hop]


def _road(flow: Reached | Hop) -> Road:
    """What policies can tell of the way a flow takes; nothing where it does not get through."""
    if isinstance(flow, Hop):
        return Road() if flow.verdict is Verdict.WORKS else NOT_TOLD
    if flow.endpoint:
        return Road(flow.endpoint)
    return Road() if flow.via in PAST_ENDPOINTS and flow.verdict is not Verdict.UNKNOWN else NOT_TOLD


def _put_together(flows: list[Flow], access: tuple[Hop, ...]) -> Answer:
    """The answer to all needs; the worst flow is the one to show."""
    of_access = tuple(step for hop in access for step in hop.steps)
    if not flows:
        return Answer(access=access, decisions=of_access)
    need, flow = min(flows, key=lambda each: _WORST_FIRST[each[1].verdict])
    host, port = (shown(need.host), need.port) if isinstance(need, Connect) else ("", NFS)
    decisions = (*(step for _, each in flows for step in each.steps), *of_access)
    if isinstance(flow, Hop):
        via = Via.FARGATE_ENI if flow.verdict is Verdict.WORKS else Via.NONE
        return Answer(host=host, port=port, via=via, network=(flow,), access=access, decisions=decisions)
    return Answer(
        host=host,
        port=port,
        via=flow.via,
        endpoint=flow.endpoint,
        network=_path(flow),
        access=access,
        decisions=decisions,
        patchy=not any(_always_fails(each) for _, each in flows),
        narrow=narrow_ephemeral(flow),
    )


_WORST_FIRST = {Verdict.FAILS: 0, Verdict.UNKNOWN: 1, Verdict.WORKS: 2}


def _path(reached: Reached) -> tuple[Hop, ...]:
    """The hops of the path to show, out and back: one that fails, else one that is not settled."""
    path = min(reached.paths, key=lambda path: _WORST_FIRST[all_of(trace.verdict for trace in path)])
    return tuple(hop for trace in path for hop in trace.hops)


def _always_fails(flow: Reached | Hop) -> bool:
    """Whether no launch gets through."""
    return isinstance(flow, Reached) and flow.verdict is Verdict.FAILS and not flow.intermittent


def _unsettled(gate: Gate, at: str, unknown: Unknown) -> Hop:
    says = f"not settled: {unknown.what}"
    step = Step(gate=gate, at=at, verdict=Verdict.UNKNOWN, says=says, unknown=unknown)
    return Hop(at=at, gate=gate, steps=(step,))


def _public(reached: Reached) -> Reached:
    """The same, with the code that a public registry without a way to it has of its own."""
    if all(step.code != "no-route" for step in reached.steps):
        return reached
    replace = msgspec.structs.replace
    return replace(
        reached,
        paths=tuple(
            tuple(replace(trace, hops=tuple(map(_renamed, trace.hops))) for trace in path)
            for path in reached.paths
        ),
    )


def _renamed(hop: Hop) -> Hop:
    return msgspec.structs.replace(
        hop,
        steps=tuple(
            msgspec.structs.replace(step, code="public-registry-unreachable")
            if step.code == "no-route"
            else step
            for step in hop.steps
        ),
    )


def _softened(answer: Answer, perhaps: Unknown) -> Answer:
    """The answer about what may not be needed at all: what fails is not settled."""
    return msgspec.structs.replace(
        answer,
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


def blockers_of(steps: Iterable[Step]) -> tuple[tuple[str, str], ...]:
    """Code and resource of each failing step, without repeats."""
    return tuple(dict.fromkeys((s.code, s.to_change) for s in steps if s.verdict is Verdict.FAILS))
