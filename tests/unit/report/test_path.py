"""One connection in the terminal, from hand-built evidence."""

from pathlib import Path

from pullproof.evidence import Gate, Reached, Step, Trace, Via, Way
from pullproof.report.look import Look
from pullproof.report.path import Followed, render
from pullproof.verdict import Verdict
from tests import golden
from tests.unit.report import samples
from tests.unit.report.samples import CLOSED, GROUP, GROUP_UNKNOWN, NAMES, PRIVATE, fails, hop, works

HERE = Path(__file__).parent
BACK = hop(works(GROUP, Gate.SECURITY_GROUP, "replies pass: security groups are stateful"))
SOME = Step(
    gate=Gate.NETWORK_ACL,
    at="aws_network_acl.private",
    verdict=Verdict.FAILS,
    says="drops replies to 1024-2047",
    code="nacl-return",
    partial=True,
)


def way(
    *out: Step,
    back: tuple[Step, ...] = (),
    via: Via = Via.INTERFACE_ENDPOINT,
    subnets: tuple[str, ...] = PRIVATE,
) -> Followed:
    """One way, with its reply where there is one."""
    traces = [Trace(flow="x", way=Way.OUT, hops=tuple(map(hop, out)))]
    if back:
        traces.append(Trace(flow="x", way=Way.BACK, hops=tuple(map(hop, back))))
    return Followed(
        start="aws_ecs_service.app",
        subnets=subnets,
        target="api.ecr.eu-west-1.amazonaws.com, tcp/443",
        reached=Reached(via=via, paths=(tuple(traces),)),
    )


WAYS = (
    way(NAMES, works(GROUP), back=BACK.steps),
    way(NAMES, CLOSED, CLOSED, back=(SOME, *BACK.steps)),
    way(works(GROUP), back=(SOME,), subnets=PRIVATE[:1]),
    way(samples.open_question("data.aws_security_group.shared", GROUP_UNKNOWN), subnets=PRIVATE[1:]),
    way(
        fails("aws_route_table.r", "no-route", Gate.ROUTE_TABLE, "no route"),
        via=Via.NONE,
        subnets=PRIVATE[1:],
    ),
)


def test_ways_read_as_their_golden() -> None:
    """Every way with its hops out and back, what has to change, the count last."""
    golden.check(HERE / "golden" / "path.txt", render(WAYS, {GROUP: "main.tf:12"}, Look()))


def test_a_blocker_of_both_ways_is_told_once() -> None:
    """What has to change is listed without repeats."""
    assert [("sg-egress", GROUP), ("nacl-return", "aws_network_acl.private")] == [
        (blocker.code, blocker.resource) for blocker in WAYS[1].blockers
    ]


def test_ways_are_alike_by_what_they_meet() -> None:
    """Two subnets answer alike when every hop is the same, whatever the flow is called."""
    assert WAYS[0].is_like(WAYS[0].reached)
    assert not WAYS[0].is_like(WAYS[1].reached)
