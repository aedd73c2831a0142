"""A slow, obvious second opinion on networks: one packet at a time, hop by hop, out and back.

It shares nothing with the engine but the nouns, and knows no sets: every address and port is one number.
It wants an estate of which everything is known, and has no opinion (`NoOpinion`) about what the engine
does not model either.
"""

from collections.abc import Iterable, Iterator
from ipaddress import IPv4Address, IPv4Network

import msgspec

from pullproof.model.addresses import Addresses, Cidr, blocks
from pullproof.model.endpoints import EndpointType
from pullproof.model.estate import Estate
from pullproof.model.filters import GroupRef, GroupRule
from pullproof.model.gateways import TransitAttachment
from pullproof.model.packets import Service
from pullproof.model.vpc import ListRef, Route, Target, TargetKind

WIDE = (1024, 65535)
PRIVATE = [IPv4Network(block) for block in ("10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16")]


class NoOpinion(Exception):
    """The packet meets something that is not modelled."""


class Dropped(Exception):
    """The packet is gone."""


class Port(msgspec.Struct, frozen=True):
    """An interface: its address, its subnet, its groups."""

    address: int
    subnet: str
    groups: tuple[str, ...]
    public: bool = False


class Packet(msgspec.Struct, frozen=True):
    """One packet."""

    source: int
    target: int
    protocol: int
    to_port: int


class Arrived(msgspec.Struct, frozen=True):
    """Where a packet ended: at an interface of a subnet, at a service, or on the internet (`subnet` "").

    `senders` are the boxes that sent it on under another address, in order: subnet, address, port.
    """

    subnet: str
    by: str
    senders: tuple[tuple[str, int, int], ...]
    packet: Packet
    #: The subnet whose border the reply from outside enters by.
    border: str = ""


