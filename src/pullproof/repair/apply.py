"""An estate with edits made to it: a copy that shares everything which does not change.

What AWS adds by itself comes with what is made: a new VPC has a main route table, a network ACL that lets
everything through and a default group; a subnet is on the VPC's main table and default ACL; an endpoint or
mount target without groups has the VPC's default group.
https://docs.aws.amazon.com/vpc/latest/userguide/create-vpc.html
"""

from collections.abc import Callable, Iterable
from typing import Any, TypeVar

from msgspec.structs import replace

from pullproof.model import edits as e
from pullproof.model.addresses import EVERY_V4, Addresses, of_cidr
from pullproof.model.edits import MANAGED, Edit, new
from pullproof.model.endpoints import Endpoint
from pullproof.model.estate import Estate
from pullproof.model.filters import AclEntry, GroupRef, GroupRule, NetworkAcl, PrefixList, SecurityGroup
from pullproof.model.gateways import InternetGateway, NatGateway
from pullproof.model.iam import Policy, Principals, Role, Statement
from pullproof.model.managed_policies import managed_policy
from pullproof.model.names import Record
from pullproof.model.packets import ALL_TRAFFIC
from pullproof.model.stores import MountTarget
from pullproof.model.text import hole
from pullproof.model.value import Listing, Maybe, Origin, Unknown, Why
from pullproof.model.vpc import ListRef, Route, RouteTable, Subnet, Vpc

N = TypeVar("N")

ECS_TASKS = "ecs-tasks.amazonaws.com"
#: The last rule that an ACL may have; the one AWS gives a default ACL is 100.
DEFAULT_ENTRY = 100


class Draft:
    """An estate in the making: each dict of nouns is copied when something in it first changes."""

    def __init__(self, estate: Estate) -> None:
        self.estate = Estate.__new__(Estate)
        vars(self.estate).update(estate.nouns())
        self._copied: set[str] = set()

    def held(self, kind: str) -> dict[str, Any]:
        """The nouns of a kind (the estate's attribute), free to be changed."""
        if kind not in self._copied:
            self._copied.add(kind)
            setattr(self.estate, kind, getattr(self.estate, kind).copy())
        nouns: dict[str, Any] = getattr(self.estate, kind)
        return nouns

    def change(self, kind: str, key: str, change: Callable[[Any], Any]) -> None:
        """Put a changed noun in the place of one; nothing where the estate does not hold it."""
        if key in getattr(self.estate, kind):
            nouns = self.held(kind)
            nouns[key] = change(nouns[key])

    def group_of(self, vpc: Maybe[str]) -> Listing[str]:
        """The default group of a VPC, which an interface has that names none."""
        held = None if isinstance(vpc, Unknown) else self.estate.vpcs.get(vpc)
        if held is None:
            return Listing()
        group = held.default_group
        return Listing((), (group,)) if isinstance(group, Unknown) else Listing((group,))


def edited(estate: Estate, edits: Iterable[Edit]) -> Estate:
    """The estate after some edits, in their order. The one that is given does not change."""
    draft = Draft(estate)
    for edit in edits:
        _HOW[type(edit)](draft, edit)
    return draft.estate


def _endpoint(draft: Draft, edit: e.AddEndpoint) -> None:
    key = new(edit.name)
    vpc = draft.estate.vpcs.get(edit.vpc)
    interface = bool(edit.subnets)
    draft.held("endpoints")[key] = Endpoint(
        key=key,
        origin=Origin(key),
        vpc=edit.vpc,
        service=edit.service,
        type=edit.type,
        subnets=Listing(edit.subnets),
        groups=(Listing(edit.groups) if edit.groups or not interface else draft.group_of(edit.vpc)),
        route_tables=Listing(edit.route_tables),
        private_dns=edit.private_dns,
        policy=_policy(key, edit.policy) if edit.policy else None,
        id=hole(f"{key}.id") if vpc is not None else "",
    )


def _associate(draft: Draft, edit: e.AssociateRouteTable) -> None:
    draft.change(
        "endpoints", edit.endpoint, lambda one: replace(one, route_tables=_with(one.route_tables, edit.table))
    )


def _endpoint_subnet(draft: Draft, edit: e.AddEndpointSubnet) -> None:
    draft.change(
        "endpoints", edit.endpoint, lambda one: replace(one, subnets=_with(one.subnets, edit.subnet))
    )


def _private_dns(draft: Draft, edit: e.SetPrivateDns) -> None:
    draft.change(
        "endpoints", edit.endpoint, lambda one: replace(one, private_dns=True, private_dns_inbound_only=False)
    )


def _vpc_attribute(draft: Draft, edit: e.SetVpcAttribute) -> None:
    field = {"enableDnsSupport": "dns_support", "enableDnsHostnames": "dns_hostnames"}[edit.attribute]
    draft.change("vpcs", edit.vpc, lambda vpc: replace(vpc, **{field: True}))


def _group(draft: Draft, edit: e.AddSecurityGroup) -> None:
    key = new(edit.name)
    draft.held("groups")[key] = SecurityGroup(
        key=key, origin=Origin(key), vpc=edit.vpc, ingress=Listing(), egress=Listing()
    )


