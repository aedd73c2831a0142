"""What `aws ec2 describe-*` would answer of an applied plan: the network."""

from collections.abc import Iterator
from typing import Any

from pullproof.model.s3_ranges import published
from pullproof.sources.terraform.tree import Resource
from tests.twins.applied import DYNAMODB_LIST, S3_LIST, Applied, invented, list_of

Item = dict[str, Any]
ALL = {
    "IpProtocol": "-1",
    "IpRanges": [{"CidrIp": "0.0.0.0/0"}],
    "Ipv6Ranges": [],
    "PrefixListIds": [],
    "UserIdGroupPairs": [],
}
#: By the beginning of an interface's description.
KINDS = {"VPC Endpoint Interface": "vpc_endpoint", "Interface": "nat_gateway"}
NUMBERS = {"tcp": "6", "udp": "17", "icmp": "1", "-1": "-1", "all": "-1"}
OPEN_POLICY = (
    '{"Statement":[{"Action":"*","Effect":"Allow","Principal":"*","Resource":"*"}],"Version":"2008-10-17"}'
)


def network(found: Applied) -> dict[str, list[Item]]:
    """Each list that EC2 answers with, by its key."""
    return {
        "Vpcs": [_vpc(found, vpc) for vpc in found.of("aws_vpc")],
        "VpcAttributes": [_attributes(found, vpc) for vpc in found.of("aws_vpc")],
        "Subnets": [_subnet(found, subnet) for subnet in found.of("aws_subnet")],
        "RouteTables": list(_tables(found)),
        "SecurityGroups": list(_groups(found)),
        "NetworkAcls": list(_acls(found)),
        "VpcEndpoints": [_endpoint(found, endpoint) for endpoint in found.of("aws_vpc_endpoint")],
        "NetworkInterfaces": list(_interfaces(found)),
        "NatGateways": [_nat(found, nat) for nat in found.of("aws_nat_gateway")],
        "InternetGateways": [
            _attached(found, gateway, "InternetGatewayId") for gateway in found.of("aws_internet_gateway")
        ],
        "EgressOnlyInternetGateways": [
            _attached(found, gateway, "EgressOnlyInternetGatewayId")
            for gateway in found.of("aws_egress_only_internet_gateway")
        ],
        "Addresses": [_address(found, address) for address in found.of("aws_eip")],
        "VpcPeeringConnections": [_peering(found, one) for one in found.of("aws_vpc_peering_connection")],
        "DhcpOptions": list(_dhcp(found)),
        "PrefixLists": list(_lists(found)),
    }


def _vpc(found: Applied, vpc: Resource) -> Item:
    block = found.get(vpc, "cidr_block")
    item: Item = {
        "VpcId": found.id(vpc),
        "CidrBlock": block,
        "CidrBlockAssociationSet": [
            {
                "AssociationId": invented("vpc-cidr-assoc", vpc.address),
                "CidrBlock": block,
                "CidrBlockState": {"State": "associated"},
            }
        ],
        "DhcpOptionsId": _options_of(found, vpc),
        "InstanceTenancy": "default",
        "IsDefault": False,
        "OwnerId": found.account,
        "State": "available",
        "Tags": [],
    }
    if found.get(vpc, "assign_generated_ipv6_cidr_block", default=False):
        item["Ipv6CidrBlockAssociationSet"] = [
            {"Ipv6CidrBlock": "2a05:d018:1234:5600::/56", "Ipv6CidrBlockState": {"State": "associated"}}
        ]
    return item


def _options_of(found: Applied, vpc: Resource) -> str:
    for linked in found.of("aws_vpc_dhcp_options_association"):
        if found.get(linked, "vpc_id") == found.id(vpc):
            return str(found.get(linked, "dhcp_options_id"))
    return invented("dopt", "default")


