"""Protocols and ports: what a rule of a security group or a network ACL is about."""

import msgspec

from pullproof.model import ranges
from pullproof.model.ranges import Ranges

EVERY_PORT: Ranges = ((0, 65535),)
#: The ports a Linux client picks from (net.ipv4.ip_local_port_range), AWS's "Linux" row.
#: https://docs.aws.amazon.com/vpc/latest/userguide/vpc-network-acls.html#nacl-ephemeral-ports
EPHEMERAL_LINUX: Ranges = ((32768, 60999),)
EPHEMERAL_WINDOWS: Ranges = ((49152, 65535),)
#: NAT gateways use these, and AWS advises to allow them everywhere.
EPHEMERAL_WIDE: Ranges = ((1024, 65535),)

TCP = 6
UDP = 17
ICMP = 1
ICMP6 = 58
ANY_PROTOCOL = -1

_NUMBERS = {"tcp": TCP, "udp": UDP, "icmp": ICMP, "icmpv6": ICMP6, "all": ANY_PROTOCOL}
_NAMES = {TCP: "tcp", UDP: "udp", ICMP: "icmp", ICMP6: "icmpv6", ANY_PROTOCOL: "all"}


class Service(msgspec.Struct, frozen=True):
    """A protocol (IANA number, -1 for all) and the destination ports it is about.

    Ports are 0-65535; protocols that have none (and "all") carry every port.
    """

    protocol: int
    ports: Ranges

    def covers(self, protocol: int, ports: Ranges) -> bool:
        """Whether every packet of that protocol to those ports is meant."""
        return self.protocol in (ANY_PROTOCOL, protocol) and ranges.covers(self.ports, ports)

    def meets(self, protocol: int, ports: Ranges) -> Ranges:
        """Those of the ports that are meant, for that protocol."""
        if self.protocol not in (ANY_PROTOCOL, protocol):
            return ranges.EMPTY
        return ranges.intersection(self.ports, ports)

    def __str__(self) -> str:
        """As `tcp 443` or `all`."""
        name = protocol_name(self.protocol)
        return name if self.ports == EVERY_PORT else f"{name} {ports_text(self.ports)}"


ALL_TRAFFIC = Service(ANY_PROTOCOL, EVERY_PORT)


def tcp(port: int) -> Service:
    """TCP to one port."""
    return Service(TCP, ((port, port),))


def protocol_number(text: str) -> int:
    """`tcp`, `6`, `-1`, `all`, ... as a number. Raises ValueError for anything else."""
    word = text.strip().lower()
    number = _NUMBERS[word] if word in _NUMBERS else int(word)
    if not -1 <= number <= 255:
        raise ValueError(f"not an IP protocol: {text!r}")
    return number


def protocol_name(number: int) -> str:
    """The name people know, else the number."""
    return _NAMES.get(number, f"protocol {number}")


def service(protocol: int, low: int, high: int) -> Service:
    """What a rule with `from_port` and `to_port` means; only TCP and UDP have ports."""
    if protocol not in (TCP, UDP):
        return Service(protocol, EVERY_PORT)
    return Service(protocol, ranges.normal([(max(low, 0), min(high, 65535))]))


def ports_text(ports: Ranges) -> str:
    """As `443` or `1024-65535`."""
    return ", ".join(str(low) if low == high else f"{low}-{high}" for low, high in ports)
