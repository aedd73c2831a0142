"""`pullproof why`, as a user types it."""

import json
import shutil
from pathlib import Path

import pytest

from tests import golden
from tests.cli.program import run as run_program
from tests.scenarios.judge import run
from tests.scenarios.recipe import every_variant, name, write
from tests.unit.explain.messages import MESSAGES
from tools.repository import ROOT

HERE = Path(__file__).parent
PLANS = ROOT / "tests/scenarios/plans"
LOGIN, DENIED = MESSAGES["ecr-auth-retried"][0], MESSAGES["layers-denied"][0]
NONSENSE = "the coffee machine is out of order"


@pytest.mark.parametrize(
    ("shown", "plan", "message", "status"),
    [
        ("certain", "E08-endpoint-ingress/broken-port", "ecr-auth-retried", 1),
        ("several", "E06-task-egress/broken-default-group-emptied", "ecr-auth-retried", 1),
        ("elsewhere", "E08-endpoint-ingress/broken-port", "layers-denied", 1),
        ("unknown", "E10-names/unknown-resolver", "ecr-auth-killed", 3),
        ("nothing-found", "E02-no-public-ip/near-miss", "log-connection", 0),
        ("outside", "E02-no-public-ip/near-miss", "image-platform", 0),
    ],
)
def test_each_conclusion_is_shown_as_its_golden(
    shown: str, plan: str, message: str, status: int, tmp_path: Path
) -> None:
    """The whole answer to a message, for each conclusion."""
    _write(plan, tmp_path)

    found, out, err = run(tmp_path, "why", "plan.json", "--text", MESSAGES[message][0])

    assert (status, "") == (found, err)
    golden.check(HERE / "golden" / f"why-{shown}.txt", out)


def _write(plan: str, folder: Path) -> None:
    """A scenario's configuration, and its plan beside it."""
    write(next(variant for case, variant in every_variant() if name(case, variant) == plan), folder)
    shutil.copy(PLANS / f"{plan}.json", folder / "plan.json")


def test_a_text_alone_is_explained_and_nothing_is_said_to_be_proved(tmp_path: Path) -> None:
    """Without an input the causes are possible ones, and the status says that it is not settled."""
    status, out, err = run(tmp_path, "why", "--text", LOGIN)

    assert (3, "") == (status, err)
    golden.check(HERE / "golden" / "why-not-proved.txt", out)


def test_the_text_may_come_through_a_pipe(tmp_path: Path) -> None:
    """`--text -` reads standard input, and says the same."""
    shutil.copy(PLANS / "E08-endpoint-ingress/broken-port.json", tmp_path / "plan.json")

    piped = run_program("why", "plan.json", "--text", "-", cwd=tmp_path, stdin=f"{LOGIN}\n".encode())

    assert run_program("why", "plan.json", "--text", LOGIN, cwd=tmp_path) == piped
    assert 1 == piped.status


@pytest.mark.parametrize("form", ["terminal", "json"])
def test_no_credential_of_a_message_is_printed(form: str, tmp_path: Path) -> None:
    """A pre-signed link in a stopped reason works for whoever has it: none of its query is printed."""
    shutil.copy(PLANS / "E12-endpoint-policy/broken-layer-bucket.json", tmp_path / "plan.json")

    _, out, err = run(tmp_path, "why", "plan.json", "--text", DENIED, "--format", form)

    assert [] == [word for word in ("SECRETTOKEN", "SECRETSIGNATURE", "ASIA") if word in out + err]
    assert "starport-layer-bucket" in out


