"""What names mean inside a VPC: private hosted zones, private DNS of endpoints, and the public internet.

https://docs.aws.amazon.com/vpc/latest/userguide/AmazonDNS-concepts.html
"""

from collections.abc import Iterator

from pullproof.lab.concrete import endpoint_name as own_name
from pullproof.lab.plan import Interface, Plan, s3_of
from pullproof.model.endpoints import Endpoint, EndpointType
from pullproof.model.names import HostedZone, Record
from pullproof.model.services import endpoint_name, service_of
from pullproof.model.value import Unknown

#: Where a host of AWS or of the internet answers, unless it is one of S3's: TEST-NET is private, this is not.
PUBLIC_HOST = 0x36EF0A0A


#: How many CNAME records are followed.
DEEPEST = 8


class NoAnswer(Exception):
    """The name means nothing here; the message is the code of what is wrong."""


def addresses(plan: Plan, subnet: str, host: str, depth: int = 0) -> tuple[int, ...]:
    """The addresses that a name has for an interface in a subnet; `depth` CNAME records led to it.

    Raises:
        NoAnswer: the resolver has none, or there is no resolver.
    """
    if depth > DEEPEST:
        raise NoAnswer("dns-no-record")
    place = plan.estate.subnets[subnet]
    vpc = plan.estate.vpcs[str(place.vpc)]
    if vpc.dns_support is not True:
        raise NoAnswer("dns-support-off")
    if (key := _called(plan, host)) != "":
        return _own(plan, key)
    answers = (
        sorted(_private(plan, vpc.key, host), key=lambda each: -each[0]) if vpc.dns_hostnames is True else []
    )
    if answers:
        _, answer = answers[0]
        found = (
            _own(plan, answer) if isinstance(answer, str) else tuple(_recorded(plan, subnet, answer, depth))
        )
        if not found:
            raise NoAnswer("dns-no-record")
        return found
    if host.endswith(f".efs.{plan.region_in(vpc.key)}.amazonaws.com"):
        return _mounted(plan, subnet, host)
    return _public(plan, host)


def public(plan: Plan, host: str) -> tuple[int, ...]:
    """The addresses that a name has on the internet, where no private zone and no private DNS answers.

    An endpoint's own names are public, and lead to its private addresses; those of file systems are not.
    https://docs.aws.amazon.com/vpc/latest/privatelink/privatelink-access-aws-services.html

    Raises:
        NoAnswer: it has none.
    """
    if (key := _called(plan, host)) != "":
        return _own(plan, key)
    zones = (each.name.lower() for each in plan.estate.zones.values() if isinstance(each.name, str))
    found = service_of(host)
    if (found is None and any(_below(host, zone) for zone in zones)) or ".efs." in host:
        raise NoAnswer("dns-no-record")
    return _public(plan, host)


def _public(plan: Plan, host: str) -> tuple[int, ...]:
    found = service_of(host)
    if found is not None and found[0].suffix.startswith("s3"):
        held = plan.s3 if found[1] == plan.region else s3_of(plan.estate, found[1])
        if held.v4:
            return (held.v4[0][0] + 10,)
    return (PUBLIC_HOST,)


def _private(plan: Plan, vpc: str, host: str) -> Iterator[tuple[int, list[Record] | str]]:
    """What answers inside the VPC, by the length of its zone's name: records, or the key of an endpoint."""
    for zone in plan.estate.zones.values():
        if vpc in zone.vpcs.items and isinstance(zone.name, str) and _below(host, zone.name.lower()):
            yield len(zone.name), _records(zone, host)
    for endpoint in plan.estate.endpoints.values():
        if endpoint.vpc == vpc and (size := _answers_for(plan, endpoint, host)):
            yield size, endpoint.key


def _records(zone: HostedZone, host: str) -> list[Record]:
    """A zone's records for a name: its own, else those of the wildcard below the closest name that there is.

    https://docs.aws.amazon.com/Route53/latest/DeveloperGuide/DomainNameFormat.html
    """
    every = [(each.name.lower(), each) for each in zone.records.items if isinstance(each.name, str)]
    named = {name for name, _ in every}
    parts = host.split(".")
    above = (".".join(parts[start:]) for start in range(1, len(parts)))
    closest = next((name for name in above if any(_below(each, name) for each in named)), "")
    answering = host if host in named else f"*.{closest}"
    return [record for name, record in every if name == answering]


