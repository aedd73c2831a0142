"""Edits of the user's own template: nothing outside of what is inserted changes by one byte."""

from collections.abc import Iterable, Mapping
from functools import partial

from pullproof.model import edits as e
from pullproof.model.estate import Estate
from pullproof.render.base import CannotWrite, Patch, Refusal, Rendered
from pullproof.render.cloudformation.names import ORDER, logical_id, properties_in_order
from pullproof.render.cloudformation.overlay import Overlay
from pullproof.render.cloudformation.planner import Planner
from pullproof.render.cloudformation.resolve import LISTS, REGION, Parameters, Resolver
from pullproof.render.cloudformation.splice import edited
from pullproof.render.cloudformation.stacks import Stack, Stacks
from pullproof.render.cloudformation.values import Change, Fn, Link, Make, Put, Value, Words


def render_in_place(
    edits: Iterable[e.Edit], estate: Estate, *, path: str, files: Mapping[str, bytes] | None = None
) -> Rendered:
    """The template at `path`, and those that it nests, with the edits in them.

    `files` stands in for the file system where it is given. Either a file can be patched as a whole or
    what cannot be written is among the refusals.

    Raises:
        InputError: a template cannot be read.
    """
    return InPlace(list(edits), estate, Stacks(path, files)).rendered()


