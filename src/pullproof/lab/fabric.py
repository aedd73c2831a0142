"""The plan in the kernel: a namespace for each VPC, each interface, each transit gateway, and the outside.

    task ── VPC fabric ── igw/gwe ── the outside (S3, AWS's public hosts, the internet)
              │  └── endpoint, mount target, NAT gateway: a namespace each
              └── peering / transit gateway ── another VPC's fabric

Everything is held by file descriptors of this process: when it ends, however it ends, nothing is left.
"""

import os
import socket
import subprocess
from collections.abc import Iterable
from typing import Self

from pullproof.errors import ToolError
from pullproof.lab.filters import INTERNET, SERVICES, STAGES, Fabric, ruleset
from pullproof.lab.kernel import inside, new_network, sysctl
from pullproof.lab.netlink import Netlink, Route, Rule
from pullproof.lab.plan import Interface, Plan, Role, single
from pullproof.lab.routes import GENERAL, SPECIFIC, Ways, is_specific, transit_ways
from pullproof.model.addresses import dotted
from pullproof.model.value import Unknown

#: Linux: a socket that may answer from any address (ip(7)).
IP_TRANSPARENT = 19
#: Every address is this machine's own, beyond the VPC.
ANYWHERE = 50
QUIET = (("net/ipv6/conf/all/disable_ipv6", "1"), ("net/ipv6/conf/default/disable_ipv6", "1"))
FORWARDING = (
    *QUIET,
    ("net/ipv4/ip_forward", "1"),
    ("net/ipv4/conf/all/rp_filter", "0"),
    ("net/ipv4/conf/default/rp_filter", "0"),
    ("net/ipv4/conf/all/send_redirects", "0"),
    ("net/ipv4/conf/default/send_redirects", "0"),
)


