"""What runs tasks: services, task sets, events, schedules, states, jobs, and what nothing runs."""

import json
from typing import Any

import pytest

from pullproof.model.ecs import Launch, LaunchKind
from pullproof.model.text import hole
from pullproof.model.value import Listing, Unknown
from pullproof.sources.base import Options
from tests.unit.sources.terraform.making import (
    COMPUTED,
    Block,
    create,
    estate,
    keep,
    load,
    looked_up,
    read,
    ref,
    vpc,
)

VPC = vpc()
SUBNET = create("aws_subnet.a", vpc_id=ref("aws_vpc.main.id"), cidr_block="10.0.0.0/24")
GROUP = create("aws_security_group.g", vpc_id=ref("aws_vpc.main.id"), ingress=COMPUTED, egress=COMPUTED)
CLUSTER = create("aws_ecs_cluster.c", name="c")
TASK = create(
    "aws_ecs_task_definition.t",
    family="t",
    container_definitions="[]",
    network_mode="awsvpc",
    requires_compatibilities=["FARGATE"],
    revision=COMPUTED,
)
NETWORK = {"subnets": [ref("aws_subnet.a.id")], "security_groups": [ref("aws_security_group.g.id")]}
BASE = (VPC, SUBNET, GROUP, CLUSTER, TASK)


def service(name: str = "s", **values: Any) -> Block:
    default = {
        "task_definition": ref("aws_ecs_task_definition.t.arn"),
        "cluster": ref("aws_ecs_cluster.c.id"),
        "launch_type": "FARGATE",
        "desired_count": 1,
        "platform_version": COMPUTED,
        "capacity_provider_strategy": [],
        "network_configuration": [NETWORK],
    }
    return create(f"aws_ecs_service.{name}", **(default | values))


def launched(*blocks: Block | tuple[str, dict[str, Any]], key: str = "aws_ecs_service.s") -> Launch:
    return estate(*BASE, *blocks).launches[key]


def test_a_service_is_a_launch() -> None:
    """Where, with which groups, what, on which platform: with AWS's defaults."""
    one = launched(service())

    assert LaunchKind.SERVICE is one.kind
    assert ("aws_ecs_task_definition.t", "aws_ecs_cluster.c") == (one.task_definition, one.cluster)
    assert (Listing(("aws_subnet.a",)), Listing(("aws_security_group.g",))) == (one.subnets, one.groups)
    assert (False, "LATEST", True, False, 1, "eu-west-1") == (
        one.public_ip,
        one.platform_version,
        one.fargate,
        one.exec_enabled,
        one.desired_count,
        one.region,
    )


def test_what_is_written_is_read() -> None:
    """Public address, platform, ECS Exec, count."""
    one = launched(
        service(
            network_configuration=[NETWORK | {"assign_public_ip": True}],
            platform_version="1.3.0",
            enable_execute_command=True,
            desired_count=None,
        )
    )

    assert (True, "1.3.0", True, 0) == (
        one.public_ip,
        one.platform_version,
        one.exec_enabled,
        one.desired_count,
    )


@pytest.mark.parametrize(
    ("values", "field"),
    [
        ({"network_configuration": ref("local.n")}, "public_ip"),
        ({"network_configuration": [NETWORK | {"assign_public_ip": ref("local.p")}]}, "public_ip"),
        ({"platform_version": ref("local.p")}, "platform_version"),
        ({"launch_type": ref("local.l")}, "fargate"),
        ({"enable_execute_command": ref("local.e")}, "exec_enabled"),
        ({"desired_count": ref("local.d")}, "desired_count"),
        ({"task_definition": ref("local.t")}, "task_definition"),
        ({"cluster": ref("local.c")}, "cluster"),
    ],
)
def test_what_is_written_and_unknown_stays_unknown(values: dict[str, Any], field: str) -> None:
    """Nothing written is taken for a default."""
    assert isinstance(getattr(launched(service(**values)), field), Unknown)


