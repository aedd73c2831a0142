"""From INPUT to a source: which one is asked, with what, and what is said when there is no such file."""

import io
from argparse import Namespace
from pathlib import Path
from types import SimpleNamespace

import pytest

from pullproof.cli.loading import load, read
from pullproof.cli.parser import parse
from pullproof.errors import InputError, UsageError
from pullproof.sources.base import Loaded, Options
from tests.unit.cli.stand_in import loaded

PLAN = '{"format_version":"1.2","terraform_version":"1.11.4","planned_values":{"root_module":{}},"resource_changes":[]}'
STATE = '{"format_version":"1.0","terraform_version":"1.11.4","values":{"root_module":{}}}'


def check(*words: str) -> Namespace:
    """The options of `check`."""
    return parse(["check", *words])


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        (PLAN, "terraform-plan"),
        (STATE, "terraform-state"),
        ('{"version":4,"lineage":"ab","resources":[]}', "terraform-state"),
    ],
)
@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16"])
def test_a_file_is_read_by_its_content(text: str, kind: str, encoding: str, tmp_path: Path) -> None:
    """Whatever a file is called and however it is encoded, its content decides who reads it."""
    file = tmp_path / "some.file"
    file.write_text(text, encoding=encoding)

    assert (kind, str(file)) == ((found := load(check(str(file)))).kind, found.path)


def test_standard_input_is_read(monkeypatch: pytest.MonkeyPatch) -> None:
    """`-` is what comes through the pipe."""
    monkeypatch.setattr("sys.stdin", SimpleNamespace(buffer=io.BytesIO(PLAN.encode())))

    assert ("terraform-plan", "-") == ((found := load(check("-"))).kind, found.path)


def test_a_pipe_that_is_closed_is_empty(monkeypatch: pytest.MonkeyPatch) -> None:
    """Without standard input there is nothing in it."""
    monkeypatch.setattr("sys.stdin", None)

    with pytest.raises(InputError, match="the file is empty"):
        load(check("-"))


def test_a_directory_is_given_to_terraform(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A directory goes to the source of directories, with its variables."""
    asked = []

    def directory(path: str, options: Options, *, variables: list[str], files: list[str]) -> Loaded:
        asked.append((path, options, variables, files))
        return loaded()

    monkeypatch.setattr("pullproof.sources.terraform.directory.load_directory", directory)
    load(
        check(
            str(tmp_path), "--var", "a=1", "--var", "b=2", "--var-file", "x.tfvars", "--region", "eu-west-1"
        )
    )

    assert [(str(tmp_path), Options(region="eu-west-1"), ["a=1", "b=2"], ["x.tfvars"])] == asked


@pytest.mark.parametrize(
    ("name", "words", "says"),
    [
        ("plan.json", ("--var", "a=1"), "--var goes with a Terraform directory"),
        ("plan.json", ("--var-file", "a"), "--var-file goes with a Terraform directory"),
        ("state.json", ("--source", "."), "--source goes with a plan"),
        (".", ("--source", "."), "--source goes with a plan"),
        ("plan.json", ("--source", ".", "--no-source"), "--source and --no-source exclude each other"),
    ],
)
def test_options_that_do_not_go_together_are_refused(
    name: str, words: tuple[str, ...], says: str, tmp_path: Path
) -> None:
    """An option that would be ignored is an error instead."""
    (tmp_path / "plan.json").write_text(PLAN, encoding="utf-8")
    (tmp_path / "state.json").write_text(STATE, encoding="utf-8")

    with pytest.raises(UsageError, match=says):
        load(check(str(tmp_path / name), *words))


@pytest.mark.parametrize(
    ("error", "says"),
    [
        (FileNotFoundError(2, "No such file or directory"), "there is no such file or directory"),
        (PermissionError(13, "Permission denied"), "this may not be read"),
        (OSError(5, "Input/output error"), "this cannot be read: Input/output error"),
    ],
)
def test_a_file_that_cannot_be_read_is_said(
    error: OSError, says: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The message is ours, not Python's."""

    def refuse(*_: object) -> None:
        raise error

    monkeypatch.setattr("builtins.open", refuse)

    with pytest.raises(InputError, match=says):
        read("plan.json")


@pytest.mark.parametrize(
    ("path", "remedy"),
    [
        ("infra/paln.json", "did you mean: infra/plan.json"),
        ("infra/other", "pullproof check plan.json"),
        ("nowhere/plan.json", "pullproof check plan.json"),
    ],
)
def test_a_file_of_nearly_that_name_is_suggested(
    path: str, remedy: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A misspelt name is put right if something of nearly that name is there."""
    (tmp_path / "infra").mkdir()
    (tmp_path / "infra" / "plan.json").touch()
    monkeypatch.chdir(tmp_path)

    with pytest.raises(InputError) as raised:
        read(path)

    assert remedy == raised.value.remedy
