"""The hidden private zones of interface endpoints with private DNS.

https://docs.aws.amazon.com/vpc/latest/privatelink/privatelink-access-aws-services.html
"""

from collections.abc import Iterator

from pullproof.evidence import Gate
from pullproof.model.endpoints import Endpoint, EndpointType
from pullproof.model.services import AwsService, endpoint_suffix, service_of
from pullproof.model.text import Text, is_exact, shown, sole_hole
from pullproof.model.value import Maybe, Unknown
from pullproof.reach.answers import Answer, Candidate, Meaning
from pullproof.reach.dests import endpoint_dests
from pullproof.reach.domains import zone_of
from pullproof.reach.doubts import first_of, not_modelled
from pullproof.reach.ground import Ground, remembered
from pullproof.reach.lists import same_region
from pullproof.reach.views import View, views
from pullproof.reach.words import step_of
from pullproof.verdict import Verdict


@remembered
def endpoint_candidates(ground: Ground, vpc: str, host: Text) -> tuple[Candidate, ...]:
    """The endpoints of a VPC that answer, or may answer, for a name; certain ones together."""
    found = service_of(host)
    if found is None:
        return ()
    row, region = found
    size = zone_of(row, host)
    certain: list[Endpoint] = []
    unsure: list[tuple[Endpoint, Unknown]] = []
    for view, serves in _serving(ground, vpc, row, region):
        answers = _private_dns(view.endpoint)
        if answers is False:
            continue
        maybe = answers if isinstance(answers, Unknown) else serves
        if maybe is None:
            certain.append(view.endpoint)
        else:
            unsure.append((view.endpoint, maybe))
    candidates = [
        Candidate(size, _meaning(ground, vpc, host, (endpoint,), row), why) for endpoint, why in unsure
    ]
    if certain:
        candidates.append(Candidate(size, _meaning(ground, vpc, host, tuple(certain), row)))
    return tuple(candidates)


@remembered
def endpoints_off(ground: Ground, vpc: str, host: Text) -> tuple[Answer, ...]:
    """The endpoints of a VPC that would answer for a name, were their private DNS on."""
    found = service_of(host)
    if found is None:
        return ()
    row, region = found
    return tuple(
        Answer(
            step=step_of(Gate.NAMES, endpoint.key, says, code="private-dns-off", cites=(endpoint.origin,)),
            dests=dests,
        )
        for view, serves in _serving(ground, vpc, row, region)
        if serves is None and _private_dns(endpoint := view.endpoint) is not True
        if (dests := endpoint_dests(ground, endpoint.key, row))
        if (says := _why_not(endpoint, host))
    )


def endpoint_called(ground: Ground, name: Text) -> str | None:
    """The key of the endpoint that one of its own DNS names belongs to."""
    if (reference := sole_hole(name)) != "":
        owners = (key for key in ground.estate.endpoints if reference.startswith(f"{key}."))
        return next(owners, None)
    first = name.partition(".")[0]
    if not first.startswith("vpce-"):
        return None
    held = ground.estate.endpoints.values()
    return next((e.key for e in held if e.id and (first == e.id or first.startswith(f"{e.id}-"))), None)


def other_service(ground: Ground, key: str, host: Text) -> str:
    """What an endpoint is, in words, if it certainly does not serve a host of AWS's; else ""."""
    endpoint, found = ground.estate.endpoints.get(key), service_of(host)
    if endpoint is None or isinstance(endpoint.service, Unknown):
        return ""
    named = endpoint_suffix(endpoint.service)
    if found is None or named is None or not is_exact(named[0]):
        return ""
    row, region = found
    if named[0] != row.suffix and named[0] not in row.perhaps:
        return f"an endpoint of {named[0]} and not of {row.suffix}"
    away = endpoint.service_region == "" and same_region(named[1], region) is Verdict.FAILS
    return f"an endpoint of {shown(named[1])} and not of {shown(region)}" if away else ""


def _serving(
    ground: Ground, vpc: str, row: AwsService, region: Text
) -> Iterator[tuple[View, Unknown | None]]:
    """The interface endpoints for a service in a region, and why one may not be, if so."""
    if not row.endpoint:
        return
    for view in views(ground, vpc, EndpointType.INTERFACE):
        same = same_region(view.region, region)
        if view.suffix == row.suffix and same is Verdict.WORKS:
            yield view, view.maybe
        elif (view.suffix == row.suffix and same is Verdict.UNKNOWN) or (
            same is not Verdict.FAILS and (view.suffix in row.perhaps or not is_exact(view.suffix))
        ):
            yield view, first_of(view.maybe, _perhaps(view.endpoint, row))


def _private_dns(endpoint: Endpoint) -> Maybe[bool]:
    """Whether its names answer inside the VPC."""
    if endpoint.private_dns is not True:
        return endpoint.private_dns
    only = endpoint.private_dns_inbound_only
    return only if isinstance(only, Unknown) else not only


def _meaning(
    ground: Ground, vpc: str, host: Text, endpoints: tuple[Endpoint, ...], row: AwsService
) -> Meaning:
    names = " and ".join(endpoint.key for endpoint in endpoints)
    dests = tuple(dest for endpoint in endpoints for dest in endpoint_dests(ground, endpoint.key, row))
    cites = tuple(endpoint.origin for endpoint in endpoints)
    if not dests:
        says = f"{names} answers for {shown(host)} and has no subnet, and so no address"
        step = step_of(Gate.NAMES, vpc, says, code="endpoint-missing", cites=cites)
    else:
        step = step_of(Gate.NAMES, vpc, f"{shown(host)} resolves to {names} (private DNS)", cites=cites)
    return Meaning((Answer(step=step, dests=dests),))


def _why_not(endpoint: Endpoint, host: Text) -> str:
    if endpoint.private_dns is True:
        return f"{endpoint.key} answers for {shown(host)} to inbound resolver endpoints only"
    return f"{endpoint.key} has private DNS off, so that {shown(host)} resolves to public addresses"


def _perhaps(endpoint: Endpoint, row: AwsService) -> Unknown:
    return not_modelled(
        f"whether {endpoint.key} answers for the names of {row.title}",
        endpoint.key,
        f"AWS's pages do not say for certain: look at the private DNS names of {endpoint.key} in the account",
    )
