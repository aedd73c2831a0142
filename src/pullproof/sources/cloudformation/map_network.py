"""VPCs, subnets, routes and gateways.

Properties and what `Ref` gives:
https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/AWS_EC2.html
"""

from pullproof.model.text import hole
from pullproof.model.value import Unknown, Why
from pullproof.sources.cloudformation.rows import Part, Properties, Row, Values, items, members, own
from pullproof.sources.cloudformation.stack import Item

ROUTE = {
    "RouteTableId": "route_table_id",
    "DestinationCidrBlock": "destination_cidr_block",
    "DestinationIpv6CidrBlock": "destination_ipv6_cidr_block",
    "DestinationPrefixListId": "destination_prefix_list_id",
    "GatewayId": "gateway_id",
    "NatGatewayId": "nat_gateway_id",
    "EgressOnlyInternetGatewayId": "egress_only_gateway_id",
    "NetworkInterfaceId": "network_interface_id",
    "InstanceId": "instance_id",
    "VpcPeeringConnectionId": "vpc_peering_connection_id",
    "TransitGatewayId": "transit_gateway_id",
    "VpcEndpointId": "vpc_endpoint_id",
    "CarrierGatewayId": "carrier_gateway_id",
    "LocalGatewayId": "local_gateway_id",
    "CoreNetworkArn": "core_network_arn",
}


def _vpc(item: Item, properties: Properties) -> Values:
    # A block that IPAM assigns is known only when the VPC is there.
    return {} if "CidrBlock" in properties else {"cidr_block": own(item, "cidr_block")}


def _more_blocks(item: Item, properties: Properties) -> Values:
    if "CidrBlock" in properties or not properties.keys() & {"Ipv4IpamPoolId"}:
        return {}
    return {"cidr_block": own(item, "cidr_block")}


def _subnet(item: Item, properties: Properties) -> Values:
    found: Values = {}
    if "CidrBlock" not in properties and properties.keys() & {"Ipv4IpamPoolId", "Ipv4NetmaskLength"}:
        found["cidr_block"] = own(item, "cidr_block")
    if "AvailabilityZone" not in properties:
        found["availability_zone"] = _zone(item, properties)
    return found


def _zone(item: Item, properties: Properties) -> str:
    """A zone by its id is that zone, whatever its name is; without any, AWS picks one."""
    zone = properties.get("AvailabilityZoneId")
    return hole(f"zone {zone}") if isinstance(zone, str) else own(item, "availability_zone")


def _propagations(_item: Item, properties: Properties) -> list[Part]:
    return [
        Part(
            path=f"RouteTableIds[{index}]",
            type="aws_vpn_gateway_route_propagation",
            values={"route_table_id": table, "vpn_gateway_id": properties.get("VpnGatewayId")},
        )
        for index, table in enumerate(items(properties.get("RouteTableIds")))
    ]


def _gateway_attachment(_item: Item, properties: Properties) -> list[Part]:
    """The attachment of an internet gateway; that of a VPN gateway changes no path by itself."""
    if "InternetGatewayId" not in properties:
        return []
    return [
        Part(
            path="",
            type="aws_internet_gateway_attachment",
            values={
                "internet_gateway_id": properties["InternetGatewayId"],
                "vpc_id": properties.get("VpcId"),
            },
        )
    ]


def _peering(_item: Item, properties: Properties) -> Values:
    """Within an account and region CloudFormation accepts; otherwise the other side has to.

    https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/peer-with-vpc-in-another-account.html
    """
    elsewhere = "PeerRegion" in properties or (
        "PeerOwnerId" in properties and "PeerRoleArn" not in properties
    )
    return {} if elsewhere else {"auto_accept": True}


def _learned(item: Item, _properties: Properties) -> Values:
    """Routes that a route server adds to a table; which, only its peers know.

    https://docs.aws.amazon.com/vpc/latest/userguide/dynamic-routing-route-server.html
    """
    learned = Unknown(
        Why.NOT_MODELLED,
        f"the routes that {item.address} learns",
        item.address,
        "routes that a route server learns are not modelled: check the route table of the account itself",
    )
    return {"destination_cidr_block": learned, "gateway_id": learned}


