"""Finding Terraform, asking its version, and running it without credentials and without end."""

import os
import stat
import time
from pathlib import Path

import pytest

from pullproof.errors import ToolError
from pullproof.sources.terraform.mocked.tool import Tool, environment, find_tool, run

TOLD = """echo '{"terraform_version": "VERSION"}'"""


def program(folder: Path, name: str, script: str) -> Path:
    """A program that does what a shell script says."""
    path = folder / name
    path.write_text(f"#!/bin/sh\n{script}\n", encoding="utf-8")
    path.chmod(path.stat().st_mode | stat.S_IXUSR)
    return path


@pytest.fixture
def path(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An empty folder that is all of PATH."""
    monkeypatch.delenv("PULLPROOF_TERRAFORM", raising=False)
    monkeypatch.setenv("PATH", str(tmp_path))
    return tmp_path


@pytest.mark.parametrize(
    ("names", "expected"),
    [(["terraform"], "terraform"), (["tofu"], "tofu"), (["terraform", "tofu"], "terraform")],
)
def test_terraform_is_found_then_tofu(path: Path, names: list[str], expected: str) -> None:
    """Terraform is taken where there is one, and OpenTofu else."""
    for name in names:
        program(path, name, TOLD.replace("VERSION", "1.9.0"))
    found = find_tool()

    assert (expected, "1.9.0", str(path / expected)) == (found.name, found.version, found.program)


def test_another_program_may_be_named(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """An argument or a variable names the program; the argument is stronger."""
    first = program(path, "mine", TOLD.replace("VERSION", "1.9.0-beta1"))
    second = program(path, "my-tofu", TOLD.replace("VERSION", "1.8.1"))
    monkeypatch.setenv("PULLPROOF_TERRAFORM", str(first))

    assert ("terraform", "1.9.0-beta1") == (find_tool().name, find_tool().version)
    assert ("tofu", "1.8.1") == (find_tool(str(second)).name, find_tool(str(second)).version)


@pytest.mark.parametrize(
    ("name", "script", "problem", "remedy"),
    [
        (
            "terraform",
            TOLD.replace("VERSION", "1.6.6"),
            "terraform 1.6.6 cannot mock providers",
            "install terraform 1.7 or later",
        ),
        (
            "tofu",
            TOLD.replace("VERSION", "1.7.0"),
            "tofu 1.7.0 cannot mock providers",
            "install tofu 1.8 or later",
        ),
        ("terraform", "echo nonsense", "does not tell its version as Terraform does", ""),
        ("terraform", "echo '{}'", "does not tell its version as Terraform does", ""),
        ("terraform", "echo wrong >&2; exit 1", "does not tell its version as Terraform does", "wrong"),
    ],
)
def test_programs_that_will_not_do_are_refused(
    path: Path, name: str, script: str, problem: str, remedy: str
) -> None:
    """A program that is too old, or none of the two, is an error that names it."""
    program(path, name, script)

    with pytest.raises(ToolError) as caught:
        find_tool()

    assert (problem, str(path / name)) == (caught.value.problem, caught.value.place)
    assert remedy in caught.value.remedy


@pytest.mark.parametrize(
    ("asked", "problem"), [("", "neither terraform nor tofu is on PATH"), ("x", "there is no program x")]
)
def test_a_missing_program_is_told(path: Path, asked: str, problem: str) -> None:
    """Without any program, the error says what to install and what to do without one."""
    with pytest.raises(ToolError, match=problem) as caught:
        find_tool(asked)

    assert "terraform show -json tf.plan > plan.json" in caught.value.remedy


def test_a_program_that_cannot_be_started_is_told(path: Path) -> None:
    """A file that is no program is an error that names it."""
    broken = path / "terraform"
    broken.write_bytes(b"\x7fnonsense")
    broken.chmod(0o755)

    with pytest.raises(ToolError, match="cannot be started"):
        find_tool()


def test_a_program_without_end_is_ended(tmp_path: Path) -> None:
    """What is not done in time is ended, with everything it has started."""
    slow = program(tmp_path, "terraform", "/bin/sleep 60 & echo $! > child; wait")
    begin = time.monotonic()

    with pytest.raises(ToolError, match="terraform test is not done after 1 seconds"):
        run(Tool(str(slow), "1.9.0"), tmp_path, ["test"], 1)

    assert time.monotonic() - begin < 30
    child = int((tmp_path / "child").read_text(encoding="utf-8"))
    with pytest.raises(ProcessLookupError):
        _wait_for_end(child)


def _wait_for_end(process: int) -> None:
    for _ in range(100):
        os.kill(process, 0)
        state = Path(f"/proc/{process}/stat")
        if state.exists() and ") Z " in state.read_text(encoding="utf-8"):
            raise ProcessLookupError
        time.sleep(0.1)


def test_what_is_run_gives_status_and_text(tmp_path: Path) -> None:
    """Status, output and complaints are told."""
    failing = program(tmp_path, "terraform", "echo out; echo err >&2; exit 3")
    ran = run(Tool(str(failing), ""), tmp_path, [], 60)

    assert (3, b"out\n", "err\n") == (ran.status, ran.out, ran.err)


def test_credentials_are_kept_from_it() -> None:
    """Credentials and what would change how Terraform runs are left out; variables and its files stay."""
    found = environment(
        {
            "AWS_ACCESS_KEY_ID": "x",
            "AWS_PROFILE": "x",
            "TF_CLI_ARGS_test": "x",
            "TF_DATA_DIR": "x",
            "TF_LOG": "x",
            "TF_VAR_a": "x",
            "TF_CLI_CONFIG_FILE": "x",
            "TF_WORKSPACE": "x",
            "PATH": "x",
        }
    )

    assert {"TF_VAR_a", "TF_CLI_CONFIG_FILE", "TF_WORKSPACE", "PATH"} == {
        key for key, value in found.items() if value == "x"
    }
    assert "true" == found["AWS_EC2_METADATA_DISABLED"]
