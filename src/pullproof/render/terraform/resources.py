"""New resources for edits, each in a form that stands beside what exists."""

from collections.abc import Callable, Iterator, Sequence
from typing import TypeVar

from pullproof.model import edits
from pullproof.model.addresses import Addresses, blocks
from pullproof.model.edits import Edit, new
from pullproof.model.endpoints import EndpointType
from pullproof.model.filters import GroupRef
from pullproof.model.packets import ANY_PROTOCOL, EVERY_PORT, Service, protocol_name
from pullproof.model.text import holes
from pullproof.model.value import Unknown
from pullproof.model.vpc import ListRef, TargetKind
from pullproof.render.terraform import hcl, policies
from pullproof.render.terraform.document import Cannot
from pullproof.render.terraform.hcl import Assign, Item
from pullproof.render.terraform.keys import Calls, Pointer
from pullproof.render.terraform.writer import Fresh, Writer

#: The argument of `aws_route` for each target.
ROUTE_ARGUMENT = {
    TargetKind.INTERNET_GATEWAY: "gateway_id",
    TargetKind.VPN_GATEWAY: "gateway_id",
    TargetKind.NAT_GATEWAY: "nat_gateway_id",
    TargetKind.EGRESS_ONLY_GATEWAY: "egress_only_gateway_id",
    TargetKind.INTERFACE: "network_interface_id",
    TargetKind.PEERING: "vpc_peering_connection_id",
    TargetKind.TRANSIT_GATEWAY: "transit_gateway_id",
    TargetKind.FIREWALL_ENDPOINT: "vpc_endpoint_id",
}
#: What the provider calls a protocol that it has no name for is its number.
_NUMBERED = "protocol "
#: AWS managed policies that the path of the ARN does not begin with their name.
SERVICE_ROLES = ("AmazonECSTaskExecutionRolePolicy", "AmazonEC2ContainerServiceRole")

E = TypeVar("E")


class Made:
    """Writes resources for one edit in one module instance."""

    def __init__(self, writer: Writer, scope: Calls) -> None:
        self.writer = writer
        self.scope = scope
        self.out: list[Fresh] = []

    def ref(self, key: str, attribute: str = "id") -> str:
        """A reference from here."""
        return self.writer.refs.of(key, attribute, self.scope)

    def refs(self, keys: Sequence[str], attribute: str = "id") -> str:
        """A list of references; all instances of one resource become a splat."""
        return every(self.writer, self.scope, keys, attribute)

    def add(self, kind: str, wanted: str, *items: Item, beside: str = "") -> Fresh:
        """A resource by a name that is free."""
        name = self.writer.names.free(self.scope, kind, wanted)
        found = Fresh(self.scope, kind, name, items, beside=beside)
        self.out.append(found)
        return found

    def define(self, name: str, kind: str, *items: Item) -> Fresh:
        """A resource that other edits refer to by the name of its edit."""
        found = self.add(kind, name, *items)
        self.writer.make(new(name), Pointer(self.scope, found.address))
        return found


def every(writer: Writer, scope: Calls, keys: Sequence[str], attribute: str) -> str:
    """A list of references; where they are all instances of one resource, a splat of it."""
    places = [writer.refs.where(key) for key in keys]
    first = places[0] if places else None
    if (
        len(places) > 1
        and first is not None
        and first.index is not None
        and first.calls == scope
        and all(at is not None and at.block == first.block and at.calls == scope for at in places)
        and writer.instances(first) == frozenset(keys)
    ):
        if isinstance(first.index, int):
            return f"{first.block}[*].{attribute}"
        return f"values({first.block})[*].{attribute}"
    return hcl.listed([writer.refs.of(key, attribute, scope) for key in keys])


def rule_ports(service: Service) -> Iterator[tuple[str, int, int]]:
    """The protocol and the ports of each rule that a service takes."""
    name = protocol_name(service.protocol)
    if service.protocol == ANY_PROTOCOL:
        yield "-1", 0, 0
    elif service.ports == EVERY_PORT and service.protocol not in (6, 17):
        yield name.removeprefix(_NUMBERED), -1, -1
    else:
        for low, high in service.ports:
            yield name, low, high


def make(writer: Writer, unit: Sequence[Edit], scope: Calls) -> list[Fresh]:
    """The resources that an edit, or some statements for one policy, come to in a module instance.

    Raises:
        Cannot: it is a change to something that exists, or refers to what cannot be named from there.
    """
    made = Made(writer, scope)
    alike = [edit for edit in unit if isinstance(edit, edits.AddStatement)]
    if alike:
        statements(made, alike)
        return made.out
    edit = unit[0]
    write = _WRITERS.get(type(edit))
    if write is None:
        raise Cannot("this changes an argument of something that exists", "use --write")
    write(made, edit)
    return made.out


