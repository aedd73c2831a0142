"""What templates say by not saying it, and what they leave to others."""

from typing import Any

import pytest

from pullproof.model.value import Unknown
from pullproof.prove import report
from pullproof.sources.base import Loaded, Options
from pullproof.sources.cloudformation.mapping import tree_of
from pullproof.sources.cloudformation.read import read_template
from pullproof.sources.cloudformation.run import Given
from pullproof.sources.cloudformation.tables import rows
from pullproof.sources.terraform.adapt import adapt
from pullproof.sources.terraform.wanted import WANTED
from tests.unit.sources.cloudformation.judging import estate_of, judged, verdict

NETWORK = """
Resources:
  Vpc: {Type: "AWS::EC2::VPC", Properties: {CidrBlock: 10.0.0.0/16, EnableDnsHostnames: true}}
  Public:
    Type: AWS::EC2::Subnet
    Properties: {VpcId: !Ref Vpc, CidrBlock: 10.0.0.0/24, AvailabilityZone: eu-west-1a, MapPublicIpOnLaunch: true}
  Private:
    Type: AWS::EC2::Subnet
    Properties: {VpcId: !Ref Vpc, CidrBlock: 10.0.1.0/24, AvailabilityZone: eu-west-1a}
  Gateway: {Type: "AWS::EC2::InternetGateway"}
  Attached:
    Type: AWS::EC2::VPCGatewayAttachment
    Properties: {VpcId: !Ref Vpc, InternetGatewayId: !Ref Gateway}
  Table: {Type: "AWS::EC2::RouteTable", Properties: {VpcId: !Ref Vpc}}
  Out:
    Type: AWS::EC2::Route
    Properties: {RouteTableId: !Ref Table, DestinationCidrBlock: 0.0.0.0/0, GatewayId: !Ref Gateway}
  InPublic:
    Type: AWS::EC2::SubnetRouteTableAssociation
    Properties: {SubnetId: !Ref Public, RouteTableId: !Ref Table}
  Own: {Type: "AWS::EC2::RouteTable", Properties: {VpcId: !Ref Vpc}}
  InPrivate:
    Type: AWS::EC2::SubnetRouteTableAssociation
    Properties: {SubnetId: !Ref Private, RouteTableId: !Ref Own}
  App: {Type: "AWS::EC2::SecurityGroup", Properties: {GroupDescription: app, VpcId: !Ref Vpc}}
  Cluster: {Type: "AWS::ECS::Cluster"}
  Task:
    Type: AWS::ECS::TaskDefinition
    Properties:
      RequiresCompatibilities: [FARGATE]
      NetworkMode: awsvpc
      ContainerDefinitions: [{Name: app, Image: nginx}]
"""


def service(subnet: str = "Public", public: str = "ENABLED", groups: str = "[!Ref App]") -> str:
    """The network, and a service in one of its subnets."""
    return f"""{NETWORK}
  Service:
    Type: AWS::ECS::Service
    Properties:
      Cluster: !Ref Cluster
      TaskDefinition: !Ref Task
      LaunchType: FARGATE
      NetworkConfiguration:
        AwsvpcConfiguration: {{AssignPublicIp: {public}, Subnets: [!Ref {subnet}], SecurityGroups: {groups}}}
"""


def blockers(template: str) -> set[tuple[str, str]]:
    """Codes and resources of all blockers of the only task."""
    (task,) = judged(template)["tasks"]
    return {(each["code"], each["resource"]) for step in task["steps"] for each in step["blockers"]}


def test_a_group_lets_everything_out_unless_it_says_otherwise() -> None:
    """No egress at all, and an empty list, are CloudFormation's rule to everywhere; one rule replaces it."""
    written = service().replace(
        "VpcId: !Ref Vpc}}\n  Cluster", "VpcId: !Ref Vpc, SecurityGroupEgress: %s}}\n  Cluster"
    )
    one = "[{IpProtocol: tcp, FromPort: 80, ToPort: 80, CidrIp: 0.0.0.0/0}]"

    assert "can_start" == verdict(service())
    assert "can_start" == verdict(written % "[]")
    assert {("sg-egress", "App")} == blockers(written % one)


