"""Leaving and entering a subnet: its network ACL is asked about the request, and again about the reply.

Traffic within one subnet meets no ACL.
https://docs.aws.amazon.com/vpc/latest/userguide/vpc-network-acls.html
"""

from functools import lru_cache

import msgspec

from pullproof.evidence import Gate, Hop, Step, Wanted
from pullproof.model.addresses import Addresses
from pullproof.model.estate import look_up
from pullproof.model.packets import EPHEMERAL_LINUX, EPHEMERAL_WIDE, Service
from pullproof.model.ranges import Ranges
from pullproof.model.value import Unknown
from pullproof.reach.acls import Packets, passes
from pullproof.reach.ground import Ground, remembered
from pullproof.reach.outcome import Judged, Outcome
from pullproof.reach.party import Flow, Party, Side
from pullproof.reach.words import step_of

#: How a passing step ends whose ACL admits replies to only part of the ports that AWS advises.
NARROW = "but not to all of ports 1024-65535"


class Crossing(msgspec.Struct, frozen=True, cache_hash=True):
    """One way across the border of a subnet: which list is asked, about what, the code if it drops it."""

    side: Side
    code: str
    packets: Packets
    what: str


@lru_cache(maxsize=1024)
def request(flow: Flow, side: Side) -> Crossing:
    """The request, on its way out of a subnet or into one."""
    code = "nacl-egress" if side is Side.OUT else "nacl-ingress"
    return Crossing(side, code, Packets(flow.protocol, flow.ports), f"{flow}")


@lru_cache(maxsize=1024)
def reply(flow: Flow, side: Side, ports: Ranges) -> Crossing:
    """The reply, to the ports the sender's connection came from."""
    return Crossing(side, "nacl-return", Packets(flow.protocol, ports), f"replies ({flow.replies(ports)})")


@remembered
def across(ground: Ground, subnet: str, crossing: Crossing, remote: Party) -> Hop:
    """The hop at the ACL of a subnet."""
    step = _step(ground, subnet, crossing, remote)
    return Hop(at=step.at, gate=Gate.NETWORK_ACL, steps=(step,))


def _step(ground: Ground, subnet: str, crossing: Crossing, remote: Party) -> Step:
    acl = look_up(ground.estate.acls, ground.estate.subnets[subnet].acl, "the network ACL", subnet)
    where = "out to" if crossing.side is Side.OUT else "in from"
    what = f"{crossing.what} {where} {remote.label}"
    if isinstance(acl, Unknown):
        says = f"it is not known whether the network ACL of {subnet} lets {what}"
        return step_of(Gate.NETWORK_ACL, subnet, says, unknown=acl)
    judged = passes(ground, acl.key, crossing.side, crossing.packets, remote)
    if judged.outcome is Outcome.ALL:
        says = f"lets {what}: {judged.says}{_narrow(ground, acl.key, crossing, remote)}"
        return step_of(Gate.NETWORK_ACL, acl.key, says, cites=judged.cites)
    if judged.outcome is Outcome.UNSURE:
        says = f"it is not known whether {acl.key} lets {what}"
        return step_of(Gate.NETWORK_ACL, acl.key, says, unknown=judged.unknowns[0], cites=judged.cites)
    partial = judged.outcome is Outcome.PART
    says = _partly(acl.key, what, judged) if partial else f"{acl.key} lets no {what}: {_denied(judged)}"
    return step_of(
        Gate.NETWORK_ACL,
        acl.key,
        says,
        code=crossing.code,
        partial=partial,
        cites=judged.cites or (acl.origin,),
        wanted=Wanted(
            egress=crossing.side is Side.OUT,
            service=Service(crossing.packets.protocol, crossing.packets.ports),
            addresses=Addresses(v4=remote.addresses),
        ),
    )


def _partly(acl: str, what: str, judged: Judged) -> str:
    return f"{acl} lets {what} for {judged.says} only"


def _denied(judged: Judged) -> str:
    return f"{judged.says} denies it" if judged.says else "no entry allows it"


def _narrow(ground: Ground, acl: str, crossing: Crossing, remote: Party) -> str:
    """A remark where replies pass to the ports Linux uses, and not to all that AWS says to open."""
    if crossing.side is not Side.IN or crossing.packets.ports != EPHEMERAL_LINUX:
        return ""
    wide = Packets(crossing.packets.protocol, EPHEMERAL_WIDE)
    admitted = passes(ground, acl, Side.IN, wide, remote).outcome
    return f", {NARROW}" if admitted in (Outcome.PART, Outcome.NONE) else ""
