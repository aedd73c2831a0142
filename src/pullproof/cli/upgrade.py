"""`upgrade`: the input judged on two platform versions, and what lies between them."""

from argparse import Namespace

from pullproof.cli.answer import deliver, look_for
from pullproof.cli.check import CAN_START, CANNOT_START, UNKNOWN, nothing
from pullproof.cli.loading import load, platform
from pullproof.cli.tasks import only
from pullproof.prove import report
from pullproof.report.compare import Change, compare
from pullproof.report.upgrade import render, render_json


def upgrade(options: Namespace) -> int:
    """Print what the newer version would change; the status is 1 when a task gains a blocker.

    Raises:
        NothingToCheck: nothing in the input runs a task on Fargate.
    """
    versions = platform(options.old) or "", platform(options.new) or ""
    loaded = load(options)
    tasks = only(options.task, loaded)
    before, after = (report(loaded, platform_version=version, only=tasks) for version in versions)
    if not after.tasks:
        raise nothing(after)
    compared = compare(before, after)
    if options.format == "json":
        deliver(render_json(after, compared, versions), options)
    else:
        deliver(render(after, compared, versions, look_for(options)), options)
    changes = {one.change for one in compared}
    if changes & {Change.STOPS, Change.WORSE}:
        return CANNOT_START
    return UNKNOWN if Change.UNSETTLED in changes and not options.allow_unknown else CAN_START
