"""The rules of a security group that are about one flow, sorted by the kind of peer they name."""

import msgspec

from pullproof.model.addresses import Addresses
from pullproof.model.estate import lacking
from pullproof.model.filters import GroupRef, GroupRule, Peer
from pullproof.model.packets import Service
from pullproof.model.ranges import Ranges
from pullproof.model.value import Origin, Unknown
from pullproof.model.vpc import ListRef
from pullproof.reach.doubts import not_shown
from pullproof.reach.ground import Ground, remembered
from pullproof.reach.party import Flow, Side

#: How many rules a message names before it only counts.
NAMED = 4


class Block(msgspec.Struct, frozen=True):
    """A rule for addresses, and the rule in words."""

    addresses: Ranges
    origin: Origin
    says: str


class Doubt(msgspec.Struct, frozen=True):
    """A rule that may be about this flow: for whom, and what is not known."""

    peer: Peer
    why: Unknown
    origin: Origin


class RuleSet(msgspec.Struct, frozen=True, kw_only=True):
    """What one direction of one group says about one flow.

    `open` are reasons why there may be further rules, about anyone.
    """

    blocks: tuple[Block, ...] = ()
    refs: dict[str, Block] = {}
    lists: tuple[tuple[ListRef, Block], ...] = ()
    doubts: tuple[Doubt, ...] = ()
    open: tuple[Unknown, ...] = ()

    @property
    def closed(self) -> bool:
        """Whether there is certainly no rule at all."""
        return not (self.blocks or self.refs or self.lists or self.doubts or self.open)


@remembered
def rule_set(ground: Ground, group: str, side: Side, flow: Flow) -> RuleSet:
    """The rules of a group, in one direction, that are about a flow."""
    held = ground.estate.groups.get(group)
    if held is None:
        return RuleSet(open=(_not_held(lacking(ground.estate.groups), group),))
    rules = held.ingress if side is Side.IN else held.egress
    blocks: list[Block] = []
    refs: dict[str, Block] = {}
    lists: list[tuple[ListRef, Block]] = []
    doubts: list[Doubt] = []
    for rule in rules.items:
        if isinstance(rule.service, Unknown):
            doubts.append(Doubt(rule.peer, rule.service, rule.origin))
        elif not rule.service.covers(flow.protocol, flow.ports):
            continue
        elif isinstance(rule.peer, Addresses):
            blocks.append(Block(rule.peer.v4, rule.origin, _words(rule.service, rule.peer)))
        elif isinstance(rule.peer, Unknown):
            doubts.append(Doubt(rule.peer, rule.peer, rule.origin))
        elif isinstance(rule.peer.ref, Unknown):
            doubts.append(Doubt(rule.peer, rule.peer.ref, rule.origin))
        elif isinstance(rule.peer, GroupRef):
            refs.setdefault(rule.peer.ref, Block((), rule.origin, _words(rule.service, rule.peer)))
        else:
            lists.append((rule.peer, Block((), rule.origin, _words(rule.service, rule.peer))))
    return RuleSet(
        blocks=tuple(blocks),
        refs=refs,
        lists=tuple(lists),
        doubts=tuple(doubts),
        open=rules.open,
    )


@remembered
def rules_text(ground: Ground, groups: tuple[str, ...], side: Side) -> str:
    """All the rules of one direction, for a message: "tcp 443 to 10.0.0.0/16"."""
    written: dict[str, None] = {}
    for group in groups:
        if (held := ground.estate.groups.get(group)) is not None:
            listing = held.ingress if side is Side.IN else held.egress
            written.update(dict.fromkeys(_rule_words(rule) for rule in listing.items))
    if not written:
        return "none"
    named = list(written)[:NAMED]
    more = f" and {len(written) - NAMED} more" if len(written) > NAMED else ""
    return "; ".join(named) + more


def _rule_words(rule: GroupRule) -> str:
    if isinstance(rule.service, Unknown):
        return "a rule that is not known"
    return _words(rule.service, rule.peer)


def _words(service: Service, peer: Peer) -> str:
    """As `tcp 443 for aws_security_group.task`."""
    return f"{service} for {_peer_words(peer)}"


def _peer_words(peer: Peer) -> str:
    if isinstance(peer, Unknown):
        return "somebody not known"
    if isinstance(peer, Addresses):
        text = str(peer)
        return text if len(text) <= 60 else f"{text[:57]}..."
    if isinstance(peer.ref, Unknown):
        return "a group not known" if isinstance(peer, GroupRef) else "a prefix list not known"
    return peer.ref


def _not_held(lacks: Unknown | None, group: str) -> Unknown:
    if lacks is not None:
        return Unknown(lacks.why, f"the rules of {group}", group, lacks.settle_by)
    return not_shown(
        f"the rules of {group}",
        group,
        f"{group} is not part of this input: add the configuration or account that holds it",
    )
