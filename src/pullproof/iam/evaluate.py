"""Whether a principal may do something: one analysis for each layer of policies, folded once.

A denial anywhere decides. In one account, an identity policy or the policy of the resource must allow;
between accounts both must. A KMS key's policy must allow in any case: the caller, or the account, which
leaves it to identity policies. Boundaries, organization policies and endpoint policies only take away.
https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_evaluation-logic_policy-eval-denyallow.html
"""

from typing import TypeAlias

from pullproof.evidence import Gate, Hop, Step
from pullproof.iam.asked import Asked, asked
from pullproof.iam.endpoints import endpoint_hop
from pullproof.iam.identity import boundary_hop, identity_hop
from pullproof.iam.organization import organization_hops
from pullproof.iam.request import Anonymous, Decision, Foreign, Request
from pullproof.iam.resources import grants_of, lets_in, resource_hop
from pullproof.iam.steps import hop, unsettled
from pullproof.model.estate import Estate
from pullproof.model.iam import Role
from pullproof.model.text import shown
from pullproof.model.value import Unknown
from pullproof.verdict import Verdict

#: Decisions by request. It must not outlive the estate that it was filled for.
Cache: TypeAlias = dict[object, Decision]


def decide(estate: Estate, request: Request, cache: Cache | None = None) -> Decision:
    """Whether a request is allowed, and by which statements.

    `cache` holds what was decided before for the same estate, in which a key names one noun.
    """
    if cache is None:
        return _decided(estate, request)
    key = _key(request)
    found = cache.get(key)
    if found is None:
        found = cache[key] = _decided(estate, request)
    return found


def _key(request: Request) -> object:
    """What tells requests of one estate apart: policies belong to the nouns that are named."""
    caller = request.caller
    return (
        caller.key if isinstance(caller, Role) else caller,
        request.action,
        request.resource,
        request.owner_kind,
        request.owner,
        request.endpoint,
        request.cross_account,
        request.anyone_may,
        *request.context.items(),
    )


def _decided(estate: Estate, request: Request) -> Decision:
    question = asked(estate, request)
    caller = request.caller
    if isinstance(caller, Foreign):
        return Decision(hops=(_signed(question, caller), *endpoint_hop(question, caller.who)))
    if isinstance(caller, Anonymous):
        return Decision(hops=(_open_to_all(question, caller), *endpoint_hop(question, caller.who)))
    who = caller.key if isinstance(caller, Role) else "the caller"
    return Decision(hops=(*_between_accounts(question, caller), *endpoint_hop(question, who)))


def _open_to_all(question: Asked, caller: Anonymous) -> Hop:
    """The hop of a request without credentials: only the resource can let it in."""
    grants = grants_of(question, cross_account=True)
    return lets_in(question, grants, to=caller.who)


def _signed(question: Asked, caller: Foreign) -> Hop:
    """The hop of a request that a principal of AWS's own has signed."""
    return hop(
        Step(
            gate=Gate.IDENTITY_POLICY,
            at=shown(question.request.resource),
            verdict=Verdict.WORKS,
            says=f"{caller.who} has signed the request: no identity policy of yours is asked",
        )
    )


def _between_accounts(question: Asked, caller: Role | Unknown) -> tuple[Hop, ...]:
    """The hops of both sides, in one account or two.

    Where it is not known which, what fails in one account fails between two, and what works between two
    works in one; anything else hangs on it.
    """
    crosses = question.request.cross_account
    if not isinstance(crosses, Unknown):
        return _sides(question, caller, cross_account=crosses)
    within = _sides(question, caller, cross_account=False)
    if Verdict.FAILS in (each.verdict for each in within):
        return within
    between = _sides(question, caller, cross_account=True)
    if all(each.verdict is Verdict.WORKS for each in between):
        return between
    at = question.request.owner or shown(question.request.resource)
    return (*within, hop(unsettled(Gate.RESOURCE_POLICY, at, crosses)))


def _sides(question: Asked, caller: Role | Unknown, *, cross_account: bool) -> tuple[Hop, ...]:
    grants = grants_of(question, cross_account=cross_account)
    # In one account a grant to the session does as well as an identity policy, whatever the boundary.
    unlimited = () if cross_account else (grants.anyone,)
    limited = () if cross_account else (grants.role,)
    return (
        identity_hop(question, caller, unlimited + limited),
        *(boundary_hop(question, caller, unlimited) if isinstance(caller, Role) else ()),
        *(organization_hops(question, caller) if isinstance(caller, Role) else ()),
        *resource_hop(question, grants, cross_account=cross_account),
    )
