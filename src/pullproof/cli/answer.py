"""What every command does with its answer, and with words that were nearly right."""

import sys
from argparse import Namespace
from collections.abc import Iterable

from pullproof.cli.out import emit, look_of, save
from pullproof.report.look import Look


def deliver(text: str, options: Namespace) -> None:
    """Print the answer, or save it where `--output` says."""
    if options.output:
        save(text, options.output)
    else:
        emit(text)


def look_for(options: Namespace) -> Look:
    """What the place can show that the answer goes to; a file is plain."""
    return Look() if options.output else look_of(sys.stdout)


def near(word: str, known: Iterable[str], before: str, otherwise: str = "pullproof --help") -> str:
    """What was probably meant, as it would be typed; `before` stands in front of it."""
    import difflib

    close = difflib.get_close_matches(word, sorted(known), n=1, cutoff=0.7)
    return f"did you mean: {before} {close[0]}" if close else otherwise