def test_a_public_address_is_off_and_one_task_is_wanted_unless_written() -> None:
    """AssignPublicIp is DISABLED and DesiredCount 1 where the template is silent."""
    silent = service().replace("AssignPublicIp: ENABLED, ", "")

    assert {("no-public-ip", "Service")} == blockers(silent)
    assert 1 == estate_of(silent).launches["Service"].desired_count


def test_endpoints_are_gateways_without_private_names_unless_written() -> None:
    """The type is Gateway, and private DNS is off."""
    estate = estate_of(
        service()
        + '  S3: {Type: "AWS::EC2::VPCEndpoint", Properties: {VpcId: !Ref Vpc, ServiceName: x.s3}}\n'
    )
    endpoint = estate.endpoints["S3"]

    assert ("Gateway", False) == (getattr(endpoint.type, "value", None), endpoint.private_dns)


def test_a_service_in_express_mode_is_not_passed_over() -> None:
    """What ECS makes for it is not modelled, so the verdict is unknown."""
    express = NETWORK + (
        '  Express: {Type: "AWS::ECS::ExpressGatewayService", Properties: '
        "{ExecutionRoleArn: x, InfrastructureRoleArn: y, PrimaryContainer: {Image: nginx}}}\n"
    )
    (task,) = judged(express)["tasks"]

    assert ("Express", "unknown") == (task["id"], task["verdict"])
    assert "not-modelled" in {each["why"] for each in task["unknowns"]}


def test_what_a_custom_resource_gives_is_unknown() -> None:
    """A group that a program of the user's finds proves nothing, and the reason names the program."""
    template = service(groups="[!GetAtt Lookup.GroupId]") + (
        '  Lookup: {Type: "Custom::Lookup", Properties: {ServiceToken: "arn:aws:lambda:eu-west-1:1:function:f"}}\n'
    )
    (task,) = judged(template)["tasks"]
    said = {each["supply"] for step in task["steps"] for each in step["unknowns"]}

    assert "unknown" == task["verdict"]
    assert any("custom resource Lookup" in text for text in said)


def test_a_default_group_that_the_cdk_empties_lets_nothing_out() -> None:
    """The CDK's program takes away the rules of the VPC's default group."""
    template = service(groups="[!GetAtt Vpc.DefaultSecurityGroup]")
    emptied = template + (
        '  Restrict: {Type: "Custom::VpcRestrictDefaultSG", Properties: '
        '{ServiceToken: "arn:aws:lambda:eu-west-1:1:function:f", DefaultSecurityGroupId: !GetAtt Vpc.DefaultSecurityGroup}}\n'
    )

    assert "can_start" == verdict(template)
    assert {("sg-egress", "Vpc.DefaultSecurityGroup")} == blockers(emptied)


@pytest.mark.parametrize(("maps", "expected"), [("true", "can_start"), ("false", "cannot_start")])
def test_a_nat_instance_has_the_address_that_its_subnet_gives(maps: str, expected: str) -> None:
    """An instance that says nothing of a public address gets one where its subnet gives it."""
    template = service("Private", "DISABLED").replace(
        "MapPublicIpOnLaunch: true", f"MapPublicIpOnLaunch: {maps}"
    )
    template += (
        '  Nat: {Type: "AWS::EC2::Instance", Properties: {ImageId: ami-1, SubnetId: !Ref Public, '
        "SourceDestCheck: false, SecurityGroupIds: [!Ref NatGroup]}}\n"
        '  NatGroup: {Type: "AWS::EC2::SecurityGroup", Properties: {GroupDescription: nat, VpcId: !Ref Vpc, '
        'SecurityGroupIngress: [{IpProtocol: "-1", CidrIp: 10.0.0.0/16}]}}\n'
        '  ToNat: {Type: "AWS::EC2::Route", Properties: {RouteTableId: !Ref Own, '
        "DestinationCidrBlock: 0.0.0.0/0, InstanceId: !Ref Nat}}\n"
    )

    assert expected == verdict(template)


