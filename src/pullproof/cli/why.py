"""`why`: what ECS said of a task that did not start, and which cause the proof of it finds."""

import sys
from argparse import Namespace
from collections.abc import Mapping

import msgspec

from pullproof.cli.again import typed
from pullproof.cli.answer import deliver, look_for
from pullproof.cli.check import CAN_START, CANNOT_START, UNKNOWN
from pullproof.cli.loading import STDIN, load
from pullproof.cli.tasks import nothing_runs, only
from pullproof.errors import NothingToCheck, UsageError
from pullproof.finding import Offer, Report, TaskReport
from pullproof.prove import report
from pullproof.report.why import render, render_json
from pullproof.sources.base import Loaded
from pullproof.verdict import Verdict
from pullproof.why.answer import Answer, Told, to_mend, told_of
from pullproof.why.conclude import Judgement, worst
from pullproof.why.failure import Failure, failures, of_text

#: Inputs that are made of AWS's answers.
TELLS = ("live", "snapshot")
#: More than this is no stopped reason.
MOST = 1 << 20
#: Of more tasks than this only the command is told that mends them: each fix is searched for and proven.
MOST_OFFERS = 5


def why(options: Namespace) -> int:
    """Print what follows; the status is 1 when something is found that keeps the task from starting.

    Raises:
        UsageError: there is neither an input nor a text.
        NothingToCheck: nothing failed, or what is said of it is not known and nothing is wrong.
    """
    text = _text(options)
    if options.input is None:
        if text is None:
            raise UsageError(
                "there is nothing to explain: neither an input nor a text",
                remedy='pullproof why plan.json --text "ResourceInitializationError: ..."',
            )
        answer = Answer(report=Report(source_kind="", source_path="", tasks=()), told=(_alone(text),))
    else:
        answer = _proved(options, text)
    _deliver(answer, options)
    return _status(answer)


def _text(options: Namespace) -> str | None:
    """The message that is given, on the command line or on standard input."""
    text: str | None = options.text
    if text == STDIN:
        text = "" if sys.stdin is None else sys.stdin.buffer.read(MOST).decode("utf-8", "replace")
    if text is not None and not text.strip():
        raise UsageError("--text is empty", remedy="pass the whole stoppedReason, in quotes")
    return text


def _alone(text: str) -> Told:
    return told_of(of_text(text), (), lambda _: {})


def _proved(options: Namespace, text: str | None) -> Answer:
    """The answer about an input."""
    options.purpose = "check" if text is not None else "why"
    loaded = load(options)
    proofs: dict[str | None, Mapping[str, TaskReport]] = {}

    def prove(version: str | None) -> Mapping[str, TaskReport]:
        if version not in proofs:
            found = report(loaded, platform_version=version)
            proofs[version] = {task.id: task for task in found.tasks}
        return proofs[version]

    told = tuple(
        msgspec.structs.replace(told_of(failure, tasks, prove), note=_other(failure, tasks, loaded))
        for failure, tasks in _failures(options, loaded, text)
    )
    shown = report(loaded, only=frozenset())
    fix = _fix(options)
    apply = f"{fix} --out mend.tf" if loaded.kind in TELLS else f"{fix} --diff, then --write"
    return Answer(report=shown, told=told, fix=fix, apply=apply, offers=_offers(told, loaded))


def _offers(told: tuple[Told, ...], loaded: Loaded) -> dict[str, Offer]:
    """What mends the tasks of which a cause is known."""
    from pullproof.repair.offer import offer

    found = {task: offer(loaded, only=(task,)) for task in to_mend(told)[:MOST_OFFERS]}
    return {task: one for task, one in found.items() if one.blocked}


def _failures(options: Namespace, loaded: Loaded, text: str | None) -> list[tuple[Failure, tuple[str, ...]]]:
    """What failed, and the tasks that it may be a failure of."""
    if text is not None:
        return [(of_text(text), _launched(loaded, only(_keys(options.task, loaded), loaded)))]
    if loaded.kind not in TELLS:
        raise UsageError(
            "this input does not tell how tasks stopped: pass what ECS said",
            place=loaded.path,
            remedy=f'pullproof why {typed(options)} --text "ResourceInitializationError: ..."',
        )
    found = failures(options.task or _named(loaded.path), loaded.told["Services"], loaded.told["Tasks"])
    if not found:
        raise NothingToCheck(
            "no stopped task and no event of a service tells of a failure",
            place=loaded.path,
            remedy=(
                "ECS forgets a stopped task after an hour: pass what it said (a CloudWatch event, the console):"
                f'\npullproof why {typed(options)} --text "ResourceInitializationError: ..."'
            ),
        )
    return [(failure, _tasks_of(failure, loaded)) for failure in found]


