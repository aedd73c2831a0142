"""Two platform versions compared: what a task gains, loses, and no longer tells."""

import json
from pathlib import Path

import pytest

from pullproof.finding import TaskReport
from pullproof.report.compare import Change, compare
from pullproof.report.look import Look
from pullproof.report.upgrade import render, render_json
from tests import golden
from tests.unit.report import samples
from tests.unit.report.samples import (
    CLOSED,
    DENIED,
    GROUP,
    LAYERS,
    LOGIN,
    LOGS,
    hop,
    report,
    step,
    task,
    works,
)

HERE = Path(__file__).parent
FINE = task("t", step(LOGIN, (hop(works(GROUP)),)))
SHUT = task("t", step(LOGIN, (hop(CLOSED),)), step(LAYERS, (hop(works(GROUP)),)))
MORE = task("t", step(LOGIN, (hop(CLOSED),)), step(LOGS, (), (hop(DENIED),)))
ASKED = task("t", step(LOGIN, (hop(samples.open_question("g", samples.GROUP_UNKNOWN)),)))
OPEN = task("t", step(LOGIN, (hop(works(GROUP)),)), unsettled=(samples.TASK_UNKNOWN,))
EXEC = task("t", step(LOGIN, (hop(works(GROUP)),)), step(samples.EXEC, (hop(CLOSED),)))


@pytest.mark.parametrize(
    ("before", "after", "expected"),
    [
        (FINE, FINE, Change.SAME),
        (FINE, SHUT, Change.STOPS),
        (ASKED, SHUT, Change.STOPS),
        (SHUT, MORE, Change.WORSE),
        (SHUT, SHUT, Change.SAME),
        (SHUT, FINE, Change.STARTS),
        (FINE, ASKED, Change.UNSETTLED),
        (FINE, OPEN, Change.UNSETTLED),
        (SHUT, OPEN, Change.UNSETTLED),
        (ASKED, ASKED, Change.SAME),
        (OPEN, ASKED, Change.UNSETTLED),
        (FINE, EXEC, Change.SAME),
    ],
)
def test_what_becomes_of_a_task(before: TaskReport, after: TaskReport, expected: Change) -> None:
    """A blocker that was not there decides, then what was known before; ECS Exec never does."""
    (one,) = compare(report(before), report(after))

    assert expected is one.change


def test_only_what_is_new_is_told() -> None:
    """A blocker that both versions have is nobody's news."""
    (one,) = compare(report(SHUT), report(MORE))

    assert ["iam-missing-action"] == [blocker.code for blocker in one.gained]
    assert ["logs"] == [found.step for found in one.worse.steps]
    assert () == one.lost


def test_what_is_settled_is_told_too() -> None:
    """A blocker that the newer version does not have is listed as settled."""
    (one,) = compare(report(SHUT), report(FINE))

    assert ["sg-egress"] == [blocker.code for blocker in one.lost]


def test_a_task_that_only_one_version_has_is_left_out() -> None:
    """Tasks are compared with themselves."""
    assert () == compare(report(), report(FINE))


BEFORE = report(FINE, task("s", *SHUT.steps), task("o", *FINE.steps), task("f", *SHUT.steps))
AFTER = report(SHUT, task("s", *MORE.steps), task("o", *ASKED.steps), task("f", *FINE.steps))
VERSIONS = ("1.3.0", "1.4.0")


def test_a_comparison_reads_as_its_golden() -> None:
    """New findings with their paths, one line for each task, the count last."""
    text = render(AFTER, compare(BEFORE, AFTER), VERSIONS, Look())

    golden.check(HERE / "golden" / "upgrade.txt", text)


def test_a_comparison_in_json() -> None:
    """The same for programs."""
    document = json.loads(render_json(AFTER, compare(BEFORE, AFTER), VERSIONS))

    assert ("1.3.0", "1.4.0") == (document["from"], document["to"])
    assert {"stops": 1, "worse": 1, "unsettled": 1, "starts": 1, "same": 0} == document["summary"]
    assert [("t", "stops", "can_start", "cannot_start", ["ecr-login"])] == [
        (one["id"], one["change"], one["before"], one["after"], one["steps"]) for one in document["tasks"][:1]
    ]
    assert [["sg-egress"], ["iam-missing-action"], [], []] == [
        [blocker["code"] for blocker in one["blockers"]] for one in document["tasks"]
    ]
    assert [1, 0] == [len(one["unknowns"]) for one in document["tasks"][2:]]
