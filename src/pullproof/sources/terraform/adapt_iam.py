"""Roles, and every way in which policies come to them."""

from collections.abc import Container, Iterator

import msgspec

from pullproof.model.iam import Policy, Role
from pullproof.model.managed_policies import is_managed, managed_policy, not_shipped
from pullproof.model.text import OPEN, holes, shown, sole_hole
from pullproof.model.value import Listing, Maybe, Unknown, Why
from pullproof.sources.terraform.attachments import listed_blocks as known_blocks
from pullproof.sources.terraform.policy_document import policy_at
from pullproof.sources.terraform.role_names import RoleNames, doubted
from pullproof.sources.terraform.tree import Resource, Value
from pullproof.sources.terraform.world import World, at, blocks_of, given, is_left_out, plain, written

#: Resources that hold a role to certain policies, and the argument that lists them.
EXCLUSIVE = {
    "aws_iam_role_policy_attachments_exclusive": "policy_arns",
    "aws_iam_role_policies_exclusive": "policy_names",
}


def adapt_iam(world: World) -> None:
    """Fill in roles."""
    _name_roles(world)
    policies = Policies(world)
    separate = Separate(world, policies)
    for resource in world.of("aws_iam_role", "data.aws_iam_role"):
        if resource.data and world.role_keys.get(world.own_text(resource, "name")) != resource.address:
            continue
        world.estate.roles[resource.address] = _role(world, resource, policies, separate)


def _name_roles(world: World) -> None:
    """Let names and ARNs of roles lead to them."""
    for resource in world.of("aws_iam_role", "data.aws_iam_role"):
        name = world.own_text(resource, "name")
        if not any(one.startswith("?") for one in holes(name)):
            world.role_keys.setdefault(name, resource.address)
        world.ids.setdefault(world.own_text(resource, "arn"), resource.address)


def role_key(world: World, value: Value, resource: Resource, what: str) -> Maybe[str]:
    """The key of a role by reference, ARN or name; the ARN itself where the input does not show it."""
    if isinstance(value, str) and value:
        text = world.spelt(value)
        if (found := world.ids.get(text) or world.role_keys.get(text)) is not None:
            return found
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
        if found is None and sole_hole(arn) in self.world.tree.settle:
            return self.world.untold(value, resource, what)
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


class Put(msgspec.Struct, frozen=True):
    """A policy that a resource of its own puts on a role: by name when inline, else by ARN."""

    address: str
    policy: Maybe[Policy]
    inline: bool
    name: str


class Separate:
    """Policies that resources of their own put on roles.

    `only` has, for roles that a resource holds to certain policies, the names or ARNs of these, as far as
    they are known. `gone` are those that the plan takes away: an existing role still shows them.
    """

    def __init__(self, world: World, policies: Policies) -> None:
        self.held: dict[str, list[Put]] = {}
        self.perhaps: dict[str, list[Maybe[Policy]]] = {}
        self.strays: list[Unknown] = []
        self.only: dict[tuple[str, bool], frozenset[str]] = {}
        self.gone: set[tuple[str, bool, str]] = set()
        self._world = world
        self._policies = policies
        self._names = RoleNames(world)
        for resource in world.of("aws_iam_role_policy"):
            name = plain(resource.values.get("name"))
            policy = policy_at(world, resource.values.get("policy"), resource, "policy", name)
            self._put(resource, "role", Put(resource.address, policy, True, name))
        for resource in world.of("aws_iam_role_policy_attachment"):
            self._attach(resource, "role", resource.values.get("policy_arn"))
        for resource in world.of("aws_iam_policy_attachment"):
            self._attach(resource, "roles", resource.values.get("policy_arn"))
        self._exclusive()
        for resource in world.deleted("aws_iam_role_policy", "aws_iam_role_policy_attachment"):
            inline = resource.type == "aws_iam_role_policy"
            name = plain(resource.values.get("name" if inline else "policy_arn"))
            self.gone.update((key, inline, name) for key in _roles(world, resource, "role").items)

    def _put(self, resource: Resource, argument: str, put: Put) -> None:
        """Put a policy on each role that an argument names, and perhaps on those that it may name."""
        for value in _values(resource, argument):
            key = role_key(self._world, value, resource, argument)
            if isinstance(key, str) and self._names.has(key):
                self.held.setdefault(key, []).append(put)
            elif isinstance(value, str):
                for role, reason in self._names.perhaps(value, resource, argument):
                    self.perhaps.setdefault(role, []).append(doubted(put.policy, reason))
            elif isinstance(key, Unknown):
                self.strays.append(key)

    def _attach(self, resource: Resource, roles: str, arn: Value, argument: str = "policy_arn") -> None:
        policy = self._policies.find(arn, resource, argument)
        self._put(resource, roles, Put(resource.address, policy, False, self._arn(arn)))

    def _arn(self, value: Value) -> str:
        return self._world.spelt(value) if isinstance(value, str) else ""

    def _exclusive(self) -> None:
        """Roles that are held to the policies listed: what else is put on them is taken away again."""
        for kind, argument in EXCLUSIVE.items():
            for resource in self._world.of(kind):
                listed = written(resource, argument)
                names = self._listed(listed)
                for key in _roles(self._world, resource, "role_name").items:
                    self.only[key, argument == "policy_names"] = names
                if argument == "policy_arns":
                    for item in listed if isinstance(listed, list) else [listed]:
                        self._attach(resource, "role_name", item, argument)

    def _listed(self, listed: Value) -> frozenset[str]:
        """The names or ARNs in a list, as far as they are known."""
        return frozenset(map(self._arn, listed)) if isinstance(listed, list) else frozenset()

    def on(self, role: Resource) -> Iterator[Maybe[Policy]]:
        """What is put on a role and stays there; a reason for what may be taken away again."""
        for put in self.held.get(role.address, ()):
            if put.name in self._held_to(role, inline=put.inline):
                yield put.policy
            else:
                yield _conflict(role, put.address)
        yield from self.perhaps.get(role.address, ())

    def _held_to(self, role: Resource, *, inline: bool) -> Container[str]:
        place = (role.address, inline)
        if place in self.only:
            return self.only[place]
        argument = "inline_policy" if inline else "managed_policy_arns"
        value = role.values.get(argument)
        # Written in the role, both are exclusive as well.
        # https://registry.terraform.io/providers/hashicorp/aws/latest/docs/resources/iam_role
        if role.written is None or argument not in role.written or is_left_out(role, argument, value):
            return Anything()
        if inline:
            return frozenset(plain(block.get("name")) for block in known_blocks(value))
        return self._listed(value)