def _dhcp(found: Applied) -> Iterator[Item]:
    """The account's default options, and those that are made."""
    kept = {"domain-name": f"{found.region}.compute.internal", "domain-name-servers": "AmazonProvidedDNS"}
    yield {
        "DhcpOptionsId": invented("dopt", "default"),
        "DhcpConfigurations": [{"Key": key, "Values": [{"Value": value}]} for key, value in kept.items()],
        "OwnerId": found.account,
    }
    for options in found.of("aws_vpc_dhcp_options"):
        servers = found.get(options, "domain_name_servers", default=[])
        yield {
            "DhcpOptionsId": found.id(options),
            "DhcpConfigurations": [
                {"Key": "domain-name-servers", "Values": [{"Value": one} for one in servers]}
            ],
            "OwnerId": found.account,
        }


def _attributes(found: Applied, vpc: Resource) -> Item:
    return {
        "VpcId": found.id(vpc),
        "EnableDnsSupport": {"Value": found.get(vpc, "enable_dns_support", default=True)},
        "EnableDnsHostnames": {"Value": found.get(vpc, "enable_dns_hostnames", default=False)},
    }


def _subnet(found: Applied, subnet: Resource) -> Item:
    return {
        "SubnetId": found.id(subnet),
        "VpcId": found.get(subnet, "vpc_id"),
        "CidrBlock": found.get(subnet, "cidr_block"),
        "AvailabilityZone": found.get(subnet, "availability_zone", default=f"{found.region}a"),
        "AvailableIpAddressCount": 200,
        "DefaultForAz": False,
        "Ipv6CidrBlockAssociationSet": [],
        "Ipv6Native": found.get(subnet, "ipv6_native", default=False),
        "MapPublicIpOnLaunch": found.get(subnet, "map_public_ip_on_launch", default=False),
        "OwnerId": found.account,
        "State": "available",
        "Tags": [],
    }


def _tables(found: Applied) -> Iterator[Item]:
    """Route tables, also the one that each VPC makes."""
    for vpc in found.of("aws_vpc"):
        key = found.born(vpc, "main_route_table_id")
        main = {"Main": True, "RouteTableId": key, "AssociationState": {"State": "associated"}}
        yield _table(found, key, found.id(vpc), [], [main])
    for table in found.of("aws_route_table"):
        inline = found.get(table, "route", default=[])
        yield _table(found, found.id(table), found.get(table, "vpc_id"), inline, [])


def _table(found: Applied, key: str, vpc: str, inline: list[Item], associations: list[Item]) -> Item:
    owner = next(each for each in found.of("aws_vpc") if found.id(each) == vpc)
    routes = [
        {"DestinationCidrBlock": found.get(owner, "cidr_block"), "GatewayId": "local", "State": "active"},
        *(_route(found, each) for each in inline),
        *(_route(found, found.settled(_known(r))) for r in found.of("aws_route") if _of(found, r, key)),
        *_to_gateways(found, key),
    ]
    linked = [
        {
            "Main": False,
            "RouteTableAssociationId": invented("rtbassoc", link.address),
            "RouteTableId": key,
            "SubnetId": found.get(link, "subnet_id"),
            "AssociationState": {"State": "associated"},
        }
        for link in found.of("aws_route_table_association")
        if _of(found, link, key)
    ]
    return {
        "RouteTableId": key,
        "VpcId": vpc,
        "Associations": [*associations, *linked],
        "PropagatingVgws": [],
        "Routes": routes,
        "OwnerId": found.account,
        "Tags": [],
    }


def _of(found: Applied, resource: Resource, table: str) -> bool:
    return bool(found.get(resource, "route_table_id") == table)


def _known(resource: Resource) -> Item:
    """The arguments that are not left to AWS."""
    return {
        name: value
        for name, value in resource.values.items()
        if not (isinstance(value, str) and value.startswith(f"\ue000{resource.address}."))
    }


