"""Edits of an assembly of the CDK: nothing is written, and the construct to change is named."""

import json
from pathlib import Path

import pytest

from pullproof.model import edits as e
from pullproof.model.vpc import ListRef
from pullproof.render.cloudformation.assembly import render_assembly
from tests.unit.render import samples

TEMPLATE = {
    "Resources": {
        "Vpc83": {"Type": "AWS::EC2::VPC", "Metadata": {"aws:cdk:path": "Site/Vpc/Resource"}},
        "GroupA1": {"Type": "AWS::EC2::SecurityGroup", "Metadata": {"aws:cdk:path": "Site/Group/Resource"}},
        "Plain": {"Type": "AWS::SNS::Topic"},
    }
}


@pytest.mark.parametrize(
    ("edit", "expected"),
    [
        (e.SetVpcAttribute(vpc="Vpc83", attribute="enableDnsSupport"), "change Site/Vpc in the app"),
        (samples.https("Site.GroupA1", ListRef("pl-1")), "change Site/Group in the app"),
        (samples.interface("logs", vpc="Vpc83", subnets=()), "change Site/Vpc in the app"),
        (e.AddTrust(role="Plain"), "change the app"),
        (e.AddTrust(role="Role1"), "change Site/Role in the app"),
        (e.AddTrust(role="Role2"), "change Other/Role in the app"),
    ],
)
def test_the_construct_to_change_is_named(edit: e.Edit, expected: str, tmp_path: Path) -> None:
    """By its path, as the CDK writes it beside each resource."""
    (tmp_path / "Site.template.json").write_text(json.dumps(TEMPLATE), encoding="utf-8")
    (tmp_path / "Broken.template.json").write_text("{", encoding="utf-8")
    (tmp_path / "Odd.template.json").write_text(
        '{"Resources": {"A": 1, "B": {"Metadata": 1}}}', encoding="utf-8"
    )
    metadata = {"/Site/Role/Resource": [{"type": "aws:cdk:logicalId", "data": "Role1"}, 1], "/": 1}
    artifacts = {
        "Other": {"metadata": {"/Other/Role/Resource": [{"type": "aws:cdk:logicalId", "data": "Role2"}]}},
        "X": 1,
    }
    (tmp_path / "Site.metadata.json").write_text(json.dumps(metadata), encoding="utf-8")
    (tmp_path / "manifest.json").write_text(json.dumps({"artifacts": artifacts}), encoding="utf-8")
    (tmp_path / "tree.json").write_text("[]", encoding="utf-8")
    found = render_assembly([edit], str(tmp_path))

    assert () == found.patches
    assert [f"{expected}, or write what is new as a construct of Python: --format cdk"] == [
        one.remedy for one in found.refusals
    ]
