"""The only place where what a task needs meets the engines that judge it.

`launch` says what is needed, `reach` and `iam` judge one flow and one request; here each requirement is
put to them in every subnet a task may be placed in, and the evidence is folded into reports.
"""

from collections.abc import Container, Mapping
from typing import Protocol

from pullproof.finding import Report, TaskReport
from pullproof.model.estate import Estate
from pullproof.prove.tasks import Prover


class Input(Protocol):
    """What a source gives, as far as a report shows it (`sources.base.Loaded`)."""

    @property
    def kind(self) -> str:
        """The contract's word for the source."""

    @property
    def path(self) -> str:
        """What the user typed."""

    @property
    def estate(self) -> Estate:
        """What was read."""

    @property
    def notes(self) -> tuple[str, ...]:
        """How it was read."""

    @property
    def not_launched(self) -> tuple[str, ...]:
        """Task definitions that nothing runs."""

    @property
    def places(self) -> Mapping[str, str]:
        """Addresses and their `file:line`."""


def prove(
    estate: Estate, *, only: Container[str] | None = None, platform_version: str | None = None
) -> tuple[TaskReport, ...]:
    """Every task that runs on Fargate, or may, judged; in the order of the estate.

    `only` are the keys of the launches that are asked for (None: all). `platform_version` judges Linux
    tasks as if they ran on it ("1.3.0", "1.4.0", "LATEST").
    """
    prover = Prover(estate)
    return tuple(
        prover.report(launch, platform_version)
        for launch in estate.launches.values()
        if launch.fargate is not False and (only is None or launch.key in only)
    )


def report(
    loaded: Input, *, only: Container[str] | None = None, platform_version: str | None = None
) -> Report:
    """The answer to `check`; arguments as in `prove`."""
    return Report(
        source_kind=loaded.kind,
        source_path=loaded.path,
        tasks=prove(loaded.estate, only=only, platform_version=platform_version),
        notes=loaded.notes,
        not_launched=loaded.not_launched,
        places=loaded.places,
    )
