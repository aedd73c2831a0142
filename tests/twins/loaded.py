"""A template of a variant, read as the program reads it."""

from pullproof.cli.loading import several
from pullproof.sources.base import Loaded, Options
from pullproof.sources.cloudformation.mapping import tree_of as mapped
from pullproof.sources.cloudformation.read import read_template
from pullproof.sources.cloudformation.run import Given
from pullproof.sources.terraform.adapt import adapt, not_launched
from tests.scenarios.recipe import Variant
from tests.twins.as_template import renamed


def loaded(data: bytes, variant: Variant) -> Loaded:
    """The estate of a template, with what the variant adds on the command line."""
    given = Given(region="eu-west-1", account=_option(variant, "--account"))
    stacks = read_template(data, "template.yaml", given)
    options = Options(
        region=given.region,
        account=given.account,
        subnets=tuple(map(renamed, several([_option(variant, "--subnets")]))),
        groups=tuple(map(renamed, several([_option(variant, "--security-groups")]))),
    )
    estate = adapt(mapped(stacks), options)
    return Loaded(kind=stacks.kind, path="", estate=estate, not_launched=not_launched(estate))


def _option(variant: Variant, flag: str) -> str:
    given = variant.options
    return given[given.index(flag) + 1] if flag in given else ""
