"""What a task definition of an app needs while its tasks start, read from what will be synthesised."""

import json
import re
from collections.abc import Iterator, Mapping
from typing import Any

import msgspec

#: JSON-like, with CloudFormation's functions in the place of what is not known yet.
Value = Any

#: The images of private ECR repositories, as text or in the middle of a function.
_ECR = re.compile(r"\.dkr[.-]ecr")


class Needs(msgspec.Struct, frozen=True, kw_only=True):
    """Which services are called, and what of them: ARNs as they will stand in the template.

    `resources` maps the name of a service ("secretsmanager") to ARNs; none means that they are not known
    one by one. `public` are images of registries that no endpoint leads to.
    """

    services: tuple[str, ...]
    resources: Mapping[str, tuple[Value, ...]] = {}
    public: tuple[str, ...] = ()
    efs: bool = False


def needs_of(properties: Mapping[str, Value], *, exec_enabled: bool, types: Mapping[str, str]) -> Needs:
    """The needs of one task definition, with its properties in the CDK's spelling ("containerDefinitions").

    `types` are the types of the stack's resources by logical id.
    """
    found: dict[str, list[Value]] = {}
    public: list[str] = []
    for container in properties.get("containerDefinitions") or ():
        image = json.dumps(container.get("image", ""))
        if _ECR.search(image):
            for service in ("ecr.api", "ecr.dkr", "s3"):
                found.setdefault(service, [])
        else:
            public.append(image.strip('"'))
        for service, resource in _read(container, types):
            found.setdefault(service, []).append(resource)
    if exec_enabled:
        found.setdefault("ssmmessages", [])
    volumes = properties.get("volumes") or ()
    return Needs(
        services=tuple(found),
        resources={name: _whole(values) for name, values in found.items()},
        public=tuple(dict.fromkeys(public)),
        efs=any("efsVolumeConfiguration" in volume for volume in volumes),
    )


def together(needs: list[Needs]) -> Needs:
    """What several task definitions need."""
    services = dict.fromkeys(name for one in needs for name in one.services)
    resources: dict[str, tuple[Value, ...]] = {}
    for name in services:
        held = [one.resources[name] for one in needs if name in one.services]
        resources[name] = _whole([item for some in held for item in some]) if all(held) else ()
    public = dict.fromkeys(image for one in needs for image in one.public)
    return Needs(
        services=tuple(services), resources=resources, public=tuple(public), efs=any(one.efs for one in needs)
    )


def _read(container: Mapping[str, Value], types: Mapping[str, str]) -> Iterator[tuple[str, Value]]:
    """What one container's agent reads: the service, and the ARN, or None where it is not known."""
    logging = container.get("logConfiguration") or {}
    for secret in [*(container.get("secrets") or ()), *(logging.get("secretOptions") or ())]:
        yield from _secret(secret.get("valueFrom"), types)
    credentials = (container.get("repositoryCredentials") or {}).get("credentialsParameter")
    if credentials is not None:
        yield "secretsmanager", _arn_of_secret(credentials)
    for file in container.get("environmentFiles") or ():
        yield "s3", file.get("value")
    if logging.get("logDriver") == "awslogs":
        yield "logs", _log_group((logging.get("options") or {}).get("awslogs-group"))


def _secret(value: Value, types: Mapping[str, str]) -> Iterator[tuple[str, Value]]:
    """A secret's ARN, or a parameter's ARN or name; where neither shows, either may be meant."""
    text = json.dumps(value)
    first = _first(value)
    kind = types.get(first.get("Ref", ""), "") if isinstance(first, dict) else ""
    if ":ssm:" in text or kind == "AWS::SSM::Parameter" or (isinstance(value, str) and ":" not in value):
        yield "ssm", _arn_of_parameter(value)
    elif ":secretsmanager:" in text or kind.startswith("AWS::SecretsManager::"):
        yield "secretsmanager", _arn_of_secret(value)
    else:
        yield "secretsmanager", None
        yield "ssm", None


def _first(value: Value) -> Value:
    """What a text begins with: the first part of a join, or the whole."""
    if isinstance(value, dict) and "Fn::Join" in value:
        parts = value["Fn::Join"][1]
        return parts[0] if parts else value
    return value


def _arn_of_secret(value: Value) -> Value:
    """The ARN without the key, stage and version that may follow it.

    https://docs.aws.amazon.com/AmazonECS/latest/developerguide/secrets-envvar-secrets-manager.html
    """
    if isinstance(value, str):
        parts = value.split(":")
        return ":".join(parts[:7]) if value.startswith("arn:") and len(parts) >= 7 else None
    if not isinstance(value, dict) or "Fn::Join" not in value:
        return value
    parts = value["Fn::Join"][1]
    if isinstance(parts[0], dict):
        return parts[0]
    return _joined_arn(parts)


def _joined_arn(parts: list[Value]) -> Value:
    """A join that spells an ARN, up to the seventh colon."""
    left, found = 7, list[Value]()
    for part in parts:
        if not isinstance(part, str):
            found.append(part)
            continue
        pieces = part.split(":")
        if len(pieces) > left:
            found.append(":".join(pieces[:left]))
            break
        left -= len(pieces) - 1
        found.append(part)
    return {"Fn::Join": ["", found]}


def _arn_of_parameter(value: Value) -> Value:
    """The ARN of a parameter, which may be given by its name."""
    if isinstance(value, str) and value.startswith("arn:"):
        return value
    if isinstance(value, dict) and ":ssm:" in json.dumps(value):
        return value
    name: Value = value
    slash = "" if isinstance(value, str) and value.startswith("/") else "/"
    if isinstance(value, dict):  # `Ref` of a parameter is its name, with or without the slash
        return None
    return {
        "Fn::Join": [
            "",
            [
                *("arn:", {"Ref": "AWS::Partition"}, ":ssm:", {"Ref": "AWS::Region"}, ":"),
                *({"Ref": "AWS::AccountId"}, f":parameter{slash}{name}"),
            ],
        ]
    }


def _log_group(name: Value) -> Value:
    """The streams of a log group."""
    if name is None:
        return None
    return {
        "Fn::Join": [
            "",
            [
                *("arn:", {"Ref": "AWS::Partition"}, ":logs:", {"Ref": "AWS::Region"}, ":"),
                *({"Ref": "AWS::AccountId"}, ":log-group:", name, ":*"),
            ],
        ]
    }


def _whole(values: list[Value]) -> tuple[Value, ...]:
    """Each once; nothing where one of them is not known."""
    if any(value is None for value in values):
        return ()
    return tuple({json.dumps(value, sort_keys=True): value for value in values}.values())
