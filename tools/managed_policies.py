"""Writes `src/pullproof/model/managed_policies.json` from a folder of AWS managed policies.

    git clone https://github.com/zoph-io/MAMIP
    python -m tools.managed_policies MAMIP/policies 2026-03-07

The folder has one file for each policy, what `aws iam get-policy-version` prints; the date is the day it
was taken. Of every policy we keep what it says about the actions we ask about (`ASKED`), so that the
file stays small; of the others, that they say nothing.
"""

import json
import re
import sys
from fnmatch import fnmatchcase
from pathlib import Path
from typing import Any

from pullproof.model.managed_policies import ASKED
from tools.repository import SOURCE

TARGET = SOURCE / "model" / "managed_policies.json"
ORIGIN = "https://github.com/zoph-io/MAMIP (policies/), which reads them from AWS every day"

#: Families that no task's role has reason to carry: kept out, and so unknown when one does.
LEFT_OUT = re.compile(
    r"SageMaker|DataZone|SecurityLake|ServiceRolePolicy$|ServiceLinkedRole|PermissionsBoundary|^AWS-SSM"
    r"|^AWSQuickSetup|^AWSRefactoring|Bedrock(Studio|Agent)|IdentityCenter|RDSCustom|LaunchWizard"
    r"|WorkSpaces|^IAM(Audit|Create|Delete)Root|Unlock|RoboMaker|Lightsail|^AWSApplicationMigration"
    r"|^AWSElasticDisasterRecovery|^AmazonEMR|^AWSMigrationHub|^AWSProton|\.json$"
)


def kept(document: dict[str, Any]) -> dict[str, dict[str, Any]]:
    """The statements about what we ask, by their place in the document."""
    written = document["Statement"]
    cut = {}
    for place, statement in enumerate(written if isinstance(written, list) else [written]):
        if "NotAction" in statement:
            cut[str(place)] = statement
        elif actions := [action for action in _listed(statement["Action"]) if _asked(action)]:
            cut[str(place)] = {**statement, "Action": actions}
    return cut


def _listed(value: str | list[str]) -> list[str]:
    return value if isinstance(value, list) else [value]


def _asked(pattern: str) -> bool:
    return any(fnmatchcase(action.lower(), pattern.lower()) for action in ASKED)


def main(folder: Path, as_of: str) -> None:
    """Read every policy of a folder, and write the file."""
    rows: list[str] = []
    silent: list[str] = []
    denying: list[str] = []
    for path in sorted(folder.iterdir()):
        try:
            version = json.loads(path.read_text(encoding="utf-8"))["PolicyVersion"]
        except ValueError:
            continue  # a few are stored empty: they stay unknown
        statements = kept(version["Document"])
        row = {"version": version["VersionId"], "date": version["CreateDate"][:10], "statements": statements}
        if not statements:
            silent.append(path.name)
        elif not LEFT_OUT.search(path.name):
            rows.append(f"{json.dumps(path.name)}:{json.dumps(row, separators=(',', ':'))}")
        elif any(statement["Effect"] == "Deny" for statement in statements.values()):
            denying.append(path.name)
    head = {"source": ORIGIN, "as_of": as_of, "denying": denying, "silent": silent}
    lines = [f"{json.dumps(key)}:{json.dumps(value)}" for key, value in head.items()]
    body = ",\n".join(rows)
    TARGET.write_text("{\n" + ",\n".join(lines) + f',\n"policies":{{\n{body}\n}}}}\n', encoding="utf-8")


if __name__ == "__main__":
    main(Path(sys.argv[1]), sys.argv[2])
