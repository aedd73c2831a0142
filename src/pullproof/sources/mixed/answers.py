"""Data sources that an input left open, answered from the account: by id, by name, by filters and tags.

An answer is given only where one thing of the account fits for certain. A data source that looks up one thing
fails unless exactly one fits, so one that fits is the one; for lists the account has to tell all there are.
"""

import fnmatch
from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Any

import msgspec

from pullproof.model.text import HOLE, OPEN, sole_hole
from pullproof.sources.snapshot.answers import Folder
from pullproof.sources.snapshot.layout import BY_NAME
from pullproof.sources.terraform.tree import Resource, Some, Tree, Value, own
from pullproof.sources.terraform.world import blocks_of

Item = Mapping[str, Any]


class Query(msgspec.Struct, frozen=True, kw_only=True):
    """How a data source looks something up: in which file, what its arguments mean there, and the id."""

    file: str
    id: str
    arguments: Mapping[str, str] = {}
    #: The attribute of a data source that lists several.
    many: str = ""


_VPC = {"vpc_id": "VpcId"}
QUERIES: dict[str, Query] = {
    "aws_vpc": Query(
        file="Vpcs", id="VpcId", arguments={"id": "VpcId", "default": "IsDefault", "cidr_block": "CidrBlock"}
    ),
    "aws_subnet": Query(
        file="Subnets",
        id="SubnetId",
        arguments={
            **_VPC,
            "id": "SubnetId",
            "cidr_block": "CidrBlock",
            "availability_zone": "AvailabilityZone",
            "default_for_az": "DefaultForAz",
        },
    ),
    "aws_subnets": Query(file="Subnets", id="SubnetId", many="ids"),
    "aws_subnet_ids": Query(file="Subnets", id="SubnetId", arguments=_VPC, many="ids"),
    "aws_security_group": Query(
        file="SecurityGroups", id="GroupId", arguments={**_VPC, "id": "GroupId", "name": "GroupName"}
    ),
    "aws_security_groups": Query(file="SecurityGroups", id="GroupId", many="ids"),
    "aws_route_table": Query(
        file="RouteTables",
        id="RouteTableId",
        arguments={**_VPC, "route_table_id": "RouteTableId", "subnet_id": "Associations[].SubnetId"},
    ),
    "aws_route_tables": Query(file="RouteTables", id="RouteTableId", arguments=_VPC, many="ids"),
    "aws_network_acls": Query(file="NetworkAcls", id="NetworkAclId", arguments=_VPC, many="ids"),
    "aws_vpc_endpoint": Query(
        file="VpcEndpoints",
        id="VpcEndpointId",
        arguments={**_VPC, "id": "VpcEndpointId", "service_name": "ServiceName"},
    ),
    "aws_nat_gateway": Query(
        file="NatGateways",
        id="NatGatewayId",
        arguments={**_VPC, "id": "NatGatewayId", "subnet_id": "SubnetId", "state": "State"},
    ),
    "aws_internet_gateway": Query(
        file="InternetGateways",
        id="InternetGatewayId",
        arguments={"internet_gateway_id": "InternetGatewayId"},
    ),
    "aws_prefix_list": Query(
        file="PrefixLists",
        id="PrefixListId",
        arguments={"prefix_list_id": "PrefixListId", "name": "PrefixListName"},
    ),
    "aws_ec2_managed_prefix_list": Query(
        file="PrefixLists", id="PrefixListId", arguments={"id": "PrefixListId", "name": "PrefixListName"}
    ),
    "aws_iam_role": Query(file="Roles", id="Arn", arguments={"name": "RoleName"}),
    "aws_ecs_cluster": Query(file="Clusters", id="clusterArn", arguments={"cluster_name": "clusterName"}),
    "aws_ecr_repository": Query(
        file="Repositories", id="repositoryArn", arguments={"name": "repositoryName"}
    ),
    "aws_secretsmanager_secret": Query(file="Secrets", id="ARN", arguments={"name": "Name", "arn": "ARN"}),
    "aws_ssm_parameter": Query(file="Parameters", id="Name", arguments={"name": "Name"}),
    "aws_cloudwatch_log_group": Query(
        file="LogGroups", id="logGroupName", arguments={"name": "logGroupName"}
    ),
    "aws_efs_file_system": Query(
        file="FileSystems", id="FileSystemId", arguments={"file_system_id": "FileSystemId"}
    ),
    "aws_s3_bucket": Query(file="Buckets", id="Name", arguments={"bucket": "Name"}),
}
#: What a filter of EC2 is about: its name, and where an answer has it. "tag:NAME" is understood as well.
FILTERS = {
    "vpc-id": "VpcId",
    "subnet-id": "SubnetId",
    "group-id": "GroupId",
    "group-name": "GroupName",
    "route-table-id": "RouteTableId",
    "cidr": "CidrBlock",
    "cidr-block": "CidrBlock",
    "cidrBlock": "CidrBlock",
    "availability-zone": "AvailabilityZone",
    "availabilityZone": "AvailabilityZone",
    "availability-zone-id": "AvailabilityZoneId",
    "default-for-az": "DefaultForAz",
    "defaultForAz": "DefaultForAz",
    "is-default": "IsDefault",
    "isDefault": "IsDefault",
    "map-public-ip-on-launch": "MapPublicIpOnLaunch",
    "state": "State",
    "service-name": "ServiceName",
    "owner-id": "OwnerId",
    "prefix-list-name": "PrefixListName",
    "attachment.vpc-id": "Attachments[].VpcId",
    "association.subnet-id": "Associations[].SubnetId",
    "association.main": "Associations[].Main",
}
#: Arguments of a data source that narrow nothing down.
IDLE = frozenset(
    (
        "id",
        "ids",
        "arn",
        "region",
        "timeouts",
        "tags_all",
        "include_public",
        "filter",
        "tags",
        "with_decryption",
    )
)


