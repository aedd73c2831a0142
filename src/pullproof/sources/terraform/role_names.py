"""Which roles a name may mean. Policies come to roles by name, and of a name only a part may be known.

https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_iam-quotas.html (names differ by more than case)
"""

from collections.abc import Iterator

import msgspec

from pullproof.model.iam import Policy
from pullproof.model.text import CLOSE, OPEN, holes, is_exact
from pullproof.model.value import Listing, Maybe, Unknown, Why
from pullproof.sources.terraform.tree import Resource
from pullproof.sources.terraform.world import World, is_left_out

#: What another stack exports is there before this one, and is no name that AWS chooses for it.
IMPORT = "import:"


class RoleNames:
    """The names of an input's roles, as far as they are known."""

    def __init__(self, world: World) -> None:
        self._world = world
        self._roles = tuple(world.of("aws_iam_role", "data.aws_iam_role"))

    def has(self, key: str) -> bool:
        """Whether a key is a role's."""
        return any(role.address == key for role in self._roles)

    def perhaps(self, value: str, resource: Resource, what: str) -> Iterator[tuple[str, Unknown]]:
        """The roles that an argument may name though it does not certainly, and why that is not known."""
        text = self._world.spelt(value)
        for role in self._roles:
            chosen = is_left_out(role, "name", role.values.get("name"))
            name = self._world.own_text(role, "name")
            if not (self._any(text) if chosen else _alike(text, name)):
                continue
            if not is_exact(text):
                yield role.address, self._world.untold(value, resource, what)
            elif not is_exact(name):
                yield role.address, self._world.untold(role.values.get("name"), role, "name")
            elif text != name:
                yield role.address, _by_case(text, resource, name, role)

    def _any(self, text: str) -> bool:
        """Whether a text may be a name that AWS chooses: no text that somebody wrote before is."""
        asked = holes(text)
        if len(asked) != 1 or text != f"{OPEN}{asked[0]}{CLOSE}":
            return any(name.startswith("?") for name in asked)
        name = asked[0]
        owner, _ = self._world.owner(name)
        if owner is not None:
            return owner.data
        return not name.startswith(IMPORT)


def doubted(policy: Maybe[Policy], reason: Unknown) -> Maybe[Policy]:
    """A policy that may be on a role: each statement counts only under a condition that is not known."""
    if isinstance(policy, Unknown):
        return policy
    statements = policy.statements
    unsure = tuple(
        msgspec.structs.replace(
            one, conditions=msgspec.structs.replace(one.conditions, open=(*one.conditions.open, reason))
        )
        for one in statements.items
    )
    return msgspec.structs.replace(policy, statements=Listing(unsure, statements.open))


def _by_case(text: str, resource: Resource, name: str, role: Resource) -> Unknown:
    return Unknown(
        Why.CONFLICT,
        f"whether {text}, which {resource.address} names, is {role.address}",
        resource.address,
        f"write it as {role.address} has it: {name}",
    )


def _alike(one: str, other: str) -> bool:
    """Whether two texts may be the same: what is written before and behind what is not known fits."""
    one, other = one.casefold(), other.casefold()
    if is_exact(one) and is_exact(other):
        return one == other
    (head, tail), (start, end) = _ends(one), _ends(other)
    for exact, known in ((one, len(start) + len(end)), (other, len(head) + len(tail))):
        if is_exact(exact) and len(exact) < known:
            return False
    return (head.startswith(start) or start.startswith(head)) and (tail.endswith(end) or end.endswith(tail))


def _ends(text: str) -> tuple[str, str]:
    return text.partition(OPEN)[0], text.rpartition(CLOSE)[2]
