"""Laws of the policy engine: against a slow reference, and what not knowing may change."""

from random import Random
from typing import Any

import msgspec
from hypothesis import given
from hypothesis import strategies as st

from pullproof.iam.evaluate import decide
from pullproof.iam.request import Request
from pullproof.model.iam import Policy, Role, Statement
from pullproof.model.text import anything
from pullproof.model.value import Listing, Origin, Unknown, Why
from pullproof.verdict import Verdict
from tests.oracle.iam_cases import as_request, drawn
from tests.oracle.iam_reference import allowed

UNTOLD = Unknown(Why.AFTER_APPLY, "something", "somewhere", "apply it")
RANDOM = st.integers(0, 2**32 - 1).map(Random)


@given(RANDOM)
def test_a_slow_reference_agrees(random: Random) -> None:
    """Where everything is known, the engine and the reference say the same, and never "unknown"."""
    for _ in range(20):
        case = drawn(random)
        verdict = decide(*as_request(case)).verdict

        assert (Verdict.WORKS if allowed(case) else Verdict.FAILS) is verdict, case


@given(RANDOM)
def test_not_knowing_never_turns_an_answer_round(random: Random) -> None:
    """With any part of it unknown, a request is answered as before, or "unknown"."""
    for _ in range(20):
        estate, request = as_request(drawn(random))
        before = decide(estate, request).verdict
        after = decide(estate, _forgetful(random, request)).verdict

        assert after in (before, Verdict.UNKNOWN), request


@given(RANDOM)
def test_one_more_permission_never_takes_one_away(random: Random) -> None:
    """A statement that allows, added to the role, leaves no request worse off."""
    for _ in range(20):
        estate, request = as_request(drawn(random))
        before = decide(estate, request).verdict
        _, other = as_request(drawn(random))
        granted = _with_allowances(request, other)
        after = decide(estate, granted).verdict

        assert after is before or (before is Verdict.FAILS and after is Verdict.WORKS), request


@given(RANDOM)
def test_what_was_decided_is_remembered_rightly(random: Random) -> None:
    """With a cache, a request is answered as without, the second time too."""
    estate, request = as_request(drawn(random))
    cache: dict[object, Any] = {}
    expected = decide(estate, request)

    assert expected == decide(estate, request, cache)
    assert decide(estate, request, cache) is decide(estate, request, cache)


def _with_allowances(request: Request, other: Request) -> Request:
    assert isinstance(request.caller, Role)
    assert isinstance(other.caller, Role)
    more = tuple(
        msgspec.structs.replace(statement, allow=True)
        for policy in other.caller.policies.items
        for statement in policy.statements.items
    )
    policy = Policy(origin=Origin("more"), statements=Listing(more))
    policies = Listing((*request.caller.policies.items, policy))
    return msgspec.structs.replace(request, caller=msgspec.structs.replace(request.caller, policies=policies))


def _forgetful(random: Random, request: Request) -> Request:
    """The request with some of what is known of it forgotten."""
    some: dict[str, Any] = {}
    if random.random() < 0.5:
        some["context"] = {k: UNTOLD if random.random() < 0.4 else v for k, v in request.context.items()}
    if random.random() < 0.3:
        some["resource"] = _with_hole(random, request.resource)
    if random.random() < 0.2:
        some["cross_account"] = UNTOLD
    for name in ("resource_policy", "endpoint_policy"):
        if random.random() < 0.4 and isinstance(policy := getattr(request, name), Policy):
            some[name] = UNTOLD if random.random() < 0.2 else _vague(random, policy)
    if isinstance(request.caller, Role) and random.random() < 0.7:
        some["caller"] = _vague_role(random, request.caller)
    return msgspec.structs.replace(request, **some)


def _vague_role(random: Random, role: Role) -> Role | Unknown:
    if random.random() < 0.1:
        return UNTOLD
    known = [policy for policy in role.policies.items if random.random() < 0.8]
    policies = tuple(_vague(random, policy) for policy in known)
    forgotten = (UNTOLD,) if len(known) < len(role.policies.items) else ()
    arn = _with_hole(random, role.arn) if random.random() < 0.2 else role.arn
    boundary = role.boundary
    if isinstance(boundary, Policy) and random.random() < 0.5:
        boundary = UNTOLD if random.random() < 0.3 else _vague(random, boundary)
    return msgspec.structs.replace(role, policies=Listing(policies, forgotten), arn=arn, boundary=boundary)


def _vague(random: Random, policy: Policy) -> Policy:
    statements = tuple(
        _vague_statement(random, each) if random.random() < 0.5 else each for each in policy.statements.items
    )
    return msgspec.structs.replace(policy, statements=_some_of(random, statements))


def _vague_statement(random: Random, statement: Statement) -> Statement:
    element = random.choice(("allow", "actions", "resources", "principals", "conditions"))
    held = getattr(statement, element)
    if element == "allow" or held is None:
        return msgspec.structs.replace(statement, allow=UNTOLD)
    if element == "principals":
        return msgspec.structs.replace(statement, principals=UNTOLD)
    if element == "conditions" or random.random() < 0.5:
        return msgspec.structs.replace(statement, **{element: _some_of(random, held.items)})
    return msgspec.structs.replace(
        statement, **{element: Listing(tuple(_with_hole(random, item) for item in held.items))}
    )


def _some_of(random: Random, items: tuple[Any, ...]) -> Listing[Any]:
    kept = tuple(item for item in items if random.random() < 0.7)
    return Listing(kept, (UNTOLD,) if len(kept) < len(items) else ())


def _with_hole(random: Random, text: str) -> str:
    """The text with a stretch of it unknown."""
    start = random.randrange(len(text) + 1)
    end = random.randrange(start, len(text) + 1)
    return text[:start] + anything(text[start:end]) + text[end:]
