"""One kind of answer after the other: what becomes of what AWS says."""

from typing import Any

import pytest

from pullproof.model.estate import Estate
from pullproof.model.packets import ICMP, service
from pullproof.model.value import Unknown
from pullproof.sources.base import Options
from pullproof.sources.snapshot.answers import Folder
from pullproof.sources.snapshot.load import load_answers
from tests.account import ACCOUNT, REGION, listed

Json = dict[str, Any]


def read(**documents: Json) -> Estate:
    """The estate that some answers show, and nothing else."""
    folder = Folder(account=ACCOUNT, region=REGION, documents=documents)
    return load_answers([folder], "here", Options()).estate


def answers(**lists: list[Json]) -> dict[str, Json]:
    """Answers whose files are called as their keys."""
    return {name: listed(name, *items) for name, items in lists.items()}


def test_blocks_that_are_taken_away_are_no_longer_the_vpcs() -> None:
    """Of all blocks those count that are associated, of both families."""
    states = ("associated", "disassociated")
    vpc = {
        "VpcId": "vpc-0a",
        "CidrBlock": "10.0.0.0/16",
        "CidrBlockAssociationSet": [
            {"CidrBlock": f"10.{index}.0.0/16", "CidrBlockState": {"State": state}}
            for index, state in enumerate(states)
        ],
        "Ipv6CidrBlockAssociationSet": [
            {"Ipv6CidrBlock": "2001:db8::/56", "Ipv6CidrBlockState": {"State": "associated"}}
        ],
    }

    assert "10.0.0.0/16, 2001:db8::/56" == str(read(**answers(Vpcs=[vpc])).vpcs["vpc-0a"].blocks)


def test_routes_point_where_the_api_says() -> None:
    """Local ones are implied; a gateway endpoint's are its own; what is gone and what is learned is marked."""
    routes: list[Json] = [
        {"DestinationCidrBlock": "10.0.0.0/16", "GatewayId": "local", "State": "active"},
        {"DestinationCidrBlock": "0.0.0.0/0", "NatGatewayId": "nat-0a", "State": "blackhole"},
        {"DestinationCidrBlock": "10.9.0.0/16", "GatewayId": "vgw-0a", "Origin": "EnableVgwRoutePropagation"},
        {"DestinationCidrBlock": "10.8.0.0/16", "InstanceId": "i-0a", "NetworkInterfaceId": "eni-0a"},
        {"DestinationCidrBlock": "10.7.0.0/16", "GatewayId": "vpce-0fw"},
        {"DestinationPrefixListId": "pl-0a", "TransitGatewayId": "tgw-0a"},
        {"DestinationIpv6CidrBlock": "::/0", "EgressOnlyInternetGatewayId": "eigw-0a"},
        {"DestinationPrefixListId": "pl-0s3", "GatewayId": "vpce-0s3"},
    ]
    table: Json = {"RouteTableId": "rtb-0a", "VpcId": "vpc-0a", "Associations": [], "Routes": routes}
    found = read(**answers(RouteTables=[table])).route_tables["rtb-0a"].routes
    shown = [
        (route.target.kind.value, route.target.ref, route.blackhole, route.propagated)
        for route in found.items
        if not isinstance(route.target, Unknown)
    ]

    assert found.complete
    assert [
        ("nat-gateway", "nat-0a", True, False),
        ("vpn-gateway", "vgw-0a", False, True),
        ("network-interface", "eni-0a", False, False),
        ("gateway-load-balancer-endpoint", "vpce-0fw", False, False),
        ("transit-gateway", "tgw-0a", False, False),
        ("egress-only-internet-gateway", "eigw-0a", False, False),
    ] == shown


def test_a_gateway_endpoint_that_is_not_shown_is_seen_by_its_routes() -> None:
    """Its service by the name of its prefix list; its policy is not known."""
    table: Json = {
        "RouteTableId": "rtb-0a",
        "VpcId": "vpc-0a",
        "Routes": [{"DestinationPrefixListId": "pl-0a", "GatewayId": "vpce-0a"}],
    }
    lists = [{"PrefixListId": "pl-0a", "PrefixListName": "com.amazonaws.eu-west-1.s3"}]
    named = read(**answers(RouteTables=[table], PrefixLists=lists)).endpoints["vpce-0a"]
    nameless = read(**answers(RouteTables=[table])).endpoints["vpce-0a"]

    assert ("com.amazonaws.eu-west-1.s3", ("rtb-0a",)) == (named.service, named.route_tables.items)
    assert isinstance(named.policy, Unknown)
    assert isinstance(nameless.service, Unknown)