class InPlace:
    """One run: where each change goes, how its references are spelt there, and what cannot be written."""

    def __init__(self, edits: list[e.Edit], estate: Estate, stacks: Stacks) -> None:
        self.estate = estate
        self.stacks = stacks
        self.planner = Planner(estate, stacks)
        self.planner.plan(edits)
        self.refusals = list(self.planner.refusals)
        self.homes: dict[str, str] = {}
        self.ids: dict[str, dict[str, tuple[str, str]]] = {}
        self.parameters: dict[str, Parameters] = {}
        for prefix, stack in self.stacks.by_prefix.items():
            self.ids[prefix] = self._held(stack)
        self.makes = sorted(self.planner.makes.values(), key=lambda make: ORDER.index(make.type))
        for make in self.makes:
            self.homes[make.key] = self._home(make)
        for make in self.makes:
            home = self.homes[make.key]
            self.ids[home][make.key] = (logical_id(make, self._taken(home)), make.type)

    def _held(self, stack: Stack) -> dict[str, tuple[str, str]]:
        held = {f"{stack.prefix}{name}": (name, kind) for name, kind in stack.types.items()}
        for name in stack.names("Parameters"):
            held.setdefault(f"{stack.prefix}{name}", (name, "Parameter"))
        return held

    def _taken(self, prefix: str) -> set[str]:
        stack = self.stacks.by_prefix[prefix]
        held = {
            name
            for section in ("Resources", "Parameters", "Conditions", "Mappings")
            for name in stack.names(section)
        }
        return held | {name for name, _ in self.ids[prefix].values()}

    def _home(self, make: Make) -> str:
        """The template of the first thing that a new resource refers to."""
        for link in _links(make.properties):
            found = self.stacks.holder(link.key)
            if found is not None:
                return found[0].prefix
            if link.key in self.homes:
                return self.homes[link.key]
            other = self.planner.makes.get(link.key)
            if other is not None and other is not make:
                return self._home(other)
        return ""

    def rendered(self) -> Rendered:
        """The patches of all files, or the refusals."""
        changes: list[Change] = [*self.planner.changes, *self.makes]
        while True:
            patches: list[Patch] = []
            overlays, failed = self._overlays(changes)
            if not failed:
                failed, patches = self._patches(overlays, changes)
            if not failed:
                break
            changes = [one for one in changes if one.edit not in failed]
            for make in [one for one in self.makes if one.edit in failed]:
                self.ids[self.homes[make.key]].pop(make.key, None)
        asked = [one.name for held in self.parameters.values() for one in held.found.values()]
        notes = [f"give the stack its new parameters: {', '.join(asked)}"] if asked else []
        return Rendered(
            patches=tuple(patches),
            refusals=tuple(dict.fromkeys(self.refusals)),
            notes=(*self.planner.notes, *notes),
        )

    def _refuse(self, edit: str, no: CannotWrite) -> None:
        self.refusals.append(Refusal(edit=edit, why=no.why, remedy=no.remedy))

    def _overlays(self, changes: list[Change]) -> tuple[dict[str, Overlay], set[str]]:
        """What each file is to gain, and the edits that cannot be spelt."""
        self.parameters = {
            prefix: Parameters(partial(self._taken, prefix)) for prefix in self.stacks.by_prefix
        }
        overlays: dict[str, Overlay] = {}
        failed: set[str] = set()
        for change in changes:
            try:
                self._lay(change, overlays)
            except CannotWrite as no:
                self._refuse(change.edit, no)
                failed.add(change.edit)
        for prefix, held in self.parameters.items():
            for one in held.found.values():
                overlays[prefix].put(("Parameters", one.name), one.value, "")
            for name, listed in held.lists.items():
                own = self.planner.region or REGION
                overlays[prefix].put((*LISTS, name), listed.replace(REGION, own), "")
        return overlays, failed

    def _lay(self, change: Change, overlays: dict[str, Overlay]) -> None:
        if isinstance(change, Make):
            prefix = self.homes[change.key]
            name = self.ids[prefix][change.key][0]
            value = self._resource(change, prefix)
            overlays.setdefault(prefix, Overlay()).put(
                ("Resources", name), value, change.edit, says=change.says
            )
            return
        found = self.stacks.holder(change.key)
        if found is None:
            raise CannotWrite(f"{change.key} is in none of the templates", "change it where it is written")
        stack, name = found
        spelt: Value = None if change.value is None else self._resolver(stack.prefix).value(change.value)
        overlay = overlays.setdefault(stack.prefix, Overlay())
        path = ("Resources", name, "Properties", *change.path)
        if isinstance(change, Put):
            overlay.put(path, spelt, change.edit, over=change.over)
        else:
            overlay.append(path, spelt, change.edit)

    def _resource(self, make: Make, prefix: str) -> dict[str, Value]:
        found: dict[str, Value] = {"Type": make.type}
        needs = [self.ids[prefix][key][0] for key in make.needs if key in self.ids[prefix]]
        if needs:
            found["DependsOn"] = needs[0] if len(needs) == 1 else needs
        return found | {"Properties": properties_in_order(self._resolver(prefix).value(make.properties))}

    def _resolver(self, prefix: str) -> Resolver:
        return Resolver(self.estate, self.ids[prefix], lambda link: self._elsewhere(prefix, link))

    def _elsewhere(self, prefix: str, link: Link) -> Value:
        """A thing that this template does not hold: of another template, or of none."""
        if link.key.startswith(e.NEW) and not link.key.endswith(".prefix_list_id"):
            other = self.homes.get(link.key)
            if other is None or link.key not in self.ids[other]:
                raise CannotWrite(
                    f"it needs {link.key}, which cannot be written", "mend the other refusal first"
                )
            raise self._across(prefix, other, self.ids[other][link.key][0])
        found = self.stacks.holder(link.key)
        if found is None:
            if link.attribute == "dns_entries":
                raise CannotWrite(
                    f"the DNS name of {link.key} is not known here",
                    f"add the record by hand, with the DNS name of {link.key}",
                )
            return self.parameters[prefix].of(link)
        value = self.stacks.across(prefix, link.key)
        if value is None or link.attribute not in ("id", ""):
            raise self._across(prefix, found[0].prefix, found[1])
        return value

    def _across(self, prefix: str, other: str, name: str) -> CannotWrite:
        here = self.stacks.by_prefix[prefix].document.path
        there = self.stacks.by_prefix[other].document.path
        return CannotWrite(
            f"{here} would have to refer to {name} of {there}, and nothing leads from one to the other",
            f"give {there} an output for {name}, hand it to {here} as a parameter, and run this again",
        )

    def _patches(self, overlays: dict[str, Overlay], changes: list[Change]) -> tuple[set[str], list[Patch]]:
        """Every file with its overlay; where that fails, the edits that are to blame."""
        failed: set[str] = set()
        patches = []
        for prefix, overlay in overlays.items():
            stack = self.stacks.by_prefix[prefix]
            try:
                text = edited(stack.document, overlay)
            except CannotWrite as no:
                failed |= self._blamed(prefix, changes, no)
                continue
            after = stack.document.mark + text.encode()
            patches.append(Patch(path=stack.document.path, before=stack.before, after=after))
        return failed, patches

    def _blamed(self, prefix: str, changes: list[Change], why: CannotWrite) -> set[str]:
        """Each edit tried alone; if none fails so, all of them in that file are refused."""
        failed: set[str] = set()
        inside: list[str] = []
        for edit in dict.fromkeys(change.edit for change in changes):
            own = [change for change in changes if change.edit == edit]
            overlays, _ = self._overlays(own)
            if prefix not in overlays:
                continue
            inside.append(edit)
            try:
                edited(self.stacks.by_prefix[prefix].document, overlays[prefix])
            except CannotWrite as no:
                self._refuse(edit, no)
                failed.add(edit)
        if not failed:
            for edit in inside:
                self._refuse(edit, why)
        return failed or set(inside)


def _links(value: Value) -> Iterable[Link]:
    if isinstance(value, Link):
        yield value
    elif isinstance(value, Words):
        yield from (part for part in value.parts if isinstance(part, Link))
    elif isinstance(value, Fn):
        yield from _links(value.argument)
    elif isinstance(value, list):
        for item in value:
            yield from _links(item)
    elif isinstance(value, dict):
        for item in value.values():
            yield from _links(item)
