"""The endpoints of a VPC as names and routes see them: which service, which region, how certain."""

import msgspec

from pullproof.model.endpoints import Endpoint, EndpointType
from pullproof.model.services import endpoint_suffix
from pullproof.model.text import Text, anything, is_exact
from pullproof.model.value import Unknown
from pullproof.model.vpc import Vpc
from pullproof.reach.doubts import first_of, not_followed
from pullproof.reach.ground import Ground, remembered


class View(msgspec.Struct, frozen=True):
    """An endpoint, its service and region, and the reason why it may not be there for them, if any."""

    endpoint: Endpoint
    suffix: Text
    region: Text
    maybe: Unknown | None


@remembered
def views(ground: Ground, vpc: str, kind: EndpointType) -> tuple[View, ...]:
    """The endpoints of one kind that a VPC has, or may have, for services of AWS's own."""
    estate = ground.estate
    placed = [(endpoint, None) for endpoint in estate.by_vpc_endpoints.get(vpc, ())]
    unplaced = [
        (endpoint, None if homes else endpoint.vpc)
        for endpoint in estate.by_vpc_endpoints.get("", ())
        if isinstance(endpoint.vpc, Unknown) and (homes := _homes(ground, endpoint)) in ({vpc}, set())
    ]
    found = (_view(ground, endpoint, kind, why) for endpoint, why in (*placed, *unplaced))
    return tuple(view for view in found if view is not None)


def _homes(ground: Ground, endpoint: Endpoint) -> set[str]:
    """The VPCs that an endpoint's subnets and route tables say it is in."""
    estate = ground.estate
    subnets = (estate.subnets.get(key) for key in endpoint.subnets.items)
    tables = (estate.route_tables.get(key) for key in endpoint.route_tables.items)
    placed = (noun.vpc for noun in (*subnets, *tables) if noun is not None)
    return {vpc for vpc in placed if isinstance(vpc, str)}


def _view(ground: Ground, endpoint: Endpoint, kind: EndpointType, maybe: Unknown | None) -> View | None:
    if endpoint.available is False or (endpoint.type is not kind and isinstance(endpoint.type, EndpointType)):
        return None
    parts = (endpoint.type, endpoint.available, endpoint.service, endpoint.service_region)
    maybe = next((part for part in parts if isinstance(part, Unknown)), maybe)
    service = endpoint.service if isinstance(endpoint.service, str) else anything(endpoint.key)
    suffix, region = endpoint_suffix(service) or ("", "")
    if not suffix and is_exact(service):
        return None  # a service of somebody else
    if not suffix or not is_exact(suffix):
        return View(
            endpoint, anything(endpoint.key), anything(endpoint.key), first_of(maybe, _unnamed(endpoint))
        )
    return View(endpoint, suffix, _region(ground, endpoint, region), maybe)


def _region(ground: Ground, endpoint: Endpoint, named: Text) -> Text:
    """The region an endpoint leads to: as written, else its VPC's own.

    https://docs.aws.amazon.com/vpc/latest/privatelink/aws-services-cross-region-privatelink-support.html
    """
    if isinstance(endpoint.service_region, Unknown):
        return anything(endpoint.key)
    if endpoint.service_region or is_exact(named):
        return endpoint.service_region or named
    vpc = endpoint.vpc if isinstance(endpoint.vpc, Unknown) else ground.estate.vpcs.get(endpoint.vpc)
    return (ground.region(vpc) if isinstance(vpc, Vpc) else "") or named


def _unnamed(endpoint: Endpoint) -> Unknown:
    return not_followed(f"the service of {endpoint.key}", endpoint.key)