def test_main_and_default_things_are_the_vpcs_own() -> None:
    """The main table is that of subnets without one, unless an association is just being taken away."""
    tables: list[Json] = [
        {"RouteTableId": "rtb-0m", "VpcId": "vpc-0a", "Associations": [{"Main": True}]},
        {
            "RouteTableId": "rtb-0b",
            "VpcId": "vpc-0a",
            "Associations": [
                {"SubnetId": "subnet-0b"},
                {"SubnetId": "subnet-0c", "AssociationState": {"State": "disassociating"}},
            ],
        },
    ]
    subnets = [
        {"SubnetId": f"subnet-0{name}", "VpcId": "vpc-0a", "CidrBlock": "10.0.0.0/24"} for name in "abc"
    ]
    acl = {"NetworkAclId": "acl-0a", "VpcId": "vpc-0a", "IsDefault": True}
    group = {"GroupId": "sg-0a", "GroupName": "default", "VpcId": "vpc-0a", "IpPermissionsEgress": []}
    vpc = {"VpcId": "vpc-0a", "CidrBlock": "10.0.0.0/16"}
    estate = read(
        **answers(Vpcs=[vpc], RouteTables=tables, Subnets=subnets, NetworkAcls=[acl], SecurityGroups=[group])
    )
    own = estate.vpcs["vpc-0a"]

    assert ("rtb-0m", "acl-0a", "sg-0a") == (own.main_route_table, own.default_acl, own.default_group)
    assert ["rtb-0m", "rtb-0b", "rtb-0m"] == [one.route_table for one in estate.subnets.values()]
    assert {Unknown} == {type(one.acl) for one in estate.subnets.values()}
    assert {Unknown} == {type(one.zone) for one in estate.subnets.values()}


def test_rules_of_groups_have_all_kinds_of_peers() -> None:
    """Blocks of both families, lists, groups; ICMP has types and codes instead of ports."""
    rule = {
        "IpProtocol": "tcp",
        "FromPort": 80,
        "ToPort": 81,
        "IpRanges": [{"CidrIp": "10.0.0.0/8"}],
        "Ipv6Ranges": [{"CidrIpv6": "::/0"}],
        "PrefixListIds": [{"PrefixListId": "pl-0a"}],
        "UserIdGroupPairs": [{"GroupId": "sg-0b", "UserId": "2"}],
    }
    ping = {"IpProtocol": "icmp", "FromPort": 8, "ToPort": -1, "IpRanges": [{"CidrIp": "0.0.0.0/0"}]}
    group = {"GroupId": "sg-0a", "GroupName": "a", "VpcId": "vpc-0a", "IpPermissions": [rule, ping]}
    found = read(**answers(SecurityGroups=[group])).groups["sg-0a"]

    assert ["10.0.0.0/8, ::/0", "ListRef(ref='pl-0a')", "GroupRef(ref='sg-0b')", "0.0.0.0/0"] == [
        str(each.peer) for each in found.ingress.items
    ]
    assert service(ICMP, 8, 65535) == found.ingress.items[-1].service
    assert ["the egress rules of sg-0a"] == [why.what for why in found.egress.open]


def test_a_group_in_several_vpcs_is_in_no_certain_one() -> None:
    """Associations that failed do not count."""
    group = {"GroupId": "sg-0a", "GroupName": "a", "VpcId": "vpc-0a", "IpPermissionsEgress": []}
    links = [
        {"GroupId": "sg-0a", "VpcId": f"vpc-0{state[:1]}", "State": state}
        for state in ("failed", "associated")
    ]
    alone = read(**answers(SecurityGroups=[group], SecurityGroupVpcAssociations=links[:1]))
    shared = read(**answers(SecurityGroups=[group], SecurityGroupVpcAssociations=links))

    assert "vpc-0a" == alone.groups["sg-0a"].vpc
    assert isinstance(shared.groups["sg-0a"].vpc, Unknown)


def test_prefix_lists_have_entries_in_either_spelling() -> None:
    """Those of DescribePrefixLists, those of GetManagedPrefixListEntries, or none that are told."""
    lists: list[Json] = [
        {"PrefixListId": "pl-0a", "PrefixListName": "a", "Cidrs": ["10.0.0.0/8"]},
        {"PrefixListId": "pl-0b", "PrefixListName": "b", "Entries": [{"Cidr": "10.0.0.0/9"}]},
        {"PrefixListId": "pl-0c", "PrefixListName": "c"},
    ]
    found = read(**answers(PrefixLists=lists)).prefix_lists

    assert ["10.0.0.0/8", "10.0.0.0/9"] == [str(found[key].entries) for key in ("pl-0a", "pl-0b")]
    assert isinstance(found["pl-0c"].entries, Unknown)


