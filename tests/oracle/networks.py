"""Random small networks of which everything is known: two VPCs, and everything that joins them.

Small pools make rules, routes and addresses meet often. Most parts are left as they should be, so that
a fair share of connections works. Each network is drawn from a `random.Random`.
"""

from random import Random

from msgspec.structs import replace

from pullproof.model.addresses import NOWHERE, cidr
from pullproof.model.estate import Estate
from pullproof.model.filters import AclEntry, GroupRef, GroupRule, Peer
from pullproof.model.gateways import (
    NetworkInterface,
    Peering,
    TransitAttachment,
    TransitGateway,
    TransitRoute,
    TransitTable,
)
from pullproof.model.packets import ALL_TRAFFIC, TCP, UDP, service
from pullproof.model.value import Listing
from pullproof.model.vpc import ListRef, PublicAccessBlock, Route, TargetKind
from tests.build import (
    REGION,
    a_file_system,
    a_gateway_endpoint,
    a_group,
    a_mount_target,
    a_nat,
    a_prefix_list,
    a_record,
    a_route,
    a_rule,
    a_subnet,
    a_table,
    a_vpc,
    a_zone,
    an_acl,
    an_endpoint,
    an_entry,
    an_estate,
    an_internet_gateway,
    at,
    blocks,
)

SUBNETS = {
    "a1": ("10.0.0.0/28", "a"),
    "a2": ("10.0.0.16/28", "a"),
    "apub": ("10.0.0.32/28", "a"),
    "b1": ("10.1.0.0/28", "b"),
    "bpub": ("10.1.0.16/28", "b"),
    "batt": ("10.1.0.32/28", "b"),
}
GROUPS = ("g1", "g2", "g3")
CIDRS = (
    "0.0.0.0/0", "10.0.0.0/24", "10.0.0.0/28", "10.0.0.0/29", "10.0.0.16/28", "10.1.0.0/24", "10.0.0.0/8",
    "52.92.0.0/17", "52.218.0.0/17", "0.0.0.0/1",
)  # fmt: skip
SERVICES = (
    service(TCP, 443, 443), ALL_TRAFFIC, service(TCP, 0, 65535), service(TCP, 2049, 2049),
    service(UDP, 0, 65535), service(TCP, 1024, 65535), service(TCP, 32768, 60999), service(TCP, 40000, 65535),
)  # fmt: skip
LISTS = ("pl-s3", "pl-other", "pl-user")


def drawn(random: Random) -> Estate:
    """A network."""
    estate = an_estate()
    for vpc, block in (("a", "10.0.0.0/24"), ("b", "10.1.0.0/24")):
        a_vpc(estate, vpc, block, dns_support=mostly(random), dns_hostnames=mostly(random))
    an_internet_gateway(estate, "igw-a", "a")
    an_internet_gateway(estate, "igw-b", random.choice(("b", "b", "b", "")))
    a_prefix_list(estate, "pl-s3", f"com.amazonaws.{REGION}.s3")
    a_prefix_list(estate, "pl-other", f"com.amazonaws.{REGION}.dynamodb")
    a_prefix_list(estate, "pl-user", "ours", blocks("10.0.0.16/28", "52.218.0.0/17"))
    # AWS refuses most routes that are more specific than the local one, so this list has none.
    a_prefix_list(estate, "pl-away", "away", blocks("52.218.0.0/17", "8.8.0.0/16"))
    _filters(random, estate)
    _tables(random, estate)
    for key, (block, vpc) in SUBNETS.items():
        own = ("open", "open", "acl-1", "acl-2")
        table = random.choice(("t1", "t2", "t3", "t4")) if vpc == "a" else random.choice(("u1", "u2"))
        a_subnet(
            estate,
            key,
            block,
            vpc=vpc,
            zone=random.choice(("z1", "z1", "z2")),
            table={"apub": "t-pub", "bpub": "u-pub"}.get(key, table) if random.random() < 0.8 else table,
            acl=random.choice(own),
        )
    a_nat(
        estate, "nat", random.choice(("apub", "apub", "a2")), public=mostly(random), available=mostly(random)
    )
    a_nat(estate, "nat-b", "bpub")
    _joins(random, estate)
    _services(random, estate)
    _far(random, estate)
    return estate


def mostly(random: Random, share: float = 0.9) -> bool:
    """True most of the time."""
    return random.random() < share


def some(random: Random, of: tuple[str, ...], least: int = 0) -> tuple[str, ...]:
    """Some of several, in random order."""
    return tuple(random.sample(of, random.randint(least, len(of))))


def _filters(random: Random, estate: Estate) -> None:
    an_acl(estate, "open")
    for key in ("acl-1", "acl-2"):
        an_acl(estate, key, ingress=_entries(random), egress=_entries(random))
    for key in GROUPS:
        a_group(estate, key, ingress=_rules(random), egress=_rules(random))


