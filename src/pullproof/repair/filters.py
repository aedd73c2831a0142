"""Rules for security groups and entries for network ACLs: as narrow as AWS lets them be.

A rule names the other end's group where references hold, AWS's own prefix list where there is one, the
other end's block otherwise; only what is somewhere on the internet gets 0.0.0.0/0.
https://docs.aws.amazon.com/vpc/latest/userguide/security-group-rules.html
"""

from collections.abc import Iterator

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
    return _rules(groups, list(peers(wanted, scene)), wanted, _why(gap))


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
