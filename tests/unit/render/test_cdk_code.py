"""Edits as code for the CDK: read as Python, and synthesised by the real CDK."""

import ast
import json
import re
from pathlib import Path
from typing import Any

import pytest

from pullproof.model import edits as e
from pullproof.model.filters import GroupRef
from pullproof.model.text import hole
from pullproof.model.vpc import ListRef
from pullproof.render.cdk.new import render_cdk
from pullproof.render.cloudformation.new import render_new
from tests.build import an_estate
from tests.unit.render import samples
from tests.unit.render.test_cloudformation_new import HOSTILE

#: Everything about things that AWS has given ids already: nothing has to be handed over.
GIVEN: tuple[e.Edit, ...] = (
    e.AddSecurityGroup(
        name="endpoints", vpc="vpc-0123456789abcdef0", description="Endpoints for tasks on Fargate"
    ),
    samples.https(e.new("endpoints"), GroupRef("sg-0123456789abcdef0"), egress=False),
    samples.https("sg-0123456789abcdef0", GroupRef(e.new("endpoints"))),
    samples.https("sg-0123456789abcdef0", ListRef("pl-0123456789abcdef0"), description="HTTPS to S3"),
    samples.interface("ecr_api", vpc="vpc-0123456789abcdef0", subnets=("subnet-0123456789abcdef0",)),
    samples.gateway(
        vpc="vpc-0123456789abcdef0",
        route_tables=("rtb-0123456789abcdef0",),
        policy=(samples.allow("s3:GetObject", samples.LAYERS),),
    ),
    samples.BESIDE[6],
    e.AddRecord(zone="Z0123456789", record="api.ecr.eu-west-1.amazonaws.com", endpoint=e.new("ecr_api")),
    e.AddMountTarget(
        name="files",
        file_system="fs-01234567",
        subnet="subnet-0123456789abcdef0",
        groups=("sg-0123456789abcdef0",),
    ),
    e.AddRole(
        name="execution",
        managed=("AmazonECSTaskExecutionRolePolicy",),
        statements=(samples.allow("kms:Decrypt", 'arn:aws:kms:eu-west-1:123456789012:key/a{b}$${c}"\n'),),
    ),
    samples.BESIDE[10],
)


@pytest.fixture(scope="module")
def cdk() -> Any:
    """The real CDK; its kernel is a program of its own, started once."""
    import aws_cdk

    return aws_cdk


def code(*edits: e.Edit) -> str:
    """The module that edits come to; none of them is refused."""
    rendered = render_cdk(edits, an_estate())
    assert () == rendered.refusals
    return rendered.patches[0].after.decode()


def run(text: str, folder: Path) -> dict[str, Any]:
    """What running a module defines."""
    path = folder / "fix.py"
    path.write_text(text, encoding="utf-8")
    found: dict[str, Any] = {"__name__": "fix"}
    exec(compile(text, str(path), "exec"), found)
    return found


def synthesised(cdk: Any, folder: Path, build: Any) -> dict[str, Any]:
    """The template of a stack that `build` fills."""
    app = cdk.App(outdir=str(folder / "cdk.out"), analytics_reporting=False)
    stack = cdk.Stack(app, "Stack")
    build(stack)
    app.synth()
    return json.loads((folder / "cdk.out" / "Stack.template.json").read_bytes())  # type: ignore[no-any-return]


def plain_names(template: dict[str, Any]) -> dict[str, Any]:
    """The resources of a synthesised template by their own names, without what the CDK puts around them."""
    text = re.sub(r'"Fix(\w+?)[0-9A-F]{8}(?=")', r'"\1', json.dumps(template["Resources"]))
    return json.loads(text)  # type: ignore[no-any-return]


def same_spelling(value: Any) -> Any:
    """`Fn::Sub` of pseudo parameters as the CDK spells it: joined."""
    if isinstance(value, dict):
        if list(value) == ["Fn::Sub"]:
            parts = [part for part in re.split(r"(\$\{[^}]+\})", value["Fn::Sub"]) if part]
            return {"Fn::Join": ["", [{"Ref": p[2:-1]} if p.startswith("${") else p for p in parts]]}
        return {name: same_spelling(item) for name, item in value.items()}
    return [same_spelling(item) for item in value] if isinstance(value, list) else value


