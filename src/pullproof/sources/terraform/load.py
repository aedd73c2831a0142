"""Terraform's plans and states, read into an estate."""

from pullproof.sources.base import Loaded, Options
from pullproof.sources.terraform.adapt import adapt, not_launched
from pullproof.sources.terraform.beside_plan import BesidePlan
from pullproof.sources.terraform.plan import tree_of_plan
from pullproof.sources.terraform.plan_json import Uncollected, read_plan
from pullproof.sources.terraform.state import tree_of_state


def load_plan(data: bytes, path: str, options: Options) -> Loaded:
    """The estate that a plan leaves behind. `data` is UTF-8, `path` what the user calls it.

    Raises:
        InputError: it is cut off, not JSON, or not a plan that we know; or `--source` is no configuration.
    """
    with Uncollected():
        plan = read_plan(data, path)
        beside = BesidePlan(plan, path, options)
        tree = tree_of_plan(plan, beside)
        estate = adapt(tree, options)
        root = beside.directory if options.opened else ""
    return Loaded(
        kind="terraform-plan",
        path=path,
        estate=estate,
        notes=(*tree.notes, *([beside.note] if beside.note else [])),
        not_launched=not_launched(estate),
        places=beside.places(),
        root=root,
    )


def load_state(data: bytes, path: str, options: Options) -> Loaded:
    """The estate that a state shows: `terraform show -json`, or Terraform's own state file.

    Raises:
        InputError: it is cut off, not JSON, or not a state that we know.
    """
    with Uncollected():
        tree = tree_of_state(data, path)
        estate = adapt(tree, options)
    return Loaded(
        kind="terraform-state",
        path=path,
        estate=estate,
        notes=(*tree.notes, f"{path} is a state, not a plan: what is there now is judged"),
        not_launched=not_launched(estate),
    )
