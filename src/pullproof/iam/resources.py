"""The policy of the resource: a repository's, secret's, key's, bucket's or file system's."""

from pullproof.evidence import Gate, Hop, Step
from pullproof.iam.answer import YES
from pullproof.iam.asked import Asked
from pullproof.iam.layers import Grants, Said, near_miss, resource_layer
from pullproof.iam.steps import denial, either, hop, permission, unsettled
from pullproof.model.text import shown
from pullproof.model.value import Unknown, Why
from pullproof.verdict import Verdict

CODE = "resource-policy"
KEYS = "keys"

_GATE = Gate.RESOURCE_POLICY
_YES = Said(YES)


def grants_of(asked: Asked, *, cross_account: bool) -> Grants:
    """What the resource's policy says about the caller.

    A key without a policy of its own has AWS's: the account's identity policies decide.
    https://docs.aws.amazon.com/kms/latest/developerguide/key-policy-default.html
    """
    request = asked.request
    if request.resource_policy is not None:
        return resource_layer(request.resource_policy, asked.question, asked.who)
    if request.anyone_may:
        return Grants(anyone=_YES)
    if request.owner_kind == KEYS and not cross_account:
        return Grants(account=_YES)
    return Grants()


def resource_hop(asked: Asked, grants: Grants, *, cross_account: bool) -> tuple[Hop, ...]:
    """What the resource's policy lets through; nothing where the resource has no say."""
    request = asked.request
    if cross_account and not request.owner and request.resource_policy is None:
        at = shown(request.resource)
        return (hop(unsettled(_GATE, at, _not_shown(at))),)
    if cross_account or request.owner_kind == KEYS:
        return (lets_in(asked, grants, to="another account" if cross_account else ""),)
    if request.resource_policy is None:
        return ()
    at = _at(asked)
    return (hop(*(denial(_GATE, at, grants.deny, code=CODE, call=asked.call) or (_silent(asked, at),))),)


def lets_in(asked: Asked, grants: Grants, *, to: str) -> Hop:
    """What the policy of a resource lets through that has to allow it itself."""
    at = _at(asked)
    whom = f" to {to}" if to else ""
    step = permission(
        _GATE,
        at,
        either(grants.role, grants.anyone, grants.account),
        code=CODE,
        works=f"{policy_of(asked)} allows {asked.call}{whom}",
        fails=f"the policy of {at} does not allow {asked.call}{whom}{near_miss(grants.near)}",
    )
    return hop(step, *denial(_GATE, at, grants.deny, code=CODE, call=asked.call))


def policy_of(asked: Asked) -> str:
    """The resource's policy, for people."""
    at = _at(asked)
    return f"the policy of {at}" if asked.request.resource_policy is not None else f"AWS's default for {at}"


def _at(asked: Asked) -> str:
    return asked.request.owner or shown(asked.request.resource)


def _silent(asked: Asked, at: str) -> Step:
    says = f"the policy of {at} does not deny {asked.call}"
    return Step(gate=_GATE, at=at, verdict=Verdict.WORKS, says=says)


def _not_shown(at: str) -> Unknown:
    what = f"the policy of {at}, which is in another account"
    return Unknown(
        Why.NOT_IN_INPUT, what, at, f"{at} is in another account: look there whether it lets yours in"
    )
