"""A plan and its files together: what the plan knows, then what is written, then the name of the attribute."""

from pathlib import Path
from typing import Any

import msgspec
import pytest

from pullproof.model.text import hole
from pullproof.model.value import Unknown
from pullproof.sources.terraform.jsontext import decode
from pullproof.sources.terraform.plan_json import (
    Change,
    Plan,
    ResourceChange,
    State,
    StateModule,
    StateResource,
    StateValues,
)
from pullproof.sources.terraform.settle import Settler
from pullproof.sources.terraform.tree import Value
from tests.unit.sources.terraform.hcl.evaluating import a_plan, created, raw, written

ROOT = """
provider "aws" { region = var.region }
provider "aws" {
  alias  = "west"
  region = "us-${local.side}-2"
}
variable "region" { default = "eu-west-1" }
locals { side = "west" }

resource "aws_ecr_repository" "app" {
  name = "app"
}
resource "aws_subnet" "a" {
  for_each = { x = 1, y = 2 }
}
resource "aws_security_group" "app" {
  ingress {
    cidr_blocks = [aws_vpc.main.cidr_block]
    from_port   = 443
  }
  ingress {
    security_groups = [aws_security_group.lb.id]
    from_port       = var.port
  }
}
resource "aws_security_group" "lb" {
}
resource "aws_vpc" "main" {
  cidr_block = "10.0.0.0/16"
}
resource "aws_lb" "front" {
  subnet_mapping { subnet_id = aws_subnet.a["x"].id }
}
variable "port" { default = 80 }
data "aws_region" "here" {
}
resource "aws_kms_key" "k" {
  policy = null
}
resource "aws_ecs_task_definition" "app" {
  container_definitions = jsonencode([{
    image   = "${aws_ecr_repository.app.repository_url}:${var.tag}"
    region  = data.aws_region.here.name
    subnets = [for key, subnet in aws_subnet.a : subnet.id]
    mapping = aws_lb.front.subnet_mapping[0].subnet_id
  }])
}
variable "tag" { type = string }
"""


def plan(*more: ResourceChange) -> Plan:
    """What a first plan of `ROOT` knows; one subnet is there already, another is deleted."""
    found = a_plan(
        created("aws_ecr_repository.app", name="app", repository_url=...),
        created('aws_subnet.a["y"]', tags={"Name": "y"}),
        ResourceChange(
            address='aws_subnet.a["z"]',
            type="aws_subnet",
            name="a",
            index="z",
            change=Change(actions=("delete",), before=raw({"id": "subnet-z"})),
        ),
        ResourceChange(
            address='aws_subnet.a["x"]',
            type="aws_subnet",
            name="a",
            index="x",
            deposed="00000000",
            change=Change(actions=("delete",), before=raw({"id": "subnet-old"})),
        ),
        created("aws_security_group.app", ingress=...),
        created("aws_security_group.lb"),
        created("aws_vpc.main", cidr_block="10.0.0.0/16", dhcp=[{"a": 1}, {"b": None}]),
        created("aws_lb.front", subnet_mapping=..., dns_name=...),
        created("aws_kms_key.k", policy=...),
        created("aws_ecs_task_definition.app", container_definitions=...),
        *more,
        tag="v1",
    )
    state = StateModule(
        resources=[
            StateResource(
                address="data.aws_region.here",
                type="aws_region",
                name="here",
                mode="data",
                values=raw({"name": "eu-west-1"}),
            ),
            StateResource(
                address='aws_subnet.a["x"]',
                type="aws_subnet",
                name="a",
                index="x",
                values=raw({"id": "subnet-x"}),
            ),
        ]
    )
    return msgspec.structs.replace(
        found, prior_state=State(format_version="1.0", values=StateValues(root_module=state))
    )


@pytest.fixture
def settler(tmp_path: Path) -> Settler:
    """The configuration with its plan."""
    return Settler(written(tmp_path, main=ROOT), plan())