def test_a_service_without_groups_has_the_vpcs_own() -> None:
    """AWS takes the default group of the VPC the subnets are in."""
    one = launched(service(network_configuration=[{"subnets": [ref("aws_subnet.a.id")]}]))

    assert Listing(("aws_vpc.main.default_security_group_id",)) == one.groups


def test_without_a_known_subnet_the_default_group_is_unknown() -> None:
    """A literal subnet does not tell its VPC."""
    assert not launched(service(network_configuration=[{"subnets": ["subnet-0cccccccc"]}])).groups.complete


@pytest.mark.parametrize(
    ("values", "more", "expected"),
    [
        ({"launch_type": "EC2"}, [], False),
        ({"launch_type": "EXTERNAL"}, [], False),
        (
            {"launch_type": None, "capacity_provider_strategy": [{"capacity_provider": "FARGATE_SPOT"}]},
            [],
            True,
        ),
        ({"launch_type": COMPUTED, "capacity_provider_strategy": [{"capacity_provider": "own"}]}, [], False),
        (
            {"launch_type": None, "capacity_provider_strategy": [{"capacity_provider": ref("local.p")}]},
            [],
            None,
        ),
        ({"launch_type": None, "capacity_provider_strategy": ref("local.p")}, [], None),
        ({"launch_type": None}, [], False),
        (
            {"launch_type": None},
            [
                create(
                    "aws_ecs_cluster_capacity_providers.p",
                    cluster_name="c",
                    default_capacity_provider_strategy=[{"capacity_provider": "FARGATE"}],
                )
            ],
            True,
        ),
        ({"launch_type": None, "cluster": "elsewhere"}, [], None),
        ({"launch_type": None, "cluster": ref("local.c")}, [], None),
        ({"launch_type": None, "cluster": None}, [], None),
    ],
)
def test_fargate_is_told_by_type_strategy_or_cluster(
    values: dict[str, Any], more: list[Block], expected: bool | None
) -> None:
    """The launch type, a strategy, or the default strategy of a cluster that may not be shown."""
    fargate = launched(service(**values), *more).fargate

    assert isinstance(fargate, Unknown) if expected is None else expected is fargate


@pytest.mark.parametrize(
    ("value", "more", "expected"),
    [
        (ref("aws_ecs_task_definition.t.arn"), [], "aws_ecs_task_definition.t"),
        ("t", [], "aws_ecs_task_definition.t"),
        ("t:7", [], "t:7"),
        ("other", [], "other"),
        (
            "arn:aws:ecs:eu-west-1:123456789012:task-definition/x:3",
            [],
            "arn:aws:ecs:eu-west-1:123456789012:task-definition/x:3",
        ),
        (
            ref("data.aws_ecs_task_definition.d.arn"),
            [read("data.aws_ecs_task_definition.d", task_definition="t", arn=COMPUTED)],
            "aws_ecs_task_definition.t",
        ),
        (
            "arn:aws:ecs:eu-west-1:123456789012:task-definition/t:3",
            [
                looked_up(
                    "data.aws_ecs_task_definition.d",
                    task_definition="t",
                    arn="arn:aws:ecs:eu-west-1:123456789012:task-definition/t:3",
                )
            ],
            "aws_ecs_task_definition.t",
        ),
        (
            "arn:aws:ecs:eu-west-1:123456789012:task-definition/away:3",
            [
                looked_up(
                    "data.aws_ecs_task_definition.d",
                    task_definition="away",
                    arn="arn:aws:ecs:eu-west-1:123456789012:task-definition/away:3",
                )
            ],
            "arn:aws:ecs:eu-west-1:123456789012:task-definition/away:3",
        ),
    ],
)
def test_a_task_definition_is_found_in_every_spelling(value: Any, more: list[Any], expected: str) -> None:
    """ARN, family, family and revision, and through a data source; another one is its literal name."""
    assert expected == launched(service(task_definition=value), *more).task_definition


