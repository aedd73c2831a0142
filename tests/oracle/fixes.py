"""Small broken estates, and every fix of one that comes to mind: found by branching, without rounds.

From no edits at all: judge, take the first thing that is in the way, and try everything that could mend it.
Nothing is chosen before all is judged, so what a choice leads to later counts. What a fix may contain is
what the strategies say (docs/fix.md): a way that is there is kept, endpoints carry groups of endpoints.
"""

import random
from collections.abc import Iterator

import msgspec

from pullproof.launch.requirement import Allow, Connect
from pullproof.model import addresses
from pullproof.model import edits as e
from pullproof.model.edits import Edit, managed_list
from pullproof.model.endpoints import EndpointType
from pullproof.model.estate import Estate
from pullproof.model.filters import AclEntry, GroupRef, GroupRule, NetworkAcl, Peer, SecurityGroup
from pullproof.model.iam import Statement
from pullproof.model.packets import EPHEMERAL_WIDE, TCP, Service, tcp
from pullproof.model.services import service_of
from pullproof.model.value import Listing, Origin
from pullproof.model.vpc import ListRef, RouteTable, Target, TargetKind
from pullproof.prove.gaps import Gap, Survey, survey
from pullproof.repair.apply import edited
from pullproof.repair.cost import of_edits, prices_of, rank
from pullproof.repair.cover import Measure, Order
from pullproof.repair.exposure import Exposure
from pullproof.repair.order import ordered
from pullproof.repair.search import worse
from tests.rules.build import REGION, at, change, estate, may_not, nat

TASKS, ENDPOINTS = ("t0", "t1"), ("e0", "e1")
S3 = f"com.amazonaws.{REGION}.s3"
INSIDE = addresses.of("10.0.0.0/16")

Edits = frozenset[Edit]


def broken(seed: int) -> Estate:
    """A small network of one or two services with several things wrong, or none."""
    draw = random.Random(seed)
    made = estate()
    for key in ("logs", "secretsmanager", "ssm", "ssmmessages", "kms"):
        del made.endpoints[key]
    if draw.random() < 0.4:
        nat(made)
        if draw.random() < 0.5:
            made.route_tables["rtb"] = RouteTable(key="rtb", origin=at("rtb"), vpc="vpc", routes=Listing())
    _groups(made, draw)
    _lacking(made, draw)
    base = made.launches.pop("service")
    for name in ("service", "other")[: draw.choice((1, 2))]:
        groups = draw.sample(TASKS, draw.choice((1, 1, 2)))
        where = draw.choice([key for key in made.subnets if key != "subnet-public"])
        made.launches[name] = msgspec.structs.replace(
            base, key=name, groups=Listing(tuple(groups)), subnets=Listing((where,))
        )
    return made


def _groups(made: Estate, draw: random.Random) -> None:
    for group in (*TASKS, *ENDPOINTS):
        out = group in TASKS
        others = ENDPOINTS if out else TASKS
        peers: list[Peer] = [GroupRef(other) for other in others if draw.random() < 0.5]
        if draw.random() < 0.3:
            peers = [addresses.EVERY_V4 if out and draw.random() < 0.5 else INSIDE]
        rules = Listing(tuple(GroupRule(origin=at(group), service=tcp(443), peer=peer) for peer in peers))
        made.groups[group] = SecurityGroup(
            key=group,
            origin=at(group),
            vpc="vpc",
            ingress=Listing() if out else rules,
            egress=rules if out else Listing(),
        )


def _lacking(made: Estate, draw: random.Random) -> None:
    for key in ("ecr.api", "ecr.dkr"):
        change(made.endpoints, key, groups=Listing((draw.choice(ENDPOINTS),)))
        if draw.random() < 0.25:
            del made.endpoints[key]
        elif draw.random() < 0.15:
            change(made.endpoints, key, private_dns=False)
    if draw.random() < 0.2:
        del made.endpoints["s3"]
    elif draw.random() < 0.3:
        change(made.endpoints, "s3", route_tables=Listing())
    if draw.random() < 0.1:
        change(made.vpcs, "vpc", dns_hostnames=False)
    if draw.random() < 0.2:
        may_not(made, draw.choice(("ecr:BatchGetImage", "ecr:GetAuthorizationToken")))
    if draw.random() < 0.25:
        every = made.acls["acl"].ingress
        deny = AclEntry(origin=at("acl"), number=50, allow=False, service=tcp(443), block=INSIDE)
        sides = [Listing((deny, *every.items)), every]
        draw.shuffle(sides)
        made.acls["strict"] = NetworkAcl(
            key="strict", origin=at("strict"), vpc="vpc", ingress=sides[0], egress=sides[1]
        )
        change(made.subnets, draw.choice(("subnet-a", "subnet-b")), acl="strict")


def order_of(made: Estate, edits: Edits) -> tuple[object, ...]:
    """Where a set of edits stands, without the words that only make the answer the same each time."""
    after = edited(made, ordered(edits))
    measure = Measure(Exposure(after), lambda some: rank(of_edits(some, after), prices_of(made.region)))
    order: Order = measure.order(edits)
    return order[:3]


