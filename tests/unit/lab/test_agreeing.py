"""When a proof and packets can both be right: the rules by which `lab verify` and `make agree` compare."""

import pytest
from msgspec.structs import replace

from pullproof.cli.lab.agreeing import Said, difference, of_reached, of_report
from pullproof.evidence import Gate, Hop, Reached, Step, Trace, Via, Way
from pullproof.finding import StepReport
from pullproof.lab.ask import Outcome
from pullproof.launch.requirement import Rule
from pullproof.verdict import Verdict
from tests.build import unknown

GATES = {
    "sg": Gate.SECURITY_GROUP, "nacl": Gate.NETWORK_ACL, "dns": Gate.NAMES, "private": Gate.NAMES,
    "iam": Gate.IDENTITY_POLICY,
}  # fmt: skip
OPEN = Outcome(addresses=(1,), opened=(1,))
UNKNOWN = "?"


def a_step(code: str, *, partial: bool = False) -> Step:
    """A step that fails with a code; "" works, and UNKNOWN is not settled."""
    gate = GATES.get(code.partition("-")[0], Gate.ROUTE_TABLE)
    if code in ("", UNKNOWN):
        verdict = Verdict.UNKNOWN if code else Verdict.WORKS
        return Step(gate=gate, at="x", verdict=verdict, says="says", unknown=unknown() if code else None)
    return Step(gate=gate, at="x", verdict=Verdict.FAILS, says="says", code=code, partial=partial)


def said(*paths: str, sometimes: bool = False) -> Said:
    """What a proof says, a text for each target with the codes on the way."""
    return Said(paths=tuple(tuple(map(a_step, path.split(" "))) for path in paths), sometimes=sometimes)


def stopped(first: str, *gates: str, ends: bool = False) -> Outcome:
    """Packets that did not get through."""
    return Outcome(addresses=(1,), gate=first, gates=gates, ends=ends)


@pytest.mark.parametrize(
    ("proof", "packets", "expected"),
    [
        (said(""), OPEN, ""),
        (said("", ""), stopped("sg-egress", "sg-egress"), "the proof says open, the packets say sg-egress"),
        (said("sg-egress"), OPEN, "the proof says closed, the packets say open"),
        (said("sg-egress"), stopped("sg-egress", "sg-egress"), ""),
        # What may be settled either way contradicts nothing.
        (said(UNKNOWN), OPEN, ""),
        (said(UNKNOWN), stopped("sg-egress", "sg-egress"), ""),
        (said(UNKNOWN, "sg-egress"), OPEN, "the proof says closed, the packets say open"),
        (said("", "sg-egress", sometimes=True), OPEN, ""),
        (said("", "sg-egress", sometimes=True), stopped("sg-egress", "sg-egress"), ""),
        (said("", "sg-egress", sometimes=True), stopped("nacl-egress", "nacl-egress"), "packets are stopped by"),
        # Filters that packets met, and the proof did not.
        (said("sg-egress"), stopped("sg-egress", "sg-egress", "nacl-egress"), "packets are stopped by ['nacl-egress']"),
        (said(f"sg-egress {UNKNOWN}"), stopped("sg-egress", "sg-egress", "nacl-egress"), ""),
        (said("sg-ingress", "nacl-egress"), stopped("nacl-egress", "nacl-egress", "sg-ingress"), ""),
        # Filters that the proof met, and packets did not.
        (said("sg-egress nacl-egress"), stopped("sg-egress", "sg-egress"), "the proof names ['nacl-egress']"),
        (said("sg-egress nacl-egress", "sg-egress"), stopped("sg-egress", "sg-egress"), ""),
        (said("sg-egress nacl-egress", sometimes=True), stopped("sg-egress", "sg-egress"), ""),
        # Where no way leads.
        (said("no-route"), stopped("no-route", ends=True), ""),
        (said("no-route sg-egress"), stopped("no-route", ends=True), ""),
        (said("no-route sg-egress"), stopped("sg-egress", "sg-egress", "nacl-egress", ends=True), ""),
        (said("sg-egress"), stopped("sg-egress", "sg-egress", ends=True), "no way for packets"),
        (said(f"sg-egress {UNKNOWN}"), stopped("sg-egress", "sg-egress", ends=True), ""),
        (said("sg-egress"), stopped("nacl-egress", "sg-egress"), "the first gate is nacl-egress"),
        # The name leads elsewhere for packets than it should.
        (said("endpoint-missing"), stopped("sg-ingress", "sg-ingress"), ""),
        (said("private-dns-off"), stopped("sg-ingress", "sg-ingress"), ""),
        (said("no-route sg-egress"), stopped("sg-egress", "sg-egress", "nacl-egress"), "packets are stopped by"),
        (said("private-dns-off sg-egress"), stopped("no-route", ends=True), ""),
        # Something decides that a lab does not have.
        (said("sg-egress"), replace(OPEN, emulated=False), ""),
    ],
)  # fmt: skip
def test_what_can_both_be_right(proof: Said, packets: Outcome, expected: str) -> None:
    """Each rule, with what it is there to find next to what it lets pass."""
    found = difference(proof, packets)

    assert (found == "") is (expected == "")
    assert expected in found


