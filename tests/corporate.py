"""The small account's VPC, and what a company puts around it: NAT, a peered VPC, a transit gateway, a VPN."""

import copy
from typing import Any

from tests import account
from tests.account import ACCOUNT, REGION, group, listed

Json = dict[str, Any]


def answers() -> dict[str, Json]:
    """All that the account answers in its region."""
    found = copy.deepcopy({**account.network(), **account.tasks()})
    for number, name in ((1, "b"), (2, "c")):
        found["Vpcs"]["Vpcs"].append(
            {"VpcId": f"vpc-0{name}", "OwnerId": ACCOUNT, "CidrBlock": f"10.{number}.0.0/16"}
        )
        found["VpcAttributes"]["VpcAttributes"].append(
            {"VpcId": f"vpc-0{name}", "EnableDnsSupport": True, "EnableDnsHostnames": True}
        )
        found["HostedZonesByVpc"]["HostedZonesByVpc"].append(
            {"VPCId": f"vpc-0{name}", "HostedZoneSummaries": []}
        )
    _subnets(found)
    _tables(found)
    found["SecurityGroups"]["SecurityGroups"] += [
        {**group("sg-0db", "db"), "VpcId": "vpc-0b", "IpPermissions": [_from_app(5432)]},
        {**group("sg-0c", "c", opens=443), "VpcId": "vpc-0c"},
        {**group("sg-0web", "web", opens=80), "VpcId": "vpc-0a"},
    ]
    found["NetworkInterfaces"] = listed(
        "NetworkInterfaces",
        interface("eni-0app", "subnet-0a", "10.0.1.10", "sg-0app"),
        interface("eni-0db", "subnet-0b", "10.1.1.10", "sg-0db"),
        interface("eni-0c", "subnet-0c", "10.2.1.10", "sg-0c", instance="i-0c"),
        interface("eni-0web", "subnet-0p", "10.0.2.10", "sg-0web", public="203.0.114.7", instance="i-0web"),
    )
    found["NatGateways"] = listed(
        "NatGateways", {"NatGatewayId": "nat-0a", "SubnetId": "subnet-0p", "State": "available"}
    )
    found["InternetGateways"] = listed(
        "InternetGateways",
        {"InternetGatewayId": "igw-0a", "Attachments": [{"VpcId": "vpc-0a", "State": "available"}]},
    )
    found["VpcPeeringConnections"] = listed(
        "VpcPeeringConnections",
        {
            "VpcPeeringConnectionId": "pcx-0a",
            "RequesterVpcInfo": {"VpcId": "vpc-0a"},
            "AccepterVpcInfo": {"VpcId": "vpc-0b"},
            "Status": {"Code": "active"},
        },
    )
    found["VpnGateways"] = listed("VpnGateways", {"VpnGatewayId": "vgw-0a"})
    _transit(found)
    found["Tasks"] = listed("tasks", _task())
    return found


def interface(
    key: str, subnet: str, address: str, held: str, *, public: str = "", instance: str = ""
) -> Json:
    """A network interface."""
    return {
        "NetworkInterfaceId": key,
        "SubnetId": subnet,
        "PrivateIpAddress": address,
        "Groups": [{"GroupId": held}],
        "Association": {"PublicIp": public} if public else None,
        "Attachment": {"InstanceId": instance} if instance else None,
        "SourceDestCheck": True,
    }


def _from_app(port: int) -> Json:
    pair = {"GroupId": "sg-0app", "UserId": ACCOUNT}
    return {"IpProtocol": "tcp", "FromPort": port, "ToPort": port, "UserIdGroupPairs": [pair]}


def _subnets(found: dict[str, Json]) -> None:
    for name, vpc, block in (
        ("subnet-0p", "vpc-0a", "10.0.2.0/24"),
        ("subnet-0b", "vpc-0b", "10.1.1.0/24"),
        ("subnet-0c", "vpc-0c", "10.2.1.0/24"),
    ):
        found["Subnets"]["Subnets"].append(
            {
                "SubnetId": name,
                "VpcId": vpc,
                "OwnerId": ACCOUNT,
                "CidrBlock": block,
                "AvailabilityZone": f"{REGION}a",
            }
        )
        [first, *_] = found["NetworkAcls"]["NetworkAcls"]
        found["NetworkAcls"]["NetworkAcls"].append(
            {
                **first,
                "NetworkAclId": f"acl-{name[7:]}",
                "VpcId": vpc,
                "IsDefault": vpc != "vpc-0a",
                "Associations": [{"SubnetId": name}],
            }
        )


