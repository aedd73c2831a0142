"""`check` from end to end: on every plan of the scenarios the document is valid and agrees with itself."""

import json
from pathlib import Path
from typing import Any

import jsonschema
import pytest

from pullproof.explain.pages import document
from tests.cli.program import run
from tests.scenarios.judge import run as run_here
from tools.repository import ROOT, named

PLANS = sorted((ROOT / "tests" / "scenarios" / "plans").rglob("*.json"))
EXAMPLE = ROOT / "examples" / "blog-post"
VALIDATOR = jsonschema.Draft202012Validator(json.loads(document("schema/report-v1.schema.json")))


def checked(plan: Path) -> tuple[int, Any]:
    """The exit status and the document of a plan without its configuration."""
    status, out, _ = run_here(plan.parent, "check", plan.name, "--no-source", "--format", "json")
    return status, json.loads(out)


@pytest.mark.parametrize("plan", PLANS, ids=named)
def test_every_document_is_valid_and_agrees_with_itself(plan: Path) -> None:
    """The schema holds, verdicts follow from steps, the summary and the status from verdicts."""
    status, report = checked(plan)
    verdicts = [task["verdict"] for task in report["tasks"]]

    assert [] == [error.message for error in VALIDATOR.iter_errors(report)]
    assert [_follows(task) for task in report["tasks"]] == verdicts
    assert {word: verdicts.count(word) for word in ("can_start", "cannot_start", "unknown")} == report[
        "summary"
    ]
    assert _status(verdicts) == status


@pytest.mark.parametrize("plan", PLANS, ids=named)
def test_no_name_of_ours_is_shown(plan: Path) -> None:
    """Whatever is not known is shown in words: no mark of the program's own reaches a person or a program."""
    _, out, _ = run_here(plan.parent, "check", plan.name, "--no-source")
    told = out + json.dumps(checked(plan)[1], ensure_ascii=False)

    assert [] == [
        mark for mark in ("\ue000", "\ue001", "\\ue000", "Unknown(", "Origin(", "<Verdict") if mark in told
    ]


@pytest.mark.parametrize(
    ("folder", "status", "verdict"), [("as-printed", 1, "cannot_start"), ("mended", 0, "can_start")]
)
def test_the_example_is_judged(folder: str, status: int, verdict: str) -> None:
    """The network of the blog post keeps its task from starting, the mended one does not."""
    done = run("check", "plan.json", "--format", "json", cwd=EXAMPLE / folder)

    assert (status, "") == (done.status, done.err)
    assert [verdict] == [task["verdict"] for task in json.loads(done.out)["tasks"]]


def test_the_example_is_judged_from_a_pipe() -> None:
    """The same plan through a pipe, where its configuration is found in the current directory."""
    plan = (EXAMPLE / "as-printed" / "plan.json").read_bytes()

    assert 1 == run("check", "-", "--quiet", cwd=EXAMPLE / "as-printed", stdin=plan).status


def test_an_upgrade_tells_the_story() -> None:
    """From 1.3.0 to 1.4.0 the login to ECR moves into the task's network."""
    done = run("upgrade", "plan.json", "--format", "json", cwd=EXAMPLE / "as-printed")
    (task,) = json.loads(done.out)["tasks"]

    assert 1 == done.status
    assert "ecr-login" in task["steps"]


def _follows(task: Any) -> str:  # JSON
    """The verdict that follows from the steps and from what is unknown of the whole."""
    steps = [step for step in task["steps"] if step["step"] != "exec"]
    if any(step["blockers"] for step in steps):
        return "cannot_start"
    if task["unknowns"] or any(step["unknowns"] for step in steps):
        return "unknown"
    return "can_start"


def _status(verdicts: list[str]) -> int:
    if not verdicts:
        return 4
    return 1 if "cannot_start" in verdicts else 3 if "unknown" in verdicts else 0
