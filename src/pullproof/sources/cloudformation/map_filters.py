"""Security groups, network ACLs, prefix lists, endpoints.

https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-resource-ec2-securitygroup.html
"""

from pullproof.model.value import Unknown
from pullproof.sources.cloudformation.rows import Properties, Row, Values, each, items, members
from pullproof.sources.cloudformation.stack import Item
from pullproof.sources.terraform.tree import Value

#: What CloudFormation's groups let out when no rule is written, which an empty list is as well.
ALL_OUT = {"protocol": "-1", "cidr_blocks": ["0.0.0.0/0"], "ipv6_cidr_blocks": ["::/0"]}
PORTS = {"IpProtocol": "protocol", "FromPort": "from_port", "ToPort": "to_port"}
PEERS = {
    "CidrIp": "cidr_blocks",
    "CidrIpv6": "ipv6_cidr_blocks",
    "SourcePrefixListId": "prefix_list_ids",
    "DestinationPrefixListId": "prefix_list_ids",
    "SourceSecurityGroupId": "security_groups",
    "DestinationSecurityGroupId": "security_groups",
}


def rule(value: Value) -> Values:
    """One rule; one that is not known may be for anything."""
    found = members(value)
    if isinstance(found, Unknown):
        return {"protocol": found, "cidr_blocks": found}
    values: Values = {name: found[key] for key, name in PORTS.items() if key in found}
    for key, name in PEERS.items():
        if key in found:
            values[name] = found[key] if isinstance(found[key], Unknown) else [found[key]]
    return values


def _group(_item: Item, properties: Properties) -> Values:
    egress = items(properties.get("SecurityGroupEgress"))
    return {
        "ingress": [rule(one) for one in items(properties.get("SecurityGroupIngress"))],
        # https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-resource-ec2-securitygroup.html
        "egress": [rule(one) for one in egress] or [ALL_OUT],
    }


def _ingress(_item: Item, properties: Properties) -> Values:
    return {"type": "ingress", **rule(properties)}


def _egress(_item: Item, properties: Properties) -> Values:
    return {"type": "egress", **rule(properties)}


def _entry(_item: Item, properties: Properties) -> Values:
    ports = members(properties.get("PortRange"))
    if isinstance(ports, Unknown):
        return {"from_port": ports, "to_port": ports}
    return {"from_port": ports.get("From"), "to_port": ports.get("To")}


def _list(_item: Item, properties: Properties) -> Values:
    return {"entry": each(properties.get("Entries"), {"Cidr": "cidr"}) or []}


def _endpoint(_item: Item, properties: Properties) -> Values:
    options = members(properties.get("DnsOptions"))
    if isinstance(options, Unknown):
        return {"dns_options": options}
    word = options.get("PrivateDnsOnlyForInboundResolverEndpoint")
    if word is None:
        return {}
    only = word if isinstance(word, Unknown) else word in ("OnlyInboundResolver", True, "true")
    return {"dns_options": [{"private_dns_only_for_inbound_resolver_endpoint": only}]}


ROWS = (
    Row(
        type="AWS::EC2::SecurityGroup",
        to="aws_security_group",
        names={"VpcId": "vpc_id", "GroupName": "name"},
        build=_group,
        gives={"GroupId": "id", "VpcId": "=VpcId"},
        words={"ingress": "SecurityGroupIngress", "egress": "SecurityGroupEgress"},
    ),
    Row(
        type="AWS::EC2::SecurityGroupIngress",
        to="aws_security_group_rule",
        names={"GroupId": "security_group_id"},
        build=_ingress,
        doubt=("protocol",),
        words={"protocol": "IpProtocol", "security_groups": "SourceSecurityGroupId"},
    ),
    Row(
        type="AWS::EC2::SecurityGroupEgress",
        to="aws_security_group_rule",
        names={"GroupId": "security_group_id"},
        build=_egress,
        doubt=("protocol",),
        words={"protocol": "IpProtocol", "security_groups": "DestinationSecurityGroupId"},
    ),
    Row(
        type="AWS::EC2::SecurityGroupVpcAssociation",
        to="aws_vpc_security_group_vpc_association",
        names={"GroupId": "security_group_id", "VpcId": "vpc_id"},
    ),
    Row(type="AWS::EC2::NetworkAcl", to="aws_network_acl", names={"VpcId": "vpc_id"}, gives={"Id": "id"}),
    Row(
        type="AWS::EC2::NetworkAclEntry",
        to="aws_network_acl_rule",
        names={
            "NetworkAclId": "network_acl_id",
            "Egress": "egress",
            "RuleNumber": "rule_number",
            "RuleAction": "rule_action",
            "Protocol": "protocol",
            "CidrBlock": "cidr_block",
            "Ipv6CidrBlock": "ipv6_cidr_block",
        },
        build=_entry,
        doubt=("rule_action",),
        words={"from_port": "PortRange.From", "to_port": "PortRange.To"},
    ),
    Row(
        type="AWS::EC2::SubnetNetworkAclAssociation",
        to="aws_network_acl_association",
        names={"SubnetId": "subnet_id", "NetworkAclId": "network_acl_id"},
        doubt=("network_acl_id",),
    ),
    Row(
        type="AWS::EC2::PrefixList",
        to="aws_ec2_managed_prefix_list",
        names={"PrefixListName": "name"},
        build=_list,
        gives={"PrefixListId": "id"},
        words={"entry": "Entries"},
    ),
    # The type is Gateway and private DNS is off unless written.
    # https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-resource-ec2-vpcendpoint.html
    Row(
        type="AWS::EC2::VPCEndpoint",
        to="aws_vpc_endpoint",
        names={
            "VpcId": "vpc_id",
            "ServiceName": "service_name",
            "VpcEndpointType": "vpc_endpoint_type",
            "SubnetIds": "subnet_ids",
            "SecurityGroupIds": "security_group_ids",
            "RouteTableIds": "route_table_ids",
            "PrivateDnsEnabled": "private_dns_enabled",
            "PolicyDocument": "policy",
            "ServiceRegion": "service_region",
        },
        build=_endpoint,
        gives={"Id": "id", "DnsEntries": "dns_entry"},
        doubt=("state",),
        words={"dns_options": "DnsOptions"},
    ),
)
