"""The table of a snapshot's files."""

import re

from pullproof.sources.snapshot.layout import BY_KEY, BY_NAME, KINDS


def test_each_file_and_each_key_means_one_thing() -> None:
    """No two files have the same name or the same top-level key."""
    assert len(KINDS) == len(BY_NAME)
    assert len(KINDS) == len(BY_KEY)


def test_each_file_says_how_to_make_it() -> None:
    """Each file has a call of AWS's, a command that makes it, and something that identifies an item."""
    wrong = [
        kind.name
        for kind in KINDS
        if not kind.identity
        or not kind.cli.startswith("aws ")
        or not all(re.fullmatch(r"[a-z0-9]+:[A-Z]\w+", call) for call in kind.calls)
    ]

    assert [] == wrong
