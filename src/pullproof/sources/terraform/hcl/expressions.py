"""Text into expressions: a recursive descent over HCL's native syntax.

https://github.com/hashicorp/hcl/blob/main/hclsyntax/spec.md#expressions
"""

import re

from pullproof.model.text import clean
from pullproof.sources.terraform.hcl import syntax
from pullproof.sources.terraform.hcl.syntax import Expr, Source
from pullproof.sources.terraform.hcl.template import Templates

_NUMBER = re.compile(r"\d+(\.\d+)?([eE][+-]?\d+)?")
_OPERATOR = re.compile(r"\|\||&&|==|!=|<=|>=|<(?!<)|>|[-+*/%](?!\{)")
_HEREDOC = re.compile(r"<<(-?)([^\W\d][\w-]*)[ \t\r]*\n")
_LEVEL = {
    "||": 1,
    "&&": 2,
    **dict.fromkeys(("==", "!="), 3),
    **dict.fromkeys(("<", ">", "<=", ">="), 4),
    **dict.fromkeys(("+", "-"), 5),
    **dict.fromkeys(("*", "/", "%"), 6),
}
_CONSTANTS: dict[str, bool | None] = {"true": True, "false": False, "null": None}


def parse(source: Source) -> Expr:
    """The expression that a source text is.

    Raises:
        InputError: it is none; the message names file and line.
    """
    parser = _Parser(source)
    found = parser.expression()
    parser.skip()
    if parser.at != len(parser.text):
        raise parser.error(f"the expression ends too early {parser.found()}")
    return found


def after_expression(source: Source, at: int) -> int:
    """Where the expression ends that begins at `at` in a text with more after it, on the same line or later.

    Raises:
        InputError: there is none; the message names file and line.
    """
    parser = _Parser(source)
    parser.at = at
    parser.newlines_end = True
    parser.expression()
    return parser.end


def parse_template(source: Source) -> Expr:
    """The template that a whole text is, as `templatefile` and .tf.json files have them.

    Raises:
        InputError: a sequence in it is malformed; the message names file and line.
    """
    return _Parser(source).whole_template()


