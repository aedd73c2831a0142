"""What the second opinion says about one source and one destination, packet by packet.

Only addresses and ports that some rule could tell apart are tried: one of each stretch between the
borders of all blocks that are written anywhere, and the same for ports.
"""

from collections.abc import Iterable, Iterator
from itertools import product

import msgspec

from pullproof.model import s3_ranges
from pullproof.model.addresses import PUBLIC_V4, Addresses, Cidr
from pullproof.model.estate import Estate
from pullproof.model.packets import EPHEMERAL_LINUX, EPHEMERAL_WIDE, TCP, Service
from pullproof.model.ranges import Ranges
from pullproof.reach.walk import Source
from pullproof.verdict import Verdict
from tests.build import REGION
from tests.oracle.packets import Net, NoOpinion, Port, State

API = f"api.ecr.{REGION}.amazonaws.com"
LAYERS = f"prod-{REGION}-starport-layer-bucket.s3.{REGION}.amazonaws.com"
PUBLIC = "registry-1.docker.io"
HOSTS = (API, LAYERS, PUBLIC)


class Opinion(msgspec.Struct, frozen=True):
    """The verdict, and whether any connection at all works."""

    verdict: Verdict
    some_work: bool


class Targets(msgspec.Struct, frozen=True):
    """Where a connection may go: interfaces, or public addresses; `one` when it has just one of them.

    `service` is the AWS service whose lists hold them.
    """

    ports: tuple[Port, ...] = ()
    public: Ranges = ()
    one: bool = False
    service: str = ""


def opinion_of(estate: Estate, source: Source, key: str, port: int, *, public: bool) -> Opinion | str:
    """The same of connections to one interface: by its own address, or by its public one.

    The sender's public address may be any.
    """
    try:
        return _of_interface(estate, source, key, port, public=public)
    except NoOpinion as reason:
        return str(reason)


def _of_interface(estate: Estate, source: Source, key: str, port: int, *, public: bool) -> Opinion:
    published = s3_ranges.prefixes(REGION)
    assert published is not None
    net = Net(estate, published, REGION)
    borders, gates = _borders(estate, published)
    interface = estate.interfaces[key]
    assert isinstance(interface.addresses, Addresses)
    there = Port(interface.addresses.v4[0][0], str(interface.subnet), interface.groups.items)
    outside = _picked(PUBLIC_V4.v4, borders) if public else [0]
    target = interface.public.v4[0][0] if public else there.address
    sender = Port(0, source.subnet, source.groups.items, bool(source.public_ip))
    results: dict[int, set[bool]] = {}
    for task, address in product(list(_spread([sender], borders, estate)), outside):
        for from_port, nat_port in _ports(gates):
            state = State("", TCP, port, from_port=from_port, nat_port=nat_port)
            state.behind, state.outside = (there if public else None), address
            works = net.attempt(task, target, None if public else there, state)
            results.setdefault(address, set()).add(works)
    each = [found == {True} for found in results.values()]
    good = any(True in found for found in results.values())
    if all(each):
        return Opinion(Verdict.WORKS, good)
    return Opinion(Verdict.UNKNOWN if any(each) else Verdict.FAILS, good)


def opinion(estate: Estate, source: Source, targets: Targets | None, port: int) -> Opinion | str:
    """What becomes of connections from anywhere in the source's subnet; None: the name means nothing.

    Text says what is not modelled, where that keeps it from having an opinion.
    """
    try:
        return _opinion(estate, source, targets, port)
    except NoOpinion as reason:
        return str(reason)


def _opinion(estate: Estate, source: Source, targets: Targets | None, port: int) -> Opinion:
    if targets is None:
        return Opinion(Verdict.FAILS, some_work=False)
    published = s3_ranges.prefixes(REGION)
    assert published is not None
    net = Net(estate, published, REGION)
    borders, gates = _borders(estate, published)
    places: list[tuple[int, Port | None]] = [
        *((interface.address, interface) for interface in _spread(targets.ports, borders, estate)),
        *((address, None) for address in _picked(targets.public, borders)),
    ]
    results: dict[int, set[bool]] = {}
    own = tuple(
        _spread([Port(0, source.subnet, source.groups.items, bool(source.public_ip))], borders, estate)
    )
    for task, (address, other) in product(own, places):
        for from_port, nat_port in _ports(gates):
            state = State(targets.service, TCP, port, from_port=from_port, nat_port=nat_port)
            results.setdefault(address, set()).add(net.attempt(task, address, other, state))
    each = [found == {True} for found in results.values()]
    good = any(True in found for found in results.values())
    if all(each):
        return Opinion(Verdict.WORKS, good)
    if targets.one and any(each):
        return Opinion(Verdict.UNKNOWN, good)
    return Opinion(Verdict.FAILS, good)


