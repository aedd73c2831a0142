"""Two reports on one input, task by task: what another platform version would change."""

import enum

import msgspec

from pullproof.finding import Blocker, Report, StepReport, TaskReport
from pullproof.model.value import Unknown
from pullproof.verdict import Verdict


class Change(enum.Enum):
    """What becomes of a task."""

    STOPS = "stops"
    WORSE = "worse"
    UNSETTLED = "unsettled"
    STARTS = "starts"
    SAME = "same"


class Compared(msgspec.Struct, frozen=True, kw_only=True):
    """One task before and after.

    `gained` are blockers that it has only after, `lost` those that it had only before, `opened` what is
    not known only after. `worse` is the task with those steps alone that gained something.
    """

    before: TaskReport
    after: TaskReport
    gained: tuple[Blocker, ...]
    lost: tuple[Blocker, ...]
    opened: tuple[Unknown, ...]
    worse: TaskReport

    @property
    def change(self) -> Change:
        """What becomes of it; a certain blocker decides before an unknown."""
        before, after = self.before.verdict, self.after.verdict
        if after is Verdict.FAILS and before is not Verdict.FAILS:
            return Change.STOPS
        if self.gained:
            return Change.WORSE
        if after is Verdict.UNKNOWN and (before is Verdict.WORKS or self.opened):
            return Change.UNSETTLED
        if before is Verdict.FAILS and after is not Verdict.FAILS:
            return Change.STARTS
        return Change.SAME


def compare(before: Report, after: Report) -> tuple[Compared, ...]:
    """Every task of both, in the order of `after`."""
    earlier = {task.id: task for task in before.tasks}
    return tuple(_compared(earlier[task.id], task) for task in after.tasks if task.id in earlier)


def _compared(before: TaskReport, after: TaskReport) -> Compared:
    had, has = _blockers(before), _blockers(after)
    gained = {key: blocker for key, blocker in has.items() if key not in had}
    known = dict.fromkeys(_unknowns(before))
    opened = tuple(unknown for unknown in _unknowns(after) if unknown not in known)
    steps = tuple(
        step
        for step in after.steps
        if any(_key(blocker) in gained for blocker in step.blockers)
        or not set(step.unknowns).isdisjoint(opened)
    )
    return Compared(
        before=before,
        after=after,
        gained=tuple(gained.values()),
        lost=tuple(blocker for key, blocker in had.items() if key not in has),
        opened=opened,
        worse=msgspec.structs.replace(
            after, steps=steps, unsettled=tuple(u for u in after.unsettled if u in opened), warnings=()
        ),
    )


def _blockers(task: TaskReport) -> dict[tuple[str, ...], Blocker]:
    """What keeps a task from starting, by what would be changed, and for which step."""
    return {_key(blocker): blocker for step in _counted(task) for blocker in step.blockers}


def _unknowns(task: TaskReport) -> tuple[Unknown, ...]:
    steps = (step for step in _counted(task) if step.verdict is Verdict.UNKNOWN)
    return tuple(dict.fromkeys((*task.unsettled, *(unknown for step in steps for unknown in step.unknowns))))


def _counted(task: TaskReport) -> tuple[StepReport, ...]:
    """The steps that decide whether it starts."""
    return tuple(step for step in task.steps if step.step != "exec")


def _key(blocker: Blocker) -> tuple[str, ...]:
    return blocker.code, blocker.resource, blocker.message
