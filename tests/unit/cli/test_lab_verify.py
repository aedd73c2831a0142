"""`lab verify` on the printed example, with packets that say what the test says."""

import contextlib
import json
from collections.abc import Callable
from typing import Any

import pytest

from pullproof.cli.lab import verify as verifying
from pullproof.cli.parser import parse
from pullproof.errors import ToolError
from pullproof.lab.ask import Outcome
from pullproof.lab.plan import Interface
from tools.repository import ROOT

PLAN = str(ROOT / "examples/blog-post/as-printed/plan.json")
OPEN = Outcome(addresses=(1,), opened=(1,))
Packets = Callable[[Any, Interface, str, int], Outcome]


def as_the_proof_says(_network: Any, _start: Interface, host: str, _port: int) -> Outcome:
    """What the proof of the example says: of all endpoints nobody is let out but to that of S3."""
    return (
        OPEN if host.startswith("prod-") else Outcome(addresses=(1,), gate="sg-egress", gates=("sg-egress",))
    )


def run(
    packets: Packets, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], *words: str
) -> tuple[int, str]:
    """The exit status, and what is printed."""
    monkeypatch.setattr("pullproof.cli.lab.within.run_inside", lambda work: work())
    monkeypatch.setattr(verifying, "Network", contextlib.nullcontext)
    monkeypatch.setattr(verifying, "ask", packets)
    status = verifying.verify(parse(["lab", "verify", PLAN, *words]))
    return status, capsys.readouterr().out


def test_where_both_can_be_right_they_agree(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """A line for each connection from each subnet, and the sum."""
    status, text = run(as_the_proof_says, monkeypatch, capsys)
    *lines, empty, total = text.splitlines()

    assert 0 == status
    assert {"✓"} == {line[0] for line in lines}
    assert (f"{len(lines)} connections tried with real packets: {len(lines)} agree, 0 differ", "") == (
        total,
        empty,
    )
    assert {"module.vpc.aws_subnet.private[0]", "module.vpc.aws_subnet.private[1]"} == {
        line.split("  ")[-2].split(" to ")[0].strip() for line in lines
    }


def test_where_they_cannot_the_difference_is_told(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """With the status of a difference."""
    status, text = run(lambda *_: OPEN, monkeypatch, capsys)

    assert 1 == status
    assert "the proof says closed, the packets say open" in text
    assert " 0 differ" not in text.splitlines()[-1]


def test_programs_are_told_the_same(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """Every connection with both answers."""
    _, text = run(as_the_proof_says, monkeypatch, capsys)
    status, told = run(as_the_proof_says, monkeypatch, capsys, "--format", "json")
    rows = json.loads(told)["connections"]

    assert (0, 1) == (status, json.loads(told)["schema"])
    assert len(text.splitlines()) - 2 == len(rows)
    assert {True} == {row["agrees"] for row in rows}
    assert {"sg-egress", "open"} == {row["packets"] for row in rows}


def test_each_subnet_s_own_interface_asks(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """With the groups of the service."""
    asked: list[tuple[str, str, tuple[str, ...]]] = []

    def packets(network: Any, start: Interface, host: str, port: int) -> Outcome:
        asked.append((start.subnet, f"{host}:{port}", start.groups))
        return as_the_proof_says(network, start, host, port)

    run(packets, monkeypatch, capsys)

    subnets = {subnet for subnet, _, _ in asked}
    assert len(asked) == len(set(asked)) == len(subnets) * len({host for _, host, _ in asked})
    assert 1 == len({groups for _, _, groups in asked})
    assert {"443"} == {host.rpartition(":")[2] for _, host, _ in asked}


def test_what_goes_wrong_inside_a_sandbox_is_shown_there(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """With its remedy and its status: outside nobody meets the error."""

    def packets(*_: object) -> Outcome:
        raise ToolError("nft is not installed", remedy="apt-get install nftables")

    status, _ = run(packets, monkeypatch, capsys)
    assert ToolError.exit_status == status

    monkeypatch.setattr(verifying, "ask", packets)
    verifying.verify(parse(["lab", "verify", PLAN]))
    assert "apt-get install nftables" in capsys.readouterr().err
