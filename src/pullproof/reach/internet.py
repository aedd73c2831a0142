"""Internet gateways: they let out what has a public address of its own.

https://docs.aws.amazon.com/vpc/latest/userguide/VPC_Internet_Gateway.html
"""

from collections.abc import Iterator

from pullproof.evidence import Gate, Hop, Step, Via
from pullproof.model import ranges
from pullproof.model.estate import look_up
from pullproof.model.ranges import Ranges
from pullproof.model.value import Maybe, Unknown
from pullproof.reach.doubts import PUBLIC
from pullproof.reach.ends import blackhole, dead_end, end, route_hop, unknown_end
from pullproof.reach.ground import Ground
from pullproof.reach.outside import from_outside
from pullproof.reach.passages import Passage
from pullproof.reach.public_access import public_access
from pullproof.reach.trip import Leg, Sender
from pullproof.reach.words import step_of

#: Stands for the key of the source in a step; the walk puts the key in.
THE_SOURCE = "(the source)"


def through_internet_gateway(ground: Ground, leg: Leg) -> tuple[Passage, ...]:
    """Out by an internet gateway."""
    key, trip, dest = leg.lane.ref, leg.trip, leg.dest
    gateway = look_up(ground.estate.internet_gateways, key, "the internet gateway", leg.lane.table)
    if isinstance(gateway, Unknown):
        says = f"{key} is not shown, nor whether it is attached"
        return (unknown_end(leg, gateway, says, Gate.INTERNET_GATEWAY, key),)
    if gateway.egress_only:
        return (dead_end(ground, leg, f"{key} carries IPv6 only"),)
    if isinstance(gateway.vpc, str) and gateway.vpc != leg.vpc.key:
        where = f"is attached to {gateway.vpc}, not to {leg.vpc.key}" if gateway.vpc else "is not attached"
        return (blackhole(leg, f"{key} {where}", (gateway.origin,)),)
    if trip.sender is Sender.TRANSIT:
        return (dead_end(ground, leg, f"{key} drops what comes from another VPC without NAT"),)
    if trip.sender is Sender.PRIVATE_NAT:
        return (dead_end(ground, leg, f"{key} drops what comes from a private NAT gateway"),)
    public = ranges.intersection(dest.addresses, PUBLIC)
    if not public:
        return (
            end(leg, "no-route", leg.lane.table, f"{dest.label} is no public address, and {key} drops it"),
        )
    gate = Hop(at=key, gate=Gate.INTERNET_GATEWAY, steps=tuple(_at_gateway(leg, gateway.vpc, public)))
    hops = (route_hop(leg.lane, dest), *public_access(ground, leg), gate)
    into, back = from_outside(ground, trip, dest.far) if dest.far else ((), ())
    return (Passage(out=(*hops, *into), back=back, via=Via.INTERNET_GATEWAY),)


def _at_gateway(leg: Leg, attached: Maybe[str], public: Ranges) -> Iterator[Step]:
    """What the gateway asks: is it attached here, is there a public address to translate to."""
    key, trip, dest = leg.lane.ref, leg.trip, leg.dest
    if isinstance(attached, Unknown):
        says = f"it is not known whether {key} is attached to {leg.vpc.key}"
        yield step_of(Gate.INTERNET_GATEWAY, key, says, unknown=attached)
    if public != dest.addresses:
        says = f"{key} drops what is not for a public address"
        code, why = ("no-route", None) if dest.why is None else ("", dest.why)
        yield step_of(
            Gate.INTERNET_GATEWAY, key, says, code=code, resource=leg.lane.table, unknown=why, partial=True
        )
    if trip.sender is Sender.NAT:
        yield step_of(Gate.INTERNET_GATEWAY, key, f"{trip.box} has a public address")
    elif isinstance(trip.public_ip, Unknown):
        says = "it is not known whether the sender has a public IP"
        yield step_of(Gate.INTERNET_GATEWAY, key, says, unknown=trip.public_ip)
    elif trip.public_ip:
        yield step_of(Gate.INTERNET_GATEWAY, key, "the sender has a public IP")
    elif trip.sender is Sender.INSTANCE:
        says = f"{trip.box} has no public IP, without which {key} lets nothing out"
        yield step_of(Gate.INTERNET_GATEWAY, key, says, code="nat-not-public", resource=trip.box)
    else:
        says = f"the sender has no public IP, without which {key} lets nothing out"
        yield step_of(Gate.INTERNET_GATEWAY, key, says, code="no-public-ip", resource=THE_SOURCE)
