"""What runs tasks: services and task sets."""

from pullproof.model.ecs import Launch, LaunchKind
from pullproof.model.text import OPEN, sole_hole
from pullproof.model.value import Listing, Maybe, Origin, Unknown
from pullproof.sources.terraform.adapt_ecs import cluster_key, strategy
from pullproof.sources.terraform.adapt_gateways import default_groups
from pullproof.sources.terraform.tree import Resource, Value
from pullproof.sources.terraform.world import World, at, first_block, written

FARGATE = ("FARGATE", "FARGATE_SPOT")
DEEP = 5


def adapt_launches(world: World) -> None:
    """Fill in services and task sets."""
    for resource in world.of("aws_ecs_service"):
        controller = first_block(written(resource, "deployment_controller"))
        if isinstance(controller, dict) and controller.get("type") == "EXTERNAL":
            continue  # its task sets say where and how
        place(world, resource, LaunchKind.SERVICE, resource.values, resource.address)
    services = {
        name: resource
        for resource in world.of("aws_ecs_service")
        for name in (resource.address, str(resource.values.get("name")))
    }
    for resource in world.of("aws_ecs_task_set"):
        service = world.key(resource.values.get("service"), resource, "service")
        owner = services.get(service) if isinstance(service, str) else None
        place(world, resource, LaunchKind.TASK_SET, resource.values, resource.address, owner)


def place(
    world: World,
    resource: Resource,
    kind: LaunchKind,
    values: dict[str, Value],
    key: str,
    service: Resource | None = None,
) -> None:
    """Add a service or a task set."""
    network = first_block(written(resource, "network_configuration"))
    if isinstance(network, Unknown):
        subnets: Listing[str] = Listing((), (network,))
        groups: Listing[str] = Listing((), (network,))
        public: Maybe[bool] = network
    else:
        subnets = world.keys(network.get("subnets"), resource, "subnets")
        groups = groups_in_force(world, network.get("security_groups"), subnets, resource)
        public = boolean(world, network.get("assign_public_ip"), resource, "assign_public_ip")
    cluster = cluster_key(world, written(resource, "cluster"), resource)
    world.estate.launches[key] = Launch(
        key=key,
        origin=at(resource),
        kind=kind,
        task_definition=task_definition(world, values.get("task_definition"), resource),
        subnets=subnets,
        groups=groups,
        public_ip=public,
        platform_version=world.word(resource, "platform_version", default="LATEST"),
        fargate=on_fargate(world, resource, cluster),
        cluster=cluster,
        exec_enabled=world.flag(service or resource, "enable_execute_command", default=False),
        desired_count=_count(world, service or resource),
        region=world.where.region(resource),
        account=world.where.account,
    )


def groups_in_force(world: World, value: Value, subnets: Listing[str], resource: Resource) -> Listing[str]:
    """The groups written, or the VPC's default group when none is.

    https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_AwsVpcConfiguration.html
    """
    listed = world.keys(value, resource, "security_groups")
    return listed if listed.items or listed.open else default_groups(world, subnets.items, resource)


def boolean(world: World, value: Value, resource: Resource, what: str) -> Maybe[bool]:
    """A switch, also as AWS's APIs write it; off when left out."""
    if isinstance(value, bool):
        return value
    if value is None or value == "":
        return False
    if isinstance(value, str) and OPEN not in value:
        return value.upper() in ("ENABLED", "TRUE")
    return value if isinstance(value, Unknown) else world.unknown(resource, what)


def on_fargate(world: World, resource: Resource, cluster: Maybe[str]) -> Maybe[bool]:
    """Whether it runs on Fargate: by its launch type, its strategy, or the cluster's default strategy.

    https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_CreateService.html
    """
    providers = strategy(world, resource, "capacity_provider_strategy")
    launch_type = world.word(resource, "launch_type", default="")
    if isinstance(launch_type, Unknown):
        return launch_type
    if launch_type:
        return launch_type.upper() == "FARGATE"
    if providers.items or providers.open:
        return _of(providers)
    if isinstance(cluster, Unknown):
        return cluster
    held = world.estate.clusters.get(cluster)
    if held is None:
        return world.unknown(resource, "the launch type, which its cluster decides,")
    return _of(held.default_providers)


def _of(providers: Listing[str]) -> Maybe[bool]:
    if any(name in FARGATE for name in providers.items):
        return True
    return providers.open[0] if providers.open else False


def task_definition(world: World, value: Value, resource: Resource, depth: int = 0) -> Maybe[str]:
    """The key of a task definition by ARN, family or family and revision, also through a data source."""
    if isinstance(value, Unknown):
        return value
    if not isinstance(value, str) or not value or depth > DEEP:
        return world.unknown(resource, "task_definition")
    owner = world.owner(sole_hole(value))[0] if OPEN in value else None
    if owner is not None and owner.type == "aws_ecs_task_definition":
        if not owner.data:
            return owner.address
        return task_definition(world, owner.values.get("task_definition"), resource, depth + 1)
    text = world.spelt(value)
    if text in world.ids:
        found = world.tree.resources.get(world.ids[text])
        if found is not None and found.data:
            return task_definition(world, found.values.get("task_definition"), resource, depth + 1)
        return world.ids[text]
    if text in world.estate.task_definitions:
        return text
    family, _, revision = text.rpartition("task-definition/")[2].partition(":")
    key = world.names.get(("task-definition", family))
    if key is not None and (not revision or OPEN in revision):
        return key
    return text if OPEN not in text else world.unknown(resource, "task_definition")


def _count(world: World, resource: Resource) -> Maybe[int]:
    """How many tasks are wanted; the provider asks for none unless told."""
    value = written(resource, "desired_count")
    if isinstance(value, bool) or not isinstance(value, int | float):
        return (
            value
            if isinstance(value, Unknown)
            else 0
            if value is None
            else world.unknown(resource, "desired_count")
        )
    return int(value)


def origin_in(resource: Resource, path: str) -> Origin:
    """Where one of several launches of a resource is written."""
    return at(resource, path)
