"""Completion scripts: made from the parser, and read by their shells."""

import shutil
import subprocess
from pathlib import Path

import pytest

from pullproof.cli.commands import COMMANDS
from pullproof.cli.completion import completion
from pullproof.cli.parser import build, flags, parse
from tests.conftest import do_without

COMPLETE = """
source "$1"
COMP_WORDS=({words})
COMP_CWORD={place}
compgen() {{ builtin compgen "$@"; }}
_pullproof
printf '%s\\n' "${{COMPREPLY[@]}}"
"""


def script(shell: str, capsys: pytest.CaptureFixture[str]) -> str:
    """The script for a shell."""
    assert not completion(parse(["completion", shell]))
    return capsys.readouterr().out


@pytest.mark.parametrize("shell", ["bash", "zsh", "fish"])
def test_a_script_knows_every_command_and_option(shell: str, capsys: pytest.CaptureFixture[str]) -> None:
    """Whatever the parser takes is offered."""
    text = script(shell, capsys)
    options = {flag for command in build()[1].values() for flag in flags(command) if flag.startswith("--")}
    shown = text.replace("-l ", "--") if shell == "fish" else text

    assert [] == [name for name in (*COMMANDS, *sorted(options)) if name not in shown]


@pytest.mark.parametrize("shell", ["bash", "zsh", "fish"])
def test_a_script_is_read_by_its_shell(
    shell: str, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    """The shell finds no fault in the script; bash is always there, the others are asked where they are."""
    text = script(shell, capsys)
    program = shutil.which(shell)
    if program is None and shell != "bash":
        do_without(f"{shell} is not installed: its script was compared with the parser only")
    assert program
    file = tmp_path / "script"
    file.write_text(text, encoding="utf-8")
    done = subprocess.run([program, "-n", str(file)], capture_output=True, text=True, check=False)

    assert (0, "") == (done.returncode, done.stderr)


@pytest.mark.parametrize(
    ("words", "expected"),
    [
        ("pullproof ch", {"check"}),
        ("pullproof check --form", {"--format"}),
        ("pullproof check --format js", {"json"}),
        ("pullproof explain sg-", {"sg-egress", "sg-ingress"}),
        ("pullproof completion f", {"fish"}),
        ("pullproof fix --format t", {"terminal", "terraform"}),
        ("pullproof policy --format t", {"terraform"}),
        ("pullproof schema co", {"cost"}),
        ("pullproof lab ver", {"verify"}),
        ("pullproof lab up --time", {"--time-scale"}),
    ],
)
def test_bash_completes(
    words: str, expected: set[str], capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    """A word that was begun is completed from what may stand there."""
    file = tmp_path / "script"
    file.write_text(script("bash", capsys), encoding="utf-8")
    code = COMPLETE.format(words=words, place=len(words.split()) - 1)
    done = subprocess.run(
        ["bash", "--norc", "-c", code, "bash", str(file)],
        cwd=tmp_path,
        capture_output=True,
        text=True,
        check=True,
    )

    assert expected == set(done.stdout.split())
