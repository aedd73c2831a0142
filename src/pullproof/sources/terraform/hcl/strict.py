"""Blocks read without tree-sitter, by the parser of expressions.

It has the last word on a file that tree-sitter stumbles over: a few valid things (`1e3`) are errors to its
grammar, and for real errors this one can say what was expected.
"""

from pullproof.sources.terraform.hcl.expressions import after_expression
from pullproof.sources.terraform.hcl.reader import Reader
from pullproof.sources.terraform.hcl.syntax import Block, Source

DEEPEST = 50


def strict_blocks(text: str, shown: str) -> tuple[Block, ...]:
    """The blocks of a text in native syntax.

    Raises:
        InputError: it is not Terraform's syntax; the message says what was expected, and names the line.
    """
    return _Blocks(Source(text=text, file=shown, line=1)).body(0)[1]


class _Blocks(Reader):
    """Reads bodies."""

    def body(self, depth: int) -> tuple[dict[str, Source], tuple[Block, ...]]:
        """Attributes and blocks up to a closing brace, or at depth 0 up to the end."""
        if depth > DEEPEST:
            raise self.error(f"blocks are nested more than {DEEPEST} levels deep")
        attributes: dict[str, Source] = {}
        blocks: list[Block] = []
        while True:
            self.newlines_end = False
            self.skip()
            if self.at == len(self.text) or self.peek("}"):
                break
            self.newlines_end = True
            begin = self.at
            name = self.name()
            if self.accept("="):
                attributes[name] = self._attribute()
            else:
                blocks.append(self._block(name, begin, depth))
            if not self.peek("\n") and not self.peek("}") and self.at < len(self.text):
                raise self.error(f"expected a new line {self.found()}")
        if depth == 0 and self.at < len(self.text):
            raise self.error("expected an argument or a block before `}`")
        return attributes, tuple(blocks)

    def _attribute(self) -> Source:
        self.skip()
        begin = self.at
        self.at = after_expression(self.source, begin)
        return Source(text=self.text[begin : self.at], file=self.source.file, line=self._line(begin))

    def _block(self, kind: str, begin: int, depth: int) -> Block:
        labels: list[str] = []
        while not self.accept("{"):
            labels.append(self._label())
        attributes, blocks = self.body(depth + 1)
        if not self.accept("}"):
            raise self.error(f"the block `{kind}` has no closing brace", begin)
        self.newlines_end = True
        return Block(
            type=kind,
            labels=tuple(labels),
            attributes=attributes,
            blocks=blocks,
            file=self.source.file,
            line=self._line(begin),
        )

    def _label(self) -> str:
        if not self.accept('"'):
            return self.name()
        end = self.text.find('"', self.at)
        label = self.text[self.at : end]
        if end < 0 or "\n" in label:
            raise self.error("a label has no closing quotation mark")
        self.at = end + 1
        return label

    def _line(self, at: int) -> int:
        return self.source.line + self.text.count("\n", 0, at)
