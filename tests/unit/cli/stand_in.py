"""A stand-in for reading and judging, so that what commands make of a report is tested by itself."""

from collections.abc import Collection

import msgspec
import pytest

from pullproof.cli.main import main
from pullproof.finding import Report
from pullproof.model.ecs import Launch, LaunchKind
from pullproof.model.estate import Estate
from pullproof.model.value import Listing, Origin
from pullproof.sources.base import Loaded


def loaded(*tasks: str, not_launched: tuple[str, ...] = ()) -> Loaded:
    """An input that runs these tasks."""
    estate = Estate()
    for key in tasks:
        estate.launches[key] = Launch(
            key=key,
            origin=Origin(key),
            kind=LaunchKind.SERVICE,
            task_definition="aws_ecs_task_definition.app",
            subnets=Listing(),
            groups=Listing(),
            public_ip=False,
        )
    return Loaded(kind="terraform-plan", path="plan.json", estate=estate, not_launched=not_launched)


class Program:
    """The program in this process, judging to what a test says."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
        self._monkeypatch = monkeypatch
        self._capsys = capsys
        #: The platform version and the tasks of every judgement that was asked for.
        self.asked: list[tuple[str | None, Collection[str] | None]] = []

    def judges(self, command: str, before: Report, after: Report | None = None) -> None:
        """Let a command judge to `before`, and to `after` on platform version 1.4.0."""

        def judged(
            _: Loaded, *, platform_version: str | None = None, only: Collection[str] | None = None
        ) -> Report:
            self.asked.append((platform_version, only))
            chosen = after if after is not None and platform_version == "1.4.0" else before
            tasks = tuple(task for task in chosen.tasks if only is None or task.id in only)
            return msgspec.structs.replace(chosen, tasks=tasks)

        tasks = [task.id for task in before.tasks]
        self._monkeypatch.setattr(f"pullproof.cli.{command}.report", judged)
        self._monkeypatch.setattr(f"pullproof.cli.{command}.load", lambda _: loaded(*tasks))

    def run(self, *words: str) -> tuple[int, str, str]:
        """Run it: status, standard output, standard error."""
        status = main(list(words))
        told = self._capsys.readouterr()
        return status, told.out, told.err
