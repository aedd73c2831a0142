"""What an estate pays for its ways to AWS, and what the tasks it runs would pay by each of the others.

Endpoints: one for every service that the tasks use, in every zone that they use; gateway endpoints are free.
NAT: one gateway for a VPC, with its address. Public addresses: one for every task that runs at once.
"""

from collections.abc import Iterable

from pullproof.finding import Costs, Way
from pullproof.launch.requirement import Connect
from pullproof.model.estate import Estate
from pullproof.model.services import service_of
from pullproof.model.text import shown
from pullproof.model.value import Maybe, Unknown
from pullproof.prove import Input
from pullproof.prove.gaps import survey
from pullproof.repair.cost import (
    HOURS,
    Bill,
    PriceList,
    Prices,
    monthly,
    of_estate,
    prices_of,
    rate,
    shipped,
    tasks_of,
)
from pullproof.repair.scene import held


class Used:
    """What the tasks of an estate use: services by VPC, zones by VPC, hosts that are not AWS's."""

    def __init__(self, estate: Estate) -> None:
        self.services: dict[str, set[str]] = {}
        self.zones: dict[str, set[str]] = {}
        self.others: dict[str, None] = {}
        self.launches: set[str] = set()
        for (launch, _, _, key), needs in survey(estate).needs.items():
            subnet = estate.subnets.get(key)
            vpc = "" if subnet is None else held(subnet.vpc)
            for need in needs:
                if subnet is not None and isinstance(need, Connect) and not need.fargate_interface:
                    self.launches.add(launch)
                    self.zones.setdefault(vpc, set()).add(held(subnet.zone) or subnet.key)
                    self._host(vpc, need)

    def _host(self, vpc: str, need: Connect) -> None:
        found = service_of(need.host)
        if found is None or not found[0].endpoint:
            self.others[shown(need.host)] = None
        elif not found[0].gateway:
            self.services.setdefault(vpc, set()).add(found[0].suffix)


def costs(loaded: Input, *, gigabytes: float = 0, prices: PriceList | None = None) -> Costs:
    """What is there, and what each way would cost."""
    estate = loaded.estate
    listed = prices or shipped()
    here = prices_of(estate.region, listed)
    now = of_estate(estate)
    ways = _ways(estate, here)
    return Costs(
        source_kind=loaded.kind,
        source_path=loaded.path,
        region=held(estate.region),
        priced=listed.named,
        gigabytes=gigabytes,
        now=Way(name="now", what=_words(now), fixed=monthly(now, here), per_gb=_rate_now(now, here)),
        ways=ways,
        even=tuple(_even(ways)),
        notes=loaded.notes,
    )


def _ways(estate: Estate, prices: Maybe[Prices]) -> tuple[Way, ...]:
    used = Used(estate)
    zones = sum(len(services) * len(used.zones[vpc]) for vpc, services in used.services.items())
    bills = {
        "endpoints": Bill(endpoint_zones=zones),
        "nat": Bill(nat_gateways=len(used.zones), addresses=len(used.zones)),
        "public-ip": Bill(addresses=sum(tasks_of(estate, key) for key in used.launches)),
    }
    rates = {"endpoints": "endpoint_gb", "nat": "nat_gb"}
    return tuple(
        Way(
            name=name,
            what=_words(bill),
            fixed=monthly(bill, prices),
            per_gb=rate(prices, rates[name]) if name in rates else 0.0,
            lacks=tuple(used.others) if name == "endpoints" else (),
        )
        for name, bill in bills.items()
    )


def _rate_now(now: Bill, prices: Maybe[Prices]) -> Maybe[float]:
    """What a gigabyte costs by the way that is there: through NAT where there is NAT."""
    if now.nat_gateways:
        return rate(prices, "nat_gb")
    return rate(prices, "endpoint_gb") if now.endpoint_zones else 0.0


def _even(ways: Iterable[Way]) -> Iterable[tuple[str, str, float]]:
    """Where a way that costs more at rest and less by the gigabyte becomes the cheaper one."""
    every = list(ways)
    for one in every:
        for other in every:
            values = (one.fixed, other.fixed, one.per_gb, other.per_gb)
            known = [value for value in values if not isinstance(value, Unknown)]
            if len(known) == len(values):
                fixed, other_fixed, rate, other_rate = known
                if fixed > other_fixed and rate < other_rate:
                    yield one.name, other.name, round((fixed - other_fixed) / (other_rate - rate), 1)


def _words(bill: Bill) -> str:
    parts = [
        _counted(bill.endpoint_zones, "endpoint interface"),
        _counted(bill.nat_gateways, "NAT gateway"),
        _counted(bill.addresses, "public IPv4 address", "public IPv4 addresses"),
    ]
    return ", ".join(part for part in parts if part) or "nothing that is paid for by the hour"


def _counted(number: int, one: str, many: str = "") -> str:
    return "" if not number else f"{number} {one if number == 1 else many or f'{one}s'}"


__all__ = ["HOURS", "costs"]
