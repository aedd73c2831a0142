"""The gate of security groups: stateful, allow only, the union of all rules of all groups.

https://docs.aws.amazon.com/vpc/latest/userguide/security-group-rules.html
"""

from collections.abc import Iterator

import msgspec

from pullproof.evidence import Gate, Hop, Step, Wanted
from pullproof.model import ranges
from pullproof.model.addresses import Addresses
from pullproof.model.filters import GroupRef
from pullproof.model.packets import Service
from pullproof.model.services import endpoint_name
from pullproof.model.value import Listing, Origin, Unknown
from pullproof.reach.boxes import box
from pullproof.reach.doubts import not_shown
from pullproof.reach.ground import Ground, remembered
from pullproof.reach.group_rules import Block, RuleSet, rule_set, rules_text
from pullproof.reach.outcome import Judged, Outcome, outcome
from pullproof.reach.party import Flow, Party, Side
from pullproof.reach.peers import Link, Match, match, match_group
from pullproof.reach.words import hop_of, share, step_of


class Question(msgspec.Struct, frozen=True, cache_hash=True):
    """What groups are asked: which way, about what flow, how the two ends are joined.

    `at` says whose they are where no group is known; interfaces of the same groups ask the same.
    """

    groups: Listing[str]
    at: str
    side: Side
    flow: Flow
    link: Link


def question(groups: Listing[str], at: str, side: Side, flow: Flow, link: Link) -> Question:
    """The question to the groups of the interface `at`."""
    return Question(groups, "" if groups.items or groups.among else at, side, flow, link)


STATEFUL = "replies pass: security groups are stateful"


@remembered
def admits(ground: Ground, asked: Question, other: Party) -> Judged:
    """Whether a set of groups lets a flow through to or from the other party."""
    groups, flow, link = asked.groups, asked.flow, asked.link
    if groups.among:
        return _admitted_by_some(ground, asked, other)
    sets = [rule_set(ground, group, asked.side, flow) for group in groups.items]
    for rules in sets:
        if (alone := _alone(rules, other, link)) is not None:
            return Judged(Outcome.ALL, alone.says, (alone.origin,))
    found = [pair for rules in sets for pair in _matches(ground, rules, other, link)]
    anyone = (*groups.open, *(why for rules in sets for why in rules.open), *_no_group(groups, other))
    sure = ranges.normal(span for match_, _ in found for span in match_.sure)
    possible = ranges.normal(span for match_, _ in found for span in match_.possible)
    ports = flow.ports
    answer = outcome(
        other.addresses,
        ports,
        box(sure, ports),
        box(other.addresses if anyone else possible, ports),
        exact=other.exact,
    )
    doubts = [match_.why for match_, _ in found if match_.why is not None]
    reasons = (*doubts, *anyone, *(() if other.why is None else (other.why,)))
    cites = tuple(origin for match_, origin in found if match_.sure)
    says = share(other, sure) if answer in (Outcome.ALL, Outcome.PART) else ""
    return Judged(answer, says, cites, reasons)


def _admitted_by_some(ground: Ground, asked: Question, other: Party) -> Judged:
    """The interface carries one or more of several groups: certain is what each of them says alone."""
    each = [
        admits(ground, msgspec.structs.replace(asked, groups=Listing((group,))), other)
        for group in asked.groups.among
    ]
    if len({judged.outcome for judged in each}) == 1 and each[0].outcome in (Outcome.ALL, Outcome.NONE):
        return each[0]
    cites = tuple(origin for judged in each for origin in judged.cites)
    return Judged(Outcome.UNSURE, "", cites, asked.groups.open)


@remembered
def closed(ground: Ground, groups: Listing[str], flow: Flow) -> bool:
    """Whether the groups certainly let this flow out to nobody at all."""
    return (
        bool(groups.items)
        and groups.complete
        and all(rule_set(ground, group, Side.OUT, flow).closed for group in groups.items)
    )


