"""Rules for security groups and entries for network ACLs: as narrow as AWS lets them be.

A rule names the other end's group where references hold, AWS's own prefix list where there is one, the
other end's block otherwise; only what is somewhere on the internet gets 0.0.0.0/0.
https://docs.aws.amazon.com/vpc/latest/userguide/security-group-rules.html
"""

from collections import Counter
from collections.abc import Iterable, Iterator

from pullproof.evidence import Wanted
from pullproof.model import ranges
from pullproof.model.addresses import EVERY_V4, PRIVATE_V4, Addresses, blocks, of_cidr
from pullproof.model.edits import AddAclEntry, AddGroupRule, managed_list
from pullproof.model.filters import AclEntry, GroupRef, NetworkAcl
from pullproof.model.packets import EPHEMERAL_WIDE, TCP, Service
from pullproof.model.ranges import Ranges
from pullproof.model.text import is_exact
from pullproof.model.value import Unknown
from pullproof.model.vpc import ListRef
from pullproof.prove.gaps import Gap
from pullproof.repair.scene import Move, Scene, Stands, Ways

#: https://docs.aws.amazon.com/vpc/latest/userguide/nacl-rules.html
LAST_ENTRY = 32766
STEP = 10
#: Rules of one direction that a group may have, unless AWS is asked for more.
MOST_RULES = 60
#: Beyond this many blocks an ACL would need too many entries, and the whole internet is one.
MOST_BLOCKS = 4

Peer = GroupRef | ListRef | Addresses


def group_egress(gap: Gap, scene: Scene) -> Ways:
    """A rule in one of the task's groups."""
    wanted = gap.decision.wanted
    if wanted is None:
        return _no_peer(gap)
    groups = [key for key in (gap.source.groups.items if gap.source else ()) if key in scene.estate.groups]
    return _rules(groups, list(peers(wanted, scene)), wanted, _why(gap))


def group_ingress(gap: Gap, scene: Scene) -> Ways:
    """A rule in one of the groups of the other end."""
    wanted, decision = gap.decision.wanted, gap.decision
    if wanted is None:
        return _no_peer(gap)
    cited = [origin.address for origin in decision.cites if origin.address in scene.estate.groups]
    groups = list(dict.fromkeys((decision.to_change, *cited)))
    groups = [key for key in groups if key in scene.estate.groups]
    moves = [_rules([group], admitted(group, gap, wanted, scene), wanted, _why(gap)) for group in groups]
    return tuple(move for some in moves if not isinstance(some, Stands) for move in some) or _rules(
        [], [], wanted, ""
    )


def admitted(group: str, gap: Gap, wanted: Wanted, scene: Scene) -> list[Peer]:
    """Whom a group of the other end lets in: the task's groups, or blocks where so many groups do not fit.

    A group has a quota of rules. Where one rule for each of the tasks' groups would be more than that, the
    blocks of the tasks' subnets are let in, and where these are too many the blocks of the VPC.
    https://docs.aws.amazon.com/vpc/latest/userguide/amazon-vpc-limits.html
    """
    named = list(peers(wanted, scene))
    if not (wanted.references and wanted.groups.items and PRIVATE_V4.covers(wanted.addresses)):
        return named
    if group not in scene.names_fit:
        scene.names_fit[group] = _fit(group, scene)
    by_groups, by_subnets = scene.names_fit[group]
    if by_groups:
        return named
    vpc = scene.vpc(gap)
    whole = Addresses() if vpc is None or isinstance(vpc.blocks, Unknown) else Addresses(v4=vpc.blocks.v4)
    wider = whole.covers(wanted.addresses) and PRIVATE_V4.covers(whole)
    return [whole if wider and not by_subnets else wanted.addresses]


def _fit(group: str, scene: Scene) -> tuple[bool, bool]:
    """Whether a group has room for rules that name the groups of all who ask, and for their subnets' blocks."""
    room = MOST_RULES - sum(weight(rule.peer) for rule in scene.estate.groups[group].ingress.items)
    asking = scene.knocking.get(group, ())
    blocks_ = {one.addresses for one in asking}
    return _rules_for(asking) <= room, sum(map(weight, blocks_)) <= room


def _rules_for(asking: Iterable[Wanted]) -> int:
    """With how few groups each of those who ask is named: the group of most of them first."""
    left = [set(one.groups.items) for one in asking if one.groups.items]
    count = 0
    while left:
        carried = Counter(group for groups in left for group in sorted(groups))
        (most, _), *_ = carried.most_common(1)
        left = [groups for groups in left if most not in groups]
        count += 1
    return count


