"""Calls about what names mean in the VPCs of the tasks: hosted zones, resolver rules, DNS Firewall."""

from collections.abc import Iterator

from pullproof.sources.live import feeds, feeds_names, keeps
from pullproof.sources.live.calls_network import HOME
from pullproof.sources.live.values import Call, Feed, Got, Seen, Wanted


def vpcs_in_regions(got: Got, _seen: Seen) -> Iterator[Wanted]:
    """A VPC, with the region that Route 53 wants beside it."""
    for vpc in feeds.found(got.item, "VpcId"):
        yield Wanted(vpc, "", (("VPCRegion", got.region),))


#: Associations are few, and a list of all is one call: VPCs that lead on to others are covered, too.
_ONCE = tuple(Feed(feed.row, feeds.once) for feed in HOME)

NAMES: tuple[Call, ...] = (
    Call(
        row="zones",
        service="route53",
        operation="ListHostedZonesByVPC",
        file="HostedZonesByVpc",
        keep=keeps.with_asked("VPCId", "VPCRegion", keys=("HostedZoneSummaries",)),
        feeds=tuple(Feed(feed.row, vpcs_in_regions) for feed in HOME),
        into="VPCId",
        # Route 53 looks at the VPC as the caller.
        actions=("route53:ListHostedZonesByVPC", "ec2:DescribeVpcs"),
        everywhere=True,
    ),
    Call(
        row="records",
        service="route53",
        operation="ListResourceRecordSets",
        file="ResourceRecordSets",
        keep=keeps.with_asked("HostedZoneId", keys=("ResourceRecordSets",)),
        feeds=(Feed("zones", feeds_names.zones),),
        into="HostedZoneId",
        actions=("route53:ListResourceRecordSets",),
        resource="arn:{partition}:route53:::hostedzone/*",
        absent=("NoSuchHostedZone",),
        everywhere=True,
    ),
    Call(
        row="resolver-rules",
        service="route53resolver",
        operation="ListResolverRules",
        file="ResolverRules",
        keep=keeps.items("ResolverRules"),
        feeds=_ONCE,
        actions=("route53resolver:ListResolverRules",),
    ),
    Call(
        row="resolver-associations",
        service="route53resolver",
        operation="ListResolverRuleAssociations",
        file="ResolverRuleAssociations",
        keep=keeps.items("ResolverRuleAssociations"),
        feeds=_ONCE,
        actions=("route53resolver:ListResolverRuleAssociations",),
    ),
    Call(
        row="dns-firewalls",
        service="route53resolver",
        operation="ListFirewallRuleGroupAssociations",
        file="FirewallRuleGroupAssociations",
        keep=keeps.items("FirewallRuleGroupAssociations"),
        feeds=_ONCE,
        actions=("route53resolver:ListFirewallRuleGroupAssociations",),
    ),
    Call(
        row="profiles",
        service="route53profiles",
        operation="ListProfileAssociations",
        file="ProfileAssociations",
        keep=keeps.items("ProfileAssociations"),
        feeds=_ONCE,
        actions=("route53profiles:ListProfileAssociations",),
    ),
)
