"""Clusters, task definitions, and the container definitions in their text."""

import json
from typing import Any

import pytest

from pullproof.model.ecs import Container, LogConfiguration, TaskDefinition
from pullproof.model.text import hole
from pullproof.model.value import Listing, Unknown, Why
from pullproof.sources.base import Options
from pullproof.sources.terraform.adapt import adapt
from pullproof.sources.terraform.tree import Resource, Tree, own
from tests.unit.sources.terraform.making import (
    COMPUTED,
    Block,
    change,
    create,
    estate,
    keep,
    looked_up,
    ref,
)

#: What a plan says of a task definition that writes little.
OPEN: dict[str, Any] = {
    "runtime_platform": [],
    "volume": [],
    "task_role_arn": None,
    "execution_role_arn": None,
    "revision": COMPUTED,
}


def task(containers: Any = "[]", **values: Any) -> Block:
    return create(
        "aws_ecs_task_definition.t",
        **(
            OPEN
            | {
                "family": "t",
                "container_definitions": containers,
                "network_mode": "awsvpc",
                "requires_compatibilities": ["FARGATE"],
            }
            | values
        ),
    )


def definition(*blocks: Block | tuple[str, dict[str, Any]]) -> TaskDefinition:
    return estate(*blocks).task_definitions["aws_ecs_task_definition.t"]


def containers(text: Any) -> Listing[Container]:
    return definition(task(text if isinstance(text, str) else json.dumps(text))).containers


def settled(text: str, *more: Resource) -> Listing[Container]:
    """Containers of a definition that was settled from the files: text with holes."""
    values = {"family": "t", "container_definitions": text}
    resource = Resource(
        address="aws_ecs_task_definition.t", type="aws_ecs_task_definition", name="t", values=values
    )
    tree = Tree(resources={one.address: one for one in (resource, *more)}, regions={"aws": "eu-west-1"})
    return adapt(tree, Options()).task_definitions["aws_ecs_task_definition.t"].containers


def test_a_task_definition_has_awss_defaults() -> None:
    """Linux on x86, no roles, and the network mode that is not Fargate's."""
    one = definition(task(network_mode=None, requires_compatibilities=None))

    assert ("", "", "LINUX", "X86_64", "bridge") == (
        one.execution_role,
        one.task_role,
        one.os,
        one.architecture,
        one.network_mode,
    )
    assert Listing() == one.compatibilities


def test_what_is_written_is_read() -> None:
    """Platform, roles by reference and by literal ARN."""
    role = create("aws_iam_role.r", name="r")
    platform = [{"operating_system_family": "WINDOWS_SERVER_2022_CORE", "cpu_architecture": "ARM64"}]
    one = definition(
        role,
        task(
            runtime_platform=platform,
            execution_role_arn=ref("aws_iam_role.r.arn"),
            task_role_arn="arn:aws:iam::123456789012:role/x",
        ),
    )

    assert ("aws_iam_role.r", "arn:aws:iam::123456789012:role/x") == (one.execution_role, one.task_role)
    assert ("WINDOWS_SERVER_2022_CORE", "ARM64") == (one.os, one.architecture)


@pytest.mark.parametrize(
    ("values", "field"),
    [
        ({"execution_role_arn": ref("local.a")}, "execution_role"),
        ({"runtime_platform": ref("local.a")}, "os"),
        ({"network_mode": ref("local.a")}, "network_mode"),
    ],
)
def test_what_is_written_and_unknown_stays_unknown(values: dict[str, Any], field: str) -> None:
    """Nothing written is taken for a default."""
    assert isinstance(getattr(definition(task(**values)), field), Unknown)


