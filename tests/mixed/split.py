"""An estate cut in two: what a plan makes, and what was there before, which only the account shows."""

import random
from collections.abc import Callable
from pathlib import Path

import msgspec

from pullproof.model.estate import Estate
from pullproof.model.text import HOLE, OPEN
from pullproof.model.value import Unknown
from pullproof.sources.base import Options
from pullproof.sources.mixed.account import Account
from pullproof.sources.snapshot.read import read_folder
from pullproof.sources.terraform.adapt import adapt
from pullproof.sources.terraform.tree import Resource, Some, Tree, Value
from tests.twins import as_snapshot_services
from tests.twins.applied import Applied

#: Never there before: the plan is about these.
#: What is called by its name: the type, the argument that names it, its own attribute.
BY_NAME = (
    ("aws_iam_role", "role", "name"),
    ("aws_ecr_repository", "repository", "name"),
    ("aws_s3_bucket", "bucket", "bucket"),
)
OURS = ("aws_ecs_service", "aws_ecs_task_definition")


def refers(tree: Tree) -> dict[str, set[str]]:
    """By address, the addresses that a resource refers to, by reference or by a name that is known."""
    called = {
        (argument, each.values.get(attribute)): address
        for address, each in tree.resources.items()
        for kind, argument, attribute in BY_NAME
        if each.type == kind
    }
    return {
        address: {
            *_names(each.values, tree),
            *(called[pair] for pair in each.values.items() if isinstance(pair[1], str) and pair in called),
        }
        for address, each in tree.resources.items()
    }


def _names(value: Value, tree: Tree) -> set[str]:
    if isinstance(value, str):
        return (
            {owner for name in HOLE.findall(value) if (owner := _owner(name, tree))}
            if OPEN in value
            else set()
        )
    if isinstance(value, dict):
        value = list(value.values())
    if isinstance(value, Some):
        value = list(value.values)
    return set().union(*(_names(item, tree) for item in value)) if isinstance(value, list) else set()


def _owner(name: str, tree: Tree) -> str:
    while "." in name:
        name = name.rpartition(".")[0]
        if name in tree.resources:
            return name
    return ""


def closed(seeds: set[str], tree: Tree) -> set[str]:
    """Seeds and whatever refers to them: none of that can be older."""
    led = {address: names - {address} for address, names in refers(tree).items()}
    found = set(seeds)
    while more := {address for address, names in led.items() if address not in found and names & found}:
        found |= more
    return found


def cut(found: Applied, made: set[str], folder: Path) -> tuple[Tree, Account]:
    """The tree of the plan that makes `made`, and the account that has all else."""
    there = Applied(_only(found.tree, lambda each: each.address not in made), found.region, found.account)
    as_snapshot_services.write(there, folder)
    ours = _only(found.tree, lambda each: each.address in made)
    resources = {
        address: msgspec.structs.replace(each, values=_with_ids(each.values, found, made))
        for address, each in ours.resources.items()
    }
    folders, _, _ = read_folder(str(folder))
    return msgspec.structs.replace(ours, resources=resources), Account(folders)


def _only(tree: Tree, keep: Callable[[Resource], bool]) -> Tree:
    kept = {address: each for address, each in tree.resources.items() if each.data or keep(each)}
    return msgspec.structs.replace(tree, resources=kept)


def _with_ids(value: Value, found: Applied, made: set[str]) -> Value:
    """A value in which what was there before has the id that the account gave it."""
    if isinstance(value, str) and OPEN in value:
        return HOLE.sub(lambda hit: _name(hit[0], hit[1], found, made), value)
    if isinstance(value, list):
        return [_with_ids(item, found, made) for item in value]
    if isinstance(value, dict):
        return {name: _with_ids(item, found, made) for name, item in value.items()}
    assert not isinstance(value, Unknown | Some)
    return value


def _name(whole: str, name: str, found: Applied, made: set[str]) -> str:
    owner = _owner(name, found.tree)
    return whole if owner in made or not owner else str(found.named(name))


def some(tree: Tree, seed: str) -> set[str]:
    """What a plan may make: what runs tasks, and anything at random."""
    dice = random.Random(seed)
    names = [each.address for each in tree.resources.values() if not each.data]
    ours = {each.address for each in tree.resources.values() if each.type in OURS}
    return closed(ours | set(dice.sample(names, dice.randint(0, 2))), tree)


def least(tree: Tree) -> set[str]:
    """What runs tasks, and nothing else."""
    return {each.address for each in tree.resources.values() if each.type == "aws_ecs_service"}


def together(tree: Tree, account: Account, options: Options) -> Estate:
    """The estate of a plan and its account."""
    return adapt(tree, msgspec.structs.replace(options, beside=account))
