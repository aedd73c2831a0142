"""Services, task sets, and task definitions that the caller places himself."""

from pullproof.model.ecs import Launch, LaunchKind, TaskDefinition
from pullproof.model.value import Listing, Maybe, Unknown
from pullproof.sources.terraform.adapt_ecs import cluster_key
from pullproof.sources.terraform.adapt_gateways import default_groups
from pullproof.sources.terraform.launches import Asked, add_launch
from pullproof.sources.terraform.tree import Resource
from pullproof.sources.terraform.world import World, first_block, plain, written


def adapt_services(world: World) -> None:
    """Fill in services and task sets."""
    services: dict[str, Resource] = {}
    for resource in world.of("aws_ecs_service"):
        services[resource.address] = resource
        services.setdefault(plain(resource.values.get("name")), resource)
        controller = first_block(written(resource, "deployment_controller"))
        if isinstance(controller, dict) and controller.get("type") == "EXTERNAL":
            continue  # its task sets say where and how
        add_launch(world, resource, LaunchKind.SERVICE, _asked(world, resource, resource))
    for resource in world.of("aws_ecs_task_set"):
        key = world.key(resource.values.get("service"), resource, "service")
        owner = services.get(key) if isinstance(key, str) else None
        add_launch(world, resource, LaunchKind.TASK_SET, _asked(world, resource, owner or resource))


def adapt_executions(world: World) -> None:
    """Fill in tasks that are run once, by the provider's data source or by hand."""
    for resource in world.of("data.aws_ecs_task_execution"):
        add_launch(world, resource, LaunchKind.STANDALONE, _asked(world, resource, resource))


def _asked(world: World, resource: Resource, service: Resource) -> Asked:
    return Asked(
        task_definition=resource.values.get("task_definition"),
        cluster=cluster_key(world, written(resource, "cluster"), resource),
        network=written(resource, "network_configuration"),
        launch_type=written(resource, "launch_type"),
        strategy=written(resource, "capacity_provider_strategy"),
        platform_version=written(resource, "platform_version"),
        exec_enabled=written(service, "enable_execute_command"),
        desired_count=_count(world, service),
    )


def _count(world: World, resource: Resource) -> Maybe[int]:
    """How many tasks are wanted; the provider asks for none unless told."""
    value = written(resource, "desired_count")
    if isinstance(value, Unknown):
        return value
    if isinstance(value, int | float) and not isinstance(value, bool):
        return int(value)
    return 0 if value is None else world.unknown(resource, "desired_count")


def adapt_standalone(world: World) -> None:
    """Place the task definitions that nothing runs where the caller says."""
    options = world.options
    if not options.subnets:
        return
    estate = world.estate
    run = {launch.task_definition for launch in estate.launches.values()}
    subnets = tuple(world.ids.get(name, name) for name in options.subnets)
    groups = tuple(world.ids.get(name, name) for name in options.groups)
    for key, definition in list(estate.task_definitions.items()):
        if key in run or not may_run_on_fargate(definition):
            continue
        resource = world.tree.resources.get(key)
        if resource is None:
            continue
        estate.launches[key] = Launch(
            key=key,
            origin=definition.origin,
            kind=LaunchKind.STANDALONE,
            task_definition=key,
            subnets=Listing(subnets),
            groups=Listing(groups) if groups else default_groups(world, subnets, resource),
            public_ip=options.public_ip,
            region=world.where.region_text(resource),
            account=world.where.account_of(resource),
        )


def may_run_on_fargate(definition: TaskDefinition) -> bool:
    """Whether nothing keeps a task definition from Fargate.

    https://docs.aws.amazon.com/AmazonECS/latest/developerguide/fargate-tasks-services.html
    """
    asked = definition.compatibilities
    if asked.items and not asked.open and "FARGATE" not in asked.items:
        return False
    return isinstance(definition.network_mode, Unknown) or definition.network_mode == "awsvpc"
