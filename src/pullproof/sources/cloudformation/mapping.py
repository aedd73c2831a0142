"""From the resources of templates to the tree that all sources end in."""

from collections.abc import Iterable, Iterator
from typing import Any

import msgspec

from pullproof.model.text import sole_hole
from pullproof.model.value import Unknown, Why
from pullproof.sources.cloudformation.doubts import Doubts
from pullproof.sources.cloudformation.elsewhere import stand_ins, strays
from pullproof.sources.cloudformation.map_launches import unread
from pullproof.sources.cloudformation.meanings import References
from pullproof.sources.cloudformation.rows import Part, Row, Values
from pullproof.sources.cloudformation.stack import Item, Stacks
from pullproof.sources.cloudformation.tables import rows
from pullproof.sources.terraform.tree import Resource, Tree, Value

#: What a person can do about a value that templates do not tell.
SUPPLY = "AWS chooses it when it makes the stack, or it is a parameter: pass --parameter NAME=VALUE"
#: Arguments of which a parameter's own name says enough: they identify something, or are a text.
KEPT = frozenset(
    (
        *(
            "vpc_id",
            "peer_vpc_id",
            "subnet_id",
            "subnet_ids",
            "subnets",
            "zone_id",
            "cluster",
            "cluster_name",
        ),
        *("security_group_id", "security_group_ids", "security_groups", "vpc_security_group_ids"),
        *("name", "family", "bucket", "service_name", "role", "policy_arn", "repository", "secret_arn"),
        *("file_system_id", "policy", "assume_role_policy", "inline_policy", "managed_policy_arns"),
        *("permissions_boundary", "definition", "valuefrom", "credentialsparameter", "kms_key_id"),
        *("target_key_id", "filesystemid", "accesspointid", "arn", "vpc", "domain_name", "path"),
        *("records", "alias", "environment"),
    )
)


def tree_of(stacks: Stacks) -> Tree:
    """The tree of resources that templates describe."""
    found = dict(Mapper(stacks).resources())
    _egress_twice(found)
    found.update((one.address, one) for one in stand_ins(found, stacks.settle) if one.address not in found)
    found.update(_named_lists(stacks))
    found.update((one.address, one) for one in strays(stacks.open))
    regions = {_provider(stacks, one.address): one.region for one in stacks.stacks.values()}
    accounts = {one.account for one in stacks.stacks.values()}
    account = accounts.pop() if len(accounts) == 1 else None
    return Tree(
        resources=found,
        regions=regions,
        account=account,
        notes=(*stacks.notes, *_notes(stacks, found)),
        typed=True,
        supply=SUPPLY,
        settle=stacks.settle,
    )


class Mapper:
    """Maps the items of one input."""

    def __init__(self, stacks: Stacks) -> None:
        self._stacks = stacks
        self._references = References(stacks)
        self._rows = rows()
        self._doubts = Doubts(stacks)

    def resources(self) -> Iterator[tuple[str, Resource]]:
        """Every resource of the tree, by address."""
        for item in self._stacks.items.values():
            row = self._rows.get(item.type)
            if row is not None:
                for resource in self._of_item(item, row):
                    yield resource.address, resource
            elif item.type == "Custom::VpcRestrictDefaultSG":
                yield from self._emptied(item)

    def _of_item(self, item: Item, row: Row) -> Iterator[Resource]:
        properties = self._references.value(item.properties)
        if item.hidden is not None:
            properties = row.all_unknown(item.hidden)
        properties = properties if isinstance(properties, dict) else {}
        parts = row.parts(item, properties) if row.parts is not None else []
        if row.to:
            values = row.values(item, properties)
            parts = [Part(path="", type=row.to, values=values), *parts]
        for part in parts:
            values = self._settled(part.values, item)
            yield self._resource(item, row, part, self._doubts.applied(item, row, values))

    def _resource(self, item: Item, row: Row, part: Part, values: Values) -> Resource:
        return Resource(
            address=f"{item.address}.{part.path}" if part.path else item.address,
            type=part.type,
            name=item.name,
            values=values,
            module=item.stack,
            provider=_provider(self._stacks, item.stack),
            words=row.spellings(),
        )

    def _settled(self, values: Values, item: Item) -> Values:
        """Arguments in which a parameter without a value is an unknown that says how to give it one."""
        if not self._stacks.settle:
            return values
        return {name: self._settle(value, name, item) for name, value in values.items()}

    def _settle(self, value: Value, name: str, item: Item) -> Value:
        if name.lower() in KEPT:
            return value
        if isinstance(value, dict):
            return {key: self._settle(one, key, item) for key, one in value.items()}
        if isinstance(value, list):
            return [self._settle(one, name, item) for one in value]
        asked = sole_hole(value) if isinstance(value, str) else ""
        # The region and the account are known by their names everywhere.
        if asked in ("region", "account") or value in self._stacks.prefix_lists:
            return value
        if asked in self._stacks.settle:
            return self._stacks.unknown(value, name, item.address)
        return value

    def _emptied(self, item: Item) -> Iterator[tuple[str, Resource]]:
        """The CDK's program that takes the rules of a VPC's default group away.

        https://docs.aws.amazon.com/cdk/api/v2/docs/aws-cdk-lib.aws_ec2.VpcProps.html#restrictdefaultsecuritygroup
        """
        name = sole_hole(str(item.properties.get("DefaultSecurityGroupId", "")))
        vpc, asked = self._references.owner(name)
        if vpc is None or asked != "DefaultSecurityGroup":
            return
        address = f"{vpc.address}.DefaultSecurityGroup"
        values: Values = {"vpc_id": self._references.value(f"\ue000{vpc.address}.Ref\ue001")}
        yield (
            address,
            Resource(
                address=address,
                type="aws_default_security_group",
                name=item.name,
                values={**values, "ingress": [], "egress": []},
                provider=_provider(self._stacks, item.stack),
            ),
        )


