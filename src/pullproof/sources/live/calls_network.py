"""Calls about the VPCs of the tasks: everything that a packet can meet in them."""

from collections.abc import Iterator

from pullproof.sources.live import feeds, feeds_tasks, keeps
from pullproof.sources.live.values import Call, Feed, Got, Seen, Wanted

#: EC2 takes 200 values in a filter. https://docs.aws.amazon.com/AWSEC2/latest/APIReference/Query-Requests.html
FILTER = 200


def ec2(operation: str, key: str, by: str, given: tuple[Feed, ...], **more: object) -> Call:
    """A call that lists things, filtered by what they belong to. EC2 has no narrower resource for those."""
    settings: dict[str, object] = {
        "row": key,
        "service": "ec2",
        "operation": operation,
        "file": key,
        "keep": keeps.items(key),
        "feeds": given,
        "into": f"Filters:{by}",
        "most": FILTER,
        "actions": (f"ec2:{operation}",),
    }
    return Call(**(settings | more))  # type: ignore[arg-type]  # each is given by its own name


def peers(got: Got, _seen: Seen) -> Iterator[Wanted]:
    """Both VPCs of a peering; one of another account is simply not found."""
    for side in ("RequesterVpcInfo", "AccepterVpcInfo"):
        for vpc in feeds.found(got.item, f"{side}.VpcId"):
            yield Wanted(vpc, next(feeds.found(got.item, f"{side}.Region"), ""))


def own_lists(got: Got, _seen: Seen) -> Iterator[Wanted]:
    """AWS's own list of S3's addresses in the region."""
    yield Wanted(f"com.amazonaws.{got.region}.s3")


#: The VPCs of the tasks; and those that packets of theirs may reach as well.
HOME = (Feed("subnets-named", feeds.at("VpcId")),)
VPCS = (*HOME, Feed("VpcPeeringConnections", peers), Feed("transit-vpcs", feeds.at("VpcId")))

