"""A plan as plain values: every instance with its attributes, what is unknown settled where it can be.

An attribute that the configuration leaves to AWS is the hole of its own name. An argument that it writes
and that the plan does not know yet is settled from the configuration's files where there are any, else
followed by its references, else `Unknown`.
"""

import re
from typing import Any

import msgspec

from pullproof.errors import InputError
from pullproof.model.text import CLOSE, OPEN, sole_hole
from pullproof.model.value import Unknown, Why
from pullproof.sources.terraform.beside_plan import BesidePlan
from pullproof.sources.terraform.configuration import Modules
from pullproof.sources.terraform.follow import Follower, Reach, Scope, is_open
from pullproof.sources.terraform.identifiers import IN_ONE_VPC, KINDS, LOOKED_UP, MANY, MEANT
from pullproof.sources.terraform.overlay import any_open, overlaid
from pullproof.sources.terraform.plan_json import (
    ConfigResource,
    Plan,
    ResourceChange,
    StateResource,
    instances,
)
from pullproof.sources.terraform.references import Reference, Step, mentioned
from pullproof.sources.terraform.tree import Some, Value, own

#: Attributes that tell how things are connected: read even where an input in them is marked sensitive.
STRUCTURAL = frozenset(
    (*KINDS, "container_definitions", "policy", "definition", "container_properties", "id", "arn")
)

#: Text that may be unknown as a whole, and what it is made of worth knowing.
TELLING = {
    "aws_ecs_task_definition": ("container_definitions",),
    "aws_sfn_state_machine": ("definition",),
    "aws_batch_job_definition": ("container_properties",),
}

#: Parts of something bigger, whose old value the bigger one may still show.
CHANGED = frozenset(
    (
        *("aws_route", "aws_security_group_rule", "aws_network_acl_rule", "aws_ecs_task_definition"),
        *("aws_vpc_security_group_ingress_rule", "aws_vpc_security_group_egress_rule"),
    )
)

#: Nested blocks that may be left to AWS, and may as well be written by a dynamic block.
DYNAMIC = ("ingress", "egress", "route", "inline_policy", "subnet_configuration", "dns_options")

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

#: Attributes that AWS chooses and nobody here reads.
UNREAD = frozenset(
    (
        *("tags_all", "owner_id", "name_prefix", "requester_managed", "ip_address_type", "create_date"),
        *("network_interface_ids", "security_group_rule_id", "availability_zone_id", "log_group_class"),
        *("ipv6_cidr_block_association_id", "private_dns_hostname_type_on_launch", "unique_id", "setting"),
        *("iam_role", "triggers", "enable_fault_injection", "enable_network_address_usage_metrics"),
        *("ipv6_association_id", "ipv6_cidr_block_network_border_group", "association_id"),
    )
)
_NOTHING: dict[str, Any] = {}
_NO_INSTANCES: dict[Step | None, str] = {}

#: What a person can do about a reference that cannot be followed.
SUPPLY = "check the configuration's directory, or pass it with --source"


_IDENTIFIER = re.compile(r"arn:|[a-z]+(?:-[a-z]+)*-[0-9a-f]{8,17}$")


class Instance(msgspec.Struct):
    """An instance of a resource, before its values are wanted."""

    address: str
    module: str
    type: str
    name: str
    index: Step | None
    data: bool
    provider: str
    block: ConfigResource | None
    after: msgspec.Raw
    unknown: msgspec.Raw | None = None
    sensitive: msgspec.Raw | None = None
    new: bool = False
    exists: bool = False
    deleted: bool = False
    known: dict[str, Value] | None = None
    open: dict[str, Any] = {}
    secret: dict[str, Any] = {}

    @property
    def key(self) -> str:
        """The block's name, as references write it."""
        return f"{'data.' if self.data else ''}{self.type}.{self.name}"


