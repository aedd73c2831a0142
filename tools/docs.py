"""The generated parts of the docs: `make docs` writes them, tests/test_docs.py checks that they are current.

A generated part stands between two comments, in any page under docs/:

    <!-- generated: blockers -->
    ...
    <!-- end -->
"""

import os
import re
import subprocess
import sys
from collections.abc import Callable, Iterable

from bench.api_calls import table as api_calls
from pullproof.launch.document import rules_markdown
from pullproof.model.codes import BLOCKERS, WARNINGS, Code
from pullproof.sources.live.calls import CALLS
from pullproof.sources.snapshot.layout import BY_NAME, KINDS
from tools.layers import MAY_IMPORT
from tools.repository import ROOT, named

PART = re.compile(r"(<!-- generated: ([a-z-]+) -->\n).*?(<!-- end -->)", re.DOTALL)


def table(head: tuple[str, ...], rows: Iterable[tuple[str, ...]]) -> str:
    """A Markdown table."""
    lines = [head, tuple("---" for _ in head), *rows]
    return "".join(f"| {' | '.join(line)} |\n" for line in lines)


def codes(rows: tuple[Code, ...]) -> str:
    """The codes of one list, each with a link to its page."""
    return table(("Code", "What is wrong"), ((f"[`{row.code}`]({row.code}.md)", row.title) for row in rows))


def arrows() -> str:
    """Which unit of the program may import which, and why."""
    rows = (
        (f"`{unit}`", ", ".join(f"`{name}`" for name in sorted(allowed)) or "nothing", why)
        for unit, (allowed, why) in MAY_IMPORT.items()
    )
    return table(("Unit", "May import (besides `errors`)", "Why the line is there"), rows)


def report() -> str:
    """What `check` prints about the network of the blog post, as a block of code."""
    done = subprocess.run(
        [sys.executable, "-m", "pullproof", "check", "examples/blog-post/as-printed/plan.json"],
        cwd=ROOT,
        env=dict(os.environ) | {"COLUMNS": "100", "NO_COLOR": "1", "PYTHONIOENCODING": "utf-8"},
        check=False,  # the task cannot start, and the status says so
        capture_output=True,
        encoding="utf-8",
    )
    assert done.returncode == 1, done.stderr
    return "".join(f"    {line}\n" if line else "\n" for line in done.stdout.splitlines())


def calls() -> str:
    """The calls that a live account is asked, by the file of a snapshot that holds their answers."""
    told: dict[str, dict[str, None]] = {}
    for call in CALLS:
        held = told.setdefault(call.file or call.leads, {})
        held.update(dict.fromkeys(f"`{action}`" for action in call.actions))
    rows = ((f"{BY_NAME[name].tells}", ", ".join(held)) for name, held in told.items())
    return table(("What is asked about", "Calls, by their permissions"), rows)


def files() -> str:
    """The files of a snapshot, and what makes each by hand."""
    rows = (
        (
            f"`{kind.file}`",
            f"`{kind.key}`",
            f"{kind.tells}{' (one answer for each)' if kind.each else ''}",
            f"`{kind.cli.partition(' (')[0]}`{' (' * bool(kind.cli.partition(' (')[1])}{kind.cli.partition(' (')[2]}",
            "`global`" if kind.everywhere else "the region",
        )
        for kind in KINDS
    )
    return table(("File", "Key", "What it tells", "By hand", "Folder"), rows)


PARTS: dict[str, Callable[[], str]] = {
    "api-calls": api_calls,
    "arrows": arrows,
    "blockers": lambda: codes(BLOCKERS),
    "calls": calls,
    "report": report,
    "rules": rules_markdown,
    "snapshot-files": files,
    "warnings": lambda: codes(WARNINGS),
}


def filled(text: str) -> str:
    """A page with each of its generated parts written again."""
    return PART.sub(lambda part: f"{part[1]}{PARTS[part[2]]()}{part[3]}", text)


def main() -> None:
    """Write every page whose generated parts have changed."""
    for page in sorted((ROOT / "docs").rglob("*.md")):
        before = page.read_text(encoding="utf-8")
        after = filled(before)
        if before != after:
            page.write_text(after, encoding="utf-8")
            print(f"wrote {named(page)}")


if __name__ == "__main__":
    main()
