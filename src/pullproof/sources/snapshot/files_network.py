"""The files of a snapshot that tell of the network."""

from pullproof.sources.snapshot.kind import Kind, ec2

NETWORK = (
    ec2("Vpcs", "VpcId", "describe-vpcs", "VPCs and their blocks"),
    Kind(
        name="VpcAttributes",
        key="VpcAttributes",
        identity=("VpcId",),
        calls=("ec2:DescribeVpcAttribute",),
        tells="whether a VPC has DNS support and DNS host names",
        cli="aws ec2 describe-vpc-attribute --attribute enableDnsSupport (and enableDnsHostnames)",
        each=True,
    ),
    ec2("DhcpOptions", "DhcpOptionsId", "describe-dhcp-options", "which DNS servers a VPC uses"),
    ec2("Subnets", "SubnetId", "describe-subnets", "subnets"),
    ec2("RouteTables", "RouteTableId", "describe-route-tables", "routes"),
    ec2("NetworkAcls", "NetworkAclId", "describe-network-acls", "network ACLs"),
    ec2("SecurityGroups", "GroupId", "describe-security-groups", "security groups and their rules"),
    ec2(
        "SecurityGroupVpcAssociations",
        "GroupId",
        "describe-security-group-vpc-associations",
        "groups that are used in more than one VPC",
    ),
    ec2(
        "NetworkInterfaces",
        "NetworkInterfaceId",
        "describe-network-interfaces",
        "which interface has an address, and its groups",
    ),
    ec2("Addresses", "PublicIp", "describe-addresses", "public addresses, where interfaces do not tell them"),
    ec2("VpcEndpoints", "VpcEndpointId", "describe-vpc-endpoints", "VPC endpoints"),
    Kind(
        name="PrefixLists",
        key="PrefixLists",
        identity=("PrefixListId",),
        calls=("ec2:DescribeManagedPrefixLists", "ec2:GetManagedPrefixListEntries"),
        tells="the entries of prefix lists",
        cli="aws ec2 describe-managed-prefix-lists (each with its Entries), or describe-prefix-lists (Cidrs)",
    ),
    ec2("NatGateways", "NatGatewayId", "describe-nat-gateways", "NAT gateways"),
    ec2("InternetGateways", "InternetGatewayId", "describe-internet-gateways", "internet gateways"),
    ec2(
        "EgressOnlyInternetGateways",
        "EgressOnlyInternetGatewayId",
        "describe-egress-only-internet-gateways",
        "the IPv6 kind of internet gateway",
    ),
    ec2(
        "VpcPeeringConnections", "VpcPeeringConnectionId", "describe-vpc-peering-connections", "VPC peerings"
    ),
    ec2("Reservations", "ReservationId", "describe-instances", "instances by their ids"),
    ec2("VpnGateways", "VpnGatewayId", "describe-vpn-gateways", "virtual private gateways"),
    Kind(
        name="VpcBlockPublicAccessOptions",
        key="VpcBlockPublicAccessOptions",
        identity=("InternetGatewayBlockMode",),
        calls=("ec2:DescribeVpcBlockPublicAccessOptions",),
        tells="VPC Block Public Access",
        cli="aws ec2 describe-vpc-block-public-access-options",
    ),
    ec2(
        "VpcBlockPublicAccessExclusions",
        "ExclusionId",
        "describe-vpc-block-public-access-exclusions",
        "what Block Public Access leaves out",
    ),
)

TRANSIT = (
    ec2("TransitGateways", "TransitGatewayId", "describe-transit-gateways", "transit gateways"),
    ec2(
        "TransitGatewayAttachments",
        "TransitGatewayAttachmentId",
        "describe-transit-gateway-attachments",
        "which route table an attachment uses",
    ),
    ec2(
        "TransitGatewayVpcAttachments",
        "TransitGatewayAttachmentId",
        "describe-transit-gateway-vpc-attachments",
        "the subnets of an attachment",
    ),
    ec2(
        "TransitGatewayRouteTables",
        "TransitGatewayRouteTableId",
        "describe-transit-gateway-route-tables",
        "route tables of transit gateways",
    ),
    Kind(
        name="TransitGatewayStaticRoutes",
        key="TransitGatewayStaticRoutes",
        identity=("TransitGatewayRouteTableId",),
        calls=("ec2:SearchTransitGatewayRoutes",),
        tells="static routes of transit gateways",
        cli="aws ec2 search-transit-gateway-routes --filters Name=type,Values=static,propagated",
        each=True,
    ),
    Kind(
        name="TransitGatewayPropagations",
        key="TransitGatewayPropagations",
        identity=("TransitGatewayRouteTableId",),
        calls=("ec2:GetTransitGatewayRouteTablePropagations",),
        tells="propagated routes of transit gateways",
        cli="aws ec2 get-transit-gateway-route-table-propagations",
        each=True,
    ),
)
