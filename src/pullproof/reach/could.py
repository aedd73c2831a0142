"""What a source's groups say to a flow that has no destination as yet."""

from pullproof.evidence import Gate, Step
from pullproof.model import ranges
from pullproof.model.ranges import Ranges
from pullproof.model.text import is_exact
from pullproof.model.value import Unknown
from pullproof.reach.doubts import ANY_V4, PUBLIC
from pullproof.reach.ground import Ground
from pullproof.reach.group_rules import RuleSet, rule_set, rules_text
from pullproof.reach.lists import Managed, meaning
from pullproof.reach.party import Dest, Side
from pullproof.reach.start import Start
from pullproof.reach.words import step_of


def could_step(ground: Ground, start: Start, dest: Dest | None) -> Step:
    """What the source's groups say to a flow that has no destination as yet.

    They fail only if they let the flow out neither to public addresses nor to anywhere in the VPC, so
    that they would have to change as well, whatever way is made.
    """
    groups, flow = start.source.groups, start.flow
    at = groups.items[0] if groups.items else start.subnet.key
    rules = rules_text(ground, groups.items, Side.OUT)
    if _may_let_out(ground, start, dest):
        return step_of(
            Gate.SECURITY_GROUP, at, f"may let {flow} out once there is a way; egress rules: {rules}"
        )
    who = " and ".join(groups.items)
    says = f"{who} would let no {flow} out, neither to the VPC nor to public addresses; egress rules: {rules}"
    cites = tuple(ground.estate.groups[key].origin for key in groups.items)
    return step_of(Gate.SECURITY_GROUP, at, says, code="sg-egress", cites=cites)


def _may_let_out(ground: Ground, start: Start, dest: Dest | None) -> bool:
    """Whether the groups let the flow out to a public address or to anywhere in the VPC, for all we know."""
    groups = start.source.groups
    if groups.open or not groups.items:
        return True
    blocks = start.vpc.blocks
    inside = ANY_V4 if isinstance(blocks, Unknown) else ranges.union(PUBLIC, blocks.v4)
    return any(
        _may(ground, rule_set(ground, group, Side.OUT, start.flow), inside, dest) for group in groups.items
    )


def _may(ground: Ground, rules: RuleSet, inside: Ranges, dest: Dest | None) -> bool:
    if rules.refs or rules.doubts or rules.open:
        return True
    if any(ranges.touches(block.addresses, inside) for block in rules.blocks):
        return True
    return any(
        _list_may(meaning(ground, listed.ref, block.says), inside, dest) for listed, block in rules.lists
    )


def _list_may(listed: Managed | Ranges | Unknown, inside: Ranges, dest: Dest | None) -> bool:
    """Whether a prefix list may have the destination: AWS's own have one service's addresses only."""
    if isinstance(listed, Unknown) or dest is None:
        return True
    if isinstance(listed, Managed):
        return not is_exact(listed.suffix) or listed.suffix in (dest.managed, *dest.perhaps)
    return ranges.touches(listed, inside)
