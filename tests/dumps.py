"""An estate written out as AWS's APIs would describe it: the opposite of what a snapshot's reader does."""

import json
from collections import defaultdict
from pathlib import Path
from typing import Any

from pullproof.model.addresses import Addresses, Cidr, blocks
from pullproof.model.endpoints import Endpoint
from pullproof.model.estate import Estate
from pullproof.model.filters import AclEntry, GroupRef, GroupRule
from pullproof.model.packets import Service
from pullproof.model.value import Unknown
from pullproof.model.vpc import ListRef, Route, Target, TargetKind
from pullproof.sources.snapshot.layout import BY_NAME, KINDS

Json = dict[str, Any]
ACCOUNT = "123456789012"

#: What a route calls its target.
TARGETS = {
    TargetKind.INTERNET_GATEWAY: "GatewayId",
    TargetKind.VPN_GATEWAY: "GatewayId",
    TargetKind.NAT_GATEWAY: "NatGatewayId",
    TargetKind.PEERING: "VpcPeeringConnectionId",
    TargetKind.TRANSIT_GATEWAY: "TransitGatewayId",
    TargetKind.INTERFACE: "NetworkInterfaceId",
}


def described(estate: Estate) -> dict[str, Json]:
    """The answers that describe an estate, by the name of their file."""
    found: dict[str, list[Json]] = defaultdict(list)
    for kind in KINDS:
        if not kind.each:
            found[kind.name] = []
    _vpcs(estate, found)
    _tables(estate, found)
    _filters(estate, found)
    _exits(estate, found)
    _transit(estate, found)
    for endpoint in estate.endpoints.values():
        found["VpcEndpoints"].append(_endpoint(endpoint))
    for interface in estate.interfaces.values():
        found["NetworkInterfaces"].append(
            {
                "NetworkInterfaceId": interface.key,
                "SubnetId": interface.subnet,
                "Groups": [{"GroupId": key} for key in interface.groups.items],
                "PrivateIpAddresses": [{"PrivateIpAddress": text} for text in texts(interface.addresses)],
                "Association": {"PublicIp": texts(interface.public)[0]} if interface.public else None,
                "SourceDestCheck": interface.source_dest_check,
            }
        )
    _stores(estate, found)
    return {name: {BY_NAME[name].key: items} for name, items in found.items()}


def written(answers: dict[str, Json], folder: Path) -> Path:
    """The answers as files."""
    folder.mkdir(parents=True, exist_ok=True)
    for name, answer in answers.items():
        (folder / f"{name}.json").write_text(json.dumps(answer), encoding="utf-8")
    return folder


def texts(addresses: object) -> list[str]:
    """Single addresses as text."""
    assert isinstance(addresses, Addresses)
    return [str(block).removesuffix("/32") for block in blocks(addresses)]


def _cidrs(addresses: object) -> list[str]:
    assert isinstance(addresses, Addresses)
    return [str(block) for block in blocks(addresses)]


def _vpcs(estate: Estate, found: dict[str, list[Json]]) -> None:
    for vpc in estate.vpcs.values():
        cidrs = _cidrs(vpc.blocks)
        found["Vpcs"].append(
            {
                "VpcId": vpc.key,
                "CidrBlock": cidrs[0],
                "CidrBlockAssociationSet": [
                    {"CidrBlock": cidr, "CidrBlockState": {"State": "associated"}} for cidr in cidrs
                ],
            }
        )
        found["VpcAttributes"].append(
            {
                "VpcId": vpc.key,
                "EnableDnsSupport": {"Value": vpc.dns_support},
                "EnableDnsHostnames": {"Value": vpc.dns_hostnames},
            }
        )
        zones = [zone for zone in estate.zones.values() if vpc.key in zone.vpcs.items]
        found["HostedZonesByVpc"].append(
            {
                "VPCId": vpc.key,
                "HostedZoneSummaries": [{"HostedZoneId": z.key, "Name": f"{z.name}."} for z in zones],
            }
        )
    for zone in estate.zones.values():
        records = [
            {
                "Name": f"{record.name}.",
                "Type": record.type,
                "AliasTarget": {"DNSName": f"{record.alias}.vpce.amazonaws.com."},
            }
            for record in zone.records.items
        ]
        found["ResourceRecordSets"].append(
            {"HostedZoneId": f"/hostedzone/{zone.key}", "ResourceRecordSets": records}
        )
    for subnet in estate.subnets.values():
        found["Subnets"].append(
            {
                "SubnetId": subnet.key,
                "VpcId": subnet.vpc,
                "CidrBlock": _cidrs(subnet.blocks)[0],
                "AvailabilityZone": subnet.zone,
            }
        )
    for block in estate.public_access_blocks.values():
        found["VpcBlockPublicAccessOptions"].append({"InternetGatewayBlockMode": block.mode})


