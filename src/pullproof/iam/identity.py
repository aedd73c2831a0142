"""The layers on the caller's side: its role's policies, and its boundary."""

from pullproof.evidence import Gate, Hop
from pullproof.iam.answer import YES
from pullproof.iam.asked import Asked
from pullproof.iam.layers import Layer, Said, near_miss, plain_layer
from pullproof.iam.resources import policy_of
from pullproof.iam.steps import denial, either, hop, permission, unsettled
from pullproof.model.iam import Role
from pullproof.model.value import Listing, Unknown

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


def _allowed_by(asked: Asked, role: Role, layer: Layer) -> str:
    whose = f"a policy of {role.key}" if layer.allow.answer is YES else policy_of(asked)
    return f"{whose} allows {asked.call}"
