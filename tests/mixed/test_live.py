"""Inputs and the live account, on moto's server: asked about what they mention, and about nothing else."""

import json
from pathlib import Path
from typing import Any

import pytest

from pullproof.cli.main import main
from pullproof.model.text import hole
from pullproof.prove import prove
from pullproof.sources.base import Options
from pullproof.sources.live.boto import Caller, Login, log_in
from pullproof.sources.mixed.live import LiveAccount, regions_of
from pullproof.sources.terraform.adapt import adapt
from pullproof.sources.terraform.tree import Resource, Tree
from pullproof.verdict import Verdict
from tests.aws import REGION, Aws
from tests.live.estate import Made, build


@pytest.fixture(scope="module")
def made(aws_server: Aws) -> Made:
    """A network, a role, a repository and the rest, which a plan builds on."""
    found = build(aws_server.account())
    ec2 = found.aws.client("ec2")
    ec2.create_tags(Resources=[found.vpc], Tags=[{"Key": "Name", "Value": "shop"}])
    ec2.create_tags(Resources=list(found.subnets), Tags=[{"Key": "Tier", "Value": "private"}])
    return found


@pytest.fixture
def account(made: Made, no_aws: None, monkeypatch: pytest.MonkeyPatch) -> LiveAccount:
    """The account, as this process may ask it."""
    for variable, value in made.aws.environment.items():
        monkeypatch.setenv(variable, value)

    def caller(tree: Tree) -> Caller:
        return log_in(Login(regions=regions_of(tree, ()), profile="", role_arn="", endpoint_url=""))

    return LiveAccount(caller)


def resource(address: str, data: bool = False, **values: Any) -> Resource:  # noqa: FBT002
    """A resource of a configuration."""
    kind, _, name = address.removeprefix("data.").partition(".")
    return Resource(
        address=address,
        type=kind,
        name=name,
        values=values,
        data=data,
        provider="aws",
        written=frozenset(values),
    )


def plan(made: Made, **network: Any) -> Tree:
    """A service of one's own, in a network and with a role that are there."""
    container = {
        "name": "web",
        "image": f"{made.aws.account_id}.dkr.ecr.{REGION}.amazonaws.com/shop/web:1",
        "secrets": [{"name": "DB", "valueFrom": made.secret}, {"name": "URL", "valueFrom": "/shop/url"}],
        "logConfiguration": {
            "logDriver": "awslogs",
            "options": {"awslogs-group": "/shop/web", "awslogs-region": REGION, "awslogs-stream-prefix": "w"},
        },
    }
    own = [
        resource(
            "aws_ecs_task_definition.own",
            family="own",
            network_mode="awsvpc",
            requires_compatibilities=["FARGATE"],
            execution_role_arn=made.role,
            container_definitions=json.dumps([container]),
        ),
        resource(
            "aws_ecs_service.own",
            name="own",
            cluster="shop",
            launch_type="FARGATE",
            desired_count=1,
            task_definition=hole("aws_ecs_task_definition.own.arn"),
            network_configuration=[network],
        ),
    ]
    return Tree(resources={each.address: each for each in own}, regions={"aws": REGION})


def verdict(tree: Tree, account: LiveAccount | None) -> Verdict:
    """Whether the plan's own service can start; nothing else is judged."""
    (task,) = prove(adapt(tree, Options(beside=account)))
    assert "aws_ecs_service.own" == task.id
    return task.verdict


def test_literal_ids_are_looked_up_in_the_account(made: Made, account: LiveAccount) -> None:
    """Subnets, groups, a role, an image, a secret, a parameter and a log group by name: all is settled."""
    tree = plan(made, subnets=list(made.subnets), security_groups=[made.task_group])

    assert Verdict.UNKNOWN is verdict(tree, None)
    assert Verdict.WORKS is verdict(tree, account)


