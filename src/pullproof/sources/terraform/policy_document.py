"""`aws_iam_policy_document` computed from its own arguments, and policies by reference.

What the data source does with its arguments:
https://registry.terraform.io/providers/hashicorp/aws/latest/docs/data-sources/iam_policy_document
"""

import msgspec

from pullproof.model.iam import Policy
from pullproof.model.policy_json import policy_of
from pullproof.model.text import OPEN, json_safe, sole_hole
from pullproof.model.value import Unknown
from pullproof.sources.terraform.tree import Resource, Some, Value
from pullproof.sources.terraform.world import World, at, blocks_of, given, written

#: Documents that include each other deeper than this go in a circle.
DEEP = 20


def policy_at(world: World, value: Value, resource: Resource, path: str, name: str = "") -> Policy | Unknown:
    """The policy that an argument holds: text, or a reference to a policy document."""
    return policy_of(source(world, value), at(resource, path), name)


def source(world: World, value: Value, depth: int = 0) -> Value:
    """A policy as `policy_of` reads it; references to policy documents are resolved."""
    if isinstance(value, dict):
        return world.document(value)
    if not isinstance(value, str) or OPEN not in value:
        return value.reason if isinstance(value, Some) else value
    owner, attribute = world.owner(sole_hole(value))
    found = owner is not None and owner.type == "aws_iam_policy_document"
    if owner is not None and found and depth < DEEP and attribute in ("json", "minified_json"):
        return document(world, owner, depth)
    return world.spelt(value)


def document(world: World, resource: Resource, depth: int = 0) -> Value:
    """A policy document as a tree, computed from its arguments where its text is not known."""
    text = resource.values.get("json")
    if isinstance(text, str) and text and OPEN not in text:
        return text
    own = _own(world, resource)
    before = _included(world, resource, "source_policy_documents", "source_json", depth)
    after = _included(world, resource, "override_policy_documents", "override_json", depth)
    return {"Version": "2012-10-17", "Statement": _merged([*before, *own, *after])}


def _own(world: World, resource: Resource) -> list[Value]:
    blocks = blocks_of(written(resource, "statement"))
    if isinstance(blocks, Unknown):
        return [blocks]
    return [_statement(world, block) for block in blocks]


def _included(world: World, resource: Resource, name: str, old: str, depth: int) -> list[Value]:
    listed = written(resource, name)
    if isinstance(listed, Unknown):
        return [listed]
    if isinstance(listed, Some):
        return [listed.reason]
    texts = [*(listed if isinstance(listed, list) else []), written(resource, old)]
    found: list[Value] = []
    for text in texts:
        if text is None or text == "":
            continue
        tree = source(world, text, depth + 1)
        if isinstance(tree, str):
            tree = _decoded(world, tree, resource, name)
        if isinstance(tree, Unknown):
            found.append(tree)
        elif isinstance(tree, dict):
            statements = tree.get("Statement", [])
            found += statements if isinstance(statements, list) else [statements]
    return found


def _decoded(world: World, text: str, resource: Resource, name: str) -> Value:
    try:
        return msgspec.json.decode(json_safe(text))
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        return world.unknown(resource, name)


def _merged(statements: list[Value]) -> list[Value]:
    """Later statements take the place of earlier ones with the same Sid."""
    places: dict[str, int] = {}
    merged: list[Value] = []
    for statement in statements:
        sid = statement.get("Sid") if isinstance(statement, dict) else None
        if isinstance(sid, str) and sid:
            if sid in places:
                merged[places[sid]] = statement
                continue
            places[sid] = len(merged)
        merged.append(statement)
    return merged


def _statement(world: World, block: dict[str, Value]) -> dict[str, Value]:
    effect = block.get("effect")
    tree: dict[str, Value] = {"Effect": "Allow" if effect in (None, "") else effect}
    sid = block.get("sid")
    if isinstance(sid, str) and OPEN not in sid:
        tree["Sid"] = sid
    for name, element in (
        ("actions", "Action"),
        ("not_actions", "NotAction"),
        ("resources", "Resource"),
        ("not_resources", "NotResource"),
    ):
        value = block.get(name)
        if given(value):
            tree[element] = _texts(world, value)
    for name, element in (("principals", "Principal"), ("not_principals", "NotPrincipal")):
        principals = _principals(world, block.get(name))
        if principals is not None:
            tree[element] = principals
    conditions = _conditions(world, block.get("condition"))
    if conditions is not None:
        tree["Condition"] = conditions
    return tree


def _texts(world: World, value: Value) -> Value:
    """Text in the one spelling; `&{...}` is how policy variables are written in Terraform."""
    if isinstance(value, list):
        return [_texts(world, item) for item in value]
    if isinstance(value, str):
        return world.spelt(value).replace("&{", "${")
    return value.reason if isinstance(value, Some) else value


def _principals(world: World, value: Value) -> Value:
    blocks = blocks_of(value)
    if isinstance(blocks, Unknown):
        return blocks
    found: dict[str, list[Value]] = {}
    for block in blocks:
        kind, texts = block.get("type"), _texts(world, block.get("identifiers"))
        if not isinstance(kind, str):
            return kind if isinstance(kind, Unknown) else None
        found.setdefault(kind, []).extend(texts if isinstance(texts, list) else [texts])
    if not found:
        return None
    return "*" if found == {"*": ["*"]} else found


def _conditions(world: World, value: Value) -> Value:
    blocks = blocks_of(value)
    if isinstance(blocks, Unknown):
        return blocks
    found: dict[str, Value] = {}
    for block in blocks:
        test, variable = block.get("test"), block.get("variable")
        if not isinstance(test, str) or not isinstance(variable, str):
            return next((part for part in (test, variable) if isinstance(part, Unknown)), None)
        found.setdefault(test, {})[variable] = _texts(world, block.get("values"))
    return found or None
