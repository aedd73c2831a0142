"""A small account as AWS's APIs answer for it: one service on Fargate in a private subnet that can start."""

import copy
from typing import Any

ACCOUNT = "123456789012"
REGION = "eu-west-1"
Json = dict[str, Any]

ROLE = f"arn:aws:iam::{ACCOUNT}:role/app-execution"
SECRET = f"arn:aws:secretsmanager:{REGION}:{ACCOUNT}:secret:app/db-AbCdEf"
REPOSITORY = f"arn:aws:ecr:{REGION}:{ACCOUNT}:repository/app"
CLUSTER = f"arn:aws:ecs:{REGION}:{ACCOUNT}:cluster/main"
DEFINITION = f"arn:aws:ecs:{REGION}:{ACCOUNT}:task-definition/app:7"
SERVICE = f"arn:aws:ecs:{REGION}:{ACCOUNT}:service/main/web"
LOGS = f"arn:aws:logs:{REGION}:{ACCOUNT}:log-group:/app"
EVERYTHING = {"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": "*", "Resource": "*"}]}


def network() -> dict[str, Json]:
    """A VPC with a private subnet, interface endpoints for everything, and a gateway endpoint for S3."""
    open_ = {"RuleNumber": 100, "RuleAction": "allow", "Protocol": "-1", "CidrBlock": "0.0.0.0/0"}
    services = ("ecr.api", "ecr.dkr", "logs", "secretsmanager")
    return {
        "Vpcs": listed(
            "Vpcs",
            {
                "VpcId": "vpc-0a",
                "OwnerId": ACCOUNT,
                "CidrBlock": "10.0.0.0/16",
                "CidrBlockAssociationSet": [
                    {"CidrBlock": "10.0.0.0/16", "CidrBlockState": {"State": "associated"}}
                ],
                "DhcpOptionsId": "dopt-0a",
            },
        ),
        "VpcAttributes": listed(
            "VpcAttributes",
            {
                "VpcId": "vpc-0a",
                "EnableDnsSupport": {"Value": True},
                "EnableDnsHostnames": {"Value": True},
            },
        ),
        "DhcpOptions": listed(
            "DhcpOptions",
            {
                "DhcpOptionsId": "dopt-0a",
                "DhcpConfigurations": [
                    {"Key": "domain-name", "Values": [{"Value": f"{REGION}.compute.internal"}]},
                    {"Key": "domain-name-servers", "Values": [{"Value": "AmazonProvidedDNS"}]},
                ],
            },
        ),
        "Subnets": listed(
            "Subnets",
            {
                "SubnetId": "subnet-0a",
                "VpcId": "vpc-0a",
                "OwnerId": ACCOUNT,
                "CidrBlock": "10.0.1.0/24",
                "AvailabilityZone": f"{REGION}a",
                "AvailabilityZoneId": "euw1-az1",
            },
        ),
        "RouteTables": listed(
            "RouteTables",
            {
                "RouteTableId": "rtb-0a",
                "VpcId": "vpc-0a",
                "Associations": [{"Main": True, "AssociationState": {"State": "associated"}}],
                "Routes": [
                    {"DestinationCidrBlock": "10.0.0.0/16", "GatewayId": "local", "State": "active"},
                    {"DestinationPrefixListId": "pl-0a", "GatewayId": "vpce-0s3", "State": "active"},
                ],
            },
        ),
        "NetworkAcls": listed(
            "NetworkAcls",
            {
                "NetworkAclId": "acl-0a",
                "VpcId": "vpc-0a",
                "IsDefault": True,
                "Associations": [{"SubnetId": "subnet-0a"}],
                "Entries": [{**open_, "Egress": False}, {**open_, "Egress": True}],
            },
        ),
        "SecurityGroups": listed(
            "SecurityGroups",
            group("sg-0default", "default"),
            group("sg-0app", "app"),
            group("sg-0endpoint", "endpoint", opens=443),
        ),
        "NetworkInterfaces": listed("NetworkInterfaces"),
        "PrefixLists": listed(
            "PrefixLists",
            {
                "PrefixListId": "pl-0a",
                "PrefixListName": f"com.amazonaws.{REGION}.s3",
                "Cidrs": ["52.218.0.0/17"],
            },
        ),
        "VpcEndpoints": listed(
            "VpcEndpoints",
            {
                "VpcEndpointId": "vpce-0s3",
                "VpcId": "vpc-0a",
                "ServiceName": f"com.amazonaws.{REGION}.s3",
                "VpcEndpointType": "Gateway",
                "State": "available",
                "RouteTableIds": ["rtb-0a"],
            },
            *(endpoint(service) for service in services),
        ),
        **{
            name: listed(name)
            for name in (
                *("InternetGateways", "NatGateways", "VpcPeeringConnections", "TransitGatewayVpcAttachments"),
                *("ResolverRules", "ResolverRuleAssociations", "FirewallRuleGroupAssociations"),
                "ProfileAssociations",
            )
        },
        "HostedZonesByVpc": listed("HostedZonesByVpc", {"VPCId": "vpc-0a", "HostedZoneSummaries": []}),
    }


