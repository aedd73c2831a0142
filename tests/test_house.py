"""What keeps the repository pleasant to work in: small pieces, sentences on tests, pinned tools, clean words."""

import ast
import re
import tomllib
from pathlib import Path

import pytest

from pullproof.explain.pages import SHIPPED
from tools.repository import ROOT, functions, modules, named, parsed, tracked
from tools.subject import SUBJECT

TESTS = tracked("tests/**/test_*.py", "tests/test_*.py")
TEXT_SUFFIXES = frozenset([".py", ".md", ".toml", ".txt", ".yaml", ".yml", ".sh", ".cfg", ""])

# In each pattern one letter stands in brackets, so that this file does not hold what it forbids.
PLACES = re.compile(r"(?<![\w.*<}])/(?:roo[t]|hom[e]|User[s]|wor[k]|far[m]|op[t]|tm[p])/\w[\w/.-]*")
HOSTS = re.compile(r"pypi\.or[g]/simple|files\.pythonhoste[d]|registry\.npmj[s]|deb\.debia[n]\.org")
MERGE = re.compile(r"^(?:<{7}|>{7}) ", re.MULTILINE)
UNFINISHED = re.compile(
    r"\b(?:TOD[O]|FIXM[E]|XX[X]|NotImplementedErro[r])\b|\b(?:placeholde[r]|not implemente[d])\b"
)


@pytest.mark.parametrize("path", TESTS, ids=named)
def test_every_test_says_what_it_shows(path: Path) -> None:
    """Each test has a docstring of one sentence."""
    without = [
        function.name
        for function in functions(parsed(path))
        if function.name.startswith("test_") and not _is_sentence(ast.get_docstring(function) or "")
    ]

    assert [] == without


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("A route is found.", True),
        ("A route is found\nwhen there is one.", True),
        ("", False),
        ("A route", False),
        ("One.\n\nAnd an explanation of it.", False),
    ],
)
def test_a_sentence_is_told_from_other_text(text: str, expected: bool) -> None:
    """One paragraph that ends in a full stop counts as a sentence."""
    assert expected == _is_sentence(text)


@pytest.mark.parametrize("path", modules(), ids=named)
def test_files_and_functions_stay_small(path: Path) -> None:
    """No file of the program exceeds 400 lines, no function 60."""
    lines = len(path.read_text(encoding="utf-8").splitlines())
    long = {node.name: size for node in functions(parsed(path)) if (size := _lines(node)) > 60}

    assert lines <= 400
    assert {} == long


@pytest.mark.parametrize(
    "path", [path for path in tracked() if path.suffix in TEXT_SUFFIXES and path.name != "LICENSE"], ids=named
)
def test_no_file_names_a_place_of_one_machine(path: Path) -> None:
    """No file holds an absolute path of somebody's machine, the host of a package registry or half a merge."""
    text = path.read_text(encoding="utf-8")

    assert [] == PLACES.findall(text) + HOSTS.findall(text) + MERGE.findall(text)


@pytest.mark.parametrize(
    ("pattern", "text"),
    [
        (PLACES, "path = " + "/roo" + "t/plan.json"),
        (PLACES, "(" + "/tm" + "p/x)"),
        (HOSTS, "https://pypi.or" + "g/simple/"),
        (MERGE, "a\n" + "<" * 7 + " HEAD\n"),
        (UNFINISHED, "# TOD" + "O: all of it"),
    ],
)
def test_forbidden_words_are_noticed(pattern: re.Pattern[str], text: str) -> None:
    """Each of the patterns finds what it is there for."""
    assert pattern.search(text)


@pytest.mark.parametrize("path", modules(), ids=named)
def test_no_module_is_unfinished_by_its_own_words(path: Path) -> None:
    """The program has no notes to finish something later."""
    assert [] == UNFINISHED.findall(path.read_text(encoding="utf-8"))


def test_everything_we_ask_for_is_pinned() -> None:
    """Each requirement in pyproject.toml has one exact version in constraints.txt, and no version stands twice."""
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    asked = [
        *project["project"]["dependencies"],
        *project["build-system"]["requires"],
        *(name for names in project["project"]["optional-dependencies"].values() for name in names),
    ]
    lines = (ROOT / "constraints.txt").read_text(encoding="utf-8").splitlines()
    pins = [_normal(line.split("==")[0]) for line in lines if line and not line.startswith("#")]

    assert set() == {_normal(name) for name in asked} - set(pins)
    assert sorted(set(pins)) == sorted(pins)


def test_a_wheel_carries_the_pages_that_the_program_shows() -> None:
    """What is built puts each folder of pages where the program looks for it."""
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    wheel = project["tool"]["hatch"]["build"]["targets"]["wheel"]
    shown = Path(SHIPPED).relative_to(ROOT / "src").as_posix()
    pages = {f"docs/{folder}": f"{shown}/{folder}" for folder in ("blockers", "warnings", "schema")}

    assert pages | {"src/pullproof": "pullproof"} == wheel["sources"]
    assert set(wheel["sources"]) == set(wheel["only-include"])


@pytest.mark.parametrize(
    ("subject", "expected"),
    [
        ("reach: walk on past a closed security group", True),
        ("Merge branch 'main'", True),
        ("Fixed things", False),
        ("reach:", False),
    ],
)
def test_subjects_of_commits_name_an_area(subject: str, expected: bool) -> None:
    """The hook for commit messages wants an area and a verb."""
    assert expected == bool(SUBJECT.fullmatch(subject))


def _normal(requirement: str) -> str:
    """The name of a requirement as package indexes compare it."""
    return re.sub(r"[-_.]+", "-", re.split(r"[<>=~!;\[ ]", requirement)[0]).lower()


def _is_sentence(docstring: str) -> bool:
    return docstring.endswith((".", "?", "!")) and "\n\n" not in docstring


def _lines(node: ast.FunctionDef | ast.AsyncFunctionDef) -> int:
    return (node.end_lineno or node.lineno) - node.lineno + 1
