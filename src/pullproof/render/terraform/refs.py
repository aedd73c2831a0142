"""What to write in order to refer to something, from the module that the text will stand in."""

import re
from collections.abc import Mapping

from pullproof.model.edits import NEW
from pullproof.render.base import CannotWrite
from pullproof.render.terraform import hcl
from pullproof.render.terraform.keys import Calls, Pointer, is_literal, is_logical, pointer
from pullproof.render.terraform.workspace import Workspace
from pullproof.sources.terraform.hcl.syntax import Source

#: Arguments of a call that the module itself does not see.
NO_INPUTS = frozenset({"source", "version", "count", "for_each", "providers", "depends_on"})

_SPACE = re.compile(r"\s+")
_INSTANCE = re.compile(r"^(?P<of>[\w.-]+)\[(?P<key>[^\]]*)\](?P<rest>.*)$", re.DOTALL)
_COUNTED = re.compile(
    r'(?P<of>(?:data\.)?\w+\.[\w-]+)\[(?P<key>\d+|"(?:[^"\\]|\\.)*")\](?P<rest>(?:\.[\w-]+)+)'
)
#: Forms that give the first of what they are given: functions around a thing that may not be there.
_FIRST = (
    r"try\({0},.*\)",
    r"one\({1}\)",
    r'join\("",{1}\)',
    r'element\(concat\({1},\[""\]\),0\)',
    r"coalescelist\({1},.*\)\[0\]",
)


class Refs:
    """Writes references. `made` has where the new things are: their module, and `TYPE.NAME`."""

    def __init__(self, workspace: Workspace | None, *, may_add: bool = False) -> None:
        self.workspace = workspace
        self.made: dict[str, Pointer] = {}
        #: Outputs that modules of this configuration are to get, by module path and name, if any may be added.
        self.outputs: dict[tuple[tuple[str, ...], str], str] = {}
        self._may_add = may_add

    def where(self, key: str) -> Pointer | None:
        """Where something is; None for an id that is written out.

        Raises:
            CannotWrite: the key is neither.
        """
        if key.startswith(NEW):
            name, _, rest = key.removeprefix(NEW).partition(".")
            found = self.made.get(name)
            if found is None:
                raise CannotWrite(f"{name}, which it needs, cannot be written", "see what is said of that")
            return Pointer(found.calls, found.block, found.index, f".{rest}" if rest else "")
        found = pointer(key)
        if found is None and not is_literal(key):
            raise CannotWrite(f"{key[:80]!r} is no address", "name it by its Terraform address")
        return found

    def of(self, key: str, attribute: str, scope: Calls, own: str | int | None = None) -> str:
        """An expression for an attribute of something; a literal id stands for itself.

        With `own`, the index of the instance that the text is for, a reference to the same index becomes
        one to `each.key`.

        Raises:
            CannotWrite: nothing leads there from the module.
        """
        at = self.where(key)
        if at is None and attribute == "id" and is_logical(key):
            raise CannotWrite(
                f"{key} is a name of the template, and Terraform needs the id that AWS gives it",
                "--format cloudformation, or check the account with the stack deployed",
            )
        if at is None:
            return hcl.quoted(key)
        return self.at(at, attribute, scope, own)

    def at(self, at: Pointer, attribute: str, scope: Calls, own: str | int | None = None) -> str:
        """The same for a pointer."""
        rest = at.rest or f".{attribute}"
        if at.calls == scope:
            return at.block + _index(at.index, own) + rest
        found = self._across(at, rest, scope)
        if found is None:
            module = "".join(f"module.{name}" for name, _ in at.calls[-1:]) or "the root module"
            plain = f"{at.block}{hcl.index(at.index)}{rest}"
            raise CannotWrite(
                f"{plain} is inside {module}, and no output gives it",
                f'add an output to that module: output "NAME" {{ value = {plain} }}',
            )
        return found

    def _across(self, at: Pointer, rest: str, scope: Calls) -> str | None:
        if at.calls == scope:
            return at.block + hcl.index(at.index) + rest
        if self.workspace is None:
            return None
        if at.calls[: len(scope)] == scope:
            return self._down(at, rest, scope, self.workspace)
        return self._up(at, rest, scope, self.workspace)

    def _down(self, at: Pointer, rest: str, scope: Calls, workspace: Workspace) -> str | None:
        """Through an output of the module that is called here."""
        call = at.calls[len(scope)]
        inside = self._across(at, rest, (*scope, call))
        module = workspace.project.module(tuple(name for name, _ in (*scope, call)))
        if inside is None or module is None:
            return None
        path = tuple(name for name, _ in (*scope, call))
        values = {name: output.attributes.get("value") for name, output in module.outputs.items()}
        found = _nearest(values, inside)
        if not found and self._may_add and workspace.is_local(path):
            found = self._added(path, inside, set(values))
        return f"module.{call[0]}{hcl.index(call[1])}.{found}" if found else None

    def _added(self, path: tuple[str, ...], inside: str, taken: set[str]) -> str:
        """A new output of a module, and what has to follow it; it holds for every instance of the module."""
        value, suffix = inside, ""
        counted = _COUNTED.fullmatch(inside)
        if counted is not None and counted["key"].isdigit():
            value, suffix = f"{counted['of']}[*]{counted['rest']}", f"[{counted['key']}]"
        elif counted is not None:
            value = f"{{ for key, one in {counted['of']} : key => one{counted['rest']} }}"
            suffix = f"[{counted['key']}]"
        kin = {name: held for (where, name), held in self.outputs.items() if self._alike(where, path)}
        for name, held in kin.items():
            if held == value:
                self.outputs[path, name] = value
                return name + suffix
        words = hcl.label(re.sub(r"\[[^\]]*\]", "", inside.removeprefix("data.")).replace("aws_", "", 1))
        name, more = words, 1
        while name in taken or name in kin:
            more += 1
            name = f"{words}_{more}"
        self.outputs[path, name] = value
        return name + suffix

    def _alike(self, one: tuple[str, ...], other: tuple[str, ...]) -> bool:
        """Whether two calls are of one module: what is added for one of them is there for the other."""
        if one == other or self.workspace is None:
            return one == other
        return self.workspace.module(one).directory == self.workspace.module(other).directory

    def _up(self, at: Pointer, rest: str, scope: Calls, workspace: Workspace) -> str | None:
        """Through an input of the module that this text stands in."""
        if not scope:
            return None
        outside = self._across(at, rest, scope[:-1])
        above = workspace.project.module(tuple(name for name, _ in scope[:-1]))
        call = above.calls.get(scope[-1][0]) if above is not None else None
        if outside is None or call is None:
            return None
        values = {name: source for name, source in call.attributes.items() if name not in NO_INPUTS}
        found = _nearest(values, outside)
        return f"var.{found}" if found else None


