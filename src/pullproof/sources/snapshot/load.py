"""Answers of AWS as an estate: from a folder, or just collected."""

import os
from collections.abc import Sequence

from pullproof.errors import InputError
from pullproof.sources.base import Loaded, Options
from pullproof.sources.snapshot.answers import Folder, Manifest
from pullproof.sources.snapshot.gateways import gateways
from pullproof.sources.snapshot.lacking import say_what_lacks
from pullproof.sources.snapshot.layout import GLOBAL
from pullproof.sources.snapshot.names import names
from pullproof.sources.snapshot.network import network
from pullproof.sources.snapshot.organization import organize
from pullproof.sources.snapshot.read import read_folder
from pullproof.sources.snapshot.stores import roles, stores
from pullproof.sources.snapshot.tasks import tasks
from pullproof.sources.snapshot.told import Told, scope_of
from pullproof.sources.snapshot.transit import transit
from pullproof.sources.snapshot.translation import Translation
from pullproof.sources.terraform.adapt import adapt, not_launched
from pullproof.sources.terraform.plan_json import Uncollected
from pullproof.sources.terraform.tree import Tree

SUPPLY = "take the snapshot again, with the call that tells it"
#: How many passed-over files a note names.
NAMED = 3


def load_folder(path: str, options: Options) -> Loaded:
    """The estate that a folder of answers shows.

    Raises:
        InputError: it is half a snapshot, or a file of it is no answer of AWS.
    """
    with Uncollected():
        folders, manifest, others = read_folder(path)
        if not folders:
            raise InputError(
                "there is no answer of AWS in this folder", place=path, remedy="pullproof check --help"
            )
        return load_answers(folders, path, options, notes=(*_when(manifest), *_passed_over(others)))


def load_answers(
    folders: Sequence[Folder],
    path: str,
    options: Options,
    *,
    kind: str = "snapshot",
    notes: tuple[str, ...] = (),
) -> Loaded:
    """The estate that answers show, in whatever way they came here.

    Raises:
        InputError: something in them is not as AWS would answer.
    """
    with Uncollected():
        made = translated(folders)
        estate = adapt(tree_of(made), options)
        organize(estate, made.told)
        say_what_lacks(estate, made.told, denied_only=kind != "snapshot")
    return Loaded(
        kind=kind,
        path=path,
        estate=estate,
        notes=(*notes, *made.notes),
        not_launched=not_launched(estate),
        names={name: tuple(keys) for name, keys in made.aliases.items() if keys},
        told={name: tuple(item.raw for item in made.told.of(name)) for name in ("Services", "Tasks")},
    )


def translated(folders: Sequence[Folder]) -> Translation:
    """The answers as resources."""
    made = Translation(Told(folders))
    for step in (network, gateways, transit, roles, stores, tasks, names):
        step(made)
    return made


def tree_of(made: Translation) -> Tree:
    """The resources, with where they are and what is not told of them."""
    folders = made.told.folders
    accounts = {folder.account for folder in folders if folder.account}
    return Tree(
        resources=made.resources,
        regions={scope_of(one): one.region for one in folders if one.region not in ("", GLOBAL)},
        account=next(iter(accounts)) if len(accounts) == 1 else None,
        accounts={scope_of(one): one.account for one in folders if one.account},
        open={noun: tuple(whys) for noun, whys in made.open.items()},
        unseen=made.unseen,
        supply=SUPPLY,
    )


def _when(manifest: Manifest | None) -> tuple[str, ...]:
    if manifest is None:
        return ()
    taken = f"taken {manifest.taken}" if manifest.taken else "taken at a time not told"
    asked = f" of {manifest.asked}" if manifest.asked else ""
    return (f"this is a snapshot{asked}, {taken}: what was there then is judged", *manifest.notes)


def _passed_over(others: Sequence[str]) -> tuple[str, ...]:
    if not others:
        return ()
    listed = ", ".join(map(os.fspath, others[:NAMED]))
    more = f" and {len(others) - NAMED} more" if len(others) > NAMED else ""
    return (f"passed over, because nothing here depends on it: {listed}{more}",)
