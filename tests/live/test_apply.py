"""What Terraform really applies to moto's server is read back from the account, and proved the same."""

import json
import shutil
from pathlib import Path
from typing import Any

import msgspec
import pytest

from pullproof.cli.main import main
from tests.aws import Aws
from tests.terraform import Terraform

APPLY = Path(__file__).parent / "apply" / "main.tf"


def _applied(terraform: Terraform, aws: Aws, directory: Path) -> None:
    """The configuration applied to the account that the environment names."""
    shutil.copy(APPLY, directory)
    # The account's own variables, in place of those that mean nobody.
    named = msgspec.structs.replace(terraform, variables=terraform.variables | aws.environment)
    named.init(directory)
    named.run(directory, "apply", "-no-color", "-auto-approve", "-parallelism=20")
    (directory / "state.json").write_text(named.run(directory, "show", "-json"), encoding="utf-8")


def _steps(document: dict[str, Any]) -> list[list[tuple[str, str, str]]]:
    return [
        sorted({(step["step"], step["verdict"], step["via"]) for step in task["steps"]})
        for task in document["tasks"]
    ]


@pytest.mark.terraform
@pytest.mark.slow
def test_an_apply_is_read_back(
    terraform_env: Terraform, aws: Aws, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """The account says what the state says: the same verdict, steps and ways; and so does what is then broken."""
    _applied(terraform_env, aws, tmp_path)
    state = str(tmp_path / "state.json")

    assert 0 == main(["check", "aws://applied", "--format", "json"]), capsys.readouterr().out
    live = json.loads(capsys.readouterr().out)
    assert 0 == main(["check", state, "--format", "json"]), capsys.readouterr().out
    planned = json.loads(capsys.readouterr().out)
    assert _steps(planned) == _steps(live)
    assert {"gateway-endpoint", "interface-endpoint"} <= {way for _, _, way in _steps(live)[0]}

    ec2 = aws.client("ec2")
    (group,) = ec2.describe_security_groups(Filters=[{"Name": "group-name", "Values": ["endpoint"]}])[
        "SecurityGroups"
    ]
    ec2.revoke_security_group_ingress(GroupId=group["GroupId"], IpPermissions=group["IpPermissions"])
    assert 1 == main(["check", "aws://applied/app", "--format", "json"])
    broken = json.loads(capsys.readouterr().out)
    codes = {
        (blocker["code"], blocker["resource"])
        for task in broken["tasks"]
        for step in task["steps"]
        for blocker in step["blockers"]
    }
    assert {("sg-ingress", group["GroupId"])} == codes
