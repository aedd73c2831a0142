"""Calls about transit gateways: attachments of the tasks' VPCs, and the tables that lead on."""

from pullproof.sources.live import feeds, keeps
from pullproof.sources.live.calls_network import HOME, ec2
from pullproof.sources.live.values import Call, Feed

_GATEWAYS = (Feed("TransitGatewayVpcAttachments", feeds.at("TransitGatewayId")),)
_TABLES = (Feed("TransitGatewayRouteTables", feeds.at("TransitGatewayRouteTableId")),)
_TABLE = "arn:{partition}:ec2:{region}:{account}:transit-gateway-route-table/*"
_NO_TABLE = ("InvalidRouteTableID.NotFound", "InvalidRouteTableId.NotFound")

TRANSIT: tuple[Call, ...] = (
    ec2("DescribeTransitGatewayVpcAttachments", "TransitGatewayVpcAttachments", "vpc-id", HOME),
    ec2(
        "DescribeTransitGatewayVpcAttachments",
        "TransitGatewayVpcAttachments",
        "transit-gateway-id",
        _GATEWAYS,
        row="transit-vpcs",
    ),
    ec2("DescribeTransitGatewayAttachments", "TransitGatewayAttachments", "transit-gateway-id", _GATEWAYS),
    ec2("DescribeTransitGateways", "TransitGateways", "transit-gateway-id", _GATEWAYS),
    ec2("DescribeTransitGatewayRouteTables", "TransitGatewayRouteTables", "transit-gateway-id", _GATEWAYS),
    ec2(
        "SearchTransitGatewayRoutes",
        "TransitGatewayStaticRoutes",
        "",
        _TABLES,
        keep=keeps.with_asked("TransitGatewayRouteTableId", keys=("Routes", "AdditionalRoutesAvailable")),
        into="TransitGatewayRouteTableId",
        most=1,
        fixed={
            "Filters": [{"Name": "type", "Values": ["static", "propagated"]}],
            # The answer has no pages: it says whether there are more.
            "MaxResults": 1000,
        },
        pages=False,
        resource=_TABLE,
        absent=_NO_TABLE,
    ),
    ec2(
        "GetTransitGatewayRouteTablePropagations",
        "TransitGatewayPropagations",
        "",
        _TABLES,
        keep=keeps.with_asked("TransitGatewayRouteTableId", keys=("TransitGatewayRouteTablePropagations",)),
        into="TransitGatewayRouteTableId",
        most=1,
        absent=_NO_TABLE,
    ),
)
