"""ECS clusters and task definitions."""

from pullproof.model.ecs import Cluster, EfsVolume, TaskDefinition
from pullproof.model.value import Listing, Maybe, Unknown
from pullproof.sources.terraform.adapt_iam import role_key
from pullproof.sources.terraform.containers import containers_of
from pullproof.sources.terraform.tree import Resource, Value
from pullproof.sources.terraform.volumes import efs_volume
from pullproof.sources.terraform.world import World, at, blocks_of, first_block, given, plain, written

STRATEGY = "default_capacity_provider_strategy"


def adapt_ecs(world: World) -> None:
    """Fill in clusters and task definitions."""
    _clusters(world)
    for resource in world.of("aws_ecs_task_definition"):
        world.estate.task_definitions[resource.address] = definition(world, resource)
        world.names["task-definition", world.own_text(resource, "family")] = resource.address
    for resource in world.deleted("aws_ecs_task_definition"):
        if resource.address in world.tree.resources and (arn := plain(resource.values.get("arn"))):
            world.names["replaced", arn] = resource.address


def _clusters(world: World) -> None:
    strategies: dict[str, Listing[str]] = {}
    for resource in world.of("aws_ecs_cluster", "data.aws_ecs_cluster"):
        world.names.setdefault(("cluster", world.own_text(resource, "name")), resource.address)
        world.ids.setdefault(world.own_text(resource, "arn"), resource.address)
    for resource in world.of("aws_ecs_cluster_capacity_providers"):
        key = cluster_key(world, resource.values.get("cluster_name"), resource)
        if isinstance(key, str):
            strategies[key] = strategy_of(world, written(resource, STRATEGY), resource)
    for resource in world.of("aws_ecs_cluster", "data.aws_ecs_cluster"):
        world.estate.clusters[resource.address] = Cluster(
            key=resource.address,
            origin=at(resource),
            name=world.own_text(resource, "name" if not resource.data else "cluster_name"),
            arn=world.own_text(resource, "arn"),
            default_providers=strategies.get(resource.address)
            or strategy_of(world, written(resource, STRATEGY), resource),
            exec_kms_key=_exec_key(world, resource),
        )


def strategy_of(world: World, value: Value, resource: Resource) -> Listing[str]:
    """The capacity providers of a strategy, by name."""
    blocks = blocks_of(value)
    if isinstance(blocks, Unknown):
        return Listing((), (blocks,))
    return world.texts([block.get("capacity_provider") for block in blocks], resource, "the strategy")


def _exec_key(world: World, resource: Resource) -> Maybe[str]:
    outer = first_block(written(resource, "configuration"))
    if isinstance(outer, Unknown):
        return outer
    inner = first_block(outer.get("execute_command_configuration"))
    if isinstance(inner, Unknown):
        return inner
    value = inner.get("kms_key_id")
    return world.text(value, resource, "kms_key_id") if given(value) else ""


def cluster_key(world: World, value: Value, resource: Resource) -> Maybe[str]:
    """The key of a cluster by reference, ARN or name; "default" when none is written."""
    if value is None or value == "":
        value = "default"
    if isinstance(value, str):
        text = world.spelt(value)
        if text in world.ids:
            return world.ids[text]
        name = text.rpartition("cluster/")[2]
        if ("cluster", name) in world.names:
            return world.names["cluster", name]
    return world.key(value, resource, "cluster")


def definition(world: World, resource: Resource) -> TaskDefinition:
    """A task definition."""
    platform = first_block(written(resource, "runtime_platform"))
    return TaskDefinition(
        key=resource.address,
        origin=at(resource),
        family=world.own_text(resource, "family"),
        arn=world.own_text(resource, "arn"),
        containers=containers_of(world, resource, "container_definitions"),
        execution_role=_role(world, resource, "execution_role_arn"),
        task_role=_role(world, resource, "task_role_arn"),
        volumes=_volumes(world, resource),
        os=_platform(world, resource, platform, "operating_system_family", "LINUX"),
        architecture=_platform(world, resource, platform, "cpu_architecture", "X86_64"),
        compatibilities=world.texts(
            written(resource, "requires_compatibilities"), resource, "requires_compatibilities"
        ),
        network_mode=world.word(resource, "network_mode", default="bridge"),
    )


def _role(world: World, resource: Resource, name: str) -> Maybe[str]:
    value = written(resource, name)
    return "" if value is None or value == "" else role_key(world, value, resource, name)


def _platform(
    world: World, resource: Resource, platform: dict[str, Value] | Unknown, name: str, default: str
) -> Maybe[str]:
    if isinstance(platform, Unknown):
        return platform
    value = platform.get(name)
    return default if value is None or value == "" else world.text(value, resource, name)


def _volumes(world: World, resource: Resource) -> Listing[EfsVolume]:
    blocks = blocks_of(written(resource, "volume"))
    if isinstance(blocks, Unknown):
        return Listing((), (blocks,))
    known: list[EfsVolume] = []
    opened: list[Unknown] = []
    for index, block in enumerate(blocks):
        efs = first_block(block.get("efs_volume_configuration"))
        if isinstance(efs, Unknown):
            opened.append(efs)
        elif efs:
            known.append(efs_volume(world, resource, block, efs, f"volume[{index}]"))
    return Listing(tuple(known), tuple(opened))
