"""What candidates are made from: the estate as edited so far, what is asked for, and names for new things."""

from collections.abc import Iterable
from functools import cached_property
from typing import TypeAlias

import msgspec

from pullproof.evidence import Step, Wanted
from pullproof.launch.requirement import Allow, Connect
from pullproof.model.addresses import PRIVATE_V4
from pullproof.model.edits import Edit
from pullproof.model.endpoints import Endpoint, EndpointType
from pullproof.model.estate import Estate
from pullproof.model.services import endpoint_suffix, service_of
from pullproof.model.text import is_exact
from pullproof.model.value import Maybe, Unknown
from pullproof.model.vpc import RouteTable, Subnet, TargetKind, Vpc
from pullproof.prove.gaps import Gap, Survey

#: How a way out is made: "auto" is a public address in a subnet that leads to an internet gateway, and
#: endpoints everywhere else.
STRATEGIES = ("endpoints", "nat", "public-ip")
AUTO = "auto"
#: Codes of what lets packets through or not; a way has to be there for them to matter.
FILTERS = frozenset({"sg-egress", "sg-ingress", "nacl-egress", "nacl-ingress", "nacl-return"})


class Move(msgspec.Struct, frozen=True):
    """Edits that mend a gap together."""

    edits: tuple[Edit, ...]


class Stands(msgspec.Struct, frozen=True):
    """Why nothing proposed here mends a gap, and what a person can do."""

    why: str
    remedy: str


#: What can be done about a gap. No move at all: another gap of the same requirement comes first.
Ways: TypeAlias = tuple[Move, ...] | Stands


class Names:
    """Names for what is new: the same thing keeps its name from round to round."""

    def __init__(self) -> None:
        self._given: dict[tuple[str, ...], str] = {}
        self._taken: dict[str, int] = {}
        self.numbers: dict[tuple[object, ...], int] = {}

    def name(self, base: str, *identity: str) -> str:
        """The name of one thing; a second thing of the same base gets a number."""
        key = (base, *identity)
        if key not in self._given:
            self._taken[base] = count = self._taken.get(base, 0) + 1
            self._given[key] = base if count == 1 else f"{base}_{count}"
        return self._given[key]


