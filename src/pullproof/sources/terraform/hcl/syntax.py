"""The shapes that Terraform source is read into: bodies, blocks and expressions.

An expression stays text until somebody asks for its value: most of a configuration is never needed.
https://github.com/hashicorp/hcl/blob/main/hclsyntax/spec.md
"""

from typing import TypeAlias

import msgspec


class Literal(msgspec.Struct, frozen=True):
    """A number, a string without template sequences, true, false or null."""

    value: str | int | float | bool | None


class Name(msgspec.Struct, frozen=True):
    """A root name: `var`, `local`, `aws_vpc`, a loop variable. `*` is the item of a splat."""

    name: str


class Attr(msgspec.Struct, frozen=True):
    """`of.name`."""

    of: "Expr"
    name: str


class Index(msgspec.Struct, frozen=True):
    """`of[key]`."""

    of: "Expr"
    key: "Expr"


class Splat(msgspec.Struct, frozen=True):
    """`of[*]...`: `each` is what follows, said of the name `*`."""

    of: "Expr"
    each: "Expr"


class Call(msgspec.Struct, frozen=True):
    """`name(arguments...)`; with `spread` the last argument is a list of arguments."""

    name: str
    arguments: tuple["Expr", ...]
    spread: bool = False


class Unary(msgspec.Struct, frozen=True):
    """`!of` or `-of`."""

    operator: str
    of: "Expr"


class Binary(msgspec.Struct, frozen=True):
    """`left operator right`."""

    operator: str
    left: "Expr"
    right: "Expr"


class Conditional(msgspec.Struct, frozen=True):
    """`condition ? yes : no`."""

    condition: "Expr"
    yes: "Expr"
    no: "Expr"


class Tuple(msgspec.Struct, frozen=True):
    """`[items]`."""

    items: tuple["Expr", ...]


class Object(msgspec.Struct, frozen=True):
    """`{ key = value }`; a bare word as key has become a Literal."""

    items: tuple[tuple["Expr", "Expr"], ...]


class For(msgspec.Struct, frozen=True, kw_only=True):
    """`[for k, v in of : value if when]`, or with `key` an object; `group` says that `...` follows."""

    key_name: str
    value_name: str
    of: "Expr"
    key: "Expr | None"
    value: "Expr"
    when: "Expr | None"
    group: bool = False


class Template(msgspec.Struct, frozen=True):
    """A string with interpolations and directives. One lone interpolation has become its expression."""

    parts: tuple["Part", ...]


class If(msgspec.Struct, frozen=True):
    """`%{ if condition }yes%{ else }no%{ endif }`."""

    condition: "Expr"
    yes: tuple["Part", ...]
    no: tuple["Part", ...]


class Loop(msgspec.Struct, frozen=True, kw_only=True):
    """`%{ for k, v in of }body%{ endfor }`."""

    key_name: str
    value_name: str
    of: "Expr"
    body: tuple["Part", ...]


Expr: TypeAlias = (
    Literal
    | Name
    | Attr
    | Index
    | Splat
    | Call
    | Unary
    | Binary
    | Conditional
    | Tuple
    | Object
    | For
    | Template
)
Part: TypeAlias = "str | If | Loop | Expr"


class Source(msgspec.Struct, frozen=True, kw_only=True):
    """The text of an expression and where it stands; `json` says that it is a value of a .tf.json file."""

    text: str
    file: str
    line: int
    json: bool = False

    @property
    def place(self) -> str:
        """`file:line`."""
        return f"{self.file}:{self.line}"


class Block(msgspec.Struct, frozen=True, kw_only=True):
    """`type "label" "label" { attributes and blocks }`."""

    type: str
    labels: tuple[str, ...]
    attributes: dict[str, Source]
    blocks: tuple["Block", ...]
    file: str
    line: int

    @property
    def place(self) -> str:
        """`file:line`."""
        return f"{self.file}:{self.line}"

    def of_type(self, kind: str) -> tuple["Block", ...]:
        """The nested blocks of one type, in order."""
        return tuple(block for block in self.blocks if block.type == kind)
