"""Templates and CDK apps from outside: what is read, what is refused, how it is said."""

import json
from pathlib import Path
from typing import Any

import pytest

from tests import golden
from tests.cli.program import run

HERE = Path(__file__).parent

#: A service in a VPC that comes from another stack, or from parameters.
APP = """\
Parameters:
  Network: {Type: String, Default: net}
  Image: {Type: String}
  Stage: {Type: String, Default: dev, AllowedValues: [dev, prod]}
Conditions:
  IsProd: !Equals [!Ref Stage, prod]
Resources:
  Cluster: {Type: AWS::ECS::Cluster}
  Task:
    Type: AWS::ECS::TaskDefinition
    Properties:
      RequiresCompatibilities: [FARGATE]
      NetworkMode: awsvpc
      Cpu: '256'
      Memory: '512'
      ContainerDefinitions: [{Name: app, Image: !Ref Image}]
  Service:
    Type: AWS::ECS::Service
    Properties:
      Cluster: !Ref Cluster
      LaunchType: FARGATE
      TaskDefinition: !Ref Task
      NetworkConfiguration:
        AwsvpcConfiguration:
          Subnets: [!ImportValue {'Fn::Sub': '${Network}-Subnet'}]
          SecurityGroups: [!ImportValue {'Fn::Sub': '${Network}-Group'}]
          AssignPublicIp: !If [IsProd, DISABLED, ENABLED]
"""
NET = """\
Resources:
  Vpc: {Type: AWS::EC2::VPC, Properties: {CidrBlock: 10.0.0.0/16, EnableDnsHostnames: true}}
  Igw: {Type: AWS::EC2::InternetGateway}
  Attached: {Type: AWS::EC2::VPCGatewayAttachment, Properties: {VpcId: !Ref Vpc, InternetGatewayId: !Ref Igw}}
  Table: {Type: AWS::EC2::RouteTable, Properties: {VpcId: !Ref Vpc}}
  Out:
    Type: AWS::EC2::Route
    Properties: {RouteTableId: !Ref Table, DestinationCidrBlock: 0.0.0.0/0, GatewayId: !Ref Igw}
  Subnet: {Type: AWS::EC2::Subnet, Properties: {VpcId: !Ref Vpc, CidrBlock: 10.0.0.0/24}}
  Uses: {Type: AWS::EC2::SubnetRouteTableAssociation, Properties: {SubnetId: !Ref Subnet, RouteTableId: !Ref Table}}
  Group: {Type: AWS::EC2::SecurityGroup, Properties: {GroupDescription: app, VpcId: !Ref Vpc}}
Outputs:
  Subnet: {Value: !Ref Subnet, Export: {Name: !Sub '${AWS::StackName}-Subnet'}}
  Group: {Value: !Ref Group, Export: {Name: !Sub '${AWS::StackName}-Group'}}
"""
WRONG_TEMPLATES = {
    "not-yaml": "Resources:\n  A:\n\tType: T\n",
    "not-json": '{"Resources": {"A": {"Type": "AWS::ECS::Service",, "Properties": {}}}}',
    "function": "Resources:\n  A:\n    Type: T\n    Properties: {X: !Iff [a, b, c]}\n",
    "ref": "Parameters:\n  VpcId: {Type: String}\nResources:\n  A:\n    Type: T\n    Properties:\n      X: !Ref VpcID\n",
    "condition": "Conditions: {IsProd: !Equals [a, b]}\nResources:\n  A: {Type: T, Condition: isProd}\n",
    "circle": "Resources:\n  A: {Type: T, Properties: {X: !Ref B}}\n  B: {Type: T, Properties: {X: !GetAtt A.Arn}}\n",
    "condition-circle": "Conditions:\n  A: !Not [!Condition B]\n  B: !Not [!Condition A]\nResources:\n  X: {Type: T, Condition: A}\n",
    "depends": "Resources:\n  Service: {Type: T, DependsOn: Listner}\n  Listener: {Type: T}\n",
    "default": "Parameters:\n  P: {Type: String, Default: x, AllowedValues: [a, b]}\nResources:\n  A: {Type: T}\n",
    "twice": "Resources:\n  A: {Type: T}\n  A: {Type: U}\n",
    "rain": "Resources:\n  A:\n    Type: T\n    Properties: {X: !Rain::Embed a.txt}\n",
}
WRONG_WORDS: dict[str, list[str]] = {
    "parameter-undeclared": ["check", "app.yaml", "--parameter", "Stag=prod"],
    "parameter-not-allowed": ["check", "app.yaml", "--parameter", "Stage=test"],
    "parameter-no-pair": ["check", "app.yaml", "--parameter", "Stage"],
    "parameters-file": ["check", "app.yaml", "--parameters-file", "list.json"],
    "parameters-file-missing": ["check", "app.yaml", "--parameters-file", "none.json"],
    "import-unused": ["check", "app.yaml", "--import", "other-Subnet=subnet-1"],
    "parameter-of-a-plan": ["check", "plan.json", "--parameter", "Stage=prod"],
    "import-of-a-plan": ["check", "plan.json", "--import", "a=b"],
    "synth-of-a-template": ["check", "app.yaml", "--synth"],
    "var-of-a-template": ["check", "app.yaml", "--var", "a=b"],
    "source-of-a-template": ["check", "app.yaml", "--source", "."],
    "template-and-plan": ["check", "app.yaml", "plan.json"],
    "app-without-assembly": ["check", "app"],
    "no-cdk": ["check", "app", "--synth"],
    "assembly-without-stacks": ["check", "empty"],
    "assembly-without-template": ["check", "hollow"],
}
PLAN = '{"format_version":"1.2","terraform_version":"1.11.4","planned_values":{"root_module":{}},"resource_changes":[]}'


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A folder with an app, its network, and what is wrong in one way each."""
    hollow = {"version": "40.0.0", "artifacts": {"S": {"type": "aws:cdk:nothing"}}}
    hollow["artifacts"]["S"] = {  # type: ignore[index]  # it is a table
        "type": "aws:cloudformation:stack",
        "environment": "aws://unknown-account/unknown-region",
        "properties": {"templateFile": "S.template.json"},
    }
    texts = {
        "app.yaml": APP,
        "net.yaml": NET,
        "plan.json": PLAN,
        "list.json": "[1, 2]",
        "prod.json": '[{"ParameterKey": "Stage", "ParameterValue": "prod"}]',
        "app/cdk.json": "{}",
        "empty/manifest.json": '{"version": "40.0.0", "artifacts": {}}',
        "hollow/manifest.json": json.dumps(hollow),
    }
    for name, text in texts.items():
        file = tmp_path / name
        file.parent.mkdir(exist_ok=True)
        file.write_text(text, encoding="utf-8")
    return tmp_path


@pytest.mark.parametrize("name", WRONG_TEMPLATES)
def test_a_wrong_template_has_its_screen(name: str, tmp_path: Path) -> None:
    """The screen names the line and the remedy."""
    (tmp_path / "t.yaml").write_text(WRONG_TEMPLATES[name], encoding="utf-8")
    done = run("check", "t.yaml", cwd=tmp_path)

    assert (2, "") == (done.status, done.out)
    golden.check(HERE / "golden" / f"template-{name}.txt", done.err)


@pytest.mark.parametrize("name", WRONG_WORDS)
def test_a_wrong_question_about_templates_has_its_screen(name: str, folder: Path) -> None:
    """What does not go with the input is refused, with what does."""
    done = run(*WRONG_WORDS[name], cwd=folder, PATH="")

    assert (2, "") == (done.status, done.out)
    golden.check(HERE / "golden" / f"template-{name}.txt", done.err)


def checked(folder: Path, *words: str) -> tuple[str, Any]:
    """The verdict of the only task, and the document."""
    done = run("check", *words, "--format", "json", cwd=folder)
    document = json.loads(done.out)
    (task,) = document["tasks"]
    return task["verdict"], document


IMAGE = ("--parameter", "Image=nginx", "--region", "eu-west-1")


def test_templates_of_one_run_import_from_each_other(folder: Path) -> None:
    """A service whose network another template exports is proved in it."""
    verdict, document = checked(folder, "app.yaml", "net.yaml", *IMAGE)

    assert "can_start" == verdict
    assert {"kind": "cloudformation-template", "path": "app.yaml, net.yaml"} == {
        key: document["source"][key] for key in ("kind", "path")
    }


def test_a_file_of_parameters_is_used(folder: Path) -> None:
    """With the values for production the task has no address, and the finding names the line."""
    verdict, document = checked(folder, "app.yaml", "net.yaml", *IMAGE, "--parameters-file", "prod.json")
    blocker = next(step["blockers"][0] for step in document["tasks"][0]["steps"] if step["blockers"])

    assert ("cannot_start", "no-public-ip", "app.yaml:17") == (verdict, blocker["code"], blocker["place"])


def test_the_command_line_beats_the_file(folder: Path) -> None:
    """What is typed counts."""
    words = ("--parameters-file", "prod.json", "--parameter", "Stage=dev")

    assert "can_start" == checked(folder, "app.yaml", "net.yaml", *IMAGE, *words)[0]


def test_an_import_without_its_template_is_unknown(folder: Path) -> None:
    """Without the network nothing is proved, and the report says what to pass."""
    done = run("check", "app.yaml", *IMAGE, cwd=folder)

    assert 3 == done.status
    assert "--import net-Subnet=VALUE" in done.out


def test_a_folder_of_templates_is_read_as_stacks(
    folder: Path, tmp_path_factory: pytest.TempPathFactory
) -> None:
    """A folder without Terraform's files whose files are templates is all of them."""
    own = tmp_path_factory.mktemp("stacks")
    for name in ("app.yaml", "net.yaml"):
        (own / name).write_text((folder / name).read_text(encoding="utf-8"), encoding="utf-8")

    assert 0 == run("check", ".", "--parameter", "Image=nginx", "--region", "eu-west-1", cwd=own).status


