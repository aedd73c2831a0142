"""Every row, in launch order, checked when the program starts."""

from collections.abc import Callable, Iterable, Iterator

from pullproof.launch.requirement import Notice, Requirement, Rule
from pullproof.launch.rules import (
    credentials,
    ecr,
    env_files,
    exec,  # noqa: A004 - ECS Exec
    files,
    guardduty,
    logs,
    parameters,
    public_images,
    roles,
    secrets,
)
from pullproof.launch.task import Task
from pullproof.model.codes import STEPS

#: The kinds of rule, in the order in which Fargate comes to them.
FAMILIES = (
    roles,
    credentials,
    secrets,
    parameters,
    ecr,
    public_images,
    guardduty,
    env_files,
    logs,
    files,
    exec,
)


def checked(rows: Iterable[Rule]) -> tuple[Rule, ...]:
    """The rows in launch order.

    Raises:
        ValueError: an id stands twice, a step is none, or `after` names a row that is not listed earlier
            (earlier only, so that there can be no circle).
    """
    ordered = tuple(sorted(rows, key=lambda row: STEPS.index(row.step)))
    seen: set[str] = set()
    for row in ordered:
        if row.id in seen:
            raise ValueError(f"two rules are called {row.id}")
        if not seen.issuperset(row.after):
            raise ValueError(f"rule {row.id} comes after a rule that is not listed before it")
        seen.add(row.id)
    return ordered


CATALOGUE = checked(row for family in FAMILIES for row in family.ROWS)

#: What each kind finds that a task needs.
NEEDED: tuple[Callable[[Task], Iterator[Requirement | Notice]], ...] = tuple(
    family.needed for family in FAMILIES
)

_PLACE = {row.id: place for place, row in enumerate(CATALOGUE)}


def in_launch_order(requirements: Iterable[Requirement]) -> list[Requirement]:
    """Sorted by row; what belongs to one row stays in the order given."""
    return sorted(requirements, key=lambda requirement: _PLACE[requirement.rule.id])