def _instance(_item: Item, properties: Properties) -> Values:
    """An instance by its first interface, which may be written inline."""
    found: Values = {}
    inline = [members(one) for one in items(properties.get("NetworkInterfaces"))]
    first = inline[0] if inline else {}
    if isinstance(first, Unknown):
        return {"subnet_id": first, "vpc_security_group_ids": first}
    for key, name in (
        ("SubnetId", "subnet_id"),
        ("GroupSet", "vpc_security_group_ids"),
        ("AssociatePublicIpAddress", "associate_public_ip_address"),
        ("PrivateIpAddress", "private_ip"),
    ):
        if key in first:
            found[name] = first[key]
    return found


def _firewall(_item: Item, properties: Properties) -> Values:
    mapped = [members(one) for one in items(properties.get("SubnetMappings"))]
    subnets = [one if isinstance(one, Unknown) else {"subnet_id": one.get("SubnetId")} for one in mapped]
    return {"subnet_mapping": subnets}


ROWS = (
    Row(
        type="AWS::EC2::VPC",
        to="aws_vpc",
        names={
            "CidrBlock": "cidr_block",
            "EnableDnsSupport": "enable_dns_support",
            "EnableDnsHostnames": "enable_dns_hostnames",
        },
        build=_vpc,
        gives={
            "VpcId": "id",
            "CidrBlock": "=CidrBlock",
            "DefaultSecurityGroup": "default_security_group_id",
            "DefaultNetworkAcl": "default_network_acl_id",
        },
        words={
            "main_route_table_id": "MainRouteTable",
            "default_security_group_id": "DefaultSecurityGroup",
            "default_network_acl_id": "DefaultNetworkAcl",
        },
    ),
    Row(
        type="AWS::EC2::VPCCidrBlock",
        to="aws_vpc_ipv4_cidr_block_association",
        names={"VpcId": "vpc_id", "CidrBlock": "cidr_block"},
        build=_more_blocks,
        doubt=("cidr_block",),
    ),
    Row(
        type="AWS::EC2::DHCPOptions",
        to="aws_vpc_dhcp_options",
        names={"DomainNameServers": "domain_name_servers"},
        gives={"DhcpOptionsId": "id"},
    ),
    Row(
        type="AWS::EC2::VPCDHCPOptionsAssociation",
        to="aws_vpc_dhcp_options_association",
        names={"VpcId": "vpc_id", "DhcpOptionsId": "dhcp_options_id"},
        doubt=("dhcp_options_id",),
    ),
    Row(
        type="AWS::EC2::VPCBlockPublicAccessOptions",
        to="aws_vpc_block_public_access_options",
        names={"InternetGatewayBlockMode": "internet_gateway_block_mode"},
        doubt=("internet_gateway_block_mode",),
    ),
    Row(
        type="AWS::EC2::VPCBlockPublicAccessExclusion",
        to="aws_vpc_block_public_access_exclusion",
        names={
            "InternetGatewayExclusionMode": "internet_gateway_exclusion_mode",
            "VpcId": "vpc_id",
            "SubnetId": "subnet_id",
        },
        doubt=("internet_gateway_exclusion_mode",),
    ),
    Row(
        type="AWS::EC2::Subnet",
        to="aws_subnet",
        names={
            "VpcId": "vpc_id",
            "CidrBlock": "cidr_block",
            "Ipv6CidrBlock": "ipv6_cidr_block",
            "AvailabilityZone": "availability_zone",
            "Ipv6Native": "ipv6_native",
            "MapPublicIpOnLaunch": "map_public_ip_on_launch",
        },
        build=_subnet,
        gives={
            "SubnetId": "id",
            "VpcId": "=VpcId",
            "CidrBlock": "=CidrBlock",
            "AvailabilityZone": "=AvailabilityZone",
        },
    ),
    Row(
        type="AWS::EC2::RouteTable",
        to="aws_route_table",
        names={"VpcId": "vpc_id"},
        gives={"RouteTableId": "id"},
        words={"route": "Routes"},
    ),
    Row(type="AWS::EC2::Route", to="aws_route", names=ROUTE, doubt=("gateway_id",)),
    Row(
        type="AWS::EC2::RouteServerPropagation",
        to="aws_route",
        names={"RouteTableId": "route_table_id"},
        build=_learned,
    ),
    Row(
        type="AWS::EC2::SubnetRouteTableAssociation",
        to="aws_route_table_association",
        names={"SubnetId": "subnet_id", "RouteTableId": "route_table_id"},
        doubt=("route_table_id",),
    ),
    Row(
        type="AWS::EC2::InternetGateway",
        to="aws_internet_gateway",
        gives={"InternetGatewayId": "id"},
    ),
    Row(
        type="AWS::EC2::VPCGatewayAttachment",
        names={"InternetGatewayId": "internet_gateway_id", "VpcId": "vpc_id"},
        parts=_gateway_attachment,
        doubt=("vpc_id",),
    ),
    Row(
        type="AWS::EC2::EgressOnlyInternetGateway",
        to="aws_egress_only_internet_gateway",
        names={"VpcId": "vpc_id"},
        gives={"Id": "id"},
    ),
    Row(
        type="AWS::EC2::NatGateway",
        to="aws_nat_gateway",
        names={
            "SubnetId": "subnet_id",
            "ConnectivityType": "connectivity_type",
            "AvailabilityMode": "availability_mode",
            "VpcId": "vpc_id",
        },
        gives={"NatGatewayId": "id"},
    ),
    Row(type="AWS::EC2::VPNGateway", to="aws_vpn_gateway", gives={"VPNGatewayId": "id"}),
    Row(
        type="AWS::EC2::VPNGatewayRoutePropagation",
        names={"RouteTableIds": "route_table_id", "VpnGatewayId": "vpn_gateway_id"},
        parts=_propagations,
    ),
    Row(
        type="AWS::EC2::VPCPeeringConnection",
        to="aws_vpc_peering_connection",
        names={"VpcId": "vpc_id", "PeerVpcId": "peer_vpc_id"},
        build=_peering,
        gives={"Id": "id"},
    ),
    Row(
        type="AWS::EC2::NetworkInterface",
        to="aws_network_interface",
        names={
            "SubnetId": "subnet_id",
            "GroupSet": "security_groups",
            "PrivateIpAddress": "private_ip",
            "SourceDestCheck": "source_dest_check",
        },
        gives={"Id": "id", "PrimaryPrivateIpAddress": "=PrivateIpAddress"},
    ),
    Row(
        type="AWS::EC2::Instance",
        to="aws_instance",
        names={
            "SubnetId": "subnet_id",
            "SecurityGroupIds": "vpc_security_group_ids",
            "PrivateIpAddress": "private_ip",
            "SourceDestCheck": "source_dest_check",
        },
        build=_instance,
        gives={"InstanceId": "id", "PrivateIp": "=PrivateIpAddress"},
    ),
    Row(
        type="AWS::EC2::EIP",
        to="aws_eip",
        names={"InstanceId": "instance"},
        ref="public_ip",
        gives={"AllocationId": "allocation_id", "PublicIp": "public_ip"},
        doubt=("instance",),
    ),
    Row(
        type="AWS::EC2::EIPAssociation",
        to="aws_eip_association",
        names={"InstanceId": "instance_id", "NetworkInterfaceId": "network_interface_id"},
        doubt=("instance_id", "network_interface_id"),
    ),
    Row(
        type="AWS::NetworkFirewall::Firewall",
        to="aws_networkfirewall_firewall",
        names={"VpcId": "vpc_id"},
        build=_firewall,
        gives={"FirewallArn": "arn"},
        words={"subnet_mapping": "SubnetMappings"},
    ),
)
