"""Transit gateways, what is attached to them, and their route tables, perhaps of several accounts."""

from typing import Any

from pullproof.model.value import Unknown
from pullproof.sources.snapshot.gateways import GONE
from pullproof.sources.snapshot.item import Item
from pullproof.sources.snapshot.translation import Translation, not_visible

#: What an attachment of each kind is called in the provider's words.
OTHERS = {
    "peering": "aws_ec2_transit_gateway_peering_attachment",
    "connect": "aws_ec2_transit_gateway_connect",
}


def transit(made: Translation) -> None:
    """Add transit gateways."""
    for item in made.told.of("TransitGateways"):
        key = item.text("TransitGatewayId")
        made.make("aws_ec2_transit_gateway", key, item, id=key)
    attachments = _attachments(made)
    for item in made.told.of("TransitGatewayVpcAttachments"):
        if item.text("State") not in GONE:
            _of_vpc(made, item, attachments)
    keys = {key for _, key in attachments.values()}
    for item, key in attachments.values():
        if key not in made.resources:
            _of_another_kind(made, item, key, keys)
    for item in made.told.of("TransitGatewayRouteTables"):
        if item.text("State") not in GONE:
            key = item.text("TransitGatewayRouteTableId")
            gateway = item.text("TransitGatewayId")
            made.make("aws_ec2_transit_gateway_route_table", key, item, id=key, transit_gateway_id=gateway)
            _propagations(made, item, key)
            _routes(made, item, key, attachments)
    for scope in made.scopes("Vpcs"):
        what = "how its VPCs are attached to transit gateways"
        why = made.told.missing("TransitGatewayVpcAttachments", scope, what, scope.strip("/"))
        made.may_have_more("TransitAttachment", why)


#: (attachment, transit gateway) -> what tells most about it, and its key.
Attachments = dict[tuple[str, str], tuple[Item, str]]


def _attachments(made: Translation) -> Attachments:
    """The attachments as both sides tell of them.

    A peering attachment has the same id at both gateways, and a route table at each.
    """
    found: Attachments = {}
    ends: dict[str, set[str]] = {}
    for item in made.told.of("TransitGatewayAttachments"):
        if item.text("State") in GONE:
            continue
        name, gateway = item.text("TransitGatewayAttachmentId"), item.text("TransitGatewayId")
        ends.setdefault(name, set()).add(gateway)
        before = found.get((name, gateway))
        if before is None or ("Association" in item and "Association" not in before[0]):
            found[name, gateway] = (item, name)
    return {
        place: (item, f"{name} at {place[1]}" if len(ends[name]) > 1 else name)
        for place, (item, name) in found.items()
    }


def _of_vpc(made: Translation, item: Item, attachments: Attachments) -> None:
    key, gateway = item.text("TransitGatewayAttachmentId"), item.text("TransitGatewayId")
    made.make(
        "aws_ec2_transit_gateway_vpc_attachment",
        key,
        item,
        id=key,
        transit_gateway_id=gateway,
        vpc_id=item.text("VpcId"),
        subnet_ids=item.texts("SubnetIds"),
        appliance_mode_support=item.inner("Options").text("ApplianceModeSupport") or "disable",
        transit_gateway_default_route_table_association=False,
        transit_gateway_default_route_table_propagation=False,
    )
    told = attachments.get((key, gateway))
    _associate(made, item, key, told[0] if told is not None else None)


def _associate(made: Translation, item: Item, key: str, told: Item | None) -> None:
    """The route table of an attachment. Only the gateway's owner is shown it."""
    what = f"the route table of {key}"
    table: str | Unknown = ""
    if told is None:
        table = made.told.untold("TransitGatewayAttachments", item.scope, what, key)
    elif "Association" in told:
        inner = told.inner("Association")
        table = inner.text("TransitGatewayRouteTableId") if inner.text("State") != "disassociated" else ""
    elif (owner := told.text("TransitGatewayOwnerId")) != told.account or not owner:
        table = not_visible(what, key, owner or "of the transit gateway")
    if table != "":
        made.link(
            "aws_ec2_transit_gateway_route_table_association",
            key,
            item,
            transit_gateway_attachment_id=key,
            transit_gateway_route_table_id=table,
        )


