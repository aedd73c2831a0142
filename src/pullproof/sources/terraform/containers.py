"""Container definitions: JSON text, perhaps with holes, and what references tell when it is unknown.

The provider reads the text as Go does: names of members in any case.
https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_ContainerDefinition.html
"""

import re

from pullproof.model.ecs import Container, LogConfiguration, SecretRef
from pullproof.model.text import HOLE, OPEN, anything, sole_hole
from pullproof.model.value import Listing, Maybe, Origin, Unknown, Why
from pullproof.sources.terraform.jsontext import decode, is_anything
from pullproof.sources.terraform.tree import Resource, Value
from pullproof.sources.terraform.world import World, at, given

#: What `valueFrom` may name.
SECRETS = ("aws_secretsmanager_secret", "aws_secretsmanager_secret_version", "aws_ssm_parameter")


def containers_of(world: World, resource: Resource, name: str) -> Listing[Container]:
    """The containers that an argument defines."""
    value = resource.values.get(name)
    if isinstance(value, str) and value:
        value = read_json(world, value, resource, name)
    if isinstance(value, Unknown):
        return Listing(inferred(world, resource, name), (value,))
    if not isinstance(value, list):
        return Listing((), (world.unknown(resource, name),))
    return listed(world, value, resource, name)


def listed(world: World, value: list[Value], resource: Resource, name: str) -> Listing[Container]:
    """The containers of a decoded list."""
    known: list[Container] = []
    opened: list[Unknown] = []
    for index, item in enumerate(value):
        if isinstance(item, dict):
            known.append(container(world, item, resource, f"{name}[{index}]"))
        else:
            opened.append(item if isinstance(item, Unknown) else world.unknown(resource, f"{name}[{index}]"))
    return Listing(tuple(known), tuple(opened))


def read_json(world: World, text: str, resource: Resource, name: str) -> Value:
    """The value of JSON text with holes, in the one spelling; what may be anything is `Unknown`."""
    whole = sole_hole(text.strip())
    if whole:
        return world.untold(text.strip(), resource, name)
    try:
        tree = decode(text)
    except ValueError:
        # In a template, a hole may stand where JSON wants a number, a list or an object.
        try:
            tree = decode(_with_quotes(text)) if OPEN in text else None
        except ValueError:
            tree = None
        if tree is None:
            why = Why.NOT_FOLLOWED if OPEN in text else Why.CONFLICT
            return Unknown(
                why, f"{name} of {resource.address}", resource.address, f"{name} is not JSON: mend it"
            )
    return world.document(settled(tree, world, resource, name))


def settled(tree: Value, world: World, resource: Resource, name: str) -> Value:
    """The tree with holes that may be of any type as Unknowns."""
    if is_anything(tree):
        return world.unknown(resource, name)
    if isinstance(tree, list):
        return [settled(item, world, resource, name) for item in tree]
    if isinstance(tree, dict):
        return {key: settled(item, world, resource, name) for key, item in tree.items()}
    return tree


def _with_quotes(text: str) -> str:
    """The text with quotation marks around holes outside of strings."""
    return re.sub(rf'"(?:[^"\\]|\\.)*"|{HOLE.pattern}', _quoted, text)


def _quoted(found: re.Match[str]) -> str:
    return found[0] if found[0].startswith('"') else f'"{anything(found[1])}"'


def container(world: World, item: dict[str, Value], resource: Resource, path: str) -> Container:
    """One container definition."""
    values = folded(item)
    origin = at(resource, path)
    name = values.get("name")
    credentials = values.get("repositorycredentials")
    return Container(
        origin=origin,
        name=name if isinstance(name, str | Unknown) else "",
        image=world.text(values.get("image"), resource, f"{path}.image"),
        essential=_flag(values.get("essential"), default=True),
        secrets=_secrets(world, values.get("secrets"), resource, f"{path}.secrets"),
        environment_files=_files(world, values.get("environmentfiles"), resource, f"{path}.environmentFiles"),
        repository_credentials=_credentials(world, credentials, resource, path),
        log=_log(world, values.get("logconfiguration"), resource, f"{path}.logConfiguration"),
    )


def folded(value: Value) -> dict[str, Value]:
    """The members of an object under lower-case names."""
    return {str(key).lower(): item for key, item in value.items()} if isinstance(value, dict) else {}


def _flag(value: Value, *, default: bool) -> Maybe[bool]:
    if isinstance(value, bool | Unknown):
        return value
    return default if not isinstance(value, str) else value.lower() == "true"


