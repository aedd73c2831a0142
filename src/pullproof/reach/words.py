"""Steps and phrases that every gate builds in the same way."""

from pullproof.evidence import Gate, Hop, Step, Wanted
from pullproof.model import ranges
from pullproof.model.addresses import Addresses, blocks
from pullproof.model.ranges import Ranges
from pullproof.model.value import Origin, Unknown
from pullproof.reach.party import Party
from pullproof.verdict import Verdict


def step_of(
    gate: Gate,
    at: str,
    says: str,
    *,
    code: str = "",
    resource: str = "",
    unknown: Unknown | None = None,
    partial: bool = False,
    cites: tuple[Origin, ...] = (),
    wanted: Wanted | None = None,
) -> Step:
    """A step whose verdict follows: it fails with a code, is unknown with a reason, else works."""
    verdict = Verdict.FAILS if code else Verdict.WORKS if unknown is None else Verdict.UNKNOWN
    return Step(
        gate=gate,
        at=at,
        verdict=verdict,
        says=says,
        code=code,
        resource=resource,
        unknown=unknown,
        partial=partial,
        cites=cites,
        wanted=wanted,
    )


def hop_of(step: Step, *, dead_end: bool = False) -> Hop:
    """A hop of one step."""
    return Hop(at=step.at, gate=step.gate, steps=(step,), dead_end=dead_end)


def share(party: Party, passed: Ranges) -> str:
    """Which part of a party passes: "3 of 7 S3 prefixes", or the addresses."""
    here = ranges.intersection(passed, party.addresses)
    if party.managed:
        whole = blocks(Addresses(v4=party.addresses))
        inside = sum(ranges.covers(here, ((block.first, block.last),)) for block in whole)
        return f"{inside} of {len(whole)} {party.managed.upper()} prefixes"
    text = str(Addresses(v4=here))
    return text if len(text) <= 60 else f"{text[:57]}..."
