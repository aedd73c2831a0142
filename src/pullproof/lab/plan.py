"""What is to be made real: an estate with every address chosen and every interface named.

Addresses that AWS would choose are chosen here, in an order that does not change. What the estate does
not tell is left out, and `left_out` says so: an answer that holds whatever it is holds without it too.
"""

import enum
from collections.abc import Iterable, Iterator

import msgspec

from pullproof.lab.concrete import region_of
from pullproof.model import s3_ranges
from pullproof.model.addresses import Addresses, Cidr, blocks
from pullproof.model.endpoints import Endpoint, EndpointType
from pullproof.model.estate import Estate
from pullproof.model.services import endpoint_name
from pullproof.model.text import OPEN
from pullproof.model.value import Listing, Maybe, Unknown

#: Public addresses of the lab's own (RFC 5737 and 2544 leave none that a prefix list could hold).
PUBLIC_FIRST = 0xC6120000
#: AWS keeps the first four addresses of a subnet and the last one.
#: https://docs.aws.amazon.com/vpc/latest/userguide/subnet-sizing.html
KEPT = 4


class Role(enum.Enum):
    """What an interface is for."""

    TASK = "task"
    ENDPOINT = "endpoint"
    MOUNT = "mount"
    BOX = "box"
    NAT = "nat"
    TRANSIT = "transit"
    FIREWALL = "firewall"


#: These take what is for others: no security groups apply to them. Their addresses are a subnet's last ones.
CARRIERS = (Role.NAT, Role.TRANSIT, Role.FIREWALL)


class Interface(msgspec.Struct, frozen=True, kw_only=True):
    """An elastic network interface with its address; `owner` is the key of what it belongs to.

    `name` is the link's name in the VPC's fabric: at most 15 characters, as the kernel wants.
    `public` is its public address, 0 for none. `checked`: source/destination check.
    """

    name: str
    owner: str
    role: Role
    vpc: str
    subnet: str
    address: int
    groups: tuple[str, ...] = ()
    public: int = 0
    checked: bool = True
    ports: tuple[int, ...] = ()

    @property
    def filtered(self) -> bool:
        """Whether security groups apply to it."""
        return self.role not in CARRIERS


class Start(msgspec.Struct, frozen=True, kw_only=True):
    """A task's interface that is wanted: in which subnet, with which groups; `key` says whose."""

    key: str
    subnet: str
    groups: tuple[str, ...]
    public_ip: bool = False
    #: The address, where somebody chose it; 0 for the next free one.
    address: int = 0


class Plan(msgspec.Struct, frozen=True, kw_only=True):
    """Everything that a lab builds."""

    estate: Estate
    region: str
    interfaces: dict[str, Interface]
    #: Published prefixes of S3 in the region.
    s3: Addresses
    left_out: tuple[Unknown, ...] = ()

    def region_in(self, vpc: str) -> str:
        """The region of a VPC: the plan's own, unless the VPC says otherwise."""
        told = self.estate.vpcs[vpc].region
        return told if isinstance(told, str) and told and OPEN not in told else self.region

    def s3_in(self, vpc: str) -> Addresses:
        """Published prefixes of S3 in a VPC's region."""
        region = self.region_in(vpc)
        return self.s3 if region == self.region else s3_of(self.estate, region)

    def service(self, vpc: str, suffix: str) -> str:
        """What a service of AWS is called as an endpoint's, in a VPC's region."""
        return endpoint_name(suffix, self.region_in(vpc), self.estate.partition)

    def of(self, owner: str) -> tuple[Interface, ...]:
        """The interfaces that belong to something."""
        return tuple(each for each in self.interfaces.values() if each.owner == owner)

    def in_vpc(self, vpc: str) -> tuple[Interface, ...]:
        """The interfaces of a VPC."""
        return tuple(each for each in self.interfaces.values() if each.vpc == vpc)

    def with_role(self, role: Role) -> tuple[Interface, ...]:
        """The interfaces that are for one purpose."""
        return tuple(each for each in self.interfaces.values() if each.role is role)

    def with_group(self, group: str) -> tuple[Interface, ...]:
        """The interfaces that carry a security group."""
        return tuple(each for each in self.interfaces.values() if each.filtered and group in each.groups)


