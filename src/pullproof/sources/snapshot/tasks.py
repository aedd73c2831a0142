"""What runs tasks: services, task sets, tasks that somebody started, rules, schedules, states, jobs.

A service is called CLUSTER/SERVICE, a task definition FAMILY:REVISION, a task CLUSTER/ID; where two accounts
or regions have the same, theirs follows ("app/web (123456789012/eu-west-1)").
"""

from typing import Any

from pullproof.sources.snapshot.item import Item
from pullproof.sources.snapshot.translation import Translation

#: Statuses of services and tasks that are no more.
STOPPED = ("INACTIVE", "DRAINING", "STOPPED", "DEPROVISIONING", "STOPPING", "DEACTIVATING")


def tasks(made: Translation) -> None:
    """Add everything that runs tasks, and what it runs."""
    for item in made.told.of("Clusters"):
        _cluster(made, item)
    definitions = sorted(made.told.of("TaskDefinitions"), key=lambda item: item.number("revision") or 0)
    for item in definitions:
        _definition(made, item)
    for item in made.told.of("Services"):
        if item.text("status") not in STOPPED:
            _service(made, item)
    _standalone(made)
    for item in made.told.of("EventTargets"):
        _targets(made, item)
    for item in made.told.of("Schedules"):
        _schedule(made, item)
    for item in made.told.of("StateMachines"):
        arn = item.text("stateMachineArn")
        name = named(made, item.text("name") or arn, item)
        made.make("aws_sfn_state_machine", name, item, arn=arn, definition=item.tree("definition"))
    _batch(made)


def named(made: Translation, name: str, item: Item) -> str:
    """The name, or with account and region where another thing has it already."""
    return name if name not in made.resources else f"{name} ({item.scope.strip('/')})"


def _last(arn: str) -> str:
    return arn.rpartition("/")[2]


def _cluster(made: Translation, item: Item) -> None:
    arn = item.text("clusterArn")
    execution = item.inner("configuration").inner("executeCommandConfiguration")
    made.make(
        "aws_ecs_cluster",
        arn,
        item,
        arn=arn,
        name=item.text("clusterName") or _last(arn),
        default_capacity_provider_strategy=_providers(item, "defaultCapacityProviderStrategy"),
        configuration=[
            {"execute_command_configuration": [{"kms_key_id": execution.text("kmsKeyId") or None}]}
        ],
    )


def _providers(item: Item, name: str, inner: str = "capacityProvider") -> list[dict[str, str]]:
    return [{"capacity_provider": one.text(inner)} for one in item.items(name)]


def _definition(made: Translation, item: Item) -> None:
    arn = item.text("taskDefinitionArn")
    platform = item.inner("runtimePlatform")
    made.make(
        "aws_ecs_task_definition",
        named(made, _last(arn), item),
        item,
        arn=arn,
        family=item.text("family") or _last(arn).partition(":")[0],
        revision=item.number("revision"),
        container_definitions=item.tree("containerDefinitions")
        or made.told.untold("TaskDefinitions", item.scope, f"the containers of {_last(arn)}", _last(arn)),
        execution_role_arn=item.text("executionRoleArn") or None,
        task_role_arn=item.text("taskRoleArn") or None,
        requires_compatibilities=item.texts("requiresCompatibilities"),
        network_mode=item.text("networkMode") or None,
        runtime_platform=[
            {
                "operating_system_family": platform.text("operatingSystemFamily") or None,
                "cpu_architecture": platform.text("cpuArchitecture") or None,
            }
        ],
        volume=[_volume(one) for one in item.items("volumes")],
    )


