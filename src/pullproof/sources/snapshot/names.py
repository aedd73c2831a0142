"""Name resolution: private hosted zones, resolver rules, DNS Firewall, Route 53 Profiles."""

from typing import Any

from pullproof.model.value import Unknown
from pullproof.sources.snapshot.item import Item
from pullproof.sources.snapshot.translation import Translation

#: Zones by which AWS's own services answer, whose things the snapshot shows themselves.
#: https://docs.aws.amazon.com/Route53/latest/APIReference/API_HostedZoneOwner.html
SERVICES = ("vpce.amazonaws.com", "efs.amazonaws.com")


def names(made: Translation) -> None:
    """Add what a name may mean in each VPC."""
    vpcs: dict[str, list[str]] = {}
    seen: dict[str, Item] = {}
    for item in made.told.of("HostedZonesByVpc"):
        for one in item.items("HostedZoneSummaries"):
            if one.inner("Owner").text("OwningService") not in SERVICES:
                key = _id(one.text("HostedZoneId"))
                seen.setdefault(key, one)
                vpcs.setdefault(key, []).append(item.text("VPCId"))
    for item in made.told.of("HostedZones"):
        inner = item.inner("HostedZone") if "HostedZone" in item else item
        key = _id(inner.text("Id"))
        private = inner.inner("Config").flag("PrivateZone")
        if private or (private is None and "VPCs" in item) or key in vpcs:
            seen[key] = inner
            vpcs.setdefault(key, []).extend(one.text("VPCId") for one in item.items("VPCs"))
    for key, item in seen.items():
        _zone(made, item, key, vpcs.get(key, []))
    _answering(made)
    _forwarding(made)


def _id(text: str) -> str:
    return text.rpartition("/")[2]


def _zone(made: Translation, item: Item, key: str, vpcs: list[str]) -> None:
    why = made.told.untold("HostedZonesByVpc", item.scope, f"the VPCs of the zone {key}", key)
    name = item.text("Name")
    blocks: Any = [{"vpc_id": vpc} for vpc in dict.fromkeys(vpcs)]
    made.make("aws_route53_zone", key, item, zone_id=key, name=_plain(name), vpc=blocks or why)
    told = [one for one in made.told.of("ResourceRecordSets") if _id(one.text("HostedZoneId")) == key]
    if not told or not all(made.told.has("ResourceRecordSets", one.scope) for one in told):
        why = made.told.untold("ResourceRecordSets", item.scope, f"the records of {name or key}", key)
        made.link("aws_route53_record", key, item, zone_id=key, name=why, type=why, records=why)
    for answer in told:
        for one in answer.items("ResourceRecordSets"):
            _record(made, one, key)


def _record(made: Translation, item: Item, zone: str) -> None:
    name = _plain(item.text("Name"))
    alias = item.inner("AliasTarget").text("DNSName")
    made.link(
        "aws_route53_record",
        f"{zone} {name}",
        item,
        zone_id=zone,
        fqdn=name,
        name=name,
        type=item.text("Type"),
        records=[one.text("Value") for one in item.items("ResourceRecords")],
        alias=[{"name": alias.removeprefix("dualstack.").rstrip(".")}] if alias else [],
    )


def _plain(name: str) -> str:
    """A name as people write it: Route 53 shows an asterisk as a number."""
    return name.replace("\\052", "*").rstrip(".").lower()


def _answering(made: Translation) -> None:
    """VPCs of which nobody asked which zones answer in them."""
    asked = {item.text("VPCId") for item in made.told.of("HostedZonesByVpc")}
    for item in made.told.of("Vpcs"):
        key = item.text("VpcId")
        if key in asked:
            continue
        what = f"the private zones that answer in {key}"
        why = made.told.untold("HostedZonesByVpc", item.scope, what, key)
        if asked:
            # Only of some VPCs: in this one, any name may be another's.
            made.make("aws_route53_zone", f"the zones of {key}", item, name=why, vpc=[{"vpc_id": key}])
        else:
            made.may_have_more("HostedZone", why)


def _forwarding(made: Translation) -> None:
    for item in made.told.of("ResolverRules"):
        key = item.text("Id")
        made.make(
            "aws_route53_resolver_rule",
            key,
            item,
            id=key,
            domain_name=item.text("DomainName").rstrip(".") or ".",
            rule_type=item.text("RuleType"),
        )
    for item in made.told.of("ResolverRuleAssociations"):
        vpc, rule = item.text("VPCId"), item.text("ResolverRuleId")
        made.link(
            "aws_route53_resolver_rule_association", item.text("Id"), item, vpc_id=vpc, resolver_rule_id=rule
        )
    for item in made.told.of("FirewallRuleGroupAssociations"):
        kind = "aws_route53_resolver_firewall_rule_group_association"
        made.make(kind, item.text("Id"), item, vpc_id=item.text("VpcId"))
    for item in made.told.of("ProfileAssociations"):
        made.make("aws_route53profiles_association", item.text("Id"), item)
    for scope in made.scopes("Vpcs"):
        for noun, name in (
            ("ResolverRule", "ResolverRuleAssociations"),
            ("ResolverRule", "ResolverRules"),
            ("DnsFirewall", "FirewallRuleGroupAssociations"),
            ("HostedZone", "ProfileAssociations"),
        ):
            why: Unknown | None = made.told.missing(name, scope, _lacks(name), scope.strip("/"))
            made.may_have_more(noun, why)


def _lacks(name: str) -> str:
    return {
        "FirewallRuleGroupAssociations": "which names a DNS Firewall refuses",
        "ProfileAssociations": "what Route 53 Profiles bring to the VPCs",
    }.get(name, "which names are forwarded to other servers")