def _tables(estate: Estate, found: dict[str, list[Json]]) -> None:
    for table in estate.route_tables.values():
        main = {"Main": True, "RouteTableId": table.key}
        linked: list[Json] = [
            {"SubnetId": subnet.key, "Main": False}
            for subnet in estate.subnets.values()
            if subnet.route_table == table.key
        ]
        if estate.vpcs[str(table.vpc)].main_route_table == table.key:
            linked.append(main)
        routes = [_route(route) for route in table.routes.items]
        routes += [
            {"DestinationPrefixListId": "pl-aws", "GatewayId": endpoint.key, "State": "active"}
            for endpoint in estate.endpoints.values()
            if table.key in endpoint.route_tables.items and endpoint.key.startswith("vpce-")
        ]
        found["RouteTables"].append(
            {"RouteTableId": table.key, "VpcId": table.vpc, "Associations": linked, "Routes": routes}
        )


def _route(route: Route) -> Json:
    target = route.target
    assert isinstance(target, Target)
    to: Json
    if isinstance(route.destination, Cidr):
        to = {"DestinationCidrBlock": str(route.destination)}
    else:
        assert isinstance(route.destination, ListRef)
        to = {"DestinationPrefixListId": route.destination.ref}
    return {
        **to,
        TARGETS[target.kind]: target.ref,
        "State": "blackhole" if route.blackhole else "active",
        "Origin": "EnableVgwRoutePropagation" if route.propagated else "CreateRoute",
    }


def _filters(estate: Estate, found: dict[str, list[Json]]) -> None:
    for acl in estate.acls.values():
        used = [subnet.key for subnet in estate.subnets.values() if subnet.acl == acl.key]
        found["NetworkAcls"].append(
            {
                "NetworkAclId": acl.key,
                "VpcId": acl.vpc,
                "IsDefault": any(vpc.default_acl == acl.key for vpc in estate.vpcs.values()),
                "Associations": [{"SubnetId": key} for key in used],
                "Entries": [
                    *(_entry(entry, egress=False) for entry in acl.ingress.items),
                    *(_entry(entry, egress=True) for entry in acl.egress.items),
                    {"RuleNumber": 32767, "RuleAction": "deny", "Protocol": "-1", "Egress": True},
                ],
            }
        )
    for group in estate.groups.values():
        found["SecurityGroups"].append(
            {
                "GroupId": group.key,
                "GroupName": group.key,
                "VpcId": group.vpc,
                "IpPermissions": [_rule(rule) for rule in group.ingress.items],
                "IpPermissionsEgress": [_rule(rule) for rule in group.egress.items],
            }
        )
    for listed in estate.prefix_lists.values():
        entries = listed.entries
        shown = {} if isinstance(entries, Unknown) else {"Cidrs": _cidrs(entries)}
        found["PrefixLists"].append({"PrefixListId": listed.key, "PrefixListName": listed.name, **shown})


def _span(service: object) -> tuple[str, int, int]:
    assert isinstance(service, Service)
    return str(service.protocol), service.ports[0][0], service.ports[-1][1]


def _entry(entry: AclEntry, *, egress: bool) -> Json:
    protocol, low, high = _span(entry.service)
    [cidr] = _cidrs(entry.block)
    return {
        "RuleNumber": entry.number,
        "RuleAction": "allow" if entry.allow is True else "deny",
        "Protocol": protocol,
        "CidrBlock": cidr,
        "PortRange": None if protocol == "-1" else {"From": low, "To": high},
        "Egress": egress,
    }


def _rule(rule: GroupRule) -> Json:
    protocol, low, high = _span(rule.service)
    found: Json = {"IpProtocol": protocol}
    if protocol != "-1":
        found |= {"FromPort": low, "ToPort": high}
    if isinstance(rule.peer, GroupRef):
        found["UserIdGroupPairs"] = [{"GroupId": rule.peer.ref}]
    elif isinstance(rule.peer, ListRef):
        found["PrefixListIds"] = [{"PrefixListId": rule.peer.ref}]
    else:
        found["IpRanges"] = [{"CidrIp": cidr} for cidr in _cidrs(rule.peer)]
    return found


