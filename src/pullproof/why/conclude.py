"""From a message and a proof to the cause: which blockers explain the message, and how certain that is."""

import enum
import re
from collections.abc import Iterator

import msgspec

from pullproof.evidence import Gate
from pullproof.explain.clues import ACTION
from pullproof.explain.row import CUSTOM_DNS, DOCKER, Nature
from pullproof.explain.understand import Meaning, understand
from pullproof.finding import Blocker, StepReport, TaskReport
from pullproof.launch.requirement import Notice
from pullproof.model.codes import STEPS
from pullproof.model.value import Unknown
from pullproof.verdict import Verdict
from pullproof.why.failure import Message

#: The parts of a path that decide whether a call is permitted; all others decide whether it arrives.
PERMISSION = frozenset(
    (
        *(Gate.ROLE, Gate.IDENTITY_POLICY, Gate.BOUNDARY, Gate.ORGANIZATION_POLICY),
        *(Gate.ENDPOINT_POLICY, Gate.RESOURCE_POLICY),
    )
)
PERMISSION_CODES = frozenset(
    (
        *("role-missing", "role-trust", "iam-missing-action", "iam-denied"),
        *("endpoint-policy", "resource-policy"),
    )
)
ELSEWHERE_NATURES = frozenset((Nature.TASK, Nature.CAPACITY, Nature.STARTED))
CHANGED = "the estate was changed since then, and would let the task start now"
PASSING = "it was a passing fault, of AWS or of the network: start the task again"
LEFT_OUT = "it is something that the proof leaves out: see docs/limits.md"


class Judgement(enum.Enum):
    """What can be said of a message; the words are those of the JSON document."""

    CERTAIN = "certain"
    SEVERAL = "several"
    UNSETTLED = "unknown"
    ELSEWHERE = "elsewhere"
    NOTHING = "nothing-found"
    OUTSIDE = "outside"
    NOT_KNOWN = "not-understood"
    NOT_PROVED = "not-proved"


class Cause(msgspec.Struct, frozen=True, kw_only=True):
    """One blocker, and every step that it blocks, the earliest first."""

    blocker: Blocker
    steps: tuple[StepReport, ...]


class Conclusion(msgspec.Struct, frozen=True, kw_only=True):
    """What follows from one message and the proof of one task.

    `causes` explain the message and `notices` too; `others` are blockers of the task that do not.
    `unknowns` could explain it. `left` says in words what remains, the likeliest first.
    """

    message: Message
    meaning: Meaning | None
    judgement: Judgement
    task: TaskReport | None = None
    causes: tuple[Cause, ...] = ()
    notices: tuple[Notice, ...] = ()
    others: tuple[Cause, ...] = ()
    unknowns: tuple[Unknown, ...] = ()
    left: tuple[str, ...] = ()


def meanings(message: Message) -> tuple[Meaning, ...]:
    """What a message says; several, where several were pasted together."""
    return understand(message.text)


def is_old(meaning: Meaning) -> bool:
    """Whether only platform versions before 1.4.0 use these words."""
    return meaning.row.era == DOCKER


def conclude(message: Message, meaning: Meaning, task: TaskReport | None, subnet: str = "") -> Conclusion:
    """What explains a message. `subnet` is where the task was placed, "" where that is not known."""
    if task is None:
        left = meaning.others
        return Conclusion(message=message, meaning=meaning, judgement=Judgement.NOT_PROVED, left=left)
    here = _here(meaning, task, subnet)
    fits = _causes(here, meaning)
    notices = tuple(notice for notice in task.warnings if notice.code in meaning.causes)
    mended = {cause.blocker.change for cause in fits}
    others = tuple(cause for cause in _every(task.steps) if cause.blocker.change not in mended)
    unknowns = _unknowns(here, meaning, task)
    judgement = _judgement(fits, notices, others, unknowns, meaning)
    return Conclusion(
        message=message,
        meaning=meaning,
        judgement=judgement,
        task=task,
        causes=fits,
        notices=notices if not fits else (),
        others=others,
        unknowns=unknowns if judgement is Judgement.UNSETTLED else (),
        left=_left(judgement, meaning),
    )


