"""The account beside an input: from a snapshot, or as it is now."""

from pullproof.errors import UsageError
from pullproof.sources.base import Beside


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
