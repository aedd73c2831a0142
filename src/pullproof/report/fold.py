"""Many consequences, few causes: what blocks, what is not settled and what is worth a warning, each once.

Two blockers are one cause when the same change mends both. A security group, a route table or an
attribute of a VPC is mended once, whatever it blocks; a missing endpoint or permission is one cause for
each service or action, since each has to be added.
"""

from collections.abc import Callable, Iterable

import msgspec

from pullproof.evidence import Hop
from pullproof.finding import Blocker, StepReport, TaskReport
from pullproof.launch.requirement import Notice
from pullproof.model.codes import BLOCKERS, STEPS, WARNINGS
from pullproof.model.value import Unknown
from pullproof.verdict import Verdict

STEP_ORDER = {step: place for place, step in enumerate(STEPS)}
CODE_ORDER = {row.code: place for place, row in enumerate((*BLOCKERS, *WARNINGS))}


class Met(msgspec.Struct, frozen=True, kw_only=True):
    """One place where a cause shows: a step of a task."""

    task: TaskReport
    step: StepReport

    @property
    def order(self) -> int:
        """When in a launch it shows."""
        return STEP_ORDER.get(self.step.step, len(STEPS))

    @property
    def label(self) -> str:
        """The step in a few words: "image-layers", with its subject where it has one."""
        subject = about(self.step)
        return f"{self.step.step} ({subject})" if subject else self.step.step


class Cause(msgspec.Struct, frozen=True, kw_only=True):
    """One thing that has to change, and every step that it blocks, the earliest first."""

    blocker: Blocker
    met: tuple[Met, ...]


class Doubt(msgspec.Struct, frozen=True, kw_only=True):
    """One thing that is not known, every step that waits on it, the earliest first, and every task of
    which more than a step does.
    """

    unknown: Unknown
    met: tuple[Met, ...]
    tasks: tuple[str, ...]


class Caution(msgspec.Struct, frozen=True, kw_only=True):
    """One warning, and the tasks that it is about."""

    notice: Notice
    tasks: tuple[str, ...]


def causes(tasks: Iterable[TaskReport]) -> tuple[Cause, ...]:
    """Every cause, by launch step, then code, then resource."""
    found: dict[tuple[str, str, str], tuple[Blocker, list[Met]]] = {}
    for task in tasks:
        for step in task.steps:
            if step.step != "exec" and step.verdict is Verdict.FAILS:
                for blocker in step.blockers:
                    _, met = found.setdefault(blocker.change, (blocker, []))
                    met.append(Met(task=task, step=step))
    every = [Cause(blocker=blocker, met=_by_step(met)) for blocker, met in found.values()]
    return tuple(sorted(every, key=_cause_order))


def doubts(tasks: Iterable[TaskReport]) -> tuple[Doubt, ...]:
    """Every unknown that leaves a step or a task open, by launch step, then what it is about."""
    met: dict[Unknown, list[Met]] = {}
    whole: dict[Unknown, list[str]] = {}
    for task in tasks:
        for unknown in task.unsettled:
            whole.setdefault(unknown, []).append(task.id)
        for step in task.steps:
            if step.step != "exec" and step.verdict is Verdict.UNKNOWN:
                for unknown in step.unknowns:
                    met.setdefault(unknown, []).append(Met(task=task, step=step))
    every = [
        Doubt(unknown=unknown, met=_by_step(met.get(unknown, [])), tasks=tuple(whole.get(unknown, ())))
        for unknown in whole | met
    ]
    return tuple(sorted(every, key=_doubt_order))


def cautions(tasks: Iterable[TaskReport]) -> tuple[Caution, ...]:
    """Every warning, by code, then resource."""
    found: dict[Notice, dict[str, None]] = {}
    for task in tasks:
        for notice in task.warnings:
            found.setdefault(notice, {})[task.id] = None
    every = [Caution(notice=notice, tasks=tuple(tasks)) for notice, tasks in found.items()]
    return tuple(sorted(every, key=_caution_order))


def about(step: StepReport) -> str:
    """Which image, secret or log group a step is about; nothing where its title says the same words."""
    words = {word for word in step.subject.split() if len(word) > 2}
    return "" if words <= set(step.rule.title.split()) else step.subject


def labels(met: Iterable[Met], tasks: Iterable[str] = ()) -> dict[str, tuple[str, ...]]:
    """By task, the steps in which a cause shows; none for `tasks`, which wait as a whole."""
    found: dict[str, dict[str, None]] = {task: {} for task in tasks}
    for one in met:
        found.setdefault(one.task.id, {})[one.label] = None
    return {task: tuple(steps) for task, steps in found.items()}


def path_of(step: StepReport, decides: Callable[[Hop], bool]) -> tuple[Hop, ...]:
    """The hops to show: those of the network or those of the policies, whichever decide."""
    for hops in (step.network, step.access):
        if any(decides(hop) for hop in hops):
            return hops
    return ()


def _doubt_order(doubt: Doubt) -> tuple[int, str, str]:
    return -1 if doubt.tasks else doubt.met[0].order, doubt.unknown.what, doubt.unknown.resource


def _by_step(met: list[Met]) -> tuple[Met, ...]:
    return tuple(sorted(met, key=lambda one: one.order))


def _cause_order(cause: Cause) -> tuple[int, int, str, str]:
    blocker = cause.blocker
    return cause.met[0].order, CODE_ORDER[blocker.code], blocker.resource, blocker.message


def _caution_order(caution: Caution) -> tuple[int, str, str]:
    notice = caution.notice
    return CODE_ORDER.get(notice.code, len(CODE_ORDER)), notice.resource, notice.message
