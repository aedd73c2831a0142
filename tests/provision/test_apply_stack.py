"""`provision --apply` by CloudFormation against a local AWS, and by the CDK as far as its command line."""

import os
import stat
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml  # type: ignore[import-untyped]

from pullproof.cli.main import main
from pullproof.errors import ToolError, UsageError
from pullproof.model.endpoints import EndpointType
from pullproof.provision import stack
from pullproof.provision.build import Built, build
from pullproof.provision.resources import S3_LIST, asks_for
from pullproof.provision.spec import Spec, checked
from pullproof.provision.stack import Deployment, parameters
from pullproof.sources.base import Options
from pullproof.sources.cloudformation.load import load_templates
from pullproof.sources.cloudformation.run import Given
from tests.aws import Aws
from tests.provision.view import view
from tests.provision.wishes import IMAGE, WISHES

WORDS = ["provision", "web", "--region", "eu-west-1", "--zones", "1"]
#: What moto's CloudFormation leaves out of what a template says. Of these the template that it holds is
#: compared with the intent in its stead.
LEFT_OUT = (
    "AWS::EC2::SecurityGroupEgress",
    "AWS::EC2::SecurityGroup SecurityGroupEgress",
    "AWS::ECS::TaskDefinition Cpu, Memory, NetworkMode, RequiresCompatibilities, ExecutionRoleArn, TaskRoleArn",
    "AWS::ECS::Service LaunchType, PlatformVersion, NetworkConfiguration, EnableExecuteCommand",
)


@pytest.fixture
def mine(aws: Aws, monkeypatch: pytest.MonkeyPatch) -> Aws:
    """An account that has nothing yet, whose credentials the environment has."""
    found = aws.account()
    for name, value in found.environment.items():
        if name != "AWS_ENDPOINT_URL":
            monkeypatch.setenv(name, value)
    monkeypatch.delenv("AWS_CA_BUNDLE", raising=False)
    return found


def wish(account: str) -> Built:
    """What is asked for."""
    image = f"{account}.dkr.ecr.eu-west-1.amazonaws.com/web:1.0"
    return build(checked(Spec(name="web", region="eu-west-1", image=image), "1", "10.0.0.0/16", ()))