NETWORK: tuple[Call, ...] = (
    ec2(
        "DescribeSubnets",
        "Subnets",
        "subnet-id",
        (
            Feed("start", feeds_tasks.placed_asked("subnets")),
            Feed("tasks", feeds_tasks.subnet_of_task),
            Feed("services", feeds.at("networkConfiguration.awsvpcConfiguration.subnets[]")),
            Feed("services", feeds.at("taskSets[].networkConfiguration.awsvpcConfiguration.subnets[]")),
            Feed(
                "targets",
                feeds.at("Targets[].EcsParameters.NetworkConfiguration.awsvpcConfiguration.Subnets[]"),
            ),
            Feed(
                "schedules",
                feeds.at("Target.EcsParameters.NetworkConfiguration.awsvpcConfiguration.Subnets[]"),
            ),
        ),
        row="subnets-named",
        leaves=("AvailableIpAddressCount",),
    ),
    ec2("DescribeVpcs", "Vpcs", "vpc-id", VPCS),
    ec2("DescribeSubnets", "Subnets", "vpc-id", VPCS, leaves=("AvailableIpAddressCount",)),
    ec2(
        "DescribeVpcAttribute",
        "VpcAttributes",
        "",
        HOME,
        row="dns-support",
        keep=keeps.attributes,
        into="VpcId",
        most=1,
        fixed={"Attribute": "enableDnsSupport"},
        resource="arn:{partition}:ec2:{region}:{account}:vpc/*",
        absent=("InvalidVpcID.NotFound",),
    ),
    ec2(
        "DescribeVpcAttribute",
        "VpcAttributes",
        "",
        HOME,
        row="dns-hostnames",
        keep=keeps.attributes,
        into="VpcId",
        most=1,
        fixed={"Attribute": "enableDnsHostnames"},
        resource="arn:{partition}:ec2:{region}:{account}:vpc/*",
        absent=("InvalidVpcID.NotFound",),
    ),
    ec2("DescribeDhcpOptions", "DhcpOptions", "dhcp-options-id", (Feed("Vpcs", feeds.at("DhcpOptionsId")),)),
    ec2("DescribeRouteTables", "RouteTables", "vpc-id", VPCS),
    ec2("DescribeNetworkAcls", "NetworkAcls", "vpc-id", VPCS),
    ec2("DescribeSecurityGroups", "SecurityGroups", "vpc-id", VPCS),
    ec2(
        "DescribeSecurityGroups",
        "SecurityGroups",
        "group-id",
        (
            Feed("start", feeds_tasks.placed_asked("groups")),
            Feed("services", feeds.at("networkConfiguration.awsvpcConfiguration.securityGroups[]")),
            Feed("VpcEndpoints", feeds.at("Groups[].GroupId")),
        ),
        row="groups-named",
    ),
    ec2("DescribeSecurityGroupVpcAssociations", "SecurityGroupVpcAssociations", "vpc-id", HOME),
    ec2("DescribeVpcEndpoints", "VpcEndpoints", "vpc-id", VPCS),
    ec2("DescribeNatGateways", "NatGateways", "", VPCS, into="Filter:vpc-id"),
    ec2("DescribeInternetGateways", "InternetGateways", "attachment.vpc-id", VPCS),
    ec2(
        "DescribeEgressOnlyInternetGateways",
        "EgressOnlyInternetGateways",
        "",
        tuple(Feed(feed.row, feeds.once) for feed in HOME),
        into="",
    ),
    ec2("DescribeVpnGateways", "VpnGateways", "attachment.vpc-id", VPCS),
    ec2("DescribeVpcPeeringConnections", "VpcPeeringConnections", "requester-vpc-info.vpc-id", HOME),
    ec2(
        "DescribeVpcPeeringConnections",
        "VpcPeeringConnections",
        "accepter-vpc-info.vpc-id",
        HOME,
        row="peerings-accepted",
    ),
    ec2(
        "DescribeNetworkInterfaces",
        "NetworkInterfaces",
        "network-interface-id",
        (
            Feed("VpcEndpoints", feeds.at("NetworkInterfaceIds[]")),
            Feed("RouteTables", feeds.at("Routes[].NetworkInterfaceId")),
            Feed("mount-targets", feeds.at("NetworkInterfaceId")),
        ),
        leaves=("Attachment.AttachTime",),
    ),
    ec2(
        "DescribeManagedPrefixLists",
        "PrefixLists",
        "prefix-list-id",
        (
            Feed(
                "SecurityGroups",
                feeds.at(
                    "IpPermissions[].PrefixListIds[].PrefixListId",
                    "IpPermissionsEgress[].PrefixListIds[].PrefixListId",
                ),
            ),
            Feed("RouteTables", feeds.at("Routes[].DestinationPrefixListId")),
            Feed("TransitGatewayStaticRoutes", feeds.at("Routes[].PrefixListId")),
        ),
    ),
    ec2(
        "DescribeManagedPrefixLists",
        "PrefixLists",
        "prefix-list-name",
        tuple(Feed(feed.row, own_lists) for feed in HOME),
        row="own-prefix-lists",
    ),
    ec2(
        "GetManagedPrefixListEntries",
        "PrefixLists",
        "",
        (
            Feed("PrefixLists", feeds.at("PrefixListId")),
            Feed("own-prefix-lists", feeds.at("PrefixListId")),
        ),
        row="prefix-list-entries",
        keep=keeps.entries,
        into="PrefixListId",
        most=1,
        resource="arn:{partition}:ec2:{region}:*:prefix-list/*",
        absent=("InvalidPrefixListID.NotFound", "InvalidPrefixListId.NotFound"),
    ),
    ec2(
        "DescribeVpcBlockPublicAccessOptions",
        "VpcBlockPublicAccessOptions",
        "",
        tuple(Feed(feed.row, feeds.once) for feed in HOME),
        keep=keeps.only("VpcBlockPublicAccessOptions"),
        into="",
    ),
    ec2(
        "DescribeVpcBlockPublicAccessExclusions",
        "VpcBlockPublicAccessExclusions",
        "",
        tuple(Feed(feed.row, feeds.once) for feed in HOME),
        into="",
    ),
)
