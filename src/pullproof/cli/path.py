"""`path`: any connection of any interface, hop by hop."""

from argparse import Namespace
from collections.abc import Iterable

import msgspec

from pullproof.cli.answer import deliver, look_for, near
from pullproof.cli.check import status
from pullproof.cli.loading import load, several
from pullproof.errors import UsageError
from pullproof.evidence import Reached
from pullproof.model.addresses import NOWHERE, Addresses, of
from pullproof.model.estate import Estate, look_up
from pullproof.model.packets import TCP, UDP
from pullproof.model.value import Listing, Maybe, Unknown
from pullproof.reach.walk import Source, reach_addresses, reach_host
from pullproof.report.path import Followed, render, render_json
from pullproof.sources.base import Loaded
from pullproof.verdict import all_of

PROTOCOLS = {"tcp": TCP, "udp": UDP}


class Target(msgspec.Struct, frozen=True, kw_only=True):
    """Where to: a name, or addresses (then `addresses` is set); the port, and the protocol's name."""

    host: str
    port: int
    protocol: str
    addresses: Addresses | None = None

    def __str__(self) -> str:
        """As a report says it: "db.example.com, tcp/5432"."""
        return f"{self.host}, {self.protocol}/{self.port}"


def path(options: Namespace) -> int:
    """Follow the connection from every subnet it may start in, and print each way.

    Raises:
        UsageError: the start or the target is nothing that can be followed.
    """
    target = target_of(options.target, options.protocol)
    loaded = load(options)
    estate = loaded.estate
    target = at_interface(target, loaded)
    sources = [
        source
        for name in loaded.names.get(options.start, (options.start,))
        for source in starts(
            estate, name, several(options.security_groups), public_ip=options.assign_public_ip
        )
    ]
    ways = _alike([(source, _reach(estate, source, target)) for source in sources], str(target))
    verdict = all_of(way.reached.verdict for way in ways)
    if options.format == "json":
        question = {
            "source": {"kind": loaded.kind, "path": loaded.path},
            "from": options.start,
            "to": {"host": target.host, "port": target.port, "protocol": target.protocol},
        }
        deliver(render_json(ways, loaded.places, question, verdict), options)
    else:
        deliver(render(ways, loaded.places, look_for(options)), options)
    return status([verdict], allow_unknown=options.allow_unknown)


def target_of(text: str, protocol: str) -> Target:
    """Read HOST:PORT; the host is a name, an address, a block, or an IPv6 address in brackets.

    Raises:
        UsageError: it is written in another way.
    """
    host, colon, port = text.rpartition(":")
    bare = host.removeprefix("[").removesuffix("]")
    if not colon or not bare or not port.isascii() or not port.isdigit() or not 0 < int(port) < 65536:
        raise UsageError(f"{text} is no host and port", remedy="--to db.example.com:5432")
    if bare.replace(".", "").replace("/", "").isdigit() or ":" in bare:
        try:
            return Target(host=bare, port=int(port), protocol=protocol, addresses=of(bare))
        except ValueError as error:
            raise UsageError(f"{bare} is no address", remedy="--to 10.0.1.25:5432") from error
    if not all(
        part and part.replace("-", "").replace("_", "").isalnum() for part in bare.rstrip(".").split(".")
    ):
        raise UsageError(f"{bare} is no host name", remedy="--to db.example.com:5432")
    return Target(host=bare.rstrip(".").lower(), port=int(port), protocol=protocol)


def at_interface(target: Target, loaded: Loaded) -> Target:
    """The addresses of a target that is the name of an interface, an instance or a task of the input.

    Raises:
        UsageError: it is one whose addresses are not known.
    """
    if target.addresses is not None:
        return target
    keys = loaded.names.get(target.host, (target.host,))
    held = [loaded.estate.interfaces[key] for key in keys if key in loaded.estate.interfaces]
    if not held:
        return target
    found = NOWHERE
    for interface in held:
        if isinstance(interface.addresses, Unknown):
            raise _unplaced(interface.addresses)
        found |= interface.addresses
    return msgspec.structs.replace(target, addresses=found)


def starts(estate: Estate, name: str, groups: tuple[str, ...], *, public_ip: bool) -> list[Source]:
    """The interfaces that `name` means: of whatever runs tasks, of a subnet with groups, or itself one.

    An address without its index means all that have it.

    Raises:
        UsageError: nothing of that name has a network interface, or its place is not known.
    """
    found: list[Source] = []
    for key in _named(name, estate.launches):
        launch = estate.launches[key]
        _refuse_groups(name, groups)
        found += [
            Source(key=key, subnet=subnet, groups=launch.groups, public_ip=launch.public_ip)
            for subnet in launch.subnets.items
        ]
        if not launch.subnets.items and launch.subnets.open:
            raise _unplaced(launch.subnets.open[0])
    for key in _named(name, estate.interfaces):
        box = estate.interfaces[key]
        _refuse_groups(name, groups)
        if isinstance(box.subnet, Unknown):
            raise _unplaced(box.subnet)
        found.append(
            Source(
                key=key,
                subnet=box.subnet,
                groups=box.groups,
                public_ip=box.public_ip,
                addresses=box.addresses,
            )
        )
    for key in _named(name, estate.subnets):
        held = Listing(groups) if groups else _default_group(estate, key)
        found.append(Source(key=key, subnet=key, groups=held, public_ip=public_ip))
    if not found:
        every = [*estate.launches, *estate.interfaces, *estate.subnets]
        raise UsageError(
            f"nothing called {name} has a network interface here",
            remedy=near(name, every, "--from", _some(every)),
        )
    return found


def _reach(estate: Estate, source: Source, target: Target) -> Reached:
    if target.addresses is not None:
        return reach_addresses(estate, source, target.addresses, target.port, PROTOCOLS[target.protocol])
    return reach_host(estate, source, target.host, target.port, PROTOCOLS[target.protocol])


def _alike(ways: Iterable[tuple[Source, Reached]], target: str) -> tuple[Followed, ...]:
    """Ways from one start that are the same in several subnets, told once."""
    found: list[Followed] = []
    for source, reached in ways:
        for place, one in enumerate(found):
            if one.start == source.key and one.is_like(reached):
                found[place] = msgspec.structs.replace(one, subnets=(*one.subnets, source.subnet))
                break
        else:
            found.append(Followed(start=source.key, subnets=(source.subnet,), target=target, reached=reached))
    return tuple(found)


def _named(name: str, held: Iterable[str]) -> list[str]:
    return [key for key in held if key == name or key.startswith(f"{name}[")]


def _default_group(estate: Estate, subnet: str) -> Listing[str]:
    """Without groups of its own, an interface has the default one of its VPC."""
    vpc = look_up(estate.vpcs, estate.subnets[subnet].vpc, "the VPC", subnet)
    group: Maybe[str] = vpc if isinstance(vpc, Unknown) else vpc.default_group
    return Listing((), (group,)) if isinstance(group, Unknown) else Listing((group,))


def _refuse_groups(name: str, groups: tuple[str, ...]) -> None:
    if groups:
        raise UsageError(
            f"--security-groups goes with a subnet, and {name} has groups of its own", remedy="leave them out"
        )


def _unplaced(unknown: Unknown) -> UsageError:
    return UsageError(
        f"{unknown.what}: {unknown.why.value}", place=unknown.resource, remedy=unknown.settle_by
    )


def _some(every: list[str]) -> str:
    return f"there is: {', '.join(sorted(every)[:6])}" if every else "pass the input that has it"
