"""Plans in a VPC that they only look up, with a snapshot of the account that has it."""

import json
import re
import shutil
from pathlib import Path
from typing import Any

import pytest

from tests.mixed.default_vpc import answers, write
from tests.scenarios.judge import answer, run
from tests.scenarios.recipe import every_variant, name
from tests.scenarios.recipe import write as write_configuration

PLANS = Path(__file__).parent.parent / "scenarios/plans/W56-default-vpc"
STEPS = ("ecr-login", "image-manifest", "image-layers")
SERVICE = "aws_ecs_service.app"
ENDPOINTS = ("ecr.api", "ecr.dkr")


def told(plan: Path) -> dict[str, Any]:
    """What the account answers of the VPC that a plan looked up."""
    text = plan.read_text(encoding="utf-8")
    (vpc,) = set(re.findall(r"vpc-[0-9a-f]{8,17}", text))
    return answers(vpc, sorted(set(re.findall(r"subnet-[0-9a-f]{8,17}", text))))


def checked(folder: Path, variant: str, account: dict[str, Any], *without: str) -> dict[str, Any]:
    """What is said of the service, with a snapshot of the account."""
    found = next(one for case, one in every_variant() if name(case, one) == f"W56-default-vpc/{variant}")
    write_configuration(found, folder)
    shutil.copy(PLANS / f"{variant}.json", folder / "plan.json")
    write(folder / "account", account, without=without)
    _, out, err = run(folder, "check", "plan.json", "--snapshot", "account", "--format", "json")
    assert out, err
    document = json.loads(out)
    assert "settled by the snapshot account" in " ".join(document["notes"])
    return answer(document, SERVICE)


@pytest.mark.parametrize(
    ("variant", "verdict", "blockers"),
    [
        ("unknown-public", "can_start", []),
        ("unknown-private", "cannot_start", [(step, "no-public-ip", SERVICE) for step in STEPS]),
        ("broken-group", "cannot_start", [(step, "sg-egress", "aws_security_group.app") for step in STEPS]),
        ("unknown-adopted", "can_start", []),
    ],
)
def test_the_account_settles_what_the_plan_looks_up(
    variant: str, verdict: str, blockers: list[tuple[str, str, str]], tmp_path: Path
) -> None:
    """What was unknown of the default VPC is seen in the account, and the plan's own group is still the plan's."""
    found = checked(tmp_path, variant, told(PLANS / f"{variant}.json"))

    assert (verdict, sorted(blockers), []) == (found["verdict"], found["blockers"], found["unknown"])


def test_an_endpoint_of_the_account_takes_the_traffic(tmp_path: Path) -> None:
    """An endpoint that somebody else made in the VPC admits its own group only: the plan's task is kept out."""
    account = told(PLANS / "unknown-public.json")
    vpc, subnet = account["Vpcs"][0]["VpcId"], account["Subnets"][0]["SubnetId"]
    account["VpcEndpoints"] = [
        {
            "VpcEndpointId": f"vpce-0{number}a0a0a0a0a0a0a0a",
            "VpcEndpointType": "Interface",
            "VpcId": vpc,
            "ServiceName": f"com.amazonaws.eu-west-1.{service}",
            "State": "available",
            "SubnetIds": [subnet],
            "Groups": [{"GroupId": "sg-0d0d0d0d0d0d0d0d0"}],
            "PrivateDnsEnabled": True,
        }
        for number, service in enumerate(ENDPOINTS)
    ]

    found = checked(tmp_path, "unknown-public", account)

    assert "cannot_start" == found["verdict"]
    assert [(step, "sg-ingress", "sg-0d0d0d0d0d0d0d0d0") for step in STEPS[:2]] == found["blockers"]


def test_what_the_account_does_not_tell_stays_unknown(tmp_path: Path) -> None:
    """A snapshot without endpoints proves no way out by the internet: an endpoint could take the traffic."""
    found = checked(tmp_path, "unknown-public", told(PLANS / "unknown-public.json"), "VpcEndpoints")

    assert "unknown" == found["verdict"]


def test_a_snapshot_of_another_account_is_refused(tmp_path: Path) -> None:
    """What the plan is for and what the snapshot is of must be the same account."""
    shutil.copy(PLANS / "unknown-public.json", tmp_path / "plan.json")
    text = (tmp_path / "plan.json").read_text(encoding="utf-8")
    write(tmp_path / "account", told(PLANS / "unknown-public.json"))

    status, _, err = run(tmp_path, "check", "plan.json", "--snapshot", "account", "--account", "999999999999")

    assert 2 == status
    assert "999999999999" in err
    assert text


def test_a_folder_that_is_no_snapshot_is_refused(tmp_path: Path) -> None:
    """A folder without answers of AWS, and a snapshot beside a snapshot, are said to be wrong."""
    shutil.copy(PLANS / "unknown-public.json", tmp_path / "plan.json")
    write(tmp_path / "account", told(PLANS / "unknown-public.json"))
    (tmp_path / "empty").mkdir()

    nothing, _, says = run(tmp_path, "check", "plan.json", "--snapshot", "empty")
    twice, _, refuses = run(tmp_path, "check", "account", "--snapshot", "account")

    assert (2, 2) == (nothing, twice)
    assert "no answer of AWS" in says
    assert "--snapshot goes with" in refuses
