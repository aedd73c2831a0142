"""Namespaces as they are wanted: their links, addresses, routes and rules; the kernel is given the difference."""

import os
from collections.abc import Iterable

import msgspec

from pullproof.lab.kernel import inside, new_network, sysctl
from pullproof.lab.netlink import Netlink, Route, Rule

#: No IPv6, and no answer is sent a second time: nothing is lost here, and a late one would be recorded
#: against the next question.
QUIET = (
    ("net/ipv6/conf/all/disable_ipv6", "1"),
    ("net/ipv6/conf/default/disable_ipv6", "1"),
    ("net/ipv4/tcp_synack_retries", "0"),
)
#: A router that sends no advice and takes replies by any way.
FORWARDING = (
    *QUIET,
    ("net/ipv4/ip_forward", "1"),
    ("net/ipv4/conf/all/rp_filter", "0"),
    ("net/ipv4/conf/default/rp_filter", "0"),
    ("net/ipv4/conf/all/send_redirects", "0"),
    ("net/ipv4/conf/default/send_redirects", "0"),
)
LOOPBACK = 1


class Cable(msgspec.Struct, frozen=True):
    """A veth pair: a space and a link's name, twice."""

    here: str
    name: str
    there: str
    peer: str


class Address(msgspec.Struct, frozen=True):
    """An address of a link ("lo" for the loopback)."""

    link: str
    address: int
    prefix: int


class Lead(msgspec.Struct, frozen=True):
    """A route by the name of its link ("" into silence); `here`: the addresses are this space's own."""

    first: int
    prefix: int
    link: str = ""
    table: int = 254
    here: bool = False


class Wanted(msgspec.Struct, kw_only=True):
    """All that one space should have beside its links."""

    forwards: bool = False
    addresses: list[Address] = []
    leads: list[Lead] = []
    rules: list[Rule] = []


class Spaces:
    """The namespaces of a lab, each held by a file descriptor."""

    def __init__(self) -> None:
        self.held: dict[str, int] = {}
        self._links: dict[tuple[str, str], int] = {}
        self._cables: set[Cable] = set()
        self._addresses: dict[str, set[Address]] = {}
        self._routes: dict[str, dict[tuple[int, int, int], Route]] = {}
        self._rules: dict[str, set[Rule]] = {}
        self._index = 100

    def close(self) -> None:
        """Let go of everything."""
        for fd in self.held.values():
            os.close(fd)
        self.held = {}

    def has(self, space: str, link: str) -> bool:
        """Whether a space has a link of that name."""
        return (space, link) in self._links

    def become(self, wanted: dict[str, Wanted], cables: Iterable[Cable]) -> None:
        """Make the spaces what is wanted, in an order in which nothing refers to what is not there yet."""
        every = set(cables)
        self._cut(self._cables - every, wanted)
        for space in [space for space in self.held if space not in wanted]:
            os.close(self.held.pop(space))
            for kept in (self._addresses, self._routes, self._rules):
                kept.pop(space, None)
        for space, want in wanted.items():
            if space not in self.held:
                self._make(space, want)
        self._wire(every - self._cables)
        self._cables = every
        for space, want in wanted.items():
            self._set(space, want)

    def _make(self, space: str, want: Wanted) -> None:
        self.held[space] = new_network()
        with inside(self.held[space]), Netlink() as kernel:
            for name, value in FORWARDING if want.forwards else QUIET:
                sysctl(name, value)
            kernel.up(LOOPBACK, noarp=False)
        self._links[space, "lo"] = LOOPBACK

    def _cut(self, cables: set[Cable], wanted: dict[str, Wanted]) -> None:
        for cable in cables:
            index = self._links.pop((cable.here, cable.name))
            self._links.pop((cable.there, cable.peer))
            if cable.here in wanted and cable.there in wanted:
                with inside(self.held[cable.here]), Netlink() as kernel:
                    kernel.drop_link(index)
            for space in (cable.here, cable.there):
                gone = [key for key, route in self._routes.get(space, {}).items() if route.link == index]
                gone += [key for key, route in self._routes.get(space, {}).items() if route.link == index + 1]
                for key in gone:
                    self._routes[space].pop(key, None)

    def _wire(self, cables: set[Cable]) -> None:
        """New pairs, a batch for each space that holds their near ends, then their far ends."""
        near: dict[str, list[Cable]] = {}
        far: dict[str, list[Cable]] = {}
        for cable in sorted(cables, key=lambda each: (each.here, each.name)):
            near.setdefault(cable.here, []).append(cable)
            far.setdefault(cable.there, []).append(cable)
        for space, held in near.items():
            with inside(self.held[space]), Netlink() as kernel:
                for cable in held:
                    self._index += 2
                    self._links[cable.here, cable.name] = self._index
                    self._links[cable.there, cable.peer] = self._index + 1
                    kernel.pair(cable.name, self._index, cable.peer, self._index + 1, self.held[cable.there])
                    kernel.up(self._index)
        for space, held in far.items():
            with inside(self.held[space]), Netlink() as kernel:
                for cable in held:
                    kernel.up(self._links[cable.there, cable.peer])

    def _set(self, space: str, want: Wanted) -> None:
        addresses = {each for each in want.addresses if (space, each.link) in self._links}
        routes = {
            (lead.table, lead.first, lead.prefix): Route(
                first=lead.first,
                prefix=lead.prefix,
                link=self._links.get((space, lead.link), 0),
                table=lead.table,
                here=lead.here,
            )
            for lead in want.leads
        }
        rules = set(want.rules)
        had, ruled = self._routes.get(space, {}), self._rules.get(space, set())
        new = addresses - self._addresses.get(space, set())
        if not new and had == routes and ruled == rules:
            return
        with inside(self.held[space]), Netlink() as kernel:
            for one in new:
                host = one.link == "lo"
                kernel.address(self._links[space, one.link], one.address, one.prefix, host=host)
            for key in had.keys() - routes.keys():
                kernel.drop_route(had[key])
            for key, route in routes.items():
                if had.get(key) != route:
                    kernel.route(route)
            for rule in ruled - rules:
                kernel.drop_rule(rule)
            for rule in sorted(rules - ruled, key=lambda each: each.priority):
                kernel.rule(rule)
        self._addresses[space], self._routes[space], self._rules[space] = addresses, routes, rules
