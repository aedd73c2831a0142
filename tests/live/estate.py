"""A private network with a service, made through boto3: what every test of the live account looks at.

moto's faults are worked around here, and listed in tests/live/README.md.
"""

import json
from typing import Any

import msgspec

from tests.aws import REGION, Aws

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
EXECUTION = "arn:aws:iam::aws:policy/service-role/AmazonECSTaskExecutionRolePolicy"
ENDPOINTS = ("ecr.api", "ecr.dkr", "logs", "secretsmanager", "ssm")


class Made(msgspec.Struct, frozen=True, kw_only=True):
    """What was made, by AWS's ids."""

    aws: Aws
    vpc: str
    subnets: tuple[str, ...]
    table: str
    task_group: str
    endpoint_group: str
    endpoints: dict[str, str]
    service: str
    definition: str
    role: str
    secret: str


def network(aws: Aws, *, endpoints: tuple[str, ...] = ENDPOINTS, region: str = REGION) -> dict[str, Any]:
    """A VPC with two private subnets, endpoints and their groups."""
    ec2 = aws.client("ec2", region)
    vpc = ec2.create_vpc(CidrBlock="10.0.0.0/16")["Vpc"]["VpcId"]
    ec2.modify_vpc_attribute(VpcId=vpc, EnableDnsSupport={"Value": True})
    ec2.modify_vpc_attribute(VpcId=vpc, EnableDnsHostnames={"Value": True})
    table = ec2.create_route_table(VpcId=vpc)["RouteTable"]["RouteTableId"]
    subnets = []
    for index, zone in enumerate("ab"):
        subnet = ec2.create_subnet(
            VpcId=vpc, CidrBlock=f"10.0.{index}.0/24", AvailabilityZone=f"{region}{zone}"
        )["Subnet"]["SubnetId"]
        ec2.associate_route_table(RouteTableId=table, SubnetId=subnet)
        subnets.append(subnet)
    groups = {
        name: ec2.create_security_group(GroupName=name, Description=name, VpcId=vpc)["GroupId"]
        for name in ("task", "endpoint")
    }
    ec2.authorize_security_group_ingress(
        GroupId=groups["endpoint"],
        IpPermissions=[
            {
                "IpProtocol": "tcp",
                "FromPort": 443,
                "ToPort": 443,
                "UserIdGroupPairs": [{"GroupId": groups["task"]}],
            }
        ],
    )
    made = {
        name: ec2.create_vpc_endpoint(
            VpcId=vpc,
            VpcEndpointType="Interface",
            ServiceName=f"com.amazonaws.{region}.{name}",
            SubnetIds=subnets,
            SecurityGroupIds=[groups["endpoint"]],
            PrivateDnsEnabled=True,
        )["VpcEndpoint"]["VpcEndpointId"]
        for name in endpoints
    }
    made["s3"] = ec2.create_vpc_endpoint(
        VpcId=vpc, VpcEndpointType="Gateway", ServiceName=f"com.amazonaws.{region}.s3", RouteTableIds=[table]
    )["VpcEndpoint"]["VpcEndpointId"]
    return {"vpc": vpc, "table": table, "subnets": tuple(subnets), "groups": groups, "endpoints": made}


def role(aws: Aws, name: str = "execution") -> str:
    """An execution role with AWS's policy, and an inline one for the secret and the parameter."""
    iam = aws.client("iam")
    arn = iam.create_role(RoleName=name, AssumeRolePolicyDocument=json.dumps(TRUST))["Role"]["Arn"]
    iam.attach_role_policy(RoleName=name, PolicyArn=EXECUTION)
    statement = {
        "Effect": "Allow",
        "Action": ["secretsmanager:GetSecretValue", "ssm:GetParameters"],
        "Resource": "*",
    }
    iam.put_role_policy(
        RoleName=name,
        PolicyName="secrets",
        PolicyDocument=json.dumps({"Version": "2012-10-17", "Statement": [statement]}),
    )
    return str(arn)


def build(aws: Aws, *, cluster: str = "shop", name: str = "web", **network_settings: Any) -> Made:
    """A service that can start: its network, role, image, secret, parameter and log group."""
    held = network(aws, **network_settings)
    execution = role(aws)
    repository = aws.client("ecr").create_repository(repositoryName="shop/web")["repository"]
    secret = aws.client("secretsmanager").create_secret(Name="shop/db", SecretString="hunter2")["ARN"]
    aws.client("ssm").put_parameter(Name="/shop/url", Value="hunter3", Type="String")
    aws.client("logs").create_log_group(logGroupName="/shop/web")
    ecs = aws.client("ecs")
    ecs.create_cluster(clusterName=cluster)
    definition = ecs.register_task_definition(
        family=name,
        requiresCompatibilities=["FARGATE"],
        networkMode="awsvpc",
        cpu="256",
        memory="512",
        executionRoleArn=execution,
        containerDefinitions=[container(repository["repositoryUri"], secret)],
    )["taskDefinition"]["taskDefinitionArn"]
    service = ecs.create_service(
        cluster=cluster,
        serviceName=name,
        taskDefinition=definition,
        desiredCount=1,
        launchType="FARGATE",
        networkConfiguration={
            "awsvpcConfiguration": {
                "subnets": list(held["subnets"]),
                "securityGroups": [held["groups"]["task"]],
                "assignPublicIp": "DISABLED",
            }
        },
    )["service"]["serviceArn"]
    return Made(
        aws=aws,
        vpc=held["vpc"],
        subnets=held["subnets"],
        table=held["table"],
        task_group=held["groups"]["task"],
        endpoint_group=held["groups"]["endpoint"],
        endpoints=held["endpoints"],
        service=service,
        definition=definition,
        role=execution,
        secret=secret,
    )


def container(repository: str, secret: str) -> dict[str, Any]:
    """A container with everything that must not end up in a snapshot, too."""
    return {
        "name": "web",
        "image": f"{repository}:1",
        # moto answers RunTask with 500 where a container has no memory of its own.
        "memory": 512,
        "environment": [{"name": "PASSWORD", "value": "hunter4"}],
        "command": ["serve", "--token=hunter5"],
        "secrets": [
            {"name": "DB", "valueFrom": f"{secret}:password::"},
            {"name": "URL", "valueFrom": "/shop/url"},
        ],
        "logConfiguration": {
            "logDriver": "awslogs",
            "options": {
                "awslogs-group": "/shop/web",
                "awslogs-region": REGION,
                "awslogs-stream-prefix": "web",
            },
        },
    }
