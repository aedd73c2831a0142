"""Roles, and every way in which policies come to them."""

from pullproof.model.iam import Policy, Role
from pullproof.model.managed_policies import is_managed, managed_policy, not_shipped
from pullproof.model.text import OPEN, shown, sole_hole
from pullproof.model.value import Listing, Maybe, Unknown, Why
from pullproof.sources.terraform.policy_document import policy_at
from pullproof.sources.terraform.tree import Resource, Value
from pullproof.sources.terraform.world import World, at, blocks_of, given, is_left_out, plain, written

Held = dict[str, list[Maybe[Policy]]]


def adapt_iam(world: World) -> None:
    """Fill in roles."""
    _name_roles(world)
    policies = Policies(world)
    held, strays = _separate(world, policies)
    for resource in world.of("aws_iam_role", "data.aws_iam_role"):
        if resource.data and world.role_keys.get(str(resource.values.get("name"))) != resource.address:
            continue
        world.estate.roles[resource.address] = _role(world, resource, policies, held, strays)


def _name_roles(world: World) -> None:
    """Let names and ARNs of roles lead to them."""
    for resource in world.of("aws_iam_role", "data.aws_iam_role"):
        name = resource.values.get("name")
        if isinstance(name, str) and name and OPEN not in name:
            world.role_keys.setdefault(name, resource.address)
        world.ids.setdefault(world.own_text(resource, "arn"), resource.address)


def role_key(world: World, value: Value, resource: Resource, what: str) -> Maybe[str]:
    """The key of a role by reference, ARN or name; the ARN itself where the input does not show it."""
    if isinstance(value, str) and value:
        text = world.spelt(value)
        if text in world.ids:
            return world.ids[text]
        if OPEN not in text:
            # A role's name is unique in its account, whatever its path.
            name = text.rpartition("/")[2] if text.startswith("arn:") else text
            account = text.split(":")[4] if text.count(":") >= 5 else ""
            if name in world.role_keys and account in ("", world.where.account_text()):
                return world.role_keys[name]
            return text
    return world.key(value, resource, what)


class Policies:
    """Policies that have an ARN."""

    def __init__(self, world: World) -> None:
        self.world = world
        self._read: dict[str, Policy | Unknown | None] = {}
        self._by_arn: dict[str, Resource] = {}
        for resource in world.of("aws_iam_policy", "data.aws_iam_policy"):
            self._by_arn.setdefault(world.own_text(resource, "arn"), resource)

    def find(self, value: Value, resource: Resource, what: str) -> Maybe[Policy]:
        """The policy with an ARN: one of the input's, or one of AWS's own."""
        if isinstance(value, Unknown):
            return value
        if not isinstance(value, str) or not value:
            return self.world.unknown(resource, what)
        arn = self.world.spelt(value)
        if arn not in self._read:
            self._read[arn] = self._load(arn)
        found = self._read[arn]
        return _unseen(arn, resource) if found is None else found

    def _load(self, arn: str) -> Policy | Unknown | None:
        found = self._by_arn.get(arn)
        if found is None and OPEN in arn:
            found = self.world.owner(sole_hole(arn))[0]
        if found is not None and found.type == "aws_iam_policy":
            value = found.values.get("policy")
            if not is_left_out(found, "policy", value):
                return policy_at(self.world, value, found, "policy", plain(found.values.get("name")))
        if found is not None and isinstance(name := found.values.get("arn"), str):
            arn = name
        return managed_policy(arn)


def _unseen(arn: str, resource: Resource) -> Unknown:
    if is_managed(arn):
        return not_shipped(arn, resource.address)
    return Unknown(
        Why.NOT_IN_INPUT,
        f"the policy {shown(arn)} of {resource.address}",
        resource.address,
        f"{shown(arn)} is not part of this input: add the configuration that creates it",
    )


def _separate(world: World, policies: Policies) -> tuple[Held, list[Unknown]]:
    """Policies that resources of their own put on roles, and those whose role is not known."""
    held: Held = {}
    strays: list[Unknown] = []

    def put(roles: Listing[str], policy: Maybe[Policy]) -> None:
        for key in roles.items:
            held.setdefault(key, []).append(policy)
        strays.extend(roles.open)

    for resource in world.of("aws_iam_role_policy"):
        name = plain(resource.values.get("name"))
        put(
            _roles(world, resource, "role"),
            policy_at(world, resource.values.get("policy"), resource, "policy", name),
        )
    for resource in world.of("aws_iam_role_policy_attachment"):
        put(
            _roles(world, resource, "role"),
            policies.find(resource.values.get("policy_arn"), resource, "policy_arn"),
        )
    for resource in world.of("aws_iam_policy_attachment"):
        put(
            _roles(world, resource, "roles"),
            policies.find(resource.values.get("policy_arn"), resource, "policy_arn"),
        )
    for resource in world.of("aws_iam_role_policy_attachments_exclusive"):
        for policy in _attached(world, resource, "policy_arns", policies):
            put(_roles(world, resource, "role_name"), policy)
    return held, strays


def _roles(world: World, resource: Resource, name: str) -> Listing[str]:
    value = written(resource, name)
    values = value if isinstance(value, list) else [value] if value is not None else []
    found = [role_key(world, item, resource, name) for item in values]
    return Listing(
        tuple(item for item in found if isinstance(item, str)),
        tuple(item for item in found if isinstance(item, Unknown)),
    )


def _attached(world: World, resource: Resource, name: str, policies: Policies) -> list[Maybe[Policy]]:
    value = written(resource, name)
    if value is None:
        return []
    if not isinstance(value, list):
        return [value if isinstance(value, Unknown) else world.unknown(resource, name)]
    return [policies.find(item, resource, name) for item in value]


def _role(world: World, resource: Resource, policies: Policies, held: Held, strays: list[Unknown]) -> Role:
    key = resource.address
    found = [
        *_inline(world, resource),
        *_attached(world, resource, "managed_policy_arns", policies),
        *held.get(key, ()),
    ]
    opened = [policy for policy in found if isinstance(policy, Unknown)] + strays
    if resource.data:
        opened.append(_not_shown(resource))
    known = {(str(p.origin), p.name): p for p in found if isinstance(p, Policy)}
    return Role(
        key=key,
        origin=at(resource),
        arn=world.own_text(resource, "arn"),
        name=world.own_text(resource, "name"),
        trust=policy_at(world, resource.values.get("assume_role_policy"), resource, "assume_role_policy"),
        policies=Listing(tuple(known.values()), tuple(opened)),
        boundary=_boundary(resource, policies),
    )


def _inline(world: World, resource: Resource) -> list[Maybe[Policy]]:
    blocks = blocks_of(written(resource, "inline_policy"))
    if isinstance(blocks, Unknown):
        return [blocks]
    found: list[Maybe[Policy]] = []
    for index, block in enumerate(blocks):
        if given(block.get("policy")):
            name = block.get("name")
            path = f"inline_policy[{index}]"
            found.append(
                policy_at(world, block["policy"], resource, path, name if isinstance(name, str) else "")
            )
    return found


def _boundary(resource: Resource, policies: Policies) -> Maybe[Policy] | None:
    value = written(resource, "permissions_boundary")
    if value is None or value == "":
        return None
    return policies.find(value, resource, "permissions_boundary")


def _not_shown(resource: Resource) -> Unknown:
    return Unknown(
        Why.NOT_IN_INPUT,
        f"the policies of {resource.address}",
        resource.address,
        f"the policies of {resource.address} are kept elsewhere: add the configuration that creates it,"
        " or check the live account",
    )