def _nearest(values: Mapping[str, Source | None], wanted: str) -> str:
    """The name of a value that leads to something, and what has to follow it: the one with the least to follow."""
    found = [
        (suffix, name) for name, value in values.items() if (suffix := leads_to(value, wanted)) is not None
    ]
    suffix, name = min(found, key=lambda one: (len(one[0]), one[1]), default=("", ""))
    return name + suffix


def leads_to(source: Source | None, wanted: str) -> str | None:
    """What has to follow a value in order to get at something: "" if the value is it, None if it is not in it."""
    if source is None or source.json:
        return None
    text, aim = _SPACE.sub("", source.text), _SPACE.sub("", wanted)
    if text == aim:
        return ""
    if aim.startswith(text) and aim[len(text)] in ".[":
        return aim[len(text) :]
    if any(re.fullmatch(form.format(re.escape(aim), _splats(aim)), text) for form in _FIRST):
        return ""
    found = _INSTANCE.match(aim)
    if found is None:
        return None
    of, key, rest = found["of"], found["key"], found["rest"]
    if key.isdigit() and text in (f"{of}[*]{rest}", f"{of}.*{rest}"):
        return f"[{key}]"
    by_key = rf"\{{for(\w+),(\w+)in{re.escape(of)}:\1=>\2{re.escape(rest)}\}}"
    return f"[{key}]" if not key.isdigit() and re.fullmatch(by_key, text) else None


def _splats(aim: str) -> str:
    """A pattern for all instances of what is wanted the first instance of."""
    found = re.match(r"^(?P<of>[\w.-]+)\[0\](?P<rest>.*)$", aim)
    if found is None:
        return "(?!)"
    of, rest = re.escape(found["of"]), re.escape(found["rest"])
    return rf"{of}(?:\[\*\]|\.\*){rest}"


def _index(index: str | int | None, own: str | int | None) -> str:
    if own is not None and index == own:
        return "[each.key]" if isinstance(own, str) else "[count.index]"
    return hcl.index(index)
