"""What stacks export, and which export an import means."""

from typing import Any

from pullproof.model.text import HOLE, OPEN, Text, is_exact, shown
from pullproof.model.value import Unknown
from pullproof.sources.cloudformation.interface import Frame, Written
from pullproof.sources.cloudformation.references import output_of
from pullproof.sources.cloudformation.run import Run
from pullproof.sources.cloudformation.stack import Export


class Exports:
    """The exports of all stacks of a reading, found when the first import asks."""

    def __init__(self, run: Run) -> None:
        self.run = run
        self._noted: set[tuple[str, str]] = set()
        self._all: list[tuple[Text, Frame, Written]] | None = None

    def every(self) -> list[tuple[Text, Frame, Written]]:
        """Name, stack and output of each export."""
        if self._all is None:
            self._all = []
            found = [
                (name, frame, output)
                for root in self.run.frames
                for frame in root.every()
                for output in frame.outputs.values()
                if (name := _name(frame, output)) is not None
            ]
            self._all = found
        return self._all

    def imported(self, name: Text, into: Frame, at: str) -> Any:
        """What an import means; None where no export of the input can be meant."""
        if is_exact(name) and name in self.run.given.imports:
            self.run.used.add(name)
            return self.run.given.imports[name]
        others = [each for each in self.every() if each[1] is not into]
        exact = [
            each
            for each in others
            if each[0] == name and _same_place(each[1], into) and f"{OPEN}?" not in name
        ]
        if exact:
            return output_of(exact[0][1], exact[0][2], at)
        close = [each for each in others if _may_be(each[0], name) and _same_place(each[1], into)]
        if len(close) != 1:
            return None
        export, frame, output = close[0]
        if (pair := (into.document.path, frame.document.path)) not in self._noted:
            self._noted.add(pair)
            self.run.notes[
                f"{pair[0]} is taken to import from the stack of {pair[1]}, whose name is not told:"
                f" {shown(name)} is {shown(export)}"
            ] = None
        return output_of(frame, output, at)

    def listed(self) -> tuple[Export, ...]:
        """All exports with their values."""
        return tuple(
            Export(name=name, value=output_of(frame, output, name), stack=frame.address)
            for name, frame, output in self.every()
            if frame.facts().decide(frame.presence(output)) is not False
        )


def _name(frame: Frame, output: Written) -> Text | None:
    export = output.said.get("Export")
    if not isinstance(export, dict) or "Name" not in export:
        return None
    if frame.facts().decide(frame.presence(output)) is False:
        return None
    return frame.evaluator(at=f"export {output.name}").text(export["Name"])


def _same_place(one: Frame, other: Frame) -> bool:
    """Whether two stacks may share exports: those of another region or account are not seen."""
    pairs = ((one.place.region, other.place.region), (one.place.account, other.place.account))
    return all(isinstance(a, Unknown) or isinstance(b, Unknown) or a == b for a, b in pairs)


def _may_be(export: Text, wanted: Text) -> bool:
    """Whether two names can be the same text, and have some text in common that says so."""
    if OPEN not in export and OPEN not in wanted:
        return False
    (first, last), (head, tail) = _ends(export), _ends(wanted)
    starts = first.startswith(head) or head.startswith(first)
    ends = last.endswith(tail) or tail.endswith(last)
    if OPEN not in wanted and len(first) + len(last) >= len(wanted):
        return False
    if OPEN not in export and len(head) + len(tail) >= len(export):
        return False
    return starts and ends and bool((first and head) or (last and tail))


def _ends(text: Text) -> tuple[str, str]:
    """What is known of the beginning and of the end of a text."""
    parts = HOLE.split(text)
    return parts[0], parts[-1]
