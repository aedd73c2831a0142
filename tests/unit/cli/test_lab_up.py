"""`lab up`: what is said when a lab has come up, and when it has not; and the story that `lab demo` plays."""

import os
from argparse import Namespace
from collections.abc import Callable
from typing import Any

import pytest

from pullproof.cli.lab import story
from pullproof.cli.lab import up as starting
from pullproof.cli.parser import parse
from pullproof.errors import ToolError, UsageError
from pullproof.lab.remote import claimed
from pullproof.model.estate import Estate
from pullproof.prove import prove
from pullproof.verdict import Verdict
from tools.repository import ROOT

NAME = f"test-up-{os.getpid()}"
PLAN = str(ROOT / "examples/blog-post/mended/plan.json")
TOLD = {
    "api": "http://127.77.0.1:4711",
    "region": "eu-west-1",
    "launches": [],
    "id": "AKIALAB",
    "secret": "word",
}


class Started:
    """A lab's process that says what the test says, and then ends with a status."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch, told: dict[str, Any] | None, status: int = 0) -> None:
        self.estates: list[Estate] = []
        self.stays: list[bool] = []
        self._told, self._status = told, status
        monkeypatch.setattr("pullproof.lab.sandbox.start_inside", self.start)
        monkeypatch.setattr(starting, "_serve", self.serve)
        monkeypatch.setattr(os, "waitpid", lambda process, _: (process, self._status << 8))

    def start(self, work: Callable[[], int], *, stays: bool, **_: object) -> int:
        """Begin."""
        self.stays.append(stays)
        return work()

    def serve(self, estate: Estate, _: Namespace, sockets: tuple[Any, Any], ready: Any) -> int:
        """Say that it is there, or end without a word."""
        self.estates.append(estate)
        for each in sockets:
            each.close()
        if self._told is None:
            ready.close()
        else:
            starting._tell(ready, self._told)  # as the lab's own process does
        return 4711


def up(*words: str) -> int:
    """Ask for a lab of the tests' own name."""
    return starting.up(parse(["lab", "up", "--name", NAME, *words]))


def test_an_empty_lab_says_how_to_reach_and_to_fill_it(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """With its name, where it has one of its own."""
    lab = Started(monkeypatch, TOLD)
    assert 0 == up()
    said = capsys.readouterr().out

    assert [True] == lab.stays
    assert f"pullproof lab down --name {NAME}" in said
    assert f"pullproof lab apply DIR --name {NAME}" in said
    assert "AWS_ENDPOINT_URL=http://127.77.0.1:4711" in said


@pytest.mark.parametrize(("words", "region"), [([], "eu-west-1"), (["--region", "us-east-2"], "us-east-2")])
def test_an_empty_lab_is_in_the_region_that_is_asked_for(
    words: list[str], region: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Nothing is in it."""
    lab = Started(monkeypatch, TOLD)
    up(*words)
    expected = Estate()
    expected.region = region

    assert [expected] == lab.estates


def test_a_lab_of_an_input_names_what_runs_in_it(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """Those are what `run-task` takes."""
    lab = Started(monkeypatch, TOLD | {"launches": ["aws_ecs_service.orders"]})
    up(PLAN)
    said = capsys.readouterr().out

    assert "aws_ecs_service.orders" in lab.estates[0].launches
    assert "  aws_ecs_service.orders\n" in said
    assert "lab apply" not in said


@pytest.mark.parametrize(
    ("told", "problem", "remedy"),
    [
        ({"error": "no nft", "remedy": "apt-get install nftables"}, "no nft", "apt-get install nftables"),
        (None, "the lab did not come up", "pullproof lab up --foreground"),
    ],
)
def test_a_lab_that_does_not_come_up_says_why(
    told: dict[str, str] | None, problem: str, remedy: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Or where to see it."""
    Started(monkeypatch, told)
    with pytest.raises(ToolError) as refused:
        up()

    assert (problem, remedy) == (refused.value.problem, refused.value.remedy)


def test_a_name_that_is_taken_starts_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    """The lab that runs goes on."""
    lab = Started(monkeypatch, TOLD)
    with claimed(NAME), pytest.raises(UsageError, match="runs already"):
        up()

    assert [] == lab.estates


@pytest.mark.parametrize("status", [0, 3])
def test_in_the_foreground_the_status_is_the_lab_s(status: int, monkeypatch: pytest.MonkeyPatch) -> None:
    """It ends with the command."""
    lab = Started(monkeypatch, TOLD, status)

    assert status == up("--foreground")
    assert [False] == lab.stays


def test_no_credentials_of_anybody_s_are_in_a_lab(monkeypatch: pytest.MonkeyPatch) -> None:
    """Nor what would lead its calls elsewhere."""
    monkeypatch.setattr(os, "environ", dict(os.environ))
    os.environ |= {
        "AWS_PROFILE": "prod",
        "AWS_SESSION_TOKEN": "x",
        "AWS_ACCESS_KEY_ID": "AKIAREAL",
        "HTTPS_PROXY": "x",
    }
    starting.credentials()

    assert not {"AWS_PROFILE", "AWS_SESSION_TOKEN", "HTTPS_PROXY"} & set(os.environ)
    assert "AKIAREAL" not in os.environ.values()


def verdict(estate: Estate) -> Verdict:
    """Whether the story's one task starts, by the proof."""
    [task] = prove(estate)
    return task.verdict


def test_the_story_goes_by_the_proof_as_the_demo_tells_it() -> None:
    """It ran on 1.3.0, stops on 1.4.0, and goes on to stop with the endpoint in a group of its own."""
    before = story.before()
    upgraded = story.on(before, "1.4.0")
    endpoint = story.with_login(upgraded)

    assert [Verdict.WORKS, Verdict.FAILS, Verdict.FAILS] == [
        verdict(each) for each in (before, upgraded, endpoint)
    ]
    assert story.before() == before, "each act is an estate of its own"
    assert upgraded == story.on(story.before(), "1.4.0")
    assert set(endpoint.endpoints) - set(upgraded.endpoints) == {"ecr.api"}
