"""The published schemas as tests use them: strict, so that a key that no schema has is noticed."""

import json
from functools import cache
from typing import Any

import jsonschema

from pullproof.cli.schema import FILES
from pullproof.explain.pages import document


def wrong(name: str, text: str) -> list[str]:
    """What a document has that the schema of a command does not allow."""
    errors = _validator(name).iter_errors(json.loads(text))
    return [f"{error.json_path}: {error.message}" for error in errors]


def published(name: str) -> dict[str, Any]:
    """The schema of a command as it is published."""
    schema: dict[str, Any] = json.loads(document(FILES[name]))
    return schema


@cache
def _validator(name: str) -> jsonschema.Draft202012Validator:
    return jsonschema.Draft202012Validator(_strict(published(name)))


def _strict(node: Any) -> Any:
    """The schema without room for keys that it does not name. What only tells cases apart stays as it is."""
    if isinstance(node, list):
        return [_strict(item) for item in node]
    if not isinstance(node, dict):
        return node
    strict = {key: value if key in ("if", "then", "else") else _strict(value) for key, value in node.items()}
    closed = {"additionalProperties": False} if node.get("type") == "object" and "properties" in node else {}
    return strict | closed