@pytest.mark.parametrize("value", [None, "", ref("aws_ssm_parameter.x.value")])
def test_a_task_definition_that_is_not_told_is_unknown(value: Any) -> None:
    """A service may get its task definition from somewhere else."""
    assert isinstance(launched(service(task_definition=value)).task_definition, Unknown)


def test_a_data_source_that_leads_to_itself_ends() -> None:
    """A circle is no endless recursion."""
    circle = read(
        "data.aws_ecs_task_definition.d",
        task_definition=ref("data.aws_ecs_task_definition.d.arn"),
        arn=COMPUTED,
    )

    assert isinstance(
        launched(service(task_definition=ref("data.aws_ecs_task_definition.d.arn")), circle).task_definition,
        Unknown,
    )


@pytest.mark.parametrize(
    "cluster",
    [
        ref("aws_ecs_cluster.c.id"),
        ref("aws_ecs_cluster.c.arn"),
        "c",
        "arn:aws:ecs:eu-west-1:123456789012:cluster/c",
    ],
)
def test_a_cluster_is_found_in_every_spelling(cluster: Any) -> None:
    """Reference, name, or literal ARN."""
    assert "aws_ecs_cluster.c" == launched(service(cluster=cluster)).cluster


def test_task_sets_say_where_and_how() -> None:
    """With the EXTERNAL controller the service runs nothing itself."""
    outside = create(
        "aws_ecs_service.o",
        name="o",
        cluster=ref("aws_ecs_cluster.c.id"),
        deployment_controller=[{"type": "EXTERNAL"}],
        enable_execute_command=True,
        desired_count=3,
    )
    blue = create(
        "aws_ecs_task_set.blue",
        service=ref("aws_ecs_service.o.id"),
        cluster=ref("aws_ecs_cluster.c.id"),
        task_definition=ref("aws_ecs_task_definition.t.arn"),
        launch_type="FARGATE",
        network_configuration=[NETWORK],
    )
    found = estate(*BASE, outside, blue).launches

    assert ["aws_ecs_task_set.blue"] == list(found)
    assert LaunchKind.TASK_SET is found["aws_ecs_task_set.blue"].kind
    assert (True, 3) == (
        found["aws_ecs_task_set.blue"].exec_enabled,
        found["aws_ecs_task_set.blue"].desired_count,
    )


def test_a_task_set_of_an_unknown_service_is_still_one() -> None:
    """What the service says of it is not known."""
    blue = create(
        "aws_ecs_task_set.blue",
        service=ref("local.s"),
        cluster="c",
        task_definition="t",
        launch_type="FARGATE",
        network_configuration=[NETWORK],
    )

    assert "aws_ecs_task_definition.t" == launched(blue, key="aws_ecs_task_set.blue").task_definition


def test_events_run_tasks() -> None:
    """An EventBridge target with `ecs_target`; other targets run none."""
    target = [
        {
            "task_definition_arn": ref("aws_ecs_task_definition.t.arn"),
            "launch_type": "FARGATE",
            "platform_version": "1.4.0",
            "network_configuration": [NETWORK | {"assign_public_ip": True}],
        }
    ]
    nightly = create(
        "aws_cloudwatch_event_target.n", arn=ref("aws_ecs_cluster.c.arn"), rule="n", ecs_target=target
    )
    queue = create("aws_cloudwatch_event_target.q", arn="arn:aws:sqs:x", rule="n", ecs_target=[])
    found = estate(*BASE, nightly, queue).launches

    assert ["aws_cloudwatch_event_target.n"] == list(found)
    one = found["aws_cloudwatch_event_target.n"]
    assert (LaunchKind.EVENTBRIDGE, "aws_ecs_cluster.c", True, "1.4.0") == (
        one.kind,
        one.cluster,
        one.public_ip,
        one.platform_version,
    )


