"""`rules`: what a task needs in order to start, row by row."""

from argparse import Namespace
from collections.abc import Iterator

from pullproof.cli.answer import deliver, look_for
from pullproof.launch.catalogue import CATALOGUE
from pullproof.launch.requirement import Rule
from pullproof.report.json_v1 import written
from pullproof.report.look import Look
from pullproof.report.terminal import entry


def rules(options: Namespace, step: str = "") -> int:
    """Print the launch catalogue, or the rows of one step."""
    rows = [rule for rule in CATALOGUE if step in ("", rule.step)]
    if options.format == "json":
        deliver(written({"schema": 1, "rules": [_row(rule) for rule in rows]}), options)
    else:
        look = look_for(options)
        deliver("\n".join(line for rule in rows for line in _told(rule, look)), options)
    return 0


def _told(rule: Rule, look: Look) -> Iterator[str]:
    """One row, for a person."""
    yield f"{look.painted(rule.id, 'bold')} ({rule.step}): {rule.title}"
    yield from entry("because", rule.because, look)
    yield from entry("you would see", rule.symptom, look)
    yield f"   = see: {look.linked(rule.doc, rule.doc)} (checked {rule.checked_on})"
    yield ""


def _row(rule: Rule) -> dict[str, object]:
    """One row, for programs."""
    return {
        "id": rule.id,
        "step": rule.step,
        "title": rule.title,
        "because": rule.because,
        "symptom": rule.symptom,
        "doc": rule.doc,
        "checked_on": rule.checked_on,
        "after": list(rule.after),
    }