def test_containers_are_read_whole() -> None:
    """Every member that matters, with the place it is written at."""
    text = [
        {
            "name": "app",
            "image": "nginx:1.27",
            "secrets": [{"name": "A", "valueFrom": "/a"}, {"valueFrom": "/b"}],
            "environmentFiles": [{"type": "s3", "value": "arn:aws:s3:::b/a.env"}],
            "repositoryCredentials": {"credentialsParameter": "arn:x"},
            "logConfiguration": {
                "logDriver": "awslogs",
                "options": {"awslogs-group": "/app", "mode": None},
                "secretOptions": [{"name": "t", "valueFrom": "/t"}],
            },
        },
        {"name": "side", "image": "busybox", "essential": False},
    ]
    app, side = containers(text).items

    assert ("app", "nginx:1.27", True, "arn:x") == (
        app.name,
        app.image,
        app.essential,
        app.repository_credentials,
    )
    assert [("A", "/a"), ("", "/b")] == [(s.name, s.value_from) for s in app.secrets.items]
    assert ("arn:aws:s3:::b/a.env",) == app.environment_files.items
    assert isinstance(app.log, LogConfiguration)
    assert (("awslogs-group", "/app"),) == app.log.options
    assert ["/t"] == [s.value_from for s in app.log.secret_options.items]
    assert "aws_ecs_task_definition.t.container_definitions[0].secrets[1]" == str(app.secrets.items[1].origin)
    assert (False, None, Listing()) == (side.essential, side.log, side.secrets)


@pytest.mark.parametrize("name", ["Image", "IMAGE", "image"])
def test_names_of_members_are_read_in_any_case(name: str) -> None:
    """The provider decodes the text as Go does."""
    assert ["x"] == [one.image for one in containers([{"Name": "a", name: "x"}]).items]


@pytest.mark.parametrize(("value", "expected"), [("true", True), ("false", False), (None, True)])
def test_switches_may_be_text(value: Any, expected: bool) -> None:
    """Templates write booleans as text."""
    assert [expected] == [
        one.essential for one in containers([{"name": "a", "image": "x", "essential": value}]).items
    ]


@pytest.mark.parametrize(
    "text", ["{", '{"name": "a"}', '"x"', "7", "[7]", "null", '[{"name": "a", "image": "x"}']
)
def test_text_that_is_no_list_of_containers_is_unknown(text: str) -> None:
    """What AWS would refuse is not called complete."""
    assert not containers(text).complete


def test_members_of_the_wrong_kind_do_no_harm() -> None:
    """Nonsense in every place is unknown or left out, and never a crash."""
    (one,) = containers(
        [
            {
                "name": 1,
                "image": [],
                "secrets": "x",
                "environmentFiles": {},
                "repositoryCredentials": [],
                "logConfiguration": 3,
            }
        ]
    ).items

    assert isinstance(one.image, Unknown)
    assert isinstance(one.log, LogConfiguration)
    assert isinstance(one.log.driver, Unknown)


def test_holes_in_the_text_are_spelt_once() -> None:
    """`${aws_ecr_repository.this["a"].repository_url}:1`, escaped by an encoder or not."""
    repository = Resource(
        address='aws_ecr_repository.r["a"]',
        type="aws_ecr_repository",
        name="r",
        values={"name": "app"},
        index="a",
    )
    url = own('aws_ecr_repository.r["a"]', "repository_url")
    plain = settled(f'[{{"name": "a", "image": "{url}:1"}}]', repository)
    escaped = settled(json.dumps([{"name": "a", "image": f"{url}:1"}], ensure_ascii=False), repository)

    assert plain == escaped
    assert [f"{hole('account')}.dkr.ecr.eu-west-1.amazonaws.com/app:1"] == [one.image for one in plain.items]


def test_a_hole_where_a_value_belongs_leaves_only_that_open() -> None:
    """In a template, a number, a list or an object may be the unknown part."""
    anything = hole("?x")
    (port,) = settled(
        f'[{{"name": "a", "image": "x", "portMappings": [{{"containerPort": {anything}}}]}}]'
    ).items
    (secrets,) = settled(
        f'[{{"name": "a", "image": "x", "secrets": {anything}, "logConfiguration": {anything}, "environmentFiles": {anything}, "repositoryCredentials": {anything}}}]'
    ).items
    (options,) = settled(
        f'[{{"name": "a", "image": "x", "logConfiguration": {{"logDriver": "{anything}", "options": {{"awslogs-group": "{anything}"}}, "secretOptions": [{anything}]}}}}]'
    ).items
    (files,) = settled(
        f'[{{"name": "a", "image": "{anything}", "environmentFiles": [{anything}], "essential": {anything}}}]'
    ).items

    assert "x" == port.image
    assert not secrets.secrets.complete
    assert not secrets.environment_files.complete
    assert isinstance(secrets.log, Unknown)
    assert isinstance(secrets.repository_credentials, Unknown)
    assert isinstance(options.log, LogConfiguration)
    assert isinstance(options.log.driver, Unknown)
    assert isinstance(dict(options.log.options)["awslogs-group"], Unknown)
    assert not options.log.secret_options.complete
    assert isinstance(files.image, Unknown)
    assert isinstance(files.essential, Unknown)
    assert not files.environment_files.complete


