"""What was decided, where, by which written rule.

A `Trace` is one flow one way; it is made of `Hop`s, one for each component the packet meets; a hop is
made of `Step`s, one for each question the component was asked. Verdicts are computed from the steps and
stored nowhere else, so that verdict and evidence cannot disagree.
"""

import enum
from collections.abc import Iterable

import msgspec

from pullproof.model.addresses import Addresses
from pullproof.model.codes import BLOCKER_CODES
from pullproof.model.packets import Service
from pullproof.model.text import Text
from pullproof.model.value import Listing, Origin, Unknown
from pullproof.verdict import Verdict, all_of


class Gate(enum.Enum):
    """The kinds of component that decide."""

    NAMES = "name resolution"
    SECURITY_GROUP = "security group"
    NETWORK_ACL = "network ACL"
    ROUTE_TABLE = "route table"
    INTERFACE_ENDPOINT = "interface endpoint"
    GATEWAY_ENDPOINT = "gateway endpoint"
    NAT_GATEWAY = "NAT gateway"
    INTERNET_GATEWAY = "internet gateway"
    PEERING = "VPC peering connection"
    TRANSIT_GATEWAY = "transit gateway"
    NETWORK_INTERFACE = "network interface"
    VPN_GATEWAY = "virtual private gateway"
    FIREWALL = "firewall endpoint"
    PUBLIC_ACCESS = "VPC Block Public Access"
    MOUNT_TARGET = "mount target"
    FARGATE = "Fargate"
    ROLE = "role"
    IDENTITY_POLICY = "identity policy"
    BOUNDARY = "permissions boundary"
    ORGANIZATION_POLICY = "organization policy"
    ENDPOINT_POLICY = "endpoint policy"
    RESOURCE_POLICY = "resource policy"
    HOST = "host"


class Wanted(msgspec.Struct, frozen=True, kw_only=True):
    """What a filter that is closed would have to let through: out (`egress`) or in, which packets, and the
    other end.

    `addresses` are the other end's, `groups` those of its interface (none where it has no groups that are
    known), and `references` says whether a rule may name them. `managed` is the full service name of AWS's
    own prefix list that holds exactly these addresses, "" for none.
    """

    egress: bool
    service: Service
    addresses: Addresses
    groups: Listing[str] = Listing()
    references: bool = False
    managed: Text = ""


class Step(msgspec.Struct, frozen=True, kw_only=True):
    """One decision at one component.

    `at` is the component's address, `says` one line in the present tense without a full stop. A failing
    step names its blocker `code` and the `resource` to change (default: `at`); an unknown one carries
    its `Unknown`. `partial` marks a failure that only some packets or some launches meet. A failing filter
    says what is `wanted` of it.
    """

    gate: Gate
    at: str
    verdict: Verdict
    says: str
    code: str = ""
    resource: str = ""
    unknown: Unknown | None = None
    partial: bool = False
    cites: tuple[Origin, ...] = ()
    wanted: Wanted | None = None

    def __post_init__(self) -> None:
        """Refuse evidence that does not hold together."""
        if (self.verdict is Verdict.FAILS) != (self.code in BLOCKER_CODES):
            raise ValueError(f"a failing step has a blocker code, no other has: {self.says}")
        if (self.verdict is Verdict.UNKNOWN) != (self.unknown is not None):
            raise ValueError(f"an unknown step says what is unknown, no other does: {self.says}")

    @property
    def to_change(self) -> str:
        """The address of the thing to change."""
        return self.resource or self.at


def verdict_of(steps: Iterable[Step]) -> Verdict:
    """As `verdict.all_of`, of steps."""
    answer = Verdict.WORKS
    for step in steps:
        if step.verdict is not Verdict.WORKS:
            answer = step.verdict
            if answer is Verdict.FAILS:
                return answer
    return answer


class Hop(msgspec.Struct, frozen=True, kw_only=True):
    """One component on the way, and what it was asked. After a dead end there is nothing."""

    at: str
    gate: Gate
    steps: tuple[Step, ...]
    dead_end: bool = False

    def __post_init__(self) -> None:
        """Refuse a hop that decides nothing."""
        if not self.steps:
            raise ValueError(f"a hop needs at least one step: {self.at}")

    @property
    def verdict(self) -> Verdict:
        """Whether the packet passes."""
        return verdict_of(self.steps)


class Way(enum.Enum):
    """The request goes out, the reply comes back."""

    OUT = "out"
    BACK = "back"


class Trace(msgspec.Struct, frozen=True, kw_only=True):
    """One flow, one way. Only a dead end ends it: a filter that drops is passed as if mended."""

    flow: str
    way: Way
    hops: tuple[Hop, ...]

    def __post_init__(self) -> None:
        """Refuse an empty trace, and one that goes on after its end."""
        if not self.hops:
            raise ValueError("a trace needs at least one hop")
        for hop in self.hops[:-1]:
            if hop.dead_end:
                raise ValueError("a trace goes on after a dead end")

    @property
    def verdict(self) -> Verdict:
        """Whether the flow gets through this way."""
        return all_of(hop.verdict for hop in self.hops)


class Via(enum.Enum):
    """How a flow leaves the subnet; words of the contract."""

    __hash__ = object.__hash__  # as for Verdict

    INTERFACE_ENDPOINT = "interface-endpoint"
    GATEWAY_ENDPOINT = "gateway-endpoint"
    NAT = "nat"
    INTERNET_GATEWAY = "internet-gateway"
    PEERING = "peering"
    TRANSIT_GATEWAY = "transit-gateway"
    FARGATE_ENI = "fargate-eni"
    LOCAL = "local"
    NONE = "none"


class Reached(msgspec.Struct, frozen=True, kw_only=True):
    """Whether one interface reaches one destination, with all the evidence.

    A destination may be several targets (the interfaces of an endpoint), any of which a launch may
    meet; `paths` has, for each, the traces out and back that the target needs. `endpoint` is the key
    of the VPC endpoint that carries the flow, else "".
    """

    via: Via
    paths: tuple[tuple[Trace, ...], ...]
    endpoint: str = ""

    def __post_init__(self) -> None:
        """Refuse an answer without evidence."""
        if not self.paths or not all(self.paths):
            raise ValueError("an answer needs at least one trace for every path")

    @property
    def verdict(self) -> Verdict:
        """Whether every target is reached."""
        return verdict_of(self.steps)

    @property
    def steps(self) -> tuple[Step, ...]:
        """Every step of every trace, in order."""
        found: list[Step] = []
        for path in self.paths:
            for trace in path:
                for hop in trace.hops:
                    found += hop.steps
        return tuple(found)

    @property
    def intermittent(self) -> bool:
        """Whether it fails for some packets or targets only."""
        return self.verdict is Verdict.FAILS and not all(map(_always_fails, self.paths))


def _always_fails(path: tuple[Trace, ...]) -> bool:
    return any(
        step.verdict is Verdict.FAILS and not step.partial
        for trace in path
        for hop in trace.hops
        for step in hop.steps
    )
