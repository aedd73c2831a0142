"""The templates of a stack and of the stacks inside it: who holds which resource, and what leads to what."""

from collections.abc import Iterator, Mapping
from pathlib import Path, PurePosixPath

import msgspec

from pullproof.errors import InputError
from pullproof.model import edits as e
from pullproof.render.base import CannotWrite
from pullproof.render.cloudformation.document import Document, Node, function, plain, read
from pullproof.render.cloudformation.outside import by_hand
from pullproof.render.cloudformation.values import Fn, Value

#: Types of stacks inside a stack, and the property that names their template.
_NESTED = {"AWS::CloudFormation::Stack": "TemplateURL", "AWS::Serverless::Application": "Location"}


class Stack(msgspec.Struct, kw_only=True):
    """One template. `prefix` stands before the keys of its resources: "" or "Network."."""

    prefix: str
    document: Document
    before: bytes
    types: dict[str, str]
    refers: dict[str, frozenset[str]]

    def properties(self, name: str) -> Node | None:
        """The properties of a resource, where they are written as a mapping."""
        resource = _section(self.document.root, "Resources", name)
        return resource.get("Properties") if resource is not None and resource.kind == "map" else None

    def names(self, section: str) -> list[str]:
        """The names of a section's entries."""
        found = self.document.root.get(section)
        return [key.text for key, _ in found.pairs] if found is not None else []

    def value(self, *path: str) -> Value:
        """What is written at a path, as plain values; None where nothing is."""
        found = _section(self.document.root, *path)
        return None if found is None else plain(found)


