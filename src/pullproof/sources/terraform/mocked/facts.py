"""What a plan with mocked providers knows, with the data sources that need no account."""

from collections.abc import Callable, Mapping
from typing import Any

from pullproof.model.text import anything
from pullproof.model.value import Unknown
from pullproof.sources.terraform.address import module_calls, parsed
from pullproof.sources.terraform.facts import PlanFacts
from pullproof.sources.terraform.hcl.bodies import NotWritten
from pullproof.sources.terraform.hcl.modules import Project
from pullproof.sources.terraform.hcl.scope import Key
from pullproof.sources.terraform.hcl.values import Value
from pullproof.sources.terraform.mocked.answers import ANSWERED, BY_ACCOUNT, answers, computed, is_answered
from pullproof.sources.terraform.mocked.dependence import Dependence
from pullproof.sources.terraform.mocked.providers import provider_key
from pullproof.sources.terraform.mocked.uncounted import nobody_counts
from pullproof.sources.terraform.mocked.where import Where
from pullproof.sources.terraform.plan_json import Plan
from pullproof.sources.terraform.tree import own

#: Types of which something is known although nobody has asked AWS.
_LOOKED_AT = (
    *(
        f"data.{kind}."
        for kind in (*sorted(ANSWERED), BY_ACCOUNT, "aws_vpc_endpoint_service", "aws_iam_policy")
    ),
    "aws_acm_certificate.",
)


class MockedFacts(PlanFacts):
    """The facts of a plan; data sources that were answered to Terraform are answered the same way here."""

    def __init__(self, plan: Plan, project: Project, where: Where, dependence: Dependence) -> None:
        super().__init__(plan)
        self._dependence = dependence
        self._project = project
        self._where = where
        self._answers: dict[str, Mapping[str, Mapping[str, Any]]] = {}

    def keys(self, module: str, block: str) -> tuple[Key, ...] | Unknown | None:
        """The instance keys of a resource; unknown where nobody can count them."""
        path = tuple(name for name, _ in module_calls(module))
        if (path, block) in self._dependence.uncounted:
            return nobody_counts(f"{module}.{block}".lstrip("."))
        return super().keys(module, block)

    def module_keys(self, module: str, call: str) -> tuple[Key, ...] | Unknown | None:
        """The instance keys of a module call; unknown where nobody can count them."""
        path = tuple(name for name, _ in module_calls(module))
        if (path, f"module.{call}") in self._dependence.uncounted:
            return nobody_counts(f"{module}.module.{call}".lstrip("."))
        return super().module_keys(module, call)

    def attribute(self, address: str, name: str, written: Callable[[], Value]) -> Value:
        """An attribute: answered, computed from the arguments, or as the plan has it."""
        if any(kind in address for kind in _LOOKED_AT):
            found = self._without_account(address, name)
            if found is not None:
                return found
        if self._dependence.uncounted and self._means_nothing(address, name):
            found = written()
            return own(address, name) if isinstance(found, NotWritten) or found is None else found
        return super().attribute(address, name, written)

    def _without_account(self, address: str, name: str) -> Value:
        """What is known of an object although nobody has asked AWS; None for everything else."""
        kind, region, arguments = self._block(address)
        if is_answered(kind, arguments, region=bool(region), account=bool(self._where.account)):
            return self._told(region).get(kind, {}).get(name)
        if kind == "aws_iam_policy" and "data.aws_iam_policy." not in address:
            return None
        return computed(
            kind,
            name,
            address,
            region,
            lambda argument: super(MockedFacts, self).attribute(address, argument, NotWritten),
        )

    def _means_nothing(self, address: str, name: str) -> bool:
        parts = parsed(address)
        path = tuple(call for call, _ in parts.calls) if parts is not None else ()
        return parts is not None and self._dependence.attribute(path, parts.block, name)

    def _block(self, address: str) -> tuple[str, str, frozenset[str]]:
        """Type, region and arguments of a resource or data source; an empty type for what is neither."""
        parts = parsed(address)
        if parts is None:
            return "", "", frozenset()
        path = tuple(name for name, _ in parts.calls)
        module = self._project.module(path)
        block = module.resources.get(parts.block) if module is not None else None
        if block is None:
            return "", "", frozenset()
        region = self._where.regions.get(provider_key(self._project, path, block), "")
        return block.labels[0], region, frozenset(block.attributes)

    def _told(self, region: str) -> Mapping[str, Mapping[str, Any]]:
        if region not in self._answers:
            self._answers[region] = answers(region, self._where.account, anything)
        return self._answers[region]
