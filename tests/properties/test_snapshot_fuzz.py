"""Whatever stands in a snapshot's files, it is read, or refused with a message: nothing else happens."""

import json
from collections.abc import Callable
from functools import partial
from pathlib import Path
from random import Random
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from pullproof.errors import PullproofError
from pullproof.finding import Report
from pullproof.prove import report
from pullproof.sources.base import Options
from pullproof.sources.snapshot.answers import Folder
from pullproof.sources.snapshot.load import load_answers, load_folder
from tests import account
from tests.dumps import written

RANDOM = st.integers(0, 2**32 - 1).map(Random)
#: What may stand in any place instead of what AWS would say.
ODD: tuple[Any, ...] = (
    None,
    True,
    0,
    -1,
    1.5,
    10**40,
    "",
    "x",
    "10.0.0.0/33",
    "\ue000?x\ue001",
    [],
    [[]],
    {},
    {"a": 1},
    "0" * 300,
)


def judged(folder: Folder) -> Report:
    """The verdict on a folder."""
    return report(load_answers([folder], "here", Options()))


def complaint(work: Callable[[], object]) -> PullproofError | None:
    """What is said against an input; anything else that goes wrong goes on as it is."""
    try:
        work()
    except PullproofError as error:
        return error
    return None


def mutated(random: Random, tree: Any, depth: int = 0) -> Any:
    """The tree with one place changed: another type, a missing key, a thing twice."""
    if isinstance(tree, dict) and tree and (depth < 2 or random.random() < 0.9):
        key = random.choice(sorted(tree))
        if random.random() < 0.15:
            return {name: value for name, value in tree.items() if name != key}
        return {**tree, key: mutated(random, tree[key], depth + 1)}
    if isinstance(tree, list) and tree and random.random() < 0.9:
        place = random.randrange(len(tree))
        if random.random() < 0.1:
            return [*tree, tree[place]]
        return [*tree[:place], mutated(random, tree[place], depth + 1), *tree[place + 1 :]]
    return random.choice(ODD)


@given(RANDOM)
def test_answers_that_aws_would_not_give(random: Random) -> None:
    """One place of the small account is changed; it is judged, or refused in one sentence."""
    for _ in range(10):
        documents = mutated(random, {**account.regional(), **account.roles()})
        folder = Folder(account=account.ACCOUNT, region=account.REGION, documents=documents)
        error = complaint(partial(judged, folder))

        assert error is None or (error.problem and error.place)


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(random=RANDOM)
def test_files_that_are_cut_or_spoilt(random: Random, tmp_path: Path) -> None:
    """Bytes of a file are changed or cut off; the folder is read, or the file is named."""
    folder = written({"Vpcs": account.network()["Vpcs"], "Subnets": account.network()["Subnets"]}, tmp_path)
    data = bytearray(json.dumps(account.network()["SecurityGroups"]).encode())
    for _ in range(random.randint(1, 3)):
        data[random.randrange(len(data))] = random.randrange(256)
    (folder / "SecurityGroups.json").write_bytes(data[: random.randint(1, len(data))])
    error = complaint(partial(load_folder, str(folder), Options()))

    assert error is None or "SecurityGroups" in error.place


@pytest.mark.parametrize("odd", ODD, ids=repr)
def test_files_that_hold_something_else(tmp_path: Path, odd: object) -> None:
    """In the place of a whole answer, and of its list."""
    for name, document in (("Vpcs", odd), ("Subnets", {"Subnets": odd})):
        (tmp_path / f"{name}.json").write_text(json.dumps(document), encoding="utf-8")
    error = complaint(partial(load_folder, str(tmp_path), Options()))

    assert error is None or error.problem
