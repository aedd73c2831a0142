"""Two parameters without values may be given one id: no blocker rests on their being two things."""

from itertools import combinations
from random import Random
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.unit.sources.cloudformation.judging import judged

Json = dict[str, Any]
#: What is given to the two of a kind, by the beginning of their names.
SAME = {
    "Vpc": "vpc-0aaaaaaaaaaaaaaaa",
    "Subnet": "subnet-0aaaaaaaaaaaaaaaa",
    "Group": "sg-0aaaaaaaaaaaaaaaa",
    "Table": "rtb-0aaaaaaaaaaaaaaaa",
    "List": "pl-0aaaaaaaaaaaaaaaa",
    "Gateway": "igw-0aaaaaaaaaaaaaaaa",
}
NAMES = [f"{kind}{index}" for kind in SAME for index in (1, 2)]


def ref(name: str) -> Json:
    """A reference as JSON writes it."""
    return {"Ref": name}


def made(kind: str, **properties: Any) -> Json:
    """A resource."""
    return {"Type": f"AWS::{kind}", "Properties": properties}


def drawn(random: Random) -> Json:
    """A service among things of which each is made here or a parameter."""

    def some(kind: str, *own: str) -> Json:
        return ref(random.choice((f"{kind}1", f"{kind}2", *own)))

    def rule(way: str, *own: str) -> Json:
        peers = (
            {f"{way}SecurityGroupId": some("Group", *own)},
            {f"{way}PrefixListId": some("List")} if way == "Destination" else {"CidrIp": "10.9.0.0/16"},
            {"CidrIp": "192.0.2.0/24"},
        )
        return {"IpProtocol": "tcp", "FromPort": 443, "ToPort": 443, **random.choice(peers)}

    def rules(way: str, *own: str) -> list[Json]:
        return [rule(way, *own) for _ in range(random.choice((1, 2)))]

    def group(*own: str) -> Json:
        egress, ingress = rules("Destination", *own), rules("Source", *own)
        vpc = some("Vpc", "Vpc")
        return made(
            "EC2::SecurityGroup",
            GroupDescription="x",
            VpcId=vpc,
            SecurityGroupEgress=egress,
            SecurityGroupIngress=ingress,
        )

    resources = {
        "Vpc": made("EC2::VPC", CidrBlock="10.0.0.0/16", EnableDnsHostnames=True),
        "Subnet": made(
            "EC2::Subnet", VpcId=some("Vpc", "Vpc"), CidrBlock="10.0.1.0/24", AvailabilityZone="eu-west-1a"
        ),
        "Other": made(
            "EC2::Subnet", VpcId=some("Vpc", "Vpc"), CidrBlock="10.0.2.0/24", AvailabilityZone="eu-west-1a"
        ),
        "Table": made("EC2::RouteTable", VpcId=some("Vpc", "Vpc")),
        "Gateway": made("EC2::InternetGateway"),
        "Attached": made(
            "EC2::VPCGatewayAttachment",
            VpcId=some("Vpc", "Vpc"),
            InternetGatewayId=some("Gateway", "Gateway"),
        ),
        "Joined": made(
            "EC2::SubnetRouteTableAssociation",
            SubnetId=some("Subnet", "Subnet", "Subnet"),
            RouteTableId=some("Table", "Table", "Table"),
        ),
        "Out": made(
            "EC2::Route",
            RouteTableId=some("Table", "Table", "Table"),
            DestinationCidrBlock="0.0.0.0/0",
            GatewayId=some("Gateway", "Gateway"),
        ),
        "App": group(),
        "Ends": group("App"),
        "Api": made(
            "EC2::VPCEndpoint",
            VpcId=some("Vpc", "Vpc"),
            ServiceName="com.amazonaws.eu-west-1.ecr.api",
            VpcEndpointType="Interface",
            PrivateDnsEnabled=True,
            SubnetIds=[some("Subnet", "Subnet", "Other")],
            SecurityGroupIds=[some("Group", "Ends", "Ends")],
        ),
        "S3": made(
            "EC2::VPCEndpoint",
            VpcId=some("Vpc", "Vpc"),
            ServiceName="com.amazonaws.eu-west-1.s3",
            RouteTableIds=[some("Table", "Table")],
        ),
        "Files": made("EFS::FileSystem"),
        "Mount": made(
            "EFS::MountTarget",
            FileSystemId=ref("Files"),
            SubnetId=some("Subnet", "Subnet", "Other"),
            SecurityGroups=[some("Group", "Ends")],
        ),
        "Task": made(
            "ECS::TaskDefinition",
            RequiresCompatibilities=["FARGATE"],
            NetworkMode="awsvpc",
            Volumes=[{"Name": "files", "EFSVolumeConfiguration": {"FilesystemId": ref("Files")}}],
            ContainerDefinitions=[{"Name": "a", "Image": "111122223333.dkr.ecr.eu-west-1.amazonaws.com/a:1"}],
        ),
        "Service": made(
            "ECS::Service",
            TaskDefinition=ref("Task"),
            LaunchType="FARGATE",
            NetworkConfiguration={
                "AwsvpcConfiguration": {
                    "AssignPublicIp": random.choice(("ENABLED", "DISABLED")),
                    "Subnets": [some("Subnet", "Subnet", "Subnet", "Subnet")],
                    "SecurityGroups": [some("Group", "App", "App", "App")],
                }
            },
        ),
    }
    return {"Parameters": {name: {"Type": "String"} for name in NAMES}, "Resources": resources}