def _endpoint(made: Made, edit: edits.AddEndpoint) -> None:
    suffix = edit.service.rpartition(".")[2] if not holes(edit.service) else edit.name
    items: list[Item] = [
        Assign("vpc_id", made.ref(edit.vpc)),
        Assign("service_name", made.writer.text(edit.service, made.scope)),
        Assign("vpc_endpoint_type", hcl.quoted(edit.type.value)),
    ]
    if edit.type is EndpointType.GATEWAY:
        items.append(Assign("route_table_ids", made.refs(edit.route_tables)))
        if suffix == "s3":
            made.writer.note(
                "creating a gateway endpoint for S3 interrupts the connections to S3 that are open"
                " in the subnets of its route tables"
            )
    else:
        items.append(Assign("subnet_ids", made.refs(edit.subnets)))
        if edit.groups:
            items.append(Assign("security_group_ids", made.refs(edit.groups)))
        items.append(Assign("private_dns_enabled", "true" if edit.private_dns else "false"))
    if edit.policy:
        written = [policies.written(made.writer, one, made.scope) for one in edit.policy]
        items.append(Assign("policy", policies.document(written)))
    found = made.define(edit.name, "aws_vpc_endpoint", *items)
    if edit.type is EndpointType.GATEWAY:
        made.writer.gateways.setdefault(edit.service, []).append(Pointer(made.scope, found.address))


def _route_table_association(made: Made, edit: edits.AssociateRouteTable) -> None:
    made.add(
        "aws_vpc_endpoint_route_table_association",
        _joined(made, edit.endpoint, edit.table),
        Assign("vpc_endpoint_id", made.ref(edit.endpoint)),
        Assign("route_table_id", made.ref(edit.table)),
        beside=edit.endpoint,
    )


def _endpoint_subnet(made: Made, edit: edits.AddEndpointSubnet) -> None:
    made.add(
        "aws_vpc_endpoint_subnet_association",
        _joined(made, edit.endpoint, edit.subnet),
        Assign("vpc_endpoint_id", made.ref(edit.endpoint)),
        Assign("subnet_id", made.ref(edit.subnet)),
        beside=edit.endpoint,
    )


def _group(made: Made, edit: edits.AddSecurityGroup) -> None:
    made.define(
        edit.name,
        "aws_security_group",
        Assign("name_prefix", hcl.quoted(f"{edit.name.replace('_', '-')}-")),
        Assign("description", hcl.quoted(edit.description or edit.name)),
        Assign("vpc_id", made.ref(edit.vpc)),
        hcl.Nested("lifecycle", (Assign("create_before_destroy", "true"),)),
    )


def _rule(made: Made, edit: edits.AddGroupRule) -> None:
    kind = f"aws_vpc_security_group_{'egress' if edit.egress else 'ingress'}_rule"
    for protocol, low, high in rule_ports(edit.service):
        for argument, value, about in _peers(made, edit):
            label = "_".join(
                part for part in (_short(made, edit.group), "to" if edit.egress else "from", about) if part
            )
            ports: list[Item] = []
            if protocol != "-1":
                ports = [Assign("from_port", str(low)), Assign("to_port", str(high))]
            made.add(
                kind,
                label,
                Assign("security_group_id", made.ref(edit.group)),
                *([Assign("description", hcl.quoted(edit.description))] if edit.description else ()),
                Assign("ip_protocol", hcl.quoted(protocol)),
                *ports,
                Assign(argument, value),
                beside=edit.group,
            )


def _peers(made: Made, edit: edits.AddGroupRule) -> Iterator[tuple[str, str, str]]:
    """The arguments that name a rule's peer, and a word for it; a rule has one block."""
    peer = edit.peer
    if isinstance(peer, GroupRef):
        key = known(peer.ref)
        yield "referenced_security_group_id", made.ref(key), _short(made, key)
    elif isinstance(peer, ListRef):
        key = known(peer.ref)
        yield "prefix_list_id", made.writer.prefix_list(key, made.scope), _list_name(made, key)
    else:
        for block in blocks(peer):
            name = "cidr_ipv4" if block.family == 4 else "cidr_ipv6"
            yield name, hcl.quoted(str(block)), "anywhere" if block.prefix == 0 else str(block)


def _list_name(made: Made, key: str) -> str:
    held = made.writer.estate.prefix_lists.get(key)
    name = held.name if held is not None and isinstance(held.name, str) else key
    last = name.removesuffix(".prefix_list_id").rpartition(".")[2]
    return last if last.isidentifier() else "prefix_list"