def weight(peer: object) -> int:
    """How many rules a rule counts as; AWS's own S3 list weighs 1.

    https://docs.aws.amazon.com/vpc/latest/userguide/working-with-aws-managed-prefix-lists.html
    """
    return max(1, len(blocks(peer))) if isinstance(peer, Addresses) else 1


def _rules(groups: list[str], others: list[Peer], wanted: Wanted, why: str) -> Ways:
    moves = tuple(
        Move(
            (
                AddGroupRule(
                    group=group, egress=wanted.egress, service=wanted.service, peer=peer, description=why
                ),
            )
        )
        for group in groups
        for peer in others
    )
    return moves or Stands(
        "the security groups that decide here are not in the input", "add the configuration that holds them"
    )


def peers(wanted: Wanted, scene: Scene) -> Iterator[Peer]:
    """The narrowest ways to name the other end in a rule."""
    if wanted.references and wanted.groups.items:
        yield from (GroupRef(key) for key in wanted.groups.items)
    elif wanted.managed and is_exact(wanted.managed):
        yield ListRef(_list_of(wanted.managed, scene))
    elif PRIVATE_V4.covers(wanted.addresses):
        yield wanted.addresses
    else:
        yield EVERY_V4


def _list_of(service: str, scene: Scene) -> str:
    """AWS's prefix list of a service: under the key that the input has for it, if it has one."""
    for held in scene.estate.prefix_lists.values():
        if held.name == service:
            return held.key
    return managed_list(service)


def _why(gap: Gap) -> str:
    """A description for the rule: letters that AWS admits in one."""
    return {"efs": "NFS to the file system"}.get(gap.step, "HTTPS for starting tasks")


def _no_peer(gap: Gap) -> Ways:
    if "is of " in gap.decision.says:
        return Stands(
            "a security group of another VPC cannot be on this task",
            f"give {gap.launch} a security group of its own VPC in place of {gap.decision.to_change}",
        )
    return ()


def acl_entry(gap: Gap, scene: Scene) -> Ways:
    """An entry before the one that denies."""
    wanted = gap.decision.wanted
    acl = scene.estate.acls.get(gap.decision.to_change)
    if wanted is None or acl is None:
        return Stands("the network ACL is not in the input", "add the configuration that holds it")
    reply = gap.decision.code == "nacl-return"
    service = Service(TCP, EPHEMERAL_WIDE) if reply else wanted.service
    edits = []
    for block in _blocks(wanted.addresses):
        number = _number(acl, scene, wanted.egress, service, block)
        if number is None:
            return Stands(
                f"{acl.key} has no free number before the entry that denies this",
                f"change or renumber the entries of {acl.key}",
            )
        edits.append(
            AddAclEntry(acl=acl.key, egress=wanted.egress, number=number, service=service, block=block)
        )
    return (Move(tuple(edits)),)


def _blocks(addresses: Addresses) -> list[Addresses]:
    found = blocks(Addresses(v4=addresses.v4))
    if not PRIVATE_V4.covers(addresses) or len(found) > MOST_BLOCKS:
        return [EVERY_V4]
    return [of_cidr(block) for block in found]


def _number(acl: NetworkAcl, scene: Scene, egress: bool, service: Service, block: Addresses) -> int | None:  # noqa: FBT001
    """A free number that comes before whatever denies these packets; the same one when asked again."""
    key = (acl.key, egress, service, block)
    given = scene.names.numbers
    if key in given:
        return given[key]
    listing = acl.egress if egress else acl.ingress
    taken = {entry.number for entry in listing.items if isinstance(entry.number, int)}
    taken |= {n for (name, side, *_), n in given.items() if (name, side) == (acl.key, egress)}
    denying = [
        entry.number
        for entry in listing.items
        if isinstance(entry.number, int) and _denies(entry, service.ports, block)
    ]
    if not denying:
        last = max((number for number in taken if number <= LAST_ENTRY), default=90)
        choice = range(min(last + STEP, LAST_ENTRY), 0, -1)
    else:
        first = min(denying)
        choice = range(first - (STEP if first > STEP else 1), 0, -1)
    free = next((number for number in choice if number not in taken), None)
    if free is None and denying:
        free = next((number for number in range(min(denying) - 1, 0, -1) if number not in taken), None)
    if free is not None:
        given[key] = free
    return free


def _denies(entry: AclEntry, ports: Ranges, block: Addresses) -> bool:
    """Whether an entry denies, or may deny, some of these packets."""
    if entry.allow is True:
        return False
    if not isinstance(entry.service, Unknown) and not ranges.touches(entry.service.meets(TCP, ports), ports):
        return False
    return isinstance(entry.block, Unknown) or bool(entry.block & block)
