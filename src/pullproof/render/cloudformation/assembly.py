"""An assembly of the CDK is never edited: what is said instead is which construct of the app to change."""

import json
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

from pullproof.model import edits as e
from pullproof.model.filters import GroupRef
from pullproof.render.base import Refusal, Rendered
from pullproof.render.cloudformation.planner import label

#: Where the CDK says which construct made a resource.
PATH = "aws:cdk:path"
LOGICAL_ID = "aws:cdk:logicalId"
#: Fields that name what an edit changes, the nearest first.
_CHANGED = (
    "endpoint",
    "group",
    "acl",
    "table",
    "launch",
    "holder",
    "role",
    "task_definition",
    "file_system",
    "zone",
)
_BESIDE = ("vpc", "subnet", "subnets", "route_tables")


def render_assembly(edits: Iterable[e.Edit], folder: str) -> Rendered:
    """Every edit refused, with the path of the construct that it is about."""
    paths = construct_paths(folder)
    refusals = []
    for edit in edits:
        found = next(
            (paths[part] for key in _keys(edit) for part in reversed(key.split(".")) if part in paths), ""
        )
        where = f"change {found} in the app" if found else "change the app"
        refusals.append(
            Refusal(
                edit=label(edit),
                why=f"{folder} is written anew by each synthesis",
                remedy=f"{where}, or write what is new as a construct of Python: --format cdk",
            )
        )
    return Rendered(refusals=tuple(refusals))


def construct_paths(folder: str) -> dict[str, str]:
    """The path of the construct behind each logical id of an assembly; none from a file that cannot be read."""
    found: dict[str, str] = {}
    for file in sorted(Path(folder).rglob("*.json")):
        if not file.name.endswith((".template.json", ".metadata.json", "manifest.json")):
            continue
        try:
            held = json.loads(file.read_bytes())
        except (OSError, ValueError, RecursionError):
            continue
        found.update(_in_template(held))
        found.update(_in_metadata(held))
        artifacts = held.get("artifacts") if isinstance(held, dict) else None
        for one in artifacts.values() if isinstance(artifacts, dict) else ():
            found.update(_in_metadata(one.get("metadata") if isinstance(one, dict) else None))
    return found


def _in_template(held: Any) -> Iterator[tuple[str, str]]:
    """What the CDK's own command writes beside each resource."""
    resources = held.get("Resources") if isinstance(held, dict) else None
    for name, value in resources.items() if isinstance(resources, dict) else ():
        metadata = value.get("Metadata") if isinstance(value, dict) else None
        path = metadata.get(PATH) if isinstance(metadata, dict) else None
        if isinstance(path, str):
            yield name, path.removesuffix("/Resource")


def _in_metadata(held: Any) -> Iterator[tuple[str, str]]:
    """What the assembly keeps by the path of each construct."""
    for path, entries in held.items() if isinstance(held, dict) else ():
        for one in entries if isinstance(entries, list) else ():
            if isinstance(one, dict) and one.get("type") == LOGICAL_ID and isinstance(one.get("data"), str):
                yield one["data"], path.strip("/").removesuffix("/Resource")


def _keys(edit: e.Edit) -> Iterator[str]:
    """The keys of what an edit changes, then of what it puts something beside."""
    for name in (*_CHANGED, *_BESIDE):
        value = getattr(edit, name, ())
        yield from [value] if isinstance(value, str) else value
    peer = getattr(edit, "peer", None)
    if isinstance(peer, GroupRef) and isinstance(peer.ref, str):
        yield peer.ref
