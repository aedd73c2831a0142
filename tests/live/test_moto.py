"""A whole account on moto's server: made with boto3, read back, proved, stored, and proved again."""

import json
from pathlib import Path
from typing import Any

import pytest

from pullproof.cli.main import main
from tests.aws import Aws
from tests.live.estate import ENDPOINTS, Made, build


@pytest.fixture(scope="module")
def made(aws_server: Aws) -> Made:
    """One estate for all tests that only look at it."""
    return build(aws_server.account())


@pytest.fixture
def env(made: Made, no_aws: None, monkeypatch: pytest.MonkeyPatch) -> Made:
    """The same, as the account that this process asks."""
    for name, value in made.aws.environment.items():
        monkeypatch.setenv(name, value)
    return made


def checked(capsys: pytest.CaptureFixture[str], *words: str) -> tuple[int, dict[str, Any]]:
    status = main(["check", *words, "--format", "json"])
    shown = capsys.readouterr()
    assert shown.out, shown.err
    document: dict[str, Any] = json.loads(shown.out)
    return status, document


@pytest.mark.parametrize("target", ["aws://", "aws://shop", "aws://shop/web"])
def test_a_service_is_read_back_and_proved(
    target: str, env: Made, capsys: pytest.CaptureFixture[str]
) -> None:
    """What was made through boto3 can start, whether it, its cluster or the region is named."""
    status, document = checked(capsys, target)

    assert 0 == status
    assert {"kind": "live", "path": target} == document["source"]
    assert [("shop/web", "can_start")] == [(task["id"], task["verdict"]) for task in document["tasks"]]


def test_a_snapshot_gives_the_identical_answer(
    env: Made, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """Stored and checked later, the document differs in its source and in nothing else."""
    out = str(tmp_path / "snapshot")
    _, live = checked(capsys, "aws://shop")
    assert 0 == main(["snapshot", "aws://shop", "--out", out])
    said = capsys.readouterr()
    _, stored = checked(capsys, out)

    assert "" == said.err
    assert f"next: pullproof check {out}\n" in said.out
    assert {"kind": "snapshot", "path": out} == stored.pop("source")
    assert {"kind": "live", "path": "aws://shop"} == live.pop("source")
    assert live.pop("notes") == stored.pop("notes")[1:]
    assert live == stored


def test_two_snapshots_of_the_same_account_are_the_same(env: Made, tmp_path: Path) -> None:
    """Only the manifest, which tells the time, may differ."""
    for name in ("one", "two"):
        assert 0 == main(["snapshot", "aws://shop", "--out", str(tmp_path / name)])
    one, two = (
        {
            path.relative_to(tmp_path / name): path.read_bytes()
            for path in (tmp_path / name).rglob("*.json")
            if path.name != "pullproof-snapshot.json"
        }
        for name in ("one", "two")
    )

    assert one
    assert one == two


def test_no_secret_is_in_a_snapshot(env: Made, tmp_path: Path) -> None:
    """What was put into the secret, the parameter, the environment and the command is nowhere in it."""
    assert 0 == main(["snapshot", "aws://", "--out", str(tmp_path)])
    kept = b"".join(path.read_bytes() for path in tmp_path.rglob("*.json"))

    assert b"shop/db" in kept
    assert b"hunter" not in kept


def test_two_regions_are_read_at_once(env: Made, capsys: pytest.CaptureFixture[str]) -> None:
    """Clusters of two regions are judged in one run."""
    env.aws.client("ecs", "us-east-1").create_cluster(clusterName="far")
    status, document = checked(capsys, "aws://", "--region", "eu-west-1,us-east-1")

    assert 0 == status
    assert ["shop/web"] == [task["id"] for task in document["tasks"]]


def test_an_account_with_nothing_ends_with_4(aws: Aws, capsys: pytest.CaptureFixture[str]) -> None:
    """No cluster at all: there is nothing to check, and the screen says where one could look."""
    assert 4 == main(["check", "aws://"])
    assert "--region or --profile" in capsys.readouterr().err


def test_a_cluster_that_is_not_there_ends_with_2(env: Made, capsys: pytest.CaptureFixture[str]) -> None:
    """The nearest name is offered."""
    assert 2 == main(["check", "aws://shpo"])
    assert "did you mean: aws://shop" in capsys.readouterr().err


def _blockers(document: dict[str, Any]) -> set[tuple[str, str, str]]:
    return {
        (step["step"], blocker["code"], blocker["resource"])
        for task in document["tasks"]
        for step in task["steps"]
        for blocker in step["blockers"]
    }


def test_what_is_broken_is_found(aws: Aws, capsys: pytest.CaptureFixture[str]) -> None:
    """Without its endpoint, its rule and its permission, each is named by its AWS id."""
    made = build(aws, endpoints=tuple(name for name in ENDPOINTS if name != "ssm"))
    ec2 = aws.client("ec2")
    ec2.delete_vpc_endpoints(VpcEndpointIds=[made.endpoints["s3"]])
    aws.client("iam").delete_role_policy(RoleName="execution", PolicyName="secrets")
    (group,) = ec2.describe_security_groups(GroupIds=[made.endpoint_group])["SecurityGroups"]
    ec2.revoke_security_group_ingress(GroupId=made.endpoint_group, IpPermissions=group["IpPermissions"])
    status, document = checked(capsys, "aws://shop/web")
    found = _blockers(document)

    assert 1 == status
    assert ("image-layers", "endpoint-missing", made.vpc) in found
    assert ("parameters", "endpoint-missing", made.vpc) in found
    assert ("ecr-login", "sg-ingress", made.endpoint_group) in found
    assert ("secrets", "iam-missing-action", made.role) in found
