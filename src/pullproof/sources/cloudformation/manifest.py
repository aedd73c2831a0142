"""A CDK assembly's manifest: which stacks, where, out of which program.

https://github.com/aws/aws-cdk/tree/main/packages/%40aws-cdk/cloud-assembly-schema
"""

import os
import re
from collections.abc import Iterator, Mapping
from typing import Any

import msgspec

from pullproof.errors import InputError
from pullproof.sources.cloudformation.files import read_file

MANIFEST = "manifest.json"
SYNTH = "cdk synth"
#: Assemblies within assemblies: a stage in a stage. More is a loop.
DEEPEST = 20

#: What the CDK writes for a VPC that it has not looked up yet.
#: https://docs.aws.amazon.com/cdk/v2/guide/context.html
_DUMMY_VPC = frozenset(
    (
        *("vpc-12345", "1.2.3.4/5", "dummy1a", "dummy1b", "dummy1c"),
        *("s-12345", "s-67890", "p-12345", "p-67890"),
        *("rtb-12345s", "rtb-67890s", "rtb-12345p", "rtb-57890p", "rtb-67890p"),
    )
)
_FRAME = re.compile(r"(?:^|[\s(])([^\s()]+?):(\d+)(?::\d+)?\)?$")
_INNER = ("node_modules", "node:", "jsii", "internal/", "/lib/program.js", "aws-cdk-lib", "site-packages")


class Artifact(msgspec.Struct, kw_only=True):
    """One artifact of a manifest, as far as it is read."""

    type: str = ""
    environment: str = ""
    properties: dict[str, Any] = {}
    metadata: dict[str, Any] = {}
    additional_metadata_file: str = msgspec.field(name="additionalMetadataFile", default="")


class Manifest(msgspec.Struct, kw_only=True):
    """A manifest, as far as it is read."""

    version: str = ""
    artifacts: dict[str, Artifact] = {}
    missing: list[dict[str, Any]] = []


class FoundStack(msgspec.Struct, frozen=True, kw_only=True):
    """A stack of an assembly. `traces` maps construct paths to `file:line`, `paths` logical ids to those."""

    name: str
    file: str
    region: str
    account: str
    parameters: Mapping[str, str]
    paths: Mapping[str, str]
    traces: Mapping[str, str]
    dummies: frozenset[str]


def is_assembly(folder: str) -> bool:
    """Whether a folder is an assembly, told from its manifest."""
    path = os.path.join(folder, MANIFEST)  # noqa: PTH118  # pathlib is slow to import
    try:
        with open(path, "rb") as file:  # noqa: PTH123
            head = file.read(64_000_000)
    except OSError:
        return False
    try:
        return "artifacts" in msgspec.json.decode(head, type=dict[str, msgspec.Raw])
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        return False


def stacks_of(folder: str, depth: int = 0) -> Iterator[FoundStack]:
    """The stacks of an assembly and of the assemblies in it.

    Raises:
        InputError: the manifest cannot be read, or names files that are not there.
    """
    place = os.path.join(folder, MANIFEST)  # noqa: PTH118
    if depth > DEEPEST:
        raise InputError("assemblies nest without end", place=place)
    manifest = _manifest(place)
    dummies = frozenset(_dummies(manifest.missing))
    for key, artifact in manifest.artifacts.items():
        if artifact.type == "cdk:cloud-assembly":
            name = artifact.properties.get("directoryName")
            if isinstance(name, str):
                yield from stacks_of(os.path.join(folder, name), depth + 1)  # noqa: PTH118
        elif artifact.type == "aws:cloudformation:stack":
            yield _stack(folder, key, artifact, dummies)


def assets_of(folder: str, depth: int = 0) -> Iterator[tuple[str, str]]:
    """The files of an assembly by the hash that is their name in the bucket."""
    place = os.path.join(folder, MANIFEST)  # noqa: PTH118
    for artifact in _manifest(place).artifacts.values():
        if artifact.type == "cdk:cloud-assembly" and depth < DEEPEST:
            name = artifact.properties.get("directoryName")
            if isinstance(name, str):
                yield from assets_of(os.path.join(folder, name), depth + 1)  # noqa: PTH118
        elif artifact.type == "cdk:asset-manifest":
            yield from _assets(folder, artifact.properties.get("file"))


