"""What a plan leaves open, settled from the configuration's own files.

The plan knows most values and none of the expressions; the files have the expressions. Together they tell
all but what the apply will choose, which stays a hole of its own name, inside whatever text it is in.
"""

from collections.abc import Callable
from os import PathLike

from pullproof.errors import InputError
from pullproof.model.value import Unknown, Why
from pullproof.sources.terraform.address import Address, parsed
from pullproof.sources.terraform.facts import PlanFacts
from pullproof.sources.terraform.hcl.bodies import NotWritten, names_in, written_in
from pullproof.sources.terraform.hcl.evaluate import Evaluator
from pullproof.sources.terraform.hcl.gaps import Exhausted, not_followed
from pullproof.sources.terraform.hcl.modules import Project, plain_text
from pullproof.sources.terraform.hcl.places import Places, places_of
from pullproof.sources.terraform.hcl.scope import Facts, ModuleScope, World
from pullproof.sources.terraform.hcl.syntax import Block
from pullproof.sources.terraform.hcl.values import Lazy, Refused, Rest
from pullproof.sources.terraform.plan_json import Plan
from pullproof.sources.terraform.tree import Value, own

#: Deeper values than any resource has.
DEEPEST = 60


class Settler:
    """Evaluates what a configuration writes, with the values that a plan of it knows."""

    def __init__(self, root: str | PathLike[str], plan: Plan) -> None:
        """Open the configuration in `root`.

        Raises:
            InputError: a file in it cannot be read or is not Terraform's syntax; the message names the line.
        """
        self._settle_by(Project(root), PlanFacts(plan))

    def _settle_by(self, project: Project, facts: Facts) -> None:
        project.module(())
        self._project = project
        self._world = World(project, facts)

    def attribute(self, address: str, name: str) -> Value | None:
        """The value of an argument (or the list of the nested blocks of that name), as `tree.Value`.

        None where the configuration does not write it; the hole of its own name where it writes null,
        for then AWS chooses; `Unknown` where it cannot be told. A known value is as written: a number
        may stand where the provider makes a string of it.
        """
        found = self._located(address)
        if found is None:
            return None
        scope, block, parts = found

        def written() -> Value:
            return written_in(block, name, scope.evaluate, scope.repetition(block, parts.key))

        value = guarded(self._world.evaluator, written, address, name)
        if isinstance(value, NotWritten):
            return None
        return own(address, name) if value is None else value

    def written(self, address: str) -> frozenset[str] | None:
        """The arguments and nested blocks (dynamic ones too) that the configuration writes for a resource."""
        found = self._located(address)
        if found is None:
            return None
        block = found[1]
        dynamic = {nested.labels[0] for nested in block.of_type("dynamic") if nested.labels}
        # A dynamic block over nothing writes nothing.
        return frozenset(
            name
            for name in names_in(block)
            if name not in dynamic or name in block.attributes or self.attribute(address, name) != []
        )

    def provider_argument(self, key: str, name: str) -> Value | None:
        """An argument of a provider of the root module, by the provider's key (`aws`, `aws.west`)."""
        kind, _, alias = key.partition(".")
        source = next(
            (
                block.attributes.get(name)
                for block in self._project.main.providers
                if block.labels == (kind,) and plain_text(block.attributes.get("alias")) == alias
            ),
            None,
        )
        if source is None:
            return None
        return guarded(
            self._world.evaluator, lambda: self._world.root().evaluate(source), f"provider.{key}", name
        )

    def places(self) -> Places:
        """Where everything is written.

        Raises:
            InputError: a file cannot be read; the message names the line.
        """
        return places_of(self._project)

    def _located(self, address: str) -> tuple[ModuleScope, Block, Address] | None:
        """The module instance that an address is in, and the block that declares it."""
        parts = parsed(address)
        if parts is None:
            return None
        scope = self._world.root()
        try:
            for name, key in parts.calls:
                scope = scope.child(name, key)
        except InputError:
            return None
        if scope.module is None or parts.block not in scope.module.resources:
            return None
        return scope, scope.module.resources[parts.block], parts


class OpenSettler(Settler):
    """The same for a configuration that is open already."""

    def __init__(self, project: Project, facts: Facts) -> None:
        """Evaluate what `project` writes with what `facts` tell."""
        self._settle_by(project, facts)


def guarded(evaluator: Evaluator, compute: Callable[[], Value], address: str, name: str) -> Value:
    """What `compute` gives, as a `tree.Value`; every way in which it can fail is a reason for not knowing."""
    evaluator.begin()
    try:
        return exported(compute(), address, name)
    except Refused as refused:
        return exported(not_followed(f"an expression that fails here: {refused}"), address, name)
    except InputError as wrong:
        return exported(not_followed(f"an expression that cannot be read: {wrong}"), address, name)
    except (Exhausted, RecursionError):
        return exported(not_followed("more work than any expression should be"), address, name)


def exported(value: Value, address: str, name: str, depth: int = 0) -> Value:
    """A value of the evaluator as a `tree.Value`; what is unknown says for which resource."""
    if isinstance(value, Unknown):
        kind = Rest if isinstance(value, Rest) else Unknown
        return kind(
            why=value.why,
            what=f"{name} of {address}, which needs {value.what}",
            resource=address,
            settle_by=value.settle_by,
        )
    if isinstance(value, Lazy):
        return exported(not_followed(f"{value.about} as a whole"), address, name)
    if depth > DEEPEST:
        return Unknown(Why.NOT_FOLLOWED, f"{name} of {address}, which is nested too deeply", address, "")
    if isinstance(value, list):
        return [exported(item, address, name, depth + 1) for item in value]
    if isinstance(value, dict):
        return {key: exported(item, address, name, depth + 1) for key, item in value.items()}
    return value