def _entries(random: Random) -> tuple[AclEntry, ...]:
    numbers = random.sample(range(1, 20), random.randint(0, 3))
    found = [
        an_entry(number, random.choice(CIDRS), random.choice(SERVICES), allow=mostly(random, 0.5))
        for number in numbers
    ]
    return (*found, an_entry(100, allow=True)) if mostly(random, 0.7) else tuple(found)


def _rules(random: Random) -> tuple[GroupRule, ...]:
    if mostly(random, 0.4):
        return (a_rule("0.0.0.0/0", ALL_TRAFFIC),)
    return tuple(a_rule(_peer(random), random.choice(SERVICES[:4])) for _ in range(random.randint(0, 3)))


def _peer(random: Random) -> Peer:
    kind = random.random()
    if kind < 0.5:
        return blocks(random.choice(CIDRS))
    return GroupRef(random.choice(GROUPS)) if kind < 0.8 else ListRef(random.choice(LISTS))


def _tables(random: Random, estate: Estate) -> None:
    targets = {
        "a": (
            (TargetKind.INTERNET_GATEWAY, "igw-a"),
            (TargetKind.NAT_GATEWAY, "nat"),
            (TargetKind.NAT_GATEWAY, "nat"),
            (TargetKind.PEERING, "pcx"),
            (TargetKind.TRANSIT_GATEWAY, "tgw"),
            (TargetKind.VPN_GATEWAY, "vgw"),
        ),
        "b": (
            (TargetKind.INTERNET_GATEWAY, "igw-b"),
            (TargetKind.NAT_GATEWAY, "nat-b"),
            (TargetKind.PEERING, "pcx"),
            (TargetKind.TRANSIT_GATEWAY, "tgw"),
        ),
    }
    for vpc, names in (("a", ("t1", "t2", "t3", "t4")), ("b", ("u1", "u2"))):
        far = "10.1.0.0/24" if vpc == "a" else "10.0.0.0/24"
        for name in names:
            found = [_route(random, "0.0.0.0/0", targets[vpc][:4])] if mostly(random, 0.7) else []
            if mostly(random, 0.6):
                found.append(_route(random, far, targets[vpc][-3:]))
            if not mostly(random, 0.8):
                to = random.choice((*CIDRS[6:], ListRef("pl-s3"), ListRef("pl-away"), ListRef("pl-other")))
                found.append(_route(random, to, targets[vpc]))
            a_table(estate, name, *found, vpc=vpc)
    for name, vpc, gateway, far in (
        ("t-pub", "a", "igw-a", "10.1.0.0/24"),
        ("u-pub", "b", "igw-b", "10.0.0.0/24"),
    ):
        way = (TargetKind.INTERNET_GATEWAY, gateway)
        found = [_route(random, "0.0.0.0/0", (way,))] if mostly(random) else []
        if mostly(random, 0.6):
            found.append(_route(random, far, targets[vpc][-2:]))
        a_table(estate, name, *found, vpc=vpc)


def _route(random: Random, to: ListRef | str, targets: tuple[tuple[TargetKind, str], ...]) -> Route:
    kind, key = random.choice(targets)
    return a_route(to, kind, key, blackhole=not mostly(random, 0.95), propagated=not mostly(random, 0.95))


def _joins(random: Random, estate: Estate) -> None:
    estate.peerings["pcx"] = Peering(
        key="pcx", origin=at("pcx"), requester="a", accepter="b", active=mostly(random, 0.95)
    )
    estate.transit_gateways["tgw"] = TransitGateway(key="tgw", origin=at("tgw"))
    for key, vpc, subnets in (("att-a", "a", ("a1", "a2", "apub")), ("att-b", "b", ("batt", "b1", "bpub"))):
        estate.transit_attachments[key] = TransitAttachment(
            key=key,
            origin=at(key),
            gateway="tgw",
            vpc=vpc,
            subnets=Listing(_one_per_zone(random, estate, subnets)),
            table=random.choice(("tt-1", "tt-1", "tt-2", "")),
        )
    for key in ("tt-1", "tt-2"):
        static = tuple(
            TransitRoute(
                origin=at(key),
                destination=cidr(random.choice(("0.0.0.0/0", "10.0.0.0/24", "10.1.0.0/24"))),
                attachment=random.choice(("att-a", "att-b", "att-b")),
                blackhole=not mostly(random),
            )
            for _ in range(random.randint(0, 1))
        )
        estate.transit_tables[key] = TransitTable(
            key=key,
            origin=at(key),
            gateway="tgw",
            routes=Listing(static),
            propagations=Listing(
                ("att-a", "att-b") if mostly(random, 0.7) else some(random, ("att-a", "att-b"))
            ),
        )