class Planned:
    """The instances of a plan by address."""

    def __init__(self, plan: Plan, beside: BesidePlan | None = None) -> None:
        self.modules = Modules(plan.configuration.root_module)
        self.all: dict[str, Instance] = {}
        self._blocks: dict[tuple[str, str], dict[Step | None, str]] = {}
        self._memo: dict[tuple[str, str], Value] = {}
        self._beside = beside
        #: What the plan changes or replaces, as it was before, of the types in `CHANGED`.
        self.before: list[Instance] = []
        self._vpcs: list[Instance] | None = None
        self._in_new: dict[str, bool] = {}
        self._written: dict[int, frozenset[str]] = {}
        self._references: dict[int, tuple[Reference, ...]] = {}
        self.inputs = {name: item.value for name, item in plan.variables.items()}
        self.follower = Follower(self.modules, self.attribute, self.instances, self.inputs)
        self._take_state(plan)
        self._take_changes(plan)

    def instances(self, module: str, name: str) -> dict[Step | None, str]:
        """The instances of a block in a module instance, by index."""
        return self._blocks.get((module, name), {})

    def attribute(self, address: str, name: str) -> Value:
        """An attribute of an instance, as far as it is known."""
        key = (address, name)
        if key in self._memo:
            return self._memo[key]
        found = self.all.get(address)
        if found is None:
            return own(address, name)
        # While it is being looked for, whoever asks for it again goes in a circle.
        self._memo[key] = _circle(address, name)
        self._memo[key] = value = self._value(found, name)
        return value

    def values(self, found: Instance) -> dict[str, Value]:
        """The attributes of an instance, but for those in `UNREAD` that are unknown."""
        values = dict(_opened(found))
        written = found.block.expressions if found.block else _NOTHING
        prefix = f"{OPEN}{found.address}."
        for name, open_ in found.open.items():
            if open_ is True and name not in written:
                if name not in UNREAD:
                    values[name] = f"{prefix}{name}{CLOSE}"  # what `own` gives
            elif open_ is True or (open_ and any_open(open_)):
                values[name] = self.attribute(found.address, name)
        for name, secret in found.secret.items():
            if secret is True and name not in STRUCTURAL:
                values[name] = self.attribute(found.address, name)
        return values

    def written(self, found: Instance) -> frozenset[str] | None:
        """The arguments and blocks that the configuration writes; None if it does not have the block."""
        block = found.block
        if block is None:
            return None
        known = _opened(found)
        unseen = [n for n in DYNAMIC if found.open.get(n) is True and n not in block.expressions]
        told = self._beside.written(found.address) if self._beside is not None and unseen else None
        if told is not None:
            return told
        names = self._written.get(id(block))
        if names is None:
            names = self._written[id(block)] = frozenset(block.expressions)
        # Dynamic blocks are not among the expressions; what they make is among the values.
        dynamic = [name for name, open_ in found.open.items() if type(open_) is list and known.get(name)]
        return names if names.issuperset(dynamic) else names.union(dynamic)

    def mentions(self, found: Instance) -> dict[str, tuple[str, ...]]:
        """For the text of an instance that is unknown: what its references lead to, as holes name it."""
        if found.type not in TELLING or found.block is None:
            return {}
        _opened(found)
        scope = Scope(found.module, found.index, found.block.for_each_expression)
        told = {}
        for name in TELLING[found.type]:
            if found.open.get(name) is True and name in found.block.expressions:
                reached = self.follower.combined(mentioned(found.block.expressions[name]), scope, name)
                names = (sole_hole(v) for v in _flat(reached.values) if isinstance(v, str) and is_open(v))
                told[name] = tuple(dict.fromkeys(n.removeprefix("?") for n in names if n))
        return told

    def _value(self, found: Instance, name: str) -> Value:
        known = _opened(found)
        if found.secret.get(name) is True and name not in STRUCTURAL:
            return Unknown(Why.SENSITIVE, f"{found.address}.{name}", found.address, "it is marked sensitive")
        open_ = found.open.get(name)
        if open_ is not True and (not open_ or not any_open(open_)):
            return known.get(name)
        expression = found.block.expressions.get(name) if found.block else None
        if expression is None and open_ is True:
            return own(found.address, name)
        settled = self._settled(found, name, known.get(name), open_, written=expression is not None)
        if settled is not None:
            return settled
        return self._merged(found, name, known.get(name), open_, expression)

    def _settled(
        self, found: Instance, name: str, known: Value, open_: Any, *, written: bool
    ) -> Value | None:
        """The value from the configuration's files; None where they do not tell more than the plan."""
        # A dynamic block is not among the expressions; its known values are.
        if self._beside is None or not (written or open_ is not True):
            return None
        value = self._beside.attribute(found.address, name)
        if value is None or isinstance(value, Unknown):
            return None
        return value if open_ is True else overlaid(known, open_, value)

    def _merged(self, found: Instance, name: str, known: Value, open_: Any, expression: Any) -> Value:
        """A value and its unknown leaves together; `expression` is what is written for this part."""
        if open_ is True:
            return self._leaf(found, name, expression)
        if isinstance(open_, dict):
            table: dict[str, Value] = known if isinstance(known, dict) else {}
            merged = dict(table)
            for key, inner in open_.items():
                if inner is True or (inner and any_open(inner)):
                    merged[key] = self._merged(found, key, table.get(key), inner, _part(expression, key))
            return merged
        values = known if isinstance(known, list) else []
        return [
            self._merged(found, name, item, inner, _item(expression, index, len(open_)))
            if inner is True or (inner and any_open(inner))
            else item
            for index, (item, inner) in enumerate(zip(_filled(values, len(open_)), open_, strict=True))
        ]

    def _leaf(self, found: Instance, name: str, expression: Any) -> Value:
        references = self._references.get(id(expression))
        if references is None:
            references = self._references[id(expression)] = mentioned(expression)
        if found.data and name == "id":
            argument = LOOKED_UP.get(found.type, name)
        else:
            argument = MEANT.get((found.type, name), name)
        value = self._identified(found, argument, expression, references)
        if value is None and argument == "vpc_id":
            value = self._only_vpc()
        return not_followed(found.address, name, references) if value is None else value

    def _identified(
        self, found: Instance, name: str, expression: Any, references: tuple[Reference, ...]
    ) -> Value | None:
        """What an identifier is, from the references in its expression; None if that is not certain."""
        if name not in KINDS or not references:
            return None
        value = self._plain_reference(found, name, references) if len(references) == 1 else None
        if value is not None:
            return value
        scope = Scope(found.module, found.index, found.block.for_each_expression if found.block else None)
        reached = self.follower.combined(references, scope, name)
        if name in MANY:
            return self._many(found, name, reached, _leaves(found, name, expression))
        return self._one(reached)

    def _only_vpc(self) -> Value | None:
        """The VPC that an unknown id must be, because no other is unknown: an id is never put together."""
        if self._vpcs is None:
            kinds = ("aws_vpc", "aws_default_vpc", "aws_default_subnet")
            self._vpcs = [one for one in self.all.values() if one.type in kinds and one.unknown is not None]
            elsewhere = any(one.unknown is not None and _may_carry(one) for one in self.all.values())
            if elsewhere:
                self._vpcs = []
        candidates = [one for one in self._vpcs if _opened(one) is not None and one.open.get("id") is True]
        return own(candidates[0].address, "id") if len(candidates) == 1 else None

    def _plain_reference(self, found: Instance, name: str, references: tuple[Reference, ...]) -> Value | None:
        """The short way for what most identifiers are: `aws_vpc.main.id`, not known yet."""
        (reference,) = references
        if name in MANY or len(reference.path) != 1:
            return None
        address = self._blocks.get((found.module, reference.name), _NO_INSTANCES).get(None)
        attribute = reference.path[0]
        if address is None or attribute not in KINDS[name].get(reference.type, ()):
            return None
        target = self.all[address]
        _opened(target)
        written = target.block.expressions if target.block else _NOTHING
        if target.open.get(str(attribute)) is True and attribute not in written:
            return own(address, str(attribute))
        return None

    def _one(self, reached: Reach) -> Value | None:
        """An identifier: it is unknown, so it comes from the one name in it that is unknown."""
        if reached.dead:
            return None
        open_ = dict.fromkeys(value for value in _flat(reached.values) if is_open(value))
        if len(open_) != 1:
            return None
        (value,) = open_
        return None if isinstance(value, str) and sole_hole(value).startswith("?") else value

    def _many(self, found: Instance, name: str, reached: Reach, sharing: int) -> Value | None:
        """A list of identifiers; `sharing` lists of that name are unknown and share the references."""
        flat = _flat(reached.values)
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
        # An id written out by hand leaves no trace in the references. But it would have to be older than
        # this plan, and nothing in a VPC is older than the VPC.
        alone = KINDS[name] in IN_ONE_VPC and any(self._in_new_vpc(value) for value in values)
        if certain and not choosing:
            return values if alone else [*values, _maybe_more(found.address, name)]
        chosen = _some_of(found.address, name)
        return Some(tuple(values), chosen) if alone and not sharing else chosen

    def _in_new_vpc(self, value: Value) -> bool:
        """Whether a value identifies something in a VPC that this plan creates."""
        name = sole_hole(value) if isinstance(value, str) else ""
        address = name.rpartition(".")[0]
        if address not in self._in_new:
            vpc = self._vpc_of(address)
            # The default VPC is there before Terraform adopts it.
            made = self.all.get(vpc)
            self._in_new[address] = made is not None and made.new and made.type == "aws_vpc"
        return self._in_new[address]

    def _vpc_of(self, address: str) -> str:
        found = self.all.get(address)
        if found is None:
            return ""
        if found.type == "aws_vpc":
            return address
        outer = self.attribute(address, "vpc_id")
        return sole_hole(outer).rpartition(".")[0] if isinstance(outer, str) else ""

    def _take_state(self, plan: Plan) -> None:
        if plan.prior_state is None or plan.prior_state.values is None:
            return
        for module, item in instances(plan.prior_state.values.root_module):
            found = self._instance(module, item)
            found.provider, found.after, found.exists = item.provider_name, item.values, True
            found.sensitive = item.sensitive_values

    def _take_changes(self, plan: Plan) -> None:
        for item in plan.resource_changes:
            if item.deposed is not None:
                continue
            module, change = item.module_address, item.change
            # A forgotten object goes on existing; Terraform only stops looking after it.
            gone = change.actions in (("delete",), ("forget",))
            found = self._instance(module, item)
            found.provider = item.provider_name
            found.after = change.before if gone else change.after
            found.unknown = None if gone else change.after_unknown
            found.sensitive = change.after_sensitive
            found.deleted, found.exists = change.actions == ("delete",), change.actions != ("create",)
            found.new = "create" in change.actions
            if item.type in CHANGED and found.exists and not gone and change.actions != ("no-op",):
                self._keep_before(found, change.before)
            if change.actions == ("delete",):
                self._blocks[found.module, found.key].pop(found.index, None)

    def _keep_before(self, found: Instance, before: msgspec.Raw) -> None:
        self.before.append(
            msgspec.structs.replace(
                found, after=before, unknown=None, sensitive=None, deleted=True, new=False
            )
        )

    def _instance(self, module: str, item: ResourceChange | StateResource) -> Instance:
        data = item.mode == "data"
        block = f"{'data.' if data else ''}{item.type}.{item.name}"
        self._blocks.setdefault((module, block), {})[item.index] = item.address
        self.modules.see(module)
        found = Instance(
            address=item.address,
            module=module,
            type=item.type,
            name=item.name,
            index=item.index,
            data=data,
            provider="",
            block=self.modules.block(module, block),
            after=msgspec.Raw(b"null"),
        )
        self.all[item.address] = found
        return found


