"""Transit gateways, what is attached to them, and their route tables."""

from pullproof.model.value import Unknown
from pullproof.sources.cloudformation.rows import Properties, Row, Values, members
from pullproof.sources.cloudformation.stack import Item

LINK = {
    "TransitGatewayAttachmentId": "transit_gateway_attachment_id",
    "TransitGatewayRouteTableId": "transit_gateway_route_table_id",
}
ATTACHED = {"TransitGatewayId": "transit_gateway_id", "VpcId": "vpc_id", "SubnetIds": "subnet_ids"}


def _attachment(_item: Item, properties: Properties) -> Values:
    options = members(properties.get("Options"))
    mode = options if isinstance(options, Unknown) else options.get("ApplianceModeSupport")
    return {"appliance_mode_support": mode}


ROWS = (
    Row(
        type="AWS::EC2::TransitGateway",
        to="aws_ec2_transit_gateway",
        names={
            "DefaultRouteTableAssociation": "default_route_table_association",
            "DefaultRouteTablePropagation": "default_route_table_propagation",
        },
        gives={"Id": "id"},
        words={
            "association_default_route_table_id": "AssociationDefaultRouteTableId",
            "propagation_default_route_table_id": "PropagationDefaultRouteTableId",
        },
    ),
    *(
        Row(
            type=f"AWS::EC2::{kind}",
            to="aws_ec2_transit_gateway_vpc_attachment",
            names=ATTACHED,
            build=_attachment,
            gives={"Id": "id"},
            doubt=("transit_gateway_id",),
        )
        for kind in ("TransitGatewayAttachment", "TransitGatewayVpcAttachment")
    ),
    Row(
        type="AWS::EC2::TransitGatewayRouteTable",
        to="aws_ec2_transit_gateway_route_table",
        names={"TransitGatewayId": "transit_gateway_id"},
        gives={"TransitGatewayRouteTableId": "id"},
    ),
    Row(
        type="AWS::EC2::TransitGatewayRoute",
        to="aws_ec2_transit_gateway_route",
        names={**LINK, "DestinationCidrBlock": "destination_cidr_block", "Blackhole": "blackhole"},
        doubt=("destination_cidr_block",),
    ),
    Row(
        type="AWS::EC2::TransitGatewayRouteTableAssociation",
        to="aws_ec2_transit_gateway_route_table_association",
        names=LINK,
        doubt=("transit_gateway_route_table_id",),
    ),
    Row(
        type="AWS::EC2::TransitGatewayRouteTablePropagation",
        to="aws_ec2_transit_gateway_route_table_propagation",
        names=LINK,
        doubt=("transit_gateway_route_table_id",),
    ),
    Row(
        type="AWS::EC2::TransitGatewayPeeringAttachment",
        to="aws_ec2_transit_gateway_peering_attachment",
        names={"TransitGatewayId": "transit_gateway_id"},
        gives={"TransitGatewayAttachmentId": "id"},
    ),
    Row(
        type="AWS::EC2::TransitGatewayConnect",
        to="aws_ec2_transit_gateway_connect",
        names={"TransportTransitGatewayAttachmentId": "transport_attachment_id"},
        gives={"TransitGatewayAttachmentId": "id", "TransitGatewayId": "transit_gateway_id"},
    ),
    Row(
        type="AWS::EC2::VPNConnection",
        to="aws_vpn_connection",
        names={"TransitGatewayId": "transit_gateway_id", "VpnGatewayId": "vpn_gateway_id"},
        gives={"VpnConnectionId": "id"},
    ),
)
