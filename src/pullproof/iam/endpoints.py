"""The policy of the VPC endpoint that a call goes through: a filter, which grants nothing.

https://docs.aws.amazon.com/vpc/latest/privatelink/vpc-endpoints-access.html
"""

from pullproof.evidence import Gate, Hop
from pullproof.iam.asked import Asked
from pullproof.iam.layers import near_miss, resource_layer
from pullproof.iam.steps import denial, either, hop, permission
from pullproof.model.endpoints import EndpointType

CODE = "endpoint-policy"


def endpoint_hop(asked: Asked, who: str) -> tuple[Hop, ...]:
    """What the endpoint's policy lets through; `who` is the caller, for people."""
    request = asked.request
    if not request.endpoint or request.endpoint_policy is None:
        return ()
    at = request.endpoint
    endpoint = asked.estate.endpoints.get(at)
    gateway = endpoint is not None and endpoint.type is EndpointType.GATEWAY
    grants = resource_layer(
        request.endpoint_policy,
        asked.question,
        (lambda principals: asked.who(principals).by_wildcard_only()) if gateway else asked.who,
    )
    step = permission(
        Gate.ENDPOINT_POLICY,
        at,
        either(grants.anyone, grants.role, grants.account),
        code=CODE,
        works=f"the endpoint's policy lets {who} call {request.action}",
        fails=f"no statement in the policy of {at} lets {who} call {asked.call}{near_miss(grants.near)}",
    )
    call = f"{asked.call} by {who}"
    return (hop(step, *denial(Gate.ENDPOINT_POLICY, at, grants.deny, code=CODE, call=call)),)