def answered(tree: Tree, folders: Iterable[Folder], shown: Tree) -> Tree:
    """The tree with the data sources that the account answers, and what refers to them."""
    listed = list(folders)
    settled = tree
    for _ in range(3):  # a data source may look up by another one
        found = {
            address: values
            for address, resource in settled.resources.items()
            if resource.data and (values := _answer(resource, listed, shown)) is not None
        }
        if not found:
            return settled
        settled = _substituted(settled, found)
    return settled


def _answer(resource: Resource, folders: list[Folder], shown: Tree) -> dict[str, Value] | None:
    """The attributes of a data source; None where they are known, or not for certain."""
    query = query_of(resource)
    if query is None:
        return None
    asks = asks_of(resource, query)
    if asks is None:
        return None
    items = [item for folder in folders for item in _items(folder, query.file) if _fits(item, asks)]
    if query.many:
        # A list is whole only where the VPC is told, whose every part the account was asked for.
        ids = [str(item.get(query.id)) for item in items]
        return {**resource.values, query.many: ids, "id": "answered"} if "VpcId" in asks and ids else None
    if len(items) != 1:
        return None
    key = str(items[0].get(query.id))
    held = next((each for each in shown.resources.values() if _is(each, resource.type, key)), None)
    if held is None:
        return None
    kept = {name: value for name, value in resource.values.items() if not _is_own(resource, name)}
    return {**held.values, **kept, "id": held.values.get("id") or key}


def query_of(resource: Resource) -> Query | None:
    """How a data source that was left open looks something up; None for any other resource."""
    query = QUERIES.get(resource.type) if resource.data else None
    return query if query is not None and _is_open(resource, query.many or "id") else None


def _is(held: Resource, kind: str, key: str) -> bool:
    """Whether a resource of the account is the one that was looked up."""
    own_kind = held.type.replace("aws_default_", "aws_")
    wanted = "aws_ec2_managed_prefix_list" if kind == "aws_prefix_list" else kind
    return own_kind == wanted and key in (
        held.address,
        *(held.values.get(name) for name in ("id", "arn", "name")),
    )


def _is_open(resource: Resource, attribute: str) -> bool:
    value = resource.values.get(attribute)
    return not value or not isinstance(value, str | list) or _is_own(resource, attribute)


def _is_own(resource: Resource, name: str) -> bool:
    """Whether an attribute is only known by its name, or not at all."""
    value = resource.values.get(name)
    return (
        value is None
        or not isinstance(value, str | list | bool | int | dict)
        or (isinstance(value, str) and value == own(resource.address, name))
    )


