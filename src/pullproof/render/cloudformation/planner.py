"""From a set of edits to what a template must gain: resources to make, and changes of what is there."""

import re
from collections.abc import Iterable
from enum import Enum
from typing import Protocol

import msgspec

from pullproof.model import edits as e
from pullproof.model.addresses import blocks
from pullproof.model.estate import Estate
from pullproof.model.filters import GroupRef
from pullproof.model.iam import Statement
from pullproof.model.text import shown
from pullproof.model.value import Unknown
from pullproof.model.vpc import ListRef, Target
from pullproof.render.base import CannotWrite, Refusal
from pullproof.render.cloudformation import plan
from pullproof.render.cloudformation.names import tail
from pullproof.render.cloudformation.policies import Policies
from pullproof.render.cloudformation.site import Site
from pullproof.render.cloudformation.statements import TRUST
from pullproof.render.cloudformation.values import Append, Link, Make, Put, Value

#: Types that run tasks: where their network configuration is, and where their platform version.
LAUNCHES = {
    "AWS::ECS::Service": (("NetworkConfiguration", "AwsvpcConfiguration"), ()),
    "AWS::ECS::TaskSet": (("NetworkConfiguration", "AwsvpcConfiguration"), ()),
    "AWS::Scheduler::Schedule": (
        ("Target", "EcsParameters", "NetworkConfiguration", "AwsvpcConfiguration"),
        ("Target", "EcsParameters"),
    ),
    "AWS::Events::Rule": (
        ("EcsParameters", "NetworkConfiguration", "AwsVpcConfiguration"),
        ("EcsParameters",),
    ),
    "AWS::Batch::JobDefinition": (
        ("ContainerProperties", "NetworkConfiguration"),
        ("ContainerProperties", "FargatePlatformConfiguration"),
    ),
}
#: The key of one of several targets of a rule.
_TARGET = re.compile(r"(.+)\.Targets\[(\d+)\]")


#: Of the DNS options of an endpoint: who gets the private names, and that everybody does.
#: https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-properties-ec2-vpcendpoint-dnsoptionsspecification.html
ONLY_INBOUND = "PrivateDnsOnlyForInboundResolverEndpoint"
FOR_ALL = "AllResolvers"


def inbound_only(estate: Estate, endpoint: str) -> bool:
    """Whether the private names of an endpoint are, or may be, for inbound resolver endpoints only."""
    held = estate.endpoints.get(endpoint)
    return held is not None and held.private_dns_inbound_only is not False


