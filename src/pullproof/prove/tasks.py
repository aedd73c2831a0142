"""One launch in all its subnets, folded into the report on a task."""

from collections.abc import Iterator
from typing import NamedTuple

import msgspec

from pullproof.evidence import Gate, Step, Via
from pullproof.finding import StepReport, TaskReport
from pullproof.launch.expand import needs_of
from pullproof.launch.pulls import Home
from pullproof.launch.requirement import Connect, Mount, Needs, Notice, Requirement
from pullproof.launch.stores import Stores
from pullproof.launch.task import home_of
from pullproof.model.codes import WARNINGS
from pullproof.model.ecs import Launch
from pullproof.model.estate import Estate
from pullproof.model.packets import EPHEMERAL_LINUX, EPHEMERAL_WINDOWS
from pullproof.model.ranges import Ranges, intersection
from pullproof.model.value import Maybe, Unknown, Why
from pullproof.prove.judge import Answer, Judge, softened
from pullproof.reach.party import Source
from pullproof.verdict import Verdict

_TITLES = {row.code: row.title for row in WARNINGS}


class Place(msgspec.Struct, frozen=True):
    """A subnet's key, and the interface that a task has there; "" and the reason while none is known."""

    subnet: str
    source: Source | Unknown


#: One requirement's answer in each place.
Answers = list[tuple[Place, Answer]]


class Judged(NamedTuple):
    """What a launch needs, where it is, and every requirement with its answers."""

    needs: Needs
    home: Home
    places: list[Place]
    answers: list[tuple[Requirement, Answers]]


class Prover:
    """Reports on the launches of one estate."""

    def __init__(self, estate: Estate) -> None:
        self.estate = estate
        self.judge = Judge(estate)
        self.stores = Stores(estate)

    def judged(self, launch: Launch, platform_version: str | None = None) -> Judged:
        """Everything the launch needs, and the answer for each of its subnets."""
        needs = needs_of(self.estate, launch, platform_version=platform_version, stores=self.stores)
        home = home_of(self.stores, launch)
        places = _places(launch, self._ephemeral(launch))
        answers = [(each, self._answers(each, launch, home, places)) for each in needs.requirements]
        return Judged(needs, home, places, answers)

    def report(self, launch: Launch, platform_version: str | None = None) -> TaskReport:
        """Everything the launch needs, judged in each of its subnets."""
        found_out = self.judged(launch, platform_version)
        needs, places, judged = found_out.needs, found_out.places, found_out.answers
        notices = (*needs.notices, *_notices(judged, launch))
        found = TaskReport(
            id=launch.key,
            kind=launch.kind.value,
            task_definition=_text(launch.task_definition),
            platform_version=needs.platform_version or _text(launch.platform_version),
            steps=tuple(step for each, answers in judged if _is_step(each) for step in _steps(each, answers)),
            warnings=tuple(dict.fromkeys(notices)),
            unsettled=tuple(dict.fromkeys((*unsettled_of(launch, places), *needs.unsettled))),
        )
        if found.verdict is Verdict.FAILS and _some_start(judged, places):
            return msgspec.structs.replace(found, intermittent=True)
        return found

    def _ephemeral(self, launch: Launch) -> Ranges:
        """The ports from which the task's connections start."""
        definition = self.estate.task_definitions.get(_text(launch.task_definition))
        if definition is None or isinstance(definition.os, Unknown):
            # What is dropped on these is dropped on either system; that all passes proves nothing.
            return intersection(EPHEMERAL_LINUX, EPHEMERAL_WINDOWS)
        return EPHEMERAL_WINDOWS if definition.os.upper().startswith("WINDOWS") else EPHEMERAL_LINUX

    def _answers(self, requirement: Requirement, launch: Launch, home: Home, places: list[Place]) -> Answers:
        if not any(isinstance(need, Connect | Mount) for need in requirement.needs):
            answer = self.judge.answer(requirement, launch.key, home, places[0].source)
            return [(place, answer) for place in places]
        found = [(place, self.judge.answer(requirement, launch.key, home, place.source)) for place in places]
        return _in_some(found, launch.subnets.open[0]) if launch.subnets.among else found


def _in_some(answers: Answers, which: Unknown) -> Answers:
    """The answers when the task runs in one or more of these subnets, and nobody knows in which.

    What fails in every one of them fails for certain; what fails in some is not settled.
    """
    if all(answer.verdict is Verdict.FAILS for _, answer in answers):
        return answers
    return [(place, softened(answer, which)) for place, answer in answers]


def _places(launch: Launch, ephemeral: Ranges) -> list[Place]:
    """Every subnet a task may be placed in."""
    subnets = launch.subnets.items or launch.subnets.among
    if not subnets:
        return [Place("", _no_subnets(launch))]
    return [
        Place(
            subnet,
            Source(
                key=launch.key,
                subnet=subnet,
                groups=launch.groups,
                public_ip=launch.public_ip,
                ephemeral=ephemeral,
            ),
        )
        for subnet in subnets
    ]


