"""What depends on resources of which nobody knows how many there are.

Terraform plans nothing whose `count` or `for_each` is only known with an account. Such blocks are planned as
if there were none, so everything that mentions them, directly or through locals, inputs and outputs, has a
value in that plan that means nothing.
"""

from collections.abc import Callable, Iterator

import msgspec

from pullproof.errors import InputError
from pullproof.sources.terraform.hcl import syntax
from pullproof.sources.terraform.hcl.bodies import names_in
from pullproof.sources.terraform.hcl.expressions import parse
from pullproof.sources.terraform.hcl.modules import Project
from pullproof.sources.terraform.hcl.syntax import Block, Source

Path = tuple[str, ...]
#: A block: the module it is in, and `TYPE.NAME`, `data.TYPE.NAME` or `module.NAME`.
Spot = tuple[Path, str]


class Dependence:
    """Follows references statically; `uncounted` are the blocks nobody can count."""

    def __init__(self, project: Project, uncounted: frozenset[Spot]) -> None:
        self._project = project
        self._known: dict[tuple[Path, str], bool] = {}
        self.uncounted = uncounted

    def attribute(self, path: Path, block: str, name: str) -> bool:
        """Whether an argument (or a nested block of that name) of a resource depends on what is uncounted."""
        module = self._project.module(path)
        found = module.resources.get(block) if module is not None else None
        if found is None:
            return False
        return self._once(path, f"{block}.{name}", lambda: any(self._written(path, found, name)))

    def number(self, path: Path, block: Block) -> bool:
        """Whether the number of instances of a resource or module call depends on it."""
        return any(
            self._expression(path, block.attributes[name])
            for name in ("count", "for_each")
            if name in block.attributes
        )

    def _written(self, path: Path, block: Block, name: str) -> Iterator[bool]:
        if name in block.attributes:
            yield self._expression(path, block.attributes[name])
        for nested in block.blocks:
            if nested.type == name or nested.labels == (name,):
                yield from (self._expression(path, source) for source in _sources(nested))
        # `each.value` and `count.index` come from here.
        yield self.number(path, block)

    def _expression(self, path: Path, source: Source) -> bool:
        if source.json:
            return bool(self.uncounted)  # not worth following
        try:
            return any(self._reference(path, names) for names in references(parse(source)))
        except InputError:
            return True

    def _reference(self, path: Path, names: tuple[str, ...]) -> bool:
        module = self._project.module(path)
        if module is None or len(names) < 2:
            return False
        kind, name = names[0], names[1]
        match kind:
            case "local":
                source = module.locals.get(name)
                return source is not None and self._once(
                    path, f"local.{name}", lambda: self._expression(path, source)
                )
            case "var":
                return bool(path) and self._once(path, f"var.{name}", lambda: self._input(path, name))
            case "module":
                return (path, f"module.{name}") in self.uncounted or self._outputs((*path, name), names[2:])
            case "data":
                return len(names) > 2 and self._resource(path, f"data.{name}.{names[2]}", names[3:])
            case _:
                return self._resource(path, f"{kind}.{name}", names[2:])

    def _input(self, path: Path, name: str) -> bool:
        above = self._project.module(path[:-1])
        call = above.calls.get(path[-1]) if above is not None else None
        if call is None:
            return False
        given = call.attributes.get(name)
        return (given is not None and self._expression(path[:-1], given)) or self.number(path[:-1], call)

    def _outputs(self, path: Path, names: tuple[str, ...]) -> bool:
        """Whether the outputs that are among the names (or all, if none is) depend on it."""
        module = self._project.module(path)
        if module is None:
            return False
        wanted = [name for name in names if name in module.outputs] or list(module.outputs)
        return any(self._output(path, module.outputs[name]) for name in wanted)

    def _output(self, path: Path, output: Block) -> bool:
        source = output.attributes.get("value")
        return source is not None and self._once(
            path, f"output.{output.labels[0]}", lambda: self._expression(path, source)
        )

    def _resource(self, path: Path, block: str, names: tuple[str, ...]) -> bool:
        if (path, block) in self.uncounted:
            return True
        module = self._project.module(path)
        found = module.resources.get(block) if module is not None else None
        if found is None:
            return False
        wanted = names or tuple(sorted(names_in(found)))
        return any(self.attribute(path, block, name) for name in wanted)

    def _once(self, path: Path, name: str, compute: Callable[[], bool]) -> bool:
        key = (path, name)
        if key not in self._known:
            self._known[key] = False  # while it is being followed: a circle adds nothing
            self._known[key] = compute()
        return self._known[key]


def references(expression: syntax.Part) -> Iterator[tuple[str, ...]]:
    """The names that an expression mentions: `("module", "net", "subnets", "id")`, indexes left out."""
    waiting: list[object] = [expression]
    while waiting:
        node = waiting.pop()
        if isinstance(node, syntax.Name | syntax.Attr | syntax.Index | syntax.Splat):
            names, others = _chain(node)
            yield names
            waiting += others
        elif isinstance(node, msgspec.Struct):
            waiting += [getattr(node, field) for field in node.__struct_fields__]
        elif isinstance(node, tuple):
            waiting += node


def _chain(node: syntax.Expr) -> tuple[tuple[str, ...], list[object]]:
    """A chain of names from its root, and the expressions beside it (indexes, other roots)."""
    names: list[str] = []
    others: list[object] = []
    while True:
        match node:
            case syntax.Attr():
                names.append(node.name)
                node = node.of
            case syntax.Index():
                if isinstance(node.key, syntax.Literal) and isinstance(node.key.value, str):
                    names.append(node.key.value)
                else:
                    others.append(node.key)
                node = node.of
            case syntax.Splat():
                after, more = _chain(node.each)
                names += list(reversed(after[1:]))
                others += more
                node = node.of
            case syntax.Name():
                return (node.name, *reversed(names)), others
            case _:
                return ("", *reversed(names)), [*others, node]


def _sources(block: Block) -> Iterator[Source]:
    """Every expression in a block and the blocks in it."""
    yield from block.attributes.values()
    for nested in block.blocks:
        yield from _sources(nested)
