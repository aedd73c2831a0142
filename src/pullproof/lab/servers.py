"""Which DNS servers a task asks, and who stands at their addresses.

https://docs.aws.amazon.com/vpc/latest/userguide/DHCPOptionSet.html
https://docs.aws.amazon.com/vpc/latest/userguide/AmazonDNS-concepts.html
"""

import ipaddress
from collections.abc import Iterator

import msgspec

from pullproof.lab.names import ipv4
from pullproof.lab.plan import Interface, Plan, Role, single
from pullproof.lab.sandbox import OPTIONS, RESOLVER
from pullproof.model.addresses import dotted

#: What DHCP options call AWS's own server.
AMAZON = "AmazonProvidedDNS"


class Door(msgspec.Struct, frozen=True, kw_only=True):
    """Where questions come in: a space, and the address in it; who answers, and for which VPC.

    It is the VPC's resolver, or a server at an interface (by its link), or one of the internet, which has
    every address.
    """

    space: str
    vpc: str
    address: str = "0.0.0.0"  # noqa: S104  # of one namespace
    interface: str = ""
    public: bool = False


def servers(plan: Plan, subnet: str) -> tuple[str, ...]:
    """The addresses that a task in a subnet asks, in their order; AWS's own where nothing else is told."""
    vpc = plan.estate.vpcs[str(plan.estate.subnets[subnet].vpc)]
    found = (RESOLVER if each == AMAZON else each for each in _named(plan, vpc.key))
    return tuple(dict.fromkeys(each for each in found if ipv4(each) is not None)) or (RESOLVER,)


def resolv_conf(plan: Plan, subnet: str) -> str:
    """The file by which a task knows its servers."""
    return "".join(f"nameserver {each}\n" for each in servers(plan, subnet)) + OPTIONS


def amazon(plan: Plan, vpc: str) -> tuple[str, ...]:
    """The addresses of AWS's own server in a VPC: one that is the same everywhere, and the base plus two."""
    return (RESOLVER, *(dotted(block.first + 2) for block in single(plan.estate.vpcs[vpc].blocks)))


def asks_amazon(plan: Plan, subnet: str) -> bool:
    """Whether a task in a subnet asks AWS's own server and no other."""
    return set(servers(plan, subnet)) <= set(amazon(plan, str(plan.estate.subnets[subnet].vpc)))


def standing(plan: Plan, server: str) -> tuple[Interface, ...]:
    """The instances that have an address: what takes questions there is taken for a DNS server."""
    return tuple(each for each in plan.with_role(Role.BOX) if dotted(each.address) == server)


def anybody_at(plan: Plan, server: str) -> bool:
    """Whether anybody is at an address, as far as the plan shows: a task may be a server, too."""
    known = any(server in amazon(plan, vpc) for vpc in plan.estate.vpcs)
    there = any(dotted(each.address) == server for each in plan.interfaces.values())
    return known or there or ipaddress.ip_address(server).is_global


def doors(plan: Plan) -> Iterator[Door]:
    """Everywhere that questions are taken."""
    for vpc in plan.estate.vpcs:
        yield from (Door(space=f"vpc:{vpc}", vpc=vpc, address=each) for each in amazon(plan, vpc))
        yield Door(space=f"out:{vpc}", vpc=vpc, public=True)
    named = dict.fromkeys(server for vpc in plan.estate.vpcs for server in _named(plan, vpc))
    boxes = dict.fromkeys(box for server in named for box in standing(plan, server))
    yield from (Door(space=box.name, vpc=box.vpc, interface=box.name) for box in boxes)


def _named(plan: Plan, vpc: str) -> tuple[str, ...]:
    """What the DHCP options of a VPC name."""
    options = plan.estate.dhcp_options.get(str(plan.estate.vpcs[vpc].dhcp_options))
    return () if options is None else options.servers.items
