"""Capacity providers of services and tasks: which task runs where, what is told of them, and that Terraform sees no change."""

import json
import subprocess
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pullproof.cli.lab.apply import environment_of
from pullproof.cli.lab.keys import variables
from pullproof.lab.capacity import provider_of
from tests.lab.running import Running, Shop, a_lab
from tests.terraform import Terraform

pytestmark = pytest.mark.usefixtures("needs_lab")

SPOT = [
    {"capacityProvider": "FARGATE", "base": 1, "weight": 1},
    {"capacityProvider": "FARGATE_SPOT", "weight": 3},
]
KEPT = [
    {"capacityProvider": "FARGATE", "base": 1, "weight": 1},
    {"capacityProvider": "FARGATE_SPOT", "base": 0, "weight": 3},
]
CONFIGURATION = """
terraform {
  required_providers {
    aws = { source = "hashicorp/aws" }
  }
}
provider "aws" {
  region                      = "eu-west-1"
  skip_metadata_api_check     = true
  skip_credentials_validation = true
  assume_role {
    role_arn = "arn:aws:iam::123456789012:role/deploys"
  }
}
resource "aws_vpc" "this" {
  cidr_block = "10.0.0.0/16"
}
resource "aws_subnet" "this" {
  vpc_id     = aws_vpc.this.id
  cidr_block = "10.0.1.0/24"
}
resource "aws_ecs_cluster" "this" {
  name = "spot"
}
resource "aws_ecs_cluster_capacity_providers" "this" {
  cluster_name       = aws_ecs_cluster.this.name
  capacity_providers = ["FARGATE", "FARGATE_SPOT"]
}
resource "aws_ecs_task_definition" "this" {
  family                   = "spot"
  network_mode             = "awsvpc"
  requires_compatibilities = ["FARGATE"]
  cpu                      = 256
  memory                   = 512
  container_definitions    = jsonencode([{ name = "app", image = "busybox", essential = true }])
}
resource "aws_ecs_service" "this" {
  name            = "spot"
  cluster         = aws_ecs_cluster.this.id
  task_definition = aws_ecs_task_definition.this.arn
  desired_count   = 1
  capacity_provider_strategy {
    capacity_provider = "FARGATE"
    base              = 1
    weight            = 1
  }
  capacity_provider_strategy {
    capacity_provider = "FARGATE_SPOT"
    weight            = 3
  }
  network_configuration {
    subnets = [aws_subnet.this.id]
  }
  depends_on = [aws_ecs_cluster_capacity_providers.this]
}
"""


def placed(strategy: list[dict[str, Any]], number: int) -> Counter[str]:
    """Where so many tasks run."""
    running: Counter[str] = Counter()
    for _ in range(number):
        running[provider_of(strategy, running)] += 1
    return running


def test_the_base_comes_first_and_then_the_weights() -> None:
    """As in AWS's own example: beyond the base, one for every three."""
    assert Counter({"FARGATE": 1}) == placed(SPOT, 1)
    assert Counter({"FARGATE": 3, "FARGATE_SPOT": 6}) == placed(SPOT, 9)
    assert Counter({"FARGATE_SPOT": 4}) == placed(SPOT[1:], 4)
    assert Counter({"FARGATE": 2}) == placed([{"capacityProvider": "FARGATE"}], 2)


@given(st.integers(0, 5), st.integers(0, 5), st.integers(1, 5), st.integers(0, 40))
def test_every_strategy_places_every_task(base: int, one: int, two: int, number: int) -> None:
    """No base is left open, and what is beyond it is shared within one task by the weights."""
    strategy = [
        {"capacityProvider": "FARGATE", "base": base, "weight": one},
        {"capacityProvider": "FARGATE_SPOT", "weight": two},
    ]
    found = placed(strategy, number)
    beyond = max(0, number - base)

    assert number == found.total()
    assert found["FARGATE"] >= min(base, number)
    assert abs(found["FARGATE_SPOT"] - beyond * two / (one + two)) <= 1


@pytest.fixture(scope="module")
def shop() -> Iterator[Shop]:
    """One lab for all of them."""
    with a_lab("--time-scale", "0.01") as lab:
        yield Shop(lab)


