"""Error screens: one golden for each kind, and nothing hostile in any."""

from pathlib import Path

import pytest

from pullproof.cli.screens import bug, fatal
from pullproof.errors import InputError, NothingToCheck, PullproofError, ToolError, UsageError
from pullproof.report.look import Look
from tests import golden

HERE = Path(__file__).parent

ERRORS: dict[str, PullproofError] = {
    "usage": UsageError(
        "pullproof check has no option --formt", remedy="did you mean: pullproof check --format"
    ),
    "input": InputError(
        "this is a binary plan", place="tf.plan", remedy="terraform show -json tf.plan > plan.json"
    ),
    "tool": ToolError(
        "neither terraform nor tofu is on PATH",
        remedy="install one of them, or\npass the JSON of a plan: pullproof check plan.json",
    ),
    "nothing": NothingToCheck("nothing in the input runs a task on Fargate", place="plan.json"),
    "long": InputError("a problem " * 20 + "at the end", place="modules/network/main.tf:12"),
}


@pytest.mark.parametrize("name", ERRORS)
def test_a_fatal_screen_reads_as_its_golden(name: str) -> None:
    """Nothing was checked, what is wrong, where, and what to do."""
    golden.check(HERE / "golden" / f"fatal-{name}.txt", fatal(ERRORS[name], [name], Look(width=80)))


def raised() -> Exception:
    """An exception that went through our own code."""
    try:
        Look(width=80).painted("x", "no such paint")
        Look(width=80, colour=True).painted("x", "no such paint")
    except KeyError as error:
        return error
    raise AssertionError("it must fail")


def test_a_fault_of_ours_says_how_to_report_it(monkeypatch: pytest.MonkeyPatch) -> None:
    """The screen names the exception, the line of ours, and the command that prints more."""
    monkeypatch.delenv("PULLPROOF_DEBUG", raising=False)
    text = bug(raised(), ["check", "my plan.json"], Look(width=100))

    assert "pullproof itself is at fault: KeyError: 'no such paint' (report/look.py:" in text
    assert "PULLPROOF_DEBUG=1 pullproof check 'my plan.json'" in text


def test_with_debugging_on_the_traceback_is_above(monkeypatch: pytest.MonkeyPatch) -> None:
    """Who has set PULLPROOF_DEBUG is not told to set it."""
    monkeypatch.setenv("PULLPROOF_DEBUG", "1")

    assert "PULLPROOF_DEBUG" not in bug(raised(), ["check"], Look())


def test_a_fault_outside_of_our_code_has_no_place() -> None:
    """An exception that passed none of our lines is shown without one."""
    assert "(" not in bug(ValueError("x"), ["check"], Look(width=200)).splitlines()[1]


@pytest.mark.parametrize(
    ("words", "head"),
    [
        (["check", "plan.json"], "fatal: nothing was checked"),
        ([], "fatal: nothing was checked"),
        (["lab", "verify", "plan.json"], "fatal: nothing was checked"),
        (["lab", "apply", "infra"], "fatal: lab apply failed"),
        (["lab", "up"], "fatal: lab up failed"),
        (["lab", "dance"], "fatal: lab did nothing"),
        (["lab"], "fatal: lab did nothing"),
    ],
)
def test_the_head_says_what_did_not_happen(words: list[str], head: str) -> None:
    """A lab checks nothing, but for the action that does."""
    screens = [fatal(ERRORS["tool"], words, Look()), bug(raised(), words, Look())]

    assert [head, head] == [screen.splitlines()[0] for screen in screens]


def test_hostile_words_on_a_screen_do_nothing() -> None:
    """Names of files and messages of other programs print as Python writes them."""
    name = "a\x1b[2J\nb"
    text = fatal(InputError(name, place=name, remedy=f"{name}\x07"), ["lab", name], Look()) + bug(
        ValueError(name), [name], Look()
    )

    assert [] == [line for line in text.splitlines() if not line.isprintable()]
