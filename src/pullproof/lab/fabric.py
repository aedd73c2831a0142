"""The plan in the kernel: a namespace for each VPC, each interface, each transit gateway, and the outside.

    task ── VPC fabric ── igw/gwe ── the outside (S3, AWS's public hosts, the internet)
              │  └── endpoint, mount target, NAT gateway, firewall: a namespace each
              └── peering / transit gateway ── another VPC's fabric

Everything is held by file descriptors of this process: when it ends, however it ends, nothing is left.
"""

import socket
from typing import Self

import msgspec

from pullproof.lab.filters import INTERNET, SERVICES, Fabric, ruleset
from pullproof.lab.inspection import begin, rules, unseen
from pullproof.lab.kernel import inside
from pullproof.lab.netlink import Rule
from pullproof.lab.nft import Drop, drops_here, load
from pullproof.lab.plan import Interface, Plan, Role, single
from pullproof.lab.routes import GENERAL, SPECIFIC, Ways, is_specific, transit_ways
from pullproof.lab.spaces import Address, Cable, Lead, Spaces, Wanted
from pullproof.model.addresses import dotted

#: 169.254.169.253, AmazonProvidedDNS.
RESOLVER = 0xA9FEA9FD
#: The table by which every address is this machine's own, beyond the VPC.
ANYWHERE = 50
#: Where names are asked for.
DNS = 53
#: Linux: a socket that may answer from any address (ip(7)).
IP_TRANSPARENT = 19
#: Where AWS's own hosts answer.
HTTPS = 443
MAIN = 254


class Listener(msgspec.Struct, frozen=True, kw_only=True):
    """A socket that takes calls; `interface` is the link's name of whose it is, "" beyond the VPC."""

    held: socket.socket
    vpc: str
    port: int
    interface: str = ""