def _group_rule(draft: Draft, edit: e.AddGroupRule) -> None:
    if isinstance(edit.peer, ListRef):
        _listed(draft, edit.peer)
    rule = GroupRule(origin=Origin(edit.group, "added"), service=edit.service, peer=edit.peer)
    side = "egress" if edit.egress else "ingress"
    draft.change("groups", edit.group, lambda one: replace(one, **{side: _with(getattr(one, side), rule)}))


def _acl_entry(draft: Draft, edit: e.AddAclEntry) -> None:
    entry = AclEntry(
        origin=Origin(edit.acl, "added"),
        number=edit.number,
        allow=True,
        service=edit.service,
        block=edit.block,
    )
    side = "egress" if edit.egress else "ingress"
    draft.change("acls", edit.acl, lambda acl: replace(acl, **{side: _with(getattr(acl, side), entry)}))


def _route_table(draft: Draft, edit: e.AddRouteTable) -> None:
    key = new(edit.name)
    draft.held("route_tables")[key] = RouteTable(key=key, origin=Origin(key), vpc=edit.vpc, routes=Listing())
    for subnet in edit.subnets:
        draft.change("subnets", subnet, lambda one: replace(one, route_table=key))


def _route(draft: Draft, edit: e.SetRoute) -> None:
    if isinstance(edit.destination, ListRef):
        _listed(draft, edit.destination)
    route = Route(
        origin=Origin(edit.table, "added"), destination=edit.destination, target=edit.target, blackhole=False
    )

    def change(table: RouteTable) -> RouteTable:
        others = tuple(one for one in table.routes.items if one.destination != edit.destination)
        return replace(table, routes=Listing((*others, route), table.routes.open))

    draft.change("route_tables", edit.table, change)


def _internet_gateway(draft: Draft, edit: e.AddInternetGateway) -> None:
    key = new(edit.name)
    draft.held("internet_gateways")[key] = InternetGateway(key=key, origin=Origin(key), vpc=edit.vpc)


def _nat(draft: Draft, edit: e.AddNatGateway) -> None:
    key = new(edit.name)
    subnet = draft.estate.subnets.get(edit.subnet)
    vpc = "" if subnet is None else subnet.vpc
    draft.held("nat_gateways")[key] = NatGateway(
        key=key, origin=Origin(key), subnet=edit.subnet, public=True, vpc=vpc
    )


def _record(draft: Draft, edit: e.AddRecord) -> None:
    record = Record(origin=Origin(edit.zone, "added"), name=edit.record, type="A", alias=edit.endpoint)
    draft.change("zones", edit.zone, lambda zone: replace(zone, records=_with(zone.records, record)))


def _public_ip(draft: Draft, edit: e.AssignPublicIp) -> None:
    draft.change("launches", edit.launch, lambda launch: replace(launch, public_ip=True))


def _platform(draft: Draft, edit: e.SetPlatformVersion) -> None:
    draft.change("launches", edit.launch, lambda launch: replace(launch, platform_version=edit.version))


def _mount_target(draft: Draft, edit: e.AddMountTarget) -> None:
    key = new(edit.name)
    subnet = draft.estate.subnets.get(edit.subnet)
    default = draft.group_of("" if subnet is None else subnet.vpc)
    draft.held("mount_targets")[key] = MountTarget(
        key=key,
        origin=Origin(key),
        file_system=edit.file_system,
        subnet=edit.subnet,
        groups=Listing(edit.groups) if edit.groups else default,
    )


def _statement(draft: Draft, edit: e.AddStatement) -> None:
    if edit.kind == "roles":
        added = _policy(edit.holder, (edit.statement,))
        draft.change("roles", edit.holder, lambda role: replace(role, policies=_with(role.policies, added)))
        return
    draft.change(edit.kind, edit.holder, lambda one: replace(one, policy=_stated(one.policy, edit)))


def _stated(policy: Maybe[Policy] | None, edit: e.AddStatement) -> Maybe[Policy] | None:
    """A policy with one more statement.

    No policy at all is AWS's own: an endpoint's already allows everything, and a key's leaves it to the
    account; a statement would take that away. The others begin with one.
    """
    if isinstance(policy, Unknown) or (policy is None and edit.kind in ("endpoints", "keys")):
        return policy
    if policy is None:
        return _policy(edit.holder, (edit.statement,))
    return replace(policy, statements=_with(policy.statements, edit.statement))


def _trust(draft: Draft, edit: e.AddTrust) -> None:
    def change(role: Role) -> Role:
        if isinstance(role.trust, Unknown):
            return role
        return replace(
            role, trust=replace(role.trust, statements=_with(role.trust.statements, trusting(role.key)))
        )

    draft.change("roles", edit.role, change)