def a_trace(*codes: str) -> Trace:
    """A walk in which these are the steps."""
    steps = tuple(map(a_step, codes))
    return Trace(flow="f", way=Way.OUT, hops=(Hop(at="x", gate=Gate.SECURITY_GROUP, steps=steps),))


def test_a_walk_tells_every_target() -> None:
    """What all have is certain, and a target without a failure makes it fail for some only."""
    found = of_reached(
        Reached(via=Via.LOCAL, paths=((a_trace("sg-egress"), a_trace("sg-ingress")), (a_trace("sg-egress"),)))
    )

    assert (frozenset(["sg-egress"]), False, Verdict.FAILS) == (found.certain, found.sometimes, found.verdict)
    assert of_reached(Reached(via=Via.LOCAL, paths=((a_trace("sg-egress"),), (a_trace(""),)))).sometimes


def a_report(path: Trace, *more: Step, intermittent: bool = False) -> StepReport:
    """A step of a report that shows a path."""
    rule = Rule(id="r", step="logs", title="", because="", symptom="", doc="", checked_on="")
    steps = tuple(step for hop in path.hops for step in hop.steps)
    return StepReport(
        rule=rule,
        subject="",
        subnets=(),
        host="h",
        port=443,
        via=Via.LOCAL,
        network=path.hops,
        access=(),
        decisions=(*steps, *more),
        intermittent=intermittent,
    )


def test_a_report_tells_one_path_and_what_decides_on_the_others() -> None:
    """Packets may be stopped by what it names of another target; what a policy says they never meet."""
    found = of_report(a_report(a_trace("sg-egress"), a_step("nacl-egress"), a_step("iam-denied")))

    assert "" == difference(found, stopped("sg-egress", "sg-egress", "nacl-egress"))
    assert "" == difference(found, stopped("sg-egress", "sg-egress"))
    assert "" != difference(found, OPEN)
    assert "" == difference(of_report(a_report(a_trace(""), a_step("iam-denied"))), OPEN)


@pytest.mark.parametrize("partial", [True, False])
def test_a_report_of_what_fails_for_some_packets_only(partial: bool) -> None:
    """A step that is met by some leaves it to the packets; also where a policy refuses all."""
    hop = Hop(at="x", gate=Gate.SECURITY_GROUP, steps=(a_step("sg-egress", partial=partial),))
    found = of_report(a_report(Trace(flow="f", way=Way.OUT, hops=(hop,))))

    assert partial is (difference(found, OPEN) == "")
    assert "" == difference(of_report(a_report(a_trace("sg-egress"), intermittent=True)), OPEN)
