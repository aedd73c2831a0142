"""Namespaces as they are wanted: their links, addresses, routes and rules; the kernel is given the difference."""

import os
from collections.abc import Iterable

import msgspec

from pullproof.lab.kernel import Journey, inside, sysctl
from pullproof.lab.netlink import Netlink, Route, Rule

#: No answer is sent a second time: nothing is lost here, and a late one would be recorded against the next
#: question.
ANSWERING = (("net/ipv4/tcp_synack_retries", "0"),)
#: A router that sends no advice and takes replies by any way.
FORWARDING = (
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
    """All that one space should have beside its links; `answers`: somebody takes calls in it."""

    forwards: bool = False
    answers: bool = False
    addresses: list[Address] = []
    leads: list[Lead] = []
    rules: list[Rule] = []


class Settings(msgspec.Struct, kw_only=True):
    """What a space has: routes by table, first address and prefix."""

    addresses: set[Address] = msgspec.field(default_factory=set)
    routes: dict[tuple[int, int, int], Route] = msgspec.field(default_factory=dict)
    rules: set[Rule] = msgspec.field(default_factory=set)


class Spaces:
    """The namespaces of a lab, each held by a file descriptor."""

    def __init__(self) -> None:
        self.held: dict[str, int] = {}
        self._links: dict[tuple[str, str], int] = {}
        self._cables: set[Cable] = set()
        self._settings: dict[str, Settings] = {}
        #: Spaces whose loopback is not switched on yet.
        self._asleep: set[str] = set()
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
            self._settings.pop(space, None)
        self._build(wanted, every - self._cables)
        self._cables = every

    def _build(self, wanted: dict[str, Wanted], cables: set[Cable]) -> None:
        """Make what is new, and settle every space.

        Pairs are made in the space of their far end: an interface's own has no other, so that one
        conversation does all of it.
        """
        near: dict[str, list[Cable]] = {}
        far: dict[str, list[Cable]] = {}
        for cable in sorted(cables, key=lambda each: (each.here, each.name)):
            near.setdefault(cable.here, []).append(cable)
            far.setdefault(cable.there, []).append(cable)
        with Journey() as journey:
            new = [space for space in wanted if space not in self.held]
            for space in new:
                self._found(journey, space, wanted[space])
            for space, held in far.items():
                with self._talk(journey, space) as kernel:
                    for cable in held:
                        self._pair(kernel, cable)
                    if space not in near:
                        self._settle(kernel, space, wanted[space])
            for space, want in wanted.items():
                if space in near or self._differs(space, want):
                    with self._talk(journey, space) as kernel:
                        for cable in near.get(space, ()):
                            kernel.no_ipv6(self._links[space, cable.name])
                            kernel.up(self._links[space, cable.name])
                        self._settle(kernel, space, want)

    def _found(self, journey: Journey, space: str, want: Wanted) -> None:
        self.held[space] = journey.found()
        # The fewer the better: the kernel looks through those of every namespace to find one's own.
        for name, value in (FORWARDING if want.forwards else ()) + (ANSWERING if want.answers else ()):
            sysctl(name, value)
        self._links[space, "lo"] = LOOPBACK
        self._asleep.add(space)

    def _talk(self, journey: Journey, space: str) -> Netlink:
        """A conversation in a space; the first one there switches the loopback on."""
        journey.to(self.held[space])
        kernel = Netlink()
        if space in self._asleep:
            self._asleep.remove(space)
            kernel.up(LOOPBACK, noarp=False)
        return kernel

    def _pair(self, kernel: Netlink, cable: Cable) -> None:
        """A new pair, made where its far end is."""
        self._index += 2
        self._links[cable.here, cable.name] = self._index
        self._links[cable.there, cable.peer] = self._index + 1
        kernel.pair(cable.peer, self._index + 1, cable.name, self._index, self.held[cable.here])
        kernel.no_ipv6(self._index + 1)
        kernel.up(self._index + 1)

    def _wishes(self, space: str, want: Wanted) -> Settings:
        """What a space wants by the numbers of its links."""
        return Settings(
            addresses={each for each in want.addresses if (space, each.link) in self._links},
            routes={
                (lead.table, lead.first, lead.prefix): Route(
                    first=lead.first,
                    prefix=lead.prefix,
                    link=self._links.get((space, lead.link), 0),
                    table=lead.table,
                    here=lead.here,
                )
                for lead in want.leads
            },
            rules=set(want.rules),
        )

    def _differs(self, space: str, want: Wanted) -> bool:
        return self._settings.get(space) != self._wishes(space, want)

    def _settle(self, kernel: Netlink, space: str, want: Wanted) -> None:
        """Addresses, routes and rules: what is new, and what is no longer wanted."""
        had, has = self._settings.get(space, Settings()), self._wishes(space, want)
        for one in has.addresses - had.addresses:
            kernel.address(self._links[space, one.link], one.address, one.prefix, host=one.link == "lo")
        for key in had.routes.keys() - has.routes.keys():
            kernel.drop_route(had.routes[key])
        for key, route in has.routes.items():
            if had.routes.get(key) != route:
                kernel.route(route)
        for rule in had.rules - has.rules:
            kernel.drop_rule(rule)
        for rule in sorted(has.rules - had.rules, key=lambda each: each.priority):
            kernel.rule(rule)
        self._settings[space] = has

    def _cut(self, cables: set[Cable], wanted: dict[str, Wanted]) -> None:
        """Take pairs away, unless they go with a space."""
        cut: set[int] = set()
        for cable in cables:
            index = self._links.pop((cable.here, cable.name))
            self._links.pop((cable.there, cable.peer))
            if cable.here in wanted and cable.there in wanted:
                with inside(self.held[cable.here]), Netlink() as kernel:
                    kernel.drop_link(index)
            cut |= {index, index + 1}
        for settings in self._settings.values() if cut else ():
            # The kernel takes the routes of a link away with it.
            for key in [key for key, route in settings.routes.items() if route.link in cut]:
                del settings.routes[key]