def _recorded(plan: Plan, subnet: str, records: list[Record], depth: int) -> Iterator[int]:
    """What records answer: addresses, aliases of endpoints, what other names mean."""
    for record in records:
        if isinstance(record.alias, Unknown) or record.type not in ("A", "CNAME"):
            continue
        if record.alias:
            yield from _own(plan, record.alias)
        for value in record.values.items:
            if record.type != "A":
                yield from addresses(plan, subnet, value.rstrip("."), depth + 1)
            elif (address := ipv4(value)) is not None:
                yield address


def ipv4(text: str) -> int | None:
    """An IPv4 address that is written out; None for any other text."""
    parts = text.split(".")
    plain = len(parts) == 4 and all(part.isascii() and part.isdigit() and int(part) < 256 for part in parts)
    return int.from_bytes(bytes(map(int, parts)), "big") if plain else None


def _called(plan: Plan, name: str) -> str:
    """The endpoint that one of its own DNS names belongs to; "" for none."""
    first = name.partition(".")[0]
    for number, (key, endpoint) in enumerate(plan.estate.endpoints.items()):
        given = endpoint.id and (first == endpoint.id or first.startswith(f"{endpoint.id}-"))
        if given or name.rstrip(".") == own_name(number):
            return key
    return ""


def _answers_for(plan: Plan, endpoint: Endpoint, host: str) -> int:
    """How long the name of the zone is that an endpoint's private DNS makes for a host; 0 for none."""
    on = endpoint.private_dns is True and endpoint.private_dns_inbound_only is False
    if endpoint.type is not EndpointType.INTERFACE or not on or endpoint.available is False:
        return 0
    found = service_of(host)
    if found is None or endpoint.service != _service(plan, found[0].suffix, found[1]):
        return 0
    head = next((h[2:] for h in found[0].heads if h.startswith("*.") and f".{h[2:]}." in host), "")
    return len(host[host.index(f".{head}.") + 1 :]) if head else len(host)


def _own(plan: Plan, key: str) -> tuple[int, ...]:
    return tuple(each.address for each in plan.of(key))


def _mounted(plan: Plan, subnet: str, host: str) -> tuple[int, ...]:
    """The mount target of the sender's zone.

    https://docs.aws.amazon.com/efs/latest/ug/mounting-fs-mount-cmd-dns-name.html
    """
    place = plan.estate.subnets[subnet]
    if plan.estate.vpcs[str(place.vpc)].dns_hostnames is not True:
        raise NoAnswer("dns-hostnames-off")
    wanted = host.partition(".")[0]
    found: list[Interface] = []
    for target in plan.estate.mount_targets.values():
        system = plan.estate.file_systems.get(str(target.file_system))
        there = plan.estate.subnets.get(str(target.subnet))
        same = system is not None and wanted in (system.id, system.key)
        if same and there is not None and there.vpc == place.vpc and there.zone == place.zone:
            found += plan.of(target.key)
    if not found:
        raise NoAnswer("no-mount-target")
    return (found[0].address,)


def mount_host(plan: Plan, file_system: str) -> str:
    """What a mount asks for, of a file system by its key; one that the plan does not hold, by its id."""
    system = plan.estate.file_systems.get(file_system)
    return f"{file_system if system is None else system.id}.efs.{plan.region}.amazonaws.com"


def serves(plan: Plan, endpoint: Endpoint, host: str) -> bool:
    """Whether the service behind an endpoint is the one that a host name is about."""
    found = service_of(host)
    if found is None or isinstance(endpoint.service, Unknown):
        return True
    every = (found[0].suffix, *found[0].perhaps)
    return endpoint.service in (_service(plan, each, found[1]) for each in every)


def _service(plan: Plan, suffix: str, region: str) -> str:
    """What a service of a host's region is called as an endpoint's."""
    return endpoint_name(suffix, region, plan.estate.partition)


def _below(host: str, zone: str) -> bool:
    return f".{host}".endswith(f".{zone}")
