"""Hosted zones, records, resolver rules.

https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/AWS_Route53.html
"""

from pullproof.model.text import OPEN, shown
from pullproof.model.value import Unknown
from pullproof.sources.cloudformation.rows import Part, Properties, Row, Values, each, items, members
from pullproof.sources.cloudformation.stack import Item
from pullproof.sources.terraform.tree import Value


def _zone(_item: Item, properties: Properties) -> Values:
    return {"vpc": each(properties.get("VPCs"), {"VPCId": "vpc_id"})}


def record(value: Value) -> Values:
    """One record set."""
    found = members(value)
    if isinstance(found, Unknown):
        return {"zone_id": found}
    values: Values = {
        name: found[key]
        for key, name in (("Name", "name"), ("Type", "type"), ("ResourceRecords", "records"))
        if key in found
    }
    alias = members(found.get("AliasTarget"))
    if isinstance(alias, Unknown):
        values["alias"] = alias
    elif alias:
        values["alias"] = [{"name": alias.get("DNSName")}]
    return values | _where(found)


def _where(found: dict[str, Value]) -> Values:
    """The zone of a record, by id or by name."""
    if "HostedZoneId" in found:
        return {"zone_id": found["HostedZoneId"]}
    name = found.get("HostedZoneName")
    if isinstance(name, str) and OPEN not in name:
        return {"zone_id": zone_named(name)}
    return {"zone_id": name if isinstance(name, Unknown) else f"a zone called {shown(str(name))}"}


def zone_named(name: str) -> str:
    """What stands for a zone that is called by its name."""
    return f"zone {name.rstrip('.').lower()}"


def _record(_item: Item, properties: Properties) -> Values:
    return record(properties)


def _records(_item: Item, properties: Properties) -> list[Part]:
    """The records of a group, in the group's zone unless they name one."""
    zone = {key: properties[key] for key in ("HostedZoneId", "HostedZoneName") if key in properties}
    parts = []
    for index, one in enumerate(items(properties.get("RecordSets"))):
        found = members(one)
        values = record(found if isinstance(found, Unknown) else {**zone, **found})
        parts.append(Part(path=f"RecordSets[{index}]", type="aws_route53_record", values=values))
    return parts


ROWS = (
    Row(
        type="AWS::Route53::HostedZone",
        to="aws_route53_zone",
        names={"Name": "name"},
        build=_zone,
        ref="zone_id",
        gives={"Id": "zone_id"},
        doubt=("vpc",),
        words={"vpc": "VPCs"},
    ),
    Row(
        type="AWS::Route53::RecordSet",
        to="aws_route53_record",
        build=_record,
        ref="name",
        doubt=("records", "alias"),
        words={"name": "Name", "type": "Type", "records": "ResourceRecords", "zone_id": "HostedZoneId"},
    ),
    Row(
        type="AWS::Route53::RecordSetGroup",
        names={"RecordSets": "records"},
        parts=_records,
        doubt=("records", "alias"),
        words={"name": "Name", "type": "Type", "records": "ResourceRecords", "zone_id": "HostedZoneId"},
    ),
    Row(
        type="AWS::Route53Resolver::ResolverRule",
        to="aws_route53_resolver_rule",
        names={"DomainName": "domain_name", "RuleType": "rule_type"},
        gives={"ResolverRuleId": "id"},
    ),
    Row(
        type="AWS::Route53Resolver::ResolverRuleAssociation",
        to="aws_route53_resolver_rule_association",
        names={"ResolverRuleId": "resolver_rule_id", "VPCId": "vpc_id"},
        doubt=("vpc_id",),
    ),
    Row(
        type="AWS::Route53Resolver::FirewallRuleGroupAssociation",
        to="aws_route53_resolver_firewall_rule_group_association",
        names={"VpcId": "vpc_id"},
    ),
    Row(type="AWS::Route53Profiles::ProfileAssociation", to="aws_route53profiles_association"),
    Row(
        type="AWS::ServiceDiscovery::PrivateDnsNamespace",
        to="aws_service_discovery_private_dns_namespace",
        names={"Name": "name", "Vpc": "vpc"},
        gives={"Id": "id", "Arn": "arn", "HostedZoneId": "hosted_zone"},
        doubt=("vpc",),
    ),
)
