"""`lab apply`: the copy that Terraform works in, and what is said when it does not work."""

import os
import re
import signal
import socket
import stat
import threading
import time
from argparse import Namespace
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from pullproof.cli.lab.apply import apply, environment_of
from pullproof.cli.lab.copying import copied
from pullproof.cli.lab.terraform import scratch_for
from pullproof.errors import InputError, ToolError, UsageError

MAIN = 'provider "aws" {\n  region = "eu-west-1"\n  default_tags {\n    tags = {}\n  }\n}\n'
ALIAS = 'provider "aws" {\n  assume_role {\n    role_arn = "x"\n  }\n  alias = "other"\n}\n'


class FakeRemote:
    """A lab that answers from a dictionary; `dead` ends after so many questions."""

    def __init__(self, name: str, dead: int = 99) -> None:
        self.name = name
        self.states: dict[str, str] = {}
        self.dead = dead
        self.launches = ["shop/orders"]
        self.line, self._lab = socket.socketpair()

    def fileno(self) -> int:
        """What is readable once it has ended."""
        return self.line.fileno()

    def end(self) -> None:
        """It ends."""
        self._lab.close()

    def one(self, what: str, **given: Any) -> dict[str, Any]:
        """An answer."""
        self.dead -= 1
        if self.dead < 0:
            raise ToolError("the lab ended before it had answered")
        if what == "keys":
            return {"api": "http://127.77.0.1:1", "region": "eu-west-1", "id": "AKIA1", "secret": "s"}
        if what == "status":
            return {
                "region": "eu-west-1",
                "followed": 1,
                "changes": 1,
                "trouble": "",
                "launches": self.launches,
            }
        if "text" in given:
            self.states[given["directory"]] = given["text"]
        return {"text": self.states.get(given["directory"], "")}


@pytest.fixture
def remote(needs_lab: None, monkeypatch: pytest.MonkeyPatch) -> Iterator[FakeRemote]:
    """The lab that `lab apply` finds."""
    held = FakeRemote("default")
    monkeypatch.setattr("pullproof.lab.remote.Remote", lambda _: held)
    yield held
    held.end()
    held.line.close()


def _options(directory: Path, **more: Any) -> Namespace:
    plain = {"name": "default", "var": [], "var_file": [], "destroy": False, "state_of": None}
    return Namespace(directory=str(directory), **(plain | more))