@pytest.mark.slow
@pytest.mark.parametrize("edits", [GIVEN, samples.NETWORK], ids=["given", "network"])
def test_the_cdk_makes_the_same_as_the_template(cdk: Any, edits: tuple[e.Edit, ...], tmp_path: Path) -> None:
    """Two renderers, one meaning: what the real CDK synthesises equals the CloudFormation of the same edits."""
    module = run(code(*edits), tmp_path)
    found = plain_names(synthesised(cdk, tmp_path, lambda stack: module["PullproofFix"](stack, "Fix")))
    template = render_new(edits, an_estate(), path="fix.json").patches[0].after
    expected = same_spelling(json.loads(template.replace(b'{"Ref": "ZoneA"}', b'"eu-west-1a"'))["Resources"])
    for one in expected.values():
        if isinstance(one.get("DependsOn"), str):
            one["DependsOn"] = [one["DependsOn"]]

    assert zones(expected) == found


def zones(resources: dict[str, Any]) -> dict[str, Any]:
    """The resources with zones by name: code has no parameters."""
    for one in resources.values():
        if one["Properties"].get("AvailabilityZone") == {"Ref": "ZoneA"}:
            one["Properties"]["AvailabilityZone"] = "eu-west-1a"
    return resources


@pytest.mark.slow
def test_constructs_that_exist_are_given_and_changed(cdk: Any, tmp_path: Path) -> None:
    """What an app makes is handed over as constructs; their own methods, or overrides, change them."""
    from aws_cdk import aws_ec2 as ec2
    from aws_cdk import aws_ecs as ecs
    from aws_cdk import aws_iam as iam
    from aws_cdk import aws_secretsmanager as secretsmanager

    edits: tuple[e.Edit, ...] = (
        samples.interface("logs", vpc="aws_vpc.main", groups=("aws_security_group.app",)),
        samples.https("aws_security_group.app", ListRef(samples.S3)),
        e.SetVpcAttribute(vpc="aws_vpc.main", attribute="enableDnsHostnames"),
        e.SetPrivateDns(endpoint="aws_vpc_endpoint.ecr"),
        e.AssignPublicIp(launch="aws_ecs_service.app"),
        e.SetPlatformVersion(launch="aws_ecs_service.app", version="1.4.0"),
        e.AddRole(name="execution"),
        e.SetExecutionRole(task_definition="aws_ecs_task_definition.app", role=e.new("execution")),
        e.AddTrust(role="aws_iam_role.old"),
        e.AddStatement(
            kind="roles",
            holder="aws_iam_role.old",
            statement=samples.allow("ssm:GetParameters", hole("aws_ssm_parameter.p.arn")),
        ),
        e.AddStatement(
            kind="secrets",
            holder="aws_secretsmanager_secret.s",
            statement=samples.allow(
                "secretsmanager:GetSecretValue", "*", who=samples.role(hole("aws_iam_role.old.arn"))
            ),
        ),
    )
    module = run(code(*edits), tmp_path)

    def build(stack: Any) -> None:
        vpc = ec2.Vpc(stack, "Vpc", max_azs=1, nat_gateways=0, enable_dns_hostnames=False)
        group = ec2.SecurityGroup(stack, "Group", vpc=vpc, allow_all_outbound=False)
        task = ecs.FargateTaskDefinition(stack, "Task")
        task.add_container("app", image=ecs.ContainerImage.from_registry("x"))
        cluster = ecs.Cluster(stack, "Cluster", vpc=vpc)
        module["PullproofFix"](
            stack,
            "Fix",
            main_vpc=vpc,
            private_0_subnet=vpc.isolated_subnets[0] if vpc.isolated_subnets else vpc.public_subnets[0],
            app_group=group,
            s3_prefix_list=ec2.PrefixList.from_prefix_list_id(stack, "S3", "pl-1"),
            ecr_endpoint=vpc.add_interface_endpoint(
                "Ecr", service=ec2.InterfaceVpcEndpointAwsService.ECR, private_dns_enabled=False
            ),
            app_service=ecs.FargateService(
                stack,
                "Service",
                cluster=cluster,
                task_definition=task,
                security_groups=[group],
                assign_public_ip=False,
            ),
            app_task_definition=task,
            old_role=iam.Role(stack, "Old", assumed_by=iam.ServicePrincipal("lambda.amazonaws.com")),
            p_arn="arn:aws:ssm:eu-west-1:123456789012:parameter/p",
            s_secret=secretsmanager.Secret(stack, "Secret"),
            old_arn="arn:aws:iam::123456789012:role/old",
        )

    resources = synthesised(cdk, tmp_path, build)["Resources"].values()
    by_type: dict[str, list[Any]] = {}
    for one in resources:
        by_type.setdefault(one["Type"], []).append(one.get("Properties"))

    assert True is by_type["AWS::EC2::VPC"][0]["EnableDnsHostnames"]
    assert [True, True] == [one["PrivateDnsEnabled"] for one in by_type["AWS::EC2::VPCEndpoint"]]
    service = by_type["AWS::ECS::Service"][0]
    assert "ENABLED" == service["NetworkConfiguration"]["AwsvpcConfiguration"]["AssignPublicIp"]
    assert "1.4.0" == service["PlatformVersion"]
    assert by_type["AWS::ECS::TaskDefinition"][0]["ExecutionRoleArn"]["Fn::GetAtt"][0].startswith(
        "FixExecutionRole"
    )
    trusts = [
        statement["Principal"]["Service"]
        for one in by_type["AWS::IAM::Role"]
        for statement in one["AssumeRolePolicyDocument"]["Statement"]
    ]
    assert [
        "ecs-tasks.amazonaws.com",
        "ecs-tasks.amazonaws.com",
        "ecs-tasks.amazonaws.com",
        "lambda.amazonaws.com",
    ] == sorted(trusts)
    assert ["pl-1"] == [one["DestinationPrefixListId"] for one in by_type["AWS::EC2::SecurityGroupEgress"]]
    assert "ssm:GetParameters" == by_type["AWS::IAM::Policy"][0]["PolicyDocument"]["Statement"][0]["Action"]
    assert 1 == len(by_type["AWS::SecretsManager::ResourcePolicy"])


