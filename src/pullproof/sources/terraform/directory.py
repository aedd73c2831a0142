"""A directory with a Terraform configuration, planned by Terraform itself without credentials.

The configuration is copied, every provider is mocked, and `terraform test` plans the copy: Terraform's own
evaluator gives every value that no account is needed for. What is known only after apply stays unknown in
that plan, and is settled from the files, as for any plan. Nothing is written in the directory, nothing is
applied, no provisioner runs and no AWS API is called.
"""

import os
import tempfile
from collections.abc import Sequence
from pathlib import Path

import msgspec

from pullproof.errors import InputError, UsageError
from pullproof.sources.base import Loaded, Options
from pullproof.sources.terraform.adapt import adapt, not_launched
from pullproof.sources.terraform.beside_plan import BesidePlan
from pullproof.sources.terraform.hcl.modules import Project, terraform_files
from pullproof.sources.terraform.hcl.paths import shown_path
from pullproof.sources.terraform.mocked.answers import zones
from pullproof.sources.terraform.mocked.defaults import with_defaults
from pullproof.sources.terraform.mocked.dependence import Dependence, Spot
from pullproof.sources.terraform.mocked.facts import MockedFacts
from pullproof.sources.terraform.mocked.inputs import given_inputs
from pullproof.sources.terraform.mocked.overlay import overlay
from pullproof.sources.terraform.mocked.planning import NotInstalled, Planning
from pullproof.sources.terraform.mocked.providers import provider_key
from pullproof.sources.terraform.mocked.tool import Tool, find_tool
from pullproof.sources.terraform.mocked.uncounted import completed, is_uncounted, marked, nobody_counts
from pullproof.sources.terraform.mocked.where import Where, where
from pullproof.sources.terraform.mocked.written import configuration_of
from pullproof.sources.terraform.plan import tree_of_plan
from pullproof.sources.terraform.plan_json import Plan
from pullproof.sources.terraform.settle import OpenSettler, Settler
from pullproof.sources.terraform.tree import Value
from pullproof.sources.terraform.wanted import WANTED


class Planned(msgspec.Struct, frozen=True, kw_only=True):
    """A directory planned: the plan with its configuration, the files opened with it, and how it was done."""

    plan: Plan
    settler: Settler
    notes: tuple[str, ...]
    uncounted: frozenset[Spot]


class Opened(BesidePlan):
    """Files that are open already, for the reader of plans."""

    def __init__(self, found: Planned) -> None:
        super().__init__(found.plan, "", Options(use_source=False))
        self._settler = found.settler
        self._looked = True
        self._uncounted = found.uncounted

    def attribute(self, address: str, name: str) -> Value | None:
        """The value of an argument; nothing is known of an instance that there may not be."""
        if is_uncounted(address, self._uncounted):
            return nobody_counts(address)
        return super().attribute(address, name)


def load_directory(
    path: str, options: Options, *, variables: Sequence[str] = (), files: Sequence[str] = (), tool: str = ""
) -> Loaded:
    """The estate that a configuration describes.

    `variables` are `NAME=VALUE`, `files` are .tfvars files named from the current directory, `tool` is the
    program to run (the variable PULLPROOF_TERRAFORM, `terraform` or `tofu` when empty).

    Raises:
        InputError: there is no configuration, a variable has no value, or Terraform refuses it.
        ToolError: there is no Terraform, it is too old, or it cannot install what the configuration needs.
        UsageError: a variable is not written as `NAME=VALUE`.
    """
    found = plan_directory(Path(path), options, variables=variables, files=files, tool=tool)
    tree = tree_of_plan(found.plan, Opened(found))
    estate = adapt(tree, options)
    return Loaded(
        kind="terraform-directory",
        path=path,
        estate=estate,
        notes=(*found.notes, *tree.notes),
        not_launched=not_launched(estate),
        places=found.settler.places(),
        root=path,
    )


