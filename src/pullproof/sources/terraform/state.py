"""A state as a tree of resources: as `terraform show -json` prints it, or Terraform's own file."""

from collections.abc import Iterator
from typing import Any

import msgspec

from pullproof.errors import InputError
from pullproof.sources.terraform.plan_json import NOTHING, StateResource, decoded, instances, read_state
from pullproof.sources.terraform.references import joined, suffix
from pullproof.sources.terraform.tree import Resource, Tree
from pullproof.sources.terraform.wanted import WANTED


class FileInstance(msgspec.Struct):
    """An instance in a state file."""

    index_key: str | int | None = None
    attributes: msgspec.Raw = NOTHING
    deposed: str = ""


class FileResource(msgspec.Struct):
    """A resource in a state file."""

    type: str
    name: str
    mode: str = "managed"
    module: str = ""
    provider: str = ""
    instances: list[FileInstance] = []


class StateFile(msgspec.Struct):
    """`terraform.tfstate`, version 4: what https://developer.hashicorp.com/terraform/language/state is about."""

    version: int
    resources: list[FileResource] = []
    values: Any = None
    format_version: str = ""


def tree_of_state(data: bytes, path: str) -> Tree:
    """The resources of a state.

    Raises:
        InputError: it is cut off, not JSON, or not a state that we know.
    """
    if _is_file(data):
        found = dict(_of_file(decoded(data, StateFile, path), path))
    else:
        found = dict(_of_show(data, path))
    return Tree(resources=found)


def _is_file(data: bytes) -> bool:
    """Whether this is Terraform's own file: it begins with its version, a number."""
    return data.lstrip(b" \t\r\n{").startswith(b'"version"')


def _of_show(data: bytes, path: str) -> Iterator[tuple[str, Resource]]:
    state = read_state(data, path)
    if state.values is None:
        return
    for module, item in instances(state.values.root_module):
        if item.type in WANTED:
            yield item.address, _resource(module, item, path)


def _of_file(state: StateFile, path: str) -> Iterator[tuple[str, Resource]]:
    if state.version != 4:
        raise InputError(
            f"this is version {state.version} of Terraform's state, and version 4 is known",
            place=path,
            remedy="terraform show -json > state.json",
        )
    for item in state.resources:
        if item.type not in WANTED:
            continue
        data = item.mode == "data"
        for one in item.instances:
            if one.deposed:
                continue
            name = f"{'data.' if data else ''}{item.type}.{item.name}{suffix(one.index_key)}"
            shown = StateResource(
                address=joined(item.module, name),
                type=item.type,
                name=item.name,
                mode=item.mode,
                index=one.index_key,
                values=one.attributes,
            )
            yield shown.address, _resource(item.module, shown, path, _key(item.provider))


def _resource(module: str, item: StateResource, path: str, provider: str = "aws") -> Resource:
    return Resource(
        address=item.address,
        type=item.type,
        name=item.name,
        values=_values(item.values, f"{path}: {item.address}"),
        data=item.mode == "data",
        index=item.index,
        module=module,
        provider=provider,
        exists=True,
    )


def _values(raw: msgspec.Raw, place: str) -> dict[str, Any]:
    try:
        value = msgspec.json.decode(raw)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
        raise InputError(f"the values of this resource cannot be read: {error}", place=place) from None
    return value if isinstance(value, dict) else {}


def _key(provider: str) -> str:
    """`provider["registry.terraform.io/hashicorp/aws"].west` as "aws.west"."""
    return f"aws{provider.rpartition(']')[2]}" if "]" in provider else "aws"