@remembered
def group_step(ground: Ground, asked: Question, other: Party) -> Step:
    """The question to the groups of one end: do they let this flow out to, or in from, the other."""
    judged = admits(ground, asked, other)
    groups = asked.groups.items or asked.groups.among
    out = asked.side is Side.OUT
    kind = "egress" if out else "ingress"
    what = f"{asked.flow} out to {other.label}" if out else f"{asked.flow} in from {other.label}"
    at = groups[0] if groups else asked.at
    if judged.outcome is Outcome.ALL:
        says = f"{kind} rule {judged.says} lets {what}"
        return step_of(Gate.SECURITY_GROUP, at, says, cites=judged.cites)
    joined = " and " if asked.groups.items else " or "
    who = f"{joined.join(groups) or asked.at} {'let' if len(groups) > 1 else 'lets'}"
    if judged.outcome is Outcome.UNSURE:
        says = f"it is not known whether {who} {what}"
        return step_of(Gate.SECURITY_GROUP, at, says, unknown=judged.unknowns[0], cites=judged.cites)
    rules = f"{kind} rules: {rules_text(ground, groups, asked.side)}"
    if judged.outcome is Outcome.PART:
        says = f"{who} {what} for {judged.says} only; {rules}"
        return step_of(
            Gate.SECURITY_GROUP,
            at,
            says,
            code=f"sg-{kind}",
            partial=True,
            cites=judged.cites,
            wanted=_wanted(ground, asked, other),
        )
    cites = tuple(ground.estate.groups[key].origin for key in groups)
    return step_of(
        Gate.SECURITY_GROUP,
        at,
        f"{who} no {what}; {rules}",
        code=f"sg-{kind}",
        cites=cites,
        wanted=_wanted(ground, asked, other),
    )


def _wanted(ground: Ground, asked: Question, other: Party) -> Wanted:
    """What the groups would have to let through."""
    managed = other.managed and endpoint_name(other.managed, other.region, ground.estate.partition)
    return Wanted(
        egress=asked.side is Side.OUT,
        service=Service(asked.flow.protocol, asked.flow.ports),
        addresses=Addresses(v4=other.addresses),
        groups=Listing() if other.groups is None else other.groups,
        references=asked.link is Link.JOINED,
        managed=managed,
    )


def group_hop(ground: Ground, asked: Question, other: Party) -> Hop:
    """The hop of one such question."""
    return hop_of(group_step(ground, asked, other))


def stateful(groups: Listing[str], at: str) -> Hop:
    """The way back through the sender's groups."""
    return hop_of(step_of(Gate.SECURITY_GROUP, groups.items[0] if groups.items else at, STATEFUL))


def _alone(rules: RuleSet, other: Party, link: Link) -> Block | None:
    """A rule that lets all of the other end through by itself."""
    if rules.refs and other.groups is not None and link is Link.JOINED:
        for key in other.groups.items:
            if (by_ref := rules.refs.get(key)) is not None:
                return by_ref
    for rule in rules.blocks:
        if ranges.covers(rule.addresses, other.addresses):
            return rule
    return None


def _matches(ground: Ground, rules: RuleSet, other: Party, link: Link) -> Iterator[tuple[Match, Origin]]:
    """Whom each rule means."""
    for rule in rules.blocks:
        here = ranges.intersection(rule.addresses, other.addresses)
        yield Match(here, here), rule.origin
    for listed, rule in rules.lists:
        yield match(ground, listed, other, link), rule.origin
    for key, rule in rules.refs.items():
        yield match_group(ground, GroupRef(key), other, link), rule.origin
    for doubt in rules.doubts:
        # A rule that may not be about this flow admits nobody for certain.
        found = match(ground, doubt.peer, other, link)
        yield Match((), found.possible, doubt.why), doubt.origin


def _no_group(groups: Listing[str], other: Party) -> tuple[Unknown, ...]:
    """Every interface has a group; a list of none means that the input does not show it."""
    if groups.items or groups.open:
        return ()
    return (
        not_shown(
            f"the security groups between here and {other.label}",
            other.label,
            "name the security groups: an interface without one has the default group of its VPC",
        ),
    )
