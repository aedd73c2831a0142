"""The table of calls: nothing in it changes anything or reads a secret, and AWS would accept all of it."""

from collections.abc import Iterator
from functools import cache
from typing import Any

import botocore.session
import pytest
from botocore.validate import ParamValidator

from bench.account import Account
from pullproof.sources.live.calls import CALLS, WHO, calls_for
from pullproof.sources.live.collect import Collector, Start
from pullproof.sources.live.values import Call
from pullproof.sources.snapshot.layout import BY_NAME

EVERY = calls_for("why")
#: Verbs of calls that only read.
READS = ("Describe", "Get", "List", "Search")
#: Calls that begin so and give what must not be read: values, plain text, tokens, layers, objects.
NEVER = (
    *("GetSecretValue", "BatchGetSecretValue", "GetParameter", "GetParameters", "GetParametersByPath"),
    *("GetParameterHistory", "Decrypt", "GetAuthorizationToken", "BatchGetImage", "GetDownloadUrlForLayer"),
    *("GetObject", "GetPublicKey", "GetLogEvents", "GetCredentialReport", "GetFederationToken"),
)


def rows(calls: tuple[Call, ...] = EVERY) -> list[Any]:
    return [pytest.param(call, id=call.row) for call in calls]


@cache
def model(service: str) -> dict[str, Any]:
    loader = botocore.session.get_session().get_component("data_loader")
    found: dict[str, Any] = loader.load_service_model(service, "service-2")
    return found


def test_the_calls_are_these_and_no_others() -> None:
    """The list is closed: whoever adds a call adds it here, too, and thinks of what it reads."""
    expected = """
        ecr:DescribePullThroughCacheRules ecr:DescribeRepositories ecr:GetRepositoryPolicy
        ecs:DescribeClusters ecs:DescribeServices ecs:DescribeTaskDefinition ecs:ListClusters ecs:ListServices
        efs:DescribeAccessPoints efs:DescribeFileSystemPolicy efs:DescribeFileSystems
        efs:DescribeMountTargetSecurityGroups efs:DescribeMountTargets
        ec2:DescribeDhcpOptions ec2:DescribeEgressOnlyInternetGateways ec2:DescribeInternetGateways
        ec2:DescribeManagedPrefixLists ec2:DescribeNatGateways ec2:DescribeNetworkAcls
        ec2:DescribeNetworkInterfaces ec2:DescribeRouteTables ec2:DescribeSecurityGroupVpcAssociations
        ec2:DescribeSecurityGroups ec2:DescribeSubnets ec2:DescribeTransitGatewayAttachments
        ec2:DescribeTransitGatewayRouteTables ec2:DescribeTransitGatewayVpcAttachments
        ec2:DescribeTransitGateways ec2:DescribeVpcAttribute ec2:DescribeVpcBlockPublicAccessExclusions
        ec2:DescribeVpcBlockPublicAccessOptions ec2:DescribeVpcEndpoints ec2:DescribeVpcPeeringConnections
        ec2:DescribeVpcs ec2:DescribeVpnGateways ec2:GetManagedPrefixListEntries
        ec2:GetTransitGatewayRouteTablePropagations ec2:SearchTransitGatewayRoutes
        events:DescribeRule events:ListEventBuses events:ListRuleNamesByTarget events:ListTargetsByRule
        iam:GetPolicy iam:GetPolicyVersion iam:GetRole iam:GetRolePolicy iam:ListAttachedRolePolicies
        iam:ListRolePolicies kms:DescribeKey kms:GetKeyPolicy kms:ListAliases logs:DescribeLogGroups
        route53:ListHostedZonesByVPC route53:ListResourceRecordSets route53profiles:ListProfileAssociations
        route53resolver:ListFirewallRuleGroupAssociations route53resolver:ListResolverRuleAssociations
        organizations:DescribeOrganization organizations:DescribePolicy organizations:ListParents
        organizations:ListPoliciesForTarget
        route53resolver:ListResolverRules s3:GetBucketLocation s3:GetBucketPolicy
        scheduler:GetSchedule scheduler:ListSchedules secretsmanager:DescribeSecret
        secretsmanager:GetResourcePolicy ssm:DescribeParameters
    """

    assert sorted(expected.split()) == sorted({call.name for call in CALLS})
    assert {"ecs:DescribeTasks", "ecs:ListTasks"} == {call.name for call in EVERY} - {
        call.name for call in CALLS
    }
    assert ("sts", "GetCallerIdentity") == WHO


