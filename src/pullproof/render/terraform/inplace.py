"""Edits as changes to the user's own blocks: what is written inside a block stays inside it.

A group, an ACL, a route table or an endpoint whose rules, routes or associations are written inside its block
keeps them there: the provider takes away again what separate resources add to it.
https://registry.terraform.io/providers/hashicorp/aws/latest/docs/resources/security_group
"""

import re
from collections.abc import Callable, Sequence

import msgspec

from pullproof.model import edits
from pullproof.model.addresses import Addresses, blocks
from pullproof.model.ecs import LaunchKind
from pullproof.model.edits import Edit
from pullproof.model.filters import GroupRef
from pullproof.model.vpc import ListRef
from pullproof.render.base import CannotWrite
from pullproof.render.terraform import hcl
from pullproof.render.terraform.changes import AddBlock, AddItem, Placed, SetArgument, SwapArgument
from pullproof.render.terraform.hcl import Assign, Item
from pullproof.render.terraform.keys import Pointer
from pullproof.render.terraform.made import Made, known
from pullproof.render.terraform.policy_places import Way, statement_change, trust_change
from pullproof.render.terraform.resources import (
    ROUTE_ARGUMENT,
    cidr_texts,
    route_items,
    rule_ports,
)
from pullproof.render.terraform.styles import Styles
from pullproof.render.terraform.workspace import circle
from pullproof.render.terraform.writer import Writer

#: What an expression refers to.
MENTIONED = re.compile(r"(?<![\w.])((?:data\.)?[a-z][a-z0-9]*_\w+\.[\w-]+|local\.[\w-]+|module\.[\w-]+)")

#: Where each kind of launch writes its network configuration and its platform version.
LAUNCHES = {
    LaunchKind.SERVICE: ((), ("network_configuration",)),
    LaunchKind.TASK_SET: ((), ("network_configuration",)),
    LaunchKind.EVENTBRIDGE: (("ecs_target",), ("ecs_target", "network_configuration")),
    LaunchKind.SCHEDULER: (
        ("target", "ecs_parameters"),
        ("target", "ecs_parameters", "network_configuration"),
    ),
}


class InPlace:
    """Finds the change that an edit is.

    `general` writes references to something with the same index as ones to `each.key` or `count.index`.
    `beside` asks for changes only where no resource beside the block would do.
    """

    def __init__(
        self, writer: Writer, styles: Styles, *, general: bool = False, beside: bool = False
    ) -> None:
        self.writer = writer
        self.styles = styles
        self.general = general
        self.beside = beside

    def changes(self, unit: Sequence[Edit]) -> list[Placed]:
        """The changes that an edit, or some statements for one policy, come to.

        There are none where new resources are the way to write it.

        Raises:
            CannotWrite: it has to be a change, and cannot be made.
        """
        alike = [edit for edit in unit if isinstance(edit, edits.AddStatement)]
        if alike:
            holder = (alike[0].kind, alike[0].holder)
            added = [edit.statement for edit in alike]
            return statement_change(self.writer, self.styles, holder, added, Way(self.general, self.beside))
        edit = unit[0]
        write = _CHANGES.get(type(edit))
        return write(self, edit) if write is not None else []

    def own(self, at: Pointer) -> str | int | None:
        """The index that references are made general for."""
        return at.index if self.general else None

    def refuse_circle(self, at: Pointer, values: list[str]) -> None:
        """Refuse what would make Terraform go in a circle.

        Raises:
            CannotWrite: what the values refer to depends on the block they are to stand in.
        """
        workspace = self.writer.workspace
        start = {name for value in values for name in MENTIONED.findall(value)}
        if workspace is not None and circle(workspace, at.path, start, at.block):
            raise CannotWrite(
                f"{at.block} has its rules inside its block, and {', '.join(sorted(start))} refers to it:"
                " a rule that refers back would be a cycle",
                "write the rules of one of the two as resources of their own, or name the other by its block",
            )

    def holder(self, key: str) -> Pointer | None:
        """Where something is written; None for what is not, or is looked up."""
        at = self.writer.refs.where(key)
        return None if at is None or at.data or at.rest or key.startswith(edits.NEW) else at

    def argument(self, key: str, what: str) -> Pointer:
        """The block that an argument has to be changed in.

        Raises:
            CannotWrite: it is not part of the configuration.
        """
        at = self.holder(key)
        if at is None:
            raise CannotWrite(f"{key} is not made here", f"where {key} is made, {what}")
        return at

    def made(self, at: Pointer) -> Made:
        """What writes references from a block's module."""
        return Made(self.writer, at.calls)


