"""Templates and assemblies, read into an estate."""

from collections.abc import Iterator, Mapping, Sequence

from pullproof.model.value import Unknown, Why
from pullproof.sources.base import Loaded, Options
from pullproof.sources.cloudformation.assembly import read_assembly
from pullproof.sources.cloudformation.mapping import tree_of
from pullproof.sources.cloudformation.read import read_templates
from pullproof.sources.cloudformation.run import Given
from pullproof.sources.cloudformation.stack import Stacks
from pullproof.sources.terraform.adapt import adapt, not_launched
from pullproof.sources.terraform.plan_json import Uncollected

#: What a person can do about the id of a list that is not made here.
WHICH_LIST = Unknown(
    Why.NOT_IN_INPUT,
    "the prefix list",
    "",
    "if it is AWS's own, the template's Metadata may say which (Pullproof: PrefixLists: {ID: com.amazonaws.REGION.s3},"
    " see docs/sources.md); else pass --live or --snapshot with what the account holds of it",
)


class Written(Mapping[str, str]):
    """Where each address is written, and each property under its path; looked for when asked."""

    def __init__(self, stacks: Stacks, hidden: str) -> None:
        self._stacks = stacks
        #: How places begin that are in a folder of ours, which nobody will find.
        self._hidden = hidden

    def __getitem__(self, key: str) -> str:
        """The place of a resource, or of a property behind its address.

        Raises:
            KeyError: nothing of that address is written.
        """
        address, path = key, ""
        while address not in self._stacks.items:
            address, dot, last = address.rpartition(".")
            if not dot:
                raise KeyError(key)
            path = f"{last}.{path}" if path else last
        return self._stacks.locate(address, path).removeprefix(self._hidden)

    def __iter__(self) -> Iterator[str]:
        """The addresses."""
        return iter(self._stacks.items)

    def __len__(self) -> int:
        """How many resources there are."""
        return len(self._stacks.items)


def load_templates(templates: Sequence[tuple[bytes, str]], options: Options, given: Given) -> Loaded:
    """The estate that templates describe. Each is UTF-8 and what the user calls it.

    Raises:
        InputError: one cannot be read, or refers to what is not there.
        UsageError: a parameter or an import is given that does not go with them.
    """
    with Uncollected():
        return loaded(read_templates(templates, given), options)


def loaded(stacks: Stacks, options: Options, hidden: str = "") -> Loaded:
    """The estate of what was read."""
    tree = tree_of(stacks)
    estate = adapt(tree, options)
    if estate.prefix_lists.lacks is None:
        estate.prefix_lists.lacks = WHICH_LIST
    return Loaded(
        kind=stacks.kind,
        path=stacks.path,
        estate=estate,
        notes=tree.notes,
        not_launched=not_launched(estate),
        places=Written(stacks, hidden),
    )


def load_assembly(folder: str, path: str, options: Options, given: Given, *, hidden: str = "") -> Loaded:
    """The estate that a CDK assembly describes. `folder` holds its manifest, `path` is what the user typed.

    `hidden` is what is not shown of the paths of its files.

    Raises: as `load_templates`.
    """
    with Uncollected():
        return loaded(read_assembly(folder, path, given), options, hidden)
