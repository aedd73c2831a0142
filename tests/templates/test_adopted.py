"""A template in a network that exists: what its parameters stand for is settled by a snapshot."""

import json
import shutil
from pathlib import Path

import pytest

from tests.scenarios.judge import plan_of, run
from tests.scenarios.recipe import every_variant, name, write
from tests.twins import as_snapshot_services
from tests.twins.applied import applied, keys

TEMPLATE = Path(__file__).parent / "adopted.yaml"


@pytest.fixture(scope="module")
def networks(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    """Snapshots of a network with a NAT gateway and of one without, each with the template beside it."""
    found = {}
    for wanted in ("E01-no-path/near-miss", "E01-no-path/broken-nothing"):
        case, variant = next((c, v) for c, v in every_variant() if name(c, v) == wanted)
        folder = tmp_path_factory.mktemp("network")
        write(variant, folder)
        account = applied(plan_of(case, variant), folder, "")
        as_snapshot_services.write(account, folder / "snapshot")
        called = keys(account)
        ids = {
            "VpcId": called["aws_vpc.main"],
            "SubnetIds": f"{called['aws_subnet.private[0]']},{called['aws_subnet.private[1]']}",
        }
        (folder / "ids.json").write_text(json.dumps(ids), encoding="utf-8")
        shutil.copy(TEMPLATE, folder)
        found[wanted] = folder
    return found


def judged(folder: Path, *options: str) -> tuple[str, set[tuple[str, str]]]:
    """The verdict, and every blocker with its resource."""
    ids = json.loads((folder / "ids.json").read_text(encoding="utf-8"))
    given = [word for item in ids.items() for word in ("--parameter", "=".join(item))]
    _, out, err = run(
        folder, "check", "adopted.yaml", "--region", "eu-west-1", "--format", "json", *given, *options
    )
    assert err == ""
    (task,) = json.loads(out)["tasks"]
    blockers = {
        (blocker["code"], blocker["resource"]) for step in task["steps"] for blocker in step["blockers"]
    }
    return task["verdict"], blockers


def test_ids_alone_settle_nothing(networks: dict[str, Path]) -> None:
    """Of a network that is known by its ids nothing is proven."""
    assert {("unknown", frozenset())} == {
        (word, frozenset(blockers)) for word, blockers in map(judged, networks.values())
    }


def test_a_snapshot_settles_what_parameters_stand_for(networks: dict[str, Path]) -> None:
    """With the account's answers the same template can start in one network and not in the other."""
    good, bad = networks["E01-no-path/near-miss"], networks["E01-no-path/broken-nothing"]

    assert ("can_start", set()) == judged(good, "--snapshot", "snapshot")
    verdict, blockers = judged(bad, "--snapshot", "snapshot")
    assert ("cannot_start", {"public-registry-unreachable"}) == (verdict, {code for code, _ in blockers})