def _associate(self: InPlace, edit: edits.AssociateRouteTable) -> list[Placed]:
    return _listed(self, edit.endpoint, edit.table, "route_table_ids")


def _endpoint_subnet(self: InPlace, edit: edits.AddEndpointSubnet) -> list[Placed]:
    return _listed(self, edit.endpoint, edit.subnet, "subnet_ids")


def _listed(self: InPlace, key: str, item: str, name: str) -> list[Placed]:
    at = self.holder(key)
    if at is None or not self.styles.lists(at, name, beside=self.beside):
        return []
    text = self.writer.refs.of(item, "id", at.calls, self.own(at))
    return [(at, AddItem((), name, text, self.styles.is_list(at, name)))]


def _private_dns(self: InPlace, edit: edits.SetPrivateDns) -> list[Placed]:
    at = self.argument(edit.endpoint, "set private_dns_enabled = true")
    held = self.writer.estate.endpoints.get(edit.endpoint)
    changes: list[Placed] = []
    if held is None or held.private_dns is not True:
        changes.append((at, SetArgument((), "private_dns_enabled", "true")))
    if held is not None and held.private_dns_inbound_only is not False:
        name = "private_dns_only_for_inbound_resolver_endpoint"
        changes.append((at, SetArgument(("dns_options",), name, "false")))
    return changes


VPC_ARGUMENTS = {"enableDnsSupport": "enable_dns_support", "enableDnsHostnames": "enable_dns_hostnames"}


def _vpc_attribute(self: InPlace, edit: edits.SetVpcAttribute) -> list[Placed]:
    name = VPC_ARGUMENTS[edit.attribute]
    at = self.argument(edit.vpc, f"set {name} = true")
    return [(at, SetArgument((), name, "true"))]


def _rule(self: InPlace, edit: edits.AddGroupRule) -> list[Placed]:
    at = self.holder(edit.group)
    name = "egress" if edit.egress else "ingress"
    if at is None or not self.styles.inline_rules(edit.group, at):
        return []
    try:
        rules = _straight(self, edit, at)
    except CannotWrite:
        if not self.styles.writes(at, name):
            # The provider leaves alone what comes to a direction of which the block says nothing.
            return []
        widened = _by_addresses(self, edit)
        if widened is None:
            raise
        rules = _inline_rules(self, widened, at)
    out: list[Placed] = []
    for items in rules:
        if self.styles.as_argument(at, name):
            out.append((at, AddItem((), name, _whole_rule(items))))
        else:
            out.append((at, AddBlock((), hcl.block(name, items), (name,))))
    return out


def _straight(self: InPlace, edit: edits.AddGroupRule, at: Pointer) -> list[list[Item]]:
    """The rules as they are meant.

    Raises:
        CannotWrite: they would make Terraform go in a circle, or there is no name for the peer.
    """
    rules = _inline_rules(self, edit, at)
    values = [item.value for items in rules for item in items if isinstance(item, Assign)]
    self.refuse_circle(at, values)
    peer = edit.peer.ref if isinstance(edit.peer, GroupRef) else None
    if isinstance(peer, str) and peer != edit.group and not self.writer.refer(edit.group, peer):
        raise CannotWrite(
            f"{edit.group} and {peer} have their rules inside their blocks: rules that refer to each other"
            " would be a cycle",
            "write the rules of one of the two as resources of their own",
        )
    return rules


