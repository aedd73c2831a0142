"""Module instances: what each name means in them, down to the values the plan knows.

A resource is looked at attribute by attribute: the value that the plan knows, else the expression that
the configuration writes, else the hole of its own name.
"""

from collections.abc import Callable, Mapping
from typing import Protocol

from pullproof.model.text import clean
from pullproof.model.value import Unknown
from pullproof.sources.terraform.hcl import paths, syntax
from pullproof.sources.terraform.hcl.bodies import written_in
from pullproof.sources.terraform.hcl.evaluate import Env, Evaluator
from pullproof.sources.terraform.hcl.expressions import parse, parse_template
from pullproof.sources.terraform.hcl.files import Files
from pullproof.sources.terraform.hcl.functions.call import call as call_function
from pullproof.sources.terraform.hcl.gaps import depends_on, not_followed, not_in_input
from pullproof.sources.terraform.hcl.modules import Module, Project
from pullproof.sources.terraform.hcl.syntax import Block, Expr, Source
from pullproof.sources.terraform.hcl.types import converted
from pullproof.sources.terraform.hcl.values import HclSet, Lazy, Refused, Value

Key = str | int | None
NO_NAMES: Mapping[str, Value] = {}


class Facts(Protocol):
    """What is known beside the configuration."""

    variables: Mapping[str, Value]

    def keys(self, module: str, block: str) -> tuple[Key, ...] | Unknown | None:
        """The instance keys of a resource in a module instance; None where the facts do not tell."""

    def module_keys(self, module: str, call: str) -> tuple[Key, ...] | Unknown | None:
        """The instance keys of a module call; None where the facts do not tell."""

    def attribute(self, address: str, name: str, written: Callable[[], Value]) -> Value:
        """An attribute of a resource instance; `written` evaluates what the configuration has for it."""


class World:
    """A configuration with the facts about it."""

    def __init__(self, project: Project, facts: Facts) -> None:
        self.project = project
        self.facts = facts
        self.evaluator = Evaluator(call_function)
        self._parsed: dict[Source, Expr] = {}
        self._scopes: dict[str, ModuleScope] = {}

    def root(self) -> "ModuleScope":
        """The root module."""
        return self.scope("", (), None, None)

    def scope(
        self, address: str, path: tuple[str, ...], above: "ModuleScope | None", key: Key
    ) -> "ModuleScope":
        """The instance of a module at an address; the same each time."""
        if address not in self._scopes:
            self._scopes[address] = ModuleScope(self, address, path, above, key)
        return self._scopes[address]

    def expression(self, source: Source) -> Expr:
        """The expression that a source text is, parsed once.

        Raises:
            InputError: it is none.
        """
        if source not in self._parsed:
            if source.json:
                from pullproof.sources.terraform.hcl.json_expressions import from_json

                self._parsed[source] = from_json(source, parse_template)
            else:
                self._parsed[source] = parse(source)
        return self._parsed[source]


