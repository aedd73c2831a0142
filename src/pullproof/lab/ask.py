"""Questions to a network: does a connection open, and if not, what stopped it."""

import msgspec

from pullproof.lab.fabric import Network
from pullproof.lab.names import NoAnswer, addresses
from pullproof.lab.nft import Drop
from pullproof.lab.plan import Interface
from pullproof.lab.probe import SILENCE, connect

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
}
#: Nothing was dropped by a filter, and nothing came back: no route leads there.
SILENT = "no-route"


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

    @property
    def works(self) -> bool:
        """Whether every address that the name has answered."""
        return self.gate == ""


def ask(network: Network, start: Interface, host: str, port: int, *, seconds: float = SILENCE) -> Outcome:
    """Connect from an interface to a name or an address, for real."""
    try:
        targets = _targets(network, start, host)
    except NoAnswer as reason:
        return Outcome(addresses=(), gate=str(reason), gates=(str(reason),), ends=True)
    tried = connect(network, start.name, targets, port, seconds=seconds)
    if tried.all_open:
        return Outcome(addresses=targets, opened=tried.opened)
    stopped = network.drops()
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


def _targets(network: Network, start: Interface, host: str) -> tuple[int, ...]:
    parts = host.split(".")
    if len(parts) == 4 and all(part.isdigit() and int(part) < 256 for part in parts):
        return (int.from_bytes(bytes(int(part) for part in parts), "big"),)
    return addresses(network.plan, start.subnet, host)
