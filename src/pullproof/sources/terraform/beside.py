"""The configuration that a plan was made from, found near the plan or where the command runs.

A directory is taken only if its files declare exactly what the plan's configuration has: the same
resources, data sources and module calls in every module that is installed, with the same constants. A
stale directory would settle values wrongly, and that is worse than leaving them open.
"""

from collections.abc import Iterator
from typing import Any

import msgspec

from pullproof.errors import InputError
from pullproof.sources.terraform.hcl import paths
from pullproof.sources.terraform.hcl.expressions import parse
from pullproof.sources.terraform.hcl.modules import Module, Project
from pullproof.sources.terraform.hcl.syntax import Block, Literal
from pullproof.sources.terraform.plan_json import ConfigModule, ConfigResource, Configuration

#: How many directories above the plan are looked at; the top of its repository ends the search earlier.
HIGHEST = 3


class Beside(msgspec.Struct, frozen=True):
    """The directory, if one was found, and a sentence on that or on why none was taken."""

    directory: str | None
    note: str = ""


def find_configuration(plan: str | None, here: str, configuration: Configuration) -> Beside:
    """Look for the configuration of a plan: where the plan lies, where the command runs, above the plan.

    `plan` is None when it came through a pipe.
    """
    refused = ""
    for directory in _candidates(plan, here):
        differs = difference(directory, configuration)
        if not differs:
            return Beside(directory, f"what the plan leaves open is settled by {_shown(directory)}")
        refused = refused or f"{_shown(directory)} is not what the plan was made from: {differs}"
    return Beside(None, refused)


def difference(directory: str, configuration: Configuration) -> str:
    """What a directory declares otherwise than the plan's configuration; empty when it is the same."""
    try:
        project = Project(directory)
        if project.module(()) is None:
            return "it has no configuration"
        return next(_differences(project, (), configuration.root_module), "")
    except InputError as broken:
        return str(broken)


def _candidates(plan: str | None, here: str) -> Iterator[str]:
    """Directories with .tf files, each once, the likeliest first."""
    places = [here]
    if plan is not None:
        above = paths.upwards(paths.joined(here, plan))[1 : HIGHEST + 2]
        top = next(
            (at for at, folder in enumerate(above) if paths.exists(paths.joined(folder, ".git"))), len(above)
        )
        places = [above[0], here, *above[1 : top + 1]]
    seen: set[str] = set()
    for place in places:
        found = paths.real(place)
        if found not in seen and _has_files(found):
            seen.add(found)
            yield place


def _has_files(folder: str) -> bool:
    try:
        return any(name.endswith((".tf", ".tf.json")) for name in paths.files_in(folder))
    except OSError:
        return False


def _differences(project: Project, path: tuple[str, ...], planned: ConfigModule) -> Iterator[str]:
    """Each difference between a module and what the plan has for it, in modules below it too."""
    module = project.module(path)
    if module is None:
        return  # not installed here: its expressions stay open
    name = f"module {'.'.join(path)}" if path else "it"
    wanted = {
        f"{'data.' if item.mode == 'data' else ''}{item.type}.{item.name}" for item in planned.resources
    }
    yield from _missing(wanted, {key for key in module.resources if not key.startswith("ephemeral.")}, name)
    yield from _missing(set(planned.module_calls), set(module.calls), name, "module.")
    for item in planned.resources:
        key = f"{'data.' if item.mode == 'data' else ''}{item.type}.{item.name}"
        yield from _other_constants(module.resources[key], item)
    yield from _other_variables(module, planned)
    for call, inner in planned.module_calls.items():
        yield from _differences(project, (*path, call), inner.module)


def _missing(planned: set[str], declared: set[str], name: str, prefix: str = "") -> Iterator[str]:
    for key in sorted(planned - declared):
        yield f"{name} has no {prefix}{key}"
    for key in sorted(declared - planned):
        yield f"{name} has {prefix}{key}, which the plan has not"


def _other_constants(block: Block, planned: ConfigResource) -> Iterator[str]:
    """Arguments that are literals in both and differ."""
    for name, expression in planned.expressions.items():
        source = block.attributes.get(name)
        if source is None or source.json or not isinstance(expression, dict):
            continue
        if "constant_value" not in expression:
            continue
        written = parse(source)
        if isinstance(written, Literal) and not _alike(written.value, expression["constant_value"]):
            yield f"{name} at {source.place} differs"


def _other_variables(module: Module, planned: ConfigModule) -> Iterator[str]:
    for name in sorted(set(module.variables) ^ set(planned.variables)):
        yield f"var.{name} is declared in one of them only"


def _alike(written: Any, planned: Any) -> bool:
    """Whether two constants are the same; the plan has them as the provider's type, files as written."""
    if isinstance(written, str) is not isinstance(planned, str):
        return str(written).lower() == str(planned).lower() or written is None
    return bool(written == planned)


def _shown(directory: str) -> str:
    shown = paths.shown_path(directory)
    return "the current directory" if shown == "." else shown