def not_followed(address: str, name: str, references: tuple[Reference, ...]) -> Unknown:
    """An argument that the references do not settle."""
    names = ", ".join(dict.fromkeys(reference.text for reference in references[:4]))
    why = f" (from {names})" if names else ""
    return Unknown(Why.NOT_FOLLOWED, f"{name} of {address}{why}", address, SUPPLY)


def _may_carry(found: Instance) -> bool:
    """Whether an unknown attribute of an instance may be an id of something that exists already."""
    if found.data:
        return found.type not in TELL_NO_VPC
    return found.type == "aws_cloudformation_stack" or not found.type.startswith(OWN_WORDS)


def _maybe_more(address: str, name: str) -> Unknown:
    return Unknown(
        Why.NOT_FOLLOWED, f"whether {name} of {address} lists more than references", address, SUPPLY
    )


def _some_of(address: str, name: str) -> Unknown:
    return Unknown(Why.NOT_FOLLOWED, f"which of several {name} {address} has", address, SUPPLY)


def _circle(address: str, name: str) -> Unknown:
    return Unknown(Why.NOT_FOLLOWED, f"{name} of {address}, which depends on itself", address, SUPPLY)


def _opened(found: Instance) -> dict[str, Value]:
    """The values of an instance, decoded when they are first wanted."""
    if found.known is None:
        found.known = _table(found.after, found.address)
        found.open = _table(found.unknown, found.address) if found.unknown is not None else {}
        if found.sensitive is not None and b"true" in bytes(found.sensitive):
            found.secret = _table(found.sensitive, found.address)
    return found.known


