"""What ways to AWS cost by the month: endpoints by the zone, NAT gateways, public addresses, data.

Prices are AWS's list prices in US dollars, in `prices.json` with their date and source. A region or a
price that is not in it is unknown, never another region's. A month has 730 hours, as in AWS's calculator.
Gateway endpoints are free. Data that leaves AWS, and data between zones, is not counted.
https://aws.amazon.com/privatelink/pricing/
https://aws.amazon.com/vpc/pricing/
"""

from collections.abc import Callable, Iterable
from functools import cache

import msgspec

from pullproof.evidence import Via
from pullproof.model import edits as e
from pullproof.model.edits import Edit
from pullproof.model.endpoints import EndpointType
from pullproof.model.estate import Estate
from pullproof.model.value import Maybe, Unknown, Why

HOURS = 730
#: Whose prices decide between candidates where the region's own are not known: an order, not a figure.
REFERENCE = "us-east-1"
#: The ways that are paid for by the gigabyte, and those of which the list has no price.
BY_THE_GIGABYTE = {Via.INTERFACE_ENDPOINT: "endpoint_gb", Via.NAT: "nat_gb"}
UNPRICED = {Via.TRANSIT_GATEWAY: "a transit gateway", Via.PEERING: "a peering connection"}


class Prices(msgspec.Struct, frozen=True, kw_only=True):
    """The prices of a region in US dollars; None is not known. `basis` says where they were seen, and `as_of`
    of which day (or month) the oldest of them is.
    """

    endpoint_hour: float | None = None
    endpoint_gb: float | None = None
    nat_hour: float | None = None
    nat_gb: float | None = None
    address_hour: float | None = None
    as_of: str = ""
    basis: str = ""


class PriceList(msgspec.Struct, frozen=True, kw_only=True):
    """All prices, their date and their source."""

    currency: str
    hours_per_month: int
    source: str
    as_of: str
    regions: dict[str, Prices]

    @property
    def named(self) -> str:
        """Where the prices are from, and of which day."""
        return f"{self.source}, {self.as_of}"


class Bill(msgspec.Struct, frozen=True, kw_only=True):
    """What is paid for by the hour: endpoints times their zones, NAT gateways, public IPv4 addresses."""

    endpoint_zones: int = 0
    nat_gateways: int = 0
    addresses: int = 0

    def __add__(self, other: "Bill") -> "Bill":
        """Both together."""
        return Bill(
            endpoint_zones=self.endpoint_zones + other.endpoint_zones,
            nat_gateways=self.nat_gateways + other.nat_gateways,
            addresses=self.addresses + other.addresses,
        )


@cache
def shipped() -> PriceList:
    """The prices that come with the program."""
    place = f"{__file__.rpartition('cost.py')[0]}prices.json"
    with open(place, "rb") as file:  # noqa: PTH123 - importing pathlib costs more
        return msgspec.json.decode(file.read(), type=PriceList)


def prices_of(region: Maybe[str], prices: PriceList | None = None) -> Maybe[Prices]:
    """The prices of a region, or that they are not known."""
    if isinstance(region, Unknown):
        return region
    found = (prices or shipped()).regions.get(region)
    return found if found is not None else unpriced(f"AWS's prices in {region or 'this region'}")


def hourly(bill: Bill, prices: Maybe[Prices]) -> Maybe[float]:
    """What a bill comes to in an hour."""
    if isinstance(prices, Unknown):
        return prices if bill != Bill() else 0.0
    total = 0.0
    for count, price, what in (
        (bill.endpoint_zones, prices.endpoint_hour, "an interface endpoint"),
        (bill.nat_gateways, prices.nat_hour, "a NAT gateway"),
        (bill.addresses, prices.address_hour, "a public IPv4 address"),
    ):
        if count and price is None:
            return unpriced(f"the price of {what} in this region")
        total += count * (price or 0.0)
    return total


def monthly(bill: Bill, prices: Maybe[Prices]) -> Maybe[float]:
    """What a bill comes to in a month, in dollars, without data."""
    found = hourly(bill, prices)
    return found if isinstance(found, Unknown) else round(found * HOURS, 2)


def rate(prices: Maybe[Prices], field: str) -> Maybe[float]:
    """One price of a gigabyte ("nat_gb")."""
    if isinstance(prices, Unknown):
        return prices
    found: float | None = getattr(prices, field)
    return unpriced(field.replace("_gb", " data")) if found is None else found


def per_gigabyte(ways: Iterable[Via], prices: Maybe[Prices]) -> Maybe[float]:
    """What a gigabyte costs at most that goes by one of these ways: the price of the dearest."""
    dearest = 0.0
    for way in ways:
        if way in UNPRICED:
            return unpriced(f"data through {UNPRICED[way]}")
        found = rate(prices, BY_THE_GIGABYTE[way]) if way in BY_THE_GIGABYTE else 0.0
        if isinstance(found, Unknown):
            return found
        dearest = max(dearest, found)
    return dearest


def of_edits(edits: Iterable[Edit], estate: Estate) -> Bill:
    """What edits add to the bill; `estate` is the one they are made to, or have been made to."""
    bill = Bill()
    for edit in edits:
        match edit:
            case e.AddEndpoint(type=EndpointType.INTERFACE):
                bill += Bill(endpoint_zones=len(edit.subnets))
            case e.AddEndpointSubnet():
                bill += Bill(endpoint_zones=1)
            case e.AddNatGateway():
                bill += Bill(nat_gateways=1, addresses=1)
            case e.AssignPublicIp():
                bill += Bill(addresses=tasks_of(estate, edit.launch))
            case _:
                pass
    return bill


def of_estate(estate: Estate) -> Bill:
    """What an estate has now that is paid for by the hour."""
    bill = Bill()
    for endpoint in estate.endpoints.values():
        if endpoint.type is EndpointType.INTERFACE:
            bill += Bill(endpoint_zones=len(endpoint.subnets.items))
    for gateway in estate.nat_gateways.values():
        bill += Bill(nat_gateways=1, addresses=1 if gateway.public is True else 0)
    for launch in estate.launches.values():
        if launch.public_ip is True:
            bill += Bill(addresses=tasks_of(estate, launch.key))
    return bill


def tasks_of(estate: Estate, key: str) -> int:
    """How many tasks of a launch run at once; one where the input does not say."""
    launch = estate.launches.get(key)
    if launch is None or isinstance(launch.desired_count, Unknown):
        return 1
    return launch.desired_count


def rank(bill: Bill, prices: Maybe[Prices]) -> float:
    """What candidates are ordered by: the price of an hour, by another region's prices if need be."""
    return _by_some(lambda some: hourly(bill, some), prices)


def rank_data(ways: Iterable[Via], prices: Maybe[Prices]) -> float:
    """What strategies are ordered by: the price of a gigabyte; nothing where no list has it."""
    priced = [way for way in ways if way not in UNPRICED]
    return _by_some(lambda some: per_gigabyte(priced, some), prices)


def _by_some(price: Callable[[Maybe[Prices]], Maybe[float]], prices: Maybe[Prices]) -> float:
    own = price(prices)
    if isinstance(own, Unknown):
        own = price(shipped().regions[REFERENCE])
    if isinstance(own, Unknown):
        raise TypeError(own.settle_by)
    return round(own, 6)


def unpriced(what: str) -> Unknown:
    """A price that the list does not have."""
    return Unknown(
        Why.NOT_IN_INPUT,
        what,
        "",
        f"{what}: look it up at https://aws.amazon.com/vpc/pricing/, or pass --prices with credentials",
    )