class Network:
    """A plan made real; another plan may take its place. Use it in a `with` block, or close it."""

    def __init__(self, plan: Plan, *, left: frozenset[int] = frozenset()) -> None:
        self.plan = plan
        # Ports on which somebody else answers.
        self._left = left
        # Ports on which whatever is not the input's to say answers.
        self._asked = {HTTPS}
        self.listeners: dict[tuple[str, int], Listener] = {}
        #: Whether somebody answers names in it.
        self.resolved = False
        self._spaces = Spaces()
        self._marks: dict[str, int] = {}
        self._peers: dict[str, dict[str, str]] = {}
        try:
            self.apply(plan)
        except BaseException:
            self.close()
            raise

    @property
    def spaces(self) -> dict[str, int]:
        """The namespaces by name: a link's, "vpc:KEY", "out:KEY", "tgw:KEY"."""
        return self._spaces.held

    def close(self) -> None:
        """Let go of everything; the kernel takes it away."""
        for listener in self.listeners.values():
            listener.held.close()
        self.listeners = {}
        self._spaces.close()

    def __enter__(self) -> Self:
        """Itself."""
        return self

    def __exit__(self, *_: object) -> None:
        """Close it."""
        self.close()

    def apply(self, plan: Plan) -> None:
        """Become another plan: what both have stays as it is, and connections with it."""
        self.plan = plan
        for key in plan.estate.subnets:
            self._marks.setdefault(key, len(self._marks) + 1)
        cables = list(self._cables())
        wanted: dict[str, Wanted] = {}
        for key in plan.estate.vpcs:
            wanted[f"vpc:{key}"] = self._fabric(key)
            wanted[f"out:{key}"] = self._outside(key)
        for key in plan.estate.transit_gateways:
            wanted[f"tgw:{key}"] = self._transit(key)
        for interface in plan.interfaces.values():
            if interface.role is not Role.TRANSIT:
                wanted[interface.name] = self._end(interface)
        before = set(self._spaces.held)
        self._spaces.become(wanted, cables)
        for interface in plan.interfaces.values():
            # A box that takes what is not for it is taken for a NAT instance.
            forwards = interface.role is Role.NAT or (interface.role is Role.BOX and not interface.checked)
            if forwards and interface.name not in before:
                with inside(self.spaces[interface.name]):
                    load(_translation(interface))
            elif interface.role is Role.FIREWALL and interface.name not in before:
                with inside(self.spaces[interface.name]):
                    begin()
        self._serve()
        self.load()

    # What is wanted -------------------------------------------------------------------------------

    def _cables(self) -> list[Cable]:
        found: list[Cable] = []
        self._peers = {}
        estate = self.plan.estate
        for key in estate.vpcs:
            found += [Cable(f"vpc:{key}", name, f"out:{key}", name) for name in (INTERNET, SERVICES)]
        for each in self.plan.interfaces.values():
            if each.role is not Role.TRANSIT:
                found.append(Cable(f"vpc:{each.vpc}", each.name, each.name, "eth0"))
            elif (gateway := estate.transit_attachments[each.owner].gateway) in estate.transit_gateways:
                found.append(Cable(f"vpc:{each.vpc}", each.name, f"tgw:{gateway}", each.name))
        for number, peering in enumerate(estate.peerings.values(), 1):
            ends = [str(peering.requester), str(peering.accepter)]
            if peering.active is False or ends[0] == ends[1] or any(end not in estate.vpcs for end in ends):
                continue
            name = f"pcx{number:x}"
            found.append(Cable(f"vpc:{ends[0]}", name, f"vpc:{ends[1]}", name))
            for end in ends:
                self._peers.setdefault(end, {})[name] = peering.key
        return found

    def _fabric(self, vpc: str) -> Wanted:
        """A VPC: its interfaces, and a table for each subnet."""
        owned = single(self.plan.estate.vpcs[vpc].blocks)
        inner = self.plan.in_vpc(vpc)
        want = Wanted(forwards=True, leads=[Lead(0, 0)])
        want.addresses += [
            Address("lo", each, 32) for each in (RESOLVER, *(block.first + 2 for block in owned))
        ]
        want.leads += [Lead(block.first, block.prefix) for block in owned]
        want.leads += [Lead(each.address, 32, each.name) for each in inner if each.role is not Role.TRANSIT]
        want.rules += [Rule(priority=900, table=MAIN, first=each.first, prefix=each.prefix) for each in owned]
        ways = Ways(self.plan, vpc, self._peers.get(vpc, {}))
        for subnet in dict.fromkeys(each.subnet for each in inner):
            mark = self._marks[subnet]
            want.rules.append(Rule(priority=800, table=SPECIFIC + mark, mark=mark))
            want.rules.append(Rule(priority=1000, table=GENERAL + mark, mark=mark))
            want.leads.append(Lead(0, 0, table=GENERAL + mark))
            found = ways.of(subnet)
            for way in found:
                table = SPECIFIC if is_specific(way, owned) else GENERAL
                want.leads.append(Lead(way.block.first, way.block.prefix, way.link, table + mark))
            if any(is_specific(way, owned) for way in found):
                # What stays inside a subnet is not routed.
                want.rules += [
                    Rule(priority=700, table=MAIN, mark=mark, first=block.first, prefix=block.prefix)
                    for block in single(self.plan.estate.subnets[subnet].blocks)
                ]
        return want

    def _outside(self, vpc: str) -> Wanted:
        """Every address answers beyond the VPC; replies go back by the way that the sender's address says."""
        want = Wanted(
            forwards=True, answers=True, leads=[Lead(0, 0, "lo", ANYWHERE, here=True), Lead(0, 0, INTERNET)]
        )
        want.rules += [Rule(priority=10, table=ANYWHERE, link=name) for name in (INTERNET, SERVICES)]
        owned = single(self.plan.estate.vpcs[vpc].blocks)
        want.leads += [Lead(block.first, block.prefix, SERVICES) for block in owned]
        return want

    def _end(self, interface: Interface) -> Wanted:
        held = single(self.plan.estate.subnets[interface.subnet].blocks)
        prefix = next((b.prefix for b in held if b.first <= interface.address <= b.last), 32)
        return Wanted(
            forwards=interface.role is Role.NAT or not interface.checked,
            answers=bool(interface.ports),
            addresses=[Address("eth0", interface.address, prefix)],
            leads=[Lead(0, 0, "eth0")],
        )

    def _transit(self, gateway: str) -> Wanted:
        """A transit gateway: a table for each interface that traffic may come in by."""
        want = Wanted(forwards=True)
        estate = self.plan.estate
        ports = [
            each
            for each in self.plan.interfaces.values()
            if each.role is Role.TRANSIT and estate.transit_attachments[each.owner].gateway == gateway
        ]
        for table, port in enumerate(ports, 1000):
            want.rules.append(Rule(priority=100, table=table, link=port.name))
            want.leads.append(Lead(0, 0, table=table))
            for way in transit_ways(self.plan, gateway, port):
                want.leads.append(Lead(way.block.first, way.block.prefix, way.link, table))
        return want

    # Services -------------------------------------------------------------------------------------

    def answers(self, port: int) -> None:
        """Have hosts beyond the VPCs, and boxes, answer on a port: what listens there no input says."""
        if port not in self._asked and not (self.resolved and port == DNS):
            self._asked.add(port)
            self._serve()

    def _serve(self) -> None:
        """Something that answers on the ports of interfaces, and beyond the VPCs and in boxes on what is asked."""
        wanted = {
            (each.name, port): (each.vpc, each.name)
            for each in self.plan.interfaces.values()
            for port in each.ports
            if port not in self._left
        }
        for port in self._asked:
            wanted |= {(f"out:{key}", port): (key, "") for key in self.plan.estate.vpcs}
            boxes = [each for each in self.plan.interfaces.values() if each.role is Role.BOX]
            wanted |= {(each.name, port): (each.vpc, each.name) for each in boxes if port != HTTPS}
        for place in [place for place in self.listeners if place not in wanted]:
            self.listeners.pop(place).held.close()
        for (space, port), (vpc, interface) in wanted.items():
            if (space, port) not in self.listeners:
                held = self._listen(space, port)
                self.listeners[space, port] = Listener(held=held, vpc=vpc, port=port, interface=interface)

    def _listen(self, space: str, port: int) -> socket.socket:
        """Answer on a port of every address; the kernel replies from addresses that no link has."""
        with inside(self.spaces[space]):
            held = socket.socket(socket.AF_INET, socket.SOCK_STREAM | socket.SOCK_CLOEXEC)
        held.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        held.setsockopt(socket.IPPROTO_IP, IP_TRANSPARENT, 1)
        held.bind(("0.0.0.0", port))  # noqa: S104  # inside a namespace of the lab
        held.listen(4096)
        return held

    # Filters --------------------------------------------------------------------------------------

    def load(self, *, observing: bool = False) -> None:
        """Put the filters of every VPC in place, or those that only record."""
        for key in self.plan.estate.vpcs:
            fabric = Fabric(plan=self.plan, vpc=key, marks=self._marks, peers=self._peers.get(key, {}))
            with inside(self.spaces[f"vpc:{key}"]):
                load(ruleset(fabric, observing=observing))
        for appliance in self.plan.with_role(Role.FIREWALL):
            with inside(self.spaces[appliance.name]):
                load(rules(observing=observing))

    def drops(self) -> tuple[Drop, ...]:
        """What was stopped since the filters were loaded."""
        found: list[Drop] = []
        for key in self.plan.estate.vpcs:
            with inside(self.spaces[f"vpc:{key}"]):
                found += drops_here(key)
        for appliance in self.plan.with_role(Role.FIREWALL):
            with inside(self.spaces[appliance.name]):
                found += unseen(self.plan, appliance)
        return tuple(found)


def _translation(interface: Interface) -> str:
    """A NAT gateway: whatever it sends on has its address, and what belongs to no connection is dropped.

    https://docs.aws.amazon.com/vpc/latest/userguide/nat-gateway-basics.html
    """
    own = dotted(interface.address)
    return (
        "table ip nat {\n chain out {\n  type nat hook postrouting priority srcnat; policy accept;\n"
        f'  oifname "eth0" ip saddr != {own} snat to {own}\n }}\n'
        " chain through {\n  type filter hook forward priority filter; policy accept;\n"
        "  ct state invalid drop\n }\n}\n"
    )
