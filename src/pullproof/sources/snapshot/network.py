"""VPCs, subnets, route tables, network ACLs, DHCP options and Block Public Access."""

from typing import Any

from pullproof.model.value import Unknown, Why
from pullproof.sources.snapshot.item import Item
from pullproof.sources.snapshot.translation import Translation, not_visible

#: The last entry of every network ACL, which denies, as AWS numbers it for IPv4 and IPv6.
IMPLIED = (32767, 32768)
ATTRIBUTES = {"EnableDnsSupport": "enable_dns_support", "EnableDnsHostnames": "enable_dns_hostnames"}
#: A route's target in the words of the API and of the provider.
TARGETS = {
    "GatewayId": "gateway_id",
    "NatGatewayId": "nat_gateway_id",
    "EgressOnlyInternetGatewayId": "egress_only_gateway_id",
    "NetworkInterfaceId": "network_interface_id",
    "InstanceId": "instance_id",
    "VpcPeeringConnectionId": "vpc_peering_connection_id",
    "TransitGatewayId": "transit_gateway_id",
    "CarrierGatewayId": "carrier_gateway_id",
    "LocalGatewayId": "local_gateway_id",
    "CoreNetworkArn": "core_network_arn",
}
PROPAGATED = "EnableVgwRoutePropagation"


def network(made: Translation) -> None:
    """Add the ground that everything stands on."""
    tables, main = _tables(made)
    acls, default = _acls(made)
    _groups_of_vpcs(made)
    for item in made.told.of("Vpcs"):
        _vpc(made, item, main, default)
    for item in made.told.of("Subnets"):
        _subnet(made, item, tables, main, acls)
    for scope in made.scopes("Vpcs", "Subnets"):
        what = f"what else is in {scope.strip('/') or 'the network'}"
        made.may_have_more("Subnet", made.told.missing("Subnets", scope, what, scope.strip("/")))
    for item in made.told.of("DhcpOptions"):
        _dhcp(made, item)
    _public_access(made)


def is_shared(item: Item) -> str:
    """The account that shares a VPC or subnet with the one whose folder this is; "" for its own."""
    owner = item.text("OwnerId")
    return owner if owner and item.account and owner != item.account else ""


def _vpc(made: Translation, item: Item, main: dict[str, str], default: dict[str, str]) -> None:
    key = item.text("VpcId")
    owner = is_shared(item)
    values: dict[str, Any] = {"id": key, "owner_id": item.text("OwnerId"), "cidr_block": None}
    values["cidr_block_associations"] = _blocks(item)
    values |= _attributes(made, item, key)
    values["main_route_table_id"] = main.get(key) or _untold(
        made, item, "RouteTables", f"the main route table of {key}", key, owner
    )
    values["default_network_acl_id"] = default.get(key) or _untold(
        made, item, "NetworkAcls", f"the default network ACL of {key}", key, owner
    )
    values["default_security_group_id"] = _default_group(made, key) or _untold(
        made, item, "SecurityGroups", f"the default security group of {key}", key, owner
    )
    made.make("aws_vpc", key, item, **values)
    options = item.text("DhcpOptionsId")
    if options and options not in ("default", "-"):
        known = any(one.text("DhcpOptionsId") == options for one in made.told.of("DhcpOptions"))
        made.link(
            "aws_vpc_dhcp_options_association",
            key,
            item,
            vpc_id=key,
            dhcp_options_id=options
            if known
            else _untold(made, item, "DhcpOptions", f"the DNS servers of {key}", key, owner),
        )
    if owner:
        made.unseen[key] = not_visible(f"the endpoints, zones and gateways of {key}", key, owner)
    why = made.told.missing("VpcEndpoints", item.scope, f"the endpoints of {key}", key)
    # Gateway endpoints are seen by the routes they make.
    noun = "InterfaceEndpoint" if made.told.has("RouteTables", item.scope) else "Endpoint"
    made.may_have_more(noun, why)


def _untold(  # noqa: PLR0917 - a question, and whom it is about
    made: Translation, item: Item, name: str, what: str, at: str, owner: str
) -> Unknown:
    return not_visible(what, at, owner) if owner else made.told.untold(name, item.scope, what, at)


