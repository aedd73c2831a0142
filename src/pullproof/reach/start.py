"""Where a walk begins: the source's subnet, VPC and addresses, or why they are not known."""

import msgspec

from pullproof.model.addresses import Addresses
from pullproof.model.value import Listing, Unknown
from pullproof.model.vpc import Subnet, TargetKind, Vpc
from pullproof.reach.doubts import not_modelled
from pullproof.reach.ground import Ground, remembered
from pullproof.reach.party import Flow, Party, Source
from pullproof.reach.trip import Trip

NO_GROUPS: Listing[str] = Listing()


class Start(msgspec.Struct, frozen=True, kw_only=True):
    """A source, looked up, and the flow it sends.

    `client` is its addresses, as ACLs and routes see them; `sender` the same with its groups, as
    security groups see them. `doubt` says why IPv4, the only family modelled, may not be what it uses.
    """

    subnet: Subnet
    vpc: Vpc
    client: Party
    sender: Party
    source: Source
    flow: Flow
    trip: Trip
    doubt: Unknown | None

    def sending(self, flow: Flow) -> "Start":
        """The same source, sending something else."""
        trip = msgspec.structs.replace(self.trip, flow=flow)
        return msgspec.structs.replace(self, flow=flow, trip=trip)


@remembered
def start(ground: Ground, source: Source, flow: Flow) -> Start | Unknown:
    """Where a source is."""
    subnet = ground.subnet(source.subnet, source.subnet)
    if isinstance(subnet, Unknown):
        return subnet
    vpc = ground.vpc(subnet)
    if isinstance(vpc, Unknown):
        return vpc
    if subnet.ipv6_only is True:
        return _ipv6(subnet.key)
    client = _client(ground, subnet, source)
    if not client.addresses:
        return _ipv6(subnet.key)
    groups = " and ".join(source.groups.items) or "groups not known"
    sender = msgspec.structs.replace(
        client,
        id=f"{client.id} {source.groups}",
        label=f"{groups} in {subnet.key}",
        groups=source.groups,
    )
    return Start(
        subnet=subnet,
        vpc=vpc,
        client=client,
        sender=sender,
        source=source,
        flow=flow,
        trip=_trip(ground, source, subnet, client, flow),
        doubt=subnet.ipv6_only if isinstance(subnet.ipv6_only, Unknown) else None,
    )


def _trip(ground: Ground, source: Source, subnet: Subnet, client: Party, flow: Flow) -> Trip:
    """The flow at the moment it leaves."""
    home = client.home
    return Trip(
        flow=flow,
        client=client,
        ports=source.ephemeral,
        start=subnet.key,
        home=home,
        zone=subnet.zone,
        public_ip=source.public_ip,
        # Only interfaces that forward ask for the groups; without them, what is worked out for one
        # source holds for every other in the subnet.
        groups=source.groups if ground.estate.interfaces else NO_GROUPS,
        back=(TargetKind.LOCAL, home),
    )


def _client(ground: Ground, subnet: Subnet, source: Source) -> Party:
    """The addresses a source may have: as given, else any of its subnet."""
    extent, why = ground.extent(subnet)
    tag = ""
    if isinstance(source.addresses, Addresses):
        extent, why, tag = source.addresses.v4, None, f" {source.addresses.v4}"
    elif isinstance(source.addresses, Unknown):
        why, tag = source.addresses, " somewhere"
    return Party(
        id=f"in {subnet.key}{tag}",
        label=subnet.key,
        addresses=extent,
        exact=why is None,
        why=why,
        named=True,
        home=subnet.vpc if isinstance(subnet.vpc, str) else "",
    )


def _ipv6(subnet: str) -> Unknown:
    return not_modelled(
        f"the way out of {subnet}, which has IPv6 only",
        subnet,
        "only IPv4 is modelled: check this by hand, or give the subnet IPv4 addresses",
    )
