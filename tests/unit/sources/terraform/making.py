"""Plans made by hand, as Terraform would write them: for cases that a test must be able to see whole.

`create("aws_subnet.a", vpc_id=Ref("aws_vpc.main.id"), cidr_block="10.0.0.0/24")` is a resource that the
plan creates. A value that has a `Ref` in it is unknown, with the references that Terraform lists for it.
"""

import json
from typing import Any

import msgspec

from pullproof.model.estate import Estate
from pullproof.sources.base import Loaded, Options
from pullproof.sources.terraform.load import load_plan

#: Blocks that are attributes to Terraform: all share one list of references.
SHARED = ("ingress", "egress", "route")
MISSING = object()


class Ref(msgspec.Struct, frozen=True):
    """An expression that mentions names, and is known only after apply."""

    names: tuple[str, ...]

    @classmethod
    def to(cls, *names: str) -> "Ref":
        """The expression `names[0]`, or one that mentions all of them."""
        return cls(names)

    @property
    def references(self) -> list[str]:
        """Each name, and what it is a part of."""
        return [part for name in self.names for part in _parts(name)]


class Known(msgspec.Struct, frozen=True):
    """An expression that mentions names, and whose value is known."""

    value: Any
    names: tuple[str, ...]


COMPUTED = Ref(())


class Block(msgspec.Struct):
    """A resource instance of a plan, and its block."""

    change: dict[str, Any]
    written: dict[str, Any]
    module: str


def ref(*names: str) -> Ref:
    """An unknown expression that mentions names."""
    return Ref(names)


def create(address: str, **values: Any) -> Block:
    """A new resource: its id and ARN are not known yet."""
    return _block(address, ("create",), {"id": COMPUTED, "arn": COMPUTED} | values)


def vpc(name: str = "main", **values: Any) -> Block:
    """A new VPC, with the names of what AWS makes with it."""
    born = (
        "main_route_table_id",
        "default_route_table_id",
        "default_network_acl_id",
        "default_security_group_id",
    )
    return create(
        f"aws_vpc.{name}", **({"cidr_block": "10.0.0.0/16"} | dict.fromkeys(born, COMPUTED) | values)
    )


def keep(address: str, **values: Any) -> Block:
    """A resource that exists and stays as it is."""
    return _block(address, ("no-op",), values)


def delete(address: str, **values: Any) -> Block:
    """A resource that the plan takes away."""
    found = _block(address, ("delete",), values)
    found.change["change"] |= {"before": found.change["change"]["after"], "after": None}
    return found


def read(address: str, **values: Any) -> Block:
    """A data source that is read during the apply."""
    return _block(address, ("read",), {"id": COMPUTED} | values)


def change(address: str, before: dict[str, Any], **values: Any) -> Block:
    """A resource that is changed in place."""
    found = _block(address, ("update",), values)
    found.change["change"]["before"] = before
    return found


def looked_up(address: str, **values: Any) -> tuple[str, dict[str, Any]]:
    """A data source that was read while planning: it is in the prior state."""
    return address, values


def plan(
    *blocks: Block | tuple[str, dict[str, Any]], calls: dict[str, Any] | None = None, **top: Any
) -> bytes:
    """The JSON of a plan."""
    state = [_in_state(*item) for item in blocks if isinstance(item, tuple)]
    made = [item for item in blocks if isinstance(item, Block)]
    root: dict[str, Any] = {"resources": _written(made, ""), "module_calls": calls or {}}
    for name, call in (calls or {}).items():
        call.setdefault("module", {})["resources"] = _written(made, f"module.{name}")
    document = {
        "format_version": "1.2",
        "terraform_version": "1.11.4",
        "planned_values": {"root_module": {}},
        "resource_changes": [block.change for block in made],
        "configuration": {
            "provider_config": {
                "aws": {"name": "aws", "expressions": {"region": {"constant_value": "eu-west-1"}}}
            },
            "root_module": root,
        },
    } | top
    if state:
        document["prior_state"] = {
            "format_version": "1.0",
            "values": {"root_module": {"resources": state}},
        }
    return json.dumps(document).encode()


def load(*blocks: Block | tuple[str, dict[str, Any]], options: Options | None = None, **top: Any) -> Loaded:
    """A plan, read without looking for its configuration."""
    options = options or Options(use_source=False)
    return load_plan(plan(*blocks, **top), "plan.json", options)


def estate(*blocks: Block | tuple[str, dict[str, Any]], **top: Any) -> Estate:
    """The estate of a plan."""
    return load(*blocks, **top).estate