def _blocks(item: Item) -> list[dict[str, str]]:
    """Every block, also those that are being taken away, with their states."""
    found = [
        {"cidr_block": one.text(name), "state": one.inner(state).text("State") or "associated"}
        for listed, name, state in (
            ("CidrBlockAssociationSet", "CidrBlock", "CidrBlockState"),
            ("Ipv6CidrBlockAssociationSet", "Ipv6CidrBlock", "Ipv6CidrBlockState"),
        )
        for one in item.items(listed)
    ]
    if not any(block["cidr_block"] == item.text("CidrBlock") for block in found):
        found.insert(0, {"cidr_block": item.text("CidrBlock"), "state": "associated"})
    return found


def _attributes(made: Translation, item: Item, key: str) -> dict[str, bool | Unknown]:
    asked = next((one for one in made.told.of("VpcAttributes") if one.text("VpcId") == key), None)
    found: dict[str, bool | Unknown] = {}
    for name, argument in ATTRIBUTES.items():
        value = asked.flag(name) if asked is not None else None
        if value is None:
            what = f"whether {key} has {name[0].lower()}{name[1:]} on"
            found[argument] = _untold(made, item, "VpcAttributes", what, key, is_shared(item))
        else:
            found[argument] = value
    return found


def _subnet(
    made: Translation, item: Item, tables: dict[str, str], main: dict[str, str], acls: dict[str, str]
) -> None:
    key, vpc, owner = item.text("SubnetId"), item.text("VpcId"), is_shared(item)
    v6 = [one.text("Ipv6CidrBlock") for one in item.items("Ipv6CidrBlockAssociationSet")]
    made.make(
        "aws_subnet",
        key,
        item,
        id=key,
        vpc_id=vpc or made.told.untold("Subnets", item.scope, f"the VPC of {key}", key),
        owner_id=item.text("OwnerId"),
        cidr_block=item.text("CidrBlock") or None,
        ipv6_cidr_block=v6[0] if v6 else None,
        ipv6_native=bool(item.flag("Ipv6Native")),
        availability_zone=_zone(made, item, key),
    )
    # A participant may be shown some tables of a shared VPC and not those of all subnets.
    table = tables.get(key) or ("" if owner else main.get(vpc, ""))
    made.link(
        "aws_route_table_association",
        key,
        item,
        subnet_id=key,
        route_table_id=table or _untold(made, item, "RouteTables", f"the route table of {key}", key, owner),
    )
    made.link(
        "aws_network_acl_association",
        key,
        item,
        subnet_id=key,
        network_acl_id=acls.get(key)
        or _untold(made, item, "NetworkAcls", f"the network ACL of {key}", key, owner),
    )


def _zone(made: Translation, item: Item, key: str) -> str | Unknown:
    """The zone: by its id where several accounts are shown, which call the same zone by different names.

    https://docs.aws.amazon.com/ram/latest/userguide/working-with-az-ids.html
    """
    several = len({folder.account for folder in made.told.folders}) > 1
    names = (
        ("AvailabilityZoneId", "AvailabilityZone") if several else ("AvailabilityZone", "AvailabilityZoneId")
    )
    for name in names:
        if zone := item.text(name):
            return zone
    return made.told.untold("Subnets", item.scope, f"the Availability Zone of {key}", key)


def _tables(made: Translation) -> tuple[dict[str, str], dict[str, str]]:
    """Route tables: which subnet uses which, and which is a VPC's main one."""
    by_subnet: dict[str, str] = {}
    main: dict[str, str] = {}
    for item in made.told.of("RouteTables"):
        key, vpc = item.text("RouteTableId"), item.text("VpcId")
        is_main = False
        for one in item.items("Associations"):
            if one.inner("AssociationState").text("State") in ("disassociating", "disassociated", "failed"):
                continue
            if one.flag("Main"):
                is_main, main[vpc] = True, key
            elif subnet := one.text("SubnetId"):
                by_subnet[subnet] = key
        adopted = {"default_route_table_id": key} if is_main else {}
        made.make(
            "aws_default_route_table" if is_main else "aws_route_table",
            key,
            item,
            id=key,
            vpc_id=vpc,
            route=[_route(one) for one in item.items("Routes") if not _is_endpoints(one)],
            **adopted,
        )
    return by_subnet, main


def _route(item: Item) -> dict[str, Any]:
    values: dict[str, Any] = {
        "cidr_block": item.text("DestinationCidrBlock"),
        "ipv6_cidr_block": item.text("DestinationIpv6CidrBlock"),
        "destination_prefix_list_id": item.text("DestinationPrefixListId"),
        "state": item.text("State"),
        "propagated": item.text("Origin") == PROPAGATED,
    }
    values |= {argument: item.text(name) for name, argument in TARGETS.items()}
    return values


