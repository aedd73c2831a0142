"""Text put into a template at the right places, and nowhere else.

Nothing that is written is written anew: there are only insertions, and single values replaced. The
result is read back and compared with what was meant; where they differ the edit is refused.
"""

import re

import msgspec

from pullproof.errors import InputError
from pullproof.render.base import CannotWrite
from pullproof.render.cloudformation.document import Document, Node, function, plain, read
from pullproof.render.cloudformation.overlay import NOTHING, Overlay, comparable, laid
from pullproof.render.cloudformation.values import Fn, Value
from pullproof.render.cloudformation.write import Style, comment, dashed, flow, json_text, pair, scalar
from pullproof.render.cloudformation.write import block as block_lines


class Splice(msgspec.Struct, frozen=True, order=True):
    """`text` in place of what stands between two offsets; `turn` orders those at one offset."""

    start: int
    end: int
    turn: int
    text: str


class Writer:
    """Turns overlays into splices of one file."""

    def __init__(self, document: Document) -> None:
        self.document = document
        self.text = document.text
        self.style = style_of(document)
        self.splices: list[Splice] = []

    def visit(self, node: Node, overlay: Overlay) -> None:
        """Lay an overlay over a node of the file.

        Raises:
            CannotWrite: what is written there cannot be edited safely.
        """
        self._may_change(node, overlay)
        if overlay.value is not NOTHING:
            self._replace(node, overlay)
        elif overlay.added:
            self._append(node, overlay)
        elif node.kind == "list" and all(str(name).isdecimal() for name in overlay.inner):
            for name, one in overlay.inner.items():
                self.visit(node.items[int(name)], one)
        elif node.kind == "map":
            self._map(node, overlay)
        else:
            self._fill(node, overlay.whole())

    def _may_change(self, node: Node, overlay: Overlay) -> None:
        if node.kind == "alias" or node.anchor in self.document.shared:
            raise CannotWrite(
                f"line {self._line(node)} of {self.document.path} is shared by an anchor, so that an edit would"
                " change more than one place",
                "write it out where it is used, and run this again",
            )
        found = function(node)
        if found is not None and not (overlay.over and overlay.value is not NOTHING):
            raise CannotWrite(
                f"line {self._line(node)} of {self.document.path} is {found.long}, whose value is decided when the"
                " stack is made",
                "change what it refers to, or write the value itself there, and run this again",
            )

    def _line(self, node: Node) -> int:
        return self.text.count("\n", 0, node.start) + 1

    def _map(self, node: Node, overlay: Overlay) -> None:
        gone = [name for name in overlay.gone if node.get(name) is not None]
        new = [name for name in overlay.inner if node.get(str(name)) is None]
        if new and any(key.text == "<<" for key, _ in node.pairs):
            raise CannotWrite(
                f"line {self._line(node)} of {self.document.path} takes keys from an anchor, {new[0]} perhaps"
                " among them",
                "write them out, and run this again",
            )
        if gone:
            if len(gone) != len(new):
                raise CannotWrite(f"{gone[0]} would have to be taken away", f"take {gone[0]} away by hand")
            for old, name in zip(gone, new, strict=True):
                self._rename(node, old, str(name), overlay.inner[name])
            new = []
        for name, one in overlay.inner.items():
            held = node.get(str(name))
            if held is not None:
                self.visit(held, one)
        if node.flow:
            self._into_brackets(node, [(str(name), overlay.inner[name].whole()) for name in new])
            return
        for name in new:
            self._insert(node, str(name), overlay.inner[name])

    def _rename(self, node: Node, old: str, name: str, overlay: Overlay) -> None:
        """One key and value in place of another."""
        key, value = next(one for one in node.pairs if one[0].text == old)
        if "\n" in self.text[value.start : self._end(value)]:
            raise CannotWrite(f"{old} is written over several lines", f"put {name} in its place by hand")
        self._add(key.start, key.end, self._key(name, node))
        self._add(value.start, self._end(value), self._inline(overlay.whole()))

    def _key(self, name: str, node: Node) -> str:
        return json_text(name) if node.flow and self.document.json else scalar(name)

    def _inline(self, value: Value) -> str:
        if self.document.json:
            return json_text(value, tight=self._tight())
        return flow(value) if isinstance(value, Fn | list | dict) else scalar(value)

    def _tight(self) -> bool:
        return self.document.json and '":' in self.text and '": ' not in self.text

    def _replace(self, node: Node, overlay: Overlay) -> None:
        if node.empty:
            self._fill(node, overlay.whole())
            return
        value = overlay.whole()
        if function(node) is None and (
            "\n" in self.text[node.start : self._end(node)] or node.style in ("|", ">")
        ):
            raise CannotWrite(
                f"the value at line {self._line(node)} of {self.document.path} is written over several lines",
                f"write {self._inline(value)} there by hand",
            )
        self._add(node.start, self._end(node), self._inline(value))

    def _fill(self, node: Node, value: Value) -> None:
        """A value where a key has none."""
        if not (node.empty or (node.kind == "scalar" and node.tag.endswith(":null"))):
            raise CannotWrite(
                f"line {self._line(node)} of {self.document.path} has another kind of value than is known there",
                "change it by hand",
            )
        if self.document.json or not node.empty:
            self._add(node.start, node.end, self._inline(value))
            return
        if isinstance(value, dict | list) and value:
            line = self.text.rfind("\n", 0, node.start) + 1
            self._lines(self._after_line(node.start), self._block_below(line, value))
        else:
            self._add(node.start, node.end, " " + self._inline(value))

    def _insert(self, node: Node, name: str, overlay: Overlay) -> None:
        """A new key at the end of a mapping."""
        value = overlay.whole()
        column = node.pairs[0][0].column
        lines = pair(name, value, self.style, column)
        if overlay.says:
            lines = [f"{' ' * column}# {comment(overlay.says)}", *lines]
        if isinstance(value, dict) and "Type" in value and self._apart(node, "Properties" in value):
            lines = ["", *lines]
        self._lines(self._after(node, column), lines)

    def _apart(self, node: Node, alone: bool) -> bool:  # noqa: FBT001
        """Whether blank lines stand between the entries of a mapping; `alone` is the answer for one entry."""
        if len(node.pairs) < 2:
            return alone
        before, after = self._end(node.pairs[-2][1]), node.pairs[-1][0].start
        return bool(re.search(r"\n[ \t]*\r?\n", self.text[before:after]))

    def _append(self, node: Node, overlay: Overlay) -> None:
        if node.kind == "list" and overlay.inner:
            for name, one in overlay.inner.items():
                self.visit(node.items[int(name)], one)
        if node.empty or node.tag.endswith(":null"):
            self._fill(node, list(overlay.added))
        elif node.kind == "list" and node.flow:
            self._into_brackets(node, [("", item) for item in overlay.added])
        elif node.kind == "list":
            column, style = self._list_style(node)
            lines = [line for item in overlay.added for line in dashed(item, style, column)]
            self._lines(self._after(node, column), lines)
        elif node.kind == "map":
            self._wrap(node, overlay.added)
        else:
            raise CannotWrite(
                f"line {self._line(node)} of {self.document.path} has no list where one is known",
                "make it a list, and run this again",
            )

    def _list_style(self, node: Node) -> tuple[int, Style]:
        """The column of a list's dashes, and the style of the file with as many spaces after them."""
        last = node.items[-1]
        line = self.text.rfind("\n", 0, last.start) + 1
        dash = self.text.rfind("-", line, last.start)
        if dash < 0:
            return node.column, self.style
        column, spaces = dash - line, last.column - (dash - line) - 1
        if self.text[line:dash].strip(" -") or last.flow or last.kind != "map":
            return column, self.style
        return column, msgspec.structs.replace(self.style, dash=max(spaces, 1))

    def _wrap(self, node: Node, added: list[Value]) -> None:
        """A single mapping where a list may be becomes the first item of one."""
        if node.flow:
            self._add(node.start, node.start, "[")
            self._add(node.end, node.end, "".join(f", {self._inline(item)}" for item in added) + "]")
            return
        before = self.text[node.start - 2 : node.start]
        if before != "  ":
            raise CannotWrite(f"line {self._line(node)} of {self.document.path} is no list", "make it a list")
        self._add(node.start - 2, node.start, "- ")
        lines = [line for item in added for line in dashed(item, self.style, node.column - 2)]
        self._lines(self._after(node, node.column - 2), lines)

    def _into_brackets(self, node: Node, entries: list[tuple[str, Value]]) -> None:
        """More entries of a mapping or list in brackets, on lines of their own where the others are."""
        last = node.pairs[-1][1] if node.pairs else node.items[-1] if node.items else None
        if last is None or not entries:
            self._first(node, entries)
            return
        first = node.pairs[0][0] if node.pairs else node.items[0]
        closing, end = node.end - 1, self._end(last)
        bare = re.sub(r"#[^\r\n]*", lambda found: " " * len(found[0]), self.text[end:closing])
        comma = bare.find(",")
        if comma < 0:
            self._add(end, end, ",")
        else:
            end += comma + 1
        if "\n" in self.text[node.start : first.start] and "\n" in self.text[end:closing]:
            indent = self.text[self.text.rfind("\n", 0, first.start) + 1 : first.start]
            text = [self._named(name, self._own_lines(value, indent)) for name, value in entries]
            place, before, glue = self._line_end(end), self.style.end + indent, "," + self.style.end + indent
        else:
            text = [self._named(name, self._inline(value)) for name, value in entries]
            place, before, glue = end, "" if self._tight() else " ", self._glue()
        self._add(place, place, before + glue.join(text) + ("," if comma >= 0 else ""))

    def _glue(self) -> str:
        return "," if self._tight() else ", "

    def _first(self, node: Node, entries: list[tuple[str, Value]]) -> None:
        """The first entries between brackets that are empty; as a block where the file has blocks."""
        if not entries:
            return
        line = self.text.rfind("\n", 0, node.start) + 1
        before, after = self.text[line : node.start], self.text[node.end : self._line_end(node.end)]
        if not self.document.json and re.fullmatch(r"[ -]*[\w:\"']+: +", before) and not after.strip():
            value: Value = dict(entries) if node.kind == "map" else [item for _, item in entries]
            self._add(node.start - len(before) + len(before.rstrip()), node.end, "")
            self._lines(self._after_line(node.end), self._block_below(line, value))
            return
        text = self._glue().join(self._named(name, self._inline(value)) for name, value in entries)
        self._add(node.end - 1, node.end - 1, text)

    def _block_below(self, line: int, value: Value) -> list[str]:
        """A block as the value of the key on the line that begins at an offset."""
        end = self._line_end(line)
        indent = len(self.text[line:end]) - len(self.text[line:end].lstrip(" -"))
        deeper = self.style.step if isinstance(value, dict) or self.style.deeper else 0
        return block_lines(value, self.style, indent + deeper)

    def _own_lines(self, value: Value, indent: str) -> str:
        if not self.document.json:
            return flow(value)
        step = self._json_step()
        return json_text(value, indent=step, before=indent).replace("\n", self.style.end)

    def _json_step(self) -> str:
        found = re.search(r"\n([ \t]+)", self.text)
        return found[1] if found else ""

    def _named(self, name: str, text: str) -> str:
        if not name:
            return text
        head = json_text(name) if self.document.json else scalar(name)
        return f"{head}:{'' if self._tight() else ' '}{text}"

    def _end(self, node: Node) -> int:
        """Where the text of a node ends, without what its parser takes for a part of it."""
        if node.kind in ("map", "list") and not node.flow:
            last = node.pairs[-1][1] if node.pairs else node.items[-1] if node.items else None
            return max(self._end(last), node.pairs[-1][0].end if node.pairs else 0) if last else node.end
        if node.style in ("|", ">"):
            head = self.text[node.start : self.text.find("\n", node.start)]
            keeps = "+" in head.split("#")[0]
            return node.end if keeps else node.start + len(self.text[node.start : node.end].rstrip(" \t\r\n"))
        return node.end

    def _after(self, node: Node, column: int) -> int:
        """Where a line after a block goes: behind the comments that stand directly below it."""
        place = self._after_line(self._end(node))
        while place < len(self.text):
            end = self._line_end(place)
            line = self.text[place:end]
            bare = line.lstrip(" ")
            if not bare.startswith("#") or len(line) - len(bare) < max(column, 1):
                break
            place = min(end + len(self._break(end)), len(self.text))
        return place

    def _after_line(self, place: int) -> int:
        if place and self.text[place - 1] == "\n":
            return place
        end = self._line_end(place)
        return end + len(self._break(end))

    def _line_end(self, place: int) -> int:
        found = re.compile(r"\r?\n|\Z").search(self.text, place)
        return found.start() if found else len(self.text)

    def _break(self, place: int) -> str:
        found = re.compile(r"\r?\n").match(self.text, place)
        return found[0] if found else ""

    def _lines(self, place: int, lines: list[str]) -> None:
        """Whole lines at the beginning of one; at the end of a file without a last newline, after it."""
        text = self.style.end.join(lines)
        if place == len(self.text) and not self.text.endswith("\n"):
            self._add(place, place, self.style.end + text)
        else:
            self._add(place, place, text + self.style.end)

    def _add(self, start: int, end: int, text: str) -> None:
        if text or start != end:
            self.splices.append(Splice(start, end, len(self.splices), text))


