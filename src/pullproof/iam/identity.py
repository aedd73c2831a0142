"""The layers on the caller's side: its role's policies, its boundary, its organization's policies."""

from pullproof.evidence import Gate, Hop
from pullproof.iam.answer import NO, YES, all_of
from pullproof.iam.asked import Asked
from pullproof.iam.layers import Layer, Said, near_miss, plain_layer
from pullproof.iam.resources import policy_of
from pullproof.iam.steps import denial, either, hop, permission, unsettled
from pullproof.model.iam import Policy, Role
from pullproof.model.value import Listing, Unknown, Why

MISSING = "iam-missing-action"
DENIED = "iam-denied"


def identity_hop(asked: Asked, caller: Role | Unknown, grants: tuple[Said, ...]) -> Hop:
    """What the role's own policies say. `grants` are permissions from elsewhere that do as well."""
    if isinstance(caller, Unknown):
        # It may hold any policy; a denial among them would decide, whatever else allows the call.
        return hop(unsettled(Gate.IDENTITY_POLICY, caller.resource or asked.call, caller))
    layer = plain_layer(caller.policies, asked.question)
    gate, at = Gate.IDENTITY_POLICY, caller.key
    step = permission(
        gate,
        at,
        either(layer.allow, *grants),
        code=MISSING,
        works=_allowed_by(asked, caller, layer),
        fails=f"no policy of {at} allows {asked.call}{near_miss(layer.near)}",
    )
    return hop(step, *denial(gate, at, layer.deny, code=DENIED, call=asked.call))


def boundary_hop(asked: Asked, role: Role, grants: tuple[Said, ...]) -> tuple[Hop, ...]:
    """What the role's boundary says; `grants` are permissions that no boundary limits."""
    if role.boundary is None:
        return ()
    gate, boundary = Gate.BOUNDARY, role.boundary
    if isinstance(boundary, Unknown):
        return (hop(unsettled(gate, boundary.resource or role.key, boundary)),)
    at = boundary.origin.address
    layer = plain_layer(Listing((boundary,)), asked.question)
    step = permission(
        gate,
        at,
        either(layer.allow, *grants),
        code=MISSING,
        resource=role.key,
        works=f"the permissions boundary leaves {asked.call}",
        fails=f"the permissions boundary of {role.key} does not allow {asked.call}{near_miss(layer.near)}",
    )
    return (hop(step, *denial(gate, at, layer.deny, code=DENIED, resource=role.key, call=asked.call)),)


def organization_hop(asked: Asked, role: Role) -> tuple[Hop, ...]:
    """What the organization's service control policies say.

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


def _allowed_by(asked: Asked, role: Role, layer: Layer) -> str:
    whose = f"a policy of {role.key}" if layer.allow.answer is YES else policy_of(asked)
    return f"{whose} allows {asked.call}"


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
