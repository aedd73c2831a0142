"""What ways to AWS cost, with known prices, unknown ones, and those that AWS tells."""

import json
import re
from argparse import Namespace
from typing import Any

import pytest

from pullproof.cli.cost import prices_for
from pullproof.errors import ToolError, UsageError
from pullproof.evidence import Via
from pullproof.finding import Change, Costs, Fix, Offer, Proof, Way
from pullproof.model.edits import AddTrust
from pullproof.model.value import Unknown
from pullproof.render.as_json import edit_json
from pullproof.repair import price_list
from pullproof.repair.cost import (
    HOURS,
    Bill,
    PriceList,
    Prices,
    hourly,
    monthly,
    per_gigabyte,
    prices_of,
    rank,
    rank_data,
    shipped,
    unpriced,
)
from pullproof.repair.offer import offer
from pullproof.report import fix_json
from pullproof.report.costs import render, render_json
from pullproof.report.fix import render as render_offer
from pullproof.report.look import PLAIN
from pullproof.sources.base import Loaded
from tests.cli.program import run_here as run
from tests.rules.build import UNKNOWN, awslogs, container, estate, without
from tests.schemas import wrong

PLAN = "examples/blog-post/as-printed/plan.json"


def test_a_month_of_everything() -> None:
    """Interfaces, gateways and addresses are each counted 730 hours at the region's price."""
    bill = Bill(endpoint_zones=6, nat_gateways=1, addresses=3)

    assert round((6 * 0.011 + 0.048 + 3 * 0.005) * HOURS, 2) == monthly(bill, prices_of("eu-west-1"))


def test_a_region_without_prices_is_unknown() -> None:
    """No other region's price stands in; nothing costs nothing everywhere."""
    prices = prices_of("eu-north-1")

    assert isinstance(monthly(Bill(nat_gateways=1), prices), Unknown)
    assert 0.0 == monthly(Bill(), prices)


def test_a_price_that_is_missing_is_unknown_only_where_it_counts() -> None:
    """A region of which the NAT price is not known still prices endpoints."""
    prices = prices_of("ap-southeast-5")

    assert isinstance(hourly(Bill(nat_gateways=1), prices), Unknown)
    assert round(2 * 0.0117 * HOURS, 2) == monthly(Bill(endpoint_zones=2), prices)


def test_candidates_are_ordered_without_prices_too() -> None:
    """Where prices are not known, another region's order candidates, and are never shown."""
    unknown = prices_of(unpriced("the region"))

    assert rank(Bill(endpoint_zones=1), unknown) < rank(Bill(nat_gateways=1), unknown)


def test_a_reference_without_prices_is_a_fault(monkeypatch: pytest.MonkeyPatch) -> None:
    """The reference region must have every price."""
    monkeypatch.setitem(shipped().regions, "us-east-1", Prices())

    with pytest.raises(TypeError):
        rank(Bill(nat_gateways=1), prices_of("nowhere"))


@pytest.mark.parametrize("region", shipped().regions)
def test_every_shipped_price_has_a_basis(region: str) -> None:
    """Each region has a name, a day and a source of its prices, and they are of the size that AWS's are."""
    prices = shipped().regions[region]

    assert re.fullmatch(r"[a-z]{2}(-gov)?-[a-z]+-[0-9]", region)
    assert re.fullmatch(r"202[6-9]-(0[1-9]|1[0-2])(-[0-3][0-9])?", prices.as_of)
    assert prices.as_of <= shipped().as_of
    assert prices.basis
    for value, least, most in (
        (prices.endpoint_hour, 0.01, 0.03),
        (prices.endpoint_gb, 0.01, 0.01),
        (prices.nat_hour, 0.045, 0.1),
        (prices.nat_gb, 0.045, 0.1),
        (prices.address_hour, 0.005, 0.005),
    ):
        assert value is None or least <= value <= most
    assert prices.nat_hour == prices.nat_gb  # AWS has the same number for both in every region
    assert prices.endpoint_hour is not None or prices.nat_hour is not None


def test_a_way_with_data() -> None:
    """Data counts at its own price; what is not known stays unknown."""
    doubt = unpriced("data")

    assert 30.0 == Way(name="x", what="", fixed=10.0, per_gb=0.2).monthly(100)
    assert 10.0 == Way(name="x", what="", fixed=10.0, per_gb=doubt).monthly(0)
    assert doubt == Way(name="x", what="", fixed=10.0, per_gb=doubt).monthly(1)
    assert doubt == Way(name="x", what="", fixed=doubt, per_gb=0.1).monthly(1)


