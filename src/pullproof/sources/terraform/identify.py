"""What an unknown identifier, or list of identifiers, must be: as far as references make it certain."""

from collections.abc import Callable, Sequence
from typing import Any

from pullproof.model.text import sole_hole
from pullproof.model.value import Unknown, Why
from pullproof.sources.terraform.follow import Follower, Reach, Scope, is_open
from pullproof.sources.terraform.identifiers import IN_ONE_VPC, KINDS, MANY, is_identifier
from pullproof.sources.terraform.instance import Instance
from pullproof.sources.terraform.references import Reference, mentioned
from pullproof.sources.terraform.tree import Some, Value, own

#: What a person can do about a reference that cannot be followed.
SUPPLY = "check the configuration's directory, or pass it with --source"

#: Arguments of which no two resources of a type have the same, all else being equal.
ONCE = {
    "aws_route_table_association": "subnet_id",
    "aws_network_acl_association": "subnet_id",
    "aws_route": "route_table_id",
    "aws_efs_mount_target": "subnet_id",
    "aws_vpc_endpoint_subnet_association": "subnet_id",
    "aws_vpc_endpoint_route_table_association": "route_table_id",
}

#: Data sources from which no id of a VPC can come, when they are read during the apply.
TELL_NO_VPC = frozenset(
    (
        *(
            "aws_vpc",
            "aws_iam_policy_document",
            "aws_caller_identity",
            "aws_region",
            "aws_partition",
            "aws_ami",
        ),
        *("aws_availability_zones", "aws_iam_policy", "aws_iam_role", "aws_ecs_task_definition"),
        *("aws_prefix_list", "aws_ecr_image", "aws_ecr_repository", "aws_route_tables", "aws_subnets"),
        *("aws_secretsmanager_secret", "aws_lb", "aws_route53_zone", "aws_kms_key", "aws_kms_alias"),
    )
)

#: Types of resource (how they begin) whose attributes are their own words, never an id they were given.
OWN_WORDS = ("aws_", "random_", "tls_", "time_", "null_resource", "local_", "archive_")


class Identifier:
    """Reads identifiers of one plan. `all` holds its instances, `attribute` gives what is known of one."""

    def __init__(
        self, all_: dict[str, Instance], follower: Follower, attribute: Callable[[str, str], Value]
    ) -> None:
        self._all = all_
        self._follower = follower
        self._attribute = attribute
        self._vpcs: list[Instance] | None = None
        self._in_new: dict[str, bool] = {}

    def identified(
        self, found: Instance, name: str, expression: Any, references: tuple[Reference, ...]
    ) -> Value | None:
        """What an identifier is, from the references in its expression; None if that is not certain."""
        if name not in KINDS or not references:
            return None
        plain = [self._plain_reference(found.module, name, reference) for reference in references]
        if None not in plain:
            if name not in MANY and len(plain) == 1:
                return plain[0]
            if name in MANY and not _leaves(found, name, expression) and self._alone(name, plain):
                return list(dict.fromkeys(plain))
        reached = self._follower.combined(references, scope_of(found), name)
        if name in MANY:
            return self._many(found, name, reached, _leaves(found, name, expression))
        return self._one(found, name, reached)

    def only_vpc(self) -> Value | None:
        """The VPC that an unknown id must be, because no other is unknown: an id is never put together."""
        if self._vpcs is None:
            kinds = ("aws_vpc", "aws_default_vpc", "aws_default_subnet")
            self._vpcs = [one for one in self._all.values() if one.type in kinds and one.unknown is not None]
            elsewhere = any(one.unknown is not None and _may_carry(one) for one in self._all.values())
            if elsewhere:
                self._vpcs = []
        candidates = [one for one in self._vpcs if one.leaves_to_aws("id")]
        return own(candidates[0].address, "id") if len(candidates) == 1 else None

    def _plain_reference(self, module: str, name: str, reference: Reference) -> str | None:
        """The short way for what most identifiers are: `aws_vpc.main.id`, not known yet."""
        *index, attribute = reference.path or (None,)
        wanted = KINDS[name].get(reference.type, ())
        if len(index) > 1 or attribute not in wanted or reference.kind != "resource":
            return None
        address = self._follower.instances(module, reference.name).get(index[0] if index else None)
        if address is None or not self._all[address].leaves_to_aws(str(attribute)):
            return None
        return own(address, str(attribute))

    def _one(self, found: Instance, name: str, reached: Reach) -> Value | None:
        """An identifier: it is unknown, so it comes from the one name in it that is unknown."""
        if reached.dead:
            return None
        open_ = list(dict.fromkeys(value for value in flattened(reached.values) if is_open(value)))
        if any(isinstance(value, str) and sole_hole(value).startswith("?") for value in open_):
            return None
        as_many = len(self._follower.instances(found.module, found.key)) == len(open_)
        if len(open_) == 1 or (as_many and reached.counted and _one_to_one(found, name)):
            return open_[0]
        vague = any(_is_vague(value) for value in open_)
        return Some(tuple(open_), _some_of(found.address, name)) if reached.counted and not vague else None

    def _many(self, found: Instance, name: str, reached: Reach, sharing: int) -> Value | None:
        """A list of identifiers; `sharing` lists of that name are unknown and share the references."""
        flat = flattened(reached.values)
        values = [v for v in dict.fromkeys(flat) if is_open(v) or _is_identifier(v)]
        choosing = reached.choosing or len(values) < len(dict.fromkeys(flat))
        if reached.dead or not values or any(_is_vague(value) for value in values):
            return None
        certain = len(values) == 1 or reached.plain
        if sharing > 1 and len(values) > 1:
            return None
        if sharing:
            known = [value for value in values if not is_open(value)]
            values = [value for value in values if is_open(value)]
            choosing = choosing or bool(known)
        alone = self._alone(name, values)
        if (certain and not choosing) or (alone and len(values) == 1 and not sharing):
            return values if alone else [*values, _maybe_more(found.address, name)]
        chosen = _some_of(found.address, name)
        return Some(tuple(values), chosen) if alone and not sharing else chosen

    def _alone(self, name: str, values: Sequence[Value]) -> bool:
        """Whether nothing can stand beside these values that no reference mentions.

        An id written out by hand leaves no trace in the references. But it would have to be older than this
        plan, and nothing in a VPC is older than the VPC.
        """
        return KINDS[name] in IN_ONE_VPC and any(self._in_new_vpc(value) for value in values)

    def _in_new_vpc(self, value: Value) -> bool:
        """Whether a value identifies something in a VPC that this plan creates."""
        name = sole_hole(value) if isinstance(value, str) else ""
        address = name.rpartition(".")[0]
        if address not in self._in_new:
            vpc = self._vpc_of(address)
            # The default VPC is there before Terraform adopts it.
            made = self._all.get(vpc)
            self._in_new[address] = made is not None and made.new and made.type == "aws_vpc"
        return self._in_new[address]

    def _vpc_of(self, address: str) -> str:
        found = self._all.get(address)
        if found is None:
            return ""
        if found.type == "aws_vpc":
            return address
        outer = self._attribute(address, "vpc_id")
        return sole_hole(outer).rpartition(".")[0] if isinstance(outer, str) else ""


