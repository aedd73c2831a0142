"""The policy of the resource: a repository's, secret's, key's, bucket's or file system's."""

from pullproof.evidence import Gate, Hop
from pullproof.iam.answer import YES
from pullproof.iam.asked import Asked
from pullproof.iam.layers import Grants, Said, near_miss, resource_layer
from pullproof.iam.steps import denial, either, hop, permission, unsettled
from pullproof.model.text import shown
from pullproof.model.value import Unknown, Why

CODE = "resource-policy"
KEYS = "keys"

_YES = Said(YES)
_SILENT = Grants()


def grants_of(asked: Asked, *, cross_account: bool) -> Grants:
    """What the resource's policy says about the caller.

    A key without a policy of its own has AWS's: the account's identity policies decide.
    https://docs.aws.amazon.com/kms/latest/developerguide/key-policy-default.html
    """
    request = asked.request
    if request.resource_policy is not None:
        return resource_layer(request.resource_policy, asked.question, asked.who)
    if request.anyone_may:
        return _SILENT._replace(anyone=_YES)
    if request.owner_kind == KEYS and not cross_account:
        return _SILENT._replace(account=_YES)
    return _SILENT


def resource_hop(asked: Asked, grants: Grants, *, cross_account: bool) -> tuple[Hop, ...]:
    """What the resource's policy lets through."""
    gate, request = Gate.RESOURCE_POLICY, asked.request
    at = request.owner or shown(request.resource)
    must_allow = cross_account or request.owner_kind == KEYS
    if not must_allow and request.resource_policy is None:
        return ()
    if cross_account and not request.owner and request.resource_policy is None:
        return (hop(unsettled(gate, at, _not_shown(at))),)
    step = permission(
        gate,
        at,
        either(grants.role, grants.anyone, grants.account) if must_allow else _YES,
        code=CODE,
        works=f"the policy of {at} {'allows' if must_allow else 'does not stand against'} {asked.call}",
        fails=f"the policy of {at} does not allow {asked.call}{_whose(cross_account=cross_account)}{near_miss(grants.near)}",
    )
    return (hop(step, *denial(gate, at, grants.deny, code=CODE, call=asked.call)),)


def _whose(*, cross_account: bool) -> str:
    return " to another account" if cross_account else ""


def _not_shown(at: str) -> Unknown:
    what = f"the policy of {at}, which is in another account"
    return Unknown(
        Why.NOT_IN_INPUT, what, at, f"{at} is in another account: look there whether it lets yours in"
    )
