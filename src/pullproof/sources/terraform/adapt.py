"""From Terraform's resources to the estate."""

from pullproof.model.estate import Estate
from pullproof.sources.base import Options
from pullproof.sources.terraform.adapt_acls import adapt_acls
from pullproof.sources.terraform.adapt_ecs import adapt_ecs
from pullproof.sources.terraform.adapt_endpoints import adapt_endpoints
from pullproof.sources.terraform.adapt_filters import adapt_groups, adapt_prefix_lists
from pullproof.sources.terraform.adapt_gateways import adapt_gateways
from pullproof.sources.terraform.adapt_iam import adapt_iam
from pullproof.sources.terraform.adapt_names import adapt_names
from pullproof.sources.terraform.adapt_routes import adapt_routes
from pullproof.sources.terraform.adapt_stores import adapt_stores
from pullproof.sources.terraform.adapt_transit import adapt_transit
from pullproof.sources.terraform.adapt_vpc import adapt_subnets, adapt_vpcs, name_born
from pullproof.sources.terraform.launches_batch import adapt_batch
from pullproof.sources.terraform.launches_events import adapt_events
from pullproof.sources.terraform.launches_services import adapt_services, adapt_standalone, may_run_on_fargate
from pullproof.sources.terraform.launches_states import adapt_states
from pullproof.sources.terraform.tree import Tree
from pullproof.sources.terraform.world import World


def adapt(tree: Tree, options: Options) -> Estate:
    """The estate that a tree of resources describes."""
    world = World(tree, options)
    name_born(world)
    for step in STEPS:
        step(world)
    estate = world.estate
    estate.region = world.where.main_region()
    estate.account = world.where.account
    estate.partition = world.where.partition
    return estate


STEPS = (
    adapt_vpcs,
    adapt_subnets,
    adapt_routes,
    adapt_gateways,
    adapt_prefix_lists,
    adapt_groups,
    adapt_acls,
    adapt_endpoints,
    adapt_transit,
    adapt_names,
    adapt_iam,
    adapt_stores,
    adapt_ecs,
    adapt_services,
    adapt_events,
    adapt_states,
    adapt_batch,
    adapt_standalone,
)


def not_launched(estate: Estate) -> tuple[str, ...]:
    """The task definitions that nothing in the input runs."""
    run = {launch.task_definition for launch in estate.launches.values()}
    return tuple(
        key
        for key, definition in estate.task_definitions.items()
        if key not in run and not key.startswith("arn:") and may_run_on_fargate(definition)
    )
