"""What runs tasks, where: the parts that services, targets, schedules and states have in common."""

import msgspec

from pullproof.model.ecs import Launch, LaunchKind
from pullproof.model.text import OPEN, sole_hole
from pullproof.model.value import Listing, Maybe, Unknown, Why
from pullproof.sources.terraform.adapt_ecs import strategy_of
from pullproof.sources.terraform.adapt_gateways import default_groups
from pullproof.sources.terraform.tree import Resource, Value
from pullproof.sources.terraform.world import World, at, first_block, plain

FARGATE = ("FARGATE", "FARGATE_SPOT")
#: Data sources that lead to each other further than this go in a circle.
DEEP = 5


class Asked(msgspec.Struct, frozen=True, kw_only=True):
    """What is written about a launch, whatever the words that its resource uses."""

    task_definition: Value
    cluster: Maybe[str]
    network: Value = None
    launch_type: Value = None
    strategy: Value = None
    platform_version: Value = None
    exec_enabled: Value = None
    desired_count: Maybe[int] = 1
    execution_role: Maybe[str] = ""
    task_role: Maybe[str] = ""


def add_launch(world: World, resource: Resource, kind: LaunchKind, asked: Asked, key: str = "") -> None:
    """Add what one resource, or one part of it, runs."""
    key = key or resource.address
    network = first_block(asked.network)
    if isinstance(network, Unknown):
        subnets: Listing[str] = Listing((), (network,))
        groups: Listing[str] = Listing((), (network,))
        public: Maybe[bool] = network
    else:
        subnets = world.keys(network.get("subnets"), resource, "subnets")
        groups = groups_in_force(world, network.get("security_groups"), subnets, resource)
        public = switch(world, network.get("assign_public_ip"), resource, "assign_public_ip")
    world.estate.launches[key] = Launch(
        key=key,
        origin=at(resource, key.removeprefix(resource.address).removeprefix("#")),
        kind=kind,
        task_definition=task_definition(world, asked.task_definition, resource),
        subnets=subnets,
        groups=groups,
        public_ip=public,
        platform_version=_platform(world, asked.platform_version, resource),
        fargate=on_fargate(world, resource, asked),
        cluster=asked.cluster,
        exec_enabled=switch(world, asked.exec_enabled, resource, "enable_execute_command"),
        desired_count=asked.desired_count,
        region=world.where.region_text(resource),
        account=world.where.account_of(resource),
        execution_role_override=asked.execution_role,
        task_role_override=asked.task_role,
    )


def groups_in_force(world: World, value: Value, subnets: Listing[str], resource: Resource) -> Listing[str]:
    """The groups written, or the VPC's default group when none is.

    https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_AwsVpcConfiguration.html
    """
    listed = world.keys(value, resource, "security_groups")
    return (
        listed
        if listed.items or listed.open
        else default_groups(world, subnets.items or subnets.among, resource)
    )


def switch(world: World, value: Value, resource: Resource, what: str) -> Maybe[bool]:
    """A switch, also as AWS's APIs write it; off when left out."""
    if isinstance(value, bool | Unknown):
        return value
    if value is None or value == "":
        return False
    text = plain(value)
    return text.upper() in ("ENABLED", "TRUE") if text else world.untold(value, resource, what)


def _platform(world: World, value: Value, resource: Resource) -> Maybe[str]:
    if value is None or value == "":
        return "LATEST"
    return world.text(value, resource, "platform_version")


def on_fargate(world: World, resource: Resource, asked: Asked) -> Maybe[bool]:
    """Whether it runs on Fargate: by its launch type, its strategy, or the cluster's default strategy.

    https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_RunTask.html
    """
    if isinstance(asked.launch_type, Unknown):
        return asked.launch_type
    if asked.launch_type:
        text = plain(asked.launch_type)
        return text.upper() == "FARGATE" if text else world.unknown(resource, "launch_type")
    providers = strategy_of(world, asked.strategy, resource)
    if providers.items or providers.open:
        return _any_fargate(providers)
    if isinstance(asked.cluster, Unknown):
        return asked.cluster
    held = world.estate.clusters.get(asked.cluster)
    if held is None:
        return world.unknown(resource, "the launch type, which its cluster decides,")
    return _any_fargate(held.default_providers)


def _any_fargate(providers: Listing[str]) -> Maybe[bool]:
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
        return _of(world, owner, resource, depth)
    text = world.spelt(value)
    if text in world.ids:
        found = world.tree.resources.get(world.ids[text])
        return world.ids[text] if found is None else _of(world, found, resource, depth)
    if ("replaced", text) in world.names:
        return _on_old_revision(world.names["replaced", text], resource)
    family, _, revision = text.rpartition("task-definition/")[2].partition(":")
    key = world.names.get(("task-definition", family))
    if key is not None and (not revision or OPEN in revision):
        return key
    return text if OPEN not in text else world.untold(text, resource, "task_definition")


def _on_old_revision(definition: str, resource: Resource) -> Unknown:
    """A service that Terraform must not touch stays on what is there until somebody deploys."""
    return Unknown(
        Why.NOT_IN_INPUT,
        f"which revision of {definition} {resource.address} runs",
        resource.address,
        f"{resource.address} stays on the old revision of {definition} until somebody deploys the new one:"
        " check the plan of the next change, or let Terraform set the task definition",
    )


def _of(world: World, found: Resource, resource: Resource, depth: int) -> Maybe[str]:
    if not found.data:
        return found.address
    # A data source finds the newest revision of a family, which may be the one made here.
    key = task_definition(world, found.values.get("task_definition"), resource, depth + 1)
    if isinstance(key, str) and key not in world.estate.task_definitions:
        arn = plain(found.values.get("arn"))
        return arn or key
    return key
