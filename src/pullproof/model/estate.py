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


class Nouns(dict[str, N]):
    """Nouns of one kind, by key. `lacks` says why one that is referred to may be missing among them."""

    lacks: Unknown | None = None

    def copy(self) -> "Nouns[N]":
        """The same nouns, free to be changed."""
        copied = Nouns(self)
        copied.lacks = self.lacks
        return copied


class Estate:
    """Everything the input shows, by kind and key. Sources fill it; afterwards nobody changes it.

    `open` holds reasons why nouns of a kind (by class name: "Endpoint", "HostedZone", ...) may exist
    beside those listed, wherever they are; `Vpc.unseen` says so for one VPC.
    """

    def __init__(self) -> None:
        self.vpcs: Nouns[vpc.Vpc] = Nouns()
        self.subnets: Nouns[vpc.Subnet] = Nouns()
        self.route_tables: Nouns[vpc.RouteTable] = Nouns()
        self.dhcp_options: Nouns[vpc.DhcpOptions] = Nouns()
        self.public_access_blocks: Nouns[vpc.PublicAccessBlock] = Nouns()
        self.nat_gateways: Nouns[gateways.NatGateway] = Nouns()
        self.internet_gateways: Nouns[gateways.InternetGateway] = Nouns()
        self.peerings: Nouns[gateways.Peering] = Nouns()
        self.transit_gateways: Nouns[gateways.TransitGateway] = Nouns()
        self.transit_attachments: Nouns[gateways.TransitAttachment] = Nouns()
        self.transit_tables: Nouns[gateways.TransitTable] = Nouns()
        self.interfaces: Nouns[gateways.NetworkInterface] = Nouns()
        self.groups: Nouns[filters.SecurityGroup] = Nouns()
        self.acls: Nouns[filters.NetworkAcl] = Nouns()
        self.prefix_lists: Nouns[filters.PrefixList] = Nouns()
        self.endpoints: Nouns[endpoints.Endpoint] = Nouns()
        self.zones: Nouns[names.HostedZone] = Nouns()
        self.resolver_rules: Nouns[names.ResolverRule] = Nouns()
        self.dns_firewalls: Nouns[names.DnsFirewall] = Nouns()
        self.clusters: Nouns[ecs.Cluster] = Nouns()
        self.task_definitions: Nouns[ecs.TaskDefinition] = Nouns()
        self.launches: Nouns[ecs.Launch] = Nouns()
        self.roles: Nouns[iam.Role] = Nouns()
        #: Service control policies that apply, where the input shows them, and not to what they are attached.
        self.organization_policies: tuple[iam.Policy, ...] = ()
        #: By account id, the levels above it that have any, from the account up; none for the management
        #: account, which no service control policy limits.
        self.organization_levels: dict[str, tuple[iam.OrganizationLevel, ...]] = {}
        self.repositories: Nouns[stores.Repository] = Nouns()
        self.registry_policies: Nouns[stores.RegistryPolicy] = Nouns()
        self.pull_through_rules: Nouns[stores.PullThroughRule] = Nouns()
        self.secrets: Nouns[stores.Secret] = Nouns()
        self.parameters: Nouns[stores.Parameter] = Nouns()
        self.keys: Nouns[stores.Key] = Nouns()
        self.log_groups: Nouns[stores.LogGroup] = Nouns()
        self.buckets: Nouns[stores.Bucket] = Nouns()
        self.file_systems: Nouns[stores.FileSystem] = Nouns()
        self.mount_targets: Nouns[stores.MountTarget] = Nouns()
        self.access_points: Nouns[stores.AccessPoint] = Nouns()
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

    def copy(self) -> "Estate":
        """The same nouns in an estate of its own, free to be changed."""
        found = Estate()
        for name, value in self.nouns().items():
            setattr(found, name, value.copy() if isinstance(value, dict) else value)
        return found

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


def lacking(held: Mapping[str, N]) -> Unknown | None:
    """Why a noun that is referred to may be missing among these; None where nothing says so."""
    return held.lacks if isinstance(held, Nouns) else None


def look_up(held: Mapping[str, N], ref: Maybe[str], what: str, at: str) -> N | Unknown:
    """The noun a reference means, or why it is not known.

    `what` is the noun in words ("the route table"), `at` the address that refers to it.
    """
    if isinstance(ref, Unknown):
        return ref
    if (found := held.get(ref)) is not None:
        return found
    if (lacks := lacking(held)) is not None:
        named = ref or what
        return Unknown(lacks.why, f"{what} {ref}".rstrip(), at, f"{at} refers to {named}: {lacks.settle_by}")
    return Unknown(
        Why.NOT_IN_INPUT,
        f"{what} {ref}" if ref else what,
        at,
        f"{at} refers to {ref or what}, which is not part of this input: add the configuration or"
        " account that holds it",
    )


def _not_told(what: str) -> Unknown:
    return Unknown(Why.NOT_IN_INPUT, what, "", f"{what} is not in the input: pass it on the command line")
