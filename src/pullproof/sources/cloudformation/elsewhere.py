"""What templates use and do not make, and what may exist beside them.

An id that comes from a parameter, an import or is written out stands for a VPC, a subnet or a group that
is kept elsewhere, as a data source does in Terraform: all of it is unknown, but that it is one thing.
"""

from collections.abc import Iterable, Iterator, Mapping

from pullproof.model.text import OPEN, sole_hole
from pullproof.model.value import Unknown, Why
from pullproof.sources.terraform.tree import Resource, Value

#: Argument -> the type of what it identifies.
IDENTIFY = {
    "vpc_id": "aws_vpc",
    "subnet_id": "aws_subnet",
    "subnet_ids": "aws_subnet",
    "subnets": "aws_subnet",
    "security_group_id": "aws_security_group",
    "security_group_ids": "aws_security_group",
    "security_groups": "aws_security_group",
    "vpc_security_group_ids": "aws_security_group",
}
#: Unknown of what is kept elsewhere.
UNKNOWN = {
    "aws_vpc": ("cidr_block", "cidr_block_associations", "enable_dns_support", "enable_dns_hostnames"),
    "aws_subnet": ("cidr_block", "availability_zone", "vpc_id"),
    "aws_security_group": ("vpc_id",),
}


def stand_ins(found: Mapping[str, Resource], settle: Mapping[str, str]) -> Iterator[Resource]:
    """Something for each VPC, subnet and group that is used here and made elsewhere."""
    seen: dict[str, tuple[str, str]] = {}
    vpcs: dict[str, Value] = {}
    for resource in found.values():
        for name, value in _arguments(resource.values):
            if (kind := IDENTIFY.get(name)) is not None:
                seen |= {key: (kind, text) for key, text in _outside(value, found)}
        vpcs |= _placed(resource, found)
    for key, (kind, text) in seen.items():
        why = _kept(key, kind, settle)
        values: dict[str, Value] = dict.fromkeys(UNKNOWN[kind], why)
        if key in vpcs and kind != "aws_vpc":
            values["vpc_id"] = vpcs[key]
        yield Resource(
            address=key,
            type=kind,
            name=key,
            values={**values, "id": text},
            data=True,
            elsewhere=_shown_by(key, settle),
        )


def _arguments(values: Mapping[str, Value]) -> Iterator[tuple[str, Value]]:
    """Every argument, also those of blocks."""
    for name, value in values.items():
        yield name, value
        for block in value if isinstance(value, list) else [value]:
            if isinstance(block, dict) and name not in ("policy", "container_definitions"):
                yield from _arguments(block)


def _outside(value: Value, found: Mapping[str, Resource]) -> Iterator[tuple[str, str]]:
    """The keys that an argument names and that nothing here makes, and the text that names each."""
    for one in value if isinstance(value, list) else [value]:
        if not isinstance(one, str) or not one:
            continue
        name = sole_hole(one) if OPEN in one else one
        if name and not name.startswith("?") and name.rpartition(".")[0] not in found and name not in found:
            yield name, one


def _placed(resource: Resource, found: Mapping[str, Resource]) -> dict[str, Value]:
    """The VPC of subnets: that of the endpoint in them, or of the groups that are used in them.

    AWS refuses an interface whose group is in another VPC than its subnet.
    """
    if resource.type == "aws_vpc_endpoint":
        places = [(resource.values.get("subnet_ids"), resource.values.get("vpc_id"))]
    else:
        places = [
            (block.get("subnets"), _vpc_of(block.get("security_groups"), found))
            for _, block in _blocks(resource.values)
            if "subnets" in block
        ]
    return {
        key: vpc for subnets, vpc in places if isinstance(vpc, str) for key, _ in _outside(subnets, found)
    }


def _blocks(values: Mapping[str, Value]) -> Iterator[tuple[str, Mapping[str, Value]]]:
    for name, value in values.items():
        for block in value if isinstance(value, list) else [value]:
            if isinstance(block, dict):
                yield name, block
                yield from _blocks(block)


def _vpc_of(groups: Value, found: Mapping[str, Resource]) -> Value:
    """The VPC that one of the groups is made in."""
    for one in groups if isinstance(groups, list) else [groups]:
        name = sole_hole(one) if isinstance(one, str) else ""
        held = found.get(name.rpartition(".")[0])
        if held is not None and held.type == "aws_security_group":
            return held.values.get("vpc_id")
    return None


def _kept(key: str, kind: str, settle: Mapping[str, str]) -> Unknown:
    what = {"aws_vpc": "the VPC", "aws_subnet": "the subnet", "aws_security_group": "the security group"}[
        kind
    ]
    return Unknown(
        Why.NOT_IN_INPUT,
        f"{what} {key}, which is made elsewhere,",
        key,
        settle.get(key, f"{key} is not made here: check the account itself, with the stack deployed"),
    )


def _shown_by(key: str, settle: Mapping[str, str]) -> str:
    """How to show what a thing holds that another template makes."""
    if key.startswith("import:"):
        return settle.get(key, f"pass the template that exports {key}")
    if key in settle:
        return f"{settle[key]}, and --live or --snapshot with what the account holds of it"
    return f"{key} is made elsewhere: pass --live or --snapshot with what the account holds of it"


def strays(reasons: Iterable[Unknown]) -> Iterator[Resource]:
    """What templates that cannot be read may add: to any VPC, group, table and role."""
    for index, reason in enumerate(reasons):
        for kind, values in _anything(reason).items():
            yield Resource(address=f"?{index}.{kind}", type=kind.partition(" ")[0], name="", values=values)


def _anything(reason: Unknown) -> dict[str, dict[str, Value]]:
    rule = {"security_group_id": reason, "protocol": reason, "cidr_blocks": reason}
    return {
        "aws_vpc_endpoint": {"vpc_id": reason, "service_name": reason, "vpc_endpoint_type": reason},
        "aws_security_group_rule in": {**rule, "type": "ingress"},
        "aws_security_group_rule out": {**rule, "type": "egress"},
        "aws_route": {"route_table_id": reason},
        "aws_route_table_association": {"subnet_id": reason, "route_table_id": reason},
        "aws_network_acl_rule": {"network_acl_id": reason},
        "aws_iam_role_policy": {"role": reason, "policy": reason},
    }
