"""Where the providers of a configuration point, as far as it can be told before anything is planned."""

from collections.abc import Callable, Mapping

import msgspec

from pullproof.errors import InputError
from pullproof.sources.terraform.hcl.gaps import Exhausted, not_in_input
from pullproof.sources.terraform.hcl.modules import Project
from pullproof.sources.terraform.hcl.scope import Key, ModuleScope, World
from pullproof.sources.terraform.hcl.syntax import Source
from pullproof.sources.terraform.hcl.values import Refused, Value
from pullproof.sources.terraform.mocked.providers import keys_of


class Where(msgspec.Struct, frozen=True):
    """The region of each AWS provider that is known, by key (`aws.west`), and the account or ""."""

    regions: dict[str, str]
    account: str


class InputFacts:
    """Nothing is known but the input variables."""

    def __init__(self) -> None:
        self.variables: Mapping[str, Value] = {}

    def keys(self, module: str, block: str) -> tuple[Key, ...] | None:  # noqa: ARG002 - nothing is known
        """Not known."""
        return None

    def module_keys(self, module: str, call: str) -> tuple[Key, ...] | None:  # noqa: ARG002 - nothing is known
        """Not known."""
        return None

    def attribute(self, address: str, name: str, written: Callable[[], Value]) -> Value:  # noqa: ARG002
        """Only what no apply and no account is needed for: nothing."""
        return not_in_input(f"{address}.{name}", "")


def where(
    project: Project, inputs: Mapping[str, Source | str], env: Mapping[str, str], region: str, account: str
) -> Where:
    """The regions and the account. `region` and `account` stand in where the configuration does not tell.

    Without a region of its own, a provider takes that of the environment:
    https://registry.terraform.io/providers/hashicorp/aws/latest/docs#region
    """
    facts = InputFacts()
    scope = World(project, facts).root()
    facts.variables = {
        name: value if isinstance(value, str) else _value(scope, value) for name, value in inputs.items()
    }
    otherwise = env.get("AWS_REGION") or env.get("AWS_DEFAULT_REGION") or region
    regions: dict[str, str] = {"aws": otherwise} if otherwise else {}
    accounts: set[str] = set()
    for key, block in keys_of(project.main).items():
        if block.labels[0] != "aws":
            continue
        arguments = block.attributes
        told = _value(scope, arguments["region"]) if "region" in arguments else otherwise
        regions.pop(key, None)
        if isinstance(told, str) and told.isascii() and told:
            regions[key] = told
        allowed = (
            _value(scope, arguments["allowed_account_ids"]) if "allowed_account_ids" in arguments else []
        )
        accounts |= {str(one) for one in allowed} if isinstance(allowed, list) else set()
    told_account = accounts.pop() if len(accounts) == 1 else account
    return Where(regions, told_account if told_account.isdigit() else "")


def _value(scope: ModuleScope, source: Source) -> Value:
    """A value, or None where it has none yet."""
    scope.world.evaluator.begin()
    try:
        return scope.evaluate(source)
    except (Refused, Exhausted, InputError, RecursionError):
        return None
