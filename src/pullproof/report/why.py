"""Why a task did not start, for a person and for programs: the message, the conclusion, the evidence."""

from collections.abc import Callable, Iterable, Iterator

from pullproof.explain.understand import Meaning
from pullproof.finding import Report, TaskReport
from pullproof.model.codes import BLOCKERS, WARNINGS
from pullproof.model.edits import Edit
from pullproof.report.fix import mending
from pullproof.report.fix_json import mending_json
from pullproof.report.fold import Cause as Folded
from pullproof.report.fold import Met
from pullproof.report.json_v1 import TASK_WORDS, Json, blocker_json, docs_page, unknowns_json, written
from pullproof.report.look import Look
from pullproof.report.terminal import entry, findings, joined, notes
from pullproof.report.text import counted, listed, quoted, safe, wrapped
from pullproof.why.answer import Answer, Told, to_mend
from pullproof.why.conclude import Cause, Conclusion, Judgement
from pullproof.why.failure import Failure

TITLES = {row.code: row.title for row in (*BLOCKERS, *WARNINGS)}
#: How each judgement begins: the paint, and the sentence.
SAYS = {
    Judgement.CERTAIN: ("red", "the cause, for certain:"),
    Judgement.SEVERAL: ("red", "several causes fit; each alone gives this message, and all have to change:"),
    Judgement.UNSETTLED: ("yellow", "not settled: what this message tells of depends on what is not known"),
    Judgement.ELSEWHERE: ("yellow", "nothing that is found now gives this message; what it tells of works"),
    Judgement.NOTHING: ("green", "the proof finds nothing wrong now"),
    Judgement.OUTSIDE: ("yellow", "neither the network nor a permission gives this message"),
    Judgement.NOT_KNOWN: ("yellow", "this is no message that we know"),
    Judgement.NOT_PROVED: ("yellow", "nothing was proved: there is no input that shows the estate"),
}


#: What the sentences on the rest are.
LEFT = {Judgement.NOTHING: "what is left", Judgement.OUTSIDE: "what to do"}


def render(answer: Answer, look: Look) -> str:
    """The whole answer as text, with a line break at its end."""
    blocks: list[Iterable[str]] = []
    waiting = dict(answer.offers)
    for told in answer.told:
        blocks.append(_failure(told, look))
        for conclusion in told.conclusions:
            blocks += _conclusion(conclusion, told.failure, answer, look)
        for task in to_mend((told,)):
            if task in waiting:
                blocks += mending(waiting.pop(task), look, again=_typed(answer.apply, task))
    blocks.append(notes(answer.report, look))
    return joined(blocks)


def _failure(told: Told, look: Look) -> Iterator[str]:
    """What failed, when."""
    failure = told.failure
    if failure.kind == "text":
        return
    name = failure.id.rpartition("/")[2] or failure.id
    of = f" of the service {failure.service}" if failure.service and failure.kind == "task" else ""
    yield look.painted(f"{failure.kind} {safe(name)}{safe(of)}", "bold")
    more = f", and {counted(failure.times - 1, 'more task')} in the same way" if failure.times > 1 else ""
    facts = {
        "stopped": f"{failure.stopped_at}{more}",
        "stop code": failure.stop_code,
        "platform version": failure.platform_version,
        "subnet": failure.subnet,
        "task definition": failure.task_definition,
    }
    for fact, value in facts.items():
        yield from entry(fact, safe(value), look)
    yield from entry("note", safe(told.note), look)


def _conclusion(found: Conclusion, failure: Failure, answer: Answer, look: Look) -> Iterator[Iterable[str]]:
    """One message: its words, what they mean, what is proven."""
    yield [*_words(found, look), *_meaning(found.meaning, look)]
    paint, says = SAYS[found.judgement]
    if found.judgement is Judgement.NOT_PROVED and failure.kind != "text":
        says = "nothing was proved: nothing in the input runs this task now"
    yield [look.painted(says, paint), *_left(found, look), *_fix(found, failure, answer, look)]
    if found.causes:
        yield from _shown(found.causes, found.task, answer.report, look)
    if found.notices:
        yield _notices(found, look)
    if found.others:
        yield _others(found, look)


def _words(found: Conclusion, look: Look) -> Iterator[str]:
    for line in found.message.text.splitlines() or [""]:
        yield from (f"  | {part}" for part in wrapped(safe(line), look.width - 4))
    if found.message.where:
        yield from entry("said in", safe(found.message.where), look)


def _meaning(meaning: Meaning | None, look: Look) -> Iterator[str]:
    if meaning is None:
        return
    head = meaning.row.step or "no launch step"
    yield from entry(head, f"{meaning.row.title} ({meaning.nature.value}; {meaning.row.era})", look)
    for clue in meaning.clues:
        yield from entry("detail", f"{safe(clue.says)}: {safe(clue.means)}", look)


def _left(found: Conclusion, look: Look) -> Iterator[str]:
    """What is not known, and what remains."""
    if found.judgement is Judgement.NOT_PROVED and found.meaning is not None:
        widest = max(map(len, found.meaning.causes), default=0)
        yield from (f"    {code:{widest}}  {TITLES[code]}" for code in found.meaning.causes)
    for unknown in found.unknowns:
        yield from entry("unknown", safe(f"{unknown.what}: {unknown.why.value}"), look)
        yield from entry("to settle it", safe(unknown.settle_by), look)
    name = LEFT.get(found.judgement, "also possible")
    for place, left in enumerate(found.left):
        yield from entry(name if place == 0 else "or", safe(left), look)


