"""A plan as a tree of resources."""

from collections.abc import Iterator

from pullproof.model.value import Unknown
from pullproof.sources.terraform.beside_plan import BesidePlan
from pullproof.sources.terraform.instance import Instance
from pullproof.sources.terraform.plan_json import Plan
from pullproof.sources.terraform.planned import Planned
from pullproof.sources.terraform.providers import accounts_of, is_region, regions_of
from pullproof.sources.terraform.tree import Resource, Tree
from pullproof.sources.terraform.wanted import WANTED


def tree_of_plan(plan: Plan, beside: BesidePlan | None = None) -> Tree:
    """The instances of a plan that matter here, as the plan leaves them."""
    planned = Planned(plan, beside)
    resources = {}
    for address, found in planned.all.items():
        if found.type in WANTED:
            resources[address] = _resource(planned, found)
    for found in planned.before:
        if found.type in WANTED:
            resources[f"{found.address} (before)"] = _resource(planned, found)
    accounts = accounts_of(plan.configuration, planned.follower)
    return Tree(
        resources=resources,
        regions=_regions(plan, planned, beside),
        account=accounts.pop() if len(accounts) == 1 else None,
        notes=tuple(_notes(plan)),
    )


def _regions(plan: Plan, planned: Planned, beside: BesidePlan | None) -> dict[str, str | Unknown]:
    """The region of each provider; what the references do not tell, the configuration's files may."""
    regions = regions_of(plan.configuration, planned.follower)
    for key, known in regions.items():
        told = beside.region(key) if beside is not None and isinstance(known, Unknown) else None
        if isinstance(told, str) and is_region(told):
            regions[key] = told
    return regions


def _resource(planned: Planned, found: Instance) -> Resource:
    return Resource(
        address=found.address,
        type=found.type,
        name=found.name,
        values=planned.values(found),
        data=found.data,
        index=found.index,
        module=found.module,
        provider=found.block.provider_config_key if found.block else "aws",
        written=planned.written(found),
        exists=found.exists,
        deleted=found.deleted,
        mentions=planned.mentions(found),
    )


def _notes(plan: Plan) -> Iterator[str]:
    if not plan.complete or plan.deferred_changes:
        yield (
            "the plan is not complete (-target, or changes put off to a later run): what it leaves out"
            " is judged as it is now"
        )
