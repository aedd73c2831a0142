"""New resources for edits, each in a form that stands beside what exists."""

from collections.abc import Callable, Iterator, Sequence

from pullproof.model import edits
from pullproof.model.addresses import Addresses, blocks
from pullproof.model.edits import Edit, new
from pullproof.model.endpoints import EndpointType
from pullproof.model.estate import Estate
from pullproof.model.filters import GroupRef
from pullproof.model.packets import ANY_PROTOCOL, EVERY_PORT, Service, protocol_name
from pullproof.model.text import holes
from pullproof.model.vpc import ListRef, TargetKind
from pullproof.render.base import CannotWrite
from pullproof.render.terraform import hcl, policies
from pullproof.render.terraform.hcl import Assign, Item
from pullproof.render.terraform.keys import Calls, Pointer
from pullproof.render.terraform.made import Made, known, short
from pullproof.render.terraform.resources_iam import role, statements
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
        CannotWrite: it is a change to something that exists, or refers to what cannot be named from there.
    """
    made = Made(writer, scope)
    alike = [edit for edit in unit if isinstance(edit, edits.AddStatement)]
    if alike:
        statements(made, alike)
        return made.out
    edit = unit[0]
    write = _WRITERS.get(type(edit))
    if write is None:
        raise CannotWrite("this changes an argument of something that exists", "use --write")
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
                part for part in (short(made, edit.group), "to" if edit.egress else "from", about) if part
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
        yield "referenced_security_group_id", made.ref(key), short(made, key)
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
                f"{short(made, edit.acl)}_{'egress' if edit.egress else 'ingress'}_{number}",
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


def associated(estate: Estate, subnet: str) -> bool:
    """Whether a subnet has, or may have, an association of its own: AWS refuses a second one.

    https://docs.aws.amazon.com/vpc/latest/userguide/subnet-route-tables.html
    """
    held = estate.subnets.get(subnet)
    if held is None:
        return False
    vpc = estate.vpcs.get(held.vpc) if isinstance(held.vpc, str) else None
    return vpc is None or held.route_table != vpc.main_route_table


def _route_table(made: Made, edit: edits.AddRouteTable) -> None:
    made.define(edit.name, "aws_route_table", Assign("vpc_id", made.ref(edit.vpc)))
    for subnet in edit.subnets:
        if associated(made.writer.estate, subnet):
            continue
        made.add(
            "aws_route_table_association",
            f"{edit.name}_{short(made, subnet)}",
            Assign("subnet_id", made.ref(subnet)),
            Assign("route_table_id", made.ref(new(edit.name))),
        )


def route_items(made: Made, edit: edits.SetRoute, names: tuple[str, str, str]) -> list[Item]:
    """The destination and the target of a route; `names` are the arguments for IPv4, IPv6 and lists."""
    if edit.target.kind not in ROUTE_ARGUMENT:
        raise CannotWrite(f"a route to a {edit.target.kind.value} is not written", "write the route by hand")
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
        f"{short(made, edit.table)}_{edit.target.kind.value}",
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
        f"{short(made, edit.endpoint)}_name",
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


def _joined(made: Made, *keys: str) -> str:
    return "_".join(short(made, key) for key in keys)


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
    edits.AddRole: role,
    edits.AddVpc: _vpc,
    edits.AddSubnet: _subnet,
}