class _Parser(Templates):
    """Expressions; the base class reads what stands between quotation marks."""

    def expression(self) -> Expr:
        self.deeper()
        found = self._operation(1)
        if self.accept("?"):
            yes = self.expression()
            self.expect(":")
            found = syntax.Conditional(found, yes, self.expression())
        self.shallower()
        return found

    def _operation(self, level: int) -> Expr:
        left = self._traversal()
        while (operator := self._operator()) and _LEVEL[operator] >= level:
            self.at += len(operator)
            left = syntax.Binary(operator, left, self._operation(_LEVEL[operator] + 1))
        return left

    def _operator(self) -> str:
        self.skip()
        match = _OPERATOR.match(self.text, self.at)
        return match[0] if match else ""

    def _traversal(self) -> Expr:
        return self._steps(self._term())

    def _steps(self, found: Expr) -> Expr:
        while True:
            self.skip()
            if self.text.startswith("...", self.at):
                return found
            if self.accept("["):
                if self._closes_splat():
                    return syntax.Splat(found, self._steps(syntax.Name("*")))
                found = syntax.Index(found, self._inside("]"))
            elif self.accept("."):
                if self.accept("*"):
                    found = syntax.Splat(found, self._attributes(syntax.Name("*")))
                else:
                    found = self._dot(found)
            else:
                return found

    def _closes_splat(self) -> bool:
        """Read `*]` if that is what follows a bracket."""
        before = self.at
        if self.accept("*") and self.accept("]"):
            return True
        self.at = before
        return False

    def _attributes(self, found: Expr) -> Expr:
        """After `.*` only attributes belong to each item; an index is one into the whole list."""
        while not self.peek("...") and self.accept("."):
            found = self._dot(found)
        return found

    def _dot(self, found: Expr) -> Expr:
        """What follows a dot: an attribute, or a number as older code has it (`list.0`)."""
        self.skip()
        digits = re.compile(r"\d+").match(self.text, self.at)
        if digits:
            self.at = digits.end()
            return syntax.Index(found, syntax.Literal(int(digits[0])))
        return syntax.Attr(found, self.name())

    def _term(self) -> Expr:
        self.skip()
        here = self.text[self.at : self.at + 1]
        match here:
            case '"':
                return self.quoted()
            case "(":
                self.at += 1
                return self._inside(")")
            case "[":
                self.at += 1
                return self._list()
            case "{":
                self.at += 1
                return self._object()
            case "-" | "!":
                self.at += 1
                self.deeper()
                found = syntax.Unary(here, self._traversal())
                self.shallower()
                return found
            case _:
                return self._heredoc() or self._number() or self._named()

    def _inside(self, end: str) -> Expr:
        """An expression up to a closing bracket; line breaks mean nothing in there."""
        before, self.newlines_end = self.newlines_end, False
        found = self.expression()
        self.expect(end)
        self.newlines_end = before
        return found

    def _heredoc(self) -> Expr | None:
        match = _HEREDOC.match(self.text, self.at)
        if match is None:
            return None
        return self.heredoc(match.end(), match[2], indented=bool(match[1]))

    def _number(self) -> Expr | None:
        match = _NUMBER.match(self.text, self.at)
        if match is None:
            return None
        self.at = match.end()
        if len(match[0]) > 300:
            raise self.error("a number has more than 300 digits")
        value = float(match[0]) if match[1] or match[2] else int(match[0])
        return syntax.Literal(int(value) if value == value // 1 and abs(value) < 1e300 else value)

    def _named(self) -> Expr:
        name = self.name()
        while self.text.startswith("::", self.at):
            self.at += 2
            name = f"{name}::{self.name()}"
        if self.accept("("):
            return self._call(name)
        if name in _CONSTANTS:
            return syntax.Literal(_CONSTANTS[name])
        return syntax.Name(name)

    def _call(self, name: str) -> Expr:
        before, self.newlines_end = self.newlines_end, False
        arguments: list[Expr] = []
        spread = False
        while not self.peek(")"):
            arguments.append(self.expression())
            spread = self.accept("...")
            if spread or not self.accept(","):
                break
        self.expect(")")
        self.newlines_end = before
        return syntax.Call(name, tuple(arguments), spread)

    def _list(self) -> Expr:
        before, self.newlines_end = self.newlines_end, False
        found = self._for("]") if self.keyword("for") else self._items()
        self.expect("]")
        self.newlines_end = before
        return found

    def _items(self) -> Expr:
        items: list[Expr] = []
        while not self.peek("]"):
            items.append(self.expression())
            if not self.accept(","):
                break
        return syntax.Tuple(tuple(items))

    def _object(self) -> Expr:
        before, self.newlines_end = self.newlines_end, False
        found: Expr
        if self.keyword("for"):
            found = self._for("}")
        else:
            found = self._pairs()
        self.expect("}")
        self.newlines_end = before
        return found

    def _pairs(self) -> Expr:
        pairs: list[tuple[Expr, Expr]] = []
        while True:
            self.newlines_end = False
            if self.peek("}"):
                return syntax.Object(tuple(pairs))
            self.newlines_end = True
            key = self._key()
            if not self.accept("="):
                self.expect(":")
            pairs.append((key, self.expression()))
            if not self.accept(",") and not self.peek("\n") and not self.peek("}"):
                raise self.error(f"expected a comma or a new line {self.found()}")

    def _key(self) -> Expr:
        """A key: a bare word is itself, in parentheses it is an expression."""
        if self.peek("("):
            return self.expression()
        found = self.expression()
        match found:
            case syntax.Name(name):
                return syntax.Literal(clean(name))
            case syntax.Literal(value) if value is None or isinstance(value, bool):
                return syntax.Literal(next(word for word, const in _CONSTANTS.items() if const is value))
        return found

    def _for(self, end: str) -> Expr:
        key, value, of = self.for_intro()
        self.expect(":")
        result = self.expression()
        at = None
        if end == "}":
            self.expect("=>")
            at, result = result, self.expression()
        group = self.accept("...")
        when = self.expression() if self.keyword("if") else None
        return syntax.For(key_name=key, value_name=value, of=of, key=at, value=result, when=when, group=group)
