"""Jobs of AWS Batch on Fargate: each job definition, in each compute environment on Fargate.

A job definition does not say where it runs; whoever submits the job picks a queue. So it is judged in
every compute environment on Fargate of the input.
https://docs.aws.amazon.com/batch/latest/userguide/fargate.html
"""

from pullproof.model.ecs import Container, EfsVolume, Launch, LaunchKind, TaskDefinition
from pullproof.model.value import Listing, Maybe, Origin, Unknown
from pullproof.sources.terraform.adapt_iam import role_key
from pullproof.sources.terraform.containers import container, folded, inferred, read_json
from pullproof.sources.terraform.launches import FARGATE, groups_in_force, switch
from pullproof.sources.terraform.tree import Resource, Value
from pullproof.sources.terraform.volumes import efs_volume
from pullproof.sources.terraform.world import World, at, first_block, given, plain, written

#: Where jobs log that say nothing about it.
#: https://docs.aws.amazon.com/batch/latest/userguide/using_awslogs.html
LOG_GROUP = "/aws/batch/job"


def adapt_batch(world: World) -> None:
    """Fill in jobs on Fargate as task definitions, and where they run."""
    environments = [found for found in world.of("aws_batch_compute_environment") if _on_fargate(found)]
    for resource in world.of("aws_batch_job_definition"):
        capabilities = world.texts(
            written(resource, "platform_capabilities"), resource, "platform_capabilities"
        )
        if "FARGATE" not in capabilities.items:
            continue
        definition, properties = _definition(world, resource)
        world.estate.task_definitions[resource.address] = definition
        for environment in environments:
            key = resource.address if len(environments) == 1 else f"{resource.address}#{environment.address}"
            world.estate.launches[key] = _launch(world, resource, environment, key, properties)


def _on_fargate(resource: Resource) -> bool:
    block = first_block(resource.values.get("compute_resources"))
    return isinstance(block, dict) and plain(block.get("type")) in FARGATE


def _definition(world: World, resource: Resource) -> tuple[TaskDefinition, dict[str, Value] | Unknown]:
    value = resource.values.get("container_properties")
    properties = (
        read_json(world, value, resource, "container_properties") if isinstance(value, str) else value
    )
    if properties is None:
        properties = _first_task(world, resource)
    fields = folded(properties)
    definition = TaskDefinition(
        key=resource.address,
        origin=at(resource),
        family=world.own_text(resource, "name"),
        arn=world.own_text(resource, "arn"),
        containers=_containers(world, resource, properties, fields),
        execution_role=_role(world, resource, fields, properties, "executionRoleArn"),
        task_role=_role(world, resource, fields, properties, "jobRoleArn"),
        volumes=_volumes(world, resource, fields),
        os=_platform(world, resource, properties, "operatingSystemFamily", "LINUX"),
        architecture=_platform(world, resource, properties, "cpuArchitecture", "X86_64"),
        compatibilities=Listing(("FARGATE",)),
    )
    return definition, properties if isinstance(properties, Unknown) else fields


def _first_task(world: World, resource: Resource) -> Value:
    """Jobs of several containers say the same one level deeper."""
    value = written(resource, "ecs_properties")
    tree = read_json(world, value, resource, "ecs_properties") if isinstance(value, str) else value
    tasks = folded(tree).get("taskproperties")
    return tasks[0] if isinstance(tasks, list) and tasks else world.unknown(resource, "container_properties")


def _containers(
    world: World, resource: Resource, properties: Value, fields: dict[str, Value]
) -> Listing[Container]:
    if isinstance(properties, Unknown):
        return Listing(inferred(world, resource, "container_properties"), (properties,))
    several = fields.get("containers")
    items = several if isinstance(several, list) else [properties]
    path = "container_properties"
    known = [
        container(world, _with_log(world, resource, item), resource, path)
        for item in items
        if isinstance(item, dict)
    ]
    opened = tuple(item for item in items if isinstance(item, Unknown))
    return Listing(tuple(known), opened)


def _with_log(world: World, resource: Resource, item: dict[str, Value]) -> dict[str, Value]:
    if given(folded(item).get("logconfiguration")):
        return item
    options = {"awslogs-group": LOG_GROUP, "awslogs-region": world.where.region_text(resource)}
    return {**item, "logConfiguration": {"logDriver": "awslogs", "options": options}}


def _role(
    world: World, resource: Resource, fields: dict[str, Value], properties: Value, name: str
) -> Maybe[str]:
    if isinstance(properties, Unknown):
        return properties
    value = fields.get(name.lower(), fields.get("taskrolearn") if name == "jobRoleArn" else None)
    return role_key(world, value, resource, name) if given(value) else ""


def _platform(world: World, resource: Resource, properties: Value, name: str, default: str) -> Maybe[str]:
    if isinstance(properties, Unknown):
        return properties
    value = folded(folded(properties).get("runtimeplatform")).get(name.lower())
    return world.text(value, resource, name) if given(value) else default


def _volumes(world: World, resource: Resource, fields: dict[str, Value]) -> Listing[EfsVolume]:
    value = fields.get("volumes")
    known = []
    for index, item in enumerate(value if isinstance(value, list) else ()):
        members = folded(item)
        efs = folded(members.get("efsvolumeconfiguration"))
        if efs:
            known.append(efs_volume(world, resource, members, efs, f"container_properties.volumes[{index}]"))
    return Listing(tuple(known), (value,) if isinstance(value, Unknown) else ())


def _launch(
    world: World, resource: Resource, environment: Resource, key: str, properties: dict[str, Value] | Unknown
) -> Launch:
    block = first_block(environment.values.get("compute_resources"))
    values = {} if isinstance(block, Unknown) else block
    subnets = world.keys(values.get("subnets"), environment, "subnets")
    public, version = _network(world, resource, properties)
    return Launch(
        key=key,
        origin=at(resource) if key == resource.address else Origin(resource.address, environment.address),
        kind=LaunchKind.BATCH,
        task_definition=resource.address,
        subnets=subnets,
        groups=groups_in_force(world, values.get("security_group_ids"), subnets, environment),
        public_ip=public,
        platform_version=version,
        region=world.where.region_text(resource),
        account=world.where.account_of(resource),
    )


def _network(
    world: World, resource: Resource, properties: dict[str, Value] | Unknown
) -> tuple[Maybe[bool], Maybe[str]]:
    """Whether a job gets a public IP, and on which platform version."""
    if isinstance(properties, Unknown):
        return properties, properties
    network = folded(properties.get("networkconfiguration"))
    version = folded(properties.get("fargateplatformconfiguration")).get("platformversion")
    return (
        switch(world, network.get("assignpublicip"), resource, "assignPublicIp"),
        world.text(version, resource, "platformVersion") if given(version) else "LATEST",
    )
