"""Evidence refuses nonsense, and verdicts follow from it."""

import pytest

from pullproof.evidence import Gate, Hop, Reached, Step, Trace, Via, Way
from pullproof.verdict import Verdict
from tests.build import unknown

PASSES = Step(gate=Gate.NETWORK_ACL, at="acl", verdict=Verdict.WORKS, says="passes")
FAILS = Step(gate=Gate.NETWORK_ACL, at="acl", verdict=Verdict.FAILS, says="fails", code="nacl-egress")
PARTLY = Step(
    gate=Gate.NETWORK_ACL,
    at="acl",
    verdict=Verdict.FAILS,
    says="fails",
    code="nacl-egress",
    partial=True,
    resource="x",
)
UNSURE = Step(gate=Gate.NETWORK_ACL, at="acl", verdict=Verdict.UNKNOWN, says="?", unknown=unknown())


def path(*steps: Step) -> tuple[Trace, ...]:
    """One way out with one hop."""
    return (Trace(flow="f", way=Way.OUT, hops=(Hop(at="acl", gate=Gate.NETWORK_ACL, steps=steps),)),)


@pytest.mark.parametrize(
    ("verdict", "code", "why"),
    [
        (Verdict.FAILS, "", False),
        (Verdict.FAILS, "no-such-code", False),
        (Verdict.WORKS, "nacl-egress", False),
        (Verdict.UNKNOWN, "", False),
        (Verdict.WORKS, "", True),
    ],
)
def test_a_step_says_what_its_verdict_asks_for(verdict: Verdict, code: str, why: bool) -> None:
    """A failure its code, an unknown its reason, and neither anything else."""
    with pytest.raises(ValueError, match="step"):
        Step(
            gate=Gate.NAMES, at="x", verdict=verdict, says="x", code=code, unknown=unknown() if why else None
        )


def test_nothing_is_empty() -> None:
    """A hop decides something, a trace has hops, an answer has paths."""
    with pytest.raises(ValueError, match="step"):
        Hop(at="acl", gate=Gate.NETWORK_ACL, steps=())
    with pytest.raises(ValueError, match="hop"):
        Trace(flow="f", way=Way.OUT, hops=())
    for paths in ((), ((),)):
        with pytest.raises(ValueError, match="trace"):
            Reached(via=Via.NONE, paths=paths)


def test_nothing_follows_a_dead_end() -> None:
    """A trace ends where the walk did."""
    end = Hop(at="acl", gate=Gate.NETWORK_ACL, steps=(FAILS,), dead_end=True)

    assert Verdict.FAILS is Trace(flow="f", way=Way.OUT, hops=(end,)).verdict
    with pytest.raises(ValueError, match="end"):
        Trace(flow="f", way=Way.OUT, hops=(end, end))


def test_an_answer_is_the_worst_of_its_paths() -> None:
    """Every target must be reached."""
    assert Verdict.WORKS is Reached(via=Via.NAT, paths=(path(PASSES),)).verdict
    assert Verdict.UNKNOWN is Reached(via=Via.NAT, paths=(path(PASSES), path(UNSURE))).verdict
    assert Verdict.FAILS is Reached(via=Via.NAT, paths=(path(UNSURE), path(FAILS))).verdict


def test_an_answer_is_intermittent_when_some_path_may_pass() -> None:
    """A partial failure, or one target of several."""
    assert not Reached(via=Via.NAT, paths=(path(PASSES),)).intermittent
    assert not Reached(via=Via.NAT, paths=(path(FAILS),)).intermittent
    assert Reached(via=Via.NAT, paths=(path(PARTLY),)).intermittent
    assert Reached(via=Via.NAT, paths=(path(FAILS), path(PASSES))).intermittent
    assert not Reached(via=Via.NAT, paths=(path(FAILS, PARTLY),)).intermittent


def test_the_thing_to_change_is_the_component_unless_another_is_named() -> None:
    """By its address."""
    assert "acl" == FAILS.to_change
    assert "x" == PARTLY.to_change