def test_the_comparison_as_json() -> None:
    """Endpoints cost more at rest and less by the gigabyte than NAT: the document has the break-even."""
    status, out, _ = run("cost", PLAN, "--gb", "500", "--format", "json")
    document = json.loads(out)
    ways = {way["name"]: way for way in document["ways"]}

    assert 0 == status
    assert {"endpoints": 48.18, "nat": 38.69, "public-ip": 7.3} == {
        n: w["fixed_usd"] for n, w in ways.items()
    }
    assert {"endpoints": 53.18, "nat": 62.69, "public-ip": 7.3} == {
        n: w["monthly_usd"] for n, w in ways.items()
    }
    assert [{"way": "endpoints", "against": "nat", "gigabytes": 249.7}] == [
        one for one in document["break_even"] if one["against"] == "nat"
    ]


def test_the_comparison_in_a_terminal() -> None:
    """A table, the break-even, and a chart in which the lines cross."""
    _, out, _ = run("cost", PLAN)

    assert "from 249.7 GB a month on, endpoints cost less than nat" in " ".join(out.split())
    assert "e endpoints, n nat, p public-ip" in out


def test_a_region_without_prices_has_no_chart() -> None:
    """Where no price is known that is said, nothing is drawn, and JSON has null with the reason."""
    doubt = unpriced("AWS's prices in xx-east-1")
    way = Way(name="endpoints", what="4 endpoint interfaces", fixed=doubt, per_gb=doubt, lacks=("quay.io",))
    free = Way(name="now", what="nothing", fixed=0.0, per_gb=0.0)
    answer = Costs(
        source_kind="k", source_path="p", region="", priced="x", gigabytes=5, now=free, ways=(way,), even=()
    )

    shown = " ".join(render(answer, PLAIN).split())
    document = json.loads(render_json(answer))

    assert "not known" in shown
    assert "endpoints do not lead to quay.io" in shown
    assert "|" not in shown
    assert None is document["ways"][0]["fixed_usd"]
    assert "AWS's prices in xx-east-1" in document["ways"][0]["unknown"]


@pytest.mark.parametrize("amount", ["-1", "x", "nan", "1e13"])
def test_a_wrong_amount_is_refused(amount: str) -> None:
    """Gigabytes are a number that is not negative."""
    status, _, err = run("cost", PLAN, "--gb", amount)

    assert 2 == status
    assert "--gb" in err


class Pricing:
    """Stands in for the Price List API."""

    def __init__(self, products: list[tuple[str, str]]) -> None:
        self.products = products

    def get_paginator(self, _: str) -> "Pricing":
        return self

    def paginate(self, **_: object) -> list[dict[str, Any]]:
        """One page of products, each with two tiers."""
        return [{"PriceList": [json.dumps(self._product(*one)) for one in self.products]}]

    def _product(self, usage: str, price: str) -> dict[str, Any]:
        tiers = {
            "a": {"beginRange": "0", "pricePerUnit": {"USD": price}},
            "b": {"beginRange": "1048576", "pricePerUnit": {"USD": "0.001"}},
        }
        return {
            "product": {"attributes": {"usagetype": usage}},
            "terms": {"OnDemand": {"t": {"priceDimensions": tiers}}},
        }


def test_prices_as_aws_tells_them(monkeypatch: pytest.MonkeyPatch) -> None:
    """The first tier of each product counts; other kinds of gateway do not, and two prices are none."""
    import boto3

    products = [
        ("EU-VpcEndpoint-Hours", "0.011"),
        ("EU-VpcEndpoint-GWLBE-Hours", "0.5"),
        ("EU-NatGateway-Hours", "0.048"),
        ("EU-Regional-NatGateway-Hours", "0.9"),
        ("EU-NatGateway-Bytes", "0.048"),
        ("EUW1-NatGateway-Bytes", "0.049"),
    ]
    monkeypatch.setattr(boto3, "client", lambda *_, **__: Pricing(products))

    prices = price_list.fetched("eu-west-1").regions["eu-west-1"]

    assert (0.011, None, 0.048, None, None) == (
        prices.endpoint_hour,
        prices.endpoint_gb,
        prices.nat_hour,
        prices.nat_gb,
        prices.address_hour,
    )


def test_no_credentials_are_an_error_that_helps(monkeypatch: pytest.MonkeyPatch) -> None:
    """Without credentials the screen says what to do."""
    import boto3
    from botocore.exceptions import NoCredentialsError

    def refuse(*_: object, **__: object) -> None:
        raise NoCredentialsError

    monkeypatch.setattr(boto3, "client", refuse)
    status, _, err = run("cost", PLAN, "--prices")

    assert 2 == status
    assert "pricing:GetProducts" in err


def test_boto3_is_asked_for_by_name(monkeypatch: pytest.MonkeyPatch) -> None:
    """Without boto3 the error names the extra that has it."""
    import sys

    monkeypatch.setitem(sys.modules, "boto3", None)

    with pytest.raises(ToolError) as error:
        price_list.fetched("eu-west-1")
    assert "pullproof[live]" in error.value.remedy