def _acl_entry(made: Made, edit: edits.AddAclEntry) -> None:
    number = edit.number
    for protocol, low, high in rule_ports(edit.service):
        for block in blocks(edit.block):
            made.add(
                "aws_network_acl_rule",
                f"{_short(made, edit.acl)}_{'egress' if edit.egress else 'ingress'}_{number}",
                Assign("network_acl_id", made.ref(edit.acl)),
                Assign("rule_number", str(number)),
                Assign("egress", "true" if edit.egress else "false"),
                Assign("protocol", hcl.quoted(protocol)),
                Assign("rule_action", '"allow"'),
                Assign("cidr_block" if block.family == 4 else "ipv6_cidr_block", hcl.quoted(str(block))),
                *(
                    [Assign("from_port", str(low)), Assign("to_port", str(high))]
                    if protocol in ("tcp", "udp")
                    else ()
                ),
                beside=edit.acl,
            )
            number += 1


def _route_table(made: Made, edit: edits.AddRouteTable) -> None:
    made.define(edit.name, "aws_route_table", Assign("vpc_id", made.ref(edit.vpc)))
    for subnet in edit.subnets:
        made.add(
            "aws_route_table_association",
            f"{edit.name}_{_short(made, subnet)}",
            Assign("subnet_id", made.ref(subnet)),
            Assign("route_table_id", made.ref(new(edit.name))),
        )


def route_items(made: Made, edit: edits.SetRoute, names: tuple[str, str, str]) -> list[Item]:
    """The destination and the target of a route; `names` are the arguments for IPv4, IPv6 and lists."""
    if edit.target.kind not in ROUTE_ARGUMENT:
        raise Cannot(f"a route to a {edit.target.kind.value} is not written", "write the route by hand")
    if isinstance(edit.destination, ListRef):
        key = known(edit.destination.ref)
        destination = Assign(names[2], made.writer.prefix_list(key, made.scope))
    else:
        name = names[0] if edit.destination.family == 4 else names[1]
        destination = Assign(name, hcl.quoted(str(edit.destination)))
    return [destination, Assign(ROUTE_ARGUMENT[edit.target.kind], made.ref(known(edit.target.ref)))]


def _route(made: Made, edit: edits.SetRoute) -> None:
    names = ("destination_cidr_block", "destination_ipv6_cidr_block", "destination_prefix_list_id")
    made.add(
        "aws_route",
        f"{_short(made, edit.table)}_{edit.target.kind.value}",
        Assign("route_table_id", made.ref(edit.table)),
        *route_items(made, edit, names),
        beside=edit.table,
    )


def _internet_gateway(made: Made, edit: edits.AddInternetGateway) -> None:
    made.define(edit.name, "aws_internet_gateway", Assign("vpc_id", made.ref(edit.vpc)))


def _nat_gateway(made: Made, edit: edits.AddNatGateway) -> None:
    address = made.add("aws_eip", edit.name, Assign("domain", '"vpc"'))
    made.define(
        edit.name,
        "aws_nat_gateway",
        Assign("allocation_id", f"{address.address}.id"),
        Assign("subnet_id", made.ref(edit.subnet)),
    )


def _record(made: Made, edit: edits.AddRecord) -> None:
    endpoint = made.ref(edit.endpoint, "dns_entry[0]")
    zone = made.writer.estate.zones.get(edit.zone)
    known_zone = zone is not None and made.writer.refs.where(edit.zone) is not None
    made.add(
        "aws_route53_record",
        f"{_short(made, edit.endpoint)}_name",
        Assign("zone_id", made.ref(edit.zone, "zone_id" if known_zone else "id")),
        Assign("name", made.writer.text(edit.record, made.scope)),
        Assign("type", '"A"'),
        hcl.Nested(
            "alias",
            (
                Assign("name", f"{endpoint}.dns_name"),
                Assign("zone_id", f"{endpoint}.hosted_zone_id"),
                Assign("evaluate_target_health", "false"),
            ),
        ),
        beside=edit.zone,
    )


def _mount_target(made: Made, edit: edits.AddMountTarget) -> None:
    made.define(
        edit.name,
        "aws_efs_mount_target",
        Assign("file_system_id", made.ref(edit.file_system)),
        Assign("subnet_id", made.ref(edit.subnet)),
        Assign("security_groups", made.refs(edit.groups)),
    )


