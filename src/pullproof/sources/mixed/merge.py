"""The account's resources beside those of an input: the input decides, the account adds."""

from collections.abc import Iterator, Mapping
from typing import Any

import msgspec

from pullproof.errors import InputError
from pullproof.model.text import OPEN
from pullproof.model.value import Unknown
from pullproof.sources.mixed.known import ATTACHED, SINGLE, Known, names
from pullproof.sources.terraform.tree import Resource, Tree, Value

#: What runs tasks: an input is asked about its own.
RUNS = frozenset(
    (
        *("aws_ecs_service", "aws_ecs_task_set", "aws_ecs_task_execution", "aws_cloudwatch_event_target"),
        *("aws_scheduler_schedule", "aws_sfn_state_machine", "aws_batch_job_definition"),
        "aws_batch_compute_environment",
    )
)
DEFINITION = "aws_ecs_task_definition"
#: Nouns that belong to a VPC, of which an account may not tell all.
IN_VPCS = (
    *("Endpoint", "InterfaceEndpoint", "InternetGateway", "HostedZone", "TransitAttachment"),
    *("ResolverRule", "DnsFirewall"),
)
VPCS = ("aws_vpc", "aws_default_vpc")
#: Resources that put a value into a list of something else: whose list, where, and the argument that is put.
LISTED = {
    "aws_vpc_endpoint_subnet_association": ("vpc_endpoint_id", "subnet_ids", "subnet_id"),
    "aws_vpc_endpoint_route_table_association": ("vpc_endpoint_id", "route_table_ids", "route_table_id"),
    "aws_vpc_endpoint_security_group_association": (
        *("vpc_endpoint_id", "security_group_ids", "security_group_id"),
    ),
    "aws_ec2_managed_prefix_list_entry": ("prefix_list_id", "entry", "cidr"),
}


def merged(tree: Tree, account: Tree, told: str = "") -> Tree:
    """The input's tree with what the account shows beside it; `told` is the account it is for, where told.

    Raises:
        InputError: the input is for another account.
    """
    _same_account(told, account)
    known = Known(tree)
    kept = {each.address: each for each in _kept(tree, account, known)}
    kept = _without(kept, known)
    shown = {key: each for key, each in kept.items() if key not in tree.resources or tree.resources[key].data}
    resources = {**tree.resources, **shown}
    own_vpcs = any(
        each.type in VPCS and not each.data and not each.exists for each in tree.resources.values()
    )
    regions: dict[str, str | Unknown] = {**account.regions, **tree.regions}
    return msgspec.structs.replace(
        tree,
        resources={**resources, **_adopted(tree, account, known)},
        regions=_told_regions(regions, tree, kept, account),
        accounts={**account.accounts, **tree.accounts},
        account=tree.account if isinstance(tree.account, str) else account.account,
        open=tree.open if own_vpcs else _joined(tree.open, account.open),
        unseen={**_unseen(account, kept, own_vpcs=own_vpcs), **tree.unseen},
    )


def _same_account(told: str, account: Tree) -> None:
    """Refuse an account that is not the input's.

    Raises:
        InputError: the two differ.
    """
    theirs = {*account.accounts.values(), *([account.account] if isinstance(account.account, str) else ())}
    if told and theirs and told not in theirs:
        raise InputError(
            f"the input is for the account {told}, and what should settle it is of {', '.join(sorted(theirs))}",
            remedy="take the snapshot, or choose the profile, of the account that the input is for",
        )


def _kept(tree: Tree, account: Tree, known: Known) -> Iterator[Resource]:
    """What of the account is told beside the input; every argument of it is left to somebody else."""
    definitions = _definitions(tree)
    # Mount targets that nobody told may be there: their file systems are as unknown as before.
    no_files = "MountTarget" in account.open and any(
        each.type == "aws_efs_file_system" and not each.data and not each.exists
        for each in tree.resources.values()
    )
    for resource in account.resources.values():
        if resource.type in RUNS or any(name in known.held for name in names(resource)):
            continue
        if resource.type == DEFINITION and not definitions & {*_called(resource)}:
            continue
        if no_files and resource.type == "aws_efs_file_system":
            continue
        if _is_claimed(resource, known):
            continue
        yield msgspec.structs.replace(resource, written=frozenset())


