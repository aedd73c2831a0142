"""What crossed a network, in the format of VPC flow logs.

https://docs.aws.amazon.com/vpc/latest/userguide/flow-log-records.html
"""

import re
import subprocess
import time
from collections.abc import Iterator

from pullproof.errors import ToolError
from pullproof.lab.fabric import Network
from pullproof.lab.kernel import inside

_ENTRY = re.compile(
    r"^(?P<protocol>\w+)\s+(?P<number>\d+)\s.*?src=(?P<source>\S+) dst=(?P<target>\S+)"
    r" sport=(?P<sport>\d+) dport=(?P<dport>\d+)(?: packets=(?P<packets>\d+) bytes=(?P<bytes>\d+))?"
)


def flow_log(network: Network) -> Iterator[str]:
    """A line for each connection that the kernel remembers, and for each that was dropped.

    Raises:
        ToolError: conntrack is missing.
    """
    now = int(time.time())
    for vpc in network.plan.estate.vpcs:
        owners = {_word(each.address): each.owner for each in network.plan.in_vpc(vpc)}
        with inside(network.spaces[f"vpc:{vpc}"]):
            text = _conntrack()
        for line in text.splitlines():
            found = _ENTRY.match(line)
            if found is None or "[UNREPLIED]" in line:
                continue
            owner = owners.get(found["source"], "-")
            yield (
                f"2 - {owner} {found['source']} {found['target']} {found['sport']} {found['dport']}"
                f" {found['number']} {found['packets'] or '-'} {found['bytes'] or '-'} {now} {now} ACCEPT OK"
            )
    for drop in network.drops():
        held = network.plan.interfaces.get(drop.sender)
        source, owner = ("-", drop.sender) if held is None else (_word(held.address), held.owner)
        number = {"tcp": "6", "udp": "17"}.get(drop.protocol, drop.protocol)
        yield f"2 - {owner} {source} {drop.address} - {drop.port} {number} - - {now} {now} REJECT OK"


def _word(address: int) -> str:
    return ".".join(str(address >> shift & 255) for shift in (24, 16, 8, 0))


def _conntrack() -> str:
    try:
        done = subprocess.run(["conntrack", "-L"], capture_output=True, text=True, check=False, timeout=30)
    except FileNotFoundError as error:
        raise ToolError("conntrack is not installed", remedy="apt-get install conntrack") from error
    return done.stdout