class Anything:
    """Holds every name."""

    def __contains__(self, name: object) -> bool:
        return True


def _conflict(role: Resource, other: str) -> Unknown:
    return Unknown(
        Why.CONFLICT,
        f"the policies of {role.address}, which is held to certain ones, and has one more by {other}",
        role.address,
        f"list the policy of {other} where {role.address} is held to certain policies, or hold it to none",
    )


def _values(resource: Resource, name: str) -> list[Value]:
    value = written(resource, name)
    return value if isinstance(value, list) else [value] if value is not None else []


def _roles(world: World, resource: Resource, name: str) -> Listing[str]:
    found = [role_key(world, item, resource, name) for item in _values(resource, name)]
    return Listing(
        tuple(item for item in found if isinstance(item, str)),
        tuple(item for item in found if isinstance(item, Unknown)),
    )


def _role(world: World, resource: Resource, policies: Policies, separate: Separate) -> Role:
    key = resource.address
    found = [
        *_inline(world, resource, separate),
        *_listed(world, resource, policies, separate),
        *separate.on(resource),
    ]
    opened = [policy for policy in found if isinstance(policy, Unknown)] + separate.strays
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


def _stale(resource: Resource, separate: Separate, *, inline: bool) -> set[str]:
    """What an existing role shows without writing it and is known better from separate resources."""
    argument = "inline_policy" if inline else "managed_policy_arns"
    if not resource.leaves_out(argument):
        return set()
    held = {put.name for put in separate.held.get(resource.address, ()) if put.inline == inline}
    return held | {name for key, kind, name in separate.gone if key == resource.address and kind == inline}


def _listed(world: World, resource: Resource, policies: Policies, separate: Separate) -> list[Maybe[Policy]]:
    value = written(resource, "managed_policy_arns")
    if value is None:
        return []
    if not isinstance(value, list):
        return [value if isinstance(value, Unknown) else world.unknown(resource, "managed_policy_arns")]
    stale = _stale(resource, separate, inline=False)
    return [
        policies.find(item, resource, "managed_policy_arns")
        for item in value
        if not isinstance(item, str) or item not in stale
    ]


def _inline(world: World, resource: Resource, separate: Separate) -> list[Maybe[Policy]]:
    blocks = blocks_of(written(resource, "inline_policy"))
    if isinstance(blocks, Unknown):
        return [blocks]
    stale = _stale(resource, separate, inline=True)
    found: list[Maybe[Policy]] = []
    for index, block in enumerate(blocks):
        name = plain(block.get("name"))
        if given(block.get("policy")) and (not name or name not in stale):
            found.append(policy_at(world, block["policy"], resource, f"inline_policy[{index}]", name))
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
