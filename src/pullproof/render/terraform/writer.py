"""What every edit is written with: the estate, references, names that are free, and data sources as needed."""

from collections.abc import Iterator

import msgspec

from pullproof.model.edits import MANAGED, NEW
from pullproof.model.endpoints import EndpointType
from pullproof.model.estate import Estate
from pullproof.model.text import HOLE, OPEN, Text
from pullproof.render.base import CannotWrite
from pullproof.render.terraform import hcl
from pullproof.render.terraform.hcl import Assign, Item
from pullproof.render.terraform.keys import Calls, Pointer, pointer
from pullproof.render.terraform.refs import Refs
from pullproof.render.terraform.workspace import Workspace

#: Holes that are no attribute of a resource, and the data source that tells them.
#: `id` is the region's name in every version of the provider; later ones warn of `name`.
ASKED = {
    "account": ("aws_caller_identity", "account_id"),
    "region": ("aws_region", "id"),
}
#: Kinds of nouns that have ARNs which policies name.
NAMED = ("repositories", "secrets", "parameters", "keys", "log_groups", "buckets", "file_systems", "roles")


class Fresh(msgspec.Struct, frozen=True):
    """A block that is to be written: in which module instance, of which type, by which name."""

    scope: Calls
    type: str
    name: str
    items: tuple[Item, ...]
    data: bool = False
    #: Whose edit asked for it: the block goes where things like this one are.
    beside: str = ""

    @property
    def labels(self) -> tuple[str, ...]:
        """As the block's head has them."""
        return ("data" if self.data else "resource", self.type, self.name)

    @property
    def address(self) -> str:
        """`TYPE.NAME`, or `data.TYPE.NAME`."""
        return f"{'data.' if self.data else ''}{self.type}.{self.name}"

    def text(self) -> str:
        """The block as it is written."""
        return hcl.block(f'{self.labels[0]} "{self.type}" "{self.name}"', self.items)


class Names:
    """Names that are free in a module, by type; what one edit takes the next one does not get."""

    def __init__(self, workspace: Workspace | None, estate: Estate) -> None:
        self._workspace = workspace
        self._known: dict[tuple[tuple[str, ...], str], set[str]] = {}
        self._estate = estate

    def free(self, scope: Calls, kind: str, wanted: str) -> str:
        """A name like the one that is wanted."""
        path = tuple(name for name, _ in scope)
        taken = self._known.setdefault((path, kind), self._taken(path, kind))
        name, more = hcl.label(wanted), 1
        while name in taken:
            more += 1
            name = f"{hcl.label(wanted)}_{more}"
        taken.add(name)
        return name

    def _taken(self, path: tuple[str, ...], kind: str) -> set[str]:
        if self._workspace is not None:
            return self._workspace.taken(path, kind)
        return {
            at.name
            for key in every_key(self._estate)
            if (at := pointer(key)) is not None and at.type == kind and at.path == path
        }


