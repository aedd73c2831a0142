"""Whether the proof of a connection and what packets say of it can both be right.

The proof speaks of every address that AWS may choose, packets of one: what fails for some only may work
here. A packet that finds no way meets no filter behind it.
"""

import msgspec

from pullproof.evidence import Gate, Reached, Step, verdict_of
from pullproof.finding import StepReport
from pullproof.lab.ask import Outcome
from pullproof.verdict import Verdict

#: Codes that say of a packet that it finds no way.
NO_WAY = frozenset(
    [
        "endpoint-missing", "no-route", "blackhole-route", "nat-not-public", "gateway-not-associated",
        "private-dns-off", "public-registry-unreachable", "no-public-ip", "public-access-blocked",
        "dns-support-off", "dns-hostnames-off", "dns-no-record", "no-mount-target",
    ]
)  # fmt: skip
#: What packets do not meet.
POLICIES = frozenset(
    [
        Gate.ROLE, Gate.IDENTITY_POLICY, Gate.BOUNDARY, Gate.ORGANIZATION_POLICY, Gate.ENDPOINT_POLICY,
        Gate.RESOURCE_POLICY,
    ]
)  # fmt: skip


class Said(msgspec.Struct, frozen=True, kw_only=True):
    """What the proof says of a connection: the steps to each target that is told, and those beside them.

    `sometimes` says that it fails for some packets or targets only.
    """

    paths: tuple[tuple[Step, ...], ...]
    beside: tuple[Step, ...] = ()
    sometimes: bool = False

    @property
    def steps(self) -> tuple[Step, ...]:
        """All of them."""
        return (*(step for path in self.paths for step in path), *self.beside)

    @property
    def verdict(self) -> Verdict:
        """Whether the targets that are told are reached."""
        return verdict_of(step for path in self.paths for step in path)

    @property
    def certain(self) -> frozenset[str]:
        """Codes of what stops every packet, to whichever of the targets."""
        return frozenset.intersection(*map(_always, self.paths))


def of_reached(reached: Reached) -> Said:
    """What is said by the walk through the network."""
    paths = tuple(
        tuple(step for trace in path for hop in trace.hops for step in hop.steps) for path in reached.paths
    )
    return Said(paths=paths, sometimes=reached.intermittent)


def of_report(step: StepReport) -> Said:
    """What is said by a step of a report, which tells one path whole and of the others what decides."""
    path = tuple(each for hop in step.network for each in hop.steps)
    return Said(
        paths=(path,),
        beside=tuple(each for each in step.decisions if each.gate not in POLICIES),
        sometimes=step.intermittent or (verdict_of(path) is Verdict.FAILS and not _always(path)),
    )


def difference(said: Said, packets: Outcome) -> str:
    """Why the two cannot both be right; empty text when they can."""
    if not packets.emulated or said.verdict is Verdict.UNKNOWN or (said.sometimes and packets.works):
        return ""
    if (said.verdict is Verdict.WORKS) is not packets.works:
        shown = "open" if said.verdict is Verdict.WORKS else "closed"
        return f"the proof says {shown}, the packets say {packets.gate or 'open'}"
    return "" if packets.works else _stopped(said, packets)


def _stopped(said: Said, packets: Outcome) -> str:
    """Why the two name what cannot be the same, of a connection that does not open."""
    codes = {step.code for step in said.steps if step.code}
    gates = set(packets.gates) - NO_WAY
    unsure = any(step.unknown is not None for step in said.steps)
    if "endpoint-missing" in codes or any(each.gate is Gate.NAMES and each.code for each in said.steps):
        # The proof goes on to where the name ought to lead, packets go to where it leads.
        return ""
    if codes & NO_WAY and packets.ends:
        # Where there is no way, packets meet what stands on the wrong one.
        return ""
    if gates - codes and not unsure:
        return f"packets are stopped by {sorted(gates - codes)}, the proof names {sorted(codes)}"
    if packets.ends:
        return "" if unsure else f"no way for packets, the proof names {sorted(codes)}"
    if (missing := said.certain - NO_WAY - gates) and not said.sometimes:
        return f"the proof names {sorted(missing)}, packets are stopped by {sorted(gates)} only"
    if packets.gate not in codes | NO_WAY and not unsure:
        return f"the first gate is {packets.gate}, the proof names {sorted(codes)}"
    return ""


def _always(path: tuple[Step, ...]) -> frozenset[str]:
    """Codes of what stops every packet on a path."""
    return frozenset(step.code for step in path if step.code and not step.partial)