def test_interfaces_without_groups_are_filtered_by_whatever_owns_them() -> None:
    """A NAT gateway's interface has none; whether one forwards may not be told."""
    interface = {
        "NetworkInterfaceId": "eni-0a",
        "InterfaceType": "nat_gateway",
        "SubnetId": "subnet-0a",
        "PrivateIpAddress": "10.0.0.5",
        "PrivateIpAddresses": [
            {"PrivateIpAddress": "10.0.0.5", "Association": {"PublicIp": "203.0.113.1"}},
            {"PrivateIpAddress": "10.0.0.6", "Association": {"PublicIp": "203.0.113.2"}},
        ],
    }
    elastic = {"PublicIp": "203.0.113.3", "NetworkInterfaceId": "eni-0b"}
    bare = {"NetworkInterfaceId": "eni-0b", "PrivateIpAddress": "10.0.0.9", "SourceDestCheck": True}
    both = read(**answers(NetworkInterfaces=[interface, bare], Addresses=[elastic])).interfaces
    found = both["eni-0a"]

    assert "203.0.113.3/32" == str(both["eni-0b"].public)
    assert "10.0.0.5/32, 10.0.0.6/32" == str(found.addresses)
    assert "203.0.113.1/32, 203.0.113.2/32" == str(found.public)
    assert found.public_ip is True
    assert isinstance(found.source_dest_check, Unknown)
    assert ["what filters traffic of eni-0a"] == [why.what for why in found.groups.open]


def test_endpoints_have_the_addresses_of_their_interfaces() -> None:
    """And their states: one that is deleted is not there, one that nobody accepted carries nothing."""
    interface = {
        "NetworkInterfaceId": "eni-0a",
        "SubnetId": "subnet-0a",
        "PrivateIpAddress": "10.0.0.5",
        "Groups": [{"GroupId": "sg-0a"}],
        "SourceDestCheck": True,
    }
    endpoint = {
        "VpcEndpointId": "vpce-0a",
        "VpcId": "vpc-0a",
        "ServiceName": "com.amazonaws.eu-west-1.s3",
        "VpcEndpointType": "Interface",
        "State": "available",
        "SubnetIds": ["subnet-0a"],
        "NetworkInterfaceIds": ["eni-0a", "eni-0gone"],
        "Groups": [{"GroupId": "sg-0a"}],
        "PrivateDnsEnabled": True,
        "DnsOptions": {"PrivateDnsOnlyForInboundResolverEndpoint": True},
        "PolicyDocument": '{"Statement": [{"Effect": "Deny", "Principal": "*", "Action": "*", "Resource": "*"}]}',
    }
    others = [
        {**endpoint, "VpcEndpointId": "vpce-0b", "State": "deleted"},
        {**endpoint, "VpcEndpointId": "vpce-0c", "State": "pendingAcceptance"},
        {**endpoint, "VpcEndpointId": "vpce-0d", "ServiceRegion": "us-east-1"},
        {**endpoint, "VpcEndpointId": "vpce-0e", "ServiceRegion": "eu-west-1"},
    ]
    found = read(**answers(NetworkInterfaces=[interface], VpcEndpoints=[endpoint, *others])).endpoints

    assert ["vpce-0a", "vpce-0c", "vpce-0d", "vpce-0e"] == list(found)
    assert "10.0.0.5/32" == str(dict(found["vpce-0a"].addresses)["subnet-0a"])
    assert (True, True) == (found["vpce-0a"].private_dns, found["vpce-0a"].private_dns_inbound_only)
    assert [True, False, True, True] == [one.available for one in found.values()]
    assert ["", "", "us-east-1", ""] == [one.service_region for one in found.values()]
    assert not isinstance(found["vpce-0a"].policy, Unknown | None)


def test_gateways_have_states_and_attachments() -> None:
    """NAT gateways public or private, zonal or regional; internet gateways attached or not; peerings by status."""
    estate = read(
        **answers(
            NatGateways=[
                {"NatGatewayId": "nat-0a", "SubnetId": "subnet-0a", "State": "available"},
                {"NatGatewayId": "nat-0b", "ConnectivityType": "private", "State": "failed"},
                {
                    "NatGatewayId": "nat-0c",
                    "AvailabilityMode": "regional",
                    "VpcId": "vpc-0a",
                    "State": "available",
                },
            ],
            InternetGateways=[
                {"InternetGatewayId": "igw-0a", "Attachments": [{"VpcId": "vpc-0a", "State": "available"}]},
                {"InternetGatewayId": "igw-0b", "Attachments": [{"VpcId": "vpc-0a", "State": "detached"}]},
            ],
            EgressOnlyInternetGateways=[
                {
                    "EgressOnlyInternetGatewayId": "eigw-0a",
                    "Attachments": [{"VpcId": "vpc-0a", "State": "attached"}],
                }
            ],
            VpnGateways=[{"VpnGatewayId": "vgw-0a"}],
            VpcPeeringConnections=[
                {
                    "VpcPeeringConnectionId": f"pcx-{code or 'none'}",
                    "RequesterVpcInfo": {"VpcId": "vpc-0a"},
                    "AccepterVpcInfo": {"VpcId": "vpc-0b"},
                    "Status": {"Code": code} if code else None,
                }
                for code in ("active", "pending-acceptance", "")
            ],
        )
    )

    assert [(True, True), (False, False), (True, True)] == [
        (nat.public, nat.available) for nat in estate.nat_gateways.values()
    ]
    assert ("vpc-0a", "") == (estate.nat_gateways["nat-0c"].vpc, estate.nat_gateways["nat-0c"].subnet)
    assert {"igw-0a": "vpc-0a", "igw-0b": "", "eigw-0a": "vpc-0a"} == {
        key: one.vpc for key, one in estate.internet_gateways.items()
    }
    assert [True, False, "unknown"] == [
        "unknown" if isinstance(one.active, Unknown) else one.active for one in estate.peerings.values()
    ]


