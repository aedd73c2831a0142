"""`pullproof lab`: every action is there, takes what the docs say, and does what it is called."""

import json
import re
from argparse import Namespace
from collections.abc import Callable
from importlib import import_module
from pathlib import Path

import pytest

from pullproof.cli.lab import run
from pullproof.cli.lab.asking import trace
from pullproof.cli.lab.inside import execute
from pullproof.cli.lab.up import up
from pullproof.cli.lab.verify import verify
from pullproof.cli.parser import parse
from pullproof.errors import InputError, NothingToCheck, UsageError
from tools.repository import ROOT

#: Each action with the least that it needs.
LEAST = {
    "up": [],
    "env": [],
    "down": [],
    "list": [],
    "demo": [],
    "verify": ["plan.json"],
    "run-task": ["orders"],
    "ps": [],
    "logs": ["0123"],
    "exec": ["0123", "--", "ls", "-l", "--name"],
    "shell": [],
    "trace": ["0123", "--to", "h:443"],
    "flows": [],
    "push": ["busybox", "orders:v1"],
    "apply": ["dir"],
}
UNNAMED = {"list", "demo", "verify"}


@pytest.mark.parametrize("action", sorted(run.ACTIONS))
def test_every_action_is_read_and_leads_to_a_function(action: str) -> None:
    """With its least words it is understood, for the lab called default unless another is named."""
    options = parse(["lab", action, *LEAST[action]])
    module, name = run.ACTIONS[action]

    assert ("lab", action) == (options.command, options.action)
    assert callable(getattr(import_module(f"pullproof.cli.lab.{module}"), name))
    assert (None if action in UNNAMED else "default") == getattr(options, "name", None)
    if action not in UNNAMED:
        assert "x" == parse(["lab", action, "--name", "x", *LEAST[action]]).name


def test_the_parser_has_these_actions_and_the_docs_name_each() -> None:
    """No more and no fewer."""
    with pytest.raises(UsageError) as refused:
        parse(["lab", "nothing-like-it"])
    docs = (ROOT / "docs/lab.md").read_text(encoding="utf-8")

    assert refused.value.remedy == "pullproof lab --help"
    assert set(LEAST) == set(run.ACTIONS)
    assert [] == [action for action in run.ACTIONS if f"pullproof lab {action}" not in docs]


@pytest.mark.parametrize("action", [action for action, words in LEAST.items() if words])
def test_what_an_action_needs_is_asked_for(action: str) -> None:
    """Without it, the message names what is missing and where to read more."""
    with pytest.raises(UsageError, match="required") as refused:
        parse(["lab", action])

    assert f"pullproof lab {action} --help" in refused.value.remedy


@pytest.mark.parametrize(
    ("words", "expected"),
    [
        (["up"], {"time_scale": 0.02, "foreground": False, "no_tasks": False, "input": None}),
        (["up", "plan.json", "--no-tasks", "--time-scale", "0.5"], {"input": "plan.json", "no_tasks": True, "time_scale": 0.5}),
        (["demo"], {"time_scale": 0.01}),
        (["run-task", "orders", "--platform-version", "1.3.0"], {"launch": "orders", "platform_version": "1.3.0"}),
        (["shell"], {"task": ""}),
        (["exec", "t", "--", "sh", "-c", "x"], {"task": "t"}),
        (["trace", "t", "--to", "h"], {"target": "h"}),
        (["apply", "d", "--var", "a=1", "--var", "b=2"], {"var": ["a=1", "b=2"], "var_file": [], "destroy": False}),
        (["ps", "--format", "json"], {"format": "json"}),
    ],
)  # fmt: skip
def test_what_is_understood(words: list[str], expected: dict[str, object]) -> None:
    """Words, options and what they are when nothing is said."""
    options = vars(parse(["lab", *words]))

    assert expected == {name: options[name] for name in expected}


@pytest.mark.parametrize(
    ("words", "says"),
    [
        (["ps", "--format", "yaml"], "invalid choice: 'yaml'"),
        (["ps", "one"], "one input too many: one"),
        (["verify", "p", "--name", "x"], "has no option --name"),
        (["up", "a", "b"], "one input too many: b"),
    ],
)
def test_what_makes_no_sense_is_refused(words: list[str], says: str) -> None:
    """In a sentence, not a page of usage."""
    with pytest.raises(UsageError, match=re.escape(says)):
        parse(["lab", *words])


@pytest.mark.parametrize("scale", ["0", "-1", "1.01", "nan", "soon", ""])
@pytest.mark.parametrize("action", ["up", "demo"])
def test_a_scale_that_is_none(action: str, scale: str) -> None:
    """Time may not stand still, run backwards or be longer than AWS's."""
    with pytest.raises(UsageError, match="--time-scale: a number above 0, and 1 at most") as refused:
        parse(["lab", action, f"--time-scale={scale}"])

    assert f"pullproof lab {action} --help" == refused.value.remedy


@pytest.mark.parametrize("target", ["h:x", "h:0", "h:65536", "h:", ":x", "h:-1", "h:²"])
def test_a_connection_to_what_is_no_host_and_port(target: str) -> None:
    """It is refused before a lab is asked."""
    with pytest.raises(UsageError, match="no host and port"):
        trace(parse(["lab", "trace", "t", "--to", target]))


@pytest.mark.parametrize("words", [[], ["--"]])
def test_no_program_is_named(words: list[str]) -> None:
    """There is nothing to run in the container."""
    with pytest.raises(UsageError, match="no program is named"):
        execute(Namespace(words=words, task="t", name="default"))


def test_an_input_is_refused_before_anything_is_started(tmp_path: Path) -> None:
    """One that cannot be read, and one in which nothing runs a task."""
    with pytest.raises(InputError):
        verify(parse(["lab", "verify", f"{tmp_path}/none.json"]))
    with pytest.raises(InputError):
        up(parse(["lab", "up", f"{tmp_path}/none.json"]))


def a_plan(tmp_path: Path, **more: object) -> str:
    """A plan of nothing."""
    path = tmp_path / "plan.json"
    document = {"format_version": "1.2", "terraform_version": "1.9.0", "planned_values": {"root_module": {}}}
    path.write_text(json.dumps(document | more), encoding="utf-8")
    return str(path)


@pytest.mark.parametrize(("action", "do"), [("verify", verify), ("up", up)])
def test_an_input_without_a_region_is_refused_with_its_place(
    action: str, do: Callable[[Namespace], int], tmp_path: Path
) -> None:
    """No lab is started in a region that somebody made up."""
    plan = a_plan(tmp_path)
    with pytest.raises(InputError, match="region") as refused:
        do(parse(["lab", action, plan]))

    assert (plan, "--region eu-west-1") == (refused.value.place, refused.value.remedy)


def test_verify_wants_a_task(tmp_path: Path) -> None:
    """With a region, an input that runs nothing says so."""
    with pytest.raises(NothingToCheck):
        verify(parse(["lab", "verify", a_plan(tmp_path), "--region", "eu-west-1"]))


def test_help_of_every_action_is_there(capsys: pytest.CaptureFixture[str]) -> None:
    """Each has a sentence of its own."""
    said = set()
    for action in run.ACTIONS:
        with pytest.raises(SystemExit):
            parse(["lab", action, "--help"])
        said.add(capsys.readouterr().out.partition("\n\n")[2].partition("\n\n")[0])

    assert len(run.ACTIONS) == len(said)