def test_a_parameter_without_a_value_says_how_to_give_it(folder: Path) -> None:
    """The remedy is the option to type."""
    done = run("check", "app.yaml", "net.yaml", "--region", "eu-west-1", cwd=folder)

    assert 3 == done.status
    assert "--parameter Image=VALUE" in done.out


def test_a_synthesis_into_a_folder_of_ours_shows_no_path_of_it(tmp_path: Path) -> None:
    """`--synth` runs the app's own cdk; what it writes is shown by the names that it has in cdk.out."""
    program = tmp_path / "node_modules" / ".bin" / "cdk"
    program.parent.mkdir(parents=True)
    program.write_text('#!/bin/sh\nmkdir -p "$4" && cp made/* "$4"\n', encoding="utf-8")
    program.chmod(0o755)
    (tmp_path / "cdk.json").write_text("{}", encoding="utf-8")
    (tmp_path / "made").mkdir()
    artifact = {
        "type": "aws:cloudformation:stack",
        "environment": "aws://123456789012/eu-west-1",
        "properties": {"templateFile": "S.template.json"},
    }
    manifest = json.dumps({"version": "40.0.0", "artifacts": {"S": artifact}})
    (tmp_path / "made" / "manifest.json").write_text(manifest, encoding="utf-8")
    (tmp_path / "made" / "S.template.json").write_text(APP, encoding="utf-8")
    done = run("check", ".", "--synth", "--format", "json", "--parameter", "Image=nginx", cwd=tmp_path)
    (task,) = json.loads(done.out)["tasks"]

    assert (3, "cdk.out/S.template.json:17") == (done.status, task["place"])
