"""IAM policy documents as JSON text or decoded trees, read into `model.iam.Policy`.

Both may be partly unknown: text may have holes (`model.text`), also in places where JSON wants a whole
value, and any part of a tree may be `Unknown`. What cannot be read opens the smallest listing that it
may belong to; a document that is no policy at all is `Unknown`. Nothing here raises.

The grammar: https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_grammar.html
"""

import re
from typing import Any, TypeAlias

import msgspec

from pullproof.model.iam import Condition, Policy, Principals, Statement
from pullproof.model.text import HOLE, OPEN, Text, bare, json_safe, shown, sole_hole
from pullproof.model.value import Listing, Maybe, Origin, Unknown, Why

#: JSON-like: str, list, dict, bool, int, float, None, and `Unknown` anywhere.
Tree: TypeAlias = Any

#: A JSON string, or a hole outside of one.
_STRING_OR_HOLE = re.compile(rf'"(?:[^"\\]|\\.)*"|{HOLE.pattern}')
#: The key of the object that stands, in repaired JSON, for a hole where JSON wants a whole value.
_BARE = f"{OPEN}bare"
#: The marks of a hole, spelt as JSON escapes: outside text must not make holes.
_FORGED = re.compile(r"\\u[eE]00([01])")
#: The version of the language that a document without one is in: it has no policy variables.
_NO_VARIABLES = "2008-10-17"


class _Malformed(Exception):
    """What is wrong, in words that continue "the policy at PLACE ..."."""


def policy_of(document: Tree, origin: Origin, name: str = "") -> Policy | Unknown:
    """The policy that a document says, or why it is not known.

    `document` is JSON text, a decoded tree, or `Unknown`; `origin` is where it was written.
    """
    if isinstance(document, str):
        document = _decoded(document, origin)
    if isinstance(document, Unknown):
        return document
    try:
        return Policy(origin=origin, statements=_statements(document, origin), name=name)
    except _Malformed as wrong:
        return _malformed(origin, str(wrong))


def _decoded(text: Text, origin: Origin) -> Tree:
    if whole := sole_hole(text.strip()):
        return _not_yet(origin, whole)
    if "\\u" in text:
        text = _FORGED.sub(r"\\ufffd", text)
    text = json_safe(text)
    try:
        return msgspec.json.decode(text)
    except (msgspec.DecodeError, RecursionError) as wrong:
        if OPEN not in text:
            return _malformed(origin, f"is not valid JSON ({wrong})")
    try:
        return _restored(msgspec.json.decode(_STRING_OR_HOLE.sub(_quoted, text)), origin)
    except (msgspec.DecodeError, RecursionError):
        return _not_yet(origin, "")


def _quoted(found: re.Match[str]) -> str:
    """A string as it is; a bare hole as an object that `_restored` knows."""
    return found[0] if found[1] is None else msgspec.json.encode({_BARE: found[1]}).decode()


def _restored(tree: Tree, origin: Origin) -> Tree:
    """The tree with bare holes as Unknowns."""
    if isinstance(tree, list):
        return [_restored(item, origin) for item in tree]
    if not isinstance(tree, dict):
        return tree
    if _BARE in tree:
        return _not_yet(origin, tree[_BARE])
    return {key: _restored(value, origin) for key, value in tree.items()}


def _statements(document: Tree, origin: Origin) -> Listing[Statement]:
    if not isinstance(document, dict):
        raise _Malformed("is not a JSON object")
    written = document.get("Statement")
    if written is None:
        raise _Malformed("has no Statement")
    if isinstance(written, Unknown):
        return Listing((), (written,))
    variables = document.get("Version", _NO_VARIABLES) != _NO_VARIABLES
    several = isinstance(written, list)
    read = [
        _statement(item, _at(origin, f"Statement[{index}]" if several else "Statement"), variables=variables)
        for index, item in enumerate(written if several else [written])
    ]
    return Listing(
        tuple(item for item in read if isinstance(item, Statement)),
        tuple(item for item in read if isinstance(item, Unknown)),
    )


def _statement(tree: Tree, origin: Origin, *, variables: bool) -> Statement | Unknown:
    if isinstance(tree, Unknown):
        return tree
    try:
        if not isinstance(tree, dict):
            raise _Malformed("has a statement that is not an object")  # noqa: TRY301 - one place words it
        return _read(tree if variables else _without_variables(tree), origin)
    except _Malformed as wrong:
        return _malformed(origin, str(wrong))


