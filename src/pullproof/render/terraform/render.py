"""Edits as Terraform: `standalone` writes a new file beside the configuration, `in_place` changes its files.

Nothing is written here: both give the files as they are and as they are to be.
"""

from collections.abc import Callable, Iterable, Sequence

import msgspec

from pullproof.errors import UsageError
from pullproof.model.edits import NEW, AddEndpoint, AddStatement, AddTrust, Edit, managed_list, new
from pullproof.model.endpoints import EndpointType
from pullproof.model.estate import Estate
from pullproof.model.text import holes
from pullproof.render.base import CannotWrite, Patch, Refusal, Rendered
from pullproof.render.terraform import hcl
from pullproof.render.terraform.associations import moved, refuse_beside, to_move
from pullproof.render.terraform.changes import Change
from pullproof.render.terraform.describe import described, needs
from pullproof.render.terraform.hcl import Assign, index
from pullproof.render.terraform.inplace import MENTIONED, InPlace
from pullproof.render.terraform.keys import Calls, Pointer, pointer
from pullproof.render.terraform.modules_known import input_for
from pullproof.render.terraform.resources import make
from pullproof.render.terraform.styles import Styles
from pullproof.render.terraform.workspace import Workspace
from pullproof.render.terraform.writer import Fresh, Writer
from pullproof.sources.terraform.hcl import paths

HEADER = "# What keeps tasks from starting, mended. Written by `pullproof fix`."

#: An edit, or the statements that go to one policy together.
Unit = tuple[Edit, ...]


def standalone(edits: Iterable[Edit], estate: Estate, root: str | None, file: str) -> Rendered:
    """A new file with resources that refer to what exists; `root` None where the configuration is not at hand.

    Raises:
        UsageError: there is such a file already.
        InputError: the configuration cannot be read.
    """
    if paths.exists(file):
        raise UsageError(f"{file} exists already", remedy="--out another.tf, or --write to change your files")
    run = _Run(edits, estate, root)
    for unit in run.units:
        run.attempt(unit, run.beside)
    run.drop_uncovered()
    return run.as_files(file)


def in_place(edits: Iterable[Edit], estate: Estate, root: str) -> Rendered:
    """The configuration's own files, changed.

    Raises:
        InputError: the configuration cannot be read.
    """
    run = _Run(edits, estate, root, in_place=True)
    for unit in run.units:
        run.attempt(unit, run.within)
    run.make_changes()
    run.drop_uncovered()
    return run.as_patches()


class _Wish(msgspec.Struct):
    """A change that is wanted, and for which instances."""

    at: Pointer
    change: Change
    wanted: set[str] = msgspec.field(default_factory=set)
    units: list[Unit] = msgspec.field(default_factory=list)


