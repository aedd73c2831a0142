"""The configuration behind a plan, opened when something in the plan is not known."""

import os
from collections.abc import Mapping
from typing import TYPE_CHECKING

from pullproof.errors import InputError
from pullproof.sources.base import Options
from pullproof.sources.terraform.plan_json import Plan
from pullproof.sources.terraform.tree import Value

if TYPE_CHECKING:
    from pullproof.sources.terraform.settle import Settler

STDIN = "-"


class BesidePlan:
    """Answers from the configuration's files, if they are found. A plan that knows all never opens them."""

    def __init__(self, plan: Plan, path: str, options: Options) -> None:
        self._plan = plan
        self._path = path
        self._options = options
        self._settler: Settler | None = None
        self._looked = False
        self._directory = ""
        self.note = ""
        if options.source:
            self._open()

    def attribute(self, address: str, name: str) -> Value | None:
        """The value of an argument as the files have it; None where they do not tell."""
        settler = self._found()
        return None if settler is None else settler.attribute(address, name)

    def written(self, address: str) -> frozenset[str] | None:
        """The arguments and blocks that the files write for a resource; None where they do not tell."""
        settler = self._found()
        return None if settler is None else settler.written(address)

    def region(self, key: str) -> Value | None:
        """The region of a provider of the root module, by its key; None where the files do not tell."""
        settler = self._found()
        return None if settler is None else settler.provider_argument(key, "region")

    @property
    def directory(self) -> str:
        """The directory of the files, looked for if nobody has yet; "" for none."""
        self._found()
        return self._directory

    def places(self) -> Mapping[str, str]:
        """Where each address is written, as `file:line`, if the files were opened."""
        return {} if self._settler is None else self._settler.places()

    def _found(self) -> "Settler | None":
        if not self._looked:
            self._open()
        return self._settler

    def _open(self) -> None:
        self._looked = True
        if not self._options.use_source:
            return
        directory = self._given() if self._options.source else self._beside()
        if directory is not None:
            from pullproof.sources.terraform.settle import Settler

            self._directory = directory
            self._settler = Settler(directory, self._plan)

    def _given(self) -> str:
        directory = self._options.source
        if not os.path.isdir(directory):  # noqa: PTH112  # pathlib is slow to import
            raise InputError("there is no such directory", place=directory, remedy="--source DIR")
        self.note = f"what the plan leaves open is settled by {directory}"
        return directory

    def _beside(self) -> str | None:
        from pullproof.sources.terraform.beside import find_configuration

        plan = None if self._path == STDIN else self._path
        found = find_configuration(plan, os.getcwd(), self._plan.configuration)  # noqa: PTH109
        self.note = found.note
        return found.directory