@pytest.mark.parametrize(
    "more",
    [
        '  Elsewhere: {Type: "AWS::CloudFormation::Stack", Properties: {TemplateURL: "https://b.s3.amazonaws.com/x.yaml"}}\n',
        '  Learns: {Type: "AWS::EC2::RouteServerPropagation", Properties: {RouteTableId: !Ref Own, RouteServerId: rs-1}}\n',
    ],
)
def test_what_others_may_add_leaves_a_missing_way_open(more: str) -> None:
    """A subnet without a way out is no blocker where something that cannot be read may add one."""
    template = service("Private", "DISABLED")

    assert "cannot_start" == verdict(template)
    assert "unknown" == verdict(template + more)


def test_every_row_leads_to_a_type_that_is_read() -> None:
    """What a table calls a type is one that the adapters know."""
    made = {row.to for row in rows().values() if row.to} - {"aws_ecs_capacity_provider"}

    assert set() == made - WANTED


def test_a_zone_by_its_id_is_no_other_zone_for_certain() -> None:
    """Whether use1-az1 is us-east-1a, only the account knows; two subnets with one id share a zone."""
    by_id = service().replace("AvailabilityZone: eu-west-1a", "AvailabilityZoneId: euw1-az1")
    subnets = estate_of(by_id).subnets

    assert subnets["Public"].zone == subnets["Private"].zone
    assert not isinstance(subnets["Public"].zone, Unknown)


def test_words_of_templates_stand_in_reports() -> None:
    """A finding cites the property, not the argument that it became."""
    one = "[{IpProtocol: tcp, FromPort: 443, ToPort: 443, CidrIp: 0.0.0.0/0}]"
    written = service().replace(
        "VpcId: !Ref Vpc}}\n  Cluster", f"VpcId: !Ref Vpc, SecurityGroupEgress: {one}}}}}\n  Cluster"
    )
    cited = {cite for hop in hops(judged(written)) for step in hop["steps"] for cite in step.get("cites", ())}

    assert "App.SecurityGroupEgress[0]" in cited
    assert not any("egress[" in cite.replace("Egress[", "") for cite in cited)


def hops(document: dict[str, Any]) -> list[dict[str, Any]]:
    """Every hop of a report."""
    return [hop for task in document["tasks"] for step in task["steps"] for hop in step["hops"]]


def test_a_region_that_nobody_tells_is_one_region() -> None:
    """Logs go to the stack's own region, whichever it is, and so does the policy that allows them."""
    options = "{awslogs-group: !Ref Logs, awslogs-region: !Ref AWS::Region, awslogs-stream-prefix: app}"
    logging = service().replace(
        "ContainerDefinitions: [{Name: app, Image: nginx}]",
        "ExecutionRoleArn: !GetAtt Role.Arn\n      ContainerDefinitions: "
        f"[{{Name: app, Image: nginx, LogConfiguration: {{LogDriver: awslogs, Options: {options}}}}}]",
    ) + (
        '  Logs: {Type: "AWS::Logs::LogGroup"}\n'
        '  Role: {Type: "AWS::IAM::Role", Properties: {AssumeRolePolicyDocument: {Statement: [{Effect: Allow, '
        'Principal: {Service: ecs-tasks.amazonaws.com}, Action: "sts:AssumeRole"}]}, Policies: [{PolicyName: logs, '
        'PolicyDocument: {Statement: [{Effect: Allow, Action: ["logs:CreateLogStream"], Resource: !GetAtt Logs.Arn}]}}]}}\n'
    )
    tree = tree_of(read_template(logging.encode(), "template.yaml", Given()))
    estate = adapt(tree, Options())
    loaded = Loaded(kind="cloudformation-template", path="template.yaml", estate=estate)
    (task,) = report(loaded).tasks

    assert ["works"] == [step.verdict.name.lower() for step in task.steps if step.step == "logs"]
