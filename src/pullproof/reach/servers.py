"""Who answers names: AmazonProvidedDNS or servers of one's own, and what stands before it.

https://docs.aws.amazon.com/vpc/latest/userguide/vpc-dns.html
https://docs.aws.amazon.com/vpc/latest/userguide/DHCPOptionSet.html
"""

import msgspec

from pullproof.evidence import Gate, Step
from pullproof.model.addresses import dotted
from pullproof.model.estate import look_up
from pullproof.model.packets import UDP
from pullproof.model.value import Unknown
from pullproof.model.vpc import Vpc
from pullproof.reach.doubts import not_modelled, not_shown
from pullproof.reach.ground import Ground, remembered
from pullproof.reach.party import Flow
from pullproof.reach.words import step_of

#: AmazonProvidedDNS, beside the second address of the VPC's first block.
AMAZON = ("AmazonProvidedDNS", "169.254.169.253", "fd00:ec2::253")
DNS = Flow(UDP, 53)


class Servers(msgspec.Struct, frozen=True):
    """How names are asked for in a VPC.

    `steps` are decisions that hold for every name. `doubts` are reasons why somebody else may answer.
    `own` are the servers in place of AWS's: the source must reach one of them.
    """

    steps: tuple[Step, ...] = ()
    doubts: tuple[Unknown, ...] = ()
    own: tuple[str, ...] = ()


@remembered
def servers(ground: Ground, vpc_key: str) -> Servers:
    """Who answers names in a VPC."""
    vpc = ground.estate.vpcs[vpc_key]
    if vpc.dhcp_options == "":
        return Servers((*_support(vpc), *_firewalls(ground, vpc)))
    options = look_up(ground.estate.dhcp_options, vpc.dhcp_options, "the DHCP options", vpc.key)
    if isinstance(options, Unknown):
        return Servers((), (options,))
    amazon = (*AMAZON, *_second(vpc))
    others = tuple(server for server in options.servers.items if server not in amazon)
    ours = options.amazon_dns is True or len(others) < len(options.servers.items)
    if ours and not others and options.servers.complete:
        return Servers((*_support(vpc), *_firewalls(ground, vpc)))
    if isinstance(options.amazon_dns, Unknown):
        return Servers((), (options.amazon_dns,))
    certain = not ours and options.servers.complete
    return Servers((), (_asked(options.key, others),), others if certain else ())


def hostnames(vpc: Vpc) -> tuple[Step, ...]:
    """Without enableDnsHostnames the names of mount targets are not answered.

    https://docs.aws.amazon.com/efs/latest/ug/mounting-fs-mount-cmd-dns-name.html
    """
    if vpc.dns_hostnames is True:
        return ()
    if isinstance(vpc.dns_hostnames, Unknown):
        says = f"it is not known whether {vpc.key} has enableDnsHostnames on"
        return (step_of(Gate.NAMES, vpc.key, says, unknown=vpc.dns_hostnames),)
    says = f"{vpc.key} has enableDnsHostnames off, so that names of mount targets do not resolve"
    return (step_of(Gate.NAMES, vpc.key, says, code="dns-hostnames-off", cites=(vpc.origin,)),)


def _second(vpc: Vpc) -> tuple[str, ...]:
    """The resolver's address inside the VPC: the first block's base plus two."""
    if isinstance(vpc.blocks, Unknown) or not vpc.blocks.v4:
        return ()
    return tuple(dotted(low + 2) for low, _ in vpc.blocks.v4)


def _support(vpc: Vpc) -> tuple[Step, ...]:
    """Without enableDnsSupport AmazonProvidedDNS does not answer."""
    if vpc.dns_support is True:
        return ()
    if isinstance(vpc.dns_support, Unknown):
        says = f"it is not known whether {vpc.key} has enableDnsSupport on"
        return (step_of(Gate.NAMES, vpc.key, says, unknown=vpc.dns_support),)
    says = f"{vpc.key} has enableDnsSupport off, so that no name resolves"
    return (step_of(Gate.NAMES, vpc.key, says, code="dns-support-off", cites=(vpc.origin,)),)


def _firewalls(ground: Ground, vpc: Vpc) -> tuple[Step, ...]:
    """A DNS Firewall may refuse any name: its rules are not modelled."""
    held = [
        wall
        for wall in ground.estate.dns_firewalls.values()
        if wall.vpc == vpc.key or isinstance(wall.vpc, Unknown)
    ]
    whys = [_blocks(wall.key) if wall.vpc == vpc.key else wall.vpc for wall in held]
    found = [why for why in (*whys, *ground.open("DnsFirewall")) if isinstance(why, Unknown)]
    return tuple(
        step_of(Gate.NAMES, vpc.key, f"a DNS Firewall of {vpc.key} may refuse the name", unknown=why)
        for why in found
    )


def _blocks(firewall: str) -> Unknown:
    return not_modelled(
        f"which names {firewall} blocks",
        firewall,
        f"the rules of {firewall} are not modelled: check by hand that they allow this name",
    )


def _asked(options: str, others: tuple[str, ...]) -> Unknown:
    who = ", ".join(others) or "other servers"
    return not_shown(
        f"what {who} answer",
        options,
        f"the DHCP options {options} name {who} beside or instead of AmazonProvidedDNS: make sure that they"
        " forward AWS's names to the VPC's own resolver (the base of its block plus two)",
    )