def unknown_words(message: Message, task: TaskReport | None) -> Conclusion:
    """What remains of a message that nobody knows: what is wrong with the task."""
    others = _every(task.steps) if task is not None else ()
    return Conclusion(message=message, meaning=None, judgement=Judgement.NOT_KNOWN, task=task, others=others)


def _judgement(
    fits: tuple[Cause, ...],
    notices: tuple[Notice, ...],
    others: tuple[Cause, ...],
    unknowns: tuple[Unknown, ...],
    meaning: Meaning,
) -> Judgement:
    """What is certain decides, then what may be, then what is wrong besides."""
    if fits or notices:
        return Judgement.CERTAIN if len(fits or notices) == 1 else Judgement.SEVERAL
    if unknowns and meaning.causes:
        return Judgement.UNSETTLED
    if meaning.nature in ELSEWHERE_NATURES:
        return Judgement.OUTSIDE
    return Judgement.ELSEWHERE if others else Judgement.NOTHING


def _here(meaning: Meaning, task: TaskReport, subnet: str) -> tuple[StepReport, ...]:
    """The parts of the proof that the message is about: its step, its subnet, its host."""
    asked = {meaning.row.step, *meaning.row.also} if meaning.row.step else {*STEPS} - {"exec"}
    here = [step for step in task.steps if step.step in asked]
    placed = [step for step in here if subnet in step.subnets]
    here = placed if subnet and placed else here
    named = [step for step in here if step.host in meaning.hosts]
    return tuple(named or here)


def _causes(here: tuple[StepReport, ...], meaning: Meaning) -> tuple[Cause, ...]:
    """The blockers that the words of the message allow."""
    fits = [cause for cause in _every(here) if cause.blocker.code in meaning.causes]
    action = _action(meaning)
    named = [
        cause for cause in fits if action and re.search(rf"{action}\b", cause.blocker.message, re.IGNORECASE)
    ]
    return tuple(named or fits)


def _action(meaning: Meaning) -> str:
    """The action that was refused, as the message names it."""
    for clue in meaning.clues:
        if found := ACTION.search(clue.says) or re.search(r"to perform (?P<action>[\w-]+:\w+)", clue.says):
            return re.escape(found["action"])
    return ""


def _every(steps: tuple[StepReport, ...]) -> tuple[Cause, ...]:
    """Every blocker once, in launch order."""
    found: dict[tuple[str, str, str], tuple[Blocker, list[StepReport]]] = {}
    for step in sorted(steps, key=lambda each: STEPS.index(each.step)):
        for blocker in step.blockers if step.step != "exec" or len(steps) == 1 else ():
            found.setdefault(blocker.change, (blocker, []))[1].append(step)
    return tuple(Cause(blocker=blocker, steps=tuple(met)) for blocker, met in found.values())


def _unknowns(here: tuple[StepReport, ...], meaning: Meaning, task: TaskReport) -> tuple[Unknown, ...]:
    """What is not known of the step, and of the kinds that the message tells of."""
    kinds = {code in PERMISSION_CODES for code in meaning.causes}
    return tuple(dict.fromkeys(_open(here, kinds)) | dict.fromkeys(task.unsettled))


def _open(here: tuple[StepReport, ...], kinds: set[bool]) -> Iterator[Unknown]:
    for step in here:
        for decision in step.decisions:
            if decision.unknown is not None and (decision.gate in PERMISSION) in kinds:
                yield decision.unknown


def _left(judgement: Judgement, meaning: Meaning) -> tuple[str, ...]:
    """What remains, where no blocker explains the message."""
    if judgement is Judgement.NOTHING:
        # What the DHCP options name was seen, and is part of the proof.
        others = (other for other in meaning.others if other != CUSTOM_DNS)
        return (CHANGED, *others, PASSING, LEFT_OUT)
    if judgement in (Judgement.ELSEWHERE, Judgement.OUTSIDE, Judgement.UNSETTLED):
        return meaning.others
    return ()


def worst(conclusions: tuple[Conclusion, ...]) -> Verdict:
    """Whether something is found (FAILS), nothing is (WORKS), or that is not settled."""
    found = {each.judgement for each in conclusions}
    if any(each.causes or each.notices or each.others for each in conclusions):
        return Verdict.FAILS
    if found & {Judgement.UNSETTLED, Judgement.NOT_PROVED}:
        return Verdict.UNKNOWN
    return Verdict.WORKS
