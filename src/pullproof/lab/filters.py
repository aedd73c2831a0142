"""Security groups and network ACLs as one nftables table for each VPC.

A packet meets, in AWS's order: the sender's groups on the way out (new connections only), the ACLs of both
subnets where it changes the subnet (every packet), the receiver's groups on the way in (new connections
only). Each stage is a chain that returns what it permits; its end is a drop that leaves a record of who,
whom and what. An accept in one stage can so never skip a deny in the next.

With `observing`, the end of a stage records and lets the packet pass: one connection then shows every
stage that would stop it.
"""

from collections.abc import Iterable, Iterator

import msgspec

from pullproof.lab.plan import Interface, Plan, Role, single
from pullproof.model.addresses import PRIVATE_V4, Addresses, blocks, dotted
from pullproof.model.filters import AclEntry, GroupRef, GroupRule
from pullproof.model.packets import ANY_PROTOCOL, EVERY_PORT, TCP, UDP, Service
from pullproof.model.value import Unknown
from pullproof.model.vpc import ListRef

TABLE = "vpc"
#: The stages that can stop a packet, as records are kept of them.
STAGES = ("sg_out", "sg_in", "nacl_out", "nacl_in", "nacl_return", "no_public", "blocked", "transitive")
#: The mark of connections that began while the stages only observed: no record of what the network lets through.
TRACED = 1
#: Links of a fabric that are no interface of the VPC.
INTERNET, SERVICES = "igw", "gwe"


class Names:
    """Names for sets and chains: numbers, so that nothing of the estate's text reaches nft."""

    def __init__(self) -> None:
        self._held: dict[object, str] = {}

    def of(self, kind: str, key: object) -> str:
        """The name of something, always the same."""
        place = (kind, key)
        if place not in self._held:
            self._held[place] = f"{kind}{len(self._held)}"
        return self._held[place]


class Fabric(msgspec.Struct, frozen=True, kw_only=True):
    """One VPC: the plan it is from, its key, and the peerings by link name."""

    plan: Plan
    vpc: str
    marks: dict[str, int]
    peers: dict[str, str]


def ruleset(fabric: Fabric, *, observing: bool = False) -> str:
    """The text for `nft -f`, which puts the whole table in place at once."""
    writer = _Writer(fabric, observing=observing)
    return "\n".join(writer.table()) + "\n"