def s3_of(estate: Estate, region: str) -> Addresses:
    """The addresses of S3 in a region: what the account's own list of them tells, else what AWS publishes."""
    name = endpoint_name("s3", region, estate.partition)
    for held in estate.prefix_lists.values():
        if held.name == name and isinstance(held.entries, Addresses) and held.entries.v4:
            return held.entries
    return s3_ranges.prefixes(region) or Addresses()


class Ledger:
    """What was chosen before: an interface keeps its name and address for as long as it is there."""

    def __init__(self) -> None:
        self.held: dict[tuple[Role, str, str, str], tuple[str, int, int]] = {}
        self.count = 0


class Chooser:
    """Chooses addresses: those in the ledger, else the next free one of the subnet."""

    def __init__(self, estate: Estate, ledger: Ledger) -> None:
        self._estate = estate
        self._ledger = ledger
        self._next: dict[tuple[str, bool], Iterator[int]] = {}
        self._taken = {(place[2], address) for place, (_, address, _) in ledger.held.items()}
        self._used: set[tuple[Role, str, str, str]] = set()
        self.made: dict[str, Interface] = {}
        self.left_out: dict[Unknown, None] = {}

    def add(
        self,
        role: Role,
        owner: str,
        subnet: str,
        *,
        groups: Iterable[str] = (),
        public: bool = False,
        checked: bool = True,
        ports: tuple[int, ...] = (),
        address: int = 0,
        number: str = "",
    ) -> None:
        """One more interface, unless its subnet has no known address for it."""
        place = self._estate.subnets.get(subnet)
        if place is None or (vpc := self.take(place.vpc)) not in self._estate.vpcs:
            return
        slot = (role, owner, subnet, number)
        if slot not in self._ledger.held:
            if (chosen := self._written(subnet, address) or self._free(subnet, role)) == 0:
                return
            self._ledger.count += 1
            name = f"{_PREFIX[role]}{self._ledger.count:x}"
            self._ledger.held[slot] = (name, chosen, PUBLIC_FIRST + self._ledger.count)
            self._taken.add((subnet, chosen))
        self._used.add(slot)
        name, chosen, outside = self._ledger.held[slot]
        self.made[name] = Interface(
            name=name,
            owner=owner,
            role=role,
            vpc=vpc,
            subnet=subnet,
            address=chosen,
            groups=tuple(groups),
            public=outside if public else 0,
            checked=checked,
            ports=ports,
        )

    def forget(self) -> None:
        """Give back the addresses of what is no longer there."""
        for slot in [slot for slot in self._ledger.held if slot not in self._used]:
            del self._ledger.held[slot]

    def known(self, listing: Listing[str]) -> tuple[str, ...]:
        """The certain items; why there may be others is remembered."""
        self.left_out |= dict.fromkeys(listing.open)
        return listing.items

    def take(self, value: Maybe[str]) -> str:
        """A value, or "" where it is not known."""
        if isinstance(value, Unknown):
            self.left_out[value] = None
            return ""
        return value

    def _written(self, subnet: str, address: int) -> int:
        """An address that the input tells, where it can be one of the subnet, and nobody else's."""
        inside = any(
            block.first + KEPT <= address < block.last
            for block in single(self._estate.subnets[subnet].blocks)
        )
        return address if inside and (subnet, address) not in self._taken else 0

    def _free(self, subnet: str, role: Role) -> int:
        """The next free address: from the top for those whose address AWS's API does not tell."""
        place = (subnet, role in CARRIERS)
        if place not in self._next:
            self._next[place] = self._hosts(*place)
        return next((each for each in self._next[place] if (subnet, each) not in self._taken), 0)

    def _hosts(self, subnet: str, top: bool) -> Iterator[int]:  # noqa: FBT001
        held = self._estate.subnets[subnet].blocks
        if isinstance(held, Unknown):
            self.left_out[held] = None
            return
        for block in blocks(Addresses(v4=held.v4)):
            free = range(block.first + KEPT, block.last)
            yield from reversed(free) if top else free


