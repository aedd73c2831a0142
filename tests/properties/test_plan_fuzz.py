"""Whatever a plan says of a resource, it is judged, and planned as a lab, or refused with a message."""

import json
from functools import partial
from pathlib import Path
from random import Random
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pullproof.cli.lab.verify import _starts
from pullproof.lab.concrete import concrete
from pullproof.lab.plan import planned
from pullproof.prove import report
from pullproof.report.json_v1 import render
from pullproof.sources.base import Options
from pullproof.sources.snapshot.load import load_folder
from pullproof.sources.terraform.load import load_plan
from tests.properties.test_snapshot_fuzz import RANDOM, complaint, mutated

PLANS = sorted((Path(__file__).parents[1] / "scenarios" / "plans").rglob("*.json"))


def spoilt(random: Random) -> bytes:
    """A plan of which some arguments say what nobody would write; documents in text are changed inside."""
    tree = json.loads(random.choice(PLANS).read_bytes())
    changes = [one["change"] for one in tree["resource_changes"] if one["change"].get("after")]
    for _ in range(random.randint(1, 5)):
        change = random.choice(changes)
        name = random.choice(sorted(change["after"]))
        change["after"][name] = _changed(random, change["after"][name])
        if random.random() < 0.3:
            change.get("after_unknown", {}).pop(name, None)
    return json.dumps(tree).encode()


def _changed(random: Random, value: Any) -> Any:
    if isinstance(value, str) and value.startswith(("{", "[")) and random.random() < 0.9:
        return json.dumps(mutated(random, json.loads(value)))
    return mutated(random, value)


def judged(data: bytes) -> None:
    """The report of a plan, and its lab as far as no kernel is needed."""
    loaded = load_plan(data, "plan.json", Options(use_source=False))
    found = report(loaded)
    assert render(found)
    estate = concrete(loaded.estate)
    planned(estate, [start for task in found.tasks for start in _starts(estate, task)])


@given(RANDOM)
def test_arguments_that_nobody_would_write(random: Random) -> None:
    """Types exchanged, null, numbers and addresses out of range, in arguments and in the documents in them."""
    for _ in range(5):
        error = complaint(partial(judged, spoilt(random)))

        assert error is None or error.problem


@pytest.mark.parametrize("depth", [200, 990, 5000])
@given(place=st.sampled_from(['"Vpcs": {}', '"Vpcs": [{}]', '"Vpcs": [{{"VpcId": {}}}]']))
def test_files_that_nest_deeply(depth: int, place: str, tmp_path_factory: pytest.TempPathFactory) -> None:
    """A file that nests deeper than AWS does is named, and nothing worse happens."""
    folder = tmp_path_factory.mktemp("deep")
    (folder / "Subnets.json").write_text('{"Subnets": []}', encoding="utf-8")
    nested = place.format("[" * depth + "]" * depth)
    (folder / "Vpcs.json").write_text(f"{{{nested}}}", encoding="utf-8")

    error = complaint(partial(load_folder, str(folder), Options()))

    assert error is not None
    assert "Vpcs" in error.place
    assert error.remedy