def test_block_public_access_has_exclusions() -> None:
    """Of a VPC or of a subnet, once they are there."""
    whole = f"arn:aws:ec2:{REGION}:{ACCOUNT}:vpc/vpc-0a"
    exclusions = [
        {"ExclusionId": "ex-1", "ResourceArn": whole, "State": "create-complete"},
        {"ExclusionId": "ex-2", "ResourceArn": whole.replace("vpc/vpc", "subnet/subnet"), "State": ""},
        {"ExclusionId": "ex-3", "ResourceArn": whole, "State": "delete-complete"},
    ]
    for exclusion in exclusions:
        exclusion["InternetGatewayExclusionMode"] = "allow-egress"
    options = {"VpcBlockPublicAccessOptions": {"InternetGatewayBlockMode": "block-ingress"}}
    found = read(
        VpcBlockPublicAccessOptions=options, **answers(VpcBlockPublicAccessExclusions=exclusions)
    ).public_access_blocks

    assert [
        (f"block-public-access {ACCOUNT}/{REGION}", "block-ingress", ""),
        ("ex-1", "allow-egress", "vpc-0a"),
        ("ex-2", "allow-egress", "subnet-0a"),
    ] == [(one.key, one.mode, one.only) for one in found.values()]


def attachment(kind: str, resource: str, **more: Any) -> Json:
    """An attachment to a transit gateway, as DescribeTransitGatewayAttachments shows it."""
    return {
        "TransitGatewayAttachmentId": f"att-{kind}",
        "TransitGatewayId": "tgw-0a",
        "TransitGatewayOwnerId": ACCOUNT,
        "ResourceType": kind,
        "ResourceId": resource,
        "Association": {"TransitGatewayRouteTableId": "tgw-rtb-0a", "State": "associated"},
        **more,
    }


def transit(*attachments: Json, **documents: Json) -> Estate:
    """A transit gateway with one table, and some attachments."""
    table = {"TransitGatewayRouteTableId": "tgw-rtb-0a", "TransitGatewayId": "tgw-0a", "State": "available"}
    return read(
        **answers(
            TransitGateways=[{"TransitGatewayId": "tgw-0a"}],
            TransitGatewayRouteTables=[
                table,
                {**table, "TransitGatewayRouteTableId": "x", "State": "deleted"},
            ],
            TransitGatewayAttachments=list(attachments),
        ),
        **documents,
    )


def test_attachments_of_vpcs_are_told_by_two_answers() -> None:
    """One has the route table, the other the subnets; either alone leaves the other unknown."""
    [vpc] = answers(
        TransitGatewayVpcAttachments=[
            {
                "TransitGatewayAttachmentId": "att-vpc",
                "TransitGatewayId": "tgw-0a",
                "VpcId": "vpc-0a",
                "SubnetIds": ["subnet-0a"],
                "Options": {"ApplianceModeSupport": "enable"},
                "State": "available",
            }
        ]
    ).values()
    both = transit(attachment("vpc", "vpc-0a"), TransitGatewayVpcAttachments=vpc)
    first, second = transit(attachment("vpc", "vpc-0a")), transit(TransitGatewayVpcAttachments=vpc)
    found = both.transit_attachments["att-vpc"]

    assert ("vpc-0a", ("subnet-0a",), "tgw-rtb-0a", True) == (
        found.vpc,
        found.subnets.items,
        found.table,
        found.appliance_mode,
    )
    assert not first.transit_attachments["att-vpc"].subnets.complete
    assert isinstance(second.transit_attachments["att-vpc"].table, Unknown)