def _fix(found: Conclusion, failure: Failure, answer: Answer, look: Look) -> Iterator[str]:
    """What to type next."""
    if found.judgement is Judgement.NOT_PROVED and failure.kind != "text":
        where = f"--subnets {safe(failure.subnet) or 'ID'} --security-groups ID"
        yield from entry("help", f"say where it ran: {where}", look)
    elif found.judgement is Judgement.NOT_PROVED:
        yield from entry("help", "pullproof why INPUT --text ... proves the estate that INPUT shows", look)
    elif found.causes and found.task is not None and found.task.id not in answer.offers:
        yield from entry("to mend it", safe(_typed(answer.fix, found.task.id)), look)


def _typed(command: str, task: str) -> str:
    """A command about a task, as it would be typed."""
    return command.format(task=quoted(task))


def _shown(
    causes: tuple[Cause, ...], task: TaskReport | None, report: Report, look: Look
) -> Iterator[Iterable[str]]:
    """The evidence, as `check` shows it."""
    if task is None:
        return
    folded = tuple(
        Folded(blocker=each.blocker, met=tuple(Met(task=task, step=step) for step in each.steps))
        for each in causes
    )
    alone = Report(source_kind="", source_path="", tasks=(), places=report.places)
    yield from findings(alone, folded, look)


def _notices(found: Conclusion, look: Look) -> Iterator[str]:
    for notice in found.notices:
        yield f"{look.painted(f'warning[{notice.code}]', 'yellow')}: {safe(notice.message)}"
        yield f"  --> {safe(notice.resource)}"
        yield from entry("help", f"pullproof explain {notice.code}", look)


def _others(found: Conclusion, look: Look) -> Iterator[str]:
    """What is wrong besides: the task would meet it next, or it is what is wrong now."""
    besides = found.causes or found.notices
    yield look.painted(
        "wrong besides (ECS tells one failure at a time):" if besides else "wrong now:", "bold"
    )
    for each in found.others:
        steps = listed(dict.fromkeys(step.step for step in each.steps))
        yield from entry(each.blocker.code, safe(f"{each.blocker.message} ({steps})"), look)
        yield f"      --> {safe(each.blocker.resource)}"


def render_json(answer: Answer, edit_json: Callable[[Edit], Json]) -> str:
    """The same for programs (docs/json.md); `edit_json` writes one edit of a fix."""
    return written(
        {
            "schema": 1,
            "source": {"kind": answer.report.source_kind, "path": answer.report.source_path},
            "failures": [_told_json(told, answer, edit_json) for told in answer.told],
            "notes": list(answer.report.notes),
        }
    )


def _told_json(told: Told, answer: Answer, edit_json: Callable[[Edit], Json]) -> Json:
    failure = told.failure
    return {
        "kind": failure.kind,
        "id": failure.id,
        "cluster": failure.cluster,
        "service": failure.service,
        "task_definition": failure.task_definition,
        "platform_version": failure.platform_version,
        "stop_code": failure.stop_code,
        "stopped_at": failure.stopped_at,
        "subnet": failure.subnet,
        "times": failure.times,
        "note": told.note,
        "messages": [_conclusion_json(each, answer, edit_json) for each in told.conclusions],
    }


def _conclusion_json(found: Conclusion, answer: Answer, edit_json: Callable[[Edit], Json]) -> Json:
    meaning, task = found.meaning, found.task
    offer = answer.offers.get(task.id) if task is not None and found.causes else None
    return {
        "text": found.message.text,
        "where": found.message.where,
        "id": meaning.row.id if meaning else "",
        "step": meaning.row.step if meaning else "",
        "title": meaning.row.title if meaning else "",
        "nature": meaning.nature.name.lower() if meaning else "",
        "written_by": meaning.row.era if meaning else "",
        "clues": [{"says": clue.says, "means": clue.means} for clue in meaning.clues] if meaning else [],
        "conclusion": found.judgement.value,
        "task": {"id": task.id, "verdict": TASK_WORDS[task.verdict]} if task else None,
        "causes": [_cause_json(each, answer) for each in found.causes],
        "warnings": [
            {"code": one.code, "resource": one.resource, "message": one.message, "docs": docs_page(one.code)}
            for one in found.notices
        ],
        "others": [_cause_json(each, answer) for each in found.others],
        "possible": list(meaning.causes) if meaning and found.judgement is Judgement.NOT_PROVED else [],
        "unknowns": unknowns_json(found.unknowns),
        "left": list(found.left),
        "fix": _typed(answer.fix, task.id) if task is not None and found.causes else "",
        "offer": mending_json(offer, edit_json) if offer is not None else None,
    }


def _cause_json(cause: Cause, answer: Answer) -> Json:
    return blocker_json(cause.blocker, answer.report) | {
        "steps": list(dict.fromkeys(step.step for step in cause.steps)),
        "subnets": list(dict.fromkeys(subnet for step in cause.steps for subnet in step.subnets)),
        "intermittent": any(step.intermittent for step in cause.steps),
    }