def plan_directory(
    root: Path,
    options: Options,
    *,
    variables: Sequence[str] = (),
    files: Sequence[str] = (),
    tool: str = "",
) -> Planned:
    """Plan a directory with mocked providers; the arguments and errors are those of `load_directory`."""
    _refuse_other_directories(root)
    for file in files:
        if not Path(file).is_file():
            raise UsageError(f"there is no file {file}", remedy="--var-file FILE")
    project = Project(root)
    inputs = given_inputs(root, project.main, variables, files, os.environ)
    at = where(project, inputs, os.environ, options.region, options.account)
    program = find_tool(tool)
    arguments = [
        *(f"-var-file={Path(file).resolve()}" for file in files),
        *(f"-var={text}" for text in variables),
    ]
    with tempfile.TemporaryDirectory(prefix="pullproof-", ignore_cleanup_errors=True) as scratch:
        done = _plan_copy(program, project, at, arguments, Path(scratch))
        # Whatever init has installed is only in the copy, so it is read while the copy is there.
        dependence = completed(done.project, done.uncounted)
        plan = msgspec.structs.replace(
            marked(with_defaults(done.plan), done.project, dependence),
            configuration=configuration_of(done.project, at.regions, at.account),
        )
        settler = OpenSettler(done.project, MockedFacts(plan, done.project, at, dependence))
        notes = _notes(program, root, at, done, dependence)
    return Planned(plan=plan, settler=settler, notes=notes, uncounted=dependence.uncounted)


class _Done(msgspec.Struct, frozen=True, kw_only=True):
    """A copy planned: the plan, the project with all its modules, whether anything was installed for it."""

    plan: Plan
    project: Project
    uncounted: frozenset[Spot]
    installed: bool


def _plan_copy(tool: Tool, project: Project, at: Where, arguments: Sequence[str], scratch: Path) -> _Done:
    if _is_ready(project):
        try:
            copy = overlay(project, scratch / "first")
            planning = Planning(tool, copy, Path(project.root), at)
            planning.edit()
            plan = planning.plan(arguments)
            return _Done(plan=plan, project=project, uncounted=planning.uncounted, installed=False)
        except NotInstalled:
            pass
    copy = overlay(project, scratch / "installed")
    planning = Planning(tool, copy, Path(project.root), at)
    planning.init()
    complete = Project(project.root, installed=copy)
    for path in complete.paths():  # read every module while the copy is still as it was written
        complete.module(path)
    planning.edit()
    plan = planning.plan(arguments)
    return _Done(plan=plan, project=complete, uncounted=planning.uncounted, installed=True)


def _is_ready(project: Project) -> bool:
    """Whether `terraform init` seems to have been run, or is not needed for modules."""
    return Path(project.root, ".terraform", "providers").is_dir() and all(
        project.module(path) is not None for path in project.paths()
    )


def _refuse_other_directories(root: Path) -> None:
    plain, overriding = terraform_files(str(root))
    if not plain and not overriding:
        raise InputError(
            "there is no .tf file in this directory",
            place=shown_path(root),
            remedy="pass the root module's directory, or the JSON of a plan",
        )


def _notes(tool: Tool, root: Path, at: Where, done: _Done, dependence: Dependence) -> tuple[str, ...]:
    shown = "this directory" if shown_path(root) == "." else shown_path(root)
    how = "with mocked providers: no credentials, no calls to AWS"
    notes = [f"{tool.name} {tool.version} planned a copy of {shown} {how}"]
    if done.installed:
        notes.append(
            f"its providers and modules were installed into the copy ({tool.name} init -backend=false)"
        )
    if not at.regions:
        notes.append("no provider tells its region: pass --region, or set AWS_REGION")
    notes += _assumed_zones(done.project, at)
    notes += [
        f"how many {'.'.join([*(f'module.{call}' for call in path), name])} there are, only AWS can tell"
        for path, name in sorted(dependence.uncounted)
        if name.startswith("data.") or name.partition(".")[0] in WANTED
    ]
    return tuple(notes)


def _assumed_zones(project: Project, at: Where) -> list[str]:
    """What is said of availability zones, if any data source asks for them."""
    asked = {
        at.regions.get(provider_key(project, path, block), "")
        for path in project.paths()
        if (module := project.module(path)) is not None
        for key, block in module.resources.items()
        if key.startswith("data.aws_availability_zones.")
    }
    return [
        f"the availability zones of {region} are taken to be {', '.join(zones(region))}"
        for region in sorted(asked - {""})
    ]
