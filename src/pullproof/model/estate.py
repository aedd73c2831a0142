"""The estate: every noun by its key, and the look-ups that the engines ask for."""

from collections.abc import Callable, Iterable, Mapping
from functools import cached_property
from typing import Protocol, TypeVar

from pullproof.model import ecs, endpoints, filters, gateways, iam, names, stores, vpc
from pullproof.model.value import Listing, Maybe, Unknown, Why


class Noun(Protocol):
    """Anything with a key."""

    @property
    def key(self) -> str:
        """Its address in the input."""


N = TypeVar("N", bound=Noun)


class Estate:
    """Everything the input shows, by kind and key. Sources fill it; afterwards nobody changes it.

    `open` holds reasons why nouns of a kind (by class name: "Endpoint", "HostedZone", ...) may exist
    beside those listed, wherever they are; `Vpc.unseen` says so for one VPC.
    """

    def __init__(self) -> None:
        self.vpcs: dict[str, vpc.Vpc] = {}
        self.subnets: dict[str, vpc.Subnet] = {}
        self.route_tables: dict[str, vpc.RouteTable] = {}
        self.dhcp_options: dict[str, vpc.DhcpOptions] = {}
        self.public_access_blocks: dict[str, vpc.PublicAccessBlock] = {}
        self.nat_gateways: dict[str, gateways.NatGateway] = {}
        self.internet_gateways: dict[str, gateways.InternetGateway] = {}
        self.peerings: dict[str, gateways.Peering] = {}
        self.transit_gateways: dict[str, gateways.TransitGateway] = {}
        self.transit_attachments: dict[str, gateways.TransitAttachment] = {}
        self.transit_tables: dict[str, gateways.TransitTable] = {}
        self.interfaces: dict[str, gateways.NetworkInterface] = {}
        self.groups: dict[str, filters.SecurityGroup] = {}
        self.acls: dict[str, filters.NetworkAcl] = {}
        self.prefix_lists: dict[str, filters.PrefixList] = {}
        self.endpoints: dict[str, endpoints.Endpoint] = {}
        self.zones: dict[str, names.HostedZone] = {}
        self.resolver_rules: dict[str, names.ResolverRule] = {}
        self.dns_firewalls: dict[str, names.DnsFirewall] = {}
        self.clusters: dict[str, ecs.Cluster] = {}
        self.task_definitions: dict[str, ecs.TaskDefinition] = {}
        self.launches: dict[str, ecs.Launch] = {}
        self.roles: dict[str, iam.Role] = {}
        #: Service control policies that apply, where the input shows them, and not to what they are attached.
        self.organization_policies: tuple[iam.Policy, ...] = ()
        #: By account id, the levels above it that have any, from the account up; none for the management
        #: account, which no service control policy limits.
        self.organization_levels: dict[str, tuple[iam.OrganizationLevel, ...]] = {}
        self.repositories: dict[str, stores.Repository] = {}
        self.registry_policies: dict[str, stores.RegistryPolicy] = {}
        self.pull_through_rules: dict[str, stores.PullThroughRule] = {}
        self.secrets: dict[str, stores.Secret] = {}
        self.parameters: dict[str, stores.Parameter] = {}
        self.keys: dict[str, stores.Key] = {}
        self.log_groups: dict[str, stores.LogGroup] = {}
        self.buckets: dict[str, stores.Bucket] = {}
        self.file_systems: dict[str, stores.FileSystem] = {}
        self.mount_targets: dict[str, stores.MountTarget] = {}
        self.access_points: dict[str, stores.AccessPoint] = {}
        #: The region and account of the input as a whole, where it has one.
        self.region: Maybe[str] = _not_told("the region")
        self.account: Maybe[str] = _not_told("the account id")
        self.partition: str = "aws"
        self.open: dict[str, tuple[Unknown, ...]] = {}

    def __eq__(self, other: object) -> bool:
        """Whether both show the same nouns: the two of a twin load equal."""
        if not isinstance(other, Estate):
            return NotImplemented
        return self.nouns() == other.nouns()

    __hash__ = None  # type: ignore[assignment]  # filled in place by its source

    def nouns(self) -> dict[str, object]:
        """Every attribute a source fills, by name."""
        return {name: value for name, value in vars(self).items() if not name.startswith("by_")}

    @cached_property
    def by_vpc_endpoints(self) -> dict[str, tuple[endpoints.Endpoint, ...]]:
        """Endpoints by VPC; those whose VPC is unknown are under `""`."""
        return grouped(self.endpoints.values(), lambda e: e.vpc)

    @cached_property
    def by_vpc_zones(self) -> dict[str, tuple[names.HostedZone, ...]]:
        """Private hosted zones by VPC."""
        found: dict[str, list[names.HostedZone]] = {}
        for zone in self.zones.values():
            for key in zone.vpcs.items:
                found.setdefault(key, []).append(zone)
        return {key: tuple(zones) for key, zones in found.items()}

    @cached_property
    def by_file_system_targets(self) -> dict[str, tuple[stores.MountTarget, ...]]:
        """Mount targets by file system; those of an unknown one are under `""`."""
        return grouped(self.mount_targets.values(), lambda t: t.file_system)

    def endpoints_of(self, owner: vpc.Vpc) -> Listing[endpoints.Endpoint]:
        """The endpoints of a VPC; open where others may exist that the input does not show."""
        unplaced = self.by_vpc_endpoints.get("", ())
        return Listing(
            self.by_vpc_endpoints.get(owner.key, ()),
            (
                *((owner.unseen,) if owner.unseen is not None else ()),
                *(e.vpc for e in unplaced if isinstance(e.vpc, Unknown)),
                *self.open.get("Endpoint", ()),
            ),
        )


def grouped(nouns: Iterable[N], by: Callable[[N], Maybe[str]]) -> dict[str, tuple[N, ...]]:
    """Nouns by a key they hold; unknown keys are under `""`."""
    found: dict[str, list[N]] = {}
    for noun in nouns:
        key = by(noun)
        found.setdefault("" if isinstance(key, Unknown) else key, []).append(noun)
    return {key: tuple(group) for key, group in found.items()}


def look_up(held: Mapping[str, N], ref: Maybe[str], what: str, at: str) -> N | Unknown:
    """The noun a reference means, or why it is not known.

    `what` is the noun in words ("the route table"), `at` the address that refers to it.
    """
    if isinstance(ref, Unknown):
        return ref
    if (found := held.get(ref)) is not None:
        return found
    return Unknown(
        Why.NOT_IN_INPUT,
        f"{what} {ref}" if ref else what,
        at,
        f"{at} refers to {ref or what}, which is not part of this input: add the configuration or"
        " account that holds it",
    )


def _not_told(what: str) -> Unknown:
    return Unknown(Why.NOT_IN_INPUT, what, "", f"{what} is not in the input: pass it on the command line")
