"""What the pages say is true: paths and commands exist, every code has its page, generated parts are current."""

import functools
import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

from pullproof.model.codes import BLOCKERS, WARNINGS
from tools.docs import PARTS, filled
from tools.prose import Command, commands, links, paths
from tools.repository import ROOT, named, tracked

PAGES = tracked("*.md")
CODES = [
    (folder, row.code) for folder, rows in (("blockers", BLOCKERS), ("warnings", WARNINGS)) for row in rows
]
HEADINGS = ["What it means", "What you see", "Mend it by hand", "Mend it with pullproof"]


@pytest.mark.parametrize("page", PAGES, ids=named)
def test_every_path_named_in_a_page_exists(page: Path) -> None:
    """A path of this repository that a page names is there."""
    missing = [path for path in paths(page.read_text(encoding="utf-8")) if not any(ROOT.glob(path))]

    assert [] == sorted(missing)


@pytest.mark.parametrize("page", PAGES, ids=named)
def test_every_link_leads_somewhere(page: Path) -> None:
    """A link to a file, relative to its page, leads to a file."""
    missing = [link for link in links(page.read_text(encoding="utf-8")) if not (page.parent / link).exists()]

    assert [] == sorted(missing)


@pytest.mark.parametrize("page", PAGES, ids=named)
def test_every_command_named_in_a_page_exists(page: Path) -> None:
    """A subcommand, an option or a make target that a page names is there."""
    wrong = [why for command in commands(page.read_text(encoding="utf-8")) for why in _wrong(command)]

    assert [] == sorted(wrong)


def test_the_program_is_seen_to_have_subcommands() -> None:
    """The help of the program tells its subcommands, so that the pages can be compared with them."""
    assert {"check", "upgrade", "explain", "rules", "path"} <= _subcommands()


@pytest.mark.parametrize(("folder", "code"), CODES)
def test_every_code_has_a_page(folder: str, code: str) -> None:
    """Each blocker and each warning has a page with the same four headings and something under each."""
    page = ROOT / "docs" / folder / f"{code}.md"
    assert page.is_file(), f"{named(page)} is missing"
    title, *parts = re.split(r"^## ", page.read_text(encoding="utf-8"), flags=re.MULTILINE)

    assert code in title.splitlines()[0]
    assert HEADINGS == [part.splitlines()[0] for part in parts]
    assert [] == [part.splitlines()[0] for part in parts if not "".join(part.splitlines()[1:]).strip()]


@pytest.mark.parametrize(("folder", "rows"), [("blockers", BLOCKERS), ("warnings", WARNINGS)])
def test_no_page_is_about_a_code_that_is_not(folder: str, rows: tuple[object, ...]) -> None:
    """A page whose code was never added, or is spelt differently, would be found by nobody."""
    pages = {page.stem for page in (ROOT / "docs" / folder).glob("*.md")} - {"README"}

    assert set() == pages - {code for place, code in CODES if place == folder}
    assert len(rows) == len({code for place, code in CODES if place == folder})


@pytest.mark.parametrize("page", [page for page in PAGES if page.is_relative_to(ROOT / "docs")], ids=named)
def test_generated_parts_are_current(page: Path) -> None:
    """`make docs` would change nothing."""
    text = page.read_text(encoding="utf-8")

    assert filled(text) == text


def test_decisions_are_numbered_one_by_one() -> None:
    """No two decisions have one number, none is left out, and each heading has that of its file."""
    pages = sorted((ROOT / "docs" / "decisions").glob("*.md"))
    headings = [page.read_text(encoding="utf-8").splitlines()[0] for page in pages]

    assert [*range(1, len(pages) + 1)] == [int(page.name.partition("-")[0]) for page in pages]
    assert [*range(1, len(pages) + 1)] == [
        int(text.removeprefix("# ").partition(".")[0]) for text in headings
    ]