def test_only_the_gateways_owner_is_shown_what_table_an_attachment_uses() -> None:
    """To its owner no association means none; to others, that they are not shown it."""
    bare = attachment("vpn", "vpn-0a", Association=None)
    mine, theirs = transit(bare), transit({**bare, "TransitGatewayOwnerId": "2"})
    taken = transit({**bare, "Association": {"State": "disassociated", "TransitGatewayRouteTableId": "x"}})

    assert "" == mine.transit_attachments["att-vpn"].table
    assert "" == taken.transit_attachments["att-vpn"].table
    assert isinstance(theirs.transit_attachments["att-vpn"].table, Unknown)


def test_other_attachments_say_what_is_behind_them() -> None:
    """A VPN, Direct Connect, a peering whose other end is shown or not; one that is gone is not there."""
    far = {**attachment("peering", "tgw-0a"), "TransitGatewayId": "tgw-0b"}
    estate = transit(
        attachment("vpn", "vpn-0a"),
        attachment("direct-connect-gateway", "dx-0a"),
        attachment("peering", "tgw-0b"),
        far,
        {**attachment("connect", "x"), "State": "deleted"},
    )
    alone = transit(attachment("peering", "tgw-0b"))

    assert {
        "att-vpn": ("the VPN connection vpn-0a", ""),
        "att-direct-connect-gateway": ("the Direct Connect gateway dx-0a", ""),
        "att-peering at tgw-0a": ("peering tgw-0b", "att-peering at tgw-0b"),
        "att-peering at tgw-0b": ("peering tgw-0a", "att-peering at tgw-0a"),
    } == {key: (one.behind, one.peer) for key, one in estate.transit_attachments.items()}
    assert isinstance(alone.transit_attachments["att-peering"].peer, Unknown)


def test_tables_of_transit_gateways_have_static_and_learned_routes() -> None:
    """A learned route to something else than a VPC is as good as a static one; a list that goes on is open."""
    to = {"TransitGatewayAttachmentId": "att-vpn"}
    routes: list[Json] = [
        {"DestinationCidrBlock": "10.1.0.0/16", "Type": "static", "TransitGatewayAttachments": [to]},
        {"DestinationCidrBlock": "10.2.0.0/16", "Type": "static", "State": "blackhole"},
        {"DestinationCidrBlock": "10.3.0.0/16", "Type": "propagated", "TransitGatewayAttachments": [to]},
        {
            "DestinationCidrBlock": "10.4.0.0/16",
            "Type": "propagated",
            "TransitGatewayAttachments": [{"TransitGatewayAttachmentId": "att-vpc"}],
        },
    ]
    held = {"TransitGatewayRouteTableId": "tgw-rtb-0a"}
    static = listed("TransitGatewayStaticRoutes", {**held, "Routes": routes})
    more = listed("TransitGatewayStaticRoutes", {**held, "Routes": [], "AdditionalRoutesAvailable": True})
    spread = listed(
        "TransitGatewayPropagations",
        {
            **held,
            "TransitGatewayRouteTablePropagations": [
                {"TransitGatewayAttachmentId": "att-vpc", "State": "enabled"},
                {"TransitGatewayAttachmentId": "att-vpn", "State": "disabled"},
            ],
        },
    )
    ends = (attachment("vpn", "vpn-0a"), attachment("vpc", "vpc-0a"))
    whole = transit(*ends, TransitGatewayStaticRoutes=static, TransitGatewayPropagations=spread)
    table = whole.transit_tables["tgw-rtb-0a"]
    partial = transit(*ends, TransitGatewayStaticRoutes=more).transit_tables["tgw-rtb-0a"]

    assert [
        ("10.1.0.0/16", "att-vpn", False),
        ("10.2.0.0/16", "", True),
        ("10.3.0.0/16", "att-vpn", False),
    ] == [(str(route.destination), route.attachment, route.blackhole) for route in table.routes.items]
    assert ("att-vpc",) == table.propagations.items
    assert table.routes.complete
    assert table.propagations.complete
    assert [Unknown] == [type(route.destination) for route in partial.routes.items]
    assert not partial.propagations.complete