def test_a_stack_is_what_was_meant(mine: Aws, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """CloudFormation makes the template: endpoints, rules, roles and the service are as the model has them."""
    folder, built = tmp_path / "web", wish(mine.account_id)
    words = [*WORDS, "--image", built.spec.image, "--out", str(folder), "--format", "cloudformation"]

    status = main([*words, "--apply", "--yes", "--endpoint-url", mine.url])

    shown = capsys.readouterr()
    assert 0 == status, shown
    assert "Add  EcrApiEndpoint" in shown.out
    assert mine.url not in (folder / "template.yaml").read_text(encoding="utf-8")
    ec2 = mine.client("ec2")
    vpc = next(one for one in ec2.describe_vpcs()["Vpcs"] if not one["IsDefault"])
    assert "10.0.0.0/16" == vpc["CidrBlock"]
    wanted = {
        (
            one.service,
            one.type.value,
            one.private_dns is True,
            len(one.subnets.items),
            len(one.route_tables.items),
        )
        for one in built.after.endpoints.values()
        if isinstance(one.type, EndpointType)
    }
    assert wanted == {_endpoint(one) for one in ec2.describe_vpc_endpoints()["VpcEndpoints"]}
    rules = ec2.describe_security_group_rules()["SecurityGroupRules"]
    entering = [one for one in rules if not one["IsEgress"] and one["IpProtocol"] != "-1"]
    assert [("tcp", 443, 443)] == [(one["IpProtocol"], one["FromPort"], one["ToPort"]) for one in entering]
    assert not any(one.get("CidrIpv4") for one in entering)
    service = mine.client("ecs").describe_services(cluster="web", services=["web"])["services"][0]
    assert ("ACTIVE", 1) == (service["status"], service["desiredCount"])
    definition = mine.client("ecs").describe_task_definition(taskDefinition=service["taskDefinition"])
    containers = definition["taskDefinition"]["containerDefinitions"]
    assert [built.spec.image] == [one["image"] for one in containers]
    roles = [one["RoleName"] for one in mine.client("iam").list_roles()["Roles"]]
    role = next(one for one in roles if "ExecutionRole" in one)
    policy = mine.client("iam").get_role_policy(RoleName=role, PolicyName="execution")
    document = yaml.safe_load(policy["PolicyDocument"])  # moto hands on the text of what it read
    held = {action for one in document["Statement"] for action in _listed(one["Action"])}
    meant = {
        action
        for one in built.after.roles["aws_iam_role.execution"].policies.items
        for statement in one.statements.items
        for action in statement.actions.items
    }
    assert meant == held
    _holds(mine, built)


def _holds(mine: Aws, built: Built) -> None:
    """What moto does not make is in the template that its CloudFormation was given."""
    assert LEFT_OUT
    held = mine.client("cloudformation").get_template(StackName="web")["TemplateBody"]
    given = Given(region="eu-west-1", account=mine.account_id)
    options = Options(region="eu-west-1", account=mine.account_id)
    found = load_templates([(held.encode(), "template.yaml")], options, given)
    assert view(built.after) == view(found.estate)


def test_a_stack_is_not_made_without_a_yes(mine: Aws, tmp_path: Path) -> None:
    """After a no there is neither a change set nor a stack; the prefix list was looked up."""
    folder, built = tmp_path / "web", wish(mine.account_id)
    main([*WORDS, "--image", built.spec.image, "--out", str(folder), "--format", "cloudformation"])
    asked: list[str] = []

    def refuse(question: str) -> None:
        asked.append(question)
        raise UsageError("no")

    with pytest.raises(UsageError, match="no"):
        Deployment(built.spec, folder, asks_for(built), mine.url).run(refuse)

    assert 1 == len(asked)
    assert mine.url in asked[0]
    assert [] == mine.client("cloudformation").describe_stacks()["Stacks"]
    assert parameters(built.spec, (S3_LIST,), mine.url)[S3_LIST].startswith("pl-")


def test_a_repository_of_ones_own_comes_before_its_tasks(mine: Aws) -> None:
    """A new stack whose image is still to come begins without a task, and one that is there keeps its number."""
    spec = WISHES["own_repository"]

    assert {"DesiredCount": "0"} == parameters(spec, (), mine.url, new=True)
    assert {} == parameters(spec, (), mine.url)


def of_ones_own(mine: Aws, folder: Path, form: str, *, more: str = "") -> list[str]:
    """The words for a project whose image is still to come."""
    words = [
        *WORDS,
        "--image",
        f"web:1.0{more}",
        "--create-repository",
        "--format",
        form,
        "--out",
        str(folder),
    ]
    return [*words, "--force", "--apply", "--yes", "--endpoint-url", mine.url]


def test_the_cdk_is_given_no_number_for_a_stack_that_is_there(
    mine: Aws, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Only a new stack begins without tasks; the CDK keeps what it is not given."""
    programs = tmp_path / "bin"
    programs.mkdir()
    program = programs / "cdk"
    program.write_text('#!/bin/sh\necho "$@" >> called\n', encoding="utf-8")
    program.chmod(program.stat().st_mode | stat.S_IXUSR)
    monkeypatch.setenv("PATH", os.pathsep.join([str(programs), "/bin"]))
    template = '{"Resources": {"Topic": {"Type": "AWS::SNS::Topic"}}}'

    assert 0 == main(of_ones_own(mine, tmp_path / "web", "cdk"))
    first = (tmp_path / "web" / "called").read_text(encoding="utf-8")
    mine.client("cloudformation").create_stack(StackName="web", TemplateBody=template)
    assert 0 == main(of_ones_own(mine, tmp_path / "again", "cdk"))
    second = (tmp_path / "again" / "called").read_text(encoding="utf-8")

    assert "--parameters DesiredCount=0" in first
    assert "deploy" in second
    assert "DesiredCount" not in second


class Failing:
    """CloudFormation, as it answers when a stack fails."""

    def __init__(self) -> None:
        self.asked: list[str] = []
        self.token = ""
        self.states: Iterator[str] = iter(["", "CREATE_IN_PROGRESS", "ROLLBACK_COMPLETE"])

    def describe_stacks(self, **_: object) -> dict[str, Any]:
        """The next state."""
        state = next(self.states)
        return {"Stacks": [{"StackStatus": state}] if state else []}

    def create_change_set(self, **_: object) -> dict[str, Any]:
        """It is made."""
        self.asked.append("create")
        return {}

    def describe_change_set(self, **_: object) -> dict[str, Any]:
        """One resource."""
        one = {"Action": "Add", "LogicalResourceId": "Vpc", "ResourceType": "AWS::EC2::VPC\x1b[2J"}
        return {"Status": "CREATE_COMPLETE", "Changes": [{"ResourceChange": one}]}

    def execute_change_set(self, **words: str) -> dict[str, Any]:
        """It is begun."""
        self.asked.append("execute")
        self.token = words["ClientRequestToken"]
        return {}

    def describe_stack_events(self, **words: object) -> dict[str, Any]:
        """Newest first and by the page: one follows the other, and before it another deployment failed."""
        pages = [
            [("3", "Subnet", "Resource creation cancelled", self.token)],
            [
                ("2", "Vpc", "The maximum number of VPCs has been reached.", self.token),
                ("1", "Gateway", "An older failure.", "another"),
            ],
        ]
        at = 1 if "NextToken" in words else 0
        return {
            "NextToken": None if at else "more",
            "StackEvents": [
                {
                    "ClientRequestToken": token,
                    "Timestamp": when,
                    "LogicalResourceId": name,
                    "ResourceType": "AWS::EC2::VPC",
                    "ResourceStatus": "CREATE_FAILED",
                    "ResourceStatusReason": why,
                }
                for when, name, why, token in pages[at]
            ],
        }


def test_a_failure_is_told_with_its_reason(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """The first resource that failed says why, and nothing of AWS's reaches the terminal unescaped."""
    failing = Failing()
    monkeypatch.setattr(stack, "client", lambda *_: failing)
    monkeypatch.setattr(stack, "PAUSE", 0.0)
    (tmp_path / "template.yaml").write_text("{}", encoding="utf-8")

    with pytest.raises(ToolError, match=r"Vpc .*maximum number of VPCs"):
        Deployment(WISHES["nat"], tmp_path, (), "").run(lambda _: None)

    assert ["create", "execute"] == failing.asked
    assert "\x1b" not in capsys.readouterr().out


class Steady(Failing):
    """CloudFormation, as it answers of a stack that is there, or is made."""

    def __init__(self, *states: str) -> None:
        super().__init__()
        self.states = iter(states)
        self.given: list[dict[str, Any]] = []

    def describe_stacks(self, **words: object) -> dict[str, Any]:
        """With the parameter that somebody chose."""
        found = super().describe_stacks(**words)
        for one in found["Stacks"]:
            one["Parameters"] = [{"ParameterKey": "DesiredCount", "ParameterValue": "3"}]
        return found

    def create_change_set(self, **words: Any) -> dict[str, Any]:
        """What it is asked for is kept."""
        self.given = words["Parameters"]
        return {}


@pytest.mark.parametrize(
    ("states", "given"),
    [
        (["", "CREATE_COMPLETE"], {"ParameterValue": "0"}),
        (["REVIEW_IN_PROGRESS", "CREATE_COMPLETE"], {"ParameterValue": "0"}),
        (["UPDATE_COMPLETE", "UPDATE_COMPLETE"], {"UsePreviousValue": True}),
    ],
)
def test_a_stack_keeps_the_number_of_its_tasks(
    states: list[str], given: dict[str, Any], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Applied again, neither the first zero nor the template's default comes back."""
    steady = Steady(*states)
    monkeypatch.setattr(stack, "client", lambda *_: steady)
    (tmp_path / "template.yaml").write_text("{}", encoding="utf-8")

    new = Deployment(WISHES["own_repository"], tmp_path, (), "").run(lambda _: None)

    assert new == ("UsePreviousValue" not in given)
    assert [{"ParameterKey": "DesiredCount", **given}] == steady.given


@pytest.mark.parametrize("there", [True, False])
def test_the_cdk_shows_and_deploys(
    there: bool,
    mine: Aws,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    """The difference first, then the deployment with what the stack asks for; without the program a remedy."""
    programs = tmp_path / "bin"
    programs.mkdir()
    if there:
        program = programs / "cdk"
        program.write_text('#!/bin/sh\necho "$@ $AWS_ENDPOINT_URL" >> called\n', encoding="utf-8")
        program.chmod(program.stat().st_mode | stat.S_IXUSR)
    monkeypatch.setenv("PATH", os.pathsep.join([str(programs), "/bin"]))
    words = [*WORDS, "--image", IMAGE, "--out", str(tmp_path / "web"), "--format", "cdk"]

    status = main([*words, "--apply", "--yes", "--endpoint-url", mine.url])

    if not there:
        assert 2 == status
        assert "there is no cdk on PATH" in capsys.readouterr().err
        return
    assert 0 == status
    diff, deploy = (tmp_path / "web" / "called").read_text(encoding="utf-8").splitlines()
    assert f"diff {mine.url}" == diff
    assert deploy.startswith(f"deploy --require-approval never --parameters {S3_LIST}=pl-")


def _endpoint(found: dict[str, Any]) -> tuple[str, str, bool, int, int]:
    return (
        found["ServiceName"],
        found["VpcEndpointType"],
        found.get("PrivateDnsEnabled", False),
        len(found.get("SubnetIds", ())),
        len(found.get("RouteTableIds", ())),
    )


def _listed(value: str | list[str]) -> list[str]:
    return [value] if isinstance(value, str) else value