def _volume(item: Item) -> dict[str, Any]:
    efs = item.inner("efsVolumeConfiguration")
    if not efs.raw:
        return {"name": item.text("name")}
    granted = efs.inner("authorizationConfig")
    configuration: dict[str, Any] = {
        "file_system_id": efs.text("fileSystemId"),
        "root_directory": efs.text("rootDirectory") or None,
        "transit_encryption": efs.text("transitEncryption") or None,
    }
    if granted.raw:
        configuration["authorization_config"] = [
            {"access_point_id": granted.text("accessPointId") or None, "iam": granted.text("iam") or None}
        ]
    return {"name": item.text("name"), "efs_volume_configuration": [configuration]}


def _network(item: Item) -> list[dict[str, Any]]:
    """An `awsvpcConfiguration`, in the spelling of any of the APIs that have one."""
    inner = item.inner("awsvpcConfiguration" if "awsvpcConfiguration" in item else "AwsvpcConfiguration")
    names = {name.lower(): name for name in inner.raw}
    return [
        {
            "subnets": inner.texts(names.get("subnets", "subnets")),
            "security_groups": inner.texts(names.get("securitygroups", "securityGroups")),
            "assign_public_ip": inner.text(names.get("assignpublicip", "assignPublicIp")) == "ENABLED",
        }
    ]


def _service(made: Translation, item: Item) -> None:
    arn, cluster = item.text("serviceArn"), item.text("clusterArn")
    name = named(made, f"{_last(cluster)}/{item.text('serviceName') or _last(arn)}", item)
    controller = item.inner("deploymentController").text("type")
    sets = list(item.items("taskSets"))
    # The service of an external or blue/green deployment leaves where and how to its task sets.
    whole = bool(item.text("taskDefinition")) or not sets
    values: dict[str, Any] = {
        "id": arn,
        "name": item.text("serviceName"),
        "cluster": cluster,
        "desired_count": item.number("desiredCount"),
        "enable_execute_command": bool(item.flag("enableExecuteCommand")),
        "deployment_controller": [{"type": controller if whole and controller != "EXTERNAL" else "EXTERNAL"}],
        **_placed(item),
    }
    made.make("aws_ecs_service", name, item, **values)
    made.aliases.setdefault(arn, []).append(name)
    for one in sets if not whole or controller == "EXTERNAL" else ():
        if one.text("status") != "DRAINING":
            key = f"{name}/{one.text('id')}"
            made.make("aws_ecs_task_set", key, one, service=name, cluster=cluster, **_placed(one))


def _placed(item: Item) -> dict[str, Any]:
    """Which task definition runs where, as services, task sets and tasks say it."""
    return {
        "task_definition": item.text("taskDefinition") or item.text("taskDefinitionArn"),
        "launch_type": item.text("launchType") or None,
        "capacity_provider_strategy": _providers(item, "capacityProviderStrategy"),
        "platform_version": item.text("platformVersion") or None,
        "network_configuration": _network(item.inner("networkConfiguration")),
    }


def _standalone(made: Translation) -> None:
    """Tasks that run and belong to no service: one for each way in which they were started."""
    seen = set()
    for item in made.told.of("Tasks"):
        details = [
            {one.text("name"): one.text("value") for one in attachment.items("details")}
            for attachment in item.items("attachments")
            if attachment.text("type") == "ElasticNetworkInterface"
        ]
        interfaces = [found["networkInterfaceId"] for found in details if "networkInterfaceId" in found]
        name = f"{_last(item.text('clusterArn'))}/{_last(item.text('taskArn'))}"
        for alias in (item.text("taskArn"), name, _last(item.text("taskArn"))):
            made.aliases.setdefault(alias, []).extend(interfaces)
        if item.text("group").startswith("service:") or item.text("lastStatus") in STOPPED:
            continue
        subnets = tuple(found["subnetId"] for found in details if "subnetId" in found)
        network = _of_interfaces(made, item, interfaces, name)
        way = (item.text("taskDefinitionArn"), item.text("clusterArn"), subnets, repr(network))
        if way not in seen:
            seen.add(way)
            provider = item.text("capacityProviderName")
            made.make(
                "data.aws_ecs_task_execution",
                named(made, name, item),
                item,
                task_definition=item.text("taskDefinitionArn"),
                cluster=item.text("clusterArn"),
                launch_type=item.text("launchType") or None,
                capacity_provider_strategy=[{"capacity_provider": provider}] if provider else [],
                platform_version=item.text("platformVersion") or None,
                enable_execute_command=bool(item.flag("enableExecuteCommand")),
                network_configuration=[{"subnets": list(subnets), **network}],
            )