class Stacks:
    """Every template that can be reached from one, by prefix: the site of an edit in place."""

    def __init__(self, path: str, files: Mapping[str, bytes] | None = None) -> None:
        self.by_prefix: dict[str, Stack] = {}
        self._files = files
        self._open("", path, ())

    def _open(self, prefix: str, path: str, above: tuple[str, ...]) -> None:
        before = self._bytes(path)
        document = read(before, path)
        section = document.root.get("Resources")
        resources = plain(section) if section is not None else None
        if not isinstance(resources, dict):
            raise InputError("`Resources` is no mapping", place=path, remedy="give a CloudFormation template")
        types = {
            name: value["Type"]
            for name, value in resources.items()
            if isinstance(value, dict) and isinstance(value.get("Type"), str)
        }
        refers = {name: frozenset(_mentioned(value)) & types.keys() for name, value in resources.items()}
        self.by_prefix[prefix] = Stack(
            prefix=prefix, document=document, before=before, types=types, refers=refers
        )
        for name, kind in types.items():
            inner = resources[name].get("Properties")
            where = inner.get(_NESTED[kind]) if kind in _NESTED and isinstance(inner, dict) else None
            local = _beside(path, where) if isinstance(where, str) else ""
            if local and local not in (*above, path) and self._exists(local):
                self._open(f"{prefix}{name}.", local, (*above, path))

    def _bytes(self, path: str) -> bytes:
        if self._files is not None and path in self._files:
            return self._files[path]
        try:
            return Path(path).read_bytes()
        except OSError as error:
            raise InputError(f"this cannot be read: {error.strerror}", place=path) from None

    def _exists(self, path: str) -> bool:
        return path in self._files if self._files is not None else Path(path).is_file()

    def holder(self, key: str) -> tuple[Stack, str] | None:
        """The template that holds the resource of a key, and its logical id."""
        for prefix in sorted(self.by_prefix, key=len, reverse=True):
            stack = self.by_prefix[prefix]
            if key.startswith(prefix) and key[len(prefix) :] in stack.types:
                return stack, key[len(prefix) :]
        return None

    def type_of(self, key: str) -> str:
        """The type of a resource; "" where no template holds it."""
        found = self.holder(key)
        return found[0].types[found[1]] if found else ""

    def _at(self, key: str, path: tuple[str | int, ...]) -> Node | None:
        found = self.holder(key)
        node = found[0].properties(found[1]) if found else None
        for part in path:
            if node is None or function(node) is not None:
                return None
            if isinstance(part, int):
                node = node.items[part] if node.kind == "list" and part < len(node.items) else None
            else:
                node = node.get(part) if node.kind == "map" else None
        return node

    def has(self, key: str, path: tuple[str | int, ...]) -> bool:
        """Whether anything is written there."""
        return self._at(key, path) is not None

    def has_list(self, key: str, path: tuple[str | int, ...]) -> bool:
        """Whether a list is written there, as a list."""
        node = self._at(key, path)
        return node is not None and node.kind == "list" and not node.tag

    def items(self, key: str, path: tuple[str | int, ...]) -> int:
        """How many items the list there has."""
        node = self._at(key, path)
        return len(node.items) if node is not None else 0

    def texts(self, key: str, path: tuple[str | int, ...], name: str) -> set[str]:
        """The texts that the items of a list there have under a name."""
        node = self._at(key, path)
        found = [item.get(name) for item in node.items] if node is not None else []
        return {one.text for one in found if one is not None and one.kind == "scalar"}

    def referring(self, kind: str, name: str, key: str) -> tuple[str, ...]:
        """The resources of a type one of whose properties refers to `key`, and to nothing else."""
        found = self.holder(key)
        if found is None:
            return ()
        stack, wanted = found
        return tuple(
            f"{stack.prefix}{one}"
            for one, its in stack.types.items()
            if its == kind and _target(stack.value("Resources", one, "Properties", name)) == wanted
        )

    def leads_to(self, start: str, end: str) -> bool:
        """Whether a resource refers to another of its template, directly or through others."""
        first, last = self.holder(start), self.holder(end)
        if first is None or last is None or first[0] is not last[0]:
            return False
        seen, left = set[str](), [first[1]]
        while left:
            name = left.pop()
            for one in first[0].refers[name] - seen:
                if one == last[1]:
                    return True
                seen.add(one)
                left.append(one)
        return False

    def outside(self, edit: e.Edit, key: str) -> CannotWrite:
        """Why a thing that none of the templates holds cannot be changed here."""
        return CannotWrite(f"{key} is in none of the templates", by_hand(edit))

    def across(self, prefix: str, key: str) -> Value:
        """How one template names a resource of another: by a parameter it is given, or by an output."""
        stack = self.by_prefix[prefix]
        if prefix:
            above, own = self._above(prefix)
            given = above.value("Resources", own, "Properties", "Parameters")
            for name, value in given.items() if isinstance(given, dict) else ():
                if name in stack.names("Parameters") and self._means(above, value) == key:
                    return Fn("Ref", name)
        for name in stack.types:
            inner = self.by_prefix.get(f"{prefix}{name}.")
            for output in inner.names("Outputs") if inner else ():
                if self._means(stack, Fn("GetAtt", [name, f"Outputs.{output}"])) == key:
                    return Fn("GetAtt", [name, f"Outputs.{output}"])
        return None

    def _above(self, prefix: str) -> tuple[Stack, str]:
        whole, _, own = prefix[:-1].rpartition(".")
        return self.by_prefix[f"{whole}." if whole else ""], own

    def _means(self, stack: Stack, value: Value) -> str:
        """The key of the resource whose id a value is; "" for anything else."""
        if not isinstance(value, Fn):
            return ""
        if value.name == "Ref" and value.argument in stack.types:
            return f"{stack.prefix}{value.argument}"
        if value.name != "GetAtt" or not isinstance(value.argument, list) or len(value.argument) != 2:
            return ""
        name, attribute = value.argument
        inner = self.by_prefix.get(f"{stack.prefix}{name}.")
        if inner is not None and str(attribute).startswith("Outputs."):
            return self._means(inner, inner.value("Outputs", attribute.removeprefix("Outputs."), "Value"))
        return f"{stack.prefix}{name}" if attribute in ("GroupId", "Arn", "PrefixListId") else ""


def _section(root: Node, *path: str) -> Node | None:
    found: Node | None = root
    for part in path:
        found = found.get(part) if found is not None and found.kind == "map" else None
    return found


def _beside(path: str, where: str) -> str:
    """The path of a template that another one names by a relative path; "" for an address."""
    if "://" in where or where.startswith("/"):
        return ""
    return str(PurePosixPath(path).parent / where)


def _target(value: Value) -> str:
    """The logical id that a `Ref` or `GetAtt` is about."""
    if not isinstance(value, Fn):
        return ""
    return str(value.argument[0] if isinstance(value.argument, list) and value.argument else value.argument)


def _mentioned(value: Value) -> Iterator[str]:
    """The logical ids that a resource mentions in any function, or in DependsOn."""
    if isinstance(value, Fn):
        if value.name in ("Ref", "GetAtt"):
            yield _target(value)
        elif value.name == "Sub":
            text = (
                value.argument[0] if isinstance(value.argument, list) and value.argument else value.argument
            )
            if isinstance(text, str):
                yield from (part.split("}")[0].split(".")[0].strip() for part in text.split("${")[1:])
        yield from _mentioned(value.argument)
    elif isinstance(value, list):
        for item in value:
            yield from _mentioned(item)
    elif isinstance(value, dict):
        needs = value.get("DependsOn")
        if isinstance(needs, str | list):
            yield from [needs] if isinstance(needs, str) else [one for one in needs if isinstance(one, str)]
        for item in value.values():
            yield from _mentioned(item)
