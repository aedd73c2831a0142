"""A report as one JSON document, version 1: the contract with programs (docs/json.md).

Keys may be added; none is removed, and none changes its meaning.
"""

import re
from collections.abc import Iterable, Mapping

import msgspec

from pullproof.evidence import Hop, Step
from pullproof.finding import Blocker, Report, StepReport, TaskReport
from pullproof.model.codes import BLOCKER_CODES
from pullproof.model.value import Unknown
from pullproof.verdict import Verdict

Json = dict[str, object]

TASK_WORDS = {
    Verdict.WORKS: "can_start",
    Verdict.FAILS: "cannot_start",
    Verdict.UNKNOWN: "unknown",
}
STEP_WORDS = {Verdict.WORKS: "ok", Verdict.FAILS: "blocked", Verdict.UNKNOWN: "unknown"}

#: Signs that a terminal could take as a command, or that no line should hold; JSON may escape any sign.
UNSAFE = re.compile("[\x7f-\x9f\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufeff\ud800-\udfff]")


def render(report: Report) -> str:
    """The document as text, indented, with a line break at its end."""
    return written(document(report))


def written(document: Json) -> str:
    """Any document as text that is safe to print."""
    try:
        text = msgspec.json.format(msgspec.json.encode(document), indent=2).decode()
    except UnicodeEncodeError:  # half of a surrogate pair in a name
        import json

        return json.dumps(document, indent=2) + "\n"
    return UNSAFE.sub(lambda sign: f"\\u{ord(sign[0]):04x}", text) + "\n"


def document(report: Report) -> Json:
    """The document as plain dictionaries and lists."""
    hops: dict[tuple[int, str], Json] = {}
    tasks = [_task(task, report, hops) for task in report.tasks]
    words = [task["verdict"] for task in tasks]
    return {
        "schema": 1,
        "source": {"kind": report.source_kind, "path": report.source_path},
        "summary": {word: words.count(word) for word in TASK_WORDS.values()},
        "tasks": tasks,
        "not_launched": list(report.not_launched),
        "notes": list(report.notes),
    }


def docs_page(code: str) -> str:
    """The page of a code, from the root of the docs' repository."""
    return f"docs/{'blockers' if code in BLOCKER_CODES else 'warnings'}/{code}.md"


def _task(task: TaskReport, report: Report, hops: dict[tuple[int, str], Json]) -> Json:
    """One task. `hops` are those already told: many tasks of a large input share their ways."""
    return {
        "id": task.id,
        "kind": task.kind,
        "task_definition": task.task_definition,
        "platform_version": task.platform_version,
        "verdict": TASK_WORDS[task.verdict],
        "intermittent": task.intermittent,
        **_place(task.id, report.places),
        "warnings": [
            {
                "code": notice.code,
                "resource": notice.resource,
                "message": notice.message,
                "docs": docs_page(notice.code),
                **_place(notice.resource, report.places),
            }
            for notice in task.warnings
        ],
        "unknowns": unknowns_json(task.unsettled),
        "steps": [_step(step, report, hops) for step in task.steps],
    }


def _step(step: StepReport, report: Report, hops: dict[tuple[int, str], Json]) -> Json:
    verdict = step.verdict
    found = [blocker_json(blocker, report) for blocker in step.blockers]
    # ECS Exec never keeps a task from starting: what is wrong with it is a warning, no blocker.
    blockers: Json = {"blockers": [], "obstacles": found} if step.step == "exec" else {"blockers": found}
    return {
        "step": step.step,
        "rule": step.rule.id,
        "subject": step.subject,
        "verdict": STEP_WORDS[verdict],
        "intermittent": step.intermittent,
        "subnets": list(step.subnets),
        "host": step.host,
        "port": step.port,
        "via": step.via.value,
        **blockers,
        "unknowns": [] if verdict is Verdict.WORKS else unknowns_json(step.unknowns),
        "hops": [
            *(_told(hop, "network", report, hops) for hop in step.network),
            *(_told(hop, "access", report, hops) for hop in step.access),
        ],
    }


def blocker_json(blocker: Blocker, report: Report) -> Json:
    """One blocker, with its page and place."""
    return {
        "code": blocker.code,
        "resource": blocker.resource,
        "message": blocker.message,
        "docs": docs_page(blocker.code),
        "cites": [str(origin) for origin in blocker.cites],
        **_place(blocker.resource, report.places),
    }


def unknowns_json(unknowns: Iterable[Unknown]) -> list[Json]:
    """What is not known, why, and what would settle it."""
    return [
        {
            "what": unknown.what,
            "resource": unknown.resource,
            "why": unknown.why.name.lower().replace("_", "-"),
            "supply": unknown.settle_by,
        }
        for unknown in unknowns
    ]


def _told(hop: Hop, part: str, report: Report, hops: dict[tuple[int, str], Json]) -> Json:
    """A hop, told once for each object; the report keeps them all alive, so an identity is one hop."""
    key = id(hop), part
    if key not in hops:
        hops[key] = hop_json(hop, part, report.places)
    return hops[key]


def hop_json(hop: Hop, part: str, places: Mapping[str, str]) -> Json:
    """One hop; `part` is "network" or "access"."""
    return {
        "at": hop.at,
        "gate": hop.gate.name.lower().replace("_", "-"),
        "part": part,
        "verdict": STEP_WORDS[hop.verdict],
        **({"dead_end": True} if hop.dead_end else {}),
        **_place(hop.at, places),
        "steps": [_decision(step) for step in hop.steps],
    }


def _decision(step: Step) -> Json:
    """One decision; keys that would say nothing are left out."""
    said: Json = {"verdict": STEP_WORDS[step.verdict], "says": step.says}
    if step.code:
        said |= {"code": step.code, "resource": step.to_change}
    if step.unknown is not None:
        said["unknown"] = step.unknown.what
    if step.partial:
        said["partial"] = True
    if step.cites:
        said["cites"] = [str(origin) for origin in step.cites]
    return said


def _place(address: str, places: Mapping[str, str]) -> Json:
    """The line of an address, where the input has lines."""
    place = places.get(address)
    return {"place": place} if place else {}