def _of_another_kind(made: Translation, item: Item, key: str, keys: set[str]) -> None:
    """An attachment of a VPN, a Direct Connect gateway, or another transit gateway."""
    kind = item.text("ResourceType")
    gateway = item.text("TransitGatewayId")
    if kind == "vpc":
        what = f"the subnets of {key}"
        made.make(
            "aws_ec2_transit_gateway_vpc_attachment",
            key,
            item,
            id=key,
            transit_gateway_id=gateway,
            vpc_id=item.text("ResourceId"),
            subnet_ids=made.told.untold("TransitGatewayVpcAttachments", item.scope, what, key),
            transit_gateway_default_route_table_association=False,
            transit_gateway_default_route_table_propagation=False,
        )
    else:
        values: dict[str, Any] = {"transit_gateway_default_route_table_association": False}
        far = f"{item.text('TransitGatewayAttachmentId')} at {item.text('ResourceId')}"
        if kind == "peering":
            values["peer"] = (
                far
                if far in keys
                else made.told.untold("TransitGatewayAttachments", item.scope, f"the other end of {key}", key)
            )
        made.make(
            OTHERS.get(kind, "aws_ec2_transit_gateway_connect"),
            key,
            item,
            id=key,
            transit_gateway_id=gateway,
            behind=_behind(kind, item.text("ResourceId")),
            **values,
        )
    _associate(made, item, key, item)


def _behind(kind: str, resource: str) -> str:
    names = {"vpn": "the VPN connection", "direct-connect-gateway": "the Direct Connect gateway"}
    return f"{names.get(kind, kind or 'something')} {resource}".strip()


def _propagations(made: Translation, item: Item, key: str) -> None:
    told = _asked(made, "TransitGatewayPropagations", key)
    values: dict[str, Any] = {"transit_gateway_route_table_id": key}
    if told is None or not _whole(made, "TransitGatewayPropagations", told):
        what = f"what propagates into {key}"
        values["transit_gateway_attachment_id"] = made.told.untold(
            "TransitGatewayPropagations", item.scope, what, key
        )
        made.link("aws_ec2_transit_gateway_route_table_propagation", key, item, **values)
    for one in told.items("TransitGatewayRouteTablePropagations") if told is not None else ():
        if one.text("State") in ("enabled", "enabling", ""):
            values = {**values, "transit_gateway_attachment_id": one.text("TransitGatewayAttachmentId")}
            made.link("aws_ec2_transit_gateway_route_table_propagation", key, item, **values)


def _routes(made: Translation, item: Item, key: str, attachments: Attachments) -> None:
    told = _asked(made, "TransitGatewayStaticRoutes", key)
    if told is None or told.flag("AdditionalRoutesAvailable"):
        what = f"the static routes of {key}"
        why = made.told.untold("TransitGatewayStaticRoutes", item.scope, what, key)
        _add_route(
            made, item, f"{key}.Routes", key, destination_cidr_block=why, blackhole=False, attachment=why
        )
    gateway = item.text("TransitGatewayId")
    for index, one in enumerate(told.items("Routes") if told is not None else ()):
        name = next(
            (to.text("TransitGatewayAttachmentId") for to in one.items("TransitGatewayAttachments")), ""
        )
        held = attachments.get((name, gateway))
        propagated = one.text("Type") == "propagated"
        if propagated and held is not None and held[0].text("ResourceType") == "vpc":
            continue  # the attachment's propagation says the same
        _add_route(
            made,
            one,
            f"{key}.Routes[{index}]",
            key,
            destination_cidr_block=one.text("DestinationCidrBlock")
            or one.text("DestinationIpv6CidrBlock")
            or made.told.untold("PrefixLists", item.scope, f"a destination in {key}", key),
            blackhole=one.text("State") == "blackhole",
            attachment=held[1] if held is not None else name,
        )


def _add_route(
    made: Translation, item: Item, address: str, key: str, attachment: str | Unknown, **values: Any
) -> None:
    made.make(
        "aws_ec2_transit_gateway_route",
        address,
        item,
        transit_gateway_route_table_id=key,
        transit_gateway_attachment_id=attachment,
        **values,
    )


def _asked(made: Translation, name: str, key: str) -> Item | None:
    """The answer about one route table."""
    return next((one for one in made.told.of(name) if one.text("TransitGatewayRouteTableId") == key), None)


def _whole(made: Translation, name: str, item: Item) -> bool:
    return made.told.has(name, item.scope)