@pytest.mark.parametrize("name", HOSTILE, ids=ascii)
def test_hostile_names_stay_text_in_python(name: str) -> None:
    """Whatever a name is made of, the code parses, holds it as text, and runs nothing of it."""
    statement = samples.allow("s3:GetObject", f"arn:aws:s3:::{name}", hole("aws_s3_bucket.b.arn") + name)
    text = code(
        samples.gateway(name=f"s3{name}", route_tables=(f"aws_route_table.{name}",)),
        e.AddStatement(kind="roles", holder="arn:aws:iam::1:role/r", statement=statement),
    )
    tree = ast.parse(text)
    texts = {node.value for node in ast.walk(tree) if isinstance(node, ast.Constant)}

    assert f"arn:aws:s3:::{name}" in texts
    assert ({"service_name", "resource"} and not name) or any(
        "".join(str(part.value) for part in node.values if isinstance(part, ast.Constant)).endswith(name)
        for node in ast.walk(tree)
        if isinstance(node, ast.JoinedStr)
    )
    assert ["PullproofFix"] == [node.name for node in tree.body if isinstance(node, ast.ClassDef)]


@pytest.mark.parametrize("edit", samples.CHANGES[:4], ids=lambda edit: type(edit).__name__)
def test_what_an_app_does_not_make_is_refused(edit: e.Edit) -> None:
    """An id that AWS gave is nothing that an app could change."""
    rendered = render_cdk([edit], an_estate())

    assert () == rendered.patches
    assert [True] == [bool(refusal.remedy) for refusal in rendered.refusals]


def test_an_app_is_given_where_it_can_run_alone() -> None:
    """Without arguments the module is an app; with arguments it says what to give."""
    alone = render_cdk(samples.NETWORK, an_estate())
    given = render_cdk([samples.gateway()], an_estate())

    assert "app.synth()" in alone.patches[0].after.decode()
    assert () == alone.notes
    assert "app.synth()" not in given.patches[0].after.decode()
    assert ("give the construct what exists: main_vpc, private_route_table_id",) == given.notes


def test_the_code_reads_as_if_formatted() -> None:
    """No line is too long, and imports name only what is used."""
    text = code(*samples.BESIDE)
    tree = ast.parse(text)
    imported = {
        alias.asname or alias.name
        for node in tree.body
        if isinstance(node, ast.ImportFrom)
        for alias in node.names
    }
    used = {node.id for node in ast.walk(tree) if isinstance(node, ast.Name)}

    assert set() == imported - used
    assert [] == [line for line in text.splitlines() if len(line) > 100 and '"' not in line]