def _tables(found: dict[str, Json]) -> None:
    [main] = found["RouteTables"]["RouteTables"]
    main["Routes"] += [
        {"DestinationCidrBlock": "0.0.0.0/0", "NatGatewayId": "nat-0a", "State": "active"},
        {"DestinationCidrBlock": "10.1.0.0/16", "VpcPeeringConnectionId": "pcx-0a", "State": "active"},
        {"DestinationCidrBlock": "10.2.0.0/16", "TransitGatewayId": "tgw-0a", "State": "active"},
        {
            "DestinationCidrBlock": "10.9.0.0/16",
            "GatewayId": "vgw-0a",
            "State": "active",
            "Origin": "EnableVgwRoutePropagation",
        },
        {"DestinationCidrBlock": "10.8.0.0/16", "VpcPeeringConnectionId": "pcx-0gone", "State": "blackhole"},
    ]
    for name, vpc, destination, target in (
        ("p", "vpc-0a", "0.0.0.0/0", {"GatewayId": "igw-0a"}),
        ("b", "vpc-0b", "10.0.0.0/16", {"VpcPeeringConnectionId": "pcx-0a"}),
        ("c", "vpc-0c", "10.0.0.0/16", {"TransitGatewayId": "tgw-0a"}),
    ):
        found["RouteTables"]["RouteTables"].append(
            {
                "RouteTableId": f"rtb-0{name}",
                "VpcId": vpc,
                "Associations": [{"SubnetId": f"subnet-0{name}", "Main": False}],
                "Routes": [{"DestinationCidrBlock": destination, "State": "active", **target}],
            }
        )


def _transit(found: dict[str, Json]) -> None:
    found["TransitGateways"] = listed("TransitGateways", {"TransitGatewayId": "tgw-0a", "OwnerId": ACCOUNT})
    held = {"TransitGatewayId": "tgw-0a", "State": "available"}
    tables = {"a": "tgw-rtb-0a", "c": "tgw-rtb-0c"}
    found["TransitGatewayAttachments"] = listed(
        "TransitGatewayAttachments",
        *(
            {
                **held,
                "TransitGatewayAttachmentId": f"tgw-attach-0{name}",
                "ResourceType": "vpc",
                "ResourceId": f"vpc-0{name}",
                "TransitGatewayOwnerId": ACCOUNT,
                "Association": {"TransitGatewayRouteTableId": table, "State": "associated"},
            }
            for name, table in tables.items()
        ),
    )
    found["TransitGatewayVpcAttachments"] = listed(
        "TransitGatewayVpcAttachments",
        *(
            {
                **held,
                "TransitGatewayAttachmentId": f"tgw-attach-0{name}",
                "VpcId": f"vpc-0{name}",
                "SubnetIds": [f"subnet-0{name}"],
            }
            for name in tables
        ),
    )
    found["TransitGatewayRouteTables"] = listed(
        "TransitGatewayRouteTables",
        *({**held, "TransitGatewayRouteTableId": table} for table in tables.values()),
    )
    route = {
        "DestinationCidrBlock": "10.2.0.0/16",
        "Type": "static",
        "State": "active",
        "TransitGatewayAttachments": [{"TransitGatewayAttachmentId": "tgw-attach-0c"}],
    }
    found["TransitGatewayStaticRoutes"] = listed(
        "TransitGatewayStaticRoutes",
        {"TransitGatewayRouteTableId": "tgw-rtb-0a", "Routes": [route]},
        {"TransitGatewayRouteTableId": "tgw-rtb-0c", "Routes": []},
    )
    back = {"TransitGatewayAttachmentId": "tgw-attach-0a", "State": "enabled"}
    found["TransitGatewayPropagations"] = listed(
        "TransitGatewayPropagations",
        {"TransitGatewayRouteTableId": "tgw-rtb-0a", "TransitGatewayRouteTablePropagations": []},
        {"TransitGatewayRouteTableId": "tgw-rtb-0c", "TransitGatewayRouteTablePropagations": [back]},
    )


def _task() -> Json:
    details = {"subnetId": "subnet-0a", "networkInterfaceId": "eni-0app"}
    return {
        "taskArn": f"arn:aws:ecs:{REGION}:{ACCOUNT}:task/main/0f1e2d3c",
        "clusterArn": account.CLUSTER,
        "taskDefinitionArn": account.DEFINITION,
        "group": "service:web",
        "lastStatus": "RUNNING",
        "attachments": [
            {
                "type": "ElasticNetworkInterface",
                "details": [{"name": name, "value": value} for name, value in details.items()],
            }
        ],
    }
