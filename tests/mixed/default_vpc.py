"""The account's default VPC as AWS makes it, under given ids, as a folder of answers."""

import json
from pathlib import Path
from typing import Any

from pullproof.model.s3_ranges import published
from pullproof.sources.snapshot.layout import GLOBAL, KINDS

ACCOUNT, REGION = "111122223333", "eu-west-1"
ALL = {"IpProtocol": "-1", "IpRanges": [{"CidrIp": "0.0.0.0/0"}], "UserIdGroupPairs": [], "PrefixListIds": []}


def answers(vpc: str, subnets: list[str]) -> dict[str, Any]:
    """What AWS answers of a default VPC that nobody touched."""
    owner = {"OwnerId": ACCOUNT}
    entries = [
        {
            "RuleNumber": number,
            "RuleAction": action,
            "Egress": egress,
            "Protocol": "-1",
            "CidrBlock": "0.0.0.0/0",
        }
        for number, action in ((100, "allow"), (32767, "deny"))
        for egress in (True, False)
    ]
    routes = [
        {"DestinationCidrBlock": "172.31.0.0/16", "GatewayId": "local", "State": "active"},
        {"DestinationCidrBlock": "0.0.0.0/0", "GatewayId": "igw-0d0d0d0d0d0d0d0d0", "State": "active"},
    ]
    table, acl = "rtb-0d0d0d0d0d0d0d0d0", "acl-0d0d0d0d0d0d0d0d0"
    return {
        "Vpcs": [
            {
                "VpcId": vpc,
                "CidrBlock": "172.31.0.0/16",
                "IsDefault": True,
                "DhcpOptionsId": "dopt-0d0d0d0d0d0d0d0d0",
                "State": "available",
                **owner,
            }
        ],
        "VpcAttributes": [
            {"VpcId": vpc, "EnableDnsSupport": {"Value": True}, "EnableDnsHostnames": {"Value": True}}
        ],
        "DhcpOptions": [
            {
                "DhcpOptionsId": "dopt-0d0d0d0d0d0d0d0d0",
                "DhcpConfigurations": [
                    {"Key": "domain-name-servers", "Values": [{"Value": "AmazonProvidedDNS"}]}
                ],
            }
        ],
        "Subnets": [
            {
                "SubnetId": subnet,
                "VpcId": vpc,
                "CidrBlock": f"172.31.{16 * number}.0/20",
                "AvailabilityZone": f"{REGION}{'abc'[number]}",
                "DefaultForAz": True,
                "MapPublicIpOnLaunch": True,
                "State": "available",
                "Tags": [{"Key": "Name", "Value": f"default-{number}"}],
                **owner,
            }
            for number, subnet in enumerate(subnets)
        ],
        "RouteTables": [
            {
                "RouteTableId": table,
                "VpcId": vpc,
                "Routes": routes,
                "Associations": [{"Main": True, "RouteTableId": table}],
            }
        ],
        "NetworkAcls": [
            {
                "NetworkAclId": acl,
                "VpcId": vpc,
                "IsDefault": True,
                "Entries": entries,
                "Associations": [{"NetworkAclId": acl, "SubnetId": subnet} for subnet in subnets],
            }
        ],
        "SecurityGroups": [
            {
                "GroupId": "sg-0d0d0d0d0d0d0d0d0",
                "GroupName": "default",
                "VpcId": vpc,
                "IpPermissions": [],
                "IpPermissionsEgress": [ALL],
                **owner,
            }
        ],
        "InternetGateways": [
            {
                "InternetGatewayId": "igw-0d0d0d0d0d0d0d0d0",
                "Attachments": [{"VpcId": vpc, "State": "available"}],
            }
        ],
        "PrefixLists": [
            {
                "PrefixListId": "pl-6da54004",
                "PrefixListName": f"com.amazonaws.{REGION}.s3",
                "Cidrs": published().regions[REGION].split(),
            }
        ],
        "HostedZonesByVpc": [{"VPCId": vpc, "VPCRegion": REGION, "HostedZoneSummaries": []}],
    }


def write(folder: Path, told: dict[str, Any], *, without: tuple[str, ...] = ()) -> None:
    """Write a snapshot: what is told, and that there is nothing else; `without` are files that are not there."""
    for kind in KINDS:
        if kind.name in without:
            continue
        place = folder / ACCOUNT / (GLOBAL if kind.everywhere else REGION)
        place.mkdir(parents=True, exist_ok=True)
        content: Any = told.get(kind.name, [])
        if kind.name == "VpcBlockPublicAccessOptions":
            content = {"InternetGatewayBlockMode": "off"}
        (place / kind.file).write_text(json.dumps({kind.key: content}), encoding="utf-8")
