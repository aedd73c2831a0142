"""Templates for the bench: a network with an endpoint of each kind and a service, as often as asked."""

import json
from pathlib import Path
from typing import Any

from bench.plans import WORK

#: Resources of each network.
EACH = 17


def template(*, networks: int) -> Path:
    """A template with so many networks, in JSON as the CDK writes it; made once."""
    file = WORK / f"template-{networks}.json"
    if not file.exists():
        resources: dict[str, Any] = {}
        for number in range(networks):
            resources |= _network(number)
        said = {
            "AWSTemplateFormatVersion": "2010-09-09",
            "Parameters": {"Image": {"Type": "String", "Default": "v1"}},
            "Resources": resources,
        }
        WORK.mkdir(parents=True, exist_ok=True)
        file.write_text(json.dumps(said, indent=1), encoding="utf-8")
    return file


def _ref(name: str) -> dict[str, str]:
    return {"Ref": name}


def _network(number: int) -> dict[str, Any]:
    """One VPC without a way to the internet, and a service in it."""
    names = {
        part: f"{part}{number}"
        for part in (
            "Vpc",
            "Subnet",
            "Table",
            "Group",
            "Closed",
            "Role",
            "Repository",
            "Logs",
            "Cluster",
            "Task",
        )
    }
    vpc = {"VpcId": _ref(names["Vpc"])}
    found: dict[str, tuple[str, dict[str, Any]]] = {
        names["Vpc"]: (
            "AWS::EC2::VPC",
            {"CidrBlock": "10.0.0.0/16", "EnableDnsHostnames": True, "EnableDnsSupport": True},
        ),
        names["Subnet"]: ("AWS::EC2::Subnet", {**vpc, "CidrBlock": "10.0.1.0/24"}),
        names["Table"]: ("AWS::EC2::RouteTable", vpc),
        f"Uses{number}": (
            "AWS::EC2::SubnetRouteTableAssociation",
            {"SubnetId": _ref(names["Subnet"]), "RouteTableId": _ref(names["Table"])},
        ),
        names["Group"]: ("AWS::EC2::SecurityGroup", {**vpc, "GroupDescription": "the task"}),
        names["Closed"]: (
            "AWS::EC2::SecurityGroup",
            {
                **vpc,
                "GroupDescription": "the endpoints",
                "SecurityGroupIngress": [
                    {
                        "IpProtocol": "tcp",
                        "FromPort": 443,
                        "ToPort": 443,
                        "SourceSecurityGroupId": _ref(names["Group"]),
                    }
                ],
            },
        ),
        names["Repository"]: ("AWS::ECR::Repository", {}),
        names["Logs"]: ("AWS::Logs::LogGroup", {"RetentionInDays": 7}),
        names["Cluster"]: ("AWS::ECS::Cluster", {}),
        names["Role"]: (
            "AWS::IAM::Role",
            {
                "AssumeRolePolicyDocument": {
                    "Version": "2012-10-17",
                    "Statement": [
                        {
                            "Effect": "Allow",
                            "Principal": {"Service": "ecs-tasks.amazonaws.com"},
                            "Action": "sts:AssumeRole",
                        }
                    ],
                },
                "ManagedPolicyArns": [
                    {
                        "Fn::Sub": "arn:${AWS::Partition}:iam::aws:policy/service-role/AmazonECSTaskExecutionRolePolicy"
                    }
                ],
            },
        ),
    }
    found |= _endpoints(number, names) | _service(number, names)
    return {name: {"Type": kind, "Properties": properties} for name, (kind, properties) in found.items()}


def _endpoints(number: int, names: dict[str, str]) -> dict[str, tuple[str, dict[str, Any]]]:
    vpc = {"VpcId": _ref(names["Vpc"])}
    interfaces = {
        f"Endpoint{service.replace('.', '').title()}{number}": (
            "AWS::EC2::VPCEndpoint",
            {
                **vpc,
                "ServiceName": {"Fn::Sub": f"com.amazonaws.${{AWS::Region}}.{service}"},
                "VpcEndpointType": "Interface",
                "PrivateDnsEnabled": True,
                "SubnetIds": [_ref(names["Subnet"])],
                "SecurityGroupIds": [_ref(names["Closed"])],
            },
        )
        for service in ("ecr.api", "ecr.dkr", "logs")
    }
    gateway = {
        "ServiceName": {"Fn::Sub": "com.amazonaws.${AWS::Region}.s3"},
        "RouteTableIds": [_ref(names["Table"])],
    }
    return {**interfaces, f"EndpointS3{number}": ("AWS::EC2::VPCEndpoint", {**vpc, **gateway})}


def _service(number: int, names: dict[str, str]) -> dict[str, tuple[str, dict[str, Any]]]:
    image = {"Fn::Sub": f"${{{names['Repository']}.RepositoryUri}}:${{Image}}"}
    options = {
        "awslogs-group": _ref(names["Logs"]),
        "awslogs-region": _ref("AWS::Region"),
        "awslogs-stream-prefix": "app",
    }
    container = {
        "Name": "app",
        "Image": image,
        "LogConfiguration": {"LogDriver": "awslogs", "Options": options},
    }
    network = {"Subnets": [_ref(names["Subnet"])], "SecurityGroups": [_ref(names["Group"])]}
    return {
        names["Task"]: (
            "AWS::ECS::TaskDefinition",
            {
                "RequiresCompatibilities": ["FARGATE"],
                "NetworkMode": "awsvpc",
                "Cpu": "256",
                "Memory": "512",
                "ExecutionRoleArn": {"Fn::GetAtt": [names["Role"], "Arn"]},
                "ContainerDefinitions": [container],
            },
        ),
        f"Service{number}": (
            "AWS::ECS::Service",
            {
                "Cluster": _ref(names["Cluster"]),
                "LaunchType": "FARGATE",
                "TaskDefinition": _ref(names["Task"]),
                "NetworkConfiguration": {"AwsvpcConfiguration": network},
            },
        ),
        f"Parameter{number}": (
            "AWS::SSM::Parameter",
            {"Type": "String", "Value": {"Fn::GetAtt": [names["Vpc"], "CidrBlock"]}},
        ),
    }
