"""Somebody else's opinion of what is rendered: cfn-lint finds nothing to say."""

import subprocess
import sys
from pathlib import Path

from pullproof.model import edits as e
from pullproof.model.filters import GroupRef
from pullproof.model.vpc import ListRef
from pullproof.render.cloudformation.in_place import render_in_place
from pullproof.render.cloudformation.new import render_new
from tests.build import an_estate
from tests.unit.render import samples

TEMPLATE = """AWSTemplateFormatVersion: "2010-09-09"
Description: A service in a private network
Resources:
  Vpc:
    Type: AWS::EC2::VPC
    Properties:
      CidrBlock: 10.0.0.0/16
  Subnet:
    Type: AWS::EC2::Subnet
    Properties: {VpcId: !Ref Vpc, CidrBlock: 10.0.1.0/24}
  Table:
    Type: AWS::EC2::RouteTable
    Properties:
      VpcId: !Ref Vpc
  Group:
    Type: AWS::EC2::SecurityGroup
    Properties:
      GroupDescription: the tasks
      VpcId: !Ref Vpc
      SecurityGroupEgress: []
  Role:
    Type: AWS::IAM::Role
    Properties:
      AssumeRolePolicyDocument:
        Version: "2012-10-17"
        Statement:
          Effect: Allow
          Principal: {Service: lambda.amazonaws.com}
          Action: sts:AssumeRole
  Task:
    Type: AWS::ECS::TaskDefinition
    Properties:
      Cpu: "256"
      Memory: "512"
      NetworkMode: awsvpc
      RequiresCompatibilities: [FARGATE]
      ContainerDefinitions:
        - {Name: app, Image: "123456789012.dkr.ecr.eu-west-1.amazonaws.com/app:1"}
  Service:
    Type: AWS::ECS::Service
    Properties:
      LaunchType: FARGATE
      TaskDefinition: !Ref Task
      NetworkConfiguration:
        AwsvpcConfiguration:
          Subnets: [!Ref Subnet]
          SecurityGroups:
          - !GetAtt Group.GroupId
"""
EDITS = (
    e.SetVpcAttribute(vpc="Vpc", attribute="enableDnsHostnames"),
    e.AddSecurityGroup(name="endpoints", vpc="Vpc", description="Endpoints for tasks on Fargate"),
    samples.https(e.new("endpoints"), GroupRef("Group"), egress=False),
    samples.https("Group", GroupRef(e.new("endpoints"))),
    samples.https("Group", ListRef(samples.S3)),
    samples.interface("ecr_api", vpc="Vpc", subnets=("Subnet",)),
    samples.interface("ecr_dkr", vpc="Vpc", subnets=("Subnet",)),
    samples.gateway(
        vpc="Vpc", route_tables=("Table",), policy=(samples.allow("s3:GetObject", samples.LAYERS),)
    ),
    e.AddTrust(role="Role"),
    e.AddStatement(
        kind="roles",
        holder="Role",
        statement=samples.allow("ssm:GetParameters", "arn:aws:ssm:eu-west-1:123456789012:parameter/a"),
    ),
    e.SetExecutionRole(task_definition="Task", role="Role"),
    e.SetPlatformVersion(launch="Service", version="1.4.0"),
    e.AssignPublicIp(launch="Service"),
)


def test_cfn_lint_has_nothing_to_say(tmp_path: Path) -> None:
    """New templates in both forms, and one edited in place, whole."""
    sets = {"network": samples.NETWORK, "beside": samples.BESIDE, "both": (*samples.NETWORK, *samples.BESIDE)}
    for name, edits in sets.items():
        for ending in ("yaml", "json"):
            rendered = render_new(edits, an_estate(), path=f"{name}.{ending}")
            assert () == rendered.refusals
            (tmp_path / f"{name}.{ending}").write_bytes(rendered.patches[0].after)
    rendered = render_in_place(EDITS, an_estate(), path="t.yaml", files={"t.yaml": TEMPLATE.encode()})
    assert () == rendered.refusals
    (tmp_path / "edited.yaml").write_bytes(rendered.patches[0].after)

    assert "" == said(tmp_path)


def test_cfn_lint_would_say_something(tmp_path: Path) -> None:
    """It does look: a property that does not exist is told."""
    (tmp_path / "wrong.yaml").write_text(
        TEMPLATE.replace("CidrBlock: 10.0.0.0/16", "Cidr: 10.0.0.0/16"), encoding="utf-8"
    )

    assert "E3002" in said(tmp_path)


def said(folder: Path) -> str:
    """What cfn-lint prints about every file of a folder."""
    files = sorted(map(str, folder.iterdir()))
    command = [sys.executable, "-c", "import sys; from cfnlint.runner import main; sys.exit(main())"]
    found = subprocess.run(
        [*command, "--regions", samples.REGION, "--template", *files],
        capture_output=True, text=True, timeout=120, check=False,
    )  # fmt: skip
    return found.stdout + found.stderr
