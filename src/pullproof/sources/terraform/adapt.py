"""From Terraform's resources to the estate."""

from pullproof.model.estate import Estate
from pullproof.sources.base import Options
from pullproof.sources.terraform.adapt_acls import adapt_acls
from pullproof.sources.terraform.adapt_ecs import adapt_ecs
from pullproof.sources.terraform.adapt_endpoints import adapt_endpoints
from pullproof.sources.terraform.adapt_filters import adapt_groups
from pullproof.sources.terraform.adapt_gateways import adapt_gateways
from pullproof.sources.terraform.adapt_iam import adapt_iam
from pullproof.sources.terraform.adapt_lists import adapt_prefix_lists
from pullproof.sources.terraform.adapt_routes import adapt_routes
from pullproof.sources.terraform.adapt_stores import adapt_stores
from pullproof.sources.terraform.adapt_vpc import adapt_looked_up, adapt_subnets, adapt_vpcs, name_born
from pullproof.sources.terraform.launches_services import (
    adapt_executions,
    adapt_services,
    adapt_standalone,
    may_run_on_fargate,
)
from pullproof.sources.terraform.tree import Tree
from pullproof.sources.terraform.world import World


def adapt(tree: Tree, options: Options) -> Estate:
    """The estate that a tree of resources describes."""
    if options.beside is not None:
        tree = options.beside.settled(tree, options)
    world = World(tree, options)
    name_born(world)
    for step in STEPS:
        step(world)
    for prefixes, step in RARE:
        if any(kind.removeprefix("data.").startswith(prefixes) for kind in world.by_type):
            step(world)
    adapt_standalone(world)
    estate = world.estate
    estate.region = world.where.main_region()
    estate.account = world.where.account
    estate.partition = world.where.partition
    if options.beside is not None:
        options.beside.finish(estate)
    return estate


def not_launched(estate: Estate) -> tuple[str, ...]:
    """The task definitions that nothing in the input runs, and that the caller did not place."""
    run = {launch.task_definition for launch in estate.launches.values()}
    return tuple(
        key
        for key, definition in estate.task_definitions.items()
        if key not in run and not key.startswith("arn:") and may_run_on_fargate(definition)
    )


def _transit(world: World) -> None:
    from pullproof.sources.terraform.adapt_transit import adapt_transit

    adapt_transit(world)


def _names(world: World) -> None:
    from pullproof.sources.terraform.adapt_names import adapt_names

    adapt_names(world)


def _events(world: World) -> None:
    from pullproof.sources.terraform.launches_events import adapt_events

    adapt_events(world)


def _states(world: World) -> None:
    from pullproof.sources.terraform.launches_states import adapt_states

    adapt_states(world)


def _batch(world: World) -> None:
    from pullproof.sources.terraform.launches_batch import adapt_batch

    adapt_batch(world)


#: In an order in which each finds what it refers to.
STEPS = (
    adapt_vpcs,
    adapt_subnets,
    adapt_looked_up,
    adapt_routes,
    adapt_gateways,
    adapt_prefix_lists,
    adapt_groups,
    adapt_acls,
    adapt_endpoints,
    adapt_iam,
    adapt_stores,
    adapt_ecs,
    adapt_services,
    adapt_executions,
)

#: Steps that few inputs need, imported for those only: how the types begin that they are about.
RARE = (
    (("aws_ec2_transit_gateway",), _transit),
    (("aws_route53", "aws_service_discovery_private_dns_namespace"), _names),
    (("aws_cloudwatch_event_target", "aws_scheduler_schedule"), _events),
    (("aws_sfn_state_machine",), _states),
    (("aws_batch_job_definition",), _batch),
)