def _no_subnets(launch: Launch) -> Unknown:
    if launch.subnets.open:
        return launch.subnets.open[0]
    return Unknown(
        Why.NOT_IN_INPUT,
        f"the subnets of {launch.key}",
        launch.key,
        f"{launch.key} does not say in which subnets it runs: write them, or pass --subnets",
    )


def unsettled_of(launch: Launch, places: list[Place]) -> Iterator[Unknown]:
    """Why it cannot be proven that the task starts, whatever each requirement says."""
    if isinstance(launch.fargate, Unknown):
        yield launch.fargate
    if not launch.subnets.among:
        yield from launch.subnets.open
    yield from (place.source for place in places if isinstance(place.source, Unknown))


def _notices(judged: list[tuple[Requirement, Answers]], launch: Launch) -> Iterator[Notice]:
    """What the answers make worth a warning, but not beside a blocker that comes before it."""
    blocked = {
        each.rule.id
        for each, answers in judged
        if any(answer.verdict is Verdict.FAILS for _, answer in answers)
    }
    for each, answers in judged:
        if not (each.only_warns and blocked.intersection(each.rule.after)):
            yield from _warnings(each, launch, answers)


def _is_step(requirement: Requirement) -> bool:
    """Whether a requirement is one of the steps of the report; ECS Exec's are, other warnings are not."""
    return not requirement.only_warns or requirement.rule.step == "exec"


def _some_start(judged: list[tuple[Requirement, Answers]], places: list[Place]) -> bool:
    """Whether there is a subnet in which nothing fails every launch."""
    stuck = {
        place.subnet
        for requirement, answers in judged
        if not requirement.only_warns
        for place, answer in answers
        if answer.verdict is Verdict.FAILS and not answer.intermittent
    }
    return any(place.subnet and place.subnet not in stuck for place in places)


def _steps(requirement: Requirement, answers: Answers) -> Iterator[StepReport]:
    """One step for all subnets that answer alike."""
    groups: dict[object, Answers] = {}
    for place, answer in answers:
        groups.setdefault(_alike(answer), []).append((place, answer))
    for group in groups.values():
        first = group[0][1]
        yield StepReport(
            rule=requirement.rule,
            subject=requirement.subject,
            subnets=tuple(place.subnet for place, _ in group if place.subnet),
            host=first.host,
            port=first.port,
            via=first.via,
            network=first.network,
            access=first.access,
            decisions=_decisions(group),
            intermittent=first.intermittent,
        )


def _decisions(group: Answers) -> tuple[Step, ...]:
    """The decisions of the first, and what else speaks against the others."""
    first = group[0][1]
    if first.verdict is Verdict.WORKS or len(group) == 1:
        return first.decisions
    others = (step for _, answer in group[1:] for step in answer.decisions)
    return tuple(
        dict.fromkeys((*first.decisions, *(step for step in others if step.verdict is not Verdict.WORKS)))
    )


def _alike(answer: Answer) -> object:
    """What two subnets have in common whose answers are shown as one."""
    if answer.verdict is Verdict.WORKS:
        return answer.via, answer.endpoint
    against = (
        (step.code, step.to_change, step.unknown)
        for step in answer.decisions
        if step.verdict is not Verdict.WORKS
    )
    return answer.via, answer.endpoint, answer.verdict, answer.intermittent, tuple(dict.fromkeys(against))


def _warnings(requirement: Requirement, launch: Launch, answers: Answers) -> Iterator[Notice]:
    """What the answers make worth a warning."""
    for key in dict.fromkeys(key for _, answer in answers for key in answer.narrow):
        message = f"{key} admits replies to some of the ports 1024-65535, and not to all, as AWS advises"
        yield Notice(code="ephemeral-range", resource=key, message=message)
    if (notice := requirement.if_endpoint) is not None:
        for _, answer in answers:
            if answer.via is Via.INTERFACE_ENDPOINT and not _nameless(answer):
                resource = notice.resource or answer.endpoint
                yield msgspec.structs.replace(notice, resource=resource)
    if requirement.only_warns:
        says = dict.fromkeys(
            step.says for _, answer in answers for step in answer.decisions if step.verdict is Verdict.FAILS
        )
        if says:
            message = f"{_TITLES[requirement.only_warns]}: {'; '.join(says)}"
            yield Notice(code=requirement.only_warns, resource=launch.key, message=message)


def _nameless(answer: Answer) -> bool:
    """Whether the name does not lead to the endpoint, so that nothing would go through it once mended."""
    return any(s.gate is Gate.NAMES and s.verdict is Verdict.FAILS for s in answer.decisions)


def _text(value: Maybe[str]) -> str:
    return "" if isinstance(value, Unknown) else value