class Scene:
    """One round's view: the estate by now, how it stands, and the gaps to be mended."""

    def __init__(
        self, estate: Estate, strategy: str, names: Names, found: Survey, gaps: Iterable[Gap]
    ) -> None:
        self.estate = estate
        self.strategy = strategy
        self.names = names
        self.found = found
        self.gaps = tuple(gaps)
        #: group -> whether rules for all who ask fit into it: by their groups, by their subnets.
        self.names_fit: dict[str, tuple[bool, bool]] = {}

    def subnet(self, gap: Gap) -> Subnet | None:
        """The subnet of a gap's interface."""
        return self.estate.subnets.get(gap.subnet)

    def vpc(self, gap: Gap) -> Vpc | None:
        """Its VPC."""
        subnet = self.subnet(gap)
        return None if subnet is None else self.vpc_of(subnet)

    def vpc_of(self, subnet: Subnet) -> Vpc | None:
        """The VPC of a subnet."""
        return None if isinstance(subnet.vpc, Unknown) else self.estate.vpcs.get(subnet.vpc)

    def table(self, subnet: Subnet | None) -> RouteTable | None:
        """The route table of a subnet."""
        if subnet is None or isinstance(subnet.route_table, Unknown):
            return None
        return self.estate.route_tables.get(subnet.route_table)

    def region(self, vpc: Vpc) -> str:
        """The region of a VPC, "" where it is not known."""
        for region in (vpc.region, self.estate.region):
            if isinstance(region, str) and region and is_exact(region):
                return region
        return ""

    def endpoint_for(self, vpc: str, suffix: str, kind: EndpointType) -> Endpoint | None:
        """The endpoint of a kind that a VPC has for a service of its own region."""
        held_vpc = self.estate.vpcs.get(vpc)
        here = "" if held_vpc is None else self.region(held_vpc)
        for endpoint in self.estate.by_vpc_endpoints.get(vpc, ()):
            named = endpoint_suffix(endpoint.service) if isinstance(endpoint.service, str) else None
            if endpoint.type is not kind or named is None or named[0] != suffix:
                continue
            if not (here and is_exact(named[1])) or named[1] == here:
                return endpoint
        return None

    def asking(self, vpc: str, suffix: str) -> tuple[Subnet, ...]:
        """The subnets of a VPC in which tasks have no way to a service."""
        return self._asking.get((vpc, suffix), ())

    @cached_property
    def _asking(self) -> dict[tuple[str, str], tuple[Subnet, ...]]:
        found: dict[tuple[str, str], dict[str, Subnet]] = {}
        for gap in self.gaps:
            subnet = self.subnet(gap)
            stands = gap.decision.code in FILTERS and not (self.strategy == "endpoints" and outward(gap))
            if subnet is not None and (suffix := carried(gap)) and not stands:
                found.setdefault((held(subnet.vpc), suffix), {})[subnet.key] = subnet
        return {asked: tuple(subnets.values()) for asked, subnets in found.items()}

    def calls(self, vpc: str, service: str) -> tuple[Allow, ...]:
        """What the tasks of a VPC ask of a service ("s3:"), whether or not something is in the way."""
        calls: dict[Allow, None] = {}
        for claim, needs in self.found.needs.items():
            subnet = self.estate.subnets.get(claim[3])
            if subnet is not None and subnet.vpc == vpc:
                for need in needs:
                    if isinstance(need, Allow) and need.action.startswith(service):
                        calls[need] = None
        return tuple(calls)

    def in_table(self, table: str) -> tuple[Subnet, ...]:
        """The subnets that a route table serves."""
        return self.by_table.get(table, ())

    @cached_property
    def knocking(self) -> dict[str, tuple[Wanted, ...]]:
        """What each group of the other end would have to let in, once for each of those who ask."""
        found: dict[str, dict[Wanted, None]] = {}
        for gap in self.gaps:
            wanted = gap.decision.wanted
            if gap.decision.code == "sg-ingress" and wanted is not None:
                found.setdefault(gap.decision.to_change, {})[wanted] = None
        return {group: tuple(asking) for group, asking in found.items()}

    @cached_property
    def by_table(self) -> dict[str, tuple[Subnet, ...]]:
        """Subnets by route table."""
        found: dict[str, list[Subnet]] = {}
        for subnet in self.estate.subnets.values():
            if isinstance(subnet.route_table, str):
                found.setdefault(subnet.route_table, []).append(subnet)
        return {table: tuple(subnets) for table, subnets in found.items()}

    @cached_property
    def carriers(self) -> dict[str, tuple[str, ...]]:
        """Who carries each security group: launches, endpoints, mount targets, interfaces."""
        return carriers(self.estate)

    def public(self, table: RouteTable | None) -> bool:
        """Whether a route table sends everything else to an internet gateway."""
        return leads(table) is TargetKind.INTERNET_GATEWAY


def carried(gap: Gap) -> str:
    """The suffix of the endpoint service that carries a gap's traffic, "" for none."""
    found = service_of(gap.need.host) if isinstance(gap.need, Connect) else None
    return "" if found is None else found[0].gateway or found[0].suffix


def outward(gap: Gap) -> bool:
    """Whether a filter stands on a way to the internet, which an endpoint would make superfluous."""
    wanted = gap.decision.wanted
    if wanted is None or gap.decision.code not in FILTERS:
        return False
    named = wanted.managed or (wanted.references and wanted.groups.items)
    return not named and not PRIVATE_V4.covers(wanted.addresses)


def carriers(estate: Estate) -> dict[str, tuple[str, ...]]:
    """Who carries each security group of an estate."""
    found: dict[str, list[str]] = {}
    holders: tuple[dict[str, object], ...] = (
        dict(estate.launches),
        dict(estate.endpoints),
        dict(estate.mount_targets),
        dict(estate.interfaces),
    )
    for nouns in holders:
        for key, noun in nouns.items():
            groups = noun.groups  # type: ignore[attr-defined]  # each of the four has them
            for group in (*groups.items, *groups.among):
                found.setdefault(group, []).append(key)
    return {group: tuple(keys) for group, keys in found.items()}


def leads(table: RouteTable | None) -> TargetKind | None:
    """What a route table does with everything that no other route is for."""
    if table is None:
        return None
    for route in table.routes.items:
        target = route.target
        if str(route.destination) == "0.0.0.0/0" and not isinstance(target, Unknown):
            return target.kind
    return None


def held(key: Maybe[str]) -> str:
    """A key, "" where it is not known."""
    return "" if isinstance(key, Unknown) else key


def denied(step: Step) -> bool:
    """Whether a policy's refusal is a statement that denies, and not the lack of one that allows."""
    return bool(step.cites)
