"""What a set of edits newly permits, from the widest to the narrowest: the first thing fixes are compared by.

A permission is one thing that one party could not do before: an interface may reach an address, a policy
allows an action on a resource. Permissions are counted by level, the widest level first, so that whatever
opens less of the widest kind is smaller, and a fix whose permissions are a part of another's is smaller than
that. A rule in a group counts once for each interface that carries the group. docs/fix.md has the table.
"""

import enum
from collections.abc import Iterable, Iterator
from typing import NamedTuple, TypeAlias

from pullproof.model import edits as e
from pullproof.model.addresses import PRIVATE_V4, Addresses, of_cidr
from pullproof.model.edits import Edit
from pullproof.model.estate import Estate
from pullproof.model.filters import GroupRef, SecurityGroup
from pullproof.model.iam import Statement
from pullproof.model.text import shown
from pullproof.model.value import Unknown
from pullproof.model.vpc import ListRef, TargetKind
from pullproof.repair.scene import carriers


class Level(enum.IntEnum):
    """How much a permission opens; the lower, the worse."""

    REACHED = 0
    ANYWHERE = 1
    BLOCK = 2
    LIST = 3
    WIDE = 4
    GROUP = 5
    NARROW = 6


SAYS = {
    Level.REACHED: "can be reached from the internet",
    Level.ANYWHERE: "may reach any address",
    Level.BLOCK: "a block of addresses",
    Level.LIST: "the addresses of one AWS service",
    Level.WIDE: "an action on every resource",
    Level.GROUP: "one group or endpoint",
    Level.NARROW: "an action on one resource",
}


class Permission(NamedTuple):
    """One thing that one party may newly do."""

    level: Level
    who: str
    what: str


#: How many permissions there are of each level, the widest first.
Score: TypeAlias = tuple[int, ...]


def score(permissions: Iterable[Permission]) -> Score:
    """What exposures are compared by."""
    counted = [0] * len(Level)
    for permission in set(permissions):
        counted[permission.level] += 1
    return tuple(counted)


class Exposure:
    """The permissions that edits of one estate add."""

    def __init__(self, estate: Estate) -> None:
        self.estate = estate
        self._carriers = carriers(estate)
        self._tables: dict[str, list[str]] = {}
        self._acls: dict[str, list[str]] = {}
        for subnet in estate.subnets.values():
            if isinstance(subnet.route_table, str):
                self._tables.setdefault(subnet.route_table, []).append(subnet.key)
            if isinstance(subnet.acl, str):
                self._acls.setdefault(subnet.acl, []).append(subnet.key)
        self._known: dict[Edit, frozenset[Permission]] = {}

    def of(self, edits: Iterable[Edit]) -> frozenset[Permission]:
        """What some edits permit together."""
        found: set[Permission] = set()
        for edit in edits:
            known = self._known.get(edit)
            if known is None:
                known = self._known[edit] = frozenset(self._each(edit))
            found |= known
        return frozenset(found)

    def _each(self, edit: Edit) -> Iterator[Permission]:
        match edit:
            case e.AddGroupRule():
                yield from self._rule(edit)
            case e.AddAclEntry():
                yield from self._entry(edit)
            case e.SetRoute():
                yield from self._route(edit)
            case e.AssignPublicIp():
                yield self._address(edit)
            case e.AddEndpoint():
                yield Permission(Level.GROUP, edit.vpc, f"reach {shown(edit.service)} privately")
            case e.AssociateRouteTable():
                for subnet in self._tables.get(edit.table, [edit.table]):
                    yield Permission(Level.GROUP, subnet, f"reach {edit.endpoint}")
            case _:
                yield from _access(edit)

    def _rule(self, edit: e.AddGroupRule) -> Iterator[Permission]:
        way = "reach" if edit.egress else "be reached by"
        level, peer = _peer(edit.peer, egress=edit.egress)
        for who in self._carriers.get(edit.group, (edit.group,)):
            yield Permission(level, who, f"{way} {peer}, {edit.service}")

    def _entry(self, edit: e.AddAclEntry) -> Iterator[Permission]:
        way = "let out to" if edit.egress else "let in from"
        # Groups stand behind an ACL, which only takes away: what it admits is not yet reached.
        level = Level.BLOCK if PRIVATE_V4.covers(edit.block) or not edit.egress else Level.ANYWHERE
        for subnet in self._acls.get(edit.acl, [edit.acl]):
            yield Permission(level, subnet, f"{way} {edit.block}, {edit.service}")

    def _route(self, edit: e.SetRoute) -> Iterator[Permission]:
        if isinstance(edit.destination, ListRef):
            level, where = Level.LIST, str(edit.destination.ref)
        else:
            level = Level.BLOCK if PRIVATE_V4.covers(of_cidr(edit.destination)) else Level.ANYWHERE
            where = str(edit.destination)
        if level is Level.ANYWHERE and edit.target.kind is TargetKind.INTERNET_GATEWAY:
            level = Level.REACHED
        for subnet in self._tables.get(edit.table, [edit.table]):
            yield Permission(level, subnet, f"route {where} to {edit.target.kind.value}")

    def _address(self, edit: e.AssignPublicIp) -> Permission:
        """A public address is reached from outside only where a group lets somebody in from there."""
        launch = self.estate.launches.get(edit.launch)
        groups = () if launch is None else launch.groups.items
        certain = launch is not None and launch.groups.complete
        shut = certain and all(_shut(self.estate.groups.get(group)) for group in groups)
        level = Level.ANYWHERE if shut else Level.REACHED
        return Permission(level, edit.launch, "have a public address")


def _access(edit: Edit) -> Iterator[Permission]:
    """What an edit of roles and policies permits; nothing for any other."""
    match edit:
        case e.AddStatement():
            yield from granted(edit.holder, edit.statement)
        case e.AddRole():
            for statement in edit.statements:
                yield from granted(e.new(edit.name), statement)
            for name in edit.managed:
                yield Permission(Level.WIDE, e.new(edit.name), name)
        case e.AddTrust():
            yield Permission(Level.NARROW, edit.role, "be assumed by ECS tasks")
        case _:
            return


def granted(holder: str, statement: Statement) -> Iterator[Permission]:
    """What an allow statement of a policy permits."""
    resources = ("*",) if statement.resources is None else statement.resources.items
    for action in statement.actions.items:
        for resource in resources:
            level = Level.WIDE if resource == "*" else Level.NARROW
            yield Permission(level, holder, f"{action} on {shown(resource)}")


def _peer(peer: GroupRef | ListRef | Addresses, *, egress: bool) -> tuple[Level, str]:
    if isinstance(peer, GroupRef):
        return Level.GROUP, str(peer.ref)
    if isinstance(peer, ListRef):
        return Level.LIST, str(peer.ref)
    if PRIVATE_V4.covers(peer):
        return Level.BLOCK, str(peer)
    return (Level.ANYWHERE if egress else Level.REACHED), str(peer)


def _shut(group: SecurityGroup | None) -> bool:
    """Whether a group certainly lets nobody in from a public address."""
    if group is None or not group.ingress.complete:
        return False
    return all(
        isinstance(rule.peer, GroupRef) or (isinstance(rule.peer, Addresses) and PRIVATE_V4.covers(rule.peer))
        for rule in group.ingress.items
        if not isinstance(rule.peer, Unknown)
    ) and not any(isinstance(rule.peer, Unknown) for rule in group.ingress.items)
