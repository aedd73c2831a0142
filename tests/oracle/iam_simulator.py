"""A public simulator of IAM as a judge: another program, by other people, in another language.

`@cloud-copilot/iam-simulate` is installed by npm into a scratch directory and runs as a process of its own;
nothing of it is part of this repository.
"""

import subprocess
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import msgspec

from tests.oracle.iam_cases import OURS, SESSION, Case

PACKAGE = "@cloud-copilot/iam-simulate@0.1.173"
EVERYTHING = {"Version": "2012-10-17", "Statement": {"Effect": "Allow", "Action": "*", "Resource": "*"}}
#: AWS's own key policy: the account's identity policies decide.
KEY_POLICY = {
    "Version": "2012-10-17",
    "Statement": {
        "Effect": "Allow",
        "Action": "*",
        "Resource": "*",
        "Principal": {"AWS": f"arn:aws:iam::{OURS}:root"},
    },
}

#: One simulation a line in, one result a line out.
SCRIPT = """
const { runSimulation } = require('@cloud-copilot/iam-simulate')
const lines = require('fs').readFileSync(0, 'utf8').split('\\n').filter(Boolean)
async function main() {
  for (const line of lines) {
    const found = await runSimulation(JSON.parse(line), {})
    console.log(found.resultType === 'error' ? JSON.stringify(found.errors) : found.overallResult)
  }
}
main()
"""


def install(folder: Path) -> None:
    """Put the simulator into a folder. Raises OSError or CalledProcessError where that cannot be."""
    folder.joinpath("package.json").write_text("{}", encoding="utf-8")
    command = ["npm", "install", "--silent", "--no-audit", "--no-fund", PACKAGE]
    subprocess.run(command, cwd=folder, check=True, capture_output=True, timeout=120)


def judged(folder: Path, cases: Iterable[Case]) -> list[str]:
    """What the simulator says of each case: "Allowed", "ImplicitlyDenied", "ExplicitlyDenied" or its errors."""
    lines = b"\n".join(msgspec.json.encode(_simulation(case)) for case in cases)
    done = subprocess.run(
        ["node", "-e", SCRIPT], cwd=folder, input=lines, check=True, capture_output=True, timeout=120
    )
    return done.stdout.decode().splitlines()


def _simulation(case: Case) -> dict[str, Any]:
    policy = case.resource_policy
    if case.kind == "keys" and policy is None and not case.cross_account:
        policy = KEY_POLICY
    return {
        "request": {
            "principal": SESSION,
            "action": case.action,
            "resource": {"resource": case.resource, "accountId": case.resource_account},
            "contextVariables": case.context,
        },
        "identityPolicies": _named(case.identity),
        "serviceControlPolicies": [
            {"orgIdentifier": "o-mine", "policies": _named([EVERYTHING, *case.organization])},
            *({"orgIdentifier": "o-mine", "policies": _named(level)} for level in case.levels),
        ],
        "resourceControlPolicies": [],
        **({"resourcePolicy": policy} if policy else {}),
        **({"permissionBoundaryPolicies": _named([case.boundary])} if case.boundary else {}),
        **({"vpcEndpointPolicies": _named([case.endpoint_policy])} if case.endpoint_policy else {}),
    }


def _named(documents: list[dict[str, Any]]) -> list[dict[str, Any]]:
    return [{"name": f"p{index}", "policy": document} for index, document in enumerate(documents)]
