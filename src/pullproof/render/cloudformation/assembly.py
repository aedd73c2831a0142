"""An assembly of the CDK is never edited: what is said instead is which construct of the app to change."""

import json
from collections.abc import Iterable, Iterator
from pathlib import Path

from pullproof.model import edits as e
from pullproof.model.filters import GroupRef
from pullproof.render.base import Refusal, Rendered
from pullproof.render.cloudformation.planner import label

#: Where the CDK says which construct made a resource.
PATH = "aws:cdk:path"
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
    for file in sorted(Path(folder).rglob("*.template.json")):
        try:
            resources = json.loads(file.read_bytes()).get("Resources")
        except (OSError, ValueError, AttributeError, RecursionError):
            continue
        for name, value in resources.items() if isinstance(resources, dict) else ():
            metadata = value.get("Metadata") if isinstance(value, dict) else None
            path = metadata.get(PATH) if isinstance(metadata, dict) else None
            if isinstance(path, str):
                found[name] = path.removesuffix("/Resource")
    return found


def _keys(edit: e.Edit) -> Iterator[str]:
    """The keys of what an edit changes, then of what it puts something beside."""
    for name in (*_CHANGED, *_BESIDE):
        value = getattr(edit, name, ())
        yield from [value] if isinstance(value, str) else value
    peer = getattr(edit, "peer", None)
    if isinstance(peer, GroupRef) and isinstance(peer.ref, str):
        yield peer.ref
