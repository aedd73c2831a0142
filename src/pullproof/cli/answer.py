"""What every command does with its answer, and with words that were nearly right."""

from argparse import Namespace
from collections.abc import Iterable

from pullproof.cli.out import emit, save


def deliver(text: str, options: Namespace) -> None:
    """Print the answer, or save it where `--output` says."""
    if options.output:
        save(text, options.output)
    else:
        emit(text)


def near(word: str, known: Iterable[str], before: str) -> str:
    """What was probably meant, as it would be typed; `before` stands in front of it."""
    import difflib

    close = difflib.get_close_matches(word, sorted(known), n=1, cutoff=0.7)
    return f"did you mean: {before} {close[0]}" if close else "pullproof --help"
