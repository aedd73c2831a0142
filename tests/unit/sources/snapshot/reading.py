"""What the tests of the reader share: the small account, changed in one place."""

from typing import Any

from pullproof.finding import Report, TaskReport
from pullproof.prove import report
from pullproof.sources.base import Loaded, Options
from pullproof.sources.snapshot.answers import Folder
from pullproof.sources.snapshot.layout import GLOBAL
from pullproof.sources.snapshot.load import load_answers
from tests import account

Json = dict[str, Any]


def folders(**changed: Json | None) -> list[Folder]:
    """The small account; a kind that is None is not told."""
    documents = {**account.regional(), **{name: value for name, value in changed.items() if value}}
    for name, value in changed.items():
        if value is None:
            documents.pop(name, None)
    own = account.roles() if changed.get("Roles", {}) is not None else {}
    if changed.get("Roles"):
        own = {"Roles": documents.pop("Roles")}
    return [
        Folder(account=account.ACCOUNT, region=account.REGION, documents=documents),
        Folder(account=account.ACCOUNT, region=GLOBAL, documents=own),
    ]


def loaded(**changed: Json | None) -> Loaded:
    """The small account, read."""
    return load_answers(folders(**changed), "here", Options())


def judged(**changed: Json | None) -> Report:
    """The small account, judged."""
    return report(loaded(**changed))


def only(answer: Report) -> TaskReport:
    """The only task of a report."""
    [task] = answer.tasks
    return task


def codes(answer: Report) -> list[tuple[str, str]]:
    """What keeps the tasks from starting: the codes, and what has to change."""
    return [
        (blocker.code, blocker.resource)
        for task in answer.tasks
        for step in task.steps
        for blocker in step.blockers
    ]


def whys(answer: Report) -> list[str]:
    """What is not known, in order, each once."""
    found = [unknown.what for task in answer.tasks for unknown in task.unsettled]
    found += [unknown.what for task in answer.tasks for step in task.steps for unknown in step.unknowns]
    return list(dict.fromkeys(found))
