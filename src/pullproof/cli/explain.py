"""`explain`: the page of a code, what a step needs, or the meaning of a stopped reason."""

import sys
from argparse import Namespace
from collections.abc import Iterator

from pullproof.cli.answer import deliver, look_for, near
from pullproof.cli.rules import rules
from pullproof.errors import NothingToCheck, UsageError
from pullproof.explain.pages import CODES, page
from pullproof.explain.pasted import as_written
from pullproof.explain.understand import Meaning, understand
from pullproof.model.codes import BLOCKERS, STEPS, WARNINGS
from pullproof.model.redact import redacted
from pullproof.report.json_v1 import docs_page, written
from pullproof.report.look import Look
from pullproof.report.text import safe, wrapped

#: More than this is no stopped reason.
MOST = 1 << 20
TITLES = {row.code: row.title for row in (*BLOCKERS, *WARNINGS)}


def explain(options: Namespace) -> int:
    """Print a page, the rules of a step, or what a message means.

    Raises:
        UsageError: there is no text, or it is nearly a code.
        NothingToCheck: no part of the text is known.
    """
    text = " ".join(options.text)
    if text == "-":
        text = sys.stdin.buffer.read(MOST).decode("utf-8", "replace")
    text = as_written(text).strip()
    if not text:
        raise UsageError("there is nothing to explain", remedy="pullproof explain sg-egress")
    if text in CODES:
        return _page(text, options)
    if text in STEPS:
        return rules(options, text)
    if len(text) < 40 and text.replace("-", "").isalnum() and text.islower():
        raise UsageError(
            f"{text} is not the code of a finding", remedy=near(text, CODES, "pullproof explain")
        )
    found = understand(text)
    if not found:
        raise NothingToCheck(
            "this is no message that we know",
            remedy="pass the whole stoppedReason, in quotes, as the console or `aws ecs describe-tasks` shows it",
        )
    look = look_for(options)
    if options.format == "json":
        deliver(written(_document(text, found)), options)
    else:
        deliver("\n\n".join("\n".join(_told(meaning, look)) for meaning in found) + "\n", options)
    return 0


def _page(code: str, options: Namespace) -> int:
    """The page of a code."""
    text = page(code)
    if options.format == "json":
        text = written(
            {"schema": 1, "code": code, "title": TITLES[code], "docs": docs_page(code), "page": text}
        )
    deliver(text, options)
    return 0


def _told(meaning: Meaning, look: Look) -> Iterator[str]:
    """One message, for a person."""
    row = meaning.row
    head = look.painted(row.step or "no launch step", "bold")
    yield f"{head}: {row.title}"
    yield f"  {meaning.nature.value}; {row.era}"
    for clue in meaning.clues:
        yield from _hanging("  | ", f"{safe(clue.says)}: {safe(clue.means)}", look)
    if meaning.causes:
        yield "  likely causes, the likeliest first:"
        widest = max(map(len, meaning.causes))
        yield from (f"    {code:{widest}}  {TITLES[code]}" for code in meaning.causes)
    if meaning.others:
        yield "  also possible:" if meaning.causes else "  what to do:"
        for other in meaning.others:
            yield from _hanging("    - ", other, look)
    if meaning.causes:
        yield "  = help: pullproof check plan.json finds which; pullproof explain CODE tells how to mend it"
    yield f"  = see: {look.linked(row.doc, row.doc)}"


def _hanging(head: str, text: str, look: Look) -> Iterator[str]:
    first, *more = wrapped(text, max(30, look.width - len(head)))
    yield f"{head}{first}"
    yield from (f"{' ' * len(head)}{line}" for line in more)


def _document(text: str, found: tuple[Meaning, ...]) -> dict[str, object]:
    """The same for programs."""
    return {
        "schema": 1,
        "text": redacted(text),
        "messages": [
            {
                "id": meaning.row.id,
                "step": meaning.row.step,
                "title": meaning.row.title,
                "nature": meaning.nature.name.lower(),
                "platform_version": meaning.row.era,
                "clues": [{"says": clue.says, "means": clue.means} for clue in meaning.clues],
                "causes": [
                    {"code": code, "title": TITLES[code], "docs": docs_page(code)} for code in meaning.causes
                ],
                "others": list(meaning.others),
                "hosts": list(meaning.hosts),
                "doc": meaning.row.doc,
            }
            for meaning in found
        ],
    }
