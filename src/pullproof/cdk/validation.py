"""The proof of what an app synthesises: an Aspect, and the validation plugin that it registers."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import aws_cdk
import jsii
from constructs import IConstruct

from pullproof import __version__
from pullproof.errors import NothingToCheck, PullproofError
from pullproof.finding import Blocker, Report, TaskReport
from pullproof.prove import report
from pullproof.sources.base import Options
from pullproof.verdict import Verdict

NAME = "pullproof"


@jsii.implements(aws_cdk.IPolicyValidationPlugin)
class PullproofPlugin:
    """Proves every task on Fargate in the synthesised templates; what keeps one from starting fails the synthesis.

    With `strict`, what is not known fails it as well. `region` and `account` stand in where stacks are
    made for any environment.
    """

    def __init__(self, *, strict: bool = False, region: str = "", account: str = "") -> None:
        self.strict = strict
        self.options = Options(region=region, account=account)

    @property
    def name(self) -> str:
        """How the report of the CDK calls this plugin."""
        return NAME

    @property
    def version(self) -> str:
        """The version of pullproof."""
        return __version__

    @property
    def rule_ids(self) -> list[str]:
        """The codes of everything that can keep a task from starting."""
        from pullproof.model.codes import BLOCKER_CODES

        return sorted(BLOCKER_CODES)

    def validate(self, context: Any) -> aws_cdk.PolicyValidationPluginReport:
        """The findings about the templates of an app."""
        templates = Templates(list(context.template_paths))
        found: list[aws_cdk.PolicyViolation] = []
        failed = False
        for one, violation in findings(templates, self.options):
            failed |= one is Verdict.FAILS or (self.strict and one is Verdict.UNKNOWN)
            found.append(violation)
        return aws_cdk.PolicyValidationPluginReport(
            success=not failed, violations=found, plugin_version=__version__
        )


@jsii.implements(aws_cdk.IAspect)
class Pullproof:
    """`Aspects.of(app).add(Pullproof())`: proves what the app synthesises, and fails the synthesis with the findings.

    An aspect sees constructs before there is a template, so what it does is register the plugin that is
    asked once the templates are written. The arguments are those of `PullproofPlugin`.
    """

    def __init__(self, *, strict: bool = False, region: str = "", account: str = "") -> None:
        self._plugin = PullproofPlugin(strict=strict, region=region, account=account)
        self._done = False

    def visit(self, node: IConstruct) -> None:
        """Register the plugin with the app, once."""
        if self._done:
            return
        self._done = True
        aws_cdk.Validations.of(node.node.root).add_plugins(self._plugin)


class Templates:
    """The templates of an app, and which of them holds a resource."""

    def __init__(self, paths: list[str]) -> None:
        self.paths = paths
        self.held: dict[str, str] = {}
        for path in paths:
            resources = json.loads(Path(path).read_bytes()).get("Resources") or {}
            self.held |= dict.fromkeys(resources, path)

    @property
    def folder(self) -> str:
        """The folder of the assembly."""
        return str(Path(self.paths[0]).parent)

    def place(self, *addresses: str) -> tuple[str, str]:
        """The logical id and the template of the first address that a template holds."""
        for address in addresses:
            for part in reversed(address.split(".")):
                if part in self.held:
                    return part, self.held[part]
        return addresses[0], self.paths[0]


def findings(templates: Templates, options: Options) -> Iterator[tuple[Verdict, aws_cdk.PolicyViolation]]:
    """What is wrong or not known, each with the resource that has to change."""
    try:
        proven = _proven(templates.folder, options)
    except NothingToCheck:
        return
    except PullproofError as error:
        yield (
            Verdict.FAILS,
            _violation(templates, "unreadable", str(error), error.remedy, (templates.folder,)),
        )
        return
    for task in proven.tasks:
        yield from _of_task(templates, task)


def _proven(folder: str, options: Options) -> Report:
    from pullproof.sources.cloudformation.load import load_assembly
    from pullproof.sources.cloudformation.run import Given

    given = Given(region=options.region, account=options.account)
    return report(load_assembly(folder, folder, options, given))


def _of_task(templates: Templates, task: TaskReport) -> Iterator[tuple[Verdict, aws_cdk.PolicyViolation]]:
    blockers: dict[tuple[str, str, str], Blocker] = {}
    for step in task.steps:
        for one in step.blockers:
            blockers.setdefault(one.change, one)
    for one in blockers.values():
        says = f"{task.id} cannot start: {one.message}"
        remedy = f"pullproof explain {one.code}"
        yield Verdict.FAILS, _violation(templates, one.code, says, remedy, (one.resource, task.id))
    if blockers or task.verdict is Verdict.WORKS:
        return
    unknowns = dict.fromkeys([*task.unsettled, *(one for step in task.steps for one in step.unknowns)])
    for unknown in unknowns:
        says = f"whether {task.id} can start is not known: {unknown.what}"
        yield (
            Verdict.UNKNOWN,
            _violation(templates, "unknown", says, unknown.settle_by, (unknown.resource or task.id, task.id)),
        )


def _violation(
    templates: Templates, code: str, says: str, fix: str, addresses: tuple[str, ...]
) -> aws_cdk.PolicyViolation:
    logical_id, path = templates.place(*addresses)
    return aws_cdk.PolicyViolation(
        rule_name=code,
        description=says,
        fix=fix,
        severity="warning" if code == "unknown" else "error",
        violating_resources=[
            aws_cdk.PolicyViolatingResource(resource_logical_id=logical_id, template_path=path, locations=[])
        ],
    )