def test_prices_of_an_unknown_region_are_not_asked(monkeypatch: pytest.MonkeyPatch) -> None:
    """Whose prices they are must be known; without --prices nobody is asked."""
    asked = Namespace(prices=True)
    made = estate()
    monkeypatch.setattr(price_list, "fetched", lambda region: PriceList(
        currency="USD", hours_per_month=HOURS, source="x", as_of="y", regions={region: Prices()}))  # fmt: skip

    assert None is prices_for(made, Namespace(prices=False))
    assert {"eu-west-1": Prices()} == getattr(prices_for(made, asked), "regions", None)
    made.region = UNKNOWN
    with pytest.raises(UsageError):
        prices_for(made, asked)


def test_the_dearest_way_prices_a_gigabyte() -> None:
    """Of several ways the dearest counts, gateway endpoints are free, and what has no price is unknown."""
    prices = prices_of("eu-west-1")

    assert 0.0 == per_gigabyte([Via.GATEWAY_ENDPOINT, Via.INTERNET_GATEWAY], prices)
    assert 0.01 == per_gigabyte([Via.INTERFACE_ENDPOINT, Via.GATEWAY_ENDPOINT], prices)
    assert 0.048 == per_gigabyte([Via.NAT, Via.INTERFACE_ENDPOINT], prices)
    assert isinstance(per_gigabyte([Via.TRANSIT_GATEWAY], prices), Unknown)
    assert isinstance(per_gigabyte([Via.NAT], prices_of("ap-southeast-5")), Unknown)
    assert isinstance(per_gigabyte([Via.NAT], prices_of("nowhere")), Unknown)
    assert 0.045 == rank_data([Via.NAT, Via.PEERING], prices_of("nowhere"))


BROKEN = "tests/scenarios/plans/E04-ecr-api-missing/broken.json"


def test_a_fix_has_its_price_with_data() -> None:
    """--gb adds the data of the mended tasks at the price of their way; JSON and the terminal say the same."""
    _, out, _ = run("fix", BROKEN, "--gb", "500", "--format", "json")
    offered = json.loads(out)
    (fix,) = offered["fixes"]
    shown = " ".join(run("fix", BROKEN, "--gb", "500")[1].split())

    assert [] == wrong("fix", out)
    assert (500.0, shipped().named) == (offered["gigabytes"], offered["prices"])
    assert (16.06, 0.01, 21.06, "") == (
        fix["monthly_usd"],
        fix["per_gb_usd"],
        fix["with_data_usd"],
        fix["data_unknown"],
    )
    assert "cost: +$16.06 a month; with 500 GB +$21.06 a month" in shown
    assert f"prices: {shipped().named}" in shown
    assert "with" not in " ".join(line for line in run("fix", BROKEN)[1].splitlines() if "= cost" in line)


def test_the_cheapest_way_depends_on_the_data() -> None:
    """Every strategy is compared; with much data endpoints win where NAT costs less at rest."""
    made = estate(container(log=awslogs()))
    for key in ("ecr.api", "ecr.dkr", "logs"):
        without(made, key)
    loaded = Loaded(kind="k", path="p", estate=made)
    little, much = (offer(loaded, via="cheapest", gigabytes=amount) for amount in (0.0, 10_000.0))
    ways = {one.via: one for one in much.compared}

    assert ["nat", "endpoints"] == [little.via, much.via]
    assert {"endpoints", "nat", "public-ip"} == ways.keys()
    assert (0, 0, 0.0, 0.0) == (
        ways["public-ip"].mended,
        ways["public-ip"].edits,
        ways["public-ip"].monthly,
        ways["public-ip"].with_data,
    )
    table = [line.split() for line in render_offer(much, PLAIN).splitlines() if "cheapest" in line]
    assert [["endpoints", "1", "$48.18", "$148.18"]] == [[row[0], row[1], row[3], row[4]] for row in table]


def test_a_price_of_data_that_is_not_known_is_said() -> None:
    """In a region without prices the sum is not known, and JSON has null with the reason."""
    fix = Fix(
        whole=True,
        changes=(Change(edit=AddTrust(role="r"), says="x", resource="r"),),
        exposure=(),
        score=(0,) * 7,
        monthly=1.0,
        warnings=(),
        proof=Proof(starts=("t",), unsettled=(), settles=1, judged=1),
        ways=(Via.TRANSIT_GATEWAY,),
        per_gb=per_gigabyte([Via.TRANSIT_GATEWAY], prices_of("eu-west-1")),
    )
    found = Offer(
        source_kind="k", source_path="p", via="nat", blocked=("t",), unknown=(), fixes=(fix,), left=(), gigabytes=2
    )  # fmt: skip
    (document,) = json.loads(fix_json.render(found, edit_json))["fixes"]

    assert (1.0, None, None) == (document["monthly_usd"], document["per_gb_usd"], document["with_data_usd"])
    assert "a transit gateway" in document["data_unknown"]
    assert "with 2 GB not known" in " ".join(render_offer(found, PLAIN).split())
