"""Security groups, prefix lists, interfaces, endpoints, and the ways out of a VPC."""

from collections.abc import Iterator
from typing import Any

from pullproof.model.value import Unknown, Why
from pullproof.sources.snapshot.item import Item
from pullproof.sources.snapshot.translation import Translation

#: States in which AWS no longer has a thing.
GONE = ("deleted", "deleting", "rejected", "expired", "failed")


def gateways(made: Translation) -> None:
    """Add what filters packets, what carries them, and what has addresses."""
    for item in made.told.of("SecurityGroups"):
        _group(made, item)
    _lists(made)
    interfaces = list(_interfaces(made))
    elastic = _elastic(made)
    for item in interfaces:
        _interface(made, item, elastic)
    by_id = {item.text("NetworkInterfaceId"): item for item in interfaces}
    routed = _routed(made)
    for item in made.told.of("VpcEndpoints"):
        _endpoint(made, item, by_id, routed)
    for key, (listed, tables) in routed.items():
        if key not in made.resources:
            _hidden(made, key, listed, tables)
    _exits(made)


def _group(made: Translation, item: Item) -> None:
    key = item.text("GroupId")
    default = item.text("GroupName") == "default"
    made.make(
        "aws_default_security_group" if default else "aws_security_group",
        key,
        item,
        id=key,
        owner_id=item.text("OwnerId"),
        vpc_id=item.text("VpcId"),
        ingress=[_rule(one) for one in item.items("IpPermissions")],
        egress=[_rule(one) for one in item.items("IpPermissionsEgress")]
        if "IpPermissionsEgress" in item
        else made.told.untold("SecurityGroups", item.scope, f"the egress rules of {key}", key),
    )


def _rule(item: Item) -> dict[str, Any]:
    return {
        "protocol": item.text("IpProtocol"),
        "from_port": item.number("FromPort"),
        "to_port": item.number("ToPort"),
        "cidr_blocks": [one.text("CidrIp") for one in item.items("IpRanges")],
        "ipv6_cidr_blocks": [one.text("CidrIpv6") for one in item.items("Ipv6Ranges")],
        "prefix_list_ids": [one.text("PrefixListId") for one in item.items("PrefixListIds")],
        "security_groups": [one.text("GroupId") for one in item.items("UserIdGroupPairs")],
    }


def _lists(made: Translation) -> None:
    for item in made.told.of("PrefixLists"):
        key = item.text("PrefixListId")
        if "Cidrs" in item:
            cidrs: Any = item.texts("Cidrs")
        elif "Entries" in item:
            cidrs = [one.text("Cidr") for one in item.items("Entries")]
        else:
            cidrs = made.told.untold("PrefixLists", item.scope, f"the entries of {key}", key)
        entries = cidrs if isinstance(cidrs, Unknown) else [{"cidr": cidr} for cidr in cidrs]
        made.make(
            "aws_ec2_managed_prefix_list", key, item, id=key, name=item.text("PrefixListName"), entry=entries
        )


def _interfaces(made: Translation) -> Iterator[Item]:
    """Every interface: as it is described itself, or as part of the instance that it is attached to."""
    seen = set()
    for item in made.told.of("NetworkInterfaces"):
        key = item.text("NetworkInterfaceId")
        seen.add(key)
        attachment = item.inner("Attachment")
        if instance := attachment.text("InstanceId"):
            made.aliases.setdefault(instance, []).append(key)
        yield item
    for reservation in made.told.of("Reservations"):
        for instance_item in reservation.items("Instances"):
            if instance_item.inner("State").text("Name") == "terminated":
                continue
            for item in instance_item.items("NetworkInterfaces"):
                key = item.text("NetworkInterfaceId")
                if key not in seen:
                    seen.add(key)
                    made.aliases.setdefault(instance_item.text("InstanceId"), []).append(key)
                    yield item


def addresses_of(item: Item) -> list[str]:
    """The private IPv4 addresses of an interface."""
    listed = [one.text("PrivateIpAddress") for one in item.items("PrivateIpAddresses")]
    return list(dict.fromkeys(text for text in (item.text("PrivateIpAddress"), *listed) if text))


def _elastic(made: Translation) -> dict[str, list[str]]:
    """Public addresses by interface, as they are described themselves."""
    found: dict[str, list[str]] = {}
    for item in made.told.of("Addresses"):
        found.setdefault(item.text("NetworkInterfaceId"), []).append(item.text("PublicIp"))
    return found


def _interface(made: Translation, item: Item, elastic: dict[str, list[str]]) -> None:
    key = item.text("NetworkInterfaceId")
    groups: Any = [one.text("GroupId") for one in item.items("Groups")]
    if not groups:
        groups = Unknown(
            Why.NOT_MODELLED,
            f"what filters traffic of {key}",
            key,
            f"{key} ({item.text('InterfaceType') or 'an interface'}) has no security group: whatever owns it"
            " decides what it lets in",
        )
    attached = [item.inner("Association"), *(one.inner("Association") for one in _private(item))]
    shown = (*(one.text("PublicIp") for one in attached), *elastic.get(key, ()))
    public = list(dict.fromkeys(text for text in shown if text))
    check = item.flag("SourceDestCheck")
    made.make(
        "aws_network_interface",
        key,
        item,
        id=key,
        subnet_id=item.text("SubnetId"),
        security_groups=groups,
        private_ips=addresses_of(item),
        public_ip=public[0] if public else "",
        public_ips=public,
        source_dest_check=made.told.untold("NetworkInterfaces", item.scope, f"whether {key} forwards", key)
        if check is None
        else check,
    )


def _private(item: Item) -> Iterator[Item]:
    return item.items("PrivateIpAddresses")


