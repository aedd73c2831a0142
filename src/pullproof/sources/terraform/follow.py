"""Following references: what an unknown argument must be, from the names that its expression mentions.

Only what is certain is given. Terraform lists names without the functions around them, so `a.id`,
`element([a.id], 0)` and `c ? a.id : "x"` can look alike. Three things make a reading certain: an argument
that is unknown gets its value from a name that is itself unknown; an identifier cannot be put together
from parts; and two blocks with the same keys, one of which picks from the other by its own `each.key`, are
paired. With `count.index` they need not be: `element(list, count.index + 1)` looks the same.
"""

from collections.abc import Callable
from typing import Any

import msgspec

from pullproof.model.text import OPEN, anything, hole, sole_hole
from pullproof.model.value import Unknown
from pullproof.sources.terraform.configuration import Modules, several
from pullproof.sources.terraform.identifiers import KINDS, STRICT, TELLING, TYPED
from pullproof.sources.terraform.references import Reference, Step, joined, mentioned, suffix
from pullproof.sources.terraform.tree import Some, Value

#: Longer chains of module inputs and outputs than this are a circle.
DEEP = 40


class Scope(msgspec.Struct, frozen=True):
    """Where an expression stands: the module instance, and the instance of the block around it.

    `block` is the name of a resource's block, "" for a module call.
    """

    module: str
    index: Step | None = None
    for_each: Any = None
    block: str = ""


class Reach(msgspec.Struct, frozen=True):
    """What references lead to.

    `plain` says that every value is named on its own and therefore used; `choosing` that some name is
    there which can only choose between the others; `dead` is a reference that leads nowhere. `counted`
    says that one of the values is picked by `count.index`, and that the first has the same index.
    """

    values: tuple[Value, ...] = ()
    plain: bool = True
    choosing: bool = False
    dead: str = ""
    counted: bool = False


