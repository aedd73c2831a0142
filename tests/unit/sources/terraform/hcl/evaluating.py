"""Helpers: a configuration as text, and the value of an expression in it."""

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import msgspec

from pullproof.model.value import Unknown, Why
from pullproof.sources.terraform.address import parsed
from pullproof.sources.terraform.hcl.expressions import parse
from pullproof.sources.terraform.hcl.modules import Project
from pullproof.sources.terraform.hcl.scope import ModuleScope, World
from pullproof.sources.terraform.hcl.syntax import Source
from pullproof.sources.terraform.mocked.where import InputFacts
from pullproof.sources.terraform.plan_json import Change, Plan, ResourceChange, Variable
from pullproof.sources.terraform.settle import guarded
from pullproof.sources.terraform.tree import Value, own


class NoFacts(InputFacts):
    """Every attribute of a resource is known only after apply."""

    def attribute(self, address: str, name: str, written: Callable[[], Value]) -> Value:  # noqa: ARG002
        return own(address, name)


def scope_of(folder: Path, variables: Mapping[str, Value] | None = None) -> ModuleScope:
    """The root module of a folder."""
    facts = NoFacts()
    facts.variables = variables or {}
    return World(Project(folder), facts).root()


def written(folder: Path, **files: str) -> Path:
    """The folder, with files in it: `main="..."` is main.tf."""
    for name, text in files.items():
        (folder / f"{name}.tf").write_text(text, encoding="utf-8")
    return folder


def evaluated(text: str, **names: Any) -> Value:
    """The value of an expression that mentions only these names, and resources that do not exist yet."""
    expression = parse(Source(text=text, file="main.tf", line=1))
    scope = scope_of(Path(__file__).parent / "some")
    return guarded(
        scope.world.evaluator, lambda: scope.value_of(expression, names, "main.tf:1"), "it", "value"
    )


#: A value that nobody knows.
NOBODY_KNOWS = Unknown(Why.NOT_IN_INPUT, "something", "", "ask somebody")


def created(address: str, **known: Any) -> ResourceChange:
    """The change of a plan that creates a resource; `id` and `arn` are known after apply, as is any `...`."""
    parts = parsed(address)
    assert parts is not None
    unknown = {name: True for name, value in known.items() if value is ...}
    module = address[: address.rindex(parts.block)].removesuffix(".")
    mode, _, block = parts.block.rpartition("data.")
    return ResourceChange(
        address=address,
        type=block.split(".")[0],
        name=block.split(".")[1],
        mode="data" if mode or parts.block.startswith("data.") else "managed",
        module_address=module,
        index=parts.key,
        change=Change(
            actions=("read",) if parts.block.startswith("data.") else ("create",),
            after=raw({name: value for name, value in known.items() if value is not ...}),
            after_unknown=raw({"id": True, "arn": True} | unknown),
        ),
    )


def raw(value: Any) -> msgspec.Raw:
    """A value as undecoded JSON."""
    return msgspec.Raw(msgspec.json.encode(value))


def a_plan(*changes: ResourceChange, **variables: Any) -> Plan:
    """A plan with these changes and input variables."""
    return Plan(
        format_version="1.2",
        resource_changes=list(changes),
        variables={name: Variable(value=value) for name, value in variables.items()},
    )
