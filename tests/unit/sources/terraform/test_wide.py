"""Every kind of resource at once: what the source makes of real plans."""

import os
import shutil
from pathlib import Path

import pytest

from pullproof.sources.base import Loaded, Options
from pullproof.sources.terraform.load import load_plan
from tests.terraform import Terraform
from tests.unit.sources.terraform.showing import lines

PLANS = Path(__file__).parent / "plans"
ALONE = Options(use_source=False)


def loaded(name: str, options: Options = ALONE) -> Loaded:
    return load_plan((PLANS / name / "plan.json").read_bytes(), "plan.json", options)


def test_what_is_made_of_every_kind_of_resource() -> None:
    """The estate of the wide plan is the one that was read line by line."""
    golden = PLANS / "wide" / "estate.txt"
    text = "".join(f"{line}\n" for line in lines(loaded("wide").estate))
    if os.environ.get("PULLPROOF_GOLDEN") == "write":
        golden.write_text(text, encoding="utf-8")

    assert golden.read_text(encoding="utf-8").splitlines() == text.splitlines()


def test_the_task_definition_that_nothing_runs_is_told() -> None:
    """Only what Fargate could run and nothing runs is listed as not launched."""
    assert ("aws_ecs_task_definition.idle",) == loaded("wide").not_launched


def test_a_place_for_what_nothing_runs() -> None:
    """With subnets from the caller, what nothing runs is placed there, with the VPC's own group."""
    found = loaded("wide", Options(use_source=False, subnets=("aws_subnet.private[0]",), public_ip=True))
    launch = found.estate.launches["aws_ecs_task_definition.idle"]

    assert () == found.not_launched
    assert ("aws_subnet.private[0]",) == launch.subnets.items
    assert ("aws_vpc.main.default_security_group_id",) == launch.groups.items
    assert launch.public_ip is True


def test_the_configuration_settles_what_the_plan_leaves_open() -> None:
    """With the files beside the plan, lists behind modules and text with one unknown part are known."""
    source = Options(source=str(PLANS / "references"))
    estate = loaded("references", source).estate
    launch = estate.launches['module.svc["a"].aws_ecs_service.s']
    definition = estate.task_definitions['module.svc["a"].aws_ecs_task_definition.t']
    endpoint = estate.endpoints["aws_vpc_endpoint.s3"]

    assert ("module.net.aws_subnet.private[0]", "module.net.aws_subnet.private[1]") == launch.subnets.items
    assert ('module.net.aws_security_group.app["app"]',) == launch.groups.items
    assert launch.subnets.complete
    assert launch.groups.complete
    assert ["a"] == [container.name for container in definition.containers.items]
    assert definition.containers.complete
    assert ("module.net.aws_route_table.private[0]", "module.net.aws_route_table.private[1]") == (
        endpoint.route_tables.items
    )


def test_without_the_configuration_nothing_uncertain_is_called_certain() -> None:
    """The same plan alone: lists behind `local`, splats and objects stay open, and say so."""
    estate = loaded("references").estate
    launch = estate.launches['module.svc["a"].aws_ecs_service.s']
    definition = estate.task_definitions['module.svc["a"].aws_ecs_task_definition.t']

    assert not launch.subnets.complete
    assert not launch.groups.complete
    assert not definition.containers.complete
    assert all(container.inferred for container in definition.containers.items)


def test_the_note_says_where_the_rest_came_from() -> None:
    """A settled plan says which directory settled it, and has a place for each block."""
    found = loaded("references", Options(source=str(PLANS / "references")))

    assert any("settled by" in note for note in found.notes)
    assert found.places["aws_vpc_endpoint.s3"].endswith("main.tf:33")


@pytest.mark.terraform
@pytest.mark.parametrize("name", ["wide", "references"])
def test_terraform_plans_the_same_today(name: str, tmp_path: Path, needs_terraform: Terraform) -> None:
    """The kept plan is what Terraform makes of the configuration beside it."""
    shutil.copytree(PLANS / name, tmp_path / name)
    import json

    again = json.dumps(needs_terraform.plan(tmp_path / name)).encode()

    assert loaded(name).estate == load_plan(again, "plan.json", ALONE).estate