def _block(address: str, actions: tuple[str, ...], values: dict[str, Any]) -> Block:
    module, name, index = _split(address)
    data = name.startswith("data.")
    kind, label = name.removeprefix("data.").split(".")
    known: dict[str, Any] = {}
    unknown: dict[str, Any] = {}
    expressions: dict[str, Any] = {}
    for key, value in values.items():
        after, open_, expression = _parts_of(value, shared=key in SHARED)
        if after is not MISSING:
            known[key] = after
        if open_:
            unknown[key] = open_
        if value is not COMPUTED:
            expressions[key] = expression
    change: dict[str, Any] = {
        "address": address,
        "mode": "data" if data else "managed",
        "type": kind,
        "name": label,
        "provider_name": "registry.terraform.io/hashicorp/aws",
        "change": {"actions": list(actions), "before": None, "after": known, "after_unknown": unknown},
    }
    if module:
        change["module_address"] = module
    if index is not None:
        change["index"] = index
    written = {
        "mode": change["mode"],
        "type": kind,
        "name": label,
        "provider_config_key": "aws",
        "expressions": expressions,
    }
    if index is not None:
        written["count_expression" if isinstance(index, int) else "for_each_expression"] = {}
    return Block(change, written, module)


def _parts_of(value: Any, *, shared: bool = False) -> tuple[Any, Any, Any]:
    """What the plan knows of a value, what it does not, and what is written."""
    if isinstance(value, Ref):
        return MISSING, True, {"references": value.references}
    if isinstance(value, Known):
        return value.value, False, {"references": Ref(value.names).references}
    if isinstance(value, list) and any(isinstance(item, Ref) for item in value):
        names = tuple(name for item in value if isinstance(item, Ref) for name in item.names)
        return MISSING, True, {"references": Ref(names).references}
    if isinstance(value, list) and value and all(isinstance(item, dict) for item in value):
        parts = [_table_of(item) for item in value]
        references = [name for _, _, written in parts for name in _all_references(written)]
        together = {"references": references} if references else {"constant_value": value}
        expression = together if shared else [written for _, _, written in parts]
        opened = [open_ for _, open_, _ in parts]
        return [known for known, _, _ in parts], opened if any(opened) else False, expression
    return value, False, {"constant_value": value}


def _table_of(table: dict[str, Any]) -> tuple[dict[str, Any], dict[str, Any], dict[str, Any]]:
    known, unknown, expressions = {}, {}, {}
    for key, value in table.items():
        after, open_, expressions[key] = _parts_of(value)
        if after is not MISSING:
            known[key] = after
        if open_:
            unknown[key] = open_
    return known, unknown, expressions


def _all_references(written: Any) -> list[str]:
    if isinstance(written, dict):
        own = written.get("references", [])
        return [
            *own,
            *(name for key, item in written.items() if key != "references" for name in _all_references(item)),
        ]
    return [name for item in written for name in _all_references(item)] if isinstance(written, list) else []


def _written(blocks: list[Block], module: str) -> list[dict[str, Any]]:
    """The blocks of a module, each once; instances of a module have the same."""
    found = {}
    for block in blocks:
        if block.module.split("[")[0] == module:
            found[block.written["mode"], block.written["type"], block.written["name"]] = block.written
    return list(found.values())


def _in_state(address: str, values: dict[str, Any]) -> dict[str, Any]:
    _, name, index = _split(address)
    data = name.startswith("data.")
    kind, label = name.removeprefix("data.").split(".")
    found = {
        "address": address,
        "mode": "data" if data else "managed",
        "type": kind,
        "name": label,
        "values": values,
    }
    return found if index is None else found | {"index": index}


def _split(address: str) -> tuple[str, str, int | str | None]:
    """Module, name and index of an address; modules of the tests have no dots in their keys."""
    index: int | str | None = None
    name = address
    if name.endswith("]"):
        name, _, text = name.rpartition("[")
        index = json.loads(text[:-1])
    module = ""
    while name.startswith("module."):
        _, step, name = name.split(".", 2)
        module = f"{module}.module.{step}".lstrip(".")
    return module, name, index


def _parts(name: str) -> list[str]:
    """`a.b.c[0].d` as Terraform lists it: with everything that it is a part of."""
    found = [name]
    least = 3 if name.startswith("data.") else 2
    while True:
        cut = max(name.rfind("."), name.rfind("["))
        if cut < 0 or name[:cut].count(".") + 1 < least:
            return found
        name = name[:cut]
        found.append(name)