def blocked(template: Json, **parameters: str) -> set[str]:
    """The steps of its task that certainly fail; by which gate may change with what else is known."""
    (task,) = judged(template, **parameters)["tasks"]
    return {step["step"] for step in task["steps"] if step["blockers"]}


@settings(max_examples=20)
@given(st.integers(0, 2**32))
def test_no_blocker_rests_on_two_parameters_being_two_things(seed: int) -> None:
    """What blocks with nothing given also blocks where any two parameters of a kind are the same id."""
    template = drawn(Random(seed))
    unset = blocked(template)
    for one, other in combinations(NAMES, 2) if unset else ():
        if one[:-1] == other[:-1]:
            same = SAME[one[:-1]]
            assert set() == unset - blocked(template, **{one: same, other: same}), (one, other)


@pytest.mark.parametrize("other", ["Group1", "Group2"])
def test_a_rule_for_another_parameter_is_no_certain_blocker(other: str) -> None:
    """The service's group and the group that may come in are two parameters, which may be one group."""
    template = drawn(Random(0))
    resources = template["Resources"]
    resources["App"] = made("EC2::SecurityGroup", GroupDescription="x", VpcId=ref("Vpc"))
    for name, properties in {
        "Subnet": {"VpcId": ref("Vpc")},
        "Ends": {
            "VpcId": ref("Vpc"),
            "SecurityGroupIngress": [
                {"IpProtocol": "tcp", "FromPort": 443, "ToPort": 443, "SourceSecurityGroupId": ref("Group1")}
            ],
        },
        "Api": {
            "VpcId": ref("Vpc"),
            "SubnetIds": [ref("Subnet")],
            "SecurityGroupIds": [ref("Ends")],
        },
        "Mount": {"SubnetId": ref("Subnet"), "SecurityGroups": [ref("Ends")]},
    }.items():
        resources[name]["Properties"] |= properties
    place = resources["Service"]["Properties"]["NetworkConfiguration"]["AwsvpcConfiguration"]
    place |= {"Subnets": [ref("Subnet")], "SecurityGroups": [ref(other)]}

    assert "ecr-login" not in blocked(template)
    given_both = {"Group1": "sg-0aaaaaaaaaaaaaaaa", "Group2": "sg-0bbbbbbbbbbbbbbbb"}
    assert (other == "Group2") == ("ecr-login" in blocked(template, **given_both))