class _Run:
    """One rendering: what is new, what changes, what cannot be."""

    def __init__(
        self, edits: Iterable[Edit], estate: Estate, root: str | None, *, in_place: bool = False
    ) -> None:
        self.workspace = Workspace(root) if root is not None else None
        self.writer = Writer(estate, self.workspace, may_add_outputs=in_place)
        self.styles = Styles(estate, self.workspace)
        self.units = in_order(united(edits))
        self.writer.trusting = frozenset(
            edit.role for unit in self.units for edit in unit if isinstance(edit, AddTrust)
        )
        self.fresh: list[Fresh] = []
        self.refusals: list[Refusal] = []
        self._wishes: dict[tuple[object, str, Change], _Wish] = {}
        self._scopes: dict[str, tuple[set[Calls], list[Unit]]] = {}

    def attempt(self, unit: Unit, how: Callable[[Unit], None]) -> None:
        """Write a unit, or note why not."""
        try:
            how(unit)
        except CannotWrite as cannot:
            self.refuse(unit, cannot)

    def refuse(self, unit: Unit, cannot: CannotWrite) -> None:
        """Note what cannot be written."""
        for edit in unit:
            remedy = input_for(self.workspace, edit) or cannot.remedy
            self.refusals.append(Refusal(edit=described(edit), why=cannot.why, remedy=remedy))

    def beside(self, unit: Unit) -> None:
        """Write a unit as new resources; what would have to change is said, and where it stands."""
        refuse_beside(self.writer, unit[0])
        changes = InPlace(self.writer, self.styles, beside=True).changes(unit)
        if not changes:
            self._add(unit)
            return
        at, change = changes[0]
        place = self.styles.place(at)
        raise CannotWrite(
            f"it changes {at.block}{f' at {place}' if place else ''}, which another file cannot do",
            f"{said(change)}, or let --write do it",
        )

    def within(self, unit: Unit) -> None:
        """Write a unit as changes, or as new resources where that is the way to write it."""
        moves = to_move(self.writer, unit[0])
        plain = InPlace(self.writer, self.styles).changes(unit)
        if not plain:
            self._add(unit)
            plain = moved(self.writer, unit[0], moves)
        if not plain:
            return
        several = any(len(self.writer.instances(at)) > 1 for at, _ in plain)
        placed = (
            InPlace(self.writer, self.styles, general=True).changes(unit) if several and not moves else plain
        )
        for at, change in placed:
            self._refuse_override(at)
            key = (self._directory(at), at.block, change)
            wish = self._wishes.setdefault(key, _Wish(at, change))
            wish.wanted.add(at.address)
            wish.units.append(unit)

    def make_changes(self) -> None:
        """Make the changes that are wanted for all instances of their block."""
        for wish in self._wishes.values():
            instances = self.writer.instances(wish.at) or {wish.at.address}
            left = sorted(instances - wish.wanted)
            try:
                if left:
                    raise _only_some(wish.at, left)
                if self.workspace is not None:
                    wish.change.make(self.workspace.find(wish.at))
            except CannotWrite as cannot:
                for unit in wish.units:
                    self.refuse(unit, cannot)

    def drop_uncovered(self) -> None:
        """Take out what would be made in every instance of a module and is wanted in some only."""
        for text, (scopes, units) in self._scopes.items():
            scope = next(iter(scopes))
            left = self.writer.module_instances(scope) - scopes
            if left:
                self.fresh = [one for one in self.fresh if not (one.scope in scopes and one.text() == text)]
                name = "".join(f"module.{part[0]}" for part in scope)
                others = ", ".join(sorted(_calls_text(calls) for calls in left))
                cannot = CannotWrite(
                    f"it would be written in {name}, which is also {others}", "mend all of them: --for all"
                )
                for unit in units:
                    self.refuse(unit, cannot)

    def as_files(self, file: str) -> Rendered:
        """New files: one beside the root module, and one in each other module that has a part."""
        texts: dict[str, list[str]] = {}
        for one in (*self.writer.asked.values(), *self.fresh):
            texts.setdefault(self._beside(one, file), []).append(one.text())
        patches = []
        for path, blocks in texts.items():
            if paths.exists(path):
                raise UsageError(f"{path} exists already", remedy="--out another.tf")
            after = "\n\n".join((HEADER, *dict.fromkeys(blocks))) + "\n"
            patches.append(Patch(path=path, before=None, after=after.encode()))
            if path != file:
                self.writer.note(f"{path} belongs to a module: what is in it is made for every call of it")
        return self._rendered(tuple(patches))

    def as_patches(self) -> Rendered:
        """The files that change, with what is new put where things like it are."""
        if self.workspace is None:
            return self._rendered(())
        placed = set[object]()
        for one in (*self.writer.asked.values(), *self.fresh):
            path = tuple(name for name, _ in one.scope)
            block = (self.workspace.module(path).directory, one.text())
            if block not in placed:  # another call of the same module asks for the same
                placed.add(block)
                self._place(one, self.workspace)
        self._add_outputs(self.workspace)
        return self._rendered(self.workspace.patches())

    def _add_outputs(self, workspace: Workspace) -> None:
        """The outputs that references came to need and that are in use, behind those that the module has."""
        texts = [document.now.decode("utf-8", "replace") for document in workspace.changed()]
        added = set[tuple[str, str]]()
        for (path, name), value in reversed(self.writer.refs.outputs.items()):
            if any(f"module.{path[-1]}" in text and f".{name}" in text for text in texts):
                document = workspace.outputs_file(path)
                if (document.path, name) in added:
                    continue  # another call of the same module needs it as well
                added.add((document.path, name))
                document.append(hcl.block(f'output "{name}"', (Assign("value", value),)))
                texts.append(document.now.decode("utf-8", "replace"))

    def _rendered(self, patches: tuple[Patch, ...]) -> Rendered:
        refusals = tuple(dict.fromkeys(self.refusals))
        return Rendered(patches=patches, refusals=refusals, notes=tuple(self.writer.notes))

    def _add(self, unit: Unit) -> None:
        """Make new resources in the outermost module from which everything can be named."""
        first: CannotWrite | None = None
        for scope in self._candidates(unit):
            try:
                made = make(self.writer, unit, scope)
            except CannotWrite as cannot:
                first = first or cannot
                continue
            self._keep(made, unit, scope)
            return
        raise first or CannotWrite("it refers to nothing that is known", "write it by hand")

    def _keep(self, made: list[Fresh], unit: Unit, scope: Calls) -> None:
        for one in made:
            if scope and self.workspace is not None and self.workspace.shared(tuple(n for n, _ in scope)):
                twin = next((old for old in self.fresh if _alike(old, one)), None)
                kept = twin if twin is not None else one
                scopes, units = self._scopes.setdefault(kept.text(), (set(), []))
                scopes.add(scope)
                units.append(unit)
                if twin is not None:
                    self._renamed(unit, one, twin, scope)
                    continue
            self.fresh.append(one)

    def _renamed(self, unit: Unit, one: Fresh, twin: Fresh, scope: Calls) -> None:
        """What refers to a resource that another instance has already given the module is to have its name."""
        for edit in unit:
            name = getattr(edit, "name", "")
            if name and self.writer.refs.made.get(name) == Pointer(scope, one.address):
                self.writer.make(new(name), Pointer(scope, twin.address))

    def _candidates(self, unit: Unit) -> list[Calls]:
        found: dict[Calls, None] = {(): None}
        for edit in unit:
            for key in sorted(needs(edit)):
                for name in (key, *holes(key)):
                    at = self.writer.refs.where(name) if name.startswith(NEW) else pointer(name)
                    if at is not None and self._may_hold(at.calls):
                        found[at.calls] = None
        return sorted(found, key=len)

    def _may_hold(self, calls: Calls) -> bool:
        path = tuple(name for name, _ in calls)
        return self.workspace is not None and self.workspace.is_local(path)

    def _beside(self, one: Fresh, file: str) -> str:
        if self.workspace is None or not one.scope:
            return file
        directory = self.workspace.module(tuple(name for name, _ in one.scope)).directory
        return paths.normal(paths.joined(directory, paths.name_of(file)))

    def _place(self, one: Fresh, workspace: Workspace) -> None:
        path = tuple(name for name, _ in one.scope)
        kin = [(document.path, labels) for labels, document in workspace.holds(path, one.type)]
        after = kin[-1] if kin else self._owner(one, path, workspace)
        if after is not None:
            document = workspace.document(after[0])
            document.append(one.text(), document.blocks()[after[1]])
        else:
            document = workspace.document(self._file_for(one, path, workspace))
            document.append(one.text())
        workspace.added(document, path, one.labels)

    def _owner(
        self, one: Fresh, path: tuple[str, ...], workspace: Workspace
    ) -> tuple[str, tuple[str, ...]] | None:
        """The block that a new one adds to."""
        at = self.writer.refs.where(one.beside) if one.beside else None
        if at is None or at.path != path:
            return None
        labels = ("data" if at.data else "resource", at.type, at.name)
        file = workspace.file_of(path, labels)
        return (file, labels) if file is not None else None

    def _file_for(self, one: Fresh, path: tuple[str, ...], workspace: Workspace) -> str:
        """The file of the first thing that a new block refers to, or that what refers to it does."""
        users = [other for other in self.fresh if one.address in MENTIONED.findall(other.text())]
        for block in (one, *users):
            for name in MENTIONED.findall(block.text()):
                at = pointer(name)
                kind = "data" if name.startswith("data.") else "resource"
                file = workspace.file_of(path, (kind, at.type, at.name)) if at is not None else None
                if file is not None:
                    return file
        return workspace.own_file(path).path

    def _directory(self, at: Pointer) -> object:
        module = self.workspace.project.module(at.path) if self.workspace is not None else None
        return module.directory if module is not None else at.path

    def _refuse_override(self, at: Pointer) -> None:
        kind = "data" if at.data else "resource"
        if self.workspace is not None and self.workspace.overridden(at.path, (kind, at.type, at.name)):
            raise CannotWrite(f"an override file has a say in {at.block}", "make the change there by hand")


