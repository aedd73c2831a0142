"""The account beside an input: from a snapshot, or as it is now."""

from argparse import Namespace

from pullproof.errors import UsageError
from pullproof.sources.base import Beside, Options


def from_options(options: Namespace) -> tuple[Beside, str] | None:
    """What `--snapshot` or `--live` adds to the input; None without them.

    Raises:
        UsageError: both are given, or the folder holds no snapshot.
    """
    folder, live = getattr(options, "snapshot", None), getattr(options, "live", False)
    if folder and live:
        raise UsageError("--snapshot and --live exclude each other", remedy="leave one of them out")
    if live:
        return from_account(options)
    return from_folder(folder) if folder else None


def from_account(options: Namespace) -> tuple[Beside, str]:
    """What the live account settles, which is asked when the input is known, and the sentence that says so."""
    import msgspec

    from pullproof.cli.live import Bar, login_of
    from pullproof.sources.live.boto import Caller, log_in
    from pullproof.sources.mixed.live import LiveAccount, regions_of
    from pullproof.sources.terraform.tree import Tree

    def caller(tree: Tree) -> Caller:
        login = login_of(options)
        return log_in(msgspec.structs.replace(login, regions=regions_of(tree, login.regions)))

    class Shown(LiveAccount):
        """With a progress bar while it is asked."""

        def settled(self, tree: Tree, adds: Options) -> Tree:
            with Bar() as bar:
                self.progress = bar.show
                return super().settled(tree, adds)

    return Shown(caller), "what the input leaves open is settled by the account as it is now"


def from_folder(path: str) -> tuple[Beside, str]:
    """What a snapshot settles, and the sentence that says so.

    Raises:
        UsageError: the folder holds no snapshot.
        InputError: it is half a one, or a file of it is no answer of AWS.
    """
    from pullproof.sources.mixed.account import Account
    from pullproof.sources.snapshot.read import read_folder

    folders, manifest, _ = read_folder(path)
    if not folders:
        raise UsageError(
            "there is no answer of AWS in this folder",
            place=path,
            remedy="--snapshot DIR: see docs/sources.md",
        )
    taken = f", taken {manifest.taken}" if manifest is not None and manifest.taken else ""
    return Account(folders), f"what the input leaves open is settled by the snapshot {path}{taken}"