def test_a_service_keeps_its_strategy_and_its_tasks_run_by_it(shop: Shop) -> None:
    """DescribeServices tells it, with no launch type; a changed one is another deployment."""
    ecs = shop.lab.client("ecs")
    asked: dict[str, Any] = {
        "cluster": "shop",
        "serviceName": "spot",
        "taskDefinition": shop.define("sleep 600"),
        "desiredCount": 3,
        "networkConfiguration": shop.network,
        "capacityProviderStrategy": SPOT,
    }
    with pytest.raises(ecs.exceptions.InvalidParameterException, match="but not both"):
        ecs.create_service(**asked, launchType="FARGATE")
    made = ecs.create_service(**asked)["service"]

    def told() -> dict[str, Any]:
        found: dict[str, Any] = ecs.describe_services(cluster="shop", services=["spot"])["services"][0]
        return found

    shop.lab.until(lambda: told()["runningCount"] == 3)
    running = told()
    arns = ecs.list_tasks(cluster="shop", serviceName="spot")["taskArns"]
    tasks = ecs.describe_tasks(cluster="shop", tasks=arns)["tasks"]
    ecs.update_service(
        cluster="shop",
        service="spot",
        capacityProviderStrategy=SPOT[1:],
        forceNewDeployment=True,
        desiredCount=1,
    )
    shop.lab.until(lambda: told()["runningCount"] == 1 and len(told()["deployments"]) == 1)
    changed = told()

    for each in (made, running):
        assert (KEPT, None) == (each["capacityProviderStrategy"], each.get("launchType"))
        assert (KEPT, None) == (
            each["deployments"][0]["capacityProviderStrategy"],
            each["deployments"][0].get("launchType"),
        )
    assert Counter({"FARGATE": 1, "FARGATE_SPOT": 2}) == Counter(
        task["capacityProviderName"] for task in tasks
    )
    assert [None] * 3 == [task.get("launchType") for task in tasks]
    assert (
        KEPT[1:]
        == changed["capacityProviderStrategy"]
        == changed["deployments"][0]["capacityProviderStrategy"]
    )
    ecs.delete_service(cluster="shop", service="spot", force=True)


def test_tasks_that_runtask_asks_for_run_by_its_strategy_or_the_cluster_s(shop: Shop) -> None:
    """What neither names has the launch type."""
    ecs = shop.lab.client("ecs")
    definition = shop.define("sleep 600")

    def run(cluster: str, **given: Any) -> list[tuple[str | None, str | None]]:
        tasks = ecs.run_task(
            cluster=cluster, taskDefinition=definition, networkConfiguration=shop.network, **given
        )["tasks"]
        return [(task.get("capacityProviderName"), task.get("launchType")) for task in tasks]

    ecs.create_cluster(
        clusterName="cheap",
        capacityProviders=["FARGATE_SPOT"],
        defaultCapacityProviderStrategy=[{"capacityProvider": "FARGATE_SPOT", "weight": 1}],
    )

    assert [("FARGATE", None), ("FARGATE_SPOT", None)] == run("shop", capacityProviderStrategy=SPOT, count=2)
    assert [("FARGATE_SPOT", None)] == run("cheap")
    assert [(None, "FARGATE")] == run("cheap", launchType="FARGATE")


@pytest.mark.slow
def test_terraform_sees_no_change_in_what_it_has_made(
    shop: Shop, tmp_path: Path, terraform_env: Terraform
) -> None:
    """With a role that it assumes: the keys that the lab hands out open its API, and the second plan is empty."""
    lab: Running = shop.lab
    (tmp_path / "main.tf").write_text(CONFIGURATION, encoding="utf-8")
    environment = environment_of(variables(lab.ask("keys")[0]))

    def terraform(*words: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            [terraform_env.program, *words, "-no-color"],
            cwd=tmp_path,
            env=environment,
            check=False,
            capture_output=True,
            text=True,
            timeout=300,
        )

    for words in (("init", "-input=false"), ("apply", "-input=false", "-auto-approve")):
        done = terraform(*words)
        assert 0 == done.returncode, done.stdout + done.stderr
    again = terraform("plan", "-input=false", "-detailed-exitcode")
    state = json.loads(terraform("show", "-json").stdout.splitlines()[0])

    assert 0 == again.returncode, again.stdout + again.stderr
    held = next(
        each["values"]
        for each in state["values"]["root_module"]["resources"]
        if each["type"] == "aws_ecs_service"
    )
    assert {"FARGATE", "FARGATE_SPOT"} == {
        each["capacity_provider"] for each in held["capacity_provider_strategy"]
    }
