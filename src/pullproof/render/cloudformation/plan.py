"""From edits that make something to the resources of CloudFormation that they are."""

import re
from collections.abc import Callable, Iterator
from typing import Any

from pullproof.model import edits as e
from pullproof.model.addresses import Addresses, Cidr, blocks
from pullproof.model.endpoints import EndpointType
from pullproof.model.filters import GroupRef
from pullproof.model.packets import ANY_PROTOCOL, ICMP, ICMP6, TCP, UDP, Service
from pullproof.model.text import Text, shown
from pullproof.model.value import Unknown
from pullproof.model.vpc import ListRef, TargetKind
from pullproof.render.base import CannotWrite
from pullproof.render.cloudformation.names import tail
from pullproof.render.cloudformation.statements import TRUST, VERSION, document, words
from pullproof.render.cloudformation.values import Fn, Link, Make, Value, Words

#: What a group lets out that lets nothing out: AWS adds "everything" where no rule is written.
#: https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-resource-ec2-securitygroup.html
NOTHING_OUT = {
    "IpProtocol": "-1",
    "CidrIp": "127.0.0.1/32",
    "Description": "Nothing leaves: without a rule here AWS would add one for everything",
}

#: The folder of those AWS managed policies that are in one.
_FOLDERS = {"AmazonECSTaskExecutionRolePolicy": "service-role/"}

_TARGETS = {
    TargetKind.INTERNET_GATEWAY: ("GatewayId", "internet_gateway"),
    TargetKind.VPN_GATEWAY: ("GatewayId", "vpn_gateway"),
    TargetKind.EGRESS_ONLY_GATEWAY: ("EgressOnlyInternetGatewayId", "egress_only_gateway"),
    TargetKind.NAT_GATEWAY: ("NatGatewayId", "nat_gateway"),
    TargetKind.INTERFACE: ("NetworkInterfaceId", "interface"),
    TargetKind.PEERING: ("VpcPeeringConnectionId", "peering"),
    TargetKind.TRANSIT_GATEWAY: ("TransitGatewayId", "transit_gateway"),
    TargetKind.FIREWALL_ENDPOINT: ("VpcEndpointId", "endpoint"),
    TargetKind.CARRIER_GATEWAY: ("CarrierGatewayId", "carrier_gateway"),
    TargetKind.LOCAL_GATEWAY: ("LocalGatewayId", "local_gateway"),
    TargetKind.CORE_NETWORK: ("CoreNetworkArn", "core_network"),
}
#: Every property of a route that says where it leads.
TARGET_PROPERTIES = frozenset(name for name, _ in _TARGETS.values())


#: Every character that EC2 does not take in the description of a group or rule.
_NOT_DESCRIBING = re.compile(r"[^a-zA-Z0-9. _:/()#,@\[\]+=&;{}!$*-]")


def describing(text: str) -> str:
    """A description as EC2 takes it."""
    return _NOT_DESCRIBING.sub(" ", text)[:255]


def named(name: str) -> list[Value]:
    """The tag that consoles show as the name."""
    return [{"Key": "Name", "Value": name.replace("_", "-")}]


def makes(edit: e.Edit, region: str) -> Iterator[Make]:
    """The resources that an edit stands for; none for one that changes what exists."""
    maker = _MAKERS.get(type(edit))
    if maker is not None:
        yield from maker(edit, region)


def service_name(service: Text, region: str) -> Value:
    """A service's full name, that follows the region of the stack."""
    text = words(service)
    if isinstance(text, str) and region and f".{region}." in text:
        before, _, after = text.partition(f".{region}.")
        return Words((f"{before}.", Link("AWS::Region", "pseudo"), f".{after}"))
    return text


def _endpoint(edit: e.AddEndpoint, region: str) -> Iterator[Make]:
    found: dict[str, Value] = {
        "VpcId": Link(edit.vpc, "vpc"),
        "ServiceName": service_name(edit.service, region),
        "VpcEndpointType": edit.type.value,
    }
    if edit.route_tables:
        found["RouteTableIds"] = [Link(key, "route_table") for key in edit.route_tables]
    if edit.subnets:
        found["SubnetIds"] = [Link(key, "subnet") for key in edit.subnets]
    if edit.groups:
        found["SecurityGroupIds"] = [Link(key, "group") for key in edit.groups]
    if edit.type is EndpointType.INTERFACE:
        found["PrivateDnsEnabled"] = edit.private_dns
    if edit.policy:
        found["PolicyDocument"] = document(edit.policy, "endpoints")
    found["Tags"] = named(edit.name)
    kind = "gateway" if edit.type is EndpointType.GATEWAY else "interface"
    yield Make(
        key=e.new(edit.name),
        type="AWS::EC2::VPCEndpoint",
        properties=found,
        says=f"{shown(edit.service)}, as {kind} endpoint",
    )


def _group(edit: e.AddSecurityGroup, _: str) -> Iterator[Make]:
    yield Make(
        key=e.new(edit.name),
        type="AWS::EC2::SecurityGroup",
        properties={
            "GroupDescription": describing(edit.description),
            "VpcId": Link(edit.vpc, "vpc"),
            "SecurityGroupEgress": [NOTHING_OUT],
            "Tags": named(edit.name),
        },
        says=edit.description,
    )


