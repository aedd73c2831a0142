"""What a person is shown: the report on every task, step by step.

A report holds every step, also those that work: machine formats need them. Verdicts are computed from
the evidence.
"""

from collections.abc import Mapping

import msgspec

from pullproof.evidence import Hop, Step, Via, verdict_of
from pullproof.launch.requirement import Notice, Rule
from pullproof.model.value import Origin, Unknown
from pullproof.verdict import Verdict, all_of


class Blocker(msgspec.Struct, frozen=True, kw_only=True):
    """One thing that has to change: the code, the address to change, one line."""

    code: str
    resource: str
    message: str
    cites: tuple[Origin, ...] = ()


class StepReport(msgspec.Struct, frozen=True, kw_only=True):
    """One requirement judged in the subnets that answer alike.

    `network` has the hops of the shown path (out, then back), `access` the hops of roles and policies.
    `steps` are all decisions, from which verdict, blockers and unknowns follow. `intermittent`: only
    some launches meet the failure.
    """

    rule: Rule
    subject: str
    subnets: tuple[str, ...]
    host: str
    port: int
    via: Via
    network: tuple[Hop, ...]
    access: tuple[Hop, ...]
    decisions: tuple[Step, ...]
    intermittent: bool = False

    @property
    def step(self) -> str:
        """The launch step this belongs to."""
        return self.rule.step

    @property
    def verdict(self) -> Verdict:
        """Whether this requirement holds in those subnets."""
        return verdict_of(self.decisions)

    @property
    def blockers(self) -> tuple[Blocker, ...]:
        """What has to change, without repeats, in the order met."""
        found: dict[tuple[str, str, str], Blocker] = {}
        for step in self.decisions:
            if step.verdict is Verdict.FAILS:
                key = (step.code, step.to_change, step.says if step.code.startswith("iam") else "")
                found.setdefault(
                    key,
                    Blocker(
                        code=step.code,
                        resource=step.to_change,
                        message=step.says,
                        cites=step.cites,
                    ),
                )
        return tuple(found.values())

    @property
    def unknowns(self) -> tuple[Unknown, ...]:
        """What is not settled, without repeats."""
        return tuple(dict.fromkeys(s.unknown for s in self.decisions if s.unknown is not None))


class TaskReport(msgspec.Struct, frozen=True, kw_only=True):
    """One thing that runs a task, judged. `unsettled` are unknowns of the task as a whole."""

    id: str
    kind: str
    task_definition: str
    platform_version: str
    steps: tuple[StepReport, ...]
    warnings: tuple[Notice, ...] = ()
    unsettled: tuple[Unknown, ...] = ()
    #: Whether every launch fails, or only some (which subnet, which target).
    intermittent: bool = False

    @property
    def verdict(self) -> Verdict:
        """Whether the task can start. ECS Exec never keeps one from starting."""
        answer = all_of(step.verdict for step in self.steps if step.step != "exec")
        return answer & (Verdict.UNKNOWN if self.unsettled else Verdict.WORKS)


class Report(msgspec.Struct, frozen=True, kw_only=True):
    """The answer to `check`. `notes` are sentences on how the input was read; `not_launched` lists
    task definitions that nothing in the input runs; `places` maps addresses to `file:line`.
    """

    source_kind: str
    source_path: str
    tasks: tuple[TaskReport, ...]
    notes: tuple[str, ...] = ()
    not_launched: tuple[str, ...] = ()
    places: Mapping[str, str] = {}

    def count(self, verdict: Verdict) -> int:
        """How many tasks have that verdict."""
        return sum(task.verdict is verdict for task in self.tasks)
