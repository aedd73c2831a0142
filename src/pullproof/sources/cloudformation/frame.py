"""One stack while it is worked out: its parameters, mappings, conditions, resources and outputs."""

from collections.abc import Iterator, Mapping
from typing import Any

from pullproof.errors import InputError
from pullproof.model.value import Unknown
from pullproof.sources.cloudformation.conditions import TRUE, Facts, Formula, joined
from pullproof.sources.cloudformation.document import Document
from pullproof.sources.cloudformation.evaluate import Evaluation
from pullproof.sources.cloudformation.interface import Evaluator, Frame, Place, Written
from pullproof.sources.cloudformation.loops import Loops
from pullproof.sources.cloudformation.names import near
from pullproof.sources.cloudformation.parameters import declared
from pullproof.sources.cloudformation.run import Run
from pullproof.sources.cloudformation.transforms import ADDING, macro_of, transforms_of


class StackFrame:
    """One stack. `files` finds what nested templates are; `guard` is what the stack itself hangs on."""

    def __init__(  # the parts of a stack
        self,
        run: Run,
        document: Document,
        address: str,
        place: Place,
        given: Mapping[str, Any],
        *,
        parent: "StackFrame | None" = None,
        guard: Formula = TRUE,
    ) -> None:
        self.run = run
        self.document = document
        self.address = address
        self.place = place
        self.parent = parent
        self.guard = guard
        self.parameters = declared(run, document, address, given, by_stack=parent is not None)
        self._loops = Loops(self)
        self.children: dict[str, Frame | Unknown] = {}
        self._conditions: dict[str, Formula] = {}
        self._working: list[str] = []
        self._resources: dict[str, Written] | None = None
        self._outputs: dict[str, Written] | None = None
        self._mappings: dict[str, Any] | None = None
        transforms = transforms_of(document)
        #: Why the template may become anything, if a macro is not known.
        self.macro = macro_of(document, transforms, address)
        #: Whether transforms make resources that the template does not write.
        self.rewritten = self.macro is not None or any(name in ADDING for name in transforms)

    def key(self, name: str) -> str:
        """The address of something in this stack."""
        return f"{self.address}.{name}" if self.address else name

    def facts(self) -> Facts:
        """What holds before anything is supposed but that the stack is there."""
        facts = Facts(self.run.domains)
        return facts if self.guard is TRUE else facts.suppose(self.guard, truth=True)

    def evaluator(self, facts: Facts | None = None, at: str = "") -> Evaluator:
        """What works out values of this stack."""
        return Evaluation(self, facts or self.facts(), at or self.address)

    @property
    def mappings(self) -> dict[str, Any]:
        """The maps of the template."""
        if self._mappings is None:
            node = self.document.sections.get("Mappings")
            said = self.document.value(node) if node is not None else {}
            self._mappings = said if isinstance(said, dict) else {}
        return self._mappings

    def condition(self, name: str, place: str) -> Formula:
        """A condition of the template by its name.

        Raises:
            InputError: there is none, or it leads back to itself.
        """
        if name in self._conditions:
            return self._conditions[name]
        written = self._written_conditions()
        if name not in written:
            raise InputError(
                f"there is no condition {name}", place=place, remedy=near(name, written) or "declare it"
            )
        if name in self._working:
            way = " -> ".join([*self._working[self._working.index(name) :], name])
            raise InputError(f"conditions lead back to themselves: {way}", place=place)
        self._working.append(name)
        try:
            found = self.evaluator(Facts(self.run.domains)).formula(written[name], self.key(name))
        finally:
            self._working.pop()
        self._conditions[name] = found
        return found

    def _written_conditions(self) -> dict[str, Any]:
        node = self.document.sections.get("Conditions")
        if node is None:
            return {}
        return self._loops.conditions(self.document.pairs(node))

    @property
    def resources(self) -> dict[str, Written]:
        """The resources as they are written, loops carried out."""
        if self._resources is None:
            node = self.document.sections.get("Resources")
            self._resources = {}
            for name, said, at in self._loops.entries(node, "Resources"):
                self._resources[name] = Written(name, said, at)
        return self._resources

    @property
    def outputs(self) -> dict[str, Written]:
        """The outputs as they are written, loops carried out."""
        if self._outputs is None:
            node = self.document.sections.get("Outputs")
            self._outputs = {}
            for name, said, at in self._loops.entries(node, "Outputs"):
                self._outputs[name] = Written(name, said, at)
        return self._outputs

    def presence(self, written: Written) -> Formula:
        """What a resource or an output hangs on, the stack around it included."""
        if not written.condition:
            return self.guard
        own = self.condition(written.condition, self.document.place(written.node))
        return joined("and", [self.guard, own])

    def line(self, written: Written) -> str:
        """Where something is written."""
        return self.document.place(written.node)

    def turns(self, name: str, said: Any, place: str) -> Iterator[tuple[str | Unknown, Any]]:
        """The keys and values that a loop makes."""
        return self._loops.turns(name, said, place)

    def child(self, written: Written, place: str) -> Frame | Unknown:
        """The stack that a resource makes.

        Raises:
            InputError: it needs what it puts out itself.
        """
        key = (self.key(written.name), "Outputs")
        if written.name not in self.children:
            if key in self.run.working:
                problem = f"the stack {key[0]} needs its own outputs before it is made"
                raise InputError(problem, place=place)
            self.run.working.append(key)
            try:
                self.children[written.name] = self.run.open_nested(self, written)
            finally:
                self.run.working.pop()
        return self.children[written.name]

    def every(self) -> Iterator["StackFrame"]:
        """This stack and all nested ones that were read."""
        yield self
        for child in self.children.values():
            if isinstance(child, StackFrame):
                yield from child.every()