def statements(made: Made, edits_: Sequence[edits.AddStatement]) -> None:
    """The policy that holds some statements about one thing."""
    edit = edits_[0]
    written = [policies.written(made.writer, one.statement, made.scope) for one in edits_]
    name = f"{_short(made, edit.holder)}_more"
    if edit.kind == "roles":
        made.add(
            "aws_iam_role_policy",
            name,
            Assign("name", hcl.quoted(hcl.label(name).replace("_", "-"))),
            Assign("role", role_name(made, edit.holder)),
            Assign("policy", policies.document(written)),
            beside=edit.holder,
        )
        return
    form = POLICY_RESOURCES.get(edit.kind)
    if form is None:
        raise Cannot("this changes a policy that exists", "use --write")
    kind, argument, attribute = form
    made.add(
        kind,
        name,
        Assign(argument, made.ref(edit.holder, attribute)),
        Assign("policy", policies.document(written)),
        beside=edit.holder,
    )


#: The resource that holds the policy of each kind of thing, and how it refers to it. Where having no policy
#: means that everything is allowed (endpoints, file systems) or that the account decides (keys), a first
#: policy would take away more than it gives.
POLICY_RESOURCES = {
    "repositories": ("aws_ecr_repository_policy", "repository", "name"),
    "secrets": ("aws_secretsmanager_secret_policy", "secret_arn", "arn"),
    "buckets": ("aws_s3_bucket_policy", "bucket", "id"),
}


def role_name(made: Made, key: str) -> str:
    """The name of a role, which an inline policy asks for."""
    if key.startswith("arn:"):
        return hcl.quoted(key.rpartition("/")[2])
    return made.ref(key, "name")


def _role(made: Made, edit: edits.AddRole) -> None:
    trust = policies.written(made.writer, policies.ecs_tasks(), made.scope)
    role = made.define(
        edit.name,
        "aws_iam_role",
        Assign("name_prefix", hcl.quoted(f"{edit.name.replace('_', '-')[:37]}-")),
        Assign("assume_role_policy", policies.document([trust])),
    )
    for name in edit.managed:
        made.add(
            "aws_iam_role_policy_attachment",
            edit.name,
            Assign("role", f"{role.address}.name"),
            Assign("policy_arn", managed_arn(made, name)),
        )
    if edit.statements:
        written = [policies.written(made.writer, one, made.scope) for one in edit.statements]
        made.add(
            "aws_iam_role_policy",
            edit.name,
            Assign("name", hcl.quoted(edit.name.replace("_", "-"))),
            Assign("role", f"{role.address}.name"),
            Assign("policy", policies.document(written)),
        )


def managed_arn(made: Made, name: str) -> str:
    """The ARN of an AWS managed policy."""
    path = "service-role/" if name in SERVICE_ROLES else ""
    return hcl.quoted(f"arn:{made.writer.estate.partition}:iam::aws:policy/{path}{name}")


def _vpc(made: Made, edit: edits.AddVpc) -> None:
    made.define(
        edit.name,
        "aws_vpc",
        Assign("cidr_block", hcl.quoted(str(edit.block))),
        Assign("enable_dns_support", "true"),
        Assign("enable_dns_hostnames", "true"),
    )


def _subnet(made: Made, edit: edits.AddSubnet) -> None:
    made.define(
        edit.name,
        "aws_subnet",
        Assign("vpc_id", made.ref(edit.vpc)),
        Assign("cidr_block", hcl.quoted(str(edit.block))),
        Assign("availability_zone", hcl.quoted(edit.zone)),
    )


def known(ref: str | Unknown) -> str:
    """A key that an edit holds; edits are made of what is known."""
    if isinstance(ref, Unknown):
        raise Cannot("what the edit refers to is not known", ref.settle_by)
    return ref


def _short(made: Made, key: str) -> str:
    at = made.writer.refs.where(key)
    if at is None:
        return hcl.label(key)
    index = "" if at.index is None else f"_{at.index}"
    return hcl.label(
        f"{at.name}{index}" if at.name != "this" or not at.calls else f"{at.calls[-1][0]}{index}"
    )


def _joined(made: Made, *keys: str) -> str:
    return "_".join(_short(made, key) for key in keys)


def cidr_texts(peer: Addresses, family: int) -> list[str]:
    """The blocks of one family, quoted."""
    return [hcl.quoted(str(block)) for block in blocks(peer) if block.family == family]


_WRITERS: dict[type, Callable[..., None]] = {
    edits.AddEndpoint: _endpoint,
    edits.AssociateRouteTable: _route_table_association,
    edits.AddEndpointSubnet: _endpoint_subnet,
    edits.AddSecurityGroup: _group,
    edits.AddGroupRule: _rule,
    edits.AddAclEntry: _acl_entry,
    edits.AddRouteTable: _route_table,
    edits.SetRoute: _route,
    edits.AddInternetGateway: _internet_gateway,
    edits.AddNatGateway: _nat_gateway,
    edits.AddRecord: _record,
    edits.AddMountTarget: _mount_target,
    edits.AddRole: _role,
    edits.AddVpc: _vpc,
    edits.AddSubnet: _subnet,
}