def _named(path: str) -> list[str]:
    """The task or service that an `aws://` address names."""
    from pullproof.sources.live.target import is_live, target_of

    target = target_of(path) if is_live(path) else None
    return [name for name in (target.task, target.service) if name] if target is not None else []


def _keys(names: list[str], loaded: Loaded) -> list[str]:
    """What people call tasks and services, as the estate calls them."""
    launches = loaded.estate.launches
    return [
        key
        for name in names
        for key in loaded.names.get(name, (name,) if name in launches else ())
        or [each for each in launches if each.rpartition("/")[2] == name]
        or [name]
    ]


def _launched(loaded: Loaded, asked: frozenset[str] | None) -> tuple[str, ...]:
    """The keys of what runs tasks on Fargate.

    Raises:
        NothingToCheck: nothing does.
    """
    keys = tuple(
        each.key
        for each in loaded.estate.launches.values()
        if each.fargate is not False and (asked is None or each.key in asked)
    )
    if not keys:
        raise nothing_runs(loaded.kind, loaded.path)
    return keys


def _tasks_of(failure: Failure, loaded: Loaded) -> tuple[str, ...]:
    """The launches that a failure is one of: of its service, else of its task definition."""
    launches = loaded.estate.launches
    cluster = failure.cluster.rpartition("/")[2]
    called = (failure.id, f"{failure.cluster.replace(':cluster/', ':service/')}/{failure.service}")
    named = [key for name in called for key in loaded.names.get(name, ()) if key in launches]
    if named or failure.service:
        own = f"{cluster}/{failure.service}"
        return tuple(dict.fromkeys(named)) or tuple(
            key for key in launches if key == own or key.startswith(f"{own}/")
        )
    definitions = loaded.estate.task_definitions
    return tuple(
        key
        for key, each in launches.items()
        if isinstance(each.task_definition, str)
        and (held := definitions.get(each.task_definition)) is not None
        and held.arn == failure.task_definition
    )


def _other(failure: Failure, tasks: tuple[str, ...], loaded: Loaded) -> str:
    """Where a service runs another task definition by now: what the task ran, and what is proven."""
    definitions = loaded.estate.task_definitions
    for key in tasks if failure.task_definition else ():
        named = loaded.estate.launches[key].task_definition
        held = definitions.get(named) if isinstance(named, str) else None
        if held is not None and held.arn != failure.task_definition:
            ran = failure.task_definition.rpartition("/")[2]
            return f"the task ran {ran}; what is proven is {held.key}, which {key} runs now"
    return ""


def _fix(options: Namespace) -> str:
    """What to type to have the cause mended; {task} stands for the task."""
    words = typed(options).replace("{", "{{").replace("}", "}}")
    return f"pullproof fix {words} --for {{task}}"


def _deliver(answer: Answer, options: Namespace) -> None:
    if options.format == "json":
        from pullproof.render.as_json import edit_json

        deliver(render_json(answer, edit_json), options)
    else:
        deliver(render(answer, look_for(options)), options)


def _status(answer: Answer) -> int:
    """1 for something found, 3 for something not settled, 0 for nothing wrong.

    Raises:
        NothingToCheck: no message is known, and nothing is wrong.
    """
    every = tuple(each for told in answer.told for each in told.conclusions)
    verdict = worst(every)
    if verdict is Verdict.FAILS:
        return CANNOT_START
    if all(each.judgement is Judgement.NOT_KNOWN for each in every):
        raise NothingToCheck(
            "this is no message that we know",
            remedy="pass the whole stoppedReason, in quotes, as the console or `aws ecs describe-tasks` shows it",
        )
    return UNKNOWN if verdict is Verdict.UNKNOWN else CAN_START
