"""What one layer of policies says of a request: what it allows, what it denies, and what stays open."""

from collections.abc import Callable, Iterable
from typing import TypeAlias

import msgspec

from pullproof.iam.answer import NO, YES, Answer, any_of
from pullproof.iam.principals import Matched
from pullproof.iam.statements import Question, applies
from pullproof.model.iam import Policy, Principals, Statement
from pullproof.model.managed_policies import never_denies
from pullproof.model.value import Listing, Maybe, Origin, Unknown, Why
from pullproof.verdict import Verdict

#: Answers of statements, each with its place.
_Found: TypeAlias = list[tuple[Answer, Origin]]


class Said(msgspec.Struct, frozen=True):
    """One thing that a layer says or does not say, and the statements that say it."""

    answer: Answer = NO
    by: tuple[Origin, ...] = ()


class Layer(msgspec.Struct, frozen=True):
    """What policies without principals say.

    `near` are statements that allow the action, and not on this resource or not in these circumstances.
    """

    allow: Said
    deny: Said
    near: tuple[Origin, ...] = ()


class Grants(msgspec.Struct, frozen=True):
    """What a policy with principals says; its grants by how they mean the caller (`principals.Matched`).

    `near` are statements that allow the action, and not on this resource, in these circumstances or to
    this caller.
    """

    anyone: Said = Said()
    role: Said = Said()
    account: Said = Said()
    deny: Said = Said()
    near: tuple[Origin, ...] = ()


#: How a `Principal` element means the caller.
Who: TypeAlias = Callable[[Maybe[Principals] | None], Matched]


def plain_layer(policies: Listing[Policy], question: Question) -> Layer:
    """What policies without principals say: identity policies, a boundary, organization policies.

    A policy whose text is not known may allow; it may also deny, unless it is one of AWS's own.
    """
    allow: _Found = []
    deny: _Found = []
    near: list[Origin] = []
    doubts = [*policies.open]
    for policy in policies.items:
        doubts += policy.statements.open
        for statement in policy.statements.items:
            found = applies(statement, question)
            if found.answer is not NO:
                _sort(statement, found.answer, allow, deny)
            elif found.names_action and statement.allow is True:
                near.append(statement.origin)
    denials = [doubt for doubt in doubts if not never_denies(doubt)]
    return Layer(_said(allow, doubts), _said(deny, denials), tuple(near))


def resource_layer(policy: Maybe[Policy], question: Question, who: Who) -> Grants:
    """What a policy with principals says about a caller."""
    if isinstance(policy, Unknown):
        unclear = Said(policy)
        return Grants(unclear, unclear, unclear, unclear)
    allow: tuple[_Found, _Found, _Found] = ([], [], [])
    deny: _Found = []
    near: list[Origin] = []
    for statement in policy.statements.items:
        meant = who(statement.principals)
        found = applies(statement, question)
        if found.answer is NO or meant.at_all is Verdict.FAILS:
            if found.names_action and statement.allow is True:
                near.append(statement.origin)
            continue
        for grants, means in zip(allow, (meant.anyone, meant.role, meant.account), strict=True):
            _sort(statement, _if_meant(means, found.answer, statement), grants, [])
        _sort(statement, _if_meant(meant.at_all, found.answer, statement), [], deny)
    doubts = policy.statements.open
    anyone, role, account = (_said(each, doubts) for each in allow)
    return Grants(anyone, role, account, _said(deny, doubts), tuple(near))


def _sort(statement: Statement, answer: Answer, allow: _Found, deny: _Found) -> None:
    """Put a statement's answer where its effect says; in both places when that is not known."""
    if answer is NO:
        return
    if isinstance(statement.allow, Unknown):
        allow.append((statement.allow, statement.origin))
        deny.append((statement.allow, statement.origin))
    else:
        (allow if statement.allow else deny).append((answer, statement.origin))


def _said(found: _Found, doubts: Iterable[Unknown]) -> Said:
    by = tuple(origin for answer, origin in found if answer is YES)
    return Said(YES, by) if by else Said(any_of([*(answer for answer, _ in found), *doubts]))


def _if_meant(means: Verdict, answer: Answer, statement: Statement) -> Answer:
    """The answer for a caller whom the statement means, does not mean, or may mean."""
    if means is Verdict.FAILS:
        return NO
    if means is Verdict.WORKS or isinstance(answer, Unknown):
        return answer
    at = statement.origin
    what = f"whether the principals of {at} include the caller"
    return Unknown(Why.AFTER_APPLY, what, at.address, f"not settled {what}: its names are not all known")


def near_miss(near: tuple[Origin, ...]) -> str:
    """Where the action is allowed, but not this call: the usual reason is a mistyped resource."""
    if not near:
        return ""
    return f"; {', '.join(map(str, near))} allows the action, but not this call"