def style_of(document: Document) -> Style:
    """How a file is indented and how its lines end."""
    end = "\r\n" if "\r\n" in document.text[: document.text.find("\n") + 1] else "\n"
    resources = document.root.get("Resources")
    step = resources.column if resources and resources.kind == "map" and not resources.flow else 2
    shown = _first_list(document.root)
    return Style(step=max(step, 1), deeper=True if shown is None else shown, end=end)


def _first_list(node: Node) -> bool | None:
    """Whether the first block list that is the value of a key stands deeper than its key."""
    for key, value in node.pairs:
        if value.kind == "list" and not value.flow and value.items:
            return value.column > key.column
        if (found := _first_list(value)) is not None:
            return found
    return next((found for item in node.items if (found := _first_list(item)) is not None), None)


def edited(document: Document, overlay: Overlay) -> str:
    """The text of a file with an overlay laid over it.

    Raises:
        CannotWrite: it cannot be edited so that it reads as is meant.
    """
    writer = Writer(document)
    writer.visit(document.root, overlay)
    text, at = [], 0
    for one in sorted(writer.splices):
        text += [document.text[at : one.start], one.text]
        at = one.end
    found = "".join([*text, document.text[at:]])
    meant = comparable(laid(plain(document.root), overlay))
    if _reads_as(document, found) != meant:
        raise CannotWrite(
            f"{document.path} is written in a way that cannot be edited safely",
            "write the change by hand; `--out` gives it as a template of its own",
        )
    return found


def _reads_as(document: Document, text: str) -> Value:
    try:
        return plain(read(document.mark + text.encode(), document.path).root)
    except InputError:
        return None
