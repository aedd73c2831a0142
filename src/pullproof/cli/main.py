"""Where the program starts. The version is answered before anything else is imported."""

import sys

from pullproof import __version__


def main(arguments: list[str] | None = None) -> int:
    """Run the program and return its exit status (docs/exit-codes.md)."""
    words = sys.argv[1:] if arguments is None else arguments
    if words in (["--version"], ["-V"], ["version"]):
        print(f"pullproof {__version__}")
        return 0
    from pullproof.cli.run import run

    return run(words)
