"""Tasks on a schedule or an event: EventBridge targets and EventBridge Scheduler."""

from pullproof.model.ecs import LaunchKind
from pullproof.model.value import Unknown
from pullproof.sources.terraform.adapt_ecs import cluster_key
from pullproof.sources.terraform.launches import Asked, add_launch
from pullproof.sources.terraform.tree import Resource, Value
from pullproof.sources.terraform.world import World, first_block, written


def adapt_events(world: World) -> None:
    """Fill in the targets that run ECS tasks."""
    for resource in world.of("aws_cloudwatch_event_target"):
        block = first_block(written(resource, "ecs_target"))
        if isinstance(block, dict) and block:
            asked = _asked(world, resource, block, resource.values.get("arn"))
            add_launch(world, resource, LaunchKind.EVENTBRIDGE, asked)
    for resource in world.of("aws_scheduler_schedule"):
        target = first_block(resource.values.get("target"))
        if isinstance(target, Unknown):
            continue
        block = first_block(target.get("ecs_parameters"))
        if isinstance(block, dict) and block:
            asked = _asked(world, resource, block, target.get("arn"))
            add_launch(world, resource, LaunchKind.SCHEDULER, asked)


def _asked(world: World, resource: Resource, block: dict[str, Value], cluster: Value) -> Asked:
    return Asked(
        task_definition=block.get("task_definition_arn"),
        cluster=cluster_key(world, cluster, resource),
        network=block.get("network_configuration"),
        launch_type=block.get("launch_type"),
        strategy=block.get("capacity_provider_strategy"),
        platform_version=block.get("platform_version"),
        exec_enabled=block.get("enable_execute_command"),
    )
