"""What runs tasks, as the APIs of ECS, EventBridge, its Scheduler, Step Functions and Batch describe it."""

import json
from typing import Any

from pullproof.model.ecs import Launch, LaunchKind
from pullproof.model.value import Unknown
from pullproof.prove import prove
from pullproof.sources.base import Options
from pullproof.sources.snapshot.answers import Folder
from pullproof.sources.snapshot.load import load_answers
from pullproof.verdict import Verdict
from tests import account
from tests.unit.sources.snapshot.reading import folders, judged, loaded

Json = dict[str, Any]
NETWORK = {"Subnets": ["subnet-0a"], "SecurityGroups": ["sg-0app"], "AssignPublicIp": "ENABLED"}
ECS = {
    "TaskDefinitionArn": account.DEFINITION,
    "LaunchType": "FARGATE",
    "NetworkConfiguration": {"awsvpcConfiguration": NETWORK},
}


def launch(key: str, **changed: Json | None) -> Launch:
    """One launch of the small account."""
    return loaded(**changed).estate.launches[key]


def service(**changed: Any) -> Json:
    """The account's service, changed."""
    [held] = account.tasks()["Services"]["services"]
    return account.listed("services", {**held, **changed})


def test_a_service_says_where_and_how() -> None:
    """Groups, subnets, public address, platform, and that it is on Fargate."""
    found = launch("main/web")

    assert LaunchKind.SERVICE is found.kind
    assert ("subnet-0a",) == found.subnets.items
    assert ("sg-0app",) == found.groups.items
    assert (False, "1.4.0", True, 2) == (
        found.public_ip,
        found.platform_version,
        found.fargate,
        found.desired_count,
    )
    assert (account.REGION, account.ACCOUNT) == (found.region, found.account)


def test_services_that_are_gone_or_elsewhere_are_not_judged() -> None:
    """One that is inactive is not there; one on EC2 is not ours."""
    assert {} == loaded(Services=service(status="INACTIVE")).estate.launches
    assert () == judged(Services=service(launchType="EC2")).tasks


def test_a_capacity_provider_may_mean_fargate() -> None:
    """Of the service, or by default of its cluster."""
    own = service(launchType=None, capacityProviderStrategy=[{"capacityProvider": "FARGATE_SPOT", "base": 1}])
    cluster = {
        "clusterArn": account.CLUSTER,
        "clusterName": "main",
        "defaultCapacityProviderStrategy": [{"capacityProvider": "FARGATE"}],
    }

    assert launch("main/web", Services=own).fargate is True
    assert (
        launch(
            "main/web", Services=service(launchType=None), Clusters=account.listed("clusters", cluster)
        ).fargate
        is True
    )


def test_a_service_without_groups_has_the_default_one() -> None:
    """As ECS takes it."""
    bare = {"awsvpcConfiguration": {"subnets": ["subnet-0a"], "assignPublicIp": "ENABLED"}}
    found = launch("main/web", Services=service(networkConfiguration=bare))

    assert ("sg-0default",) == found.groups.items
    assert found.public_ip is True


def test_task_sets_take_the_place_of_their_service() -> None:
    """Of an external or blue/green deployment, unless one is being taken away."""
    [held] = account.tasks()["Services"]["services"]
    placed = {name: held[name] for name in ("taskDefinition", "launchType", "networkConfiguration")}
    sets = [{"id": "ecs-svc/1", "status": "PRIMARY", **placed}, {"id": "ecs-svc/2", "status": "DRAINING"}]
    bare = dict.fromkeys(placed)
    blue = service(deploymentController={"type": "CODE_DEPLOY"}, taskSets=sets, **bare)
    external = service(deploymentController={"type": "EXTERNAL"}, taskSets=sets)

    for answer in (blue, external):
        [found] = loaded(Services=answer).estate.launches.values()
        assert ("main/web/ecs-svc/1", LaunchKind.TASK_SET, "app:7") == (
            found.key,
            found.kind,
            found.task_definition,
        )


def task(name: str, **changed: Any) -> Json:
    """A running task that somebody started by hand."""
    details = {"subnetId": "subnet-0a", "networkInterfaceId": "eni-0t"}
    return {
        "taskArn": f"arn:aws:ecs:eu-west-1:{account.ACCOUNT}:task/main/{name}",
        "clusterArn": account.CLUSTER,
        "taskDefinitionArn": account.DEFINITION,
        "launchType": "FARGATE",
        "platformVersion": "1.4.0",
        "lastStatus": "RUNNING",
        "group": "family:app",
        "attachments": [
            {
                "type": "ElasticNetworkInterface",
                "details": [{"name": key, "value": value} for key, value in details.items()],
            },
            {"type": "ServiceConnect", "details": []},
        ],
        **changed,
    }


