"""The arrows of the design: which part of the program may import which, and what start-up may cost."""

import ast
import os
import subprocess
import sys
from pathlib import Path

import pytest

from tools.layers import MAY_IMPORT, beyond, imported, unit
from tools.repository import ROOT, SOURCE, modules, named, parsed

MODULES = modules()

#: What a check of a plan never needs, or needs so late that it is imported there.
SLOW = frozenset(["boto3", "ipaddress", "jsonschema", "logging", "rich", "subprocess", "tree_sitter"])


@pytest.mark.parametrize("path", MODULES, ids=named)
def test_imports_follow_the_arrows(path: Path) -> None:
    """A module imports only what its unit is allowed to import."""
    assert unit(path) in MAY_IMPORT, f"{named(path)}: no arrow is drawn for {unit(path)} in tools/layers.py"

    extra = beyond(path)

    assert set() == extra, f"{named(path)} imports {sorted(extra)}: {MAY_IMPORT[unit(path)][1]}"


def test_modules_import_each_other_in_one_direction() -> None:
    """No two modules need each other, not even inside functions."""
    arrows = {_dotted(path): imported(path) for path in MODULES}

    assert [] == _cycle(arrows)


def test_a_cycle_is_noticed() -> None:
    """The search for cycles finds one that goes through three modules."""
    arrows = {"a": frozenset("b"), "b": frozenset("c"), "c": frozenset("a"), "d": frozenset("a")}

    assert ["a", "b", "c", "a"] == _cycle(arrows)


def test_every_arrow_starts_and_ends_at_a_known_unit() -> None:
    """The table of arrows names no unit that has no line of its own."""
    named_units = {name.split(".")[0] for allowed, _ in MAY_IMPORT.values() for name in allowed}

    assert set() == named_units - set(MAY_IMPORT)


@pytest.mark.parametrize(
    ("line", "expected"),
    [
        ("import pullproof.verdict", {"verdict"}),
        ("from pullproof.verdict import Verdict", {"verdict"}),
        ("from pullproof.model import value", {"model.value"}),
        ("def f():\n    from pullproof.model.value import Unknown", {"model.value"}),
        ("from pullproof import __version__", set()),
        ("import sys", set()),
    ],
)
def test_imports_are_seen_in_every_form(line: str, expected: set[str], tmp_path: Path) -> None:
    """Whatever the form of an import, the module behind it is found."""
    file = tmp_path / "some.py"
    file.write_text(line, encoding="utf-8")

    assert expected == imported(file)


@pytest.mark.parametrize(
    "line",
    [
        "from . import verdict",
        "from ..model import value",
        "from pullproof.verdict import *",
        "import pullproof",
        "from pullproof import Verdict",
    ],
)
def test_imports_that_hide_their_target_are_refused(line: str, tmp_path: Path) -> None:
    """Relative imports, stars and the bare package are refused wherever they stand."""
    file = tmp_path / "some.py"
    file.write_text(line, encoding="utf-8")

    with pytest.raises(AssertionError):
        imported(file)


@pytest.mark.parametrize("path", MODULES, ids=named)
def test_every_module_says_what_it_is(path: Path) -> None:
    """Each module begins with a docstring."""
    assert ast.get_docstring(parsed(path)), f"{named(path)} has no docstring"


@pytest.mark.parametrize(
    "status",
    [
        "__import__('pullproof.cli.main') and 0",
        "__import__('pullproof.cli.main').cli.main.main(['--version'])",
        "__import__('pullproof.cli.main').cli.main.main(['check', 'examples/blog-post/mended/plan.json'])",
    ],
    ids=["import", "version", "check"],
)
def test_the_fast_path_imports_nothing_slow(status: str) -> None:
    """Neither start-up nor the check of a plan imports a module that only other paths need."""
    before, after = _loaded("0"), _loaded(status)

    assert "pullproof.cli.main" in after
    assert set() == {name for name in after - before if name.split(".")[0] in SLOW}


def _loaded(status: str) -> set[str]:
    """The modules a fresh interpreter holds after it evaluated an exit status, which must be 0."""
    code = f"""
import sys
try:
    status = {status}
except SystemExit as left:
    status = left.code
print(" ".join(sys.modules), file=sys.stderr)
sys.exit(status)
"""
    done = subprocess.run(
        [sys.executable, "-c", code],
        cwd=ROOT,
        # Without what measures coverage: it imports much itself.
        env={name: value for name, value in os.environ.items() if not name.startswith("COV")},
        check=False,
        capture_output=True,
        text=True,
    )
    assert done.returncode == 0, (
        f"{status} ended with {done.returncode}:\n{done.stdout}\n{done.stderr[-2000:]}"
    )
    return set(done.stderr.splitlines()[-1].split())


def _dotted(path: Path) -> str:
    return ".".join(path.relative_to(SOURCE).with_suffix("").parts).removesuffix(".__init__")


def _cycle(arrows: dict[str, frozenset[str]]) -> list[str]:
    """One way from a module back to itself, or an empty list."""
    done: set[str] = set()

    def search(module: str, way: list[str]) -> list[str]:
        if module in way:
            return [*way[way.index(module) :], module]
        if module not in done:
            for target in sorted(arrows.get(module, frozenset()) - {module}):
                if found := search(target, [*way, module]):
                    return found
            done.add(module)
        return []

    return next((found for module in sorted(arrows) if (found := search(module, []))), [])
