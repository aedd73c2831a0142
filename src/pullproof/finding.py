"""What a person is shown: the report on every task, step by step.

A report holds every step, also those that work: machine formats need them. Verdicts are computed from
the evidence.
"""

from collections.abc import Mapping

import msgspec

from pullproof.evidence import Hop, Step, Via, verdict_of
from pullproof.launch.requirement import Notice, Rule
from pullproof.model.edits import Edit
from pullproof.model.value import Maybe, Origin, Unknown
from pullproof.verdict import Verdict, all_of

#: Codes whose message names one of several things to add to the same resource.
ONE_BY_ONE = frozenset(
    ["endpoint-missing", "iam-missing-action", "iam-denied", "endpoint-policy", "resource-policy"]
)


class Blocker(msgspec.Struct, frozen=True, kw_only=True):
    """One thing that has to change: the code, the address to change, one line."""

    code: str
    resource: str
    message: str
    cites: tuple[Origin, ...] = ()

    @property
    def change(self) -> tuple[str, str, str]:
        """What two blockers share when one change mends both."""
        return self.code, self.resource, self.message if self.code in ONE_BY_ONE else ""


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


class Change(msgspec.Struct, frozen=True, kw_only=True):
    """One edit in words: what it does, the address that it changes, and what it is for.

    `settles` are the blockers that lead to it, as (code, resource, step, task).
    """

    edit: Edit
    says: str
    resource: str
    settles: tuple[tuple[str, str, str, str], ...] = ()


class Proof(msgspec.Struct, frozen=True, kw_only=True):
    """The estate was edited and every requirement of every task judged again; this is what changed.

    `starts` are the tasks that can start now and could not, `unsettled` those without a blocker of which
    something is not known, `settles` how many blocked steps work now, `judged` how many tasks were looked
    at. `opens` is what got worse.
    """

    starts: tuple[str, ...]
    unsettled: tuple[str, ...]
    settles: int
    judged: int
    opens: tuple[str, ...] = ()


class Fix(msgspec.Struct, frozen=True, kw_only=True):
    """Edits that belong together, proven. `whole`: the tasks it is for have no blocker left afterwards.

    `exposure` is what it newly permits, in words, the widest first; `score` the same as numbers.
    `monthly` is what it adds to the bill, in US dollars; `warnings` what AWS interrupts or limits.
    `ways` are those by which its tasks reach what they need, `per_gb` what a gigabyte of theirs costs at most.
    """

    whole: bool
    changes: tuple[Change, ...]
    exposure: tuple[str, ...]
    score: tuple[int, ...]
    monthly: Maybe[float]
    warnings: tuple[str, ...]
    proof: Proof
    ways: tuple[Via, ...] = ()
    per_gb: Maybe[float] = 0.0

    def __post_init__(self) -> None:
        """Refuse a fix that does nothing, that makes something worse, or that nobody proved."""
        if not self.changes:
            raise ValueError("a fix has at least one edit")
        if self.proof.opens:
            raise ValueError(f"a fix makes nothing worse: {self.proof.opens[0]}")
        if self.whole and not (self.proof.starts or self.proof.unsettled):
            raise ValueError("a whole fix leaves some task without a blocker")

    @property
    def edits(self) -> tuple[Edit, ...]:
        """What renderers write."""
        return tuple(change.edit for change in self.changes)

    def with_data(self, gigabytes: float) -> Maybe[float]:
        """What it adds to the bill of a month in which its tasks move so much data."""
        return _with_data(self.monthly, self.per_gb, gigabytes)


class NotMended(msgspec.Struct, frozen=True, kw_only=True):
    """A blocker that stays: why nothing is offered for it, what a person can do, whom it keeps."""

    code: str
    resource: str
    why: str
    remedy: str
    tasks: tuple[str, ...]


class Compared(msgspec.Struct, frozen=True, kw_only=True):
    """What one strategy would do: how many tasks it mends by how many edits, and what that costs by the month."""

    via: str
    mended: int
    edits: int
    monthly: Maybe[float]
    with_data: Maybe[float]


class Offer(msgspec.Struct, frozen=True, kw_only=True):
    """The answer to `fix`: at most one whole fix and one partial one, and what is left.

    `via` is the strategy ("auto", "endpoints", "nat", "public-ip"). `blocked` are the tasks that were asked
    for and could not start, `unknown` those of which something is not known: there is nothing to promise.
    `gigabytes` is the data of a month, `priced` whose prices were taken; `compared` are the strategies, where
    the cheapest was asked for.
    """

    source_kind: str
    source_path: str
    via: str
    blocked: tuple[str, ...]
    unknown: tuple[str, ...]
    fixes: tuple[Fix, ...]
    left: tuple[NotMended, ...]
    notes: tuple[str, ...] = ()
    places: Mapping[str, str] = {}
    gigabytes: float = 0.0
    priced: str = ""
    compared: tuple[Compared, ...] = ()

    @property
    def mended(self) -> bool:
        """Whether no task that was asked for keeps a blocker."""
        kept = {task for one in self.left for task in one.tasks}
        return not kept.intersection(self.blocked)


class Way(msgspec.Struct, frozen=True, kw_only=True):
    """One way to AWS and its price: `fixed` a month, `per_gb` for each gigabyte, in US dollars.

    `what` says what is counted; `lacks` what this way does not reach.
    """

    name: str
    what: str
    fixed: Maybe[float]
    per_gb: Maybe[float]
    lacks: tuple[str, ...] = ()

    def monthly(self, gigabytes: float) -> Maybe[float]:
        """The price of a month with so much data."""
        return _with_data(self.fixed, self.per_gb, gigabytes)


class Costs(msgspec.Struct, frozen=True, kw_only=True):
    """The answer to `cost`: what is there now, what each way would cost, and where two ways cost the same.

    `even` are pairs of ways and the gigabytes a month from which on the first is the cheaper one.
    """

    source_kind: str
    source_path: str
    region: str
    priced: str
    gigabytes: float
    now: Way
    ways: tuple[Way, ...]
    even: tuple[tuple[str, str, float], ...]
    notes: tuple[str, ...] = ()


def _with_data(fixed: Maybe[float], per_gb: Maybe[float], gigabytes: float) -> Maybe[float]:
    if isinstance(fixed, Unknown) or not gigabytes:
        return fixed
    return per_gb if isinstance(per_gb, Unknown) else fixed + per_gb * gigabytes