def test_schedules_run_tasks() -> None:
    """EventBridge Scheduler with `ecs_parameters`; other targets run none."""
    ecs = [
        {
            "task_definition_arn": ref("aws_ecs_task_definition.t.arn"),
            "capacity_provider_strategy": [{"capacity_provider": "FARGATE"}],
            "network_configuration": [NETWORK],
        }
    ]
    hourly = create(
        "aws_scheduler_schedule.h", target=[{"arn": ref("aws_ecs_cluster.c.arn"), "ecs_parameters": ecs}]
    )
    other = create("aws_scheduler_schedule.o", target=[{"arn": "arn:aws:lambda:x", "ecs_parameters": []}])
    unknown = create("aws_scheduler_schedule.u", target=ref("local.t"))
    found = estate(*BASE, hourly, other, unknown).launches

    assert ["aws_scheduler_schedule.h"] == list(found)
    assert (LaunchKind.SCHEDULER, True) == (
        found["aws_scheduler_schedule.h"].kind,
        found["aws_scheduler_schedule.h"].fargate,
    )


def machine(definition: Any, **values: Any) -> Block:
    return create(
        "aws_sfn_state_machine.m",
        definition=json.dumps(definition) if isinstance(definition, dict) else definition,
        **values,
    )


def run(
    resource: str = "arn:aws:states:::ecs:runTask.sync", *, arguments: bool = False, **parameters: Any
) -> dict[str, Any]:
    default = {
        "LaunchType": "FARGATE",
        "Cluster": "c",
        "TaskDefinition": "t",
        "NetworkConfiguration": {
            "AwsvpcConfiguration": {
                "Subnets": ["subnet-0aaaaaaaa"],
                "SecurityGroups": ["sg-0aaaaaaaa"],
                "AssignPublicIp": "ENABLED",
            }
        },
    }
    return {
        "Type": "Task",
        "Resource": resource,
        "Arguments" if arguments else "Parameters": default | parameters,
    }


@pytest.mark.parametrize(
    "resource",
    [
        "arn:aws:states:::ecs:runTask",
        "arn:aws:states:::ecs:runTask.sync",
        "arn:aws:states:::ecs:runTask.waitForTaskToken",
        "arn:aws-cn:states:::aws-sdk:ecs:runTask",
    ],
)
@pytest.mark.parametrize("arguments", [False, True])
def test_states_run_tasks(resource: str, arguments: bool) -> None:
    """Every integration with ECS, with parameters or arguments."""
    one = launched(
        machine({"States": {"A": run(resource, arguments=arguments)}}), key="aws_sfn_state_machine.m"
    )

    assert LaunchKind.STEP_FUNCTIONS is one.kind
    assert ("aws_ecs_task_definition.t", "aws_ecs_cluster.c", True, True) == (
        one.task_definition,
        one.cluster,
        one.fargate,
        one.public_ip,
    )
    assert (("subnet-0aaaaaaaa",), ("sg-0aaaaaaaa",)) == (one.subnets.items, one.groups.items)


def test_states_inside_of_others_are_found() -> None:
    """Parallel branches, Map in both spellings, nested; each is a launch with its name."""
    inner = {"States": {"B": run()}}
    states = {
        "P": {
            "Type": "Parallel",
            "Branches": [
                inner,
                {"States": {"N": {"Type": "Map", "ItemProcessor": {"States": {"C": run()}}}}},
            ],
        },
        "M": {"Type": "Map", "Iterator": {"States": {"D": run()}}},
        "X": {"Type": "Task", "Resource": "arn:aws:states:::lambda:invoke"},
        "Y": 7,
    }
    found = estate(*BASE, machine({"States": states})).launches

    assert {f"aws_sfn_state_machine.m#{name}" for name in "BCD"} == set(found)