def scope_of(found: Instance) -> Scope:
    """Where the arguments of an instance stand."""
    for_each = found.block.for_each_expression if found.block else None
    return Scope(found.module, found.index, for_each, found.key)


def not_followed(address: str, name: str, references: tuple[Reference, ...]) -> Unknown:
    """An argument that the references do not settle."""
    # Terraform lists them in another order each time.
    names = ", ".join(sorted({reference.text for reference in references})[:4])
    why = f" (from {names})" if names else ""
    return Unknown(Why.NOT_FOLLOWED, f"{name} of {address}{why}", address, SUPPLY)


def _may_carry(found: Instance) -> bool:
    """Whether an unknown attribute of an instance may be an id of something that exists already."""
    if found.data:
        return found.type not in TELL_NO_VPC
    return found.type == "aws_cloudformation_stack" or not found.type.startswith(OWN_WORDS)


def _one_to_one(found: Instance, name: str) -> bool:
    """Whether it does not matter which instance picks which by `count.index`.

    AWS takes an argument's value only once, there are as many of one as of the other, and nothing else in
    the block depends on the index: each is picked by exactly one, and all of these are alike.
    """
    if ONCE.get(found.type) != name or found.block is None:
        return False
    return not any(
        reference.kind in ("count", "each")
        for other, expression in found.block.expressions.items()
        if other != name
        for reference in mentioned(expression)
    )


def _maybe_more(address: str, name: str) -> Unknown:
    return Unknown(
        Why.NOT_FOLLOWED, f"whether {name} of {address} lists more than references", address, SUPPLY
    )


def _some_of(address: str, name: str) -> Unknown:
    return Unknown(Why.NOT_FOLLOWED, f"which of several {name} {address} has", address, SUPPLY)


def is_shared(expression: Any) -> bool:
    """Whether an expression is one list of references, perhaps for several blocks together."""
    return isinstance(expression, dict) and isinstance(expression.get("references"), list)


def _leaves(found: Instance, name: str, expression: Any) -> int:
    """How many unknown leaves of a name share one list of references; 0 where it is theirs alone."""
    if not is_shared(expression) or name in found.open:
        return 0
    written = found.block.expressions if found.block else {}
    return sum(_count(found.open.get(top), name) for top, other in written.items() if other is expression)


def _count(open_: Any, name: str) -> int:
    if isinstance(open_, dict):
        return sum(int(inner is True) if key == name else _count(inner, name) for key, inner in open_.items())
    return sum(_count(inner, name) for inner in open_) if isinstance(open_, list) else 0


def flattened(values: tuple[Value, ...]) -> list[Value]:
    """Texts and unknowns among values, also those in lists."""
    flat: list[Value] = []
    for value in values:
        if isinstance(value, list):
            flat += flattened(tuple(value))
        elif isinstance(value, str | Unknown | Some):
            flat.append(value)
    return flat


def _is_identifier(value: Value) -> bool:
    """Whether a known text can be what AWS gave something as its id or ARN."""
    return isinstance(value, str) and is_identifier(value)


def _is_vague(value: Value) -> bool:
    return isinstance(value, Unknown | Some) or (isinstance(value, str) and sole_hole(value).startswith("?"))
