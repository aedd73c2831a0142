"""The catalogue as Markdown: the generated part of docs/rules.md."""

from collections.abc import Iterator

from pullproof.launch.catalogue import CATALOGUE
from pullproof.launch.requirement import Rule


def rules_markdown() -> str:
    """A table of every rule in launch order, then a section on each."""
    return "\n".join([*_table(), *(line for rule in CATALOGUE for line in _section(rule))])


def _table() -> Iterator[str]:
    yield "| Step | Rule | What Fargate does |"
    yield "| --- | --- | --- |"
    for rule in CATALOGUE:
        yield f"| `{rule.step}` | [`{rule.id}`](#{rule.id}) | {rule.title} |"
    yield ""


def _section(rule: Rule) -> Iterator[str]:
    yield f"## {rule.id}"
    yield ""
    yield f"{rule.title[0].upper()}{rule.title[1:]}: {rule.because}."
    yield ""
    after = ", ".join(f"[`{name}`](#{name})" for name in rule.after)
    yield f"- Step: `{rule.step}`{f', after {after}' if after else ''}"
    yield f"- You would see: `{rule.symptom}`"
    yield f"- Source: <{rule.doc}> (compared on {rule.checked_on})"
    yield ""