@pytest.mark.parametrize("call", rows())
def test_a_call_only_reads(call: Call) -> None:
    """By its verb, by the method of its request and by AWS's own mark, no call of the table changes anything."""
    operation = model(call.service)["operations"][call.operation]

    assert call.operation.startswith(READS)
    assert operation.get("readonly", True) is True
    if model(call.service)["metadata"]["protocol"].startswith("rest"):
        assert operation["http"]["method"] in ("GET", "HEAD")


@pytest.mark.parametrize("call", rows())
def test_a_call_reads_no_secret(call: Call) -> None:
    """No call of the table gives what a secret holds, a token, or an image; nor may it by its permission."""
    assert call.operation not in NEVER
    assert set() == {action.partition(":")[2] for action in call.actions} & set(NEVER)


@pytest.mark.parametrize("call", rows())
def test_a_row_leads_to_a_file_and_is_fed_by_rows(call: Call) -> None:
    """Each row fills a file of the layout or leads to one, and what feeds it is in the table."""
    known = {other.row for other in EVERY} | {"start"}

    assert (call.file or call.leads) in BY_NAME
    assert set() == {feed.row for feed in call.feeds} - known
    assert call.feeds


@pytest.mark.parametrize("call", rows())
def test_errors_that_mean_nothing_there_exist(call: Call) -> None:
    """Where AWS models its errors, those that say that there is none are among them."""
    shapes = model(call.service)["shapes"]
    modelled = set(shapes) | {shape.get("error", {}).get("code") for shape in shapes.values()}
    free = {"NoSuchEntity", "404", "NoSuchBucketPolicy"}  # IAM's is modelled by another name, S3's not at all
    codes = set() if call.service == "ec2" else set(call.absent) - free

    assert set() == codes - modelled


def test_rows_have_names_of_their_own() -> None:
    """No two rows are called the same: what feeds on one would be fed by the other."""
    assert len(EVERY) == len({call.row for call in EVERY})


def requests() -> Iterator[tuple[str, Any]]:
    """What is asked of an account that has one of everything that leads to a call."""
    account = Account(services=12, vpcs=2)
    account.instead = {}
    Collector(Everything(account), EVERY, Start(regions=account.regions)).run()
    yield from {(name, repr(asked)): (name, asked) for name, _, asked in account.asked}.values()


class Everything:
    """An account whose answers lead everywhere."""

    def __init__(self, account: Account) -> None:
        self.account = account

    def ask(self, service: str, operation: str, region: str, asked: Any, *, pages: bool) -> Any:
        found = self.account.ask(service, operation, region, asked, pages=pages)
        return MORE.get(operation, found)