class Writer:
    """One run of rendering: what edits are written with, and the data sources that they came to need."""

    def __init__(self, estate: Estate, workspace: Workspace | None, *, may_add_outputs: bool = False) -> None:
        self.estate = estate
        self.workspace = workspace
        self.refs = Refs(workspace, may_add=may_add_outputs)
        self.names = Names(workspace, estate)
        self.asked: dict[tuple[Calls, str, str], Fresh] = {}
        self.notes: dict[str, None] = {}
        #: The gateway endpoints that are made, by service.
        self.gateways: dict[Text, list[Pointer]] = {}
        #: The roles that ECS tasks are to be let in by.
        self.trusting: frozenset[str] = frozenset()
        #: Blocks of groups whose new rules refer to one another.
        self._referring: dict[object, set[object]] = {}
        self._wraps: dict[tuple[tuple[str, ...], str], str] = {}
        self._arns = _arns(estate)
        self._instances: dict[tuple[object, str], set[str]] = {}
        #: The instances of modules that the estate shows something in, by directory or path.
        self._calls: dict[object, set[Calls]] = {}
        for key in every_key(estate):
            at = pointer(key)
            if at is not None and not at.rest:
                place = self._place(at)
                self._instances.setdefault(place, set()).add(key)
                self._calls.setdefault(place[0], set()).add(at.calls)

    def note(self, text: str) -> None:
        """Something that whoever applies this should know; said once."""
        self.notes[text] = None

    def refer(self, group: str, peer: str) -> bool:
        """Let a group's block refer to another group's; whether that is no circle of new references."""
        start, goal = self._block(group), self._block(peer)
        seen, waiting = set[object](), [goal]
        while waiting:
            name = waiting.pop()
            if name == start:
                return False
            if name not in seen:
                seen.add(name)
                waiting += self._referring.get(name, ())
        self._referring.setdefault(start, set()).add(goal)
        return True

    def _block(self, key: str) -> object:
        at = self.refs.where(key)
        return key if at is None else (at.path, at.block)

    def instances(self, at: Pointer) -> frozenset[str]:
        """The keys of everything that is written in the same block."""
        return frozenset(self._instances.get(self._place(at), ()))

    def module_instances(self, scope: Calls) -> frozenset[Calls]:
        """The instances of the module that one of them is: a text in it stands in all of them."""
        place = self._place(Pointer(scope, ""))[0]
        return frozenset(self._calls.get(place, ())) | {scope}

    def _place(self, at: Pointer) -> tuple[object, str]:
        module = self.workspace.project.module(at.path) if self.workspace is not None else None
        return (module.directory if module is not None else at.path, at.block)

    def make(self, name: str, at: Pointer) -> None:
        """Remember where a new thing is."""
        self.refs.made[name.removeprefix(NEW)] = at

    def wrapping(self, at: Pointer) -> str:
        """The name of the data source that adds to the policy of a block; the same for all of its instances."""
        place = (at.path, at.block)
        if place not in self._wraps:
            self._wraps[place] = self.names.free(at.calls, "aws_iam_policy_document", f"{at.name}_more")
        return self._wraps[place]

    def text(self, text: Text, scope: Calls, own: str | int | None = None) -> str:
        """A string expression; what is known only by name becomes a reference.

        Raises:
            CannotWrite: a part of it stands for anything at all, or nothing leads to it.
        """
        named = self._named(text, scope, own)
        if named is not None:
            return named
        parts: list[tuple[bool, str]] = []
        end = 0
        for found in HOLE.finditer(text):
            if found.start() > end:
                parts.append((False, text[end : found.start()]))
            parts.append((True, self._hole(found[1], scope, own)))
            end = found.end()
        if end < len(text) or not parts:
            parts.append((False, text[end:]))
        return hcl.template(parts)

    def asks(self, scope: Calls, kind: str, name: str, items: tuple[Item, ...] = ()) -> str:
        """The address of a data source, which is added where there is none like it yet."""
        place = (scope, kind, repr(items))
        if place not in self.asked:
            there = self._existing(scope, kind, items)
            if there:
                return there
            free = self.names.free(scope, kind, name)
            self.asked[place] = Fresh(scope, kind, free, items, data=True)
        return self.asked[place].address

    def prefix_list(self, key: str, scope: Calls) -> str:
        """The id of a prefix list: of the endpoint that has it, or looked up by its name.

        Raises:
            CannotWrite: it is neither known where it is nor by name.
        """
        held = self.estate.prefix_lists.get(key)
        plain = key.removeprefix(MANAGED)
        name = held.name if held is not None and isinstance(held.name, str) else plain
        aws_own = "com.amazonaws." in name
        at = None if key.startswith(MANAGED) else self._list_at(key, may_miss=aws_own)
        for place in (at, *(self._endpoints_of(name) if aws_own else ())):
            if place is not None:
                try:
                    return self.refs.at(
                        place, "prefix_list_id" if place.type == "aws_vpc_endpoint" else "id", scope
                    )
                except CannotWrite:
                    if not aws_own:
                        raise
        if not aws_own:
            return hcl.quoted(key)
        wanted = self.text(name, scope)
        label = name.rpartition(".")[2] if OPEN not in name.rpartition(".")[2] else "aws"
        found = self.asks(scope, "aws_ec2_managed_prefix_list", label, (Assign("name", wanted),))
        return f"{found}.id"

    def _list_at(self, key: str, *, may_miss: bool) -> Pointer | None:
        try:
            return self.refs.where(key)
        except CannotWrite:
            if may_miss:
                return None
            raise

    def _endpoints_of(self, service: Text) -> Iterator[Pointer]:
        """Gateway endpoints of a service, which know the list of its addresses: new ones, then others."""
        yield from self.gateways.get(service, ())
        for endpoint in self.estate.endpoints.values():
            at = pointer(endpoint.key)
            if endpoint.service == service and endpoint.type is EndpointType.GATEWAY and at is not None:
                yield at

    def _existing(self, scope: Calls, kind: str, items: tuple[Item, ...]) -> str:
        """A data source of the module that asks the same."""
        if self.workspace is None:
            return ""
        path = tuple(name for name, _ in scope)
        wanted = {item.name: item.value for item in items if isinstance(item, Assign)}
        for key, block in self.workspace.module(path).resources.items():
            written = {name: source.text.strip() for name, source in block.attributes.items()}
            if key.startswith(f"data.{kind}.") and written == wanted and not block.blocks:
                return key
        return ""

    def _named(self, text: Text, scope: Calls, own: str | int | None) -> str | None:
        """A reference to the resource whose ARN the text begins with."""
        for end in (len(text), *_ends(text)):
            key = self._arns.get(text[:end])
            if key is None:
                continue
            try:
                expression = self.refs.of(key, "arn", scope, own)
            except CannotWrite:
                if OPEN in text:
                    raise
                continue
            if expression.startswith('"'):
                continue
            rest = text[end:]
            return hcl.template([(True, expression), (False, rest)]) if rest else expression
        return None

    def _hole(self, name: str, scope: Calls, own: str | int | None) -> str:
        if name in ASKED:
            kind, attribute = ASKED[name]
            return f"{self.asks(scope, kind, 'current')}.{attribute}"
        if name.startswith(NEW):
            return self.refs.of(name, "id", scope)
        at = pointer(name)
        if name.startswith("?") or at is None or not at.rest:
            raise CannotWrite("a part of the text is not known here", "write it by hand")
        return self.refs.at(at, "id", scope, own)


def _ends(text: Text) -> Iterator[int]:
    """Where an ARN may end in a text, the longest first."""
    for at in range(len(text) - 1, 0, -1):
        if text[at] in ":/-?*":
            yield at


def _arns(estate: Estate) -> dict[Text, str]:
    found: dict[Text, str] = {}
    for kind in NAMED:
        for noun in getattr(estate, kind).values():
            if pointer(noun.key) is not None and noun.arn:
                found.setdefault(noun.arn, noun.key)
    return found


def every_key(estate: Estate) -> Iterator[str]:
    """The keys of all nouns, and of what stands for itself as a place where something is written."""
    for held in vars(estate).values():
        if isinstance(held, dict):
            yield from (key for key in held if isinstance(key, str))