def _role(draft: Draft, edit: e.AddRole) -> None:
    key = new(edit.name)
    own = (_policy(key, edit.statements),) if edit.statements else ()
    managed = [managed_policy(name) for name in edit.managed]
    unread = tuple(
        Unknown(Why.NOT_MODELLED, f"the AWS managed policy {name}", key, f"check {name} by hand")
        for name, found in zip(edit.managed, managed, strict=True)
        if found is None
    )
    draft.held("roles")[key] = Role(
        key=key,
        origin=Origin(key),
        arn=hole(f"{key}.arn"),
        name=hole(f"{key}.name"),
        trust=_policy(key, (trusting(key),)),
        policies=Listing((*(found for found in managed if found is not None), *own), unread),
    )


def _execution_role(draft: Draft, edit: e.SetExecutionRole) -> None:
    draft.change("task_definitions", edit.task_definition, lambda one: replace(one, execution_role=edit.role))


def _vpc(draft: Draft, edit: e.AddVpc) -> None:
    key = new(edit.name)
    main, acl, group = f"{key}.main", f"{key}.acl", f"{key}.default"
    draft.held("vpcs")[key] = Vpc(
        key=key,
        origin=Origin(key),
        blocks=of_cidr(edit.block),
        dns_support=True,
        dns_hostnames=True,
        main_route_table=main,
        default_acl=acl,
        default_group=group,
        region=draft.estate.region,
        account=draft.estate.account,
        id=hole(f"{key}.id"),
    )
    draft.held("route_tables")[main] = RouteTable(key=main, origin=Origin(key), vpc=key, routes=Listing())
    entry = AclEntry(
        origin=Origin(key), number=DEFAULT_ENTRY, allow=True, service=ALL_TRAFFIC, block=EVERY_V4
    )
    draft.held("acls")[acl] = NetworkAcl(
        key=acl, origin=Origin(key), vpc=key, ingress=Listing((entry,)), egress=Listing((entry,))
    )
    inside = GroupRule(origin=Origin(key), service=ALL_TRAFFIC, peer=GroupRef(group))
    out = GroupRule(origin=Origin(key), service=ALL_TRAFFIC, peer=Addresses(v4=EVERY_V4.v4))
    draft.held("groups")[group] = SecurityGroup(
        key=group, origin=Origin(key), vpc=key, ingress=Listing((inside,)), egress=Listing((out,))
    )


def _subnet(draft: Draft, edit: e.AddSubnet) -> None:
    key = new(edit.name)
    vpc = draft.estate.vpcs.get(edit.vpc)
    missing = Unknown(Why.NOT_IN_INPUT, f"the VPC {edit.vpc}", edit.vpc, f"add {edit.vpc} to the input")
    draft.held("subnets")[key] = Subnet(
        key=key,
        origin=Origin(key),
        vpc=edit.vpc,
        blocks=of_cidr(edit.block),
        zone=edit.zone,
        route_table=missing if vpc is None else vpc.main_route_table,
        acl=missing if vpc is None else vpc.default_acl,
    )


def _listed(draft: Draft, ref: ListRef) -> None:
    """One of AWS's own lists, which the input does not show and which is there all the same."""
    if not isinstance(ref.ref, str) or not ref.ref.startswith(MANAGED):
        return
    if ref.ref not in draft.estate.prefix_lists:
        name = ref.ref.removeprefix(MANAGED)
        entries = Unknown(Why.NOT_IN_INPUT, f"the entries of {name}", name, "AWS publishes them nowhere")
        draft.held("prefix_lists")[ref.ref] = PrefixList(
            key=ref.ref, origin=Origin(name), name=name, entries=entries
        )


def trusting(role: str) -> Statement:
    """The statement by which a role lets ECS tasks assume it."""
    return Statement(
        origin=Origin(role, "trust"),
        allow=True,
        actions=Listing(("sts:AssumeRole",)),
        principals=Principals(of=(("Service", Listing((ECS_TASKS,))),)),
    )


def _policy(holder: str, statements: tuple[Statement, ...]) -> Policy:
    return Policy(origin=Origin(holder, "added"), statements=Listing(statements))


def _with(listing: Listing[N], item: N) -> Listing[N]:
    """One item more; unless it is not known which of several the listing has, which one more does not change."""
    if item in listing.items or listing.among:
        return listing
    return Listing((*listing.items, item), listing.open)


_HOW: dict[type, Callable[[Draft, Any], None]] = {
    e.AddEndpoint: _endpoint,
    e.AssociateRouteTable: _associate,
    e.AddEndpointSubnet: _endpoint_subnet,
    e.SetPrivateDns: _private_dns,
    e.SetVpcAttribute: _vpc_attribute,
    e.AddSecurityGroup: _group,
    e.AddGroupRule: _group_rule,
    e.AddAclEntry: _acl_entry,
    e.AddRouteTable: _route_table,
    e.SetRoute: _route,
    e.AddInternetGateway: _internet_gateway,
    e.AddNatGateway: _nat,
    e.AddRecord: _record,
    e.AssignPublicIp: _public_ip,
    e.SetPlatformVersion: _platform,
    e.AddMountTarget: _mount_target,
    e.AddStatement: _statement,
    e.AddTrust: _trust,
    e.AddRole: _role,
    e.SetExecutionRole: _execution_role,
    e.AddVpc: _vpc,
    e.AddSubnet: _subnet,
}