def _credentials(world: World, value: Value, resource: Resource, path: str) -> Maybe[str]:
    if isinstance(value, Unknown):
        return value
    parameter = folded(value).get("credentialsparameter")
    return "" if not given(parameter) else world.text(parameter, resource, f"{path}.repositoryCredentials")


def _secrets(world: World, value: Value, resource: Resource, path: str) -> Listing[SecretRef]:
    if isinstance(value, Unknown):
        return Listing((), (value,))
    known: list[SecretRef] = []
    opened: list[Unknown] = []
    for index, item in enumerate(value if isinstance(value, list) else ()):
        if isinstance(item, Unknown):
            opened.append(item)
            continue
        members = folded(item)
        name = members.get("name")
        known.append(
            SecretRef(
                origin=at(resource, f"{path}[{index}]"),
                name=name if isinstance(name, str) else "",
                value_from=world.text(members.get("valuefrom"), resource, f"{path}[{index}].valueFrom"),
            )
        )
    return Listing(tuple(known), tuple(opened))


def _files(world: World, value: Value, resource: Resource, path: str) -> Listing[str]:
    if isinstance(value, Unknown):
        return Listing((), (value,))
    items = [
        item if isinstance(item, Unknown) else folded(item).get("value")
        for item in (value if isinstance(value, list) else ())
    ]
    return world.texts(items, resource, path)


def _log(world: World, value: Value, resource: Resource, path: str) -> Maybe[LogConfiguration] | None:
    if value is None or isinstance(value, Unknown):
        return value
    members = folded(value)
    driver, options = members.get("logdriver"), members.get("options")
    if isinstance(options, Unknown):
        return options
    return LogConfiguration(
        origin=at(resource, path),
        driver=driver
        if isinstance(driver, str) and OPEN not in driver
        else world.unknown(resource, f"{path}.logDriver"),
        options=tuple(
            (str(key), world.text(item, resource, f"{path}.options.{key}"))
            for key, item in (options.items() if isinstance(options, dict) else ())
            if item is not None
        ),
        secret_options=_secrets(world, members.get("secretoptions"), resource, f"{path}.secretOptions"),
    )


def inferred(world: World, resource: Resource, name: str) -> tuple[Container, ...]:
    """Containers that the references in an unknown definition hint at."""
    origin = at(resource, name)
    images, secrets, logs = [], [], []
    for mention in resource.mentions.get(name, ()):
        owner, attribute = world.owner(mention)
        owner = owner or world.tree.resources.get(mention)
        if owner is None:
            continue
        if owner.type == "aws_ecr_repository" and attribute in ("", "repository_url"):
            images.append(f"{world.own_text(owner, 'repository_url')}:{anything(f'tag of {mention}')}")
        elif owner.type in SECRETS and attribute in ("", "arn"):
            # By name or id it is more likely the application that is told what to read.
            secrets.append((owner, world.own_text(owner, "arn")))
        elif owner.type == "aws_cloudwatch_log_group" and attribute in ("", "name", "id"):
            logs.append(_awslogs(world, owner, resource, origin))
    references = tuple(SecretRef(origin=origin, name="", value_from=arn) for _, arn in secrets)
    found = [_hint(origin, image=image) for image in images]
    if references:
        found.append(_hint(origin, secrets=Listing(references)))
    return (*found, *(_hint(origin, log=log) for log in logs))


def _hint(
    origin: Origin,
    image: str | None = None,
    secrets: Listing[SecretRef] | None = None,
    log: LogConfiguration | None = None,
) -> Container:
    unknown = Unknown(
        Why.NOT_FOLLOWED,
        f"the container definitions of {origin.address}",
        origin.address,
        "check the configuration's directory, or pass it with --source",
    )
    return Container(
        origin=origin,
        name=unknown,
        image=image or unknown,
        secrets=secrets or Listing(),
        log=log,
        inferred=True,
    )


def _awslogs(world: World, group: Resource, task: Resource, origin: Origin) -> LogConfiguration:
    """Logs into a group that is mentioned: in the task's region, unless the group is in another one."""
    region = world.where.region(group)
    if region != world.where.region(task):
        region = world.unknown(task, "awslogs-region")
    return LogConfiguration(
        origin=origin,
        driver="awslogs",
        options=(("awslogs-group", world.own_text(group, "name")), ("awslogs-region", region)),
    )
