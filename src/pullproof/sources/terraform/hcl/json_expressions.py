"""Values of .tf.json files as expressions: strings are templates, the rest is literal.

https://developer.hashicorp.com/terraform/language/syntax/json#expression-mapping
"""

from collections.abc import Callable
from typing import Any

import msgspec

from pullproof.sources.terraform.hcl import syntax
from pullproof.sources.terraform.hcl.syntax import Expr, Source


def from_json(source: Source, template: Callable[[Source], Expr]) -> Expr:
    """The expression that a JSON value is; `template` reads the strings."""
    return _expression(msgspec.json.decode(source.text), source, template)


def _expression(value: Any, source: Source, template: Callable[[Source], Expr]) -> Expr:
    if isinstance(value, str):
        return template(Source(text=value, file=source.file, line=source.line, json=True))
    if isinstance(value, list):
        return syntax.Tuple(tuple(_expression(item, source, template) for item in value))
    if isinstance(value, dict):
        return syntax.Object(
            tuple(
                (_expression(key, source, template), _expression(item, source, template))
                for key, item in value.items()
            )
        )
    return syntax.Literal(value)
