"""Strings with something in them: interpolations, directives, heredocs, and the space that `~` strips.

https://github.com/hashicorp/hcl/blob/main/hclsyntax/spec.md#template-expressions
"""

import re
from typing import TypeAlias

import msgspec

from pullproof.model.text import clean
from pullproof.sources.terraform.hcl import syntax
from pullproof.sources.terraform.hcl.reader import Reader
from pullproof.sources.terraform.hcl.syntax import Expr, Part

_ESCAPE = re.compile(r'\\(?:([nrt"\\])|u([0-9a-fA-F]{4})|U([0-9a-fA-F]{8}))')
_ESCAPED = {"n": "\n", "r": "\r", "t": "\t", '"': '"', "\\": "\\"}
_QUOTED_RUN = re.compile(r'[^"\\$%\n]+')
#: Each line is a piece of its own, so `~` strips no further than to the next line's beginning.
_LINE_RUN = re.compile(r"[^$%\n]*\n|[^$%\n]+")


class _Directive(msgspec.Struct, frozen=True):
    """`%{ word ... }`, before the directives are paired."""

    word: str
    condition: Expr | None = None
    loop: tuple[str, str, Expr] | None = None


_Piece: TypeAlias = "str | _Directive | Expr"


class Templates(Reader):
    """Reads templates; the class built on this one reads the expressions inside them."""

    def expression(self) -> Expr:
        """Read one expression."""
        raise AssertionError("the expression parser has this")  # pragma: no cover

    def for_intro(self) -> tuple[str, str, Expr]:
        """Read `k, v in collection` (the word `for` is read already): both names (the first may be empty), and it."""
        first = self.name()
        second = self.name() if self.accept(",") else ""
        if not self.keyword("in"):
            raise self.error(f"expected `in` {self.found()}")
        return (first, second, self.expression()) if second else ("", first, self.expression())

    def quoted(self) -> Expr:
        """A string in quotation marks, from the first on."""
        begin = self.at
        self.at += 1
        tokens: list[_Piece] = []
        strip = False
        while not self.text.startswith('"', self.at):
            if self.at >= len(self.text) or self.text[self.at] == "\n":
                raise self.error("a string has no closing quotation mark", begin)
            strip = self._token(tokens, _QUOTED_RUN, strip=strip, escapes=True)
        self.at += 1
        return self._whole(tokens)

    def heredoc(self, begin: int, marker: str, *, indented: bool) -> Expr:
        """The lines from `begin` to the marker; `indented` takes their common indentation away.

        What is interpolated may have a heredoc of its own, even with the same marker.
        """
        end = re.compile(rf"[ \t]*{re.escape(marker)}[ \t\r]*(?=\n|\Z)")
        start, self.at = self.at, begin
        tokens: list[_Piece] = []
        strip = False
        while self.text[self.at - 1] != "\n" or not (found := end.match(self.text, self.at)):
            if self.at >= len(self.text):
                raise self.error(f"the text that begins with <<{marker} has no end", start)
            strip = self._token(tokens, _LINE_RUN, strip=strip, escapes=False)
        self.at = found.end()
        if indented:
            _outdent(tokens)
        return self._whole(tokens)

    def whole_template(self) -> Expr:
        """The whole text as one template."""
        tokens: list[_Piece] = []
        strip = False
        while self.at < len(self.text):
            strip = self._token(tokens, _LINE_RUN, strip=strip, escapes=False)
        return self._whole(tokens)

    def _token(self, tokens: list[_Piece], run: re.Pattern[str], *, strip: bool, escapes: bool) -> bool:
        """Read one token; `strip` says that space at its beginning goes. Gives the same for the next one."""
        here = self.text[self.at : self.at + 3]
        if here in ("$${", "%%{"):
            self.at += 3
            tokens.append(here[1:])
            return False
        if here[:2] in ("${", "%{"):
            return self._sequence(tokens, here)
        match = run.match(self.text, self.at)
        if escapes and here[:1] == "\\":
            literal = self._escape()
        elif match:
            literal = match[0]
            self.at = match.end()
        else:
            literal = here[:1]  # a lone $ or %
            self.at += 1
        literal = clean(literal.lstrip() if strip else literal)
        if escapes and tokens and isinstance(tokens[-1], str):
            tokens[-1] += literal  # what `~` strips is not to end at an escape sequence
        else:
            tokens.append(literal)
        return strip and escapes and not literal

    def _escape(self) -> str:
        match = _ESCAPE.match(self.text, self.at)
        if match is None:
            raise self.error(f"there is no escape sequence `{self.text[self.at : self.at + 2]}`")
        self.at = match.end()
        return _ESCAPED[match[1]] if match[1] else _character(int(match[2] or match[3], 16))

    def _sequence(self, tokens: list[_Piece], opening: str) -> bool:
        """Read `${...}` or `%{...}`. Gives whether it strips the space after it."""
        self.at += 2
        if opening.endswith("~"):
            self.at += 1
            if tokens and isinstance(tokens[-1], str):
                tokens[-1] = tokens[-1].rstrip()
        before, self.newlines_end = self.newlines_end, False
        tokens.append(self.expression() if opening[0] == "$" else self._directive())
        strip = self.accept("~")
        self.expect("}")
        self.newlines_end = before
        return strip

    def _directive(self) -> _Directive:
        word = self.name()
        match word:
            case "if":
                return _Directive(word, condition=self.expression())
            case "for":
                return _Directive(word, loop=self.for_intro())
            case "else" | "endif" | "endfor":
                return _Directive(word)
            case _:
                raise self.error(f"there is no template directive `{word}`")

    def _whole(self, tokens: list[_Piece]) -> Expr:
        if len(tokens) == 1 and not isinstance(tokens[0], str | _Directive):
            return tokens[0]
        if all(isinstance(token, str) for token in tokens):
            return syntax.Literal("".join(token for token in tokens if isinstance(token, str)))
        waiting = list(reversed(tokens))
        parts, _ = self._parts(waiting, frozenset())
        return syntax.Template(parts)

    def _parts(self, waiting: list[_Piece], ends: frozenset[str]) -> tuple[tuple[Part, ...], str]:
        """The parts up to one of the directives that end them, and which one that was."""
        self.deeper()
        parts: list[Part] = []
        while waiting:
            token = waiting.pop()
            if not isinstance(token, _Directive):
                parts.append(token)
            elif token.word in ends:
                self.shallower()
                return tuple(parts), token.word
            else:
                parts.append(self._paired(token, waiting))
        self.shallower()
        if ends:
            raise self.error(f"a template directive lacks its `%{{ {max(ends)} }}`")
        return tuple(parts), ""

    def _paired(self, token: _Directive, waiting: list[_Piece]) -> Part:
        if token.condition is not None:
            yes, end = self._parts(waiting, frozenset({"else", "endif"}))
            no = self._parts(waiting, frozenset({"endif"}))[0] if end == "else" else ()
            return syntax.If(token.condition, yes, no)
        if token.loop is not None:
            body, _ = self._parts(waiting, frozenset({"endfor"}))
            key, value, of = token.loop
            return syntax.Loop(key_name=key, value_name=value, of=of, body=body)
        raise self.error(f"`%{{ {token.word} }}` has nothing to end")


def _character(code: int) -> str:
    """A character by its number; a surrogate or a number that is none becomes the replacement character."""
    return chr(code) if code < 0x110000 and not 0xD800 <= code < 0xE000 else "\ufffd"


def _outdent(tokens: list[_Piece]) -> None:
    """Take away the space that all lines begin with. Lines of nothing but space do not count."""
    first: list[int] = []
    least = -1
    at_start = True
    for at, token in enumerate(tokens):
        if at_start:
            indent = len(token) - len(token.lstrip()) if isinstance(token, str) else 0
            blank = isinstance(token, str) and not token.strip() and token.endswith("\n")
            if not blank:
                least = indent if least < 0 else min(least, indent)
                first.append(at)
        at_start = isinstance(token, str) and token.endswith("\n")
    for at in first:
        token = tokens[at]
        if isinstance(token, str):
            tokens[at] = token[max(least, 0) :]
