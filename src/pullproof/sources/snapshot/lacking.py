"""What a reference that leads nowhere should say: which listing was denied, or is not in the snapshot."""

from pullproof.model.estate import Estate
from pullproof.model.value import Why
from pullproof.sources.snapshot.layout import BY_NAME, GLOBAL
from pullproof.sources.snapshot.told import Told, scope_of

#: The estate's nouns, and the files that tell of them.
FILES = {
    "vpcs": ("Vpcs",),
    "subnets": ("Subnets",),
    "route_tables": ("RouteTables",),
    "dhcp_options": ("DhcpOptions",),
    "nat_gateways": ("NatGateways",),
    "internet_gateways": ("InternetGateways",),
    "peerings": ("VpcPeeringConnections",),
    "transit_gateways": ("TransitGateways",),
    "transit_attachments": ("TransitGatewayAttachments", "TransitGatewayVpcAttachments"),
    "transit_tables": ("TransitGatewayRouteTables",),
    "interfaces": ("NetworkInterfaces",),
    "groups": ("SecurityGroups",),
    "acls": ("NetworkAcls",),
    "prefix_lists": ("PrefixLists",),
    "endpoints": ("VpcEndpoints",),
    "task_definitions": ("TaskDefinitions",),
    "roles": ("Roles",),
}


def say_what_lacks(estate: Estate, told: Told, *, denied_only: bool) -> None:
    """Name the listing that would hold what is referred to: one that was denied before one that is not there.

    An account is asked what the question needs: there, what was not asked about is no reason.
    """
    for nouns, files in FILES.items():
        untold = [
            told.untold(file, scope_of(folder), file, "")
            for file in files
            for folder in told.folders
            if (folder.region == GLOBAL) is BY_NAME[file].everywhere and not told.has(file, scope_of(folder))
        ]
        untold.sort(key=lambda why: why.why is not Why.NOT_ALLOWED)
        if untold and (untold[0].why is Why.NOT_ALLOWED or not denied_only):
            getattr(estate, nouns).lacks = untold[0]
