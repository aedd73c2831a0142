"""A second opinion on requests of which everything is known: slow, obvious, and from AWS's page alone.

It reads the JSON itself, answers yes or no, and shares no code with `pullproof.iam`.
https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_evaluation-logic.html
"""

from collections.abc import Callable
from datetime import datetime
from fnmatch import fnmatchcase
from ipaddress import ip_address, ip_network
from typing import Any

from tests.oracle.iam_cases import OURS, ROLE, Case

Document = dict[str, Any]


def allowed(case: Case) -> bool:
    """Whether AWS would let the request through."""
    layers = [*case.identity, case.boundary, *case.organization, case.resource_policy, case.endpoint_policy]
    layers += [document for level in case.levels for document in level]
    if any(_says(case, layer, "Deny") for layer in layers if layer):
        return False
    if not all(any(_says(case, document, "Allow") for document in level) for level in case.levels):
        return False
    if case.boundary and not _bypasses(case) and not _says(case, case.boundary, "Allow"):
        return False
    if case.endpoint_policy and not _says(case, case.endpoint_policy, "Allow"):
        return False
    identity = any(_says(case, document, "Allow") for document in case.identity)
    return _granted(case, identity=identity)


def _granted(case: Case, *, identity: bool) -> bool:
    to_role = _says(case, case.resource_policy, "Allow", ("role",))
    to_anyone = _says(case, case.resource_policy, "Allow", ("anyone",))
    to_account = _says(case, case.resource_policy, "Allow", ("account",))
    if case.cross_account:
        return identity and (to_role or to_anyone or to_account)
    if case.kind == "keys":
        trusted = to_account or case.resource_policy is None
        return to_role or to_anyone or (identity and trusted)
    return identity or to_role or to_anyone


def _bypasses(case: Case) -> bool:
    """Whether the resource's policy grants to everyone in the account, which no boundary limits."""
    return not case.cross_account and _says(case, case.resource_policy, "Allow", ("anyone",))


def _says(
    case: Case, document: Document | None, effect: str, to: tuple[str, ...] = ("anyone", "role", "account")
) -> bool:
    if document is None:
        return False
    return any(
        statement["Effect"] == effect
        and _applies(case, statement)
        and _means(statement) in (*to, "no principal")
        for statement in _list(document["Statement"])
    )


def _applies(case: Case, statement: Document) -> bool:
    actions = any(fnmatchcase(case.action.lower(), p.lower()) for p in _either(statement, "Action"))
    resources = any(fnmatchcase(case.resource, p) for p in _either(statement, "Resource"))
    return (
        actions is ("Action" in statement)
        and resources is ("Resource" in statement)
        and all(
            _holds(operator, _list(values), case.context.get(key))
            for operator, keys in statement.get("Condition", {}).items()
            for key, values in keys.items()
        )
    )


def _means(statement: Document) -> str:
    """How the statement means the role."""
    if "Principal" not in statement:
        return "no principal"
    written = statement["Principal"]
    if written == "*":
        return "anyone"
    values = _list(written.get("AWS", []))
    for how, meant in (
        ("anyone", "*"),
        ("role", ROLE),
        ("account", OURS),
        ("account", f"arn:aws:iam::{OURS}:root"),
    ):
        if meant in values:
            return how
    return "nobody"


def _holds(operator: str, written: list[str], value: str | None) -> bool:
    if operator == "Null":
        return any((text == "true") is (value is None) for text in written)
    base = operator.removesuffix("IfExists")
    negated = "Not" in base
    if value is None:
        return negated or base != operator
    compare = _COMPARE[base.replace("Not", "")]
    return any(compare(text, value) for text in written) is not negated


def _arn(written: str, value: str) -> bool:
    pairs = zip(written.split(":", 5), value.split(":", 5), strict=True)
    return all(fnmatchcase(part, pattern) for pattern, part in pairs)


def _when(text: str) -> datetime:
    return datetime.fromisoformat(text)


_COMPARE: dict[str, Callable[[str, str], bool]] = {
    "StringEquals": lambda written, value: written == value,
    "StringEqualsIgnoreCase": lambda written, value: written.lower() == value.lower(),
    "StringLike": lambda written, value: fnmatchcase(value, written),
    "Bool": lambda written, value: written == value,
    "IpAddress": lambda written, value: ip_address(value) in ip_network(written),
    "NumericEquals": lambda written, value: int(value) == int(written),
    "NumericLessThan": lambda written, value: int(value) < int(written),
    "NumericGreaterThanEquals": lambda written, value: int(value) >= int(written),
    "DateEquals": lambda written, value: _when(value) == _when(written),
    "DateLessThan": lambda written, value: _when(value) < _when(written),
    "DateLessThanEquals": lambda written, value: _when(value) <= _when(written),
    "DateGreaterThan": lambda written, value: _when(value) > _when(written),
    "ArnEquals": _arn,
    "ArnLike": _arn,
}


def _either(statement: Document, element: str) -> list[str]:
    return _list(statement.get(element, statement.get(f"Not{element}")))


def _list(value: Any) -> list[Any]:
    return value if isinstance(value, list) else [value]
