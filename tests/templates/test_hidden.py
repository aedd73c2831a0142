"""Properties that a macro or an included file writes: nothing of them is known, and nothing is missing for it."""

from typing import Any

import pytest

from pullproof.sources.cloudformation.tables import rows
from tests.templates.private_service import Json, properties, ref, resource, template
from tests.unit.sources.cloudformation.judging import judged, verdict

INCLUDED = {"Fn::Transform": {"Name": "AWS::Include", "Parameters": {"Location": "s3://bucket/key.yaml"}}}
NAMES = sorted(template()["Resources"])


def hidden(held: Json, name: str) -> Json:
    """The template with the properties of one resource kept elsewhere."""
    held["Resources"][name]["Properties"] = INCLUDED
    return held


@pytest.mark.parametrize("name", NAMES)
def test_what_is_kept_elsewhere_is_not_missing(name: str) -> None:
    """Whatever it holds, it may be what the task needs."""
    said = {task["verdict"] for task in judged(hidden(template(), name))["tasks"]}

    assert "cannot_start" not in said


@pytest.mark.parametrize("name", sorted(rows()))
def test_no_type_needs_its_properties(name: str) -> None:
    """A resource of any type that is kept elsewhere makes no task fail that would start."""
    held = template()
    held["Resources"]["More"] = {"Type": name, "Properties": INCLUDED}

    assert "cannot_start" not in {task["verdict"] for task in judged(held)["tasks"]}


def internet() -> Json:
    """A task whose way out is an internet gateway."""
    held = template()
    for name in NAMES:
        if name.startswith("Endpoint"):
            del held["Resources"][name]
    properties(held, "Service")["NetworkConfiguration"]["AwsvpcConfiguration"]["AssignPublicIp"] = "ENABLED"
    more: dict[str, Any] = {
        "Gateway": resource("EC2::InternetGateway"),
        "Attachment": resource(
            "EC2::VPCGatewayAttachment", VpcId=ref("Vpc"), InternetGatewayId=ref("Gateway")
        ),
        "Route": resource(
            "EC2::Route",
            RouteTableId=ref("Table"),
            DestinationCidrBlock="0.0.0.0/0",
            GatewayId=ref("Gateway"),
        ),
    }
    held["Resources"] |= more
    return held


def test_an_attachment_that_is_kept_elsewhere_may_be_any_gateways() -> None:
    """The gateway is perhaps attached; without the attachment it is certainly not."""
    without = internet()
    del without["Resources"]["Attachment"]

    assert verdict(internet()) == "can_start"
    assert verdict(hidden(internet(), "Attachment")) == "unknown"
    assert verdict(without) == "cannot_start"