class _Writer:
    def __init__(self, fabric: Fabric, *, observing: bool) -> None:
        self.plan, self.vpc, self.marks = fabric.plan, fabric.vpc, fabric.marks
        self.estate = fabric.plan.estate
        self.peers = fabric.peers
        self.names = Names()
        self.inside = fabric.plan.in_vpc(fabric.vpc)
        self.observing = observing
        self.end = "return" if observing else "drop"
        self.sets: dict[str, str] = {}
        self.chains: dict[str, list[str]] = {}

    def table(self) -> Iterator[str]:
        """The whole table, which replaces the one before."""
        ways = [*self._ends(), *self._early(), *self._forward(), *self._after()]
        yield f"table ip {TABLE}"
        yield f"delete table ip {TABLE}"
        yield f"table ip {TABLE} {{"
        for stage in STAGES:
            yield (
                f" set drop_{stage} {{ type ifname . ifname . ipv4_addr . inet_proto . inet_service;"
                " size 65535; flags dynamic; }"
            )
        yield from self.sets.values()
        for name, lines in self.chains.items():
            yield from _chain(name, lines)
        yield from ways
        yield "}"

    def _ends(self) -> Iterator[str]:
        """Where a stage ends that permits nothing: a record, and no way on."""
        for stage in STAGES:
            lines = []
            if stage in ("nacl_out", "nacl_in"):
                lines.append("ct direction reply goto end_nacl_return")
            port = "th sport" if stage == "nacl_return" else "th dport"
            record = f"add @drop_{stage} {{ iifname . oifname . ip daddr . ip protocol . {port} }}"
            yield from _chain(f"end_{stage}", [*lines, record, self.end])

    def _early(self) -> Iterator[str]:
        """The subnet of the sender as a mark, by which routes are looked up, and the source check."""
        marks = [f'"{each.name}" : {self.marks[each.subnet]}' for each in self.inside]
        own = [f'"{each.name}" . {dotted(each.address)}' for each in self.inside if each.checked]
        checked = [f'"{each.name}"' for each in self.inside if each.checked]
        yield from self._named("marks", "map", "type ifname : mark", marks)
        yield from self._named("own", "set", "type ifname . ipv4_addr", own)
        yield from self._named("checked", "set", "type ifname", checked)
        yield from _chain(
            "early",
            [
                "type filter hook prerouting priority raw; policy accept;",
                "meta mark set iifname map @marks",
                "iifname @checked iifname . ip saddr != @own drop",
            ],
        )

    def _forward(self) -> Iterator[str]:
        filtered = [each for each in self.inside if each.filtered]
        out = [f'"{each.name}" : jump {self._groups(each, "out")}' for each in filtered]
        in_ = [f'"{each.name}" : jump {self._groups(each, "in")}' for each in filtered]
        leave = [f'"{each.name}" : jump {self._leaving(each.subnet)}' for each in self.inside]
        enter = [f'"{each.name}" : jump {self._entering(each)}' for each in self.inside]
        for name, rows in (("sg_out", out), ("sg_in", in_), ("nacl_out", leave), ("nacl_in", enter)):
            yield from self._named(f"to_{name}", "map", "type ifname : verdict", rows)
        firewalls = self._quoted(Role.FIREWALL)
        yield from self._named("transit", "set", "type ifname", self._quoted(Role.TRANSIT))
        yield from self._named("firewalls", "set", "type ifname", firewalls)
        yield from self._named("apart", "set", "type ifname", [*self._quoted(Role.TRANSIT), *firewalls])
        yield from self._named("peers", "set", "type ifname", [f'"{name}"' for name in self.peers])
        yield from _chain(
            "transit_gateway",
            [
                # A gateway endpoint serves its own VPC; no packet passes through a VPC to a third one.
                # https://docs.aws.amazon.com/vpc/latest/peering/vpc-peering-basics.html
                f'oifname "{SERVICES}" goto end_transitive',
                "oifname @peers goto end_transitive",
            ],
        )
        yield from _chain("to_internet", list(self._to_internet()))
        yield from _chain(
            "forwarded",
            [
                "type filter hook forward priority filter; policy drop;",
                *([f"ct state new ct mark set {TRACED}"] if self.observing else []),
                "ct state new iifname vmap @to_sg_out",
                "iifname vmap @to_nacl_out",
                "iifname @transit jump transit_gateway",
                *self._inspected(),
                f'ct direction original oifname "{INTERNET}" jump to_internet',
                "oifname vmap @to_nacl_in",
                "ct state new oifname vmap @to_sg_in",
                "oifname @checked oifname . ip daddr != @own drop",
                "accept",
            ],
        )

    def _inspected(self) -> Iterator[str]:
        """What comes out of a firewall keeps its sender's address: another VPC's is a guest here all the same."""
        if owned := single(self.estate.vpcs[self.vpc].blocks):
            own = ", ".join(map(str, owned))
            yield f"iifname @firewalls ip saddr != {{ {own} }} jump transit_gateway"

    def _to_internet(self) -> Iterator[str]:
        """Only what has a public address passes an internet gateway, and only to public addresses.

        https://docs.aws.amazon.com/vpc/latest/userguide/VPC_Internet_Gateway.html
        """
        yield f"ip daddr {{ {_blocks(PRIVATE_V4)} }} drop"
        public = [dotted(each.address) for each in self.inside if each.public]
        yield from self._members("public", public)
        yield from self._blocked()
        yield "ip saddr != @public goto end_no_public"

    def _blocked(self) -> Iterator[str]:
        """VPC Block Public Access, but for the VPC or the subnets that are excluded from it.

        https://docs.aws.amazon.com/vpc/latest/userguide/security-vpc-bpa.html
        """
        every = self.estate.public_access_blocks.values()
        modes = {str(each.mode) for each in every if each.only == ""}
        excluded = {str(each.only) for each in every if each.only}
        if self.vpc in excluded or not modes & {"block-bidirectional", "block-ingress"}:
            return
        spared = [f'"{each.name}"' for each in self.inside if each.subnet in excluded]
        if "block-bidirectional" not in modes:
            spared += self._quoted(Role.NAT)
        yield from self._named("spared", "set", "type ifname", spared)
        yield "iifname != @spared goto end_blocked"

    def _after(self) -> Iterator[str]:
        """Public addresses stand for private ones beyond the internet gateway.

        Each packet is translated by itself: what passes a firewall comes through here twice, and replies may
        not.
        """
        pairs = [(dotted(each.address), dotted(each.public)) for each in self.inside if each.public]
        yield from self._named(
            "outside", "map", "type ipv4_addr : ipv4_addr", [f"{a} : {b}" for a, b in pairs]
        )
        yield from self._named(
            "behind", "map", "type ipv4_addr : ipv4_addr", [f"{b} : {a}" for a, b in pairs]
        )
        yield from _chain(
            "departing",
            [
                "type filter hook postrouting priority srcnat; policy accept;",
                f'oifname "{INTERNET}" ip saddr set ip saddr map @outside',
            ],
        )
        yield from _chain(
            "arriving",
            [
                "type filter hook prerouting priority raw; policy accept;",
                f'iifname "{INTERNET}" ip daddr set ip daddr map @behind',
            ],
        )

    def _quoted(self, role: Role) -> list[str]:
        return [f'"{each.name}"' for each in self.inside if each.role is role]

    # Security groups ------------------------------------------------------------------------------

    def _groups(self, interface: Interface, way: str) -> str:
        """The chain of a set of groups: the union of their rules."""
        name = self.names.of(f"sg_{way}_", interface.groups)
        if name in self.chains:
            return name
        lines = self.chains.setdefault(name, [])
        for key in interface.groups:
            group = self.estate.groups.get(key)
            if group is None or (group.vpc != self.vpc and group.vpc in self.estate.vpcs):
                continue  # AWS takes no group of another VPC
            for rule in group.egress.items if way == "out" else group.ingress.items:
                lines += [f"{words} return".strip() for words in self._rule(rule, way)]
        lines.append(f"goto end_sg_{way}")
        return name

    def _rule(self, rule: GroupRule, way: str) -> Iterator[str]:
        """A rule's matches; none where it is about IPv6 alone, or not known."""
        side = "daddr" if way == "out" else "saddr"
        if isinstance(rule.service, Unknown):
            return
        for traffic in _traffic(rule.service):
            peer = self._peer(rule, way)
            if peer is not None:
                yield f"{traffic} {peer.format(side=side)}".strip()

    def _peer(self, rule: GroupRule, way: str) -> str | None:
        """A match on the other end; None for one that nothing meets."""
        if isinstance(rule.peer, GroupRef):
            if isinstance(rule.peer.ref, Unknown):
                return None
            name = self.names.of("members_", rule.peer.ref)
            self._collect(name, [dotted(each.address) for each in self.plan.with_group(rule.peer.ref)])
            # Members are known by their private addresses, and not beyond a transit gateway or an appliance.
            # https://docs.aws.amazon.com/vpc/latest/userguide/security-group-rules.html
            beyond = "oifname" if way == "out" else "iifname"
            return f"{beyond} != @apart ip {{side}} @{name}"
        held = self._listed(rule.peer) if isinstance(rule.peer, ListRef) else rule.peer
        if isinstance(held, Unknown) or not held.v4:
            return None
        name = self.names.of("blocks_", held)
        if name not in self.sets:
            flags = f"type ipv4_addr; flags interval; auto-merge; elements = {{ {_blocks(held)} }}"
            self.sets[name] = f" set {name} {{ {flags}; }}"
        return f"ip {{side}} @{name}"

    def _listed(self, ref: ListRef) -> Addresses | Unknown:
        if isinstance(ref.ref, Unknown):
            return ref.ref
        held = self.estate.prefix_lists.get(ref.ref)
        if held is None:
            return Addresses()
        if isinstance(held.name, str) and ".amazonaws." in f".{held.name}":
            s3 = held.name == self.plan.service(self.vpc, "s3")
            return self.plan.s3_in(self.vpc) if s3 else Addresses()
        return held.entries

    # Network ACLs ---------------------------------------------------------------------------------

    def _leaving(self, subnet: str) -> str:
        """The chain for packets that leave a subnet: what stays inside is not asked, but on its way to a transit
        gateway's interface there.

        https://docs.aws.amazon.com/vpc/latest/tgw/tgw-nacls.html
        """
        name = self.names.of("leave_", subnet)
        if name not in self.chains:
            here = self.names.of("subnet_", subnet)
            inner = [each for each in self.inside if each.subnet == subnet and each.role is not Role.TRANSIT]
            rows = [f'"{each.name}"' for each in inner]
            self.sets[here] = "".join(self._text(here, "set", "type ifname", rows))
            self.chains[name] = [f"oifname @{here} return", *self._acl(subnet, "out")]
        return name

    def _entering(self, interface: Interface) -> str:
        """The chain for packets that enter a subnet, with the same exception."""
        subnet, port = interface.subnet, interface.role is Role.TRANSIT
        name = self.names.of("attach_" if port else "enter_", subnet)
        if name not in self.chains:
            inner = [] if port else [f"meta mark {self.marks[subnet]} return"]
            self.chains[name] = [*inner, *self._acl(subnet, "in")]
        return name

    def _acl(self, subnet: str, way: str) -> Iterator[str]:
        acl = self.estate.acls.get(str(self.estate.subnets[subnet].acl))
        if acl is None:
            return
        known = [
            entry
            for entry in (acl.egress.items if way == "out" else acl.ingress.items)
            if isinstance(entry.number, int) and isinstance(entry.allow, bool)
        ]
        for entry in sorted(known, key=lambda entry: int(str(entry.number))):
            verdict = "return" if entry.allow is True else f"goto end_nacl_{way}"
            yield from (f"{words} {verdict}".strip() for words in _entry(entry, way))
        yield f"goto end_nacl_{way}"

    # Sets and maps --------------------------------------------------------------------------------

    def _collect(self, name: str, rows: list[str]) -> None:
        if name not in self.sets:
            self.sets[name] = "".join(self._text(name, "set", "type ipv4_addr", rows))

    def _members(self, name: str, rows: list[str]) -> Iterator[str]:
        self._collect(name, rows)
        return iter(())

    def _named(self, name: str, kind: str, head: str, rows: list[str]) -> Iterator[str]:
        self.sets[name] = "".join(self._text(name, kind, head, rows))
        return iter(())

    @staticmethod
    def _text(name: str, kind: str, head: str, rows: list[str]) -> Iterator[str]:
        yield f" {kind} {name} {{ {head};"
        if rows:
            yield f" elements = {{ {', '.join(dict.fromkeys(rows))} }};"
        yield " }"


def _chain(name: str, lines: Iterable[str]) -> Iterator[str]:
    yield f" chain {name} {{"
    yield from (f"  {line}" for line in lines)
    yield " }"


def _blocks(addresses: Addresses) -> str:
    return ", ".join(map(str, blocks(Addresses(v4=addresses.v4))))


def _traffic(service: Service) -> Iterator[str]:
    """Matches on protocol and ports."""
    if service.protocol == ANY_PROTOCOL:
        yield ""
    elif service.protocol in (TCP, UDP):
        word = "tcp" if service.protocol == TCP else "udp"
        if service.ports == EVERY_PORT:
            yield f"ip protocol {word}"
        elif service.ports:
            spans = ", ".join(str(a) if a == b else f"{a}-{b}" for a, b in service.ports)
            yield f"{word} dport {{ {spans} }}"
    else:
        yield f"ip protocol {service.protocol}"


def _entry(entry: AclEntry, way: str) -> Iterator[str]:
    if isinstance(entry.service, Unknown) or isinstance(entry.block, Unknown) or not entry.block.v4:
        return
    side = "daddr" if way == "out" else "saddr"
    for traffic in _traffic(entry.service):
        yield f"{traffic} ip {side} {{ {_blocks(entry.block)} }}".strip()
