"""Private hosted zones that can hide a name which a task needs."""

import re
from collections.abc import Iterator

from pullproof.sources.live.feeds import found
from pullproof.sources.live.values import Got, Seen, Wanted

#: Where AWS's own hosts are.
OURS = (
    *("amazonaws.com", "amazonaws.com.cn", "api.aws", "on.aws", "api.amazonwebservices.com.cn", "aws.dev"),
    *("c2s.ic.gov", "sc2s.sgov.gov", "amazonaws.eu", "docker.io", "docker.com", "public.ecr.aws"),
)
HOST = re.compile(r"[A-Za-z0-9_*-]+(?:\.[A-Za-z0-9_-]+)+")


def zones(got: Got, seen: Seen) -> Iterator[Wanted]:
    """The zones of a VPC that may hold a host of ours.

    Zones that AWS keeps for endpoints and mount targets hold what those are known by already:
    https://docs.aws.amazon.com/Route53/latest/APIReference/API_HostedZoneOwner.html
    """
    hosts = None
    for zone in found(got.item, "HostedZoneSummaries[]"):
        if (zone.get("Owner") or {}).get("OwningService"):
            continue
        name = zone.get("Name", "").rstrip(".").lower()
        hosts = hosts_named(seen) if hosts is None else hosts
        if may_hide(name, hosts):
            yield Wanted(zone["HostedZoneId"])


def may_hide(zone: str, hosts: frozenset[str]) -> bool:
    """Whether a zone is at, above or below a host that a task may ask for."""
    return any(zone == host or host.endswith(f".{zone}") or zone.endswith(f".{host}") for host in hosts)


def hosts_named(seen: Seen) -> frozenset[str]:
    """AWS's own domains, and every host that a task definition's images and log options name."""
    named = set(OURS)
    for got in seen.of("task-definitions"):
        for image in found(got.item, "containerDefinitions[].image"):
            named |= {host.lower() for host in HOST.findall(image.partition("/")[0])}
        for options in found(got.item, "containerDefinitions[].logConfiguration.options"):
            for value in options.values():
                named |= {host.lower() for host in HOST.findall(str(value))}
    return frozenset(named)
