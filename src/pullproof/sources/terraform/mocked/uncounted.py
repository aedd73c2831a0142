"""Blocks whose number only an account can tell: left out of the copy, and marked unknown in what was planned."""

from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

import msgspec

from pullproof.errors import InputError
from pullproof.model.value import Unknown
from pullproof.sources.terraform.address import module_calls, parsed
from pullproof.sources.terraform.hcl.blocks import syntax_tree
from pullproof.sources.terraform.hcl.bodies import names_in
from pullproof.sources.terraform.hcl.gaps import not_in_input
from pullproof.sources.terraform.hcl.modules import Project
from pullproof.sources.terraform.hcl.paths import real
from pullproof.sources.terraform.mocked.dependence import Dependence, Spot
from pullproof.sources.terraform.plan_json import Change, Plan, ResourceChange
from pullproof.sources.terraform.wanted import WANTED

if TYPE_CHECKING:
    from tree_sitter import Node

UNKNOWN_COUNT = ("Invalid count argument", "Invalid for_each argument")
REMEDY = (
    "make a plan with credentials and check that:\n"
    "terraform plan -out tf.plan && terraform show -json tf.plan > plan.json"
)


def nobody_counts(address: str) -> Unknown:
    """How many instances there are, when only an account can tell."""
    return not_in_input(f"how many {address} there are", REMEDY.partition(":\n")[0])


def is_uncounted(address: str, uncounted: frozenset[Spot]) -> bool:
    """Whether an address is one of an instance that there may be or not."""
    parts = parsed(address) if uncounted else None
    return parts is not None and (tuple(name for name, _ in parts.calls), parts.block) in uncounted


def without_instances(file: Path, line: int, project: Project) -> frozenset[Spot]:
    """Leave out the block that is written around a line of a copy; where it is, in every use of its module."""
    content = file.read_bytes()
    for block, expression in _repeated(syntax_tree(content), content):
        if not block.start_point.row < line <= block.end_point.row + 1:
            continue
        text = content[expression.start_byte : expression.end_byte]
        nothing = b"{}" if _is_for_each(expression, content) else b"0"
        nothing += b"\n" * text.count(b"\n")
        file.write_bytes(content[: expression.start_byte] + nothing + content[expression.end_byte :])
        words = [
            content[child.start_byte : child.end_byte].decode("utf-8", "replace").strip('"')
            for child in block.children
            if child.type in ("identifier", "string_lit")
        ]
        name = ".".join(words[1:] if words[0] == "resource" else words)
        return frozenset((path, name) for path in _paths_of(file.parent, project))
    return frozenset()


def completed(project: Project, uncounted: frozenset[Spot]) -> Dependence:
    """The blocks that cannot be counted, with those whose number depends on them.

    Raises:
        InputError: a module among them has resources that matter here.
    """
    while True:
        dependence = Dependence(project, uncounted)
        found = frozenset(_counted_by(project, dependence)) if uncounted else frozenset()
        if found <= uncounted:
            break
        uncounted |= found
    for path, name in sorted(uncounted):
        if name.startswith("module."):
            _refuse_if_wanted(project, (*path, name.removeprefix("module.")))
    return dependence


def marked(plan: Plan, project: Project, dependence: Dependence) -> Plan:
    """The plan with everything unknown that depends on what cannot be counted, and one instance of each such block."""
    if not dependence.uncounted:
        return plan
    changes = [
        _marked(change, dependence)
        for change in plan.resource_changes
        if not is_uncounted(change.address, dependence.uncounted)
    ]
    return msgspec.structs.replace(
        plan, resource_changes=[*changes, *_instead(project, dependence, plan.resource_changes)]
    )


def _counted_by(project: Project, dependence: Dependence) -> Iterator[Spot]:
    for path in project.paths():
        module = project.module(path)
        if module is None:
            continue
        yield from ((path, key) for key, block in module.resources.items() if dependence.number(path, block))
        yield from (
            (path, f"module.{key}") for key, block in module.calls.items() if dependence.number(path, block)
        )


def _refuse_if_wanted(project: Project, path: tuple[str, ...]) -> None:
    for inner in project.paths():
        module = project.module(inner) if inner[: len(path)] == path else None
        for key, block in (module.resources if module is not None else {}).items():
            if block.labels[0] in WANTED and not key.startswith("data."):
                above = project.module(path[:-1])
                raise InputError(
                    f"how many module.{path[-1]} there are depends on something that only AWS can tell",
                    place=above.calls[path[-1]].place if above is not None else "",
                    remedy=REMEDY,
                )


def _instead(
    project: Project, dependence: Dependence, changes: list[ResourceChange]
) -> Iterator[ResourceChange]:
    """For each wanted resource that cannot be counted: one instance, of which nothing is known."""
    addresses = {change.module_address for change in changes}
    for path, key in sorted(dependence.uncounted):
        module = project.module(path)
        block = module.resources.get(key) if module is not None else None
        if block is None or block.labels[0] not in WANTED or key.startswith("data."):
            continue
        plain = "".join(f".module.{name}" for name in path).lstrip(".")
        inside = [one for one in addresses if tuple(name for name, _ in module_calls(one)) == path] or [plain]
        for address in sorted(inside):
            yield ResourceChange(
                address=f"{address}.{key}".lstrip("."),
                type=block.labels[0],
                name=block.labels[1],
                module_address=address,
                change=Change(
                    actions=("create",),
                    after=msgspec.Raw(b"{}"),
                    after_unknown=msgspec.Raw(
                        msgspec.json.encode(dict.fromkeys(sorted(names_in(block)), True))
                    ),
                ),
            )


def _marked(change: ResourceChange, dependence: Dependence) -> ResourceChange:
    """A change whose attributes are unknown where they mean nothing."""
    parts = parsed(change.address)
    if parts is None or change.type not in WANTED:
        return change
    path = tuple(name for name, _ in parts.calls)
    after: Any = msgspec.json.decode(change.change.after)
    unknown: Any = msgspec.json.decode(change.change.after_unknown)
    if not isinstance(after, dict) or not isinstance(unknown, dict):
        return change
    for name in list(after):
        if dependence.attribute(path, parts.block, name):
            del after[name]
            unknown[name] = True
    return msgspec.structs.replace(
        change,
        change=msgspec.structs.replace(
            change.change,
            after=msgspec.Raw(msgspec.json.encode(after)),
            after_unknown=msgspec.Raw(msgspec.json.encode(unknown)),
        ),
    )


def _repeated(root: "Node", content: bytes) -> Iterator[tuple["Node", "Node"]]:
    """Top-level blocks with `count` or `for_each`, and its expression."""
    body = next((child for child in root.children if child.type == "body"), None)
    for block in body.children if body is not None else []:
        inner = next((child for child in block.children if child.type == "body"), None)
        for attribute in inner.children if inner is not None else []:
            name = content[attribute.start_byte : attribute.end_byte].partition(b"=")[0].strip()
            if attribute.type == "attribute" and name in (b"count", b"for_each"):
                yield block, attribute.children[-1]


def _is_for_each(expression: "Node", content: bytes) -> bool:
    attribute = expression.parent
    return attribute is not None and content[attribute.start_byte :].startswith(b"for_each")


def _paths_of(directory: Path, project: Project) -> Iterator[tuple[str, ...]]:
    """Every path of calls that leads to a directory."""
    for path in project.paths():
        module = project.module(path)
        if module is not None and real(module.directory) == real(str(directory)):
            yield path
