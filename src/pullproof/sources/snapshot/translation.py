"""A snapshot on its way to a tree of resources, in the words of Terraform's provider."""

from typing import Any

from pullproof.model.value import Unknown, Why
from pullproof.sources.snapshot.item import Item
from pullproof.sources.snapshot.told import Told
from pullproof.sources.terraform.tree import Resource


class Translation:
    """What is told, and the resources made of it so far.

    `open` says by noun why there may be more than is told, `unseen` by VPC why it may hold what is not
    told, `aliases` what people may type for an interface ("i-0a1b2c3d", the id of a task).
    """

    def __init__(self, told: Told) -> None:
        self.told = told
        self.resources: dict[str, Resource] = {}
        self.open: dict[str, list[Unknown]] = {}
        self.unseen: dict[str, Unknown] = {}
        self.aliases: dict[str, list[str]] = {}
        self.notes: list[str] = []

    def make(self, kind: str, address: str, item: Item, **values: Any) -> None:
        """Add a resource, or a data source where `kind` begins with "data."."""
        self.resources[address] = Resource(
            address=address,
            type=kind.removeprefix("data."),
            name=address,
            values=values,
            data=kind.startswith("data."),
            provider=item.scope,
            exists=True,
        )

    def link(self, kind: str, of: str, item: Item, **values: Any) -> None:
        """Add what joins two things and has no name that people know."""
        self.make(kind, f"{of} #{len(self.resources)}", item, **values)

    def may_have_more(self, noun: str, why: Unknown | None) -> None:
        """Say why there may be other things of a kind."""
        if why is not None and why not in self.open.setdefault(noun, []):
            self.open[noun].append(why)

    def scopes(self, *names: str) -> list[str]:
        """The folders that tell of any of some kinds."""
        return list(dict.fromkeys(item.scope for name in names for item in self.told.of(name)))


def not_visible(what: str, at: str, owner: str) -> Unknown:
    """What only the owner of a shared VPC may see.

    https://docs.aws.amazon.com/vpc/latest/userguide/vpc-sharing-share-subnet-working-with.html
    """
    return Unknown(
        Why.NOT_IN_INPUT,
        what,
        at,
        f"{at} is shared by the account {owner}, which alone sees this: take a snapshot there as well, and put"
        " both accounts' folders into one directory",
    )
