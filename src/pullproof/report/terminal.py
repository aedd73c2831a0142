"""A report for a person: every cause once, with its path; then every task; the count is the last line."""

from collections.abc import Iterable, Iterator

from pullproof.evidence import Hop, Step
from pullproof.finding import Report, StepReport, TaskReport
from pullproof.report.chain import BAR, chain, flow, mark
from pullproof.report.fold import Cause, Caution, Doubt, Met, about, causes, cautions, doubts, labels, path_of
from pullproof.report.look import Look
from pullproof.report.text import counted, listed, quoted, safe, wrapped
from pullproof.verdict import Verdict

#: Every cause is told, but nobody reads more unknowns than this: the first are what to begin with.
MOST_DOUBTS = 60

#: The kind of input that may be several files.
TEMPLATES = "cloudformation-template"

SAYS = {
    Verdict.WORKS: "can start",
    Verdict.FAILS: "cannot start",
    Verdict.UNKNOWN: "unknown",
}


def render(report: Report, look: Look, *, quiet: bool = False, reading: str = "") -> str:
    """The whole report as text, with a line break at its end; `reading` are the options it was read with."""
    verdicts = tuple(task.verdict for task in report.tasks)
    found = causes(report.tasks)
    blocks: list[Iterable[str]] = []
    if not quiet:
        blocks += findings(report, found, look)
        blocks += [_caution(caution, report, look) for caution in cautions(report.tasks)]
        blocks += [notes(report, look), _mend(report, verdicts, reading, look)]
    return joined([*blocks, _tasks(report.tasks, verdicts, look), (summary(verdicts, len(found)),)])


def joined(blocks: Iterable[Iterable[str]]) -> str:
    """Blocks of lines with an empty line between them; a block without lines leaves none."""
    return "\n\n".join("\n".join(lines) for block in blocks if (lines := list(block))) + "\n"


def findings(report: Report, found: tuple[Cause, ...], look: Look) -> Iterator[Iterable[str]]:
    """What has to change, then what is not known."""
    yield from (_cause(cause, report, look) for cause in found)
    every = doubts(report.tasks)
    yield from (_doubt(doubt, report, look) for doubt in every[:MOST_DOUBTS])
    if len(every) > MOST_DOUBTS:
        left = counted(len(every) - MOST_DOUBTS, "more unknown")
        yield (f"{look.painted('note', 'bold')}: {left} left out here: --format json has every one",)


def summary(verdicts: tuple[Verdict, ...], blockers: int) -> str:
    """The last line: how many tasks, and how they are judged."""
    count = {verdict: verdicts.count(verdict) for verdict in Verdict}
    causes = f" ({counted(blockers, 'blocker')})" if blockers else ""
    return (
        f"{counted(len(verdicts), 'task')}: {count[Verdict.WORKS]} can start,"
        f" {count[Verdict.FAILS]} cannot start{causes}, {count[Verdict.UNKNOWN]} unknown"
    )


def _cause(cause: Cause, report: Report, look: Look) -> Iterator[str]:
    """One thing that has to change."""
    blocker, lead = cause.blocker, cause.met[0]
    step = lead.step
    adverb = "cannot always" if step.intermittent else "cannot"
    yield _heading("fails", blocker.code, "red", f"{safe(lead.task.id)} {adverb} {_does(step)}", look)
    yield _arrow(blocker.resource, report)
    hops = path_of(step, lambda hop: any(_is(decision, cause) for decision in hop.steps))
    yield from _path(hops, cause.met, safe(blocker.message), report, look)
    yield from entry("because", step.rule.because, look)
    yield from entry("you would see", step.rule.symptom, look)
    if step.intermittent:
        yield from entry("intermittent", _some(cause), look)
    yield from _also("also blocks", labels(cause.met), lead.task.id, lead.label, look)
    yield from entry("help", f"pullproof explain {blocker.code}", look)
    yield from _see(step, look)


def _doubt(doubt: Doubt, report: Report, look: Look) -> Iterator[str]:
    """One thing that is not known."""
    unknown = doubt.unknown
    what = f"{safe(unknown.what)}: {unknown.why.value}"
    if doubt.tasks:
        name, task, label = "task", doubt.tasks[0], ""
        hops: tuple[Hop, ...] = ()
        does, because = "start", ""
    else:
        lead = doubt.met[0]
        name, task, label = lead.step.step, lead.task.id, lead.label
        hops = path_of(lead.step, lambda hop: any(step.unknown == unknown for step in hop.steps))
        does, because = _does(lead.step), lead.step.rule.because
    yield _heading("unknown", name, "yellow", f"not settled whether {safe(task)} can {does}", look)
    yield _arrow(unknown.resource or task, report)
    yield from _path(hops, doubt.met, what, report, look)
    yield from entry("because", because, look)
    yield from entry("to settle it", safe(unknown.settle_by), look)
    yield from _also("also waiting on this", labels(doubt.met, doubt.tasks), task, label, look)


def _path(
    hops: tuple[Hop, ...], met: tuple[Met, ...], message: str, report: Report, look: Look
) -> Iterator[str]:
    """The path that decides, or the bare message where no path does."""
    yield BAR
    if not hops:
        yield from (f"{BAR} {line}" for line in wrapped(message, look.width - len(BAR) - 1))
    else:
        if hops is met[0].step.network:
            yield from flow(met[0].step, _subnets(met), look)
        yield from chain(hops, report.places, look)
    yield BAR