def acl_entries(edit: e.AddAclEntry) -> Iterator[Make]:
    """The entries; one that is about several blocks or ranges of ports needs as many numbers."""
    number = edit.number
    way = "egress" if edit.egress else "ingress"
    for block in blocks(edit.block):
        for ports in edit.service.ports:
            found: dict[str, Value] = {
                "NetworkAclId": Link(edit.acl, "acl"),
                "RuleNumber": number,
                "Egress": edit.egress,
                "Protocol": edit.service.protocol,
                "RuleAction": "allow",
                "CidrBlock" if block.family == 4 else "Ipv6CidrBlock": str(block),
            }
            if edit.service.protocol in (TCP, UDP):
                found["PortRange"] = {"From": ports[0], "To": ports[1]}
            elif edit.service.protocol in (ICMP, ICMP6):
                found["Icmp"] = {"Type": -1, "Code": -1}
            yield Make(
                key=f"{edit.acl}.{way}.{number}",
                type="AWS::EC2::NetworkAclEntry",
                properties=found,
                says=f"{way} {number}: {edit.service} with {block}",
                name=f"{tail(edit.acl)}_{way}_{number}",
            )
            number += 1


def _route_table(edit: e.AddRouteTable, _: str) -> Iterator[Make]:
    yield Make(
        key=e.new(edit.name),
        type="AWS::EC2::RouteTable",
        properties={"VpcId": Link(edit.vpc, "vpc"), "Tags": named(edit.name)},
        says="Route table",
    )


def association(table: str, subnet: str) -> Make:
    """A subnet on a route table."""
    return Make(
        key=f"{subnet}.{table}",
        type="AWS::EC2::SubnetRouteTableAssociation",
        properties={"RouteTableId": Link(table, "route_table"), "SubnetId": Link(subnet, "subnet")},
        name=tail(subnet),
    )


def target(edit: e.SetRoute) -> tuple[str, Link]:
    """The property that says where a route leads, and its value."""
    ref = edit.target.ref
    if isinstance(ref, Unknown) or edit.target.kind not in _TARGETS:
        raise CannotWrite("where the route leads is not known", "add the route by hand")
    name, kind = _TARGETS[edit.target.kind]
    return name, Link(ref, kind)


def destination(where: Cidr | ListRef) -> tuple[str, Value]:
    """The property that says what a route is for, and its value."""
    if isinstance(where, ListRef):
        return "DestinationPrefixListId", list_link(where)
    return ("DestinationCidrBlock" if where.family == 4 else "DestinationIpv6CidrBlock"), str(where)


def route(edit: e.SetRoute, needs: tuple[str, ...] = ()) -> Make:
    """A route of its own."""
    where, value = destination(edit.destination)
    name, ref = target(edit)
    return Make(
        key=f"{edit.table}.route.{value if isinstance(value, str) else value.key}",
        type="AWS::EC2::Route",
        properties={"RouteTableId": Link(edit.table, "route_table"), where: value, name: ref},
        name=f"{tail(edit.table)}_to_{tail(ref.key)}",
        needs=needs,
    )


def _internet_gateway(edit: e.AddInternetGateway, _: str) -> Iterator[Make]:
    key = e.new(edit.name)
    yield Make(
        key=key,
        type="AWS::EC2::InternetGateway",
        properties={"Tags": named(edit.name)},
        says="The way to the internet",
    )
    yield Make(
        key=attachment(key),
        type="AWS::EC2::VPCGatewayAttachment",
        properties={"VpcId": Link(edit.vpc, "vpc"), "InternetGatewayId": Link(key, "internet_gateway")},
        name=edit.name,
    )


def attachment(gateway: str) -> str:
    """The key of what attaches an internet gateway that an edit makes."""
    return f"{gateway}.attachment"


def _nat_gateway(edit: e.AddNatGateway, _: str) -> Iterator[Make]:
    key = e.new(edit.name)
    yield Make(
        key=f"{key}.address",
        type="AWS::EC2::EIP",
        properties={"Domain": "vpc", "Tags": named(edit.name)},
        says="The public address of the NAT gateway",
        name=edit.name,
    )
    yield Make(
        key=key,
        type="AWS::EC2::NatGateway",
        properties={
            "AllocationId": Link(f"{key}.address", "address"),
            "SubnetId": Link(edit.subnet, "subnet"),
            "Tags": named(edit.name),
        },
        says="NAT gateway",
    )


def _record(edit: e.AddRecord, _: str) -> Iterator[Make]:
    entry = Fn("Select", [0, Link(edit.endpoint, "endpoint", "dns_entries")])
    yield Make(
        key=f"{edit.zone}.{edit.record}",
        type="AWS::Route53::RecordSet",
        properties={
            "HostedZoneId": Link(edit.zone, "zone"),
            "Name": words(edit.record),
            "Type": "A",
            "AliasTarget": {
                "DNSName": Fn("Select", [1, Fn("Split", [":", entry])]),
                "HostedZoneId": Fn("Select", [0, Fn("Split", [":", entry])]),
            },
        },
        says=f"{shown(edit.record)} leads to the endpoint",
        name=f"{tail(edit.zone)}_{shown(edit.record)}",
    )


