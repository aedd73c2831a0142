"""Gateway endpoints: S3 and DynamoDB of the same region, for the subnets of their own VPC only.

https://docs.aws.amazon.com/vpc/latest/privatelink/gateway-endpoints.html
"""

from pullproof.evidence import Gate, Via
from pullproof.model.estate import look_up
from pullproof.model.packets import ICMP, TCP
from pullproof.model.value import Unknown
from pullproof.reach.ends import dead_end, route_hop, unknown_end
from pullproof.reach.ground import Ground
from pullproof.reach.passages import Passage
from pullproof.reach.trip import Leg, Sender
from pullproof.reach.words import hop_of, step_of


def through_gateway_endpoint(ground: Ground, leg: Leg) -> tuple[Passage, ...]:
    """Straight to the service."""
    key = leg.lane.ref
    endpoint = look_up(ground.estate.endpoints, key, "the gateway endpoint", leg.lane.table)
    if isinstance(endpoint, Unknown):
        return (unknown_end(leg, endpoint, f"{key} is not shown", Gate.GATEWAY_ENDPOINT, key),)
    if leg.trip.sender is Sender.TRANSIT:
        return (dead_end(ground, leg, f"{key} serves its own VPC only"),)
    if leg.trip.flow.protocol not in (TCP, ICMP):
        return (dead_end(ground, leg, f"{key} carries TCP only"),)
    step = step_of(Gate.GATEWAY_ENDPOINT, key, f"carries {leg.dest.label}", cites=(endpoint.origin,))
    hops = (route_hop(leg.lane, leg.dest), hop_of(step))
    policed = endpoint.policy is not None
    return (Passage(out=hops, via=Via.GATEWAY_ENDPOINT, endpoint=key, policed=policed),)