def test_a_group_of_the_plan_meets_the_endpoints_of_the_account(made: Made, account: LiveAccount) -> None:
    """A new group is not among those that the endpoints admit."""
    tree = plan(made, subnets=list(made.subnets), security_groups=[hole("aws_security_group.own.id")])
    group = resource(
        "aws_security_group.own",
        name="own",
        vpc_id=made.vpc,
        egress=[{"protocol": "-1", "from_port": 0, "to_port": 0, "cidr_blocks": ["0.0.0.0/0"]}],
    )
    tree.resources[group.address] = group

    assert Verdict.FAILS is verdict(tree, account)


def test_what_data_sources_look_up_is_found(made: Made, account: LiveAccount) -> None:
    """A VPC by its tag, its subnets by theirs, a group by its name: as in a directory, where nothing is known."""
    tree = plan(
        made,
        subnets=[hole("data.aws_subnets.private.ids")],
        security_groups=[hole("data.aws_security_group.task.id")],
    )
    for each in (
        resource("data.aws_vpc.shop", data=True, tags={"Name": "shop"}),
        resource(
            "data.aws_subnets.private",
            data=True,
            filter=[{"name": "vpc-id", "values": [hole("data.aws_vpc.shop.id")]}],
            tags={"Tier": "private"},
        ),
        resource("data.aws_security_group.task", data=True, name="task", vpc_id=hole("data.aws_vpc.shop.id")),
    ):
        tree.resources[each.address] = each

    assert Verdict.UNKNOWN is verdict(tree, None)
    assert Verdict.WORKS is verdict(tree, account)


def test_only_what_is_mentioned_is_asked_for(made: Made, account: LiveAccount) -> None:
    """No cluster is listed and no service read; the number of calls does not grow with what else is there."""
    adapt(plan(made, subnets=list(made.subnets), security_groups=[made.task_group]), Options(beside=account))

    assert not {"ecs:ListClusters", "ecs:ListServices", "ecs:DescribeServices"} & set(account.requests)
    assert sum(account.requests.values()) <= 60


def test_a_plan_is_checked_with_live(
    made: Made, account: LiveAccount, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """`check plan.json --live`: the state of a service that is now in the account, settled from it."""
    service = {
        "mode": "managed",
        "type": "aws_ecs_service",
        "name": "own",
        "provider": 'provider["registry.terraform.io/hashicorp/aws"]',
        "instances": [
            {
                "attributes": {
                    "name": "own",
                    "cluster": f"arn:aws:ecs:{REGION}:{made.aws.account_id}:cluster/shop",
                    "launch_type": "FARGATE",
                    "desired_count": 1,
                    "task_definition": made.definition,
                    "network_configuration": [
                        {"subnets": list(made.subnets), "security_groups": [made.task_group]}
                    ],
                }
            }
        ],
    }
    state = {"version": 4, "lineage": "a", "resources": [service]}
    (tmp_path / "terraform.tfstate").write_text(json.dumps(state), encoding="utf-8")

    status = main(["check", str(tmp_path / "terraform.tfstate"), "--live", "--format", "json"])
    document = json.loads(capsys.readouterr().out)

    assert 0 == status
    assert [("aws_ecs_service.own", "can_start")] == [
        (task["id"], task["verdict"]) for task in document["tasks"]
    ]
    assert "as it is now" in " ".join(document["notes"])


@pytest.mark.parametrize(
    ("words", "says"),
    [
        (["--live", "--snapshot", "x"], "exclude each other"),
        (["--profile", "prod"], "--profile goes with an account"),
    ],
)
def test_options_that_do_not_go_together_are_refused(
    words: list[str], says: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """Both sources of the account, or a profile with nothing to ask, are wrong usage."""
    (tmp_path / "plan.json").write_text("{}", encoding="utf-8")

    assert 2 == main(["check", str(tmp_path / "plan.json"), *words])
    assert says in " ".join(capsys.readouterr().err.split())