@pytest.mark.parametrize(
    ("parameters", "field"),
    [
        ({"TaskDefinition.$": "$.definition", "TaskDefinition": None}, "task_definition"),
        ({"Cluster": "{% $states.input.cluster %}"}, "cluster"),
        ({"LaunchType.$": "$.type", "LaunchType": None}, "fargate"),
        ({"NetworkConfiguration": {"AwsvpcConfiguration.$": "$.network"}}, "public_ip"),
        ({"NetworkConfiguration": {"AwsvpcConfiguration": {"AssignPublicIp.$": "$.ip"}}}, "public_ip"),
        ({"LaunchType": None, "CapacityProviderStrategy": [{"CapacityProvider.$": "$.p"}]}, "fargate"),
        ({"Overrides": {"ExecutionRoleArn.$": "$.role"}}, "execution_role_override"),
    ],
)
def test_what_a_machine_computes_is_unknown(parameters: dict[str, Any], field: str) -> None:
    """Paths and JSONata are computed as the machine runs."""
    state = run(**{name: value for name, value in parameters.items() if value is not None})
    for name, value in parameters.items():
        if value is None:
            del state["Parameters"][name]

    assert isinstance(
        getattr(launched(machine({"States": {"A": state}}), key="aws_sfn_state_machine.m"), field), Unknown
    )


def test_states_may_replace_the_roles() -> None:
    """Overrides for one run."""
    role = create("aws_iam_role.r", name="r")
    here = looked_up("data.aws_caller_identity.me", account_id="123456789012")
    state = run(
        Overrides={
            "ExecutionRoleArn": "arn:aws:iam::123456789012:role/r",
            "TaskRoleArn": "arn:aws:iam::123456789012:role/x",
        }
    )
    one = launched(here, role, machine({"States": {"A": state}}), key="aws_sfn_state_machine.m")

    assert ("aws_iam_role.r", "arn:aws:iam::123456789012:role/x") == (
        one.execution_role_override,
        one.task_role_override,
    )


@pytest.mark.parametrize(
    ("strategy", "expected"),
    [([{"CapacityProvider": "FARGATE"}], True), ([{"CapacityProvider": "own"}], False), ("x", False)],
)
def test_a_state_may_have_a_strategy(strategy: Any, expected: bool) -> None:
    """A strategy instead of a launch type."""
    state = run(CapacityProviderStrategy=strategy)
    del state["Parameters"]["LaunchType"]

    assert expected is launched(machine({"States": {"A": state}}), key="aws_sfn_state_machine.m").fargate


@pytest.mark.parametrize(
    "definition",
    [
        "{",
        "7",
        '{"States": []}',
        '{"States": {"A": {"Resource": "arn:aws:states:::ecs:runTask", "Parameters": 7}}}',
    ],
)
def test_a_machine_that_is_none_does_no_harm(definition: str) -> None:
    """Nonsense runs nothing that is known, and never crashes."""
    for one in estate(*BASE, machine(definition)).launches.values():
        assert isinstance(one.task_definition, Unknown)


def test_an_unknown_machine_that_mentions_a_task_runs_it_somehow() -> None:
    """`jsonencode` with one new ARN in it is unknown; that it runs the task is certain enough to say so."""
    other = create(
        "aws_ecs_task_definition.u",
        family="u",
        container_definitions="[]",
        network_mode="awsvpc",
        requires_compatibilities=["FARGATE"],
    )
    one = load(*BASE, other, machine(ref("aws_ecs_task_definition.t.arn", "aws_subnet.a.id")))
    both = load(*BASE, other, machine(ref("aws_ecs_task_definition.t.arn", "aws_ecs_task_definition.u.arn")))
    none = load(*BASE, machine(ref("local.x")))

    assert "aws_ecs_task_definition.t" == one.estate.launches["aws_sfn_state_machine.m"].task_definition
    assert isinstance(one.estate.launches["aws_sfn_state_machine.m"].fargate, Unknown)
    assert not one.estate.launches["aws_sfn_state_machine.m"].subnets.complete
    assert {
        "aws_sfn_state_machine.m#aws_ecs_task_definition.t",
        "aws_sfn_state_machine.m#aws_ecs_task_definition.u",
    } == set(both.estate.launches)
    assert {} == none.estate.launches


