"""The evaluator against the real Terraform, on a table of expressions: the second opinion on its language."""

import json
import re
import shutil
from pathlib import Path
from typing import Any

import pytest

from pullproof.model.value import Unknown
from pullproof.sources.terraform.settle import exported
from pullproof.sources.terraform.tree import Value
from tests.terraform import Terraform
from tests.unit.sources.terraform.hcl.evaluating import scope_of

FOLDER = Path(__file__).parent / "console"

#: What Terraform knows and the evaluator leaves open: an answer would depend on what it does not keep.
LEFT_OPEN = frozenset(
    {
        "[1, 2] == [1, 2]",  # a tuple is no list
        "contains([{ a = 1 }], { a = 1 })",  # an object is no map
        'format("%#v", "a")',
        'can(format("%z", 1))',
        'can(format("%.2d", 1))',
        'format("%e", 1.5)',
        "can(1 / 0)",
        'can(element(["a"], -1))',
        "can(1 % 0)",
        "pow(2, -1)",
        "pow(2, 0.5)",
        'can(parseint("1", 99))',
        'can(regex("(", "a"))',
        # a file that is not here may have been there
        'can(templatefile("none", {}))',
        'can(file("none"))',
        'fileexists("none")',
        # what is refused for its type alone
        'can(lookup("a", "b"))',
        'can(setsubtract("a", ["b"]))',
        'can(setproduct("a"))',
        'can(split(null, "a"))',
        'yamldecode("2020-01-01")',
        'yamldecode("0o14")',
        'yamldecode("1_000")',
    }
)


def expressions() -> list[str]:
    """The table: one expression to a line; heredocs and lone brackets go on to their end."""
    lines = (FOLDER / "expressions.txt").read_text(encoding="utf-8").splitlines()
    found: list[str] = []
    while lines:
        first = lines.pop(0)
        heredoc = re.match(r"<<-?(\w+)$", first)
        end = heredoc[1] if heredoc else {"(": ")", "{": "}"}.get(first, "")
        whole = [first]
        while end and (len(whole) == 1 or whole[-1].strip() != end):
            whole.append(lines.pop(0))
        found.append("\n".join(whole))
    return found


EXPRESSIONS = expressions()


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The configuration with an output for each expression."""
    copy = tmp_path_factory.mktemp("console") / "root"
    shutil.copytree(FOLDER, copy)
    outputs = (f'output "e{at}" {{\n  value = {text}\n}}\n' for at, text in enumerate(EXPRESSIONS))
    (copy / "outputs.tf").write_text("\n".join(outputs), encoding="utf-8")
    return copy


def test_the_table_is_large() -> None:
    """The table has some hundreds of expressions, each once."""
    assert len(EXPRESSIONS) > 350
    assert len(EXPRESSIONS) == len(set(EXPRESSIONS))


@pytest.mark.terraform
def test_values_are_those_of_terraform(folder: Path, needs_terraform: Terraform) -> None:
    """Each expression has the value that Terraform gives it, or is one of the few that are left open."""
    planned = needs_terraform.plan(folder)["planned_values"]["outputs"]
    scope = scope_of(folder)
    differ: dict[str, tuple[Any, Any]] = {}
    left_open = set()
    for at, text in enumerate(EXPRESSIONS):
        ours, theirs = exported(scope.output(f"e{at}"), "it", "value"), planned[f"e{at}"].get("value")
        if isinstance(ours, Unknown):
            left_open.add(text)
        elif _plain(ours) != _plain(theirs):
            differ[text] = (theirs, ours)

    assert {} == differ
    assert LEFT_OPEN == left_open


def _plain(value: Value) -> str:
    """A value in a form that tells true from 1, and does not tell 1 from 1.0."""
    if isinstance(value, float) and value.is_integer():
        value = int(value)
    if isinstance(value, list):
        return "[" + ",".join(map(_plain, value)) + "]"
    if isinstance(value, dict):
        return "{" + ",".join(f"{json.dumps(key)}:{_plain(value[key])}" for key in sorted(value)) + "}"
    return json.dumps(value)
