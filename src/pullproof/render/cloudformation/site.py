"""What planning asks of the templates that may be changed, and what policies ask of the plan."""

from typing import Protocol

from pullproof.model import edits as e
from pullproof.model.estate import Estate
from pullproof.render.base import CannotWrite
from pullproof.render.cloudformation.values import Make, Value


class Site(Protocol):
    """What is known of the templates that may be changed; a new file has none."""

    def type_of(self, key: str) -> str:
        """The type of the resource behind a key; "" where it is not in a template that can be changed."""

    def has_list(self, key: str, path: tuple[str | int, ...]) -> bool:
        """Whether a list is written there, as a list."""

    def has(self, key: str, path: tuple[str | int, ...]) -> bool:
        """Whether anything is written there."""

    def referring(self, kind: str, name: str, key: str) -> tuple[str, ...]:
        """The resources of a type one of whose properties refers to `key`, and to nothing else."""

    def leads_to(self, start: str, end: str) -> bool:
        """Whether a resource refers to another, directly or through others."""

    def items(self, key: str, path: tuple[str | int, ...]) -> int:
        """How many items a list there has; 0 for anything else."""

    def texts(self, key: str, path: tuple[str | int, ...], name: str) -> set[str]:
        """The texts that the items of a list there have under a name."""

    def outside(self, edit: e.Edit, key: str) -> CannotWrite:
        """Why a thing that no template holds cannot be changed here, and what to do instead."""


class Plan(Protocol):
    """A plan in the making."""

    estate: Estate
    site: Site
    makes: dict[str, Make]

    def kind(self, key: str) -> str:
        """The type of what is made or may be changed; "" for everything else."""

    def make(self, make: Make, edit: e.Edit) -> None:
        """One more resource."""

    def put(
        self, key: str, path: tuple[str | int, ...], value: Value, edit: e.Edit, *, over: bool = False
    ) -> None:
        """A property of what is there, or of what is made."""

    def append(self, key: str, path: tuple[str | int, ...], value: Value, edit: e.Edit) -> None:
        """One more item of a list of what is there, or of what is made."""