def _mount_target(edit: e.AddMountTarget, _: str) -> Iterator[Make]:
    yield Make(
        key=e.new(edit.name),
        type="AWS::EFS::MountTarget",
        properties={
            "FileSystemId": Link(edit.file_system, "file_system"),
            "SubnetId": Link(edit.subnet, "subnet"),
            "SecurityGroups": [Link(key, "group") for key in edit.groups],
        },
        says="A mount target in one more subnet",
    )


def _role(edit: e.AddRole, _: str) -> Iterator[Make]:
    found: dict[str, Value] = {"AssumeRolePolicyDocument": {"Version": VERSION, "Statement": [dict(TRUST)]}}
    if edit.managed:
        found["ManagedPolicyArns"] = [managed_arn(name) for name in edit.managed]
    if edit.statements:
        found["Policies"] = [
            {"PolicyName": edit.name.replace("_", "-"), "PolicyDocument": document(edit.statements)}
        ]
    yield Make(key=e.new(edit.name), type="AWS::IAM::Role", properties=found, says="A role for ECS tasks")


def managed_arn(name: str) -> Value:
    """The ARN of an AWS managed policy, in whichever partition the stack is."""
    if name.startswith("arn:"):
        return name
    path = name if "/" in name else _FOLDERS.get(name, "") + name
    return Words(("arn:", Link("AWS::Partition", "pseudo"), f":iam::aws:policy/{path}"))


def _vpc(edit: e.AddVpc, _: str) -> Iterator[Make]:
    yield Make(
        key=e.new(edit.name),
        type="AWS::EC2::VPC",
        properties={
            "CidrBlock": str(edit.block),
            "EnableDnsSupport": True,
            "EnableDnsHostnames": True,
            "Tags": named(edit.name),
        },
        says="Private names of endpoints need both DNS attributes",
    )


def _subnet(edit: e.AddSubnet, _: str) -> Iterator[Make]:
    yield Make(
        key=e.new(edit.name),
        type="AWS::EC2::Subnet",
        properties={
            "VpcId": Link(edit.vpc, "vpc"),
            "CidrBlock" if edit.block.family == 4 else "Ipv6CidrBlock": str(edit.block),
            "AvailabilityZone": Link(edit.zone, "availability_zone", "name"),
            "Tags": named(edit.name),
        },
    )


#: edit -> what it makes, for the edits that make the same wherever they are written.
_MAKERS: dict[type, Callable[[Any, str], Iterator[Make]]] = {
    e.AddEndpoint: _endpoint,
    e.AddSecurityGroup: _group,
    e.AddRouteTable: _route_table,
    e.AddInternetGateway: _internet_gateway,
    e.AddNatGateway: _nat_gateway,
    e.AddRecord: _record,
    e.AddMountTarget: _mount_target,
    e.AddRole: _role,
    e.AddVpc: _vpc,
    e.AddSubnet: _subnet,
}


def list_link(peer: ListRef) -> Link:
    """A prefix list."""
    if isinstance(peer.ref, Unknown):
        raise CannotWrite("which prefix list is meant is not known", peer.ref.settle_by)
    return Link(peer.ref, "list")


def rules(edit: e.AddGroupRule) -> Iterator[dict[str, Value]]:
    """The rules of a group as they stand inside its lists: one for each peer and range of ports."""
    for name, value in _peers(edit):
        for ports in _port_ranges(edit.service):
            found: dict[str, Value] = {"IpProtocol": _protocol(edit.service.protocol)} | ports
            found[name] = value
            yield found | ({"Description": describing(edit.description)} if edit.description else {})


def _peers(edit: e.AddGroupRule) -> Iterator[tuple[str, Value]]:
    side = "Destination" if edit.egress else "Source"
    if isinstance(edit.peer, GroupRef):
        if isinstance(edit.peer.ref, Unknown):
            raise CannotWrite("which group is meant is not known", edit.peer.ref.settle_by)
        yield f"{side}SecurityGroupId", Link(edit.peer.ref, "group")
    elif isinstance(edit.peer, Addresses):
        for block in blocks(edit.peer):
            yield ("CidrIp" if block.family == 4 else "CidrIpv6"), str(block)
    else:
        yield f"{side}PrefixListId", list_link(edit.peer)


def _port_ranges(service: Service) -> Iterator[dict[str, Value]]:
    """CloudFormation wants no ports for "all", -1 for all of ICMP, and none for protocols without them."""
    if service.protocol in (TCP, UDP):
        yield from ({"FromPort": low, "ToPort": high} for low, high in service.ports)
    elif service.protocol in (ICMP, ICMP6):
        yield {"FromPort": -1, "ToPort": -1}
    else:
        yield {}


def _protocol(number: int) -> str:
    return {TCP: "tcp", UDP: "udp", ICMP: "icmp", ICMP6: "icmpv6", ANY_PROTOCOL: "-1"}.get(
        number, str(number)
    )