#: Gateway endpoint -> its prefix list, and the tables that it made a route in.
Routed = dict[str, tuple[str, list[Item]]]


def _routed(made: Translation) -> Routed:
    """The gateway endpoints, as the routes that they made tell."""
    found: Routed = {}
    for table in made.told.of("RouteTables"):
        for route in table.items("Routes"):
            target, listed = route.text("GatewayId"), route.text("DestinationPrefixListId")
            if target.startswith("vpce-") and listed:
                found.setdefault(target, (listed, []))[1].append(table)
    return found


def _hidden(made: Translation, key: str, listed: str, tables: list[Item]) -> None:
    """A gateway endpoint that only its routes show: a participant of a shared VPC sees no more."""
    names = [
        item.text("PrefixListName")
        for item in made.told.of("PrefixLists")
        if item.text("PrefixListId") == listed
    ]
    at = tables[0]
    made.make(
        "aws_vpc_endpoint",
        key,
        at,
        id=key,
        vpc_id=at.text("VpcId"),
        service_name=names[0]
        if names
        else made.told.untold("VpcEndpoints", at.scope, f"the service of {key}", key),
        vpc_endpoint_type="Gateway",
        route_table_ids=[table.text("RouteTableId") for table in tables],
        policy=made.told.untold("VpcEndpoints", at.scope, f"the policy of {key}", key),
        prefix_list_id=listed,
    )


def _endpoint(made: Translation, item: Item, interfaces: dict[str, Item], routed: Routed) -> None:
    key, state = item.text("VpcEndpointId"), item.text("State")
    if state.lower() in GONE:
        return
    kind = item.text("VpcEndpointType") or "Gateway"
    values: dict[str, Any] = {
        "id": key,
        "vpc_id": item.text("VpcId"),
        "service_name": item.text("ServiceName"),
        "vpc_endpoint_type": kind,
        "state": state,
        "policy": item.tree("PolicyDocument"),
        "private_dns_enabled": bool(item.flag("PrivateDnsEnabled")),
        "subnet_ids": item.texts("SubnetIds"),
        "route_table_ids": item.texts("RouteTableIds"),
        "security_group_ids": [one.text("GroupId") for one in item.items("Groups")],
        "service_region": _other_region(item),
    }
    only = item.inner("DnsOptions").flag("PrivateDnsOnlyForInboundResolverEndpoint")
    if only is not None:
        values["dns_options"] = [{"private_dns_only_for_inbound_resolver_endpoint": only}]
    values["dns_entry"] = [{"dns_name": one.text("DnsName")} for one in item.items("DnsEntries")]
    own = [interfaces[name] for name in item.texts("NetworkInterfaceIds") if name in interfaces]
    values["subnet_configuration"] = [
        {"subnet_id": one.text("SubnetId"), "ipv4": address}
        for one in own
        for address in addresses_of(one)[:1]
    ]
    if key in routed and kind == "Gateway":
        values["prefix_list_id"] = routed[key][0]
    made.make("aws_vpc_endpoint", key, item, **values)


def _other_region(item: Item) -> str:
    """The region of the service, where it is another one than that of the endpoint."""
    region = item.text("ServiceRegion")
    return (
        "" if item.text("ServiceName").startswith(f"com.amazonaws.{region}.") and _at_home(item) else region
    )


def _at_home(item: Item) -> bool:
    region = item.text("ServiceRegion")
    return not region or item.scope.partition("/")[2] in ("", region)


def _exits(made: Translation) -> None:
    for item in made.told.of("NatGateways"):
        _nat(made, item)
    for item in made.told.of("InternetGateways"):
        key = item.text("InternetGatewayId")
        made.make("aws_internet_gateway", key, item, id=key, vpc_id=_attached(item))
    for item in made.told.of("EgressOnlyInternetGateways"):
        key = item.text("EgressOnlyInternetGatewayId")
        made.make("aws_egress_only_internet_gateway", key, item, id=key, vpc_id=_attached(item))
    for item in made.told.of("VpnGateways"):
        key = item.text("VpnGatewayId")
        made.make("aws_vpn_gateway", key, item, id=key)
    for item in made.told.of("VpcPeeringConnections"):
        key = item.text("VpcPeeringConnectionId")
        made.make(
            "aws_vpc_peering_connection",
            key,
            item,
            id=key,
            vpc_id=item.inner("RequesterVpcInfo").text("VpcId"),
            peer_vpc_id=item.inner("AccepterVpcInfo").text("VpcId"),
            accept_status=item.inner("Status").text("Code") or _status(made, item, key),
            auto_accept=False,
        )
    for scope in made.scopes("Vpcs"):
        what = "the internet gateways of its VPCs"
        why = made.told.missing("InternetGateways", scope, what, scope.strip("/"))
        made.may_have_more("InternetGateway", why)


def _status(made: Translation, item: Item, key: str) -> Unknown:
    return made.told.untold("VpcPeeringConnections", item.scope, f"whether {key} is accepted", key)


def _nat(made: Translation, item: Item) -> None:
    key, state = item.text("NatGatewayId"), item.text("State")
    made.make(
        "aws_nat_gateway",
        key,
        item,
        id=key,
        subnet_id=item.text("SubnetId"),
        vpc_id=item.text("VpcId"),
        connectivity_type=item.text("ConnectivityType") or "public",
        availability_mode=item.text("AvailabilityMode") or "zonal",
        state=state,
    )


def _attached(item: Item) -> str:
    """The VPC that a gateway is attached to, "" for none."""
    for one in item.items("Attachments"):
        if one.text("State") in ("available", "attached", "attaching", ""):
            return one.text("VpcId")
    return ""