def _route(found: Applied, route: Item) -> Item:
    """A route; a black hole where nothing of that id is there, or it cannot forward."""
    item: Item = {"Origin": "CreateRoute", "State": "active"}
    for name, key in (
        ("cidr_block", "DestinationCidrBlock"),
        ("destination_cidr_block", "DestinationCidrBlock"),
        ("ipv6_cidr_block", "DestinationIpv6CidrBlock"),
        ("destination_ipv6_cidr_block", "DestinationIpv6CidrBlock"),
        ("destination_prefix_list_id", "DestinationPrefixListId"),
        ("gateway_id", "GatewayId"),
        ("nat_gateway_id", "NatGatewayId"),
        ("egress_only_gateway_id", "EgressOnlyInternetGatewayId"),
        ("network_interface_id", "NetworkInterfaceId"),
        ("vpc_peering_connection_id", "VpcPeeringConnectionId"),
        ("transit_gateway_id", "TransitGatewayId"),
        ("vpc_endpoint_id", "GatewayId"),
    ):
        if route.get(name):
            item[key] = route[name]
    target = next((str(item[key]) for key in item if not key.startswith(("Dest", "Origin", "State"))), "")
    there = {found.id(each) for each in found.of(*_TARGETS)}
    if target not in there:
        item["State"] = "blackhole"
    return item


_TARGETS = (
    *("aws_internet_gateway", "aws_nat_gateway", "aws_egress_only_internet_gateway", "aws_vpc_endpoint"),
    *("aws_network_interface", "aws_vpc_peering_connection", "aws_ec2_transit_gateway"),
)


def _to_gateways(found: Applied, table: str) -> Iterator[Item]:
    """The routes that gateway endpoints write."""
    for endpoint in found.of("aws_vpc_endpoint"):
        if _is_gateway(found, endpoint) and table in _tables_of(found, endpoint):
            yield {
                "DestinationPrefixListId": list_of(str(found.get(endpoint, "service_name"))),
                "GatewayId": found.id(endpoint),
                "Origin": "CreateRoute",
                "State": "active",
            }


def _is_gateway(found: Applied, endpoint: Resource) -> bool:
    return bool(found.get(endpoint, "vpc_endpoint_type", default="Gateway") == "Gateway")


def _tables_of(found: Applied, endpoint: Resource) -> list[str]:
    added = [
        found.get(link, "route_table_id")
        for link in found.of("aws_vpc_endpoint_route_table_association")
        if found.get(link, "vpc_endpoint_id") == found.id(endpoint)
    ]
    return [*found.get(endpoint, "route_table_ids", default=[]), *added]


def _groups(found: Applied) -> Iterator[Item]:
    """Security groups, also the one that each VPC makes."""
    adopted = [found.id(each) for each in found.of("aws_default_security_group")]
    for vpc in found.of("aws_vpc"):
        key = found.born(vpc, "default_security_group_id")
        if key not in adopted:
            members = ALL | {"IpRanges": [], "UserIdGroupPairs": [{"GroupId": key, "UserId": found.account}]}
            yield _group(found, key, found.id(vpc), "default", {"ingress": [members], "egress": [ALL]})
    for group in found.of("aws_security_group", "aws_default_security_group"):
        key = found.id(group)
        ways = {
            way: _merged(
                [
                    *(_permission(found, rule, key) for rule in found.get(group, way, default=[])),
                    *_separate(found, key, way),
                ]
            )
            for way in ("ingress", "egress")
        }
        name = found.get(group, "name", default="default")
        yield _group(found, key, found.get(group, "vpc_id"), name, ways)


def _group(found: Applied, key: str, vpc: str, name: str, ways: dict[str, list[Item]]) -> Item:
    return {
        "GroupId": key,
        "GroupName": name,
        "Description": "Managed by Terraform",
        "VpcId": vpc,
        "IpPermissions": ways["ingress"],
        "IpPermissionsEgress": ways["egress"],
        "OwnerId": found.account,
        "Tags": [],
    }


def _separate(found: Applied, group: str, way: str) -> Iterator[Item]:
    """The rules of a group that are resources of their own."""
    for rule in found.of("aws_security_group_rule"):
        if found.get(rule, "security_group_id") == group and found.get(rule, "type") == way:
            yield _permission(found, found.settled(_known(rule)), group)
    for rule in found.of(f"aws_vpc_security_group_{way}_rule"):
        if found.get(rule, "security_group_id") == group:
            yield _permission(found, found.settled(_known(rule)), group)


