"""Today's prices, from the AWS Price List API: needs credentials that may call pricing:GetProducts.

https://docs.aws.amazon.com/awsaccountbilling/latest/aboutv2/using-price-list-query-api.html
"""

import json
from collections.abc import Iterator
from typing import Any

from pullproof.errors import ToolError
from pullproof.repair.cost import PriceList, Prices

#: The API answers in these regions only; the prices it tells are those of all regions.
HOME = "us-east-1"
SOURCE = "AWS Price List API"

#: field -> service, and how the usage types of its products end.
PRODUCTS: dict[str, tuple[str, tuple[str, ...]]] = {
    "endpoint_hour": ("AmazonVPC", ("VpcEndpoint-Hours",)),
    "endpoint_gb": ("AmazonVPC", ("VpcEndpoint-Bytes",)),
    "nat_hour": ("AmazonEC2", ("NatGateway-Hours",)),
    "nat_gb": ("AmazonEC2", ("NatGateway-Bytes",)),
    "address_hour": ("AmazonVPC", ("PublicIPv4:InUseAddress",)),
}
#: Of other kinds of gateway, whose usage types end alike.
NOT_THESE = ("Regional", "Prvd", "GatewayLoadBalancer", "GWLB")


def fetched(region: str) -> PriceList:
    """The prices of one region, as of today.

    Raises:
        ToolError: boto3 is missing, there are no credentials, or AWS refuses.
    """
    try:
        import boto3
        from botocore.exceptions import BotoCoreError, ClientError
    except ImportError as error:
        raise ToolError(
            "--prices needs boto3, which is not installed", remedy="pip install 'pullproof[live]'"
        ) from error
    try:
        client = boto3.client("pricing", region_name=HOME)
        found = {field: _price(client, region, *PRODUCTS[field]) for field in PRODUCTS}
    except (BotoCoreError, ClientError) as error:
        raise ToolError(
            f"AWS does not tell its prices: {error}",
            remedy="give credentials that may call pricing:GetProducts, or leave --prices out",
        ) from error
    return PriceList(
        currency="USD",
        hours_per_month=730,
        source=SOURCE,
        as_of=_today(),
        regions={region: Prices(**found, as_of=_today(), basis=SOURCE)},
    )


def _price(client: Any, region: str, service: str, endings: tuple[str, ...]) -> float | None:
    """The price of the first tier of a product; None where the list has none or several."""
    filters = [{"Type": "TERM_MATCH", "Field": "regionCode", "Value": region}]
    prices: set[float] = set()
    for page in client.get_paginator("get_products").paginate(ServiceCode=service, Filters=filters):
        for text in page["PriceList"]:
            product = json.loads(text)
            usage = product["product"]["attributes"].get("usagetype", "")
            if usage.endswith(endings) and not any(word in usage for word in NOT_THESE):
                prices.update(_tiers(product))
    return prices.pop() if len(prices) == 1 else None


def _tiers(product: dict[str, Any]) -> Iterator[float]:
    for term in product["terms"].get("OnDemand", {}).values():
        for dimension in term["priceDimensions"].values():
            if dimension.get("beginRange", "0") == "0":
                yield float(dimension["pricePerUnit"]["USD"])


def _today() -> str:
    from datetime import UTC, datetime

    return datetime.now(UTC).date().isoformat()