def _provider(stacks: Stacks, stack: str) -> str:
    """What stands for the region of a stack: "aws" for that of most."""
    held = stacks.stacks.get(stack)
    main = next(iter(stacks.stacks.values()), None)
    if held is None or main is None or held.region == main.region:
        return "aws"
    return f"aws.{stack}"


def _named_lists(stacks: Stacks) -> Iterator[tuple[str, Resource]]:
    """AWS's own prefix lists, as the templates name them."""
    for reference, name in stacks.prefix_lists.items():
        address = sole_hole(reference) or reference
        values: Values = {"id": reference, "name": name}
        yield (
            address,
            Resource(
                address=address, type="aws_ec2_managed_prefix_list", name=address, values=values, data=True
            ),
        )


def _egress_twice(found: dict[str, Resource]) -> None:
    """Groups whose rules to everywhere may be gone, because other resources add rules to them.

    CloudFormation's page says that the rule it adds stays away when egress rules are "added", and not
    whether by a resource of its own as well; it was seen to go then, even where it is written. The CDK counts on
    that: a group with `allow_all_outbound=False` whose rules all name groups has no `SecurityGroupEgress`.
    https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-resource-ec2-securitygroup.html
    https://github.com/aws/aws-cdk/issues/987
    """
    adding: dict[str, str] = {}
    for one in found.values():
        if one.type == "aws_security_group_rule" and one.values.get("type") == "egress":
            group = sole_hole(str(one.values.get("security_group_id", ""))).removesuffix(".id")
            adding.setdefault(group, one.address)
    for address, other in adding.items():
        group_ = found.get(address)
        if group_ is None or group_.type != "aws_security_group":
            continue
        rules = [_perhaps(rule, address, other) for rule in group_.values.get("egress", [])]
        found[address] = msgspec.structs.replace(group_, values={**group_.values, "egress": rules})


def _perhaps(rule: dict[str, Any], group: str, other: str) -> dict[str, Any]:
    if rule.get("protocol") not in ("-1", -1) or "0.0.0.0/0" not in (rule.get("cidr_blocks") or ()):
        return rule
    unsure = Unknown(
        Why.CONFLICT,
        f"whether {group} still lets everything out beside {other}",
        group,
        f"{other} was seen to take the rule to everywhere away, and AWS does not say so: write what {group} is to"
        " let out in its SecurityGroupEgress (in the CDK: add_egress_rule with addresses, such as Peer.any_ipv4())",
    )
    return {**rule, "protocol": unsure}


def _notes(stacks: Stacks, found: dict[str, Resource]) -> Iterator[str]:
    table = rows()
    perhaps = [
        item.address
        for item in stacks.items.values()
        if item.condition is not None and item.type in table and table[item.type].launches
    ]
    if perhaps:
        yield f"{_listed(perhaps)}: judged as if the condition of each held"
    dark = [
        item.address
        for item in stacks.items.values()
        if item.type in table and _is_dark(item, table[item.type], found.get(item.address))
    ]
    if dark:
        yield f"what {_listed(dark)} may run is not known: the definition is not in the input"
    for reason in stacks.open:
        yield f"{reason.what}: nothing in it is judged, and what it may add to the rest is unknown"


def _is_dark(item: Item, row: Row, resource: Resource | None) -> bool:
    """Whether something may run tasks of which nothing is known."""
    if resource is None:
        return item.hidden is not None and row.launches
    return unread(row, resource.values)


def _listed(names: Iterable[str]) -> str:
    return ", ".join(names)