PROPERTIES = {
    "image": "busybox",
    "executionRoleArn": "arn:aws:iam::123456789012:role/x",
    "jobRoleArn": "arn:aws:iam::123456789012:role/y",
    "networkConfiguration": {"assignPublicIp": "ENABLED"},
    "fargatePlatformConfiguration": {"platformVersion": "1.4.0"},
    "runtimePlatform": {"cpuArchitecture": "ARM64"},
    "volumes": [
        {
            "name": "v",
            "efsVolumeConfiguration": {
                "fileSystemId": "fs-0aaaaaaaa",
                "transitEncryption": "ENABLED",
                "authorizationConfig": {"iam": "ENABLED", "accessPointId": "fsap-0aaaaaaaa"},
            },
        },
        {"name": "w", "host": {}},
    ],
}


def job(**values: Any) -> Block:
    return create(
        "aws_batch_job_definition.j",
        **(
            {
                "name": "j",
                "type": "container",
                "platform_capabilities": ["FARGATE"],
                "container_properties": json.dumps(PROPERTIES),
                "ecs_properties": None,
            }
            | values
        ),
    )


def environment(name: str = "f", kind: str = "FARGATE", **values: Any) -> Block:
    resources = {
        "type": kind,
        "subnets": [ref("aws_subnet.a.id")],
        "security_group_ids": [ref("aws_security_group.g.id")],
    } | values
    return create(f"aws_batch_compute_environment.{name}", compute_resources=[resources])


def test_jobs_run_in_every_environment_on_fargate() -> None:
    """The definition does not say where: it is judged in each."""
    one = estate(*BASE, job(), environment(), environment("e", "EC2"))
    two = estate(*BASE, job(), environment(), environment("g", "FARGATE_SPOT"))
    launch = one.launches["aws_batch_job_definition.j"]

    assert LaunchKind.BATCH is launch.kind
    assert (True, "1.4.0", True) == (launch.public_ip, launch.platform_version, launch.fargate)
    assert (("aws_subnet.a",), ("aws_security_group.g",)) == (launch.subnets.items, launch.groups.items)
    assert {
        "aws_batch_job_definition.j#aws_batch_compute_environment.f",
        "aws_batch_job_definition.j#aws_batch_compute_environment.g",
    } == set(two.launches)


def test_a_job_is_a_task_definition() -> None:
    """Roles, platform, volumes; logs go to Batch's own group unless written."""
    one = estate(*BASE, job()).task_definitions["aws_batch_job_definition.j"]
    (container,) = one.containers.items
    (volume,) = one.volumes.items

    assert ("arn:aws:iam::123456789012:role/x", "arn:aws:iam::123456789012:role/y", "ARM64", "LINUX") == (
        one.execution_role,
        one.task_role,
        one.architecture,
        one.os,
    )
    assert ("fs-0aaaaaaaa", "fsap-0aaaaaaaa", True, True) == (
        volume.file_system,
        volume.access_point,
        volume.iam,
        volume.transit_encryption,
    )
    assert "busybox" == container.image
    assert container.log is not None
    assert not isinstance(container.log, Unknown)
    assert ("awslogs", "/aws/batch/job") == (
        container.log.driver,
        dict(container.log.options)["awslogs-group"],
    )


def test_a_job_may_log_where_it_likes() -> None:
    """Written logs stay as they are."""
    written = PROPERTIES | {"logConfiguration": {"logDriver": "splunk", "options": {}}}
    (container,) = (
        estate(*BASE, job(container_properties=json.dumps(written)))
        .task_definitions["aws_batch_job_definition.j"]
        .containers.items
    )

    assert container.log is not None
    assert not isinstance(container.log, Unknown)
    assert "splunk" == container.log.driver