def _is_claimed(resource: Resource, known: Known) -> bool:
    """Whether the input decides what an attachment of the account says."""
    if resource.type in SINGLE:
        return (resource.type, "") in known.claims
    for argument in ATTACHED.get(resource.type, ()):
        value = resource.values.get(argument)
        if isinstance(value, str) and (resource.type, value) in known.claims:
            return True
    return False


def _definitions(tree: Tree) -> set[str]:
    """The task definitions that the input runs and may not define: ARNs, families, families with revisions."""
    found = set()
    for resource in tree.resources.values():
        for value in texts_of(resource.values) if resource.type in RUNS or resource.data else ():
            if "task-definition/" in value or OPEN not in value:
                found |= {value, value.rpartition("task-definition/")[2]}
    return found


def texts_of(value: Value) -> Iterator[str]:
    """Every text in a value, at any depth."""
    if isinstance(value, str):
        yield value
    elif isinstance(value, list | tuple):
        for item in value:
            yield from texts_of(item)
    elif isinstance(value, dict):
        for item in value.values():
            yield from texts_of(item)


def _called(definition: Resource) -> Iterator[str]:
    arn, family_ = definition.values.get("arn"), definition.values.get("family")
    for text in (arn, family_):
        if isinstance(text, str):
            yield text
            yield text.rpartition("task-definition/")[2]


def _without(kept: dict[str, Resource], known: Known) -> dict[str, Resource]:
    """The account's lists without what the input takes out of them."""
    for gone in known.tree.resources.values():
        if not gone.deleted or gone.type not in LISTED:
            continue
        whose, name, argument = LISTED[gone.type]
        held = kept.get(known.literal(gone.values.get(whose)))
        listed = held.values.get(name) if held is not None else None
        if held is None or not isinstance(listed, list):
            continue
        value = known.literal(gone.values.get(argument))
        left = [item for item in listed if (item.get("cidr") if isinstance(item, dict) else item) != value]
        values = {**held.values, name: left}
        kept = {**kept, held.address: msgspec.structs.replace(held, values=values)}
    return kept


def _adopted(tree: Tree, account: Tree, known: Known) -> dict[str, Resource]:
    """Default VPCs that the input adopts, with what the account shows of them."""
    found = {}
    for resource in tree.resources.values():
        if resource.type != "aws_default_vpc" or resource.deleted or resource.data:
            continue
        key = known.literal(resource.values.get("id"))
        shown = account.resources.get(key)
        if shown is not None and shown.type == "aws_vpc":
            own = {
                name: value
                for name, value in resource.values.items()
                if value is not None and not (isinstance(value, str) and OPEN in value)
            }
            values: dict[str, Any] = {**shown.values, **own}
            found[resource.address] = msgspec.structs.replace(resource, type="aws_vpc", values=values)
    return found


def _told_regions(
    regions: dict[str, str | Unknown], tree: Tree, kept: Mapping[str, Resource], account: Tree
) -> dict[str, str | Unknown]:
    """Providers whose region only the account tells: that of everything they mention which is there."""
    met: dict[str, set[str]] = {}
    for resource in tree.resources.values():
        provider = resource.provider
        if isinstance(regions.get(provider), str):
            continue
        for text in texts_of(resource.values):
            held = kept.get(text)
            place = account.regions.get(held.provider) if held is not None else None
            if isinstance(place, str):
                met.setdefault(provider, set()).add(place)
    told = {provider: places.pop() for provider, places in met.items() if len(places) == 1}
    return {**regions, **told}


def _unseen(account: Tree, kept: Mapping[str, Resource], *, own_vpcs: bool) -> dict[str, Unknown]:
    """Why VPCs of the account may hold more than it tells."""
    found = dict(account.unseen)
    if own_vpcs:
        # Nothing of a VPC that is only made now is older than the VPC: only the others may hold more.
        whys = [why for noun in IN_VPCS for why in account.open.get(noun, ())]
        for resource in kept.values():
            if resource.type in VPCS and whys:
                found.setdefault(resource.address, whys[0])
    return found


def _joined(
    one: Mapping[str, tuple[Unknown, ...]], other: Mapping[str, tuple[Unknown, ...]]
) -> dict[str, tuple[Unknown, ...]]:
    return {noun: (*one.get(noun, ()), *other.get(noun, ())) for noun in {**one, **other}}
