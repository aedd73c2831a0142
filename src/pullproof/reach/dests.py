"""Destinations: the interfaces of an endpoint, a public host, plain addresses."""

import msgspec

from pullproof.evidence import Gate
from pullproof.model import ranges, s3_ranges
from pullproof.model.addresses import Addresses
from pullproof.model.endpoints import Endpoint
from pullproof.model.ranges import Ranges
from pullproof.model.services import AwsService, endpoint_name
from pullproof.model.text import Text, shown
from pullproof.model.value import Unknown
from pullproof.reach.doubts import ANY_V4, PUBLIC, no_published_list, not_modelled
from pullproof.reach.ground import Ground, remembered
from pullproof.reach.party import Dest

#: The services that gateway endpoints and AWS's own prefix lists exist for.
LISTED = ("s3", "dynamodb")


@remembered
def public_dest(ground: Ground, vpc: str, host: Text, row: AwsService | None, region: Text) -> Dest:
    """A host at its public addresses; `row` is the AWS service it belongs to."""
    known = _s3_addresses(ground, region) if row is not None and row.gateway == "s3" else None
    return Dest(
        id=f"public {host}",
        label=shown(host),
        addresses=PUBLIC if known is None else known,
        exact=known is not None,
        why=no_published_list(shown(host), vpc) if known is None else None,
        managed="" if row is None else row.gateway,
        perhaps=() if row is None else tuple(name for name in row.perhaps if name in LISTED),
        region=region,
        named=True,
        at=shown(host),
        gate=Gate.HOST,
        service=row,
    )


@remembered
def _s3_addresses(ground: Ground, region: Text) -> Ranges | None:
    """Where S3 answers: AWS's list where the input shows its entries, else the published superset."""
    name = endpoint_name("s3", region)
    for held in ground.estate.prefix_lists.values():
        if held.name == name and isinstance(held.entries, Addresses) and held.entries.v4:
            return held.entries.v4
    published = s3_ranges.prefixes(region)
    return None if published is None else published.v4


@remembered
def endpoint_dests(ground: Ground, key: str, row: AwsService | None) -> tuple[Dest, ...]:
    """The interfaces of an interface endpoint, one for each of its subnets, any of which may answer.

    Where it is in one or more of some subnets and nobody knows in which, each of them is a mere candidate.
    """
    endpoint = ground.estate.endpoints[key]
    addresses = dict(endpoint.addresses)
    subnets = endpoint.subnets
    if subnets.among:
        which = subnets.open[0]
        found = [_interface(ground, endpoint, one, addresses.get(one), row) for one in subnets.among]
        return tuple(msgspec.structs.replace(dest, which=which) for dest in found)
    found = [_interface(ground, endpoint, one, addresses.get(one), row) for one in subnets.items]
    found += [_somewhere(ground, endpoint, why, row) for why in subnets.open]
    return tuple(found)


def _interface(
    ground: Ground, endpoint: Endpoint, key: str, address: Addresses | None, row: AwsService | None
) -> Dest:
    """The interface in one subnet; AWS picks its address there unless one is written.

    An address that is not one of the subnet's cannot be the interface's, whatever the input shows.
    """
    subnet = ground.subnet(key, endpoint.key)
    if isinstance(subnet, Unknown):
        return _somewhere(ground, endpoint, subnet, row)
    extent, why = ground.extent(subnet)
    if address is not None and ranges.covers(extent, address.v4):
        extent, why = address.v4, None
    if not extent:
        return _somewhere(ground, endpoint, _no_ipv4(endpoint, key), row)
    home = next((vpc for vpc in (endpoint.vpc, subnet.vpc) if isinstance(vpc, str)), "")
    return Dest(
        id=f"{endpoint.key}@{key}",
        label=f"{endpoint.key} in {key}",
        addresses=extent,
        exact=why is None,
        why=why,
        groups=endpoint.groups,
        named=True,
        home=home,
        at=endpoint.key,
        gate=Gate.INTERFACE_ENDPOINT,
        subnet=key,
        service=row,
        endpoint=endpoint.key,
    )


def _somewhere(ground: Ground, endpoint: Endpoint, why: Unknown, row: AwsService | None) -> Dest:
    """An interface of the endpoint in a subnet that is not known."""
    vpc = ground.estate.vpcs.get(endpoint.vpc) if isinstance(endpoint.vpc, str) else None
    return Dest(
        id=f"{endpoint.key} {why}",
        label=endpoint.key,
        addresses=vpc.blocks.v4 if vpc is not None and isinstance(vpc.blocks, Addresses) else ANY_V4,
        exact=False,
        why=why,
        groups=endpoint.groups,
        named=True,
        home=vpc.key if vpc is not None else "",
        at=endpoint.key,
        gate=Gate.INTERFACE_ENDPOINT,
        adrift=why,
        service=row,
        endpoint=endpoint.key,
    )


def _no_ipv4(endpoint: Endpoint, subnet: str) -> Unknown:
    return not_modelled(
        f"the interface of {endpoint.key} in {subnet}",
        endpoint.key,
        f"{subnet} has no IPv4 addresses, and only IPv4 is modelled",
    )
