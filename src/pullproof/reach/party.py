"""Who talks to whom: the two ends of a flow, as sets of IPv4 addresses."""

import enum

import msgspec

from pullproof.evidence import Gate
from pullproof.model.addresses import Addresses
from pullproof.model.packets import EPHEMERAL_LINUX, EVERY_PORT, TCP, UDP, ports_text, protocol_name
from pullproof.model.ranges import Ranges
from pullproof.model.services import AwsService
from pullproof.model.text import Text
from pullproof.model.value import Listing, Maybe, Unknown


class Side(enum.Enum):
    """Which of its two lists of rules a filter is asked by."""

    # Enum's own hash looks up a name each time, and these are part of the keys of every memory.
    __hash__ = object.__hash__

    IN = "in"
    OUT = "out"


class Source(msgspec.Struct, frozen=True, kw_only=True, cache_hash=True):
    """One interface that sends.

    `key` says who sends (the service's address), `subnet` is the key of its subnet, `groups` the keys
    of its security groups. `ephemeral` are the ports its connections start from. `addresses` None
    means anywhere in the subnet.
    """

    key: str
    subnet: str
    groups: Listing[str]
    public_ip: Maybe[bool]
    ephemeral: Ranges = EPHEMERAL_LINUX
    addresses: Maybe[Addresses] | None = None


class Flow(msgspec.Struct, frozen=True, cache_hash=True):
    """A protocol and the port it goes to."""

    protocol: int
    port: int

    @property
    def ports(self) -> Ranges:
        """The destination port as a set; every port for a protocol that has none."""
        return ((self.port, self.port),) if self.protocol in (TCP, UDP) else EVERY_PORT

    def __str__(self) -> str:
        """As `tcp 443`."""
        name = protocol_name(self.protocol)
        return f"{name} {self.port}" if self.protocol in (TCP, UDP) else name

    def replies(self, ports: Ranges) -> str:
        """As `tcp 32768-60999`: what comes back to those ports."""
        name = protocol_name(self.protocol)
        return f"{name} {ports_text(ports)}" if self.protocol in (TCP, UDP) else name


class Party(msgspec.Struct, frozen=True, kw_only=True):
    """One end of a flow.

    `id` tells parties of one estate apart; equal ids mean equal parties. `addresses` are all addresses
    it has or may have: `exact` when a launch or a connection may meet any of them; otherwise it has
    just some of them, nobody knows which, and `why` says so. `groups` are the security groups of its
    interface, None where it is no interface of a VPC. `managed` names the AWS service ("s3") whose
    managed prefix list holds exactly these addresses, of `region`; `perhaps` those of which it is not
    certain. `named`: known by name, so that no managed list of another service holds it. `home` is the
    key of the VPC that its interface is in, "" for none.
    """

    id: str
    label: str
    addresses: Ranges
    exact: bool = True
    why: Unknown | None = None
    groups: Listing[str] | None = None
    managed: str = ""
    perhaps: tuple[str, ...] = ()
    region: Text = ""
    named: bool = False
    home: str = ""

    def __hash__(self) -> int:
        """By id alone: parties are the keys of every memory."""
        return hash(self.id)


class Dest(Party, frozen=True, kw_only=True):
    """Where a flow goes.

    `at` and `gate` are the component that takes it. `subnet` is the key of where its interface is;
    `adrift` is set when its subnet is not known. `service` is the AWS service whose name
    it was reached by. `endpoint` is the key of the VPC endpoint whose interface it is, else "". `which` is
    set when this is one of several candidates, one or more of which the destination is: why nobody knows.
    `far` is the key of the interface of this estate that these public addresses are translated to, else "".
    """

    at: str
    gate: Gate
    subnet: str = ""
    adrift: Unknown | None = None
    service: AwsService | None = None
    endpoint: str = ""
    which: Unknown | None = None
    far: str = ""

    def __hash__(self) -> int:
        """By id alone."""
        return hash(self.id)

    def only(self, addresses: Ranges) -> "Dest":
        """The same, of which only these addresses are meant."""
        if addresses == self.addresses:
            return self
        return msgspec.structs.replace(self, addresses=addresses, id=f"{self.id} {addresses}")