def test_jobs_of_several_containers_are_read() -> None:
    """`ecs_properties` says the same one level deeper."""
    tasks = {
        "taskProperties": [
            {
                "executionRoleArn": "arn:x",
                "taskRoleArn": "arn:y",
                "containers": [{"image": "a"}, {"image": "b"}],
            }
        ]
    }
    one = estate(*BASE, job(container_properties=None, ecs_properties=json.dumps(tasks))).task_definitions[
        "aws_batch_job_definition.j"
    ]

    assert ["a", "b"] == [container.image for container in one.containers.items]
    assert ("arn:x", "arn:y") == (one.execution_role, one.task_role)


@pytest.mark.parametrize(
    "values",
    [{"container_properties": ref("local.p")}, {"container_properties": None}, {"container_properties": "{"}],
)
def test_a_job_that_is_unknown_stays_open(values: dict[str, Any]) -> None:
    """Properties known only after apply, or none at all."""
    one = estate(*BASE, job(**values)).task_definitions["aws_batch_job_definition.j"]

    assert not one.containers.complete
    assert isinstance(one.execution_role, Unknown)


def test_jobs_on_ec2_are_not_judged() -> None:
    """Only Fargate is."""
    found = estate(*BASE, job(platform_capabilities=None), environment())

    assert "aws_batch_job_definition.j" not in found.task_definitions


def test_what_nothing_runs_is_listed() -> None:
    """A definition for Fargate; one for EC2 or another network mode could not run there."""
    ec2 = create(
        "aws_ecs_task_definition.e",
        family="e",
        container_definitions="[]",
        requires_compatibilities=["EC2"],
        network_mode="awsvpc",
    )
    bridge = create(
        "aws_ecs_task_definition.b",
        family="b",
        container_definitions="[]",
        requires_compatibilities=None,
        network_mode="bridge",
    )

    assert ("aws_ecs_task_definition.t",) == load(*BASE, ec2, bridge).not_launched
    assert () == load(*BASE, service()).not_launched


@pytest.mark.parametrize(
    ("options", "subnets", "groups"),
    [
        (
            Options(subnets=("aws_subnet.a",), groups=("aws_security_group.g",), use_source=False),
            ("aws_subnet.a",),
            ("aws_security_group.g",),
        ),
        (
            Options(subnets=("subnet-0aaaaaaaa",), use_source=False),
            ("aws_subnet.old",),
            ("aws_vpc.old.default_security_group_id",),
        ),
    ],
)
def test_the_caller_may_place_what_nothing_runs(
    options: Options, subnets: tuple[str, ...], groups: tuple[str, ...]
) -> None:
    """By address or by id; without groups the VPC's own."""
    old = keep("aws_vpc.old", id="vpc-0aaaaaaaa", cidr_block="10.5.0.0/16")
    old_subnet = keep(
        "aws_subnet.old", id="subnet-0aaaaaaaa", vpc_id="vpc-0aaaaaaaa", cidr_block="10.5.0.0/24"
    )
    found = load(*BASE, old, old_subnet, options=options)
    one = found.estate.launches["aws_ecs_task_definition.t"]

    assert LaunchKind.STANDALONE is one.kind
    assert (subnets, groups) == (one.subnets.items, one.groups.items)
    assert () == found.not_launched


def test_holes_of_a_family_lead_to_it() -> None:
    """A family that is not known yet is found by its own name."""
    unnamed = create(
        "aws_ecs_task_definition.t",
        family=COMPUTED,
        container_definitions="[]",
        network_mode="awsvpc",
        requires_compatibilities=["FARGATE"],
    )
    found = estate(
        VPC, SUBNET, GROUP, CLUSTER, unnamed, service(task_definition=ref("aws_ecs_task_definition.t.family"))
    )

    assert "aws_ecs_task_definition.t" == found.launches["aws_ecs_service.s"].task_definition
    assert (
        hole("aws_ecs_task_definition.t.family") == found.task_definitions["aws_ecs_task_definition.t"].family
    )
