"""What crossed a network, in the format of VPC flow logs.

https://docs.aws.amazon.com/vpc/latest/userguide/flow-log-records.html
"""

import re
import subprocess
import time
from collections.abc import Iterator

from pullproof.errors import ToolError
from pullproof.lab.fabric import Network
from pullproof.lab.filters import TRACED
from pullproof.lab.kernel import inside
from pullproof.lab.plan import Role
from pullproof.model.addresses import dotted

_ENTRY = re.compile(
    r"^(?P<protocol>\w+)\s+(?P<number>\d+)\s.*?src=(?P<source>\S+) dst=(?P<target>\S+)"
    r" sport=(?P<sport>\d+) dport=(?P<dport>\d+)(?: packets=(?P<packets>\d+) bytes=(?P<bytes>\d+))?"
    r"(?P<alone> \[UNREPLIED\])?"
)

_TRACED = f" mark={TRACED} "


def flow_log(network: Network) -> Iterator[str]:
    """A line for each connection that the kernel remembers, but for those of traces, and what was dropped.

    Raises:
        ToolError: conntrack is missing.
    """
    now = int(time.time())
    for vpc in network.plan.estate.vpcs:
        owners = {dotted(each.address): each.owner for each in network.plan.in_vpc(vpc)}
        for found in _entries(network.spaces[f"vpc:{vpc}"]):
            if not found["alone"]:
                yield _accepted(owners.get(found["source"], "-"), found, now)
    for appliance in network.plan.with_role(Role.FIREWALL):
        # All that it saw, also where no reply came by it.
        for found in _entries(network.spaces[appliance.name]):
            yield _accepted(appliance.owner, found, now)
    yield from rejected(network, now)


def rejected(network: Network, now: int = 0) -> Iterator[str]:
    """A line for each kind of packet that was dropped since the filters were loaded."""
    now = now or int(time.time())
    for drop in network.drops():
        held = network.plan.interfaces.get(drop.sender)
        source, owner = ("-", drop.sender) if held is None else (dotted(held.address), held.owner)
        if drop.by:
            source = drop.sender if held is None else source
            owner = network.plan.interfaces[drop.by].owner
        number = {"tcp": "6", "udp": "17"}.get(drop.protocol, drop.protocol)
        yield f"2 - {owner} {source} {drop.address} - {drop.port} {number} - - {now} {now} REJECT OK"


def _accepted(owner: str, found: re.Match[str], now: int) -> str:
    return (
        f"2 - {owner} {found['source']} {found['target']} {found['sport']} {found['dport']}"
        f" {found['number']} {found['packets'] or '-'} {found['bytes'] or '-'} {now} {now} ACCEPT OK"
    )


def _entries(space: int) -> Iterator[re.Match[str]]:
    """The connections that a namespace remembers."""
    with inside(space):
        text = _conntrack()
    yield from filter(None, (_ENTRY.match(line) for line in text.splitlines() if _TRACED not in f"{line} "))


def _conntrack() -> str:
    try:
        done = subprocess.run(["conntrack", "-L"], capture_output=True, text=True, check=False, timeout=30)
    except FileNotFoundError as error:
        raise ToolError("conntrack is not installed", remedy="apt-get install conntrack") from error
    return done.stdout
