"""A small policy evaluator of the lab's own: every value is known, and a call is allowed or it is not.

It shares nothing with the program's other evaluator but the shape of a policy. What it has no opinion
about raises `NoOpinion`.
https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_evaluation-logic.html
"""

import re
from collections.abc import Iterable, Mapping

import msgspec

from pullproof.model.iam import Condition, Policy, Principals, Role, Statement
from pullproof.model.value import Listing, Maybe, Unknown


class NoOpinion(Exception):
    """The policies use something that the lab does not emulate."""


class Call(msgspec.Struct, frozen=True, kw_only=True):
    """One call of AWS's API: who ("" for nobody in particular), what, on what, from where.

    `context` has condition keys in lower case ("aws:sourcevpce"); `absent` those that the request is known
    not to have, None for all others.
    """

    caller: str
    account: str
    action: str
    resource: str
    context: Mapping[str, str] = {}
    absent: frozenset[str] | None = None


class Layers(msgspec.Struct, frozen=True, kw_only=True):
    """The policies that have a say. None is the absence of a policy of that kind."""

    role: Role | None
    endpoint: Maybe[Policy] | None = None
    resource: Maybe[Policy] | None = None
    organization: tuple[Policy, ...] = ()
    levels: tuple[Listing[Policy], ...] = ()
    same_account: bool = True


def allowed(call: Call, layers: Layers) -> str:
    """Which layer refuses a call; empty text when it is allowed.

    Raises:
        NoOpinion: a policy is not known, or uses what is not emulated; or all hangs on where an
            organization's policies are attached, which is not told.
    """
    refused = _refusing(call, layers)
    if not refused and not _listed(call, layers.organization):
        raise NoOpinion("whether FullAWSAccess is still attached beside the policies of the organization")
    return refused


def _listed(call: Call, policies: tuple[Policy, ...]) -> bool:
    """Whether policies of which the level is not told allow a call in any case.

    AWS attaches `FullAWSAccess` everywhere by itself: policies that only deny take nothing else away. One
    that lists what is allowed may have taken its place at some level, or may stand beside it.
    https://docs.aws.amazon.com/organizations/latest/userguide/orgs_manage_policies_scps_evaluation.html
    """
    listing = [each for each in policies if any(s.allow is True for s in _statements(each))]
    return all(_says((each,), call, allow=True) for each in listing)


def _refusing(call: Call, layers: Layers) -> str:
    """The layer that refuses a call for certain; empty text for none."""
    identity = _known(layers.role.policies) if layers.role is not None else ()
    bounds = () if layers.role is None or layers.role.boundary is None else (_told(layers.role.boundary),)
    resource = () if layers.resource is None else (_told(layers.resource),)
    endpoint = () if layers.endpoint is None else (_told(layers.endpoint),)
    levels = [_known(level) for level in layers.levels]
    above = (policy for level in levels for policy in level)
    every = (*identity, *bounds, *resource, *endpoint, *layers.organization, *above)
    if _says(every, call, allow=False):
        return "denied"
    if not all(_says(level, call, allow=True) for level in levels):
        return "organization policy"
    if endpoint and not _says(endpoint, call, allow=True):
        return "endpoint policy"
    if layers.role is None:
        return ""
    if bounds and not _says(bounds, call, allow=True):
        return "permissions boundary"
    by_identity = _says(identity, call, allow=True)
    if layers.same_account:
        # Whoever names the account leaves it to the account's own policies.
        # https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_principal.html
        own = msgspec.structs.replace(call, account="")
        granted = by_identity or _says(resource, own, allow=True)
    else:
        granted = by_identity and _says(resource, call, allow=True)
    return "" if granted else "no statement allows it"


def _known(policies: Listing[Policy]) -> tuple[Policy, ...]:
    if policies.open:
        raise NoOpinion(policies.open[0].what)
    return policies.items


def _told(policy: Maybe[Policy]) -> Policy:
    if isinstance(policy, Unknown):
        raise NoOpinion(policy.what)
    return policy


def _says(policies: Iterable[Policy], call: Call, *, allow: bool) -> bool:
    return any(
        statement.allow is allow and _matches(statement, call)
        for policy in policies
        for statement in _statements(policy)
    )


def _statements(policy: Policy) -> tuple[Statement, ...]:
    if policy.statements.open:
        raise NoOpinion(policy.statements.open[0].what)
    return policy.statements.items


def _matches(statement: Statement, call: Call) -> bool:
    action = any(_like(each.lower(), call.action.lower()) for each in _all(statement.actions))
    if action is statement.not_actions:
        return False
    if statement.resources is not None:
        held = any(_like(each, call.resource) for each in _all(statement.resources))
        if held is statement.not_resources:
            return False
    if statement.principals is not None and not _principal(statement.principals, call):
        return False
    return all(_holds(condition, call) for condition in _conditions(statement))


def _conditions(statement: Statement) -> tuple[Condition, ...]:
    if statement.conditions.open:
        raise NoOpinion(statement.conditions.open[0].what)
    return statement.conditions.items


def _all(listing: Listing[str]) -> tuple[str, ...]:
    if listing.open:
        raise NoOpinion(listing.open[0].what)
    return listing.items


def _principal(written: Maybe[Principals], call: Call) -> bool:
    if isinstance(written, Unknown):
        raise NoOpinion(written.what)
    mine = {"*", call.caller}
    if call.account:
        mine |= {call.account, f"arn:aws:iam::{call.account}:root"}
    named = any(kind in ("*", "AWS") and mine & set(_all(values)) for kind, values in written.of)
    return named is not written.excluded


def _holds(condition: Condition, call: Call) -> bool:
    operator = condition.operator.lower()
    key = condition.key.lower()
    value = call.context.get(key)
    if value is None and call.absent is not None and key not in call.absent:
        raise NoOpinion(f"the condition key {condition.key}")
    if operator.endswith("ifexists"):
        if value is None:
            return True
        operator = operator.removesuffix("ifexists")
    wanted = _all(condition.values)
    if operator == "null":
        return any((each.lower() == "true") is (value is None) for each in wanted)
    negative = "not" in operator
    if value is None:
        return negative
    if operator in ("stringequals", "stringnotequals", "arnequals", "arnnotequals", "arnlike", "arnnotlike"):
        like = operator.startswith("arn")
        found = any(_arn_like(each, value) if like else each == value for each in wanted)
    elif operator in ("stringlike", "stringnotlike"):
        found = any(_like(each, value) for each in wanted)
    elif operator in ("stringequalsignorecase", "stringnotequalsignorecase", "bool"):
        found = value.lower() in (each.lower() for each in wanted)
    else:
        raise NoOpinion(f"the operator {condition.operator}")
    return found is not negative


def _like(pattern: str, text: str) -> bool:
    words = "".join(".*" if c == "*" else "." if c == "?" else re.escape(c) for c in pattern)
    return re.fullmatch(words, text, re.DOTALL) is not None


def _arn_like(pattern: str, arn: str) -> bool:
    """Part by part: no wildcard reaches over a colon, but in the last part."""
    parts, held = pattern.split(":", 5), arn.split(":", 5)
    return len(parts) == len(held) and all(map(_like, parts, held))