def test_zones_are_told_by_vpc_and_by_name() -> None:
    """Those of AWS's own endpoints are left out; records that nobody asked for are not known."""
    summaries = [
        {"HostedZoneId": "Z1", "Name": "app.internal.", "Owner": {"OwningAccount": ACCOUNT}},
        {"HostedZoneId": "Z2", "Name": "x.amazonaws.com.", "Owner": {"OwningService": "vpce.amazonaws.com"}},
    ]
    records = [
        {"Name": "\\052.app.internal.", "Type": "A", "ResourceRecords": [{"Value": "10.0.0.9"}]},
        {"Name": "api.app.internal.", "Type": "A", "AliasTarget": {"DNSName": "dualstack.LB.example.com."}},
    ]
    whole = {
        "HostedZone": {"Id": "/hostedzone/Z3", "Name": "b.", "Config": {"PrivateZone": True}},
        "VPCs": [],
    }
    documents = {
        "HostedZonesByVpc": listed("HostedZonesByVpc", {"VPCId": "vpc-0a", "HostedZoneSummaries": summaries}),
        "HostedZones": listed("HostedZones", whole, {"Id": "/hostedzone/Z4", "Name": "public."}),
        "ResourceRecordSets": listed(
            "HostedZoneRecords", {"HostedZoneId": "Z1", "ResourceRecordSets": records}
        ),
        **answers(
            Vpcs=[
                {"VpcId": "vpc-0a", "CidrBlock": "10.0.0.0/16"},
                {"VpcId": "vpc-0b", "CidrBlock": "10.1.0.0/16"},
            ]
        ),
    }
    estate = read(**documents)
    zone = estate.zones["Z1"]

    assert ["Z1", "Z3", "the zones of vpc-0b"] == list(estate.zones)
    assert ("app.internal", ("vpc-0a",)) == (zone.name, zone.vpcs.items)
    assert [("*.app.internal", ("10.0.0.9",)), ("api.app.internal", ("LB.example.com",))] == [
        (record.name, record.values.items) for record in zone.records.items
    ]
    assert [Unknown] == [type(record.name) for record in estate.zones["Z3"].records.items]
    assert not estate.zones["Z3"].vpcs.complete
    other = estate.zones["the zones of vpc-0b"]
    assert isinstance(other.name, Unknown)
    assert ("the private zones that answer in vpc-0b", ("vpc-0b",)) == (other.name.what, other.vpcs.items)


def test_rules_forward_names_in_the_vpcs_they_are_associated_with() -> None:
    """With DNS Firewall and profiles, of which only that they are there is told."""
    estate = read(
        **answers(
            ResolverRules=[{"Id": "rslvr-rr-1", "DomainName": "corp.", "RuleType": "FORWARD"}],
            ResolverRuleAssociations=[{"Id": "a", "VPCId": "vpc-0a", "ResolverRuleId": "rslvr-rr-1"}],
            FirewallRuleGroupAssociations=[{"Id": "f", "VpcId": "vpc-0a"}],
            ProfileAssociations=[{"Id": "p", "ProfileId": "rp-1", "ResourceId": "vpc-0a"}],
        )
    )

    assert [("corp", "FORWARD", ("vpc-0a",))] == [
        (rule.domain, rule.type, rule.vpcs.items) for rule in estate.resolver_rules.values()
    ]
    assert ["f"] == list(estate.dns_firewalls)
    assert ["what p holds"] == [why.what for why in estate.open["HostedZone"]]


def test_roles_have_policies_of_every_kind() -> None:
    """Inline, attached and a boundary; of `list-roles` alone the policies are not known."""
    policy = f"arn:aws:iam::{ACCOUNT}:policy/own"
    document = {"Statement": [{"Effect": "Allow", "Action": "s3:GetObject", "Resource": "*"}]}
    role = {
        "Arn": f"arn:aws:iam::{ACCOUNT}:role/a",
        "RoleName": "a",
        "AssumeRolePolicyDocument": {"Statement": []},
        "RolePolicyList": [{"PolicyName": "in", "PolicyDocument": document}, {"PolicyName": "empty"}],
        "AttachedManagedPolicies": [{"PolicyArn": policy}],
        "PermissionsBoundary": {"PermissionsBoundaryArn": policy},
    }
    bare = {"Arn": f"arn:aws:iam::{ACCOUNT}:role/b", "RoleName": "b"}
    versions = [
        {"VersionId": "v1", "IsDefaultVersion": False, "Document": {}},
        {"VersionId": "v2", "IsDefaultVersion": True, "Document": document},
    ]
    estate = read(
        Roles=listed("RoleDetailList", role, bare),
        Policies=listed(
            "Policies", {"Arn": policy, "PolicyVersionList": versions}, {"Arn": "x", "PolicyVersionList": []}
        ),
    )
    full, empty = estate.roles.values()

    assert ["in", "own"] == [one.name for one in full.policies.items]
    assert 1 == len(full.policies.open)
    assert not isinstance(full.boundary, Unknown | None)
    assert isinstance(empty.trust, Unknown)
    assert 2 == len(empty.policies.open)


def test_policies_of_the_organization_are_read() -> None:
    """Service control policies only; one that cannot be read may say anything."""
    content = '{"Statement": [{"Effect": "Deny", "Action": "ecr:*", "Resource": "*"}]}'
    policies = listed(
        "OrganizationPolicies",
        {"Id": "p-1", "Name": "deny", "Type": "SERVICE_CONTROL_POLICY", "Content": content},
        {"Id": "p-2", "Name": "broken", "Content": "{"},
        {"Id": "p-3", "Type": "RESOURCE_CONTROL_POLICY", "Content": content},
    )
    found = read(OrganizationPolicies=policies).organization_policies

    assert ["deny", "broken"] == [one.name for one in found]
    assert [0, 1] == [len(one.statements.open) for one in found]