def smaller(made: Estate, via: str, wanted: Survey, least: tuple[object, ...], budget: int) -> Edits | None:
    """A set of edits that comes before `least` and after which all is as in `wanted`, or better; None if none is
    found within so many judgements.
    """
    before = survey(made)
    seen: set[Edits] = set()
    left: list[Edits] = [frozenset()]
    while left and len(seen) < budget:
        tried = left.pop()
        if tried in seen:
            continue
        seen.add(tried)
        now = edited(made, ordered(tried))
        found = survey(now)
        gone = set(worse(before, found))
        gaps = [gap for gap in (*found.gaps, *found.warned) if gap in found.gaps or gap.claim in gone]
        if not gaps:
            if not gone and found.verdicts == wanted.verdicts and found.doubts <= wanted.doubts:
                return tried
            continue
        more = {tried.union(move) for move in moves(now, gaps[0], via, len(tried), found)} - seen
        ranked = sorted(((order_of(made, one), repr(ordered(one)), one) for one in more), reverse=True)
        left += [one for order, _, one in ranked if order < least]
    return None


def moves(now: Estate, gap: Gap, via: str, count: int, found: Survey) -> Iterator[tuple[Edit, ...]]:
    """Everything that could mend a gap."""
    code, need = gap.decision.code, gap.need
    filtered = code in ("sg-egress", "sg-ingress") or code.startswith("nacl")
    if isinstance(need, Connect) and not filtered:
        yield from _ways(now, gap, need, via, found)
    if code in ("sg-egress", "sg-ingress"):
        yield from _rules(now, gap, egress=code == "sg-egress")
    if code.startswith("nacl"):
        yield from _entries(gap.decision.to_change, 40 - count)
    if isinstance(need, Allow):
        for resource in (need.resource, "*"):
            statement = Statement(
                origin=Origin("x"),
                allow=True,
                actions=Listing((need.action,)),
                resources=Listing((resource,)),
            )
            yield (e.AddStatement(kind="roles", holder="execution", statement=statement),)


def _rules(now: Estate, gap: Gap, *, egress: bool) -> Iterator[tuple[Edit, ...]]:
    theirs = [key for key in (*ENDPOINTS, "new.endpoints") if key in now.groups]
    ours = now.launches[gap.launch].groups.items
    wide = (ListRef(managed_list(S3)), addresses.EVERY_V4) if egress else ()
    for group in ours if egress else theirs:
        for peer in (*map(GroupRef, theirs if egress else ours), *wide, INSIDE):
            yield (e.AddGroupRule(group=group, egress=egress, service=tcp(443), peer=peer),)


def _entries(acl: str, number: int) -> Iterator[tuple[Edit, ...]]:
    for egress in (True, False):
        for service in (tcp(443), Service(TCP, EPHEMERAL_WIDE)):
            for text in ("10.0.1.0/24", "10.0.2.0/24", "0.0.0.0/0"):
                block = addresses.of(text)
                yield (e.AddAclEntry(acl=acl, egress=egress, number=number, service=service, block=block),)


def _ways(now: Estate, gap: Gap, need: Connect, via: str, found: Survey) -> Iterator[tuple[Edit, ...]]:
    known = service_of(need.host)
    assert known is not None
    row = known[0]
    if gap.decision.code == "dns-hostnames-off":
        yield (e.SetVpcAttribute(vpc="vpc", attribute="enableDnsHostnames"),)
    off = now.vpcs["vpc"].dns_hostnames is False
    attributes = (e.SetVpcAttribute(vpc="vpc", attribute="enableDnsHostnames"),) if off else ()
    name = f"com.amazonaws.{REGION}.{row.gateway or row.suffix}"
    there = [one for one in now.endpoints.values() if one.service == name]
    table = str(now.subnets[gap.subnet].route_table)
    for one in there:
        if one.type is EndpointType.GATEWAY:
            yield (e.AssociateRouteTable(endpoint=one.key, table=table),)
        else:
            yield (*attributes, e.SetPrivateDns(endpoint=one.key))
    if via == "nat" and "nat" in now.nat_gateways:
        target = Target(TargetKind.NAT_GATEWAY, "nat")
        yield (e.SetRoute(table=table, destination=addresses.cidr("0.0.0.0/0"), target=target),)
    if via == "nat" or there:
        return
    asking = [one for one in found.gaps if isinstance(one.need, Connect) and one.need.host == need.host]
    where = sorted({one.subnet for one in asking})
    key = (row.gateway or row.suffix).replace(".", "_")
    if row.gateway:
        yield (
            e.AddEndpoint(
                name=key, vpc="vpc", service=name, type=EndpointType.GATEWAY, route_tables=(table,)
            ),
        )
        return
    carried = {one.groups.items for one in now.endpoints.values() if one.groups.items}
    for groups in sorted({*carried, ("new.endpoints",)}):
        made = e.AddSecurityGroup(name="endpoints", vpc="vpc", description="Endpoints")
        endpoint = e.AddEndpoint(
            name=key,
            vpc="vpc",
            service=name,
            type=EndpointType.INTERFACE,
            subnets=tuple(where),
            groups=groups,
            private_dns=True,
        )
        yield (*attributes, *((made,) if groups == ("new.endpoints",) else ()), endpoint)
