"""The proof at synthesis, with the real CDK: an aspect, its plugin, and what the CDK reports."""

import json
from pathlib import Path
from typing import Any

import pytest
from aws_cdk import App, Aspects, Stack, Validations
from aws_cdk import aws_sns as sns

from pullproof.cdk import FargateEndpoints, Pullproof, PullproofPlugin
from pullproof.cdk.validation import Templates, findings
from pullproof.model.codes import BLOCKER_CODES
from pullproof.sources.base import Options
from pullproof.verdict import Verdict
from tests.unit.cdk.apps import ENVIRONMENT, Site

pytestmark = pytest.mark.slow


def violations(folder: Path) -> list[dict[str, Any]]:
    """What the CDK's own report says of our plugin."""
    report = json.loads((folder / "validation-report.json").read_bytes())
    found: list[dict[str, Any]] = []
    for one in report["pluginReports"]:
        found += one["violations"] if one["pluginName"] == "pullproof" else []
    return found


def test_a_task_that_cannot_start_fails_the_synthesis(tmp_path: Path) -> None:
    """Each blocker is a violation at the construct that has to change, with the page that explains it."""
    site = Site(tmp_path, env=ENVIRONMENT, closed=False)
    Aspects.of(site.app).add(Pullproof())

    with pytest.raises(RuntimeError, match="ValidationFailed"):
        site.app.synth()
    found = violations(site.folder)

    assert {"endpoint-missing"} == {one["ruleName"] for one in found}
    assert {"pullproof explain endpoint-missing"} == {one["suggestedFix"] for one in found}
    assert {"Site/Vpc/Resource"} == {
        where["constructPath"] for one in found for where in one["violatingConstructs"]
    }
    assert 5 == len(found)


def test_what_the_construct_adds_is_proven_enough(tmp_path: Path) -> None:
    """With `FargateEndpoints` the same app synthesises: its tasks can start."""
    site = Site(tmp_path, env=ENVIRONMENT, closed=False)
    FargateEndpoints(site.stack, "Endpoints", vpc=site.vpc, services=[site.service])
    Aspects.of(site.app).add(Pullproof(strict=True))
    site.app.synth()
    proven = list(findings(Templates([str(site.folder / "Site.template.json")]), Options()))

    assert [] == proven
    assert [] == violations(site.folder) if (site.folder / "validation-report.json").exists() else True


@pytest.mark.parametrize("strict", [False, True])
def test_what_is_not_known_fails_only_when_asked(strict: bool, tmp_path: Path) -> None:
    """The addresses of a prefix list are in no template: a warning, unless `strict` makes it more."""
    site = Site(tmp_path, env=ENVIRONMENT)
    FargateEndpoints(site.stack, "Endpoints", vpc=site.vpc, services=[site.service], s3_prefix_list=site.list)
    site.group.add_egress_rule(*closing())
    Validations.of(site.app).add_plugins(PullproofPlugin(strict=strict))

    if strict:
        with pytest.raises(RuntimeError, match="ValidationFailed"):
            site.app.synth()
    else:
        site.app.synth()
    assert {"unknown"} == {one["ruleName"] for one in violations(site.folder)}
    assert {"warning"} == {one["severity"] for one in violations(site.folder)}


def closing() -> tuple[Any, ...]:
    """A rule inside the group: only then does CloudFormation leave out the one for everything."""
    from aws_cdk import aws_ec2 as ec2

    return ec2.Peer.ipv4("10.0.0.0/8"), ec2.Port.tcp(80), "Something else"


def test_an_app_without_tasks_is_fine(tmp_path: Path) -> None:
    """Nothing runs on Fargate, so nothing is said."""
    app = App(outdir=str(tmp_path / "cdk.out"), analytics_reporting=False)
    sns.Topic(Stack(app, "Topics"), "Topic")
    Aspects.of(app).add(Pullproof())
    app.synth()

    assert [] == list(findings(Templates([str(tmp_path / "cdk.out" / "Topics.template.json")]), Options()))


def test_an_assembly_that_cannot_be_read_is_told(tmp_path: Path) -> None:
    """An error of ours is a finding, not a traceback."""
    (tmp_path / "X.template.json").write_text('{"Resources": {"A": {}}}', encoding="utf-8")
    (found,) = findings(Templates([str(tmp_path / "X.template.json")]), Options())

    assert Verdict.FAILS is found[0]
    assert "unreadable" == found[1].rule_name


def test_the_plugin_names_itself() -> None:
    """For the report of the CDK: its name, its version, and every code that it may report."""
    plugin = PullproofPlugin()

    assert "pullproof" == plugin.name
    assert sorted(BLOCKER_CODES) == plugin.rule_ids
    assert plugin.version