def _permission(found: Applied, rule: Item, group: str) -> Item:
    """One rule, in any of the three ways in which Terraform writes it."""
    several = {
        "cidr_ipv4": "cidr_blocks",
        "cidr_ipv6": "ipv6_cidr_blocks",
        "prefix_list_id": "prefix_list_ids",
        "referenced_security_group_id": "security_groups",
        "source_security_group_id": "security_groups",
    }
    for one, many in several.items():
        if rule.get(one):
            rule = {**rule, many: [*(rule.get(many) or []), rule[one]]}
    protocol = str(rule.get("ip_protocol") or rule.get("protocol"))
    item: Item = {"IpProtocol": {"all": "-1", "6": "tcp"}.get(protocol, protocol)}
    if item["IpProtocol"] != "-1":
        item |= {"FromPort": int(rule["from_port"]), "ToPort": int(rule["to_port"])}
    others = [*(rule.get("security_groups") or []), *([group] if rule.get("self") else [])]
    return item | {
        "IpRanges": [{"CidrIp": cidr} for cidr in rule.get("cidr_blocks") or []],
        "Ipv6Ranges": [{"CidrIpv6": cidr} for cidr in rule.get("ipv6_cidr_blocks") or []],
        "PrefixListIds": [{"PrefixListId": key} for key in rule.get("prefix_list_ids") or []],
        "UserIdGroupPairs": [{"GroupId": key, "UserId": found.account} for key in others],
    }


def _merged(permissions: list[Item]) -> list[Item]:
    """As AWS shows them: one permission for each protocol and ports."""
    found: dict[tuple[Any, ...], Item] = {}
    for one in permissions:
        place = one["IpProtocol"], one.get("FromPort"), one.get("ToPort")
        if place in found:
            for name in ("IpRanges", "Ipv6Ranges", "PrefixListIds", "UserIdGroupPairs"):
                found[place][name] = [*found[place][name], *one[name]]
        else:
            found[place] = dict(one)
    return list(found.values())


def _acls(found: Applied) -> Iterator[Item]:
    """Network ACLs, also the one that each VPC makes, with the subnets that are left to it."""
    made = list(found.of("aws_network_acl"))
    linked = {found.id(acl): _subnets_of(found, acl) for acl in made}
    taken = {subnet for subnets in linked.values() for subnet in subnets}
    for vpc in found.of("aws_vpc"):
        subnets = [
            found.id(subnet)
            for subnet in found.of("aws_subnet")
            if found.get(subnet, "vpc_id") == found.id(vpc) and found.id(subnet) not in taken
        ]
        every = [_entry(100, "allow", egress) for egress in (True, False)]
        yield _acl(
            found, found.born(vpc, "default_network_acl_id"), found.id(vpc), subnets, every, default=True
        )
    for acl in made:
        entries = [
            *(_inline(rule, egress=False) for rule in found.get(acl, "ingress", default=[])),
            *(_inline(rule, egress=True) for rule in found.get(acl, "egress", default=[])),
        ]
        entries += [
            _ruled(found.settled(_known(rule)))
            for rule in found.of("aws_network_acl_rule")
            if found.get(rule, "network_acl_id") == found.id(acl)
        ]
        key = found.id(acl)
        yield _acl(found, key, found.get(acl, "vpc_id"), linked[key], entries, default=False)


def _subnets_of(found: Applied, acl: Resource) -> list[str]:
    added = [
        found.get(link, "subnet_id")
        for link in found.of("aws_network_acl_association")
        if found.get(link, "network_acl_id") == found.id(acl)
    ]
    return [*found.get(acl, "subnet_ids", default=[]), *added]


def _acl(
    found: Applied, key: str, vpc: str, subnets: list[str], entries: list[Item], *, default: bool
) -> Item:
    last = [_entry(32767, "deny", egress) for egress in (True, False)]
    return {
        "NetworkAclId": key,
        "VpcId": vpc,
        "IsDefault": default,
        "Associations": [
            {
                "NetworkAclAssociationId": invented("aclassoc", subnet),
                "NetworkAclId": key,
                "SubnetId": subnet,
            }
            for subnet in subnets
        ],
        "Entries": [*entries, *last],
        "OwnerId": found.account,
        "Tags": [],
    }


