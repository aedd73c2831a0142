"""Edits as JSON: for programs that write them elsewhere. Names of new things start with "new."."""

from pullproof.model.addresses import Addresses, Cidr, blocks
from pullproof.model.edits import Edit
from pullproof.model.endpoints import EndpointType
from pullproof.model.filters import GroupRef
from pullproof.model.iam import Principals, Statement
from pullproof.model.packets import EVERY_PORT, Service, ports_text, protocol_name
from pullproof.model.text import shown
from pullproof.model.value import Listing, Unknown
from pullproof.model.vpc import ListRef, Target

Json = dict[str, object]


def edit_json(edit: Edit) -> Json:
    """One edit: its kind, and every field under its own name; the kind of a policy's holder is `holder_kind`."""
    return {
        "kind": type(edit).__name__,
        **{
            "holder_kind" if field == "kind" else field: _value(getattr(edit, field))
            for field in edit.__struct_fields__
        },
    }


def _value(value: object) -> object:
    if isinstance(value, bool | int):
        return value
    if isinstance(value, tuple):
        return [_value(item) for item in value]
    if isinstance(value, str):
        return shown(value)
    return None if isinstance(value, Unknown) else _noun(value)


def _noun(value: object) -> object:
    match value:
        case EndpointType():
            return value.value
        case GroupRef():
            return {"group": _value(value.ref)}
        case ListRef():
            return {"prefix_list": _value(value.ref)}
        case Addresses():
            return {"blocks": [str(block) for block in blocks(value)]}
        case Cidr():
            return str(value)
        case Service():
            ports = "all" if value.ports == EVERY_PORT else ports_text(value.ports)
            return {"protocol": protocol_name(value.protocol), "ports": ports}
        case Target():
            return {"kind": value.kind.value, "ref": _value(value.ref)}
        case Statement():
            return statement_json(value)
        case _:
            raise TypeError(f"a field of an edit that cannot be written: {value!r}")


def statement_json(statement: Statement) -> Json:
    """A statement as policies have it; what has no value yet stands as `${name}`."""
    found: Json = {"Effect": "Allow", "Action": _texts(statement.actions)}
    if isinstance(statement.principals, Principals):
        of = {kind: _texts(values) for kind, values in statement.principals.of}
        found["Principal"] = "*" if "*" in of else of
    if statement.resources is not None:
        found["Resource"] = _texts(statement.resources)
    conditions: dict[str, dict[str, list[str]]] = {}
    for one in statement.conditions.items:
        conditions.setdefault(one.operator, {})[one.key] = _texts(one.values)
    if conditions:
        found["Condition"] = conditions
    return found


def _texts(listing: Listing[str]) -> list[str]:
    return [shown(text) for text in listing.items]
