"""The files of a configuration under change: which module a thing is in, which file, and who shares it."""

from collections import Counter
from collections.abc import Iterator
from typing import TYPE_CHECKING

import msgspec

from pullproof.errors import InputError
from pullproof.render.base import CannotWrite, Patch
from pullproof.render.terraform.document import BY_HAND, Document, Spot, items_of, mentioned
from pullproof.render.terraform.keys import Pointer
from pullproof.sources.terraform.hcl import paths
from pullproof.sources.terraform.hcl.blocks import LARGEST
from pullproof.sources.terraform.hcl.modules import Module, Project, plain_text, terraform_files

if TYPE_CHECKING:
    from tree_sitter import Node

#: Where new resources go when nothing like them is in the configuration.
OWN_FILE = "pullproof.tf"
#: More instances of one call than the count of them matters for.
MANY = 2


class Found(msgspec.Struct, frozen=True):
    """A block of the configuration: its document, and its labels."""

    document: Document
    spot: Spot

    @property
    def place(self) -> str:
        """`file:line`."""
        return f"{self.document.shown}:{self.document.line(self.document.block(self.spot))}"


class Workspace:
    """A configuration. Files are read once, and changed only in memory."""

    def __init__(self, root: str) -> None:
        self.root = root
        self.project = Project(root)
        self._documents: dict[str, Document] = {}
        self._named: dict[str, dict[tuple[str, ...], str]] = {}
        self._leads: dict[str, tuple[int, dict[str, set[str]]]] = {}
        self._copies = Counter[str]()
        self._repeated: set[str] = set()
        for path in self.project.paths():
            module = self.project.module(path)
            if module is not None:
                self._copies[module.directory] += 1
                if self._is_repeated(path):
                    self._repeated.add(module.directory)

    def module(self, path: tuple[str, ...]) -> Module:
        """The module at the end of a path of calls.

        Raises:
            CannotWrite: it is not installed here.
        """
        found = self.project.module(path)
        if found is None:
            name = ".".join(f"module.{one}" for one in path)
            raise CannotWrite(f"{name} is not installed here", "run `terraform init` first")
        return found

    def is_local(self, path: tuple[str, ...]) -> bool:
        """Whether a module is part of this configuration, and not fetched from somewhere."""
        return all(self._source(path[: at + 1]).startswith(("./", "../")) for at in range(len(path)))

    def source(self, path: tuple[str, ...]) -> str:
        """Where the outermost module on a path comes from that is not part of this configuration."""
        sources = (self._source(path[: at + 1]) for at in range(len(path)))
        return next((source for source in sources if not source.startswith(("./", "../"))), "")

    def shared(self, path: tuple[str, ...]) -> bool:
        """Whether a module stands for more than one instance: called twice, or by `count` or `for_each`."""
        directory = self.module(path).directory
        return self._copies[directory] > 1 or directory in self._repeated

    def find(self, pointer: Pointer) -> Found:
        """The block that a thing is written in.

        Raises:
            CannotWrite: it is not written here, or not in a form that can be changed.
        """
        kind = "data" if pointer.data else "resource"
        return self.find_labels(pointer.path, (kind, pointer.type, pointer.name), pointer.block)

    def find_labels(self, path: tuple[str, ...], labels: tuple[str, ...], called: str) -> Found:
        """The same by labels; `called` is what messages name it."""
        module = self.module(path)
        if not self.is_local(path):
            raise CannotWrite(
                f"{called} is inside a module from {self.source(path)}", "change the module's inputs instead"
            )
        name = self._names(module.directory).get(labels)
        if name is None:
            block = module.resources.get(called)
            if block is not None and block.file.endswith(".json"):
                raise CannotWrite(
                    f"{called} is written as JSON ({block.place})", "make the change there by hand"
                )
            raise CannotWrite(f"{called} is not written in {paths.shown_path(module.directory)}", BY_HAND)
        return Found(self.document(name), Spot(labels))

    def holds(self, path: tuple[str, ...], kind: str) -> Iterator[tuple[tuple[str, ...], Document]]:
        """The blocks of a module that are of a type of resource, in the order of files."""
        for labels, name in self._names(self.module(path).directory).items():
            if labels[:2] == ("resource", kind) or labels[:2] == ("data", kind):
                yield labels, self.document(name)

    def users(self, path: tuple[str, ...], name: str) -> list[tuple[str, ...]]:
        """The blocks of a module that refer to something ("data.aws_iam_policy_document.trust")."""
        return [labels for labels, node, _ in self.everything(path) if name in mentioned(node)]

    def everything(self, path: tuple[str, ...]) -> "Iterator[tuple[tuple[str, ...], Node, Document]]":
        """All blocks of a module's own files."""
        directory = self.module(path).directory
        for file in dict.fromkeys((*self._files(directory), *self._names(directory).values())):
            document = self.document(file)
            yield from ((labels, node, document) for labels, node in document.every())

    def leads(self, path: tuple[str, ...]) -> dict[str, set[str]]:
        """What each block and each local of a module refers to."""
        directory = self.module(path).directory
        version = sum(document.version for document in self._documents.values())
        held = self._leads.get(directory)
        if held is None or held[0] != version:
            found: dict[str, set[str]] = {}
            for labels, node, _ in self.everything(path):
                if labels == ("locals",):
                    found |= {f"local.{_name(item)}": mentioned(item) for item in items_of(node)}
                else:
                    found[_called(labels)] = mentioned(node)
            held = self._leads[directory] = (version, found)
        return held[1]

    def taken(self, path: tuple[str, ...], kind: str) -> set[str]:
        """The names that resources of a type have in a module already."""
        found = self.module(path).resources
        names = {key.rpartition(".")[2] for key in found if f".{kind}." in f".{key}"}
        return names | {labels[2] for labels, _ in self.holds(path, kind) if len(labels) > 2}

    def document(self, path: str) -> Document:
        """A file; an empty one where there is none yet.

        Raises:
            InputError: it cannot be read, or is no configuration.
        """
        if path not in self._documents:
            shown = paths.shown_path(path)
            self._documents[path] = Document(path, shown, self._read(path, shown))
        return self._documents[path]

    def file_of(self, path: tuple[str, ...], labels: tuple[str, ...]) -> str | None:
        """The path of the file that a block is in."""
        return self._names(self.module(path).directory).get(labels)

    def outputs_file(self, path: tuple[str, ...]) -> Document:
        """The file that a module has its outputs in; else that of its first resource, else one of our own."""
        directory = self.module(path).directory
        names = self._names(directory)
        found = [file for labels, file in names.items() if labels[0] == "output"]
        found += [file for labels, file in names.items() if labels[0] == "resource"]
        return self.document(found[0]) if found else self.own_file(path)

    def changed(self) -> list[Document]:
        """The files that have changed so far."""
        return [document for document in self._documents.values() if document.changed]

    def own_file(self, path: tuple[str, ...], name: str = OWN_FILE) -> Document:
        """The file of a module for what has no better place."""
        return self.document(paths.normal(paths.joined(self.module(path).directory, name)))

    def added(self, document: Document, path: tuple[str, ...], labels: tuple[str, ...]) -> None:
        """Note that a block was added, so that the next one of its kind is put behind it."""
        self._names(self.module(path).directory)[labels] = document.path

    def patches(self) -> tuple[Patch, ...]:
        """What has changed.

        Raises:
            InputError: a change would have made a file unreadable; nothing may be written then.
        """
        changed = self.changed()
        for document in changed:
            Document(document.path, document.shown, document.now)
        return tuple(
            Patch(path=document.path, before=document.before, after=document.now) for document in changed
        )

    def overridden(self, path: tuple[str, ...], labels: tuple[str, ...]) -> bool:
        """Whether an override file has a say in a block."""
        directory = self.module(path).directory
        _, overriding = terraform_files(directory)
        names = [name for name in overriding if name.endswith(".tf")]
        return any(labels in self.document(paths.joined(directory, name)).blocks() for name in names)

    def _names(self, directory: str) -> dict[tuple[str, ...], str]:
        if directory not in self._named:
            found: dict[tuple[str, ...], str] = {}
            for file in self._files(directory):
                found |= dict.fromkeys(self.document(file).blocks(), file)
            self._named[directory] = found
        return self._named[directory]

    def _files(self, directory: str) -> list[str]:
        plain, _ = terraform_files(directory)
        return [paths.normal(paths.joined(directory, name)) for name in plain if name.endswith(".tf")]

    def _read(self, path: str, shown: str) -> bytes | None:
        if not paths.exists(path):
            return None
        try:
            found = paths.content(path, LARGEST)
        except OSError as refused:
            raise InputError(f"cannot be read: {refused.strerror}", place=shown) from refused
        if found is None:
            raise InputError("the file is larger than any configuration", place=shown)
        return found

    def _source(self, path: tuple[str, ...]) -> str:
        call = self.module(path[:-1]).calls.get(path[-1])
        return plain_text(call.attributes.get("source")) if call is not None else ""

    def _is_repeated(self, path: tuple[str, ...]) -> bool:
        for at in range(len(path)):
            above = self.project.module(path[:at])
            call = above.calls.get(path[at]) if above is not None else None
            if call is None or not call.attributes.keys().isdisjoint(("count", "for_each")):
                return True
        return False


def circle(workspace: Workspace, path: tuple[str, ...], start: set[str], goal: str) -> bool:
    """Whether what is mentioned leads back to a block, so that Terraform would find a cycle."""
    leads = workspace.leads(path)
    seen: set[str] = set()
    waiting = list(start)
    while waiting:
        name = waiting.pop()
        if name == goal:
            return True
        if name not in seen:
            seen.add(name)
            waiting += leads.get(name, ())
    return False


def _called(labels: tuple[str, ...]) -> str:
    return ".".join(labels[1:]) if labels[0] == "resource" else ".".join(labels)


def _name(item: "Node") -> str:
    return (item.children[0].text or b"").decode("utf-8", "replace")
