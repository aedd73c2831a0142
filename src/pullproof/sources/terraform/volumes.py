"""EFS volumes of task definitions and job definitions."""

from pullproof.model.ecs import EfsVolume
from pullproof.model.text import OPEN
from pullproof.model.value import Maybe, Unknown
from pullproof.sources.terraform.tree import Resource, Value
from pullproof.sources.terraform.world import World, at, first_block, given


def efs_volume(
    world: World, resource: Resource, volume: dict[str, Value], efs: dict[str, Value], path: str
) -> EfsVolume:
    """One EFS volume. `efs` has the names of AWS's API in lower case, or those of the provider."""
    values = {name.replace("_", ""): value for name, value in efs.items()}
    authorization = first_block(values.get("authorizationconfig"))
    if isinstance(authorization, Unknown):
        point: Maybe[str] = authorization
        iam: Maybe[bool] = authorization
    else:
        members = {name.replace("_", "").lower(): value for name, value in authorization.items()}
        value = members.get("accesspointid")
        point = world.text(value, resource, f"{path}.access_point_id") if given(value) else ""
        iam = _enabled(world, resource, members.get("iam"), f"{path}.iam")
    name, root = volume.get("name"), values.get("rootdirectory")
    return EfsVolume(
        origin=at(resource, path),
        name=name if isinstance(name, str) else "",
        file_system=world.text(values.get("filesystemid"), resource, f"{path}.file_system_id"),
        transit_encryption=_enabled(world, resource, values.get("transitencryption"), path),
        iam=iam,
        access_point=point,
        root_directory=world.text(root, resource, f"{path}.root_directory") if given(root) else "/",
    )


def _enabled(world: World, resource: Resource, value: Value, what: str) -> Maybe[bool]:
    if isinstance(value, Unknown):
        return value
    if not given(value):
        return False
    return str(value).upper() == "ENABLED" if OPEN not in str(value) else world.unknown(resource, what)