INTERFACE = {
    "NetworkInterfaceId": "eni-0t",
    "SubnetId": "subnet-0a",
    "PrivateIpAddress": "10.0.1.9",
    "PrivateIpAddresses": [{"PrivateIpAddress": "10.0.1.9"}],
    "Groups": [{"GroupId": "sg-0app"}],
    "Association": {"PublicIp": "203.0.113.9"},
    "SourceDestCheck": True,
}


def test_tasks_started_by_hand_are_judged_once_for_each_way() -> None:
    """Their groups and public address are those of their interface."""
    answer = account.listed(
        "tasks", task("1"), task("2"), task("3", group="service:web"), task("4", lastStatus="STOPPED")
    )
    found = loaded(
        Tasks=answer, NetworkInterfaces=account.listed("NetworkInterfaces", INTERFACE)
    ).estate.launches
    started = found["main/1"]

    assert ["main/web", "main/1"] == list(found)
    assert LaunchKind.STANDALONE is started.kind
    assert (("sg-0app",), True) == (started.groups.items, started.public_ip)
    assert ("subnet-0a",) == started.subnets.items


def test_a_task_whose_interface_is_not_told_has_unknown_groups() -> None:
    """Which it was started with, only its interface tells."""
    started = launch("main/1", Tasks=account.listed("tasks", task("1")), NetworkInterfaces=None)

    assert ["the security groups of main/1"] == [why.what for why in started.groups.open]
    assert isinstance(started.public_ip, Unknown)


def test_people_call_interfaces_by_the_tasks_and_instances_that_have_them() -> None:
    """By the id of a task, with or without its cluster, by its ARN, and by an instance."""
    attached = {**INTERFACE, "NetworkInterfaceId": "eni-0i", "Attachment": {"InstanceId": "i-0a"}}
    names = loaded(
        Tasks=account.listed("tasks", task("1")),
        NetworkInterfaces=account.listed("NetworkInterfaces", INTERFACE, attached),
    ).names

    for name in ("1", "main/1", f"arn:aws:ecs:eu-west-1:{account.ACCOUNT}:task/main/1"):
        assert ("eni-0t",) == names[name]
    assert ("eni-0i",) == names["i-0a"]
    assert ("main/web",) == names[account.SERVICE]


def test_instances_tell_of_their_interfaces() -> None:
    """Where interfaces are not described themselves; one that is terminated has none."""
    instance = {"InstanceId": "i-0a", "State": {"Name": "running"}, "NetworkInterfaces": [INTERFACE]}
    gone = {"InstanceId": "i-0b", "State": {"Name": "terminated"}, "NetworkInterfaces": [INTERFACE]}
    answer = account.listed("Reservations", {"ReservationId": "r-1", "Instances": [gone, instance]})
    found = loaded(Reservations=answer, NetworkInterfaces=None)

    assert ["eni-0t"] == list(found.estate.interfaces)
    assert ("eni-0t",) == found.names["i-0a"]


def test_rules_and_schedules_run_tasks() -> None:
    """Their targets say what and where; other targets run none."""
    targets = {
        "Rule": "nightly",
        "Targets": [{"Id": "a", "Arn": account.CLUSTER, "EcsParameters": ECS}, {"Id": "b"}],
    }
    schedule = {
        "Name": "hourly",
        "GroupName": "default",
        "Target": {"Arn": account.CLUSTER, "EcsParameters": ECS},
    }
    upper = {
        **ECS,
        "LaunchType": None,
        "NetworkConfiguration": {"AwsvpcConfiguration": NETWORK},
        "CapacityProviderStrategy": [{"CapacityProvider": "FARGATE"}],
    }
    other = {"Name": "weekly", "Target": {"Arn": account.CLUSTER, "EcsParameters": upper}}
    rules = [
        {"Name": name, "ScheduleExpression": "rate(1 day)", "State": state}
        for name, state in (("nightly", "DISABLED"), ("weekly", "ENABLED"))
    ]
    everything = loaded(
        EventRules=account.listed("Rules", *rules),
        EventTargets=account.listed("EventTargets", targets),
        Schedules=account.listed("Schedules", schedule, other, {"Name": "lambda", "Target": {}}),
    )
    found = everything.estate.launches

    assert ("the rule nightly is switched off: its task is judged all the same",) == everything.notes

    assert {
        "main/web": LaunchKind.SERVICE,
        "nightly/a": LaunchKind.EVENTBRIDGE,
        "default/hourly": LaunchKind.SCHEDULER,
        "weekly": LaunchKind.SCHEDULER,
    } == {key: one.kind for key, one in found.items()}
    assert {True} == {one.fargate for one in found.values()}
    assert {("subnet-0a",)} == {one.subnets.items for one in found.values()}