@pytest.mark.parametrize(
    "text", [hole("?x"), f"[{hole('?x')}]", f"[{hole('?x')}", f"{hole('?x')}{hole('?y')}"]
)
def test_text_of_which_a_container_is_unknown_is_open(text: str) -> None:
    """A part that may be a whole container, or text that is no JSON with its holes."""
    assert not settled(text).complete


def test_unknown_log_options_make_the_log_unknown() -> None:
    """Which group is used may be anything."""
    (one,) = settled(
        f'[{{"name": "a", "image": "x", "logConfiguration": {{"logDriver": "awslogs", "options": {hole("?x")}}}}}]'
    ).items

    assert isinstance(one.log, Unknown)


def test_references_hint_at_what_is_in_unknown_text() -> None:
    """A repository, a log group, secrets and parameters: somewhere in it."""
    blocks = [
        create("aws_ecr_repository.r", name="app", repository_url=COMPUTED),
        create("aws_cloudwatch_log_group.g", name="/app"),
        create("aws_secretsmanager_secret.s", name="db"),
        create("aws_ssm_parameter.p", name="/p", type="String"),
        create("aws_sqs_queue.q"),
    ]
    text = ref(
        "aws_ecr_repository.r.repository_url",
        "aws_cloudwatch_log_group.g",
        "aws_secretsmanager_secret.s.arn",
        "aws_ssm_parameter.p.arn",
        "aws_sqs_queue.q.url",
        "local.x",
    )
    found = definition(*blocks, task(text)).containers
    images = [one.image for one in found.items if isinstance(one.image, str)]
    groups = [
        dict(one.log.options)["awslogs-group"] for one in found.items if isinstance(one.log, LogConfiguration)
    ]

    assert all(one.inferred for one in found.items)
    assert not found.complete
    assert [True] == [
        str(image).startswith(f"{hole('account')}.dkr.ecr.eu-west-1.amazonaws.com/app:") for image in images
    ]
    assert ["/app"] == groups
    assert 2 == sum(len(one.secrets.items) for one in found.items)


def test_references_to_what_an_application_reads_hint_at_nothing() -> None:
    """`valueFrom` takes an ARN; a name or an id is more likely told to the application."""
    blocks = [
        create("aws_secretsmanager_secret.s", name="db"),
        create("aws_ssm_parameter.p", name="/p", type="String"),
        create("aws_cloudwatch_log_group.g", name="/app"),
    ]
    text = ref("aws_secretsmanager_secret.s.id", "aws_ssm_parameter.p.name", "aws_cloudwatch_log_group.g.arn")

    assert () == definition(*blocks, task(text)).containers.items


def test_unknown_text_without_hints_is_open() -> None:
    """Nothing is known of the containers."""
    found = definition(task(ref("local.x"))).containers

    assert () == found.items
    assert [Why.NOT_FOLLOWED] == [reason.why for reason in found.open]


def test_efs_volumes_are_read() -> None:
    """Access point, transit encryption, IAM, root directory; other volumes do not matter."""
    authorization = [{"access_point_id": ref("aws_efs_access_point.p.id"), "iam": "ENABLED"}]
    volumes = [
        {
            "name": "data",
            "efs_volume_configuration": [
                {
                    "file_system_id": ref("aws_efs_file_system.f.id"),
                    "transit_encryption": "ENABLED",
                    "authorization_config": authorization,
                }
            ],
        },
        {
            "name": "plain",
            "efs_volume_configuration": [
                {"file_system_id": "fs-0aaaaaaaa", "root_directory": "/data", "authorization_config": []}
            ],
        },
        {"name": "scratch", "efs_volume_configuration": []},
    ]
    blocks = [
        create("aws_efs_file_system.f"),
        create("aws_efs_access_point.p", file_system_id=ref("aws_efs_file_system.f.id")),
    ]
    data, plain = definition(*blocks, task(volume=volumes)).volumes.items

    assert (hole("aws_efs_file_system.f.id"), hole("aws_efs_access_point.p.id"), True, True, "/") == (
        data.file_system,
        data.access_point,
        data.iam,
        data.transit_encryption,
        data.root_directory,
    )
    assert ("fs-0aaaaaaaa", "", False, False, "/data") == (
        plain.file_system,
        plain.access_point,
        plain.iam,
        plain.transit_encryption,
        plain.root_directory,
    )