@pytest.mark.parametrize(
    ("words", "status", "says"),
    [
        (["why"], 2, "neither an input nor a text"),
        (["why", "plan.json"], 2, "does not tell how tasks stopped"),
        (["why", "--text", " "], 2, "--text is empty"),
        (["why", "plan.json", "--text", LOGIN, "--task", "aws_ecs_service.ap"], 2, "nothing called"),
        (["why", "--text", NONSENSE], 4, "no message that we know"),
        (["why", "works.json", "--text", NONSENSE], 4, "no message that we know"),
    ],
)
def test_what_cannot_be_answered_is_said(words: list[str], status: int, says: str, tmp_path: Path) -> None:
    """A wrong question, or words that nobody knows where nothing is wrong, get a clear message."""
    shutil.copy(PLANS / "E08-endpoint-ingress/broken-port.json", tmp_path / "plan.json")
    shutil.copy(PLANS / "E02-no-public-ip/near-miss.json", tmp_path / "works.json")

    found, _, err = run(tmp_path, *words)

    assert status == found
    assert says in " ".join(err.split())


def test_words_that_nobody_knows_still_show_what_is_wrong(tmp_path: Path) -> None:
    """Where the words are not known and the task is blocked, the blockers are told."""
    shutil.copy(PLANS / "E08-endpoint-ingress/broken-port.json", tmp_path / "plan.json")

    status, out, _ = run(tmp_path, "why", "plan.json", "--text", NONSENSE, "--format", "json")
    (message,) = json.loads(out)["failures"][0]["messages"]

    assert (1, "not-understood") == (status, message["conclusion"])
    assert ["sg-ingress"] == [one["code"] for one in message["others"]]


def test_the_fix_for_programs_is_the_one_that_fix_offers(tmp_path: Path) -> None:
    """`offer` has the fixes of `pullproof fix --for TASK`, with their edits and their proof."""
    shutil.copy(PLANS / "E08-endpoint-ingress/broken-port.json", tmp_path / "plan.json")

    _, why, _ = run(tmp_path, "why", "plan.json", "--text", LOGIN, "--format", "json")
    _, fix, _ = run(tmp_path, "fix", "plan.json", "--for", "aws_ecs_service.app", "--format", "json")
    (message,) = json.loads(why)["failures"][0]["messages"]
    offered = json.loads(fix)

    assert {"fixes": offered["fixes"], "left": offered["left"]} == message["offer"]
    assert ["AddGroupRule"] == [one["edit"]["kind"] for one in message["offer"]["fixes"][0]["edits"]]


def test_what_cannot_be_mended_is_told_with_what_a_person_has_to_do(tmp_path: Path) -> None:
    """A denial in a policy is somebody's decision: no fix is shown, and the remedy is."""
    _write("E17-secrets-denied/broken-denied", tmp_path)

    status, out, _ = run(tmp_path, "why", "plan.json", "--text", MESSAGES["secret-denied-old"][0])

    assert (1, True) == (status, "not mendable here[iam-denied]" in out)
    assert "\nfix:" not in out


def test_without_a_known_cause_no_fix_is_shown(tmp_path: Path) -> None:
    """Where the message is of something else, its task's fix would answer another question."""
    shutil.copy(PLANS / "E08-endpoint-ingress/broken-port.json", tmp_path / "plan.json")

    _, out, _ = run(tmp_path, "why", "plan.json", "--text", DENIED, "--format", "json")
    (message,) = json.loads(out)["failures"][0]["messages"]

    assert (None, "") == (message["offer"], message["fix"])


def test_a_template_is_explained_and_mended_like_a_plan(tmp_path: Path) -> None:
    """The fix lets the task out to where ECR is, not to a list of which nobody knows whether ECR is in it."""
    shutil.copy(ROOT / "tests/templates/existing-network.yaml", tmp_path / "template.yaml")

    words = ("why", "template.yaml", "--region", "eu-west-1", "--text", LOGIN)
    status, out, _ = run(tmp_path, *words, "--format", "json")
    (message,) = json.loads(out)["failures"][0]["messages"]

    assert (1, "certain", "Service") == (status, message["conclusion"], message["task"]["id"])
    (edit,) = message["offer"]["fixes"][0]["edits"]
    assert ("App", ["0.0.0.0/0"]) == (edit["edit"]["group"], edit["edit"]["peer"]["blocks"])
    assert "fix: 1 edit takes every blocker from Service" in run(tmp_path, *words)[1]