def _caution(caution: Caution, report: Report, look: Look) -> Iterator[str]:
    """One warning."""
    notice = caution.notice
    head = f"warning[{notice.code}]"
    first, *more = wrapped(f"{head}: {safe(notice.message)}", look.width - 2)
    yield f"{look.painted(head, 'yellow')}{look.painted(first.removeprefix(head), 'bold')}"
    yield from (f"  {look.painted(line, 'bold')}" for line in more)
    yield _arrow(notice.resource, report)
    yield from entry("for", listed(map(safe, caution.tasks)), look)
    yield from entry("help", f"pullproof explain {notice.code}", look)


def notes(report: Report, look: Look) -> Iterator[str]:
    """How the input was read, and what nothing in it runs."""
    says = [safe(note) for note in report.notes]
    if report.not_launched:
        names = listed(map(safe, report.not_launched))
        says.append(f"nothing in the input runs {names}: judged with --subnets and --security-groups")
    for text in says:
        first, *more = wrapped(text, look.width - 6)
        yield f"{look.painted('note', 'bold')}: {first}"
        yield from (f"      {line}" for line in more)


def _mend(report: Report, verdicts: tuple[Verdict, ...], reading: str, look: Look) -> Iterator[str]:
    """Where the way on is, if something is blocked."""
    if Verdict.FAILS in verdicts:
        # Several templates are called by all their names.
        paths = report.source_path.split(", ") if report.source_kind == TEMPLATES else [report.source_path]
        words = safe(f"{' '.join(map(quoted, paths))}{reading}")
        says = f"pullproof fix {words} offers the smallest change that helps"
        first, *more = wrapped(says, look.width - 5)
        yield f"{look.painted('fix', 'bold')}: {first}"
        yield from (f"     {line}" for line in more)


def _tasks(tasks: tuple[TaskReport, ...], verdicts: tuple[Verdict, ...], look: Look) -> Iterator[str]:
    """One line for each task."""
    widest = min(max((len(safe(task.id)) for task in tasks), default=0), look.width // 2)
    for task, verdict in zip(tasks, verdicts, strict=True):
        says = SAYS[verdict]
        if verdict is Verdict.FAILS and task.intermittent:
            says = "cannot always start"
        steps = {s.step: None for s in task.steps if s.step != "exec" and s.verdict is verdict}
        which = f": {', '.join(steps)}" if steps and verdict is not Verdict.WORKS else ""
        yield f"{mark(verdict, look)} {safe(task.id):{widest}}  {says}{which}"


def _heading(kind: str, code: str, paint: str, says: str, look: Look) -> str:
    return f"{look.painted(f'{kind}[{code}]', paint)}: {look.painted(says, 'bold')}"


def _arrow(resource: str, report: Report) -> str:
    """Where to change something: the line, if the input has lines, and the address."""
    place = report.places.get(resource)
    return f"  --> {safe(place)} ({safe(resource)})" if place else f"  --> {safe(resource)}"


def entry(name: str, text: str, look: Look) -> Iterator[str]:
    """A line below a path: `= because: ...`; none where there is nothing to say."""
    if text:
        head = f"   = {name}: "
        first, *more = wrapped(text, max(20, look.width - len(head)))
        yield f"{head}{first}"
        yield from (f"{' ' * len(head)}{line}" for line in more)


def _see(step: StepReport, look: Look) -> Iterator[str]:
    """The AWS page that says so; a link stands on one line, however long."""
    if step.rule.doc:
        yield f"   = see: {look.linked(step.rule.doc, step.rule.doc)}"


def _also(name: str, by_task: dict[str, tuple[str, ...]], task: str, label: str, look: Look) -> Iterator[str]:
    """What else the same cause leads to: other steps of this task, then other tasks."""
    own = [step for step in by_task.pop(task) if step != label]
    yield from entry(name, safe(listed(own)), look)
    together: dict[tuple[str, ...], list[str]] = {}
    for other, steps in by_task.items():
        together.setdefault(steps, []).append(other)
    for steps, others in together.items():
        told = f"{listed(steps)} of " if steps else ""
        yield from entry(name, safe(f"{told}{listed(others)}"), look)


def _some(cause: Cause) -> str:
    """Which launches meet a cause, where not all do."""
    lead = cause.met[0]
    meet = _subnets(cause.met)
    every = {s for step in lead.task.steps if step.step == lead.step.step for s in step.subnets}
    if every > set(meet):
        return f"only launches in {safe(listed(meet))} meet it"
    return "only some launches meet it: deployments fail now and then"


def _does(step: StepReport) -> str:
    subject = safe(about(step))
    return f"{safe(step.rule.title)} ({subject})" if subject else safe(step.rule.title)


def _subnets(met: tuple[Met, ...]) -> tuple[str, ...]:
    """Every subnet in which the first step that meets a cause does so."""
    lead = met[0]
    found: dict[str, None] = {}
    for one in met:
        if one.task is lead.task and one.label == lead.label and one.step.rule == lead.step.rule:
            found |= dict.fromkeys(one.step.subnets)
    return tuple(found)


def _is(decision: Step, cause: Cause) -> bool:
    return decision.code == cause.blocker.code and decision.to_change == cause.blocker.resource
