"""The proof and the packets, asked the same question about random networks."""

import sys
from random import Random

import msgspec

from pullproof.cli.lab.verify import NO_WAY
from pullproof.evidence import Gate, Reached
from pullproof.lab.ask import Outcome, ask
from pullproof.lab.fabric import Network
from pullproof.lab.plan import Start, planned
from pullproof.lab.sandbox import run_inside
from pullproof.model.estate import Estate
from pullproof.reach.walk import Source, reach_host, reach_mount
from pullproof.verdict import Verdict
from tests.build import REGION, a_source
from tests.oracle.networks import GROUPS, drawn, mostly, some
from tests.oracle.reach_cases import HOSTS

MOUNT = f"fs-1.efs.{REGION}.amazonaws.com"


class Disagreement(msgspec.Struct, frozen=True, kw_only=True):
    """One question on which the two differ."""

    seed: int
    host: str
    why: str


def estate_of(seed: int) -> tuple[Estate, Source]:
    """A random network, and who starts connections in it."""
    random = Random(seed)
    estate = drawn(random)
    source = a_source(random.choice(("a1", "a2")), *some(random, GROUPS, 1), public_ip=mostly(random, 0.5))
    estate.region = REGION
    return estate, source


def compared(seed: int) -> tuple[int, list[Disagreement]]:
    """How many questions were asked about a network, and where the answers differ."""
    estate, source = estate_of(seed)
    start = Start(
        key=source.key, subnet=source.subnet, groups=source.groups.items, public_ip=source.public_ip is True
    )
    plan = planned(estate, [start])
    found = []
    with Network(plan) as network:
        interface = plan.of(source.key)[0]
        for host, port in [*((host, 443) for host in HOSTS), (MOUNT, 2049)]:
            proof = reach_mount(estate, source, "fs-1") if port == 2049 else reach_host(estate, source, host)
            packets = ask(network, interface, host, port, seconds=0.3)
            if why := difference(proof, packets):
                found.append(Disagreement(seed=seed, host=host, why=why))
    return len(HOSTS) + 1, found


def difference(proof: Reached, packets: Outcome) -> str:
    """Why the two cannot both be right; empty text when they agree.

    The proof speaks of every address that AWS may choose, packets of one: what fails for some only may
    work here. A packet that finds no way meets no filter behind it.
    """
    if proof.verdict is Verdict.UNKNOWN or (proof.intermittent and packets.works):
        return ""
    if (proof.verdict is Verdict.WORKS) is not packets.works:
        return f"the proof says {proof.verdict.value}, the packets say {packets.gate or 'open'}"
    if packets.works:
        return ""
    codes = {step.code for step in proof.steps if step.code}
    certain = _certain(proof)
    unsure = any(step.unknown is not None for step in proof.steps)
    if "endpoint-missing" in codes or any(s.gate is Gate.NAMES and s.code for s in proof.steps):
        # The proof goes on to where the name ought to lead, packets go to where it leads.
        return ""
    gates = set(packets.gates) - NO_WAY
    if codes & NO_WAY and packets.ends:
        # Where there is no way, packets meet what stands on the wrong one.
        return ""
    if gates - codes and not unsure:
        return f"packets are stopped by {sorted(gates - codes)}, the proof names {sorted(codes)}"
    if packets.ends:
        return "" if unsure else f"no way for packets, the proof names {sorted(codes)}"
    if (missing := certain - NO_WAY - gates) and not proof.intermittent:
        return f"the proof names {sorted(missing)}, packets are stopped by {sorted(gates)} only"
    if packets.gate not in codes | NO_WAY and not unsure:
        return f"the first gate is {packets.gate}, the proof names {sorted(codes)}"
    return ""


def _certain(proof: Reached) -> set[str]:
    """What every packet meets that stops it, to whichever of the addresses: packets are sent to one."""
    targets = [
        {
            step.code
            for trace in path
            for hop in trace.hops
            for step in hop.steps
            if step.code and not step.partial
        }
        for path in proof.paths
    ]
    return set.intersection(*targets)


def main(words: list[str]) -> int:
    """Compare as many networks as asked, beginning with a seed; 1 when any differs."""
    count, first = int(words[0]), int(words[1])
    asked, differing = 0, []
    for seed in range(first, first + count):
        questions, found = compared(seed)
        asked += questions
        differing += found
        for each in found:
            print(f"network {each.seed}, {each.host}: {each.why}", flush=True)
    print(f"{count} networks from {first}, {asked} questions, {len(differing)} disagreements")
    return 1 if differing else 0


if __name__ == "__main__":
    sys.exit(run_inside(lambda: main(sys.argv[1:])))
