"""The account beside an input, as the adapters ask for it."""

from collections.abc import Sequence

from pullproof.model.estate import Estate
from pullproof.sources.base import Options
from pullproof.sources.mixed.answers import answered
from pullproof.sources.mixed.merge import merged
from pullproof.sources.snapshot.answers import Folder
from pullproof.sources.snapshot.lacking import say_what_lacks
from pullproof.sources.snapshot.load import translated, tree_of
from pullproof.sources.snapshot.organization import organize
from pullproof.sources.terraform.tree import Tree
from pullproof.sources.terraform.whereabouts import Whereabouts


class Account:
    """What one account shows, to settle what an input leaves open."""

    def __init__(self, folders: Sequence[Folder]) -> None:
        self._folders = folders
        self._made = translated(folders)

    def settled(self, tree: Tree, options: Options) -> Tree:
        """The input's tree with what the account adds.

        Raises:
            InputError: the input is for another account.
        """
        shown = tree_of(self._made)
        told = Whereabouts(tree, options).account
        return merged(answered(tree, self._folders, shown), shown, told if isinstance(told, str) else "")

    def finish(self, estate: Estate) -> None:
        """Add what no resource of the input's kind says."""
        organize(estate, self._made.told)
        say_what_lacks(estate, self._made.told, denied_only=True)