class ModuleScope:
    """One instance of a module. `address` is "" or like `module.a["k"].module.b`."""

    def __init__(
        self, world: World, address: str, path: tuple[str, ...], above: "ModuleScope | None", key: Key
    ) -> None:
        self.world = world
        self.address = address
        self.path = path
        self.above = above
        self.key = key
        self.module = world.project.module(path)
        self._memo: dict[str, Value] = {}
        self._busy: set[str] = set()

    def evaluate(self, source: Source, names: Mapping[str, Value] = NO_NAMES) -> Value:
        """The value of an expression written in this module.

        Raises:
            Refused: Terraform would refuse to evaluate it.
            Exhausted: it is more work than any real configuration.
        """
        return self.value_of(self.world.expression(source), names, source.place)

    def value_of(self, expression: Expr, names: Mapping[str, Value], place: str) -> Value:
        """The value of an expression that is parsed already; `place` is where it is written."""
        project = self.world.project
        files = Files(root=project.root, fence=project.fence)
        env = Env(names=names, lookup=self.lookup, files=files, place=place)
        return self.world.evaluator.value(expression, env)

    def lookup(self, name: str) -> Value:
        """What a root name means here.

        Raises:
            Refused: it means nothing.
        """
        match name:
            case "var":
                return Lazy("var", self.variable)
            case "local":
                return Lazy("local", self.local)
            case "module":
                return Lazy("module", self.call)
            case "data":
                return Lazy("data", lambda kind: self._kind(f"data.{kind}"))
            case "path":
                return Lazy("path", self._path)
            case "terraform":
                return Lazy("terraform", self._terraform)
            case "each" | "count" | "self" | "*":
                raise Refused(f"{name} means nothing here")
            case _:
                return self._kind(name)

    def variable(self, name: str) -> Value:
        """An input of this module instance."""
        return self._once(f"var.{name}", lambda: self._variable(name))

    def local(self, name: str) -> Value:
        """A local value of this module instance."""
        module = self.declared()
        if name not in module.locals:
            raise Refused(f"there is no local.{name}")
        return self._once(f"local.{name}", lambda: self.evaluate(module.locals[name]))

    def output(self, name: str) -> Value:
        """An output of this module instance."""
        if self.module is None:
            return self._not_installed(f"output {name}")
        if name not in self.module.outputs:
            raise Refused(f"there is no output {name}")
        source = self.module.outputs[name].attributes.get("value")
        return None if source is None else self._once(f"output.{name}", lambda: self.evaluate(source))

    def call(self, name: str) -> Value:
        """A called module: its outputs, or a list or map of instances of it."""
        module = self.declared()
        if name not in module.calls:
            raise Refused(f"there is no module {name}")
        block = module.calls[name]
        keys = self.world.facts.module_keys(self.address, name)
        if isinstance(keys, Unknown):
            return depends_on(keys)
        found = self._instances(block, None, lambda key: self._called(name, key))
        # An instance without any resource is not in the facts, so their keys are the second choice.
        return (
            self._instances(block, keys, lambda key: self._called(name, key))
            if isinstance(found, Unknown)
            else found
        )

    def child(self, name: str, key: Key) -> "ModuleScope":
        """An instance of a called module."""
        address = f"{self.address}.module.{name}".lstrip(".") + shown_key(key)
        return self.world.scope(address, (*self.path, name), self, key)

    def resource(self, block: str) -> Value:
        """A resource (`TYPE.NAME`, `data.TYPE.NAME`): its attributes, or a list or map of instances."""
        module = self.declared()
        if block not in module.resources:
            raise Refused(f"there is no {block}")
        keys = self.world.facts.keys(self.address, block)
        return self._instances(module.resources[block], keys, lambda key: self.instance(block, key))

    def instance(self, block: str, key: Key) -> Lazy:
        """One instance of a resource."""
        address = f"{self.address}.{block}".lstrip(".") + shown_key(key)
        return Lazy(address, lambda name: self.attribute(block, key, name))

    def attribute(self, block: str, key: Key, name: str) -> Value:
        """An attribute of a resource instance."""
        address = f"{self.address}.{block}".lstrip(".") + shown_key(key)
        return self._once(
            f"{block}{shown_key(key)}.{name}",
            lambda: self.world.facts.attribute(address, name, lambda: self.written(block, key, name)),
        )

    def written(self, block: str, key: Key, name: str) -> Value:
        """What the configuration writes for an attribute; `NotWritten` where it leaves it out."""
        found = self.declared().resources[block]
        if name == "rendered" and block.startswith("data.template_file."):
            return self._template_file(found, self.repetition(found, key))
        return written_in(found, name, self.evaluate, self.repetition(found, key))

    def repetition(self, block: Block, key: Key) -> dict[str, Value]:
        """`count` and `each` of one instance of a block; unknown where it is not said which instance."""
        if key is None and {"count", "for_each"} & set(block.attributes):
            which = not_followed(f"which instance of the block at {block.place}")
            return {"count": which, "each": which}
        if "count" in block.attributes:
            return {"count": Lazy("count", lambda name: _only(name, {"index": key}))}
        if "for_each" in block.attributes:
            return {"each": Lazy("each", lambda name: self._each(block, key, name))}
        return {}

    def _template_file(self, block: Block, names: Mapping[str, Value]) -> Value:
        """What older code has instead of `templatefile`.

        https://registry.terraform.io/providers/hashicorp/template/latest/docs/data-sources/file
        """
        text, given = (
            self.evaluate(block.attributes[name], names) if name in block.attributes else None
            for name in ("template", "vars")
        )
        return self.value_of(
            syntax.Call("templatestring", (syntax.Name("text"), syntax.Name("given"))),
            {"text": text, "given": given or {}},
            block.place,
        )

    def _each(self, block: Block, key: Key, name: str) -> Value:
        if name == "key":
            return key
        if name != "value":
            raise Refused(f"there is no each.{name}")
        of = self._once(f"for_each {block.place}", lambda: self.evaluate(block.attributes["for_each"]))
        if isinstance(of, Unknown):
            return depends_on(of)
        if isinstance(of, HclSet):
            return key
        if isinstance(of, dict) and key in of:
            return of[key]
        return not_followed(f"each.value at {block.place}")

    def _instances(
        self,
        block: Block,
        known: tuple[Key, ...] | Unknown | None,
        instance: Callable[[Key], Value],
    ) -> Value:
        """One value, a list (count) or a map (for_each) of the instances."""
        if isinstance(known, Unknown):
            return depends_on(known)
        if "count" in block.attributes:
            keys = known if known is not None else self._count(block)
            if isinstance(keys, Unknown):
                return depends_on(keys)
            return [instance(key) for key in sorted(key for key in keys if isinstance(key, int))]
        if "for_each" in block.attributes:
            keys = known if known is not None else self._for_each(block)
            if isinstance(keys, Unknown):
                return depends_on(keys)
            return {key: instance(key) for key in sorted(key for key in keys if isinstance(key, str))}
        return instance(None)

    def _count(self, block: Block) -> "tuple[Key, ...] | Unknown":
        found = self.evaluate(block.attributes["count"])
        if isinstance(found, int) and 0 <= found <= 10_000:
            return tuple(range(found))
        return depends_on(found) if isinstance(found, Unknown) else not_followed(f"count at {block.place}")

    def _for_each(self, block: Block) -> "tuple[Key, ...] | Unknown":
        found = self.evaluate(block.attributes["for_each"])
        if isinstance(found, dict | HclSet) and all(isinstance(key, str) for key in found):
            return tuple(found)
        return depends_on(found) if isinstance(found, Unknown) else not_followed(f"for_each at {block.place}")

    def _variable(self, name: str) -> Value:
        module = self.declared()
        if name not in module.variables:
            raise Refused(f"there is no var.{name}")
        block = module.variables[name]
        value = self._given(name)
        if value is _MISSING or (value is None and _is_false(block.attributes.get("nullable"))):
            if "default" not in block.attributes:
                return not_in_input(f"var.{name}", f"give it with --var {name}=...")
            value = self.evaluate(block.attributes["default"])
        if "type" not in block.attributes:
            return value
        constraint = block.attributes["type"]
        return converted(
            value,
            self.world.expression(constraint),
            lambda default: self.value_of(default, {}, constraint.place),
        )

    def _given(self, name: str) -> Value:
        """What the caller of this module says; the user is the caller of the root module."""
        if self.above is None:
            return self.world.facts.variables.get(name, _MISSING)
        call = self.above.declared().calls[self.path[-1]]
        if name not in call.attributes:
            return _MISSING
        return self.above.evaluate(call.attributes[name], self.above.repetition(call, self.key))

    def _called(self, name: str, key: Key) -> Lazy:
        child = self.child(name, key)
        return Lazy(child.address, child.output)

    def _kind(self, kind: str) -> Lazy:
        if kind == "data":
            raise Refused("data needs a type and a name")
        return Lazy(kind, lambda name: self.resource(f"{kind}.{name}"))

    def _path(self, name: str) -> Value:
        root = self.world.project.root
        if name == "module":
            return clean(paths.relative(self.declared().directory, root))
        return _only(name, {"root": ".", "cwd": clean(paths.real(root))})

    def _terraform(self, name: str) -> Value:
        if name == "workspace":
            what = "terraform.workspace"
            return self._once(what, lambda: not_in_input(what, "check the directory instead of the plan"))
        raise Refused(f"there is no terraform.{name}")

    def declared(self) -> Module:
        """What this module declares.

        Raises:
            Refused: it is not installed.
        """
        if self.module is None:
            raise Refused(f"{self.address} is not installed")
        return self.module

    def _not_installed(self, what: str) -> Unknown:
        return not_in_input(
            f"{what} of {self.address}, whose source is not here", "run `terraform init` in the configuration"
        )

    def _once(self, name: str, compute: Callable[[], Value]) -> Value:
        """A value computed once; one that needs itself is not followed."""
        if name in self._memo:
            found = self._memo[name]
            if isinstance(found, Refused):
                raise found
            return found
        if name in self._busy:
            return not_followed(f"{f'{self.address}.{name}'.lstrip('.')}, which needs itself")
        self._busy.add(name)
        try:
            self._memo[name] = found = compute()
        except Refused as refused:
            self._memo[name] = refused
            raise
        finally:
            self._busy.discard(name)
        return found


_MISSING = object()


def shown_key(key: Key) -> str:
    """An instance key as it stands in an address: `[0]`, `["a"]`, or nothing."""
    if key is None:
        return ""
    if isinstance(key, int):
        return f"[{key}]"
    escaped = key.replace("\\", "\\\\").replace('"', '\\"').replace("\n", "\\n")
    escaped = escaped.replace("${", "$${").replace("%{", "%%{")
    return f'["{escaped}"]'


def _only(name: str, values: Mapping[str, Value]) -> Value:
    if name not in values:
        raise Refused(f"there is no attribute {name}")
    return values[name]


def _is_false(source: Source | None) -> bool:
    return source is not None and source.text.strip() == "false"
