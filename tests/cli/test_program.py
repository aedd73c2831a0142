"""The program from outside: versions, schemas, lists, wrong questions, faults of ours."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from pullproof import __version__
from pullproof.launch.catalogue import CATALOGUE
from tests import golden
from tests.cli.program import run
from tools.repository import ROOT

HERE = Path(__file__).parent


@pytest.mark.parametrize("words", [["--version"], ["-V"], ["version"]])
def test_the_version_is_told(words: list[str], tmp_path: Path) -> None:
    """Every way of asking gives the same line."""
    done = run(*words, cwd=tmp_path)

    assert (0, f"pullproof {__version__}\n", "") == (done.status, done.out, done.err)


@pytest.mark.parametrize("words", [["--version", "version"], ["-V", "version"]])
def test_the_version_is_told_among_other_words(words: list[str], tmp_path: Path) -> None:
    """The parser knows the option too."""
    assert f"pullproof {__version__}\n" == run(*words, cwd=tmp_path).out


def test_the_schema_is_printed(tmp_path: Path) -> None:
    """`schema` prints the published file."""
    published = (ROOT / "docs" / "schema" / "report-v1.schema.json").read_text(encoding="utf-8")

    assert published == run("schema", cwd=tmp_path).out
    assert published == run("schema", "check", cwd=tmp_path).out
    for name in ("fix", "cost", "why"):
        assert f"pullproof {name}, version 1" == json.loads(run("schema", name, cwd=tmp_path).out)["title"]


def test_the_rules_are_listed(tmp_path: Path) -> None:
    """`rules` has every row of the catalogue, for people and for programs."""
    told = run("rules", cwd=tmp_path).out
    document = json.loads(run("rules", "--format", "json", cwd=tmp_path).out)

    assert [] == [rule.id for rule in CATALOGUE if f"{rule.id} ({rule.step}): {rule.title}" not in told]
    assert [rule.id for rule in CATALOGUE] == [row["id"] for row in document["rules"]]
    assert [] == [row["id"] for row in document["rules"] if not row["doc"] or not row["checked_on"]]


WRONG: dict[str, list[str]] = {
    "nothing": [],
    "command": ["chekc", "plan.json"],
    "option": ["check", "plan.json", "--formt", "json"],
    "missing-input": ["check"],
    "no-such-file": ["check", "paln.json"],
    "two-inputs": ["check", "plan.json", "plan.json"],
    "format": ["check", "plan.json", "--format", "xml"],
    "platform": ["check", "plan.json", "--platform-version", "2.0"],
    "not-json": ["check", "notes.txt"],
    "binary-plan": ["check", "tf.plan"],
    "template": ["check", "template.yaml"],
    "truncated": ["check", "cut.json"],
    "configuration": ["check", "main.tf"],
    "variable-of-a-plan": ["check", "plan.json", "--var", "a=1"],
    "source-of-a-directory": ["check", ".", "--source", "x"],
    "folder-for-output": ["rules", "--output", "none/rules.txt"],
}


@pytest.fixture
def inputs(tmp_path: Path) -> Path:
    """A folder with one file of each wrong kind."""
    plan = '{"format_version":"1.2","terraform_version":"1.11.4","planned_values":{"root_module":{}},"resource_changes":[]}'
    (tmp_path / "plan.json").write_text(plan, encoding="utf-8")
    (tmp_path / "cut.json").write_text(plan[:-20], encoding="utf-8")
    (tmp_path / "notes.txt").write_text("to do\n", encoding="utf-8")
    (tmp_path / "tf.plan").write_bytes(b"PK\x03\x04tfplan")
    (tmp_path / "template.yaml").write_text("Resources:\n  A: 1\n", encoding="utf-8")
    (tmp_path / "main.tf").write_text('resource "aws_vpc" "main" {\n}\n', encoding="utf-8")
    return tmp_path


@pytest.mark.parametrize("name", WRONG)
def test_a_wrong_question_has_its_screen(name: str, inputs: Path) -> None:
    """The status is 2, nothing is on standard output, and the screen says what to do."""
    done = run(*WRONG[name], cwd=inputs)

    assert (2, "") == (done.status, done.out)
    golden.check(HERE / "golden" / f"wrong-{name}.txt", done.err)


def broken(tmp_path: Path, fault: str) -> Path:
    """A folder whose `sitecustomize` makes the program fail in a way of ours."""
    (tmp_path / "sitecustomize.py").write_text(
        f"import pullproof.cli.run as run\n\n\ndef dispatch(options):\n    raise {fault}\n\n\nrun.dispatch = dispatch\n",
        encoding="utf-8",
    )
    return tmp_path


@pytest.mark.parametrize("debug", ["", "1"])
def test_a_fault_of_ours_is_no_traceback(debug: str, tmp_path: Path) -> None:
    """An exception that nobody expected has a status and a screen of its own; the traceback is for who asks."""
    place = broken(tmp_path, "KeyError('aws_vpc.x')")
    done = run("rules", cwd=tmp_path, PYTHONPATH=str(place), PULLPROOF_DEBUG=debug)

    assert (70, "") == (done.status, done.out)
    assert "pullproof itself is at fault: KeyError: 'aws_vpc.x'" in done.err
    assert bool(debug) is ("Traceback (most recent call last)" in done.err)


@pytest.mark.parametrize(("fault", "status"), [("KeyboardInterrupt", 130), ("RecursionError('too deep')", 2)])
def test_other_ends_have_their_status(fault: str, status: int, tmp_path: Path) -> None:
    """An interruption is quiet, and input without a bottom is input that cannot be read."""
    done = run("rules", cwd=tmp_path, PYTHONPATH=str(broken(tmp_path, fault)))

    assert (status, "") == (done.status, done.out)
    assert "Traceback" not in done.err
    assert (status == 2) is ("the input is nested too deeply" in done.err)


def test_a_reader_that_goes_away_is_no_fault(tmp_path: Path) -> None:
    """`pullproof rules | head -1` prints one line and no complaint."""
    code = f"{sys.executable} -m pullproof rules | head -c 1; exit ${{PIPESTATUS[0]}}"
    done = subprocess.run(["bash", "-c", code], cwd=tmp_path, capture_output=True, text=True, check=False)

    assert (0, "") == (done.returncode, done.stderr)


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="this system has no device that is always full")
def test_a_full_disk_is_said(tmp_path: Path) -> None:
    """A report that could not be written is an error, not a success."""
    with Path("/dev/full").open("w", encoding="utf-8") as full:
        done = subprocess.run(
            [sys.executable, "-m", "pullproof", "rules"],
            cwd=tmp_path,
            env=dict(os.environ) | {"COLUMNS": "100"},
            stdout=full,
            stderr=subprocess.PIPE,
            text=True,
            check=False,
        )

    assert 2 == done.returncode
    assert "the report cannot be written: No space left on device" in done.stderr


def test_signs_are_plain_where_the_encoding_is(inputs: Path) -> None:
    """In an encoding without check marks the program still prints."""
    done = run("rules", cwd=inputs, PYTHONIOENCODING="ascii")

    assert 0 == done.status
    assert done.out.isascii()