def said(change: Change) -> str:
    """What a change is, for a person to make."""
    name, value = getattr(change, "name", ""), getattr(change, "value", None)
    if isinstance(value, str):
        return f"set {name} = {value}"
    item = getattr(change, "item", None)
    if isinstance(item, str):
        return f"add {' '.join(item.split())} to {name}"
    text = getattr(change, "text", None)
    if isinstance(text, str):
        return "add inside it: " + " ".join(text.split())
    return "add the statement to that policy"


def united(edits: Iterable[Edit]) -> list[Unit]:
    """Edits, with the statements that go to one policy together."""
    found: dict[object, list[Edit]] = {}
    for at, edit in enumerate(edits):
        key: object = (edit.kind, edit.holder) if isinstance(edit, AddStatement) else at
        held = found.setdefault(key, [])
        if edit not in held:
            held.append(edit)
    units = dict.fromkeys(tuple(held) for held in found.values())
    return list(units)


def in_order(units: Sequence[Unit]) -> list[Unit]:
    """Units after those that make what they refer to, else in the order in which they came."""
    makers = {new(name): unit for unit in units for edit in unit if (name := getattr(edit, "name", ""))}
    # The list of a service's addresses is best named by its gateway endpoint, if there is to be one.
    makers |= {
        managed_list(edit.service): unit
        for unit in units
        for edit in unit
        if isinstance(edit, AddEndpoint) and edit.type is EndpointType.GATEWAY
    }
    done: dict[Unit, None] = {}

    def add(unit: Unit, above: frozenset[Unit]) -> None:
        if unit in done or unit in above:
            return
        for edit in unit:
            for key in sorted(needs(edit)):
                for name in (key, *holes(key)):
                    made = ".".join(name.split(".")[:2]) if name.startswith(NEW) else name
                    if made in makers:
                        add(makers[made], above | {unit})
        done[unit] = None

    for unit in units:
        add(unit, frozenset())
    return list(done)


def _calls_text(calls: Calls) -> str:
    return ".".join(f"module.{name}{index(key)}" for name, key in calls)


def _alike(one: Fresh, other: Fresh) -> bool:
    return (one.type, one.items, [n for n, _ in one.scope]) == (
        other.type,
        other.items,
        [n for n, _ in other.scope],
    )


def _only_some(at: Pointer, left: list[str]) -> CannotWrite:
    more = "" if len(left) < 4 else f" and {len(left) - 3} more"
    return CannotWrite(
        f"{at.block} is written once for several instances, and the change is not wanted for"
        f" {', '.join(left[:3])}{more}",
        "make the change depend on each.key or count.index by hand, or mend all of them: --for all",
    )