class Follower:
    """Follows references in one plan.

    `attribute(address, name)` gives a resource's attribute, `instances(module, name)` the addresses of
    a block's instances by index, `inputs` the values of the root module's variables.
    """

    def __init__(
        self,
        modules: Modules,
        attribute: Callable[[str, str], Value],
        instances: Callable[[str, str], dict[Step | None, str]],
        inputs: dict[str, Value],
    ) -> None:
        self._modules = modules
        self._attribute = attribute
        self.instances = instances
        self._inputs = inputs

    def combined(self, references: tuple[Reference, ...], scope: Scope, name: str, depth: int = 0) -> Reach:
        """What all the references of an expression lead to; `name` is the argument it is for."""
        keyed = next((reference.kind for reference in references if _is_own_key(reference)), "")
        parts = [
            self._reach(reference, scope, name, depth, keyed=keyed)
            for reference in references
            if not _is_own_key(reference)
        ]
        if len(parts) == 1:
            return parts[0]
        return Reach(
            tuple(value for part in parts for value in part.values),
            all(part.plain for part in parts),
            any(part.choosing for part in parts),
            next((part.dead for part in parts if part.dead), ""),
        )

    def _reach(self, reference: Reference, scope: Scope, name: str, depth: int, *, keyed: str = "") -> Reach:
        if depth > DEEP:
            return Reach(dead=reference.text)
        kind = reference.kind
        if kind in ("resource", "data"):
            return self._resource(reference, scope, name, keyed=keyed)
        if kind == "var":
            return self._variable(reference, scope, name, depth)
        if kind == "module":
            return self._output(reference, scope, name, depth)
        if kind == "each":
            return self._each(reference, scope, name, depth)
        # The directory and the workspace are known texts; `local` is not in the JSON at all.
        return Reach(choosing=True) if kind == "other" else Reach(dead=reference.text)

    def _resource(self, reference: Reference, scope: Scope, name: str, *, keyed: str) -> Reach:
        block = self._modules.block(scope.module, reference.name)
        if block is None:
            return Reach(dead=reference.text)
        held = self.instances(scope.module, reference.name)
        path = reference.path
        if not several(block) and not any(index is not None for index in held):
            address = held.get(None)
            return Reach((self._pick(address, path, reference.type, name),)) if address else Reach()
        if path:
            # An index that does not exist would be an error, so the expression takes another branch.
            address = held.get(path[0])
            return Reach((self._pick(address, path[1:], reference.type, name),)) if address else Reach()
        paired = bool(keyed) and len(held) > 1 and self._paired(scope, held)
        addresses = [held[scope.index]] if paired else []
        if not paired or keyed == "count":
            addresses += [address for address in held.values() if address not in addresses]
        return Reach(
            tuple(self._pick(address, (), reference.type, name) for address in addresses),
            plain=len(addresses) == 1,
            counted=paired and keyed == "count",
        )

    def _paired(self, scope: Scope, held: dict[Step | None, str]) -> bool:
        """Whether every instance of the block has a partner of its own key."""
        own = self.instances(scope.module, scope.block) if scope.block else {scope.index: ""}
        return scope.index is not None and all(index in held for index in own)

    def _pick(self, address: str, path: tuple[Step, ...], type_: str, name: str) -> Value:
        """The attribute that is meant; where none is named, the one that such an argument wants."""
        wanted = KINDS.get(name, {}).get(type_, ())
        if name in KINDS and type_ in TYPED and (path[0] not in wanted if path else not wanted):
            # An id of another kind of thing cannot be what this argument holds.
            return None
        if not wanted and (not path or name in STRICT):
            return anything(address)
        if name in TELLING and path:
            # Text is put together from many things: what matters is which they are, also of known ones.
            outer, inner = hole(f"{address}.{path[0]}"), self._attribute(address, str(path[0]))
            return [dig(outer, path[1:]), dig(inner, path[1:])]
        if not path:
            return self._attribute(address, wanted[0])
        return dig(self._attribute(address, str(path[0])), path[1:])

    def _variable(self, reference: Reference, scope: Scope, name: str, depth: int) -> Reach:
        place = self._modules.place(scope.module)
        if place is None:
            return Reach(dead=reference.text)
        if place.call is None:
            given = self._inputs.get(reference.name, msgspec.UNSET)
            return Reach(dead=reference.text) if given is msgspec.UNSET else _known(given, reference.path)
        written = place.call.expressions.get(reference.name)
        if written is None:
            declared = place.module.variables.get(reference.name)
            default = declared.default if declared else msgspec.UNSET
            return Reach(dead=reference.text) if default is msgspec.UNSET else _known(default, reference.path)
        outer = Scope(place.parent, place.key, place.call.for_each_expression)
        return self._inside(written, outer, reference, name, depth)

    def _output(self, reference: Reference, scope: Scope, name: str, depth: int) -> Reach:
        place = self._modules.place(scope.module)
        call = place.module.module_calls.get(reference.name) if place else None
        if call is None:
            return Reach(dead=reference.text)
        path, key = reference.path, None
        if self._modules.has_keys(scope.module, reference.name):
            # Without a key in the name, all instances are meant, and which output is not in the JSON.
            key, path = (path[0], path[1:]) if len(path) > 1 else (None, ())
        if not path or not isinstance(path[0], str):
            return Reach(dead=reference.text)
        output = call.module.outputs.get(path[0])
        if output is None:
            return Reach(dead=reference.text)
        inner = joined(scope.module, f"module.{reference.name}{suffix(key)}")
        below = msgspec.structs.replace(reference, path=path[1:])
        return self._inside(output.expression, Scope(inner), below, name, depth)

    def _each(self, reference: Reference, scope: Scope, name: str, depth: int) -> Reach:
        """`each.value`: readable where `for_each` is a resource, or mentions one thing only."""
        if scope.index is None or scope.for_each is None:
            return Reach(dead=reference.text)
        if "constant_value" in scope.for_each:
            return _known(scope.for_each["constant_value"], (scope.index, *reference.path))
        sources = mentioned(scope.for_each)
        if len(sources) != 1:
            return Reach(dead=reference.text)
        path = (*sources[0].path, scope.index, *reference.path)
        outer = Scope(scope.module)
        longer = msgspec.structs.replace(sources[0], path=path)
        found = self._reach(longer, outer, name, depth + 1)
        return found if found.values else Reach(dead=reference.text)

    def _inside(self, expression: Any, scope: Scope, reference: Reference, name: str, depth: int) -> Reach:
        """What an expression behind a module's input or output leads to, and the reference's path into it."""
        path = reference.path
        if isinstance(expression, dict) and "constant_value" in expression:
            return _known(expression["constant_value"], path)
        sources = mentioned(expression)
        if not sources:
            return Reach(dead=reference.text)
        if not path:
            found = self.combined(sources, scope, name, depth + 1)
            # Several values under one name may be cut to fewer where the name is used.
            return msgspec.structs.replace(found, plain=found.plain and len(found.values) < 2)
        if len(sources) == 1 and all(isinstance(step, str) for step in path):
            longer = msgspec.structs.replace(sources[0], path=(*sources[0].path, *path))
            found = self._reach(longer, scope, name, depth + 1)
            if found.values and not found.dead:
                return found
        # A part of something put together: one of the values in it.
        found = self.combined(sources, scope, name, depth + 1)
        return msgspec.structs.replace(found, plain=found.plain and len(found.values) < 2)


def dig(value: Value, path: tuple[Step, ...]) -> Value:
    """The value below a path; an attribute known only by name stays one."""
    for position, step in enumerate(path):
        if isinstance(value, Unknown) or value is None:
            return value
        if isinstance(value, str):
            name = sole_hole(value)
            rest = "".join(f".{s}" if isinstance(s, str) else f"[{s}]" for s in path[position:])
            return hole(name + rest) if name else None
        if isinstance(value, list) and isinstance(step, int):
            value = value[step] if step < len(value) else None
        elif isinstance(value, dict) and isinstance(step, str):
            value = value.get(step)
        else:
            return None
    return value


def is_open(value: Value) -> bool:
    """Whether any of a value is not known."""
    if isinstance(value, str):
        return OPEN in value
    if isinstance(value, list):
        return any(is_open(item) for item in value)
    return isinstance(value, Unknown | Some)


def _known(value: Value, path: tuple[Step, ...]) -> Reach:
    """A value that the plan shows: ids in it may be used, anything else can only choose."""
    value = dig(value, path) if path else value
    items = value if isinstance(value, list) else [value]
    texts = tuple(item for item in items if isinstance(item, str))
    return Reach(texts, plain=len(texts) < 2, choosing=len(texts) < len(items))


def _is_own_key(reference: Reference) -> bool:
    return reference.kind == "count" or (reference.kind == "each" and reference.name == "key")
