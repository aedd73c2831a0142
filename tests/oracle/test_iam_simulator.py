"""The engine against a simulator of other people's."""

import subprocess
from pathlib import Path
from random import Random

import pytest

from pullproof.iam.evaluate import decide
from pullproof.verdict import Verdict
from tests.conftest import PROFILE, do_without
from tests.oracle.iam_cases import as_request, drawn
from tests.oracle.iam_simulator import install, judged

CASES = {"ci": 2000}.get(PROFILE, 500)


@pytest.fixture(scope="session")
def simulator(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with the simulator in it."""
    folder = tmp_path_factory.mktemp("simulator")
    try:
        install(folder)
    except (OSError, subprocess.SubprocessError) as why:
        do_without(f"npm cannot install the simulator: {why}")
    return folder


@pytest.mark.slow
def test_a_simulator_of_other_people_agrees(simulator: Path, pytestconfig: pytest.Config) -> None:
    """Of thousands of random requests, the simulator allows those that we allow, and no others."""
    seed = pytestconfig.getoption("--hypothesis-seed") or Random().randrange(1 << 32)
    random = Random(str(seed))
    cases = [drawn(random) for _ in range(CASES)]
    judgements = judged(simulator, cases)
    verdicts = [decide(*as_request(case)).verdict for case in cases]

    expected = {
        "Allowed": Verdict.WORKS,
        "ImplicitlyDenied": Verdict.FAILS,
        "ExplicitlyDenied": Verdict.FAILS,
    }
    assert [] == [
        (f"seed {seed}", case, judgement, verdict)
        for case, judgement, verdict in zip(cases, judgements, verdicts, strict=True)
        if expected.get(judgement) is not verdict
    ]
    assert min(verdicts.count(Verdict.WORKS), verdicts.count(Verdict.FAILS)) > CASES // 10
