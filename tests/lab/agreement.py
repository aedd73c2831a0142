"""The proof and the packets, asked the same question about random networks.

`python -m tests.lab.agreement N FIRST [JOBS]`
"""

import sys
from collections.abc import Callable
from random import Random

import msgspec

from pullproof.cli.lab.agreeing import difference, of_reached
from pullproof.lab.ask import ask
from pullproof.lab.fabric import Network
from pullproof.lab.plan import Start, planned
from pullproof.model.endpoints import EndpointType
from pullproof.model.estate import Estate
from pullproof.model.gateways import NetworkInterface
from pullproof.model.value import Listing
from pullproof.model.vpc import DhcpOptions, Target, TargetKind
from pullproof.reach.walk import Source, reach_host, reach_mount
from tests.build import REGION, a_route, a_source, an_endpoint, at, blocks
from tests.lab.shards import JOBS, compare_all
from tests.oracle.networks import GROUPS, drawn, mostly, some
from tests.oracle.reach_cases import HOSTS

WALL = Target(TargetKind.FIREWALL_ENDPOINT, "wall")
MOUNT = f"fs-1.efs.{REGION}.amazonaws.com"


class Disagreement(msgspec.Struct, frozen=True, kw_only=True):
    """One question on which the two differ."""

    seed: int
    host: str
    why: str


def estate_of(seed: int) -> tuple[Estate, Source]:
    """A random network, and who starts connections in it."""
    random = Random(seed)
    estate = drawn(random)
    source = a_source(random.choice(("a1", "a2")), *some(random, GROUPS, 1), public_ip=mostly(random, 0.5))
    estate.region = REGION
    return estate, source


def walled(seed: int, estate: Estate) -> None:
    """Let some routes of a network lead to a firewall with an endpoint in one or two of its subnets."""
    random = Random(f"walls {seed}")
    an_endpoint(
        estate, "", "wall", vpc="a", subnets=some(random, ("a1", "a2", "apub"), 1), groups=(),
        kind=EndpointType.GATEWAY_LOAD_BALANCER, service="com.amazonaws.vpce.eu-west-1.vpce-svc-1",
    )  # fmt: skip
    for key, table in estate.route_tables.items():
        if table.vpc != "a":
            continue
        held = [
            msgspec.structs.replace(route, target=WALL) if mostly(random, 0.4) else route
            for route in table.routes.items
        ]
        if mostly(random, 0.3):
            block = random.choice(("10.0.0.0/28", "10.0.0.16/28", "10.0.0.32/28"))
            held.append(a_route(block, TargetKind.FIREWALL_ENDPOINT, "wall"))
        estate.route_tables[key] = msgspec.structs.replace(table, routes=Listing(tuple(held)))


def named(seed: int, estate: Estate) -> None:
    """Have a network ask DNS servers of its own: an instance, AWS's own by another name, the internet, nobody."""
    random = Random(f"names {seed}")
    for key, subnet, address in (("dns-1", "a1", "10.0.0.12"), ("dns-2", "a2", "10.0.0.28")):
        estate.interfaces[key] = NetworkInterface(
            key=key,
            origin=at(key),
            subnet=subnet,
            groups=Listing(some(random, GROUPS, 1)),
            addresses=blocks(f"{address}/32"),
            public_ip=False,
        )
    servers = some(random, ("10.0.0.12", "10.0.0.28", "10.0.0.2", "8.8.8.8", "10.1.0.2", "10.0.0.29"), 1)[:2]
    estate.dhcp_options["own"] = DhcpOptions(
        key="own", origin=at("own"), amazon_dns=False, servers=Listing(servers)
    )
    estate.vpcs["a"] = msgspec.structs.replace(estate.vpcs["a"], dhcp_options="own")


def compared(seed: int, *changes: Callable[[int, Estate], None]) -> tuple[int, list[Disagreement]]:
    """How many questions were asked about a network, changed like this, and where the answers differ."""
    estate, source = estate_of(seed)
    for change in changes:
        change(seed, estate)
    start = Start(
        key=source.key, subnet=source.subnet, groups=source.groups.items, public_ip=source.public_ip is True
    )
    plan = planned(estate, [start])
    found = []
    with Network(plan) as network:
        interface = plan.of(source.key)[0]
        for host, port in [*((host, 443) for host in HOSTS), (MOUNT, 2049)]:
            proof = reach_mount(estate, source, "fs-1") if port == 2049 else reach_host(estate, source, host)
            packets = ask(network, interface, host, port, seconds=0.3)
            if why := difference(of_reached(proof), packets):
                found.append(Disagreement(seed=seed, host=host, why=why))
    return len(HOSTS) + 1, found


def _lines(seed: int) -> tuple[int, list[str]]:
    questions, found = compared(seed)
    return questions, [f"network {each.seed}, {each.host}: {each.why}" for each in found]


def main(words: list[str]) -> int:
    """Compare as many networks as asked, beginning with a seed; 1 when any differs, or is not compared."""
    count, first, jobs = int(words[0]), int(words[1]), int(words[2]) if words[2:] else JOBS
    told = compare_all(range(first, first + count), _lines, jobs)
    if told is None:
        return 1
    asked, differing = told
    print(f"{count} networks from {first}, {asked} questions, {differing} disagreements")
    return 1 if differing else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