DEFINITION = {
    "taskDefinitionArn": "arn:aws:ecs:eu-west-1:123456789012:task-definition/web:1",
    "executionRoleArn": "arn:aws:iam::123456789012:role/path/execution",
    "taskRoleArn": "arn:aws:iam::123456789012:role/task",
    "volumes": [{"efsVolumeConfiguration": {"fileSystemId": "fs-0a1b2c3d"}}],
    "containerDefinitions": [
        {
            "image": "111122223333.dkr.ecr.us-east-1.amazonaws.com/team/app:1",
            "repositoryCredentials": {"credentialsParameter": "registry"},
            "environmentFiles": [{"type": "s3", "value": "arn:aws:s3:::settings/app.env"}],
            "secrets": [
                {"name": "A", "valueFrom": "arn:aws:ssm:eu-west-1:123456789012:parameter/one"},
                {"name": "B", "valueFrom": "/two/three"},
                {"name": "C", "valueFrom": "/aws/reference/secretsmanager/four"},
                {
                    "name": "D",
                    "valueFrom": "arn:aws:secretsmanager:eu-west-1:123456789012:secret:five-AbCdEf:key::",
                },
            ],
            "logConfiguration": {
                "logDriver": "awslogs",
                "options": {"awslogs-group": "/app", "awslogs-region": "eu-central-1"},
            },
        }
    ],
}
TARGET = {"Id": "1", "Arn": "x", "EcsParameters": {"TaskDefinitionArn": DEFINITION["taskDefinitionArn"]}}
CLUSTER = "arn:aws:ecs:eu-west-1:123456789012:cluster/shop"
MORE: dict[str, list[dict[str, Any]]] = {
    "DescribeOrganization": [{"Organization": {"Id": "o-1", "MasterAccountId": "999999999999"}}],
    "ListPoliciesForTarget": [{"Policies": [{"Id": "p-1", "Name": "guard"}]}],
    "ListParents": [{"Parents": [{"Id": "r-1", "Type": "ROOT"}]}],
    "DescribePolicy": [{"Policy": {"PolicySummary": {"Id": "p-1"}, "Content": "{}"}}],
    "DescribeTaskDefinition": [{"taskDefinition": DEFINITION}],
    "ListEventBuses": [{"EventBuses": [{"Name": "default"}, {"Name": "orders"}]}],
    "ListRuleNamesByTarget": [{"RuleNames": ["nightly"]}],
    "DescribeRule": [{"Name": "nightly", "ScheduleExpression": "rate(1 day)"}],
    "ListTargetsByRule": [{"Targets": [TARGET]}],
    "ListSchedules": [{"Schedules": [{"Name": "hourly", "GroupName": "jobs", "Target": {"Arn": CLUSTER}}]}],
    "GetSchedule": [{"Name": "hourly", "GroupName": "jobs", "Target": TARGET}],
    "ListTasks": [
        {"taskArns": ["arn:aws:ecs:eu-west-1:123456789012:task/shop/0123456789abcdef0123456789abcdef"]}
    ],
    "DescribeTasks": [{"tasks": [{"taskArn": "arn:t", "clusterArn": CLUSTER, "group": "service:web3"}]}],
    "DescribeVpcPeeringConnections": [
        {
            "VpcPeeringConnections": [
                {
                    "VpcPeeringConnectionId": "pcx-1",
                    "RequesterVpcInfo": {"VpcId": "vpc-eu-west-1-0", "Region": "eu-west-1"},
                    "AccepterVpcInfo": {"VpcId": "vpc-far", "Region": "us-east-1"},
                }
            ]
        }
    ],
    "DescribeTransitGatewayVpcAttachments": [
        {
            "TransitGatewayVpcAttachments": [
                {"TransitGatewayAttachmentId": "tgw-attach-1", "TransitGatewayId": "tgw-1"}
            ]
        }
    ],
    "DescribeTransitGatewayRouteTables": [
        {"TransitGatewayRouteTables": [{"TransitGatewayRouteTableId": "tgw-rtb-1"}]}
    ],
    "SearchTransitGatewayRoutes": [{"Routes": [{"PrefixListId": "pl-1"}]}],
    "ListHostedZonesByVPC": [{"HostedZoneSummaries": [{"HostedZoneId": "Z1", "Name": "amazonaws.com."}]}],
    "ListAttachedRolePolicies": [{"AttachedPolicies": [{"PolicyArn": "arn:aws:iam::aws:policy/ReadOnly"}]}],
    "GetPolicy": [{"Policy": {"Arn": "arn:aws:iam::aws:policy/ReadOnly", "DefaultVersionId": "v3"}}],
    "GetPolicyVersion": [{"PolicyVersion": {"VersionId": "v3", "Document": {}}}],
    "DescribeParameters": [{"Parameters": [{"Name": "/one", "Type": "SecureString", "KeyId": "alias/own"}]}],
    "DescribeKey": [{"KeyMetadata": {"KeyId": "00000000-1111-2222-3333-444444444444", "Arn": "arn:k"}}],
    "DescribeFileSystems": [{"FileSystems": [{"FileSystemId": "fs-0a1b2c3d"}]}],
    "DescribeMountTargets": [
        {"MountTargets": [{"MountTargetId": "fsmt-0a1b2c3d4e5f", "NetworkInterfaceId": "eni-1"}]}
    ],
}


def test_aws_would_accept_every_request() -> None:
    """Each row is reached, and its parameters are those that botocore's model of the call asks for."""
    session = botocore.session.get_session()
    seen = set()
    problems = []
    for name, asked in requests():
        service, _, operation = name.partition(":")
        shape = session.get_service_model(service).operation_model(operation).input_shape
        seen.add(name)
        if shape is None:
            assert {} == asked
            continue
        report = ParamValidator().validate(asked, shape)
        if report.has_errors():
            problems.append((name, report.generate_report()))

    assert [] == problems
    assert {call.name for call in EVERY} == seen