def _entry(number: int, action: str, egress: bool) -> Item:
    return {
        "RuleNumber": number,
        "RuleAction": action,
        "Egress": egress,
        "Protocol": "-1",
        "CidrBlock": "0.0.0.0/0",
    }


def _inline(rule: Item, *, egress: bool) -> Item:
    same = {"rule_number": rule["rule_no"], "rule_action": rule["action"], "egress": egress}
    return _ruled(rule | same)


def _ruled(rule: Item) -> Item:
    protocol = str(rule["protocol"]).lower()
    item = _entry(int(rule["rule_number"]), str(rule["rule_action"]).lower(), bool(rule.get("egress")))
    item["Protocol"] = NUMBERS.get(protocol, protocol)
    if rule.get("ipv6_cidr_block"):
        del item["CidrBlock"]
        item["Ipv6CidrBlock"] = rule["ipv6_cidr_block"]
    else:
        item["CidrBlock"] = rule["cidr_block"]
    if item["Protocol"] in ("6", "17"):
        item["PortRange"] = {"From": int(rule["from_port"]), "To": int(rule["to_port"])}
    return item


def _endpoint(found: Applied, endpoint: Resource) -> Item:
    gateway = _is_gateway(found, endpoint)
    subnets = [] if gateway else found.get(endpoint, "subnet_ids", default=[])
    return {
        "VpcEndpointId": found.id(endpoint),
        "VpcEndpointType": found.get(endpoint, "vpc_endpoint_type", default="Gateway"),
        "VpcId": found.get(endpoint, "vpc_id"),
        "ServiceName": found.get(endpoint, "service_name"),
        "State": "available",
        "PolicyDocument": found.get(endpoint, "policy", default=OPEN_POLICY),
        "RouteTableIds": _tables_of(found, endpoint) if gateway else [],
        "SubnetIds": subnets,
        "Groups": [{"GroupId": key} for key in groups_of(found, endpoint)] if not gateway else [],
        "PrivateDnsEnabled": found.get(endpoint, "private_dns_enabled", default=False),
        "RequesterManaged": False,
        "NetworkInterfaceIds": [invented("eni", f"{endpoint.address} {subnet}") for subnet in subnets],
        "DnsEntries": [] if gateway else found.names(endpoint),
        "DnsOptions": _dns_options(found, endpoint),
        "OwnerId": found.account,
        "Tags": [],
    }


def _dns_options(found: Applied, endpoint: Resource) -> Item:
    only = "private_dns_only_for_inbound_resolver_endpoint"
    given = [block[only] for block in found.get(endpoint, "dns_options", default=[]) if block.get(only)]
    return {"DnsRecordIpType": "ipv4", "PrivateDnsOnlyForInboundResolverEndpoint": bool(given)}


def groups_of(found: Applied, resource: Resource) -> list[str]:
    """The groups in force: the VPC's default one where none is written."""
    written = found.get(resource, "security_group_ids") or found.get(resource, "security_groups")
    if written:
        return list(written)
    vpc = found.get(resource, "vpc_id") or _vpc_of(found, str(found.get(resource, "subnet_id")))
    owner = next(each for each in found.of("aws_vpc") if found.id(each) == vpc)
    return [found.born(owner, "default_security_group_id")]


def _vpc_of(found: Applied, subnet: str) -> str:
    return str(next(found.get(each, "vpc_id") for each in found.of("aws_subnet") if found.id(each) == subnet))


def _interfaces(found: Applied) -> Iterator[Item]:
    """The interfaces of endpoints, NAT gateways and mount targets, and those that stand alone."""
    for endpoint in found.of("aws_vpc_endpoint"):
        if not _is_gateway(found, endpoint):
            groups = groups_of(found, endpoint)
            says = f"VPC Endpoint Interface {found.id(endpoint)}"
            for subnet in found.get(endpoint, "subnet_ids", default=[]):
                key = invented("eni", f"{endpoint.address} {subnet}")
                yield _interface(found, key, subnet, groups, says)
    for nat in found.of("aws_nat_gateway"):
        subnet, says = found.get(nat, "subnet_id"), f"Interface for NAT Gateway {found.id(nat)}"
        yield _interface(found, invented("eni", nat.address), subnet, [], says)
    for target in found.of("aws_efs_mount_target"):
        says = f"EFS mount target for {found.get(target, 'file_system_id')} ({found.id(target)})"
        subnet, groups = found.get(target, "subnet_id"), groups_of(found, target)
        yield _interface(found, invented("eni", target.address), subnet, groups, says)
    for own in found.of("aws_network_interface"):
        subnet, groups = found.get(own, "subnet_id"), groups_of(found, own)
        item = _interface(found, found.id(own), subnet, groups, "")
        if any(found.get(each, "network_interface") == found.id(own) for each in found.of("aws_eip")):
            item["Association"] = {"PublicIp": "203.0.113.10"}
        yield item | {"SourceDestCheck": found.get(own, "source_dest_check", default=True)}


