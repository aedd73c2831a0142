"""`explain`, run as a user would: pages, messages, and secrets that never come out again."""

import json
import re
from pathlib import Path

import pytest

from tests import golden
from tests.cli.program import run
from tests.unit.explain.messages import MESSAGES, SIGNED
from tools.repository import ROOT

HERE = Path(__file__).parent
SHOWN = [
    "ecr-auth-retried",
    "ecr-auth-connection",
    "layers-denied",
    "secret-denied",
    "log-connection",
    "image-platform",
]


@pytest.mark.parametrize("name", SHOWN)
def test_a_message_is_explained_as_its_golden(name: str, tmp_path: Path) -> None:
    """The whole answer to a message of the field."""
    done = run("explain", MESSAGES[name][0], cwd=tmp_path)

    assert (0, "") == (done.status, done.err)
    golden.check(HERE / "golden" / f"explain-{name}.txt", done.out)


def test_a_message_may_come_through_a_pipe(tmp_path: Path) -> None:
    """`explain -` reads standard input, and says the same."""
    message = MESSAGES["ecr-auth-retried"][0]
    piped = run("explain", "-", cwd=tmp_path, stdin=f"{message}\n".encode())

    assert run("explain", message, cwd=tmp_path) == piped


@pytest.mark.parametrize("form", ["terminal", "json"])
def test_no_secret_of_a_message_is_printed(form: str, tmp_path: Path) -> None:
    """A pre-signed link works for whoever has it: no part of its query is printed, known message or not."""
    for message in (f"{MESSAGES['layers-timeout'][0]} {SIGNED}", f"no message at all {SIGNED}"):
        done = run("explain", message, "--format", form, cwd=tmp_path)

        assert [] == [
            word for word in ("SECRETTOKEN", "SECRETSIGNATURE", "ASIA") if word in done.out + done.err
        ]


def test_a_message_is_explained_to_programs(tmp_path: Path) -> None:
    """The same as JSON: the step, the causes with their pages, the message without its secrets."""
    document = json.loads(run("explain", MESSAGES["layers-denied"][0], "--format", "json", cwd=tmp_path).out)
    (message,) = document["messages"]

    assert 1 == document["schema"]
    assert "?(redacted)" in document["text"]
    assert ("layers-denied", "image-layers", "access") == (message["id"], message["step"], message["nature"])
    assert ["docs/blockers/endpoint-policy.md"] == [cause["docs"] for cause in message["causes"]]


def test_a_code_has_its_page(tmp_path: Path) -> None:
    """`explain CODE` prints the page as it stands in the docs."""
    page = (ROOT / "docs" / "blockers" / "sg-egress.md").read_text(encoding="utf-8")

    assert page == run("explain", "sg-egress", cwd=tmp_path).out


def test_a_step_has_its_rules(tmp_path: Path) -> None:
    """`explain STEP`, the word of an unknown, lists what the step needs, and nothing of other steps."""
    told = run("explain", "logs", cwd=tmp_path).out

    assert {"logs"} == set(re.findall(r"^[\w-]+ \(([\w-]+)\): ", told, re.MULTILINE))


def test_a_page_for_programs(tmp_path: Path) -> None:
    """`explain CODE --format json` has the title and the page."""
    document = json.loads(run("explain", "platform-retired", "--format", "json", cwd=tmp_path).out)

    assert ("platform-retired", "docs/warnings/platform-retired.md") == (document["code"], document["docs"])
    assert document["page"].startswith("# platform-retired\n")


@pytest.mark.parametrize(
    ("words", "status", "says"),
    [
        (["sg-egrss"], 2, "did you mean: pullproof explain sg-egress"),
        (["nonsense"], 2, "nonsense is not the code of a finding"),
        (["The weather is fine today, is it not"], 4, "this is no message that we know"),
        (["  "], 2, "there is nothing to explain"),
    ],
)
def test_what_is_not_known_is_said(words: list[str], status: int, says: str, tmp_path: Path) -> None:
    """A code that is none is wrong usage, a message that is not known has a status of its own."""
    done = run("explain", *words, cwd=tmp_path)

    assert (status, "") == (done.status, done.out)
    assert says in done.err


def test_an_answer_can_be_saved(tmp_path: Path) -> None:
    """`--output` writes what would have been printed, plainly."""
    done = run("explain", MESSAGES["quota"][0], "--output", "answer.txt", cwd=tmp_path, FORCE_COLOR="1")

    assert (0, "", "") == (done.status, done.out, done.err)
    assert "not the network: capacity" in (tmp_path / "answer.txt").read_text(encoding="utf-8")
    assert "\x1b" not in (tmp_path / "answer.txt").read_text(encoding="utf-8")