def _table(raw: msgspec.Raw, address: str) -> dict[str, Any]:
    try:
        value = msgspec.json.decode(raw)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
        raise InputError(f"the values of this resource cannot be read: {error}", place=address) from None
    return value if isinstance(value, dict) else {}


def _part(expression: Any, key: str) -> Any:
    """What is written for one argument of a block; blocks that are attributes share their references."""
    if not isinstance(expression, dict):
        return None
    return expression if _is_shared(expression) else expression.get(key)


def _item(expression: Any, index: int, count: int) -> Any:
    """What is written for one of several blocks."""
    if isinstance(expression, list):
        return expression[index] if len(expression) == count else None
    return expression


def _is_shared(expression: Any) -> bool:
    return isinstance(expression, dict) and isinstance(expression.get("references"), list)


def _leaves(found: Instance, name: str, expression: Any) -> int:
    """How many unknown leaves of a name share one list of references; 0 where it is theirs alone."""
    if not _is_shared(expression) or name in found.open:
        return 0
    written = found.block.expressions if found.block else {}
    return sum(_count(found.open.get(top), name) for top, other in written.items() if other is expression)


def _count(open_: Any, name: str) -> int:
    if isinstance(open_, dict):
        return sum(int(inner is True) if key == name else _count(inner, name) for key, inner in open_.items())
    return sum(_count(inner, name) for inner in open_) if isinstance(open_, list) else 0


def _filled(values: list[Value], count: int) -> list[Value]:
    return [*values[:count], *([None] * (count - len(values)))]


def _flat(values: tuple[Value, ...]) -> list[Value]:
    flat: list[Value] = []
    for value in values:
        if isinstance(value, list):
            flat += _flat(tuple(value))
        elif isinstance(value, str | Unknown | Some):
            flat.append(value)
    return flat


def _is_identifier(value: Value) -> bool:
    """Whether a known text can be what AWS gave something as its id or ARN."""
    return isinstance(value, str) and _IDENTIFIER.match(value) is not None


def _is_vague(value: Value) -> bool:
    return isinstance(value, Unknown | Some) or (isinstance(value, str) and sole_hole(value).startswith("?"))
