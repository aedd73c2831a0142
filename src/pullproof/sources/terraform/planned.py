"""A plan as plain values: every instance with its attributes, what is unknown settled where it can be.

An attribute that the configuration leaves to AWS is the hole of its own name. An argument that it writes
and that the plan does not know yet is settled from the configuration's files where there are any, else
followed by its references, else `Unknown`.
"""

from typing import Any

import msgspec

from pullproof.model.text import CLOSE, OPEN, sole_hole
from pullproof.model.value import Unknown, Why
from pullproof.sources.terraform.beside_plan import BesidePlan
from pullproof.sources.terraform.configuration import Modules
from pullproof.sources.terraform.follow import Follower, is_open
from pullproof.sources.terraform.identifiers import KINDS, LOOKED_UP, MEANT, TELLING
from pullproof.sources.terraform.identify import (
    SUPPLY,
    Identifier,
    flattened,
    is_shared,
    not_followed,
    scope_of,
)
from pullproof.sources.terraform.instance import Instance, Shape, table
from pullproof.sources.terraform.overlay import any_open, overlaid
from pullproof.sources.terraform.plan_json import Plan, ResourceChange, StateResource, instances
from pullproof.sources.terraform.references import Reference, Step, mentioned
from pullproof.sources.terraform.tree import Value, own

#: Attributes that tell how things are connected: read even where an input in them is marked sensitive.
STRUCTURAL = frozenset(
    (*KINDS, "container_definitions", "policy", "definition", "container_properties", "id", "arn")
)

#: Parts of something bigger, whose old value the bigger one may still show.
CHANGED = frozenset(
    (
        *("aws_route", "aws_security_group_rule", "aws_network_acl_rule", "aws_ecs_task_definition"),
        *("aws_vpc_security_group_ingress_rule", "aws_vpc_security_group_egress_rule"),
    )
)

