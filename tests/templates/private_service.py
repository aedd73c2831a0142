"""A small template whose task can start through endpoints alone, for tests that change one thing in it."""

from typing import Any, TypeAlias

Json: TypeAlias = dict[str, Any]

ENDPOINTS = {"Api": "ecr.api", "Dkr": "ecr.dkr", "Logs": "logs"}
TRUST = {
    "Version": "2012-10-17",
    "Statement": [
        {
            "Effect": "Allow",
            "Principal": {"Service": "ecs-tasks.amazonaws.com"},
            "Action": "sts:AssumeRole",
        }
    ],
}


def ref(name: str) -> Json:
    """A reference to something of the template."""
    return {"Ref": name}


def sub(text: str) -> Json:
    """A text with references in it."""
    return {"Fn::Sub": text}


def resource(kind: str, **properties: Any) -> Json:
    """One resource."""
    return {"Type": f"AWS::{kind}", "Properties": properties}


def template() -> Json:
    """The whole template; nothing in it tells a region or an account."""
    return {
        "AWSTemplateFormatVersion": "2010-09-09",
        "Resources": {**_network(), **_endpoints(), **_task()},
    }


def properties(held: Json, name: str) -> Json:
    """The properties of one resource."""
    found: Json = held["Resources"][name]["Properties"]
    return found


def _network() -> Json:
    vpc = ref("Vpc")
    ingress = {"IpProtocol": "tcp", "FromPort": 443, "ToPort": 443, "SourceSecurityGroupId": ref("TaskGroup")}
    return {
        "Vpc": resource("EC2::VPC", CidrBlock="10.0.0.0/16", EnableDnsSupport=True, EnableDnsHostnames=True),
        "Subnet": resource("EC2::Subnet", VpcId=vpc, CidrBlock="10.0.1.0/24"),
        "Table": resource("EC2::RouteTable", VpcId=vpc),
        "Association": resource(
            "EC2::SubnetRouteTableAssociation", SubnetId=ref("Subnet"), RouteTableId=ref("Table")
        ),
        "TaskGroup": resource("EC2::SecurityGroup", VpcId=vpc, GroupDescription="tasks"),
        "EndpointGroup": resource(
            "EC2::SecurityGroup", VpcId=vpc, GroupDescription="endpoints", SecurityGroupIngress=[ingress]
        ),
    }


def _endpoints() -> Json:
    found = {
        f"Endpoint{name}": resource(
            "EC2::VPCEndpoint",
            VpcId=ref("Vpc"),
            ServiceName=sub(f"com.amazonaws.${{AWS::Region}}.{suffix}"),
            VpcEndpointType="Interface",
            PrivateDnsEnabled=True,
            SubnetIds=[ref("Subnet")],
            SecurityGroupIds=[ref("EndpointGroup")],
        )
        for name, suffix in ENDPOINTS.items()
    }
    found["EndpointS3"] = resource(
        "EC2::VPCEndpoint",
        VpcId=ref("Vpc"),
        ServiceName=sub("com.amazonaws.${AWS::Region}.s3"),
        RouteTableIds=[ref("Table")],
    )
    return found


def _task() -> Json:
    container = {
        "Name": "app",
        "Image": sub("${AWS::AccountId}.dkr.ecr.${AWS::Region}.amazonaws.com/${Repository}:1"),
        "LogConfiguration": {
            "LogDriver": "awslogs",
            "Options": {
                "awslogs-group": ref("LogGroup"),
                "awslogs-region": ref("AWS::Region"),
                "awslogs-stream-prefix": "app",
            },
        },
    }
    return {
        "Repository": resource("ECR::Repository", RepositoryName="app"),
        "LogGroup": resource("Logs::LogGroup", LogGroupName="/app"),
        "Role": resource(
            "IAM::Role",
            AssumeRolePolicyDocument=TRUST,
            ManagedPolicyArns=["arn:aws:iam::aws:policy/service-role/AmazonECSTaskExecutionRolePolicy"],
        ),
        "Cluster": resource("ECS::Cluster"),
        "Task": resource(
            "ECS::TaskDefinition",
            Family="app",
            Cpu="256",
            Memory="512",
            NetworkMode="awsvpc",
            RequiresCompatibilities=["FARGATE"],
            ExecutionRoleArn={"Fn::GetAtt": ["Role", "Arn"]},
            ContainerDefinitions=[container],
        ),
        "Service": resource(
            "ECS::Service",
            Cluster=ref("Cluster"),
            TaskDefinition=ref("Task"),
            LaunchType="FARGATE",
            NetworkConfiguration={
                "AwsvpcConfiguration": {"Subnets": [ref("Subnet")], "SecurityGroups": [ref("TaskGroup")]}
            },
        ),
    }