def test_states_and_jobs_run_tasks() -> None:
    """States of the integration with ECS, and the newest revision of a job definition."""
    network = {"AwsvpcConfiguration": {"Subnets": ["subnet-0a"], "SecurityGroups": ["sg-0app"]}}
    state = {
        "Type": "Task",
        "Resource": "arn:aws:states:::ecs:runTask.sync",
        "Parameters": {
            "TaskDefinition": account.DEFINITION,
            "Cluster": account.CLUSTER,
            "LaunchType": "FARGATE",
            "NetworkConfiguration": network,
        },
    }
    machine = {
        "stateMachineArn": f"arn:aws:states:eu-west-1:{account.ACCOUNT}:stateMachine:flow",
        "name": "flow",
        "definition": {"States": {"Run": state}},
    }
    jobs = [
        {
            "jobDefinitionArn": f"arn:aws:batch:eu-west-1:{account.ACCOUNT}:job-definition/job:{revision}",
            "jobDefinitionName": "job",
            "revision": revision,
            "platformCapabilities": ["FARGATE"],
            "containerProperties": {
                "image": f"public.ecr.aws/a/b:{revision}",
                "executionRoleArn": account.ROLE,
            },
        }
        for revision in (2, 1)
    ]
    environment = {
        "computeEnvironmentArn": f"arn:aws:batch:eu-west-1:{account.ACCOUNT}:compute-environment/e",
        "computeResources": {"type": "FARGATE", "subnets": ["subnet-0a"], "securityGroupIds": ["sg-0app"]},
    }
    estate = loaded(
        StateMachines=account.listed("stateMachines", machine),
        JobDefinitions=account.listed("jobDefinitions", *jobs),
        ComputeEnvironments=account.listed("computeEnvironments", environment),
    ).estate

    assert ["main/web", "flow", "job"] == list(estate.launches)
    [container] = estate.task_definitions["job"].containers.items
    assert "public.ecr.aws/a/b:2" == container.image
    assert account.ROLE == estate.task_definitions["job"].execution_role


def test_volumes_name_file_systems_and_access_points() -> None:
    """Those that are on EFS, with how they are mounted."""
    [held] = account.tasks()["TaskDefinitions"]["taskDefinitions"]
    volume = {
        "name": "data",
        "efsVolumeConfiguration": {
            "fileSystemId": "fs-0a",
            "transitEncryption": "ENABLED",
            "authorizationConfig": {"accessPointId": "fsap-0a", "iam": "ENABLED"},
        },
    }
    plain = {"name": "other", "efsVolumeConfiguration": {"fileSystemId": "fs-0b"}}
    answer = account.listed("taskDefinitions", {**held, "volumes": [volume, plain, {"name": "scratch"}]})
    first, second = loaded(TaskDefinitions=answer).estate.task_definitions["app:7"].volumes.items

    assert ("fs-0a", True, True, "fsap-0a") == (
        first.file_system,
        first.transit_encryption,
        first.iam,
        first.access_point,
    )
    assert ("fs-0b", False, "") == (second.file_system, second.iam, second.access_point)


def test_two_accounts_and_regions_keep_their_things_apart() -> None:
    """What is called the same in several of them has account and region behind its name."""
    every = []
    for number, region in (("1", "eu-west-1"), ("1", "us-east-1"), ("2", "eu-west-1"), ("2", "us-east-1")):
        own = number * 12
        regional, everywhere = folders()
        text = json.dumps(regional.documents).replace(account.ACCOUNT, own).replace("eu-west-1", region)
        for kind in ("vpc-0", "subnet-0", "rtb-0", "acl-0", "sg-0", "vpce-0", "pl-0", "dopt-0"):
            text = text.replace(kind, f"{kind}{number}{region[:2]}")
        every.append(Folder(account=own, region=region, documents=json.loads(text)))
        role = json.dumps(everywhere.documents).replace(account.ACCOUNT, own).replace("eu-west-1", "*")
        if region == "eu-west-1":
            every.append(Folder(account=own, region="global", documents=json.loads(role)))
    estate = load_answers(every, "here", Options()).estate

    assert {
        "main/web": ("111111111111", "eu-west-1"),
        "main/web (111111111111/us-east-1)": ("111111111111", "us-east-1"),
        "main/web (222222222222/eu-west-1)": ("222222222222", "eu-west-1"),
        "main/web (222222222222/us-east-1)": ("222222222222", "us-east-1"),
    } == {key: (one.account, one.region) for key, one in estate.launches.items()}
    assert {"111111111111", "222222222222"} == {vpc.account for vpc in estate.vpcs.values()}
    assert 4 == len(estate.task_definitions)
    assert [Verdict.WORKS] * 4 == [task.verdict for task in prove(estate)]