class Network:
    """A plan made real. Use it in a `with` block, or close it."""

    def __init__(self, plan: Plan) -> None:
        self.plan = plan
        self.spaces: dict[str, int] = {}
        self._sockets: list[socket.socket] = []
        self._marks: dict[str, int] = {}
        self._peers: dict[str, dict[str, str]] = {}
        self._index = 100
        self._links: dict[tuple[str, str], int] = {}
        try:
            self._build()
        except BaseException:
            self.close()
            raise

    def close(self) -> None:
        """Let go of everything; the kernel takes it away."""
        for held in self._sockets:
            held.close()
        for fd in self.spaces.values():
            os.close(fd)
        self._sockets, self.spaces = [], {}

    def __enter__(self) -> Self:
        """Itself."""
        return self

    def __exit__(self, *_: object) -> None:
        """Close it."""
        self.close()

    # Building -------------------------------------------------------------------------------------

    def _build(self) -> None:
        estate = self.plan.estate
        self._marks = {key: number for number, key in enumerate(estate.subnets, 1)}
        for key in estate.vpcs:
            self.spaces[f"vpc:{key}"] = new_network()
            self.spaces[f"out:{key}"] = new_network()
        for key in estate.transit_gateways:
            self.spaces[f"tgw:{key}"] = new_network()
        for interface in self.plan.interfaces.values():
            if interface.role is not Role.TRANSIT:
                self.spaces[interface.name] = new_network()
        for key in estate.vpcs:
            self._wire(key)
        self._join()
        for key in estate.vpcs:
            self._finish(key)
        for key in estate.transit_gateways:
            self._transit(key)
        for interface in self.plan.interfaces.values():
            self._serve(interface)
        self.load()

    def _wire(self, vpc: str) -> None:
        """The links of a VPC's fabric, and their far ends."""
        with inside(self.spaces[f"vpc:{vpc}"]):
            for name, value in FORWARDING:
                sysctl(name, value)
            with Netlink() as kernel:
                for name in (INTERNET, SERVICES):
                    self._pair(kernel, f"vpc:{vpc}", name, f"out:{vpc}", name)
                for interface in self.plan.in_vpc(vpc):
                    if interface.role is Role.TRANSIT:
                        gateway = self.plan.estate.transit_attachments[interface.owner].gateway
                        if isinstance(gateway, Unknown) or f"tgw:{gateway}" not in self.spaces:
                            continue
                        self._pair(kernel, f"vpc:{vpc}", interface.name, f"tgw:{gateway}", interface.name)
                    else:
                        self._pair(kernel, f"vpc:{vpc}", interface.name, interface.name, "eth0")
                        link = self._links[f"vpc:{vpc}", interface.name]
                        kernel.route(Route(first=interface.address, prefix=32, link=link))
        self._outside(vpc)
        for interface in self.plan.in_vpc(vpc):
            if interface.role is not Role.TRANSIT:
                self._far_end(interface)

    def _pair(self, kernel: Netlink, here: str, name: str, there: str, peer: str) -> None:
        self._index += 2
        self._links[here, name] = self._index
        self._links[there, peer] = self._index + 1
        kernel.pair(name, self._index, peer, self._index + 1, self.spaces[there])
        kernel.up(self._index)

    def _far_end(self, interface: Interface) -> None:
        link = self._links[interface.name, "eth0"]
        held = self.plan.estate.subnets[interface.subnet].blocks
        prefix = next((b.prefix for b in single(held) if b.first <= interface.address <= b.last), 32)
        with inside(self.spaces[interface.name]):
            forwards = interface.role is Role.NAT or not interface.checked
            for name, value in FORWARDING if forwards else QUIET:
                sysctl(name, value)
            with Netlink() as kernel:
                kernel.up(1, noarp=False)
                kernel.up(link)
                kernel.address(link, interface.address, prefix)
                kernel.route(Route(first=0, prefix=0, link=link))
            if interface.role is Role.NAT:
                _nft(_translation(interface))

    def _outside(self, vpc: str) -> None:
        """Every address answers beyond the VPC; replies go back by the way that the sender's address says."""
        space = f"out:{vpc}"
        with inside(self.spaces[space]):
            for name, value in FORWARDING:
                sysctl(name, value)
            with Netlink() as kernel:
                kernel.up(1, noarp=False)
                kernel.route(Route(first=0, prefix=0, link=1, table=ANYWHERE, here=True))
                for name in (INTERNET, SERVICES):
                    kernel.up(self._links[space, name])
                    kernel.rule(Rule(priority=10, table=ANYWHERE, link=name))
                kernel.route(Route(first=0, prefix=0, link=self._links[space, INTERNET]))
                for block in single(self.plan.estate.vpcs[vpc].blocks):
                    kernel.route(
                        Route(first=block.first, prefix=block.prefix, link=self._links[space, SERVICES])
                    )
            self._listen(443)

    def _join(self) -> None:
        """Peering connections: a link between two fabrics."""
        for number, peering in enumerate(self.plan.estate.peerings.values(), 1):
            ends = [str(peering.requester), str(peering.accepter)]
            if peering.active is False or any(f"vpc:{end}" not in self.spaces for end in ends):
                continue
            name = f"pcx{number:x}"
            near, far = (f"vpc:{end}" for end in ends)
            with inside(self.spaces[near]), Netlink() as kernel:
                self._pair(kernel, near, name, far, name)
            with inside(self.spaces[far]), Netlink() as kernel:
                kernel.up(self._links[far, name])
            for end in ends:
                self._peers.setdefault(end, {})[name] = peering.key

    def _finish(self, vpc: str) -> None:
        """The route tables of a VPC."""
        space = f"vpc:{vpc}"
        owned = single(self.plan.estate.vpcs[vpc].blocks)
        ways = Ways(self.plan, vpc, self._peers.get(vpc, {}))
        with inside(self.spaces[space]), Netlink() as kernel:
            kernel.up(1, noarp=False)
            for block in owned:
                kernel.route(Route(first=block.first, prefix=block.prefix))
                kernel.rule(Rule(priority=900, table=254, first=block.first, prefix=block.prefix))
            kernel.route(Route(first=0, prefix=0))
            for subnet in dict.fromkeys(each.subnet for each in self.plan.in_vpc(vpc)):
                mark = self._marks[subnet]
                kernel.rule(Rule(priority=800, table=SPECIFIC + mark, mark=mark))
                kernel.rule(Rule(priority=1000, table=GENERAL + mark, mark=mark))
                kernel.route(Route(first=0, prefix=0, table=GENERAL + mark))
                for way in ways.of(subnet):
                    table = SPECIFIC if is_specific(way, owned) else GENERAL
                    link = self._links.get((space, way.link), 0)
                    kernel.route(
                        Route(first=way.block.first, prefix=way.block.prefix, link=link, table=table + mark)
                    )

    def _transit(self, gateway: str) -> None:
        """A transit gateway: a table for each interface that traffic may come in by."""
        space = f"tgw:{gateway}"
        ports = [each for each in self.plan.interfaces.values() if (space, each.name) in self._links]
        with inside(self.spaces[space]):
            for name, value in FORWARDING:
                sysctl(name, value)
            with Netlink() as kernel:
                for port in ports:
                    kernel.up(self._links[space, port.name])
                for table, port in enumerate(ports, 1000):
                    kernel.rule(Rule(priority=100, table=table, link=port.name))
                    kernel.route(Route(first=0, prefix=0, table=table))
                    for way in transit_ways(self.plan, gateway, port):
                        link = self._links.get((space, way.link), 0)
                        block = way.block
                        kernel.route(Route(first=block.first, prefix=block.prefix, link=link, table=table))

    def _serve(self, interface: Interface) -> None:
        """Something that answers on the interface's ports: the kernel does, as nobody takes the call."""
        if interface.ports:
            with inside(self.spaces[interface.name]):
                for port in interface.ports:
                    self._listen(port)

    def _listen(self, port: int) -> None:
        """Answer on a port of every address; the kernel replies from addresses that no link has."""
        held = socket.socket(socket.AF_INET, socket.SOCK_STREAM | socket.SOCK_CLOEXEC)
        self._sockets.append(held)
        held.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        held.setsockopt(socket.IPPROTO_IP, IP_TRANSPARENT, 1)
        held.bind(("0.0.0.0", port))  # noqa: S104  # inside a namespace of the lab
        held.listen(4096)

    # Filters --------------------------------------------------------------------------------------

    def load(self, *, observing: bool = False) -> None:
        """Put the filters of every VPC in place, or those that only record."""
        for key in self.plan.estate.vpcs:
            fabric = Fabric(plan=self.plan, vpc=key, marks=self._marks, peers=self._peers.get(key, {}))
            with inside(self.spaces[f"vpc:{key}"]):
                _nft(ruleset(fabric, observing=observing))

    def drops(self) -> dict[str, list[tuple[str, str, str]]]:
        """What was stopped since the filters were loaded: by stage, sender's link, receiver's link, VPC."""
        import json

        found: dict[str, list[tuple[str, str, str]]] = {}
        for key in self.plan.estate.vpcs:
            with inside(self.spaces[f"vpc:{key}"]):
                listed = json.loads(_run(["nft", "-j", "list", "sets", "ip"], ""))
            for item in listed["nftables"]:
                name = item.get("set", {}).get("name", "")
                stage = name.removeprefix("drop_")
                if name.startswith("drop_") and stage in STAGES:
                    for element in item["set"].get("elem", []):
                        row = element["concat"] if "concat" in element else element["elem"]["val"]["concat"]
                        found.setdefault(stage, []).append((str(row[0]), str(row[1]), key))
        return found


def _translation(interface: Interface) -> str:
    """A NAT gateway: whatever it sends on has its address."""
    own = dotted(interface.address)
    return (
        "table ip nat {\n chain out {\n  type nat hook postrouting priority srcnat; policy accept;\n"
        f'  oifname "eth0" ip saddr != {own} snat to {own}\n }}\n}}\n'
    )


def _nft(text: str) -> None:
    _run(["nft", "-f", "-"], text)


def _run(words: Iterable[str], text: str) -> str:
    try:
        done = subprocess.run(
            list(words), input=text, capture_output=True, text=True, check=False, timeout=60
        )
    except FileNotFoundError as error:
        raise ToolError("nft is not installed", remedy="apt-get install nftables") from error
    if done.returncode != 0:
        raise ToolError(
            f"nft refused the filters: {done.stderr.strip()[:500]}", remedy="pullproof lab doctor"
        )
    return done.stdout