def listed(key: str, *items: Json) -> Json:
    """An answer: some things under a key."""
    return {key: list(items)}


def group(key: str, name: str, *, opens: int = 0) -> Json:
    """A security group that lets everything out, and one port in."""
    everywhere = [{"CidrIp": "0.0.0.0/0"}]
    port = {"IpProtocol": "tcp", "FromPort": opens, "ToPort": opens, "IpRanges": everywhere}
    return {
        "GroupId": key,
        "GroupName": name,
        "VpcId": "vpc-0a",
        "OwnerId": ACCOUNT,
        "IpPermissions": [port] if opens else [],
        "IpPermissionsEgress": [{"IpProtocol": "-1", "IpRanges": everywhere}],
    }


def endpoint(service: str) -> Json:
    """An interface endpoint with private DNS."""
    return {
        "VpcEndpointId": f"vpce-0{service.replace('.', '')}",
        "VpcId": "vpc-0a",
        "ServiceName": f"com.amazonaws.{REGION}.{service}",
        "VpcEndpointType": "Interface",
        "State": "available",
        "SubnetIds": ["subnet-0a"],
        "Groups": [{"GroupId": "sg-0endpoint"}],
        "NetworkInterfaceIds": [],
        "PrivateDnsEnabled": True,
    }


def tasks() -> dict[str, Json]:
    """A cluster with one service, and what it reads while it starts."""
    container = {
        "name": "app",
        "image": f"{ACCOUNT}.dkr.ecr.{REGION}.amazonaws.com/app:1",
        "essential": True,
        "secrets": [{"name": "DB", "valueFrom": SECRET}],
        "logConfiguration": {
            "logDriver": "awslogs",
            "options": {"awslogs-group": "/app", "awslogs-region": REGION, "awslogs-stream-prefix": "app"},
        },
    }
    return {
        "Clusters": listed("clusters", {"clusterArn": CLUSTER, "clusterName": "main", "status": "ACTIVE"}),
        "Services": listed(
            "services",
            {
                "serviceArn": SERVICE,
                "serviceName": "web",
                "clusterArn": CLUSTER,
                "status": "ACTIVE",
                "desiredCount": 2,
                "launchType": "FARGATE",
                "platformVersion": "1.4.0",
                "taskDefinition": DEFINITION,
                "networkConfiguration": {
                    "awsvpcConfiguration": {
                        "subnets": ["subnet-0a"],
                        "securityGroups": ["sg-0app"],
                        "assignPublicIp": "DISABLED",
                    }
                },
            },
        ),
        "TaskDefinitions": listed(
            "taskDefinitions",
            {
                "taskDefinitionArn": DEFINITION,
                "family": "app",
                "revision": 7,
                "networkMode": "awsvpc",
                "requiresCompatibilities": ["FARGATE"],
                "executionRoleArn": ROLE,
                "containerDefinitions": [container],
            },
        ),
        "Repositories": listed(
            "repositories",
            {
                "repositoryArn": REPOSITORY,
                "repositoryName": "app",
                "repositoryUri": f"{ACCOUNT}.dkr.ecr.{REGION}.amazonaws.com/app",
            },
        ),
        "RepositoryPolicies": listed("repositoryPolicies", {"repositoryName": "app", "policyText": None}),
        "Secrets": listed("SecretList", {"ARN": SECRET, "Name": "app/db"}),
        "SecretPolicies": listed("SecretPolicies", {"ARN": SECRET, "Name": "app/db"}),
        "LogGroups": listed("logGroups", {"logGroupName": "/app", "arn": f"{LOGS}:*"}),
    }


def roles() -> dict[str, Json]:
    """The execution role."""
    trust = {
        "Version": "2012-10-17",
        "Statement": [
            {
                "Effect": "Allow",
                "Principal": {"Service": "ecs-tasks.amazonaws.com"},
                "Action": "sts:AssumeRole",
            }
        ],
    }
    managed = "arn:aws:iam::aws:policy/service-role/AmazonECSTaskExecutionRolePolicy"
    read = {"Effect": "Allow", "Action": "secretsmanager:GetSecretValue", "Resource": SECRET}
    return {
        "Roles": listed(
            "RoleDetailList",
            {
                "Arn": ROLE,
                "RoleName": "app-execution",
                "Path": "/",
                "AssumeRolePolicyDocument": trust,
                "RolePolicyList": [
                    {"PolicyName": "read", "PolicyDocument": {"Version": "2012-10-17", "Statement": [read]}}
                ],
                "AttachedManagedPolicies": [
                    {"PolicyName": "AmazonECSTaskExecutionRolePolicy", "PolicyArn": managed}
                ],
            },
        )
    }


def regional() -> dict[str, Json]:
    """All that the account answers in its region."""
    return copy.deepcopy({**network(), **tasks()})