def _spread(ports: Iterable[Port], borders: list[int], estate: Estate) -> Iterator[Port]:
    """Each interface at all the addresses it may have, as far as rules could tell them apart."""
    for port in ports:
        blocks = estate.subnets[port.subnet].blocks
        assert isinstance(blocks, Addresses)
        for address in _picked(blocks.v4, borders):
            yield msgspec.structs.replace(port, address=address)


def _picked(whole: Ranges, borders: list[int]) -> list[int]:
    """One address of every stretch between two borders."""
    picked = {low for low, _ in whole}
    picked |= {border for border in borders if any(low <= border <= high for low, high in whole)}
    return sorted(picked)


def _borders(estate: Estate, s3: Addresses) -> tuple[list[int], list[int]]:
    """Where a block begins or has just ended; and the same for ports."""
    spans: list[tuple[int, int]] = [*s3.v4, *PUBLIC_V4.v4]
    gates: list[tuple[int, int]] = []
    for acl in estate.acls.values():
        for entry in (*acl.ingress.items, *acl.egress.items):
            spans += entry.block.v4 if isinstance(entry.block, Addresses) else ()
            gates += entry.service.ports if isinstance(entry.service, Service) else ()
    for group in estate.groups.values():
        for rule in (*group.ingress.items, *group.egress.items):
            spans += rule.peer.v4 if isinstance(rule.peer, Addresses) else ()
    for held in estate.prefix_lists.values():
        spans += held.entries.v4 if isinstance(held.entries, Addresses) else ()
    for table in estate.route_tables.values():
        for route in table.routes.items:
            if isinstance(route.destination, Cidr):
                spans.append((route.destination.first, route.destination.last))
    return _edges(spans), _edges(gates)


def _edges(spans: Iterable[tuple[int, int]]) -> list[int]:
    return sorted({edge for low, high in spans for edge in (low, high + 1)})


def _ports(gates: list[int]) -> Iterator[tuple[int, int]]:
    """Pairs of a task's and a NAT gateway's port: each port once is enough, as no rule sees both."""
    mine = _picked(EPHEMERAL_LINUX, gates)
    theirs = _picked(EPHEMERAL_WIDE, gates)
    for place in range(max(len(mine), len(theirs))):
        yield mine[place % len(mine)], theirs[place % len(theirs)]


def named(estate: Estate, source: Source, host: str) -> Targets | None:
    """What a host's name means to a source; None: nothing."""
    vpc = estate.vpcs[str(estate.subnets[source.subnet].vpc)]
    if vpc.dns_support is not True:
        return None
    answers: list[tuple[int, Targets | None]] = [(0, _public(host))]
    if vpc.dns_hostnames is True:
        for zone in estate.zones.values():
            if vpc.key in zone.vpcs.items and f".{host}".endswith(f".{zone.name}"):
                found = [str(record.alias) for record in zone.records.items if record.name == host]
                answers.append((len(str(zone.name)), _interfaces(estate, found[0]) if found else None))
        for endpoint in estate.endpoints.values():
            suffix = "s3" if host == LAYERS else "ecr.api" if host == API else "nothing"
            mine = endpoint.vpc == vpc.key and str(endpoint.service).endswith(f".{suffix}")
            if mine and endpoint.private_dns is True and endpoint.private_dns_inbound_only is False:
                name = f"s3.{REGION}.amazonaws.com" if host == LAYERS else host
                answers.append((len(name), _interfaces(estate, endpoint.key)))
    return max(answers, key=lambda answer: answer[0])[1]


def mounted(estate: Estate, source: Source) -> Targets | None:
    """The mount target that the file system's name means to a source."""
    subnet = estate.subnets[source.subnet]
    vpc = estate.vpcs[str(subnet.vpc)]
    if vpc.dns_support is not True or vpc.dns_hostnames is not True:
        return None
    name = f"fs-1.efs.{REGION}.amazonaws.com"
    if any(
        vpc.key in zone.vpcs.items and f".{name}".endswith(f".{zone.name}") for zone in estate.zones.values()
    ):
        return None
    for target in estate.mount_targets.values():
        there = estate.subnets[str(target.subnet)]
        if there.vpc == vpc.key and there.zone == subnet.zone:
            return Targets(ports=(Port(0, there.key, target.groups.items),))
    return None


def _public(host: str) -> Targets:
    published = s3_ranges.prefixes(REGION)
    assert published is not None
    if host == LAYERS:
        return Targets(public=published.v4, service="s3")
    return Targets(public=PUBLIC_V4.v4, one=True)


def _interfaces(estate: Estate, key: str) -> Targets:
    endpoint = estate.endpoints[key]
    return Targets(ports=tuple(Port(0, subnet, endpoint.groups.items) for subnet in endpoint.subnets.items))
