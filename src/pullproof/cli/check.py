"""`check`: every task judged; the exit status says the worst of it."""

from argparse import Namespace

from pullproof.cli.again import reading
from pullproof.cli.answer import deliver, look_for
from pullproof.cli.loading import load, platform
from pullproof.cli.tasks import nothing_runs, only
from pullproof.errors import NothingToCheck
from pullproof.finding import Report
from pullproof.prove import report
from pullproof.verdict import Verdict

CAN_START = 0
CANNOT_START = 1
UNKNOWN = 3


def check(options: Namespace) -> int:
    """Judge the input and print the report.

    Raises:
        NothingToCheck: nothing in the input runs a task on Fargate.
    """
    version = platform(options.platform_version)
    loaded = load(options)
    answer = report(loaded, platform_version=version, only=only(options.task, loaded))
    if answer.tasks or options.format == "json":
        deliver(shown(answer, options), options)
    if not answer.tasks:
        raise nothing(answer)
    return status([task.verdict for task in answer.tasks], allow_unknown=options.allow_unknown)


def shown(answer: Report, options: Namespace) -> str:
    """The report in the format that was asked for."""
    if options.format == "json":
        from pullproof.report.json_v1 import render as as_json

        return as_json(answer)
    from pullproof.report.terminal import render

    return render(answer, look_for(options), quiet=options.quiet, reading=reading(options))


def status(verdicts: list[Verdict], *, allow_unknown: bool) -> int:
    """The exit status: a task that cannot start decides over one that is unknown."""
    if Verdict.FAILS in verdicts:
        return CANNOT_START
    if Verdict.UNKNOWN in verdicts:
        return CAN_START if allow_unknown else UNKNOWN
    return CAN_START


def nothing(answer: Report) -> NothingToCheck:
    """The error for an input without a task."""
    if answer.not_launched:
        names = ", ".join(answer.not_launched[:4])
        return NothingToCheck(
            f"nothing in the input runs a task on Fargate; it defines {names}",
            place=answer.source_path,
            remedy="say where it will run: --subnets ID,... --security-groups ID,...",
        )
    return nothing_runs(answer.source_kind, answer.source_path)
