"""From what was asked of an account to its estate: as a snapshot of it would be read."""

import msgspec

from pullproof.sources.base import Loaded, Options
from pullproof.sources.live.gather import Gathered
from pullproof.sources.snapshot.load import load_answers

KIND = "live"


def load_gathered(gathered: Gathered, path: str, options: Options) -> Loaded:
    """The estate that the answers show.

    Raises:
        InputError: something in them is not as AWS would answer.
    """
    # The answers tell their regions; `--region` said which to ask.
    adds = msgspec.structs.replace(options, region="")
    return load_answers(gathered.folders, path, adds, kind=KIND, notes=gathered.notes)