CONTENT = '{"Statement": [{"Effect": "Allow", "Action": "*", "Resource": "*"}]}'


def organization(**more: Json) -> Estate:
    """An account in a unit below the root; the unit's policy is not told."""
    levels: list[Json] = [
        {"TargetId": ACCOUNT, "Policies": [{"Id": "p-1"}], "Parents": [{"Id": "ou-1"}]},
        {"TargetId": "ou-1", "Policies": [{"Id": "p-2"}, {"Id": "p-FullAWSAccess"}]},
        {"TargetId": "ou-1-parent", "Policies": [{"Id": "p-3"}]},
    ]
    levels[1]["Parents"] = [{"Id": "r-1"}]
    documents = answers(
        OrganizationLevels=[*levels, {"TargetId": "r-1", "Policies": []}],
        OrganizationPolicies=[
            {"Id": "p-1", "Name": "all", "Content": CONTENT},
            {"Id": "p-3", "Name": "elsewhere", "Content": CONTENT},
            {"Id": "p-4", "Name": "free", "Content": CONTENT},
        ],
    )
    return read(**{**documents, **more})


def test_levels_of_the_organization_are_followed_up_to_the_root() -> None:
    """Each with its policies; one that is not told leaves its level open, and a level without any is none."""
    found = organization()
    account, unit = found.organization_levels[ACCOUNT]

    assert (ACCOUNT, "ou-1") == (account.at, unit.at)
    assert (["all"], ["FullAWSAccess"]) == tuple(
        [policy.name for policy in level.policies.items] for level in (account, unit)
    )
    assert ([], ["OrganizationPolicies.json"]) == tuple(
        [unknown.settle_by.partition(" ")[0] for unknown in level.policies.open] for level in (account, unit)
    )
    assert ["free"] == [policy.name for policy in found.organization_policies]


def test_nothing_limits_the_management_account() -> None:
    """Service control policies are attached to it, and have no effect there."""
    found = organization(Organization={"Organization": {"Id": "o-1", "MasterAccountId": ACCOUNT}})

    assert () == found.organization_levels[ACCOUNT]


def test_levels_that_lead_in_a_circle_end() -> None:
    """What no account can show does not keep the reader going."""
    levels = [
        {"TargetId": ACCOUNT, "Policies": [{"Id": "p-FullAWSAccess"}], "Parents": [{"Id": ACCOUNT}]},
    ]
    found = read(**answers(OrganizationLevels=levels))

    assert 1 == len(found.organization_levels[ACCOUNT])


@pytest.mark.parametrize(
    ("kind", "denied", "says"),
    [
        ("snapshot", {"NatGateways": "allow ec2:DescribeNatGateways"}, "allow ec2:DescribeNatGateways"),
        ("snapshot", {}, "NatGateways.json is not in the snapshot: aws ec2 describe-nat-gateways"),
        ("live", {"NatGateways": "allow ec2:DescribeNatGateways"}, "allow ec2:DescribeNatGateways"),
        ("live", {}, ""),
    ],
)
def test_a_reference_into_what_is_not_told_says_what_would_tell_it(
    kind: str, denied: dict[str, str], says: str
) -> None:
    """A snapshot names the file; an account only what it refused, since it was asked for what is needed."""
    documents = answers(Vpcs=[])
    folder = Folder(account=ACCOUNT, region=REGION, documents=documents, denied=denied)
    found = load_answers([folder], "here", Options(), kind=kind).estate

    assert None is found.vpcs.lacks
    assert says == (found.nat_gateways.lacks.settle_by if found.nat_gateways.lacks is not None else "")