def _exits(estate: Estate, found: dict[str, list[Json]]) -> None:
    for gateway in estate.internet_gateways.values():
        attached = [{"VpcId": gateway.vpc, "State": "available"}] if gateway.vpc else []
        found["InternetGateways"].append({"InternetGatewayId": gateway.key, "Attachments": attached})
    for nat in estate.nat_gateways.values():
        found["NatGateways"].append(
            {
                "NatGatewayId": nat.key,
                "SubnetId": nat.subnet,
                "ConnectivityType": "public" if nat.public is True else "private",
                "State": "available" if nat.available is True else "failed",
            }
        )
    for peering in estate.peerings.values():
        found["VpcPeeringConnections"].append(
            {
                "VpcPeeringConnectionId": peering.key,
                "RequesterVpcInfo": {"VpcId": peering.requester},
                "AccepterVpcInfo": {"VpcId": peering.accepter},
                "Status": {"Code": "active" if peering.active is True else "rejected"},
            }
        )


def _transit(estate: Estate, found: dict[str, list[Json]]) -> None:
    for gateway in estate.transit_gateways.values():
        found["TransitGateways"].append({"TransitGatewayId": gateway.key, "Options": {}})
    for one in estate.transit_attachments.values():
        seen: Json = {
            "TransitGatewayAttachmentId": one.key.partition(" at ")[0],
            "TransitGatewayId": one.gateway,
        }
        association = {"State": "associated", "TransitGatewayRouteTableId": one.table}
        kind = {"ResourceType": "vpc", "ResourceId": one.vpc}
        if one.peer:
            kind = {"ResourceType": "peering", "ResourceId": str(one.peer).partition(" at ")[2]}
        found["TransitGatewayAttachments"].append(
            {
                **seen,
                **kind,
                **({"Association": association} if one.table else {"TransitGatewayOwnerId": ACCOUNT}),
            }
        )
        if one.vpc:
            found["TransitGatewayVpcAttachments"].append(
                {**seen, "VpcId": one.vpc, "SubnetIds": list(one.subnets.items)}
            )
    for table in estate.transit_tables.values():
        key = {"TransitGatewayRouteTableId": table.key}
        found["TransitGatewayRouteTables"].append({**key, "TransitGatewayId": table.gateway})
        found["TransitGatewayPropagations"].append(
            {
                **key,
                "TransitGatewayRouteTablePropagations": [
                    {"TransitGatewayAttachmentId": one, "State": "enabled"}
                    for one in table.propagations.items
                ],
            }
        )
        routes = [
            {
                "DestinationCidrBlock": str(route.destination),
                "Type": "static",
                "State": "blackhole" if route.blackhole else "active",
                "TransitGatewayAttachments": [
                    {"TransitGatewayAttachmentId": str(route.attachment).partition(" at ")[0]}
                ],
            }
            for route in table.routes.items
        ]
        found["TransitGatewayStaticRoutes"].append({**key, "Routes": routes})


def _endpoint(endpoint: Endpoint) -> Json:
    kind = endpoint.type
    assert not isinstance(kind, Unknown)
    return {
        "VpcEndpointId": endpoint.key,
        "VpcId": endpoint.vpc,
        "ServiceName": endpoint.service,
        "VpcEndpointType": kind.value,
        "State": "available",
        "SubnetIds": list(endpoint.subnets.items),
        "RouteTableIds": list(endpoint.route_tables.items),
        "Groups": [{"GroupId": key} for key in endpoint.groups.items],
        "PrivateDnsEnabled": endpoint.private_dns,
        "DnsOptions": {"PrivateDnsOnlyForInboundResolverEndpoint": endpoint.private_dns_inbound_only},
        "DnsEntries": [{"DnsName": f"{endpoint.key}.vpce.amazonaws.com"}],
    }


def _stores(estate: Estate, found: dict[str, list[Json]]) -> None:
    for system in estate.file_systems.values():
        found["FileSystems"].append({"FileSystemId": system.id, "FileSystemArn": system.arn})
        found["FileSystemPolicies"].append({"FileSystemId": system.id, "Policy": None})
    found["MountTargets"] += [
        {
            "MountTargetId": target.key,
            "FileSystemId": estate.file_systems[str(target.file_system)].id,
            "SubnetId": target.subnet,
            "SecurityGroups": list(target.groups.items),
        }
        for target in estate.mount_targets.values()
    ]