def test_text_is_settled_around_what_is_known_after_apply(settler: Settler) -> None:
    """Known values of the plan, of the state and of variables stand next to the names of unknown ones."""
    found = decode(str(settler.attribute("aws_ecs_task_definition.app", "container_definitions")))

    assert [
        {
            "image": hole("aws_ecr_repository.app.repository_url") + ":v1",
            "mapping": "subnet-x",
            "region": "eu-west-1",
            "subnets": ["subnet-x", hole('aws_subnet.a["y"].id')],
        }
    ] == found


@pytest.mark.parametrize(
    ("address", "name", "expected"),
    [
        (
            "aws_security_group.app",
            "ingress",
            [
                {"cidr_blocks": ["10.0.0.0/16"], "from_port": 443},
                {"security_groups": [hole("aws_security_group.lb.id")], "from_port": 80},
            ],
        ),
        ("aws_lb.front", "subnet_mapping", [{"subnet_id": "subnet-x"}]),
        ("aws_lb.front", "dns_name", None),
        ("aws_kms_key.k", "policy", hole("aws_kms_key.k.policy")),
        ("aws_none.x", "y", None),
    ],
)
def test_attributes_are_settled(settler: Settler, address: str, name: str, expected: Value) -> None:
    """Blocks become lists, null is left to AWS, and what is not written has no value here."""
    assert expected == settler.attribute(address, name)


@pytest.mark.parametrize(
    ("expression", "expected"),
    [
        ("[for key, subnet in aws_subnet.a : subnet.id]", ["subnet-x", hole('aws_subnet.a["y"].id')]),
        ("aws_lb.front.dns_name", hole("aws_lb.front.dns_name")),
        ("aws_lb.front.subnet_mapping[0].subnet_id", "subnet-x"),
        ("aws_kms_key.k.policy", hole("aws_kms_key.k.policy")),
        ("aws_vpc.main.dhcp", [{"a": 1}, {"b": None}]),
        ("try(aws_vpc.main.nothing, 5)", 5),
        ("data.aws_region.here.name", "eu-west-1"),
        ("var.tag", "v1"),
        ("aws_listed.a.ids", [hole("aws_listed.a.ids[0]"), "known"]),
        (
            "aws_listed.a.map",
            {"a": 1, "b": hole("aws_listed.a.map.b"), "c": [{"d": hole("aws_listed.a.map.c[0].d")}]},
        ),
    ],
)
def test_references_are_followed(tmp_path: Path, expression: str, expected: Any) -> None:
    """A reference is the value that the plan knows, else what is written, else a hole of its own name."""
    partly = ResourceChange(
        address="aws_listed.a",
        type="aws_listed",
        name="a",
        change=Change(
            actions=("create",),
            after=raw({"ids": [None, "known"], "map": {"a": 1}}),
            after_unknown=raw({"ids": [True, False], "map": {"b": True, "c": [{"d": True}]}}),
        ),
    )
    text = f'{ROOT}\nresource "aws_listed" "a" {{\n}}\nresource "x" "y" {{\n  v = {expression}\n}}\n'
    settler = Settler(written(tmp_path, main=text), plan(partly))

    assert expected == settler.attribute("x.y", "v")


@pytest.mark.parametrize(
    ("key", "expected"),
    [("aws", "eu-west-1"), ("aws.west", "us-west-2"), ("aws.east", None), ("google", None)],
)
def test_regions_of_providers_are_told(settler: Settler, key: str, expected: Value) -> None:
    """A provider's argument is evaluated like any other; a provider that is not written has none."""
    assert expected == settler.provider_argument(key, "region")
    assert settler.provider_argument(key, "profile") is None


def test_a_resource_that_is_not_in_the_plan_is_unknown(tmp_path: Path) -> None:
    """With -target a plan has only a part of the configuration; the rest is not guessed."""
    text = 'resource "a" "b" {\n}\nresource "x" "y" {\n  v = a.b.id\n}\n'
    found = Settler(written(tmp_path, main=text), a_plan()).attribute("x.y", "v")

    assert isinstance(found, Unknown)
    assert "v of x.y, which needs a.b.id" == found.what


def test_places_come_with_the_files(settler: Settler, tmp_path: Path) -> None:
    """The settler knows where each address is written."""
    assert f"{tmp_path}/main.tf:13" == settler.places()['aws_subnet.a["x"]']