class Planner:
    """Collects what the edits come to. `refusals` are those that cannot be expressed."""

    def __init__(self, estate: Estate, site: Site) -> None:
        self.estate = estate
        self.site = site
        self.makes: dict[str, Make] = {}
        self.changes: list[Put | Append] = []
        self.refusals: list[Refusal] = []
        self.notes: list[str] = []
        self.region = estate.region if isinstance(estate.region, str) else ""
        self.policies = Policies(self)

    def plan(self, edits: Iterable[e.Edit]) -> None:
        """Every edit, in two rounds: what is new comes first, since the others may be about it."""
        listed = list(edits)
        for edit in listed:
            self._try(edit, self._make)
        for edit in listed:
            self._try(edit, self._touch)

    def _try(self, edit: e.Edit, step: "Step") -> None:
        try:
            step(edit)
        except CannotWrite as no:
            self.refusals.append(Refusal(edit=label(edit), why=no.why, remedy=no.remedy))

    def _make(self, edit: e.Edit) -> None:
        for make in plan.makes(edit, self.region):
            self.make(make, edit)

    def make(self, make: Make, edit: e.Edit) -> None:
        """One more resource; a second one of the same key is another way to say the same."""
        found = msgspec.structs.replace(make, edit=label(edit))
        self.makes.setdefault(make.key, found)

    def put(
        self, key: str, path: tuple[str | int, ...], value: Value, edit: e.Edit, *, over: bool = False
    ) -> None:
        """A property of what is there, or of what is made; with `over`, in place of a function too."""
        if key in self.makes:
            _within(self.makes[key].properties, path[:-1])[path[-1]] = value
        else:
            self._must_hold(key, edit)
            self.changes.append(Put(key=key, path=path, value=value, over=over, edit=label(edit)))

    def append(self, key: str, path: tuple[str | int, ...], value: Value, edit: e.Edit) -> None:
        """One more item of a list of what is there, or of what is made."""
        if key in self.makes:
            _within(self.makes[key].properties, path[:-1]).setdefault(path[-1], []).append(value)
        else:
            self._must_hold(key, edit)
            self.changes.append(Append(key=key, path=path, value=value, edit=label(edit)))

    def _must_hold(self, key: str, edit: e.Edit) -> None:
        if not self.site.type_of(key):
            raise self.site.outside(edit, key)

    def kind(self, key: str) -> str:
        """The CloudFormation type of what is made or may be changed; "" for everything else."""
        return self.makes[key].type if key in self.makes else self.site.type_of(key)

    def _touch(self, edit: e.Edit) -> None:  # noqa: C901, PLR0912 - a table in the form of a match
        match edit:
            case e.AssociateRouteTable():
                self.append(edit.endpoint, ("RouteTableIds",), Link(edit.table, "route_table"), edit)
            case e.AddEndpointSubnet():
                self.append(edit.endpoint, ("SubnetIds",), Link(edit.subnet, "subnet"), edit)
            case e.SetPrivateDns():
                self.put(edit.endpoint, ("PrivateDnsEnabled",), True, edit)
                if inbound_only(self.estate, edit.endpoint):
                    self.put(edit.endpoint, ("DnsOptions", ONLY_INBOUND), FOR_ALL, edit)
            case e.SetVpcAttribute():
                name = edit.attribute[:1].upper() + edit.attribute[1:]
                self.put(edit.vpc, (name,), True, edit)
            case e.AddGroupRule():
                self._rule(edit)
            case e.AddAclEntry():
                self._acl_entry(edit)
            case e.AddRouteTable():
                for subnet in edit.subnets:
                    self._associate(e.new(edit.name), subnet, edit)
            case e.SetRoute():
                self._route(edit)
            case e.AssignPublicIp():
                key, where = self._launch(edit, edit.launch, platform=False)
                self.put(key, (*where, "AssignPublicIp"), "ENABLED", edit)
            case e.SetPlatformVersion():
                key, where = self._launch(edit, edit.launch, platform=True)
                self.put(key, (*where, "PlatformVersion"), edit.version, edit)
            case e.AddStatement():
                self.policies.add(edit)
            case e.AddTrust():
                self.append(edit.role, ("AssumeRolePolicyDocument", "Statement"), dict(TRUST), edit)
            case e.SetExecutionRole():
                self.put(
                    edit.task_definition,
                    ("ExecutionRoleArn",),
                    Link(edit.role, "role", "arn"),
                    edit,
                    over=True,
                )
            case e.AddNatGateway() | e.AddInternetGateway():
                self._after_attachment(edit)
            case _:
                pass

    def _after_attachment(self, edit: e.AddNatGateway | e.AddInternetGateway) -> None:
        """A public address needs the internet gateway attached first.

        https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/aws-attribute-dependson.html
        """
        attached = tuple(key for key, make in self.makes.items() if make.type.endswith("GatewayAttachment"))
        for key, make in list(self.makes.items()):
            if make.type == "AWS::EC2::EIP" and attached:
                self.makes[key] = msgspec.structs.replace(make, needs=attached)
        del edit

    def _rule(self, edit: e.AddGroupRule) -> None:
        """Inside the group's own list where it has one, unless the two would then wait for each other."""
        name = "SecurityGroupEgress" if edit.egress else "SecurityGroupIngress"
        inside = edit.group in self.makes or self.site.has_list(edit.group, (name,))
        for rule in plan.rules(edit):
            if inside and not self._waits(edit):
                self._inside(edit, name, rule)
                continue
            side = "Egress" if edit.egress else "Ingress"
            self.make(
                Make(
                    key=f"{edit.group}.{side}.{_tail(rule)}",
                    type=f"AWS::EC2::SecurityGroup{side}",
                    properties={"GroupId": Link(edit.group, "group"), **rule},
                    name=f"{tail(edit.group)}_{'to' if edit.egress else 'from'}_{_peer_name(rule)}",
                ),
                edit,
            )

    def _inside(self, edit: e.AddGroupRule, name: str, rule: dict[str, Value]) -> None:
        held = self.makes[edit.group].properties.get(name) if edit.group in self.makes else None
        if held is not None and plan.NOTHING_OUT in held:
            held.remove(plan.NOTHING_OUT)
        self.append(edit.group, (name,), rule, edit)

    def _waits(self, edit: e.AddGroupRule) -> bool:
        """Whether the peer is a group that needs this one first, or may come to.

        https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/aws-resource-ec2-securitygroup.html
        """
        peer = edit.peer.ref if isinstance(edit.peer, GroupRef) else ""
        if isinstance(peer, Unknown) or not peer:
            return False
        if edit.group in self.makes:
            return bool(self.kind(peer))
        added = {
            (change.key, change.value[side].key)
            for change in self.changes
            for side in ("SourceSecurityGroupId", "DestinationSecurityGroupId")
            if isinstance(change.value, dict) and isinstance(change.value.get(side), Link)
        }
        back = any(
            (peer == start or self.site.leads_to(peer, start))
            and (end == edit.group or self.site.leads_to(end, edit.group))
            for start, end in added
        )
        return peer == edit.group or back or self.site.leads_to(peer, edit.group)

    def _acl_entry(self, edit: e.AddAclEntry) -> None:
        made = list(plan.acl_entries(edit))
        acl = self.estate.acls.get(edit.acl)
        entries = () if acl is None else (acl.egress if edit.egress else acl.ingress).items
        taken = {entry.number for entry in entries if isinstance(entry.number, int)}
        clash = [n for n in range(edit.number, edit.number + len(made)) if n in taken]
        if clash:
            raise CannotWrite(
                f"{len(made)} entries are needed from number {edit.number} on, and {clash[0]} is taken",
                f"allow {edit.service} with {', '.join(map(str, blocks(edit.block)))} in {edit.acl} by hand",
            )
        for make in made:
            self.make(make, edit)

    def _associate(self, table: str, subnet: str, edit: e.Edit) -> None:
        held = self.site.referring("AWS::EC2::SubnetRouteTableAssociation", "SubnetId", subnet)
        if held:
            self.put(held[0], ("RouteTableId",), Link(table, "route_table"), edit, over=True)
            return
        known = self.estate.subnets.get(subnet)
        vpc = self.estate.vpcs.get(known.vpc) if known and isinstance(known.vpc, str) else None
        if known and (vpc is None or known.route_table != vpc.main_route_table):
            raise CannotWrite(
                f"{subnet} is associated with a route table already, by nothing that can be changed here",
                "aws ec2 replace-route-table-association --association-id ID --route-table-id ID",
            )
        self.make(plan.association(table, subnet), edit)

    def _route(self, edit: e.SetRoute) -> None:
        table = self.estate.route_tables.get(edit.table)
        held = [r for r in table.routes.items if r.destination == edit.destination] if table else []
        name, ref = plan.target(edit)
        if held:
            key = held[0].origin.address
            if self.site.type_of(key) != "AWS::EC2::Route":
                raise self.site.outside(edit, edit.table)
            old = [one for one in sorted(plan.TARGET_PROPERTIES) if self.site.has(key, (one,))]
            if old and old != [name]:
                self.changes += [Put(key=key, path=(one,), value=None, edit=label(edit)) for one in old]
            self.put(key, (name,), ref, edit, over=True)
            return
        self.make(plan.route(edit, self._attached(ref)), edit)

    def _attached(self, ref: Link) -> tuple[str, ...]:
        """What attaches the internet gateway that a route leads to: the route must wait for it."""
        made = plan.attachment(ref.key)
        if made in self.makes:
            return (made,)
        if ref.kind != "internet_gateway":
            return ()
        return self.site.referring("AWS::EC2::VPCGatewayAttachment", "InternetGatewayId", ref.key)

    def _launch(self, edit: e.Edit, launch: str, *, platform: bool) -> tuple[str, tuple[str | int, ...]]:
        """The resource that runs a task, and where in it its network or its platform is written."""
        target = _TARGET.fullmatch(launch)
        key = target[1] if target else launch
        kind = self.kind(key)
        if not kind:
            raise self.site.outside(edit, launch)
        if kind not in LAUNCHES:
            raise CannotWrite(
                f"{launch} is of type {kind}, whose network configuration cannot be edited here",
                f"set it by hand where {launch} says how the task is run",
            )
        path = LAUNCHES[kind][platform]
        return key, (("Targets", self._task(key, target), *path) if kind == "AWS::Events::Rule" else path)

    def _task(self, key: str, target: re.Match[str] | None) -> int:
        """Which target of a rule runs the task."""
        count = self.site.items(key, ("Targets",))
        tasks = [n for n in range(count) if self.site.has(key, ("Targets", n, "EcsParameters"))]
        if target is not None and int(target[2]) in tasks:
            return int(target[2])
        if len(tasks) != 1:
            raise CannotWrite(
                f"{key} has {len(tasks)} targets that run a task",
                "set it by hand at the target that is meant",
            )
        return tasks[0]