_PREFIX = {
    Role.TASK: "task",
    Role.ENDPOINT: "vpce",
    Role.MOUNT: "fsmt",
    Role.BOX: "eni",
    Role.NAT: "nat",
    Role.TRANSIT: "tgw",
    Role.FIREWALL: "fw",
}


def planned(estate: Estate, starts: Iterable[Start], ledger: Ledger | None = None) -> Plan:
    """The plan of an estate with these tasks in it; a ledger keeps what was chosen before.

    Raises:
        InputError: the region is not known.
    """
    region = region_of(estate)
    chooser = Chooser(estate, ledger or Ledger())
    for box in estate.interfaces.values():
        chooser.add(
            Role.BOX,
            box.key,
            chooser.take(box.subnet),
            groups=chooser.known(box.groups),
            public=box.public_ip is True,
            checked=box.source_dest_check is not False,
            address=_first(box.addresses),
        )
    for endpoint in estate.endpoints.values():
        if isinstance(endpoint.type, Unknown):
            chooser.left_out[endpoint.type] = None
        if endpoint.type is EndpointType.INTERFACE and endpoint.available is not False:
            _endpoint(chooser, endpoint)
        elif endpoint.type is EndpointType.GATEWAY_LOAD_BALANCER and endpoint.available is not False:
            _firewall(chooser, endpoint)
    for target in estate.mount_targets.values():
        chooser.add(
            Role.MOUNT,
            target.key,
            chooser.take(target.subnet),
            groups=chooser.known(target.groups),
            ports=(2049,),
            address=_first(target.addresses),
        )
    for gateway in estate.nat_gateways.values():
        if gateway.available is not False:
            public = gateway.public is not False
            chooser.add(Role.NAT, gateway.key, chooser.take(gateway.subnet), public=public, checked=False)
    for attachment in estate.transit_attachments.values():
        for subnet in chooser.known(attachment.subnets):
            chooser.add(Role.TRANSIT, attachment.key, subnet, checked=False)
    for start in starts:
        chooser.add(
            Role.TASK,
            start.key,
            start.subnet,
            groups=start.groups,
            public=start.public_ip,
            address=start.address,
        )
    chooser.forget()
    return Plan(
        estate=estate,
        region=region,
        interfaces=chooser.made,
        s3=s3_of(estate, region),
        left_out=tuple(chooser.left_out),
    )


def _endpoint(chooser: Chooser, endpoint: Endpoint) -> None:
    written = dict(endpoint.addresses)
    for subnet in chooser.known(endpoint.subnets):
        held = written.get(subnet)
        chooser.add(
            Role.ENDPOINT,
            endpoint.key,
            subnet,
            groups=chooser.known(endpoint.groups),
            ports=(443,),
            address=_first(held),
        )


def _firewall(chooser: Chooser, endpoint: Endpoint) -> None:
    """An endpoint of a Gateway Load Balancer or of a Network Firewall: one interface in each subnet.

    https://docs.aws.amazon.com/vpc/latest/privatelink/gateway-load-balancer-endpoints.html
    """
    written = dict(endpoint.addresses)
    for subnet in chooser.known(endpoint.subnets):
        chooser.add(Role.FIREWALL, endpoint.key, subnet, checked=False, address=_first(written.get(subnet)))


def _first(held: Maybe[Addresses] | None) -> int:
    """The first address of a set; 0 where none is told."""
    return 0 if held is None or isinstance(held, Unknown) or not held.v4 else held.v4[0][0]


def single(addresses: Maybe[Addresses]) -> tuple[Cidr, ...]:
    """The IPv4 blocks of a set; none where it is not known."""
    return () if isinstance(addresses, Unknown) else blocks(Addresses(v4=addresses.v4))