def _is_endpoints(item: Item) -> bool:
    """Whether a gateway endpoint made this route: the endpoint lists its tables itself."""
    return bool(item.text("DestinationPrefixListId")) and item.text("GatewayId").startswith("vpce-")


def _acls(made: Translation) -> tuple[dict[str, str], dict[str, str]]:
    """Network ACLs: which subnet has which, and which is a VPC's default one."""
    by_subnet: dict[str, str] = {}
    default: dict[str, str] = {}
    for item in made.told.of("NetworkAcls"):
        key, vpc = item.text("NetworkAclId"), item.text("VpcId")
        for one in item.items("Associations"):
            by_subnet[one.text("SubnetId")] = key
        adopted = {}
        if item.flag("IsDefault"):
            default[vpc] = key
            adopted = {"default_network_acl_id": key}
        entries = [one for one in item.items("Entries") if one.number("RuleNumber") not in IMPLIED]
        made.make(
            "aws_default_network_acl" if adopted else "aws_network_acl",
            key,
            item,
            id=key,
            vpc_id=vpc,
            ingress=[_entry(one) for one in entries if one.flag("Egress") is False],
            egress=[_entry(one) for one in entries if one.flag("Egress") is True],
            **adopted,
        )
    return by_subnet, default


def _entry(item: Item) -> dict[str, Any]:
    ports = item.inner("PortRange")
    return {
        "rule_no": item.number("RuleNumber"),
        "action": item.text("RuleAction"),
        "protocol": item.text("Protocol"),
        "cidr_block": item.text("CidrBlock"),
        "ipv6_cidr_block": item.text("Ipv6CidrBlock"),
        "from_port": ports.number("From"),
        "to_port": ports.number("To"),
    }


def _groups_of_vpcs(made: Translation) -> None:
    for item in made.told.of("SecurityGroupVpcAssociations"):
        if item.text("State") in ("", "associated", "associating"):
            made.link(
                "aws_vpc_security_group_vpc_association",
                item.text("GroupId"),
                item,
                security_group_id=item.text("GroupId"),
                vpc_id=item.text("VpcId"),
            )


def _default_group(made: Translation, vpc: str) -> str:
    for item in made.told.of("SecurityGroups"):
        if item.text("GroupName") == "default" and item.text("VpcId") == vpc:
            return item.text("GroupId")
    return ""


def _dhcp(made: Translation, item: Item) -> None:
    servers: list[str] = []
    for one in item.items("DhcpConfigurations"):
        if one.text("Key") == "domain-name-servers":
            servers += [value.text("Value") for value in one.items("Values")]
    key = item.text("DhcpOptionsId")
    made.make("aws_vpc_dhcp_options", key, item, id=key, domain_name_servers=servers)


def _public_access(made: Translation) -> None:
    for item in made.told.of("VpcBlockPublicAccessOptions"):
        made.make(
            "aws_vpc_block_public_access_options",
            f"block-public-access {item.scope.strip('/')}".strip(),
            item,
            internet_gateway_block_mode=item.text("InternetGatewayBlockMode") or "off",
        )
    for item in made.told.of("VpcBlockPublicAccessExclusions"):
        if item.text("State") not in ("", "create-complete", "update-complete"):
            continue
        arn = item.text("ResourceArn")
        subject = {"subnet_id" if ":subnet/" in arn else "vpc_id": arn.rpartition("/")[2]}
        key = item.text("ExclusionId")
        mode = item.text("InternetGatewayExclusionMode")
        made.make(
            "aws_vpc_block_public_access_exclusion",
            key,
            item,
            internet_gateway_exclusion_mode=mode,
            **subject,
        )
    for folder in made.told.folders:
        if "VpcBlockPublicAccessOptions" in folder.denied:
            what = "whether VPC Block Public Access is on"
            item = Item({}, folder.place, f"{folder.account}/{folder.region}", folder.account)
            address = f"block-public-access {item.scope.strip('/')}"
            why = Unknown(Why.NOT_ALLOWED, what, address, folder.denied["VpcBlockPublicAccessOptions"])
            made.make("aws_vpc_block_public_access_options", address, item, internet_gateway_block_mode=why)