def _by_addresses(self: InPlace, edit: edits.AddGroupRule) -> edits.AddGroupRule | None:
    """The same rule for all of the VPC that both groups are in; None where that is not known.

    Interfaces that carry a group are in its VPC, so nobody is shut out whom the rule was for.
    """
    groups = self.writer.estate.groups
    own, peer = groups.get(edit.group), edit.peer.ref if isinstance(edit.peer, GroupRef) else None
    other = groups.get(peer) if isinstance(peer, str) else None
    if own is None or other is None or not isinstance(own.vpc, str) or own.vpc != other.vpc:
        return None
    vpc = self.writer.estate.vpcs.get(own.vpc)
    if vpc is None or not isinstance(vpc.blocks, Addresses) or not vpc.blocks.v4:
        return None
    self.writer.note(
        f"the new rule of {own.key} is for all of {vpc.key}: one for {other.key} would be a cycle,"
        " since both have their rules inside their blocks"
    )
    return msgspec.structs.replace(edit, peer=Addresses(v4=vpc.blocks.v4))


def _inline_rules(self: InPlace, edit: edits.AddGroupRule, at: Pointer) -> list[list[Item]]:
    own = self.own(at)
    peer = edit.peer
    if isinstance(peer, GroupRef):
        key = known(peer.ref)
        if key == edit.group:
            who: list[Item] = [Assign("self", "true")]
        else:
            who = [Assign("security_groups", f"[{self.writer.refs.of(key, 'id', at.calls, own)}]")]
    elif isinstance(peer, ListRef):
        who = [Assign("prefix_list_ids", f"[{self.writer.prefix_list(known(peer.ref), at.calls)}]")]
    else:
        both = (("cidr_blocks", cidr_texts(peer, 4)), ("ipv6_cidr_blocks", cidr_texts(peer, 6)))
        who = [Assign(name, hcl.listed(texts)) for name, texts in both if texts]
    about: list[Item] = [Assign("description", hcl.quoted(edit.description))] if edit.description else []
    return [
        [
            *about,
            Assign("from_port", str(low)),
            Assign("to_port", str(high)),
            Assign("protocol", hcl.quoted(protocol)),
            *who,
        ]
        for protocol, low, high in rule_ports(edit.service)
    ]


def _whole_rule(items: list[Item]) -> str:
    """A rule as an object, which has to name every argument.

    https://developer.hashicorp.com/terraform/language/attr-as-blocks
    """
    written = {item.name: item.value for item in items if isinstance(item, Assign)}
    empty = ("cidr_blocks", "ipv6_cidr_blocks", "prefix_list_ids", "security_groups")
    rows = {"description": '""', **written, **{name: written.get(name, "[]") for name in empty}}
    return hcl.object_of([*rows.items(), *([] if "self" in rows else [("self", "false")])])


def _acl_entry(self: InPlace, edit: edits.AddAclEntry) -> list[Placed]:
    at = self.holder(edit.acl)
    if at is None or not self.styles.inline_entries(edit.acl, at):
        return []
    name = "egress" if edit.egress else "ingress"
    out: list[Placed] = []
    number = edit.number
    for protocol, low, high in rule_ports(edit.service):
        ports = (low, high) if protocol in ("tcp", "udp") else (0, 0)
        for block in blocks(edit.block):
            items = [
                Assign("rule_no", str(number)),
                Assign("protocol", hcl.quoted(protocol)),
                Assign("action", '"allow"'),
                Assign("cidr_block" if block.family == 4 else "ipv6_cidr_block", hcl.quoted(str(block))),
                Assign("from_port", str(ports[0])),
                Assign("to_port", str(ports[1])),
            ]
            number += 1
            if self.styles.as_argument(at, name):
                out.append((at, AddItem((), name, _whole_entry(items))))
            else:
                out.append((at, AddBlock((), hcl.block(name, items), (name,))))
    return out


