"""A command that is named as the next one reads the input as this one did."""

import json
import shlex
import shutil
from argparse import Namespace
from pathlib import Path

import pytest

from pullproof.cli.again import READING, reading, typed
from pullproof.cli.parser import parse
from tests.cli.test_why import PLANS
from tests.scenarios.judge import run
from tests.unit.explain.messages import MESSAGES

LOGIN = MESSAGES["ecr-auth-retried"][0]
WHERE = ("--no-source", "--region", "eu-west-1")


def test_every_option_is_one_of_the_commands_that_read() -> None:
    """What is repeated can be given to `fix`, with a value or without one."""
    for flag in READING:
        words = [flag] if flag in ("--no-source", "--synth", "--live") else [flag, "value"]

        assert words == reading(parse(["fix", "plan.json", *words])).split()


def test_what_was_not_given_is_not_repeated() -> None:
    """Nor is a parameter or a variable, which may be a secret."""
    words = [
        "check",
        "a b.yaml",
        "c.yaml",
        "--parameter",
        "Password=hush",
        "--var-file",
        "x",
        "--var-file",
        "y z",
    ]

    found = typed(parse(words))

    assert "'a b.yaml' c.yaml --var-file x --var-file 'y z'" == found
    assert "" == reading(Namespace(input="x"))


@pytest.mark.parametrize("form", ["terminal", "json"])
def test_why_and_check_and_fix_repeat_what_they_were_given(form: str, tmp_path: Path) -> None:
    """The pointer of each can be typed as it stands."""
    shutil.copy(PLANS / "E08-endpoint-ingress/broken-port.json", tmp_path / "plan.json")
    wanted = f"pullproof fix plan.json {' '.join(WHERE)}"

    _, why, _ = run(tmp_path, "why", "plan.json", *WHERE, "--text", LOGIN, "--format", form)
    _, check, _ = run(tmp_path, "check", "plan.json", *WHERE)
    _, fix, _ = run(tmp_path, "fix", "plan.json", *WHERE)

    told = json.loads(why)["failures"][0]["messages"][0]["fix"] if form == "json" else " ".join(why.split())
    assert f"{wanted} --for aws_ecs_service.app" in told
    assert f"{wanted} offers" in " ".join(check.split())
    assert f"{wanted} --diff" in " ".join(fix.split())
    assert 2 != run(tmp_path, *shlex.split(f"{wanted} --for aws_ecs_service.app")[1:])[0]


def test_an_input_that_tells_no_failure_is_asked_for_as_it_was_read(tmp_path: Path) -> None:
    """The remedy of `why` as well."""
    shutil.copy(PLANS / "E08-endpoint-ingress/broken-port.json", tmp_path / "plan.json")

    status, _, err = run(tmp_path, "why", "plan.json", *WHERE)

    assert 2 == status
    assert f"pullproof why plan.json {' '.join(WHERE)} --text" in " ".join(err.split())
