"""What another platform version would change, for people and for programs."""

from collections.abc import Iterator

import msgspec

from pullproof.finding import Report
from pullproof.report.chain import mark
from pullproof.report.compare import Change, Compared
from pullproof.report.fold import causes
from pullproof.report.json_v1 import TASK_WORDS, Json, blocker_json, unknowns_json, written
from pullproof.report.look import Look
from pullproof.report.terminal import SAYS, findings, joined, notes
from pullproof.report.text import counted, safe
from pullproof.verdict import Verdict

MARKS = {
    Change.STOPS: Verdict.FAILS,
    Change.WORSE: Verdict.FAILS,
    Change.UNSETTLED: Verdict.UNKNOWN,
    Change.STARTS: Verdict.WORKS,
    Change.SAME: Verdict.WORKS,
}


def render(after: Report, compared: tuple[Compared, ...], versions: tuple[str, str], look: Look) -> str:
    """The comparison as text: what each task would newly meet, every task, the count."""
    worse = tuple(one.worse for one in compared if one.worse.steps or one.worse.unsettled)
    report = msgspec.structs.replace(after, tasks=worse)
    return joined(
        [
            *findings(report, causes(worse), look),
            notes(after, look),
            _tasks(compared, versions, look),
            (_summary(compared, versions),),
        ]
    )


def render_json(after: Report, compared: tuple[Compared, ...], versions: tuple[str, str]) -> str:
    """The comparison as one JSON document (docs/json.md)."""
    changes = [one.change for one in compared]
    return written(
        {
            "schema": 1,
            "source": {"kind": after.source_kind, "path": after.source_path},
            "from": versions[0],
            "to": versions[1],
            "summary": {change.value: changes.count(change) for change in Change},
            "tasks": [_task(one, after) for one in compared],
        }
    )


def _tasks(compared: tuple[Compared, ...], versions: tuple[str, str], look: Look) -> Iterator[str]:
    """One line for each task."""
    widest = min(max((len(safe(one.after.id)) for one in compared), default=0), look.width // 2)
    for one in compared:
        before, after = SAYS[one.before.verdict], SAYS[one.after.verdict]
        if before == after:
            says = f"{after} on either"
        else:
            says = f"{before} on {versions[0]}, {after} on {versions[1]}"
        if one.change is Change.WORSE:
            says += f", with {counted(len(one.gained), 'more blocker')}"
        yield f"{mark(MARKS[one.change], look)} {safe(one.after.id):{widest}}  {says}"


def _summary(compared: tuple[Compared, ...], versions: tuple[str, str]) -> str:
    changes = [one.change for one in compared]
    worse = changes.count(Change.WORSE)
    return (
        f"{counted(len(changes), 'task')} from {versions[0]} to {versions[1]}:"
        f" {changes.count(Change.STOPS)} would stop starting, {worse} get{'s' if worse == 1 else ''} worse,"
        f" {changes.count(Change.UNSETTLED)} unknown, {changes.count(Change.STARTS)} would start,"
        f" {changes.count(Change.SAME)} as before"
    )


def _task(one: Compared, report: Report) -> Json:
    return {
        "id": one.after.id,
        "change": one.change.value,
        "before": TASK_WORDS[one.before.verdict],
        "after": TASK_WORDS[one.after.verdict],
        "steps": list(dict.fromkeys(step.step for step in one.worse.steps)),
        "blockers": [blocker_json(blocker, report) for blocker in one.gained],
        "settled": [blocker_json(blocker, report) for blocker in one.lost],
        "unknowns": unknowns_json(one.opened),
    }