def _of_interfaces(made: Translation, item: Item, interfaces: list[str], name: str) -> dict[str, Any]:
    for key in interfaces:
        held = made.resources.get(key)
        if held is not None:
            values = held.values
            return {
                "security_groups": values["security_groups"],
                "assign_public_ip": bool(values["public_ip"]),
            }
    why = made.told.untold("NetworkInterfaces", item.scope, f"the security groups of {name}", name)
    return {"security_groups": why, "assign_public_ip": why}


def _ecs(item: Item) -> dict[str, Any]:
    """`EcsParameters`, as EventBridge and its Scheduler write them."""
    strategy = [
        {"capacity_provider": one.text("capacityProvider") or one.text("CapacityProvider")}
        for one in item.items("CapacityProviderStrategy")
    ]
    return {
        "task_definition_arn": item.text("TaskDefinitionArn"),
        "launch_type": item.text("LaunchType") or None,
        "capacity_provider_strategy": strategy,
        "platform_version": item.text("PlatformVersion") or None,
        "enable_execute_command": bool(item.flag("EnableExecuteCommand")),
        "network_configuration": _network(item.inner("NetworkConfiguration")),
    }


def _targets(made: Translation, item: Item) -> None:
    rule = item.text("Rule")
    off = [
        one
        for one in made.told.of("EventRules")
        if (one.text("Name"), one.scope) == (rule, item.scope) and one.text("State") == "DISABLED"
    ]
    for one in item.items("Targets"):
        if "EcsParameters" in one:
            name = named(made, f"{rule}/{one.text('Id')}", item)
            if off:
                made.notes.append(f"the rule {rule} is switched off: its task is judged all the same")
            block = _ecs(one.inner("EcsParameters"))
            made.make("aws_cloudwatch_event_target", name, item, arn=one.text("Arn"), ecs_target=[block])


def _schedule(made: Translation, item: Item) -> None:
    target = item.inner("Target")
    if "EcsParameters" in target:
        group = item.text("GroupName")
        name = named(made, f"{group}/{item.text('Name')}" if group else item.text("Name"), item)
        block = {"arn": target.text("Arn"), "ecs_parameters": [_ecs(target.inner("EcsParameters"))]}
        made.make("aws_scheduler_schedule", name, item, target=[block])


def _batch(made: Translation) -> None:
    newest: dict[tuple[str, str], Item] = {}
    for item in made.told.of("JobDefinitions"):
        place = (item.scope, item.text("jobDefinitionName") or item.text("jobDefinitionArn"))
        if place not in newest or (item.number("revision") or 0) >= (newest[place].number("revision") or 0):
            newest[place] = item
    for (_, name), item in newest.items():
        made.make(
            "aws_batch_job_definition",
            named(made, name, item),
            item,
            arn=item.text("jobDefinitionArn"),
            name=name,
            platform_capabilities=item.texts("platformCapabilities"),
            container_properties=item.tree("containerProperties"),
            ecs_properties=item.tree("ecsProperties"),
        )
    for item in made.told.of("ComputeEnvironments"):
        arn = item.text("computeEnvironmentArn")
        block = item.inner("computeResources")
        resources = {
            "type": block.text("type"),
            "subnets": block.texts("subnets"),
            "security_group_ids": block.texts("securityGroupIds"),
        }
        made.make("aws_batch_compute_environment", arn, item, arn=arn, compute_resources=[resources])
