"""Associations of subnets with route tables that are there, and are to lead to another table."""

from pullproof.model import edits
from pullproof.model.edits import Edit, new
from pullproof.render.base import CannotWrite
from pullproof.render.terraform.changes import Placed, SetArgument
from pullproof.render.terraform.document import Spot, mentioned
from pullproof.render.terraform.hcl import index
from pullproof.render.terraform.keys import Pointer
from pullproof.render.terraform.resources import associated
from pullproof.render.terraform.writer import Writer

ASSOCIATION = "aws_route_table_association"
_BY_HAND = "aws ec2 replace-route-table-association --association-id ID --route-table-id ID"


def to_move(writer: Writer, edit: Edit) -> list[Pointer]:
    """The associations that an edit moves to its new table.

    Raises:
        CannotWrite: a subnet is associated by something that cannot be changed for it alone.
    """
    if not isinstance(edit, edits.AddRouteTable):
        return []
    return [_of(writer, key) for key in edit.subnets if associated(writer.estate, key)]


def moved(writer: Writer, edit: Edit, places: list[Pointer]) -> list[Placed]:
    """The changes, once the table has its name."""
    name = edit.name if isinstance(edit, edits.AddRouteTable) else ""
    return [
        (at, SetArgument((), "route_table_id", writer.refs.of(new(name), "id", at.calls))) for at in places
    ]


def refuse_beside(writer: Writer, edit: Edit) -> None:
    """Refuse a table for a subnet that another file associates already.

    Raises:
        CannotWrite: there is one.
    """
    for at in to_move(writer, edit):
        raise CannotWrite(
            f"it changes {at.block}, which another file cannot do",
            f"set route_table_id of {at.block}, or let --write do it",
        )


def _of(writer: Writer, key: str) -> Pointer:
    subnet = writer.refs.where(key)
    if subnet is None or subnet.data or subnet.rest or writer.workspace is None:
        raise CannotWrite(f"{key} is associated with a route table already, and not here", _BY_HAND)
    found = []
    for labels, document in writer.workspace.holds(subnet.path, ASSOCIATION):
        spot = Spot(labels)
        value = document.attribute(spot, "subnet_id")
        if labels[0] != "resource" or subnet.block not in mentioned(document.block(spot)):
            continue
        plain = value is not None and document.text(value).strip() == f"{_named(subnet)}.id"
        if not plain or any(document.attribute(spot, name) is not None for name in ("count", "for_each")):
            raise CannotWrite(
                f"{ASSOCIATION}.{labels[2]} may be about other subnets too",
                f"associate {key} with the new route table there",
            )
        found.append(Pointer(subnet.calls, f"{ASSOCIATION}.{labels[2]}"))
    if len(found) != 1:
        raise CannotWrite(f"{key} is associated with a route table already, and not by its name", _BY_HAND)
    return found[0]


def _named(subnet: Pointer) -> str:
    """What a subnet is called in its own module."""
    return f"{subnet.block}{index(subnet.index)}"
