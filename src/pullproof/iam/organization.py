"""The layer of the organization: service control policies, level by level where the levels are known."""

from pullproof.evidence import Gate, Hop
from pullproof.iam.answer import NO, all_of
from pullproof.iam.asked import Asked
from pullproof.iam.identity import DENIED
from pullproof.iam.layers import Said, near_miss, plain_layer
from pullproof.iam.steps import denial, either, hop, permission
from pullproof.model.iam import OrganizationLevel, Policy, Role
from pullproof.model.text import is_exact
from pullproof.model.value import Listing, Unknown, Why

#: arn:aws:iam::123456789012:role/app
ARN_COLONS = 5


def organization_hops(asked: Asked, role: Role) -> tuple[Hop, ...]:
    """What the organization's service control policies say of a caller."""
    levels = _levels(asked, role)
    return _listed(asked, role) if levels is None else tuple(_level(asked, role, one) for one in levels)


def _levels(asked: Asked, role: Role) -> tuple[OrganizationLevel, ...] | None:
    """The levels above the role's account; None where they are not known."""
    held = asked.estate.organization_levels
    account = role.arn.split(":")[4] if is_exact(role.arn) and role.arn.count(":") >= ARN_COLONS else ""
    if not account and len(held) == 1:
        return next(iter(held.values()))
    return held.get(account)


def _level(asked: Asked, role: Role, level: OrganizationLevel) -> Hop:
    """What one level says: some policy of it has to allow the call, and none may deny it.

    https://docs.aws.amazon.com/organizations/latest/userguide/orgs_manage_policies_scps_evaluation.html
    """
    gate, at = Gate.ORGANIZATION_POLICY, level.at
    layer = plain_layer(level.policies, asked.question)
    step = permission(
        gate,
        at,
        layer.allow,
        code=DENIED,
        resource=role.key,
        works=f"a service control policy of {at} allows {asked.call}",
        fails=f"no service control policy of {at} allows {asked.call}{near_miss(layer.near)}",
    )
    return hop(step, *denial(gate, at, layer.deny, code=DENIED, resource=role.key, call=asked.call))


def _listed(asked: Asked, role: Role) -> tuple[Hop, ...]:
    """What policies say of which it is not known to what they are attached.

    AWS attaches `FullAWSAccess` everywhere by itself, so that a policy of denials alone limits nothing
    else. A policy that allows something, and not this, may have taken its place at one of the levels.
    https://docs.aws.amazon.com/organizations/latest/userguide/orgs_manage_policies_scps_evaluation.html
    """
    policies = asked.estate.organization_policies
    if not policies:
        return ()
    gate, at = Gate.ORGANIZATION_POLICY, policies[0].origin.address
    layers = [plain_layer(Listing((policy,)), asked.question) for policy in policies]
    allow = all_of(
        layer.allow.answer for layer, policy in zip(layers, policies, strict=True) if _may_allow(policy)
    )
    step = permission(
        gate,
        at,
        Said(_may_be_left_out(at) if allow is NO else allow),
        code=DENIED,
        works=f"no organization policy keeps from {asked.call}",
        fails="",
    )
    deny = either(*(layer.deny for layer in layers))
    return (hop(step, *denial(gate, at, deny, code=DENIED, resource=role.key, call=asked.call)),)


def _may_allow(policy: Policy) -> bool:
    return any(statement.allow is not False for statement in policy.statements.items)


def _may_be_left_out(at: str) -> Unknown:
    what = "whether the organization still allows everything that its policies do not deny"
    return Unknown(
        Why.NOT_IN_INPUT,
        what,
        at,
        f"{at} lists what is allowed: look whether FullAWSAccess is still attached",
    )