def _assets(folder: str, name: Any) -> Iterator[tuple[str, str]]:
    if not isinstance(name, str):
        return
    said = _json(os.path.join(folder, name))  # noqa: PTH118
    files = said.get("files") if isinstance(said, dict) else None
    for key, entry in (files if isinstance(files, dict) else {}).items():
        source = entry.get("source") if isinstance(entry, dict) else None
        path = source.get("path") if isinstance(source, dict) else None
        if isinstance(path, str):
            yield key, os.path.join(folder, path)  # noqa: PTH118


def _manifest(place: str) -> Manifest:
    try:
        return msgspec.json.decode(read_file(place), type=Manifest)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
        raise InputError(
            f"this is no manifest of a CDK assembly: {error}", place=place, remedy=SYNTH
        ) from None


def _json(path: str) -> Any:
    try:
        return msgspec.json.decode(read_file(path))
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
        raise InputError(f"this is not JSON: {error}", place=path, remedy=SYNTH) from None


def _stack(folder: str, key: str, artifact: Artifact, dummies: frozenset[str]) -> FoundStack:
    file = artifact.properties.get("templateFile")
    if not isinstance(file, str):
        place = os.path.join(folder, MANIFEST)  # noqa: PTH118
        raise InputError(f"the stack {key} names no template", place=place, remedy=SYNTH)
    account, _, region = artifact.environment.removeprefix("aws://").partition("/")
    name = artifact.properties.get("stackName")
    given = artifact.properties.get("parameters")
    paths, traces = _constructs(folder, artifact)
    return FoundStack(
        name=name if isinstance(name, str) else key,
        file=os.path.join(folder, file),  # noqa: PTH118
        region="" if region.startswith("unknown") else region,
        account="" if account.startswith("unknown") else account,
        parameters={name: str(value) for name, value in given.items()} if isinstance(given, dict) else {},
        paths=paths,
        traces=traces,
        dummies=dummies,
    )


def _constructs(folder: str, artifact: Artifact) -> tuple[dict[str, str], dict[str, str]]:
    """The construct path of each logical id that only one construct has, and where each was made."""
    entries = dict(artifact.metadata)
    more = artifact.additional_metadata_file
    if more and os.path.isfile(path := os.path.join(folder, more)):  # noqa: PTH113, PTH118
        said = _json(path)
        entries |= said if isinstance(said, dict) else {}
    paths: dict[str, str] = {}
    traces: dict[str, str] = {}
    for construct, each in entries.items():
        name = construct.removeprefix("/")
        for entry in each if isinstance(each, list) else []:
            if not isinstance(entry, dict):
                continue
            if entry.get("type") == "aws:cdk:logicalId" and isinstance(entry.get("data"), str):
                paths[entry["data"]] = "" if entry["data"] in paths else name
            if (made := _made(entry)) and entry.get("type") in ("aws:cdk:logicalId", "aws:cdk:creationStack"):
                traces.setdefault(name, made)
    return {key: path for key, path in paths.items() if path}, traces


def _made(entry: Mapping[str, Any]) -> str:
    """The first line of the user's own program in a stack trace."""
    frames = entry.get("trace") or (entry.get("data") if entry.get("type") == "aws:cdk:creationStack" else ())
    for frame in frames if isinstance(frames, list) else ():
        if not isinstance(frame, str) or any(part in frame for part in _INNER):
            continue
        if (found := _FRAME.search(frame)) is not None:
            return f"{_near(found[1])}:{found[2]}"
    return ""


def _near(path: str) -> str:
    """A path from the current folder on, where it is below that."""
    here = os.getcwd() + os.sep  # noqa: PTH109
    return path.removeprefix("file://").removeprefix(here)


def _dummies(missing: list[dict[str, Any]]) -> Iterator[str]:
    """The texts that stand for what was not looked up when the app was synthesised."""
    for each in missing:
        if each.get("provider") == "vpc-provider":
            yield from _DUMMY_VPC
        props = each.get("props")
        if isinstance(props, dict):
            yield from _texts(props.get("dummyValue"))


def _texts(value: Any) -> Iterator[str]:
    if isinstance(value, str) and value:
        yield value
    elif isinstance(value, list | dict):
        for item in value.values() if isinstance(value, dict) else value:
            yield from _texts(item)