class Step(Protocol):
    """One round of planning."""

    def __call__(self, edit: e.Edit) -> None:
        """Plan an edit, as far as this round is about it."""


def label(edit: e.Edit) -> str:
    """An edit in a few words: what kind, and of what; it differs for edits that differ."""
    words = [type(edit).__name__]
    for name in edit.__struct_fields__:
        value = getattr(edit, name)
        if isinstance(value, Statement):
            words += [
                *map(shown, value.actions.items),
                *(map(shown, value.resources.items) if value.resources else ()),
            ]
        elif isinstance(value, GroupRef | ListRef | Target):
            words.append(str(value.ref))
        elif name == "egress":
            words.append("egress" if value else "ingress")
        elif name not in ("description", "policy", "statements") and not isinstance(value, bool | tuple):
            words.append(shown(str(value.value if isinstance(value, Enum) else value)))
    return " ".join(words)


def _within(properties: dict[str, Value], path: tuple[str | int, ...]) -> dict[str | int, Value]:
    found: Value = properties
    for part in path:
        found = found[part] if isinstance(part, int) else found.setdefault(part, {})
    return found  # type: ignore[no-any-return]


def _tail(rule: dict[str, Value]) -> str:
    """What tells the rules of one group apart."""
    peer = next(
        value
        for name, value in rule.items()
        if name.endswith(("GroupId", "PrefixListId")) or name.startswith("Cidr")
    )
    ports = f"{rule.get('FromPort', '')}-{rule.get('ToPort', '')}"
    return f"{peer.key if isinstance(peer, Link) else peer}.{rule['IpProtocol']}.{ports}"


def _peer_name(rule: dict[str, Value]) -> str:
    peer = next((value for value in rule.values() if isinstance(value, Link)), None)
    port = f"_port_{rule['FromPort']}" if rule.get("FromPort", -1) != -1 else ""
    return f"{'blocks' if peer is None else tail(peer.key)}{port}"
