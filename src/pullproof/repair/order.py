"""Edits in an order in which they can be made, and the same edits with what belongs together as one."""

from collections.abc import Iterable

from msgspec.structs import replace

from pullproof.model import edits as e
from pullproof.model.edits import Edit, new
from pullproof.model.iam import Statement
from pullproof.model.value import Listing

#: What others refer to comes first.
KINDS: tuple[type, ...] = (
    e.AddVpc,
    e.AddSubnet,
    e.AddInternetGateway,
    e.AddNatGateway,
    e.AddRouteTable,
    e.SetRoute,
    e.SetVpcAttribute,
    e.AddSecurityGroup,
    e.AddGroupRule,
    e.AddAclEntry,
    e.AddEndpoint,
    e.AddEndpointSubnet,
    e.AssociateRouteTable,
    e.SetPrivateDns,
    e.AddRecord,
    e.AddMountTarget,
    e.AddRole,
    e.AddTrust,
    e.AddStatement,
    e.SetExecutionRole,
    e.SetPlatformVersion,
    e.AssignPublicIp,
)
_PLACE = {kind: place for place, kind in enumerate(KINDS)}


def ordered(edits: Iterable[Edit]) -> tuple[Edit, ...]:
    """Each edit once, after what it refers to; the same order whatever the order they were found in."""
    return tuple(sorted(dict.fromkeys(edits), key=lambda edit: (_PLACE[type(edit)], repr(edit))))


def tidy(edits: Iterable[Edit]) -> dict[Edit, tuple[Edit, ...]]:
    """The same change in as few edits as it takes, each with those it was made of.

    Statements about the same resources of one policy are one statement with several actions; what is added
    to something new is part of it.
    """
    made: dict[object, tuple[Edit, tuple[Edit, ...]]] = {}
    for edit in ordered(edits):
        key = _belongs(edit)
        if key in made:
            before, parts = made[key]
            made[key] = (_joined(before, edit), (*parts, edit))
        else:
            made[key] = (edit, (edit,))
    return dict(made.values())


def _belongs(edit: Edit) -> object:
    """What two edits share that are better one."""
    match edit:
        case e.AddEndpoint() | e.AddRole():
            return new(edit.name)
        case e.AssociateRouteTable() | e.AddEndpointSubnet() if edit.endpoint.startswith(e.NEW):
            return edit.endpoint
        case e.SetPrivateDns() if edit.endpoint.startswith(e.NEW):
            return edit.endpoint
        case e.AddStatement() if edit.holder.startswith(e.NEW):
            return edit.holder
        case e.AddStatement():
            one = edit.statement
            return (edit.kind, edit.holder, one.resources, one.principals, one.conditions)
        case _:
            return edit


def _joined(before: Edit, more: Edit) -> Edit:
    match before, more:
        case e.AddEndpoint(), e.AssociateRouteTable():
            return replace(before, route_tables=_and(before.route_tables, more.table))
        case e.AddEndpoint(), e.AddEndpointSubnet():
            return replace(before, subnets=_and(before.subnets, more.subnet))
        case e.AddEndpoint(), e.SetPrivateDns():
            return replace(before, private_dns=True)
        case e.AddEndpoint(), e.AddStatement():
            return replace(before, policy=stated(before.policy, more.statement))
        case e.AddRole(), e.AddStatement():
            return replace(before, statements=stated(before.statements, more.statement))
        case e.AddStatement(), e.AddStatement():
            (statement,) = stated((before.statement,), more.statement)
            return replace(before, statement=statement)
        case _:
            return before


def stated(statements: tuple[Statement, ...], more: Statement) -> tuple[Statement, ...]:
    """Statements with one more, as actions of one that is about the same."""
    found = []
    joined = False
    for one in statements:
        if not joined and (one.resources, one.principals, one.conditions) == (
            more.resources,
            more.principals,
            more.conditions,
        ):
            actions = tuple(sorted({*one.actions.items, *more.actions.items}))
            one = replace(one, actions=Listing(actions))
            joined = True
        found.append(one)
    return tuple(found) if joined else (*found, more)


def _and(keys: tuple[str, ...], key: str) -> tuple[str, ...]:
    return keys if key in keys else tuple(sorted((*keys, key)))