#: Nested blocks that may be left to AWS, and may as well be written by a dynamic block.
DYNAMIC = ("ingress", "egress", "route", "inline_policy", "subnet_configuration", "dns_options")

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
#: The telling text of each type that has one.
TOLD_BY = {type_: name for name, type_ in TELLING.items()}
_NOTHING: dict[str, Any] = {}
_ASKED, _UNASKED = object(), object()


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
        self._written: dict[int, frozenset[str]] = {}
        self._shapes: dict[tuple[int, bytes], Shape] = {}
        self._references: dict[int, tuple[Reference, ...]] = {}
        self.inputs = {name: item.value for name, item in plan.variables.items()}
        self.follower = Follower(self.modules, self.attribute, self.instances, self.inputs)
        self._identifier = Identifier(self.all, self.follower, self.attribute)
        self._take_state(plan)
        self._take_changes(plan)

    def instances(self, module: str, name: str) -> dict[Step | None, str]:
        """The instances of a block in a module instance, by index."""
        return self._blocks.get((module, name), {})

    def attribute(self, address: str, name: str) -> Value:
        """An attribute of an instance, as far as it is known."""
        found = self.all.get(address)
        if found is None:
            return own(address, name)
        known = found.opened()
        if name not in found.open and name not in found.secret:
            return known.get(name)
        key = (address, name)
        value = self._memo.get(key, _UNASKED)
        if value is _ASKED:
            return _circle(address, name)
        if value is _UNASKED:
            # While it is being looked for, whoever asks for it again goes in a circle.
            self._memo[key] = _ASKED
            self._memo[key] = value = self._value(found, name)
        return value

    def values(self, found: Instance) -> dict[str, Value]:
        """The attributes of an instance, but for those in `UNREAD` that are unknown."""
        values = dict(found.opened())
        address, shape = found.address, found.shape
        for name in shape.own:
            values[name] = f"{OPEN}{address}.{name}{CLOSE}"  # what `own` gives
        for name in shape.asked:
            values[name] = self.attribute(address, name)
        for name, secret in found.secret.items():
            if secret is True and name not in STRUCTURAL:
                values[name] = self.attribute(found.address, name)
        return values

    def written(self, found: Instance) -> frozenset[str] | None:
        """The arguments and blocks that the configuration writes; None if it does not have the block."""
        block = found.block
        if block is None:
            return None
        known = found.opened()
        names = self._written.get(id(block))
        if names is None:
            names = self._written[id(block)] = frozenset(block.expressions)
        # Dynamic blocks are not among the expressions; what they make is among the values.
        dynamic = [name for name in found.shape.nested if name not in names and known.get(name)]
        return names.union(dynamic) if dynamic else names

    def _shape(self, found: Instance) -> Shape:
        """What is unknown of an instance, read once for all instances of which the same is unknown."""
        raw = bytes(found.unknown or b"null")
        key = (id(found.block), raw)
        if key not in self._shapes:
            open_ = table(msgspec.Raw(raw), found.address)
            written = found.block.expressions if found.block else _NOTHING
            doubtful = DYNAMIC if self._beside is not None else ()
            unwritten = [n for n, inner in open_.items() if inner is True and n not in written]
            left = [name for name in unwritten if name not in doubtful]
            self._shapes[key] = Shape(
                open_,
                tuple(name for name in left if name not in UNREAD),
                tuple(
                    n for n, inner in open_.items() if n not in left and (inner is True or any_open(inner))
                ),
                tuple(name for name, inner in open_.items() if isinstance(inner, list)),
            )
        return self._shapes[key]

    def mentions(self, found: Instance) -> dict[str, tuple[str, ...]]:
        """For the text of an instance that is unknown: what its references lead to, as holes name it."""
        name = TOLD_BY.get(found.type, "")
        if not name or found.block is None or name not in found.block.expressions:
            return {}
        found.opened()
        if found.open.get(name) is not True:
            return {}
        reached = self.follower.combined(mentioned(found.block.expressions[name]), scope_of(found), name)
        names = (sole_hole(v) for v in flattened(reached.values) if isinstance(v, str) and is_open(v))
        return {name: tuple(dict.fromkeys(n.removeprefix("?") for n in names if n))}

    def _value(self, found: Instance, name: str) -> Value:
        known = found.opened()
        if found.secret.get(name) is True and name not in STRUCTURAL:
            return Unknown(Why.SENSITIVE, f"{found.address}.{name}", found.address, "it is marked sensitive")
        open_ = found.open.get(name)
        if open_ is not True and (not open_ or not any_open(open_)):
            return known.get(name)
        expression = found.block.expressions.get(name) if found.block else None
        if expression is None and open_ is True:
            return self._perhaps_dynamic(found, name) if name in DYNAMIC else own(found.address, name)
        settled = self._settled(found, name, known.get(name), open_, written=expression is not None)
        if settled is not None:
            return settled
        return self._merged(found, name, known.get(name), open_, expression)

    def _perhaps_dynamic(self, found: Instance, name: str) -> Value:
        """Blocks that are left to AWS, unless the files make them with a dynamic block.

        The plan shows neither. It shows what a dynamic block makes, but for one over a set that is
        itself unknown: that can be told from nothing written only by the files.
        """
        told = self._beside.written(found.address) if self._beside is not None else None
        if self._beside is None or told is None or name not in told:
            return own(found.address, name)
        value = self._beside.attribute(found.address, name)
        return not_followed(found.address, name, ()) if value is None else value

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
        value = self._identifier.identified(found, argument, expression, references)
        if value is None and argument == "vpc_id":
            value = self._identifier.only_vpc()
        return not_followed(found.address, name, references) if value is None else value

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
            shapes=self._shape,
        )
        self.all[item.address] = found
        return found


def _part(expression: Any, key: str) -> Any:
    """What is written for one argument of a block; blocks that are attributes share their references."""
    if not isinstance(expression, dict):
        return None
    return expression if is_shared(expression) else expression.get(key)


def _item(expression: Any, index: int, count: int) -> Any:
    """What is written for one of several blocks."""
    if isinstance(expression, list):
        return expression[index] if len(expression) == count else None
    return expression


def _filled(values: list[Value], count: int) -> list[Value]:
    return [*values[:count], *([None] * (count - len(values)))]


def _circle(address: str, name: str) -> Unknown:
    return Unknown(Why.NOT_FOLLOWED, f"{name} of {address}, which depends on itself", address, SUPPLY)
