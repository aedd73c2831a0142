"""The commands around a live account: what they print, what they refuse, what a terminal shows meanwhile."""

import io
import json
import sys
from pathlib import Path
from typing import Any

import pytest

from bench.account import ACCOUNT, Account
from pullproof.cli import live as cli
from pullproof.cli.main import main
from pullproof.sources.live import gather as gathering
from pullproof.sources.live.boto import Caller, Login
from pullproof.sources.live.values import Kind, Trouble


@pytest.fixture
def account(monkeypatch: pytest.MonkeyPatch) -> Account:
    """An account in memory, for whoever logs in; it remembers how."""
    found = Account()
    logins: list[Login] = []

    def log_in(login: Login) -> Caller:
        logins.append(login)
        regions = login.regions or found.regions
        return Caller(asker=found, regions=regions, account=ACCOUNT, partition="aws")  # type: ignore[arg-type]

    monkeypatch.setattr(gathering, "log_in", log_in)
    monkeypatch.setattr(found, "logins", logins, raising=False)
    return found


def logged_in(account: Account) -> Login:
    login: Login = account.logins[-1]  # type: ignore[attr-defined]
    return login


def test_options_say_who_asks(account: Account, capsys: pytest.CaptureFixture[str]) -> None:
    """Regions with commas, a profile, a role and another address are handed to the login."""
    words = ["--region", "eu-west-1, eu-west-1", "--profile", "p", "--role-arn", "r", "--endpoint-url", "u"]

    assert 0 == main(["check", "aws://shop", *words])
    expected = Login(regions=("eu-west-1",), profile="p", role_arn="r", endpoint_url="u")
    assert expected == logged_in(account)


def test_an_arn_names_the_region(account: Account, capsys: pytest.CaptureFixture[str]) -> None:
    """Where no region is given, that of the ARN is asked."""
    assert 0 == main(["check", f"aws://arn:aws:ecs:eu-west-1:{ACCOUNT}:service/shop/web0"])
    assert ("eu-west-1",) == logged_in(account).regions


@pytest.mark.parametrize(
    "words",
    [
        ["upgrade", "aws://shop"],
        ["path", "aws://shop", "--from", "shop/web0", "--to", "api.ecr.eu-west-1.amazonaws.com:443"],
    ],
)
def test_other_commands_read_an_account_too(
    words: list[str], account: Account, capsys: pytest.CaptureFixture[str]
) -> None:
    """Whatever reads an input reads an account."""
    assert 0 == main(words), capsys.readouterr().err


@pytest.mark.parametrize(
    ("words", "says"),
    [
        (["check", "plan.json", "--profile", "p"], "--profile goes with an account"),
        (["check", "aws://shop", "--var", "a=b"], "--var goes with a Terraform directory"),
        (["check", "aws://shop", "--source", "."], "--source goes with a plan"),
        (["check", "aws://a/b/c"], "no address"),
        (["snapshot", "plan.json", "--out", "x"], "no account"),
    ],
)
def test_what_does_not_go_together_is_refused(
    words: list[str], says: str, capsys: pytest.CaptureFixture[str]
) -> None:
    """The message says what the option goes with."""
    assert 2 == main(words)
    assert says in capsys.readouterr().err


def test_a_snapshot_says_what_it_lacks(
    account: Account, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """What was denied is printed, stored, and shown again when the snapshot is checked."""
    account.instead["kms:ListAliases"] = account.instead["ec2:DescribeNatGateways"] = Trouble(
        kind=Kind.DENIED, code="UnauthorizedOperation", message="no"
    )
    out = str(tmp_path / "kept")

    assert 0 == main(["snapshot", "aws://shop", "--out", out])
    said = capsys.readouterr()
    assert "not told: NatGateways" in said.err
    assert "allow ec2:DescribeNatGateways to the caller" in said.err
    assert out in said.out
    manifest = json.loads((tmp_path / "kept" / "pullproof-snapshot.json").read_text())
    assert ["NatGateways"] == list(manifest["denied"][f"{ACCOUNT}/eu-west-1"])
    assert 0 == main(["check", out])
    assert "allow ec2:DescribeNatGateways to the caller" in " ".join(capsys.readouterr().out.split())


def test_a_folder_of_something_else_is_refused_before_anybody_is_asked(
    account: Account, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """No call is made for a snapshot that could not be written."""
    (tmp_path / "main.tf").touch()

    assert 2 == main(["snapshot", "aws://shop", "--out", str(tmp_path)])
    assert "something else than a snapshot" in " ".join(capsys.readouterr().err.split())
    assert [] == account.asked


class Screen(io.StringIO):
    """A terminal, as far as the bar asks."""

    def isatty(self) -> bool:
        return True


def shown(monkeypatch: pytest.MonkeyPatch, stream: Any) -> str:
    """What a bar writes that is drawn at every step."""
    monkeypatch.setattr(sys, "stderr", stream)
    monkeypatch.setattr(cli, "OFTEN", 0.0)
    with cli.Bar() as bar:
        bar.show(1, 4)
        bar.show(4, 4)
    text: str = stream.getvalue()
    return text


def test_a_terminal_shows_the_progress(monkeypatch: pytest.MonkeyPatch) -> None:
    """One line, drawn again and again, and gone in the end."""
    monkeypatch.delenv("CI", raising=False)
    lines = shown(monkeypatch, Screen()).split("\r")

    assert ["1 of 4 calls", "4 of 4 calls"] == [line.partition("] ")[2][:12] for line in lines[1:3]]
    assert "\x1b[K" == lines[-1]


def test_nobody_else_does(monkeypatch: pytest.MonkeyPatch) -> None:
    """Neither in CI nor through a pipe is anything drawn."""
    monkeypatch.setenv("CI", "true")
    assert "" == shown(monkeypatch, Screen())
    monkeypatch.delenv("CI")
    assert "" == shown(monkeypatch, io.StringIO())


def test_a_bar_that_was_drawn_a_moment_ago_waits(monkeypatch: pytest.MonkeyPatch) -> None:
    """A thousand quick answers do not flood the terminal."""
    monkeypatch.delenv("CI", raising=False)
    screen = Screen()
    monkeypatch.setattr(sys, "stderr", screen)
    with cli.Bar() as bar:
        for done in range(1000):
            bar.show(done, 1000)

    assert screen.getvalue().count("\r") < 20
