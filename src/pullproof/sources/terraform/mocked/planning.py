"""Terraform plans the copy of a configuration with mocked providers, and its plan is read."""

import secrets
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import msgspec

from pullproof.errors import InputError, ToolError
from pullproof.model.text import CLOSE, OPEN
from pullproof.sources.terraform.hcl.modules import Project
from pullproof.sources.terraform.hcl.paths import shown_path
from pullproof.sources.terraform.mocked.answers import answers, is_answered
from pullproof.sources.terraform.mocked.dependence import Spot
from pullproof.sources.terraform.mocked.mocks import FILE, INPUTS, INPUTS_FILE, inputs_file, test_file
from pullproof.sources.terraform.mocked.overlay import module_directories
from pullproof.sources.terraform.mocked.providers import keys_of, sources_of
from pullproof.sources.terraform.mocked.rewrite import LATER, Rewriter
from pullproof.sources.terraform.mocked.tool import Ran, Tool, run
from pullproof.sources.terraform.mocked.uncounted import REMEDY, UNKNOWN_COUNT, without_instances
from pullproof.sources.terraform.mocked.where import Where
from pullproof.sources.terraform.plan_json import Plan, ResourceChange, Variable, without_marks

#: Seconds. A plan of a few hundred resources takes three.
PATIENCE = 300.0
#: Blocks added to the root module for providers that it does not name itself.
_OVERRIDE_FILE = "pullproof_override.tf"
#: What Terraform says when a module or a provider has yet to be installed.
_NOT_INSTALLED = (
    *("Module not installed", "Required plugins are not installed", "Missing required provider"),
    *("Inconsistent dependency lock file", "Module source has changed", "Module version requirements"),
    *("Missing plugins", "Could not load plugin"),
)
#: How often blocks are left out and the rest is planned again.
MOST_ROUNDS = 6


class _Position(msgspec.Struct):
    line: int = 0


class _Range(msgspec.Struct):
    filename: str = ""
    start: _Position = msgspec.field(default_factory=_Position)


class Diagnostic(msgspec.Struct):
    """What Terraform complains of."""

    severity: str = ""
    summary: str = ""
    detail: str = ""
    range: _Range | None = None


class _Output(msgspec.Struct):
    after: Any = None


class _TestPlan(msgspec.Struct):
    resource_changes: list[ResourceChange] = []
    output_changes: dict[str, _Output] = {}


class _Event(msgspec.Struct):
    type: str = ""
    diagnostic: Diagnostic | None = None
    test_plan: _TestPlan | None = None


