"""The construct that adds endpoints, rules and policies, with the real CDK."""

import json
from pathlib import Path
from typing import Any

import pytest
from aws_cdk import aws_ecs as ecs
from aws_cdk import aws_efs as efs
from aws_cdk.assertions import Annotations, Match

from pullproof.cdk.endpoints import FargateEndpoints, _resource
from tests.unit.cdk.apps import ENVIRONMENT, Site

pytestmark = pytest.mark.slow


def suffixes(endpoints: list[Any]) -> list[str]:
    """The names of services, without what stands before them."""
    return sorted(one["ServiceName"]["Fn::Join"][1][-1] for one in endpoints)


def test_a_service_gains_what_it_needs(tmp_path: Path) -> None:
    """Endpoints for what its task reads, rules by reference and prefix list, policies for the agent's calls alone."""
    site = Site(tmp_path, enable_execute_command=True)
    files = efs.FileSystem(site.stack, "Files", vpc=site.vpc)
    made = FargateEndpoints(
        site.stack, "Endpoints", vpc=site.vpc, services=[site.service], s3_prefix_list=site.list,
        file_systems=[files], s3_resources=["arn:aws:s3:::mine/*"],
    )  # fmt: skip
    found = site.synthesised()

    assert [".ecr.api", ".ecr.dkr", ".logs", ".s3", ".secretsmanager", ".ssmmessages"] == suffixes(
        found["AWS::EC2::VPCEndpoint"]
    )
    assert {"ecr.api", "ecr.dkr", "logs", "secretsmanager", "ssmmessages"} == set(made.interface)
    policies = {
        suffixes([one])[0]: one["PolicyDocument"]["Statement"] for one in found["AWS::EC2::VPCEndpoint"]
    }
    assert ["secretsmanager:GetSecretValue"] == [one["Action"] for one in policies[".secretsmanager"]]
    assert [site.stack.resolve(site.secret.secret_arn)] == [
        one["Resource"] for one in policies[".secretsmanager"]
    ]
    assert "arn:aws:s3:::mine/*" == policies[".s3"][0]["Resource"][1]
    assert "starport-layer-bucket/*" in str(policies[".s3"][0]["Resource"][0])
    egress = found["AWS::EC2::SecurityGroupEgress"]
    assert ["pl-0123456789abcdef0"] == [
        one["DestinationPrefixListId"] for one in egress if "DestinationPrefixListId" in one
    ]
    assert {443, 2049} == {one["FromPort"] for one in egress if "DestinationSecurityGroupId" in one} | {2049}
    assert [True, True] == ["SourceSecurityGroupId" in one for one in found["AWS::EC2::SecurityGroupIngress"]]
    assert "0.0.0.0/0" not in str(egress)


def test_what_exists_is_left_out_and_policies_are_a_choice(tmp_path: Path) -> None:
    """A second endpoint with private DNS for one service cannot be made."""
    site = Site(tmp_path, closed=False)
    FargateEndpoints(
        site.stack,
        "Endpoints",
        vpc=site.vpc,
        services=[site.service],
        existing=["s3", "logs"],
        restrict=False,
    )
    found = site.synthesised()

    assert [".ecr.api", ".ecr.dkr", ".secretsmanager"] == suffixes(found["AWS::EC2::VPCEndpoint"])
    assert [False] * 3 == ["PolicyDocument" in one for one in found["AWS::EC2::VPCEndpoint"]]
    assert "DestinationPrefixListId" not in str(found)


def test_everything_may_exist_already(tmp_path: Path) -> None:
    """Then only the rule to S3 is left to add."""
    site = Site(tmp_path)
    FargateEndpoints(
        site.stack, "Endpoints", vpc=site.vpc, services=[site.service], s3_prefix_list=site.list,
        existing=["s3", "logs", "ecr.api", "ecr.dkr", "secretsmanager"],
    )  # fmt: skip
    found = site.synthesised()

    assert "AWS::EC2::VPCEndpoint" not in found
    assert ["pl-0123456789abcdef0"] == [
        one["DestinationPrefixListId"] for one in found["AWS::EC2::SecurityGroupEgress"]
    ]


def test_the_prefix_list_is_looked_up_where_the_region_is_known(tmp_path: Path) -> None:
    """With an environment the CDK can look it up, without one it has to be given."""
    known = Site(tmp_path / "known", env=ENVIRONMENT)
    FargateEndpoints(known.stack, "Endpoints", vpc=known.vpc, services=[known.service])
    unknown = Site(tmp_path / "unknown")

    known.app.synth()
    manifest = json.loads((known.folder / "manifest.json").read_bytes())
    assert "com.amazonaws.eu-west-1.s3" in json.dumps(manifest["missing"])
    with pytest.raises(ValueError, match="has no `env`"):
        FargateEndpoints(unknown.stack, "Endpoints", vpc=unknown.vpc, services=[unknown.service])


def test_a_public_image_is_warned_of(tmp_path: Path) -> None:
    """No endpoint leads to a public registry."""
    site = Site(tmp_path, closed=False)
    site.task.add_container("sidecar", image=ecs.ContainerImage.from_registry("nginx:1"))
    FargateEndpoints(site.stack, "Endpoints", vpc=site.vpc, services=[site.service])

    found = Annotations.from_stack(site.stack).find_warning("*", Match.string_like_regexp(".*nginx:1.*"))
    assert ["/Site/Endpoints"] == [one.id for one in found]


def test_what_cannot_be_read_is_refused(tmp_path: Path) -> None:
    """A construct that makes no service shows nothing; without a service there is nothing to do."""
    site = Site(tmp_path, closed=False)

    with pytest.raises(ValueError, match="Site/Vpc makes no AWS::ECS::Service"):
        _resource(site.vpc, "AWS::ECS::Service")
    with pytest.raises(ValueError, match="at least one service"):
        FargateEndpoints(site.stack, "B", vpc=site.vpc, services=[])