def _terraform(folder: Path, script: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """A program that stands in for Terraform."""
    program = folder / "terraform"
    program.write_text(f"#!/bin/sh\n{script}\n", encoding="utf-8")
    program.chmod(program.stat().st_mode | stat.S_IEXEC)
    monkeypatch.setenv("PULLPROOF_TERRAFORM", str(program))


def _directory(tmp_path: Path, text: str = MAIN) -> Path:
    directory = tmp_path / "infra"
    directory.mkdir()
    (directory / "main.tf").write_text(text, encoding="utf-8")
    return directory


def test_the_copy_holds_the_modules_beside_the_directory(tmp_path: Path) -> None:
    """What a module's relative path leads to comes along; caches and states stay behind."""
    (tmp_path / "repo").mkdir()
    directory = _directory(tmp_path / "repo")
    (directory / "vpc.tf").write_text('module "vpc" {\n  source = "../modules/vpc"\n}\n', encoding="utf-8")
    (directory / "terraform.tfstate").write_text("{}", encoding="utf-8")
    (tmp_path / "repo" / "modules" / "vpc").mkdir(parents=True)
    (tmp_path / "repo" / "modules" / "vpc" / "main.tf").write_text("", encoding="utf-8")
    (tmp_path / "scratch").mkdir()

    copy = copied(directory, tmp_path / "scratch")

    assert (copy / ".." / "modules" / "vpc" / "main.tf").is_file()
    assert not (copy / "terraform.tfstate").exists()
    assert ["main.tf", "terraform.tfstate", "vpc.tf"] == sorted(each.name for each in directory.iterdir())


@pytest.mark.parametrize(
    ("text", "overridden"),
    [(MAIN, [""]), (ALIAS, ["other"]), (ALIAS + MAIN, ["", "other"]), ("", [])],
)
def test_providers_that_are_configured_are_overridden(
    tmp_path: Path, text: str, overridden: list[str]
) -> None:
    """Each by its alias; Terraform refuses to override what is not there: then one stands in a file of its own."""
    copy = copied(_directory(tmp_path, text), tmp_path, "AKIA1", "secret")
    written = (copy / "pullproof_lab_override.tf").read_text(encoding="utf-8")
    own = copy / "pullproof_lab.tf"

    assert (
        len(overridden) == written.count("provider") == written.count('access_key                  = "AKIA1"')
    )
    assert [name for name in overridden if name] == re.findall(r'alias += "(.*)"', written)
    assert own.exists() is ("" not in overridden)
    assert not own.exists() or 'secret_key                  = "secret"' in own.read_text(encoding="utf-8")


def test_the_lab_is_the_only_aws_that_terraform_knows(monkeypatch: pytest.MonkeyPatch) -> None:
    """No credentials, profile or endpoint of the user's are handed on; Terraform's own settings are."""
    for name in ("AWS_PROFILE", "AWS_SESSION_TOKEN", "AWS_ENDPOINT_URL_S3", "TF_CLI_CONFIG_FILE"):
        monkeypatch.setenv(name, "mine")

    found = environment_of({"AWS_ENDPOINT_URL": "http://127.77.0.1:1"})

    assert "mine" == found["TF_CLI_CONFIG_FILE"]
    assert [] == [name for name, value in found.items() if name.startswith("AWS_") and value == "mine"]
    assert (os.devnull, "http://127.77.0.1:1") == (found["AWS_CONFIG_FILE"], found["AWS_ENDPOINT_URL"])


def test_a_state_goes_on_in_another_directory(
    tmp_path: Path, remote: FakeRemote, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The state that Terraform leaves is the lab's, and comes back, also to another directory that asks for it."""
    first = _directory(tmp_path)
    second = tmp_path / "second"
    second.mkdir()
    (second / "main.tf").write_text(MAIN, encoding="utf-8")
    script = 'if [ "$1" = apply ]; then printf x >> terraform.tfstate; fi'
    _terraform(tmp_path, script, monkeypatch)

    status = [apply(_options(first)), apply(_options(second, state_of=str(first))), apply(_options(second))]

    assert [0, 0, 0] == status
    assert {str(first): "xx", str(second): "x"} == remote.states
    assert ["main.tf"] == [each.name for each in first.iterdir()]


def test_what_was_applied_elsewhere_is_said(
    tmp_path: Path, remote: FakeRemote, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    """A configuration of another region leaves the lab without a service."""
    remote.launches = []
    _terraform(tmp_path, "exit 0", monkeypatch)

    apply(_options(_directory(tmp_path)))

    assert "no service is in eu-west-1" in capfd.readouterr().err


def test_words_and_files_of_variables_reach_terraform(
    tmp_path: Path, remote: FakeRemote, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    """Variables come as they were given, files of variables from where the user is."""
    _terraform(tmp_path, 'if [ "$1" = destroy ]; then printf "%s\\n" "$@"; fi', monkeypatch)
    monkeypatch.chdir(tmp_path)
    options = _options(_directory(tmp_path), var=["a=b c"], var_file=["x.tfvars"], destroy=True)

    apply(options)

    assert {} == remote.states
    said = capfd.readouterr().out.splitlines()
    assert ["destroy", "-auto-approve", "-input=false", "-no-color"] == said[:4]
    assert [f"-var-file={tmp_path / 'x.tfvars'}", "-var=a=b c"] == said[4:6]


def test_what_terraform_says_is_shown_when_it_fails(
    tmp_path: Path, remote: FakeRemote, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    """A failed `init` is quiet no longer, a failed `apply` keeps the state of what was made."""
    directory = _directory(tmp_path)
    _terraform(tmp_path, 'echo "no such provider"; exit 1', monkeypatch)
    with pytest.raises(ToolError, match="terraform init failed"):
        apply(_options(directory))
    init = capfd.readouterr().err
    _terraform(tmp_path, 'if [ "$1" = apply ]; then printf half > terraform.tfstate; exit 1; fi', monkeypatch)
    with pytest.raises(ToolError, match="terraform apply failed"):
        apply(_options(directory))

    assert "no such provider" in init
    assert {str(directory): "half"} == remote.states


def test_a_lab_that_ends_meanwhile_does_not_hide_what_happened(
    tmp_path: Path, remote: FakeRemote, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    """Terraform's failure is the error; that the state is lost is said beside it."""
    _terraform(tmp_path, 'printf x > terraform.tfstate; [ "$1" = init ]', monkeypatch)
    remote.dead = 2

    with pytest.raises(ToolError, match="terraform apply failed"):
        apply(_options(_directory(tmp_path)))

    assert "the state is not kept: the lab ended before it had answered" in capfd.readouterr().err


def test_a_terraform_that_does_not_end_when_it_is_asked_to_is_ended(
    tmp_path: Path, remote: FakeRemote, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It has a while, and no longer; whoever asked is told that it was interrupted."""
    monkeypatch.setattr("pullproof.cli.lab.terraform.GRACE", 0.2)
    started = tmp_path / "started"
    _terraform(
        tmp_path,
        f'trap : INT; [ "$1" = init ] && exit; touch {started}; while :; do sleep 616; done',
        monkeypatch,
    )

    def ask() -> None:
        while not started.exists():
            time.sleep(0.01)
        os.kill(os.getpid(), signal.SIGINT)

    threading.Thread(target=ask, daemon=True).start()
    with pytest.raises(KeyboardInterrupt):
        apply(_options(_directory(tmp_path)))

    assert {} == remote.states


def test_a_lab_that_has_ended_ends_terraform(
    tmp_path: Path, remote: FakeRemote, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Nobody waits for what has no lab to work on."""
    remote.end()
    _terraform(tmp_path, "sleep 616", monkeypatch)

    with pytest.raises(ToolError, match="the lab ended while Terraform worked on it"):
        apply(_options(_directory(tmp_path)))


def test_the_copy_lies_where_nothing_is_hidden_that_is_needed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A folder that holds the directory, or a file of variables, is not covered; without any there is no copy."""
    one, two = tmp_path / "one", tmp_path / "two"
    (one / "infra").mkdir(parents=True)
    monkeypatch.setattr("pullproof.cli.lab.terraform.SCRATCH", (str(tmp_path / "no"), str(one), str(two)))
    with pytest.raises(ToolError, match="no folder over which a copy could be laid"):
        scratch_for([one / "infra"])
    two.mkdir()

    assert [two, one] == [scratch_for([one / "infra"]), scratch_for([tmp_path])]


def test_without_terraform_a_directory_or_a_lab_the_remedy_is_named(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Each thing that is missing has its own words."""
    with pytest.raises(InputError, match="no Terraform configuration"):
        apply(_options(tmp_path))
    directory = _directory(tmp_path)
    monkeypatch.setenv("PULLPROOF_TERRAFORM", str(tmp_path / "nothing"))
    with pytest.raises(ToolError, match="no terraform on PATH"):
        apply(_options(directory))
    _terraform(tmp_path, "exit 0", monkeypatch)
    with pytest.raises(UsageError, match="no lab called never-started runs"):
        apply(_options(directory, name="never-started"))