def _interface(found: Applied, key: str, subnet: str, groups: list[str], says: str) -> Item:
    kind = KINDS.get(says.partition(" for ")[0].partition(" vpce-")[0], "interface")
    block = next(found.get(each, "cidr_block") for each in found.of("aws_subnet") if found.id(each) == subnet)
    address = f"{block.rpartition('.')[0]}.{int(key[-2:], 16) % 200 + 10}"
    return {
        "NetworkInterfaceId": key,
        "SubnetId": subnet,
        "VpcId": _vpc_of(found, subnet),
        "Groups": [{"GroupId": group} for group in groups],
        "PrivateIpAddress": address,
        "PrivateIpAddresses": [{"Primary": True, "PrivateIpAddress": address}],
        "InterfaceType": kind,
        "Description": says,
        "SourceDestCheck": kind != "nat_gateway",
        "RequesterManaged": bool(says),
        "Status": "in-use" if says else "available",
        "OwnerId": found.account,
    }


def _nat(found: Applied, nat: Resource) -> Item:
    kind = found.get(nat, "connectivity_type", default="public")
    address: Item = {"NetworkInterfaceId": invented("eni", nat.address)}
    if kind == "public":
        address |= {"AllocationId": found.get(nat, "allocation_id"), "PublicIp": "203.0.113.10"}
    subnet = str(found.get(nat, "subnet_id"))
    return {
        "NatGatewayId": found.id(nat),
        "SubnetId": subnet,
        "VpcId": _vpc_of(found, subnet),
        "ConnectivityType": kind,
        "State": "available",
        "NatGatewayAddresses": [address],
    }


def _attached(found: Applied, gateway: Resource, key: str) -> Item:
    vpc = found.get(gateway, "vpc_id")
    return {
        key: found.id(gateway),
        "Attachments": [{"State": "available", "VpcId": vpc}] if vpc else [],
        "OwnerId": found.account,
    }


def _address(found: Applied, address: Resource) -> Item:
    item: Item = {"AllocationId": found.id(address), "Domain": "vpc", "PublicIp": "203.0.113.10"}
    for nat in found.of("aws_nat_gateway"):
        if found.get(nat, "allocation_id") == found.id(address):
            item["NetworkInterfaceId"] = invented("eni", nat.address)
    return item


def _peering(found: Applied, peering: Resource) -> Item:
    sides = {"RequesterVpcInfo": "vpc_id", "AccepterVpcInfo": "peer_vpc_id"}
    accepted = found.get(peering, "auto_accept", default=False)
    return {
        "VpcPeeringConnectionId": found.id(peering),
        "Status": {"Code": "active" if accepted else "pending-acceptance"},
        **{
            side: {"VpcId": found.get(peering, name), "OwnerId": found.account, "Region": found.region}
            for side, name in sides.items()
        },
    }


def _lists(found: Applied) -> Iterator[Item]:
    """AWS's own prefix lists, which every region has."""
    blocks = [block for block in published().regions[found.region].split() if ":" not in block]
    for key, service, cidrs in (
        (S3_LIST, "s3", blocks),
        (DYNAMODB_LIST, "dynamodb", ["52.94.24.0/23", "52.119.240.0/21"]),
    ):
        name = f"com.amazonaws.{found.region}.{service}"
        yield {"PrefixListId": key, "PrefixListName": name, "Cidrs": cidrs}