class Net:
    """An estate, and the packets sent through it."""

    def __init__(self, estate: Estate, s3: Addresses, region: str) -> None:
        self.estate = estate
        self.s3 = s3
        self.region = region

    # Addresses ------------------------------------------------------------------------------------

    def vpc(self, subnet: str) -> str:
        """The VPC of a subnet."""
        return str(self.estate.subnets[subnet].vpc)

    def in_vpc(self, vpc: str, address: int) -> bool:
        """Whether an address is one of a VPC's."""
        return has(self.estate.vpcs[vpc].blocks, address)

    def subnet_with(self, vpc: str, address: int) -> str:
        """The subnet of a VPC that has an address."""
        for subnet in self.estate.subnets.values():
            if subnet.vpc == vpc and has(subnet.blocks, address):
                return subnet.key
        raise Dropped("no subnet")

    def listed(self, key: str, address: int, service: str) -> bool:
        """Whether a prefix list has an address; AWS's own have those of one service."""
        held = self.estate.prefix_lists[key]
        if str(held.name).startswith("com.amazonaws."):
            suffix = str(held.name).split(".", 3)[3]
            return suffix == service and f".{self.region}." in str(held.name)
        return has(held.entries, address)

    # Filters --------------------------------------------------------------------------------------

    def acl(self, subnet: str, way: str, packet: Packet) -> None:
        """The network ACL of a subnet: the first entry that matches decides."""
        acl = self.estate.acls[str(self.estate.subnets[subnet].acl)]
        listing = acl.ingress if way == "in" else acl.egress
        remote = packet.source if way == "in" else packet.target
        for entry in sorted(listing.items, key=lambda entry: int(str(entry.number))):
            if has(entry.block, remote) and about(entry.service, packet):
                if entry.allow is True:
                    return
                break
        raise Dropped(f"acl of {subnet}, {way}")

    def groups(
        self, groups: Iterable[str], way: str, packet: Packet, other: Port | None, service: str
    ) -> None:
        """The security groups of an interface: any rule that matches will do."""
        remote = packet.source if way == "in" else packet.target
        for key in groups:
            group = self.estate.groups[key]
            for rule in (group.ingress if way == "in" else group.egress).items:
                if about(rule.service, packet) and self.means(rule, remote, other, service):
                    return
        raise Dropped(f"groups, {way}")

    def means(self, rule: GroupRule, remote: int, other: Port | None, service: str) -> bool:
        """Whether a rule's peer means the other end."""
        if isinstance(rule.peer, Addresses):
            return has(rule.peer, remote)
        if isinstance(rule.peer, GroupRef):
            return other is not None and rule.peer.ref in other.groups
        assert isinstance(rule.peer, ListRef)
        return self.listed(str(rule.peer.ref), remote, service)

    # Routes ---------------------------------------------------------------------------------------

    def routes(self, table: str, vpc: str, address: int, service: str) -> tuple[TargetKind, str, bool] | None:
        """The route that wins for an address: its target's kind and key, and whether that is gone."""
        found: list[tuple[int, int, tuple[TargetKind, str, bool]]] = [
            (block.prefixlen, 1, (TargetKind.LOCAL, vpc, False))
            for block in networks(self.estate.vpcs[vpc].blocks)
            if IPv4Address(address) in block
        ]
        for route in self.estate.route_tables[table].routes.items:
            found += [
                (length, rank, target_of(route)) for length, rank in self.matches(route, address, service)
            ]
        for endpoint in self.estate.endpoints.values():
            if endpoint.type is EndpointType.GATEWAY and table in endpoint.route_tables.items:
                suffix = str(endpoint.service).split(".", 3)[3]
                if suffix == service and f".{self.region}." in str(endpoint.service):
                    length = max(
                        (n.prefixlen for n in networks(self.s3) if IPv4Address(address) in n), default=32
                    )
                    found.append((length, 2, (TargetKind.GATEWAY_ENDPOINT, endpoint.key, False)))
        found.sort(key=lambda each: (-each[0], each[1]))
        if len(found) > 1 and found[0][:2] == found[1][:2] and found[0][2] != found[1][2]:
            raise NoOpinion("two routes")
        return found[0][2] if found else None

    def matches(self, route: Route, address: int, service: str) -> Iterator[tuple[int, int]]:
        """The prefix lengths by which a route matches, and its rank among equals."""
        rank = 3 if route.propagated else 0
        if isinstance(route.destination, Cidr):
            block = IPv4Network((route.destination.first, route.destination.prefix))
            if IPv4Address(address) in block:
                yield block.prefixlen, rank
            return
        assert isinstance(route.destination, ListRef)
        held = self.estate.prefix_lists[str(route.destination.ref)]
        if str(held.name).startswith("com.amazonaws."):
            if self.listed(held.key, address, service):
                length = max(
                    (n.prefixlen for n in networks(self.s3) if IPv4Address(address) in n), default=32
                )
                yield length, 2
            return
        for block in networks(held.entries):
            if IPv4Address(address) in block:
                yield block.prefixlen, 2

    # A packet's way -------------------------------------------------------------------------------

    def carry(self, subnet: str, packet: Packet, sender: str, state: "State") -> Arrived:
        """From inside a subnet, where it is sent by a "task", "nat", "private-nat" or "transit"."""
        vpc = self.vpc(subnet)
        state.steps += 1
        if state.steps > 12:
            raise Dropped("goes in circles")
        table = str(self.estate.subnets[subnet].route_table)
        found = self.routes(table, vpc, packet.target, state.service)
        if found is None:
            raise Dropped("no route")
        kind, key, gone = found
        if gone:
            raise Dropped("black hole")
        if kind is TargetKind.LOCAL:
            return self.local(subnet, packet, sender, state)
        if kind is TargetKind.INTERNET_GATEWAY:
            return self.internet(subnet, packet, sender, key, state)
        if kind is TargetKind.GATEWAY_ENDPOINT:
            if sender == "transit":
                raise Dropped("gateway endpoints serve their own VPC")
            return Arrived("", key, tuple(state.senders), packet, subnet)
        if kind is TargetKind.NAT_GATEWAY:
            return self.nat(subnet, packet, sender, key, state)
        if kind is TargetKind.PEERING:
            return self.peering(subnet, packet, sender, key, state)
        if kind is TargetKind.TRANSIT_GATEWAY:
            return self.transit(subnet, packet, sender, key, state)
        raise NoOpinion(kind.value)

    def local(self, subnet: str, packet: Packet, sender: str, state: "State") -> Arrived:
        """To an interface of the same VPC."""
        if sender in ("nat", "private-nat"):
            raise NoOpinion("NAT inside the VPC")
        vpc = self.vpc(subnet)
        if state.home not in ("", vpc):
            raise Dropped("the address means something else here")
        there = self.subnet_with(vpc, packet.target)
        if there != subnet or sender != "transit":
            self.acl(there, "in", packet)
        return Arrived(there, "local", tuple(state.senders), packet)

    def internet(self, subnet: str, packet: Packet, sender: str, key: str, state: "State") -> Arrived:
        """Out by an internet gateway."""
        gateway = self.estate.internet_gateways[key]
        if gateway.vpc != self.vpc(subnet) or gateway.egress_only:
            raise Dropped("not attached")
        if sender in ("transit", "private-nat") or (sender == "task" and not state.public):
            raise Dropped("no public address")
        if any(IPv4Address(packet.target) in block for block in PRIVATE):
            raise Dropped("private target")
        for block in self.estate.public_access_blocks.values():
            if block.only == "" and (
                block.mode == "block-bidirectional" or (block.mode == "block-ingress" and sender == "task")
            ):
                raise Dropped("block public access")
        return Arrived("", key, tuple(state.senders), packet, subnet)

    def nat(self, subnet: str, packet: Packet, sender: str, key: str, state: "State") -> Arrived:
        """On under the address of a NAT gateway."""
        gateway = self.estate.nat_gateways[key]
        if gateway.available is False:
            raise Dropped("not available")
        if sender in ("nat", "private-nat"):
            if state.box == key:
                raise Dropped("back to itself")
            raise NoOpinion("NAT after NAT")
        there = str(gateway.subnet)
        if there != subnet:
            self.acl(there, "in", packet)
        address = next(iter(networks(self.estate.subnets[there].blocks)))[5]
        state.senders.append((there, int(address), state.nat_port))
        state.box = key
        onward = msgspec.structs.replace(packet, source=int(address))
        self.acl(there, "out", onward)
        return self.carry(there, onward, "nat" if gateway.public else "private-nat", state)

    def peering(self, subnet: str, packet: Packet, sender: str, key: str, state: "State") -> Arrived:
        """Into the VPC at the other end, and no further."""
        joined = self.estate.peerings[key]
        ends = [str(joined.requester), str(joined.accepter)]
        here = self.vpc(subnet)
        if joined.active is False or here not in ends:
            raise Dropped("not joined")
        if sender == "transit":
            raise Dropped("third VPC")
        if sender in ("nat", "private-nat"):
            raise NoOpinion("NAT over peering")
        far = ends[1 - ends.index(here)]
        if not self.in_vpc(far, packet.target) or state.home not in ("", far):
            raise Dropped("not in the other VPC")
        there = self.subnet_with(far, packet.target)
        self.acl(there, "in", packet)
        state.link = (TargetKind.PEERING, key)
        return Arrived(there, key, tuple(state.senders), packet)

    def transit(self, subnet: str, packet: Packet, sender: str, key: str, state: "State") -> Arrived:
        """Through a transit gateway, in and out by the attachments of two VPCs."""
        if sender != "task":
            raise NoOpinion("second transit gateway")
        near = self.attachment(key, self.vpc(subnet))
        entry = self.entry(near, subnet)
        self.acl(entry, "in", packet)
        far = self.transited(near, packet.target, state)
        there = self.exit(far, subnet)
        state.link = (TargetKind.TRANSIT_GATEWAY, str(far.gateway))
        if not (state.home and has(self.estate.subnets[there].blocks, packet.target)):
            self.acl(there, "out", packet)
        return self.carry(there, packet, "transit", state)

    def transited(self, near: TransitAttachment, address: int, state: "State") -> TransitAttachment:
        """The attachment that a packet leaves by, perhaps of another gateway that is peered."""
        far = self.estate.transit_attachments[self.transit_route(str(near.table), address)]
        state.hops.append((near.key, far.key))
        if not far.peer:
            return far
        state.steps += 1
        if state.steps > 12:
            raise Dropped("goes in circles")
        return self.transited(self.estate.transit_attachments[str(far.peer)], address, state)

    def attachment(self, key: str, vpc: str) -> TransitAttachment:
        """The attachment of a VPC to a transit gateway."""
        for attachment in self.estate.transit_attachments.values():
            if attachment.gateway == key and attachment.vpc == vpc:
                return attachment
        raise Dropped("not attached")

    def entry(self, near: TransitAttachment, subnet: str) -> str:
        """The attachment's subnet in the zone of the sender."""
        zone = self.estate.subnets[subnet].zone
        for each in near.subnets.items:
            if each == subnet or self.estate.subnets[each].zone == zone:
                return subnet if subnet in near.subnets.items else each
        raise Dropped("no attachment in the zone")

    def exits(self, far: TransitAttachment, subnet: str) -> list[str]:
        """The attachment's subnets that a packet from a subnet ("" for one that nobody knows) may leave by."""
        zone = self.estate.subnets[subnet].zone if subnet else ""
        same = [each for each in far.subnets.items if self.estate.subnets[each].zone == zone]
        return same or list(far.subnets.items)

    def exit(self, far: TransitAttachment, subnet: str) -> str:
        """The attachment's subnet that a packet leaves by."""
        chosen = self.exits(far, subnet)
        if not chosen:
            raise Dropped("no subnet")
        if len(chosen) > 1:
            raise NoOpinion("which zone")
        return chosen[0]

    def transit_route(self, table: str, address: int) -> str:
        """The attachment that a transit gateway route table sends an address to."""
        if not table:
            raise Dropped("no transit table")
        held = self.estate.transit_tables[table]
        found: list[tuple[int, int, str]] = []
        for route in held.routes.items:
            assert isinstance(route.destination, Cidr)
            block = IPv4Network((route.destination.first, route.destination.prefix))
            if IPv4Address(address) in block:
                found.append((-block.prefixlen, 0, "" if route.blackhole else str(route.attachment)))
        for key in held.propagations.items:
            vpc = self.estate.vpcs[str(self.estate.transit_attachments[key].vpc)]
            found += [(-n.prefixlen, 1, key) for n in networks(vpc.blocks) if IPv4Address(address) in n]
        found.sort()
        if not found or not found[0][2]:
            raise Dropped("transit table")
        return found[0][2]

    # There and back -------------------------------------------------------------------------------

    def attempt(self, task: Port, target: int, other: Port | None, state: "State") -> bool:
        """Whether one connection works: the request arrives, and the reply comes back."""
        try:
            self.request(task, target, other, state)
        except Dropped:
            return False
        return True

    def request(self, task: Port, target: int, other: Port | None, state: "State") -> None:
        """The request out, and then the reply."""
        packet = Packet(task.address, target, state.protocol, state.port)
        if other is not None and other.subnet == task.subnet:
            self.groups(task.groups, "out", packet, other, "")
            self.groups(other.groups, "in", packet, task, "")
            return
        state.public = task.public
        state.home = self.vpc(other.subnet) if other is not None else ""
        self.acl(task.subnet, "out", packet)
        arrived = self.carry(task.subnet, packet, "task", state)
        joined = state.link is None or state.link[0] is TargetKind.PEERING
        self.groups(task.groups, "out", packet, other if joined else None, state.service)
        if other is not None:
            assert arrived.subnet == other.subnet
            self.groups(other.groups, "in", packet, task if joined else None, "")
        if state.behind is not None:
            self.incoming(state.behind, arrived, state)
        self.reply(task, arrived, state)

    def incoming(self, there: Port, arrived: Arrived, state: "State") -> None:
        """From the internet to an interface behind its VPC's gateway, and the reply out again."""
        if any(
            block.only == "" and block.mode != "off" for block in self.estate.public_access_blocks.values()
        ):
            raise NoOpinion("block public access on the way in")
        vpc = self.vpc(there.subnet)
        gateways = [g.key for g in self.estate.internet_gateways.values() if g.vpc == vpc]
        if not gateways:
            raise Dropped("no gateway")
        packet = Packet(state.outside, there.address, state.protocol, state.port)
        self.acl(there.subnet, "in", packet)
        self.groups(there.groups, "in", packet, None, "")
        port = arrived.senders[-1][2] if arrived.senders else state.from_port
        self.acl(there.subnet, "out", Packet(there.address, state.outside, state.protocol, port))
        table = str(self.estate.subnets[there.subnet].route_table)
        found = self.routes(table, vpc, state.outside, "")
        if found is None or found[2] or found[:2] != (TargetKind.INTERNET_GATEWAY, gateways[0]):
            if found is not None and found[0] in (TargetKind.PEERING, TargetKind.TRANSIT_GATEWAY):
                raise NoOpinion("another way back")
            raise Dropped("no way back to the internet")

    def reply(self, task: Port, arrived: Arrived, state: "State") -> None:
        """The reply, through every box that sent the request on, to the task."""
        ends = [(task.subnet, task.address, state.from_port), *arrived.senders]
        source = arrived.packet.target
        if not arrived.subnet:
            subnet, address, port = ends[-1]
            self.acl(subnet, "in", Packet(source, address, state.protocol, port))
        else:
            self.back(arrived.subnet, source, ends[-1], state)
        for box, client in zip(reversed(ends[1:]), reversed(ends[:-1]), strict=True):
            self.back(box[0], source, client, state)

    def back(self, subnet: str, source: int, client: tuple[str, int, int], state: "State") -> None:
        """A reply from inside one subnet to a client in another."""
        there, address, port = client
        if there == subnet:
            return
        packet = Packet(source, address, state.protocol, port)
        self.acl(subnet, "out", packet)
        found = self.routes(str(self.estate.subnets[subnet].route_table), self.vpc(subnet), address, "")
        if found is None or found[2]:
            raise Dropped("no route back")
        link = state.link
        want = (TargetKind.LOCAL, self.vpc(there)) if link is None else link
        if found[:2] != want:
            if found[0] is TargetKind.LOCAL:
                raise Dropped("stays here")
            raise NoOpinion("another way back")
        if link is not None and link[0] is TargetKind.TRANSIT_GATEWAY:
            self.transit_back(packet, subnet, there, state)
        else:
            self.acl(there, "in", packet)

    def transit_back(self, packet: Packet, subnet: str, there: str, state: "State") -> None:
        """A reply from a subnet through the transit gateways, each by the table of the attachment it enters by.

        It stays in the zone that it comes from, whichever the request was in.
        """
        first, last = state.hops[0][0], state.hops[-1][1]
        self.acl(self.entry(self.estate.transit_attachments[last], subnet), "in", packet)
        for near, far in reversed(state.hops):
            table = str(self.estate.transit_attachments[far].table)
            if self.transit_route(table, packet.target) != near:
                raise NoOpinion("replies go elsewhere")
        ports = self.exits(self.estate.transit_attachments[first], "" if len(state.hops) > 1 else subnet)
        answers = {self.handed_out(port, there, packet) for port in ports}
        if len(answers) > 1:
            raise NoOpinion("which zone")
        if answers != {""}:
            raise Dropped(*answers)

    def handed_out(self, port: str, there: str, packet: Packet) -> str:
        """Why a reply that enters by an attachment's subnet does not get to its own; "" where it does."""
        try:
            if port != there:
                self.acl(port, "out", packet)
                self.acl(there, "in", packet)
        except Dropped as dropped:
            return str(dropped)
        return ""