STORES = {
    "Repositories": listed(
        "repositories",
        {
            "repositoryArn": f"arn:aws:ecr:{REGION}:{ACCOUNT}:repository/a",
            "repositoryName": "a",
            "repositoryUri": "u/a",
        },
    ),
    "RegistryPolicies": listed(
        "registryPolicies", {"registryId": "1", "policyText": '{"Statement": []}'}, {"registryId": "2"}
    ),
    "PullThroughCacheRules": listed(
        "pullThroughCacheRules", {"ecrRepositoryPrefix": "hub", "upstreamRegistryUrl": "registry-1.docker.io"}
    ),
    "Parameters": listed(
        "Parameters",
        {"Name": "/a", "Type": "SecureString", "KeyId": "alias/aws/ssm", "Value": "never kept"},
        {
            "Name": "/b",
            "Type": "SecureString",
            "KeyId": "alias/own",
            "ARN": f"arn:aws:ssm:{REGION}:{ACCOUNT}:parameter/b",
        },
    ),
    "Keys": listed("KeyMetadata", {"KeyId": "k-1", "Arn": f"arn:aws:kms:{REGION}:{ACCOUNT}:key/k-1"}),
    "KeyPolicies": listed("KeyPolicies", {"KeyId": "k-1", "Policy": '{"Statement": []}'}),
    "Aliases": listed(
        "Aliases",
        {
            "AliasName": "alias/own",
            "AliasArn": f"arn:aws:kms:{REGION}:{ACCOUNT}:alias/own",
            "TargetKeyId": "k-1",
        },
        {"AliasName": "alias/aws/ssm", "AliasArn": f"arn:aws:kms:{REGION}:{ACCOUNT}:alias/aws/ssm"},
    ),
    "LogGroups": listed(
        "logGroups", {"logGroupName": "/a", "arn": f"arn:aws:logs:{REGION}:{ACCOUNT}:log-group:/a:*"}
    ),
    "Buckets": listed("Buckets", {"Name": "files", "BucketRegion": "us-east-1"}, {"Name": "other"}),
    "BucketPolicies": listed("BucketPolicies", {"Bucket": "files", "Policy": '{"Statement": []}'}),
    "FileSystems": listed(
        "FileSystems", {"FileSystemId": "fs-0a", "FileSystemArn": "arn:aws:elasticfilesystem:::x"}
    ),
    "AccessPoints": listed("AccessPoints", {"AccessPointId": "fsap-0a", "FileSystemId": "fs-0a"}),
    "MountTargets": listed(
        "MountTargets",
        {
            "MountTargetId": "fsmt-0a",
            "FileSystemId": "fs-0a",
            "SubnetId": "subnet-0a",
            "IpAddress": "10.0.0.7",
        },
        {
            "MountTargetId": "fsmt-0b",
            "FileSystemId": "fs-0a",
            "SubnetId": "subnet-0b",
            "SecurityGroups": ["sg-0a"],
        },
        {"MountTargetId": "fsmt-0c", "FileSystemId": "fs-0a", "NetworkInterfaceId": "eni-0a"},
    ),
    "NetworkInterfaces": listed(
        "NetworkInterfaces", {"NetworkInterfaceId": "eni-0a", "Groups": [{"GroupId": "sg-0b"}]}
    ),
}


def test_what_tasks_read_is_known_by_its_metadata() -> None:
    """Names, ARNs, keys and policies, and of no parameter its value."""
    estate = read(**STORES)
    first, second = estate.parameters.values()
    [key] = estate.keys.values()
    files, other = estate.buckets.values()

    assert ["u/a"] == [one.url for one in estate.repositories.values()]
    assert ["registry 1"] == list(estate.registry_policies)
    assert ["hub"] == [one.prefix for one in estate.pull_through_rules.values()]
    assert (True, "", "alias/own") == (first.secure, first.kms_key, second.kms_key)
    assert "never kept" not in repr(estate.nouns())
    assert ("alias/own",) == key.aliases
    assert not isinstance(key.policy, Unknown | None)
    assert [f"arn:aws:logs:{REGION}:{ACCOUNT}:log-group:/a"] == [
        one.arn for one in estate.log_groups.values()
    ]
    assert ("us-east-1", REGION) == (files.region, other.region)
    assert (False, True) == (isinstance(files.policy, Unknown), isinstance(other.policy, Unknown))
    assert isinstance(next(iter(estate.repositories.values())).policy, Unknown)


def test_mount_targets_have_the_groups_of_their_interfaces() -> None:
    """As they are told with them, or by their interface, or not at all."""
    estate = read(**STORES)
    groups = [one.groups for one in estate.mount_targets.values()]

    assert [(), ("sg-0a",), ("sg-0b",)] == [one.items for one in groups]
    assert [False, True, True] == [one.complete for one in groups]
    assert "10.0.0.7/32" == str(estate.mount_targets["fsmt-0a"].addresses)
    assert ["fsap-0a"] == list(estate.access_points)
    assert () == estate.open.get("MountTarget", ())


def test_mount_targets_that_nobody_asked_for_are_not_known() -> None:
    """A file system may have some that are not told."""
    estate = read(FileSystems=STORES["FileSystems"])

    assert ["the mount targets of its file systems"] == [why.what for why in estate.open["MountTarget"]]


@pytest.mark.parametrize("name", sorted(STORES))
def test_any_of_these_answers_stands_alone(name: str) -> None:
    """Nothing of what is not told stands in the way of the rest."""
    assert read(**{name: STORES[name]}).nouns() == read(**{name: STORES[name]}).nouns()