@pytest.mark.parametrize(
    "volume", [ref("local.v"), [{"name": "v", "efs_volume_configuration": ref("local.v")}]]
)
def test_volumes_that_are_unknown_leave_the_task_open(volume: Any) -> None:
    """Some volume may be EFS."""
    assert not definition(task(volume=volume)).volumes.complete


def test_parts_of_a_volume_that_are_unknown_stay_so() -> None:
    """Authorisation and encryption may be unknown on their own."""
    efs = {
        "file_system_id": ref("local.f"),
        "transit_encryption": ref("local.e"),
        "authorization_config": ref("local.a"),
    }
    (one,) = definition(task(volume=[{"name": "v", "efs_volume_configuration": [efs]}])).volumes.items

    assert all(
        isinstance(value, Unknown)
        for value in (one.file_system, one.transit_encryption, one.iam, one.access_point)
    )


CLUSTER = create("aws_ecs_cluster.c", name="c", configuration=[])


def test_a_cluster_has_its_default_strategy() -> None:
    """By a resource of its own, which names the cluster by name or reference; or inline in old providers."""
    strategy = [{"capacity_provider": "FARGATE_SPOT"}, {"capacity_provider": "FARGATE"}]
    separate = create(
        "aws_ecs_cluster_capacity_providers.p", cluster_name="c", default_capacity_provider_strategy=strategy
    )
    inline = create("aws_ecs_cluster.c", name="c", default_capacity_provider_strategy=strategy)

    for blocks in ([CLUSTER, separate], [inline]):
        assert (
            Listing(("FARGATE_SPOT", "FARGATE"))
            == estate(*blocks).clusters["aws_ecs_cluster.c"].default_providers
        )
    assert Listing() == estate(CLUSTER).clusters["aws_ecs_cluster.c"].default_providers


def test_a_cluster_has_the_key_of_its_sessions() -> None:
    """Sessions of ECS Exec may be encrypted."""
    configured = [{"execute_command_configuration": [{"kms_key_id": "arn:aws:kms:x"}]}]

    assert (
        "arn:aws:kms:x"
        == estate(create("aws_ecs_cluster.c", name="c", configuration=configured))
        .clusters["aws_ecs_cluster.c"]
        .exec_kms_key
    )
    assert "" == estate(CLUSTER).clusters["aws_ecs_cluster.c"].exec_kms_key
    for unknown in (ref("local.a"), [{"execute_command_configuration": ref("local.a")}]):
        assert isinstance(
            estate(create("aws_ecs_cluster.c", name="c", configuration=unknown))
            .clusters["aws_ecs_cluster.c"]
            .exec_kms_key,
            Unknown,
        )


def test_a_looked_up_cluster_is_a_cluster() -> None:
    """By its name as the data source calls it."""
    found = estate(
        looked_up(
            "data.aws_ecs_cluster.d", cluster_name="d", arn="arn:aws:ecs:eu-west-1:123456789012:cluster/d"
        )
    )

    assert "d" == found.clusters["data.aws_ecs_cluster.d"].name


def test_a_service_on_the_revision_before_runs_what_nobody_tells() -> None:
    """A service that Terraform must not touch stays on the old revision until somebody deploys."""
    arn = "arn:aws:ecs:eu-west-1:123456789012:task-definition/t:7"
    old = {"family": "t", "arn": arn, "revision": 7, "container_definitions": "[]", "network_mode": "awsvpc"}
    replaced = change("aws_ecs_task_definition.t", old, **(old | {"arn": COMPUTED, "revision": COMPUTED}))
    service = keep("aws_ecs_service.s", id="s", task_definition=arn, launch_type="FARGATE")
    same = keep("aws_ecs_task_definition.t", **old)
    found = estate(replaced, service).launches["aws_ecs_service.s"].task_definition

    assert isinstance(found, Unknown)
    assert "aws_ecs_task_definition.t" in found.settle_by
    assert "aws_ecs_task_definition.t" == estate(same, service).launches["aws_ecs_service.s"].task_definition