def test_every_generated_part_is_shown_somewhere() -> None:
    """A part that no page shows would be generated for nobody."""
    shown = {
        name for page in PAGES for name in re.findall(r"<!-- generated: ([a-z-]+) -->", page.read_text())
    }

    assert set(PARTS) == shown


def test_the_readme_fits_on_a_screen() -> None:
    """The README stays within 80 lines."""
    assert len((ROOT / "README.md").read_text(encoding="utf-8").splitlines()) <= 80


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("see `docs/blockers/CODE.md` and Makefile", {"docs/blockers/*.md", "Makefile"}),
        ("see src/pullproof/cli/.", {"src/pullproof/cli"}),
        ("the module modules/net/src/main.tf is yours", set()),
        ("https://example.org/docs/page", set()),
    ],
)
def test_paths_are_seen_in_prose(text: str, expected: set[str]) -> None:
    """Paths of this repository are told from other people's."""
    assert expected == paths(text)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("run `pullproof check x --quiet`", {Command("pullproof", ("check", "x", "--quiet"))}),
        ("    $ pullproof rules | less", {Command("pullproof", ("rules",))}),
        ("```\nmake test  # all\n```", {Command("make", ("test",))}),
        ("pullproof checks plans", set()),
    ],
)
def test_commands_are_seen_in_code(text: str, expected: set[Command]) -> None:
    """Commands are read in spans and blocks of code, and only there."""
    assert expected == commands(text)


@pytest.mark.parametrize(
    ("command", "expected"),
    [
        (Command("pullproof", ("chekc", "plan.json")), ["pullproof has no subcommand chekc"]),
        (Command("pullproof", ("check", "--loud")), ["pullproof check has no option --loud"]),
        (Command("pullproof", ("lab", "up", "plan.json", "--time-scale", "1")), []),
        (Command("make", ("tea",)), ["make has no target tea"]),
        (Command("make", ("test", "SEED=1")), []),
        (Command("pullproof", ("check", "plan.json", "--format=json")), []),
    ],
)
def test_wrong_commands_are_noticed(command: Command, expected: list[str]) -> None:
    """A misspelt subcommand, option or target is named."""
    assert expected == _wrong(command)


def _wrong(command: Command) -> list[str]:
    """What a command names that does not exist."""
    if command.program == "make":
        targets = set(
            re.findall(r"^([a-z]+):", (ROOT / "Makefile").read_text(encoding="utf-8"), re.MULTILINE)
        )
        asked = {word for word in command.words if "=" not in word and not word.startswith("-")}
        return [f"make has no target {word}" for word in sorted(asked - targets)]
    subcommand = command.subcommand
    if subcommand and subcommand not in _subcommands():
        return [f"pullproof has no subcommand {subcommand}"]
    shown = f"pullproof {subcommand}".strip()
    plain = [word for word in command.words if not word.startswith("-")]
    told = _help(*plain[:1])
    if subcommand == "lab" and len(plain) > 1:
        if not re.search(rf"^    {re.escape(plain[1])}\b", told, re.MULTILINE):
            return [f"{shown} has no action {plain[1]}"]
        shown, told = f"{shown} {plain[1]}", _help(*plain[:2])
    known = set(re.findall(r"--[a-z][a-z-]*", told))
    return [f"{shown} has no option {option}" for option in sorted(set(command.options) - known)]


def _subcommands() -> set[str]:
    """The subcommands that the help of the program lists."""
    braces = re.search(r"\{([a-z,-]+)\}", _help())
    return set(braces[1].split(",")) if braces else set()


@functools.cache
def _help(*words: str) -> str:
    """What the program prints when asked for help."""
    asked = [*words, "--help"]
    done = subprocess.run(
        [sys.executable, "-m", "pullproof", *asked],
        env=dict(os.environ) | {"COLUMNS": "200", "NO_COLOR": "1"},
        check=False,
        capture_output=True,
        text=True,
    )
    assert done.returncode == 0, f"pullproof {' '.join(asked)} ended with {done.returncode}: {done.stderr}"
    return done.stdout