def _far(random: Random, estate: Estate) -> None:
    """A third VPC on a transit gateway of its own, and interfaces there and at a public address."""
    a_vpc(estate, "c", "10.2.0.0/24")
    a_table(estate, "v1", _route(random, "10.0.0.0/24", ((TargetKind.TRANSIT_GATEWAY, "tgw-c"),)), vpc="c")
    a_subnet(
        estate, "c1", "10.2.0.0/28", vpc="c", zone="z1", table="v1", acl=random.choice(("open", "acl-1"))
    )
    estate.transit_gateways["tgw-c"] = TransitGateway(key="tgw-c", origin=at("tgw-c"))
    for key, gateway, vpc, subnets, table, peer in (
        ("att-c", "tgw-c", "c", ("c1",), "tt-c", ""),
        ("px at tgw", "tgw", "", (), random.choice(("tt-1", "tt-1", "tt-2", "")), "px at tgw-c"),
        ("px at tgw-c", "tgw-c", "", (), "tt-c" if mostly(random) else "", "px at tgw"),
    ):
        estate.transit_attachments[key] = TransitAttachment(
            key=key,
            origin=at(key),
            gateway=gateway,
            vpc=vpc,
            subnets=Listing(subnets),
            table=table,
            peer=peer,
        )
    back = TransitRoute(origin=at("tt-c"), destination=cidr("10.0.0.0/24"), attachment="px at tgw-c")
    estate.transit_tables["tt-c"] = TransitTable(
        key="tt-c",
        origin=at("tt-c"),
        gateway="tgw-c",
        routes=Listing((back,) if mostly(random) else ()),
        propagations=Listing(("att-c",) if mostly(random) else ()),
    )
    there = TransitRoute(origin=at("tt-1"), destination=cidr("10.2.0.0/24"), attachment="px at tgw")
    first = estate.transit_tables["tt-1"]
    estate.transit_tables["tt-1"] = replace(first, routes=Listing((*first.routes.items, there)))
    for name in ("t1", "t2", "t3"):
        table_ = estate.route_tables[name]
        more = _route(random, "10.2.0.0/24", ((TargetKind.TRANSIT_GATEWAY, "tgw"),))
        estate.route_tables[name] = replace(table_, routes=Listing((*table_.routes.items, more)))
    for key, subnet, address, public in (
        ("eni-c", "c1", "10.2.0.5", ""),
        ("eni-b", "bpub", "10.1.0.21", "9.9.9.9"),
    ):
        estate.interfaces[key] = NetworkInterface(
            key=key,
            origin=at(key),
            subnet=subnet,
            groups=Listing(some(random, GROUPS, 1)),
            addresses=blocks(address),
            public_ip=bool(public),
            public=blocks(public) if public else NOWHERE,
        )


def _one_per_zone(random: Random, estate: Estate, subnets: tuple[str, ...]) -> tuple[str, ...]:
    """An attachment, like an endpoint, has one subnet in a zone."""
    found = {str(estate.subnets[key].zone): key for key in some(random, subnets, 1)}
    return tuple(found.values())


def _services(random: Random, estate: Estate) -> None:
    if mostly(random, 0.6):
        subnets = _one_per_zone(random, estate, ("a1", "a2"))
        an_endpoint(
            estate,
            "ecr.api",
            "here",
            vpc="a",
            subnets=subnets,
            groups=some(random, GROUPS, 1),
            private_dns=mostly(random, 0.8),
        )
    an_endpoint(
        estate, "ecr.api", "hub", vpc="b", subnets=_one_per_zone(random, estate, ("b1", "batt")),
        groups=some(random, GROUPS, 1), private_dns=False,
    )  # fmt: skip
    if mostly(random, 0.4):
        name = random.choice(
            ("api.ecr.eu-west-1.amazonaws.com", "ecr.eu-west-1.amazonaws.com", "amazonaws.com")
        )
        host = "api.ecr.eu-west-1.amazonaws.com"
        records = (
            (a_record(host, alias=random.choice(("hub", "hub", "here"))),) if mostly(random, 0.8) else ()
        )
        if records and records[0].alias == "here" and "here" not in estate.endpoints:
            records = ()
        a_zone(estate, name, *records, vpcs=("a",))
    if mostly(random, 0.6):
        a_gateway_endpoint(estate, *some(random, ("t1", "t2", "t3", "t4", "t-pub")), vpc="a")
    if not mostly(random, 0.85):
        an_endpoint(
            estate, "s3", "s3-interface", vpc="a", subnets=("a2",), groups=some(random, GROUPS, 1),
            private_dns=mostly(random, 0.6), inbound_only=not mostly(random, 0.7),
        )  # fmt: skip
    a_file_system(estate)
    targets = _one_per_zone(random, estate, ("a1", "a2"))
    for subnet in targets if mostly(random, 0.9) else ():
        a_mount_target(estate, f"mount-{subnet}", subnet, groups=some(random, GROUPS, 1))
    if not mostly(random):
        mode = random.choice(("block-bidirectional", "block-ingress", "off"))
        estate.public_access_blocks["bpa"] = PublicAccessBlock(key="bpa", origin=at("bpa"), mode=mode)