def _read(tree: dict[str, Tree], origin: Origin) -> Statement:
    actions, not_actions = _either(tree, "Action", origin)
    if actions is None:
        raise _Malformed("has a statement without Action")
    resources, not_resources = _either(tree, "Resource", origin)
    sid = tree.get("Sid")
    return Statement(
        origin=origin,
        allow=_effect(tree.get("Effect"), origin),
        actions=actions,
        not_actions=not_actions,
        resources=resources,
        not_resources=not_resources,
        principals=_principals(tree, origin),
        conditions=_conditions(tree.get("Condition"), origin),
        sid=sid if isinstance(sid, str) else "",
    )


def _effect(written: Tree, origin: Origin) -> Maybe[bool]:
    if isinstance(written, Unknown):
        return written
    if isinstance(written, str) and OPEN in written:
        return _not_yet(_at(origin, "Effect"), shown(written))
    if written not in ("Allow", "Deny"):
        raise _Malformed("has a statement whose Effect is neither Allow nor Deny")
    return bool(written == "Allow")


def _either(tree: dict[str, Tree], element: str, origin: Origin) -> tuple[Listing[Text] | None, bool]:
    """The values of an element or of its `Not...` form, and which it was; None when neither is written."""
    plain, excluded = tree.get(element), tree.get(f"Not{element}")
    if plain is not None and excluded is not None:
        raise _Malformed(f"has a statement with both {element} and Not{element}")
    if excluded is not None:
        return _texts(excluded, f"Not{element}", origin), True
    return (None if plain is None else _texts(plain, element, origin)), False


def _principals(tree: dict[str, Tree], origin: Origin) -> Maybe[Principals] | None:
    excluded = tree.get("NotPrincipal") is not None
    if excluded and tree.get("Principal") is not None:
        raise _Malformed("has a statement with both Principal and NotPrincipal")
    element = "NotPrincipal" if excluded else "Principal"
    written = tree.get(element)
    if written is None or isinstance(written, Unknown):
        return written
    if isinstance(written, str):
        if OPEN in written:
            return _not_yet(_at(origin, element), shown(written))
        written = {"*" if written == "*" else "AWS": written}
    if not isinstance(written, dict):
        raise _Malformed(f"has a statement whose {element} is neither text nor an object")
    of = tuple((kind, _texts(values, element, origin)) for kind, values in written.items())
    return Principals(of=of, excluded=excluded)


def _conditions(written: Tree, origin: Origin) -> Listing[Condition]:
    if written is None:
        return Listing()
    if isinstance(written, Unknown):
        return Listing((), (written,))
    if not isinstance(written, dict):
        raise _Malformed("has a statement whose Condition is not an object")
    read: list[Condition] = []
    unread: list[Unknown] = []
    for operator, keys in written.items():
        if isinstance(keys, Unknown):
            unread.append(keys)
            continue
        if not isinstance(keys, dict):
            raise _Malformed(f"has a statement whose {operator} is not an object")
        read += [
            Condition(operator=operator, key=key, values=_texts(values, f"Condition.{operator}", origin))
            for key, values in keys.items()
        ]
    return Listing(tuple(read), tuple(unread))


def _texts(written: Tree, element: str, origin: Origin) -> Listing[Text]:
    """A value or a list of values as text. A part that is not known may be any number of values."""
    if isinstance(written, str):
        return Listing((written,))
    known: list[Text] = []
    unknown: list[Unknown] = []
    for item in written if isinstance(written, list) else [written]:
        if isinstance(item, Unknown):
            unknown.append(item)
        elif isinstance(item, str):
            known.append(item)
        elif isinstance(item, bool | int | float):
            known.append(msgspec.json.encode(item).decode())
        else:
            raise _Malformed(f"has a statement whose {element} is not text ({_at(origin, element)})")
    return Listing(tuple(known), tuple(unknown))


def _without_variables(tree: Tree) -> Tree:
    """The same statement in the language of 2012, where `${` would begin a variable.

    A document of 2008, or without a version, has no policy variables: `${` is two characters.
    https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_version.html
    """
    if isinstance(tree, str):
        return tree.replace("${", "${$}{")
    if isinstance(tree, list):
        return [_without_variables(item) for item in tree]
    if isinstance(tree, dict):
        return {key: _without_variables(value) for key, value in tree.items()}
    return tree


def _at(origin: Origin, path: str) -> Origin:
    return Origin(origin.address, f"{origin.path}.{path}" if origin.path else path)


def _not_yet(origin: Origin, name: str) -> Unknown:
    text = "" if not name or name.startswith("?") else f" ({bare(name)})"
    return Unknown(
        Why.AFTER_APPLY,
        f"part of the policy at {origin}{text}",
        origin.address,
        f"the policy at {origin} depends on a value that is known only after apply{text}",
    )


def _malformed(origin: Origin, problem: str) -> Unknown:
    return Unknown(
        Why.NOT_FOLLOWED,
        f"the policy at {origin}",
        origin.address,
        f"the policy at {origin} {problem}: AWS would refuse it; mend the document",
    )