def _whole_entry(items: list[Assign]) -> str:
    rows = {item.name: item.value for item in items}
    empty = {"cidr_block": '""', "ipv6_cidr_block": '""', "icmp_code": "0", "icmp_type": "0"}
    return hcl.object_of(
        [*rows.items(), *((name, value) for name, value in empty.items() if name not in rows)]
    )


def _route(self: InPlace, edit: edits.SetRoute) -> list[Placed]:
    at = self.holder(edit.table)
    held = self.writer.estate.route_tables.get(edit.table)
    old = (
        next((one for one in held.routes.items if one.destination == edit.destination), None)
        if held
        else None
    )
    targets = tuple(
        dict.fromkeys((*ROUTE_ARGUMENT.values(), "instance_id", "carrier_gateway_id", "local_gateway_id"))
    )
    if old is not None and old.origin.address != edit.table and not old.propagated:
        separate = self.argument(old.origin.address, "change the target of the route")
        _, target = _route_texts(self, edit, separate)
        return [(separate, SwapArgument((), targets, target.name, target.value))]
    if at is None or not self.styles.inline_routes(edit.table, at):
        return []
    destination, target = _route_texts(self, edit, at)
    if old is not None:
        where = (destination.name, destination.value)
        return [(at, SwapArgument(("route",), targets, target.name, target.value, where))]
    if self.styles.as_argument(at, "route"):
        raise CannotWrite("the routes are written as one argument", "add the route to the list by hand")
    return [(at, AddBlock((), hcl.block("route", [destination, target]), ("route",)))]


def _route_texts(self: InPlace, edit: edits.SetRoute, at: Pointer) -> tuple[Assign, Assign]:
    destination, target = route_items(
        self.made(at), edit, ("cidr_block", "ipv6_cidr_block", "destination_prefix_list_id")
    )
    if not isinstance(destination, Assign) or not isinstance(target, Assign):
        raise CannotWrite("the route has no argument", "write the route by hand")
    return destination, target


def _public_ip(self: InPlace, edit: edits.AssignPublicIp) -> list[Placed]:
    at, _, network = _launch(self, edit.launch, "set assign_public_ip = true in its network_configuration")
    return [(at, SetArgument(network, "assign_public_ip", "true"))]


def _platform(self: InPlace, edit: edits.SetPlatformVersion) -> list[Placed]:
    at, outer, _ = _launch(self, edit.launch, f'set platform_version = "{edit.version}"')
    return [(at, SetArgument(outer, "platform_version", hcl.quoted(edit.version)))]


def _launch(self: InPlace, key: str, what: str) -> tuple[Pointer, tuple[str, ...], tuple[str, ...]]:
    held = self.writer.estate.launches.get(key)
    kind = held.kind if held is not None else LaunchKind.SERVICE
    if kind not in LAUNCHES:
        raise CannotWrite(f"{key} is a {kind.value}, which is not changed here", f"in {key}, {what}")
    at = self.argument(held.origin.address if held is not None else key, what)
    return at, *LAUNCHES[kind]


def _execution_role(self: InPlace, edit: edits.SetExecutionRole) -> list[Placed]:
    at = self.argument(edit.task_definition, "set execution_role_arn")
    role = self.writer.refs.of(edit.role, "arn", at.calls, self.own(at))
    return [(at, SetArgument((), "execution_role_arn", role))]


def _trust(self: InPlace, edit: edits.AddTrust) -> list[Placed]:
    return trust_change(self.writer, edit.role)


_CHANGES: dict[type, Callable[..., list[Placed]]] = {
    edits.AssociateRouteTable: _associate,
    edits.AddEndpointSubnet: _endpoint_subnet,
    edits.SetPrivateDns: _private_dns,
    edits.SetVpcAttribute: _vpc_attribute,
    edits.AddGroupRule: _rule,
    edits.AddAclEntry: _acl_entry,
    edits.SetRoute: _route,
    edits.AssignPublicIp: _public_ip,
    edits.SetPlatformVersion: _platform,
    edits.SetExecutionRole: _execution_role,
    edits.AddTrust: _trust,
}
