"""How rules, routes and associations are written: inside the block of what has them, or as resources of their own.

The provider takes away what separate resources add to a block that lists such things itself.
"""

from collections.abc import Iterable

from pullproof.model.estate import Estate
from pullproof.model.value import Origin
from pullproof.render.base import CannotWrite
from pullproof.render.terraform.document import attribute_of, has_nested, mentioned
from pullproof.render.terraform.keys import Pointer
from pullproof.render.terraform.workspace import Found, Workspace

DIRECTIONS = ("ingress", "egress")
#: Resources that adopt what AWS made hold it to what they list, even to nothing.
ADOPTING = ("aws_default_security_group", "aws_default_network_acl", "aws_default_route_table")


class Styles:
    """Answers from the configuration where there is one, else from where the estate's nouns were written."""

    def __init__(self, estate: Estate, workspace: Workspace | None) -> None:
        self._estate = estate
        self._workspace = workspace

    def inline_rules(self, key: str, at: Pointer) -> bool:
        """Whether a security group has its rules inside its block."""
        held = self._estate.groups.get(key)
        origins = (
            [rule.origin for rule in (*held.ingress.items, *held.egress.items)] if held is not None else []
        )
        return self._inside(at, origins, DIRECTIONS)

    def inline_entries(self, key: str, at: Pointer) -> bool:
        """Whether a network ACL has its entries inside its block."""
        held = self._estate.acls.get(key)
        origins = (
            [one.origin for one in (*held.ingress.items, *held.egress.items)] if held is not None else []
        )
        return self._inside(at, origins, DIRECTIONS)

    def inline_routes(self, key: str, at: Pointer) -> bool:
        """Whether a route table has its routes inside its block."""
        held = self._estate.route_tables.get(key)
        origins = [route.origin for route in held.routes.items] if held is not None else []
        return self._inside(at, origins, ("route",))

    def lists(self, at: Pointer, name: str, *, beside: bool = False) -> bool:
        """Whether an endpoint's associations are listed in its block; or nowhere yet, unless `beside`."""
        found = self._find(at)
        if found is None:
            held = self._estate.endpoints.get(at.address)
            return held is not None and bool(held.route_tables.items or held.subnets.items)
        if found.document.attribute(found.spot, name) is not None:
            return True
        kind = f"aws_vpc_endpoint_{name.removesuffix('_ids')}_association"
        return not beside and not self.separate(at, kind)

    def writes(self, at: Pointer, name: str) -> bool:
        """Whether a block has an argument or nested blocks of a name."""
        found = self._find(at)
        if found is None:
            return True
        node = found.document.block(found.spot)
        return attribute_of(node, name) is not None or has_nested(node, name) or at.type in ADOPTING

    def separate(self, at: Pointer, kind: str) -> list[tuple[str, ...]]:
        """The labels of the resources of a type, in the same module, that refer to a block."""
        if self._workspace is None:
            return []
        return [
            labels
            for labels, document in self._workspace.holds(at.path, kind)
            if at.block in mentioned(document.blocks()[labels])
        ]

    def is_list(self, at: Pointer, name: str) -> bool:
        """Whether an argument's value is certainly a list, not a set: `concat` takes nothing else."""
        found = self._find(at)
        value = found.document.attribute(found.spot, name) if found is not None else None
        if found is None or value is None or self._workspace is None:
            return False
        text = found.document.text(value).strip()
        variable = self._workspace.module(at.path).variables.get(text.removeprefix("var."))
        kind = variable.attributes.get("type") if variable is not None and text.startswith("var.") else None
        return kind is not None and kind.text.replace(" ", "").startswith("list(")

    def as_argument(self, at: Pointer, name: str) -> bool:
        """Whether blocks of a type are written as one argument, a list of objects."""
        found = self._find(at)
        return found is not None and found.document.attribute(found.spot, name) is not None

    def place(self, at: Pointer) -> str:
        """`file:line` of a block; "" where it is not known."""
        try:
            found = self._find(at)
        except CannotWrite:
            return ""
        return found.place if found is not None else ""

    def _inside(self, at: Pointer, origins: Iterable[Origin], names: tuple[str, ...]) -> bool:
        if at.type in ADOPTING:
            return True
        found = self._find(at)
        if found is not None:
            node = found.document.block(found.spot)
            return any(attribute_of(node, name) is not None or has_nested(node, name) for name in names)
        return any(origin.path.startswith(names) and origin.address == at.address for origin in origins)

    def _find(self, at: Pointer) -> Found | None:
        return self._workspace.find(at) if self._workspace is not None else None
