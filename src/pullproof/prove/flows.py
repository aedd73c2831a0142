"""The network's answers, each worked out once and read once: verdict, steps, the path to show."""

import msgspec

from pullproof.evidence import Gate, Hop, Reached, Step, Trace, Via, verdict_of
from pullproof.launch.requirement import Connect, Mount
from pullproof.model.estate import Estate
from pullproof.model.text import shown
from pullproof.model.value import Maybe, Unknown
from pullproof.prove.access import NOT_TOLD, Road
from pullproof.reach.party import Source
from pullproof.reach.walk import narrow_ephemeral, reach_host, reach_mount
from pullproof.verdict import Verdict

NFS = 2049

#: Ways by which a call certainly goes through no VPC endpoint.
PAST_ENDPOINTS = frozenset({Via.NAT, Via.INTERNET_GATEWAY, Via.FARGATE_ENI})

WORST_FIRST = {Verdict.FAILS: 0, Verdict.UNKNOWN: 1, Verdict.WORKS: 2}


class Flow(msgspec.Struct, frozen=True, kw_only=True):
    """A connection of a task, judged.

    `path` are the hops to show, out and back: of a path that fails, else of one that is not settled.
    `steps` are those of every path. `always` says that no launch gets through. `narrow` are network ACLs
    that admit replies to no more than the ports the task's system uses.
    """

    host: str
    port: int
    via: Via
    endpoint: str
    verdict: Verdict
    path: tuple[Hop, ...]
    steps: tuple[Step, ...]
    always: bool = False
    narrow: tuple[str, ...] = ()

    @property
    def road(self) -> Road:
        """What policies can tell of the way; nothing where it leads nowhere or is not settled."""
        if self.endpoint:
            return Road(self.endpoint)
        told = self.via in PAST_ENDPOINTS and self.verdict is not Verdict.UNKNOWN
        return Road() if told else NOT_TOLD


class Flows:
    """The connections of one estate."""

    def __init__(self, estate: Estate) -> None:
        self.estate = estate
        self._alike: dict[object, Flow] = {}

    def flow(self, need: Connect | Mount, key: str, place: Source | Unknown) -> Flow:
        """Whether a connection of the launch `key` gets through from a place."""
        host, port = (shown(need.host), need.port) if isinstance(need, Connect) else ("", NFS)
        if isinstance(need, Connect) and need.fargate_interface:
            says = "this leaves by Fargate's own interface, outside of the VPC"
            step = Step(gate=Gate.FARGATE, at=key, verdict=Verdict.WORKS, says=says)
            return _single(step, host, port, Via.FARGATE_ENI)
        if isinstance(place, Unknown):
            return _single(unsettled(Gate.NETWORK_INTERFACE, key, place), host, port)
        if isinstance(need, Mount) and isinstance(need.file_system, Unknown):
            return _single(unsettled(Gate.MOUNT_TARGET, key, need.file_system), host, port)
        # Interfaces alike get one answer, unless it is the launch itself that has to change.
        alike = (need, place.subnet, place.groups, place.public_ip, place.ephemeral)
        found = self._alike.get(alike)
        if found is None:
            found = read(self._reached(need, place), host, port)
            if (hop := self._stranger(place)) is not None:
                path, steps = (hop, *found.path), (*hop.steps, *found.steps)
                found = msgspec.structs.replace(
                    found, verdict=Verdict.FAILS, path=path, steps=steps, always=True
                )
            if all(step.to_change != key for step in found.steps):
                self._alike[alike] = found
        return found

    def _stranger(self, source: Source) -> Hop | None:
        """That a group is of another VPC than the subnet: AWS makes no interface with it."""
        subnet = self.estate.subnets.get(source.subnet)
        home = "" if subnet is None else self._made_here(subnet.vpc)
        for key in source.groups.items if home else ():
            group = self.estate.groups.get(key)
            away = "" if group is None else self._made_here(group.vpc)
            if away not in ("", home):
                says = f"{key} is of {away}, and no interface in {home} can have it"
                gate = Gate.SECURITY_GROUP
                step = Step(gate=gate, at=key, verdict=Verdict.FAILS, says=says, code="sg-egress")
                return Hop(at=key, gate=gate, steps=(step,))
        return None

    def _made_here(self, vpc: Maybe[str]) -> str:
        """The key of a VPC that the input makes: two of them are certainly not one."""
        held = None if isinstance(vpc, Unknown) else self.estate.vpcs.get(vpc)
        return held.key if held is not None and held.unseen is None else ""

    def _reached(self, need: Connect | Mount, source: Source) -> Reached:
        if isinstance(need, Mount):
            return reach_mount(self.estate, source, need.file_system)
        reached = reach_host(self.estate, source, need.host, need.port)
        return _public(reached) if need.public_registry else reached


def read(reached: Reached, host: str, port: int) -> Flow:
    """An answer of the network, read."""
    verdicts = [_verdict(path) for path in reached.paths]
    worst = min(verdicts, key=WORST_FIRST.__getitem__)
    path = reached.paths[verdicts.index(worst)]
    return Flow(
        host=host,
        port=port,
        via=reached.via,
        endpoint=reached.endpoint,
        verdict=worst,
        path=tuple(hop for trace in path for hop in trace.hops),
        steps=reached.steps,
        always=worst is Verdict.FAILS and not reached.intermittent,
        narrow=narrow_ephemeral(reached),
    )


def unsettled(gate: Gate, at: str, unknown: Unknown) -> Step:
    """A step that waits for something that is not known."""
    says = f"not settled: {unknown.what}"
    return Step(gate=gate, at=at, verdict=Verdict.UNKNOWN, says=says, unknown=unknown)


def _verdict(path: tuple[Trace, ...]) -> Verdict:
    return verdict_of(step for trace in path for hop in trace.hops for step in hop.steps)


def _single(step: Step, host: str, port: int, via: Via = Via.NONE) -> Flow:
    """A flow about which the network is not asked."""
    hop = Hop(at=step.at, gate=step.gate, steps=(step,))
    return Flow(
        host=host, port=port, via=via, endpoint="", verdict=step.verdict, path=(hop,), steps=hop.steps
    )


def _public(reached: Reached) -> Reached:
    """The same, with the code that a public registry without a way to it has of its own."""
    if all(step.code != "no-route" for step in reached.steps):
        return reached
    replace = msgspec.structs.replace
    paths = tuple(
        tuple(replace(trace, hops=tuple(map(_renamed, trace.hops))) for trace in path)
        for path in reached.paths
    )
    return replace(reached, paths=paths)


def _renamed(hop: Hop) -> Hop:
    replace = msgspec.structs.replace
    steps = (
        replace(step, code="public-registry-unreachable") if step.code == "no-route" else step
        for step in hop.steps
    )
    return replace(hop, steps=tuple(steps))
