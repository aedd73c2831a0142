"""What stands behind a firewall endpoint: an appliance that keeps state, and sends on what it lets through.

It lets through every connection that it saw begin, whatever its own rules would say: these are not modelled.
What belongs to no such connection is dropped, as by the default of a Network Firewall: that happens where
only one way of a connection leads through it.
https://docs.aws.amazon.com/network-firewall/latest/developerguide/asymmetric-routing.html
https://docs.aws.amazon.com/network-firewall/latest/developerguide/stream-exception-policy.html

Each zone has an appliance of its own, and the subnet of its endpoint routes what comes out of it.
https://docs.aws.amazon.com/vpc/latest/privatelink/gateway-load-balancer-endpoints.html
"""

from pullproof.lab.kernel import sysctl
from pullproof.lab.nft import Drop, load, records
from pullproof.lab.plan import Interface, Plan
from pullproof.model.addresses import dotted

#: The only stage of an appliance that can stop a packet.
UNSEEN = "unseen"
TABLE = "inspection"


def rules(*, observing: bool = False) -> str:
    """The text for `nft -f`: a record of what belongs to nothing, by the port of the server, and its end.

    With `observing`, it passes.
    """
    end = "accept" if observing else "drop"
    asked, answered = (
        f"add @drop_{UNSEEN} {{ ip saddr . ip daddr . ip protocol . th {port} }}"
        for port in ("dport", "sport")
    )
    return (
        f"table ip {TABLE}\ndelete table ip {TABLE}\ntable ip {TABLE} {{\n"
        f" set drop_{UNSEEN} {{ type ipv4_addr . ipv4_addr . inet_proto . inet_service;"
        " size 65535; flags dynamic; }\n"
        f" chain {UNSEEN} {{\n"
        f"  tcp flags & (syn | ack) == syn | ack {answered} {end}\n"
        f"  {asked}\n  {end}\n }}\n"
        " chain through {\n  type filter hook forward priority filter; policy accept;\n"
        f"  ct state invalid goto {UNSEEN}\n }}\n}}\n"
    )


def begin() -> None:
    """Make this namespace, which is new, that of an appliance: it takes up no connection in its midst.

    Raises:
        ToolError: nft is missing, or refuses the rules.
    """
    load(rules())
    sysctl("net/netfilter/nf_conntrack_tcp_loose", "0")


def unseen(plan: Plan, appliance: Interface) -> list[Drop]:
    """What the appliance of this namespace dropped since its rules were loaded.

    Raises:
        ToolError: nft is missing, or fails.
    """
    return [
        Drop(
            stage=stage,
            vpc=appliance.vpc,
            sender=_whose(plan, appliance.vpc, source),
            receiver=_whose(plan, appliance.vpc, target),
            address=target,
            protocol=protocol,
            port=int(port) if port.isdigit() else 0,
            by=appliance.name,
        )
        for stage, (source, target, protocol, port) in records()
    ]


def _whose(plan: Plan, vpc: str, address: str) -> str:
    """The link of an address, looked for in the appliance's own VPC first; the address where it has none."""
    held = sorted(plan.interfaces.values(), key=lambda each: each.vpc != vpc)
    return next((each.name for each in held if dotted(each.address) == address), address)
