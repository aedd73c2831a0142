"""The ground that the expression and template parsers stand on: a position in a text, and errors with lines."""

import re

from pullproof.errors import InputError
from pullproof.sources.terraform.hcl.syntax import Source

IDENTIFIER = re.compile(r"[^\W\d][\w-]*")

_SPACE = re.compile(r"(?:\s+|#[^\n]*|//[^\n]*|/\*.*?\*/)*", re.DOTALL)
_SPACE_IN_LINE = re.compile(r"(?:[ \t\r\f]+|#[^\n]*|//[^\n]*|/\*.*?\*/)*", re.DOTALL)

#: Deeper nesting than any person writes; beyond it the text is refused, not followed.
DEEPEST = 100


class Reader:
    """A place in a text. `newlines_end` says whether a line break means something here (in an object)."""

    def __init__(self, source: Source) -> None:
        self.source = source
        self.text = source.text
        self.at = 0
        self.newlines_end = False
        self._depth = 0
        self._space = (0, 0)

    @property
    def end(self) -> int:
        """Where the last thing that was read ends, without the space after it."""
        return self._space[0] if self._space[1] == self.at else self.at

    def skip(self) -> None:
        """Go on past space and comments, and past line breaks where they mean nothing."""
        pattern = _SPACE_IN_LINE if self.newlines_end else _SPACE
        if (match := pattern.match(self.text, self.at)) and match.end() > self.at:
            self._space = (self.at, match.end())
            self.at = match.end()

    def peek(self, what: str) -> bool:
        """Whether `what` comes next, after space."""
        self.skip()
        return self.text.startswith(what, self.at)

    def accept(self, what: str) -> bool:
        """Read `what` if it comes next."""
        found = self.peek(what)
        if found:
            self.at += len(what)
        return found

    def expect(self, what: str) -> None:
        """Read `what`, which has to come next.

        Raises:
            InputError: something else does.
        """
        if not self.accept(what):
            raise self.error(f"expected `{what}` {self.found()}")

    def word(self) -> str:
        """Read a name if one comes next, else nothing."""
        self.skip()
        match = IDENTIFIER.match(self.text, self.at)
        if match is None:
            return ""
        self.at = match.end()
        return match[0]

    def name(self) -> str:
        """Read a name, which has to come next.

        Raises:
            InputError: something else does.
        """
        found = self.word()
        if not found:
            raise self.error(f"expected a name {self.found()}")
        return found

    def keyword(self, what: str) -> bool:
        """Read the word `what` if exactly that word comes next."""
        before = self.at
        if self.word() == what:
            return True
        self.at = before
        return False

    def found(self) -> str:
        """What is there instead, for a message."""
        rest = self.text[self.at : self.at + 20]
        line = rest.partition("\n")[0].rstrip()
        if line:
            return f"before `{line}`"
        return "before the end of the line" if rest else "before the end"

    def deeper(self) -> None:
        """Note that one more level of nesting begins.

        Raises:
            InputError: no person nests that deep.
        """
        self._depth += 1
        if self._depth > DEEPEST:
            raise self.error(f"an expression is nested more than {DEEPEST} levels deep")

    def shallower(self) -> None:
        """Note that a level of nesting ends."""
        self._depth -= 1

    def error(self, problem: str, at: int | None = None) -> InputError:
        """An error that names the file and the line."""
        before = self.text[: self.at if at is None else at]
        line = self.source.line + (0 if self.source.json else before.count("\n"))
        return InputError(
            problem,
            place=f"{self.source.file}:{line}",
            remedy="`terraform validate` in that directory says more",
        )