class Planning:
    """One copy of a configuration, from the first edit to the plan."""

    def __init__(self, tool: Tool, copy: Path, original: Path, where: Where) -> None:
        """`copy` is the root directory of the copy, `original` the directory it was made from."""
        self._tool = tool
        self._copy = copy
        self._original = original
        self._where = where
        self._inserted: dict[Path, list[int]] = {}
        self.uncounted: frozenset[Spot] = frozenset()
        self._token = f"pullproof{secrets.token_hex(8)}"

    def init(self) -> None:
        """Install providers and modules into the copy.

        Raises:
            ToolError: they cannot be had.
        """
        data = self._copy / ".terraform"
        for path in (data / "providers", *(data / "modules").glob("*")):
            if path.is_symlink():
                path.unlink()  # lest anything be installed into the user's own directory
        ran = run(self._tool, self._copy, ["init", "-backend=false", "-input=false", "-no-color"], PATIENCE)
        if ran.status != 0:
            raise ToolError(
                f"{self._tool.name} init failed",
                place=shown_path(self._original),
                remedy=f"{_first_lines(ran)}\n{self._tool.name} init -backend=false",
            )

    def edit(self) -> None:
        """Make the copy safe to plan, and add the test file.

        Raises:
            InputError: a file cannot be read; the message names the line.
        """
        project = Project(self._copy)
        known = self._everywhere(project)

        def answered(kind: str, arguments: frozenset[str]) -> bool:
            return known and is_answered(kind, arguments, region=True, account=bool(self._where.account))

        providers = self._providers(project)
        names = sorted(
            name for name, block in project.main.variables.items() if "ephemeral" not in block.attributes
        )
        for directory in module_directories(project):
            rewriter = Rewriter(answered, is_root=directory == Path(project.root))
            rewriter.module(directory)
            self._inserted |= rewriter.inserted
        (self._copy / INPUTS_FILE).write_text(inputs_file(names), encoding="utf-8")
        told = {
            key: answers(region, self._where.account, self._unknown)
            for key, region in self._where.regions.items()
            if known
        }
        (self._copy / FILE).write_text(test_file(providers, told), encoding="utf-8")

    def plan(self, arguments: Sequence[str]) -> Plan:
        """The plan, without its configuration part.

        Blocks that nobody can count without an account are planned as if there were none, and are listed in
        `uncounted` afterwards.

        Raises:
            NotInstalled: providers or modules are missing.
            InputError: Terraform refuses the configuration; the message names the line.
            ToolError: Terraform fails in another way.
        """
        errors: list[Diagnostic] = []
        command = ["test", "-json", "-verbose", f"-filter={FILE}", *arguments]
        for _ in range(MOST_ROUNDS):
            ran = run(self._tool, self._copy, command, PATIENCE)
            events = [self._event(line) for line in ran.out.splitlines()]
            errors = [
                event.diagnostic
                for event in events
                if event.diagnostic is not None and event.diagnostic.severity == "error"
            ]
            if not errors:
                return self._found(events, ran)
            self._leave_out(errors)
        raise self._refusal(errors[0])

    def _found(self, events: list[_Event], ran: Ran) -> Plan:
        found = next((event.test_plan for event in events if event.test_plan is not None), None)
        if found is None:
            raise ToolError(
                f"{self._tool.name} test made no plan",
                place=shown_path(self._original),
                remedy=_first_lines(ran),
            )
        return _as_plan(found)

    def _leave_out(self, errors: list[Diagnostic]) -> None:
        """Take the blocks out that cannot be counted.

        Raises:
            InputError: Terraform complains of something else.
        """
        project = Project(self._copy)
        for error in sorted(errors, key=lambda error: error.summary in UNKNOWN_COUNT):
            if error.summary not in UNKNOWN_COUNT or error.range is None:
                raise self._refusal(error)
            spots = without_instances(self._copy / error.range.filename, error.range.start.line, project)
            if not spots:
                raise self._refusal(error)
            self.uncounted |= spots

    def _everywhere(self, project: Project) -> bool:
        """Whether the region of every AWS provider is known; else a mock would make one up."""
        keys = {key for key, block in keys_of(project.main).items() if block.labels[0] == "aws"}
        return bool(self._where.regions) and (keys or {"aws"}) <= set(self._where.regions)

    def _providers(self, project: Project) -> dict[str, str]:
        """Every provider that is to be mocked, as the root module calls it, and where it comes from."""
        own = sources_of(project, ())
        found = dict(own)
        found |= {key: own.get(block.labels[0], "") for key, block in keys_of(project.main).items()}
        added: dict[str, str] = {}
        for path in project.paths():
            for name, source in sources_of(project, path).items():
                if source not in found.values():
                    free = name if name not in found else f"pullproof-{len(found)}"
                    found[free] = added[free] = source
        lines = [f'    {name} = {{ source = "{source}" }}\n' for name, source in added.items()]
        if lines:
            text = f"terraform {{\n  required_providers {{\n{''.join(lines)}  }}\n}}\n"
            (self._copy / _OVERRIDE_FILE).write_text(text, encoding="utf-8")
        return found

    def _unknown(self, about: str) -> str:
        """Text to put into a mock that becomes a hole again when the plan is read."""
        return f"{self._token}({about})"

    def _event(self, line: bytes) -> _Event:
        plain = without_marks(line)
        start = self._token.encode() + b"("
        while start in plain:
            before, _, rest = plain.partition(start)
            about, _, after = rest.partition(b")")
            plain = before + f"{OPEN}?".encode() + about + CLOSE.encode() + after
        try:
            return msgspec.json.decode(plain, type=_Event)
        except (msgspec.DecodeError, RecursionError):
            return _Event()  # not every line is JSON: warnings about the command line's configuration

    def _refusal(self, found: Diagnostic) -> Exception:
        """What Terraform complains of, with the place in the user's own file."""
        place = self._place(found)
        text = " ".join(f"{found.summary}: {found.detail}".split()).rstrip(".")
        if any(found.summary.startswith(words) or words in found.detail for words in _NOT_INSTALLED):
            return NotInstalled(text, place=place)
        if found.summary in UNKNOWN_COUNT:
            return InputError(
                "how many of these there are depends on something that only AWS can tell",
                place=place,
                remedy=REMEDY,
            )
        return InputError(
            f"{self._tool.name} refuses this: {text}", place=place, remedy=f"{self._tool.name} validate"
        )

    def _place(self, found: Diagnostic) -> str:
        if found.range is None or not found.range.filename:
            return shown_path(self._original)
        file = self._copy / found.range.filename
        added = sum(line < found.range.start.line for line in self._inserted.get(_normal(file), []))
        shown = shown_path(self._original / found.range.filename)
        return f"{shown}:{max(found.range.start.line - added, 1)}"


class NotInstalled(InputError):
    """Modules or providers have yet to be installed."""


def _as_plan(found: _TestPlan) -> Plan:
    inputs = found.output_changes.get(INPUTS)
    values = inputs.after if inputs is not None and isinstance(inputs.after, dict) else {}
    return Plan(
        format_version="1.2",
        resource_changes=[change for change in found.resource_changes if not change.address.endswith(LATER)],
        variables={name: Variable(value=value) for name, value in values.items()},
    )


def _first_lines(ran: Ran) -> str:
    """What a program complained of, in a few lines."""
    text = ran.err.strip() or ran.out.decode("utf-8", "replace").strip()
    lines = [line.strip("│╷╵ \t") for line in text.splitlines()]
    return "\n".join([line for line in lines if line][:6])


def _normal(path: Path) -> Path:
    import os

    return Path(os.path.normpath(path))
