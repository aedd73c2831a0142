"""Resolver rules: names that are asked for elsewhere.

The most specific rule decides; a rule of type SYSTEM keeps what a less specific one would forward.
https://docs.aws.amazon.com/Route53/latest/DeveloperGuide/resolver-overview-forward-vpc-to-network.html
"""

import msgspec

from pullproof.model.names import ResolverRule
from pullproof.model.text import Text, shown
from pullproof.model.value import Unknown
from pullproof.reach.domains import below, labels, plain
from pullproof.reach.doubts import not_followed, not_shown
from pullproof.reach.ground import Ground, remembered
from pullproof.verdict import Verdict


class Forwarding(msgspec.Struct, frozen=True):
    """Why a name is forwarded, and by how many labels the rule matches; why it may be, otherwise."""

    size: int = 0
    why: Unknown | None = None
    doubts: tuple[Unknown, ...] = ()


@remembered
def forwarding(ground: Ground, vpc: str, host: Text) -> Forwarding:
    """Whether a name is forwarded from a VPC."""
    doubts = [*ground.open("ResolverRule")]
    best: tuple[int, ResolverRule] | None = None
    for rule in ground.estate.resolver_rules.values():
        match = _matches(rule, vpc, host)
        if isinstance(match, Unknown):
            doubts.append(match)
        elif match is not None and (best is None or match > best[0]):
            best = match, rule
    if best is None or best[1].type != "FORWARD":
        return Forwarding(doubts=tuple(doubts))
    return Forwarding(best[0], _elsewhere(best[1], host), tuple(doubts))


def _matches(rule: ResolverRule, vpc: str, host: Text) -> int | Unknown | None:
    """By how many labels a rule matches, None when it does not; or why it may."""
    if vpc not in rule.vpcs.items and rule.vpcs.complete:
        return None
    if isinstance(rule.domain, Unknown):
        return rule.domain
    domain = plain(rule.domain)
    covers = below(host, domain)
    if covers is Verdict.FAILS:
        return None
    if covers is Verdict.UNKNOWN:
        return not_followed(f"the domain of {rule.key}", rule.key)
    if isinstance(rule.type, Unknown):
        return rule.type
    return len(labels(domain)) if vpc in rule.vpcs.items else rule.vpcs.open[0]


def _elsewhere(rule: ResolverRule, host: Text) -> Unknown:
    return not_shown(
        f"what {shown(host)} means where {rule.key} forwards it to",
        rule.key,
        f"{rule.key} forwards this name: make sure that the servers it names answer with the endpoint's addresses",
    )