class State:
    """What one connection is, and what has become of it."""

    def __init__(self, service: str, protocol: int, port: int, *, from_port: int, nat_port: int) -> None:
        self.service = service
        self.protocol = protocol
        self.port = port
        self.from_port = from_port
        self.nat_port = nat_port
        self.public = False
        self.home = ""
        self.box = ""
        self.steps = 0
        self.senders: list[tuple[str, int, int]] = []
        self.link: tuple[TargetKind, str] | None = None
        #: Pairs of attachments: in by one, out by the other, for each transit gateway.
        self.hops: list[tuple[str, str]] = []
        #: The interface that the public target is translated to, and the sender's public address.
        self.behind: Port | None = None
        self.outside = 0


def networks(addresses: object) -> list[IPv4Network]:
    """The blocks of a set of addresses."""
    assert isinstance(addresses, Addresses)
    return [IPv4Network((block.first, block.prefix)) for block in blocks(Addresses(v4=addresses.v4))]


def has(addresses: object, address: int) -> bool:
    """Whether a set has an address."""
    assert isinstance(addresses, Addresses)
    return any(low <= address <= high for low, high in addresses.v4)


def about(service: object, packet: Packet) -> bool:
    """Whether a rule is about a packet."""
    assert isinstance(service, Service)
    if service.protocol not in (-1, packet.protocol):
        return False
    return any(low <= packet.to_port <= high for low, high in service.ports)


def target_of(route: Route) -> tuple[TargetKind, str, bool]:
    """What a route points at."""
    assert isinstance(route.target, Target)
    return route.target.kind, str(route.target.ref), bool(route.blackhole)
