"""`provision --apply` against a local AWS: what is there afterwards is what was meant, field by field."""

import io
import os
from pathlib import Path
from typing import Any

import pytest

from pullproof.cli.main import main
from pullproof.errors import UsageError
from pullproof.model.endpoints import EndpointType
from pullproof.provision.apply import apply
from pullproof.provision.build import build
from pullproof.provision.spec import Spec, checked
from tests.aws import Aws
from tests.provision.wishes import WISHES
from tests.terraform import Terraform


def test_what_is_applied_is_what_was_meant(
    aws: Aws,
    tmp_path: Path,
    terraform_env: Terraform,
    monkeypatch: pytest.MonkeyPatch,
    capfd: pytest.CaptureFixture[str],
) -> None:
    """Terraform makes the project in a local AWS; endpoints, rules, roles and the service are as the model has them."""
    mine = aws.account()
    for name, value in mine.environment.items():
        if name != "AWS_ENDPOINT_URL":
            monkeypatch.setenv(name, value)
    monkeypatch.delenv("AWS_CA_BUNDLE", raising=False)
    image = f"{mine.account_id}.dkr.ecr.eu-west-1.amazonaws.com/web:1.0"
    folder = tmp_path / "web"
    words = [
        "provision",
        "web",
        "--region",
        "eu-west-1",
        "--image",
        image,
        "--zones",
        "1",
        "--out",
        str(folder),
    ]

    status = main([*words, "--apply", "--yes", "--endpoint-url", mine.url])

    assert 0 == status, capfd.readouterr()
    assert not any(mine.url in path.read_text(encoding="utf-8") for path in folder.glob("*.tf"))
    built = build(checked(Spec(name="web", region="eu-west-1", image=image), "1", "10.0.0.0/16", ()))
    ec2 = mine.client("ec2")
    vpc = next(one for one in ec2.describe_vpcs()["Vpcs"] if not one["IsDefault"])
    assert "10.0.0.0/16" == vpc["CidrBlock"]
    assert {True} == {
        ec2.describe_vpc_attribute(VpcId=vpc["VpcId"], Attribute=name)[name[0].upper() + name[1:]]["Value"]
        for name in ("enableDnsSupport", "enableDnsHostnames")
    }
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
    rules = [
        one for one in ec2.describe_security_group_rules()["SecurityGroupRules"] if one["IpProtocol"] != "-1"
    ]
    assert {("tcp", 443, 443)} == {(one["IpProtocol"], one["FromPort"], one["ToPort"]) for one in rules}
    assert [False, True, True] == sorted(one["IsEgress"] for one in rules)
    assert not any(one.get("CidrIpv4") for one in rules)
    service = mine.client("ecs").describe_services(cluster="web", services=["web"])["services"][0]
    network = service["networkConfiguration"]["awsvpcConfiguration"]
    assert ("FARGATE", "DISABLED", 1) == (
        service["launchType"],
        network["assignPublicIp"],
        len(network["subnets"]),
    )
    policy = mine.client("iam").get_role_policy(RoleName="web-execution", PolicyName="execution")
    held = {action for one in policy["PolicyDocument"]["Statement"] for action in _listed(one["Action"])}
    meant = {
        action
        for one in built.after.roles["aws_iam_role.execution"].policies.items
        for statement in one.statements.items
        for action in statement.actions.items
    }
    assert meant == held


def test_a_plan_is_taken_away_also_after_a_no(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """It holds every value of the project, and nobody asked for it to be kept."""
    program = tmp_path / "bin" / "terraform"
    program.parent.mkdir()
    program.write_text('#!/bin/sh\necho "$1" >> called\n[ "$1" = plan ] && echo > tf.plan\nexit 0\n')
    program.chmod(0o755)
    monkeypatch.setenv("PATH", os.pathsep.join([str(program.parent), "/bin"]))
    monkeypatch.setattr("sys.stdin", io.StringIO("n\n"))

    with pytest.raises(UsageError, match="nothing was applied"):
        apply(build(WISHES["nat"]), tmp_path, "terraform", endpoint="", ask=True)

    assert ["init", "plan"] == (tmp_path / "called").read_text(encoding="utf-8").split()
    assert not (tmp_path / "tf.plan").exists()


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