def asks_of(resource: Resource, query: Query) -> dict[str, list[str]] | None:
    """What is asked for, by where an answer has it; None where some of it is not known or not understood."""
    asks: dict[str, list[str]] = {}
    for name, value in resource.values.items():
        if _is_own(resource, name) or value in ([], {}, ""):
            continue
        where = query.arguments.get(name)
        if where is None and (name in IDLE or resource.leaves_out(name)):
            continue
        texts = _known(value)
        if where is None or texts is None:
            return None
        asks.setdefault(where, []).extend(texts)
    for where, values in (*_filters(resource), *_tags(resource)):
        texts = _known(values)
        if not where or texts is None:
            return None
        asks.setdefault(where, []).extend(texts)
    return asks or None


def _filters(resource: Resource) -> Iterator[tuple[str, Value]]:
    blocks = blocks_of(resource.values.get("filter"))
    if not isinstance(blocks, list):
        yield "", None
        return
    for block in blocks:
        name = str(block.get("name"))
        yield (name if name.startswith("tag:") else FILTERS.get(name, "")), block.get("values")


def _tags(resource: Resource) -> Iterator[tuple[str, Value]]:
    tags = resource.values.get("tags")
    if _is_own(resource, "tags") or not isinstance(tags, dict):
        return
    for name, value in tags.items():
        yield f"tag:{name}", [value]


def _known(value: Value) -> list[str] | None:
    """Values as texts; None where one is not known to the last letter."""
    values = value if isinstance(value, list) else [value]
    texts = []
    for item in values:
        if isinstance(item, bool):
            texts.append("true" if item else "false")
        elif isinstance(item, str) and OPEN not in item:
            texts.append(item)
        else:
            return None
    return texts


def _fits(item: Item, asks: Mapping[str, list[str]]) -> bool:
    return all(
        any(fnmatch.fnmatchcase(text, pattern) for text in _at(item, where) for pattern in patterns)
        for where, patterns in asks.items()
    )


def _at(item: Item, where: str) -> list[str]:
    """The texts at a place of an answer."""
    if where.startswith("tag:"):
        tags = item.get("Tags") or item.get("tags") or item.get("TagSet") or []
        pairs = [(tag.get("Key", tag.get("key")), tag.get("Value", tag.get("value"))) for tag in tags]
        return [str(value) for key, value in pairs if key == where[4:]]
    if "[]." in where:
        outer, _, inner = where.partition("[].")
        return [text for one in item.get(outer) or [] for text in _at(one, inner)]
    value = item.get(where)
    if isinstance(value, bool):
        return ["true" if value else "false"]
    return [] if value is None else [str(value)]


def _items(folder: Folder, name: str) -> list[Item]:
    listed = folder.documents.get(name, {}).get(BY_NAME[name].key)
    return [item for item in listed if isinstance(item, dict)] if isinstance(listed, list) else []


def _substituted(tree: Tree, found: Mapping[str, dict[str, Value]]) -> Tree:
    """The tree with the answers, also where others refer to them."""
    texts: dict[str, Value] = {}
    for address, values in found.items():
        for name, value in values.items():
            if isinstance(value, str | list) and value and not _has_hole(value):
                texts[f"{address}.{name}"] = value
    resources = {
        address: msgspec.structs.replace(
            resource, values=found.get(address) or _replaced(resource.values, texts.get)
        )
        for address, resource in tree.resources.items()
    }
    return msgspec.structs.replace(tree, resources=resources)


def _has_hole(value: Value) -> bool:
    if isinstance(value, str):
        return OPEN in value
    return isinstance(value, list) and any(not isinstance(item, str) or OPEN in item for item in value)


def _replaced(value: Value, texts: Callable[[str], Value | None]) -> Any:
    """A value in which the names of answered attributes are their values."""
    if isinstance(value, str):
        return _text(value, texts) if OPEN in value else value
    if isinstance(value, dict):
        return {name: _replaced(item, texts) for name, item in value.items()}
    if isinstance(value, Some):
        return Some(tuple(_replaced(item, texts) for item in value.values), value.reason)
    if not isinstance(value, list):
        return value
    flat: list[Any] = []
    for item in value:
        whole = texts(sole_hole(item)) if isinstance(item, str) else None
        if isinstance(whole, list):
            flat += whole
        else:
            flat.append(_replaced(item, texts))
    return flat


def _text(value: str, texts: Callable[[str], Value | None]) -> Value:
    whole = texts(sole_hole(value))
    if whole is not None:
        return whole
    return HOLE.sub(lambda hit: found if isinstance(found := texts(hit[1]), str) else hit[0], value)
