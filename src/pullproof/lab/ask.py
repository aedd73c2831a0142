"""Questions to a network: does a connection open, and if not, what stopped it."""

import contextlib

import msgspec

from pullproof.lab.dns import asked
from pullproof.lab.fabric import DNS, Network
from pullproof.lab.kernel import inside
from pullproof.lab.names import NoAnswer, addresses, ipv4, serves
from pullproof.lab.nft import Drop
from pullproof.lab.plan import Interface
from pullproof.lab.probe import SILENCE, Tried, connect
from pullproof.lab.resolver import Resolver
from pullproof.lab.servers import anybody_at, asks_amazon, servers

#: What the end of each stage is called in reports.
CODES = {
    "sg_out": "sg-egress",
    "sg_in": "sg-ingress",
    "nacl_out": "nacl-egress",
    "nacl_in": "nacl-ingress",
    "nacl_return": "nacl-return",
    "no_public": "no-public-ip",
    "blocked": "public-access-blocked",
    "transitive": "no-route",
    "unseen": "asymmetric-route",
}
#: Nothing was dropped by a filter, and nothing came back: no route leads there.
SILENT = "no-route"
#: Seconds in which a network that is not busy has answered.
SOON = 0.02
#: No server says what the name is.
NO_SERVER = "dns-no-answer"
#: The address is another service's endpoint.
WRONG = "private-dns-off"


class Unanswered(Exception):
    """No DNS server said anything: which were asked, and what was stopped of the questions and answers."""

    def __init__(self, servers: tuple[str, ...], drops: tuple[Drop, ...]) -> None:
        super().__init__(", ".join(servers))
        self.servers, self.drops = servers, drops


class Outcome(msgspec.Struct, frozen=True, kw_only=True):
    """What packets say of one connection.

    `gate` is the code of what stopped it first ("" when it opened). `gates` are all filters that would
    stop it, found by letting it pass each; `ends` says that even then nothing came back. `drops` are
    the records behind them.
    """

    addresses: tuple[int, ...]
    opened: tuple[int, ...] = ()
    gate: str = ""
    gates: tuple[str, ...] = ()
    ends: bool = False
    drops: tuple[Drop, ...] = ()
    #: False where something decides that a lab does not have.
    emulated: bool = True

    @property
    def works(self) -> bool:
        """Whether every address that the name has answered."""
        return self.gate == ""


def ask(network: Network, start: Interface, host: str, port: int, *, seconds: float = SILENCE) -> Outcome:
    """Connect from an interface to a name or an address, for real."""
    try:
        targets = _targets(network, start, host, seconds)
    except Unanswered as silence:
        return _unanswered(silence)
    except NoAnswer as reason:
        return Outcome(addresses=(), gate=str(reason), gates=(str(reason),), ends=True)
    network.answers(port)
    tried, stopped = _tried(network, start, targets, port, seconds)
    if tried.all_open:
        return _answered(network, start, targets, host)
    network.load(observing=True)
    try:
        passed = connect(network, start.name, targets, port, seconds=seconds)
        every = network.drops()
    finally:
        network.load()
    first = next((CODES[stage] for stage in CODES if any(drop.stage == stage for drop in stopped)), SILENT)
    return Outcome(
        addresses=targets,
        opened=tried.opened,
        gate=first,
        gates=tuple(dict.fromkeys(CODES[drop.stage] for drop in every)),
        ends=not passed.all_open,
        drops=every,
    )


def _tried(
    network: Network, start: Interface, targets: tuple[int, ...], port: int, seconds: float
) -> tuple[Tried, tuple[Drop, ...]]:
    """Connections, and what was dropped. A record of a drop says sooner than silence that none will open."""
    tried = connect(network, start.name, targets, port, seconds=SOON)
    if tried.all_open:
        return tried, network.drops()
    dropped = network.drops()
    if not dropped and not tried.refused:
        tried = connect(network, start.name, targets, port, seconds=seconds)
        dropped = network.drops()
    return tried, dropped


def _answered(network: Network, start: Interface, targets: tuple[int, ...], host: str) -> Outcome:
    """A connection that opened, unless another service than the one that is meant answers there.

    Where several VPCs have an address, it is the sender's own that was asked.
    """
    plan = network.plan
    near = {each.address for each in plan.in_vpc(start.vpc)}
    for interface in plan.interfaces.values():
        if interface.vpc != start.vpc and interface.address in near:
            continue
        endpoint = plan.estate.endpoints.get(interface.owner)
        if endpoint is not None and interface.address in targets and not serves(plan, endpoint, host):
            return Outcome(addresses=targets, gate=WRONG, gates=(WRONG,), ends=True)
    return Outcome(addresses=targets, opened=targets)


def _targets(network: Network, start: Interface, host: str, seconds: float) -> tuple[int, ...]:
    """The addresses that a name has for who asks: of the VPC's resolver, or as servers of one's own say.

    Raises:
        NoAnswer: it has none.
        Unanswered: no server said anything.
    """
    if (address := ipv4(host)) is not None:
        return (address,)
    if asks_amazon(network.plan, start.subnet):
        return addresses(network.plan, start.subnet, host)
    with contextlib.nullcontext() if network.resolved else contextlib.closing(Resolver(network)):
        return _looked_up(network, start, host, seconds)


def _looked_up(network: Network, start: Interface, host: str, seconds: float) -> tuple[int, ...]:
    """Ask each server in turn, until one answers; those that are late for so long."""
    asking = servers(network.plan, start.subnet)
    network.load()
    for server in asking:
        for patience in (SOON, seconds):
            with inside(network.spaces[start.name]):
                found = asked(server, host, patience)
            if found is not None:
                return tuple(filter(None, map(ipv4, found)))
            if not anybody_at(network.plan, server) or any(d.address == server for d in network.drops()):
                break
    raise Unanswered(asking, tuple(drop for drop in network.drops() if drop.port == DNS))


def _unanswered(silence: Unanswered) -> Outcome:
    """Filters stopped every question; or a server is silent, of which the input may not show what it does."""
    codes = tuple(dict.fromkeys(CODES[drop.stage] for drop in silence.drops))
    if {drop.address for drop in silence.drops} >= set(silence.servers):
        return Outcome(addresses=(), gate=codes[0], gates=codes, ends=True, drops=silence.drops)
    return Outcome(addresses=(), gate=NO_SERVER, gates=codes, drops=silence.drops, emulated=False)
