"""Records of what crossed, in the format of flow logs: from what conntrack and the filters tell."""

import contextlib
import subprocess
from types import SimpleNamespace
from typing import Any

import pytest

from pullproof.errors import ToolError
from pullproof.lab import flows
from pullproof.lab.nft import Drop
from pullproof.lab.plan import Start, planned
from tests.build import an_endpoint, an_open_network

#: As `conntrack -L` prints it: with counters, without, and of a connection that nobody answered.
REMEMBERED = """\
tcp      6 431999 ESTABLISHED src=10.0.1.5 dst=10.0.1.4 sport=40000 dport=443 packets=7 bytes=900 src=10.0.1.4 dst=10.0.1.5 sport=443 dport=40000 packets=5 bytes=700 [ASSURED] mark=0 use=1
udp      17 29 src=10.0.1.9 dst=10.0.0.2 sport=5353 dport=53 src=10.0.0.2 dst=10.0.1.9 sport=53 dport=5353 mark=0 use=1
tcp      6 119 SYN_SENT src=10.0.1.5 dst=8.8.8.8 sport=40001 dport=443 packets=1 bytes=60 [UNREPLIED] src=8.8.8.8 dst=10.0.1.5 sport=443 dport=40001 packets=0 bytes=0 mark=0 use=1
icmp     1 29 src=10.0.1.5 dst=8.8.8.8 type=8 code=0 id=1 src=8.8.8.8 dst=10.0.1.5 type=0 code=0 id=1 mark=0 use=1
conntrack v1.4.7 (conntrack-tools): 4 flow entries have been shown.
"""


def lines(monkeypatch: pytest.MonkeyPatch, *drops: Drop, text: str = REMEMBERED) -> list[list[str]]:
    """The fields of the log of a network with an endpoint and a task, in which the kernel says this."""
    estate = an_open_network()
    an_endpoint(estate, "logs")
    plan = planned(estate, [Start(key="task-1", subnet="subnet", groups=())])
    network: Any = SimpleNamespace(plan=plan, spaces={"vpc:vpc": -1}, drops=lambda: drops)
    monkeypatch.setattr(flows, "inside", lambda _: contextlib.nullcontext())
    monkeypatch.setattr(subprocess, "run", lambda *_, **__: SimpleNamespace(stdout=text))
    return [line.split(" ") for line in flows.flow_log(network)]


def test_connections_that_were_answered_are_accepted(monkeypatch: pytest.MonkeyPatch) -> None:
    """With the owner of the interface that began, the counters where the kernel keeps them, and nothing else."""
    found = lines(monkeypatch)

    assert [
        ["2", "-", "task-1", "10.0.1.5", "10.0.1.4", "40000", "443", "6", "7", "900"],
        ["2", "-", "-", "10.0.1.9", "10.0.0.2", "5353", "53", "17", "-", "-"],
    ] == [fields[:10] for fields in found]
    assert {("ACCEPT", "OK")} == {(fields[12], fields[13]) for fields in found}
    assert {14} == {len(fields) for fields in found}


def test_what_a_filter_stopped_is_rejected(monkeypatch: pytest.MonkeyPatch) -> None:
    """By the interface that sent it; what came from beyond is called as its link is."""
    common = {"stage": "sg_out", "vpc": "vpc", "receiver": "vpce1", "address": "10.0.1.4", "port": 443}
    drops = [
        Drop(sender="task2", protocol="tcp", **common),  # type: ignore[arg-type]
        Drop(sender="igw", protocol="udp", **common),  # type: ignore[arg-type]
        Drop(sender="igw", protocol="47", **common),  # type: ignore[arg-type]
    ]

    assert [
        ["2", "-", "task-1", "10.0.1.5", "10.0.1.4", "-", "443", "6", "-", "-"],
        ["2", "-", "igw", "-", "10.0.1.4", "-", "443", "17", "-", "-"],
        ["2", "-", "igw", "-", "10.0.1.4", "-", "443", "47", "-", "-"],
    ] == [fields[:10] for fields in lines(monkeypatch, *drops, text="")]


def test_without_conntrack_it_is_said_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    """Not that nothing crossed."""

    def missing(*_: object, **__: object) -> None:
        raise FileNotFoundError

    monkeypatch.setattr(subprocess, "run", missing)
    monkeypatch.setattr(flows, "inside", lambda _: contextlib.nullcontext())
    plan = planned(an_open_network(), ())
    network: Any = SimpleNamespace(plan=plan, spaces={"vpc:vpc": -1}, drops=tuple)
    with pytest.raises(ToolError) as refused:
        list(flows.flow_log(network))

    assert "conntrack" in refused.value.remedy
